# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations over /api/brand/v1: founding and ending them, accounts, members, invitations, grants, roles, teams, the log."""
import json

import pytest

from support.api import make_token
from support.brand import Brand, SCOPES, World, problem
from support.browser import Browser

PASSWORD = "a long enough password"


@pytest.fixture
def world(server):
    return World(server)


def granted(member):
    return {one["role"] or one["permission"] for one in member["grants"]}


# ---- organisations ----

def test_the_operator_founds_unless_users_may(world):
    denied = problem(world.luc.call("POST", "/orgs", None, json={"slug": "neuf" + world.suffix}), "permission-missing", 403)
    assert "people who run it" in denied["detail"]
    assert world.luc.get("/orgs") == []


def test_users_found_organisations_where_they_may(server_factory):
    server = server_factory(settings={"organisation.creation": "users"})
    server.create_account("anna")
    anna = Brand(server, make_token(server.database, "anna", SCOPES), "anna")
    founded = anna.post("/orgs", 201, json={"slug": "neuf", "name": "Neuf", "account": "neuf", "language": "fr", "country": "FR"})
    assert (founded["slug"], founded["language"], founded["country"]) == ("neuf", "fr", "FR")
    member, = anna.get("/orgs/neuf/members")
    assert member["username"] == "anna" and granted(member) == {"owner", "agent-lead", "account.speak"}
    speak = next(one["id"] for one in member["grants"] if one["permission"] == "account.speak")
    assert granted(anna.delete(f"/members/{member['id']}/grants/{speak}")) == {"owner", "agent-lead"}, "it can be taken away"
    problem(anna.call("POST", "/orgs", None, json={"slug": "neuf"}), "conflict", 409)
    problem(anna.call("POST", "/orgs", None, json={"slug": "Neuf!"}), "bad-value", 422)
    problem(anna.call("POST", "/orgs", None, json={"slug": "x", "time_zone": "Mars/Olympus"}), "bad-value", 422)
    for number in range(19):
        anna.post("/orgs", 201, json={"slug": f"viele{number}"})
    problem(anna.call("POST", "/orgs", None, json={"slug": "toomany"}), "conflict", 409)
    assert [one["slug"] for one in anna.get("/orgs")][:2] == ["neuf", "viele0"]


def test_settings_change_and_are_in_the_log(world):
    changed = world.marie.patch(f"/orgs/{world.slug}", json={"name": "Fleurs & fils", "time_zone": "America/Martinique"})
    assert (changed["name"], changed["time_zone"], changed["slug"]) == ("Fleurs & fils", "America/Martinique", world.slug)
    assert world.marie.get(f"/orgs/{changed['id']}") == changed
    assert world.actions()[0] == "organisation.change"
    problem(world.marie.call("PATCH", f"/orgs/{world.slug}", None, json={"country": "France"}), "bad-value", 422)
    assert world.marie.get(f"/orgs/{world.slug}") == changed, "nothing changed"


def test_an_organisation_ends_with_its_accounts_and_its_log_stays(world):
    account = world.account()
    problem(world.marie.call("DELETE", f"/orgs/{world.slug}", None), "bad-value", 422)
    problem(world.marie.call("DELETE", f"/orgs/{world.slug}", None, json={"confirm": world.other_slug}), "bad-value", 422)
    organisation = world.marie.get(f"/orgs/{world.slug}")["id"]
    world.marie.call("DELETE", f"/orgs/{world.slug}", 204, json={"confirm": world.slug})
    problem(world.marie.call("GET", f"/orgs/{world.slug}", None), "not-found", 404)
    assert world.database.value("select count(*) from brand_accounts where actor_id = %s", (account,)) == 0
    assert world.database.value("select action from audit_log where organisation_id = %s order by number desc limit 1",
                                (organisation,)) == "organisation.delete"
    assert Brand(world.server).call("GET", "/api/v1/accounts/lookup", None, params={"acct": "fleurs" + world.suffix}).status_code == 404


# ---- accounts ----

