# SPDX-License-Identifier: AGPL-3.0-or-later
"""What surrounds publishing for brands: who wrote, approved and pressed; the command line; what apps may do with what is
scheduled; slots of the queue."""
import json

import pytest

from support.api import Api
from support.brand import problem
from test_drafts import House, later

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
