# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posts, boosts and quote authorizations as ActivityPub documents: who is served what, and what the others see."""
import re

import pytest

from support import readers, world
from support.readers import ACTIVITY, get

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
VIEWERS = {
    "anonymous": None,
    "stranger": ("stranger", "stranger.example"),
    "follower": ("follower", "follow.example"),
    "neighbour of a follower": ("neighbour", "follow.example"),
    "pending follower": ("pending", "pending.example"),
    "mentioned": ("mentioned", "mention.example"),
    "blocked follower": ("blocked", "blocked.example"),
}
SEES = {
    "public": set(VIEWERS),
    "unlisted": set(VIEWERS),
    "followers": {"follower", "mentioned"},
    "direct": {"mentioned"},
}
BELOW = ("", "/activity", "/replies", "/likes", "/shares")


@pytest.fixture(scope="module", name="world_of_posts")
def make_world(server):
    """{visibility: number of a post of fleurs that mentions one reader}"""
    database = server.database
    world.create_florist(server)
    author = world.actor_id(database, "fleurs")
    ids = {signer[0]: readers.plant(database, *signer) for signer in VIEWERS.values() if signer}
    readers.follow(database, ids["follower"], author)
    readers.follow(database, ids["blocked"], author)
    readers.follow(database, ids["pending"], author, "pending")
    database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, 'https://b.example/1')",
                  (world.new_id(), author, ids["blocked"]))
    posts = {}
    for visibility in SEES:
        posts[visibility] = publish(server, f"<p>Pour {visibility}</p>", visibility)
        if visibility in ("followers", "direct"):
            database.rows("insert into post_mentions values (%s, %s)", (posts[visibility], ids["mentioned"]))
    return posts


def publish(server, html, visibility="public", **keywords):
    return world.publish(server, "fleurs", html, visibility, **keywords)


def path_of(number, below=""):
    return f"/users/Fleurs/statuses/{number}{below}"


def seen(answer):
    """All that tells two answers apart, but for what differs between any two."""
    headers = {name: value for name, value in answer.headers.items()
               if name not in ("Date", "X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset")}
    return answer.status_code, headers, re.sub(r"[0-9]{15,}", "ID", answer.text)


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("visibility", SEES)
def test_a_post_is_served_to_those_it_is_for(server, world_of_posts, visibility, below):
    for viewer, signer in VIEWERS.items():
        answer = get(server, path_of(world_of_posts[visibility], below), signer)
        expected = 200 if viewer in SEES[visibility] else 404
        assert answer.status_code == expected, (viewer, answer.text)
        if expected == 200 and visibility in ("followers", "direct"):
            assert "private" in answer.headers["Cache-Control"], viewer


@pytest.mark.parametrize("accept", [ACTIVITY, BROWSER])
@pytest.mark.parametrize("signer", [None, VIEWERS["stranger"], VIEWERS["blocked follower"]])
@pytest.mark.parametrize("below", BELOW)
def test_a_hidden_post_looks_like_one_that_never_was(server, world_of_posts, below, signer, accept):
    absent = get(server, path_of(world.new_id(), below), signer, accept)
    assert absent.status_code == 404
    for visibility in ("followers", "direct"):
        assert seen(get(server, path_of(world_of_posts[visibility], below), signer, accept)) == seen(absent)


def test_a_bad_signature_tells_nothing_about_what_is_hidden(server, world_of_posts):
    other_key = readers.fleet.new_key()
    signer = VIEWERS["follower"]
    hidden = get(server, path_of(world_of_posts["followers"]), signer, key=other_key)
    absent = get(server, path_of(world.new_id()), signer, key=other_key)
    assert hidden.status_code == absent.status_code
    assert hidden.status_code in (401, 503) and "Pour" not in hidden.text


def test_a_document_says_what_peers_need(server, world_of_posts):
    number = world_of_posts["public"]
    answer = get(server, path_of(number))
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    assert "Accept" in answer.headers["Vary"] and "Signature" in answer.headers["Vary"]
    note = answer.json()
    assert note["id"] == server.url + path_of(number) and note["type"] == "Note"
    assert note["attributedTo"] == server.url + "/users/Fleurs" and note["url"] == f"{server.url}/@Fleurs/{number}"
    assert note["to"] == [PUBLIC] and note["cc"] == [server.url + "/users/Fleurs/followers"]
    assert note["content"] == "<p>Pour public</p>" and note["contentMap"] == {"fr": note["content"]}
    assert note["context"] == f"{server.url}/contexts/{number}"
    assert note["replies"]["first"]["next"].startswith(note["id"] + "/replies?")
    assert note["likes"]["totalItems"] == 0 and note["shares"]["totalItems"] == 0
    assert "bto" not in note and "bcc" not in note
    create = get(server, path_of(number, "/activity")).json()
    del note["@context"]
    assert create["type"] == "Create" and create["object"] == note and create["to"] == note["to"]