def test_accounts_are_made_and_changed(world):
    made = world.marie.post(f"/orgs/{world.slug}/accounts", 201, json={
        "username": "aide" + world.suffix, "kind": "service", "purpose": "support", "display_name": "Aide"})
    assert (made["purpose"], made["display_name"]) == ("support", "Aide")
    changed = world.marie.patch(f"/accounts/{made['id']}", json={"purpose": "press", "display_name": "Presse", "note": "Bonjour"})
    assert (changed["purpose"], changed["display_name"]) == ("press", "Presse")
    assert world.database.value("select summary_html from actors where id = %s", (made["id"],)).count("Bonjour") == 1
    assert world.actions()[:2] == ["account.set_purpose", "profile.change"]
    problem(world.marie.call("PATCH", f"/accounts/{made['id']}", None, json={"purpose": "fun", "display_name": "no"}), "bad-value", 422)
    assert world.marie.get(f"/accounts/{made['id']}") == changed, "nothing changed"
    for body in ({"username": "a b"}, {"username": "x" + world.suffix, "kind": "person"}, {"username": "y" + world.suffix, "purpose": "x"}):
        problem(world.marie.call("POST", f"/orgs/{world.slug}/accounts", None, json=body), "bad-value", 422)
    problem(world.marie.call("POST", f"/orgs/{world.slug}/accounts", None, json={"username": "aide" + world.suffix}), "conflict", 409)


# ---- members ----

def invite(world, name="brand_luc"):
    return world.marie.post(f"/orgs/{world.slug}/members", 201, json={"username": "@" + name})


def test_who_is_invited_joins_by_themselves(world):
    member = invite(world)
    assert (member["state"], member["grants"]) == ("invited", [])
    problem(world.luc.call("GET", f"/orgs/{world.slug}", None), "not-found", 404)
    problem(world.marie.call("PATCH", f"/members/{member['id']}", None, json={"state": "active"}), "conflict", 409)
    invitation, = world.luc.get("/invitations")
    assert invitation["id"] == member["id"] and invitation["organisation"]["slug"] == world.slug
    problem(world.paul.call("POST", f"/invitations/{member['id']}/accept", None), "not-found", 404)
    world.luc.call("POST", f"/invitations/{member['id']}/accept", 204)
    assert world.luc.get("/invitations") == [] and world.luc.get(f"/orgs/{world.slug}")["slug"] == world.slug
    assert world.actions()[:2] == ["member.activate", "member.invite"]
    problem(world.marie.call("POST", f"/orgs/{world.slug}/members", None, json={"username": world.luc.name}), "conflict", 409)
    for name in ("nobody", "fleurs" + world.suffix, "luc@other.example", ""):
        problem(world.marie.call("POST", f"/orgs/{world.slug}/members", None, json={"username": name}), "bad-value", 422)


def test_an_invitation_can_be_declined_and_sent_again(world):
    first = invite(world)
    world.luc.call("POST", f"/invitations/{first['id']}/decline", 204)
    problem(world.luc.call("POST", f"/invitations/{first['id']}/accept", None), "not-found", 404)
    again = invite(world)
    world.luc.call("POST", f"/invitations/{again['id']}/accept", 204)
    bound = world.bound("marie", world.account())
    assert bound.get("/invitations") == []


def test_invitations_are_found_in_the_settings(world):
    world.server.create_account("rosa" + world.suffix, password=PASSWORD)
    world.server.create_account("theo" + world.suffix, password=PASSWORD)
    for name, verb, state in (("rosa", "accept", "active"), ("theo", "decline", "left")):
        browser = Browser(world.server)
        browser.get("/auth/sign_in")
        browser.submit("/auth/sign_in", login=name + world.suffix, password=PASSWORD)
        assert "organisations" not in browser.get("/settings").text
        member = invite(world, name + world.suffix)
        assert "Fleurs" in browser.get("/settings").text
        browser.submit(f"/settings/invitations/{member['id']}/{verb}")
        assert world.database.value("select state from memberships where id = %s", (member["id"],)) == state
    assert world.marie.get("/audit", org=world.slug)[0]["door"] == "web"


