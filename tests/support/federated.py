# SPDX-License-Identifier: AGPL-3.0-or-later
"""Servers of ours that federate with others on loopback, and how a test looks into them."""
import requests

from support.act import act
from support.server import Server, write_config
from support.waiting import wait_until

SETTINGS = {"federation.allow_addresses": "127.0.0.0/8"}
ACTIVITY_JSON = {"Accept": "application/activity+json"}


class FederatedServer(Server):
    """authority: support.peers.Authority; the server then speaks https."""

    def __init__(self, database, settings=None, authority=None, **keywords):
        self.authority = authority
        super().__init__(database, {**SETTINGS, **(settings or {})}, **keywords)
        if authority:
            certificate, key = authority.files("127.0.0.1")
            self.settings.update({"instance.base_url": self.url, "http.tls_certificate": certificate, "http.tls_key": key,
                                  "federation.ca_file": authority.pem_path})
            write_config(self.config_path, self.settings)

    @property
    def url(self):
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}"

    def request(self, method, path, **keywords):
        if self.authority:
            keywords.setdefault("verify", self.authority.pem_path)
        return super().request(method, path, **keywords)

    def actor(self, name):
        return f"{self.url}/users/{name}"

    def act(self, verb, *arguments, **keywords):
        return act(self, verb, *arguments, **keywords)

    def rows(self, text, *values):
        return self.database.rows(text, values)

    def one(self, text, *values):
        found = self.rows(text, *values)
        return found[0][0] if found else None

    def wait_for_row(self, text, *values, seconds=20):
        """The first row that the query gives."""
        try:
            return wait_until(lambda: self.rows(text, *values), seconds, f"a row of {text} {values}")[0]
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story()}") from None

    def wait_for_post(self, uri, seconds=20):
        return self.wait_for_row("select id, html, visibility from posts where uri = %s", uri, seconds=seconds)

    def wait_until_none(self, text, *values, seconds=20):
        wait_until(lambda: not self.rows(text, *values), seconds, f"no row of {text} {values} any more")

    def document(self, path):
        answer = self.get(path, headers=ACTIVITY_JSON)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def story(self):
        """What a failed wait wants to know: the queues and the last of the log."""
        queues = {
            "in": self.rows("select type, state, attempts, parked_uri, last_error from activities_in order by id desc limit 10"),
            "out": self.rows("select a.type, d.inbox_url, d.state, d.attempts, d.last_status, d.last_error from deliveries d"
                             " join activities_out a on a.id = d.activity_id order by a.id desc limit 10"),
            "fetches": self.rows("select kind, uri, attempts, last_error from fetches order by id desc limit 10"),
        }
        return "\n".join(f"{name}: {rows}" for name, rows in queues.items()) + "\n" + self.log()[-4000:]


class Person:
    """A local actor that does things, by comptoir-act."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.uri = server.actor(name)

    def act(self, verb, *arguments, **keywords):
        return self.server.act(verb, self.name, *arguments, **keywords)

    def resolve(self, text):
        return self.server.act("resolve", text)

    def follow(self, uri):
        self.resolve(uri)
        return self.act("follow", uri)

    def post(self, text, visibility="public", cw=None, reply_to=None, poll=None, quote=None, quote_policy=None, seconds=None):
        """The uri. poll: texts of the options; a first "*" allows several choices."""
        values = [text, visibility, cw, reply_to, "|".join(poll) if poll else None, quote, None, quote_policy, seconds]
        return self.act("post", *("-" if value is None else value for value in values))["uri"]

    def id(self):
        return self.server.one("select id from actors where uri = %s", self.uri)

    def follows(self, uri, state="accepted"):
        """Waits until it follows uri."""
        self.server.wait_for_row("select f.id from follows f join actors a on a.id = f.follower_id join actors b on"
                                 " b.id = f.followed_id where a.uri = %s and b.uri = %s and f.state = %s", self.uri, uri, state)

    def is_followed_by(self, uri):
        self.server.wait_for_row("select f.id from follows f join actors a on a.id = f.follower_id join actors b on"
                                 " b.id = f.followed_id where a.uri = %s and b.uri = %s and f.state = 'accepted'", uri, self.uri)


def get_activity(url, **keywords):
    return requests.get(url, headers=ACTIVITY_JSON, timeout=10, **keywords)
