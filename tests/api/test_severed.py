# SPDX-License-Identifier: AGPL-3.0-or-later
"""Follows that end without being ended one by one: who is told of what, the lists of what was lost, and how long both are kept."""
import csv
import io
import json

import pytest

from support.act import act
from support.api import person
from support.browser import Browser
from support.far import far_actor, follow
from support.told import check_notification
from support.waiting import wait_until

PATH = "/api/v1/notifications"
PASSWORD = "a long enough password"
HEADS = {"following": ["Account address", "Show boosts", "Notify on new posts", "Languages"], "followers": ["Account address"]}


@pytest.fixture(scope="module")
def town(server):
    return {name: person(server, name, password=PASSWORD) for name in ("anna", "bert", "carl")}


def told(api, **parameters):
    return api.get(PATH, **{"types[]": "severed_relationships", **parameters})


def wait_told(api):
    """What it is told, once it is: by a job."""
    return wait_until(lambda: told(api), 20, f"{api.name} to be told")


def browser_of(server, name, language="en"):
    browser = Browser(server, language)
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 200, browser.page.text[:2000]
    return browser


def read(browser, event, name):
    page = browser.get(f"/severed_relationships/{event}/{name}.csv", follow=False)
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/csv; charset=utf-8", (page.status_code, page.text[:500])
    assert page.headers["Content-Disposition"].startswith("attachment; filename=") and "no-store" in page.headers["Cache-Control"]
    return list(csv.reader(io.StringIO(page.content.decode())))


def check_event(notification, api, kind, target, followers, following):
    check_notification(notification)
    assert notification["account"]["id"] == api.id and notification["group_key"] == f"ungrouped-{notification['id']}"
    event = notification["event"]
    assert (event["type"], event["target_name"], event["followers_count"], event["following_count"], event["purged"]) == (
        kind, target, followers, following, False)
    assert event["id"].isdigit() and event["created_at"].endswith("Z")
    return event["id"]


def forget(server, api):
    """So that each test begins with none."""
    api.post(f"{PATH}/clear")
    server.database.rows("delete from severance_events returning 1")


def test_a_block_by_the_operator_tells_each_person_once_of_all_that_they_lost(server, town):
    database = server.database
    anna, bert, carl = town["anna"], town["bert"], town["carl"]
    far = [far_actor(database, f"one{number}", "bad.example" if number else "sub.bad.example") for number in range(4)]
    for other in far[:3]:
        follow(database, other, anna.id)
    follow(database, anna.id, far[0])
    anna.post(f"/api/v1/accounts/{far[0]}/follow", json={"reblogs": False, "notify": True, "languages": ["fr"]})
    follow(database, bert.id, far[3])
    follow(database, carl.id, far[3], state="pending")
    server.command("domain", "block", "bad.example")
    found = wait_told(anna)
    assert len(found) == 1
    event = check_event(found[0], anna, "domain_block", "bad.example", 3, 1)
    check_event(wait_told(bert)[0], bert, "domain_block", "bad.example", 0, 1)
    assert told(carl) == [], "a request is no loss"
    assert anna.get(f"/api/v1/accounts/{anna.id}")["followers_count"] == 0
    server.command("domain", "block", "bad.example")
    assert len(told(anna)) == 1, "nothing is left to lose"
    browser = browser_of(server, "anna")
    assert sorted(read(browser, event, "followers")[1:]) == [["one0@sub.bad.example"], ["one1@bad.example"], ["one2@bad.example"]]
    assert read(browser, event, "following") == [HEADS["following"], ["one0@sub.bad.example", "false", "true", "fr"]]
    assert read(browser_of(server, "bert"), event, "followers") == [HEADS["followers"]]
    server.command("domain", "unblock", "bad.example")
    for api in (anna, bert):
        forget(server, api)


@pytest.mark.parametrize("severity", ["silence", "noop"])
def test_a_lesser_decision_ends_nothing(server, town, severity):
    other = far_actor(server.database, severity, "loud.example")
    follow(server.database, other, town["carl"].id)
    server.command("domain", "block", "loud.example", "--severity", severity)
    assert server.database.value("select count(*) from severance_events") == 0
    assert [one["id"] for one in town["carl"].get(f"/api/v1/accounts/{town['carl'].id}/followers")] == [other]
    server.command("domain", "unblock", "loud.example")
    server.database.rows("delete from follows where follower_id = %s returning 1", (other,))


def test_a_large_server_is_left_in_batches_that_are_told_as_one(server, town):
    """More followers than a batch has, in a counter that others change meanwhile."""
    bert = town["bert"]
    server.database.rows(
        "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
        " select n, 'Person', 'p' || n, 'p' || n, 'large.example', u || n, u || n, u || n, now(), now(), now()"
        " from generate_series(1, 1300) as n cross join (select 'https://large.example/' as u) as u returning 1")
    server.database.rows("insert into follows (id, follower_id, followed_id, state, uri) select n, n, %s, 'accepted',"
                         " 'https://large.example/f/' || n from generate_series(1, 1300) as n returning 1", (bert.id,))
    server.database.rows("insert into actor_counts as c (actor_id, followers) values (%s, 1300) on conflict (actor_id) do update"
                         " set followers = 1300 returning 1", (bert.id,))
    server.command("domain", "block", "large.example")
    found = wait_told(bert)
    assert len(found) == 1
    event = check_event(found[0], bert, "domain_block", "large.example", 1300, 0)
    assert bert.get(f"/api/v1/accounts/{bert.id}")["followers_count"] == 0
    assert len(read(browser_of(server, "bert"), event, "followers")) == 1301
    forget(server, bert)


