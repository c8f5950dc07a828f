# SPDX-License-Identifier: AGPL-3.0-or-later
"""Service après-vente with customers on two further servers: a mention becomes a conversation, is answered in private and then in
public, and is resolved."""
import pytest

from support.api import Api, make_token
from support.federated import Person
from support.waiting import wait_until

pytestmark = pytest.mark.limit(180)

SCOPES = "read write brand:read brand:publish brand:inbox"
ROOT = "/api/brand/v1/conversations"


class Shop:
    """fleurs here, with luc, an agent."""

    def __init__(self, server):
        self.server = server
        server.create_account("marie")
        server.create_account("luc")
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        server.command("member", "add", "fleurs", "luc")
        server.command("member", "grant", "fleurs", "luc", "--role", "agent")
        self.luc = Api(server, make_token(server.database, "luc", SCOPES))
        marie = Api(server, make_token(server.database, "marie", SCOPES + " brand:admin"))
        marie.post("/api/brand/v1/sla_policies", 201, json={
            "org": "fleurs", "name": "All", "first_reply": 3600, "next_reply": 3600, "resolution": 86400, "in_hours": False})
        self.uri = server.actor("fleurs")
        self.handle = f"@fleurs@127.0.0.1:{server.port}"

    def conversation_of(self, uri):
        number = self.server.wait_for_row("select t.number from posts p join ticket_posts tp on tp.post_id = p.id"
                                          " join tickets t on t.id = tp.ticket_id where p.uri = %s", uri)[0]
        return self.luc.get(ROOT, q=f"#{number}")[0]

    def act(self, conversation, verb, status=200, **fields):
        return self.luc.post(f"{ROOT}/{conversation['id']}/{verb}", status, json=fields,
                             headers={"If-Match": f'"{conversation["version"]}"'})

    def show(self, conversation):
        return self.luc.get(f"{ROOT}/{conversation['id']}")


def seen(server, text):
    """The post with these words, as another server has it."""
    return server.wait_for_row("select uri, visibility from posts where html like %s", f"%{text}%")


def test_from_a_mention_to_private_to_public_to_resolved(federated_factory):
    shop = Shop(federated_factory())
    there, elsewhere = federated_factory(accounts=("ada",)), federated_factory(accounts=("bea",))
    ada, bea = Person(there, "ada"), Person(elsewhere, "bea")
    ada.resolve(shop.uri)
    bea.resolve(shop.uri)

    asked = ada.post(f"{shop.handle} my tulips came without heads")
    conversation = shop.conversation_of(asked)
    assert conversation["status"] == "open" and conversation["customer"]["acct"] == f"ada@127.0.0.1:{there.port}"

    # Somebody on a third server joins the thread.
    bea.resolve(asked)
    joined = bea.post(f"{shop.handle} so did mine", reply_to=asked)
    assert shop.conversation_of(joined)["id"] == conversation["id"]

    # In private, to ada alone; the thread hears that she was answered, and no more.
    root = shop.server.one("select id from posts where uri = %s", asked)
    answered = shop.act(shop.show(conversation), "private", text="Your order number, please?", in_reply_to_id=str(root))
    private = answered["conversation"]
    question, visibility = seen(there, "Your order number")
    assert visibility == "direct" and private["channel"] == "private"
    neutral, visibility = seen(there, "answered you in a private message")
    assert visibility == "public" and answered["neutral_post_id"]
    number = ada.post(f"{shop.handle} it is order-4711-of-may", "direct", reply_to=question)
    assert shop.conversation_of(number)["id"] == private["id"]
    assert shop.show(private)["status"] == "open"
    clocks = {one["metric"]: one["state"] for one in shop.show(conversation)["clocks"]}
    assert clocks == {"first_reply": "ended", "next_reply": "running", "resolution": "running"}, "one promise for both"
    thanks = shop.act(shop.show(private), "reply", text="New ones are on their way")
    assert thanks["status"]["visibility"] == "direct"
    seen(there, "New ones are on their way")

    # Back in public, and done.
    closing = shop.act(shop.show(conversation), "reply", text="We have settled it", in_reply_to_id=str(root))
    assert closing["conversation"]["id"] == conversation["id"]
    seen(there, "We have settled it")
    shop.act(shop.show(private), "resolve")
    resolved = shop.act(shop.show(conversation), "resolve")
    assert resolved["status"] == "resolved" and resolved["first_reply_at"]
    assert {(one["state"], one["breached_at"]) for one in resolved["clocks"]} == {("ended", None)}, "within what was promised"
    kinds = [event["kind"] for event in shop.show(conversation)["events"]]
    assert kinds[0] == "opened" and {"post", "private", "reply", "status"} <= set(kinds)

    # What was private is nowhere else.
    for text in ("order-4711-of-may", "order number", "on their way"):
        assert not elsewhere.one("select count(*) from posts where html like %s", f"%{text}%")
    assert not shop.server.one("select count(*) from posts where html like '%%order number%%' and visibility <> 'direct'")

    # She comes back: the same conversation, open again.
    again = ada.post(f"{shop.handle} they are lovely, thank you", reply_to=asked)
    assert shop.conversation_of(again)["id"] == conversation["id"]
    wait_until(lambda: shop.show(conversation)["status"] == "open", 20, "open again")


def test_a_thread_whose_beginning_comes_last_is_one_conversation(federated_factory):
    shop = Shop(federated_factory())
    there, elsewhere = federated_factory(accounts=("ada",)), federated_factory(accounts=("bea",))
    ada, bea = Person(there, "ada"), Person(elsewhere, "bea")
    bea.resolve(shop.uri)
    # ada's question names nobody whom her server would send it to; bea answers it and names the shop.
    asked = ada.post("has anybody bought flowers lately?")
    bea.resolve(asked)
    answer = bea.post(f"{shop.handle} sold me some", reply_to=asked)
    conversation = shop.conversation_of(answer)
    shop.server.wait_for_post(asked)  # fetched, since it was answered
    ada.resolve(shop.uri)
    later = ada.post(f"{shop.handle} is that so?", reply_to=asked)
    assert shop.conversation_of(later)["id"] == conversation["id"]
    assert shop.server.one("select count(*) from tickets where merged_into_id is null") == 1
