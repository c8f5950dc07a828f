# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notifications one by one: who is told of what, what is held back, muted, paged, dismissed; policies and requests."""
import json

import pytest

from support.act import act
from support.api import make_application, make_token, person, Api
from support.told import DATE, check_account, check_notification, check_status, is_digits, links
from support.waiting import wait_until

PATH = "/api/v1/notifications"


class Town:
    """People of one server, and what they do."""

    def __init__(self, server):
        self.server, self.people = server, {}

    def person(self, name):
        if name not in self.people:
            self.people[name] = person(self.server, name)
        return self.people[name]

    def post(self, name, text, *arguments):
        return act(self.server, "post", name, text, *arguments)

    def do(self, verb, *arguments):
        return act(self.server, verb, *arguments)


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def kinds(app, **parameters):
    return [one["type"] for one in app.get(PATH, **parameters)]


def test_everything_that_concerns_somebody_is_told_once_with_all_that_apps_require(town):
    olga, pia = town.person("olga"), town.person("pia")
    post = town.post("olga", "bonjour")
    town.do("follow", "pia", "olga")
    for _ in range(2):
        town.do("favourite", "pia", post["uri"])
        town.do("boost", "pia", post["uri"])
    town.post("pia", "salut @olga")
    quoting = town.post("pia", "à lire", "public", "-", "-", "-", post["uri"])
    found = olga.get(PATH)
    assert [one["type"] for one in found] == ["quote", "mention", "reblog", "favourite", "follow"]
    for one in found:
        check_notification(one)
        assert one["account"]["id"] == pia.id
    assert found[0]["status"]["id"] == str(quoting["id"]) if "id" in quoting else found[0]["status"]["uri"] == quoting["uri"]
    assert found[2]["status"]["uri"] == found[3]["status"]["uri"] == post["uri"]
    ids = [int(one["id"]) for one in found]
    assert ids == sorted(ids, reverse=True)
    check_notification(olga.get(f"{PATH}/{ids[0]}"))
    assert pia.get(f"{PATH}/{ids[0]}", status=404)["error"] == "Record not found"
    for garbage in ("0", "x", "9" * 30, "-1"):
        olga.get(f"{PATH}/{garbage}", status=404)


def test_what_is_taken_back_is_told_no_more(town):
    rosa = town.person("rosa")
    town.person("quim")
    post = town.post("rosa", "un instant")
    town.do("favourite", "quim", post["uri"])
    town.do("follow", "quim", "rosa")
    assert kinds(rosa) == ["follow", "favourite"]
    town.do("unfavourite", "quim", post["uri"])
    town.do("unfollow", "quim", "rosa")
    assert rosa.get(PATH) == []


def test_a_reaction_is_a_favourite_to_apps_and_a_move_is_nothing(town):
    sven = town.person("sven")
    town.person("tove")
    post = town.post("sven", "du nouveau")
    town.do("react", "tove", post["uri"], "🌹")
    sven.server.database.rows("insert into notifications (id, actor_id, kind, from_actor_id) select 5, a.id, 'move', b.id"
                              " from actors a, actors b where a.handle = 'sven' and b.handle = 'tove' returning id")
    found = sven.get(PATH)
    assert [one["type"] for one in found] == ["favourite"]
    check_notification(found[0])
    sven.get(f"{PATH}/5", status=404)


def test_types_are_chosen_and_excluded_and_unknown_ones_ignored(town):
    ulla = town.person("ulla")
    town.person("vera")
    post = town.post("ulla", "choix")
    town.do("follow", "vera", "ulla")
    town.do("favourite", "vera", post["uri"])
    town.post("vera", "dis, @ulla")
    assert kinds(ulla, **{"types[]": ["mention", "follow"]}) == ["mention", "follow"]
    assert kinds(ulla, **{"types[]": "mention"}) == ["mention"]
    assert kinds(ulla, **{"exclude_types[]": ["mention", "collection_update"]}) == ["favourite", "follow"]
    assert kinds(ulla, **{"types[]": ["follow", "mention"], "exclude_types[]": "follow"}) == ["mention"]
    assert kinds(ulla, **{"types[]": "annual_report"}) == []
    vera = town.person("vera").id
    assert kinds(ulla, account_id=vera) == ["mention", "favourite", "follow"]
    assert kinds(ulla, account_id=ulla.id) == [] and kinds(ulla, account_id="x") == []


