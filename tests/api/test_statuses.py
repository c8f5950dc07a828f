# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statuses as apps read them: every member, what hangs at them, and who is refused."""
import re

import pytest

from support.act import act
from support.api import Api, make_token, new_id, person

DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
BOOLEANS = ("favourited", "reblogged", "muted", "bookmarked")
MEMBERS = {"id": str, "uri": str, "created_at": str, "account": dict, "content": str, "visibility": str, "sensitive": bool,
           "spoiler_text": str, "media_attachments": list, "mentions": list, "tags": list, "emojis": list, "reblogs_count": int,
           "favourites_count": int, "replies_count": int, "quotes_count": int, "url": str, "quote_approval": dict,
           "tagged_collections": list}
NULLABLE = ("in_reply_to_id", "in_reply_to_account_id", "reblog", "poll", "card", "language", "text", "edited_at", "quote")
ACCOUNT = {"id": str, "username": str, "acct": str, "url": str, "uri": str, "display_name": str, "note": str, "avatar": str,
           "avatar_static": str, "avatar_description": str, "header": str, "header_static": str, "header_description": str,
           "locked": bool, "fields": list, "emojis": list, "bot": bool, "group": bool, "discoverable": bool, "indexable": bool,
           "created_at": str, "statuses_count": int, "followers_count": int, "following_count": int, "hide_collections": bool,
           "show_media": bool, "show_media_replies": bool, "show_featured": bool, "roles": list, "feature_approval": dict}


def check_account(account):
    for name, kind in ACCOUNT.items():
        assert type(account[name]) is kind, name
    assert account["created_at"].endswith("T00:00:00.000Z") and account["avatar"].startswith("http")
    assert account["last_status_at"] is None or re.match(r"^\d{4}-\d\d-\d\d$", account["last_status_at"])


def check_status(status, logged_in=True):
    for name, kind in MEMBERS.items():
        assert type(status[name]) is kind, name
    for name in NULLABLE:
        assert name in status, name
    assert status["id"].isdigit() and DATE.match(status["created_at"])
    for name in BOOLEANS:
        assert (type(status[name]) is bool) if logged_in else name not in status, name
    assert ("filtered" in status) is logged_in
    check_account(status["account"])
    if status["reblog"]:
        check_status(status["reblog"], logged_in)


@pytest.fixture(scope="module")
def marie(server):
    return person(server, "marie")


@pytest.fixture(scope="module")
def paul(server, marie):
    return person(server, "paul")


@pytest.fixture(scope="module")
def anyone(server):
    return Api(server)


def post(server, author, text, visibility="", cw="", reply_to="", *rest):
    return act(server, "post", author, text, visibility, cw, reply_to, *rest)


def test_a_status_has_every_member_that_apps_require(server, marie, paul, anyone):
    made = post(server, "marie", "Bonjour @paul, vive le #Café !", "", "mot doux")
    for api in (marie, paul, anyone):
        status = api.get(f"/api/v1/statuses/{made['id']}")
        check_status(status, api is not anyone)
    assert status["spoiler_text"] == "mot doux" and status["visibility"] == "public"
    assert [(one["acct"], one["id"]) for one in status["mentions"]] == [("paul", paul.id)]
    assert status["mentions"][0]["url"] in status["content"]
    assert [one["name"] for one in status["tags"]] == ["café"] and status["tags"][0]["url"].endswith("/tags/caf%C3%A9")
    assert status["account"]["statuses_count"] >= 1
    assert "pinned" not in paul.get(f"/api/v1/statuses/{made['id']}")
    assert marie.get(f"/api/v1/statuses/{made['id']}")["pinned"] is False


def test_numbers_and_flags_are_those_of_the_moment(server, marie, paul):
    made = post(server, "marie", "à aimer")
    before = paul.get(f"/api/v1/statuses/{made['id']}")
    assert (before["favourites_count"], before["favourited"], before["reblogged"]) == (0, False, False)
    act(server, "favourite", "paul", made["uri"])
    act(server, "boost", "paul", made["uri"])
    post(server, "paul", "réponse", "", "", made["uri"])
    after = paul.get(f"/api/v1/statuses/{made['id']}")
    assert (after["favourites_count"], after["reblogs_count"], after["replies_count"]) == (1, 1, 1)
    assert (after["favourited"], after["reblogged"]) == (True, True)
    other = marie.get(f"/api/v1/statuses/{made['id']}")
    assert (other["favourites_count"], other["favourited"], other["reblogged"]) == (1, False, False)
    act(server, "unfavourite", "paul", made["uri"])
    assert paul.get(f"/api/v1/statuses/{made['id']}")["favourited"] is False


