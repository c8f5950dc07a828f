# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was found in other servers of the fediverse and must not be found in ours: who may speak for whom. Each test names
the CVE or advisory it comes from; tests/fed/advisories says where each one is tested."""
import concurrent.futures
import json

import pytest

from support import signer
from support.federated import Person
from support.fingerprint import Unchanged, settle
from support.inbox import is_stored, server, web  # noqa: F401
from support.peers import Peer, answer, redirect
from support.signer import ACTIVITY_TYPE, PUBLIC, Actor, post, rfc9421

CANARY = "127.0.0.2"


class Scene:
    """brand, ours, and bob follow each other and have posts; neighbour is of bob's server, eve of another."""

    def __init__(self, server, web):
        self.server, self.web = server, web
        self.brand = Person(server, "brand")
        self.bob, self.neighbour, self.eve = (Actor(web, host=host, rsa_key=signer.new_rsa())
                                              for host in ("good.peer.test", "good.peer.test", "eve.evil.test"))
        for actor in (self.bob, self.neighbour, self.eve):
            self.say(actor, actor.follow(self.brand.uri))
            self.brand.is_followed_by(actor.uri)
        self.brand.act("follow", self.bob.uri)
        self.follow_uri = server.one("select f.uri from follows f join actors a on a.id = f.followed_id where a.uri = %s", self.bob.uri)
        self.say(self.bob, self.bob.activity("Accept", self.follow_uri))
        self.brand.follows(self.bob.uri)
        self.local = self.brand.post("ours, public")
        self.hidden = self.brand.post("ours, for followers", "private")
        self.notes = {"public": self.create(self.bob), "private": self.create(self.bob, to=[self.bob.uri + "/followers"], cc=[])}
        self.follow_of_bob = server.one("select f.uri from follows f join actors a on a.id = f.follower_id where a.uri = %s", self.bob.uri)
        self.like = self.bob.activity("Like", self.local)
        self.boost = self.bob.activity("Announce", self.local, to=[PUBLIC], cc=[self.bob.uri + "/followers"])
        for document in (self.like, self.boost):
            self.say(self.bob, document)
        settle(server)
        assert server.one("select count(*) from favourites") == server.one("select count(*) from boosts") == 1

    def say(self, actor, document, status=202, **options):
        response = post(self.server, actor, document, **options)
        assert response.status == status, (response, document)

    def create(self, actor, **properties):
        document = actor.create(published="2026-01-01T00:00:00Z", **properties)
        document.update(to=document["object"]["to"], cc=document["object"]["cc"])
        self.say(actor, document)
        self.server.wait_for_post(document["object"]["id"])
        return document["object"]

    def has_post(self, uri):
        return bool(self.server.rows("select id from posts where uri = %s", uri))


@pytest.fixture(scope="module")
def scene(server, web):  # noqa: F811
    return Scene(server, web)


@pytest.fixture
def canary():
    peer = Peer(lambda request, sock: answer(200, b"{}"), address=CANARY)
    peer.base = f"http://{CANARY}:{peer.port}"
    yield peer
    peer.close()


# ---- forged