def test_pages_follow_one_another_in_both_directions(town):
    wim = town.person("wim")
    town.person("xena")
    for number in range(7):
        town.do("favourite", "xena", town.post("wim", f"page {number}")["uri"])
    all_ids = [one["id"] for one in wim.get(PATH)]
    assert len(all_ids) == 7
    seen, path = [], f"{PATH}?limit=3&types[]=favourite"
    while path:
        answer = wim.call("GET", path)
        page = [one["id"] for one in answer.json()]
        seen += page
        path = links(answer).get("next")
        assert not path or "limit=3" in path and "types" in path and "max_id" in path
    assert seen == all_ids
    assert [one["id"] for one in wim.get(PATH, min_id=all_ids[6], limit=2)] == all_ids[4:6]
    assert [one["id"] for one in wim.get(PATH, since_id=all_ids[6], limit=2)] == all_ids[:2]
    assert [one["id"] for one in wim.get(PATH, max_id=all_ids[1], min_id=all_ids[5])] == all_ids[2:5]
    assert len(wim.get(PATH, limit=1000)) == 7
    last = wim.call("GET", f"{PATH}?max_id={all_ids[6]}")
    assert last.json() == [] and "Link" not in last.headers
    previous = links(wim.call("GET", f"{PATH}?limit=3&max_id={all_ids[2]}"))["prev"]
    assert [one["id"] for one in wim.call("GET", previous).json()] == all_ids[:3]


def test_one_is_dismissed_some_are_dismissed_and_all_are_cleared(town):
    yann, zoe = town.person("yann"), town.person("zoe")
    for number in range(5):
        town.do("favourite", "zoe", town.post("yann", f"à jeter {number}")["uri"])
    ids = [one["id"] for one in yann.get(PATH)]
    zoe.post(f"{PATH}/{ids[0]}/dismiss", status=404)
    assert yann.post(f"{PATH}/{ids[0]}/dismiss") == {}
    yann.post(f"{PATH}/{ids[0]}/dismiss", status=404)
    assert yann.delete(f"{PATH}/{ids[1]}") == {}
    zoe.delete(f"{PATH}/destroy_multiple", data={"ids[]": [ids[2]]})
    assert [one["id"] for one in yann.get(PATH)] == ids[2:]
    assert yann.delete(f"{PATH}/destroy_multiple", data={"ids[]": [ids[2], ids[3]]}) == {}
    assert [one["id"] for one in yann.get(PATH)] == ids[4:]
    assert yann.post(f"{PATH}/clear") == {}
    assert yann.get(PATH) == []


def test_unread_ones_are_counted_from_the_marker(town):
    aldo = town.person("aldo")
    town.person("bice")
    for number in range(4):
        town.do("favourite", "bice", town.post("aldo", f"non lu {number}")["uri"])
    ids = [one["id"] for one in aldo.get(PATH)]
    assert aldo.get(f"{PATH}/unread_count") == {"count": 4}
    assert aldo.get(f"{PATH}/unread_count", limit=2) == {"count": 2}
    assert aldo.get(f"{PATH}/unread_count", **{"types[]": "mention"}) == {"count": 0}
    aldo.post("/api/v1/markers", data={"notifications[last_read_id]": ids[1]})
    assert aldo.get(f"{PATH}/unread_count") == {"count": 1}


