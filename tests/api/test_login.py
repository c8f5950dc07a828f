# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in with a browser, sessions, the settings, and a flood of logins."""
import concurrent.futures
import re
import subprocess
import time

import pytest
import requests

from support.api import Api, make_token, person
from support.browser import Browser
from support.waiting import wait_until

PASSWORD = "a long enough password"


def browser_of(server, name):
    browser = Browser(server)
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 200 and browser.page.url.endswith("/settings"), browser.page.text[:2000]
    return browser


@pytest.fixture
def name(server):
    """A new person."""
    made = f"p{int(time.time() * 1000) % 10**10}"
    server.create_account(made, password=PASSWORD)
    return made


@pytest.mark.parametrize("login", ["{name}", "@{name}", "{NAME}", "{name}@example.test", "{NAME}@Example.TEST", " {name} "])
def test_people_sign_in_by_name_or_address(server, name, login):
    browser = Browser(server)
    browser.sign_in(login.format(name=name, NAME=name.upper()), PASSWORD)
    assert f"@{name}@" in browser.text()


def test_the_cookie_is_a_secret_of_the_browser(server, name):
    browser = Browser(server)
    browser.get("/auth/sign_in")
    browser.submit("/auth/sign_in", follow=False, login=name, password=PASSWORD)
    cookie = browser.page.headers["Set-Cookie"]
    assert "comptoir_session=" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie, "the base URL of this test is plain http on loopback"
    value = browser.session.cookies["comptoir_session"]
    assert len(value) >= 43 and value not in server.log()
    assert not server.database.value("select count(*) from sessions where encode(token_hash, 'escape') like %s", (f"%{value[:20]}%",))


@pytest.mark.parametrize("login, password", [("{name}", "wrong password"), ("nobody", PASSWORD), ("{name}", ""), ("", ""),
                                             ("{name}", PASSWORD + "\u00a0"), ("x" * 400, "y"), ("{name}", "z" * 2000)])
def test_whatever_is_wrong_gets_the_same_sentence(server, name, login, password):
    browser = Browser(server)
    browser.sign_in(login.format(name=name), password)
    assert browser.page.status_code == 401 and "The address or the password is wrong." in browser.text()
    assert "comptoir_session" not in browser.session.cookies


def test_a_disabled_account_is_told_so_to_its_owner_only(server, name):
    server.command("account", "disable", name)
    browser = Browser(server)
    browser.sign_in(name, "wrong password")
    assert browser.page.status_code == 401
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 403 and "disabled" in browser.text()
    assert "comptoir_session" not in browser.session.cookies


@pytest.mark.parametrize("column, word", [("is_confirmed", "not confirmed"), ("is_approved", "approval")])
def test_who_has_to_wait_cannot_come_in(server, name, column, word):
    token = make_token(server.database, name)
    server.database.rows(f"update users set {column} = false where email = %s returning 1", (f"{name}@example.test",))
    browser = Browser(server)
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 403 and word in browser.text()
    answer = Api(server, token).call("GET", "/oauth/userinfo", 403)
    assert answer.json()["error"] in ("Your login is missing a confirmed e-mail address", "Your login is currently pending approval")
    assert Api(server, token).get("/api/v1/instance")


def test_a_session_ends_with_its_browser_s_wish_and_not_before(server, name):
    browser = browser_of(server, name)
    value = browser.session.cookies["comptoir_session"]
    browser.submit("/auth/sign_out", follow=False)
    assert "Max-Age=0" in browser.page.headers["Set-Cookie"]
    thief = Browser(server)
    thief.session.cookies.set("comptoir_session", value)
    thief.get("/settings")
    assert "/auth/sign_in" in thief.page.url


def test_an_old_session_is_over(server, name):
    browser = browser_of(server, name)
    server.database.rows("update sessions set expires_at = now() where user_id = (select id from users where email = %s) returning 1",
                         (f"{name}@example.test",))
    browser.get("/settings")
    assert "/auth/sign_in" in browser.page.url


