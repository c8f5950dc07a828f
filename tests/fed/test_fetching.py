# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the server reads of others, and what it leaves alone: small ActivityPub servers on loopback are read by
comptoir-act and by the fetch workers."""
import json
import urllib.parse

import pytest

from support.federated import FederatedServer
from support.peers import Peer, answer, redirect
from support.server import binary
from support.site import ACTIVITY, PUBLIC, Site
from support.waiting import wait_until

CANARY = "127.0.0.66"
ALLOWED = "127.0.0.1, 127.0.0.2, 127.0.0.3"
WAKE_FETCHES = 1 << 2


@pytest.fixture(scope="module")
def ours(database):
    """Names below .test are at 127.0.0.1, of canary.test at the canary."""
    names = {"*.canary.test": CANARY, "*.test": "127.0.0.1"}
    env = {"LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"),
           "GETADDRINFO_MAP": ";".join(f"{name}={value}" for name, value in names.items())}
    server = FederatedServer(database, {"federation.allow_addresses": ALLOWED}, env=env)
    server.start()
    server.create_account("alice")
    yield server
    server.remove()


@pytest.fixture
def site_factory():
    made = []

    def make(*arguments, **keywords):
        made.append(Site(*arguments, **keywords))
        return made[-1]
    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(site_factory):
    return site_factory()


@pytest.fixture
def canary():
    peer = Peer(address=CANARY)
    peer.base = f"http://{CANARY}:{peer.port}"
    yield peer
    peer.close()


def wish(server, uri, kind="object", root=None, attempts=0):
    peer = urllib.parse.urlsplit(uri).netloc
    server.rows("insert into fetches (id, uri, kind, root_uri, peer, attempts) values ((select coalesce(max(id), 0) + 1 from fetches), %s,"
                " %s, %s, %s, %s) returning id", uri, kind, root or uri, peer, attempts)
    server.rows("select pg_notify('comptoir_wake', %s)::text", str(WAKE_FETCHES))


def settle(server, seconds=30):
    server.wait_until_none("select uri from fetches", seconds=seconds)


def fulfil(server, *arguments, seconds=30, **keywords):
    wish(server, *arguments, **keywords)
    settle(server, seconds)


def resolve(server, text):
    return server.act("resolve", text)


def fails(server, text):
    code, _ = server.act("resolve", text, check=False)
    return code != 0


def actor_row(server, uri):
    rows = server.rows("select username, domain, is_handle_confirmed from actors where uri = %s", uri)
    return rows[0] if rows else None


def has_post(server, uri):
    return bool(server.rows("select id from posts where uri = %s", uri))


# ---- actors and handles

def test_an_actor_is_read_by_its_handle(ours, site):
    bob = site.add_actor("bob", name="Bob", summary="<p>Hi<script>x</script></p>")
    resolve(ours, f"@bob@{site.authority}")
    assert actor_row(ours, bob) == ("bob", site.authority, True)
    assert ours.one("select summary_html from actors where uri = %s", bob) == "<p>Hi</p>"
    signed = [request for request in site.peer.requests if request.header("Signature")]
    assert len(signed) == len(site.peer.requests) == 2, site.asked()
    assert f'keyId="{ours.url}/actor#main-key"' in signed[0].header("Signature")


def test_a_handle_at_another_domain_counts_when_both_name_one_another(ours, site_factory):
    company, server = site_factory("127.0.0.2"), site_factory()
    ann = server.add_actor("ann", has_webfinger=False)
    handle = f"ann@{company.authority}"
    server.add_webfinger(f"ann@{server.authority}", ann, subject=handle)
    company.add_webfinger(handle, ann)
    resolve(ours, ann)
    assert actor_row(ours, ann) == ("ann", company.authority, True)


def test_an_actor_says_its_handle_itself(ours, site_factory):
    company, server = site_factory("127.0.0.2"), site_factory()
    handle = f"amy@{company.authority}"
    amy = server.add_actor("amy", has_webfinger=False, webfinger=handle)
    company.add_webfinger(handle, amy)
    resolve(ours, f"@{handle}")
    assert actor_row(ours, amy) == ("amy", company.authority, True)
    assert not server.asked("/.well-known/")


@pytest.mark.parametrize("case", ["other_actor", "nobody", "other_name", "no_link_back"])
def test_a_borrowed_handle_is_not_believed(ours, site_factory, case):
    good, evil = site_factory("127.0.0.2"), site_factory()
    eve = evil.add_actor("eve", has_webfinger=False, webfinger=f"eve@{good.authority}" if case == "no_link_back" else None)
    if case != "no_link_back":
        evil.add_webfinger(f"eve@{evil.authority}", eve, subject=f"{'bob' if case == 'other_name' else 'eve'}@{good.authority}")
    if case != "nobody":
        good.add_webfinger(f"eve@{good.authority}", good.add_actor("eve"))
        good.add_webfinger(f"bob@{good.authority}", eve)
    resolve(ours, eve)
    assert actor_row(ours, eve) == ("eve", evil.authority, False)


def test_our_own_names_are_not_given_away(ours, site):
    mallory = site.add_actor("alice", has_webfinger=False)
    own = ours.url.split("//")[1]
    site.add_webfinger(f"alice@{site.authority}", mallory, subject=f"alice@{own}")
    resolve(ours, mallory)
    assert actor_row(ours, mallory) == ("alice", site.authority, False)
    assert resolve(ours, f"@alice@{own}")["uri"] == ours.actor("alice")


@pytest.mark.parametrize("handle", ["a@127.0.0.66:80/x?y#", "a@[::1]/x", "a@", "@", "a@h/../x", "a@u@h", "a b@h.test", "a@h test"])
def test_what_is_no_handle_is_refused_without_a_connection(ours, handle):
    assert fails(ours, handle)


# ---- what may speak for an id

TYPES = {
    "application/activity+json": True,
    "application/activity+json; charset=utf-8": True,
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"': True,
    "application/json": False,
    "application/ld+json": False,
    "text/plain": False,
    "image/png": False,
    "text/html": False,
}


@pytest.mark.parametrize("content_type", TYPES)
def test_only_the_types_of_activitypub_are_read(ours, site, content_type):
    body = json.dumps(site.actor("typed")).encode()
    site.documents["/users/typed"] = answer(200, body, [("Content-Type", content_type)])
    assert fails(ours, site.url("/users/typed")) == (not TYPES[content_type])
    assert bool(actor_row(ours, site.url("/users/typed"))) == TYPES[content_type]


def test_nobody_speaks_for_an_id_of_another_host(ours, site_factory):
    good, evil = site_factory("127.0.0.2"), site_factory()
    bob = good.add_actor("bob", name="the true one")
    resolve(ours, bob)
    before = ours.rows("select * from actors where uri = %s", bob)
    forged = {**good.actor("bob"), "name": "the false one", "inbox": good.url("/users/bob/inbox")}
    evil.documents["/forged"] = forged
    good.documents["/open"] = lambda request: redirect(evil.url("/forged"))
    evil.documents["/anonymous"] = {key: value for key, value in forged.items() if key != "id"}
    evil.documents["/array"] = {**forged, "id": [good.url("/users/bob")]}
    evil_author = evil.add_actor("eve")
    evil.documents["/note"] = {**good.note("/notes/1", bob)}
    evil.documents["/attributed"] = evil.note("/attributed", bob)
    evil.documents["/users/bob"] = evil.actor("bob", inbox=good.url("/users/bob/inbox"))
    for path in ("/forged", "/anonymous", "/array", "/note", "/attributed", "/users/bob"):
        assert fails(ours, evil.url(path)), path
    assert fails(ours, good.url("/open"))
    assert not has_post(ours, good.url("/notes/1")) and not has_post(ours, evil.url("/attributed"))
    assert ours.rows("select * from actors where uri = %s", bob) == before
    assert not actor_row(ours, evil_author)


def test_a_page_leads_to_the_document_at_its_own_id(ours, site):
    bob = site.add_actor("paged")
    site.documents["/@paged"] = {**site.actor("paged"), "name": "by page"}
    assert resolve(ours, site.url("/@paged"))["uri"] == bob
    assert "/users/paged" in site.asked()
    site.documents["/@liar"] = {**site.actor("liar")}
    site.documents["/users/liar"] = {**site.actor("liar2")}
    assert fails(ours, site.url("/@liar"))


def test_an_activity_is_opened_when_it_wraps_its_own(ours, site_factory):
    site, other = site_factory(), site_factory("127.0.0.2")
    bob = site.add_actor("wrapper")
    eve = other.add_actor("eve")
    site.documents["/create"] = {"id": site.url("/create"), "type": "Create", "actor": bob, "object": site.note("/notes/w", bob)}
    resolve(ours, site.url("/create"))
    assert has_post(ours, site.url("/notes/w"))
    site.documents["/foreign"] = {"id": site.url("/foreign"), "type": "Create", "actor": bob, "object": other.note("/notes/f", eve)}
    assert fails(ours, site.url("/foreign"))
    assert not has_post(ours, other.url("/notes/f"))


def test_our_own_documents_are_never_asked_over_the_network(ours):
    assert resolve(ours, ours.actor("alice"))["uri"] == ours.actor("alice")
    assert fails(ours, ours.url + "/users/nobody")
    assert not [line for line in ours.log_lines() if line.get("path") == "/users/nobody"]


# ---- canaries

def test_no_url_of_a_document_leads_to_a_private_address(ours, site, canary):
    bad = canary.base
    name = f"http://x.canary.test:{canary.port}"
    uses = []
    for at, base in enumerate((bad, name)):
        actor = site.add_actor(f"c{at}", icon={"type": "Image", "url": base + "/icon"}, image={"type": "Image", "url": base + "/image"},
                               featured=base + "/featured", endpoints={"sharedInbox": base + "/inbox"}, alsoKnownAs=[base + "/aka"],
                               movedTo=base + "/moved", url=base + "/page", webfinger=f"c{at}@{base.split('//')[1]}")
        site.documents[f"/users/c{at}"]["outbox"] = site.url(f"/outbox{at}")
        uses.append(site.add_note(
            f"/notes/c{at}", actor, inReplyTo=base + "/parent", quote=base + "/quote", quoteUrl=base + "/quote", context=base + "/context",
            replies={"id": base + "/replies", "type": "Collection", "first": base + "/first"}, url=base + "/page",
            attachment=[{"type": "Image", "mediaType": "image/png", "url": base + "/image.png"}],
            tag=[{"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": base + "/emoji"}},
                 {"type": "Mention", "href": base + "/mentioned", "name": "@m"}]))
        site.documents[f"/replies{at}"] = {
            "id": site.url(f"/replies{at}"), "type": "Collection", "first": {"type": "CollectionPage", "next": base + "/next",
                                                                             "items": [base + "/item"]}}
        site.documents[f"/outbox{at}"] = {
            "id": site.url(f"/outbox{at}"), "type": "OrderedCollection",
            "orderedItems": [{"id": site.url("/a"), "type": "Announce", "actor": actor, "object": base + "/boosted"},
                             {"id": base + "/b", "type": "Create", "actor": actor, "object": base + "/created"}]}
        site.documents[f"/redirect{at}"] = redirect(base + "/redirected")
        resolve(ours, uses[-1])
        for path in (f"/redirect{at}",):
            assert fails(ours, site.url(path))
        for uri in (base + "/object", base + "/users/x"):
            assert fails(ours, uri)
        assert fails(ours, f"x@{base.split('//')[1]}")
        wish(ours, site.url(f"/replies{at}"), "replies")
        wish(ours, site.url(f"/outbox{at}"), "outbox")
        wish(ours, base + "/wished", "actor")
        wish(ours, base + "/followers", "followers", actor)
    settle(ours)
    assert all(has_post(ours, uri) for uri in uses)
    assert canary.connections == 0


# ---- bounds

def chain_site(site, authors=1):
    """/p/N answers /p/N+1 without end."""
    def reply(request):
        kind, _, number = request.target[1:].partition("/")
        if kind == "p":
            author = site.url(f"/u/{int(number) % authors}")
            return site.note(request.target, author, inReplyTo=site.url(f"/p/{int(number) + 1}"))
        if kind == "u":
            uri = site.url(request.target)
            return {"id": uri, "type": "Person", "preferredUsername": f"u{number}", "inbox": uri + "/inbox"}
        return None
    site.documents["*"] = reply


def test_a_thread_without_an_end_is_read_to_its_budget(ours, site):
    chain_site(site)
    fulfil(ours, site.url("/p/0"))
    assert 15 <= len(set(site.asked("/p/"))) <= 21
    assert len(site.peer.requests) <= 23


def test_a_chain_of_strangers_costs_one_budget(ours, site):
    """Each post by another author, so that each costs two documents (ADVISORIES 6)."""
    chain_site(site, authors=1000)
    fulfil(ours, site.url("/p/0"))
    assert 10 <= len(site.peer.requests) <= 23, site.asked()


def test_a_chain_over_names_of_one_domain_costs_one_budget(ours, site_factory):
    """Every post and every author at a name of its own, as a wildcard gives them (ADVISORIES 6)."""
    site, good = site_factory(name="p0.chain.test"), site_factory("127.0.0.2")
    port = site.peer.port

    def reply(request):
        number = int(request.header("Host").partition(".")[0][1:])
        base, other = f"http://p{number}.chain.test:{port}", f"http://p{number + 1}.chain.test:{port}"
        if request.target == "/u":
            return {"id": base + "/u", "type": "Person", "preferredUsername": f"u{number}", "inbox": base + "/inbox"}
        return {**site.note("/n", base + "/u"), "id": base + "/n", "inReplyTo": other + "/n",
                "tag": [{"type": "Mention", "href": other + "/u", "name": f"@u{number + 1}"}]} if request.target == "/n" else None
    site.documents["*"] = reply
    bob = good.add_actor("beside")
    good.add_note("/n", bob)
    wish(ours, site.url("/n"))
    wish(ours, good.url("/n"))
    ours.wait_for_post(good.url("/n"))
    settle(ours)
    assert has_post(ours, site.url("/n"))
    assert 5 <= len(site.peer.requests) <= 23, site.asked()


def test_a_cycle_of_answers_ends(ours, site):
    bob = site.add_actor("cycle")
    for one, other in (("/a", "/b"), ("/b", "/a")):
        site.add_note(one, bob, inReplyTo=site.url(other))
    site.add_note("/self", bob, inReplyTo=site.url("/self"))
    fulfil(ours, site.url("/a"))
    fulfil(ours, site.url("/self"))
    assert has_post(ours, site.url("/a")) and has_post(ours, site.url("/b"))
    assert len(site.asked("/a")) == len(site.asked("/b")) == 1


def collection(site, path, items, **more):
    return {"id": site.url(path), "type": "CollectionPage", "items": items, **more}


def test_pages_without_an_end_are_read_to_their_budget(ours, site):
    def page(request):
        number = int(request.target.partition("=")[2] or 0)
        return collection(site, request.target, [], next=site.url(f"/replies?page={number + 1}"), totalItems=2 ** 62)
    site.documents["*"] = page
    fulfil(ours, site.url("/replies?page=0"), "replies")
    assert 10 <= len(site.peer.requests) <= 20


@pytest.mark.parametrize("path", ["self", "pair"])
def test_pages_in_a_circle_are_read_once(ours, site, path):
    other = "/loop" if path == "self" else "/back"
    site.documents["/loop"] = collection(site, "/loop", [], next=site.url(other), totalItems=-1)
    site.documents["/back"] = collection(site, "/back", [], next=site.url("/loop"))
    fulfil(ours, site.url("/loop"), "replies")
    assert sorted(site.asked()) == sorted({"/loop", other})


def test_a_collection_of_thousands_is_read_to_its_budget(ours, site):
    bob = site.add_actor("many")
    site.documents["/replies"] = collection(site, "/replies", [site.url(f"/n/{i}") for i in range(1000)])
    site.documents["*"] = lambda request: site.note(request.target, bob) if request.target.startswith("/n/") else None
    fulfil(ours, site.url("/replies"), "replies", seconds=50)
    assert 150 <= len(site.asked("/n/")) <= 200


def test_items_are_believed_only_from_their_own_origin(ours, site_factory):
    site, other = site_factory(), site_factory("127.0.0.2")
    bob, ann = site.add_actor("bob2"), other.add_actor("ann2")
    own = site.note("/own", bob)
    lie = other.note("/true", ann, content="<p>a lie</p>")
    other.add_note("/true", ann, content="<p>the truth</p>")
    nobody = other.note("/nowhere", ann)
    site.documents["/replies"] = collection(site, "/replies", [own, lie, nobody, site.note("/stolen", ann), 7, None, {}, []])
    fulfil(ours, site.url("/replies"), "replies")
    assert has_post(ours, own["id"]) and not site.asked("/own")
    assert ours.one("select html from posts where uri = %s", other.url("/true")) == "<p>the truth</p>"
    assert not has_post(ours, nobody["id"]) and not has_post(ours, site.url("/stolen"))


# ---- collections of actors

def test_an_outbox_gives_posts_and_boosts(ours, site_factory):
    site, other = site_factory(), site_factory("127.0.0.2")
    bob, ann = site.add_actor("poster"), other.add_actor("author")
    boosted = other.add_note("/boosted", ann)
    announce = {"id": site.url("/announce"), "type": "Announce", "actor": bob, "object": boosted, "to": [PUBLIC]}
    site.documents["/announce"] = announce
    create = {"id": site.url("/create"), "type": "Create", "actor": bob, "object": site.note("/made", bob), "to": [PUBLIC]}
    site.documents["/outbox"] = {"id": site.url("/outbox"), "type": "OrderedCollection", "totalItems": 2, "first": site.url("/outbox?1")}
    site.documents["/outbox?1"] = {"id": site.url("/outbox?1"), "type": "OrderedCollectionPage", "next": site.url("/outbox?2"),
                                   "orderedItems": [announce, create]}
    resolve(ours, bob)
    fulfil(ours, site.url("/outbox"), "outbox")
    assert has_post(ours, site.url("/made"))
    ours.wait_for_row("select id from activities_in where uri = %s and verified_by = 'fetch'", announce["id"])
    assert "/outbox?2" not in site.asked()


def test_pinned_posts_become_those_of_the_collection(ours, site):
    bob = site.add_actor("pinner", featured=site.url("/featured"))
    site.add_note("/pinned", bob)
    site.documents["/featured"] = {"id": site.url("/featured"), "type": "OrderedCollection",
                                   "orderedItems": [site.url("/pinned"), site.note("/embedded", bob)]}
    resolve(ours, f"@pinner@{site.authority}")
    settle(ours)
    pins = ours.rows("select p.uri from pins join posts p on p.id = pins.post_id join actors a on a.id = pins.actor_id where a.uri = %s"
                     " order by p.uri", bob)
    assert [uri for uri, in pins] == sorted([site.url("/pinned"), site.url("/embedded")])
    site.documents["/other"] = {**site.documents["/featured"], "id": site.url("/other"), "orderedItems": []}
    fulfil(ours, site.url("/other"), "featured", bob)
    assert len(ours.rows("select * from pins join actors a on a.id = pins.actor_id where a.uri = %s", bob)) == 2


def make_follow(server, follower, followed, minutes_old):
    return server.one("insert into follows (id, follower_id, followed_id, state, uri) select ((extract(epoch from now()) * 1000)::bigint - %s"
                      " * 60000) << 16 | (random() * 65535)::int, a.id, b.id, 'accepted', a.uri || '#follows/' || b.id from actors a, actors b"
                      " where a.uri = %s and b.uri = %s returning id", minutes_old, follower, followed)


def test_follower_lists_are_brought_together(ours, site):
    lists = {}
    for name in ("listed", "missing", "young", "stray"):
        ours.create_account(name)
    bob = site.add_actor("followed")
    resolve(ours, bob)
    for name, minutes in (("listed", 60), ("missing", 60), ("young", 1)):
        make_follow(ours, ours.actor(name), bob, minutes)
    lists["items"] = [ours.actor("listed"), ours.actor("stray"), site.url("/users/elsewhere"), ours.actor("nobody")]
    site.documents["/sync"] = {"id": site.url("/sync"), "type": "OrderedCollection", "orderedItems": lists["items"]}
    fulfil(ours, site.url("/sync"), "followers", bob)

    def followers():
        return sorted(uri for uri, in ours.rows("select a.uri from follows f join actors a on a.id = f.follower_id join actors b on"
                                                " b.id = f.followed_id where b.uri = %s", bob))
    assert followers() == sorted([ours.actor("listed"), ours.actor("young")])
    undone = ours.rows("select a.uri from activities_out o join actors a on a.id = o.actor_id where o.type = 'Undo'"
                       " and convert_from(o.body, 'UTF8') like %s", f"%{bob}%")
    assert [uri for uri, in undone] == [ours.actor("stray")]


def test_a_follower_list_that_was_not_read_whole_removes_nobody(ours, site_factory):
    site, other = site_factory(), site_factory("127.0.0.2")
    ours.create_account("steady")
    bob = site.add_actor("halved")
    resolve(ours, bob)
    make_follow(ours, ours.actor("steady"), bob, 60)
    site.documents["/sync"] = {"id": site.url("/sync"), "type": "OrderedCollection", "first": site.url("/sync?1")}
    site.documents["/sync?1"] = {"id": site.url("/sync?1"), "type": "OrderedCollectionPage", "orderedItems": [], "next": site.url("/sync?2")}
    fulfil(ours, site.url("/sync"), "followers", bob)
    other.documents["/sync"] = {"id": other.url("/sync"), "type": "OrderedCollection", "orderedItems": []}
    fulfil(ours, other.url("/sync"), "followers", bob)
    assert ours.rows("select f.id from follows f join actors b on b.id = f.followed_id where b.uri = %s", bob)


def test_an_activity_is_taken_from_its_actors_own_origin(ours, site_factory):
    site, other = site_factory(), site_factory("127.0.0.2")
    bob, eve = site.add_actor("doer"), other.add_actor("victim")
    for path, actor in (("/good", bob), ("/forged", eve)):
        site.documents[path] = {"id": site.url(path), "type": "Like", "actor": actor, "object": site.url("/nothing")}
        fulfil(ours, site.url(path), "activity")
    assert ours.rows("select verified_by from activities_in where uri = %s", site.url("/good")) == [("fetch",)]
    assert not ours.rows("select id from activities_in where uri = %s", site.url("/forged"))


# ---- failures

def test_a_wish_that_never_ends_is_given_up(ours, site):
    fulfil(ours, site.url("/poison"), attempts=29)
    assert not site.asked("/poison")


def test_what_fails_comes_again_and_what_is_gone_does_not(ours, site):
    bob = site.add_actor("late")
    state = {"is_well": False}
    site.documents["/slow"] = lambda request: site.note("/slow", bob) if state["is_well"] else answer(503)
    wish(ours, site.url("/slow"))
    ours.wait_for_row("select id from fetches where uri = %s and attempts = 1 and leased_until is null and last_error = 'status'"
                      " and due_at > now()", site.url("/slow"))
    wish(ours, site.url("/gone"))
    ours.wait_until_none("select id from fetches where uri = %s", site.url("/gone"))
    state["is_well"] = True
    ours.wait_for_row("select id from posts where uri = %s", site.url("/slow"), seconds=40)
    settle(ours)


def test_a_slow_host_holds_up_nobody_else(ours, site_factory):
    slow, good = site_factory("127.0.0.2"), site_factory()
    bob = good.add_actor("quick")
    good.add_note("/n", bob)

    def stall(_request):
        slow.peer.stopping.wait(60)
        return answer(503)
    slow.documents["*"] = stall
    for number in range(20):
        wish(ours, slow.url(f"/{number}"))
    wait_until(slow.asked, 10, "a request at the slow host")
    wish(ours, good.url("/n"))
    ours.wait_for_post(good.url("/n"), seconds=10)
    assert len(slow.peer.requests) <= 2
    ours.rows("delete from fetches where peer = %s returning id", slow.authority)


def test_waiting_activities_wake_when_their_document_is_here_or_nowhere(ours, site):
    bob = site.add_actor("awaited")
    for number, wanted in enumerate((bob, site.url("/users/never"))):
        ours.rows("insert into activities_in (id, uri, type, actor_uri, body, state, parked_uri) values (%s, %s, 'Like', %s, '{}', 'parked',"
                  " %s) returning id", 1000 + number, site.url(f"/like/{number}"), wanted, wanted)
        fulfil(ours, wanted, "actor")
        assert not ours.rows("select id from activities_in where id = %s and state = 'parked'", 1000 + number)


def test_a_downtime_is_made_up_for(database_factory, site):
    server = FederatedServer(database_factory())
    try:
        server.start()
        server.create_account("alice")
        bob = site.add_actor("missed")
        site.documents["/users/missed/outbox"] = {
            "id": bob + "/outbox", "type": "OrderedCollection",
            "orderedItems": [{"id": site.url("/c"), "type": "Create", "actor": bob, "object": site.note("/missed", bob)}]}
        resolve(server, bob)
        make_follow(server, server.actor("alice"), bob, 60)
        server.stop()
        server.rows("update heartbeats set beat_at = now() - interval '1 hour' returning name")
        server.start()
        server.wait_for_post(site.url("/missed"))
        server.wait_for_event("pull_after_downtime")
    finally:
        server.remove()


def test_who_is_heard_from_after_long_is_read_anew(ours, site):
    bob = site.add_actor("aged", name="Then")
    resolve(ours, bob)
    ours.rows("update actors set fetched_at = now() - interval '8 days' where uri = %s returning id", bob)
    site.documents["/users/aged"]["name"] = "Now"
    like = {"id": site.url("/like"), "type": "Like", "actor": bob, "object": site.url("/nothing")}
    ours.rows("insert into activities_in (id, uri, type, actor_uri, object_uri, body) values (2000, %s, 'Like', %s, %s, %s) returning id",
              like["id"], bob, like["object"], json.dumps(like).encode())
    ours.wait_for_row("select id from actors where uri = %s and display_name = 'Now'", bob)
    settle(ours)
