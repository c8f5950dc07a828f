# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations with people, for tests of /api/brand/v1."""
import hashlib
import itertools

from support.api import Api, make_token

BASE = "/api/brand/v1"
SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"
counter = itertools.count()


class Brand(Api):
    """Paths without what they have in common; answers are checked against the document."""
    def call(self, method, path, status=200, **keywords):
        return super().call(method, path if path.startswith("/api/") else BASE + path, status, **keywords)


def problem(answer, word, status):
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    document = answer.json()
    assert (answer.status_code, document["status"], document["type"].rsplit("/", 1)[1]) == (status, status, word), answer.text
    assert document["title"] and document["detail"]
    return document


class World:
    def __init__(self, server):
        self.server, self.database, self.suffix = server, server.database, f"w{next(counter)}w"
        self.slug, self.other_slug = "fleurs" + self.suffix, "autre" + self.suffix
        self.people = {}
        for name in ("marie", "luc", "paul"):
            server.create_account(name + self.suffix)
            self.people[name] = Brand(server, make_token(server.database, name + self.suffix, SCOPES), name + self.suffix)
        self.marie, self.luc, self.paul = (self.people[name] for name in ("marie", "luc", "paul"))
        server.command("org", "create", self.slug, "--name", "Fleurs", "--founder", "marie" + self.suffix, "--account",
                       "fleurs" + self.suffix)
        server.command("org", "create", self.other_slug, "--founder", "paul" + self.suffix, "--account", "autre" + self.suffix)

    def member(self, name, *roles):
        self.server.command("member", "add", self.slug, name + self.suffix)
        for role in roles:
            self.server.command("member", "grant", self.slug, name + self.suffix, "--role", role)
        return self.member_id(name)

    def member_id(self, name):
        return next(one["id"] for one in self.marie.get(f"/orgs/{self.slug}/members") if one["username"] == name + self.suffix)

    def account(self, slug=None):
        return self.database.value("select b.actor_id::text from brand_accounts as b join organisations as o on o.id ="
                                   " b.organisation_id where o.slug = %s order by 1 limit 1", (slug or self.slug,))

    def bound(self, name, actor_id, scopes=SCOPES):
        token = make_token(self.database, name + self.suffix, scopes)
        self.database.rows("update oauth_tokens set actor_id = %s where token_hash = %s returning 1",
                           (actor_id, hashlib.sha256(token.encode()).digest()))
        return Brand(self.server, token)

    def actions(self):
        return [one["action"] for one in self.marie.get("/audit", org=self.slug)]