def test_a_block_of_ones_own_is_told_when_all_has_ended(server, town):
    database, carl = server.database, town["carl"]
    far = [far_actor(database, f"two{number}", "loud.example") for number in range(3)]
    for other in far[:2]:
        follow(database, other, carl.id)
    follow(database, carl.id, far[0])
    follow(database, far[2], carl.id, state="pending")
    carl.post("/api/v1/domain_blocks", json={"domain": "loud.example"})
    found = wait_told(carl)
    assert len(found) == 1
    event = check_event(found[0], carl, "user_domain_block", "loud.example", 2, 1)
    browser = browser_of(server, "carl")
    assert sorted(read(browser, event, "followers")[1:]) == [["two0@loud.example"], ["two1@loud.example"]]
    assert read(browser, event, "following")[1:] == [["two0@loud.example", "true", "false", ""]]
    assert told(town["anna"]) == [] == told(town["bert"])
    forget(server, carl)


def test_a_suspension_tells_those_who_lost_a_follower(server, town):
    database, anna = server.database, town["anna"]
    far = far_actor(database, "three", "far.example")
    follow(database, far, anna.id)
    follow(database, anna.id, far)
    follow(database, far, town["bert"].id, state="pending")
    act(server, "suspend", "three@far.example")
    found = wait_told(anna)
    assert len(found) == 1
    event = check_event(found[0], anna, "account_suspension", "three@far.example", 1, 0)
    assert told(town["bert"]) == []
    browser = browser_of(server, "anna")
    assert read(browser, event, "followers") == [HEADS["followers"], ["three@far.example"]]
    assert read(browser, event, "following") == [HEADS["following"]], "a follow that comes back with it is not lost"
    act(server, "suspend", "three@far.example")
    assert len(told(anna)) == 1
    forget(server, anna)


def test_a_suspended_person_of_here_keeps_its_follows_and_nobody_is_told(server, town):
    zoe = person(server, "zoe")
    zoe.post(f"/api/v1/accounts/{town['bert'].id}/follow")
    before = server.database.value("select count(*) from follows where follower_id = %s", (zoe.id,))
    act(server, "suspend", "zoe")
    assert told(town["bert"]) == [] and server.database.value("select count(*) from follows where follower_id = %s", (zoe.id,)) == before


@pytest.fixture(scope="module")
def lost(server, town):
    """What anna is told once one who followed her is suspended."""
    follow(server.database, far_actor(server.database, "lost", "far.example"), town["anna"].id)
    act(server, "suspend", "lost@far.example")
    return wait_told(town["anna"])[0]


def test_apps_choose_it_read_it_alone_and_in_groups(server, town, lost):
    anna = town["anna"]
    town["bert"].post("/api/v1/statuses", json={"status": "dis, @anna"})
    anna.wait_for(PATH, lambda found: [one["type"] for one in found] == ["mention", "severed_relationships"])
    assert [one["type"] for one in anna.get(PATH, **{"exclude_types[]": "severed_relationships"})] == ["mention"]
    assert told(anna, **{"exclude_types[]": "severed_relationships"}) == []
    assert anna.get(f"{PATH}/{lost['id']}") == lost
    assert [one["id"] for one in anna.get(PATH, account_id=anna.id)] == [lost["id"]]
    page = anna.get("/api/v2/notifications", **{"types[]": "severed_relationships"})
    group = page["notification_groups"][0]
    assert group["type"] == "severed_relationships" and group["event"] == lost["event"] and "status_id" not in group
    assert group["group_key"] == lost["group_key"] and group["sample_account_ids"] == [anna.id] == [one["id"] for one in page["accounts"]]
    assert anna.get(f"/api/v2/notifications/{lost['group_key']}")["notification_groups"][0]["event"] == lost["event"]
    everything = anna.get("/api/v2/notifications")["notification_groups"]
    assert [one["type"] for one in everything] == ["mention", "severed_relationships"]
    assert anna.get("/api/v2/notifications", **{"exclude_types[]": "severed_relationships"})["notification_groups"] == everything[:1]


def test_no_app_can_ask_to_be_rung_for_it(server, town, lost):
    assert server.database.value("select count(*) from jobs where kind = 'push' and key = %s", (lost["id"],)) == 0


