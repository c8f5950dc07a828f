# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do to statuses by their apps: favourites, boosts, bookmarks, muted threads, pins."""
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import Api, make_token, person


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna")


@pytest.fixture(scope="module")
def ben(server):
    return person(server, "ben")


def say(api, text="something", **more):
    return api.post("/api/v1/statuses", data={"status": text, **more})


def do(api, status, verb, code=200, **more):
    return api.post(f"/api/v1/statuses/{status['id']}/{verb}", code, more or None)


@pytest.mark.parametrize("verb, flag, count", [
    ("favourite", "favourited", "favourites_count"), ("bookmark", "bookmarked", None), ("mute", "muted", None)])
def test_a_deed_is_seen_at_once_done_once_and_taken_back(anna, ben, verb, flag, count):
    status = say(anna)
    for _ in range(2):
        answer = do(ben, status, verb)
        assert answer["id"] == status["id"] and answer[flag] is True
        assert not count or answer[count] == 1
    assert ben.get(f"/api/v1/statuses/{status['id']}")[flag] is True
    assert anna.get(f"/api/v1/statuses/{status['id']}")[flag] is False
    for _ in range(2):
        answer = do(ben, status, "un" + verb)
        assert answer[flag] is False and (not count or answer[count] == 0)


def test_a_boost_is_a_status_of_its_own(anna, ben):
    status = say(anna)
    boost = do(ben, status, "reblog", visibility="unlisted")
    assert boost["id"] != status["id"] and boost["account"]["id"] == ben.id and boost["visibility"] == "unlisted"
    assert boost["reblog"]["id"] == status["id"] and boost["reblog"]["reblogged"] is True
    assert boost["reblog"]["reblogs_count"] == 1
    assert do(ben, status, "reblog")["id"] == boost["id"]
    back = do(ben, status, "unreblog")
    assert back["id"] == status["id"] and back["reblogged"] is False and back["reblogs_count"] == 0
    assert do(ben, status, "unreblog")["reblogged"] is False


def test_what_is_done_to_a_boost_is_done_to_the_post(anna, ben):
    status = say(anna)
    boost = do(ben, status, "reblog")
    assert do(anna, boost, "reblog")["reblog"]["id"] == status["id"]
    assert do(anna, boost, "favourite")["id"] == status["id"]
    assert do(anna, boost, "unfavourite")["favourites_count"] == 0
    assert do(anna, boost, "bookmark")["bookmarked"] is True
    assert do(anna, boost, "unbookmark")["bookmarked"] is False
    assert do(ben, boost, "pin", 422)["error"] == "Validation failed: A boost cannot be pinned"
    anna.delete(f"/api/v1/statuses/{boost['id']}", 404)
    assert ben.delete(f"/api/v1/statuses/{boost['id']}")["id"] == status["id"]
    assert ben.get(f"/api/v1/statuses/{status['id']}")["reblogged"] is False


def test_what_is_not_for_all_is_boosted_by_nobody_else(anna, ben):
    anna.server.database.rows("insert into follows (id, follower_id, followed_id, state, uri) values"
                              " (1, %s, %s, 'accepted', 'https://follows.example/1') returning 1", (ben.id, anna.id))
    status = say(anna, visibility="private")
    assert do(ben, status, "reblog", 403)["error"] == "This action is not allowed"
    assert do(anna, status, "reblog")["visibility"] == "private"
    assert do(anna, say(anna), "reblog", 422, visibility="direct")["error"].startswith("Validation failed")
    assert do(anna, say(anna), "reblog", 422, visibility="x")["error"].startswith("Validation failed")


@pytest.mark.parametrize("verb", ["favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "mute",
                                  "unmute", "pin", "unpin"])
def test_what_one_cannot_see_is_not_there(anna, ben, verb):
    status = say(anna, visibility="direct")
    assert do(ben, status, verb, 404)["error"] == "Record not found"
    assert do(ben, {"id": "1"}, verb, 404)["error"] == "Record not found"
    assert do(ben, {"id": "x"}, verb, 404)["error"] == "Record not found"


@pytest.mark.parametrize("verb, scope", [
    ("favourite", "write:favourites"), ("unfavourite", "write:favourites"), ("reblog", "write:statuses"),
    ("unreblog", "write:statuses"), ("bookmark", "write:bookmarks"), ("unbookmark", "write:bookmarks"),
    ("mute", "write:mutes"), ("unmute", "write:mutes"), ("pin", "write:accounts"), ("unpin", "write:accounts")])
def test_each_deed_needs_its_scope(server, anna, verb, scope):
    status = say(anna)
    wrong = "read write:media write:" + ("lists" if scope != "write:lists" else "media")
    assert do(Api(server, make_token(server.database, "anna", wrong), "anna"), status, verb, 403)["error"] == \
        "This action is outside the authorized scopes"
    do(Api(server, make_token(server.database, "anna", scope), "anna"), status, verb)
    assert do(Api(server), status, verb, 401)["error"] == "The access token is invalid"


def test_one_pins_what_is_ones_own(anna, ben):
    status = say(anna)
    assert do(ben, status, "pin", 422)["error"] == "Validation failed: Someone else's post cannot be pinned"
    assert do(anna, say(anna, visibility="direct"), "pin", 422)["error"] == \
        "Validation failed: Posts that are only visible to mentioned users cannot be pinned"
    for _ in range(2):
        assert do(anna, status, "pin")["pinned"] is True
    for _ in range(2):
        assert do(anna, status, "unpin")["pinned"] is False


def test_no_more_is_pinned_than_the_instance_says(server):
    dora = person(server, "dora")
    most = dora.get("/api/v2/instance")["configuration"]["accounts"]["max_pinned_statuses"]
    for _ in range(most):
        do(dora, say(dora), "pin")
    assert do(dora, say(dora), "pin", 422)["error"] == \
        "Validation failed: You have already pinned the maximum number of posts"


def test_what_is_limited_stays_so_when_many_ask_at_once(server):
    emil = person(server, "emil")
    limits = emil.get("/api/v2/instance")["configuration"]["accounts"]
    statuses = [say(emil) for _ in range(limits["max_pinned_statuses"] + 10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda status: Api(server, emil.token).call("POST", f"/api/v1/statuses/{status['id']}/pin", None), statuses))
        list(pool.map(lambda n: Api(server, emil.token).call("POST", "/api/v1/featured_tags", None, data={"name": f"tag{n}"}),
                      range(limits["max_featured_tags"] + 15)))
    assert len(emil.get(f"/api/v1/accounts/{emil.id}/statuses", pinned=True)) == limits["max_pinned_statuses"]
    assert len(emil.get("/api/v1/featured_tags")) == limits["max_featured_tags"]


def test_a_muted_thread_tells_nothing_more(anna, ben):
    status = say(anna)
    do(anna, status, "mute")
    answer = say(ben, "@anna you there?", in_reply_to_id=status["id"])
    assert anna.get(f"/api/v1/statuses/{answer['id']}")["muted"] is True
    assert anna.server.database.rows("select 1 from notifications where actor_id = %s and post_id = %s",
                                     (anna.id, answer["id"])) == []
    do(anna, status, "unmute")
    heard = say(ben, "@anna and now?", in_reply_to_id=status["id"])
    assert len(anna.server.database.rows("select 1 from notifications where actor_id = %s and post_id = %s",
                                         (anna.id, heard["id"]))) == 1