def test_members_rest_and_go(world):
    member = world.member("luc", "writer")
    assert world.marie.patch(f"/members/{member}", json={"state": "suspended"})["state"] == "suspended"
    problem(world.luc.call("DELETE", f"/members/{member}", None, params={"org": world.slug}), "not-found", 404)
    world.marie.patch(f"/members/{member}", json={"state": "active"})
    problem(world.luc.call("DELETE", f"/members/{world.member_id('marie')}", None), "permission-missing", 403)
    problem(world.marie.call("PATCH", f"/members/{member}", None, json={"state": "left"}), "bad-value", 422)
    world.luc.call("DELETE", f"/members/{member}", 204)
    problem(world.marie.call("GET", f"/members/{member}", None), "not-found", 404)
    denied = problem(world.marie.call("DELETE", f"/members/{world.member_id('marie')}", None), "conflict", 409)
    assert "nobody would be left" in denied["detail"]


def test_members_of_others_are_not_there(world):
    foreign = world.paul.get(f"/orgs/{world.other_slug}/members")[0]["id"]
    for method, path, body in (("GET", "", None), ("PATCH", "", {"state": "suspended"}), ("DELETE", "", None), ("GET", "/grants", None),
                               ("POST", "/grants", {"role": "writer"}), ("PUT", "/roles", {"roles": []}), ("DELETE", "/roles", {})):
        problem(world.marie.call(method, f"/members/{foreign}{path}", None, json=body), "not-found", 404)
    assert granted(world.paul.get(f"/members/{foreign}")) == {"owner", "agent-lead", "account.speak"}


# ---- grants ----

def test_grants_are_given_and_withdrawn(world):
    member, account = world.member("luc"), world.account()
    world.marie.post(f"/members/{member}/grants", 201, json={"role": "agent", "actor_id": account, "expires_at": "2099-01-31T00:00:00Z"})
    one, = world.marie.get(f"/members/{member}/grants")
    assert (one["role"], one["permission"], one["actor_id"], one["expires_at"]) == ("agent", None, account, "2099-01-31T00:00:00.000Z")
    world.marie.delete(f"/members/{member}/grants/{one['id']}")
    problem(world.marie.call("DELETE", f"/members/{member}/grants/{one['id']}", None), "not-found", 404)
    assert world.marie.get(f"/members/{member}/grants") == []
    before = world.actions()
    for body, word, status in (({"permission": "account.fly"}, "unknown-permission", 422), ({"role": "emperor"}, "bad-value", 422),
                               ({"role": "agent", "permission": "draft.write"}, "bad-value", 422), ({}, "bad-value", 422),
                               ({"role": "agent", "expires_at": "2001-01-01T00:00:00Z"}, "bad-value", 422),
                               ({"role": "agent", "expires_at": "soon"}, "bad-value", 422),
                               ({"role": "agent", "actor_id": world.account(world.other_slug)}, "not-found", 404)):
        problem(world.marie.call("POST", f"/members/{member}/grants", None, json=body), word, status)
    assert world.actions() == before and world.marie.get(f"/members/{member}/grants") == [], "nothing changed"


def test_a_grant_that_has_ended_allows_nothing(world):
    member = world.member("luc")
    world.marie.post(f"/members/{member}/grants", 201, json={"role": "admin", "expires_at": "2099-01-31T00:00:00Z"})
    world.luc.patch(f"/orgs/{world.slug}", json={"name": "A"})
    world.database.rows("update grants set expires_at = now() - interval '1 second' where membership_id = %s returning 1", (member,))
    problem(world.luc.call("PATCH", f"/orgs/{world.slug}", None, json={"name": "B"}), "permission-missing", 403)
    assert world.luc.get("/me/permissions")[0]["permissions"] == []


def test_roles_of_a_member_are_set_as_a_whole(world):
    member, account = world.member("luc", "reader", "agent"), world.account()
    world.marie.post(f"/members/{member}/grants", 201, json={"permission": "draft.approve"})
    world.marie.post(f"/members/{member}/grants", 201, json={"role": "legal", "actor_id": account})
    after = world.marie.put(f"/members/{member}/roles", json={"roles": ["agent", "writer"]})
    assert granted(after) == {"agent", "writer", "legal", "draft.approve"}
    problem(world.marie.call("PUT", f"/members/{member}/roles", None, json={"roles": ["analyst", "emperor"]}), "bad-value", 422)
    assert granted(world.marie.get(f"/members/{member}")) == granted(after), "nothing changed"
    assert granted(world.marie.put(f"/members/{member}/roles", json={"roles": [], "actor_id": account})) == {
        "agent", "writer", "draft.approve"}
    assert granted(world.marie.delete(f"/members/{member}/roles")) == {"draft.approve"}
    entry = world.marie.get("/audit", org=world.slug, action="grant.set_roles")[-1]
    assert entry["data"] == {"roles": ["agent", "writer"]} and entry["target"] == f"membership:{member}"
    problem(world.marie.call("PUT", f"/members/{world.member_id('marie')}/roles", None, json={"roles": ["reader"]}), "conflict", 409)


