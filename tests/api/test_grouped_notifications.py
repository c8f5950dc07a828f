# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notifications in groups: what belongs together, what is told of a group, pages, samples, dismissal."""
import pytest

from support.act import act
from support.api import person
from support.told import DATE, check_account, check_status, is_digits, links

PATH = "/api/v2/notifications"
HALF_DAY_US = 12 * 3600 * 1000000
FANS = [f"fan{number}" for number in range(10)]


@pytest.fixture(scope="module")
def fans(server):
    return {name: person(server, name) for name in FANS}


@pytest.fixture(scope="module")
def star(server, fans):
    """Somebody with ten favourites of one post, three boosts of it, a favourite of another, and a mention."""
    app = person(server, "star")
    app.first, app.second = act(server, "post", "star", "premier"), act(server, "post", "star", "second")
    for name in FANS:
        act(server, "favourite", name, app.first["uri"])
    for name in FANS[:3]:
        act(server, "boost", name, app.first["uri"])
    act(server, "favourite", "fan0", app.second["uri"])
    act(server, "post", "fan1", "@star bonjour")
    for name in FANS[:2]:
        act(server, "follow", name, "star")
    # All of the same half day, whenever the tests run.
    server.database.rows("update notifications set id = 3000 * %s::bigint + 1000 + row.place from (select id as was, row_number()"
                         " over (order by id) as place from notifications where actor_id = %s) as row where id = row.was"
                         " returning id", (HALF_DAY_US, app.id))
    return app


def check_results(results):
    accounts = {account["id"] for account in results["accounts"]} | {one["id"] for one in results.get("partial_accounts", [])}
    statuses = {status["id"] for status in results["statuses"]}
    assert len(accounts) == len(results["accounts"]) + len(results.get("partial_accounts", []))
    for account in results["accounts"]:
        check_account(account)
    for status in results["statuses"]:
        check_status(status)
    for group in results["notification_groups"]:
        assert isinstance(group["most_recent_notification_id"], int) and isinstance(group["notifications_count"], int)
        assert group["most_recent_notification_id"] < 2 ** 53
        assert is_digits(group["page_min_id"]) and is_digits(group["page_max_id"]) and DATE.match(group["latest_page_notification_at"])
        assert int(group["page_min_id"]) <= int(group["page_max_id"]) <= group["most_recent_notification_id"]
        assert group["sample_account_ids"] and set(group["sample_account_ids"]) <= accounts
        assert len(group["sample_account_ids"]) <= 8
        assert ("status_id" in group) == (group["type"] not in ("follow", "follow_request", "admin.sign_up", "admin.report"))
        assert group.get("status_id") is None or group["status_id"] in statuses


def lines(results):
    return [(group["type"], group["notifications_count"]) for group in results["notification_groups"]]


def test_what_is_of_one_kind_and_post_is_one_group(star, fans):
    results = star.get(PATH)
    check_results(results)
    assert lines(results) == [("follow", 2), ("mention", 1), ("favourite", 1), ("reblog", 3), ("favourite", 10)]
    groups = results["notification_groups"]
    assert groups[1]["group_key"].startswith("ungrouped-")
    assert groups[4]["sample_account_ids"] == [fans[name].id for name in reversed(FANS[2:])]
    assert groups[4]["status_id"] == groups[3]["status_id"] == str(star.first["id"])
    assert len({group["group_key"] for group in groups}) == 5
    assert [status["id"] for status in results["statuses"]].count(str(star.first["id"])) == 1
    one_by_one = star.get("/api/v1/notifications", **{"types[]": "favourite"})
    assert {one["group_key"] for one in one_by_one} == {groups[2]["group_key"], groups[4]["group_key"]}


def test_only_the_wanted_kinds_are_grouped(star):
    results = star.get(PATH, **{"grouped_types[]": ["follow", "mention"]})
    check_results(results)
    assert lines(results) == [("follow", 2)] + [("mention", 1), ("favourite", 1)] + [("reblog", 1)] * 3 + [("favourite", 1)] * 10
    results = star.get(PATH, **{"types[]": "reblog"})
    assert lines(results) == [("reblog", 3)]


def test_pages_take_notifications_in_their_order_and_lose_none(star):
    path, seen, pages = f"{PATH}?limit=2", [], 0
    while path:
        answer = star.call("GET", path)
        check_results(answer.json())
        seen += [group["group_key"] for group in answer.json()["notification_groups"]]
        pages += 1
        path = links(answer).get("next")
    whole = star.get(PATH)["notification_groups"]
    assert seen == [group["group_key"] for group in whole] and pages == 3
    reblogs = whole[3]
    page = star.get(PATH, max_id=reblogs["page_max_id"], limit=1)["notification_groups"]
    assert page[0]["group_key"] == reblogs["group_key"] and page[0]["notifications_count"] == 3
    assert page[0]["page_max_id"] < reblogs["page_max_id"] and page[0]["page_min_id"] == reblogs["page_min_id"]
    above = star.get(PATH, min_id=reblogs["page_min_id"], limit=2)["notification_groups"]
    assert [group["group_key"] for group in above] == [whole[2]["group_key"], reblogs["group_key"]]
    newest = star.get(PATH, since_id=reblogs["page_min_id"], limit=2)["notification_groups"]
    assert [group["group_key"] for group in newest] == [group["group_key"] for group in whole[:2]]
    empty = star.call("GET", f"{PATH}?max_id=1")
    assert empty.json() == {"accounts": [], "statuses": [], "notification_groups": []} and "Link" not in empty.headers


