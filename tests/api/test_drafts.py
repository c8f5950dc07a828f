# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drafts: from the first word over review and approval to the post; who may do what, in which state, and what is refused."""
import base64
import datetime
import os
import uuid

import pytest

from support.api import make_token, new_id
from support.brand import SCOPES, Brand, World, problem
from support.waiting import wait_until


def later(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


ROLES = {"brand_wilma": "writer", "brand_erik": "editor-in-chief", "brand_emma": "editor-in-chief", "brand_lea": "legal"}


class House:
    """fleurs with marie (the founder), wilma (writer), erik and emma (editors-in-chief), lea (legal)."""

    def __init__(self, server):
        self.world = World(server)
        self.server, self.database = server, server.database
        self.account = self.world.account(self.world.slug)
        self.marie = self.world.marie
        self.gone = []
        self.wilma = self.join("wilma", "writer")
        self.erik = self.join("erik", "editor-in-chief")
        self.emma = self.join("emma", "editor-in-chief")
        self.lea = self.join("lea", "legal")

    def join(self, name, role):
        people = self.world.people
        if name not in people:
            self.server.create_account("brand_" + name)
            people[name] = Brand(self.server, make_token(self.database, "brand_" + name, SCOPES), "brand_" + name)
        self.server.command("member", "add", self.world.slug, "brand_" + name, "--role", role)
        return people[name]

    def leave(self, who):
        self.server.command("member", "remove", self.world.slug, who.name)
        self.gone.append(who.name)

    def come_back(self):
        while self.gone:
            name = self.gone.pop()
            self.server.command("member", "add", self.world.slug, name, "--role", ROLES[name])

    def medium(self, description):
        """A picture of the account that is ready, however it came."""
        number = new_id()
        name = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        self.database.rows("insert into media (id, name, actor_id, kind, state, mime_type, size_bytes, alt, file_name)"
                           " values (%s, %s, %s, 'image', 'ready', 'image/jpeg', 1000, %s, %s) returning 1",
                           (number, name, self.account, description, name + ".jpg"))
        return str(number)

    def draft(self, who=None, **fields):
        body = {"status": f"Fresh tulips {uuid.uuid4().hex[:8]}", "actor_id": self.account, "visibility": "public", **fields}
        return (who or self.wilma).post("/drafts", json=body, status=201)

    def policy(self, **fields):
        body = {"name": "p" + uuid.uuid4().hex[:8], "steps": [{"permission": "draft.approve"}], **fields}
        return self.marie.post("/approval_policies", json=body, status=201)

    def posts(self, text):
        return self.database.value("select count(*) from posts where html like %s", (f"%{text}%",))

    def state(self, draft):
        return self.marie.get(f"/drafts/{draft['id']}")["state"]

    def decide(self, who, draft, decision="approve", status=200, **fields):
        return who.call("POST", f"/drafts/{draft['id']}/{decision}", status, json={"version": draft["version"], **fields})


@pytest.fixture(scope="module")
def shared(server):
    return House(server)


@pytest.fixture
def house(shared):
    yield shared
    shared.come_back()


def test_a_draft_is_written_approved_and_published(house):
    draft = house.draft()
    assert draft["state"] == "draft" and draft["version"] == 1 and draft["content"]["text"] == draft["content"]["text"].strip()
    assert draft["steps"] == [{"number": 1, "permission": "draft.approve", "minimum": 1, "count": 0}]
    text = draft["content"]["text"]
    problem(house.wilma.call("POST", f"/drafts/{draft['id']}/publish", None), "not-approved", 422)
    draft = house.wilma.post(f"/drafts/{draft['id']}/submit")
    assert draft["state"] == "in_review" and house.posts(text) == 0
    draft = house.decide(house.erik, draft).json()
    assert draft["state"] == "approved" and draft["approvals"][0]["decision"] == "approve" and house.posts(text) == 0
    draft = house.erik.post(f"/drafts/{draft['id']}/publish")
    assert draft["state"] == "published" and house.posts(text) == 1
    assert house.database.value("select actor_id from posts where id = %s", (draft["post_id"],)) == int(house.account)
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "wrong-state", 409)
    assert house.posts(text) == 1


def test_who_works_alone_writes_and_publishes_at_once(house):
    draft = house.draft(house.marie, publish=True)
    assert draft["state"] == "published" and house.posts(draft["content"]["text"]) == 1


def test_who_may_not_speak_does_not_publish_at_once(house):
    text = "not at once " + uuid.uuid4().hex
    body = {"status": text, "actor_id": house.account, "publish": True}
    problem(house.wilma.call("POST", "/drafts", None, json=body), "permission-missing", 403)
    house.policy(tags=["bound"], binds_speakers=True)
    body["status"] = text = text + " #bound"
    problem(house.marie.call("POST", "/drafts", None, json=body), "not-approved", 422)
    assert house.posts(text) == 0 and not house.database.value("select count(*) from draft_versions where payload like %s", (f"%{text}%",))


