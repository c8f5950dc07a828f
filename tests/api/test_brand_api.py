# SPDX-License-Identifier: AGPL-3.0-or-later
"""/api/brand/v1 itself: who is let in from where, problem documents, repeated requests, and what openapi.json says."""
import json
import os
import re
import threading
import uuid

import jsonschema
import pytest

from support.api import make_token, person
from support.brand import BASE, Brand, SCOPES, World, problem
from support.server import REPOSITORY


@pytest.fixture
def world(server):
    """fleurs of marie, autre of paul, and luc, who belongs to nobody."""
    return World(server)


# ---- problems ----

def test_errors_are_problem_documents(server):
    marie = Brand(server, make_token(server.database, person(server, "problem1").name, SCOPES))
    problem(Brand(server).call("GET", "/orgs", None), "unauthorised", 401)
    problem(marie.call("GET", "/nothing/at/all", None), "not-found", 404)
    allowed = marie.call("PATCH", "/problems/conflict", None)
    problem(allowed, "method-not-allowed", 405)
    assert "GET" in allowed.headers["Allow"]
    problem(marie.call("POST", "/orgs", None, data="<a/>", headers={"Content-Type": "text/xml"}), "unsupported-media-type", 415)
    problem(marie.call("POST", "/orgs", None, data="{", headers={"Content-Type": "application/json"}), "bad-request", 400)
    problem(marie.call("POST", "/orgs", None, json=[1]), "bad-request", 400)
    problem(marie.call("POST", "/orgs", None, data=b"x" * 300000, headers={"Content-Type": "application/json"}),
            "content-too-large", 413)
    unscoped = Brand(server, make_token(server.database, "problem1", "read write"))
    problem(unscoped.call("GET", "/orgs", None), "scope-missing", 403)


def test_problems_speak_the_language_of_the_user(world):
    world.database.rows("update users set locale = 'fr' where actor_id = (select id from actors where handle = %s) returning 1",
                        (world.marie.name,))
    assert world.marie.call("GET", "/members/1", None).json()["title"] == "Cela n’existe pas"
    assert world.luc.call("GET", f"/orgs/{world.slug}", None).json()["title"] == "There is no such thing"
    refused = world.marie.call("PATCH", f"/orgs/{world.slug}", 422, json={"time_zone": "Mars/Olympus"}).json()
    assert refused["detail"] == "« Mars/Olympus » n’est pas un fuseau horaire ; Europe/Paris en est un"
    french = Brand(world.server).call("GET", "/orgs", None, headers={"Accept-Language": "fr"}).json()
    assert french["title"] == "Il faut un jeton"


def test_every_kind_of_problem_has_a_page(server):
    with open(os.path.join(REPOSITORY, "server/brand/problems.inc"), encoding="utf-8") as file:
        words = re.findall(r'^PROBLEM\(\w+, "([a-z-]+)", (\d+)', file.read(), re.MULTILINE)
    assert len(words) > 20
    for word, status in words:
        page = Brand(server).call("GET", "/problems/" + word)
        assert page.headers["Content-Type"].startswith("text/html") and f"<code>{word}</code>" in page.text and status in page.text
    Brand(server).call("GET", "/problems/nonsense", 404)


def test_browsers_of_other_origins_may_call(server):
    answer = Brand(server).call("OPTIONS", "/orgs", 204, headers={"Origin": "https://desk.example",
                                                                "Access-Control-Request-Method": "POST"})
    allowed = answer.headers["Access-Control-Allow-Headers"]
    assert all(name in allowed for name in ("Authorization", "X-Act-As", "If-Match", "Idempotency-Key"))
    assert "ETag" in Brand(server).call("GET", "/openapi.json").headers["Access-Control-Expose-Headers"]


# ---- seats ----

