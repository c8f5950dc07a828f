# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accepted activities that were set aside, as an operator sees and steers them, beside a server that works on them."""
import json

import pytest

from support.waiting import wait_until

OK, FAILED, USAGE, CONFIGURATION, DATABASE, NOT_FOUND, CONFLICT = range(7)
ACTOR = "https://peer.example/users/bob"


def insert(database, number, state="set_aside"):
    """A Dislike, which no handler takes: workers drop it as soon as it is due."""
    uri = f"{ACTOR}#dislikes/{number}"
    body = {"id": uri, "type": "Dislike", "actor": ACTOR, "object": "https://peer.example/p/1", "content": "\u001b[31m"}
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("insert into activities_in (id, uri, type, actor_uri, body, state, attempts, last_error)"
                       " values (%s, %s, 'Dislike', %s, %s, %s, 5, 'database')",
                       (number, uri, ACTOR, json.dumps(body).encode(), state))
    return str(number)


def shown(server, number):
    return json.loads(server.command("inbox", "show", number).stdout)


def test_what_was_set_aside_is_listed_shown_and_dropped(server):
    number = insert(server.database, 1001)
    listed = json.loads(server.command("inbox", "list", "--set-aside", "--json").stdout)
    entry = next(entry for entry in listed if entry["id"] == number)
    assert (entry["type"], entry["actor"], entry["state"], entry["attempts"], entry["last_error"]) == (
        "Dislike", ACTOR, "set_aside", 5, "database")
    assert number in server.command("inbox", "list").stdout
    assert "body" not in shown(server, number)
    body = server.command("inbox", "show", number, "--body").stdout
    assert json.loads(body)["content"] == "\u001b[31m" and "\u001b" not in body
    server.command("inbox", "drop", number)
    assert (shown(server, number)["state"], shown(server, number)["last_error"]) == ("done", "dropped by an operator")
    assert server.command("inbox", "drop", number, check=False).returncode == CONFLICT
    assert number not in server.command("inbox", "list", "--set-aside").stdout


def test_what_is_retried_is_handled_by_the_running_server(server):
    number = insert(server.database, 1002)
    server.command("inbox", "retry", number)
    wait_until(lambda: shown(server, number)["state"] == "done", 20, "a worker to take it")
    assert shown(server, number)["last_error"] == "type"
    assert server.command("inbox", "retry", number, check=False).returncode == CONFLICT


@pytest.mark.parametrize("verb", ["show", "retry", "drop"])
def test_an_activity_that_is_not_there_is_not_found(server, verb):
    assert server.command("inbox", verb, "999999", check=False).returncode == NOT_FOUND
    result = server.command("inbox", verb, "nonsense", check=False)
    assert result.returncode in (FAILED, USAGE) and "is no id" in result.stderr
