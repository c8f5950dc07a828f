# SPDX-License-Identifier: AGPL-3.0-or-later
"""The gate of brand accounts: nothing of theirs is said without a ground, by whatever door; what apps are told instead."""
import json

import psycopg2
import pytest

from support.api import new_id, person
from support.far import far_actor, follow
from support.peers import Peer
from support.waiting import wait_until
from support.brand import problem
from test_drafts import House, later

STATUSES = "/api/v1/statuses"
SAVED = "Saved for review (draft {}). It will be published after approval."


@pytest.fixture
def house(server):
    return House(server)


def app(house, name):
    return house.world.bound(name, house.account)


def drafts(house):
    return house.marie.get("/drafts", limit=80)


def grounds(house, post_id):
    return [ground for ground, in house.database.rows("select ground from releases where post_id = %s order by activity_id", (post_id,))]


def follow_from_afar(house):
    """Somebody elsewhere follows the brand, so that its posts become activities."""
    peer = Peer()
    host = f"127.0.0.1:{peer.port}"
    name = f"far{new_id()}"
    base = f"http://{host}/users/{name}"
    number = far_actor(house.database, name, host, uri=base, url=f"http://{host}/@{name}", inbox_url=base + "/inbox")
    follow(house.database, number, house.account)
    return peer


@pytest.fixture
def peer(house):
    far = follow_from_afar(house)
    try:
        yield far
    finally:
        far.close()


def test_who_may_speak_publishes_and_the_ground_is_kept(house, peer):
    status = app(house, "marie").post(STATUSES, data={"status": "fresh roses"})
    assert grounds(house, status["id"]) == ["spoken"]
    assert house.database.value("select user_id from releases where post_id = %s", (status["id"],)) == house.database.value(
        "select u.id from users as u join actors as a on a.id = u.actor_id where a.handle = %s", (house.marie.name,))
    app(house, "marie").call("PUT", f"{STATUSES}/{status['id']}", data={"status": "fresher roses"})
    app(house, "marie").post(f"{STATUSES}/{status['id']}/reblog")
    assert grounds(house, status["id"])[:2] == ["spoken", "spoken"]


@pytest.mark.parametrize("locale, sentence", [
    ("en", SAVED), ("fr", "Enregistré pour relecture (brouillon {}). Il sera publié après approbation.")])
def test_a_writer_is_told_that_the_post_is_saved_for_review_and_once(house, peer, locale, sentence):
    house.database.rows("update users set locale = %s where actor_id = (select id from actors where handle = %s) returning 1",
                        (locale, house.wilma.name))
    tusky, body = app(house, "wilma"), {"status": "tulips on sale"}
    before = house.database.value("select count(*) from posts")
    first = tusky.call("POST", STATUSES, 422, data=body, headers={"Idempotency-Key": "phone-1"}).json()
    again = tusky.call("POST", STATUSES, 422, data=body, headers={"Idempotency-Key": "phone-1"}).json()
    assert first == again and len(drafts(house)) == 1
    draft = drafts(house)[0]
    assert first == {"error": sentence.format(draft["number"])}
    assert draft["state"] == "in_review" and draft["content"]["text"] == "tulips on sale"
    assert house.database.value("select count(*) from posts") == before and house.database.value("select count(*) from activities_out where"
                                                                                                  " actor_id = %s", (house.account,)) == 0
    published = house.decide(house.erik, draft).json()
    published = house.erik.post(f"/drafts/{draft['id']}/publish")
    assert grounds(house, published["post_id"]) == ["approved"]
    body = json.loads(bytes(house.database.value("select body from activities_out where post_id = %s", (published["post_id"],))))
    assert body["type"] == "Create" and "tulips on sale" in body["object"]["content"]


def test_a_writers_edit_and_boost_wait_for_review(house, peer):
    post = app(house, "marie").post(STATUSES, data={"status": "as it was"})
    tusky = app(house, "wilma")
    assert "draft" in tusky.call("PUT", f"{STATUSES}/{post['id']}", 422, data={"status": "as it will be"}).json()["error"]
    assert "draft" in tusky.call("POST", f"{STATUSES}/{post['id']}/reblog", 422).json()["error"]
    assert "as it was" in tusky.get(f"{STATUSES}/{post['id']}")["content"] and tusky.get(f"{STATUSES}/{post['id']}")["reblogs_count"] == 0
    boost, edit = drafts(house)
    assert (boost["kind"], edit["kind"]) == ("boost", "edit")
    for draft in (edit, boost):
        house.decide(house.erik, draft)
        assert house.erik.post(f"/drafts/{draft['id']}/publish")["state"] == "published"
    shown = tusky.get(f"{STATUSES}/{post['id']}")
    assert "as it will be" in shown["content"] and shown["reblogs_count"] == 1


def test_a_writer_schedules_and_it_waits_for_both(house):
    scheduled = app(house, "wilma").post(STATUSES, data={"status": "on Sunday", "scheduled_at": later(3600)})
    draft = drafts(house)[0]
    assert scheduled["id"] == draft["id"] and scheduled["params"]["text"] == "on Sunday" and scheduled["media_attachments"] == []
    assert draft["state"] == "in_review" and house.decide(house.erik, draft).json()["state"] == "scheduled"


