# SPDX-License-Identifier: AGPL-3.0-or-later
"""Outboxes, followers, answers, threads: whole, without repetition, and no more of them than their owner shows."""
import pytest

from support import readers, world
from support.readers import get

FOLLOWERS = 47
POSTS = 45


@pytest.fixture(scope="module", name="busy")
def make_busy(server):
    """An actor with many posts, some of them hidden, and followers at two hosts."""
    database = server.database
    server.create_account("chloe")
    author = world.actor_id(database, "chloe")
    for number in range(POSTS):
        world.publish(server, "chloe", f"<p>{number}</p>", "unlisted" if number % 3 else "public")
        if number % 5 == 0:
            world.publish(server, "chloe", "<p>secret</p>", "followers" if number % 2 else "direct")
    for number in range(FOLLOWERS):
        host = "a.example" if number % 3 else "b.example"
        readers.follow(database, readers.plant(database, f"f{number}", host), author)
    readers.follow(database, readers.plant(database, "waits", "a.example"), author, "pending")
    for number in range(25):
        readers.follow(database, author, readers.plant(database, f"g{number}", "g.example"))
    return "/users/chloe"


def local(server, url):
    assert url.startswith(server.url)
    return url[len(server.url):]


def walk(server, path, between=lambda: None, direction="next"):
    """Every item of a collection, page by page, with the pages."""
    collection = get(server, path).json()
    items, pages, url = [], [], collection["first"]
    while url:
        answer = get(server, local(server, url))
        assert answer.status_code == 200, url
        page = answer.json()
        assert page["id"] == url and page["partOf"] == collection["id"] and page["type"].endswith("CollectionPage")
        items += page.get("orderedItems", page.get("items"))
        pages.append(page)
        url = page.get(direction)
        assert len(pages) < 20
        between()
    return collection, items, pages


def test_an_outbox_holds_every_open_post_once(server, busy):
    collection, items, pages = walk(server, busy + "/outbox")
    assert collection["type"] == "OrderedCollection" and collection["id"] == server.url + busy + "/outbox"
    assert [len(page["orderedItems"]) for page in pages] == [20, 20, 5]
    contents = [item["object"]["content"] for item in items]
    assert contents == [f"<p>{number}</p>" for number in reversed(range(POSTS))]
    assert all(item["type"] == "Create" and item["id"] == item["object"]["id"] + "/activity" for item in items)


def test_paging_is_not_disturbed_by_what_is_published_meanwhile(server, busy):
    _, before, _ = walk(server, busy + "/outbox")
    _, items, _ = walk(server, busy + "/outbox", between=lambda: world.publish(server, "chloe", "<p>nouveau</p>"))
    ids = [item["id"] for item in items]
    assert len(ids) == len(set(ids))
    assert {item["id"] for item in before} <= set(ids)
    server.database.rows("delete from posts where html = '<p>nouveau</p>'")


def test_a_page_leads_back_to_what_came_after_it(server, busy):
    _, _, pages = walk(server, busy + "/outbox")
    back = get(server, local(server, pages[1]["prev"])).json()
    assert [item["id"] for item in back["orderedItems"]] == [item["id"] for item in pages[0]["orderedItems"]]
    newest = get(server, local(server, pages[0]["prev"])).json()
    assert newest["orderedItems"] == [] and "next" not in newest


def test_a_boost_stands_in_the_outbox_by_its_id(server):
    server.create_account("boosteuse")
    number = world.publish(server, "boosteuse", "<p>à moi</p>")
    boost = world.new_id()
    uri = f"{server.url}/users/boosteuse/statuses/{boost}/activity"
    server.database.rows("insert into boosts (id, actor_id, post_id, uri) values (%s, %s, %s, %s)",
                         (boost, world.actor_id(server.database, "boosteuse"), number, uri))
    _, items, _ = walk(server, "/users/boosteuse/outbox")
    assert [(item["type"], item["id"]) for item in items] == [
        ("Announce", uri), ("Create", f"{server.url}/users/boosteuse/statuses/{number}/activity")]


@pytest.mark.parametrize("side, total", [("followers", FOLLOWERS), ("following", 25)])
def test_follows_are_listed_whole_unless_their_owner_hides_them(server, busy, side, total):
    collection, items, _ = walk(server, f"{busy}/{side}")
    assert collection["totalItems"] == total == len(items) == len(set(items))
    assert not any("waits" in item for item in items)
    world.update_actor(server.database, "chloe", hides_collections=True)
    try:
        hidden = get(server, f"{busy}/{side}?hidden=1").json()
        assert hidden["totalItems"] == total and set(hidden) == {"@context", "id", "type", "totalItems"}
        assert get(server, f"{busy}/{side}?page=true&max_id={2**62}").status_code == 404
    finally:
        world.update_actor(server.database, "chloe", hides_collections=False)