FORGED = {
    "Create": lambda scene: scene.bob.create(),
    "Update": lambda scene: scene.bob.activity("Update", {**scene.notes["public"], "content": "<p>forged</p>"}),
    "Update of the actor": lambda scene: scene.bob.activity("Update", scene.bob.document(name="forged")),
    "Delete": lambda scene: scene.bob.activity("Delete", scene.notes["public"]["id"]),
    "Delete of the actor": lambda scene: scene.bob.activity("Delete", scene.bob.uri),
    "Follow": lambda scene: scene.neighbour.follow(scene.brand.uri),
    "Accept": lambda scene: scene.bob.activity("Accept", scene.follow_uri),
    "Reject": lambda scene: scene.bob.activity("Reject", scene.follow_uri),
    "Undo": lambda scene: scene.bob.activity("Undo", scene.like),
    "Like": lambda scene: scene.neighbour.activity("Like", scene.local),
    "Announce": lambda scene: scene.neighbour.activity("Announce", scene.local, to=[PUBLIC]),
    "Block": lambda scene: scene.bob.activity("Block", scene.brand.uri),
    "Flag": lambda scene: scene.bob.activity("Flag", [scene.brand.uri, scene.local]),
    "Move": lambda scene: scene.bob.activity("Move", scene.bob.uri, target=scene.eve.uri),
    "Add": lambda scene: scene.bob.activity("Add", scene.notes["public"]["id"], target=scene.bob.uri + "/featured"),
    "Remove": lambda scene: scene.bob.activity("Remove", scene.notes["public"]["id"], target=scene.bob.uri + "/featured"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_what_is_said_in_another_ones_name_is_not_heard(server, web, scene, kind):
    """CVE-2023-49079 (GHSA-3f39-6537-3cgc), CVE-2025-54888 (GHSA-6jcc-xgcr-q3h4): nothing before the signer is the actor."""
    document = FORGED[kind](scene)
    body = signer.encode(document)
    victim = next(actor for actor in (scene.bob, scene.neighbour) if actor.uri == document["actor"])
    asked = len(victim.fetches())
    with Unchanged(server) as unchanged:
        assert signer.send(server, "/inbox", body, [("Host", f"127.0.0.1:{server.port}")]).status == 401
        for options in ({"key_id": victim.key_id}, {"key_id": victim.ed25519_id, "scheme": rfc9421}):
            scene.say(scene.eve, document, 401, **options)
        # In her own name she passes it on: it is taken from nobody but its origin, which knows nothing of it.
        for sender in (scene.eve, scene.neighbour if victim is scene.bob else scene.bob):
            scene.say(sender, document, 202)
    assert unchanged.handled() == 0
    assert len(victim.fetches()) <= asked + 1
    assert set(web.asked_for(document["id"])) <= {document["id"]}


WRONG_OWNER = {
    "Delete of a post": lambda scene, eve: eve.activity("Delete", scene.notes["public"]["id"]),
    "Delete of our post": lambda scene, eve: eve.activity("Delete", {"id": scene.local, "type": "Tombstone"}),
    "Delete of an actor": lambda scene, eve: eve.activity("Delete", scene.bob.uri),
    "Delete of ours": lambda scene, eve: eve.activity("Delete", scene.brand.uri),
    "Update of a post": lambda scene, eve: eve.activity("Update", {**scene.notes["public"], "content": "<p>hers</p>"}),
    "Update that takes a post": lambda scene, eve: eve.activity("Update", {**scene.notes["public"], "attributedTo": eve.uri}),
    "Update of our post": lambda scene, eve: eve.activity("Update", {**scene.notes["public"], "id": scene.local}),
    "Update of an actor": lambda scene, eve: eve.activity("Update", scene.bob.document(name="hers")),
    "Undo of an actor": lambda scene, eve: eve.activity("Undo", scene.bob.uri),
    "Undo of a post": lambda scene, eve: eve.activity("Undo", scene.notes["public"]["id"]),
    "Undo of a Follow": lambda scene, eve: eve.activity("Undo", scene.follow_of_bob),
    "Undo of a copied Follow": lambda scene, eve: eve.activity("Undo", {**scene.bob.follow(scene.brand.uri), "id": scene.follow_of_bob}),
    "Undo of a Like": lambda scene, eve: eve.activity("Undo", scene.like),
    "Undo of a boost": lambda scene, eve: eve.activity("Undo", scene.boost),
    "Accept of nothing": lambda scene, eve: eve.activity("Accept", f"{scene.brand.uri}#follows/1"),
    "Accept of another's": lambda scene, eve: eve.activity("Accept", scene.follow_of_bob),
    "Reject of another's": lambda scene, eve: eve.activity("Reject", scene.follow_uri),
    "Reject of a copy": lambda scene, eve: eve.activity("Reject", {
        "id": f"{eve.uri}/1", "type": "Follow", "actor": scene.brand.uri, "object": scene.bob.uri}),
    "Move of another": lambda scene, eve: eve.activity("Move", scene.bob.uri, target=eve.uri),
    "Move of ours": lambda scene, eve: eve.activity("Move", scene.brand.uri, target=eve.uri),
    "Move without a way back": lambda scene, eve: eve.activity("Move", eve.uri, target=scene.bob.uri),
    "Add to another's": lambda scene, eve: eve.activity("Add", scene.notes["public"]["id"], target=scene.bob.uri + "/featured"),
    "Remove from another's": lambda scene, eve: eve.activity("Remove", scene.notes["public"]["id"], target=scene.bob.uri + "/featured"),
    "Block of a stranger": lambda scene, eve: eve.activity("Block", scene.bob.uri),
    "Flag of a stranger": lambda scene, eve: eve.activity("Flag", [scene.bob.uri, scene.notes["public"]["id"]]),
    "Announce of a private post": lambda scene, eve: eve.activity("Announce", scene.hidden, to=[PUBLIC]),
    "Announce with a forged copy": lambda scene, eve: eve.activity(
        "Announce", {**scene.notes["private"], "to": [PUBLIC], "content": "<p>hers</p>"}, to=[PUBLIC]),
    "Create with a forged copy": lambda scene, eve: eve.activity(
        "Create", {**scene.notes["private"], "to": [PUBLIC, scene.brand.uri], "content": "<p>hers</p>"}, to=[PUBLIC, scene.brand.uri]),
    "poll of another": lambda scene, eve: eve.activity("Update", {
        **scene.notes["public"], "type": "Question", "oneOf": [{"type": "Note", "name": "a", "replies": {"totalItems": -1}}]}),
}


@pytest.mark.parametrize("who", ["eve", "neighbour"])
@pytest.mark.parametrize("deed", WRONG_OWNER)
def test_nobody_changes_what_is_anothers(server, scene, deed, who):
    """CVE-2024-23832, CVE-2024-37903, CVE-2024-52592, CVE-2025-32945/32946, CVE-2026-33869; Akkoma 2024.03. As one of a
    foreign server and as one of the same."""
    with Unchanged(server) as unchanged:
        scene.say(getattr(scene, who), WRONG_OWNER[deed](scene, getattr(scene, who)))
    assert unchanged.handled() == 1


@pytest.mark.parametrize("who", ["eve", "neighbour"])
def test_what_others_said_in_advance_does_not_stop_the_true_one(server, scene, who):
    """CVE-2026-33869, GHSA-q4g8-82c5-9h33: of an actor and his posts that are here nobody else can make an end."""
    stranger = getattr(scene, who)
    for thing in (scene.bob.uri, scene.notes["public"]["id"]):
        for kind in ("Undo", "Delete", "Reject"):
            scene.say(stranger, stranger.activity(kind, thing))
    note = scene.bob.create(to=[PUBLIC])
    if who == "eve":
        for kind in ("Delete", "Undo", "Reject", "Update"):
            scene.say(stranger, stranger.activity(kind, note["object"]["id"]))
            scene.say(stranger, stranger.activity(kind, note["id"]))
    settle(server)
    scene.say(scene.bob, note)
    server.wait_for_post(note["object"]["id"])
    edited = {**scene.notes["public"], "content": f"<p>edited after {who}</p>", "updated": f"2026-02-{1 + len(who):02d}T00:00:00Z"}
    scene.say(scene.bob, scene.bob.activity("Update", edited))
    server.wait_for_row("select id from posts where uri = %s and html = %s", edited["id"], edited["content"])
    scene.bob.publish(name=f"Bob after {who}")
    scene.say(scene.bob, scene.bob.activity("Update", scene.bob.document()))
    server.wait_for_row("select id from actors where uri = %s and display_name = %s", scene.bob.uri, f"Bob after {who}")
    settle(server)


def test_only_who_was_asked_accepts_a_follow(server, web, scene):
    """CVE-2025-30741 (GHSA-7287-grhx-542x): a request to follow stays one until the one who was asked accepts it."""
    locked = Actor(web, host="good.peer.test")
    locked.publish(manuallyApprovesFollowers=True)
    scene.say(locked, locked.activity("Like", scene.local))
    settle(server)
    scene.brand.act("follow", locked.uri)
    uri = server.one("select f.uri from follows f join actors a on a.id = f.followed_id where a.uri = %s", locked.uri)
    whole = {"id": uri, "type": "Follow", "actor": scene.brand.uri, "object": locked.uri}
    with Unchanged(server):
        for stranger in (scene.eve, scene.neighbour):
            for thing in (uri, whole, {**whole, "object": stranger.uri}, {**whole, "id": f"{stranger.uri}#f"}, [uri, whole]):
                scene.say(stranger, stranger.activity("Accept", thing))
    scene.brand.follows(locked.uri, "pending")
    scene.say(locked, locked.activity("Accept", whole))
    scene.brand.follows(locked.uri, "accepted")
    settle(server)


# ---- spellings

def spellings(base):
    """The URL base with its host written otherwise."""
    scheme, _, rest = base.partition("://")
    host, _, port = rest.partition(":")
    return {
        "upper case": f"{scheme}://{host.upper()}:{port}", "scheme in upper case": f"{scheme.upper()}://{rest}",
        "trailing dot": f"{scheme}://{host}.:{port}", "userinfo": f"{scheme}://u@{rest}", "cyrillic": base.replace("o", "\u043e", 1),
        "wide dot": base.replace(".", "\u3002", 1), "percent": base.replace("g", "%67", 1), "port with a zero": f"{scheme}://{host}:0{port}",
        "nul": f"{scheme}://{host}%00.eve.evil.test:{port}", "backslash": f"{scheme}://{host}:{port}\\@eve.evil.test",
        "tab": f"{scheme}://{host}:\t{port}", "default port": f"{scheme}://{host}:80", "two slashes": f"{scheme}:///{rest}",
    }


@pytest.mark.parametrize("spelling", spellings("http://good.peer.test:1"))
def test_no_spelling_of_a_host_makes_somebody_else_of_an_actor(server, web, scene, spelling):
    """CVE-2023-42451: one canonical form of hosts, and what has none is refused."""
    odd = scene.bob.uri.replace(scene.bob.base, spellings(scene.bob.base)[spelling], 1)
    assert odd != scene.bob.uri
    with Unchanged(server):
        for key, key_id in ((scene.eve.rsa, scene.eve.key_id), (scene.eve.rsa, f"{odd}#main-key"), (scene.bob.rsa, f"{odd}#main-key")):
            note = {**scene.bob.create()["object"], "id": f"{odd}/statuses/1", "attributedTo": odd}
            for document in ({**scene.bob.activity("Create", note), "actor": odd, "id": f"{odd}/1"},
                             {**scene.bob.activity("Delete", scene.bob.uri), "actor": odd, "id": f"{odd}/2"},
                             {**scene.eve.activity("Update", scene.bob.document(id=odd))}):
                if not key_id.isascii() or "\t" in key_id or "\\" in key_id:
                    continue
                response = post(server, scene.eve, document, key=key, key_id=key_id)
                assert response.status in (202, 400, 401, 403, 503), response
        here = web.base("127.0.0.1")
        web.put(f"{here}/as-bob", scene.bob.document(id=odd))
        assert server.act("resolve", f"{here}/as-bob", check=False)[0] != 0
        assert web.asked_for(f"{here}/as-bob")


# ---- authors and ids

AUTHORS = {
    "a number": 1, "digits": "1", "one of ours": lambda scene: scene.brand.uri, "two": lambda scene: [scene.eve.uri, scene.brand.uri],
    "ours first": lambda scene: [scene.brand.uri, scene.eve.uri], "no id": {"type": "Person"}, "nothing": None, "empty": [],
    "of another server": lambda scene: scene.bob.uri, "an object of another": lambda scene: scene.bob.document(),
    "true": True, "nested": lambda scene: [[scene.eve.uri]],
}


@pytest.mark.parametrize("author", AUTHORS)
def test_a_post_has_no_author_but_who_sent_it(server, scene, author):
    """CVE-2026-58593: attributedTo of every shape, pointing to us, to others, to nobody."""
    value = AUTHORS[author]
    value = value(scene) if callable(value) else value
    document = scene.eve.create(attributedTo=value, to=[PUBLIC, scene.brand.uri])
    document["to"] = document["object"]["to"]
    with Unchanged(server):
        scene.say(scene.eve, document)
    assert not scene.has_post(document["object"]["id"])


IDS = {
    "ours": lambda scene: scene.local, "ours, new": lambda scene: scene.brand.uri + "/statuses/1",
    "of another server": lambda scene: f"{scene.bob.uri}/statuses/none", "in a list": lambda scene: [f"{scene.eve.uri}/statuses/l"],
    "a number": 1, "nothing": None, "an object": lambda scene: {"id": f"{scene.eve.uri}/statuses/o"},
    "another scheme": "javascript:alert(1)", "file": "file:///etc/passwd", "long": lambda scene: f"{scene.eve.uri}/{'x' * 3000}",
    "userinfo": lambda scene: f"{scene.eve.uri}/1".replace("://", "://u@"), "fragment": lambda scene: f"{scene.eve.uri}#1",
    "its author": lambda scene: scene.eve.uri, "private address": "http://127.0.0.3/1", "relative": "/statuses/1",
}


@pytest.mark.parametrize("case", IDS)
def test_a_post_has_an_id_of_its_authors_server(server, scene, case):
    """CVE-2024-52590/52591 (GHSA-5h8r-gq97-xv69): the ways to an id that is not the sender's own."""
    value = IDS[case]
    value = value(scene) if callable(value) else value
    document = scene.eve.create(id=value, to=[PUBLIC, scene.brand.uri])
    document["to"] = document["object"]["to"]
    with Unchanged(server):
        response = post(server, scene.eve, document)
        assert response.status in (202, 400)


def test_what_is_embedded_of_another_server_is_read_there(server, web, scene):
    """CVE-2024-23832, CVE-2024-37903: what another says of it counts for nothing."""
    true = {**scene.bob.create()["object"], "content": "<p>true</p>", "to": [scene.bob.uri + "/followers"], "cc": []}
    web.put(true["id"], true)
    forged = {**true, "content": "<p>forged</p>", "to": [PUBLIC, scene.brand.uri]}
    scene.say(scene.eve, {**scene.eve.activity("Create", forged), "to": [PUBLIC, scene.brand.uri]})
    settle(server)
    assert server.rows("select html, visibility from posts where uri = %s", true["id"]) == [("<p>true</p>", "followers")]


def test_a_post_that_is_read_again_keeps_its_author(server, web, scene):
    """Akkoma 2024.03: the origin itself gives it to somebody else."""
    note = scene.create(scene.bob)
    web.put(note["id"], {**note, "attributedTo": scene.neighbour.uri, "content": "<p>of the neighbour</p>"})
    with Unchanged(server):
        scene.say(scene.bob, scene.bob.activity("Update", note["id"]))
    web.put(note["id"], {**note, "content": "<p>again</p>", "updated": "2036-01-01T00:00:00Z"})
    scene.say(scene.bob, scene.bob.activity("Update", note["id"]))
    settle(server)
    assert server.one("select a.uri from posts p join actors a on a.id = p.actor_id where p.uri = %s", note["id"]) == scene.bob.uri


LINKED_DATA = ["@graph", "@included", "@reverse"]


@pytest.mark.parametrize("keyword", LINKED_DATA)
def test_nothing_that_linked_data_would_read_otherwise_is_read(server, web, scene, keyword):
    """CVE-2026-46349, CVE-2026-48028, CVE-2026-42462, CVE-2026-46713, CVE-2024-32983: in the inbox and in what is fetched."""
    good = scene.bob.create(to=[PUBLIC, scene.brand.uri])
    at = web.base("127.0.0.1") + "/users/linked"
    web.put(at, scene.bob.document(id=at, inbox=at + "/inbox", **{keyword: [good]}))
    with Unchanged(server):
        for document in ({**good, keyword: [good]}, {**good, "object": {**good["object"], keyword: {}}},
                         {**good, "x": [{"y": {keyword: []}}]}):
            scene.say(scene.bob, document, 400)
        assert server.act("resolve", at, check=False)[0] != 0
        assert web.asked_for(at)


# ---- keys

def test_a_key_lies_where_its_id_says(server, web, scene):
    """Fedify #963/#980, Akkoma 2024.03, CVE-2025-25306: a redirect makes no key another's, and no other's key one's own."""
    thief = Actor(web, host="thief.evil.test", is_published=False)
    stolen = scene.bob.document(publicKey={"id": scene.bob.key_id, "owner": scene.bob.uri, "publicKeyPem": signer.pem_of(thief.rsa)})
    web.put(f"{thief.base}/stolen", stolen)
    web.put(f"{scene.bob.base}/open", lambda request: redirect(f"{thief.base}/stolen"))
    web.put(f"{thief.base}/to-bob", lambda request: redirect(scene.bob.uri))
    web.put(f"{thief.base}/own", {**stolen, "id": f"{thief.base}/own"})
    for number, key_id in enumerate((f"{scene.bob.base}/open", f"{thief.base}/stolen", f"{thief.base}/to-bob", f"{thief.base}/own",
                                     f"{scene.bob.base}/open#main-key", f"{thief.base}/to-bob#main-key")):
        with Unchanged(server) as unchanged:
            document = scene.bob.create()
            assert post(server, scene.bob, document, key=thief.rsa, key_id=key_id).status in (401, 503), (number, key_id)
        assert unchanged.handled() == 0
    scene.create(scene.bob)


def test_a_domain_of_ours_signs_nothing_from_outside(database_factory, web):
    """CVE-2026-58593, GHSA-5h8r-gq97-xv69 (25 to 33): all our domains are ours, not only the first; and none is asked."""
    from support.inbox import make_server
    program = make_server(database_factory())
    try:
        base = "https://second.peer.test"
        program.start()
        program.command("domain", "add", "second.test", "--base-url", base)
        program.command("account", "create", "shop", "--kind", "organization", "--domain", "second.test")
        program.stop()
        program.start()
        eve = Actor(web)
        for uri in (f"{base}/users/shop", f"{base}/users/nobody", f"{base}/actor"):
            for key_id in (f"{uri}#main-key", eve.key_id):
                with Unchanged(program) as unchanged:
                    forged = {**eve.create(), "actor": uri, "id": f"{uri}/statuses/1/activity"}
                    response = post(program, eve, forged, key_id=key_id)
                    assert response.status in (401, 403) or (response.status == 202 and key_id == eve.key_id), response
                assert unchanged.handled() == 0
        assert not [line for line in program.log_lines("request") if line.get("method") == "GET" and "/users/" in line.get("path", "")]
    finally:
        program.remove()


@pytest.mark.concurrent
def test_fifty_unknown_actors_at_once_cost_one_document_each(server, web):
    """CVE-2026-34148 (GHSA-gm9m-gwc4-hwgp): as many requests for keys as there are actors, and all of them are heard."""
    actors = [Actor(web) for _ in range(50)]
    documents = [actor.create() for actor in actors]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda pair: post(server, *pair).status, zip(actors, documents)))
    assert statuses == [202] * 50
    assert all(is_stored(server, document) for document in documents)
    assert [len(actor.fetches()) for actor in actors] == [1] * 50
    settle(server)