def test_an_agent_answers_in_an_open_conversation_and_says_nothing_else(house, peer):
    agent = house.join("agnes", "agent")
    customer = person(house.server, "gatecustomer")
    handle = house.database.value("select handle from actors where id = %s", (house.account,))
    question = customer.post(STATUSES, data={"status": f"@{handle} where is my order?"})
    wait_until(lambda: house.marie.get("/conversations", actor_id=house.account), 20, "the conversation")
    answer = app(house, "agnes").post(STATUSES, data={"status": "On its way.", "in_reply_to_id": question["id"]})
    assert agent and answer["in_reply_to_id"] == question["id"]
    assert grounds(house, answer["id"]) == ["reply"]
    app(house, "agnes").post(STATUSES, 403, data={"status": "out of nowhere"})
    elsewhere = customer.post(STATUSES, data={"status": "nobody is meant"})
    app(house, "agnes").post(STATUSES, 403, data={"status": "barging in", "in_reply_to_id": elsewhere["id"]})
    house.policy(covers_replies=True, position=-9)
    app(house, "agnes").post(STATUSES, 403, data={"status": "Look.", "in_reply_to_id": question["id"]})
    ticket = house.marie.get("/conversations", actor_id=house.account)[0]
    refused = agent.call("POST", f"/conversations/{ticket['id']}/reply", None, json={"status": "Look."},
                         headers={"If-Match": f'"{ticket["version"]}"'})
    problem(refused, "bad-value", 422)


def test_a_policy_binds_those_who_may_speak(house):
    house.policy(tags=["offer"], binds_speakers=True)
    assert "draft" in app(house, "marie").call("POST", STATUSES, 422, data={"status": "an #offer"}).json()["error"]
    harmless = app(house, "marie").post(STATUSES, data={"status": "no such thing"})
    assert "draft" in app(house, "marie").call("PUT", f"{STATUSES}/{harmless['id']}", 422, data={"status": "an #offer"}).json()["error"]


def write_activity(house, kind, claim=None):
    """What a program that forgot to ask would do."""
    post = None if kind in ("Follow", "Like") else house.database.value("select max(id) from posts")
    connection = house.database.connect()
    try:
        cursor = connection.cursor()
        if claim:
            cursor.execute("select set_config('comptoir.release', %s, true)", (json.dumps(claim),))
        number = new_id()
        cursor.execute("insert into activities_out (id, uri, type, actor_id, post_id, body, body_sha256) values (%s, %s, %s, %s, %s, %s,"
                       " sha256(%s))", (number, f"https://gate.example/{number}", kind, house.account, post, b"{}", b"{}"))
        connection.commit()
        return number
    finally:
        connection.close()


def test_the_database_refuses_what_has_no_ground(house):
    user = house.database.value("select u.id from users as u join actors as a on a.id = u.actor_id where a.handle = %s", (house.wilma.name,))
    founder = house.database.value("select u.id from users as u join actors as a on a.id = u.actor_id where a.handle = %s", (house.marie.name,))
    draft = house.draft(submit=True)
    person(house.server, "gatewitness").post(STATUSES, data={"status": "there is a post"})
    for claim in (None, {"ground": "spoken", "user_id": user}, {"ground": "nonsense"}, {"ground": "counters"},
                  {"ground": "approved", "user_id": user, "draft_id": int(draft["id"]), "version": 1},
                  {"ground": "spoken", "user_id": founder, "draft_id": int(draft["id"]), "version": 1},
                  {"ground": "reply", "user_id": founder, "ticket_id": 5}):
        for kind in ("Create", "Announce"):
            with pytest.raises(psycopg2.Error, match="not released"):
                write_activity(house, kind, claim)
    with pytest.raises(psycopg2.Error, match="not released"):
        write_activity(house, "Update", {"ground": "spoken", "user_id": user})
    assert house.database.value("select count(*) from activities_out where actor_id = %s", (house.account,)) == 0
    write_activity(house, "Follow")
    number = write_activity(house, "Create", {"ground": "spoken", "user_id": founder})
    for change in ("update releases set ground = 'counters'", "delete from releases"):
        with pytest.raises(psycopg2.Error, match="new entries only"):
            house.database.rows(f"{change} where activity_id = {number} returning 1")


def test_what_came_past_the_gate_is_not_signed(house, peer):
    database = house.database
    database.rows("alter table activities_out disable trigger release_gate; select 1")
    try:
        number = write_activity(house, "Create")
    finally:
        database.rows("alter table activities_out enable trigger release_gate; select 1")
    database.rows("insert into deliveries (activity_id, inbox_url, peer) values (%s, %s, %s) returning 1",
                  (number, f"http://127.0.0.1:{peer.port}/inbox", f"127.0.0.1:{peer.port}"))
    app(house, "marie").post(STATUSES, data={"status": "rings the bell"})
    wait_until(lambda: database.value("select state from deliveries where activity_id = %s", (number,)) == "withheld", 30,
               "the delivery to be withheld")
    assert database.value("select last_error from deliveries where activity_id = %s", (number,)) == "not_released"
    assert all(str(number).encode() not in request.body for request in peer.requests)