def test_accounts_beside_the_first_of_a_group_may_be_told_in_short(star, fans):
    results = star.get(PATH, expand_accounts="partial_avatars")
    check_results(results)
    assert len(results["accounts"]) < len(star.get(PATH)["accounts"])
    partial = results["partial_accounts"]
    assert partial and all(set(one) == {"id", "acct", "locked", "bot", "url", "avatar", "avatar_static"} for one in partial)
    assert "partial_accounts" not in star.get(PATH, expand_accounts="full")
    assert "error" in star.get(PATH, 400, expand_accounts="some")


def test_one_group_is_read_with_all_its_accounts(star, fans):
    groups = star.get(PATH)["notification_groups"]
    favourites, mention = groups[4], groups[1]
    results = star.get(f"{PATH}/{favourites['group_key']}")
    check_results(results)
    assert lines(results) == [("favourite", 10)] and results["notification_groups"][0]["group_key"] == favourites["group_key"]
    assert lines(star.get(f"{PATH}/{mention['group_key']}")) == [("mention", 1)]
    seen, path = [], f"{PATH}/{favourites['group_key']}/accounts?limit=4"
    while path:
        answer = star.call("GET", path)
        seen += [account["id"] for account in answer.json()]
        path = links(answer).get("next")
    assert seen == [fans[name].id for name in reversed(FANS)]
    assert [account["id"] for account in star.get(f"{PATH}/{mention['group_key']}/accounts")] == [fans["fan1"].id]


@pytest.mark.parametrize("key", ["x", "favourite", "favourite-1", "favourite-1-2-3", "favourite-x-1", "follow--1", "ungrouped-0",
                                 "ungrouped-1-1", "mention-1", "follow-9223372036854775807", "ungrouped-77", "follow-1"])
def test_keys_of_nothing_are_not_found(star, key):
    assert star.get(f"{PATH}/{key}", status=404)["error"] == "Record not found"


def test_groups_are_somebodys_own(star, fans):
    key = star.get(PATH)["notification_groups"][0]["group_key"]
    fans["fan0"].get(f"{PATH}/{key}", status=404)
    assert fans["fan0"].get(f"{PATH}/{key}/accounts") == []
    fans["fan0"].post(f"{PATH}/{key}/dismiss")
    assert key in [group["group_key"] for group in star.get(PATH)["notification_groups"]]


def test_unread_groups_are_counted_from_the_marker(star):
    assert star.get(f"{PATH}/unread_count") == {"count": 5}
    assert star.get(f"{PATH}/unread_count", **{"grouped_types[]": "follow"}) == {"count": 16}
    assert star.get(f"{PATH}/unread_count", limit=3) == {"count": 3}
    star.post("/api/v1/markers", json={"notifications": {"last_read_id": star.get(PATH)["notification_groups"][2]["page_max_id"]}})
    assert star.get(f"{PATH}/unread_count") == {"count": 2}


def test_a_blocked_fan_leaves_the_group(star, server):
    act(server, "block", "star", "fan9")
    group = star.get(PATH)["notification_groups"][4]
    assert group["notifications_count"] == 9 and len(group["sample_account_ids"]) == 8


def test_notifications_of_another_half_day_are_another_group(star, server):
    server.database.rows("update notifications set id = id - %s where id = (select min(id) from notifications where actor_id = %s)"
                         " returning id", (HALF_DAY_US, star.id))
    assert lines(star.get(PATH))[4:] == [("favourite", 8), ("favourite", 1)]


def test_a_group_is_dismissed_as_a_whole(star):
    groups = star.get(PATH)["notification_groups"]
    assert star.post(f"{PATH}/{groups[4]['group_key']}/dismiss") == {}
    assert star.post(f"{PATH}/{groups[1]['group_key']}/dismiss") == {}
    assert lines(star.get(PATH)) == [("follow", 2), ("favourite", 1), ("reblog", 3), ("favourite", 1)]
    assert star.post(f"{PATH}/clear") == {}
    assert lines(star.get(PATH)) == []


def test_the_version_promises_groups(star):
    document = star.get("/api/v2/instance")
    assert tuple(map(int, document["version"].split(" ")[0].split("."))) >= (4, 3, 0)
    assert document["api_versions"]["mastodon"] >= 2
