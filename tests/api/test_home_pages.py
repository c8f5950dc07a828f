# SPDX-License-Identifier: AGPL-3.0-or-later
"""Home timelines that are kept in memory: whatever is changed, by whichever process, the very next answer shows it, and is
the same as that of a server that has kept nothing."""
import re

import pytest

from support.act import act
from support.api import Api, new_id, person
from support.metrics import read_metrics
from support.server import Server
from support.waiting import wait_until

HOME = "/api/v1/timelines/home"


def metric_value(server, name):
    return read_metrics(server.metrics_port).get((name, ()), 0)


def beside(server):
    """Settings of one more process of the same instance."""
    return {"instance.base_url": server.url, "data.directory": server.settings["data.directory"]}


@pytest.fixture(scope="module")
def other(server):
    """A second process on the same database."""
    program = Server(server.database, beside(server))
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture(scope="module")
def cast(server):
    reader, friend, stranger = (person(server, name) for name in ("homereader", "homefriend", "homestranger"))
    act(server, "follow", "homereader", "homefriend")
    act(server, "follow", "homestranger", "homefriend")
    for number in range(28):
        act(server, "post", "homefriend", f"entry {number}")
    return reader, friend, stranger


class Readings:
    """One reader at two processes; each has the page in its memory before something is changed."""

    def __init__(self, server, other, reader):
        self.servers = (server, other)
        self.apis = [Api(one, reader.token) for one in self.servers]

    def keep(self):
        """A page without anything is not kept."""
        for server, api in zip(self.servers, self.apis):
            if not api.get(HOME):
                continue
            before = hits(server)
            wait_until(lambda api=api, server=server, before=before: api.get(HOME) and hits(server) > before, 10, "a hit")

    def see(self):
        first, second = (api.get(HOME) for api in self.apis)
        assert first == second
        return first


def hits(server):
    return metric_value(server, "comptoir_timeline_cache_hits_total")


@pytest.fixture
def world(server, other, cast):
    reader, friend, stranger = cast
    readings = Readings(server, other, reader)
    readings.keep()
    yield readings, reader, friend, stranger


def newest(statuses):
    return next(status for status in statuses if status["reblog"] is None)


def test_what_a_reader_does_to_a_post_is_shown_at_once_by_every_process(world):
    readings, reader, _, _ = world
    target = newest(readings.see())["id"]
    for verb, undo, flag in (("favourite", "unfavourite", "favourited"), ("bookmark", "unbookmark", "bookmarked"),
                             ("mute", "unmute", "muted"), ("reblog", "unreblog", "reblogged")):
        for path, value in ((verb, True), (undo, False)):
            readings.keep()
            reader.post(f"/api/v1/statuses/{target}/{path}")
            shown = {status["id"]: status for status in readings.see()}
            assert shown[target][flag] is value, path


def test_numbers_of_posts_follow_what_others_do(world):
    readings, reader, friend, stranger = world
    target = newest(readings.see())["id"]

    def numbers():
        shown = next(status for status in readings.see() if status["id"] == target)
        return shown["favourites_count"], shown["reblogs_count"], shown["replies_count"]

    favourites, boosts, replies = numbers()
    for path, expected in (("favourite", (favourites + 1, boosts, replies)), ("reblog", (favourites + 1, boosts + 1, replies)),
                           ("unfavourite", (favourites, boosts + 1, replies)), ("unreblog", (favourites, boosts, replies))):
        readings.keep()
        before = [hits(server) for server in readings.servers]
        stranger.post(f"/api/v1/statuses/{target}/{path}")
        assert numbers() == expected
        assert [hits(server) for server in readings.servers] == [count + 1 for count in before], "only the numbers were filled in"
    stranger.post("/api/v1/statuses", data={"status": "an answer", "in_reply_to_id": target})
    assert numbers() == (favourites, boosts, replies + 1)
    assert reader.get(f"/api/v1/statuses/{target}") == next(s for s in Readings.see(readings) if s["id"] == target) | {"filtered": []}


def test_posts_come_change_and_go_at_once(world):
    readings, _, friend, _ = world
    made = friend.post("/api/v1/statuses", data={"status": "first words"})
    assert readings.see()[0]["id"] == made["id"]
    readings.keep()
    friend.put(f"/api/v1/statuses/{made['id']}", data={"status": "second words"})
    assert "second words" in readings.see()[0]["content"] and readings.see()[0]["edited_at"]
    readings.keep()
    friend.delete(f"/api/v1/statuses/{made['id']}")
    assert made["id"] not in [status["id"] for status in readings.see()]


