# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cards of customers: found by whatever they wrote from, changed, merged and taken apart again with nothing lost, and seen by
nobody else."""
import hashlib
import json
import random

import pytest

from support.api import make_token, new_id, Api
from support.brand import Brand, SCOPES, problem
from support.far import far_actor
from support.waiting import wait_until

ROOT = "/contacts"


class Shop:
    """fleurs of marie (owner, agent lead), with luc, an agent, and lea, who reads for one account; autre is otto's."""

    def __init__(self, server):
        self.server, self.database = server, server.database
        for name in ("marie", "luc", "lea", "otto", "ada", "bob"):
            server.create_account("c_" + name)
            setattr(self, name, Brand(server, make_token(server.database, "c_" + name, SCOPES), "c_" + name))
        server.command("org", "create", "fleurs", "--founder", "c_marie", "--account", "fleurs")
        server.command("org", "add-account", "fleurs", "secours")
        server.command("org", "create", "autre", "--founder", "c_otto", "--account", "autre")
        for name in ("luc", "lea"):
            server.command("member", "add", "fleurs", "c_" + name)
        server.command("member", "grant", "fleurs", "c_luc", "--role", "agent")
        server.command("member", "grant", "fleurs", "c_lea", "--role", "analyst", "--account", "secours")
        self.organisation = self.database.value("select id from organisations where slug = 'fleurs'")
        self.account = str(self.database.value("select id from actors where handle = 'fleurs'"))
        self.count = 0

    def member(self, name):
        return str(self.database.value("select m.id from memberships m join users u on u.id = m.user_id join actors a on"
                                       " a.id = u.actor_id where a.handle = %s", ("c_" + name,)))

    def card(self, organisation=None, **columns):
        """(contact, its actor): of somebody far away who is known already."""
        self.count += 1
        actor = far_actor(self.database, f"far{self.count}", **columns)
        number, organisation = new_id(), organisation or self.organisation
        self.database.rows("insert into contacts (id, organisation_id, card_id) values (%s, %s, %s) returning 1",
                           (number, organisation, number))
        self.database.rows("insert into contact_identities (id, organisation_id, contact_id, kind, actor_id, proof)"
                           " values (%s, %s, %s, 'actor', %s, 'seen') returning 1", (number, organisation, number, actor))
        return str(number), actor

    def conversation(self, customer, text, **fields):
        post = Api(self.server, customer.token).post("/api/v1/statuses", data={"status": text, **fields})
        number = wait_until(lambda: self.database.value("select t.number from ticket_posts p join tickets t on t.id = p.ticket_id"
                                                        " where p.post_id = %s", (post["id"],)), 20, "a conversation")
        return post, self.marie.get("/conversations", q=f"#{number}")[0]

    def bound(self, name):
        """An app of a member that speaks as fleurs."""
        token = make_token(self.database, "c_" + name, "read write")
        self.database.rows("update oauth_tokens set actor_id = %s where token_hash = %s returning 1",
                           (self.account, hashlib.sha256(token.encode()).digest()))
        return Api(self.server, token)

    def show(self, contact, api=None):
        return (api or self.marie).get(f"{ROOT}/{contact}")

    def change(self, contact, status=200, api=None, version=None, **fields):
        version = version or self.show(contact)["version"]
        return (api or self.marie).patch(f"{ROOT}/{contact}", status, json=fields, headers={"If-Match": f'"{version}"'})

    def tag(self, contact, *tags, status=200, api=None):
        return (api or self.marie).put(f"{ROOT}/{contact}/tags", status, json={"tags": list(tags)},
                                       headers={"If-Match": f'"{self.show(contact)["version"]}"'})

    def merge(self, contact, other, status=200, api=None):
        return (api or self.marie).post(f"{ROOT}/{contact}/merge", status, json={"other": other})

    def unmerge(self, contact, status=200, api=None, **fields):
        return (api or self.marie).post(f"{ROOT}/{contact}/unmerge", status, json=fields)

    def consent(self, contact, status=201, api=None, **fields):
        body = {"purpose": "segment", "basis": "consent", "evidence": "https://far.example/notes/1", "given_at": "2026-01-02T03:04:05Z",
                **fields}
        return (api or self.marie).post(f"{ROOT}/{contact}/consents", status, json=body)

    def listed(self, api=None, **parameters):
        return [one["id"] for one in (api or self.marie).get(ROOT, **parameters)]


