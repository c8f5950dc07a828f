# SPDX-License-Identifier: AGPL-3.0-or-later
"""Apps, the authorize page, codes and tokens."""
import base64
import hashlib
import secrets
import urllib.parse

import pytest

from support.api import Api, make_token, person
from support.browser import Browser, query_of
from support.waiting import wait_until

PASSWORD = "a long enough password"
OOB = "urn:ietf:wg:oauth:2.0:oob"
CALLBACK = "https://app.example/callback"


@pytest.fixture(scope="module", autouse=True)
def people(server):
    server.create_account("anna", password=PASSWORD)
    server.create_account("boss", password=PASSWORD, options=("--role", "administrator"))


def register(server, status=200, **fields):
    data = {"client_name": "Tuska", "redirect_uris": CALLBACK, "scopes": "read write follow push", **fields}
    return Api(server).post("/api/v1/apps", status, data={name: value for name, value in data.items() if value is not None})


def ask(server, app, name="anna", browser=None, **fields):
    """The browser of somebody who is logged in, at the question."""
    browser = browser or Browser(server)
    parameters = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": app["redirect_uris"][0],
                  "scope": "read write", **fields}
    path = "/oauth/authorize?" + urllib.parse.urlencode({k: v for k, v in parameters.items() if v is not None})
    browser.get(path)
    if name and "/auth/sign_in" in browser.page.url:
        browser.submit("/auth/sign_in", login=name, password=PASSWORD)
    return browser


def code_for(server, app, **fields):
    browser = ask(server, app, **fields)
    browser.submit("/oauth/authorize", follow=False, decision="allow")
    assert browser.page.status_code == 302, browser.page.text
    return query_of(browser.location)["code"]


def exchange(server, app, code, status=200, **fields):
    data = {"grant_type": "authorization_code", "code": code, "client_id": app["client_id"],
            "client_secret": app["client_secret"], "redirect_uri": app["redirect_uris"][0], **fields}
    return Api(server).post("/oauth/token", status, data={k: v for k, v in data.items() if v is not None})


def pkce():
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


# registration

def test_an_app_registers_by_form_json_and_multipart(server):
    fields = {"client_name": "Elk", "website": "https://elk.example/", "scopes": "read write:statuses"}
    answers = [Api(server).post("/api/v1/apps", data={**fields, "redirect_uris": f"{CALLBACK}\n{OOB}"}),
               Api(server).post("/api/v1/apps", json={**fields, "redirect_uris": [CALLBACK, OOB]}),
               Api(server).post("/api/v1/apps", files={name: (None, value) for name, value in
                                                       {**fields, "redirect_uris": f"{CALLBACK}\r\n{OOB}"}.items()})]
    for app in answers:
        assert app["name"] == "Elk" and app["website"] == "https://elk.example/" and app["id"].isdigit()
        assert app["scopes"] == ["read", "write:statuses"] and app["redirect_uris"] == [CALLBACK, OOB]
        assert app["redirect_uri"] == f"{CALLBACK}\n{OOB}" and app["client_secret_expires_at"] == 0
        assert len(app["client_secret"]) >= 43 and len(app["client_id"]) >= 22 and len(app["vapid_key"]) == 87
    assert len({app["client_id"] for app in answers}) == 3


def test_an_app_that_names_no_scopes_may_read(server):
    assert register(server, scopes=None)["scopes"] == ["read"]
    assert register(server, website=None)["website"] is None


@pytest.mark.parametrize("uri", [
    "com.tapbots.Ivory.10217:/request_token/7B2E", "icecubesapp://login", "oauth2redirect://x", "http://localhost:8123/cb",
    "http://127.0.0.1/", "http://[::1]:7/", OOB, "https://app.example/cb?site=1", "https://app.example"])
def test_addresses_of_real_apps_are_taken(server, uri):
    assert register(server, redirect_uris=uri)["redirect_uris"] == [uri]


