# SPDX-License-Identifier: AGPL-3.0-or-later
"""Speaking for a brand account from any Mastodon app: who is asked in whose name, a token that is bound to that account, and
rights that are read again at each request."""
import hashlib
import json
import secrets
import time

import pytest

from support.api import Api, make_application, make_token, new_id, person
from support.browser import Browser, query_of
from support.routes import routes
from support.waiting import wait_until

PASSWORD = "a long enough password"
FORBIDDEN = "Your role does not allow this with this account"
ROLES = ["owner", "admin", "editor-in-chief", "writer", "legal", "agent", "agent-lead", "analyst", "recruiter", "reader"]


@pytest.fixture(scope="module")
def team(server):
    """fleurs of marie, with luc, who belongs to nobody yet."""
    for name in ("marie", "luc", "paul"):
        server.create_account(name, password=PASSWORD)
    server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs", "--name", "Fleurs de Marie")
    server.command("org", "create", "autre", "--account", "autre")
    server.command("member", "add", "fleurs", "luc")
    return server


def actor_id(server, name):
    return server.database.value("select id from actors where handle = %s and domain_id is not null", (name,))


def brand_token(server, name, brand="fleurs", scopes="read write follow push"):
    token = secrets.token_urlsafe(32)
    server.database.rows("insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes)"
                         " select %s, %s, %s, u.id, %s, %s from users as u where u.actor_id = %s returning id",
                         (new_id(), hashlib.sha256(token.encode()).digest(), make_application(server.database), actor_id(server, brand),
                          scopes, actor_id(server, name)))
    return Api(server, token, brand)


def grant(server, name, *options):
    server.command("member", "grant", "fleurs", name, *options)


def withdraw(server, name, *options):
    server.command("member", "withdraw", "fleurs", name, *options)


def last_entry(server, slug="fleurs"):
    return json.loads(server.command("audit", "list", slug, "--count", "1", "--json").stdout)[0]


# ---- in whose name ----

def question(server, name):
    app = Api(server).post("/api/v1/apps", data={"client_name": "Tuska", "redirect_uris": "https://app.example/back",
                                                 "scopes": "read write follow push admin:read"})
    browser = Browser(server)
    browser.get(f"/oauth/authorize?response_type=code&client_id={app['client_id']}&redirect_uri=https://app.example/back"
                "&scope=read+write")
    browser.submit("/auth/sign_in", login=name, password=PASSWORD)
    return app, browser


def token_of(server, app, browser):
    answer = Api(server).post("/oauth/token", data={
        "grant_type": "authorization_code", "code": query_of(browser.location)["code"], "client_id": app["client_id"],
        "client_secret": app["client_secret"], "redirect_uri": "https://app.example/back"})
    return Api(server, answer["access_token"])


def test_the_page_offers_the_accounts_that_the_person_may_use(team):
    _, browser = question(team, "marie")
    assert 'name="actor" value=""' in browser.page.text and "Fleurs de Marie" in browser.page.text
    _, browser = question(team, "paul")
    assert 'name="actor"' not in browser.page.text


def test_a_token_is_bound_to_the_account_that_was_chosen(team):
    app, browser = question(team, "marie")
    browser.submit("/oauth/authorize", follow=False, decision="allow", actor=str(actor_id(team, "fleurs")))
    me = token_of(team, app, browser).get("/api/v1/accounts/verify_credentials")
    assert me["username"] == "fleurs" and me["display_name"] == "Fleurs de Marie"
    app, browser = question(team, "marie")
    browser.submit("/oauth/authorize", follow=False, decision="allow")
    assert token_of(team, app, browser).get("/api/v1/accounts/verify_credentials")["username"] == "marie"


@pytest.mark.parametrize("chosen", ["autre", "paul", "-1", "x"])
def test_nobody_chooses_an_account_that_is_not_offered(team, chosen):
    _, browser = question(team, "marie")
    browser.submit("/oauth/authorize", follow=False, decision="allow", actor=str(actor_id(team, chosen) or chosen))
    assert query_of(browser.location).get("error") == "access_denied" and "code" not in query_of(browser.location)


# ---- rights at each request ----