def test_an_organisation_of_others_is_not_there(world):
    for path in (f"/orgs/{world.other_slug}", f"/orgs/{world.other_slug}/members", f"/orgs/{world.other_slug}/roles",
                 f"/accounts/{world.account(world.other_slug)}?org={world.slug}"):
        foreign = problem(world.marie.call("GET", path, None), "not-found", 404)
        missing = problem(world.marie.call("GET", path.replace("autre", "nobody").replace(world.account(world.other_slug), "5"), None),
                          "not-found", 404)
        assert foreign == missing, "what is another's looks as if it had never been"


def test_who_belongs_to_several_says_which(world):
    world.server.command("member", "add", world.other_slug, world.marie.name)
    member = world.member_id("marie")
    problem(world.marie.call("GET", f"/members/{member}", None), "account-needed", 422)
    assert world.marie.get(f"/members/{member}", org=world.slug)["id"] == member
    assert world.marie.call("GET", f"/members/{member}", headers={"X-Act-As": world.account()}).json()["id"] == member
    problem(world.marie.call("GET", f"/members/{member}", None, headers={"X-Act-As": world.account(world.other_slug)}), "not-found", 404)
    problem(world.marie.call("GET", f"/orgs/{world.slug}", None, headers={"X-Act-As": world.account(world.other_slug)}), "not-found", 404)
    problem(world.marie.call("GET", f"/orgs/{world.slug}", None, headers={"X-Act-As": "x"}), "not-found", 404)


def test_a_header_never_widens_a_bound_token(world):
    world.server.command("member", "add", world.other_slug, world.marie.name)
    bound = world.bound("marie", world.account())
    assert [one["slug"] for one in bound.get("/orgs")] == [world.slug]
    for account in (world.account(world.other_slug), "1"):
        problem(bound.call("GET", f"/orgs/{world.slug}", None, headers={"X-Act-As": account}), "not-found", 404)
    problem(bound.call("GET", f"/orgs/{world.other_slug}", None), "not-found", 404)
    problem(bound.call("GET", "/me/permissions", None, params={"actor": world.account(world.other_slug)}), "not-found", 404)
    assert bound.call("GET", f"/orgs/{world.slug}", headers={"X-Act-As": world.account()}).json()["slug"] == world.slug


def test_a_bound_token_reaches_its_account_only(world):
    world.server.command("org", "add-account", world.slug, "aide" + world.suffix)
    ids = [one["id"] for one in world.marie.get(f"/orgs/{world.slug}/accounts")]
    bound = world.bound("marie", ids[0])
    assert [one["id"] for one in bound.get(f"/orgs/{world.slug}/accounts")] == ids[:1]
    problem(bound.call("GET", f"/accounts/{ids[1]}", None), "not-found", 404)
    problem(bound.call("GET", f"/accounts/{ids[1]}", None, headers={"X-Act-As": ids[1]}), "not-found", 404)
    problem(bound.call("PATCH", f"/accounts/{ids[1]}", None, json={"display_name": "x"}), "not-found", 404)
    assert bound.patch(f"/accounts/{ids[0]}", json={"display_name": "Neu"})["display_name"] == "Neu"


def test_rights_for_one_account_are_for_that_account(world):
    world.server.command("org", "add-account", world.slug, "aide" + world.suffix)
    first, second = [one["id"] for one in world.marie.get(f"/orgs/{world.slug}/accounts")]
    member = world.member("luc")
    world.marie.post(f"/members/{member}/grants", 201, json={"permission": "profile.edit", "actor_id": first})
    assert world.luc.patch(f"/accounts/{first}", json={"display_name": "Bouquets"})["display_name"] == "Bouquets"
    denied = problem(world.luc.call("PATCH", f"/accounts/{second}", None, json={"display_name": "x"}), "permission-missing", 403)
    assert denied["permission"] == "profile.edit"
    standing, = world.luc.get("/me/permissions")
    assert standing["permissions"] == [] and {one["id"]: one["permissions"] for one in standing["accounts"]} == {
        first: ["profile.edit"], second: []}
    standing, = world.luc.get("/me/permissions", actor=second)
    assert [one["id"] for one in standing["accounts"]] == [second]
    problem(world.luc.call("GET", "/me/permissions", None, params={"actor": world.account(world.other_slug)}), "not-found", 404)


