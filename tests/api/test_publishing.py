# SPDX-License-Identifier: AGPL-3.0-or-later
"""What surrounds publishing for brands: who wrote, approved and pressed; the command line; what apps may do with what is
scheduled; slots of the queue."""
import json
import threading

import pytest

from support.api import Api, person
from support.brand import problem
from support.listener import Listener
from support.waiting import wait_until
from test_drafts import House, later
from test_gate import follow_from_afar

STATUSES = "/api/v1/statuses"
SCHEDULED = "/api/v1/scheduled_statuses"


@pytest.fixture
def house(server):
    return House(server)


def app(house, name):
    return house.world.bound(name, house.account)


def command(house, *arguments, check=True):
    return house.server.command(*arguments, check=check)


def as_json(house, *arguments):
    return json.loads(command(house, *arguments, "--json").stdout)


# ---- who wrote, who approved, who pressed ----

def published(house):
    """Written by wilma, changed by emma, approved by erik, pressed by erik."""
    draft = house.draft(submit=True)
    edited = house.emma.call("PUT", f"/drafts/{draft['id']}", 200, json={"status": draft["content"]["text"] + " today"},
                             headers={"If-Match": f'"{draft["lock_version"]}"'}).json()
    if edited["state"] == "draft":
        edited = house.emma.post(f"/drafts/{draft['id']}/submit")
    house.decide(house.erik, edited)
    return house.erik.post(f"/drafts/{draft['id']}/publish")


def test_a_post_answers_who_wrote_approved_and_pressed(house):
    draft = published(house)
    seen = house.lea.get(f"/objects/{draft['post_id']}/provenance")
    step, = seen["steps"]
    assert (seen["post_id"], seen["account_id"], step["draft_id"], step["version"]) == (draft["post_id"], house.account, draft["id"], 2)
    assert (step["ground"], step["kind"], step["number"]) == ("approved", "post", draft["number"])
    assert [one["username"] for one in step["writers"]] == ["brand_wilma", "brand_emma"]
    assert [(one["username"], one["step"], one["decision"]) for one in step["approvals"]] == [("brand_erik", 1, "approve")]
    assert step["pressed_by"]["username"] == "brand_erik"
    assert [(one["action"], one["door"], one["username"]) for one in seen["log"]] == [("draft.publish", "api", "brand_erik")]


def test_what_an_app_said_answers_too_and_still_does_when_it_is_gone(house):
    post = app(house, "marie").post(STATUSES, data={"status": "at once"})
    house.draft(house.marie, kind="edit", post_id=post["id"], status="at twice", publish=True)
    app(house, "marie").call("DELETE", f"{STATUSES}/{post['id']}")
    seen = house.marie.get(f"/objects/{post['id']}/provenance")
    assert [(one["ground"], one["kind"]) for one in seen["steps"]] == [("spoken", "edit"), ("spoken", "post")]
    assert {one["pressed_by"]["username"] for one in seen["steps"]} == {"brand_marie"}
    assert seen["steps"][1]["writers"] == [seen["steps"][1]["pressed_by"]]
    assert as_json(house, "audit", "post", post["url"]) == seen


def test_nobody_else_is_told_who(house):
    post = published(house)["post_id"]
    problem(house.world.paul.call("GET", f"/objects/{post}/provenance", None), "not-found", 404)
    problem(house.marie.call("GET", "/objects/5/provenance", None), "not-found", 404)
    command(house, "member", "add", house.world.slug, "brand_luc")
    problem(house.world.luc.call("GET", f"/objects/{post}/provenance", None), "permission-missing", 403)
    for permission in ("org.audit", "draft.comment"):
        command(house, "member", "grant", house.world.slug, "brand_luc", "--permission", permission)
        assert house.world.luc.get(f"/objects/{post}/provenance")["steps"]
        command(house, "member", "withdraw", house.world.slug, "brand_luc", "--permission", permission)
    everybody = Api(house.server)
    for path in (f"{STATUSES}/{post}", f"{STATUSES}/{post}/context", f"{STATUSES}/{post}/history"):
        assert "brand_" not in json.dumps(everybody.get(path))