# ---- where requests of ours may go

POINTERS = ["object", "inReplyTo", "context", "conversation", "url", "quote", "quoteUrl", "quoteUri", "_misskey_quote", "replies", "likes",
            "shares", "icon", "image", "preview", "generator", "target", "result", "instrument", "origin", "proof", "signature"]


def test_nothing_that_is_pushed_leads_to_a_private_address(server, web, scene, canary):
    """CVE-2024-39687, CVE-2024-52579, CVE-2025-32948, CVE-2026-42180/42181: every property of what is received."""
    uris = [canary.base + "/a", f"http://[::ffff:{CANARY}]:{canary.port}/b", f"http://0x7f000002:{canary.port}/c", "http://169.254.169.254/d"]
    for number, uri in enumerate(uris):
        shape = {"id": uri, "type": "Collection", "first": uri, "next": uri, "items": [uri]} if number % 2 else uri
        more = {name: shape for name in POINTERS if name not in ("object",)}
        lists = {"tag": [{"type": kind, "href": uri, "name": "@x", "id": uri, "icon": {"type": "Image", "url": uri}}
                         for kind in ("Mention", "Emoji", "Link", "Hashtag")],
                 "attachment": [{"type": "Image", "url": uri, "mediaType": "image/png"}, uri], "to": [PUBLIC, scene.brand.uri, uri]}
        documents = [scene.bob.create(**{**more, **lists}), {**scene.bob.activity("Announce", uri, to=[PUBLIC]), **more},
                     {**scene.bob.activity("Create", {**scene.bob.create()["object"], "id": uri}), **more},
                     scene.bob.activity("Like", uri), scene.bob.activity("Flag", [scene.brand.uri, uri]),
                     scene.bob.activity("Move", scene.bob.uri, target=uri), scene.bob.activity("Undo", uri),
                     scene.bob.activity("Add", uri, target=uri), scene.bob.activity("QuoteRequest", scene.local, instrument=uri),
                     {**scene.bob.create(), "actor": uri, "id": uri}]
        for document in documents:
            assert post(server, scene.bob, document).status in (202, 400, 403)
    actor = Actor(web, host="points.peer.test", is_published=False)
    actor.publish(inbox=canary.base + "/inbox", outbox=canary.base + "/outbox", featured=canary.base + "/featured",
                  followers=canary.base + "/followers", endpoints={"sharedInbox": canary.base + "/shared"})
    assert post(server, actor, actor.follow(scene.brand.uri)).status in (202, 401, 403)
    half = Actor(web, host="half.peer.test", is_published=False)
    half.publish(outbox=canary.base + "/outbox", endpoints={"sharedInbox": canary.base + "/shared"})
    assert post(server, half, half.follow(scene.brand.uri)).status == 202
    scene.brand.is_followed_by(half.uri)
    settle(server)
    scene.brand.post("to all followers")
    server.wait_until_none("select 1 from deliveries where state = 'pending' and attempts = 0")
    assert server.one("select shared_inbox_url from actors where uri = %s", half.uri) is None
    assert canary.connections == 0