@pytest.mark.parametrize("fields, sentence", [
    ({"client_name": ""}, "Name can't be blank"), ({"client_name": "x" * 61}, "too long"),
    ({"client_name": "a\x07b"}, "invalid"), ({"redirect_uris": ""}, "Redirect URI can't be blank"),
    ({"redirect_uris": None}, "Redirect URI can't be blank"), ({"redirect_uris": "/only/a/path"}, "absolute"),
    ({"redirect_uris": "javascript:alert(1)"}, "forbidden"), ({"redirect_uris": "JavaScript:alert(1)"}, "forbidden"),
    ({"redirect_uris": "data:text/html,x"}, "forbidden"), ({"redirect_uris": "vbscript:x"}, "forbidden"),
    ({"redirect_uris": "http://app.example/cb"}, "HTTPS"), ({"redirect_uris": "https://a.example/#x"}, "fragment"),
    ({"redirect_uris": "https://user@a.example/"}, "absolute"), ({"redirect_uris": "https://a.example/\u00a0 x"}, "absolute"),
    ({"redirect_uris": "x:" + "y" * 2100}, "absolute"), ({"redirect_uris": f"{CALLBACK}\njavascript:1"}, "forbidden"),
    ({"website": "javascript:alert(1)"}, "Website"), ({"scopes": "read everything"}, "Scopes"),
    ({"scopes": "read " * 400}, "Scopes")])
def test_a_bad_registration_is_refused(server, fields, sentence):
    error = register(server, 422, **fields)["error"]
    assert error.startswith("Validation failed: ") and sentence in error


def test_registration_is_counted(server_factory):
    server = server_factory(settings={"limits.exempt_addresses": ""})
    for _ in range(5):
        register(server)
    register(server, 429)


# tokens for applications

