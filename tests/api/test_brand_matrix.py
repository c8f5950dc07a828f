# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what: every operation of openapi.json that names a permission, called by each role and by those who have none,
against the printed matrix."""
import re

import pytest

from support.api import Api, make_token

BASE = "/api/brand/v1"
SCOPES = "brand:read brand:publish brand:inbox brand:listen brand:admin"
ROLES = ["owner", "admin", "editor-in-chief", "writer", "legal", "agent", "agent-lead", "analyst", "recruiter", "reader"]

# The matrix as it is printed: a column for each role in the order above; x yes, a own things only, . no.
MATRIX = {
    "org.roles org.domains org.billing":                                "x.........",
    "org.members profile.edit":                                         "xx........",
    "org.admin":                                                        "xx........",
    "org.audit org.privacy org.export":                                 "xx..x.....",
    "account.speak":                                                    "..........",
    "draft.write":                                                      "xxxx....x.",
    "draft.comment":                                                    "xxxxxxxxxx",
    "draft.approve":                                                    "..x.......",
    "draft.approve_legal":                                              "....x.....",
    "draft.schedule":                                                   "..xa......",
    "post.delete":                                                      "xxx.x.x...",
    "campaign.manage segment.manage":                                   "xxx.......",
    "inbox.read contact.read":                                          "xxx.xxxx..",
    "inbox.reply inbox.reply_private inbox.note inbox.resolve":         ".....xx...",
    "inbox.assign inbox.macros contact.edit":                           "xx...ax...",
    "inbox.export":                                                     "x...x.x...",
    "listen.read analytics.read":                                       "xxxxxxxx.x",
    "listen.manage alert.ack":                                          "xxx...xx..",
    "community.moderate idea.manage review.reply":                      "xxx..xx...",
    "offer.manage fund.manage":                                         "xxx.......",
    "job.manage job.read_applications":                                 "x.......x.",
    "account.interact":                                                 "..x..xx...",
}


def letter(permission, role):
    for permissions, letters in MATRIX.items():
        if permission in permissions.split():
            return letters[ROLES.index(role)]
    raise AssertionError(f"the matrix has no line for {permission}")


def words():
    return [word for line in MATRIX for word in line.split()]


class World:
    """matrix, with somebody for each role, somebody without any (member) and somebody whose roles are for one account only
    (narrow); other, with its owner (foreigner); and a stranger."""

    def __init__(self, server):
        self.server, self.people = server, {}
        for name in [*(role.replace("-", "_") for role in ROLES), "member", "narrow", "victim", "stranger", "foreigner", "founder"]:
            server.create_account("m_" + name)
            self.people[name] = Api(server, make_token(server.database, "m_" + name, SCOPES), "m_" + name)
        server.command("org", "create", "matrix", "--founder", "m_founder", "--account", "matrix_brand")
        server.command("org", "add-account", "matrix", "matrix_help")
        server.command("org", "create", "other", "--founder", "m_foreigner", "--account", "other_brand")
        for role in ROLES:
            server.command("member", "add", "matrix", "m_" + role.replace("-", "_"), "--role", role)
        for name in ("member", "narrow", "victim"):
            server.command("member", "add", "matrix", "m_" + name)
        for role in ROLES:
            server.command("member", "grant", "matrix", "m_narrow", "--role", role, "--account", "matrix_brand")
        members = {one["username"]: one["id"] for one in self.founder.get(BASE + "/orgs/matrix/members")}
        accounts = {one["username"]: one["id"] for one in self.founder.get(BASE + "/orgs/matrix/accounts")}
        self.account = accounts["matrix_brand"]
        self.victim = members["m_victim"]

    @property
    def founder(self):
        return self.people["founder"]

    def by_role(self, role):
        return self.people[role.replace("-", "_")]

    def path(self, path):
        """With ids of things of matrix, of the kinds that are known here; 1 is nobody's, or a role that cannot be removed."""
        kinds = {"/accounts/": self.account, "/members/": self.victim}
        chosen = next((value for part, value in kinds.items() if part + "{id}" in path), 1)
        return re.sub(r"{\w+}", "1", path.replace("{org}", "matrix").replace("{id}", str(chosen)))

    def call(self, api, method, path, **headers):
        """(status, word of the problem). Without a body that could be done: what is allowed is refused for its values."""
        body = None if method == "get" else {}
        answer = api.session.request(method.upper(), self.server.url + self.path(path), params={"org": "matrix"}, json=body,
                                     headers={"If-Match": '"0"', **headers}, timeout=30, stream=True, allow_redirects=False)
        word = answer.json()["type"].rsplit("/", 1)[1] if answer.status_code >= 400 else None
        answer.close()
        return answer.status_code, word