def test_a_post_full_of_addresses_costs_few_requests(server, web, scene):
    """CVE-2025-32948, CVE-2022-46405: what one activity names is not read one by one."""
    author = Actor(web, host="many.peer.test")
    other = web.base("named.peer.test")
    tags = [{"type": "Mention", "href": f"{other}/users/{number}", "name": f"@{number}"} for number in range(900)]
    document = author.create(tag=tags, to=[PUBLIC, scene.brand.uri], attachment=[f"{other}/{number}" for number in range(100)],
                             cc=[f"{other}/c/{number}" for number in range(900)], quote=f"{other}/q", inReplyTo=f"{other}/r")
    document["to"] = document["object"]["to"]
    scene.say(author, document)
    server.wait_for_post(document["object"]["id"])
    settle(server)
    assert len(web.asked_for(host="named.peer.test")) <= 20


XRD = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.2:{port}/x">]><XRD>'
       '<Link rel="self" type="application/activity+json" href="http://127.0.0.2:{port}/x"/>&a;</XRD>')


def jrd(href):
    body = {"subject": "acct:x@127.0.0.1", "links": [{"rel": "self", "type": ACTIVITY_TYPE, "href": href}]}
    return answer(200, json.dumps(body).encode(), [("Content-Type", "application/jrd+json")])