def test_the_operator_asks_by_address(house):
    draft = published(house)
    url = house.database.value("select url from posts where id = %s", (draft["post_id"],))
    uri = house.database.value("select uri from posts where id = %s", (draft["post_id"],))
    assert as_json(house, "audit", "post", url) == as_json(house, "audit", "post", uri) == house.marie.get(
        f"/objects/{draft['post_id']}/provenance")
    said = command(house, "audit", "post", url).stdout
    assert "written by @brand_wilma, @brand_emma" in said and "step 1: approved by @brand_erik" in said and "pressed by @brand_erik" in said
    missing = command(house, "audit", "post", "https://elsewhere.example/5", check=False)
    assert missing.returncode == 5 and "no account of an organisation here" in missing.stderr


# ---- the command line ----

def test_drafts_go_their_way_by_the_command_line(house):
    slug = house.world.slug
    draft = house.draft()
    number = str(draft["number"])
    assert [one["id"] for one in as_json(house, "draft", "list", slug, "--state", "draft")] == [draft["id"]]
    assert as_json(house, "draft", "show", slug, number) == house.marie.get(f"/drafts/{draft['id']}")
    assert "step 1: draft.approve, 0 of 1" in command(house, "draft", "show", slug, number).stdout
    assert as_json(house, "draft", "submit", slug, number)["state"] == "in_review"
    assert as_json(house, "draft", "reject", slug, number, "--as", "brand_erik", "--comment", "no")["state"] == "changes_requested"
    assert as_json(house, "draft", "withdraw", slug, number)["state"] == "withdrawn"
    draft = house.draft(submit=True)
    number = str(draft["number"])
    nobody = command(house, "draft", "approve", slug, number, check=False)
    assert nobody.returncode == 2 and "--as MEMBER is missing" in nobody.stderr
    for name, says in (("brand_wilma", "who wrote it"), ("brand_lea", "may not")):
        refused = command(house, "draft", "approve", slug, number, "--as", name, check=False)
        assert refused.returncode == 1 and says in refused.stderr
    stale = command(house, "draft", "approve", slug, number, "--as", "brand_erik", "--version", "7", check=False)
    assert stale.returncode == 6
    assert as_json(house, "draft", "approve", slug, number, "--as", "brand_erik")["state"] == "approved"
    assert as_json(house, "draft", "schedule", slug, number, later(3600), "--as", "brand_wilma")["state"] == "scheduled"
    refused = command(house, "draft", "publish", slug, number, "--as", "brand_lea", check=False)
    assert refused.returncode == 1 and house.posts(draft["content"]["text"]) == 0
    done = as_json(house, "draft", "publish", slug, number, "--as", "brand_erik")
    assert done["state"] == "published" and house.posts(draft["content"]["text"]) == 1
    doors = {door for door, in house.database.rows("select door from audit_log where target = %s or data::jsonb ->> 'draft_id' = %s",
                                                   (f"draft:{draft['id']}", draft["id"]))}
    assert doors == {"api", "command"}
    assert "published" in command(house, "draft", "list", slug).stdout
    for arguments, code in ((("draft", "show", slug, "4711"), 5), (("draft", "show", slug, "x"), 2),
                            (("draft", "list", slug, "--state", "x"), 2), (("draft", "schedule", slug, number, "soon"), 2)):
        assert command(house, *arguments, check=False).returncode == code


# ---- what apps may do with what is scheduled ----

def scheduled(house, text="on Sunday", name="wilma", **fields):
    return app(house, name).post(STATUSES, data={"status": text, "scheduled_at": later(3600), **fields})


