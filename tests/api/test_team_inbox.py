# SPDX-License-Identifier: AGPL-3.0-or-later
"""The team inbox: what customers write becomes conversations, what the team does with them, two agents at once, and notes that
nobody without the right ever sees."""
import json
import secrets
import threading

import pytest

from support.api import Api, make_token, new_id, person
from support.far import far_actor
from support.listener import Listener
from support.waiting import wait_until

SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"
ROOT = "/api/brand/v1/conversations"


class Desk:
    """fleurs of marie (owner, agent lead), with luc and zoe, agents, and paul, who writes; autre is another's."""

    def __init__(self, server):
        self.server, self.database = server, server.database
        for name in ("marie", "luc", "zoe", "paul", "otto"):
            setattr(self, name, person(server, name, scopes=SCOPES))
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs", "--name", "Fleurs de Marie")
        server.command("org", "create", "autre", "--founder", "otto", "--account", "autre")
        for name, role in (("luc", "agent"), ("zoe", "agent"), ("paul", "writer")):
            server.command("member", "add", "fleurs", name)
            server.command("member", "grant", "fleurs", name, "--role", role)
        self.brand = str(self.database.value("select id from actors where handle = 'fleurs'"))
        self.count = 0

    def member(self, name):
        return str(self.database.value("select m.id from memberships m join users u on u.id = m.user_id join actors a on"
                                       " a.id = u.actor_id where a.handle = %s", (name,)))

    def customer(self):
        self.count += 1
        return person(self.server, f"customer{self.count}")

    def find(self, post_id, api=None):
        """The conversation that a post is in, once it is."""
        number = wait_until(lambda: self.database.value("select t.number from ticket_posts p join tickets t on t.id = p.ticket_id"
                                                        " where p.post_id = %s", (post_id,)), 20, "a conversation")
        return (api or self.luc).get(ROOT, q=f"#{number}")[0]

    def ask(self, customer, text, **fields):
        """A conversation that begins with a mention."""
        post = customer.post("/api/v1/statuses", data={"status": text, **fields})
        return post, self.find(post["id"])

    def show(self, conversation, api=None):
        return (api or self.luc).get(f"{ROOT}/{conversation['id']}")

    def act(self, api, conversation, verb, status=200, version=None, **fields):
        return api.post(f"{ROOT}/{conversation['id']}/{verb}", status, json=fields,
                        headers={"If-Match": f'"{version or conversation["version"]}"'})

    def settle(self):
        wait_until(lambda: not self.database.value("select count(*) from ticket_arrivals where due_at < 'infinity'"), 20, "arrivals")


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


# ---- what becomes a conversation ----

def test_a_mention_is_a_conversation_with_its_customer(desk):
    customer = desk.customer()
    post, conversation = desk.ask(customer, "@fleurs where are my tulips?", language="en")
    assert conversation["status"] == "open" and conversation["channel"] == "public" and conversation["awaiting_us"]
    assert conversation["customer"]["acct"] == customer.name and conversation["language"] == "en"
    assert conversation["account_id"] == desk.brand and conversation["root_post_id"] == post["id"]
    story = desk.show(conversation)
    assert [one["status"]["id"] for one in story["posts"]] == [post["id"]] and story["notes"] == []
    assert [one["kind"] for one in story["events"]][0] == "opened"


def test_answers_and_additions_join_the_thread(desk):
    customer, other = desk.customer(), desk.customer()
    first, conversation = desk.ask(customer, "@fleurs first")
    more = customer.post("/api/v1/statuses", data={"status": "and the invoice", "in_reply_to_id": first["id"]})
    third = other.post("/api/v1/statuses", data={"status": "@fleurs same here", "in_reply_to_id": more["id"]})
    aside = other.post("/api/v1/statuses", data={"status": "poor you", "in_reply_to_id": more["id"]})
    assert desk.find(third["id"])["id"] == desk.find(more["id"])["id"] == conversation["id"]
    desk.settle()
    assert aside["id"] not in [one["post_id"] for one in desk.show(conversation)["posts"]]