def test_nobody_approves_their_own(house):
    draft = house.draft(house.erik, submit=True)
    problem(house.decide(house.erik, draft, status=None), "self-approval", 403)
    assert house.state(draft) == "in_review"
    edited = house.wilma.call("PUT", f"/drafts/{draft['id']}", 200, json={"status": "wilma's words"},
                              headers={"If-Match": f'"{draft["lock_version"]}"'}).json()
    edited = edited if edited["state"] == "in_review" else house.wilma.post(f"/drafts/{draft['id']}/submit")
    problem(house.decide(house.erik, edited, status=None), "self-approval", 403)
    problem(house.decide(house.wilma, edited, status=None), "self-approval", 403)
    assert house.decide(house.emma, edited).json()["state"] == "approved"


def test_a_decision_is_for_the_version_that_was_seen_and_counts_once(house):
    house.policy(tags=["two"], steps=[{"permission": "draft.approve", "minimum": 2}])
    draft = house.draft(status="needs #two", submit=True)
    problem(house.wilma.call("POST", f"/drafts/{draft['id']}/approve", None, json={}), "bad-value", 422)
    problem(house.decide(house.erik, {**draft, "version": 7}, status=None), "stale-version", 409)
    assert house.decide(house.erik, draft).json()["state"] == "in_review"
    problem(house.decide(house.erik, draft, status=None), "already-decided", 409)
    assert house.state(draft) == "in_review"
    assert house.decide(house.emma, draft).json()["state"] == "approved"


def test_an_edit_after_the_approval_goes_back_and_voids_it(house):
    house.policy(tags=["again"])
    draft = house.decide(house.erik, house.draft(status="#again", submit=True)).json()
    assert draft["state"] == "approved"
    edited = house.wilma.call("PUT", f"/drafts/{draft['id']}", 200, json={"status": "other words #again"},
                              headers={"If-Match": f'"{draft["lock_version"]}"'}).json()
    assert edited["state"] == "in_review" and edited["version"] == 2 and edited["steps"][0]["count"] == 0
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "not-approved", 422)
    stale = house.wilma.call("PUT", f"/drafts/{draft['id']}", None, json={"status": "late"}, headers={"If-Match": f'"{draft["lock_version"]}"'})
    problem(stale, "stale-version", 409)
    problem(house.wilma.call("PUT", f"/drafts/{draft['id']}", None, json={"status": "no version"}), "version-needed", 428)
    assert [one["version"] for one in house.wilma.get(f"/drafts/{draft['id']}/versions")] == [2, 1]


def test_steps_go_in_their_order(house):
    house.policy(tags=["offer"], steps=[{"permission": "draft.approve"}, {"permission": "draft.approve_legal"}])
    draft = house.draft(status="an #offer", submit=True)
    problem(house.decide(house.lea, draft, status=None), "step-not-reached", 409)
    assert house.decide(house.erik, draft).json()["state"] == "in_review"
    problem(house.decide(house.emma, draft, status=None), "permission-missing", 403)
    assert house.decide(house.lea, draft, comment="fine").json()["state"] == "approved"


def test_a_rejection_sends_it_back_to_its_author(house):
    draft = house.decide(house.erik, house.draft(submit=True), "reject", comment="too loud").json()
    assert draft["state"] == "changes_requested" and draft["approvals"][0]["comment"] == "too loud"
    edited = house.wilma.call("PUT", f"/drafts/{draft['id']}", 200, json={"status": "quieter"},
                              headers={"If-Match": f'"{draft["lock_version"]}"'}).json()
    assert edited["state"] == "draft"
    assert house.decide(house.erik, house.wilma.post(f"/drafts/{draft['id']}/submit")).json()["state"] == "approved"


def test_an_approval_of_who_lost_the_right_counts_no_more(house):
    draft = house.decide(house.erik, house.draft(submit=True)).json()
    house.leave(house.erik)
    problem(house.marie.call("POST", f"/drafts/{draft['id']}/publish", None), "not-approved", 422)
    assert house.posts(draft["content"]["text"]) == 0


def make_due(house, draft):
    house.database.rows("update drafts set scheduled_at = now() - interval '1 second' where id = %s returning 1", (draft["id"],))
    house.database.rows("update jobs set due_at = now() where kind = 'draft_publish' and key = %s returning 1", (draft["id"],))
    house.database.rows("select pg_notify('comptoir_wake', '8')")


