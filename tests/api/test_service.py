# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hours and promises, saved replies, macros, routing: what serves around the team inbox."""
import datetime
import json
import random
import re
import threading
import zoneinfo

import psycopg2
import pytest

from support.api import new_id, person
from support.brand import problem
from support.waiting import wait_until

SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"
BASE = "/api/brand/v1"
ROOT = BASE + "/conversations"
UTC = datetime.timezone.utc
OFFICE = [{"weekday": day, "opens": "09:00", "closes": "12:30"} for day in range(1, 6)] + [
    {"weekday": day, "opens": "13:30", "closes": "18:00"} for day in range(1, 6)]


class Shop:
    """marie founded it, luc and zoe answer, in a team; otto has another one."""

    def __init__(self, server):
        self.server, self.database, self.count = server, server.database, 0
        for name in ("marie", "luc", "zoe", "otto"):
            setattr(self, name, person(server, name, scopes=SCOPES))
        server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs", "--name", "Fleurs")
        server.command("org", "create", "autre", "--founder", "otto", "--account", "autre")
        self.id = self.database.value("select id from organisations where slug = 'fleurs'")
        self.database.rows("update organisations set time_zone = 'Europe/Paris', locale = 'fr' where id = %s returning 1", (self.id,))
        for name in ("luc", "zoe"):
            server.command("member", "add", "fleurs", name)
            server.command("member", "grant", "fleurs", name, "--role", "agent")
        self.brand = str(self.database.value("select id from actors where handle = 'fleurs'"))
        self.team = self.marie.post(f"{BASE}/orgs/fleurs/teams", 201, json={"name": "Accueil"})["id"]
        for name in ("luc", "zoe"):
            self.marie.call("POST", f"{BASE}/orgs/fleurs/teams/{self.team}/members", None, json={"member_id": self.member(name)})
        assert self.database.value("select count(*) from team_members where team_id = %s", (self.team,)) == 2

    def member(self, name):
        return str(self.database.value("select m.id from memberships m join users u on u.id = m.user_id join actors a on"
                                       " a.id = u.actor_id where a.handle = %s and m.organisation_id = %s", (name, self.id)))

    def clean(self):
        for table in ("ticket_clocks", "sla_policies", "routing_rules", "macros", "saved_replies", "service_hours", "service_holidays",
                      "service_plans", "routing_turns"):
            self.database.rows(f"delete from {table} returning 1")

    def ask(self, text, api=None, **fields):
        self.count += 1
        customer = api or person(self.server, f"customer{self.count}")
        post = customer.post("/api/v1/statuses", data={"status": text, **fields})
        return customer, self.find(post["id"])

    def find(self, post_id):
        number = wait_until(lambda: self.database.value("select t.number from ticket_posts p join tickets t on t.id = p.ticket_id"
                                                        " where p.post_id = %s", (post_id,)), 20, "a conversation")
        return self.luc.get(ROOT, q=f"#{number}")[0]

    def act(self, api, conversation, verb, status=200, **fields):
        seen = self.marie.get(f"{ROOT}/{conversation['id']}")
        answer = api.call("POST", f"{ROOT}/{conversation['id']}/{verb}", status, json=fields, headers={"If-Match": f'"{seen["version"]}"'})
        return answer.json() if status else answer

    def clocks(self, conversation):
        return {one["metric"]: one for one in self.marie.get(f"{ROOT}/{conversation['id']}")["clocks"]}

    def wake(self):
        self.database.rows("update jobs set due_at = now() where kind = 'sla_breach' returning 1")
        self.database.rows("select pg_notify('comptoir_wake', '8')")

    def shift(self, conversation, interval):
        """As if everything about its clocks had been so much earlier."""
        self.database.rows("update ticket_clocks set started_at = started_at - %s::interval, running_since = running_since - %s::interval,"
                           " due_at = due_at - %s::interval where ticket_id = %s returning 1", (interval,) * 3 + (conversation["id"],))


@pytest.fixture(scope="module")
def everything(server):
    return Shop(server)


@pytest.fixture
def shop(everything):
    everything.clean()
    yield everything
    everything.clean()


def set_hours(shop, hours=OFFICE, holidays=(), status=200, api=None):
    version = shop.marie.get(f"{BASE}/business_hours", org="fleurs")["version"]
    return (api or shop.marie).put(f"{BASE}/business_hours", status, json={"org": "fleurs", "hours": list(hours), "holidays": list(holidays)},
                                   headers={"If-Match": f'"{version}"'})


def policy(shop, status=201, api=None, **fields):
    return (api or shop.marie).post(f"{BASE}/sla_policies", status, json={"org": "fleurs", "name": f"Promise {new_id()}", **fields})


# ---- hours ----

def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def open_minutes(zone, hours, holidays, begin, end):
    """The UTC minutes in which somebody is there, one by one: slow and plain."""
    closed = {one["day"]: (minutes(one.get("closed_from", "00:00")), minutes(one.get("closed_until", "24:00"))) for one in holidays}
    moment = begin
    while moment < end:
        local = moment.astimezone(zone)
        at = local.hour * 60 + local.minute
        low, high = closed.get(local.date().isoformat(), (0, 0))
        if not low <= at < high and any(
                one["weekday"] == local.isoweekday() and minutes(one["opens"]) <= at < minutes(one["closes"]) for one in hours):
            yield moment
        moment += datetime.timedelta(minutes=1)


def elapsed(shop, begin, end):
    return float(shop.database.value("select service_elapsed(%s, %s, %s, true)", (shop.id, begin, end)))


def due(shop, begin, seconds):
    return shop.database.value("select service_due(%s, %s, %s, true)", (shop.id, begin, seconds))


@pytest.mark.parametrize("zone,day", [("Europe/Paris", "2026-03-28"), ("Europe/Paris", "2026-10-24"), ("America/New_York", "2026-03-07"),
                                      ("America/New_York", "2026-10-31"), ("Asia/Kolkata", "2026-05-01")])
