# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statuses for later: kept, shown, moved, given up, and published once."""
import datetime

import pytest

from support.api import new_id, person
from support.waiting import wait_until


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna")


@pytest.fixture(scope="module")
def ben(server):
    return person(server, "ben")


def at(**later):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**later)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def schedule(api, text="later", status=200, **more):
    return api.post("/api/v1/statuses", status, json={"status": text, "scheduled_at": at(hours=2), **more})


def make_due(server, identity):
    """Its time has come."""
    server.database.rows("update scheduled_posts set scheduled_at = now() - interval '1 second' where id = %s returning 1", (identity,))
    server.database.rows("update jobs set due_at = now() where kind = 'scheduled' and key = %s returning 1", (str(identity),))


def texts(api):
    return [row[0] for row in api.server.database.rows("select text_source from posts where actor_id = %s", (api.id,))]


def test_a_scheduled_status_is_what_was_asked_for(anna):
    moment = at(days=3)
    parent = anna.post("/api/v1/statuses", data={"status": "first"})
    scheduled = anna.post("/api/v1/statuses", json={
        "status": "text", "scheduled_at": moment, "spoiler_text": "cw", "visibility": "private", "language": "fr",
        "sensitive": True, "in_reply_to_id": parent["id"],
        "poll": {"options": ["a", "b"], "expires_in": 600, "multiple": True, "hide_totals": False}})
    assert set(scheduled) == {"id", "scheduled_at", "params", "media_attachments"}
    assert scheduled["scheduled_at"] == moment and scheduled["media_attachments"] == []
    params = scheduled["params"]
    assert params["text"] == "text" and params["spoiler_text"] == "cw" and params["visibility"] == "private"
    assert params["language"] == "fr" and params["sensitive"] is True and params["in_reply_to_id"] == int(parent["id"])
    assert params["poll"] == {"options": ["a", "b"], "expires_in": 600, "multiple": True, "hide_totals": False}
    assert params["media_ids"] is None and params["scheduled_at"] is None and params["idempotency"] is None
    assert params["with_rate_limit"] is False and isinstance(params["application_id"], int)
    assert anna.get(f"/api/v1/scheduled_statuses/{scheduled['id']}") == scheduled
    assert "text" not in texts(anna)


def test_what_is_near_or_past_is_published_at_once(anna):
    for moment in (at(minutes=4), at(days=-1)):
        assert "content" in anna.post("/api/v1/statuses", data={"status": "now", "scheduled_at": moment})


def test_what_could_not_be_published_is_not_scheduled(anna):
    assert schedule(anna, "", 422)["error"] == "Validation failed: Text can't be blank"
    assert schedule(anna, "a", 404, in_reply_to_id="1")["error"].startswith("The post you are trying to reply to")
    assert schedule(anna, "a", 422, media_ids=["1"])["error"].startswith("Media 1 not found")


def test_scheduled_statuses_are_paged_moved_and_given_up_by_their_author(server, anna, ben):
    carl = person(server, "carl")
    made = [schedule(carl, f"number {n}")["id"] for n in range(5)]
    answer = carl.call("GET", "/api/v1/scheduled_statuses?limit=2")
    assert [item["id"] for item in answer.json()] == [made[4], made[3]]
    assert f"max_id={made[3]}" in answer.headers["Link"]
    assert [item["id"] for item in carl.get("/api/v1/scheduled_statuses", max_id=made[3])] == [made[2], made[1], made[0]]
    assert [item["id"] for item in carl.get("/api/v1/scheduled_statuses", min_id=made[1], limit=2)] == [made[3], made[2]]
    path = f"/api/v1/scheduled_statuses/{made[0]}"
    moment = at(days=2)
    for call in (lambda: ben.get(path, 404), lambda: ben.put(path, 404, {"scheduled_at": moment}), lambda: ben.delete(path, 404)):
        assert call()["error"] == "Record not found"
    assert carl.put(path, data={"scheduled_at": moment})["scheduled_at"] == moment
    assert carl.put(path, 422, {"scheduled_at": at(minutes=4)})["error"] == "Validation failed: Scheduled at date must be in the future"
    assert carl.delete(path) == {}
    carl.get(path, 404)
    assert server.database.rows("select 1 from jobs where kind = 'scheduled' and key = %s", (made[0],)) == []