def test_head_is_get_without_a_body(server, world_of_posts):
    for below in BELOW:
        path = path_of(world_of_posts["public"], below)
        head = server.request("HEAD", path, headers={"Accept": ACTIVITY})
        full = get(server, path)
        assert head.status_code == 200 and head.content == b""
        assert head.headers["Content-Length"] == str(len(full.content))


def test_a_browser_is_led_to_the_page_and_a_peer_from_the_page_to_the_document(server, world_of_posts):
    number = world_of_posts["unlisted"]
    answer = get(server, path_of(number), accept=BROWSER)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{server.url}/@Fleurs/{number}"
    page = get(server, f"/@Fleurs/{number}", accept=BROWSER)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert get(server, f"/@Fleurs/{number}").json()["id"] == server.url + path_of(number)
    for visibility in ("followers", "direct"):
        assert get(server, f"/@Fleurs/{world_of_posts[visibility]}", accept=BROWSER).status_code == 404
        assert get(server, path_of(world_of_posts[visibility]), accept=BROWSER).status_code == 404


def test_only_public_posts_of_who_wants_it_are_for_search_engines(server, world_of_posts):
    server.create_account("discrete")
    private = world.publish(server, "discrete", "<p>bonjour</p>")
    pages = {"public": f"/@Fleurs/{world_of_posts['public']}", "unlisted": f"/@Fleurs/{world_of_posts['unlisted']}",
             "not wanted": f"/@discrete/{private}"}
    noindex = {name: "noindex" in get(server, path, accept=BROWSER).text for name, path in pages.items()}
    assert noindex == {"public": False, "unlisted": True, "not wanted": True}


@pytest.mark.parametrize("text", ["0", "-1", "+1", "007", "1x", "9" * 30, "%00", "a"])
def test_what_is_no_id_is_not_found(server, world_of_posts, text):
    assert world_of_posts
    for path in (f"/users/Fleurs/statuses/{text}", f"/@Fleurs/{text}", f"/contexts/{text}",
                 f"/users/Fleurs/quote_authorizations/{text}"):
        assert get(server, path).status_code in (400, 404)
    leading = f"0{world_of_posts['public']}"
    assert get(server, path_of(leading)).status_code == 404


def test_a_post_of_another_actor_is_not_below_this_one(server, world_of_posts):
    server.create_account("autre")
    assert get(server, f"/users/autre/statuses/{world_of_posts['public']}").status_code == 404


def test_a_deleted_post_is_gone_in_both_forms(server, world_of_posts):
    assert world_of_posts
    number = publish(server, "<p>Bientôt parti</p>")
    assert get(server, path_of(number)).status_code == 200
    server.database.rows("insert into tombstones (uri, is_local, was_known) select uri, true, true from posts where id = %s",
                         (number,))
    server.database.rows("delete from posts where id = %s", (number,))
    for below in BELOW:
        answer = get(server, path_of(number, below) + "?fresh=1")
        assert answer.status_code == 410
        assert answer.json() == {**answer.json(), "type": "Tombstone", "id": server.url + path_of(number)}
    assert get(server, f"/@Fleurs/{number}", accept=BROWSER).status_code == 410
    assert get(server, path_of(number), accept=BROWSER).status_code == 410


def test_a_suspended_actor_leaves_nothing(server, world_of_posts):
    server.create_account("parti")
    number = world.publish(server, "parti", "<p>Encore là</p>")
    world.update_actor(server.database, "parti", suspended_at="now()")
    for path in (f"/users/parti/statuses/{number}", f"/users/parti/statuses/{number}/activity", "/users/parti/outbox",
                 "/users/parti/followers", "/users/parti/collections/featured", "/users/parti/collections/tags"):
        assert get(server, path).status_code == 403, path
    assert get(server, f"/@parti/{number}", accept=BROWSER).status_code == 403
    world.update_actor(server.database, "parti", deleted_at="now()")
    for path in (f"/users/parti/statuses/{number}", "/users/parti/outbox", "/users/parti/followers"):
        answer = get(server, path)
        assert answer.status_code == 410 and answer.json()["type"] == "Tombstone", path
    assert get(server, f"/@parti/{number}", accept=BROWSER).status_code == 410
    assert world_of_posts


def boost(server, post_id, visibility):
    number = world.new_id()
    uri = f"{server.url}/users/Fleurs/statuses/{number}/activity"
    server.database.rows(
        "insert into boosts (id, actor_id, post_id, uri, visibility) values (%s, %s, %s, %s, %s)",
        (number, world.actor_id(server.database, "fleurs"), post_id, uri, visibility))
    return number