def test_a_draft_is_published_at_its_time_by_the_right_of_who_scheduled_it(house):
    draft = house.decide(house.erik, house.draft(submit=True)).json()
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/schedule", None, json={"scheduled_at": later(-60)}), "bad-value", 422)
    draft = house.wilma.post(f"/drafts/{draft['id']}/schedule", json={"scheduled_at": later(3600)})
    assert draft["state"] == "scheduled" and draft["scheduled_at"]
    make_due(house, draft)
    wait_until(lambda: house.state(draft) == "published", 20, "the draft to be published")
    assert house.posts(draft["content"]["text"]) == 1


def test_what_somebody_queued_stops_with_their_right(house):
    draft = house.decide(house.erik, house.draft(submit=True, scheduled_at=later(3600))).json()
    assert draft["state"] == "scheduled"
    house.leave(house.wilma)
    make_due(house, draft)
    wait_until(lambda: house.state(draft) == "failed", 20, "the draft to be refused")
    assert house.posts(draft["content"]["text"]) == 0
    notice = house.marie.get(f"/drafts/{draft['id']}/comments")[-1]
    assert notice["notice"] == "right_gone" and notice["member_id"] is None and "may not" in notice["body"]


def test_what_somebody_wrote_who_is_gone_is_not_said_by_others(house):
    draft = house.decide(house.erik, house.draft(submit=True)).json()
    house.leave(house.wilma)
    problem(house.marie.call("POST", f"/drafts/{draft['id']}/publish", None), "permission-missing", 403)
    assert house.posts(draft["content"]["text"]) == 0 and house.state(draft) == "approved"


def test_what_is_due_and_not_approved_stays_and_says_so(house):
    draft = house.draft(submit=True, scheduled_at=later(3600))
    make_due(house, draft)
    wait_until(lambda: [one["notice"] for one in house.wilma.get(f"/drafts/{draft['id']}/comments")] == ["not_approved_in_time"], 20,
               "the notice")
    late = house.decide(house.erik, draft).json()
    assert late["state"] == "approved" and house.posts(draft["content"]["text"]) == 0
    assert house.wilma.get(f"/drafts/{draft['id']}/comments")[-1]["notice"] == "approved_too_late"


def test_an_embargo_and_an_end_are_kept(house):
    early = house.draft(house.marie, embargo_until=later(3600))
    problem(house.marie.call("POST", f"/drafts/{early['id']}/publish", None), "embargo", 422)
    problem(house.marie.call("POST", f"/drafts/{early['id']}/schedule", None, json={"scheduled_at": later(60)}), "embargo", 422)
    ends = house.draft(house.marie, expires_at=later(3600))
    house.database.rows("update drafts set expires_at = now() where id = %s returning 1", (ends["id"],))
    problem(house.marie.call("POST", f"/drafts/{ends['id']}/publish", None), "expired-asset", 422)


def test_a_policy_can_ask_for_texts_of_pictures(house):
    house.policy(has_media=True, demands_alt_text=True, binds_speakers=False)
    bare = house.medium("")
    body = {"status": "a picture", "actor_id": house.account, "media_ids": [bare]}
    problem(house.wilma.call("POST", "/drafts", None, json=body), "missing-alt-text", 422)
    body["media_ids"] = [house.medium("A red tulip")]
    assert house.wilma.post("/drafts", json=body, status=201)["content"]["media"][0]["alt"] == "A red tulip"


def test_files_that_changed_since_the_approval_stop_it(house):
    medium = house.medium("A red tulip")
    draft = house.decide(house.erik, house.draft(media_ids=[medium], submit=True)).json()
    house.database.rows("update media set alt = 'A cheap tulip' where id = %s returning 1", (medium,))
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "not-approved", 422)
    house.database.rows("update media set alt = 'A red tulip', sha256 = sha256('another') where id = %s returning 1", (medium,))
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "not-approved", 422)
    house.database.rows("update media set sha256 = null where id = %s returning 1", (medium,))
    assert house.erik.post(f"/drafts/{draft['id']}/publish")["state"] == "published"


def test_an_asset_is_not_said_before_its_embargo_or_after_its_end(house):
    medium = house.medium("A red tulip")
    asset = house.marie.post("/assets", json={"media_id": medium, "name": "Tulip", "licence": "CC-BY-4.0", "actor_id": house.account,
                                              "embargo_until": later(3600)}, status=201)
    draft = house.decide(house.erik, house.draft(media_ids=[medium], submit=True)).json()
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "embargo", 422)
    house.database.rows("update assets set embargo_until = null, usable_until = now() - interval '1 day' where id = %s returning 1",
                        (asset["id"],))
    problem(house.erik.call("POST", f"/drafts/{draft['id']}/publish", None), "expired-asset", 422)
    house.database.rows("update assets set usable_until = null where id = %s returning 1", (asset["id"],))
    assert house.erik.post(f"/drafts/{draft['id']}/publish")["state"] == "published"


