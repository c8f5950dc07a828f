# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that a team keeps to itself, in notes, comments on drafts, cards and consents: they are in nothing that is sent to another
server, nothing that a customer or a visitor can open, no stream, feed or export, not in the log of the server nor in that of the
organisation."""
import json
import re
import secrets
import threading

import pytest
import requests

from support.api import Api, make_token
from support.fleet import Fleet
from support.routes import routes
from support.waiting import wait_until

pytestmark = pytest.mark.limit(300)

BRAND = "/api/brand/v1"
SCOPES = "read write follow push brand:read brand:publish brand:inbox brand:listen brand:admin"
ACTIVITY = {"Accept": "application/activity+json"}


class Stream:
    """What comes on a stream of events, as text, until the server ends."""

    def __init__(self, server, path, token):
        self.answer = requests.get(server.url + path, headers={"Authorization": f"Bearer {token}"}, stream=True, timeout=120)
        assert self.answer.status_code == 200, (path, self.answer.text)
        self.heard = b""
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            for part in self.answer.iter_content(1):
                self.heard += part
        except (requests.RequestException, AttributeError, ValueError, OSError):
            pass


class Shop:
    """fleurs of marie; cara, a customer here; ada, one on a server that records what comes."""

    def __init__(self, server, fleet):
        self.server, self.fleet = server, fleet
        self.secrets = {}
        for name in ("marie", "cara", "otto"):
            server.create_account(name)
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        server.command("org", "create", "autre", "--founder", "otto", "--account", "autre")
        self.marie, self.cara, self.otto = (Api(server, make_token(server.database, name, SCOPES), name) for name in (
            "marie", "cara", "otto"))
        self.account = server.one("select id::text from actors where handle = 'fleurs'")
        self.ids = [self.account, server.one("select id::text from organisations where slug = 'fleurs'"), self.cara.id, self.marie.id]

    def secret(self, where):
        self.secrets[where] = "secret" + secrets.token_hex(8)
        return self.secrets[where]

    def brand(self, method, path, status=200, **keywords):
        answer = self.marie.call(method, BRAND + path, status, **keywords)
        found = answer.json() if answer.content else None
        if isinstance(found, dict):
            self.ids += [found[key] for key in ("id", "contact_id") if isinstance(found.get(key), str)]
        return found

    def conversation(self, post_uri):
        number = self.server.wait_for_row("select t.number from posts p join ticket_posts tp on tp.post_id = p.id"
                                          " join tickets t on t.id = tp.ticket_id where p.uri = %s", post_uri)[0]
        return self.brand("GET", f"/conversations?q=%23{number}")[0]

    def reply(self, conversation, verb, text):
        version = self.brand("GET", f"/conversations/{conversation['id']}")["version"]
        answered = self.brand("POST", f"/conversations/{conversation['id']}/{verb}", json={"text": text},
                              headers={"If-Match": f'"{version}"'})
        self.ids += [answered["status"]["id"], answered["conversation"]["id"]]
        return answered

    def keep_to_itself(self, conversation, number):
        """Words wherever the team can write some that are not for others."""
        contact = conversation["contact"]["id"]
        self.ids += [conversation["id"], contact]
        self.brand("POST", f"/conversations/{conversation['id']}/note", json={"body": f"she is {self.secret(f'note {number}')}"})
        seen = self.brand("GET", f"/contacts/{contact}")["version"]
        self.brand("PATCH", f"/contacts/{contact}", headers={"If-Match": f'"{seen}"'}, json={
            "name": f"{self.secret(f'name {number}')}", "fields": {
                self.secret(f"field {number}"): self.secret(f"value {number}")}})
        self.brand("PUT", f"/contacts/{contact}/tags", headers={"If-Match": f'"{seen + 1}"'}, json={
            "tags": [self.secret(f"tag {number}")]})
        self.brand("POST", f"/contacts/{contact}/consents", 201, json={
            "purpose": "segment", "basis": "consent", "given_at": "2026-01-01T00:00:00Z", "evidence": self.secret(f"consent {number}")})
        self.brand("POST", f"/contacts/{contact}/identities", 201, json={
            "kind": "email", "value": self.secret(f"email {number}") + "@mail.example"})

    def draft(self, is_published):
        """With a comment; the words of one that is published are no secret."""
        said = "publicdraft" if is_published else self.secret("draft")
        draft = self.brand("POST", "/drafts", 201, json={"status": f"{said} #flowers", "actor_id": self.account})
        self.brand("POST", f"/drafts/{draft['id']}/comments", 201, json={"body": self.secret(f"comment {is_published}")})
        if is_published:
            self.brand("POST", f"/drafts/{draft['id']}/publish")
        else:
            self.brand("POST", f"/drafts/{draft['id']}/schedule", json={"scheduled_at": "2099-01-01T00:00:00Z"}, status=None)

    def found_in(self, text):
        return [where for where, secret in self.secrets.items() if secret.lower() in text.lower()]


def fill(path, ids):
    """The path with each of the ids and names in its places; streams and what hangs are looked at elsewhere."""
    names = re.findall(r"\{[^}]*\}", path)
    if not names:
        return [path]
    values = {"{handle}": ["@fleurs", "@cara"], "{name}": ["fleurs", "cara", "flowers"], "{hashtag}": ["flowers"], "{org}": ["fleurs"]}
    filled = []
    for first in values.get(names[0], ids):
        for last in (ids[:1] + ids[-3:] if len(names) > 1 else [None]):
            one = path.replace(names[0], first, 1)
            filled.append(one.replace(names[1], last, 1) if last else one)
    return [one for one in filled if "{" not in one]


def pages(server, ids):
    """Everything that can be asked for by GET: of the table, and of the brand API."""
    paths = {route.path for route in routes() if route.method == "GET" and "streaming" not in route.path and "assets" not in route.path}
    document = requests.get(server.url + BRAND + "/openapi.json", timeout=30).json()
    paths |= {path for path, item in document["paths"].items() if "get" in item and not path.endswith("/stream")}
    assert len(paths) > 200
    return sorted({one for path in paths for one in fill(path, ids)})


def crawl(server, paths, who, headers):
    """{path: text} of what was answered."""
    session, found = requests.Session(), {}
    session.headers.update(headers)
    for path in paths:
        answer = session.get(server.url + path, timeout=30, allow_redirects=False)
        assert answer.status_code != 429, f"{who} was held up at {path}"
        found[path] = answer.text + json.dumps(dict(answer.headers))
    return found


def test_what_the_team_says_among_itself_is_nowhere_else(federated_factory):
    server = federated_factory({"limits.exempt_addresses": "127.0.0.0/8"})
    fleet = Fleet(1)
    try:
        shop = Shop(server, fleet)
        connection = server.database.connect("superuser")
        connection.autocommit = True
        fleet.plant_followers(connection.cursor(), server.one("select id from actors where handle = 'fleurs'"), per_host=1)
        connection.close()
        streams = [Stream(server, "/api/v1/streaming/" + path, shop.cara.token) for path in ("user", "public", "hashtag?tag=flowers")]
        streams.append(Stream(server, f"{BRAND}/stream?org=autre", shop.otto.token))

        # A customer of this server, and one of another.
        asked = shop.cara.post("/api/v1/statuses", data={"status": "@fleurs publicquestion #flowers"})
        shop.ids.append(asked["id"])
        here = shop.conversation(asked["uri"])
        activity = fleet.create(1, to=[server.actor("fleurs")], content="<p>@fleurs from afar</p>")
        body, headers = fleet.signed(server.url + "/inbox", activity)
        assert requests.post(server.url + "/inbox", data=body, headers=headers, timeout=30).status_code == 202
        afar = shop.conversation(activity["object"]["id"])
        for number, conversation in enumerate((here, afar)):
            shop.keep_to_itself(conversation, number)
            shop.reply(conversation, "private", f"privateanswer{number}")
            shop.reply(conversation, "reply", f"publicanswer{number} #flowers")
        shop.draft(True)
        shop.draft(False)
        merged = shop.brand("POST", f"/contacts/{here['contact']['id']}/merge", json={"other": afar["contact"]["id"]})
        assert len(shop.found_in(json.dumps(merged))) >= 8  # the team itself does read them
        shop.cara.post(f"/api/v1/accounts/{shop.account}/follow")
        edited = server.one("select p.id::text from posts p where html like '%%publicanswer0%%'")
        shop.ids.append(edited)
        server.wait_until_none("select 1 from deliveries where state = 'pending'")
        wait_until(lambda: b"publicanswer0" in streams[0].heard and b"publicdraft" in streams[2].heard, 20, "the streams")

        sent = json.dumps(fleet.activities())
        assert "privateanswer1" in sent and "publicanswer1" in sent and "publicdraft" in sent
        assert shop.found_in(sent) == [] == shop.found_in(json.dumps([head for _, head in fleet.heads]))
        assert shop.found_in(b"".join(stream.heard for stream in streams).decode("utf-8", "replace")) == []

        paths = pages(server, list(dict.fromkeys(shop.ids)))
        cara = {"Authorization": f"Bearer {shop.cara.token}"}
        for who, headers, known in (("a visitor", {}, 10), ("a server", ACTIVITY, 5), ("the customer", cara, 10),
                                    ("another organisation", {"Authorization": f"Bearer {shop.otto.token}"}, 10)):
            found = crawl(server, paths, who, headers)
            assert sum("publicanswer0" in text or "publicquestion" in text for text in found.values()) >= known, who
            assert {path: shop.found_in(text) for path, text in found.items() if shop.found_in(text)} == {}, who

        # What members take along and what is noted of what they did has none of it either, nor has the log.
        for api in (shop.marie, shop.cara):
            for name in ("following", "followers", "lists", "mutes", "blocks", "domain_blocks", "bookmarks"):
                assert shop.found_in(api.call("GET", f"/api/v1/exports/{name}.csv").text) == []
        feed = shop.brand("POST", "/calendar/feed?org=fleurs", 201)["url"]
        words = {where for where in shop.secrets if where != "draft"}
        assert not words & set(shop.found_in(requests.get(feed, timeout=30).text))
        assert shop.found_in(json.dumps(shop.marie.get(BRAND + "/audit", org="fleurs", limit=100))) == []
        assert shop.found_in(server.log()) == []
        for table in ("posts", "activities_out", "notifications", "post_words"):
            assert shop.found_in(json.dumps(server.rows(f"select row_to_json(t)::text from {table} as t"))) == [], table
    finally:
        fleet.close()