def test_what_one_lost_is_nobody_elses_to_read(server, town, lost):
    event = lost["event"]["id"]
    other = browser_of(server, "bert")
    limited = person(server, "lina", scopes="read:lists")
    for name in HEADS:
        path = f"/api/v1/exports/severed_relationships/{event}/{name}.csv"
        town["bert"].get(path, 404)
        limited.get(path, 403)
        own = town["anna"].call("GET", path)
        assert own.headers["Content-Type"] == "text/csv; charset=utf-8" and own.text.splitlines()[0] == ",".join(HEADS[name])
        assert ("lost@far.example" in own.text) == (name == "followers")
        assert other.get(f"/severed_relationships/{event}/{name}.csv", follow=False).status_code == 404
        assert other.get(f"/severed_relationships/{int(event) + 1}/{name}.csv", follow=False).status_code == 404
        nobody = Browser(server)
        assert nobody.get(f"/severed_relationships/{event}/{name}.csv", follow=False).status_code == 302
        assert nobody.location.startswith("/auth/sign_in") or "/auth/sign_in" in nobody.location
    assert town["bert"].get(f"{PATH}/{lost['id']}", status=404)
    assert "lost@far.example" not in other.get("/settings").text


@pytest.mark.parametrize("language, words", [
    ("en", ["Lost followers and follows", "suspended by those who run this server", "Followers (1)", "Following (0)"]),
    ("fr", ["Abonnés et abonnements perdus", "suspendu par les responsables de ce serveur", "Abonnés (1)", "Abonnements (0)"]),
])
def test_the_settings_lead_to_the_lists(server, town, lost, language, words):
    browser = browser_of(server, "anna", language)
    page = browser.get("/severed_relationships").text
    for word in [*words, "lost@far.example", f"/severed_relationships/{lost['event']['id']}/followers.csv"]:
        assert word in page, word
    assert f"/severed_relationships/{lost['event']['id']}/following.csv" not in page, "nothing is in it"
    assert "severed_relationships" not in browser_of(server, "bert", language).get("/settings").text


def tidy(server, *settings):
    return json.loads(server.command("db", "tidy", "--json", *(part for text in settings for part in ("--set", text))).stdout)


def test_it_is_kept_until_it_is_read_and_old_and_its_lists_with_it(server, town, lost):
    anna, database = town["anna"], server.database
    kept = "select count(*) from severed_follows where event_id = %s"
    old = 190 * 24 * 3600 * 1000
    database.rows("update notifications set id = id - %s::bigint * 1000, created_at = created_at - interval '190 days'"
                  " where severance_event_id = %s returning 1", (old, lost["event"]["id"]))
    made = int(lost["event"]["id"]) - (old << 16)
    database.rows("insert into severance_events select %s, kind, target, created_at - interval '190 days' from severance_events where id = %s"
                  " returning 1", (made, lost["event"]["id"]))
    database.rows("insert into severed_actors select %s, actor_id, followers, following, is_told from severed_actors where event_id = %s"
                  " returning 1", (made, lost["event"]["id"]))
    database.rows("insert into severed_follows select %s, actor_id, is_follower, other_id, shows_boosts, notifies, languages from"
                  " severed_follows where event_id = %s returning 1", (made, lost["event"]["id"]))
    database.rows("update notifications set severance_event_id = %s where severance_event_id = %s returning 1", (made, lost["event"]["id"]))
    database.rows("delete from severance_events where id = %s returning 1", (lost["event"]["id"],))
    assert tidy(server)["notifications"] == 0 and len(told(anna)) == 1, "nobody has read it"
    newest = anna.get(PATH)[0]["id"]
    anna.post("/api/v1/markers", json={"notifications": {"last_read_id": newest}})
    assert tidy(server, "retention.notifications=0s")["notifications"] == 0 and len(told(anna)) == 1
    assert database.value(kept, (made,)) == 1
    assert tidy(server, "retention.notifications=200d")["notifications"] == 0
    assert tidy(server)["notifications"] == 1
    assert [one["type"] for one in anna.get(PATH)] == ["mention"], "what is read and young stays"
    assert database.value(kept, (made,)) == 0
    assert database.value("select count(*) from severance_events where id = %s", (made,)) == 0


def test_it_is_dismissed_and_the_list_stays(server, town):
    database, carl = server.database, town["carl"]
    follow(database, far_actor(database, "four", "four.example"), carl.id)
    server.command("domain", "block", "four.example")
    found = wait_told(carl)[0]
    event = check_event(found, carl, "domain_block", "four.example", 1, 0)
    town["bert"].post(f"{PATH}/{found['id']}/dismiss", status=404)
    carl.post(f"/api/v2/notifications/{found['group_key']}/dismiss")
    assert told(carl) == []
    tidy(server)
    assert read(browser_of(server, "carl"), event, "followers")[1:] == [["four@four.example"]]


def test_what_somebody_lost_goes_with_their_account(server):
    database, mona = server.database, person(server, "mona")
    far = far_actor(database, "six", "six.example")
    follow(database, far, mona.id)
    follow(database, mona.id, far)
    server.command("domain", "block", "six.example")
    wait_told(mona)
    kept = "select (select count(*) from severed_actors where actor_id = %s) + (select count(*) from severed_follows where actor_id = %s)"
    assert database.value(kept, (mona.id, mona.id)) == 3
    server.command("account", "delete", "mona", "--yes")
    assert database.value(kept, (mona.id, mona.id)) == 0