def test_an_edit_is_seen_at_once_and_the_history_tells_all_versions(server, marie, anyone):
    made = post(server, "marie", "première version")
    assert "première" in anyone.get(f"/api/v1/statuses/{made['id']}")["content"]
    assert len(anyone.get(f"/api/v1/statuses/{made['id']}/history")) == 1
    act(server, "edit", "marie", made["uri"], "deuxième version")
    status = anyone.get(f"/api/v1/statuses/{made['id']}")
    assert "deuxième" in status["content"] and DATE.match(status["edited_at"])
    history = anyone.get(f"/api/v1/statuses/{made['id']}/history")
    assert ["première" in one["content"] for one in history] == [True, False]
    assert history[0]["created_at"] == status["created_at"] and history[1]["created_at"] == status["edited_at"]
    for version in history:
        check_account(version["account"])
        assert version["media_attachments"] == [] and version["emojis"] == [] and version["sensitive"] is False
    source = marie.get(f"/api/v1/statuses/{made['id']}/source")
    assert source == {"id": made["id"], "text": "deuxième version", "spoiler_text": ""}
    anyone.call("GET", f"/api/v1/statuses/{made['id']}/source", 401)


def test_a_changed_profile_is_seen_at_once(server, marie, anyone):
    made = post(server, "marie", "qui suis-je")
    anyone.get(f"/api/v1/statuses/{made['id']}")
    act(server, "profile", "marie", "name=Marie Curie")
    assert anyone.get(f"/api/v1/statuses/{made['id']}")["account"]["display_name"] == "Marie Curie"


def test_custom_emojis_of_texts_come_along(server, marie, anyone):
    server.database.rows("insert into emojis (domain, shortcode, image_url, updated_at) values (%s, 'soleil',"
                         " 'https://images.example/soleil.png', now()) returning 1", (server.url.split("//")[1],))
    made = post(server, "marie", "Il fait :soleil: et pas :pluie:")
    emojis = anyone.get(f"/api/v1/statuses/{made['id']}")["emojis"]
    assert emojis == [{"shortcode": "soleil", "url": emojis[0]["url"], "static_url": emojis[0]["static_url"],
                       "visible_in_picker": True, "category": None}]


def test_a_poll_is_told_with_ones_own_votes(server, marie, paul, anyone):
    made = post(server, "marie", "thé ou café ?", "", "", "", "*|thé|café")
    act(server, "vote", "paul", made["uri"], "1")
    poll = paul.get(f"/api/v1/statuses/{made['id']}")["poll"]
    assert poll == paul.get(f"/api/v1/polls/{made['id']}")
    assert (poll["multiple"], poll["expired"], poll["votes_count"], poll["voters_count"]) == (True, False, 1, 1)
    assert poll["options"] == [{"title": "thé", "votes_count": 0}, {"title": "café", "votes_count": 1}]
    assert (poll["voted"], poll["own_votes"], poll["emojis"]) == (True, [1], [])
    unread = anyone.get(f"/api/v1/polls/{made['id']}")
    assert "voted" not in unread and DATE.match(unread["expires_at"])
    assert anyone.get(f"/api/v1/polls/{new_id()}", 404) == {"error": "Record not found"}


def test_a_boost_wraps_the_original(server, marie, paul):
    made = post(server, "marie", "à partager")
    act(server, "boost", "paul", made["uri"])
    boost = server.database.value("select id from boosts where post_id = %s", (int(made["id"]),))
    status = marie.get(f"/api/v1/statuses/{boost}")
    check_status(status)
    assert status["id"] == str(boost) and status["account"]["id"] == paul.id and status["content"] == ""
    assert status["reblog"]["id"] == made["id"] and status["reblog"]["account"]["id"] == marie.id
    assert [one["id"] for one in marie.get(f"/api/v1/statuses/{made['id']}/reblogged_by")] == [paul.id]


