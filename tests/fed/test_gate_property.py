# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever people do with drafts, in whatever order: nothing of a brand account is sent that was not approved word by word by
who may approve it, or said by who may speak, and nothing twice. What is sent is counted at a server that records it."""
import random
import re
import uuid

import pytest

from support.api import Api, make_token
from support.federated import Person
from support.fleet import Fleet
from support.waiting import wait_until

pytestmark = pytest.mark.limit(300)

ROOT = "/api/brand/v1/drafts"
SCOPES = "read write brand:read brand:publish brand:admin"
ROLES = {"wilma": "writer", "erik": "editor-in-chief", "emma": "editor-in-chief", "lea": "legal"}
STEPS = 100


class House:
    """What the test believes: who belongs to it, what each version says, who approved it."""

    def __init__(self, server, seed):
        self.server, self.random = server, random.Random(seed)
        for name in ("marie", *ROLES):
            server.create_account(name)
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        for name, role in ROLES.items():
            server.command("member", "add", "fleurs", name, "--role", role)
        self.people = {name: Api(server, make_token(server.database, name, SCOPES)) for name in ("marie", *ROLES)}
        self.account = server.one("select actor_id::text from brand_accounts")
        self.members = set(ROLES)
        self.people["marie"].post("/api/brand/v1/approval_policies", 201, json={
            "name": "offers", "tags": ["offer"], "binds_speakers": True,
            "steps": [{"permission": "draft.approve"}, {"permission": "draft.approve_legal"}]})
        self.drafts = {}
        self.said = set()

    def words(self):
        return f"word{uuid.uuid4().hex}" + (" #offer" if self.random.random() < 0.4 else "")

    def ask(self, name, verb, path, **body):
        headers = {"If-Match": body.pop("version_seen")} if "version_seen" in body else {}
        return self.people[name].call(verb, ROOT + path, None, json=None if verb == "GET" else body, headers=headers)

    def any_draft(self):
        return self.random.choice(list(self.drafts)) if self.drafts else None

    def anybody(self):
        return self.random.choice(list(self.people))

    def note(self, answer, author):
        draft = answer.json()
        known = self.drafts.setdefault(draft["id"], {"author": author, "versions": {}, "is_published": False})
        known["versions"].setdefault(draft["version"], {"words": draft["content"]["text"], "author": author, "approved": set()})
        return draft

    # ---- what people do ----

    def create(self):
        name = self.anybody()
        answer = self.ask(name, "POST", "", status=self.words(), actor_id=self.account, submit=self.random.random() < 0.7)
        if answer.status_code == 201:
            self.note(answer, name)

    def edit(self):
        number, name = self.any_draft(), self.anybody()
        if not number:
            return
        seen = self.ask("marie", "GET", f"/{number}").headers["ETag"]
        answer = self.ask(name, "PUT", f"/{number}", status=self.words(), version_seen=seen)
        if answer.status_code == 200:
            self.note(answer, name)

    def submit(self):
        number = self.any_draft()
        if number:
            self.ask(self.anybody(), "POST", f"/{number}/submit")

    def approve(self):
        number, name = self.any_draft(), self.anybody()
        if not number:
            return
        versions = self.drafts[number]["versions"]
        version = self.random.choice([max(versions), max(versions), min(versions)])
        answer = self.ask(name, "POST", f"/{number}/approve", version=version)
        if answer.status_code == 200:
            known = versions[version]
            assert version == max(versions) and name not in (known["author"], self.drafts[number]["author"])
            assert name not in known["approved"]
            known["approved"].add(name)

    def reject(self):
        number = self.any_draft()
        if number:
            self.ask(self.anybody(), "POST", f"/{number}/reject", version=max(self.drafts[number]["versions"]))

    def publish(self):
        number = self.any_draft()
        if number:
            self.check(number, self.ask(self.anybody(), "POST", f"/{number}/publish").status_code == 200 and number)

    def come_due(self):
        number = self.any_draft()
        if not number or self.ask(self.anybody(), "POST", f"/{number}/schedule", scheduled_at="2099-01-01T00:00:00Z").status_code != 200:
            return
        self.server.rows("update drafts set scheduled_at = now() - interval '1 second' where id = %s returning 1", number)
        self.server.rows("update jobs set due_at = now() where kind = 'draft_publish' and key = %s returning 1", number)
        self.server.rows("select pg_notify('comptoir_wake', '8')")
        wait_until(lambda: not self.server.rows("select 1 from jobs where kind = 'draft_publish' and key = %s", number), 20, "the job")
        self.check(number, number)

    def withdraw(self):
        number = self.any_draft()
        if number and self.random.random() < 0.4:
            self.ask(self.anybody(), "POST", f"/{number}/withdraw")

    def come_and_go(self):
        name = self.random.choice(list(ROLES))
        if name in self.members:
            self.server.command("member", "remove", "fleurs", name)
            self.members.discard(name)
        else:
            self.server.command("member", "add", "fleurs", name, "--role", ROLES[name])
            self.members.add(name)

    def speak(self):
        words = self.words()
        answer = self.people["marie"].call("POST", ROOT, None, json={"status": words, "actor_id": self.account, "publish": True})
        assert answer.status_code == (422 if "#offer" in words else 201), answer.text
        if answer.status_code == 201:
            self.said.add(words)

    # ---- what must hold ----

    def check(self, number, was_tried):
        draft = self.ask("marie", "GET", f"/{number}").json()
        known = self.drafts[number]
        if draft["state"] != "published" or known["is_published"]:
            return
        assert was_tried
        known["is_published"] = True
        version = known["versions"][draft["version"]]
        words, approved = version["words"], {name for name in version["approved"] if name in self.members}
        by_speaker = "#offer" not in words and not version["approved"]
        editors, lawyers = approved & {"erik", "emma"}, approved & {"lea"}
        assert editors and ("#offer" not in words or lawyers) or by_speaker, (words, version)
        assert version["author"] == "marie" or version["author"] in self.members
        assert words not in self.said
        self.said.add(words)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_sent_without_its_approval_and_nothing_twice(federated_factory, seed):
    server = federated_factory()
    house = House(server, seed)
    fleet = Fleet(1)
    try:
        connection = server.database.connect("superuser")
        connection.autocommit = True
        fleet.plant_followers(connection.cursor(), Person(server, "fleurs").id(), per_host=1)
        connection.close()
        deeds = [house.create, house.create, house.edit, house.submit, house.approve, house.approve, house.approve, house.approve,
                 house.reject, house.publish, house.publish, house.come_due, house.withdraw, house.come_and_go, house.speak]
        for _ in range(STEPS):
            house.random.choice(deeds)()
        for number in house.drafts:
            house.check(number, False)
        server.wait_until_none("select 1 from deliveries where state = 'pending'")
        sent = [re.search(r"word[0-9a-f]{32}", activity["object"]["content"]).group(0) for activity in fleet.activities()
                if activity["type"] == "Create"]
        assert len(sent) == len(set(sent)) and len(sent) >= 2
        assert set(sent) == {words.split()[0] for words in house.said}
    finally:
        fleet.close()