def test_what_is_said_in_private_is_a_private_conversation_of_one_customer(desk):
    one, other = desk.customer(), desk.customer()
    post, public = desk.ask(one, "@fleurs in public")
    direct = one.post("/api/v1/statuses", data={"status": "@fleurs my number is 7", "visibility": "direct", "in_reply_to_id": post["id"]})
    private = desk.find(direct["id"])
    assert private["channel"] == "private" and private["parent_id"] == public["id"]
    second = other.post("/api/v1/statuses", data={"status": "@fleurs mine is 8", "visibility": "direct", "in_reply_to_id": post["id"]})
    assert desk.find(second["id"])["id"] not in (private["id"], public["id"])


def test_a_quote_of_the_brand_is_a_conversation(desk):
    brand_post = desk.database.value("select id from posts where actor_id = %s limit 1", (desk.brand,))
    if not brand_post:
        post, conversation = desk.ask(desk.customer(), "@fleurs hello")
        brand_post = desk.act(desk.luc, conversation, "reply", text="hello yourself")["status"]["id"]
    quote = desk.customer().post("/api/v1/statuses", data={"status": "they are funny", "quoted_status_id": str(brand_post)})
    assert desk.find(quote["id"])["status"] == "open"


def test_who_is_blocked_or_muted_makes_none(desk):
    for table, columns in (("blocks", "(id, blocker_id, blocked_id, uri)"), ("mutes", "(id, muter_id, muted_id)")):
        rude, polite = desk.customer(), desk.customer()
        values = (new_id(), desk.brand, rude.id) + (("https://x.example/" + rude.name,) if table == "blocks" else ())
        desk.database.rows(f"insert into {table} {columns} values ({', '.join(['%s'] * len(values))}) returning 1", values)
        post = rude.post("/api/v1/statuses", data={"status": "@fleurs !"})
        desk.ask(polite, "@fleurs please")
        desk.settle()
        assert not desk.database.value("select count(*) from ticket_posts where post_id = %s", (post["id"],))


def test_what_a_customer_withdraws_or_edits_is_told(desk):
    customer = desk.customer()
    post, conversation = desk.ask(customer, "@fleurs wrong address")
    customer.put(f"/api/v1/statuses/{post['id']}", data={"status": "@fleurs right address"})
    wait_until(lambda: "edited" in [one["kind"] for one in desk.show(conversation)["events"]], 20, "edited")
    customer.delete(f"/api/v1/statuses/{post['id']}")
    story = wait_until(lambda: (lambda s: s if "withdrawn" in [e["kind"] for e in s["events"]] else None)(desk.show(conversation)), 20,
                       "withdrawn")
    assert story["posts"][0]["status"] is None and story["posts"][0]["withdrawn_at"]
    assert "right address" not in json.dumps(story)


# ---- what the team does ----

def test_an_answer_reaches_the_customer_and_waits_for_them(desk):
    customer = desk.customer()
    post, conversation = desk.ask(customer, "@fleurs are you open?", language="fr")
    answered = desk.act(desk.luc, conversation, "reply", text="Until six")
    assert answered["conversation"]["status"] == "pending" and not answered["conversation"]["awaiting_us"]
    status = answered["status"]
    assert status["in_reply_to_id"] == post["id"] and status["account"]["acct"] == "fleurs" and status["language"] == "fr"
    assert [one["acct"] for one in status["mentions"]] == [customer.name]
    assert "Until six" in customer.get("/api/v1/notifications", types="mention")[0]["status"]["content"]
    desk.settle()
    story = desk.show(conversation)
    assert [(one["ours"], one["member_id"]) for one in story["posts"]] == [(False, None), (True, desk.member("luc"))]
    entry = json.loads(desk.server.command("audit", "list", "fleurs", "--count", "1", "--json").stdout)[0]
    assert entry["action"] == "inbox.reply" and "Until six" not in json.dumps(entry)
    back = customer.post("/api/v1/statuses", data={"status": "@fleurs thanks", "in_reply_to_id": status["id"]})
    assert desk.find(back["id"])["id"] == conversation["id"]
    assert desk.show(conversation)["status"] == "open"


