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


def people_of(server):
    """marie, luc and paul of a server, made once: accounts take long. They belong to nobody when they are given out."""
    if not hasattr(server, "brand_people"):
        server.brand_people = {}
        for name in ("marie", "luc", "paul"):
            server.create_account("brand_" + name)
            server.brand_people[name] = Brand(server, make_token(server.database, "brand_" + name, SCOPES), "brand_" + name)
    server.database.rows("delete from grants returning 1")
    server.database.rows("delete from memberships returning 1")
    server.database.rows("update users set locale = 'en' returning 1")
    return server.brand_people


class World:
    """Organisations of its own, of people who belonged to nobody: those of earlier worlds are nobody's any more."""

    def __init__(self, server):
        self.server, self.database, self.suffix = server, server.database, f"w{next(counter)}w"
        self.slug, self.other_slug = "fleurs" + self.suffix, "autre" + self.suffix
        self.people = people_of(server)
        self.marie, self.luc, self.paul = (self.people[name] for name in ("marie", "luc", "paul"))
        server.command("org", "create", self.slug, "--name", "Fleurs", "--founder", self.marie.name, "--account",
                       "fleurs" + self.suffix)
        server.command("org", "create", self.other_slug, "--founder", self.paul.name, "--account", "autre" + self.suffix)

    def member(self, name, *roles):
        self.server.command("member", "add", self.slug, self.people[name].name)
        for role in roles:
            self.server.command("member", "grant", self.slug, self.people[name].name, "--role", role)
        return self.member_id(name)

    def member_id(self, name):
        return next(one["id"] for one in self.marie.get(f"/orgs/{self.slug}/members") if one["username"] == self.people[name].name)

    def account(self, slug=None):
        return self.database.value("select b.actor_id::text from brand_accounts as b join organisations as o on o.id ="
                                   " b.organisation_id where o.slug = %s order by 1 limit 1", (slug or self.slug,))

    def bound(self, name, actor_id, scopes=SCOPES):
        token = make_token(self.database, self.people[name].name, scopes)
        self.database.rows("update oauth_tokens set actor_id = %s where token_hash = %s returning 1",
                           (actor_id, hashlib.sha256(token.encode()).digest()))
        return Brand(self.server, token)

    def actions(self):
        return [one["action"] for one in self.marie.get("/audit", org=self.slug)]
