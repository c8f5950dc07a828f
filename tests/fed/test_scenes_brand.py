# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scenes of companies, seen from a second server: the florist who works alone, the trainee who leaves, and the statement in a
crisis."""
import hashlib

import pytest

from support.api import Api, make_token
from support.federated import Person
from support.pictures import picture
from support.waiting import wait_until

pytestmark = pytest.mark.limit(180)

ROOT = "/api/brand/v1"
SCOPES = "read write brand:read brand:publish brand:admin"


class Company:
    """fleurs on one server, followed by ada from another."""

    def __init__(self, federated_factory):
        self.server, self.there = federated_factory(accounts=("marie",)), federated_factory(accounts=("ada",))
        self.server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        self.marie = self.api("marie")
        self.account = self.server.one("select actor_id::text from brand_accounts")
        self.ada = Person(self.there, "ada")
        self.ada.follow(self.server.actor("fleurs"))
        self.there.wait_for_row("select 1 from follows where state = 'accepted'")

    def api(self, name):
        return Api(self.server, make_token(self.server.database, name, SCOPES), name)

    def join(self, name, role):
        self.server.create_account(name)
        self.server.command("member", "add", "fleurs", name, "--role", role)
        return self.api(name)

    def app(self, name):
        """An app in which somebody chose to speak as the brand."""
        token = make_token(self.server.database, name, "read write")
        self.server.rows("update oauth_tokens set actor_id = %s where token_hash = %s returning 1", self.account,
                         hashlib.sha256(token.encode()).digest())
        return Api(self.server, token, name)

    def arrives(self, text, seconds=30):
        return self.there.wait_for_row("select id, uri from posts where html like %s", f"%{text}%", seconds=seconds)

    def has_arrived(self, text):
        return self.there.one("select count(*) from posts where html like %s", f"%{text}%") > 0


def test_the_florist_founds_and_publishes_a_photo_without_asking_anybody(federated_factory):
    company = Company(federated_factory)
    app = company.app("marie")
    photo = app.call("POST", "/api/v2/media", None, files={"file": ("tulips.jpg", picture(), "image/jpeg")},
                     data={"description": "Red tulips"}).json()
    wait_until(lambda: app.call("GET", f"/api/v1/media/{photo['id']}", None).status_code == 200, 30, "the photo")
    assert company.server.one("select octet_length(sha256) from media where id = %s", photo["id"]) == 32
    status = app.post("/api/v1/statuses", data={"status": "Fresh tulips today", "media_ids[]": photo["id"]})
    assert status["media_attachments"][0]["description"] == "Red tulips" and status["account"]["username"] == "fleurs"
    number, _ = company.arrives("Fresh tulips today")
    assert company.there.one("select m.alt from post_media as p join media as m on m.id = p.media_id where p.post_id = %s", number) == "Red tulips"
    members = company.marie.get(f"{ROOT}/orgs/fleurs/members")
    assert [one["username"] for one in members] == ["marie"], "what the founder may do is shown, and can be taken away"


def test_the_trainee_leaves_and_what_was_queued_stays(federated_factory):
    company = Company(federated_factory)
    tim, eva = company.join("tim", "writer"), company.join("eva", "editor-in-chief")
    draft = tim.post(f"{ROOT}/drafts", 201, json={"status": "What tim left behind", "actor_id": company.account, "submit": True})
    eva.post(f"{ROOT}/drafts/{draft['id']}/approve", json={"version": 1})
    tim.post(f"{ROOT}/drafts/{draft['id']}/schedule", json={"scheduled_at": "2099-01-01T00:00:00Z"})
    phone = company.app("tim")
    assert "draft" in phone.call("POST", "/api/v1/statuses", 422, data={"status": "one more"}).json()["error"]
    company.server.command("member", "remove", "fleurs", "tim")
    assert phone.call("POST", "/api/v1/statuses", None, data={"status": "the last one"}).status_code in (401, 403), "the very next request"
    assert tim.call("GET", f"{ROOT}/drafts", None).status_code in (403, 404, 422)
    company.server.rows("update drafts set scheduled_at = now() - interval '1 second' where id = %s returning 1", draft["id"])
    company.server.rows("update jobs set due_at = now() where kind = 'draft_publish' returning 1")
    company.server.rows("select pg_notify('comptoir_wake', '8')")
    wait_until(lambda: eva.get(f"{ROOT}/drafts/{draft['id']}")["state"] == "failed", 30, "the draft to be refused")
    assert eva.get(f"{ROOT}/drafts/{draft['id']}/comments")[-1]["notice"] == "right_gone"
    company.app("marie").post("/api/v1/statuses", data={"status": "Business as usual"})
    company.arrives("Business as usual")
    assert not company.has_arrived("What tim left behind") and not company.has_arrived("one more") and not company.has_arrived("last one")


def test_a_statement_in_a_crisis_is_out_once_legal_has_read_it(federated_factory):
    company = Company(federated_factory)
    wilma, eva, lea = company.join("wilma", "writer"), company.join("eva", "editor-in-chief"), company.join("lea", "legal")
    company.marie.post(f"{ROOT}/approval_policies", 201, json={"name": "statements", "tags": ["statement"], "binds_speakers": True,
                                                               "steps": [{"permission": "draft.approve"}, {"permission": "draft.approve_legal"}]})
    assert "draft" in company.app("marie").call("POST", "/api/v1/statuses", 422, data={"status": "We deny everything #statement"}).json()["error"]
    draft = wilma.post(f"{ROOT}/drafts", 201, json={"status": "Our roses had thorns. We take them back. #statement",
                                                    "actor_id": company.account, "submit": True})
    eva.post(f"{ROOT}/drafts/{draft['id']}/approve", json={"version": 1})
    assert eva.call("POST", f"{ROOT}/drafts/{draft['id']}/publish", None).status_code == 422
    assert lea.post(f"{ROOT}/drafts/{draft['id']}/approve", json={"version": 1})["state"] == "approved"
    eva.post(f"{ROOT}/drafts/{draft['id']}/publish")
    company.arrives("We take them back")
    assert not company.has_arrived("We deny everything")
    assert company.server.one("select count(*) from releases where ground = 'approved'") == 1