WEBFINGERS = {
    "a long way": lambda base, port, count: redirect(f"{base}/.well-known/webfinger?step={count + 1}"),
    "to itself": lambda base, port, count: redirect(f"{base}/.well-known/webfinger?resource=acct:x"),
    "canary": lambda base, port, count: redirect(f"http://127.0.0.2:{port}/x"),
    "file": lambda base, port, count: redirect("file:///etc/passwd"),
    "gopher": lambda base, port, count: redirect(f"gopher://127.0.0.2:{port}/x"),
    "link to a canary": lambda base, port, count: jrd(f"http://127.0.0.2:{port}/x"),
    "link to a script": lambda base, port, count: jrd("data:application/activity+json,{}"),
    "xml": lambda base, port, count: answer(200, XRD.format(port=port).encode(), [("Content-Type", "application/xrd+xml")]),
}


@pytest.mark.parametrize("case", WEBFINGERS)
def test_a_handle_leads_nowhere_else(server, web, canary, case):
    """CVE-2025-23221, CVE-2025-25194, CVE-2025-54590; entities of Pleroma 2.6.0: no XML is read."""
    host = "127.0.0.1"
    base = web.base(host)
    asked = []

    def reply(_request):
        asked.append(1)
        return WEBFINGERS[case](base, canary.port, len(asked))
    paths = [f"/.well-known/webfinger?resource=acct%3Ax%40{host}%3A{web.port}", "/.well-known/webfinger?resource=acct:x"]
    for path in paths + [f"/.well-known/webfinger?step={number}" for number in range(30)]:
        web.put(base + path, reply)
    assert server.act("resolve", f"@x@{host}:{web.port}", check=False)[0] != 0
    assert 1 <= len(asked) <= 4
    assert canary.connections == 0