def test_a_login_makes_a_new_session_each_time(server, name):
    browser = browser_of(server, name)
    first = browser.session.cookies["comptoir_session"]
    browser.sign_in(name, PASSWORD)
    assert browser.session.cookies["comptoir_session"] != first
    assert server.database.value("select count(*) from sessions where user_id = (select id from users where email = %s)",
                                 (f"{name}@example.test",)) == 1


def test_nobody_else_s_form_signs_in(server, name):
    browser = Browser(server)
    for attack in ({"without": ("form_token",)}, {"form_token": "f" * 64}, {"headers": {"Origin": "https://evil.example"}}):
        browser.get("/auth/sign_in")
        browser.submit("/auth/sign_in", login=name, password=PASSWORD, **attack)
        assert browser.page.status_code == 403
    answer = requests.post(server.url + "/auth/sign_in", data={"login": name, "password": PASSWORD}, timeout=10)
    assert answer.status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/%2F%2Fevil.example", "/%5Cevil.example",
                                    "/\t/evil.example", "/%09/evil.example", "/web/%2Fevil.example", "/oauth/authorizeevil",
                                    "javascript:alert(1)", "/settings\r\nX: y", "/api/v1/apps", "/oauth/authorize" + "x" * 5000])
def test_a_login_leads_nowhere_else(server, name, target):
    browser = Browser(server)
    browser.get("/auth/sign_in")
    browser.submit("/auth/sign_in", follow=False, login=name, password=PASSWORD, next=target)
    assert browser.page.status_code == 302 and browser.location == "/settings"


def test_guessing_one_account_is_bounded_whatever_the_address(server, name):
    browser = Browser(server)
    browser.get("/auth/sign_in")
    for _ in range(25):
        browser.submit("/auth/sign_in", login=name, password="wrong")
        assert browser.page.status_code == 401
    for login in (name, f"{name}@example.test"):
        browser.submit("/auth/sign_in", login=login, password=PASSWORD)
        assert browser.page.status_code == 429 and int(browser.page.headers["Retry-After"]) > 0
    server.database.rows("delete from attempts returning 1")
    browser.submit("/auth/sign_in", login=name, password=PASSWORD)
    assert browser.page.url.endswith("/settings")


def test_a_password_that_changes_while_it_is_checked_is_the_old_one(server, name):
    server.database.rows("delete from attempts returning 1")
    browsers = [Browser(server) for _ in range(15)]
    for browser in browsers:
        browser.get("/auth/sign_in")
    with concurrent.futures.ThreadPoolExecutor(15) as pool:
        for browser in browsers[1:]:  # work before it
            pool.submit(browser.submit, "/auth/sign_in", login=name, password="wrong")
        wait_until(lambda: (server.database.value("select max(count) from attempts") or 0) >= 10, 10)
        before = server.database.value("select count(*) from attempts where kind = 'password'")
        late = pool.submit(browsers[0].submit, "/auth/sign_in", login=f"{name}@example.test", password=PASSWORD)
        wait_until(lambda: server.database.value("select max(count) from attempts") == 15, 10)
        assert before == 1 and not late.done()
        server.database.rows("update users set password_hash = password_hash || 'x' where email = %s"
                             " returning 1", (f"{name}@example.test",))
        assert late.result().status_code == 401


def test_one_address_may_try_25_times(server_factory):
    server = server_factory(settings={"limits.exempt_addresses": ""})
    browser = Browser(server)
    browser.get("/auth/sign_in")
    answers = [browser.submit("/auth/sign_in", login=f"nobody{i}", password="wrong").status_code for i in range(26)]
    assert answers[:25] == [401] * 25 and answers[25] == 429