def test_a_quote_holds_the_quoted_post_when_the_reader_may_see_it(server, marie, paul, anyone):
    quoted = post(server, "marie", "citez-moi")
    made = post(server, "paul", "je cite", "", "", "", "", quoted["uri"])
    quote = anyone.get(f"/api/v1/statuses/{made['id']}")["quote"]
    assert quote["state"] == "accepted"
    check_status(quote["quoted_status"], False)
    assert quote["quoted_status"]["id"] == quoted["id"]
    assert anyone.get(f"/api/v1/statuses/{quoted['id']}")["quotes_count"] == 1
    assert [one["id"] for one in marie.get(f"/api/v1/statuses/{quoted['id']}/quotes")] == [made["id"]]
    again = post(server, "marie", "je cite la citation", "", "", "", "", made["uri"])
    nested = anyone.get(f"/api/v1/statuses/{again['id']}")["quote"]["quoted_status"]["quote"]
    assert nested == {"state": "accepted", "quoted_status_id": quoted["id"]}
    server.database.rows("update posts set visibility = 'direct' where id = %s returning 1", (int(quoted["id"]),))
    hidden = anyone.get(f"/api/v1/statuses/{made['id']}")["quote"]
    assert hidden == {"state": "unauthorized", "quoted_status": None}


def test_quote_approval_says_who_may(server, marie, paul, anyone):
    for policy, automatic, current in (("anyone", ["public"], "automatic"), ("followers", ["followers"], "denied"),
                                       ("nobody", [], "denied")):
        made = post(server, "marie", f"policy {policy}", "", "", "", "", "", "fr", policy)
        approval = paul.get(f"/api/v1/statuses/{made['id']}")["quote_approval"]
        assert approval == {"automatic": automatic, "manual": [], "current_user": current}
        assert marie.get(f"/api/v1/statuses/{made['id']}")["quote_approval"]["current_user"] == "automatic"
        assert anyone.get(f"/api/v1/statuses/{made['id']}")["quote_approval"]["current_user"] == "denied"


def test_a_thread_is_in_order_and_bounded_for_anyone(server, marie, paul, anyone):
    root = post(server, "marie", "racine")
    one = post(server, "paul", "un", "", "", root["uri"])
    two = post(server, "marie", "deux", "", "", one["uri"])
    side = post(server, "paul", "à côté", "", "", root["uri"])
    context = anyone.get(f"/api/v1/statuses/{root['id']}/context")
    assert context["ancestors"] == []
    assert [status["id"] for status in context["descendants"]] == [one["id"], two["id"], side["id"]]
    context = anyone.get(f"/api/v1/statuses/{two['id']}/context")
    assert [status["id"] for status in context["ancestors"]] == [root["id"], one["id"]]
    server.database.rows(
        "insert into posts (id, actor_id, uri, url, visibility, html, created_at, conversation_id, in_reply_to_id, in_reply_to_actor_id)"
        " select p.id + n, p.actor_id, p.uri || '-' || n, p.url, 'public', 'x', now(), p.id, p.id, p.actor_id"
        " from posts p, generate_series(1, 70) n where p.id = %s returning 1", (int(side["id"]),))
    assert len(anyone.get(f"/api/v1/statuses/{side['id']}/context")["descendants"]) == 60
    assert len(marie.get(f"/api/v1/statuses/{side['id']}/context")["descendants"]) == 70


def test_direct_posts_are_in_no_number_that_others_see(server, marie, paul):
    def numbers():
        account = Api(server).get(f"/api/v1/accounts/{marie.id}")
        outbox = server.get(f"/users/{account['username']}/outbox", headers={"Accept": "application/activity+json"}).json()
        return account["statuses_count"], account["last_status_at"], outbox["totalItems"]
    before = numbers()
    made = [marie.post("/api/v1/statuses", data={"status": text, "visibility": "direct"})["id"]
            for text in ("to myself", f"@{paul.name} to you")]
    assert numbers() == before
    for one in made:
        marie.delete(f"/api/v1/statuses/{one}")
    assert numbers() == before
    made = marie.post("/api/v1/statuses", data={"status": "to followers", "visibility": "private"})["id"]
    assert numbers()[0] == before[0] + 1
    marie.delete(f"/api/v1/statuses/{made}")
    assert numbers()[0] == before[0]