def test_a_suspended_host_reads_nothing_at_all(server, web, scene):
    """Akkoma 2025.10, CVE-2026-25808: without authorised fetch, too; and its key is not asked for."""
    reader = Actor(web, host="reader.suspended.test")
    path, user = scene.local[len(server.url):], "/users/brand"
    for one in (path, path + "/activity", path + "/replies", path + "/likes", path + "/shares", user, user + "/outbox",
                user + "/outbox?page=true", user + "/followers", user + "/following", user + "/collections/featured",
                scene.hidden[len(server.url):]):
        assert signer.get(server, one, reader).status == 403, one
    assert web.asked_for(host=reader.host) == []


@pytest.mark.parametrize("is_good_first", [False, True])
def test_an_answer_to_one_reader_is_never_kept_for_another(server, web, scene, is_good_first):
    """CVE-2026-25540: whoever asks first, each reader gets the answer that is theirs, and no cache on the way keeps one."""
    suspended, good = Actor(web, host="reader.suspended.test"), Actor(web, host=f"first{is_good_first}.peer.test")
    user = "/users/brand"
    for path in (user, user + "/outbox", user + "/outbox?page=true", user + "/collections/featured", user + "/collections/tags",
                 user + "/followers", scene.local[len(server.url):]):
        for reader in (good, suspended) if is_good_first else (suspended, good):
            answer = signer.get(server, path, reader)
            assert answer.status == (200 if reader is good else 403), (path, answer.status)
            headers = {name.lower(): value for name, value in answer.headers}
            kept = headers.get("cache-control", "")
            assert "no-store" in kept or "private" in kept or "Signature" in headers.get("vary", ""), (path, headers)


