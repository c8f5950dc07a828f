# SPDX-License-Identifier: AGPL-3.0-or-later
"""The gate of brand accounts: nothing of theirs is said without a ground, by whatever door; what apps are told instead."""
import json

import psycopg2
import pytest

from support.api import Api, new_id, person
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
    return [ground for ground, in house.database.rows("select ground from releases where post_id = %s order by number", (post_id,))]


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
    person(house.server, "gatebystander").post(STATUSES, data={"status": "there is a post"})
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


# ---- what makes no activity: nobody elsewhere follows ----

def write_row(house, table, claim=None, change="select 1"):
    """A post or a boost of the brand, as a program would write it that forgot to ask."""
    connection = house.database.connect()
    try:
        cursor = connection.cursor()
        if claim:
            cursor.execute("select set_config('comptoir.release', %s, true)", (json.dumps(claim),))
        number = new_id()
        if table == "posts":
            cursor.execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, text_source, created_at) values"
                           " (%s, %s, %s, %s, %s, 'public', 'x', 'x #bound', now())",
                           (number, house.account, f"https://gate.example/{number}", f"https://gate.example/@{number}", number))
            cursor.execute("insert into post_tags (post_id, name) values (%s, 'bound')", (number,))
        else:
            cursor.execute("insert into boosts (id, actor_id, post_id, uri) select %s, %s, max(id), %s from posts",
                           (number, house.account, f"https://gate.example/{number}"))
        cursor.execute(change)
        connection.commit()
        return number
    finally:
        connection.close()


def users(house):
    return [house.database.value("select u.id from users as u join actors as a on a.id = u.actor_id where a.handle = %s", (who.name,))
            for who in (house.marie, house.wilma)]


def test_what_nobody_elsewhere_is_told_has_its_ground_too(house):
    founder, writer = users(house)
    draft = house.draft(submit=True)
    person(house.server, "gatenobody").post(STATUSES, data={"status": "there is a post"})
    for claim in (None, {"ground": "spoken", "user_id": writer}, {"ground": "counters"}, {"ground": "reply", "user_id": founder, "ticket_id": 5},
                  {"ground": "approved", "user_id": founder, "draft_id": int(draft["id"]), "version": 1}):
        for table in ("posts", "boosts"):
            with pytest.raises(psycopg2.Error, match="not released"):
                write_row(house, table, claim)
    said = [write_row(house, table, {"ground": "spoken", "user_id": founder}) for table in ("boosts", "posts")]
    assert grounds(house, said[1]) == ["spoken"]
    assert house.database.value("select count(*) from releases where actor_id = %s and activity_id is null", (house.account,)) == 2
    for change in ("html = 'other words'", "visibility = 'unlisted'", "edited_at = now(), spoiler_text = 'look'"):
        with pytest.raises(psycopg2.Error, match="Update of a brand account is not released"):
            house.database.rows(f"update posts set {change} where id = {said[1]} returning 1")
    house.database.rows(f"update posts set revision = revision + 1 where id = {said[1]} returning 1")


def test_everything_that_is_said_without_followers_has_one_ground(house):
    post = app(house, "marie").post(STATUSES, data={"status": "nobody follows"})
    assert grounds(house, post["id"]) == ["spoken"]
    app(house, "marie").put(f"{STATUSES}/{post['id']}", data={"status": "still nobody"})
    draft = house.draft(kind="edit", post_id=post["id"], status="nor now", submit=True)
    house.decide(house.erik, draft)
    assert house.erik.post(f"/drafts/{draft['id']}/publish")["state"] == "published"
    boost = house.draft(kind="boost", post_id=post["id"], submit=True)
    house.decide(house.erik, boost)
    assert house.erik.post(f"/drafts/{boost['id']}/publish")["state"] == "published"
    assert grounds(house, post["id"]) == ["spoken", "spoken", "approved", "approved"]
    types = house.database.rows("select type from releases where post_id = %s order by number", (post["id"],))
    assert [kind for kind, in types] == ["Create", "Update", "Update", "Announce"]
    assert [step["kind"] for step in house.marie.get(f"/objects/{post['id']}/provenance")["steps"]] == ["boost", "edit", "edit", "post"]
    assert house.database.value("select count(*) from activities_out where post_id = %s and type = 'Create'", (post["id"],)) == 0


def test_the_database_knows_whom_a_policy_binds(house):
    founder, _ = users(house)
    policy = house.policy(tags=["bound"], binds_speakers=True)
    with pytest.raises(psycopg2.Error, match="not released"):
        write_row(house, "posts", {"ground": "spoken", "user_id": founder})
    for fields in ({"tags": ["free"]}, {"tags": ["bound"], "kinds": ["edit"]}, {"tags": ["bound"], "languages": ["fr"]},
                   {"tags": ["bound"], "has_media": True}, {"tags": ["bound"], "has_link": True}):
        house.marie.call("PUT", f"/approval_policies/{policy['id']}", 200, json={
            "name": policy["name"], "steps": [{"permission": "draft.approve"}], "binds_speakers": True, **fields})
        write_row(house, "posts", {"ground": "spoken", "user_id": founder})
    house.policy(kinds=["boost"], binds_speakers=True, position=-3)
    with pytest.raises(psycopg2.Error, match="not released"):
        write_row(house, "boosts", {"ground": "spoken", "user_id": founder})


def test_the_database_knows_which_policy_covers_replies(house):
    customer = person(house.server, "gatereplies")
    handle = house.database.value("select handle from actors where id = %s", (house.account,))
    customer.post(STATUSES, data={"status": f"@{handle} hello?"})
    ticket = int(wait_until(lambda: house.marie.get("/conversations", actor_id=house.account), 20, "the conversation")[0]["id"])
    founder, _ = users(house)
    claim = {"ground": "reply", "user_id": founder, "ticket_id": ticket}
    write_row(house, "posts", claim)
    house.policy(tags=["bound"], covers_replies=True)
    with pytest.raises(psycopg2.Error, match="not released"):
        write_row(house, "posts", claim)


def test_what_came_past_the_gate_is_in_no_document_and_no_outbox(house):
    founder, _ = users(house)
    database = house.database
    actor = database.value("select uri from actors where id = %s", (house.account,))
    kept = app(house, "marie").post(STATUSES, data={"status": "said in order"})
    person(house.server, "gatepast").post(STATUSES, data={"status": "not to be boosted"})
    database.rows("alter table posts disable trigger release_gate_post; alter table boosts disable trigger release_gate_boost; select 1")
    try:
        boost, number = write_row(house, "boosts"), write_row(house, "posts")
    finally:
        database.rows("alter table posts enable trigger release_gate_post; alter table boosts enable trigger release_gate_boost; select 1")
    database.rows("update posts set uri = %s where id = %s returning 1", (f"{actor}/statuses/{number}", number))
    database.rows("update boosts set uri = %s where id = %s returning 1", (f"{actor}/statuses/{boost}/activity", boost))
    reader = Api(house.server)
    headers = {"Accept": "application/activity+json"}
    path = actor[actor.index("/", 8):]
    uri = database.value("select uri from posts where id = %s", (kept["id"],))
    assert reader.call("GET", uri[uri.index("/", 8):], 200, headers=headers)
    for sub in ("", "/activity", "/replies", "/likes"):
        reader.call("GET", f"{path}/statuses/{number}{sub}", 404, headers=headers)
    reader.call("GET", f"{path}/statuses/{boost}/activity", 404, headers=headers)
    outbox = reader.call("GET", f"{path}/outbox?page=true", 200, headers=headers).text
    assert uri in outbox and str(number) not in outbox and str(boost) not in outbox
