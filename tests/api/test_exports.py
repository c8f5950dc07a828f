# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people take along, as CSV files in Mastodon's form."""
import csv
import io
import re

import pytest

from support.api import new_id, person
from support.browser import Browser
from support.far import far_actor, follow


PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna", password=PASSWORD)


def test_they_are_in_the_settings_for_who_is_signed_in(server, anna):
    browser = Browser(server)
    browser.sign_in("anna", PASSWORD)
    names = re.findall(r'href="/settings/exports/(\w+)\.csv"', browser.get("/settings").text)
    assert set(names) == {"following", "followers", "lists", "bookmarks", "blocks", "mutes", "domain_blocks"}
    for name in names:
        page = browser.get(f"/settings/exports/{name}.csv")
        assert page.status_code == 200 and page.text == anna.call("GET", f"/api/v1/exports/{name}.csv").text
    assert browser.get("/settings/exports/users.csv").status_code == 404
    assert Browser(server).get("/settings/exports/lists.csv", follow=False).status_code in (302, 303)


def test_no_cell_is_a_formula_for_a_table(server, anna):
    made = anna.post("/api/v1/lists", json={"title": "=cmd|' /C calc'!A0"})["id"]
    other = str(far_actor(server.database, "formula"))
    anna.post(f"/api/v1/accounts/{other}/follow")
    server.database.rows("update follows set state = 'accepted' where follower_id = %s and followed_id = %s returning 1", (anna.id, other))
    anna.post(f"/api/v1/lists/{made}/accounts", json={"account_ids": [other]})
    assert [row[0] for row in read(anna, "lists") if "calc" in row[0]] == ["'=cmd|' /C calc'!A0"]
    anna.delete(f"/api/v1/lists/{made}")
    anna.post(f"/api/v1/accounts/{other}/unfollow")


def read(api, name):
    answer = api.call("GET", f"/api/v1/exports/{name}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=") and "no-store" in answer.headers["Cache-Control"]
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_everything_one_has_is_in_its_file(server, anna):
    one, two, three = (far_actor(server.database, name) for name in ("one", "two", "three"))
    for other in (one, two):
        follow(server.database, anna.id, other)
    follow(server.database, three, anna.id)
    anna.post(f"/api/v1/accounts/{two}/follow", json={"reblogs": False, "notify": True, "languages": ["fr", "en"]})
    made = anna.post("/api/v1/lists", json={"title": 'My "best", friends'})["id"]
    anna.post(f"/api/v1/lists/{made}/accounts", json={"account_ids": [one]})
    anna.post(f"/api/v1/accounts/{three}/mute", json={"notifications": False})
    anna.post("/api/v1/domain_blocks", json={"domain": "loud.example"})
    server.database.rows("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at)"
                         " values (5, %s, 'https://far.example/p/5', 'https://far.example/p/5', 5, 'public', '', now()) returning id",
                         (one,))
    server.database.rows("insert into bookmarks (id, actor_id, post_id) values (%s, %s, 5) returning id", (new_id(), anna.id))
    assert read(anna, "following") == [["Account address", "Show boosts", "Notify on new posts", "Languages"],
                                       ["one@far.example", "true", "false", ""], ["two@far.example", "false", "true", "fr, en"]]
    assert read(anna, "followers") == [["Account address"], ["three@far.example"]]
    assert read(anna, "lists") == [['My "best", friends', "one@far.example"]]
    assert read(anna, "mutes") == [["Account address", "Hide notifications"], ["three@far.example", "false"]]
    assert read(anna, "domain_blocks") == [["loud.example"]]
    assert read(anna, "bookmarks") == [["https://far.example/p/5"]]
    anna.post(f"/api/v1/accounts/{three}/block")
    assert read(anna, "blocks") == [["three@far.example"]]


def test_a_long_list_comes_whole(server):
    bert = person(server, "bert")
    server.database.rows("insert into actor_domain_blocks (id, actor_id, domain)"
                         " select n, %s, 'd' || n || '.example' from generate_series(1, 2500) as n returning id", (bert.id,))
    assert [row[0] for row in read(bert, "domain_blocks")] == [f"d{number}.example" for number in range(1, 2501)]


def test_an_export_needs_its_scope_and_its_name(server, anna):
    limited = person(server, "carl", scopes="read:lists")
    limited.call("GET", "/api/v1/exports/lists.csv")
    for name in ("following", "followers", "mutes", "blocks", "domain_blocks", "bookmarks"):
        limited.get(f"/api/v1/exports/{name}.csv", 403)
    anna.get("/api/v1/exports/passwords.csv", 404)