@pytest.fixture(scope="module")
def shop(server):
    return Shop(server)


# ---- what is on a card ----

def test_who_writes_has_a_card_and_one_only(shop):
    _, first = shop.conversation(shop.ada, "@fleurs where are my tulips?")
    assert first["contact"] == {"id": first["contact_id"], "name": "c_ada"}
    _, second = shop.conversation(shop.ada, "@secours and my roses?")
    assert second["contact"] == first["contact"] and second["account_id"] != first["account_id"]
    card = shop.show(first["contact_id"])
    identity, = card["identities"]
    assert (identity["kind"], identity["account_id"], identity["proof"], identity["state"]) == ("actor", shop.ada.id, "seen", "active")
    assert identity["handle"] == "c_ada" and not identity["blocked"] and card["tags"] == [] and card["fields"] == {}
    history = shop.marie.get(f"{ROOT}/{card['id']}/history")
    assert [one["id"] for one in history] == [second["id"], first["id"]]
    page = shop.marie.call("GET", f"{ROOT}/{card['id']}/history", params={"limit": 1})
    assert [one["id"] for one in page.json()] == [second["id"]]
    rest = shop.marie.session.get(page.links["next"]["url"])
    assert [one["id"] for one in rest.json()] == [first["id"]]


def test_who_may_read_conversations_but_no_cards_is_told_none(shop):
    _, seen = shop.conversation(shop.ada, "@fleurs one more question")
    path = f"/conversations/{seen['id']}"
    shop.server.create_account("c_max")
    reader = Brand(shop.server, make_token(shop.database, "c_max", SCOPES), "c_max")
    shop.server.command("member", "add", "fleurs", "c_max")
    shop.server.command("member", "grant", "fleurs", "c_max", "--permission", "inbox.read")
    assert shop.marie.get(path)["contact"]["name"] == "c_ada"
    told = reader.get(path)
    assert (told["contact"], told["contact_id"]) == (None, None) and told["customer"]["username"] == "c_ada"
    listed = next(one for one in reader.get("/conversations") if one["id"] == seen["id"])
    assert (listed["contact"], listed["contact_id"]) == (None, None)


def test_a_private_conversation_is_of_the_same_card(shop):
    _, public = shop.conversation(shop.bob, "@fleurs help")
    answered = shop.luc.post(f"/conversations/{public['id']}/private", json={"text": "Your number?"},
                             headers={"If-Match": f'"{public["version"]}"'})
    assert answered["conversation"]["contact"] == public["contact"]
    assert len(shop.marie.get(f"{ROOT}/{public['contact_id']}/history")) == 2


def test_a_card_says_what_the_team_notes(shop):
    contact, _ = shop.card(display_name="Zoé Far")
    assert shop.show(contact)["name"] == "Zoé Far"
    changed = shop.change(contact, name="  Zoé Dupont ", language="fr", assignee_id=shop.member("luc"),
                          fields={"size": 42, "vip": True, "street": "rue \"du\" Bac\n7", "é": "ü"})
    assert (changed["name"], changed["given_name"], changed["language"]) == ("Zoé Dupont", "Zoé Dupont", "fr")
    assert changed["assignee_id"] == shop.member("luc") and changed["fields"]["street"] == "rue \"du\" Bac\n7"
    changed = shop.change(contact, fields={"vip": None, "size": 43})
    assert changed["fields"] == {"size": 43, "street": "rue \"du\" Bac\n7", "é": "ü"}
    assert shop.tag(contact, "vip", "fleurs")["tags"] == ["fleurs", "vip"]
    assert shop.tag(contact, "vip")["tags"] == ["vip"]
    changed = shop.change(contact, name=None, language="", assignee_id=None)
    assert (changed["name"], changed["given_name"], changed["language"], changed["assignee_id"]) == ("Zoé Far", None, None, None)
    actions = [one["action"] for one in shop.marie.get("/audit", org="fleurs")]
    assert {"contact.edit", "contact.tags"} <= set(actions)
    assert "Dupont" not in json.dumps(shop.marie.get("/audit", org="fleurs")) and "vip" not in json.dumps(
        [one["data"] for one in shop.marie.get("/audit", org="fleurs")])