def test_a_right_withdrawn_stops_the_next_request(world):
    member = world.member("luc", "admin")
    world.luc.patch(f"/orgs/{world.slug}", json={"name": "Fleurs de Luc"})
    assert world.marie.put(f"/members/{member}/roles", json={"roles": ["reader"]})["grants"][0]["role"] == "reader"
    problem(world.luc.call("PATCH", f"/orgs/{world.slug}", None, json={"name": "x"}), "permission-missing", 403)
    world.marie.call("PATCH", f"/members/{member}", json={"state": "suspended"})
    problem(world.luc.call("GET", f"/orgs/{world.slug}", None), "not-found", 404)


# ---- repeated requests ----

def test_the_same_request_is_done_once(world):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/orgs/{world.slug}/teams"
    first = world.marie.call("POST", path, 201, json={"name": "Nord"}, headers=key)
    again = world.marie.call("POST", path, 201, json={"name": "Nord"}, headers=key)
    assert again.json() == first.json() and again.headers["Content-Type"] == first.headers["Content-Type"]
    assert [one["name"] for one in world.marie.get(path)] == ["Nord"]
    problem(world.marie.call("POST", path, None, json={"name": "Sud"}, headers=key), "key-reused", 422)
    world.marie.call("POST", path, 201, json={"name": "Est"}, headers={"Idempotency-Key": str(uuid.uuid4())})
    problem(world.marie.call("POST", path, None, json={"name": "Ouest"}, headers={"Idempotency-Key": "k" * 256}), "bad-value", 422)


def test_a_key_belongs_to_its_token_and_path(world):
    world.member("luc", "admin")
    key = {"Idempotency-Key": str(uuid.uuid4())}
    world.marie.call("POST", f"/orgs/{world.slug}/teams", 201, json={"name": "Nord"}, headers=key)
    world.luc.call("POST", f"/orgs/{world.slug}/teams", 201, json={"name": "Sud"}, headers=key)
    world.marie.call("POST", f"/orgs/{world.slug}/roles", 201, json={"name": "Nord"}, headers=key)


def test_a_refused_request_may_be_sent_again(world):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/orgs/{world.slug}/teams"
    world.marie.call("POST", path, 201, json={"name": "Nord"})
    problem(world.marie.call("POST", path, None, json={"name": "Nord"}, headers=key), "conflict", 409)
    world.marie.call("DELETE", f"{path}/{world.marie.get(path)[0]['id']}", 204)
    world.marie.call("POST", path, 201, json={"name": "Nord"}, headers=key)


def test_the_same_request_many_times_at_once_is_done_once(world):
    key, answers = {"Idempotency-Key": str(uuid.uuid4())}, []
    path = f"/orgs/{world.slug}/accounts"

    def call():
        api = Brand(world.server, world.marie.token)
        answers.append(api.call("POST", path, None, json={"username": "aide" + world.suffix}, headers=key))
    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409} and any(answer.status_code == 201 for answer in answers)
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert "still being done" in problem(answer, "conflict", 409)["detail"]
    assert len(world.marie.get(path)) == 2


def test_answers_are_forgotten_after_a_day(world):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/orgs/{world.slug}/teams"
    world.marie.call("POST", path, 201, json={"name": "Nord"}, headers=key)
    world.database.rows("update repeated_answers set claimed_at = now() - interval '25 hours' returning 1")
    problem(world.marie.call("POST", path, None, json={"name": "Nord"}, headers=key), "conflict", 409)


# ---- the document ----

@pytest.fixture(scope="module")
def document(server):
    return Brand(server).get("/openapi.json")