@pytest.fixture(scope="module")
def world(server):
    return World(server)


@pytest.fixture(scope="module")
def document(server):
    return Api(server).get(BASE + "/openapi.json")


def operations(document, who):
    return [(method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()
            if operation["x-who"] in who]


def holders(document):
    return operations(document, ["holder"])


def test_each_role_may_do_what_the_matrix_says(world, document):
    wrong = []
    for method, path, operation in holders(document):
        for role in ROLES:
            held = letter(operation["x-permission"], role)
            is_allowed = held == "x" or (held == "a" and operation["x-own"])
            status, word = world.call(world.by_role(role), method, path)
            refused = status in (401, 403) or (status == 404 and "{" not in path.replace("{org}", ""))
            if refused == is_allowed or (not is_allowed and (status, word) != (403, "permission-missing")):
                wrong.append(f"{operation['operationId']} ({operation['x-permission']}) by {role}: {status} {word}")
    assert wrong == []


def test_nobody_else_may_do_any_of_it(world, document):
    wrong = []
    for method, path, operation in holders(document):
        for name, api, expected in (
                ("nobody", Api(world.server), (401, "unauthorised")),
                ("a stranger", world.people["stranger"], (404, "not-found")),
                ("an owner of another organisation", world.people["foreigner"], (404, "not-found")),
                ("a member without role", world.people["member"], (403, "permission-missing"))):
            found = world.call(api, method, path)
            if found != expected:
                wrong.append(f"{operation['operationId']} by {name}: {found}")
        found = world.call(world.people["foreigner"], method, path, **{"X-Act-As": world.account})
        if found != (404, "not-found"):
            wrong.append(f"{operation['operationId']} as an account of others: {found}")
    assert wrong == []


def test_a_token_without_the_scope_is_worth_nothing(world, document):
    wrong, tokens = [], {}
    for method, path, operation in operations(document, ["holder", "member", "user"]):
        scope, = operation["security"][0]["oauth"]
        if scope not in tokens:
            others = " ".join(one for one in SCOPES.split() if one != scope) + " read write"
            tokens[scope] = Api(world.server, make_token(world.server.database, "m_owner", others))
        found = world.call(tokens[scope], method, path)
        if found != (403, "scope-missing"):
            wrong.append(f"{operation['operationId']}: {found}")
    assert wrong == []


def test_members_read_what_is_for_members_and_others_do_not(world, document):
    wrong = []
    for method, path, operation in operations(document, ["member"]):
        if world.call(world.people["stranger"], method, path) != (404, "not-found"):
            wrong.append(f"{operation['operationId']} by a stranger")
        if method == "get" and world.call(world.people["member"], method, path)[0] in (401, 403):
            wrong.append(f"{operation['operationId']} by a member")
    assert wrong == []


def test_roles_for_one_account_change_nothing_of_the_organisation(world, document):
    wrong = []
    for method, path, operation in holders(document):
        if operation["x-permission"].startswith("org."):
            found = world.call(world.people["narrow"], method, path)
            if found != (403, "permission-missing"):
                wrong.append(f"{operation['operationId']}: {found}")
    assert wrong == []


def test_the_matrix_knows_every_permission(world):
    assert sorted(one["name"] for one in world.founder.get(BASE + "/permissions")) == sorted(words())
    roles = {one["name"]: one for one in world.founder.get(BASE + "/orgs/matrix/roles")}
    for role in ROLES:
        assert roles[role]["permissions"] == sorted(word for word in words() if letter(word, role) == "x"), role
        assert roles[role]["own_permissions"] == sorted(word for word in words() if letter(word, role) == "a"), role


def test_what_is_for_own_things_only_is_told_apart(world):
    for role in ROLES:
        standing, = world.by_role(role).get(BASE + "/me/permissions")
        for one in [standing, *standing["accounts"]]:
            assert one["permissions"] == sorted(word for word in words() if letter(word, role) == "x"), role
            assert one["own_permissions"] == sorted(word for word in words() if letter(word, role) == "a"), role
