# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is another's stays another's, and what nobody may set is not set, whatever a body says (advisories 30, 81, 104, 134)."""
import pytest

from support.api import person
from support.far import far_actor, follow
from support.routes import routes

# What Rails, NodeBB and others let through at some time.
FORBIDDEN = {"id": "1", "account_id": "1", "actor_id": "1", "user_id": "1", "owner_id": "1", "username": "root", "handle": "root",
             "acct": "root", "domain": "evil.example", "role": "administrator", "user_role": "2", "role_id": "3", "admin": True,
             "isadmin": True, "is_admin": True, "moderator": True, "confirmed": True, "approved": True, "suspended": False,
             "suspended_at": None, "is_suspended": True, "silenced": False, "disabled": True, "memorial": True, "email": "e@evil.example",
             "password": "changed by a body", "created_at": "1970-01-01T00:00:00.000Z", "updated_at": "1970-01-01T00:00:00.000Z",
             "followers_count": 9, "following_count": 9, "statuses_count": 9, "moved_to_id": "1", "moved_to_account_id": "1",
             "uri": "https://evil.example/", "url": "https://evil.example/", "private_key": "x", "public_key": "x",
             "action_taken": True, "verified_at": "2026-01-01T00:00:00.000Z", "scopes": "admin:write", "kind": "Application"}
NESTED = {**FORBIDDEN, "user": FORBIDDEN, "account": FORBIDDEN, "source": FORBIDDEN, "role_attributes": {"permissions": "1"}}


@pytest.fixture(scope="module")
def people(server):
    return {name: person(server, name) for name in ("anna", "bert")}


def state(server):
    return server.database.rows(
        "select a.id, a.username, a.handle, a.domain, a.kind, a.uri, a.url, a.created_at, a.suspended_at, a.silenced_at,"
        " a.is_disabled, a.is_memorial, a.moved_to_id, u.email, u.password_hash, u.role, u.is_confirmed, u.is_disabled"
        " from actors a left join users u on u.actor_id = a.id where a.domain_id is not null order by a.id")


@pytest.mark.parametrize("method, path", [("PATCH", "/api/v1/accounts/update_credentials"), ("PATCH", "/api/v1/profile"),
                                          ("POST", "/api/v1/lists"), ("POST", "/api/v1/domain_blocks")])
def test_no_body_sets_what_is_not_its_to_set(server, people, method, path):
    before = state(server)
    body = {**NESTED, "title": "mine", "display_name": "Anna"}
    for keywords in ({"json": body}, {"data": {key: str(value) for key, value in FORBIDDEN.items()} | {"title": "mine"}}):
        people["anna"].call(method, path, 200, **keywords)
    assert state(server) == before
    assert server.database.value("select count(*) from lists where actor_id <> %s", (people["anna"].id,)) == 0


def test_a_report_is_the_reporters_and_open_whatever_it_says(server, people):
    far = far_actor(server.database, "reported")
    made = people["anna"].post("/api/v1/reports", json={**NESTED, "account_id": far, "reporter_id": people["bert"].id})
    assert made["action_taken"] is False and made["id"] != "1"
    assert server.database.value("select reporter_id from reports where id = %s", (made["id"],)) == int(people["anna"].id)


def test_fields_are_not_verified_by_saying_so(people):
    found = people["anna"].patch("/api/v1/accounts/update_credentials", json={"fields_attributes": [
        {"name": "x", "value": "y", "verified_at": "2026-01-01T00:00:00.000Z"}]})
    assert found["fields"][0]["verified_at"] is None


def test_nobody_is_made_a_follower_by_authorising_what_was_not_asked(server, people):
    anna, bert = people["anna"], people["bert"]
    anna.post(f"/api/v1/follow_requests/{bert.id}/authorize", 404)
    assert bert.get("/api/v1/accounts/relationships", **{"id[]": anna.id})[0]["following"] is False


def test_ids_of_anothers_things_are_not_there_on_any_route(server, people):
    """Every route that takes the id of a list, with every method, by one whose list it is not."""
    anna, bert = people["anna"], people["bert"]
    made = anna.post("/api/v1/lists", json={"title": "private"})["id"]
    far = far_actor(server.database, "listed")
    follow(server.database, anna.id, far)
    anna.post(f"/api/v1/lists/{made}/accounts", json={"account_ids": [far]})
    tried = [route for route in routes() if route.path.startswith(("/api/v1/lists/{", "/api/v1/timelines/list/{"))]
    assert len(tried) >= 7
    for route in tried:
        path = "/".join(made if part.startswith("{") else part for part in route.path.split("/"))
        answer = bert.call(route.method, path, None, json={"title": "taken", "account_ids": [far]} if route.method != "GET" else None)
        assert answer.status_code == 404, (route, answer.status_code, answer.text)
    assert anna.get(f"/api/v1/lists/{made}")["title"] == "private"
    assert [one["id"] for one in anna.get(f"/api/v1/lists/{made}/accounts")] == [far]