def operations(document):
    return [(method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def table():
    """(method, path) of every line of the table."""
    found = []
    folder = os.path.join(REPOSITORY, "server/brand/operations")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        lines = re.findall(r'^OPERATION\(HTTP_(\w+), "([^"]+)", "([^"]+)"', text, re.MULTILINE)
        assert len(lines) == text.count("OPERATION(HTTP_"), name
        found += lines
    return found


def test_every_operation_is_in_the_document(document):
    described = {(method.upper(), path, operation["operationId"]) for method, path, operation in operations(document)}
    assert described == set(table()) and len(described) == len(table())
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_no_route_of_the_brand_api_is_outside_of_the_table():
    from support.routes import routes
    assert [route for route in routes() if route.path.startswith(BASE + "/")] == []


def test_every_operation_is_a_route(server, document):
    for method, path, operation in operations(document):
        answer = Brand(server).call("OPTIONS", re.sub(r"{\w+}", "1", path), None, headers={
            "Origin": "https://x.example", "Access-Control-Request-Method": method.upper()})
        assert answer.status_code == 204, path
        if operation["security"]:
            assert Brand(server).call(method.upper(), re.sub(r"{\w+}", "1", path), None).status_code == 401, path


def references(tree):
    if isinstance(tree, dict):
        if "$ref" in tree:
            yield tree["$ref"]
        for value in tree.values():
            yield from references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from references(value)


def test_every_reference_leads_somewhere(document):
    assert document["openapi"] == "3.1.0"
    for reference in set(references(document)):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


def test_every_operation_says_who_may_call_it(document):
    scopes = document["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]["scopes"]
    assert set(scopes) == {f"brand:{name}" for name in ("read", "publish", "inbox", "listen", "admin")}
    for method, path, operation in operations(document):
        assert operation["x-who"] in ("anybody", "user", "member", "holder")
        assert ("x-permission" in operation) == (operation["x-who"] == "holder"), path
        wanted = [scope for one in operation["security"] for scope in one["oauth"]]
        assert bool(wanted) == (operation["x-who"] != "anybody") and set(wanted) <= set(scopes)
        named = {one.get("name") for one in operation["parameters"] if one.get("in") == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def described(schema, where):
    if "$ref" in schema:
        return
    assert schema.get("description"), where
    for name, one in schema.get("properties", {}).items():
        described(one, f"{where}.{name}")


def test_every_field_is_described(document):
    for name, schema in document["components"]["schemas"].items():
        described(schema, name)
        jsonschema.Draft202012Validator.check_schema(schema)


def check_answer(document, path, answer):
    content = document["paths"][path]["get"]["responses"]["2XX"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**content, "components": document["components"]}).validate(answer)


def test_answers_are_what_the_document_says(world, document):
    member = world.member("luc", "writer")
    world.marie.post(f"/members/{member}/grants", 201, json={"permission": "draft.approve", "expires_at": "2099-01-01T00:00:00Z"})
    world.marie.post(f"/orgs/{world.slug}/teams", 201, json={"name": "Nord"})
    world.server.command("org", "create", "tiers" + world.suffix, "--founder", world.paul.name)
    world.paul.post(f"/orgs/tiers{world.suffix}/members", 201, json={"username": world.marie.name})
    named = {"org": world.slug, "id": None}
    for path, item in document["paths"].items():
        operation = item.get("get")
        if not operation or "application/json" not in operation["responses"]["2XX"].get("content", {}):
            continue
        if "{id}" in path and not path.startswith((BASE + "/accounts/{id}", BASE + "/members/{id}")):
            continue
        named["id"] = member if "/members/" in path else world.account()
        answer = world.marie.call("GET", path.format(**named), None, params={"org": world.slug})
        assert answer.status_code in (200, 422), (path, answer.text)
        if answer.status_code == 200:
            check_answer(document, path, answer.json())
    assert json.dumps(world.marie.get("/invitations")).count(world.slug) == 0