def test_nobody_hears_of_those_they_block_mute_or_silence_in_a_thread(town):
    carl, rows = town.person("carl"), town.server.database.rows
    for name in ("dora", "emil", "fred"):
        town.person(name)
    post = town.post("carl", "calme")
    for name in ("dora", "emil"):
        town.do("favourite", name, post["uri"])
    assert len(carl.get(PATH)) == 2
    mute = ("insert into mutes (id, muter_id, muted_id, hides_notifications, expires_at) select %s, a.id, b.id, %s, now() + %s::interval"
            " from actors a, actors b where a.handle = 'carl' and b.handle = %s and a.domain_id is not null"
            " and b.domain_id is not null returning id")
    rows(mute, (1, True, "1 hour", "dora"))
    rows(mute, (2, False, "1 hour", "emil"))
    rows(mute, (3, True, "-1 hour", "fred"))
    assert [one["account"]["username"] for one in carl.get(PATH)] == ["emil"]
    town.do("block", "carl", "emil")
    assert carl.get(PATH) == []
    for name in ("dora", "fred"):
        town.do("boost", name, post["uri"])
    assert [one["account"]["username"] for one in carl.get(PATH)] == ["fred"]
    rows("delete from mutes where muter_id = %s returning id", (carl.id,))
    assert sorted(one["account"]["username"] for one in carl.get(PATH)) == ["dora", "fred"], "not written while muted"
    rows("insert into conversation_mutes (actor_id, conversation_id) select actor_id, conversation_id from posts where uri = %s"
         " returning 1", (post["uri"],))
    town.do("favourite", "fred", post["uri"])
    town.post("fred", "@carl encore", "public", "-", post["uri"])
    assert sorted(one["type"] for one in carl.get(PATH)) == ["favourite", "reblog"]


def test_who_wants_to_be_told_of_every_post_is(town):
    gina, hugo = town.person("gina"), town.person("hugo")
    town.do("follow", "gina", "hugo")
    town.server.database.rows("update follows set notifies = true where follower_id = %s returning id", (gina.id,))
    news = town.post("hugo", "première nouvelle")
    town.post("hugo", "pour @gina seulement", "direct")
    answered = town.post("gina", "question")
    town.post("hugo", "réponse à une autre", "public", "-", answered["uri"])
    wait_until(lambda: kinds(gina, **{"types[]": "status"}), 20, "the watcher to be told")
    last = town.post("hugo", "deuxième nouvelle", "private")
    wait_until(lambda: len(kinds(gina, **{"types[]": "status"})) == 2, 20, "the watcher to be told again")
    told = gina.get(PATH, **{"types[]": "status"})
    assert [one["status"]["uri"] for one in told] == [last["uri"], news["uri"]]
    check_notification(told[0])
    assert hugo.get(PATH, **{"types[]": "status"}) == []


def test_the_end_of_a_poll_and_edits_are_told(town):
    ida, jule = town.person("ida"), town.person("jule")
    poll = town.post("ida", "lequel ?", "public", "-", "-", "oui|non", "-", "fr", "anyone", 3600)
    town.do("vote", "jule", poll["uri"], 0)
    town.server.database.rows("update polls set ends_at = now() - interval '1 second' where closed_at is null returning post_id")
    town.do("close-polls")
    wait_until(lambda: kinds(ida) == ["poll"] and kinds(jule) == ["poll"], 20, "the poll to be told of")
    check_notification(jule.get(PATH)[0])
    town.do("boost", "jule", poll["uri"])
    town.do("edit", "ida", poll["uri"], "lequel, alors ?", "-", "oui|non")
    assert kinds(jule) == ["update", "poll"]


def test_the_policy_has_defaults_and_is_changed_word_by_word(town):
    kim = town.person("kim")
    expected = {"for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "accept",
                "for_private_mentions": "filter", "for_limited_accounts": "filter",
                "summary": {"pending_requests_count": 0, "pending_notifications_count": 0}}
    path = "/api/v2/notifications/policy"
    assert kim.get(path) == expected
    assert kim.patch(path, json={"for_not_following": "filter"}) == {**expected, "for_not_following": "filter"}
    assert kim.put(path, data={"for_new_accounts": "drop"})["for_not_following"] == "filter"
    kim.patch(path, status=422, data={"for_new_accounts": "maybe"})
    first = kim.get("/api/v1/notifications/policy")
    assert first == {"filter_not_following": True, "filter_not_followers": False, "filter_new_accounts": True,
                     "filter_private_mentions": True, "summary": expected["summary"]}
    assert kim.patch("/api/v1/notifications/policy", data={"filter_not_following": "false"})["filter_not_following"] is False
    assert kim.get(path)["for_not_following"] == "accept" and kim.get(path)["for_new_accounts"] == "drop"


RULES = [("for_not_following", "lena"), ("for_not_followers", "lena"), ("for_new_accounts", "lena")]