def test_bad_values_change_nothing(shop):
    contact, _ = shop.card()
    before = shop.show(contact)
    for fields in ({"name": "n" * 201}, {"name": 7}, {"name": "a\u0001"}, {"language": "French"}, {"language": "fr-"}, {"language": 3},
                   {"assignee_id": "12"}, {"assignee_id": "x"}, {"assignee_id": shop.database.value(
                       "select min(m.id)::text from memberships m join organisations o on o.id = m.organisation_id where o.slug = 'autre'")},
                   {"fields": []}, {"fields": {"": 1}}, {"fields": {"n" * 61: 1}}, {"fields": {"a": [1]}}, {"fields": {"a": {}}},
                   {"fields": {"a": "x" * 1001}}, {"fields": {f"f{n}": n for n in range(51)}}):
        problem(shop.marie.call("PATCH", f"{ROOT}/{contact}", None, json=fields, headers={"If-Match": f'"{before["version"]}"'}),
                "bad-value", 422)
    problem(shop.marie.call("PATCH", f"{ROOT}/{contact}", None, data=b"[1]", headers={
        "If-Match": f'"{before["version"]}"', "Content-Type": "application/json"}), "bad-request", 400)
    for tags in (["with space"], ["a,b"], ["t" * 61], [f"t{n}" for n in range(51)]):
        shop.tag(contact, *tags, status=422)
    for fields in ({"purpose": "fun"}, {"basis": "none"}, {"evidence": " "}, {"evidence": "e" * 2001}, {"given_at": "2199-01-01T00:00:00Z"},
                   {"given_at": "yesterday"}):
        shop.consent(contact, 422, **fields)
    for fields in ({"kind": "actor", "value": "1"}, {"kind": "email", "value": "no address"}, {"kind": "email", "value": "a@b@c"},
                   {"kind": "order", "value": "7", "proof": "oath"}, {"kind": "order", "value": "n" * 321}, {"kind": "order", "value": ""}):
        shop.marie.post(f"{ROOT}/{contact}/identities", 422, json=fields)
    for fields in ({"name": "a\0b"}, {"fields": {"a\0": 1}}, {"fields": {"a": "\0"}}):
        shop.change(contact, None, **fields)
    shop.consent(contact, None, evidence="a\0b")
    shop.marie.call("GET", ROOT, 422, params={"q": "x" * 201})
    assert shop.show(contact) == before


def test_fields_are_bounded_over_time_as_well(shop):
    contact, _ = shop.card()
    shop.change(contact, fields={f"a{n}": n for n in range(50)})
    shop.change(contact, 422, fields={"one": 1})
    shop.change(contact, fields={"a1": None, "one": 1})
    assert len(shop.show(contact)["fields"]) == 50


def test_without_the_version_that_was_seen_nothing_is_changed(shop):
    contact, _ = shop.card()
    seen = shop.show(contact)["version"]
    answer = shop.marie.call("GET", f"{ROOT}/{contact}")
    assert answer.headers["ETag"] == f'"{seen}"'
    shop.change(contact, name="First")
    problem(shop.marie.call("PATCH", f"{ROOT}/{contact}", None, json={"name": "Second"}, headers={"If-Match": f'"{seen}"'}),
            "stale-version", 409)
    problem(shop.marie.call("PATCH", f"{ROOT}/{contact}", None, json={"name": "Second"}), "version-needed", 428)
    for version in ("0", "-1", "x"):
        problem(shop.marie.call("PATCH", f"{ROOT}/{contact}", None, json={"name": "Second"}, headers={"If-Match": f'"{version}"'}),
                "stale-version", 409)
    problem(shop.marie.call("PUT", f"{ROOT}/{contact}/tags", None, json={"tags": ["x"]}), "version-needed", 428)
    assert shop.show(contact)["name"] == "First"