def test_a_boost_comes_and_goes_at_once(world):
    readings, _, friend, stranger = world
    made = stranger.post("/api/v1/statuses", data={"status": "boosted by a friend"})
    readings.keep()
    friend.post(f"/api/v1/statuses/{made['id']}/reblog")
    assert readings.see()[0]["reblog"]["id"] == made["id"]
    readings.keep()
    stranger.put(f"/api/v1/statuses/{made['id']}", data={"status": "said otherwise"})
    assert "said otherwise" in readings.see()[0]["reblog"]["content"]
    readings.keep()
    friend.post(f"/api/v1/statuses/{made['id']}/unreblog")
    assert readings.see()[0]["reblog"] is None


@pytest.mark.parametrize("hide, show, by_author", [("block", "unblock", False), ("block", "unblock", True), ("mute", "unmute", False)])
def test_who_is_blocked_or_muted_is_gone_at_once(world, hide, show, by_author):
    readings, reader, friend, stranger = world
    made = stranger.post("/api/v1/statuses", data={"status": "to be hidden"})
    friend.post(f"/api/v1/statuses/{made['id']}/reblog")
    readings.keep()
    who, whom = (stranger, reader) if by_author else (reader, stranger)
    who.post(f"/api/v1/accounts/{whom.id}/{hide}")
    assert made["id"] not in [(status["reblog"] or status)["id"] for status in readings.see()]
    readings.keep()
    who.post(f"/api/v1/accounts/{whom.id}/{show}")
    assert made["id"] in [(status["reblog"] or status)["id"] for status in readings.see()]
    stranger.delete(f"/api/v1/statuses/{made['id']}")


def test_a_mute_that_ends_by_itself_ends_at_its_time(world):
    readings, reader, friend, stranger = world
    made = stranger.post("/api/v1/statuses", data={"status": "hidden for a while"})
    friend.post(f"/api/v1/statuses/{made['id']}/reblog")
    reader.post(f"/api/v1/accounts/{stranger.id}/mute", data={"duration": 2})
    readings.see()

    def is_shown():
        return all(made["id"] in [(status["reblog"] or status)["id"] for status in api.get(HOME)] for api in readings.apis)

    wait_until(is_shown, 8, "the mute to end")
    stranger.delete(f"/api/v1/statuses/{made['id']}")


def test_filters_are_made_changed_and_ended_at_once(world):
    readings, reader, friend, _ = world
    made = friend.post("/api/v1/statuses", data={"status": "about marmalade"})
    readings.keep()
    kept = reader.post("/api/v2/filters", json={"title": "food", "context": ["home"], "filter_action": "warn",
                                                "keywords_attributes": [{"keyword": "marmalade"}]})
    assert readings.see()[0]["filtered"][0]["filter"]["title"] == "food"
    readings.keep()
    reader.put(f"/api/v2/filters/{kept['id']}", json={"title": "sweets"})
    assert readings.see()[0]["filtered"][0]["filter"]["title"] == "sweets"
    readings.keep()
    reader.delete(f"/api/v2/filters/{kept['id']}")
    assert readings.see()[0]["filtered"] == []
    reader.post("/api/v2/filters", json={"title": "short", "context": ["home"], "filter_action": "warn", "expires_in": 2,
                                         "keywords_attributes": [{"keyword": "marmalade"}]})
    assert readings.see()[0]["filtered"]
    wait_until(lambda: all(api.get(HOME)[0]["filtered"] == [] for api in readings.apis), 8, "the filter to expire")
    friend.delete(f"/api/v1/statuses/{made['id']}")


def test_votes_are_counted_at_once(world):
    readings, reader, friend, stranger = world
    made = friend.post("/api/v1/statuses", json={"status": "which?", "poll": {"options": ["one", "two"], "expires_in": 3600}})
    readings.keep()
    stranger.post(f"/api/v1/polls/{made['id']}/votes", json={"choices": [1]})
    assert [option["votes_count"] for option in readings.see()[0]["poll"]["options"]] == [0, 1]
    readings.keep()
    reader.post(f"/api/v1/polls/{made['id']}/votes", json={"choices": [0]})
    poll = readings.see()[0]["poll"]
    assert poll["voted"] and poll["own_votes"] == [0] and poll["votes_count"] == 2
    friend.delete(f"/api/v1/statuses/{made['id']}")


def test_an_author_looks_as_it_wants_to_at_once(world):
    readings, _, friend, _ = world
    for name in ("Renamed", "homefriend"):
        readings.keep()
        friend.patch("/api/v1/accounts/update_credentials", data={"display_name": name})
        assert {status["account"]["display_name"] for status in readings.see()
                if status["account"]["username"] == "homefriend"} == {name}


