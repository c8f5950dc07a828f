# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an instance tells its people and their apps: rules, announcements, emojis, policies, peers, embeds."""
import json
import os
from urllib.parse import quote

import pytest

from support import processes
from support.api import Api, person
from support.waiting import wait_until

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx"
       b"\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna")


@pytest.fixture
def picture():
    path = os.path.join(processes.make_directory("comptoir-emoji-"), "tulip.png")
    with open(path, "wb") as file:
        file.write(PNG)
    processes.give(path)
    return path


def test_rules_are_added_listed_and_removed(server):
    nobody = Api(server)
    server.command("rule", "add", "Be kind.", "--hint", "Always.")
    rule = nobody.get("/api/v1/instance/rules")[-1]
    assert rule["text"] == "Be kind." and rule["hint"] == "Always." and rule["id"].isdigit()
    assert json.loads(server.command("rule", "list", "--json").stdout)[-1]["id"] == rule["id"]
    server.command("rule", "remove", rule["id"])
    assert rule["id"] not in [one["id"] for one in nobody.get("/api/v1/instance/rules")]
    assert server.command("rule", "remove", rule["id"], check=False).returncode == 5
    assert server.command("rule", "add", "", check=False).returncode == 2


def test_an_announcement_is_read_dismissed_and_reacted_to(server, anna):
    said = server.command("announcement", "add", "We close on Sunday. #flowers").stdout
    number = said.split()[-1]
    found = {one["id"]: one for one in anna.get("/api/v1/announcements")}[number]
    assert "We close" in found["content"] and found["read"] is False and found["tags"][0]["name"] == "flowers"
    anna.post(f"/api/v1/announcements/{number}/dismiss")
    anna.put(f"/api/v1/announcements/{number}/reactions/%F0%9F%91%8D")
    anna.put(f"/api/v1/announcements/{number}/reactions/%F0%9F%91%8D")
    found = {one["id"]: one for one in anna.get("/api/v1/announcements")}[number]
    assert found["read"] is True and found["reactions"] == [{"name": "👍", "count": 1, "me": True}]
    anna.delete(f"/api/v1/announcements/{number}/reactions/%F0%9F%91%8D")
    assert not {one["id"]: one for one in anna.get("/api/v1/announcements")}[number]["reactions"]
    Api(server).get("/api/v1/announcements", 401)
    server.command("announcement", "remove", number)
    anna.post(f"/api/v1/announcements/{number}/dismiss", 404)
    anna.put(f"/api/v1/announcements/{number}/reactions/%F0%9F%91%8D", 404)


def test_different_reactions_on_an_announcement_are_limited(server, anna):
    number = server.command("announcement", "add", "Vote").stdout.split()[-1]
    for name in "🍇🍈🍉🍊🍋🍌🍍🥭":
        anna.put(f"/api/v1/announcements/{number}/reactions/{quote(name)}")
    anna.put(f"/api/v1/announcements/{number}/reactions/{quote('🍎')}", 422)
    anna.put(f"/api/v1/announcements/{number}/reactions/{quote('🍇')}")
    server.command("announcement", "remove", number)


def test_a_reaction_is_one_emoji_and_no_text(server, anna):
    number = server.command("announcement", "add", "Say something").stdout.split()[-1]
    for name in ("👩‍🌾", "❤️", "🇫🇷", "1️⃣", "👍🏽"):
        anna.put(f"/api/v1/announcements/{number}/reactions/{quote(name)}")
    for name in ("x", "buy my things at evil.example", "<script>", "🍇🍇", "1", "unknown_shortcode", "❤️ x", "‍"):
        assert "recognized emoji" in anna.put(f"/api/v1/announcements/{number}/reactions/{quote(name)}", 422)["error"], name
    server.command("announcement", "remove", number)


def test_an_announcement_that_has_ended_is_not_shown(server, anna):
    number = server.command("announcement", "add", "Past", "--ends", "2020-01-01T00:00:00Z").stdout.split()[-1]
    assert number not in [one["id"] for one in anna.get("/api/v1/announcements")]
    assert server.command("announcement", "add", "x", "--ends", "yesterday", check=False).returncode == 2


def test_an_emoji_of_our_own_is_shown_in_lists_and_posts(server, anna, picture):
    server.command("emoji", "add", "tulip", picture, "--category", "flowers")
    emoji = [one for one in Api(server).get("/api/v1/custom_emojis") if one["shortcode"] == "tulip"][0]
    assert emoji["category"] == "flowers" and emoji["visible_in_picker"] is True
    answer = server.get(emoji["url"][len(server.url):])
    assert answer.content == PNG and answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    status = anna.post("/api/v1/statuses", data={"status": "A :tulip: for you"})
    assert [one["shortcode"] for one in status["emojis"]] == ["tulip"]
    server.command("emoji", "remove", "tulip")
    assert server.get(emoji["url"][len(server.url):]).status_code == 404
    assert server.command("emoji", "remove", "tulip", check=False).returncode == 5


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF", b"%PDF-1.4", b"x" * 300000])
def test_what_is_no_small_picture_is_no_emoji(server, picture, content):
    with open(picture, "wb") as file:
        file.write(content)
    assert server.command("emoji", "add", "bad", picture, check=False).returncode == 2


def test_policies_are_told_in_the_api_and_as_pages(server):
    nobody = Api(server)
    policy = nobody.get("/api/v1/instance/privacy_policy")
    assert policy["content"].startswith("<p><strong>") and policy["updated_at"].endswith("Z")
    assert "cookies" in server.get("/privacy-policy", headers={"Accept-Language": "en"}).text
    assert "Ce que ce serveur garde" in server.get("/privacy-policy", headers={"Accept-Language": "fr"}).text
    nobody.get("/api/v1/instance/terms_of_service", 404)
    nobody.get("/api/v1/instance/terms_of_service/2026-01-01", 404)
    assert server.get("/terms-of-service").status_code == 404