def test_a_writer_lists_moves_and_cancels_what_she_scheduled(house):
    tusky = app(house, "wilma")
    first, second = scheduled(house, "one", spoiler_text="look"), scheduled(house, "two")
    listed = tusky.get(SCHEDULED)
    assert [one["id"] for one in listed] == [second["id"], first["id"]] and listed[1] == first == tusky.get(f"{SCHEDULED}/{first['id']}")
    assert set(first) == {"id", "scheduled_at", "params", "media_attachments"}
    assert first["params"]["text"] == "one" and first["params"]["spoiler_text"] == "look" and "actor_id" not in first["params"]
    assert [one["id"] for one in tusky.get(SCHEDULED, limit=1)] == [second["id"]]
    assert [one["id"] for one in tusky.get(SCHEDULED, limit=1, min_id=5)] == [first["id"]]
    time = later(7200)
    moved = tusky.put(f"{SCHEDULED}/{first['id']}", data={"scheduled_at": time})
    assert moved["scheduled_at"][:16] == time[:16] and house.marie.get(f"/drafts/{first['id']}")["scheduled_at"] == moved["scheduled_at"]
    soon = tusky.put(f"{SCHEDULED}/{first['id']}", 422, data={"scheduled_at": later(30)})
    assert soon == {"error": "Validation failed: Scheduled at date must be in the future"}
    assert tusky.delete(f"{SCHEDULED}/{first['id']}") == {}
    assert house.state(first) == "withdrawn" and house.state(second) == "in_review"
    assert [one["id"] for one in tusky.get(SCHEDULED)] == [second["id"]]
    for method in ("GET", "PUT", "DELETE"):
        tusky.call(method, f"{SCHEDULED}/{first['id']}", 404, data={"scheduled_at": later(7200)} if method == "PUT" else None)
    doors = house.database.rows("select action, door from audit_log where target = %s order by number", (f"draft:{first['id']}",))
    assert doors == [("draft.create", "app"), ("draft.schedule", "app"), ("draft.withdraw", "app")]


def test_what_others_scheduled_is_not_theirs(house):
    mine = scheduled(house)
    by_founder = scheduled(house, "at once allowed", "marie")
    house.policy(tags=["bound"], binds_speakers=True)
    waiting = scheduled(house, "founder's #bound", "marie")
    speaker, editor = app(house, "marie"), app(house, "erik")
    assert [one["id"] for one in speaker.get(SCHEDULED)] == [waiting["id"], by_founder["id"]]
    assert editor.get(SCHEDULED) == [] and [one["id"] for one in app(house, "wilma").get(SCHEDULED)] == [mine["id"]]
    for who, number in ((speaker, mine["id"]), (editor, mine["id"]), (editor, by_founder["id"]), (app(house, "wilma"), by_founder["id"])):
        who.call("GET", f"{SCHEDULED}/{number}", 404)
        who.call("PUT", f"{SCHEDULED}/{number}", 404, data={"scheduled_at": later(7200)})
        who.call("DELETE", f"{SCHEDULED}/{number}", 404)
    app(house, "lea").call("DELETE", f"{SCHEDULED}/{mine['id']}", 403)
    assert speaker.delete(f"{SCHEDULED}/{by_founder['id']}") == {} and speaker.delete(f"{SCHEDULED}/{waiting['id']}") == {}


# ---- slots and campaigns ----

def set_slots(house, *times):
    version = house.marie.get(f"/accounts/{house.account}/slots")["version"]
    slots = [{"weekday": weekday, "time": time} for weekday in range(1, 8) for time in times]
    house.erik.call("PUT", f"/accounts/{house.account}/slots", 200, json={"slots": slots}, headers={"If-Match": f'"{version}"'})


def test_a_draft_takes_the_next_slot(house):
    draft = house.draft(house.wilma)
    problem(house.wilma.call("POST", f"/drafts/{draft['id']}/schedule", None, json={"slot": "next"}), "bad-value", 422)
    set_slots(house, "09:00", "15:00")
    for wrong in ({"slot": "last"}, {"slot": "next", "scheduled_at": later(60)}):
        problem(house.wilma.call("POST", f"/drafts/{draft['id']}/schedule", None, json=wrong), "bad-value", 422)
    first = house.wilma.post(f"/drafts/{draft['id']}/schedule", json={"slot": "next"})["scheduled_at"]
    second = house.draft(house.wilma, slot="next")["scheduled_at"]
    third = as_json(house, "draft", "schedule", house.world.slug, str(house.draft()["number"]), "next", "--as", "brand_wilma")["scheduled_at"]
    assert first < second < third
    free = [one["at"] for one in house.marie.get("/calendar", **{"from": later(0), "to": later(7 * 24 * 3600)})["slots"] if one["is_free"]]
    assert not {first, second, third} & set(free) and min(free) > third
    late = house.draft(house.wilma, slot="next", embargo_until=later(5 * 24 * 3600))
    assert late["scheduled_at"] >= late["embargo_until"]
    problem(house.wilma.call("POST", "/drafts", None, json={"status": "x", "actor_id": house.account, "slot": "next",
                                                            "expires_at": later(1)}), "expired-asset", 422)