# ---- text that is code elsewhere

SQL = ["'", "1'; drop table posts; --", "1 OR 1=1", "') or ('a'='a", "$1", "%s%n", "\\'; --", "{1,2}", "a' union select 1--", "& | ! <->"]


def test_what_is_pushed_is_text_to_the_database(server, web, scene):
    """CVE-2023-24812 (GHSA-cgwp-vmr4-wx4q), CVE-2022-3751, CVE-2025-50979."""
    for number, text in enumerate(SQL):
        author = Actor(web, host=f"sql{number}.peer.test", is_published=False)
        author.publish(name=text, summary=text, attachment=[{"type": "PropertyValue", "name": text, "value": text}])
        document = author.create(content=text, summary=text, name=text, to=[PUBLIC, scene.brand.uri], contentMap={text: text},
                                 tag=[{"type": "Hashtag", "name": "#" + text}, {"type": "Emoji", "name": text, "icon": {"url": text}}])
        document["to"] = document["object"]["to"]
        scene.say(author, document)
        server.wait_for_post(document["object"]["id"])
        assert server.one("select display_name from actors where uri = %s", author.uri) == text
        assert server.one("select spoiler_text from posts where uri = %s", document["object"]["id"]) == text
        scene.say(author, {**author.activity("Like", scene.local), "id": f"{author.uri}/{text.replace(' ', '+')}"}) if text.isalnum() else None
    settle(server)
    assert not server.log_lines("database_error")