def test_time_in_hours_is_that_of_the_wall_also_when_clocks_are_put_forward_or_back(shop, zone, day):
    generator = random.Random(zone + day)
    every_day = [{"weekday": weekday, "opens": opens, "closes": closes} for weekday in range(1, 8)
                 for opens, closes in (("00:00", "02:10"), ("02:40", "03:20"), ("09:00", "24:00"))]
    holidays = [{"day": (datetime.date.fromisoformat(day) + datetime.timedelta(days=3)).isoformat(), "name": "Fête"},
                {"day": (datetime.date.fromisoformat(day) + datetime.timedelta(days=2)).isoformat(), "closed_from": "12:00"}]
    hours = OFFICE if zone == "Asia/Kolkata" else every_day
    shop.database.rows("update organisations set time_zone = %s where id = %s returning 1", (zone, shop.id))
    try:
        set_hours(shop, hours, holidays)
        start = datetime.datetime.fromisoformat(day).replace(tzinfo=UTC)
        there = list(open_minutes(zoneinfo.ZoneInfo(zone), hours, holidays, start, start + datetime.timedelta(days=6)))
        for _ in range(40):
            begin = start + datetime.timedelta(minutes=generator.randrange(5 * 1440))
            end = begin + datetime.timedelta(minutes=generator.randrange(1440))
            expected = 60 * sum(1 for moment in there if begin <= moment < end)
            assert elapsed(shop, begin, end) == expected, (begin, end)
        for _ in range(40):
            begin = start + datetime.timedelta(minutes=generator.randrange(3 * 1440))
            seconds = 60 * generator.randrange(1, 600)
            after = [moment for moment in there if moment >= begin]
            expected = after[seconds // 60 - 1] + datetime.timedelta(minutes=1)
            assert due(shop, begin, seconds) == expected, (begin, seconds)
            assert elapsed(shop, begin, expected) == seconds
    finally:
        shop.database.rows("update organisations set time_zone = 'Europe/Paris' where id = %s returning 1", (shop.id,))


def test_an_organisation_without_hours_is_always_open_and_one_that_never_opens_is_never_late(shop):
    sunday = datetime.datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert elapsed(shop, sunday, sunday + datetime.timedelta(hours=5)) == 5 * 3600
    assert due(shop, sunday, 90) == sunday + datetime.timedelta(seconds=90)
    shop.database.rows("insert into service_hours select %s, 1, 540, 600 returning 1", (shop.id,))
    shop.database.rows("insert into service_holidays (organisation_id, day) select %s, d from generate_series(date '2026-01-01', '2032-12-31',"
                       " '1 day') as d returning 1", (shop.id,))
    assert shop.database.value("select service_due(%s, '2026-03-29', 60, true) = 'infinity'", (shop.id,))


def test_hours_are_kept_as_they_were_said(shop):
    answer = set_hours(shop, holidays=[{"day": "2026-12-25", "name": "Noël"}, {"day": "2026-12-24", "closed_from": "14:00"}])
    assert answer["time_zone"] == "Europe/Paris" and len(answer["hours"]) == 10 and answer["version"] == 1
    assert answer["holidays"] == [{"day": "2026-12-24", "closed_from": "14:00", "closed_until": "24:00", "name": None},
                                  {"day": "2026-12-25", "closed_from": "00:00", "closed_until": "24:00", "name": "Noël"}]
    assert shop.luc.get(f"{BASE}/business_hours", org="fleurs") == answer


WRONG_HOURS = [
    {"hours": [{"weekday": 8, "opens": "09:00", "closes": "10:00"}]},
    {"hours": [{"weekday": 1, "opens": "10:00", "closes": "10:00"}]},
    {"hours": [{"weekday": 1, "opens": "9:00", "closes": "10:00"}]},
    {"hours": [{"weekday": 1, "opens": "09:00", "closes": "24:01"}]},
    {"hours": [{"weekday": 1, "opens": "09:00", "closes": "12:00"}, {"weekday": 1, "opens": "11:59", "closes": "13:00"}]},
    {"hours": [{"weekday": 1, "opens": "09:00", "closes": "12:00"}] * 51},
    {"holidays": [{"day": "2026-02-30"}]},
    {"holidays": [{"day": "2026-02-01"}, {"day": "2026-02-01"}]},
    {"holidays": [{"day": "soon"}]},
    {"holidays": [{"day": "2026-02-01", "closed_from": "12:00", "closed_until": "11:00"}]},
    {"holidays": [{"day": "2026-02-01", "name": "x" * 101}]},
]


@pytest.mark.parametrize("wrong", WRONG_HOURS, ids=lambda wrong: json.dumps(wrong)[:60])
def test_hours_that_cannot_be_are_refused_and_change_nothing(shop, wrong):
    before = set_hours(shop)
    answer = shop.marie.call("PUT", f"{BASE}/business_hours", None, json={"org": "fleurs", **wrong},
                             headers={"If-Match": f'"{before["version"]}"'})
    problem(answer, "bad-value", 422)
    assert shop.marie.get(f"{BASE}/business_hours", org="fleurs") == before


def test_hours_are_changed_by_who_administers_and_has_seen_them(shop):
    problem(shop.luc.call("PUT", f"{BASE}/business_hours", None, json={"org": "fleurs", "hours": OFFICE}, headers={"If-Match": '"0"'}),
            "permission-missing", 403)
    before = set_hours(shop)
    problem(shop.marie.call("PUT", f"{BASE}/business_hours", None, json={"org": "fleurs", "hours": []}, headers={"If-Match": '"7"'}),
            "stale-version", 409)
    assert shop.marie.get(f"{BASE}/business_hours", org="fleurs") == before
    assert shop.otto.get(f"{BASE}/business_hours", org="autre")["hours"] == []


# ---- promises ----

def test_clocks_run_from_the_first_word_to_the_answer_and_to_the_end(shop):
    policy(shop, first_reply=3600, next_reply=7200, resolution=86400, in_hours=False)
    customer, conversation = shop.ask("@fleurs hello")
    clocks = shop.clocks(conversation)
    assert set(clocks) == {"first_reply", "resolution"} and {one["state"] for one in clocks.values()} == {"running"}
    assert clocks["first_reply"]["target_seconds"] == 3600 and clocks["first_reply"]["policy"].startswith("Promise")
    answered = shop.act(shop.luc, conversation, "reply", text="hello")
    clocks = shop.clocks(conversation)
    assert clocks["first_reply"]["state"] == "ended" and clocks["first_reply"]["breached_at"] is None
    assert clocks["resolution"]["state"] == "paused" and clocks["resolution"]["due_at"] is None, "the customer is awaited"
    more = customer.post("/api/v1/statuses", data={"status": "@fleurs and?", "in_reply_to_id": answered["status"]["id"]})
    shop.find(more["id"])
    clocks = wait_until(lambda: "next_reply" in shop.clocks(conversation) and shop.clocks(conversation), 20, "the next clock")
    assert clocks["next_reply"]["state"] == "running" and clocks["resolution"]["state"] == "running"
    shop.act(shop.luc, conversation, "reply", text="so")
    shop.act(shop.luc, conversation, "resolve")
    clocks = shop.clocks(conversation)
    assert {one["state"] for one in clocks.values()} == {"ended"} and not any(one["breached_at"] for one in clocks.values())
    shop.act(shop.luc, conversation, "reopen")
    clocks = shop.clocks(conversation)
    assert clocks["resolution"]["state"] == "running" and clocks["first_reply"]["state"] == "ended"


def test_clocks_that_two_begin_at_once_are_begun_once(shop):
    """The conversation and a private one below it bring the same clocks to what they are."""
    policy(shop, first_reply=3600, resolution=7200)
    _, conversation = shop.ask("Bonjour @fleurs, une question à deux")
    shop.database.rows("delete from ticket_clocks where ticket_id = %s returning 1", (conversation["id"],))
    failures = []

    def follow():
        try:
            shop.database.rows("select sla_follow(%s, now()) is null", (conversation["id"],))
        except psycopg2.Error as error:
            failures.append(error)
    first = shop.database.connect("superuser")
    first.cursor().execute("select sla_follow(%s, now())", (conversation["id"],))
    second = threading.Thread(target=follow)
    second.start()
    wait_until(lambda: not second.is_alive() or shop.database.value("select count(*) from pg_locks where not granted"), 20, "the second")
    first.commit()
    first.close()
    second.join()
    assert not failures
    assert {name: clock["state"] for name, clock in shop.clocks(conversation).items()} == {"first_reply": "running",
                                                                                          "resolution": "running"}


def test_a_pause_moves_the_end_by_its_length(shop):
    policy(shop, first_reply=3600, in_hours=False)
    _, conversation = shop.ask("@fleurs hello")
    shop.shift(conversation, "30 minutes")
    shop.act(shop.luc, conversation, "snooze", until=(datetime.datetime.now(UTC) + datetime.timedelta(hours=5)).isoformat())
    clock = shop.clocks(conversation)["first_reply"]
    assert clock["state"] == "paused" and clock["due_at"] is None
    shop.act(shop.luc, conversation, "reopen")
    left = datetime.datetime.fromisoformat(shop.clocks(conversation)["first_reply"]["due_at"].replace("Z", "+00:00"))
    assert 1500 < (left - datetime.datetime.now(UTC)).total_seconds() <= 1800, "half of it was used before"


def test_a_breach_is_told_in_the_conversation_once(shop):
    policy(shop, first_reply=60, resolution=86400, in_hours=False)
    _, conversation = shop.ask("@fleurs hello")
    shop.shift(conversation, "61 seconds")
    shop.wake()

    def breaches():
        return [one["to"] for one in shop.luc.get(f"{ROOT}/{conversation['id']}/events") if one["kind"] == "sla.breached"]

    wait_until(breaches, 20, "a breach")
    assert breaches() == ["first_reply"]
    clock = shop.clocks(conversation)["first_reply"]
    assert clock["breached_at"] == clock["due_at"] and clock["state"] == "running"
    shop.wake()
    wait_until(lambda: not shop.database.value("select count(*) from jobs where kind = 'sla_breach' and due_at <= now()"), 20, "the job")
    assert breaches() == ["first_reply"]
    shop.act(shop.luc, conversation, "reply", text="sorry")
    report = shop.marie.get(f"{BASE}/sla/report", org="fleurs")["metrics"]
    first = next(one for one in report if one["metric"] == "first_reply")
    assert first["started"] == first["ended"] == first["breached"] == 1 and first["in_time"] == 0 and 60 < first["median_seconds"] < 600
    assert next(one for one in report if one["metric"] == "resolution")["ended"] == 0


def test_an_answer_after_the_end_is_a_breach_though_no_timer_came_between(shop):
    policy(shop, first_reply=60, in_hours=False)
    _, conversation = shop.ask("@fleurs hello")
    shop.shift(conversation, "61 seconds")
    shop.act(shop.luc, conversation, "reply", text="sorry")
    assert shop.clocks(conversation)["first_reply"]["breached_at"]


def test_a_private_conversation_below_a_public_one_runs_on_its_clocks(shop):
    policy(shop, first_reply=3600, next_reply=3600, resolution=86400, in_hours=False)
    customer, conversation = shop.ask("@fleurs my order?")
    answered = shop.act(shop.luc, conversation, "private", text="which one?")
    child = answered["conversation"]
    assert child["parent_id"] == conversation["id"]
    assert [(one["metric"], one["state"]) for one in child["clocks"]] == [("first_reply", "ended"), ("resolution", "paused")]
    direct = customer.post("/api/v1/statuses", data={"status": "@fleurs number 7", "visibility": "direct",
                                                     "in_reply_to_id": answered["status"]["id"]})
    assert shop.find(direct["id"])["id"] == child["id"]
    wait_until(lambda: shop.clocks(conversation).get("next_reply", {}).get("state") == "running", 20, "the clock of the public one")
    assert shop.clocks(child) == shop.clocks(conversation)
    assert shop.database.value("select count(*) from ticket_clocks where ticket_id = %s", (child["id"],)) == 0
    shop.act(shop.luc, child, "reply", text="on its way")
    shop.act(shop.luc, child, "resolve")
    assert shop.clocks(conversation)["resolution"]["state"] == "paused", "the public one is pending still"
    shop.act(shop.luc, conversation, "resolve")
    assert {one["state"] for one in shop.clocks(conversation).values()} == {"ended"}


def test_the_first_policy_that_fits_counts_and_a_better_one_takes_over_what_has_elapsed(shop):
    policy(shop, name="Urgent", position=1, minimum_priority=2, first_reply=600, in_hours=False)
    policy(shop, name="French", position=2, language="fr", first_reply=1200, in_hours=False)
    policy(shop, name="All", position=3, first_reply=3600, in_hours=False)
    _, french = shop.ask("@fleurs bonjour", language="fr")
    _, conversation = shop.ask("@fleurs hello", language="en")
    assert shop.clocks(french)["first_reply"]["policy"] == "French"
    assert shop.clocks(conversation)["first_reply"]["policy"] == "All"
    shop.shift(conversation, "5 minutes")
    shop.act(shop.luc, conversation, "priority", priority=2)
    clock = shop.clocks(conversation)["first_reply"]
    assert clock["policy"] == "Urgent" and clock["target_seconds"] == 600
    left = datetime.datetime.fromisoformat(clock["due_at"].replace("Z", "+00:00")) - datetime.datetime.now(UTC)
    assert 0 < left.total_seconds() <= 300


def test_what_is_due_is_listed_for_who_reads_all_with_the_soonest_first(shop):
    policy(shop, first_reply=3600, resolution=86400, in_hours=False)
    _, one = shop.ask("@fleurs one")
    _, other = shop.ask("@fleurs other")
    shop.shift(other, "10 minutes")
    listed = shop.luc.get(f"{BASE}/sla/due", org="fleurs")["clocks"]
    assert [(row["conversation_id"], row["metric"]) for row in listed] == [
        (other["id"], "first_reply"), (one["id"], "first_reply"), (other["id"], "resolution"), (one["id"], "resolution")]
    assert shop.otto.get(f"{BASE}/sla/due", org="autre")["clocks"] == []


def test_the_command_line_says_the_same(shop):
    policy(shop, name="Fast", first_reply=5400, in_hours=False)
    assert re.search(r"^Fast +1h 30m +- +- +always$", shop.server.command("sla", "policies", "fleurs").stdout, re.M)
    _, conversation = shop.ask("@fleurs hello")
    due_now = json.loads(shop.server.command("sla", "due", "fleurs", "--json").stdout)
    assert [(one["number"], one["metric"], one["late"]) for one in due_now] == [(conversation["number"], "first_reply", False)]
    shop.shift(conversation, "2 hours")
    assert re.search(rf"^#{conversation['number']} +first_reply .* late$", shop.server.command("sla", "due", "fleurs").stdout, re.M)
    shop.act(shop.luc, conversation, "reply", text="sorry")
    assert "0 of 1 in time" in shop.server.command("sla", "report", "fleurs", "--days", "7").stdout
    assert shop.server.command("sla", "report", "fleurs", "--days", "0", check=False).returncode != 0
    assert json.loads(shop.server.command("sla", "due", "autre", "--json").stdout) == []


@pytest.mark.parametrize("wrong", [{}, {"first_reply": 59}, {"first_reply": 31536001}, {"first_reply": "soon"}, {"first_reply": 60, "name": ""},
                                   {"first_reply": 60, "channel": "carrier"}, {"first_reply": 60, "account_id": "12"},
                                   {"first_reply": 60, "team_id": "12"}, {"first_reply": 60, "tag": "two words"}])
def test_promises_that_cannot_be_kept_are_refused(shop, wrong):
    problem(shop.marie.call("POST", f"{BASE}/sla_policies", None, json={"org": "fleurs", "name": "Promise", **wrong}), "bad-value", 422)
    assert shop.marie.get(f"{BASE}/sla_policies", org="fleurs")["policies"] == []


def test_policies_are_changed_by_version_and_are_nobody_elses(shop):
    made = policy(shop, name="One", first_reply=60)
    problem(shop.marie.call("POST", f"{BASE}/sla_policies", None, json={"org": "fleurs", "name": "One", "first_reply": 60}), "conflict", 409)
    path = f"{BASE}/sla_policies/{made['id']}"
    changed = shop.marie.put(path, json={"org": "fleurs", "name": "Two", "resolution": 600}, headers={"If-Match": '"1"'})
    assert changed["version"] == 2 and changed["first_reply"] is None and changed["resolution"] == 600
    problem(shop.marie.call("PUT", path, None, json={"org": "fleurs", "name": "Three", "resolution": 600}, headers={"If-Match": '"1"'}),
            "stale-version", 409)
    for method in ("GET", "PUT", "DELETE"):
        answer = shop.otto.call(method, path, None, json={"org": "autre", "name": "Mine", "first_reply": 60} if method != "GET" else None,
                                headers={"If-Match": '"2"'})
        problem(answer, "not-found", 404)
    problem(shop.luc.call("DELETE", path, None), "permission-missing", 403)
    shop.marie.call("DELETE", path, 204)
    assert shop.marie.get(f"{BASE}/sla_policies", org="fleurs")["policies"] == []


# ---- saved replies ----

def saved(shop, code, language, body, status=201, api=None):
    return (api or shop.marie).post(f"{BASE}/saved_replies", status, json={"org": "fleurs", "code": code, "language": language, "body": body})


def words(status):
    return re.sub(r"<[^>]+>", "", status["content"])


def test_a_saved_reply_is_said_in_the_customers_language(shop):
    saved(shop, "sorry", "fr", "Désolés, {name}. Dossier {number}. {agent}")
    saved(shop, "sorry", "en", "Sorry, {name}. Case {number}. {agent}")
    for language, begin in (("en", "Sorry"), ("en-GB", "Sorry"), ("fr", "Désolés"), ("de", "Désolés")):
        customer, conversation = shop.ask("@fleurs hm", language=language.split("-")[0])
        shop.database.rows("update tickets set language = %s where id = %s returning 1", (language, conversation["id"]))
        offered = shop.luc.get(f"{ROOT}/{conversation['id']}/saved_replies")["replies"]
        assert [one["code"] for one in offered] == ["sorry"] and offered[0]["text"].startswith(begin)
        said = shop.act(shop.luc, conversation, "reply", saved_reply="sorry")["status"]
        assert f"{begin}, {customer.name}." in words(said) and f" {conversation['number']}. luc" in words(said)
        assert said["language"] == offered[0]["language"]


def test_a_customers_name_mentions_nobody_and_links_nowhere(shop):
    victim = person(shop.server, "victim")
    saved(shop, "hello", "en", "Hello {name}!")
    customer = person(shop.server, "mallory")
    customer.call("PATCH", "/api/v1/accounts/update_credentials", 200, data={"display_name": "@victim https://evil.example #spam :x: Bob"})
    _, conversation = shop.ask("@fleurs hm", api=customer, language="en")
    said = shop.act(shop.luc, conversation, "reply", saved_reply="hello")["status"]
    assert [one["username"] for one in said["mentions"]] == ["mallory"] and said["tags"] == []
    assert "https" in words(said) and said["content"].count("<a ") == 1 and victim.get("/api/v1/notifications") == []


@pytest.mark.parametrize("wrong", [("Code", "en", "x"), ("", "en", "x"), ("c" * 41, "en", "x"), ("code", "english", "x"), ("code", "e", "x"),
                                   ("code", "en", ""), ("code", "en", "x" * 5001), ("code", "en", "Hi {nmae}"), ("code", "en", "Hi {")])
def test_saved_replies_that_could_not_be_said_are_refused(shop, wrong):
    code, language, body = wrong
    answer = shop.marie.call("POST", f"{BASE}/saved_replies", None, json={"org": "fleurs", "code": code, "language": language, "body": body})
    problem(answer, "bad-value", 422)


def test_saved_replies_are_written_by_who_may_and_are_nobody_elses(shop):
    made = saved(shop, "hello", "en", "Hello")
    assert saved(shop, "hello", "fr", "Bonjour")["version"] == 1
    problem(shop.marie.call("POST", f"{BASE}/saved_replies", None, json={"org": "fleurs", "code": "hello", "language": "en", "body": "x"}),
            "conflict", 409)
    problem(shop.luc.call("POST", f"{BASE}/saved_replies", None, json={"org": "fleurs", "code": "x", "language": "en", "body": "x"}),
            "permission-missing", 403)
    path = f"{BASE}/saved_replies/{made['id']}"
    assert shop.luc.get(path)["body"] == "Hello"
    problem(shop.otto.call("GET", path, None), "not-found", 404)
    changed = shop.marie.put(path, json={"code": "hello", "language": "en", "body": "Hi"}, headers={"If-Match": '"1"'})
    assert (changed["body"], changed["version"]) == ("Hi", 2)
    shop.marie.call("DELETE", path, 204)
    assert [one["language"] for one in shop.luc.get(f"{BASE}/saved_replies", org="fleurs")["replies"]] == ["fr"]
    _, conversation = shop.ask("@fleurs hm")
    problem(shop.act(shop.luc, conversation, "reply", None, saved_reply="gone"), "bad-value", 422)
    problem(shop.act(shop.luc, conversation, "reply", None, saved_reply="hello", text="too"), "bad-value", 422)


# ---- macros ----

def macro(shop, *actions, status=201, api=None, name=None):
    return (api or shop.marie).post(f"{BASE}/macros", status, json={"org": "fleurs", "name": name or f"Macro {new_id()}", "actions": actions})


def test_a_macro_does_all_its_steps_with_the_answer(shop):
    saved(shop, "sorry", "en", "Sorry {name}")
    made = macro(shop, {"do": "reply", "saved_reply": "sorry"}, {"do": "assign", "to": "me"}, {"do": "team", "to": shop.team},
                 {"do": "priority", "to": 1}, {"do": "tag", "tag": "refund"}, {"do": "note", "text": "refund them"}, {"do": "status", "to": "resolved"})
    customer, conversation = shop.ask("@fleurs broken", language="en")
    done = shop.act(shop.luc, conversation, "macro", macro_id=made["id"])
    now = done["conversation"]
    assert (now["status"], now["team_id"], now["assignee_id"], now["priority"], now["tags"]) == (
        "resolved", shop.team, shop.member("luc"), 1, ["refund"])
    assert f"Sorry {customer.name}" in words(done["status"])
    story = shop.luc.get(f"{ROOT}/{conversation['id']}")
    assert [one["body"] for one in story["notes"]] == ["refund them"]
    assert "macro" in [one["kind"] for one in story["events"]] and story["posts"][-1]["member_id"] == shop.member("luc")


@pytest.mark.parametrize("with_answer", [True, False])
def test_a_macro_of_which_one_step_fails_does_nothing_at_all(shop, with_answer):
    shop.marie.call("POST", f"{BASE}/orgs/fleurs/teams", 201, json={"name": f"Gone {with_answer}"})
    team = next(one["id"] for one in shop.marie.get(f"{BASE}/orgs/fleurs/teams") if one["name"] == f"Gone {with_answer}")
    steps = [{"do": "assign", "to": "me"}, {"do": "priority", "to": 2}, {"do": "tag", "tag": "x"}, {"do": "note", "text": "n"}, {"do": "team", "to": team}]
    made = macro(shop, *([{"do": "reply", "text": "hello"}] if with_answer else []), *steps)
    shop.marie.call("DELETE", f"{BASE}/orgs/fleurs/teams/{team}", 204)
    _, conversation = shop.ask("@fleurs hm")
    before = shop.luc.get(f"{ROOT}/{conversation['id']}")
    posts = shop.database.value("select count(*) from posts where actor_id = %s", (shop.brand,))
    problem(shop.act(shop.luc, conversation, "macro", None, macro_id=made["id"]), "bad-value", 422)
    assert shop.luc.get(f"{ROOT}/{conversation['id']}") == before
    assert shop.database.value("select count(*) from posts where actor_id = %s", (shop.brand,)) == posts


def test_a_macro_asks_for_every_right_that_its_steps_do(shop):
    made = macro(shop, {"do": "priority", "to": 1}, {"do": "assign", "to": shop.member("zoe")})
    rita = person(shop.server, "rita", scopes=SCOPES)
    shop.server.command("member", "add", "fleurs", "rita")
    for permission in ("inbox.read", "inbox.resolve"):
        shop.server.command("member", "grant", "fleurs", "rita", "--permission", permission)
    _, conversation = shop.ask("@fleurs hm")
    problem(shop.act(rita, conversation, "macro", None, macro_id=made["id"]), "permission-missing", 403)
    assert shop.luc.get(f"{ROOT}/{conversation['id']}")["priority"] == 0


@pytest.mark.parametrize("steps", [[], [{}], [{"do": "dance"}], [{"do": "priority", "to": 3}], [{"do": "priority", "to": "1"}], [{"do": "tag", "tag": "a b"}],
                                   [{"do": "status", "to": "snoozed"}], [{"do": "snooze", "hours": 0}], [{"do": "assign", "to": "round_robin"}],
                                   [{"do": "macro", "id": "1"}], [{"do": "team", "to": "12"}], [{"do": "assign", "to": "12"}], [{"do": "note", "text": ""}],
                                   [{"do": "reply", "text": "a"}, {"do": "reply", "text": "b"}], [{"do": "reply", "saved_reply": "none"}],
                                   [{"do": "reply", "text": "{name}"}, {"do": "reply", "text": "{x}"}], [{"do": "note", "text": "n"}] * 21, "steps", None])
def test_macros_that_could_not_run_are_refused(shop, steps):
    answer = shop.marie.call("POST", f"{BASE}/macros", None, json={"org": "fleurs", "name": "Macro", "actions": steps})
    problem(answer, "bad-value", 422)
    assert shop.luc.get(f"{BASE}/macros", org="fleurs")["macros"] == []


def test_macros_are_nobody_elses(shop):
    made = macro(shop, {"do": "priority", "to": 1})
    for method in ("GET", "PUT", "DELETE"):
        body = {"name": "Mine", "actions": [{"do": "priority", "to": 1}]} if method == "PUT" else None
        problem(shop.otto.call(method, f"{BASE}/macros/{made['id']}", None, json=body, headers={"If-Match": '"1"'}), "not-found", 404)
    _, conversation = shop.ask("@fleurs hm")
    other = shop.otto.post(f"{BASE}/macros", 201, json={"org": "autre", "name": "Theirs", "actions": [{"do": "priority", "to": 1}]})
    problem(shop.act(shop.luc, conversation, "macro", None, macro_id=other["id"]), "not-found", 404)
    shop.otto.call("DELETE", f"{BASE}/macros/{other['id']}", 204)


def test_tags_are_set_as_a_whole(shop):
    _, conversation = shop.ask("@fleurs hm")
    for tags in (["b", "a"], ["a", "é"], []):
        seen = shop.luc.get(f"{ROOT}/{conversation['id']}")
        answer = shop.luc.put(f"{ROOT}/{conversation['id']}/tags", json={"tags": tags}, headers={"If-Match": f'"{seen["version"]}"'})
        assert answer["tags"] == sorted(tags) and answer["version"] > seen["version"]
    seen = shop.luc.get(f"{ROOT}/{conversation['id']}")
    for wrong in (["a b"], [""], ["x" * 61], [str(n) for n in range(31)]):
        answer = shop.luc.call("PUT", f"{ROOT}/{conversation['id']}/tags", None, json={"tags": wrong}, headers={"If-Match": f'"{seen["version"]}"'})
        problem(answer, "bad-value", 422)


# ---- routing ----

def rule(shop, condition, *actions, status=201, api=None, **fields):
    body = {"org": "fleurs", "name": f"Rule {new_id()}", "condition": condition, "actions": actions, **fields}
    answer = (api or shop.marie).call("POST", f"{BASE}/routing_rules", status, json=body)
    return answer.json() if status else answer


def test_rules_send_posts_where_they_belong(shop):
    rule(shop, {"words": ["remboursement", "cassé*"], "languages": ["fr"]}, {"do": "team", "to": shop.team}, {"do": "tag", "tag": "retour"},
         {"do": "priority", "to": 1})
    for text, language, is_met in (("@fleurs Remboursement svp", "fr", True), ("@fleurs mes fleurs sont CASSEES", "fr", True),
                                   ("@fleurs remboursements", "fr", False), ("@fleurs remboursement", "en", False)):
        _, conversation = shop.ask(text, language=language)
        now = shop.luc.get(f"{ROOT}/{conversation['id']}")
        assert (now["team_id"], now["tags"], now["priority"]) == ((shop.team, ["retour"], 1) if is_met else (None, [], 0)), text
        assert ("routed" in [one["kind"] for one in now["events"]]) == is_met


def test_members_take_turns_and_the_least_loaded_goes_first(shop):
    rule(shop, {}, {"do": "team", "to": shop.team}, {"do": "assign", "to": "round_robin"})
    given = [shop.ask(f"@fleurs {n}")[1]["assignee_id"] for n in range(4)]
    assert given[0] == given[2] != given[1] == given[3] and set(given) == {shop.member("luc"), shop.member("zoe")}
    shop.clean()
    shop.database.rows("update tickets set assignee_id = null returning 1")
    rule(shop, {}, {"do": "team", "to": shop.team}, {"do": "assign", "to": "least_loaded"})
    busy, other = shop.member("luc"), shop.member("zoe")
    for n in range(3):
        shop.database.rows("update tickets set assignee_id = %s, status = 'open', snoozed_until = null where id = (select max(id) from tickets"
                           " where assignee_id is null and merged_into_id is null) returning 1", (busy,))
    assert [shop.ask(f"@fleurs {n}")[1]["assignee_id"] for n in range(3)] == [other] * 3


def test_who_may_not_read_it_or_is_suspended_gets_no_turn(shop):
    rule(shop, {}, {"do": "team", "to": shop.team}, {"do": "assign", "to": "round_robin"})
    zoe = shop.member("zoe")
    shop.database.rows("update memberships set state = 'suspended' where id = %s returning 1", (zoe,))
    try:
        assert {shop.ask(f"@fleurs {n}")[1]["assignee_id"] for n in range(3)} == {shop.member("luc")}
    finally:
        shop.database.rows("update memberships set state = 'active' where id = %s returning 1", (zoe,))


def test_rules_leave_what_people_have_set(shop):
    customer, conversation = shop.ask("@fleurs hm")
    theirs = shop.marie.post(f"{BASE}/orgs/fleurs/teams", 201, json={"name": "Atelier"})["id"]
    shop.act(shop.luc, conversation, "assign", assignee_id="me", team_id=theirs)
    shop.act(shop.luc, conversation, "priority", priority=2)
    rule(shop, {}, {"do": "team", "to": shop.team}, {"do": "assign", "to": shop.member("zoe")}, {"do": "priority", "to": 1},
         {"do": "note", "text": "only when it begins"})
    more = customer.post("/api/v1/statuses", data={"status": "@fleurs more", "in_reply_to_id": conversation["root_post_id"]})
    shop.find(more["id"])
    now = shop.luc.get(f"{ROOT}/{conversation['id']}")
    assert (now["assignee_id"], now["priority"], now["team_id"], now["notes"]) == (shop.member("luc"), 2, theirs, [])


def test_the_first_rule_ends_it_unless_it_goes_on(shop):
    rule(shop, {"words": ["alpha"]}, {"do": "tag", "tag": "one"}, position=1, goes_on=True)
    rule(shop, {"words": ["alpha"]}, {"do": "tag", "tag": "two"}, position=2)
    rule(shop, {"words": ["alpha"]}, {"do": "tag", "tag": "three"}, position=3)
    rule(shop, {"words": ["beta"]}, {"do": "tag", "tag": "off"}, position=4, enabled=False)
    assert shop.ask("@fleurs alpha")[1]["tags"] == ["one", "two"]
    assert shop.ask("@fleurs beta")[1]["tags"] == []


def test_rules_know_the_hour_the_channel_and_the_account(shop):
    set_hours(shop, [{"weekday": n, "opens": "00:00", "closes": "24:00"} for n in range(1, 8)])
    rule(shop, {"hours": "closed"}, {"do": "tag", "tag": "closed"}, goes_on=True)
    rule(shop, {"hours": "open", "channel": "private", "account_ids": [shop.brand]}, {"do": "tag", "tag": "private"}, goes_on=True)
    assert shop.ask("@fleurs a")[1]["tags"] == []
    assert shop.ask("@fleurs b", visibility="direct")[1]["tags"] == ["private"]
    today = datetime.datetime.now(UTC).date()
    set_hours(shop, [{"weekday": n, "opens": "00:00", "closes": "24:00"} for n in range(1, 8)],
              [{"day": (today + datetime.timedelta(days=n)).isoformat()} for n in (-1, 0, 1, 2)])
    assert shop.ask("@fleurs c")[1]["tags"] == ["closed"]


def test_a_rule_runs_a_macro_that_answers_nobody(shop):
    answering = macro(shop, {"do": "reply", "text": "hi"})
    quiet = macro(shop, {"do": "tag", "tag": "quiet"}, {"do": "note", "text": "look at this"})
    problem(rule(shop, {}, {"do": "macro", "id": answering["id"]}, status=None), "bad-value", 422)
    rule(shop, {}, {"do": "macro", "id": quiet["id"]})
    _, conversation = shop.ask("@fleurs hm")
    now = shop.luc.get(f"{ROOT}/{conversation['id']}")
    assert now["tags"] == ["quiet"] and [one["body"] for one in now["notes"]] == ["look at this"]
    shop.marie.put(f"{BASE}/macros/{quiet['id']}", json={"name": "Loud", "actions": [{"do": "reply", "text": "hi"}, {"do": "tag", "tag": "loud"}]},
                   headers={"If-Match": '"1"'})
    assert shop.ask("@fleurs hm")[1]["tags"] == [], "it answers by now: it is not for rules"


def test_a_rule_whose_team_is_gone_holds_up_no_customer(shop):
    team = shop.marie.post(f"{BASE}/orgs/fleurs/teams", 201, json={"name": "Brief"})["id"]
    rule(shop, {}, {"do": "team", "to": team}, {"do": "assign", "to": "round_robin"}, {"do": "tag", "tag": "still"})
    shop.marie.call("DELETE", f"{BASE}/orgs/fleurs/teams/{team}", 204)
    _, conversation = shop.ask("@fleurs hm")
    assert conversation["tags"] == ["still"] and conversation["team_id"] is None


def test_a_dry_run_says_what_would_have_been_and_changes_nothing(shop):
    marked = f"zebra{new_id()}"
    _, one = shop.ask(f"@fleurs a {marked}")
    _, other = shop.ask("@fleurs nothing of it")
    before = shop.database.value("select string_agg(t.id || ':' || t.version, ',' order by t.id) from tickets t")
    condition = {"words": [marked]}
    tried = shop.marie.post(f"{BASE}/routing_rules/dry_run", json={"org": "fleurs", "rule": {"condition": condition, "actions": [{"do": "tag", "tag": "x"}]}})
    assert [row["conversation_id"] for row in tried["posts"]] == [one["id"]] and tried["posts"][0]["rule_id"] is None
    assert tried["rules"][0]["matches"] == 1 and tried["unmatched"] == tried["looked_at"] - 1 >= 1
    made = rule(shop, condition, {"do": "tag", "tag": "x"})
    rule(shop, {}, {"do": "tag", "tag": "y"}, position=5)
    tried = shop.marie.post(f"{BASE}/routing_rules/dry_run", json={"org": "fleurs"})
    assert tried["unmatched"] == 0 and tried["rules"][0] == {"rule_id": made["id"], "name": made["name"], "matches": 1}
    assert {row["rule_id"] for row in tried["posts"] if row["conversation_id"] == one["id"]} == {made["id"]}
    assert shop.database.value("select string_agg(t.id || ':' || t.version, ',' order by t.id) from tickets t") == before
    assert other["tags"] == [] and shop.otto.post(f"{BASE}/routing_rules/dry_run", json={"org": "autre"})["looked_at"] == 0


@pytest.mark.parametrize("condition,actions", [
    (None, [{"do": "tag", "tag": "x"}]), ([], [{"do": "tag", "tag": "x"}]), ({"words": "x"}, [{"do": "tag", "tag": "x"}]),
    ({"words": ["!!"]}, [{"do": "tag", "tag": "x"}]), ({"hours": "late"}, [{"do": "tag", "tag": "x"}]),
    ({"channel": "x"}, [{"do": "tag", "tag": "x"}]), ({"account_ids": ["7"]}, [{"do": "tag", "tag": "x"}]), ({}, []),
    ({}, [{"do": "reply", "text": "x"}]), ({}, [{"do": "assign", "to": "me"}]), ({"words": ["x"] * 101}, [{"do": "tag", "tag": "x"}])])
def test_rules_that_say_nothing_possible_are_refused(shop, condition, actions):
    body = {"org": "fleurs", "name": "Rule", "condition": condition, "actions": actions}
    problem(shop.marie.call("POST", f"{BASE}/routing_rules", None, json=body), "bad-value", 422)
    problem(shop.luc.call("POST", f"{BASE}/routing_rules", None, json=body), "permission-missing", 403)


def test_a_rule_is_as_long_as_all_rules_can_be_read(shop):
    note = {"do": "note", "text": "x" * 9000}
    body = {"org": "fleurs", "name": "Long", "condition": {}, "actions": [note] * 3}
    assert shop.marie.post(f"{BASE}/routing_rules", 201, json=body)["name"] == "Long"
    body.update(name="Longer", actions=[note] * 4)
    problem(shop.marie.call("POST", f"{BASE}/routing_rules", None, json=body), "bad-value", 422)


@pytest.mark.parametrize("space", ["\u3000", "\u2003", "\u2028", "\u00a0", "\u1680", " ", "\t", ","])
def test_a_tag_is_one_word_in_any_script(shop, space):
    _, conversation = shop.ask("@fleurs hm")
    answer = shop.luc.call("PUT", f"{ROOT}/{conversation['id']}/tags", None, json={"tags": [f"a{space}b"]},
                           headers={"If-Match": f'"{conversation["version"]}"'})
    problem(answer, "bad-value", 422)
    rule_body = {"org": "fleurs", "name": "Spaces", "condition": {}, "actions": [{"do": "tag", "tag": f"a{space}b"}]}
    problem(shop.marie.call("POST", f"{BASE}/routing_rules", None, json=rule_body), "bad-value", 422)


def test_the_operator_does_by_the_command_line_what_a_member_may(shop):
    def call(*arguments, **keywords):
        return shop.server.command("brand", "call", "fleurs", *arguments, **keywords)

    made = json.loads(call("marie", "POST", "/sla_policies", "--body", '{"name": "Quick", "first_reply": 600}').stdout)
    assert made["name"] == "Quick" and json.loads(call("luc", "GET", "/sla_policies").stdout)["policies"] == [made]
    changed = json.loads(call("marie", "PUT", f"/sla_policies/{made['id']}", "--if-match", "1", "--body", "-",
                              input='{"name": "Slow", "first_reply": 6000}').stdout)
    assert changed["version"] == 2
    refused = call("luc", "DELETE", f"/sla_policies/{made['id']}", check=False)
    assert refused.returncode != 0 and "403" in refused.stderr and "may not" in refused.stderr
    assert "409" in call("marie", "PUT", f"/sla_policies/{made['id']}", "--if-match", "1", "--body", '{"name": "x", "first_reply": 60}',
                         check=False).stderr
    assert call("marie", "DELETE", f"/sla_policies/{made['id']}").stdout == ""
    for wrong in (("otto", "GET", "/macros"), ("marie", "EAT", "/macros"), ("marie", "GET", "macros"), ("marie", "GET", "/a b")):
        assert call(*wrong, check=False).returncode != 0
    assert json.loads(call("marie", "GET", "/orgs/fleurs/teams").stdout)[0]["name"] == "Accueil"
    for elsewhere in (("GET", "/orgs/other/teams"), ("GET", "/orgs/fleursx"), ("GET", "/../../v1/apps"), ("GET", "/macros#"),
                      ("GET", "/macros?org=other"), ("POST", "/macros", "--body", '{"org": "other", "name": "x", "actions": []}')):
        assert "400" not in call("marie", *elsewhere, check=False).stderr and call("marie", *elsewhere, check=False).returncode != 0
    assert call("marie", "GET", "/macros", "--set", f"http.listen=0.0.0.0:{shop.server.port}").stdout.startswith('{"macros"')
    elsewhere = call("marie", "GET", "/macros", "--set", f"http.listen=127.0.0.2:{shop.server.port}", check=False)
    assert elsewhere.returncode != 0 and "is it running" in elsewhere.stderr, "it is asked where it listens"
    entries = [one for one in shop.marie.get(f"{BASE}/audit", org="fleurs") if one["action"] == "command.call"]
    assert len(entries) >= 6 and {one["door"] for one in entries} == {"command"}
    assert shop.database.value("select count(*) from oauth_tokens t join oauth_applications a on a.id = t.application_id"
                               " where a.client_id = 'comptoir-command-line' and t.revoked_at is null") == 0


def test_what_is_wrong_is_said_in_french_to_who_reads_french(shop):
    shop.database.rows("update users set locale = 'fr' where actor_id = (select id from actors where handle = 'marie') returning 1")
    try:
        answer = shop.marie.call("POST", f"{BASE}/macros", None, json={"org": "fleurs", "name": "x", "actions": [
            {"do": "tag", "tag": "a"}, {"do": "dance"}]})
        assert problem(answer, "bad-value", 422)["detail"] == "actions : la numéro 2 ne peut pas être faite ici"
        answer = shop.marie.call("POST", f"{BASE}/saved_replies", None, json={"org": "fleurs", "code": "c", "language": "fr", "body": "{nom}"})
        assert problem(answer, "bad-value", 422)["detail"] == "body : {name}, {number} et {agent} sont remplis, « {nom} » est inconnu"
        _, conversation = shop.ask("@fleurs hm")
        assert problem(shop.act(shop.marie, conversation, "priority", None, priority=3), "bad-value", 422)["detail"] == "Les priorités vont de -1 à 2"
    finally:
        shop.database.rows("update users set locale = 'en' where actor_id = (select id from actors where handle = 'marie') returning 1")
