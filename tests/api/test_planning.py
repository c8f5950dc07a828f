# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calendar and feed, slots over the clock changes, campaigns, tagged links, assets, poll results, who may quote."""
import hashlib
import itertools

import pytest
import requests

from support.api import Api, make_token, new_id
from support.waiting import wait_until

BASE = "/api/brand/v1"
SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
counter = itertools.count()
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000"
                      "0400017f8e2d2a0000000049454e44ae426082")


class Brand(Api):
    def call(self, method, path, status=200, **keywords):
        return super().call(method, path if path.startswith("/api/") else BASE + path, status, **keywords)


class World:
    """fleurs of marie with luc the reader; autre of paul."""
    def __init__(self, server):
        self.server, self.database, suffix = server, server.database, f"p{next(counter)}p"
        self.slug, people = "fleurs" + suffix, {}
        for name in ("marie", "luc", "paul"):
            server.create_account(name + suffix)
            people[name] = Brand(server, make_token(server.database, name + suffix, SCOPES), name + suffix)
        self.marie, self.luc, self.paul = (people[name] for name in ("marie", "luc", "paul"))
        server.command("org", "create", self.slug, "--founder", "marie" + suffix, "--account", "fleurs" + suffix)
        server.command("org", "create", "autre" + suffix, "--founder", "paul" + suffix, "--account", "autre" + suffix)
        server.command("member", "add", self.slug, "luc" + suffix)
        server.command("member", "grant", self.slug, "luc" + suffix, "--role", "reader")
        self.brand = "fleurs" + suffix
        self.account = self.database.value("select id::text from actors where handle = %s and domain_id is not null", (self.brand,))

    def as_brand(self):
        """The brand from a Mastodon app of marie."""
        token = make_token(self.database, self.marie.name, "read write follow push")
        self.database.rows("update oauth_tokens set actor_id = %s where token_hash = %s returning 1",
                           (self.account, hashlib.sha256(token.encode()).digest()))
        return Api(self.server, token, self.brand)


@pytest.fixture
def world(server):
    return World(server)


def word(answer):
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


def set_slots(world, slots, version=0, status=200):
    return world.marie.call("PUT", f"/accounts/{world.account}/slots", status, json={"slots": slots},
                            headers={"If-Match": f'"{version}"'})


# ---- slots and calendar ----

def test_slots_are_set_as_a_whole_with_their_version(world):
    slots = [{"weekday": 1, "time": "09:30"}, {"weekday": 5, "time": "17:00"}]
    assert set_slots(world, slots).json()["slots"] == slots
    assert word(set_slots(world, [], 0, None)) == (409, "stale-version")
    assert world.luc.get(f"/accounts/{world.account}/slots")["slots"] == slots
    assert word(world.luc.call("PUT", f"/accounts/{world.account}/slots", None, json={"slots": []})) == (403, "permission-missing")
    assert word(world.paul.call("GET", f"/accounts/{world.account}/slots", None)) == (404, "not-found")
    assert word(set_slots(world, [{"weekday": 8, "time": "09:30"}], 1, None)) == (422, "bad-value")
    assert word(set_slots(world, [{"weekday": 1, "time": "24:00"}], 1, None)) == (422, "bad-value")


def moments(world, start, end):
    return [slot["at"] for slot in world.marie.get("/calendar", **{"from": start, "to": end})["slots"]]


def test_slots_run_once_on_the_days_when_the_clocks_change(world):
    set_slots(world, [{"weekday": 7, "time": "02:30"}])
    assert moments(world, "2027-03-20T00:00:00Z", "2027-04-05T00:00:00Z") == [
        "2027-03-21T01:30:00.000Z", "2027-03-28T01:30:00.000Z", "2027-04-04T00:30:00.000Z"]
    assert moments(world, "2027-10-23T00:00:00Z", "2027-11-08T00:00:00Z") == [
        "2027-10-24T00:30:00.000Z", "2027-10-31T01:30:00.000Z", "2027-11-07T01:30:00.000Z"]