def test_a_suspended_author_is_gone_at_once_and_back_at_once(world, server):
    readings, _, friend, _ = world
    shown = readings.see()
    for value in ("now()", "null"):
        readings.keep()
        server.database.rows(f"update actors set suspended_at = {value} where id = %s returning 1", (int(friend.id),))
        assert (friend.id in [status["account"]["id"] for status in readings.see()]) is (value == "null")
    assert [status["id"] for status in readings.see()] == [status["id"] for status in shown]


def test_an_unfollowed_author_is_gone_at_once_and_back_at_once(world):
    readings, reader, friend, _ = world
    shown = [status["id"] for status in readings.see()]
    readings.keep()
    reader.post(f"/api/v1/accounts/{friend.id}/unfollow")
    assert friend.id not in [status["account"]["id"] for status in readings.see()]
    reader.post(f"/api/v1/accounts/{friend.id}/follow")
    assert [status["id"] for status in readings.see()][:5] == shown[:5]


def test_what_an_exclusive_list_takes_does_not_come_in(world):
    readings, reader, friend, _ = world
    kept = reader.post("/api/v1/lists", data={"title": "apart", "exclusive": "true"})
    reader.post(f"/api/v1/lists/{kept['id']}/accounts", data={"account_ids[]": friend.id})
    shown = [status["id"] for status in readings.see()]
    readings.keep()
    friend.post("/api/v1/statuses", data={"status": "for the list"})
    assert [status["id"] for status in readings.see()] == shown
    reader.delete(f"/api/v1/lists/{kept['id']}")
    made = friend.post("/api/v1/statuses", data={"status": "for everyone"})
    assert readings.see()[0]["id"] == made["id"]


def test_pages_are_kept_apart(world):
    readings, reader, _, stranger = world
    for parameters in ({}, {"limit": 5}, {"max_id": readings.see()[4]["id"], "limit": 5},
                       {"since_id": readings.see()[9]["id"], "limit": 5}, {"min_id": readings.see()[9]["id"], "limit": 5}):
        answers = [(api.get(HOME, **parameters), api.call("GET", HOME, params=parameters).headers.get("Link"))
                   for api in readings.apis for _ in range(3)]
        assert all(answer[0] == answers[0][0] for answer in answers)
        assert len({re.sub(r"//[^/]*/", "//host/", answer[1]) for answer in answers}) == 1
    mine, theirs = reader.get(HOME), stranger.get(HOME)
    assert [status["id"] for status in mine] != [] and mine != theirs


def test_a_fresh_process_answers_the_same(world, server):
    readings, reader, _, _ = world
    readings.keep()
    fresh = Server(server.database, beside(server))
    try:
        fresh.start()
        assert Api(fresh, reader.token).get(HOME) == readings.see()
    finally:
        fresh.remove()


def test_the_memory_is_bounded(server, cast):
    reader, _, _ = cast
    tight = Server(server.database, {**beside(server), "http.timeline_cache": "1m"})
    try:
        tight.start()
        api = Api(tight, reader.token)
        newest_id = int(api.get(HOME)[0]["id"])
        for number in range(80):
            assert len(api.get(HOME, max_id=newest_id + 1 + number)) == 20
        assert 0 < metric_value(tight, "comptoir_timeline_cache_bytes") <= 1 << 20
    finally:
        tight.remove()


@pytest.mark.parametrize("count", [4000, 60000])
def test_many_changes_at_once_are_all_heard_of(server, cast, count):
    reader, friend, _ = cast
    page = reader.get(HOME)
    server.database.rows(f"insert into changes (kind, ids) select 4, array[n] from generate_series(1, {count}) as n"
                         " returning 1")
    act(server, "post", "homefriend", f"behind {count} changes")
    assert f"behind {count} changes" in reader.get(HOME)[0]["content"]
    assert reader.get(HOME)[1]["id"] == page[0]["id"]


def test_who_was_away_for_long_begins_anew(world, server):
    """Rows that nobody asks for any more are taken out; whoever asks late finds a gap and forgets its pages."""
    readings, reader, _, _ = world
    assert server.database.value("select count(*) from changes") > 0
    target = newest(readings.see())["id"]
    readings.keep()
    server.database.rows("delete from changes where xid < pg_snapshot_xmin(pg_current_snapshot()) returning 1")
    reader.post(f"/api/v1/statuses/{target}/favourite")
    assert next(status for status in readings.see() if status["id"] == target)["favourited"]
    reader.post(f"/api/v1/statuses/{target}/unfavourite")