def test_two_at_once_never_take_the_same_slot(house):
    set_slots(house, "09:00", "12:00", "15:00")
    drafts = [house.draft() for _ in range(8)]
    taken = []

    def take(draft):
        taken.append(house.world.bound("wilma", house.account).post(f"/drafts/{draft['id']}/schedule", json={"slot": "next"})["scheduled_at"])

    threads = [threading.Thread(target=take, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 8


def test_a_campaign_is_of_the_organisation(house):
    campaign = house.marie.post("/campaigns", json={"name": "Spring"}, status=201)["id"]
    foreign = house.world.paul.post("/campaigns", json={"name": "Theirs"}, status=201)["id"]
    draft = house.draft(campaign_id=campaign)
    assert draft["campaign_id"] == campaign
    for wrong in (foreign, "5"):
        problem(house.wilma.call("POST", "/drafts", None, json={"status": "x", "actor_id": house.account, "campaign_id": wrong}), "bad-value", 422)
        problem(house.wilma.call("PUT", f"/drafts/{draft['id']}", None, json={"status": "x", "campaign_id": wrong},
                                 headers={"If-Match": f'"{draft["lock_version"]}"'}), "bad-value", 422)
    assert house.marie.get(f"/drafts/{draft['id']}")["campaign_id"] == campaign


# ---- the team's stream ----

@pytest.fixture
def listen():
    listeners = []

    def make(api):
        listeners.append(Listener(api))
        return listeners[-1]
    yield make
    for listener in listeners:
        listener.close()


def heard(listener, name):
    return [event for known, event in listener.events if known == name]


def test_the_team_is_told_once_when_a_post_has_arrived_everywhere(server_factory, listen):
    house = House(server_factory({"federation.allow_addresses": "127.0.0.0/8"}))
    peer = follow_from_afar(house)
    try:
        marie, paul = listen(house.marie), listen(house.world.paul)
        post = app(house, "marie").post(STATUSES, data={"status": "on its way"})["id"]
        house.draft(house.marie, publish=True, visibility="direct", status="to nobody")
        ended = wait_until(lambda: heard(marie, "delivery.ended"), 40, "the end of the deliveries")
        assert ended == [{"post_id": post, "account_id": house.account, "pending": 0, "accepted": 1, "refused": 0, "given_up": 0,
                          "withheld": 0}]
        wait_until(lambda: not house.database.value("select count(*) from jobs where kind = 'delivery_watch'"), 30, "the end of the watch")
        assert len(heard(marie, "delivery.ended")) == 1 and not paul.events
        assert house.marie.get(f"/objects/{post}/deliveries")["total"]["accepted"] == 1
    finally:
        peer.close()


def test_nobody_is_told_while_a_delivery_is_pending(house, listen):
    peer = follow_from_afar(house)
    peer.close()
    marie = listen(house.marie)
    post = app(house, "marie").post(STATUSES, data={"status": "not there yet"})["id"]
    looked = "select count(*) from jobs where kind = 'delivery_watch' and key = %s and due_at > created_at + interval '3 seconds'"
    wait_until(lambda: house.database.value(looked, (post,)), 30, "the watch to look again")
    assert not heard(marie, "delivery.ended")
    house.database.rows("update deliveries as d set state = 'given_up', ended_at = now(), leased_by = null from activities_out as a"
                        " where a.id = d.activity_id and a.post_id = %s returning 1", (post,))
    assert wait_until(lambda: heard(marie, "delivery.ended"), 30, "the end")[0]["given_up"] == 1


def test_the_team_hears_who_quotes_it(house, listen):
    quoter = person(house.server, "quoter" + house.world.suffix)
    post = app(house, "marie").post(STATUSES, data={"status": "quote me", "quote_approval_policy": "public"})
    luc, marie, paul = listen(house.lea), listen(house.marie), listen(house.world.paul)
    quote = quoter.post(STATUSES, data={"status": "look at that", "quoted_status_id": post["id"]})
    for listener in (luc, marie):
        assert wait_until(lambda listener=listener: heard(listener, "quote.accepted"), 20, "the notice") == [
            {"id": quote["id"], "post_id": post["id"], "account_id": house.account, "policy": "public", "url": quote["url"]}]
    assert not heard(paul, "quote.accepted")
