# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a brand's post has arrived: per server, in all, and for nobody of another organisation."""
import itertools
import json

import pytest

from support.api import Api, make_token, new_id

BASE = "/api/brand/v1"
SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"
counter = itertools.count()


@pytest.fixture
def world(server):
    suffix, database = f"q{next(counter)}q", server.database
    people = {}
    for name in ("marie", "paul"):
        server.create_account(name + suffix)
        people[name] = Api(server, make_token(database, name + suffix, SCOPES), name + suffix)
    server.command("org", "create", "fleurs" + suffix, "--founder", "marie" + suffix, "--account", "fleurs" + suffix)
    server.command("org", "create", "autre" + suffix, "--founder", "paul" + suffix, "--account", "autre" + suffix)
    account = database.value("select id from actors where handle = %s and domain_id is not null", ("fleurs" + suffix,))
    activity, post = new_id(), new_id()
    uri = f"https://receipts.example/posts/{post}"
    founder = database.value("select u.id from users as u join actors as a on a.id = u.actor_id where a.handle = %s", ("marie" + suffix,))
    database.rows("select set_config('comptoir.release', json_build_object('ground', 'spoken', 'user_id', %s)::text, true);"
                  " insert into posts (id, actor_id, uri, url, html, created_at, visibility, conversation_id)"
                  " values (%s, %s, %s, %s, '', now(), 'public', %s);"
                  " insert into activities_out (id, uri, type, actor_id, post_id, body, body_sha256, created_at)"
                  " values (%s, %s, 'Create', %s, %s, '{}', sha256('{}'), now() - interval '1 hour') returning 1",
                  (founder, post, account, uri, uri, post, activity, uri + "/activity", account, post))
    for inbox, peer, state, recipients, seconds in (
            ("https://a.example/1", "a.example", "accepted", 3, 1), ("https://a.example/2", "a.example", "accepted", 4, 2),
            ("https://b.example/1", "b.example", "refused", 1, 5), ("https://c.example/1", "c.example", "pending", 2, None)):
        database.rows("insert into deliveries (activity_id, inbox_url, peer, state, recipients, due_at, ended_at)"
                      " select %s, %s, %s, %s, %s, 'infinity', created_at + %s * interval '1 second'"
                      " from activities_out where id = %s returning 1",
                      (activity, inbox, peer, state, recipients, seconds, activity))
    return server, people, post, uri


def test_receipts_are_counted_by_server_and_in_all(world):
    server, people, post, uri = world
    answer = people["marie"].call("GET", f"{BASE}/objects/{post}/deliveries").json()
    assert answer["quality"] == "measured" and answer["pending_is_lower_bound"] is False
    total = answer["total"]
    assert [total[state] for state in ("pending", "accepted", "refused", "given_up", "withheld")] == [1, 2, 1, 0, 0]
    assert total["recipients"]["accepted"] == 7
    assert (total["p50_ms"], total["p95_ms"]) == (1000, 2000)
    assert [line["server"] for line in answer["servers"]] == ["a.example", "b.example", "c.example"]
    assert answer["servers"][1]["refused"] == 1 and answer["servers"][1]["p50_ms"] is None


def test_the_command_line_says_the_same(world):
    server, people, post, uri = world
    result = server.command("delivery", "receipts", uri, "--json")
    report = json.loads(getattr(result, "stdout", result))
    assert report["total"]["deliveries"]["accepted"] == 2 and report["total"]["recipients"]["accepted"] == 7


def test_another_organisation_finds_nothing(world):
    server, people, post, uri = world
    people["paul"].call("GET", f"{BASE}/objects/{post}/deliveries", 404)


def test_receipts_stay_when_the_deliveries_are_gone(world):
    server, people, post, uri = world
    seen = people["marie"].get(f"{BASE}/objects/{post}/deliveries")
    assert seen["summed"] == 0
    for gone in ("a.example", "b.example"):
        server.database.rows("update deliveries as d set ended_at = d.ended_at - interval '100 days' from activities_out as a where a.id ="
                             " d.activity_id and a.post_id = %s and d.peer = %s returning 1", (post, gone))
        server.database.rows("update activities_out set created_at = created_at - interval '100 days' where post_id = %s returning 1", (post,))
        server.command("db", "tidy")
        server.database.rows("update activities_out set created_at = created_at + interval '100 days' where post_id = %s returning 1", (post,))
    kept = people["marie"].get(f"{BASE}/objects/{post}/deliveries")
    assert kept["summed"] == 3 and [line["server"] for line in kept["servers"]] == ["c.example"]
    for name in ("pending", "accepted", "refused", "given_up", "withheld", "recipients", "p50_ms", "p95_ms"):
        assert kept["total"][name] == seen["total"][name], name
    assert kept["total"]["last_ended_at"] < seen["total"]["last_ended_at"]
    report = json.loads(server.command("delivery", "receipts", uri, "--json").stdout)
    assert report["total"]["deliveries"]["accepted"] == 2


def test_of_others_posts_no_receipts_are_kept(server):
    name = f"q{next(counter)}nobody"
    server.create_account(name)
    post, activity = new_id(), new_id()
    uri = f"https://receipts.example/posts/{post}"
    account = server.database.value("select id from actors where handle = %s and domain_id is not null", (name,))
    server.database.rows("insert into posts (id, actor_id, uri, url, html, created_at, visibility, conversation_id)"
                         " values (%s, %s, %s, %s, '', now(), 'public', %s);"
                         " insert into activities_out (id, uri, type, actor_id, post_id, body, body_sha256)"
                         " values (%s, %s, 'Create', %s, %s, '{}', sha256('{}'));"
                         " insert into deliveries (activity_id, inbox_url, peer, state, ended_at)"
                         " values (%s, 'https://a.example/1', 'a.example', 'accepted', now() - interval '100 days') returning 1",
                         (post, account, uri, uri, post, activity, uri + "/activity", account, post, activity))
    server.command("db", "tidy")
    assert not server.database.rows("select 1 from deliveries where activity_id = %s", (activity,))
    assert not server.database.rows("select 1 from post_receipts where post_id = %s", (post,))
