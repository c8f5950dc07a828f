# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reports by people here, and how a moderator works on them from the command line."""
import json
import re

import pytest

from support.api import new_id, person
from support.far import far_actor

REPORTS = "/api/v1/reports"


@pytest.fixture(scope="module")
def people(server):
    return {name: person(server, name) for name in ("anna", "bert")}


@pytest.fixture
def anna(people):
    return people["anna"]


def post_by(server, actor, visibility="public"):
    number = new_id()
    server.database.rows("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at)"
                         " values (%s, %s, %s, %s, %s, %s, '<p>rude</p>', now()) returning id",
                         (number, actor, f"https://far.example/p/{number}", f"https://far.example/@x/{number}", number, visibility))
    return str(number)


def test_a_report_has_every_field(anna, server):
    far = far_actor(server.database, "rude")
    post, private = post_by(server, far), post_by(server, far, "direct")
    other = post_by(server, far_actor(server.database, "innocent"))
    found = anna.post(REPORTS, json={"account_id": far, "status_ids": [post, private, other], "comment": "rude <words>"})
    assert found["target_account"]["id"] == far and found["target_account"]["acct"] == "rude@far.example"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found.pop("created_at"))
    del found["target_account"]
    assert found == {"id": found["id"], "action_taken": False, "action_taken_at": None, "category": "other",
                     "comment": "rude <words>", "forwarded": False, "status_ids": [post], "rule_ids": [], "collection_ids": []}


@pytest.mark.parametrize("category", ["spam", "legal", "violation", "other"])
def test_categories_are_kept_and_rules_belong_to_violations(anna, server, category):
    far = far_actor(server.database, "c_" + category)
    found = anna.post(REPORTS, data={"account_id": far, "category": category, "rule_ids[]": ["1", "3"]})
    assert found["category"] == category and found["rule_ids"] == (["1", "3"] if category == "violation" else [])


def test_rules_alone_make_a_violation(anna, server):
    assert anna.post(REPORTS, data={"account_id": far_actor(server.database, "ruled"), "rule_ids[]": "2"})["category"] == "violation"


def test_a_report_is_forwarded_when_that_is_wanted(anna, server, people):
    far = far_actor(server.database, "forwarded")
    for forward, count in ((False, 0), (True, 1)):
        assert anna.post(REPORTS, json={"account_id": far, "forward": forward})["forwarded"] is forward
        assert server.database.value("select count(*) from activities_out where type = 'Flag'") == count
    assert anna.post(REPORTS, json={"account_id": people["bert"].id, "forward": True})["forwarded"] is False
    body = server.database.value("select convert_from(body, 'utf8') from activities_out where type = 'Flag'")
    assert json.loads(body)["actor"] == f"{server.url}/actor" and "/users/anna" not in body


def test_what_cannot_be_reported_is_refused(anna, server):
    far = far_actor(server.database, "refused")
    assert anna.post(REPORTS, 404, json={}) == {"error": "Record not found"}
    anna.post(REPORTS, 404, json={"account_id": "7"})
    anna.post(REPORTS, 403, json={"account_id": anna.id})
    assert "Category" in anna.post(REPORTS, 422, json={"account_id": far, "category": "boring"})["error"]
    assert "too long" in anna.post(REPORTS, 422, json={"account_id": far, "comment": "x" * 1001})["error"]
    assert anna.post(REPORTS, json={"account_id": far, "comment": "\u00e9" * 1000})["comment"] == "\u00e9" * 1000


def test_a_trailing_slash_is_forgiven(anna, server):
    anna.post(REPORTS + "/", json={"account_id": far_actor(server.database, "slash")})


def test_a_moderator_lists_shows_and_resolves_reports(anna, server):
    far = far_actor(server.database, "shown")
    post = post_by(server, far)
    made = anna.post(REPORTS, json={"account_id": far, "status_ids": [post], "comment": "a\x1b[31mb", "category": "spam"})["id"]
    (listed,) = [one for one in json.loads(server.command("report", "list", "--json").stdout) if one["id"] == made]
    assert listed["target"] == "@shown@far.example" and listed["reporter"] == f"@anna@127.0.0.1:{server.port}"
    assert listed["category"] == "spam" and listed["post_ids"] == [post] and listed["is_resolved"] is False
    assert made in server.command("report", "list").stdout
    shown = server.command("report", "show", made).stdout
    assert f"https://far.example/@x/{post}" in shown and "\x1b" not in shown and "@shown@far.example" in shown
    assert json.loads(server.command("report", "show", made, "--json").stdout) == listed
    server.command("report", "resolve", made)
    assert made not in server.command("report", "list").stdout and made in server.command("report", "list", "--resolved").stdout
    server.command("report", "resolve", made, "--reopen")
    assert made in server.command("report", "list").stdout


def test_a_report_that_is_not_there_is_said_to_be_so(server):
    assert server.command("report", "show", "5", check=False).returncode == 5
    assert server.command("report", "resolve", "five", check=False).returncode == 2
    assert server.command("report", "list", "--limit", "0", check=False).returncode == 2


def test_limiting_is_another_word_for_silencing(anna, server):
    far = far_actor(server.database, "loud")
    server.command("account", "limit", "loud@far.example")
    assert anna.get(f"/api/v1/accounts/{far}")["limited"] is True
    server.command("account", "unlimit", "loud@far.example")
    assert "limited" not in anna.get(f"/api/v1/accounts/{far}")