def test_identities_are_noted_once(shop):
    contact, _ = shop.card()
    other, _ = shop.card()
    card = shop.marie.post(f"{ROOT}/{contact}/identities", 201, json={"kind": "email", "value": "Ada@Mail.Example"})
    noted = card["identities"][1]
    assert (noted["kind"], noted["value"], noted["proof"], noted["member_id"]) == ("email", "ada@mail.example", "member", shop.member("marie"))
    for one in (contact, other):
        problem(shop.marie.call("POST", f"{ROOT}/{one}/identities", None, json={"kind": "email", "value": "ada@mail.example"}), "conflict",
                409)
    shop.marie.post(f"{ROOT}/{other}/identities", 201, json={"kind": "order", "value": "4711", "proof": "order_number"})
    assert shop.listed(q="ada@mail.example") == [contact] and shop.listed(q="4711") == [other]
    shop.marie.call("DELETE", f"{ROOT}/{other}/identities/{noted['id']}", 404)
    shop.marie.call("DELETE", f"{ROOT}/{contact}/identities/{card['identities'][0]['id']}", 404)
    shop.marie.call("DELETE", f"{ROOT}/{contact}/identities/{noted['id']}", 204)
    assert len(shop.show(contact)["identities"]) == 1


def test_consents_stay_when_they_are_withdrawn(shop):
    contact, _ = shop.card()
    given = shop.consent(contact)
    assert given["member_id"] == shop.member("marie") and given["withdrawn_at"] is None
    shop.marie.call("DELETE", f"{ROOT}/{contact}/consents/{given['id']}", 204)
    withdrawn, = shop.marie.get(f"{ROOT}/{contact}/consents")["consents"]
    assert withdrawn["withdrawn_at"] and withdrawn["withdrawn_member_id"] == shop.member("marie")
    shop.marie.call("DELETE", f"{ROOT}/{contact}/consents/{given['id']}", 204)
    assert shop.marie.get(f"{ROOT}/{contact}/consents")["consents"] == [withdrawn] == shop.show(contact)["consents"]
    shop.marie.call("DELETE", f"{ROOT}/{contact}/consents/12345", 404)


def test_what_became_of_an_account_is_told(shop):
    contact, actor = shop.card(display_name="Gone Girl", domain="gone.example")
    shop.database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, %s) returning 1",
                       (new_id(), shop.account, actor, f"https://x.example/{actor}"))
    identity, = shop.show(contact)["identities"]
    assert identity["blocked"] and identity["state"] == "active"
    target = far_actor(shop.database, "gone-to")
    shop.database.rows("update actors set moved_to_id = %s where id = %s returning 1", (target, actor))
    identity, = shop.show(contact)["identities"]
    assert (identity["state"], identity["moved_to_id"]) == ("moved", target)
    shop.database.rows("update actors set suspended_at = now() where id = %s returning 1", (actor,))
    assert shop.show(contact)["identities"][0]["state"] == "suspended"
    shop.database.rows("update actors set deleted_at = now() where id = %s returning 1", (actor,))
    card = shop.show(contact)
    identity, = card["identities"]
    assert identity["state"] == "deleted" and card["name"] is None
    assert [identity[key] for key in ("handle", "domain", "display_name", "uri")] == [None] * 4
    assert "gone" not in json.dumps(card).lower().replace(actor, "")
    shop.database.rows("delete from actors where id = %s returning 1", (actor,))
    assert shop.show(contact)["identities"][0]["state"] == "deleted"


# ---- lists ----

def test_cards_are_found_by_name_handle_and_tag(shop):
    contact, _ = shop.card(display_name="Éloïse Krähenbühl", domain="nest.example")
    named, _ = shop.card()
    shop.change(named, name="Père Noël")
    shop.tag(named, "Winter")
    handle = shop.show(contact)["identities"][0]["handle"]
    for text in ("eloise", "KRAHEN", "Éloïse kra", handle, f"@{handle}", f"{handle}@nest", f"@{handle}@nest.example"):
        assert contact in shop.listed(q=text), text
    for text in ("pere", "noel", "Winter"):
        assert shop.listed(q=text) == [named], text
    for text in ("winter", "nobodyatall", f"{handle}@other", "'", "&|!", "\\", "%"):
        assert not {contact, named} & set(shop.listed(q=text)), text
    problem(shop.marie.call("GET", ROOT + "?q=%00", None), "bad-request", 400)