# ---- roles and teams ----

def test_an_organisation_has_roles_of_its_own(world):
    path = f"/orgs/{world.slug}/roles"
    role = world.marie.post(path, 201, json={"name": "stagiaire", "permissions": ["draft.write"], "own_permissions": ["draft.schedule"]})
    assert (role["permissions"], role["own_permissions"], role["is_built_in"]) == (["draft.write"], ["draft.schedule"], False)
    member = world.member("luc", "stagiaire")
    changed = world.marie.patch(f"{path}/{role['id']}", json={"permissions": ["org.members"], "demands_second_factor": True})
    assert (changed["permissions"], changed["own_permissions"], changed["demands_second_factor"]) == (["org.members"], [], True)
    problem(world.luc.call("POST", f"/orgs/{world.slug}/teams", None, json={"name": "x"}), "permission-missing", 403)
    assert world.marie.get(f"/members/{member}")["grants"][0]["waits_for_second_factor"] is True
    world.marie.patch(f"{path}/{role['id']}", json={"demands_second_factor": False, "name": "apprenti"})
    world.luc.post(f"/orgs/{world.slug}/teams", 201, json={"name": "x"})
    problem(world.marie.call("POST", path, None, json={"name": "apprenti"}), "conflict", 409)
    problem(world.marie.call("POST", path, None, json={"name": "y", "permissions": ["account.fly"]}), "unknown-permission", 422)
    problem(world.marie.call("POST", path, None, json={"name": ""}), "bad-value", 422)
    world.marie.call("DELETE", f"{path}/{role['id']}", 204)
    assert world.marie.get(f"/members/{member}")["grants"] == []


def test_roles_of_the_program_stay_as_they_are(world):
    path = f"/orgs/{world.slug}/roles"
    reader = next(one for one in world.marie.get(path) if one["name"] == "reader")
    problem(world.marie.call("PATCH", f"{path}/{reader['id']}", None, json={"permissions": ["org.roles"]}), "conflict", 409)
    problem(world.marie.call("DELETE", f"{path}/{reader['id']}", None), "conflict", 409)
    assert world.marie.patch(f"{path}/{reader['id']}", json={"demands_second_factor": True})["demands_second_factor"] is True
    foreign = world.paul.post(f"/orgs/{world.other_slug}/roles", 201, json={"name": "fremd"})["id"]
    problem(world.marie.call("PATCH", f"{path}/{foreign}", None, json={"name": "x"}), "not-found", 404)
    problem(world.marie.call("DELETE", f"{path}/{foreign}", None), "not-found", 404)


def test_teams_are_made_joined_and_left(world):
    path, member = f"/orgs/{world.slug}/teams", world.member("luc")
    team = world.marie.post(path, 201, json={"name": "Livraisons"})
    place = {"member_id": member}
    assert world.marie.post(f"{path}/{team['id']}/members", json=place)["member_ids"] == [member]
    assert world.marie.post(f"{path}/{team['id']}/members", json=place)["member_ids"] == [member], "twice is fine"
    problem(world.luc.call("POST", f"{path}/{team['id']}/members", None, json=place), "permission-missing", 403)
    assert world.luc.delete(f"{path}/{team['id']}/members/{member}")["member_ids"] == [], "members leave by themselves"
    problem(world.marie.call("DELETE", f"{path}/{team['id']}/members/{member}", None), "not-found", 404)
    assert world.marie.patch(f"{path}/{team['id']}", json={"name": "Tournées"})["name"] == "Tournées"
    problem(world.marie.call("POST", path, None, json={"name": "Tournées"}), "conflict", 409)
    problem(world.marie.call("POST", path, None, json={"name": "n" * 61}), "bad-value", 422)
    foreign = world.paul.get(f"/orgs/{world.other_slug}/members")[0]["id"]
    problem(world.marie.call("POST", f"{path}/{team['id']}/members", None, json={"member_id": foreign}), "not-found", 404)
    problem(world.paul.call("DELETE", f"/orgs/{world.other_slug}/teams/{team['id']}", None), "not-found", 404)
    world.marie.patch(f"/members/{member}", json={"state": "suspended"})
    problem(world.marie.call("POST", f"{path}/{team['id']}/members", None, json=place), "not-found", 404)
    world.marie.call("DELETE", f"{path}/{team['id']}", 204)
    assert world.marie.get(path) == []