@pytest.mark.parametrize("rule, sender", RULES)
@pytest.mark.parametrize("word, shown, held", [("accept", 1, 0), ("filter", 0, 1), ("drop", 0, 0)])
def test_each_rule_accepts_filters_and_drops(town, rule, sender, word, shown, held):
    name = f"mo_{rule[4:]}_{word}"
    told = town.person(name)
    town.person(sender)
    told.patch("/api/v2/notifications/policy", data={rule: word})
    town.post(sender, f"@{name} coucou")
    assert len(told.get(PATH)) == shown
    assert len(told.get(PATH, include_filtered="true")) == shown + held
    assert told.get("/api/v2/notifications/policy")["summary"] == {"pending_requests_count": held, "pending_notifications_count": held}
    assert told.get(f"{PATH}/unread_count") == {"count": shown}


def test_whom_one_follows_is_never_held_back_and_a_limited_sender_is(town):
    nils, rows = town.person("nils"), town.server.database.rows
    for name in ("otto", "paul"):
        town.person(name)
    nils.patch("/api/v2/notifications/policy", data={"for_not_following": "drop", "for_new_accounts": "drop"})
    town.do("follow", "nils", "otto")
    town.post("otto", "@nils je suis suivi")
    assert kinds(nils) == ["mention"]
    town.post("paul", "@nils pas moi")
    assert kinds(nils, include_filtered="true") == ["mention"]
    nils.patch("/api/v2/notifications/policy", data={"for_not_following": "accept", "for_new_accounts": "accept"})
    rows("update actors set silenced_at = now() where handle in ('paul', 'otto') returning id")
    town.post("paul", "@nils encore")
    town.post("otto", "@nils toujours là")
    assert kinds(nils) == ["mention", "mention"]
    rows("update actors set silenced_at = null where handle in ('paul', 'otto') returning id")
    assert [one["account"]["username"] for one in nils.get("/api/v1/notifications/requests")] == ["paul"]


def test_a_private_mention_of_a_stranger_waits_until_it_is_accepted(town):
    rita, susi = town.person("rita"), town.person("susi")
    town.post("susi", "@rita un secret", "direct")
    post = town.post("susi", "@rita deux secrets", "direct")
    assert rita.get(PATH) == []
    requests = rita.get("/api/v1/notifications/requests")
    assert len(requests) == 1
    one = requests[0]
    assert is_digits(one["id"]) and DATE.match(one["created_at"]) and DATE.match(one["updated_at"])
    assert one["notifications_count"] == "2" and one["last_status"]["uri"] == post["uri"]
    check_account(one["account"])
    check_status(one["last_status"])
    assert rita.get(f"/api/v1/notifications/requests/{one['id']}") == one
    for method, path in (("GET", ""), ("POST", "/accept"), ("POST", "/dismiss")):
        susi.call(method, f"/api/v1/notifications/requests/{one['id']}{path}", 404)
    assert rita.get("/api/v1/notifications/requests/merged") == {"merged": True}
    assert rita.post(f"/api/v1/notifications/requests/{one['id']}/accept") == {}
    assert kinds(rita) == ["mention", "mention"] and rita.get("/api/v1/notifications/requests") == []
    town.post("susi", "@rita trois secrets", "direct")
    assert kinds(rita) == ["mention"] * 3
    rita.post(f"/api/v1/notifications/requests/{one['id']}/accept", status=404)


def test_a_private_answer_is_not_held_back(town):
    town.person("toni")
    vito = town.person("vito")
    asked = town.post("vito", "@toni une question", "direct")
    town.post("toni", "@vito une réponse", "direct", "-", asked["uri"])
    assert kinds(vito) == ["mention"]


