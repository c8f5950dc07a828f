# SPDX-License-Identifier: AGPL-3.0-or-later
"""Values of every kind in every field of the brand API: each is done or refused with a problem, and none breaks anything."""
import json
import random

import pytest

from support.api import person
from support.brand import World
from support.waiting import wait_until

ODD = [None, True, 0, -1, 2**63, -2**63, 1e308, "", "x", "\u0000", "\U0001F600" * 50, "a" * 5000, "0", "-1", "9223372036854775807",
       "99999999999999999999", "2026-13-45", "9999-12-31T23:59:59Z", "0000-01-01", [], [[]], [None], ["x"] * 200, {}, {"a": {"b": [1]}},
       "'; drop table users; --", "%00", "../..", "\u202e"]
VERSIONS = ['"1"', '"2"', "*", '"x"', "1", '"99999999999999999999"']
METHODS = {"get", "post", "put", "patch", "delete"}
ROUNDS = 8


class Caller:
    """Calls operations with what their schemas name, or with something else; takes the ids that it meets from then on."""

    def __init__(self, world, seed):
        self.world, self.random = world, random.Random(seed)
        self.document = world.marie.get("/openapi.json")
        self.ids = {}

    def resolve(self, thing):
        if "$ref" not in thing:
            return thing
        kind, name = thing["$ref"].split("/")[-2:]
        return self.document["components"][kind][name]

    def value(self, schema, depth=0):
        choose = self.random.choice
        if self.random.random() < 0.4 or depth > 4:
            return choose(ODD)
        schema = self.resolve(schema)
        for word in ("oneOf", "anyOf"):
            schema = self.resolve(choose(schema[word])) if word in schema else schema
        kind = schema.get("type")
        kind = choose(kind) if isinstance(kind, list) else kind
        if "enum" in schema:
            return choose(schema["enum"])
        if kind == "object":
            return self.members(schema, depth)
        if kind == "array":
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(choose([0, 1, 2, 40]))]
        known = [one for ids in self.ids.values() for one in ids]
        return choose([0, 1, -1, 5, 2**31, 2**63 - 1] if kind == "integer" else [True, False] if kind == "boolean" else
                      ["x", "2026-12-01T10:00:00Z", "fr", *known])

    def members(self, schema, depth=0):
        return {name: self.value(one, depth + 1) for name, one in schema.get("properties", {}).items() if self.random.random() < 0.8}

    def path(self, pattern):
        parts = []
        for part in pattern.removeprefix("/api/brand/v1").split("/"):
            if part in ("{slug}", "{org}"):
                part = self.world.slug
            elif part.startswith("{"):
                part = self.random.choice([*self.ids.get(parts[-1], []) * 3, "1", "0", "x", "99999999999999999999"])
            parts.append(part)
        return "/".join(parts)

    def learn(self, path, answer):
        kind = [part for part in path.split("/") if not part.isdigit()][-1]
        for one in answer if isinstance(answer, list) else [answer]:
            if isinstance(one, dict) and "id" in one:
                self.ids[kind] = [*self.ids.get(kind, []), str(one["id"])][-20:]

    def call(self, method, pattern, operation):
        path, keywords = self.path(pattern), {"params": {"org": self.world.slug}}
        for one in map(self.resolve, operation.get("parameters", [])):
            if one["in"] == "query" and one["name"] != "org" and self.random.random() < 0.6:
                value = self.value(one.get("schema", {}))
                keywords["params"][one["name"]] = (value if isinstance(value, str) else json.dumps(value))[:1000]
        if method != "get":
            schema = self.resolve(operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}))
            keywords["json"] = self.members(schema) if self.random.random() < 0.9 else self.random.choice(ODD)
            keywords["headers"] = {"If-Match": self.random.choice(VERSIONS)} if self.random.random() < 0.7 else {}
        answer = self.world.marie.call(method.upper(), path, None, **keywords)
        kind = answer.headers.get("Content-Type", "")
        assert answer.status_code < 500, (method, path, keywords, answer.text)
        assert answer.status_code < 400 or kind == "application/problem+json", (method, path, keywords, answer.text)
        if answer.status_code < 300 and kind.startswith("application/json"):
            self.learn(path, answer.json())
        return answer.status_code


@pytest.fixture
def world(server):
    world = World(server)
    customer, handle = person(server, "oddcustomer"), world.database.value("select handle from actors where id = %s", (world.account(),))
    for number in range(4):
        customer.post("/api/v1/statuses", data={"status": f"@{handle} where is {number}?", "visibility": ["public", "direct"][number % 2]})
    wait_until(lambda: len(world.marie.get("/conversations", actor_id=world.account())) == 4, 20, "the conversations")
    return world


def test_odd_values_break_nothing(world):
    caller = Caller(world, 1)
    # Neither the organisation nor the rights of who asks may end, or the rest would meet closed doors.
    operations = [(method, pattern, operation) for pattern, item in caller.document["paths"].items()
                  for method, operation in item.items() if method in METHODS and "stream" not in pattern and "/members/" not in pattern
                  and (method, pattern.rpartition("/")[2]) != ("delete", "{slug}")]
    for path in ("/conversations", "/drafts", "/contacts", f"/orgs/{world.slug}/members"):
        caller.learn(path, world.marie.get(path, org=world.slug))
    statuses = [caller.call(*operation) for _ in range(ROUNDS) for operation in operations]
    assert {200, 201, 404, 409, 422} <= set(statuses)
    assert len(world.marie.get("/conversations", actor_id=world.account())) > 0