def test_a_password_with_older_parameters_is_hashed_anew(server, name):
    old = "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$ZuFVKAEba6WM+ldgAXo0P0viXseXZ/8FjRheO8juSrk"
    server.database.rows("update users set password_hash = %s where email = %s returning 1", (old, f"{name}@example.test"))
    browser_of(server, name)
    stored = server.database.value("select password_hash from users where email = %s", (f"{name}@example.test",))
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.limit(120)
def test_a_flood_of_logins_holds_up_nobody(server, name):
    browser = Browser(server)
    browser.get("/auth/sign_in")
    fields = {**browser.form("/auth/sign_in")["fields"], "password": "wrong"}

    def attempt(number):
        return requests.post(server.url + "/auth/sign_in", data={**fields, "login": f"flood{number}"}, timeout=60,
                             cookies=browser.session.cookies.get_dict())
    token = make_token(server.database, name)
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        logins = [pool.submit(attempt, number) for number in range(200)]
        others = 0
        while any(not login.done() for login in logins):
            assert Api(server, token).get("/api/v1/apps/verify_credentials")["name"] == "Tests"
            others += 1
        answers = [login.result() for login in logins]
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {401, 503}, codes
    assert codes.count(401) >= 20 and codes.count(503) >= 20, "a queue that is short, and is used"
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 503)
    assert others >= 5, "others were served meanwhile"
    browser_of(server, name)


# settings

def test_a_new_password_ends_everything_but_this_browser(server, name):
    browser, other = browser_of(server, name), browser_of(server, name)
    api = Api(server, make_token(server.database, name))
    api.get("/api/v1/apps/verify_credentials")
    browser.get("/settings")
    browser.submit("/settings/password", current_password="wrong", password="another long password")
    assert browser.page.status_code == 403 and "current password is wrong" in browser.text()
    browser.submit("/settings/password", current_password=PASSWORD, password="short")
    assert browser.page.status_code == 422
    browser.submit("/settings/password", current_password=PASSWORD, password="another long password")
    assert "Done." in browser.text(), server.log()[-3000:]
    api.get("/api/v1/apps/verify_credentials", 401)
    other.get("/settings")
    assert "/auth/sign_in" in other.page.url
    browser.get("/settings")
    assert f"@{name}@" in browser.text()
    other.sign_in(name, PASSWORD)
    assert other.page.status_code == 401
    other.sign_in(name, "another long password")
    assert other.page.status_code == 200


def test_a_reset_on_the_command_line_ends_tokens_and_sessions_at_once(server, name):
    browser = browser_of(server, name)
    api = Api(server, make_token(server.database, name))
    api.get("/api/v1/apps/verify_credentials")
    server.command("account", "reset-password", name)
    wait_until(lambda: api.call("GET", "/api/v1/apps/verify_credentials", None).status_code == 401, 3, "the server to hear of it")
    browser.get("/settings")
    assert "/auth/sign_in" in browser.page.url


def test_a_disabled_user_stops_at_once(server, name):
    api = Api(server, make_token(server.database, name))
    api.get("/api/v1/apps/verify_credentials")
    server.command("account", "disable", name)
    wait_until(lambda: api.call("GET", "/api/v1/apps/verify_credentials", None).status_code == 401, 3, "the server to hear of it")


def test_sessions_are_listed_and_ended_one_by_one(server, name):
    browser, other = browser_of(server, name), browser_of(server, name)
    browser.get("/settings")
    assert "this browser" in browser.text()
    actions = re.findall(r'action="(/settings/sessions/\d+/end)"', browser.page.text)
    assert len(actions) == 1
    stranger_name = name + "x"
    server.create_account(stranger_name, password=PASSWORD)
    stranger = browser_of(server, stranger_name)
    token = stranger.form("/settings/password")["fields"]["form_token"]
    stranger.request("POST", actions[0], data={"form_token": token})
    assert stranger.page.status_code == 404, "not one's own"
    browser.submit(actions[0])
    other.get("/settings")
    assert "/auth/sign_in" in other.page.url


def test_apps_are_listed_and_turned_out(server, name):
    api = Api(server, make_token(server.database, name))
    browser = browser_of(server, name)
    assert "Tests" in browser.text()
    action = re.search(r'action="(/settings/applications/\d+/revoke)"', browser.page.text).group(1)
    api.get("/api/v1/apps/verify_credentials")
    browser.submit(action)
    api.get("/api/v1/apps/verify_credentials", 401)
    assert "No app uses your account." in browser.text()