def test_the_second_of_two_agents_is_told_and_sends_nothing(desk):
    customer = desk.customer()
    _, conversation = desk.ask(customer, "@fleurs who is first?")
    answers, barrier = {}, threading.Barrier(2)

    def answer(name):
        api = Api(desk.server, getattr(desk, name).token)
        barrier.wait()
        answers[name] = api.call("POST", f"{ROOT}/{conversation['id']}/reply", None, json={"text": f"I am {name}"},
                                 headers={"If-Match": f'"{conversation["version"]}"'})

    threads = [threading.Thread(target=answer, args=(name,)) for name in ("luc", "zoe")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {name: one.status_code for name, one in answers.items()}
    assert sorted(codes.values()) == [200, 409], [one.text for one in answers.values()]
    winner = min(codes, key=codes.get)
    refused = [one for one in answers.values() if one.status_code == 409][0].json()
    assert refused["type"].endswith("/stale-version") and refused["current"]["version"] > conversation["version"]
    assert f"I am {winner}" in refused["reply"]["content"] and refused["event"]["member_id"] == desk.member(winner)
    assert desk.database.value("select count(*) from posts where actor_id = %s and html like '%%I am %%'", (desk.brand,)) == 1


def test_without_the_version_that_was_seen_nothing_is_done(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs hm")
    answer = desk.luc.call("POST", f"{ROOT}/{conversation['id']}/resolve", 428)
    assert answer.json()["type"].endswith("/version-needed")
    desk.act(desk.luc, conversation, "resolve", 409, version=conversation["version"] + 5)
    assert desk.show(conversation)["status"] == "open"


def test_in_private_and_back_in_public(desk):
    customer = desk.customer()
    post, public = desk.ask(customer, "@fleurs ma commande ?", language="fr")
    answered = desk.act(desk.luc, public, "private", text="Your number, please")
    private = answered["conversation"]
    assert private["channel"] == "private" and private["parent_id"] == public["id"] and private["status"] == "pending"
    assert answered["status"]["visibility"] == "direct" and [one["acct"] for one in answered["status"]["mentions"]] == [customer.name]
    neutral = customer.get(f"/api/v1/statuses/{answered['neutral_post_id']}")
    assert "répondu en message privé" in neutral["content"] and neutral["visibility"] == "public"
    direct = customer.post("/api/v1/statuses", data={"status": "@fleurs number-4711-it-is", "visibility": "direct",
                                                     "in_reply_to_id": answered["status"]["id"]})
    assert desk.find(direct["id"])["id"] == private["id"]
    again = desk.act(desk.luc, desk.show(public), "private", text="And your name")
    assert again["conversation"]["id"] == private["id"] and again["neutral_post_id"] is None
    closing = desk.act(desk.luc, desk.show(public), "reply", text="All is well")
    assert closing["conversation"]["id"] == public["id"] and closing["status"]["visibility"] == "public"
    assert "number-4711-it-is" not in json.dumps(desk.show(public)["posts"])


def test_states_and_who_takes_care(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs states")
    desk.act(desk.luc, conversation, "assign", 403, assignee_id=desk.member("zoe"))
    taken = desk.act(desk.luc, conversation, "assign", assignee_id="me")
    assert taken["assignee_id"] == desk.member("luc")
    desk.act(desk.zoe, taken, "assign", 403, assignee_id="me")
    given = desk.act(desk.luc, taken, "assign", assignee_id=desk.member("zoe"))
    back = desk.act(desk.marie, given, "assign", assignee_id=desk.member("marie"))
    desk.act(desk.marie, back, "assign", 422, assignee_id=desk.member("paul"))
    desk.act(desk.marie, back, "assign", 422, assignee_id="12345")
    snoozed = desk.act(desk.luc, back, "snooze", until="2099-01-01T00:00:00Z", status=422)
    assert snoozed["type"].endswith("/bad-value")
    desk.act(desk.luc, back, "snooze", until="yesterday", status=422)
    urgent = desk.act(desk.luc, back, "priority", priority=2)
    desk.act(desk.luc, urgent, "priority", priority=3, status=422)
    resolved = desk.act(desk.luc, urgent, "resolve")
    assert resolved["status"] == "resolved" and resolved["resolved_at"] and resolved["priority"] == 2
    closed = desk.act(desk.luc, resolved, "close")
    assert desk.act(desk.luc, closed, "reply", 409, text="too late")["type"].endswith("/wrong-state")
    assert desk.act(desk.luc, closed, "reopen")["status"] == "open"


def test_a_snooze_ends_by_itself_or_by_the_customer(desk):
    customer = desk.customer()
    post, conversation = desk.ask(customer, "@fleurs later")
    asleep = desk.act(desk.luc, conversation, "snooze", until=desk.database.value(
        "select to_char((now() + interval '2 seconds') at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"))
    assert asleep["status"] == "snoozed" and asleep["snoozed_until"]
    awake = wait_until(lambda: (lambda c: c if c["status"] == "open" else None)(desk.show(conversation)), 30, "awake")
    asleep = desk.act(desk.luc, awake, "snooze", until=desk.database.value(
        "select to_char((now() + interval '2 days') at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))
    again = customer.post("/api/v1/statuses", data={"status": "@fleurs now!", "in_reply_to_id": post["id"]})
    desk.find(again["id"])
    assert desk.show(conversation)["status"] == "open"


def test_who_comes_back_soon_reopens_and_who_comes_late_begins_another(desk):
    customer = desk.customer()
    post, conversation = desk.ask(customer, "@fleurs broken")
    desk.act(desk.luc, conversation, "resolve")
    soon = customer.post("/api/v1/statuses", data={"status": "@fleurs still broken", "in_reply_to_id": post["id"]})
    assert desk.find(soon["id"])["id"] == conversation["id"]
    assert desk.show(conversation)["status"] == "open"
    desk.act(desk.luc, desk.show(conversation), "resolve")
    desk.database.rows("update tickets set resolved_at = now() - interval '8 days' where id = %s returning 1", (conversation["id"],))
    late = customer.post("/api/v1/statuses", data={"status": "@fleurs broken again", "in_reply_to_id": post["id"]})
    another = desk.find(late["id"])
    assert another["id"] != conversation["id"] and another["parent_id"] == conversation["id"]
    later = customer.post("/api/v1/statuses", data={"status": "@fleurs hello?", "in_reply_to_id": post["id"]})
    assert desk.find(later["id"])["id"] == another["id"]


def test_two_become_one_and_the_newer_number_leads_to_the_older(desk):
    customer = desk.customer()
    one_post, one = desk.ask(customer, "@fleurs one")
    two_post, two = desk.ask(customer, "@fleurs two")
    desk.luc.post(f"{ROOT}/{two['id']}/note", data={"body": "note of two"})
    merged = desk.act(desk.luc, two, "merge", **{"with": one["id"]})
    assert merged["id"] == one["id"] and merged["number"] == one["number"]
    story = desk.show(two)
    assert story["id"] == one["id"] and [one["post_id"] for one in story["posts"]] == [one_post["id"], two_post["id"]]
    assert [one["body"] for one in story["notes"]] == ["note of two"]
    assert desk.luc.get(ROOT, q=str(two["number"]))[0]["id"] == one["id"]
    assert two["id"] not in [one["id"] for one in desk.luc.get(ROOT, limit=100)]


def test_two_customers_private_talks_never_become_one(desk):
    talks = []
    for customer in (desk.customer(), desk.customer()):
        post = customer.post("/api/v1/statuses", data={"status": "@fleurs between us", "visibility": "direct"})
        talks.append(desk.find(post["id"]))
    assert desk.act(desk.luc, talks[1], "merge", 422, **{"with": talks[0]["id"]})["type"].endswith("/bad-value")
    _, public = desk.ask(desk.customer(), "@fleurs in public")
    desk.act(desk.luc, public, "merge", 422, **{"with": talks[0]["id"]})
    desk.act(desk.luc, public, "merge", 422, **{"with": public["id"]})


# ---- lists ----

def test_a_list_has_only_what_may_be_read(desk):
    """Who may read what is assigned to them sees that and no more."""
    own_role = new_id()
    desk.database.rows("insert into roles (id, organisation_id, name) select %s, id, 'trainee' from organisations where slug = 'fleurs'"
                       " returning 1", (own_role,))
    desk.database.rows("insert into role_permissions (role_id, permission, is_for_own_only) values (%s, 'inbox.read', true) returning 1",
                       (own_role,))
    desk.server.command("member", "grant", "fleurs", "paul", "--role", "trainee")
    _, mine = desk.ask(desk.customer(), "@fleurs for paul")
    _, other = desk.ask(desk.customer(), "@fleurs for others")
    assert desk.paul.get(ROOT) == []
    desk.act(desk.marie, mine, "assign", assignee_id=desk.member("paul"))
    assert [one["id"] for one in desk.paul.get(ROOT)] == [mine["id"]]
    assert desk.paul.get(ROOT, q=f"#{other['number']}") == []
    desk.show(mine, desk.paul)
    desk.paul.get(f"{ROOT}/{other['id']}", 403)
    desk.server.command("member", "withdraw", "fleurs", "paul", "--role", "trainee")


def test_lists_are_narrowed_and_paged(desk):
    customer = desk.customer()
    made = [desk.ask(customer, f"@fleurs list zebra{number}")[1] for number in range(3)]
    desk.act(desk.luc, made[1], "assign", assignee_id="me")
    ids = {one["id"] for one in made}

    def listed(**parameters):
        return [one["id"] for one in desk.luc.call("GET", ROOT, params=parameters).json() if one["id"] in ids]

    assert listed() == [made[1]["id"], made[2]["id"], made[0]["id"]]
    assert listed(assignee="me") == [made[1]["id"]] and listed(assignee="none") == [made[2]["id"], made[0]["id"]]
    assert listed(status="pending,resolved") == [] and len(listed(status="open", account=desk.brand)) == 3
    domain = desk.database.value("select domain from actors where handle = 'fleurs'")
    assert listed(q=f"@{customer.name}@{domain}") == listed()
    first = desk.luc.call("GET", ROOT, params={"limit": 1})
    assert first.json()[0]["id"] == made[1]["id"]
    second = desk.luc.session.get(first.links["next"]["url"]).json()
    assert second[0]["id"] == made[2]["id"]
    back = desk.luc.session.get(desk.luc.call("GET", ROOT, params={"limit": 1, "max_id": first.links["next"]["url"].split("max_id=")[1]})
                                .links["prev"]["url"]).json()
    assert back[-1]["id"] == made[1]["id"]
    wait_until(lambda: desk.luc.get(ROOT, q="zebra2"), 20, "the index of words")
    assert [one["id"] for one in desk.luc.get(ROOT, q="zebra2")] == [made[2]["id"]]
    desk.luc.call("GET", ROOT, 422, params={"status": "done"})


# ---- rights ----

def test_what_is_another_organisations_is_not_there(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs secret")
    missing = desk.otto.call("GET", f"{ROOT}/99", 404).json()
    found = desk.otto.call("GET", f"{ROOT}/{conversation['id']}", 404).json()
    assert {**missing, "request_id": 0} == {**found, "request_id": 0}
    for verb in ("reply", "private", "note", "assign", "snooze", "resolve", "merge"):
        desk.act(desk.otto, conversation, verb, 404, text="x", body="x")
    desk.act(desk.luc, conversation, "merge", 404, **{"with": "99"})
    assert desk.otto.get(ROOT) == [] and desk.show(conversation)["version"] == conversation["version"]


def test_who_writes_for_the_brand_only_reads_no_conversation(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs not for paul")
    assert desk.paul.get(ROOT, 403)["type"].endswith("/permission-missing")
    for verb in ("reply", "private", "note", "assign", "snooze", "resolve", "merge"):
        assert desk.act(desk.paul, conversation, verb, 403, text="x", body="x")["type"].endswith("/permission-missing")
    Api(desk.server, make_token(desk.database, "luc", "read write brand:read")).get(ROOT, 403)


def test_a_right_that_ends_ends_with_the_next_request(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs rights")
    desk.server.command("member", "withdraw", "fleurs", "zoe", "--role", "agent")
    desk.act(desk.zoe, conversation, "reply", 403, text="no more")
    desk.server.command("member", "grant", "fleurs", "zoe", "--role", "agent")
    desk.act(desk.zoe, conversation, "reply", text="again")


def test_only_who_writes_notes_reads_them_and_they_never_leave(desk):
    token = "tok" + secrets.token_hex(12)
    customer = desk.customer()
    _, conversation = desk.ask(customer, "@fleurs about notes")
    far = far_actor(desk.database, "listener")
    desk.luc.post(f"{ROOT}/{conversation['id']}/note", data={"body": f"internal {token}"})
    desk.luc.post(f"{ROOT}/{conversation['id']}/note", 422, data={"body": ""})
    desk.act(desk.luc, conversation, "reply", text="@listener@far.example see you")
    assert token in json.dumps(desk.show(conversation))
    desk.server.command("member", "grant", "fleurs", "paul", "--permission", "inbox.read")
    story = desk.show(conversation, desk.paul)
    assert story["notes"] is None and story["posts"]
    for api in (desk.paul, desk.otto, customer, Api(desk.server)):
        for path in (ROOT, f"{ROOT}/{conversation['id']}", f"{ROOT}/{conversation['id']}/events", "/api/v1/timelines/home",
                     "/api/v1/notifications", f"/api/v1/accounts/{desk.brand}/statuses", f"/api/v2/search?q={token}", "/@fleurs",
                     "/users/fleurs/outbox?page=true", "/api/v1/conversations"):
            assert token not in api.call("GET", path, None).text, path
    desk.server.command("member", "withdraw", "fleurs", "paul", "--permission", "inbox.read")
    for command in (("ticket", "list", "fleurs"), ("ticket", "show", "fleurs", str(conversation["number"])),
                    ("audit", "list", "fleurs")):
        assert token not in desk.server.command(*command, "--json").stdout
    assert not desk.database.value("select count(*) from activities_out where convert_from(body, 'utf8') like %s", (f"%{token}%",))
    assert not desk.database.value("select count(*) from posts where html like %s", (f"%{token}%",))
    assert token not in desk.server.log()


def test_settings_are_for_admins(desk):
    assert desk.luc.get("/api/brand/v1/orgs/fleurs/inbox") == {"reopen_days": 7}
    desk.luc.patch("/api/brand/v1/orgs/fleurs/inbox", 403, data={"reopen_days": 3})
    desk.marie.patch("/api/brand/v1/orgs/fleurs/inbox", 422, data={"reopen_days": 400})
    assert desk.marie.patch("/api/brand/v1/orgs/fleurs/inbox", data={"reopen_days": 3}) == {"reopen_days": 3}
    desk.marie.patch("/api/brand/v1/orgs/fleurs/inbox", data={"reopen_days": 7})


# ---- live ----

def test_the_stream_tells_those_who_may_know_and_ends_with_membership(desk):
    luc, paul, otto = Listener(desk.luc), Listener(desk.paul), Listener(desk.otto)
    try:
        _, conversation = desk.ask(desk.customer(), "@fleurs live and secret")
        wait_until(lambda: [one for _, one in luc.events if one["id"] == conversation["id"]], 20, "an event")
        desk.act(desk.luc, conversation, "resolve")
        wait_until(lambda: [one for name, one in luc.events if one["status"] == "resolved" and name == "conversation.changed"], 20,
                   "another")
        assert not paul.events and not otto.events and "secret" not in json.dumps(luc.events)
        desk.server.command("member", "suspend", "fleurs", "luc")
        wait_until(lambda: luc.has_ended, 30, "the end")
        desk.server.command("member", "restore", "fleurs", "luc")
    finally:
        for listener in (luc, paul, otto):
            listener.close()


# ---- the operator ----

def test_the_operator_sees_numbers_and_states(desk):
    _, conversation = desk.ask(desk.customer(), "@fleurs operators do not read this")
    listed = json.loads(desk.server.command("ticket", "list", "fleurs", "--json").stdout)
    mine = [one for one in listed if one["number"] == conversation["number"]][0]
    assert mine["status"] == "open" and "operators" not in json.dumps(listed)
    shown = json.loads(desk.server.command("ticket", "show", "fleurs", str(conversation["number"]), "--json").stdout)
    assert shown["posts"] == 1 and "operators" not in json.dumps(shown)
    state = json.loads(desk.server.command("ticket", "arrivals", "--json").stdout)
    assert state["set_aside"] == 0