def add_draft(world, at, text, state="scheduled"):
    draft = new_id()
    world.database.rows(
        "insert into drafts (id, organisation_id, number, actor_id, kind, state, author_id, author_user_id, post_id, scheduled_at,"
        " scheduled_by, scheduled_user_id) select %s, b.organisation_id, %s, b.actor_id, 'post', %s, 1, 1, %s, %s, 1, 1"
        " from brand_accounts as b where b.actor_id = %s returning 1",
        (draft, next(counter) + 1, state, new_id(), at, world.account))
    payload = '{"text":"%s"}' % text
    world.database.rows("insert into draft_versions (draft_id, version, author_id, author_user_id, payload, sha256)"
                        " values (%s, 1, 1, 1, %s, %s) returning 1", (draft, payload, hashlib.sha256(payload.encode()).digest()))
    return str(draft)


def test_the_calendar_shows_drafts_posts_and_free_slots(world):
    set_slots(world, [{"weekday": 1, "time": "09:00"}])
    draft = add_draft(world, "2027-01-04T08:00:00Z", "New year")
    calendar = world.luc.get("/calendar", **{"from": "2027-01-01T00:00:00Z", "to": "2027-01-15T00:00:00Z"})
    assert [(one["draft_id"], one["state"], one["text"]) for one in calendar["entries"]] == [(draft, "scheduled", "New year")]
    assert [(one["at"], one["is_free"]) for one in calendar["slots"]] == [
        ("2027-01-04T08:00:00.000Z", False), ("2027-01-11T08:00:00.000Z", True)]
    assert calendar["time_zone"] == "Europe/Paris"
    assert world.paul.get("/calendar", **{"from": "2027-01-01T00:00:00Z", "to": "2027-01-15T00:00:00Z"})["entries"] == []
    post = world.as_brand().post("/api/v1/statuses", data={"status": "said today"})
    assert [one["text"] for one in world.marie.get("/calendar")["entries"] if one["post_id"] == post["id"]] == ["said today"]
    assert word(world.marie.call("GET", "/calendar?from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z", None)) == (422, "bad-value")