def test_an_account_is_deleted_by_its_owner_with_the_password(server, name):
    api = Api(server, make_token(server.database, name))
    browser = browser_of(server, name)
    browser.submit("/settings/delete", current_password="wrong")
    assert browser.page.status_code == 403
    browser.submit("/settings/delete", current_password=PASSWORD)
    assert "Your account is deleted" in browser.text()
    api.get("/api/v1/apps/verify_credentials", 401)
    assert server.database.value("select deleted_at is not null from actors where handle = %s", (name,))
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 401


@pytest.mark.parametrize("path", ["/settings", "/settings/two_factor"])
def test_settings_are_for_those_who_are_in(server, path):
    browser = Browser(server)
    browser.get(path)
    assert "/auth/sign_in" in browser.page.url
    for action in ("password", "email", "two_factor", "two_factor/codes", "two_factor/end", "delete", "sessions/1/end",
                   "applications/1/revoke"):
        browser.request("POST", f"/settings/{action}", follow=False, data={"current_password": PASSWORD})
        assert browser.page.status_code == 302 and browser.location.startswith("/auth/sign_in")


def test_settings_need_their_own_form(server, name):
    browser = browser_of(server, name)
    for action in ("password", "two_factor/end", "delete", "sessions/1/end", "applications/1/revoke"):
        browser.request("POST", f"/settings/{action}", data={"current_password": PASSWORD})
        assert browser.page.status_code == 403
    browser.get("/settings")
    assert f"@{name}@" in browser.text()


def test_pages_have_no_scripts_and_are_not_kept(server, name):
    browser = browser_of(server, name)
    for path in ("/settings", "/settings/two_factor", "/auth/sign_in", "/auth/sign_up", "/auth/password"):
        browser.get(path)
        assert "<script" not in browser.page.text and " style=" not in browser.page.text
        assert "no-store" in browser.page.headers["Cache-Control"]
        policy = browser.page.headers["Content-Security-Policy"]
        assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy


def test_password_managers_find_the_place(server):
    answer = server.get("/.well-known/change-password")
    assert answer.status_code == 302 and answer.headers["Location"] == "/settings"


# clients of others

def test_toot_logs_in(server, tmp_path):
    person(server, "tootie", password=PASSWORD)
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"}
    script = f"""
import sys
from unittest import mock
from toot import api, auth, config, App, User
response = api.create_app({server.url[7:]!r}, scheme="http")
app = App("local", {server.url!r}, response["client_id"], response["client_secret"])
print(api.get_browser_login_url(app), flush=True)
code = sys.stdin.readline().strip()
print(api.request_access_token(app, code)["access_token"])
"""
    process = subprocess.Popen(["/usr/bin/python3", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env=environment)
    url = process.stdout.readline().strip()
    browser = Browser(server)
    browser.get(url[len(server.url):])
    browser.submit("/auth/sign_in", login="tootie", password=PASSWORD)
    browser.submit("/oauth/authorize", decision="allow")
    code = re.search(r'<code class="secret">([^<]+)</code>', browser.page.text).group(1)
    output, _ = process.communicate(code + "\n", timeout=30)
    assert Api(server, output.strip()).get("/api/v1/apps/verify_credentials")["name"]


def test_mastodon_py_logs_in_and_out(server):
    import mastodon
    person(server, "pyanna", password=PASSWORD)
    scopes = ["read", "write", "follow", "push"]
    client_id, client_secret = mastodon.Mastodon.create_app("py", scopes=scopes, api_base_url=server.url)
    client = mastodon.Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=server.url,
                               version_check_mode="none")
    browser = Browser(server)
    browser.get(client.auth_request_url(scopes=scopes)[len(server.url):])
    browser.submit("/auth/sign_in", login="pyanna", password=PASSWORD)
    browser.submit("/oauth/authorize", decision="allow")
    code = re.search(r'<code class="secret">([^<]+)</code>', browser.page.text).group(1)
    token = client.log_in(code=code, scopes=scopes)
    assert client.app_verify_credentials()["name"] == "py"
    client.revoke_access_token()
    Api(server, token).get("/api/v1/apps/verify_credentials", 401)