def test_no_more_than_25_wait_for_one_day(server):
    dora = person(server, "dora")
    server.database.rows("insert into scheduled_posts (id, actor_id, scheduled_at, post_id, media_ids, request)"
                         " select %s + n, %s, now() + interval '9 days', %s + n, '{}', '{}' from generate_series(1, 25) as n"
                         " returning 1", (new_id(), dora.id, new_id()))
    full = dora.post("/api/v1/statuses", 422, {"status": "a", "scheduled_at": at(days=9)})
    assert full["error"] == "Validation failed: You have exceeded the limit of 25 scheduled posts for today"
    server.database.rows("insert into scheduled_posts (id, actor_id, scheduled_at, post_id, media_ids, request)"
                         " select %s + n, %s, now() + n * interval '1 day', %s + n, '{}', '{}' from generate_series(20, 295) as n"
                         " returning 1", (new_id(), dora.id, new_id()))
    full = dora.post("/api/v1/statuses", 422, {"status": "a", "scheduled_at": at(days=3)})
    assert full["error"] == "Validation failed: You have exceeded the limit of 300 scheduled posts"


def test_it_is_published_once_when_its_time_has_come(server, anna):
    identity = new_id()
    server.database.rows(
        "insert into media (id, name, actor_id, kind, state, mime_type, size_bytes, file_name, width, height)"
        " values (%s, %s, %s, 'image', 'ready', 'image/png', 100, %s, 10, 10) returning id",
        (identity, ("y" * 22 + str(identity))[-22:], anna.id, ("y" * 22 + str(identity))[-22:] + ".png"))
    scheduled = schedule(anna, "its time has come", media_ids=[str(identity)], visibility="unlisted", language="fr")
    assert scheduled["media_attachments"][0]["id"] == str(identity)
    promised = "Cannot attach files that a scheduled post waits with"
    assert anna.post("/api/v1/statuses", 422, {"status": "now", "media_ids[]": [identity]})["error"] == promised
    assert schedule(anna, "later still", 422, media_ids=[str(identity)])["error"] == promised
    make_due(server, scheduled["id"])
    schedule(anna, "rings the bell")

    def published():
        return server.database.rows("select id from posts where text_source = 'its time has come'")
    post = wait_until(published, 30, "the scheduled post")
    assert len(post) == 1
    status = anna.get(f"/api/v1/statuses/{post[0][0]}")
    assert status["visibility"] == "unlisted" and status["language"] == "fr" and status["application"]["name"] == "Tests"
    assert [medium["id"] for medium in status["media_attachments"]] == [str(identity)]
    anna.get(f"/api/v1/scheduled_statuses/{scheduled['id']}", 404)
    server.database.rows("insert into jobs (id, kind, key, due_at) values (%s, 'scheduled', %s, now()) on conflict do nothing"
                         " returning 1", (new_id(), scheduled["id"]))
    wait_until(lambda: not server.database.rows("select 1 from jobs where key = %s", (scheduled["id"],)), 30, "the second run")
    assert len(published()) == 1


def test_what_may_not_be_published_any_more_stays_for_its_author(server, anna, ben):
    parent = ben.post("/api/v1/statuses", data={"status": "going"})
    scheduled = schedule(anna, "an answer too late", in_reply_to_id=parent["id"])
    ben.delete(f"/api/v1/statuses/{parent['id']}")
    make_due(server, scheduled["id"])
    schedule(anna, "rings the bell")
    wait_until(lambda: not server.database.rows("select 1 from jobs where key = %s", (scheduled["id"],)), 30, "the run")
    assert "an answer too late" not in texts(anna)
    assert anna.get(f"/api/v1/scheduled_statuses/{scheduled['id']}")["id"] == scheduled["id"]


def test_a_repeated_request_schedules_once(anna):
    keys = {"Idempotency-Key": "scheduled-key"}
    data = {"status": "once later", "scheduled_at": at(hours=3)}
    first = anna.post("/api/v1/statuses", data=data, headers=keys)
    assert first["params"]["idempotency"] == "scheduled-key"
    assert anna.post("/api/v1/statuses", data=data, headers=keys)["id"] == first["id"]
    anna.post("/api/v1/statuses", 422, {"status": "another", "scheduled_at": at(hours=3)}, headers=keys)