def test_two_people_speak_as_one_and_each_right_ends_alone(team):
    grant(team, "luc", "--permission", "account.speak")
    marie, luc = brand_token(team, "marie"), brand_token(team, "luc")
    first, second = (api.post("/api/v1/statuses", data={"status": f"from {api.token}"}) for api in (marie, luc))
    assert first["account"]["acct"] == second["account"]["acct"] == "fleurs"
    withdraw(team, "luc", "--permission", "account.speak")
    assert luc.post("/api/v1/statuses", 401, data={"status": "no more"})["error"]
    marie.post("/api/v1/statuses", data={"status": "still here"})


def test_a_grant_ends_by_itself(team):
    grant(team, "luc", "--permission", "account.speak", "--until", "2099-01-01")
    luc = brand_token(team, "luc")
    luc.post("/api/v1/statuses", data={"status": "in time"})
    team.database.rows("update grants set expires_at = now() - interval '1 second' where permission = 'account.speak'"
                       " and expires_at is not null returning 1")
    luc.post("/api/v1/statuses", 401, data={"status": "too late"})
    withdraw(team, "luc", "--permission", "account.speak")


@pytest.mark.parametrize("deed, back", [("suspend", "restore"), ("remove", "add")])
def test_a_membership_that_rests_or_ends_takes_the_voice_along(team, deed, back):
    grant(team, "luc", "--permission", "account.speak")
    luc = brand_token(team, "luc")
    luc.get("/api/v1/accounts/verify_credentials")
    team.command("member", deed, "fleurs", "luc")
    luc.get("/api/v1/accounts/verify_credentials", 401)
    team.command("member", back, "fleurs", "luc")
    if deed == "suspend":
        luc.get("/api/v1/accounts/verify_credentials")
        withdraw(team, "luc", "--permission", "account.speak")


def test_a_right_for_one_account_is_none_for_another(team):
    team.command("org", "add-account", "fleurs", "fleurs-press", "--purpose", "press")
    grant(team, "luc", "--permission", "account.speak", "--account", "fleurs-press")
    brand_token(team, "luc", "fleurs-press").post("/api/v1/statuses", data={"status": "To the press"})
    brand_token(team, "luc").post("/api/v1/statuses", 401, data={"status": "To all"})
    withdraw(team, "luc", "--permission", "account.speak", "--account", "fleurs-press")


def test_a_demanded_second_factor_is_asked_for_at_each_request(team):
    team.command("role", "create", "fleurs", "voice", "--permissions", "account.speak")
    grant(team, "luc", "--role", "voice")
    luc = brand_token(team, "luc")
    luc.post("/api/v1/statuses", data={"status": "without"})
    team.command("role", "demand-second-factor", "fleurs", "voice")
    luc.post("/api/v1/statuses", 401, data={"status": "without"})
    team.database.rows("update users set totp_sealed = '\\x00' where actor_id = %s returning 1", (actor_id(team, "luc"),))
    luc.post("/api/v1/statuses", data={"status": "with"})
    team.database.rows("update users set totp_sealed = null where actor_id = %s returning 1", (actor_id(team, "luc"),))
    team.command("role", "remove", "fleurs", "voice")


def test_a_token_of_oneself_is_what_it_was(team):
    api = Api(team, make_token(team.database, "paul"), "paul")
    api.post("/api/v1/statuses", data={"status": "I am Paul"})


def test_no_token_speaks_for_a_stranger(team):
    brand_token(team, "paul").get("/api/v1/accounts/verify_credentials", 401)
    brand_token(team, "marie", "paul").get("/api/v1/accounts/verify_credentials", 401)


def test_a_stream_ends_when_the_right_does(team):
    grant(team, "luc", "--role", "agent")
    luc = brand_token(team, "luc")
    stream = luc.session.get(team.url + "/api/v1/streaming/user", stream=True, timeout=30)
    assert stream.status_code == 200
    withdraw(team, "luc", "--role", "agent")
    begin = time.monotonic()
    try:
        for _ in stream.iter_content(1024):
            assert time.monotonic() - begin < 20
    except OSError:
        pass


def test_pushes_end_when_the_right_does(team):
    """The list that the sender works by, for a notification of the brand."""
    grant(team, "luc", "--role", "agent")
    luc = brand_token(team, "luc")
    key = "BEpPCn0cfs3P0E0fY-gyOuahx5dW5N8quUowlrPyfXlMa6tABLqqcSpOpMnC1-o_UB_s4R8NQsqMLbASjnqSbqw"
    luc.post("/api/v1/push/subscription", data={
        "subscription[endpoint]": "https://push.example/x", "subscription[keys][p256dh]": key,
        "subscription[keys][auth]": "BQG-5bpWZ5lYKfTkrUIBJA", "data[alerts][mention]": "true"})
    withdraw(team, "luc", "--role", "agent")
    luc.get("/api/v1/push/subscription", 401)