def test_a_boost_is_an_announce_at_its_own_address(server, world_of_posts):
    author = readers.plant(server.database, "elsewhere", "elsewhere.example")
    remote = world.new_id()
    server.database.rows(
        "insert into posts (id, actor_id, uri, url, visibility, html, created_at, conversation_id, fetched_at) values"
        " (%s, %s, 'https://elsewhere.example/n/1', 'https://elsewhere.example/n/1', 'public', '', now(), %s, now())",
        (remote, author, remote))
    number = boost(server, remote, "public")
    announce = get(server, path_of(number, "/activity")).json()
    assert announce["type"] == "Announce" and announce["object"] == "https://elsewhere.example/n/1"
    assert announce["id"] == server.url + path_of(number, "/activity") and announce["to"] == [PUBLIC]
    assert announce["cc"] == [server.url + "/users/Fleurs/followers", "https://elsewhere.example/users/elsewhere"]
    assert get(server, path_of(number)).status_code == 404

    server.database.rows("delete from boosts where id = %s", (number,))
    private = boost(server, world_of_posts["public"], "followers")
    assert get(server, path_of(private, "/activity")).status_code == 404
    assert get(server, path_of(private, "/activity"), VIEWERS["stranger"]).status_code == 404
    assert get(server, path_of(private, "/activity"), VIEWERS["pending follower"]).status_code == 404
    assert get(server, path_of(private, "/activity"), VIEWERS["follower"]).json()["type"] == "Announce"
    server.database.rows("delete from boosts where id = %s", (private,))
    hidden = boost(server, world_of_posts["followers"], "public")
    assert get(server, path_of(hidden, "/activity")).status_code == 404


def test_a_quote_authorization_holds_while_the_quote_is_accepted(server, world_of_posts):
    database = server.database
    author = readers.plant(database, "quoter", "quoter.example")
    number = world.new_id()
    path = f"/users/Fleurs/quote_authorizations/{number}"
    database.rows(
        "insert into posts (id, actor_id, uri, url, visibility, html, created_at, conversation_id, fetched_at, quote_id, quote_uri,"
        " quote_state, quote_authorization_uri) values (%s, %s, 'https://quoter.example/n/1', 'https://quoter.example/n/1',"
        " 'public', '', now(), %s, now(), %s, %s, 'pending', %s)",
        (number, author, number, world_of_posts["public"], server.url + path_of(world_of_posts["public"]), server.url + path))
    assert get(server, path).status_code == 404
    database.rows("update posts set quote_state = 'accepted' where id = %s", (number,))
    document = get(server, path).json()
    assert document["type"] == "QuoteAuthorization" and document["id"] == server.url + path
    assert document["attributedTo"] == server.url + "/users/Fleurs"
    assert document["interactingObject"] == "https://quoter.example/n/1"
    assert document["interactionTarget"] == server.url + path_of(world_of_posts["public"])
    server.create_account("imposteur")
    assert get(server, f"/users/imposteur/quote_authorizations/{number}").status_code == 404
    database.rows("update posts set quote_state = 'revoked' where id = %s", (number,))
    assert get(server, path + "?fresh=1").status_code == 404


def test_who_has_to_sign_gets_nothing_without(server_factory, database_factory):
    server = server_factory(database=database_factory(), settings={"federation.authorized_fetch": True})
    world.create_florist(server)
    number = publish(server, "<p>Signez</p>")
    blocked = readers.plant(server.database, *VIEWERS["blocked follower"])
    readers.plant(server.database, *VIEWERS["stranger"])
    server.database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, 'https://b.example/1')",
                         (world.new_id(), world.actor_id(server.database, "fleurs"), blocked))
    paths = [path_of(number, below) for below in BELOW] + [
        f"/contexts/{number}", "/users/Fleurs/outbox", "/users/Fleurs/outbox?page=true", "/users/Fleurs/followers",
        "/users/Fleurs/following", "/users/Fleurs/collections/featured", "/users/Fleurs/collections/tags"]
    for path in paths:
        for _ in range(2):
            signed = get(server, path, VIEWERS["stranger"])
            assert signed.status_code == 200 and "private" in signed.headers["Cache-Control"], path
            refused = get(server, path)
            assert refused.status_code == 401 and "Accept-Signature" in refused.headers, path
    assert get(server, path_of(number), VIEWERS["blocked follower"]).status_code == 404
    assert get(server, f"/@Fleurs/{number}", accept=BROWSER).status_code == 200


def test_an_account_that_moved_says_where(server, world_of_posts):
    assert world_of_posts
    server.create_account("partante")
    target = readers.plant(server.database, "arrivee", "ailleurs.example")
    world.update_actor(server.database, "partante", moved_to_id=target, also_known_as=["https://avant.example/users/p"])
    document = get(server, "/users/partante", VIEWERS["stranger"]).json()
    assert document["movedTo"] == "https://ailleurs.example/users/arrivee"
    assert document["alsoKnownAs"] == ["https://avant.example/users/p"]
    page = get(server, "/@partante", accept=BROWSER).text
    assert "This account has moved to" in page and 'href="https://ailleurs.example/users/arrivee"' in page