def test_a_long_conversation_is_whole_for_who_is_signed_in(server, marie, paul):
    root = last = post(server, "marie", "begun")["id"]
    for number in range(30):
        last = (marie, paul)[number % 2].post("/api/v1/statuses", data={"status": f"answer {number}", "in_reply_to_id": last})["id"]
    assert len(marie.get(f"/api/v1/statuses/{root}/context")["descendants"]) == 30
    assert len(Api(server).get(f"/api/v1/statuses/{root}/context")["descendants"]) == 20
    assert len(paul.get(f"/api/v1/statuses/{last}/context")["ancestors"]) == 30


def test_several_statuses_are_asked_for_at_once(server, marie):
    made = [post(server, "marie", f"lot {n}")["id"] for n in range(3)]
    answer = marie.call("GET", "/api/v1/statuses", params=[("id[]", made[2]), ("id[]", made[0]), ("id[]", "17"), ("id[]", "x")])
    assert [one["id"] for one in answer.json()] == [made[2], made[0]]


def test_who_favourited_is_paged_by_the_relation(server, marie, paul, anyone):
    made = post(server, "marie", "très aimé")
    for name in ("marie", "paul"):
        act(server, "favourite", name, made["uri"])
    path = f"/api/v1/statuses/{made['id']}/favourited_by"
    first = anyone.call("GET", path, params={"limit": 1})
    assert [one["id"] for one in first.json()] == [paul.id]
    following = re.search(r"<([^>]+)>; rel=\"next\"", first.headers["Link"]).group(1)
    assert following.startswith("http") and "limit=1" in following
    second = anyone.session.get(following)
    assert [one["id"] for one in second.json()] == [marie.id]
    assert anyone.session.get(re.search(r"<([^>]+)>; rel=\"prev\"", second.headers["Link"]).group(1)).json()[0]["id"] == paul.id


@pytest.mark.parametrize("path", ["", "/context", "/history", "/reblogged_by", "/favourited_by", "/source", "/quotes"])
def test_what_is_not_there_is_404_and_json(server, marie, path):
    for wrong in ("17", "abc", "9223372036854775807", "-1", "0", "1e3"):
        answer = marie.call("GET", f"/api/v1/statuses/{wrong}{path}", 404)
        assert answer.json() == {"error": "Record not found"}, wrong
        assert answer.headers["Content-Type"].startswith("application/json")


def test_a_private_status_and_all_that_hangs_at_it_are_404_to_others(server, marie, paul, anyone):
    made = post(server, "marie", "pour mes abonnés", "private", "", "", "oui|non")
    for path in ("", "/context", "/history", "/reblogged_by", "/favourited_by"):
        anyone.call("GET", f"/api/v1/statuses/{made['id']}{path}", 404)
        paul.call("GET", f"/api/v1/statuses/{made['id']}{path}", 404)
        marie.call("GET", f"/api/v1/statuses/{made['id']}{path}", 200)
    paul.call("GET", f"/api/v1/polls/{made['id']}", 404)
    paul.call("GET", f"/api/v1/statuses/{made['id']}/source", 404)


def test_a_token_without_the_scope_is_refused_where_anyone_may_read(server, marie, anyone):
    made = post(server, "marie", "lisible")
    narrow = Api(server, make_token(server.database, "marie", "write"))
    narrow.call("GET", f"/api/v1/statuses/{made['id']}", 403)
    Api(server, "not-a-token").call("GET", f"/api/v1/statuses/{made['id']}", 401)
    answer = anyone.call("GET", f"/api/v1/statuses/{made['id']}")
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_suspended_author_is_gone_from_reading(server, anyone):
    person(server, "banni")
    made = post(server, "banni", "avant")
    anyone.call("GET", f"/api/v1/statuses/{made['id']}", 200)
    server.command("account", "suspend", "banni")
    anyone.call("GET", f"/api/v1/statuses/{made['id']}", 404)