def test_the_command_line_keeps_teams_and_organisations(world):
    def command(*arguments, check=True):
        return world.server.command(*arguments, check=check)
    member = world.member("luc")
    command("team", "add", world.slug, "Nord")
    command("team", "join", world.slug, "Nord", world.luc.name)
    team, = json.loads(command("team", "list", world.slug, "--json").stdout)
    assert (team["name"], team["members"]) == ("Nord", [world.luc.name])
    assert world.marie.get(f"/orgs/{world.slug}/teams")[0]["member_ids"] == [member]
    assert "Nord" in command("team", "list", world.slug).stdout
    command("team", "leave", world.slug, "Nord", world.luc.name)
    assert command("team", "leave", world.slug, "Nord", world.luc.name, check=False).returncode == 5
    assert command("team", "add", world.slug, "Nord", check=False).returncode == 6
    assert "there is no team" in command("team", "remove", world.slug, "Sud", check=False).stderr
    command("team", "remove", world.slug, "Nord")
    assert world.actions()[:4] == ["team.remove", "team.leave", "team.join", "team.create"]
    command("org", "change", world.slug, "--name", "Neu", "--country", "DE")
    assert (world.marie.get(f"/orgs/{world.slug}")["name"], world.marie.get(f"/orgs/{world.slug}")["country"]) == ("Neu", "DE")
    assert "--yes" in command("org", "delete", world.slug, check=False).stderr
    command("org", "delete", world.slug, "--yes")
    problem(world.marie.call("GET", f"/orgs/{world.slug}", None), "not-found", 404)


# ---- the log ----

def test_the_log_is_paged_and_searched(world):
    for number in range(5):
        world.marie.post(f"/orgs/{world.slug}/teams", 201, json={"name": f"T{number}"})
    answer = world.marie.call("GET", "/audit", params={"org": world.slug, "limit": 2})
    assert [one["action"] for one in answer.json()] == ["team.create"] * 2 and answer.json()[0]["door"] == "api"
    seen, pages = answer.json(), 1
    while "next" in answer.links:
        answer = world.marie.call("GET", answer.links["next"]["url"].removeprefix(world.server.url))
        seen, pages = seen + answer.json(), pages + 1
    assert [int(one["id"]) for one in seen] == list(range(len(seen), 0, -1)) and pages >= 3
    assert [one["id"] for one in world.marie.get("/audit", org=world.slug, min_id=2, limit=2)] == ["4", "3"]
    assert {one["action"] for one in world.marie.get("/audit", org=world.slug, action="team.create")} == {"team.create"}
    target = seen[0]["target"]
    assert [one["target"] for one in world.marie.get("/audit", org=world.slug, target=target)] == [target]


def test_the_log_tells_whether_it_was_changed(world):
    world.marie.post(f"/orgs/{world.slug}/teams", 201, json={"name": "Nord"})
    verdict = world.marie.get("/audit/verify", org=world.slug)
    assert verdict["faults"] == [] and verdict["heads_file_is_whole"] and verdict["entries"] == len(world.actions())
    organisation = world.marie.get(f"/orgs/{world.slug}")["id"]
    connection = world.database.connect("superuser")
    cursor = connection.cursor()
    cursor.execute("set session_replication_role = replica")
    cursor.execute("update audit_log set action = 'team.forge' where organisation_id = %s and action = 'team.create'", (organisation,))
    connection.commit()
    connection.close()
    fault, = world.marie.get("/audit/verify", org=world.slug)["faults"]
    assert fault["id"] == world.marie.get("/audit", org=world.slug, action="team.forge")[0]["id"]