# ---- roles and routes ----

# A brand has no address to confirm.
CLOSED = {"/api/v1/emails/confirmations"}
WRITES = [route for route in routes() if route.path.startswith("/api/") and route.method not in ("GET", "OPTIONS") and
          route.access == "USER"]


def test_every_route_that_changes_something_has_a_rule(team):
    """Somebody with every permission is refused nothing for want of one."""
    permissions = ",".join(name for name, in team.database.rows("select name from permissions"))
    team.command("role", "create", "fleurs", "everything", "--permissions", permissions)
    grant(team, "luc", "--role", "everything")
    luc = brand_token(team, "luc", scopes="read write follow push profile")
    refused = []
    for route in WRITES:
        path = route.path.replace("{", "").replace("}", "").replace("id", "1")
        answer = luc.call(route.method, path, None, data={})
        if answer.status_code == 403 and FORBIDDEN in answer.text:
            refused.append(route)
        assert answer.status_code != 500, (route, answer.text)
    team.command("role", "remove", "fleurs", "everything")
    assert len(WRITES) > 70 and {route.path for route in refused} == CLOSED


# What each role may do from an app, by one call of each kind; the table that people read is `comptoir role list`. Who may
# write drafts comes in with posts, edits and boosts, and who answers in the inbox with posts: test_gate.py says what becomes
# of them.
CALLS = {
    "speak": ("POST", "/api/v1/statuses"), "boost": ("POST", "/api/v1/statuses/1/reblog"), "edit": ("PUT", "/api/v1/statuses/1"),
    "delete": ("DELETE", "/api/v1/statuses/1"), "like": ("POST", "/api/v1/statuses/1/favourite"),
    "follow": ("POST", "/api/v1/accounts/1/follow"), "block": ("POST", "/api/v1/accounts/1/block"),
    "profile": ("PATCH", "/api/v1/profile"), "notifications": ("GET", "/api/v1/notifications"),
    "conversations": ("GET", "/api/v1/conversations"), "dismiss": ("POST", "/api/v1/notifications/clear"),
    "home": ("GET", "/api/v1/timelines/home"), "upload": ("PUT", "/api/v1/media/1"),
}
EXPECTED = {
    "owner": "speak edit boost delete profile notifications conversations home upload",
    "admin": "speak edit boost delete profile notifications conversations home upload",
    "editor-in-chief": "speak edit boost delete like follow block notifications conversations home upload",
    "writer": "speak edit boost home upload",
    "legal": "delete notifications conversations home",
    "agent": "speak upload like follow block notifications conversations dismiss home",
    "agent-lead": "speak upload delete like follow block notifications conversations dismiss home",
    "analyst": "notifications conversations home",
    "recruiter": "speak edit boost home upload",
    "reader": "home",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_what_the_matrix_says(team, role):
    grant(team, "luc", "--role", role)
    luc = brand_token(team, "luc")
    allowed = [name for name, (method, path) in CALLS.items() if FORBIDDEN not in luc.call(method, path, None).text]
    withdraw(team, "luc", "--role", role)
    assert sorted(allowed) == sorted(EXPECTED[role].split())


@pytest.mark.parametrize("role, may_read", [("writer", False), ("agent", True)])
def test_private_messages_are_for_who_reads_the_inbox(team, role, may_read):
    paul = Api(team, make_token(team.database, "paul"), "paul")
    public = paul.post("/api/v1/statuses", data={"status": "@fleurs hello"})
    private = paul.post("/api/v1/statuses", data={"status": "@fleurs my order is lost", "visibility": "direct",
                                                  "in_reply_to_id": public["id"]})
    grant(team, "luc", "--role", role)
    luc, status = brand_token(team, "luc"), 200 if may_read else 404
    for path in ("", "/context", "/history", "/source", "/favourited_by"):
        luc.get(f"/api/v1/statuses/{private['id']}{path}", status)
    seen = [one["id"] for one in luc.get(f"/api/v1/statuses/{public['id']}/context")["descendants"]]
    assert (private["id"] in seen) == may_read
    listed = luc.get("/api/v1/statuses", **{"id[]": [private["id"], public["id"]]})
    assert {one["id"] for one in listed} == {public["id"]} | ({private["id"]} if may_read else set())
    for kind in ("/api/v1/timelines/home", f"/api/v1/accounts/{paul.id}/statuses"):
        assert may_read or private["id"] not in [one["id"] for one in luc.get(kind)]
    withdraw(team, "luc", "--role", role)


def test_who_may_not_read_the_inbox_is_not_answered_from_the_pages_of_who_may(team):
    paul = Api(team, make_token(team.database, "paul"), "paul")
    grant(team, "luc", "--role", "agent")
    luc = brand_token(team, "luc")
    luc.post(f"/api/v1/accounts/{paul.id}/follow")
    public = paul.post("/api/v1/statuses", data={"status": "for everybody"})
    private = paul.post("/api/v1/statuses", data={"status": "@fleurs between us", "visibility": "direct"})
    home, single = "/api/v1/timelines/home", f"/api/v1/statuses/{private['id']}"

    def is_shown(reader):
        listed = [one["id"] for one in reader.get(home)]
        assert public["id"] in listed
        return private["id"] in listed, reader.call("GET", single, None).status_code == 200

    for _ in range(3):
        assert is_shown(luc) == (True, True), "their pages are in memory"
    withdraw(team, "luc", "--role", "agent")
    grant(team, "luc", "--role", "writer")
    for _ in range(3):
        assert is_shown(luc) == (False, False)
    withdraw(team, "luc", "--role", "writer")


# ---- the log, and posts for later ----

def test_what_is_done_for_the_brand_is_in_its_log(team):
    marie = brand_token(team, "marie")
    status = marie.post("/api/v1/statuses", data={"status": "for the log"})
    entry = last_entry(team)
    assert (entry["action"], entry["target"], entry["door"]) == ("post.create", f"post:{status['id']}", "app")
    assert entry["membership_id"] and entry["user_id"]
    marie.post(f"/api/v1/statuses/{status['id']}/favourite")
    assert last_entry(team)["action"] == "favourite.create"
    marie.post("/api/v1/lists", data={"title": "Customers"})
    entry = last_entry(team)
    assert (entry["action"], entry["target"]) == ("list.change", "/api/v1/lists")
    before = entry["number"]
    marie.post("/api/v1/statuses", 422, data={"status": ""})
    marie.get("/api/v1/timelines/home")
    assert last_entry(team)["number"] == before, "what was refused, or read, is none"
    team.command("audit", "verify", "fleurs")


def test_what_people_do_for_themselves_is_in_no_log(team):
    before = last_entry(team)["number"]
    Api(team, make_token(team.database, "marie"), "marie").post("/api/v1/statuses", data={"status": "only me"})
    assert last_entry(team)["number"] == before


def make_due(server, scheduled_id):
    server.database.rows("update scheduled_posts set scheduled_at = now() - interval '1 minute' where id = %s returning 1", (scheduled_id,))
    server.database.rows("update jobs set due_at = now() where kind = 'scheduled' and key = %s returning 1", (str(scheduled_id),))
    server.database.rows("select pg_notify('comptoir_wake', '8')")


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_post_for_later_goes_out_only_while_its_author_may_speak(team, is_withdrawn):
    grant(team, "luc", "--permission", "account.speak")
    luc = brand_token(team, "luc")
    text = f"later {secrets.token_hex(4)}"
    scheduled = luc.post("/api/v1/statuses", data={"status": text, "scheduled_at": "2099-01-01T00:00:00Z"})
    if is_withdrawn:
        withdraw(team, "luc", "--permission", "account.speak")
    make_due(team, scheduled["id"])
    count = "select count(*) from posts where text_source = %s"
    if is_withdrawn:
        wait_until(lambda: team.database.value("select count(*) from jobs where kind = 'scheduled' and key = %s", (scheduled["id"],)) == 0,
                   20, "the job to be done")
        assert team.database.value(count, (text,)) == 0
        assert team.database.value("select count(*) from scheduled_posts where id = %s", (scheduled["id"],)) == 1, "its text is kept"
        return
    wait_until(lambda: team.database.value(count, (text,)) == 1, 20, "the post")
    entry = last_entry(team)
    assert (entry["action"], entry["door"]) == ("post.create", "worker") and entry["membership_id"]
    withdraw(team, "luc", "--permission", "account.speak")


def test_a_person_is_still_a_person(team):
    assert person(team, "nina").get("/api/v1/accounts/verify_credentials")["username"] == "nina"
