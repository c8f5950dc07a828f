# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server dies while it publishes an approved draft, at whatever moment: when it is back, it is said once, and sent once."""
import json
import random
import threading

import pytest
import requests

from support.api import Api, make_token
from support.brand import SCOPES
from support.far import far_actor, follow
from support.peers import Peer
from support.waiting import wait_until

ROOT = "/api/brand/v1/drafts"
ROUNDS = 8


class House:
    def __init__(self, server, peer):
        self.server, self.database = server, server.database
        for name in ("marie", "wilma", "erik"):
            server.create_account(name)
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        for name, role in (("wilma", "writer"), ("erik", "editor-in-chief")):
            server.command("member", "add", "fleurs", name, "--role", role)
        self.tokens = {name: make_token(self.database, name, SCOPES) for name in ("wilma", "erik")}
        self.account = self.database.value("select actor_id::text from brand_accounts")
        host = f"127.0.0.1:{peer.port}"
        base = f"http://{host}/users/far"
        follow(self.database, far_actor(self.database, "far", host, uri=base, inbox_url=base + "/inbox"), self.account)

    def ask(self, name, method, path, expected=200, **body):
        """Each time by a connection of its own: the server may be another one."""
        api = Api(self.server, self.tokens[name])
        return api.call(method, ROOT + path, expected, json=body if method == "POST" else None).json()

    def approved(self, text):
        draft = self.ask("wilma", "POST", "", 201, status=text, actor_id=self.account, submit=True)
        return self.ask("erik", "POST", f"/{draft['id']}/approve", version=1)

    def press(self, draft):
        try:
            self.ask("erik", "POST", f"/{draft['id']}/publish", None)
        except (requests.RequestException, ValueError):
            pass

    def come_due(self, draft):
        self.database.rows("update drafts set scheduled_at = now() - interval '1 second' where id = %s returning 1", (draft["id"],))
        self.database.rows("update jobs set due_at = now() where kind = 'draft_publish' and key = %s returning 1", (draft["id"],))
        self.database.rows("select pg_notify('comptoir_wake', '8')")

    def recover(self):
        """Nobody waits for the lease of a process that is gone."""
        self.server.start()
        self.database.rows("update jobs set leased_until = null, due_at = now() where kind = 'draft_publish' returning 1")
        self.database.rows("select pg_notify('comptoir_wake', '8')")


def creates(peer):
    return [json.loads(request.body)["object"]["content"] for request in list(peer.requests)
            if request.method == "POST" and json.loads(request.body)["type"] == "Create"]


def how_often(words, contents):
    return sum(words in content for content in contents)


@pytest.mark.limit(240)
@pytest.mark.parametrize("way", ["pressed", "due"])
def test_an_approved_draft_is_said_and_sent_once_whenever_the_server_dies(server_factory, way):
    peer = Peer()
    server = server_factory({"federation.allow_addresses": "127.0.0.0/8"})
    chance = random.Random(way)
    try:
        house = House(server, peer)
        for number in range(ROUNDS):
            words = f"once{way}{number}once"
            draft = house.approved(words)
            if way == "due":
                house.ask("erik", "POST", f"/{draft['id']}/schedule", scheduled_at="2099-01-01T00:00:00Z")
                house.come_due(draft)
            else:
                thread = threading.Thread(target=house.press, args=(draft,))
                thread.start()
            threading.Event().wait(chance.uniform(0, 0.12))  # the moment of its death
            server.kill()
            if way == "pressed":
                thread.join()
            house.recover()
            state = house.ask("erik", "GET", f"/{draft['id']}")["state"]
            assert state in (("approved", "published") if way == "pressed" else ("scheduled", "published"))
            if way == "pressed" and state == "approved":
                house.press(draft)
            wait_until(lambda: house.ask("erik", "GET", f"/{draft['id']}")["state"] == "published", 30, "the draft to be published")
            count = "select count(*) from posts where text_source = %s"
            assert server.database.value(count, (words,)) == 1
            assert server.database.value("select count(*) from releases where draft_id = %s", (draft["id"],)) == 1
            wait_until(lambda: how_often(words, creates(peer)), 60, "the delivery")
        wait_until(lambda: not server.database.value("select count(*) from deliveries where state = 'pending'"), 60, "the deliveries")
        ids = [json.loads(request.body)["id"] for request in peer.requests if request.method == "POST"]
        contents = creates(peer)
        # A delivery whose answer was lost with the server is the same activity once more: it is known by its id.
        said = {json.loads(request.body)["id"]: request.body for request in peer.requests if request.method == "POST"}
        assert len({json.loads(body)["object"]["content"] for body in said.values() if json.loads(body)["type"] == "Create"}) == ROUNDS
        for number in range(ROUNDS):
            words = f"once{way}{number}once"
            assert how_often(words, [json.loads(body)["object"]["content"] for body in said.values()]) == 1
            assert 1 <= how_often(words, contents) <= 2
        assert len(ids) <= ROUNDS * 2
    finally:
        peer.close()