def test_terms_come_from_the_file_that_is_named(server_factory):
    path = os.path.join(processes.make_directory("comptoir-terms-"), "terms.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Be kind\n\n<script>alert(1)</script>[x](javascript:alert(1))\n")
    processes.give(path)
    server = server_factory({"instance.terms_of_service": path})
    terms = Api(server).get("/api/v1/instance/terms_of_service")
    assert "Be kind" in terms["content"] and terms["effective"] is True
    assert "script" not in terms["content"]
    assert Api(server).get(f"/api/v1/instance/terms_of_service/{terms['effective_date']}") == terms
    Api(server).get("/api/v1/instance/terms_of_service/2020-01-01", 404)


def test_peers_are_told_unless_blocked_or_hidden(server, server_factory):
    server.database.rows("insert into peers (name) values ('good.example'), ('bad.example') on conflict do nothing returning 1")
    server.command("domain", "block", "bad.example", "--severity", "suspend", "--comment", "spam")
    peers = Api(server).get("/api/v1/instance/peers")
    assert "good.example" in peers and "bad.example" not in peers
    Api(server_factory({"instance.shows_peers": False})).get("/api/v1/instance/peers", 404)


def test_peers_are_found_by_how_their_names_begin(server, server_factory):
    names = ["a.tulip.example", "rose.example", "tulip.example", "tulips.example", "tulip-thieves.example"]
    names += [f"daisy{number}.example" for number in range(12)]
    server.database.rows("insert into peers (name) select unnest(%s) on conflict do nothing returning 1", (names,))
    server.command("domain", "block", "tulip-thieves.example", "--severity", "suspend")

    def found(text):
        return Api(server).get("/api/v1/peers/search", q=text)
    assert sorted(found("tulip")) == ["tulip.example", "tulips.example"]
    assert found(" TULIP.ex") == ["tulip.example"]
    assert found("https://tulip.example/@anna") == ["tulip.example"]
    assert len(found("daisy")) == 10
    for nothing in ("", " ", "nobody.example", "tulip%", "a b", "x" * 300, "https://"):
        assert found(nothing) == []
    Api(server).get("/api/v1/peers/search", 400, q="a\0b")
    Api(server_factory({"instance.shows_peers": False})).get("/api/v1/peers/search", 404, q="tulip")


def test_what_is_not_offered_is_answered_empty(server, anna):
    assert anna.get(f"/api/v1/accounts/{anna.id}/identity_proofs") == []
    anna.get("/api/v1/accounts/7/identity_proofs", 404)
    anna.call("GET", "/api/v1/donation_campaigns", 204)
    assert anna.get("/api/v1/annual_reports") == {"annual_reports": [], "accounts": [], "statuses": []}
    assert anna.get("/api/v1/annual_reports/2025/state") == {"state": "ineligible"}
    for path in (f"accounts/{anna.id}/identity_proofs", "donation_campaigns", "annual_reports", "annual_reports/2025/state"):
        Api(server).get(f"/api/v1/{path}", 401)


def test_blocked_domains_are_told_to_those_who_are_logged_in(server, anna):
    server.command("domain", "block", "worse.example", "--severity", "silence", "--comment", "noise",
                   "--private-comment", "our secret")
    Api(server).get("/api/v1/instance/domain_blocks", 401)
    found = {one["domain"]: one for one in anna.get("/api/v1/instance/domain_blocks")}
    assert found["worse.example"]["severity"] == "silence" and found["worse.example"]["comment"] == "noise"
    assert "our secret" not in json.dumps(found)


def test_an_open_post_can_be_embedded_and_no_other(server, anna):
    nobody = Api(server)
    status = anna.post("/api/v1/statuses", data={"status": "Embed <me>"})
    embed = nobody.get("/api/oembed", url=status["url"])
    assert embed["type"] == "rich" and "Embed &lt;me&gt;" in embed["html"] and "<script" not in embed["html"]
    private = anna.post("/api/v1/statuses", data={"status": "Not this", "visibility": "private"})
    nobody.get("/api/oembed", 404, url=private["url"])
    for url in ("", "https://other.example/@anna/1", server.url + "/@anna", server.url + "/@anna/x"):
        nobody.get("/api/oembed", 404, url=url)


def test_twelve_weeks_of_activity_are_told_as_texts(server_factory):
    server = server_factory()
    writer = person(server, "writer")
    weeks = Api(server).get("/api/v1/instance/activity")
    assert len(weeks) == 12 and all(set(week) == {"week", "statuses", "logins", "registrations"} for week in weeks)
    starts = [int(week["week"]) for week in weeks]
    assert all(one - other == 7 * 86400 for one, other in zip(starts, starts[1:])) and (starts[0] - 4 * 86400) % (7 * 86400) == 0

    def hour():
        server.database.rows("update jobs set due_at = now() where kind = 'forget' returning 1")
        server.database.rows("select pg_notify('comptoir_wake', '8')")
        wait_until(lambda: not server.database.value("select count(*) from jobs where kind = 'forget' and due_at <= now()"), 20, "the round")

    hour()
    for number in range(3):
        writer.post("/api/v1/statuses", data={"status": f"number {number}"})
    hour()
    now = wait_until(lambda: [week for week in Api(server).get("/api/v1/instance/activity")[:1] if week["statuses"] == "3"], 20, "three posts")[0]
    assert int(now["logins"]) >= 1 and int(now["registrations"]) >= 1