def test_requests_are_dismissed_one_by_one_or_together_and_come_again(town):
    wera = town.person("wera")
    for name in ("xaver", "yves", "zita"):
        town.person(name)
        town.post(name, "@wera psst", "direct")
    requests = {one["account"]["username"]: one["id"] for one in wera.get("/api/v1/notifications/requests")}
    assert set(requests) == {"xaver", "yves", "zita"}
    page = wera.call("GET", "/api/v1/notifications/requests?limit=2")
    assert len(page.json()) == 2 and len(wera.call("GET", links(page)["next"]).json()) == 1
    assert wera.post(f"/api/v1/notifications/requests/{requests['xaver']}/dismiss") == {}
    assert wera.post("/api/v1/notifications/requests/dismiss", data={"id[]": [requests["yves"]]}) == {}
    assert wera.post("/api/v1/notifications/requests/accept", json={"id": [requests["zita"]]}) == {}
    assert [one["account"]["username"] for one in wera.get(PATH, include_filtered="1")] == ["zita"]
    town.post("xaver", "@wera encore", "direct")
    assert [one["account"]["username"] for one in wera.get("/api/v1/notifications/requests")] == ["xaver"]


def test_moderators_are_told_of_reports_and_sign_ups(server_factory):
    server = server_factory(settings={"instance.registrations": "open"})
    moderator = person(server, "gardien", options=("--role", "moderator"))
    member = person(server, "membre")
    person(server, "importun")
    post = act(server, "post", "importun", "fâcheux")
    for number in range(2):
        act(server, "report", "membre", "importun", f"encore {number}", post["uri"])
    wait_until(lambda: len(moderator.get(PATH)) == 2, 20, "both reports to be told of")
    found = moderator.get(PATH)
    for one in found:
        check_notification(one)
        assert one["type"] == "admin.report" and one["report"]["status_ids"] == [str(post["id"])]
        assert one["report"]["target_account"]["username"] == "importun" and one["report"]["category"] == "other"
    group = moderator.get("/api/v2/notifications")["notification_groups"][0]
    assert group["type"] == "admin.report" and group["report"]["comment"] == "encore 1" and "status_id" not in group
    application = Api(server, make_token(server.database, application=make_application(server.database)))
    invitation = json.loads(server.command("invite", "create", "--json").stdout)
    application.post("/api/v1/accounts", data={"invite_code": invitation["code"], "username": "nouveau", "email": "nouveau@mail.example", "agreement": "true",
                                               "password": "a long enough password", "locale": "fr"})
    wait_until(lambda: kinds(moderator, **{"types[]": "admin.sign_up"}), 20, "the sign-up to be told of")
    check_notification(moderator.get(PATH)[0])
    assert moderator.get(PATH)[0]["account"]["username"] == "nouveau" and kinds(member) == []


def test_what_a_filter_hides_is_not_told(town):
    dirk = town.person("dirk")
    town.person("elke")
    for action, word in (("hide", "citrouille"), ("warn", "potiron")):
        dirk.post("/api/v2/filters", json={"title": word, "context": ["notifications"], "filter_action": action,
                                           "keywords_attributes": [{"keyword": word, "whole_word": True}]})
    for text in ("une citrouille", "un potiron", "une tomate"):
        town.post("elke", f"@dirk {text}")
    dirk.wait_for(PATH, lambda found: len(found) == 2)
    assert [one["status"]["content"].split()[-1][:6] for one in dirk.get(PATH)] == ["tomate", "potiro"]
    assert len(dirk.get("/api/v2/notifications")["notification_groups"]) == 2
    dirk.delete("/api/v2/filters/" + [one["id"] for one in dirk.get("/api/v2/filters") if one["title"] == "citrouille"][0])
    dirk.wait_for(PATH, lambda found: len(found) == 3)


def test_a_suspended_sender_is_not_shown(town):
    anke = town.person("anke")
    town.person("bert")
    town.post("bert", "@anke bonjour")
    town.do("suspend", "bert")
    assert anke.get(PATH) == []


def test_a_token_of_an_application_alone_or_without_the_scope_gets_nothing(town):
    database = town.server.database
    application = Api(town.server, make_token(database, application=make_application(database)))
    reader = Api(town.server, make_token(database, "olga", scopes="read:statuses write:statuses"))
    for method, path in (("GET", PATH), ("POST", f"{PATH}/clear"), ("GET", "/api/v2/notifications"),
                         ("GET", "/api/v2/notifications/policy"), ("GET", f"{PATH}/requests")):
        assert application.call(method, path, None).status_code in (403, 422)
        reader.call(method, path, 403)
        Api(town.server).call(method, path, 401)