def test_a_draft_can_be_an_edit_or_a_boost(house):
    post = house.draft(house.marie, publish=True)["post_id"]
    edit = house.draft(house.marie, kind="edit", post_id=post, status="better words", publish=True)
    assert edit["state"] == "published" and edit["post_id"] == post
    assert "better words" in house.database.value("select html from posts where id = %s", (post,))
    boost = house.draft(house.marie, kind="boost", post_id=post, publish=True)
    assert boost["state"] == "published"
    assert house.database.value("select count(*) from boosts where post_id = %s and actor_id = %s", (post, house.account)) == 1


def test_withdrawn_is_withdrawn(house):
    draft = house.draft(submit=True)
    assert house.wilma.post(f"/drafts/{draft['id']}/withdraw")["state"] == "withdrawn"
    problem(house.decide(house.erik, draft, status=None), "wrong-state", 409)
    problem(house.wilma.call("POST", f"/drafts/{draft['id']}/submit", None), "wrong-state", 409)
    problem(house.wilma.call("POST", f"/drafts/{draft['id']}/withdraw", None), "wrong-state", 409)


def test_lists_and_comments(house):
    first, second = house.draft(), house.draft(submit=True)
    assert [one["id"] for one in house.wilma.get("/drafts", state="in_review")][:1] == [second["id"]]
    assert [one["id"] for one in house.wilma.get("/drafts", q=first["content"]["text"].upper())] == [first["id"]]
    assert house.wilma.get("/drafts", limit=1)[0]["id"] == second["id"]
    problem(house.wilma.call("GET", "/drafts?state=nonsense", None), "bad-value", 422)
    said = house.lea.post(f"/drafts/{first['id']}/comments", json={"body": "Is that so?"}, status=201)
    assert [one["id"] for one in house.wilma.get(f"/drafts/{first['id']}/comments")] == [said["id"]]
    problem(house.lea.call("POST", f"/drafts/{first['id']}/comments", None, json={"body": " "}), "bad-value", 422)


def test_drafts_of_others_are_not_there(house):
    draft = house.draft()
    for method, path in (("GET", ""), ("POST", "/submit"), ("POST", "/publish"), ("POST", "/comments"), ("GET", "/versions")):
        foreign = problem(house.world.paul.call(method, f"/drafts/{draft['id']}{path}", None, json={} if method == "POST" else None),
                          "not-found", 404)
        missing = problem(house.world.paul.call(method, f"/drafts/5{path}", None, json={} if method == "POST" else None), "not-found", 404)
        assert foreign == missing
    policy = house.policy(tags=["foreign"])
    problem(house.world.paul.call("DELETE", f"/approval_policies/{policy['id']}", None), "not-found", 404)


def test_policies_are_kept_and_foreseen(house):
    for wrong in ({"steps": []}, {"steps": [{"permission": "org.admin"}]}, {"steps": [{"permission": "draft.approve", "minimum": 0}]},
                  {"kinds": ["poem"]}, {"account_ids": ["5"]}, {"name": " "}):
        body = {"name": "wrong", "steps": [{"permission": "draft.approve"}], **wrong}
        problem(house.marie.call("POST", "/approval_policies", None, json=body), "bad-value", 422)
    policy = house.policy(name="legal", tags=["Offer"], position=-5, steps=[{"permission": "draft.approve_legal", "minimum": 2}])
    problem(house.marie.call("POST", "/approval_policies", None, json={"name": "legal", "steps": [{"permission": "draft.approve"}]}),
            "conflict", 409)
    seen = house.marie.post("/approval_policies/dry_run", json={"status": "an #offer", "actor_id": house.account})
    assert seen["policy"]["id"] == policy["id"] and seen["policy"]["steps"][0]["minimum"] == 2
    other = house.marie.post("/approval_policies/dry_run", json={"status": "none", "actor_id": house.account})
    assert other["policy"] is None and other["lacks_alt_text"] is False
    changed = house.marie.call("PUT", f"/approval_policies/{policy['id']}", 200,
                               json={"name": "legal", "tags": ["offer"], "steps": [{"permission": "draft.approve"}]}).json()
    assert changed["steps"] == [{"number": 1, "permission": "draft.approve", "minimum": 1}]
    house.marie.call("DELETE", f"/approval_policies/{policy['id']}", 204)
    assert policy["id"] not in [one["id"] for one in house.marie.get("/approval_policies")]


def test_each_deed_is_an_entry_of_the_log(house):
    draft = house.decide(house.erik, house.draft(submit=True)).json()
    house.erik.post(f"/drafts/{draft['id']}/publish")
    actions = [action for action, in house.database.rows(
        "select action from audit_log where target = %s or data::jsonb ->> 'draft_id' = %s order by number", (f"draft:{draft['id']}", draft["id"]))]
    assert actions == ["draft.create", "draft.approve", "draft.publish"]