def test_lists_are_paged_and_show_cards_only(shop):
    made = [shop.card()[0] for _ in range(4)]
    shop.merge(made[0], made[3])
    first = shop.marie.call("GET", ROOT, params={"limit": 2})
    assert [one["id"] for one in first.json()] == [made[2], made[1]]
    second = shop.marie.session.get(first.links["next"]["url"])
    assert second.json()[0]["id"] == made[0]
    back = shop.marie.session.get(second.links["prev"]["url"])
    assert [one["id"] for one in back.json()] == [made[2], made[1]]


# ---- who may ----

def test_another_organisation_sees_nothing(shop):
    contact, _ = shop.card()
    other = shop.database.value("select id from organisations where slug = 'autre'")
    theirs, _ = shop.card(other)
    assert shop.listed(shop.otto) == [theirs] and theirs not in shop.listed()
    for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("PUT", "/tags", {"tags": ["x"]}), ("GET", "/history", None),
                               ("POST", "/merge", {"other": theirs}), ("POST", "/unmerge", {}), ("GET", "/consents", None),
                               ("POST", "/identities", {"kind": "order", "value": "1"}), ("DELETE", "/identities/1", None),
                               ("DELETE", "/consents/1", None)):
        answer = shop.otto.call(method, f"{ROOT}/{contact}{path}", None, json=body, headers={"If-Match": '"1"'})
        missing = shop.otto.call(method, f"{ROOT}/12345{path}", None, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 404 and answer.json() == missing.json(), path
    shop.merge(contact, theirs, 404)
    shop.merge(contact, "12345", 404)
    shop.merge(contact, "x", 422)
    assert shop.show(contact)["merged"] == [] and shop.show(theirs, shop.otto)["merged"] == []


def test_an_agent_changes_what_is_their_own(shop):
    contact, _ = shop.card()
    problem(shop.luc.call("PATCH", f"{ROOT}/{contact}", None, json={"name": "x"}, headers={"If-Match": '"1"'}), "permission-missing", 403)
    shop.consent(contact, 403, shop.luc)
    shop.change(contact, assignee_id=shop.member("luc"))
    assert shop.change(contact, api=shop.luc, name="Mine")["name"] == "Mine"
    other, _ = shop.card()
    shop.merge(contact, other, 403, shop.luc)
    _, conversation = shop.conversation(shop.bob, "@fleurs again")
    shop.change(conversation["contact_id"], 403, shop.luc, name="Bobby")
    shop.luc.post(f"/conversations/{conversation['id']}/assign", json={"assignee_id": "me"},
                  headers={"If-Match": f'"{conversation["version"]}"'})
    assert shop.change(conversation["contact_id"], api=shop.luc, name="Bobby")["name"] == "Bobby"
    assert shop.merge(contact, conversation["contact_id"], api=shop.luc)["id"] == contact
    shop.unmerge(conversation["contact_id"], api=shop.luc)


def test_who_reads_for_one_account_reads_its_customers_only(shop):
    _, here = shop.conversation(shop.ada, "@secours help")
    contact, _ = shop.card()
    _, elsewhere = shop.conversation(shop.otto, "@fleurs hello")
    assert shop.listed(shop.lea) == [here["contact_id"]]
    shop.show(here["contact_id"], shop.lea)
    for unseen in (contact, elsewhere["contact_id"]):
        shop.lea.get(f"{ROOT}/{unseen}", 404)
        shop.lea.get(f"{ROOT}/{unseen}/history", 404)
    accounts = {one["account_id"] for one in shop.lea.get(f"{ROOT}/{here['contact_id']}/history")}
    assert accounts == {here["account_id"]}
    problem(shop.lea.call("PATCH", f"{ROOT}/{here['contact_id']}", None, json={}, headers={"If-Match": '"1"'}), "permission-missing", 403)


# ---- two become one, and two again ----

def test_merged_cards_are_shown_as_one_and_taken_apart_with_nothing_lost(shop):
    one, two = shop.card(display_name="Ada")[0], shop.card(display_name="Ada at work")[0]
    shop.change(one, fields={"size": 1, "a": "one"})
    shop.change(two, name="Two", language="fr", fields={"size": 2, "b": "two"})
    shop.tag(one, "x")
    shop.tag(two, "y", "z")
    shop.consent(two)
    before = [shop.show(one), shop.show(two)]
    merged = shop.merge(one, two)
    assert merged["id"] == one and merged["tags"] == ["x", "y", "z"] and merged["fields"] == {"size": 1, "a": "one", "b": "two"}
    assert (merged["given_name"], merged["language"], len(merged["identities"]), len(merged["consents"])) == ("Two", "fr", 2, 1)
    part, = merged["merged"]
    assert (part["id"], part["into_id"], part["name"], part["member_id"]) == (two, one, "Two", shop.member("marie"))
    asked = shop.show(two)
    assert asked["is_merged"] and (asked["asked_id"], asked["id"]) == (two, one)
    assert {key: asked[key] for key in asked if key not in ("asked_id", "is_merged")} == {
        key: merged[key] for key in merged if key not in ("asked_id", "is_merged")}
    assert two not in shop.listed() and shop.listed(q="y")[0] == one
    # Whatever is said of the card from now on is the card's own.
    shop.change(two, name="Both", fields={"b": None, "size": 3, "new": True})
    assert shop.tag(one, "x", "z", "w")["tags"] == ["w", "x", "z"]
    assert shop.listed(q="y") == []
    assert shop.show(one)["fields"] == {"size": 3, "a": "one", "new": True}
    apart = shop.unmerge(two)
    restored = {**apart["taken_out"], "version": before[1]["version"]}
    assert restored == before[1] and apart["taken_out"]["version"] > before[1]["version"]
    kept = apart["contact"]
    assert kept["fields"] == {"size": 3, "a": "one", "new": True} and kept["tags"] == ["w", "x"] and kept["given_name"] == "Both"
    assert kept["merged"] == [] and kept["identities"] == before[0]["identities"] and kept["consents"] == []
    problem(shop.marie.call("POST", f"{ROOT}/{two}/unmerge", None, json={}), "conflict", 409)
    actions = [entry["action"] for entry in shop.marie.get("/audit", org="fleurs")]
    assert "contact.merge" in actions and "contact.unmerge" in actions


def test_a_card_is_not_merged_with_itself(shop):
    one, two = shop.card()[0], shop.card()[0]
    shop.merge(one, one, 409)
    shop.merge(one, two)
    shop.merge(two, one, 409)
    shop.unmerge(one, 409)
    shop.unmerge(one, 200, other=two)


def test_conversations_follow_the_card(shop):
    _, conversation = shop.conversation(shop.ada, "@fleurs one more")
    contact, other = conversation["contact_id"], shop.card(display_name="Somebody")[0]
    shop.change(other, name="Really Ada")
    shop.merge(other, contact)
    seen = shop.marie.get(f"/conversations/{conversation['id']}")
    assert seen["contact"] == {"id": other, "name": "Really Ada"} and seen["contact_id"] == other
    history = [one["id"] for one in shop.marie.get(f"{ROOT}/{other}/history")]
    assert conversation["id"] in history
    _, later = shop.conversation(shop.ada, "@fleurs and another")
    assert later["contact"]["id"] == other
    shop.unmerge(contact)
    assert shop.marie.get(f"{ROOT}/{other}/history") == []
    assert [one["id"] for one in shop.marie.get(f"{ROOT}/{contact}/history")] == [later["id"], *history]


OWN = ("given_name", "language", "fields", "tags", "identities", "consents", "merged", "assignee_id")


class Model:
    """What each contact says by itself, kept beside the server's."""

    def __init__(self):
        self.tags, self.fields, self.name, self.parent = set(), {}, None, None
        self.frozen = None  # its card when it was merged


def own(card):
    return {key: card[key] for key in OWN}


@pytest.mark.parametrize("seed", range(4))
def test_cards_come_back_as_they_were_whatever_was_merged(shop, seed):
    dice = random.Random(seed)
    models = {shop.card()[0]: Model() for _ in range(6)}

    def top(contact):
        while models[contact].parent:
            contact = models[contact].parent
        return contact

    def edit():
        contact = dice.choice(list(models))
        model, view = models[top(contact)], shop.show(contact)
        wanted = set(dice.sample("abcdef", dice.randrange(5)))
        assert shop.tag(contact, *wanted)["tags"] == sorted(wanted)
        model.tags = (model.tags | (wanted - set(view["tags"]))) - (set(view["tags"]) - wanted)
        key, value = dice.choice("pqr"), dice.choice([None, dice.randrange(9)])
        seen = shop.change(contact, fields={key: value}, name=dice.choice(["Ann", "Bea"]))
        assert seen["fields"].get(key) == value
        model.name = seen["given_name"]
        model.fields.pop(key, None)
        if value is not None:
            model.fields[key] = value
        if dice.random() < 0.3:
            shop.consent(contact)

    def merge():
        kept, gone = dice.sample(list(models), 2)
        kept, gone = top(kept), top(gone)
        if kept != gone:
            models[gone].frozen = own(shop.show(gone))
            shop.merge(kept, gone)
            models[gone].parent = kept

    def unmerge(contact):
        """As it was, unless something was taken out of it meanwhile."""
        taken_out = own(shop.unmerge(contact)["taken_out"])
        assert models[contact].frozen in (None, taken_out)
        above = models[contact].parent
        while above:
            models[above].frozen, above = None, models[above].parent
        models[contact].parent = None

    for _ in range(25):
        merged = [contact for contact in models if models[contact].parent]
        step = dice.random()
        if step < 0.5:
            edit()
        elif step < 0.8 or not merged:
            merge()
        else:
            unmerge(dice.choice(merged))
    while any(model.parent for model in models.values()):
        unmerge(next(contact for contact, model in models.items() if model.parent and model.parent == top(contact)))
    for contact, model in models.items():
        card = shop.show(contact)
        assert (set(card["tags"]), card["fields"], card["given_name"]) == (model.tags, model.fields, model.name)
        assert card["merged"] == [] and [one["contact_id"] for one in card["identities"]] == [contact]


# ---- by other doors ----

def test_the_command_line_merges_and_takes_apart(shop):
    one, two = shop.card()[0], shop.card()[0]
    shop.change(one, name="Secret Name")

    def run(*words):
        return json.loads(shop.server.command("contact", *words, "--json").stdout)

    assert {one, two} <= {card["id"] for card in run("list", "fleurs")}
    assert run("merge", "fleurs", one, two)["merged"] == [two]
    shown = run("show", "fleurs", two)
    assert shown["id"] == one and shown["identities"] == 2 and "Secret" not in json.dumps(shown)
    assert run("unmerge", "fleurs", two)["merged"] == [] and run("show", "fleurs", one)["merged"] == []
    entry = next(one for one in shop.marie.get("/audit", org="fleurs") if one["action"] == "contact.unmerge")
    assert entry["door"] == "command"


def test_an_answer_by_an_app_joins_with_the_name_of_who_gave_it(shop):
    post, conversation = shop.conversation(shop.ada, "@fleurs by app?")
    application = shop.bound("luc")
    answer = application.post("/api/v1/statuses", data={"status": "@c_ada by app!", "in_reply_to_id": post["id"]})
    story = wait_until(lambda: (lambda seen: seen if len(seen["posts"]) == 2 and seen["status"] == "pending" else None)(
        shop.marie.get(f"/conversations/{conversation['id']}")), 20, "the answer in the conversation")
    assert [(one["post_id"], one["ours"], one["member_id"]) for one in story["posts"]] == [
        (post["id"], False, None), (answer["id"], True, shop.member("luc"))]
    assert story["first_reply_at"] and not story["awaiting_us"]
    event = next(one for one in story["events"] if one["kind"] == "reply")
    assert event["member_id"] == shop.member("luc")