def test_the_feed_stops_with_the_right_of_its_member(world):
    soon = world.database.value("select to_char(now() + interval '3 days', 'YYYY-MM-DD') || 'T10:00:00Z'")
    draft = add_draft(world, soon, "Fish, chips; and a very long line that has to be folded because nobody may write so much at once")
    url = world.luc.post("/calendar/feed", 201)["url"]
    path = url[url.index(BASE):]
    answer = world.server and Brand(world.server).call("GET", path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8" and "no-store" in answer.headers["Cache-Control"]
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    assert any(line.startswith("SUMMARY:Fish\\, chips\\; and") and line.endswith("at once") for line in lines)
    assert "STATUS:CONFIRMED" in lines and "BEGIN:VEVENT" in lines
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    uid = [line for line in lines if line.startswith("UID:")]
    world.database.rows("update drafts set state = 'withdrawn' where id = %s returning 1", (draft,))
    again = Brand(world.server).call("GET", path).text.replace("\r\n ", "").split("\r\n")
    assert "STATUS:CANCELLED" in again and [line for line in again if line.startswith("UID:")] == uid
    world.server.command("member", "withdraw", world.slug, world.luc.name, "--role", "reader")
    assert Brand(world.server).call("GET", path, None).status_code == 404
    assert Brand(world.server).call("GET", path + "x", None).status_code == 404
    assert world.database.value("select count(*) from calendar_feeds where token_sha256 = %s",
                                (hashlib.sha256(path.rsplit("=", 1)[1].encode()).digest(),)) == 1


def test_a_feed_is_ended_by_its_member(world):
    url = world.marie.post("/calendar/feed", 201)["url"]
    path = url[url.index(BASE):]
    Brand(world.server).call("GET", path)
    world.marie.call("DELETE", "/calendar/feed", 204)
    assert Brand(world.server).call("GET", path, None).status_code == 404


# ---- campaigns and links ----

def test_campaigns_are_made_changed_and_ended(world):
    made = world.marie.post("/campaigns", 201, json={"name": "Spring", "hashtags": ["#tulips"], "utm_source": "fediverse",
                                                    "starts_at": "2027-03-01T00:00:00Z", "ends_at": "2027-04-01T00:00:00Z"})
    assert made["hashtags"] == ["tulips"] and made["version"] == 1
    path = "/campaigns/" + made["id"]
    assert word(world.marie.call("PATCH", path, None, json={"name": "x"})) == (428, "version-needed")
    changed = world.marie.patch(path, json={"name": "Easter"}, headers={"If-Match": '"1"'})
    assert (changed["name"], changed["utm_source"], changed["version"]) == ("Easter", "fediverse", 2)
    assert word(world.marie.call("PATCH", path, None, json={"name": "y"}, headers={"If-Match": '"1"'})) == (409, "stale-version")
    assert [one["id"] for one in world.luc.get("/campaigns")] == [made["id"]]
    assert word(world.luc.call("POST", "/campaigns", None, json={"name": "x"})) == (403, "permission-missing")
    assert word(world.paul.call("GET", path, None)) == (404, "not-found")
    assert word(world.marie.call("POST", "/campaigns", None, json={"name": "x", "starts_at": "2027-03-02T00:00:00Z",
                                                                 "ends_at": "2027-03-01T00:00:00Z"})) == (422, "bad-value")
    world.marie.call("DELETE", path, 204)
    assert world.marie.get("/campaigns") == []
    assert {"campaign.create", "campaign.change", "campaign.delete"} <= {
        one["action"] for one in world.marie.get("/audit", org=world.slug)}


def follow(world, link, method="GET", agent=BROWSER, **headers):
    path = link["url"].split("/l/", 1)[1]
    return requests.request(method, f"{world.server.url}/l/{path}", headers={"User-Agent": agent, **headers}, allow_redirects=False,
                            timeout=30)


def test_links_lead_to_their_target_and_count_people_and_machines_apart(world):
    campaign = world.marie.post("/campaigns", 201, json={"name": "Spring", "utm_source": "fediverse", "utm_campaign": "spring"})
    link = world.marie.post("/links", 201, json={"target": "https://shop.example/tulips?a=1", "campaign_id": campaign["id"]})
    answer = follow(world, link, Referer="https://news.example/article?secret=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://shop.example/tulips?a=1&utm_source=fediverse&utm_campaign=spring"
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    follow(world, link)
    follow(world, link, "HEAD")
    follow(world, link, agent="Mastodon/4.3.0 (http.rb/5.2.0; +https://m.example/)")
    counted = world.luc.wait_for("/links/" + link["id"], lambda one: one if one["people"] + one["machines"] == 4 else None)
    assert (counted["people"], counted["machines"]) == (2, 2)
    assert {one["referrer"]: (one["people"], one["machines"]) for one in counted["referrers"]} == {"": (1, 2), "news.example": (1, 0)}
    assert [one["people"] for one in counted["hours"]] in ([2], [1, 1])
    columns = world.database.rows("select column_name from information_schema.columns where table_name = 'link_hits'")
    assert {one[0] for one in columns} == {"link_id", "hour", "is_machine", "referrer", "hits"}
    assert word(world.paul.call("GET", "/links/" + link["id"], None)) == (404, "not-found")


def test_only_links_that_were_made_lead_anywhere(world):
    for target in ("javascript:alert(1)", "ftp://a.example/", "//a.example/", ""):
        assert word(world.marie.call("POST", "/links", None, json={"target": target})) == (422, "bad-value")
    assert word(world.luc.call("POST", "/links", None, json={"target": "https://a.example/"})) == (403, "permission-missing")
    assert requests.get(world.server.url + "/l/AAAAAAAAAA", allow_redirects=False, timeout=30).status_code == 404
    assert requests.get(world.server.url + "/l/x", allow_redirects=False, timeout=30).status_code == 404


def test_addresses_of_a_text_are_tagged_on_request(world):
    made = world.marie.post("/links/text", json={"text": "See https://a.example/x. Or https://b.example/"})
    first, second = (link["url"] for link in made["links"])
    assert made["text"] == f"See {first}. Or {second}"
    assert world.marie.post("/links/text", json={"text": made["text"]})["links"] == []


# ---- assets ----

def upload(world):
    app = world.as_brand()
    media = app.post("/api/v2/media", None, files={"file": ("a.png", PIXEL, "image/png")})
    return media["id"]


def test_assets_know_when_their_file_may_be_used(world):
    medium = upload(world)
    made = world.marie.post("/assets", 201, json={
        "media_id": medium, "name": "Tulip", "licence": "CC BY 4.0", "credit": "Luc", "alt_texts": {"fr": "Une tulipe", "en": "A tulip"},
        "tags": ["spring", "red"], "embargo_until": "2027-03-01T00:00:00Z"})
    assert made["alt_texts"] == {"fr": "Une tulipe", "en": "A tulip"} and made["tags"] == ["spring", "red"]
    assert word(world.marie.call("POST", "/assets", None, json={"media_id": medium, "name": "again"})) == (409, "conflict")
    path = "/assets/" + made["id"]
    changed = world.marie.patch(path, json={"usable_until": "2027-06-01T00:00:00Z"}, headers={"If-Match": '"1"'})
    assert changed["usable_until"] == "2027-06-01T00:00:00.000Z" and changed["embargo_until"] == "2027-03-01T00:00:00.000Z"
    assert word(world.marie.call("PATCH", path, None, json={"usable_until": "2027-01-01T00:00:00Z"},
                                 headers={"If-Match": '"2"'})) == (422, "bad-value")
    assert [one["id"] for one in world.luc.get("/assets", tag="red")] == [made["id"]]
    assert world.luc.get("/assets", tag="blue") == []
    assert word(world.paul.call("GET", path, None)) == (404, "not-found")
    assert word(world.luc.call("DELETE", path, None)) == (403, "permission-missing")
    assert word(world.paul.call("POST", "/assets", None, json={"media_id": medium, "name": "stolen"})) == (404, "not-found")
    world.marie.call("DELETE", path, 204)
    assert word(world.marie.call("GET", path, None)) == (404, "not-found")


# ---- quotes and polls ----

def test_the_quote_policy_of_an_account_holds_for_posts_that_say_nothing(world):
    path = f"/accounts/{world.account}/quote-policy"
    assert world.marie.get(path)["policy"] == "public"
    world.marie.put(path, json={"policy": "nobody"})
    post = world.as_brand().post("/api/v1/statuses", data={"status": "do not quote"})
    assert world.database.value("select quote_policy from posts where id = %s", (post["id"],)) == "nobody"
    assert word(world.marie.call("PUT", path, None, json={"policy": "friends"})) == (422, "bad-value")
    assert word(world.luc.call("PUT", path, None, json={"policy": "public"})) == (403, "permission-missing")


def test_polls_to_followers_say_how_sure_they_are_and_never_who_voted(world):
    brand = world.as_brand()
    fan = Api(world.server, make_token(world.database, world.paul.name, "read write follow"), world.paul.name)
    fan.post(f"/api/v1/accounts/{world.account}/follow")
    post = brand.post("/api/v1/statuses", json={"status": "Red or white?", "visibility": "private",
                                               "poll": {"options": ["Red", "White"], "expires_in": 3600}})
    seen = fan.get("/api/v1/statuses/" + post["id"])
    fan.post(f"/api/v1/polls/{seen['poll']['id']}/votes", json={"choices": [0]})
    path = f"/polls/{post['id']}/results"
    results = world.luc.get(path)
    assert (results["n"], results["servers"], results["quality"]) == (1, None, "anecdotal")
    red = results["options"][0]
    assert red["votes"] == 1 and red["share"] == 1 and red["high"] == 1 and abs(red["low"] - 0.2065) < 0.0001
    assert set(results["note"]) == {"en", "fr"} and world.paul.name not in str(results)
    world.database.rows("update polls set voters = 5 where post_id = %s returning 1", (post["id"],))
    assert world.luc.get(path)["servers"] == 1
    assert word(world.paul.call("GET", path, None)) == (404, "not-found")