def test_an_application_has_a_token_of_its_own(server):
    app = register(server)
    answer = Api(server).post("/oauth/token", data={
        "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "redirect_uri": OOB, "scope": "read"})
    assert answer["token_type"] == "Bearer" and answer["scope"] == "read" and isinstance(answer["created_at"], int)
    seen = Api(server, answer["access_token"]).get("/api/v1/apps/verify_credentials")
    assert seen["name"] == "Tuska" and seen["id"] == app["id"] and "client_secret" not in seen
    Api(server).get("/api/v1/apps/verify_credentials", 401)


@pytest.mark.parametrize("how", ["form", "json", "multipart", "query", "basic"])
def test_the_token_endpoint_reads_every_encoding(server, how):
    app = register(server)
    fields = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    if how == "basic":
        pair = base64.b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()
        answer = Api(server).call("POST", "/oauth/token", data={"grant_type": "client_credentials"},
                                  headers={"Authorization": "Basic " + pair})
    else:
        answer = Api(server).call("POST", "/oauth/token", **{
            "form": {"data": fields}, "json": {"json": fields}, "query": {"params": fields},
            "multipart": {"files": {name: (None, value) for name, value in fields.items()}}}[how])
    assert answer.json()["scope"] == "read" and answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("changed, status, error", [
    ({"client_id": "nobody"}, 401, "invalid_client"), ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_secret": ""}, 401, "invalid_client"), ({"client_id": ""}, 401, "invalid_client"),
    ({"scope": "read write"}, 400, "invalid_scope"), ({"scope": "everything"}, 400, "invalid_scope"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"), ({"grant_type": ""}, 400, "invalid_request")])
def test_a_bad_request_for_a_token_is_told_in_words_of_oauth(server, changed, status, error):
    app = register(server, scopes="read")
    fields = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"], **changed}
    answer = Api(server).post("/oauth/token", status, data=fields)
    assert answer["error"] == error and answer["error_description"]


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(),
                                    "Basic " + base64.b64encode(b"a:%zz").decode(), "Basic " + "QUFB" * 600])
def test_broken_basic_credentials_are_nobody_s(server, header):
    answer = Api(server).call("POST", "/oauth/token", 401, data={"grant_type": "client_credentials"},
                              headers={"Authorization": header})
    assert answer.json()["error"] == "invalid_client"


def test_a_disabled_application_is_unknown(server):
    app = register(server)
    server.database.rows("update oauth_applications set is_disabled = true where client_id = %s returning id", (app["client_id"],))
    fields = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    assert Api(server).post("/oauth/token", 401, data=fields)["error"] == "invalid_client"
    assert ask(server, app, name=None).page.status_code == 400


# the page

def test_somebody_lets_an_app_in(server):
    app = register(server, website="https://tuska.example/")
    browser = ask(server, app, scope="read write:statuses push", state="a b&c=d")
    text = browser.text()
    for wanted in ("Tuska", "https://tuska.example/", CALLBACK, "@anna@", "read everything in your account", "publish posts",
                   "send you notifications"):
        assert wanted in text, wanted
    policy = browser.page.headers["Content-Security-Policy"]
    assert "form-action" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert browser.page.headers["X-Frame-Options"] == "DENY" and "no-store" in browser.page.headers["Cache-Control"]
    assert "<script" not in browser.page.text
    browser.submit("/oauth/authorize", follow=False, decision="allow")
    assert browser.page.status_code == 302 and browser.location.startswith(CALLBACK + "?code=")
    answer = query_of(browser.location)
    assert answer["state"] == "a b&c=d"
    token = exchange(server, app, answer["code"])
    assert token["scope"] == "read write:statuses push" and token["token_type"] == "Bearer"
    stored = server.database.value("select count(*) from oauth_tokens where token_hash = %s",
                                   (hashlib.sha256(token["access_token"].encode()).digest(),))
    assert stored == 1
    server.database.rows("select 1 from oauth_tokens")
    assert not server.database.value("select count(*) from oauth_tokens where encode(token_hash, 'escape') like %s",
                                     (f"%{token['access_token'][:20]}%",))


def test_the_page_speaks_french(server):
    app = register(server)
    browser = ask(server, app, browser=Browser(server, language="fr"))
    assert "souhaite utiliser votre compte" in browser.text()
    browser = Browser(server)
    ask(server, app, browser=browser, lang="fr")
    assert "souhaite utiliser votre compte" in browser.text()


def test_who_denies_is_sent_back_with_the_state(server):
    app = register(server, redirect_uris="https://app.example/cb?site=7")
    for method in ("POST", "DELETE"):
        browser = ask(server, app, state="s1")
        if method == "POST":
            browser.submit("/oauth/authorize", follow=False, decision="deny")
        else:
            fields = browser.form("/oauth/authorize")["fields"]
            browser.request("DELETE", "/oauth/authorize", False, data=fields)
        assert browser.page.status_code == 302
        assert browser.location.startswith("https://app.example/cb?site=7&error=access_denied")
        assert query_of(browser.location)["state"] == "s1"
    assert not server.database.value("select count(*) from oauth_codes as c join oauth_applications as p on p.id ="
                                     " c.application_id where p.client_id = %s", (app["client_id"],))


def test_an_app_with_a_scheme_of_its_own_is_answered_there(server):
    uri = "com.tapbots.Ivory.10217:/request_token/7B2E"
    app = register(server, redirect_uris=uri)
    code = code_for(server, app)
    assert exchange(server, app, code)["access_token"]


def test_a_code_can_be_copied_by_hand(server):
    app = register(server, redirect_uris=OOB)
    browser = ask(server, app)
    browser.submit("/oauth/authorize", follow=False, decision="allow")
    assert browser.location.startswith("/oauth/authorize/native?code=")
    code = query_of(browser.location)["code"]
    assert code in browser.get(browser.location).text
    assert exchange(server, app, code)["scope"] == "read write"


def test_a_slash_behind_the_page_is_forgiven(server):
    app = register(server)
    browser = Browser(server)
    browser.get(f"/oauth/authorize/?response_type=code&client_id={app['client_id']}&redirect_uri={CALLBACK}&scope=read")
    assert "/auth/sign_in" in browser.page.url


@pytest.mark.parametrize("changed", [
    {"client_id": "nobody"}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": CALLBACK + "/"},
    {"redirect_uri": CALLBACK + "?x=1"}, {"redirect_uri": CALLBACK + "%2e"}, {"redirect_uri": "https://APP.example/callback"},
    {"redirect_uri": "https://app.example.evil.example/callback"}, {"redirect_uri": ""}, {"redirect_uri": OOB}])
def test_nothing_is_sent_to_an_address_that_was_not_registered(server, changed):
    app = register(server)
    browser = ask(server, app, **changed)
    assert browser.page.status_code == 400 and "Location" not in browser.page.headers
    assert browser.page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("changed, error", [
    ({"scope": "read write push admin:read"}, "invalid_scope"), ({"scope": "nonsense"}, "invalid_scope"),
    ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": None}, "invalid_request"),
    ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "x" * 43}, "invalid_request"), ({"code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request")])
def test_other_faults_are_told_to_the_app(server, changed, error):
    app = register(server, scopes="read write")
    browser = ask(server, app, name=None, state="s", **changed)
    assert browser.page.status_code == 302 and query_of(browser.location)["error"] == error
    assert query_of(browser.location)["state"] == "s"


def test_force_login_asks_again_and_its_false_does_not(server):
    app = register(server)
    browser = ask(server, app)
    ask(server, app, browser=browser, name=None, force_login="false")
    assert browser.form("/oauth/authorize")
    ask(server, app, browser=browser, name=None, force_login="true")
    assert "/auth/sign_in" in browser.page.url
    browser.submit("/auth/sign_in", login="boss", password=PASSWORD)
    assert "@boss@" in browser.text()


def test_admin_scopes_are_for_staff(server):
    app = register(server, scopes="read admin:read admin:write")
    token = exchange(server, app, code_for(server, app, scope="read admin:read"))
    assert token["scope"] == "read"
    token = exchange(server, app, code_for(server, app, name="boss", scope="read admin:read"))
    assert token["scope"] == "read admin:read"
    browser = ask(server, app, scope="admin:read")
    assert query_of(browser.location)["error"] == "invalid_scope"


def test_the_answer_needs_the_form_of_this_browser(server):
    app = register(server)
    for attack in ({"without": ("form_token",)}, {"form_token": "0" * 64}, {"headers": {"Origin": "https://evil.example"}},
                   {"headers": {"Origin": "null"}}):
        browser = ask(server, app)
        browser.submit("/oauth/authorize", follow=False, decision="allow", **attack)
        assert browser.page.status_code == 403, attack
    other = ask(server, app, name="boss")
    browser = ask(server, app)
    browser.submit("/oauth/authorize", follow=False, decision="allow",
                   form_token=other.form("/oauth/authorize")["fields"]["form_token"])
    assert browser.page.status_code == 403
    assert not server.database.value("select count(*) from oauth_codes as c join oauth_applications as p on p.id ="
                                     " c.application_id where p.client_id = %s", (app["client_id"],))


# codes

def test_a_code_is_good_once_and_its_second_use_ends_what_came_of_it(server):
    app = register(server)
    code = code_for(server, app, scope="read")
    token = exchange(server, app, code)["access_token"]
    app_api = Api(server, token)
    app_api.get("/api/v1/apps/verify_credentials")
    assert exchange(server, app, code, 400)["error"] == "invalid_grant"
    app_api.get("/api/v1/apps/verify_credentials", 401)


def test_a_code_is_for_its_app_its_address_and_ten_minutes(server):
    app = register(server, redirect_uris=f"{CALLBACK}\n{OOB}")
    other = register(server)
    code = code_for(server, app)
    assert exchange(server, other, code, 400)["error"] == "invalid_grant"
    assert exchange(server, app, code, 400, redirect_uri=OOB)["error"] == "invalid_grant"
    assert exchange(server, app, code, 400, redirect_uri=None)["error"] == "invalid_grant"
    assert exchange(server, app, code + "x", 400)["error"] == "invalid_grant"
    server.database.rows("update oauth_codes set expires_at = now() where code_hash = %s returning 1",
                         (hashlib.sha256(code.encode()).digest(),))
    assert exchange(server, app, code, 400)["error"] == "invalid_grant"


def test_a_wrong_verifier_is_refused(server):
    app = register(server)
    verifier, challenge = pkce()
    code = code_for(server, app, code_challenge=challenge, code_challenge_method="S256")
    for wrong in (None, "", "x" * 43, verifier + "x", pkce()[0], challenge):
        assert exchange(server, app, code, 400, code_verifier=wrong)["error"] == "invalid_grant"
    assert exchange(server, app, code, code_verifier=verifier)["access_token"]


def test_a_client_that_proves_by_its_verifier_needs_no_secret(server):
    app = register(server)
    verifier, challenge = pkce()
    code = code_for(server, app, code_challenge=challenge, code_challenge_method="S256")
    assert exchange(server, app, code, 401, code_verifier=verifier, client_secret="wrong")["error"] == "invalid_client"
    assert exchange(server, app, code, code_verifier=verifier, client_secret=None)["access_token"]
    code = code_for(server, app)
    assert exchange(server, app, code, 401, client_secret=None)["error"] == "invalid_client"


def test_a_verifier_for_a_code_without_challenge_is_refused(server):
    app = register(server)
    assert exchange(server, app, code_for(server, app), 400, code_verifier=pkce()[0])["error"] == "invalid_grant"


# the end of tokens

def test_a_revoked_token_stops_at_once_in_every_process(server, server_factory):
    other = server_factory(database=server.database, settings={
        "instance.base_url": server.url, "data.key_file": server.settings["data.directory"] + "/secret.key"})
    app = register(server)
    token = exchange(server, app, code_for(server, app))["access_token"]
    for _ in range(2):
        for program in (server, other):
            Api(program, token).get("/api/v1/apps/verify_credentials")
    fields = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
    assert Api(server).post("/oauth/revoke", data=fields) == {}
    Api(server, token).get("/api/v1/apps/verify_credentials", 401)
    wait_until(lambda: Api(other, token).call("GET", "/api/v1/apps/verify_credentials", None).status_code == 401, 3,
               "the other process to hear of it")
    assert Api(server).post("/oauth/revoke", data=fields) == {}, "twice is fine"
    code = code_for(server, app)
    assert exchange(server, app, code), "the app goes on"


def test_only_its_own_app_revokes_a_token(server):
    app, other = register(server), register(server)
    token = exchange(server, app, code_for(server, app))["access_token"]
    for fields in ({"client_id": other["client_id"], "client_secret": other["client_secret"]},
                   {"client_id": app["client_id"], "client_secret": "wrong"}, {"client_id": "nobody"}):
        assert Api(server).post("/oauth/revoke", 403, data={**fields, "token": token})["error"] == "unauthorized_client"
    Api(server, token).get("/api/v1/apps/verify_credentials")
    assert Api(server).post("/oauth/revoke", json={"client_id": app["client_id"], "client_secret": app["client_secret"],
                                                   "token": "unknown"}) == {}


def test_a_token_is_also_read_from_the_query(server):
    token = make_token(server.database, "anna")
    assert Api(server).get("/api/v1/apps/verify_credentials", access_token=token)["name"] == "Tests"
    assert token not in server.log()


def test_userinfo_says_who_it_is(server):
    api = person(server, "carla")
    for answer in (api.get("/oauth/userinfo"), api.post("/oauth/userinfo")):
        assert answer["iss"] == server.url + "/" and answer["preferred_username"] == "carla"
        assert answer["sub"] == f"{server.url}/users/carla" and answer["profile"] == f"{server.url}/@carla"
        assert answer["picture"].startswith("http") and answer["name"]
    Api(server, make_token(server.database, "carla", scopes="read")).get("/oauth/userinfo", 403)


def test_the_metadata_names_all_of_it(server):
    document = Api(server).get("/.well-known/oauth-authorization-server")
    assert document["service_documentation"].startswith(server.url)
    assert {"profile", "read:collections", "admin:write:ip_blocks", "write:statuses"} <= set(document["scopes_supported"])
    assert document["grant_types_supported"] == ["authorization_code", "client_credentials"]
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint"):
        assert Api(server).call("OPTIONS" if name != "authorization_endpoint" else "GET",
                                document[name][len(server.url):], None).status_code in (204, 400)