def test_a_host_learns_of_its_own_followers_only(server, busy):
    world.update_actor(server.database, "chloe", hides_collections=True)
    try:
        path = busy + "/followers_synchronization"
        assert get(server, path).status_code == 401
        expected = {"a.example": FOLLOWERS - (FOLLOWERS + 2) // 3, "b.example": (FOLLOWERS + 2) // 3, "g.example": 0}
        for host, name in (("a.example", "f1"), ("b.example", "f0"), ("g.example", "g0")):
            answer = get(server, path, (name, host))
            assert answer.status_code == 200 and "private" in answer.headers["Cache-Control"]
            document = answer.json()
            assert document["type"] == "OrderedCollection" and len(document["orderedItems"]) == expected[host]
            assert all(item.startswith(f"https://{host}/") for item in document["orderedItems"])
    finally:
        world.update_actor(server.database, "chloe", hides_collections=False)


def test_featured_posts_are_embedded_and_featured_tags_are_hashtags(server, busy):
    author = world.actor_id(server.database, "chloe")
    shown = world.publish(server, "chloe", "<p>en avant</p>")
    hidden = world.publish(server, "chloe", "<p>secret</p>", "followers")
    for number in (shown, hidden):
        server.database.rows("insert into pins (actor_id, post_id) values (%s, %s)", (author, number))
    server.database.rows("insert into featured_tags (actor_id, name) values (%s, 'fleurs')", (author,))
    featured = get(server, busy + "/collections/featured").json()
    assert featured["type"] == "OrderedCollection" and featured["totalItems"] == 1
    assert [item["content"] for item in featured["orderedItems"]] == ["<p>en avant</p>"]
    tags = get(server, busy + "/collections/tags").json()
    assert tags["id"] == get(server, busy).json()["featuredTags"]
    assert [(tag["type"], tag["name"]) for tag in tags["items"]] == [("Hashtag", "#fleurs")]


def test_answers_and_threads_are_read_to_the_end(server):
    server.create_account("fil")
    root = world.publish(server, "fil", "<p>début</p>")
    numbers = []
    for _ in range(45):
        numbers.append(world.publish(server, "fil", "<p>suite</p>", reply_to=root))
    hidden = world.publish(server, "fil", "<p>secret</p>", "followers", reply_to=root)
    server.database.rows("update posts set conversation_id = %s where in_reply_to_id = %s", (root, root))
    server.database.rows("insert into post_counts (post_id, replies) values (%s, 45)", (root,))
    base = f"{server.url}/users/fil/statuses/"
    collection, items, pages = walk(server, f"/users/fil/statuses/{root}/replies")
    assert collection["type"] == "Collection" and collection["totalItems"] == 45
    assert items == [f"{base}{number}" for number in numbers] and [len(page["items"]) for page in pages] == [20, 20, 5]
    thread, items, _ = walk(server, f"/contexts/{root}")
    assert items == [f"{base}{number}" for number in [root] + numbers]
    assert thread["attributedTo"] == f"{server.url}/users/fil" and f"{base}{hidden}" not in items
    note = get(server, f"/users/fil/statuses/{root}").json()
    assert note["replies"]["first"]["items"] == [f"{base}{number}" for number in numbers[:5]]
    assert note["context"] == thread["id"]
    assert get(server, f"/contexts/{numbers[0]}").status_code == 404
    assert get(server, f"/contexts/{hidden}").status_code == 404


@pytest.mark.parametrize("query", ["max_id=x", "min_id=-1", "max_id=", "max_id=99999999999999999999"])
def test_a_malformed_cursor_is_refused(server, busy, query):
    for name in ("outbox", "followers", "following"):
        assert get(server, f"{busy}/{name}?page=true&{query}").status_code == 400


def test_what_everyone_may_read_is_kept_for_a_moment_and_only_for_those_who_do_not_sign(server, busy):
    answer = get(server, busy + "/outbox")
    assert answer.headers["Cache-Control"].startswith("public") and "Signature" in answer.headers["Vary"]
    signed = get(server, busy + "/outbox", ("f1", "a.example"))
    assert signed.status_code == 200 and "private" in signed.headers["Cache-Control"]


def test_an_actor_that_is_not_here_has_no_collections(server):
    for name in ("outbox", "followers", "following", "collections/featured", "collections/tags", "followers_synchronization"):
        assert get(server, f"/users/nobody/{name}").status_code == 404
