# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-up by apps and by the page, mails, invitations, approval, and forgotten passwords."""
import concurrent.futures
import json
import re

import pytest
import requests

from support.api import Api, make_application, make_token, person
from support.browser import Browser
from support.smtp_sink import SmtpSink
from support.server import Server
from support.waiting import wait_until

PASSWORD = "a long enough password"
counter = iter(range(10000))


@pytest.fixture(scope="module")
def sink():
    made = SmtpSink()
    yield made
    made.close()


@pytest.fixture(scope="module")
def open_server(database, sink):
    program = Server(database, {"instance.registrations": "open", **sink.settings()})
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture(autouse=True)
def forgive(database):
    database.rows("delete from attempts returning 1")


def app_api(server, scopes="read write profile"):
    return Api(server, make_token(server.database, application=make_application(server.database, scopes), scopes=scopes))


def fresh_name():
    return f"new{next(counter)}"


def wish(name, **fields):
    data = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD, "agreement": "true", "locale": "en", **fields}
    return {key: value for key, value in data.items() if value is not None}


def test_an_app_signs_somebody_up(open_server, sink):
    name = fresh_name()
    token = app_api(open_server).post("/api/v1/accounts", data=wish(name, locale="fr-FR", date_of_birth="2000-01-01"))
    assert token["token_type"] == "Bearer" and token["scope"] == "read write profile" and isinstance(token["created_at"], int)
    api = Api(open_server, token["access_token"])
    assert api.get("/api/v1/emails/check_confirmation") is False
    assert api.get("/api/v1/apps/verify_credentials")["name"]
    assert api.get("/oauth/userinfo", 403)["error"] == "Your login is missing a confirmed e-mail address"
    mail = sink.wait(f"{name}@mail.example")
    assert mail["Subject"] == "Confirmez votre adresse" and "noreply@comptoir.example" in mail["From"]
    assert mail["To"] == f"{name}@mail.example" and mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"]
    link = sink.link(f"{name}@mail.example")
    assert link.startswith(open_server.url + "/auth/confirm?token=")
    path = link[len(open_server.url):]
    assert requests.get(link, timeout=10).status_code == 200
    assert api.get("/api/v1/emails/check_confirmation") is False, "looking at a link changes nothing"
    browser = Browser(open_server)
    browser.get(path)
    assert f"{name}@mail.example" in browser.text()
    browser.submit("/auth/confirm")
    assert "confirmed" in browser.text()
    wait_until(lambda: api.call("GET", "/api/v1/emails/check_confirmation", None).json() is True, 10)
    wait_until(lambda: api.call("GET", "/oauth/userinfo", None).status_code == 200, 10)
    browser.get(path)
    assert browser.page.status_code == 404, "good once"
    secret = path.split("token=")[1]
    assert secret not in open_server.log()
    assert not open_server.database.value("select count(*) from jobs where payload::text like %s", (f"%{secret}%",))


def is_known(server, witness, name):
    """To whom: apps, browsers, other servers, and who mentions or searches; all of them say the same."""
    host = server.url.split("//")[1]
    made = witness.post("/api/v1/statuses", data={"status": f"@{name} hello", "visibility": "unlisted"})
    asked = {
        "lookup": witness.call("GET", f"/api/v1/accounts/lookup?acct={name}", None).status_code == 200,
        "page": server.get(f"/@{name}").status_code == 200,
        "actor": server.get(f"/users/{name}", headers={"Accept": "application/activity+json"}).status_code == 200,
        "webfinger": server.get(f"/.well-known/webfinger?resource=acct:{name}@{host}").status_code == 200,
        "mention": bool(made["mentions"]),
        "search": name in [one["username"] for one in witness.get("/api/v1/accounts/search", q=name)],
    }
    assert len(set(asked.values())) == 1, asked
    return asked["page"]


def test_nobody_is_known_before_the_address_is_confirmed(open_server, sink):
    name, witness = fresh_name(), person(open_server, fresh_name())
    app_api(open_server).post("/api/v1/accounts", data=wish(name))
    assert not is_known(open_server, witness, name)
    open_server.command("account", "confirm", name)
    assert is_known(open_server, witness, name)


def test_nobody_is_known_before_somebody_lets_them_in(server_factory, sink):
    server = server_factory({"instance.registrations": "approval", **sink.settings()})
    name, witness = fresh_name(), person(server, fresh_name())
    app_api(server).post("/api/v1/accounts", data=wish(name, reason="flowers"))
    server.command("account", "confirm", name)
    assert not is_known(server, witness, name)
    server.command("account", "approve", name)
    assert is_known(server, witness, name)


def test_a_token_from_sign_up_never_administers(open_server):
    token = app_api(open_server, "read write admin:read admin:write").post("/api/v1/accounts", data=wish(fresh_name()))
    assert token["scope"] == "read write"
    stored = open_server.database.value("select scopes from oauth_tokens where user_id is not null order by id desc limit 1")
    assert stored == "read write"


@pytest.mark.parametrize("fields, field, code", [
    ({"username": ""}, "username", "ERR_BLANK"), ({"username": None}, "username", "ERR_BLANK"),
    ({"username": "a b"}, "username", "ERR_INVALID"), ({"username": "x" * 31}, "username", "ERR_TOO_LONG"),
    ({"username": "admin"}, "username", "ERR_RESERVED"), ({"username": "TakenName"}, "username", "ERR_TAKEN"),
    ({"email": ""}, "email", "ERR_BLANK"), ({"email": "nonsense"}, "email", "ERR_INVALID"),
    ({"email": "a%evil@ok.test"}, "email", "ERR_INVALID"), ({"email": '"a b"@ok.test'}, "email", "ERR_INVALID"),
    ({"email": "a,b@ok.test"}, "email", "ERR_INVALID"), ({"email": "a@ok.test\r\nBcc: x@y.test"}, "email", "ERR_INVALID"),
    ({"email": "a@b@ok.test"}, "email", "ERR_INVALID"), ({"email": "a..b@ok.test"}, "email", "ERR_INVALID"),
    ({"email": ".a@ok.test"}, "email", "ERR_INVALID"), ({"email": "a@ok.test."}, "email", "ERR_INVALID"),
    ({"email": "a@[127.0.0.1]"}, "email", "ERR_INVALID"), ({"email": "a@127.0.0.1"}, "email", "ERR_INVALID"),
    ({"email": "x" * 65 + "@ok.test"}, "email", "ERR_INVALID"), ({"email": "a@" + "x." * 200 + "test"}, "email", "ERR_INVALID"),
    ({"email": "é@ok.test"}, "email", "ERR_INVALID"), ({"email": "TAKEN@mail.example"}, "email", "ERR_TAKEN"),
    ({"password": ""}, "password", "ERR_BLANK"), ({"password": "short"}, "password", "ERR_TOO_SHORT"),
    ({"password": "x" * 1025}, "password", "ERR_TOO_LONG"), ({"agreement": "false"}, "agreement", "ERR_ACCEPTED"),
    ({"agreement": None}, "agreement", "ERR_ACCEPTED"), ({"reason": "x" * 1001}, "reason", "ERR_TOO_LONG"),
    ({"invite_code": "nonsense"}, "invite_code", "ERR_INVALID")])
def test_faults_are_told_field_by_field(open_server, fields, field, code):
    if not open_server.database.value("select count(*) from users where email = 'taken@mail.example'"):
        open_server.create_account("takenname", email="taken@mail.example")
    answer = app_api(open_server).post("/api/v1/accounts", 422, data=wish(fresh_name(), **fields))
    assert list(answer["details"]) == [field] and answer["details"][field][0]["error"] == code
    assert answer["details"][field][0]["description"] and answer["error"].startswith("Validation failed: ")


def test_addresses_of_a_blocked_domain_are_refused_however_they_are_written(open_server, sink):
    server, name = open_server, fresh_name()
    for wrong in ("nonsense", "", "test", "bad.test/x", "@bad.test"):
        assert server.command("mail-domain", "block", wrong, check=False).returncode == 2
    assert "bad.test and what is below it" in server.command("mail-domain", "block", "BAD.test").stdout
    server.command("mail-domain", "block", "bad.test")
    server.command("mail-domain", "block", "méchant.test")
    assert server.command("mail-domain", "list").stdout.split() == ["bad.test", "xn--mchant-bva.test"]
    api, browser = app_api(server), Browser(server)
    for host in ("bad.test", "BAD.test", "sub.bad.test", "a.b.c.Bad.Test", "xn--mchant-bva.test", "XN--MCHANT-BVA.test"):
        details = api.post("/api/v1/accounts", 422, data=wish(fresh_name(), email=f"a@{host}"))["details"]
        assert [one["error"] for one in details["email"]] == ["ERR_BLOCKED"], host
    for email in ("a@bad.test.", "a%bad.test@ok.test", "a@méchant.test"):
        assert api.post("/api/v1/accounts", 422, data=wish(fresh_name(), email=email))["details"]["email"][0]["error"] == "ERR_INVALID"
    api.post("/api/v1/accounts", data=wish(fresh_name(), email="a@notbad.test"))
    token = api.post("/api/v1/accounts", data=wish(name))["access_token"]
    waiting = Api(server, token)
    assert "disallowed" in waiting.post("/api/v1/emails/confirmations", 422, data={"email": "a@sub.bad.test"})["error"]
    server.create_account(fresh := fresh_name(), email=f"{fresh}@mail.example", password=PASSWORD)
    browser.sign_in(fresh, PASSWORD)
    browser.submit("/settings/email", email="a@bad.test", current_password=PASSWORD)
    assert browser.page.status_code == 422 and "provider" in browser.text()
    server.command("mail-domain", "unblock", "Bad.Test")
    assert server.command("mail-domain", "unblock", "bad.test", check=False).returncode == 5
    api.post("/api/v1/accounts", data=wish(fresh_name(), email="a2@bad.test"))
    server.command("mail-domain", "unblock", "méchant.test")


def test_several_faults_come_together(open_server):
    answer = app_api(open_server).post("/api/v1/accounts", 422, json={})
    assert set(answer["details"]) == {"username", "email", "password", "agreement"}


def test_sign_up_needs_an_app_that_may_write(open_server):
    Api(open_server).post("/api/v1/accounts", 401, data=wish(fresh_name()))
    app_api(open_server, "read").post("/api/v1/accounts", 403, data=wish(fresh_name()))


def test_one_name_is_given_once_however_many_ask(open_server):
    name, api = fresh_name(), app_api(open_server)
    def ask(number):
        return api.call("POST", "/api/v1/accounts", None, data=wish(name, email=f"{name}-{number}@mail.example")).status_code
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(ask, range(12)))
    assert codes.count(200) == 1 and set(codes) <= {200, 422, 503}, codes


def test_the_mail_is_sent_again_and_elsewhere_but_not_for_ever(open_server, sink):
    name = fresh_name()
    api = Api(open_server, app_api(open_server).post("/api/v1/accounts", data=wish(name))["access_token"])
    first = sink.link(f"{name}@mail.example")
    assert api.post("/api/v1/emails/confirmations") == {}
    second = sink.link(f"{name}@mail.example", 2)
    assert first != second and requests.get(first, timeout=10).status_code == 404, "the last link counts"
    assert api.post("/api/v1/emails/confirmations", data={"email": f"{name}@other.example"}) == {}
    other = sink.link(f"{name}@other.example")
    api.post("/api/v1/emails/confirmations", 422, data={"email": "nonsense"})
    for _ in range(12):
        api.post("/api/v1/emails/confirmations")
    browser = Browser(open_server)
    browser.get(other[len(open_server.url):])
    if browser.page.status_code == 200:
        browser.submit("/auth/confirm")
    last = sink.of(f"{name}@other.example")
    assert len(last) <= 5
    open_server.database.rows("update users set is_confirmed = true where email = %s returning 1", (f"{name}@other.example",))
    assert api.post("/api/v1/emails/confirmations", 403)["error"].startswith("This method is only available while")


def test_dots_and_plus_signs_are_one_mailbox(open_server, sink):
    api = app_api(open_server)
    names = [fresh_name() for _ in range(6)]
    addresses = [f"d.ot{'.' * (number == 1)}s+{number}@mail.example".replace("..", ".") for number in range(6)]
    tokens = [api.post("/api/v1/accounts", data=wish(name, email=address))["access_token"] for name, address in zip(names, addresses)]
    for token in tokens:
        Api(open_server, token).post("/api/v1/emails/confirmations")
    count = open_server.database.value("select max(count) from attempts where kind = 'mail'")
    assert count == 6, "all count together"


def test_sign_up_by_the_page(open_server, sink):
    name = fresh_name()
    browser = Browser(open_server, language="fr")
    browser.get("/auth/sign_up")
    browser.submit("/auth/sign_up", username=name, email=f"{name}@mail.example", password="court", agreement="1")
    assert browser.page.status_code == 422 and "au moins 8" in browser.text() and f'value="{name}"' in browser.page.text
    browser.submit("/auth/sign_up", username=name, email=f"{name}@mail.example", password=PASSWORD)
    assert browser.page.status_code == 422, "without agreement"
    browser.submit("/auth/sign_up", username=name, email=f"{name}@mail.example", password=PASSWORD, agreement="1")
    assert "Encore une étape" in browser.text()
    browser.get(sink.link(f"{name}@mail.example")[len(open_server.url):])
    browser.submit("/auth/confirm")
    browser.sign_in(name, PASSWORD)
    assert f"@{name}@" in browser.text()
    browser.get("/auth/sign_up")
    browser.submit("/auth/sign_up", without=("form_token",), username=name)
    assert browser.page.status_code == 403


def test_a_mail_server_that_is_busy_is_asked_again(open_server, sink):
    name = fresh_name()
    sink.answers.append("451 later")
    app_api(open_server).post("/api/v1/accounts", data=wish(name))
    wait_until(lambda: open_server.log_lines("mail_not_sent"), 10)
    job = wait_until(lambda: open_server.database.rows("select attempts, due_at > now() from jobs where kind = 'mail' and attempts > 0"), 10)
    assert job[0] == (1, True)
    open_server.database.rows("update jobs set due_at = now() where kind = 'mail' returning 1")
    other = fresh_name()
    app_api(open_server).post("/api/v1/accounts", data=wish(other))  # the workers look again
    assert sink.wait(f"{name}@mail.example", seconds=30) and sink.wait(f"{other}@mail.example")


def test_an_address_that_nobody_has_is_not_asked_again(open_server, sink):
    name = fresh_name()
    sink.answers.append("550 no such user")
    app_api(open_server).post("/api/v1/accounts", data=wish(name))
    wait_until(lambda: not open_server.database.value("select count(*) from jobs where kind = 'mail'"), 15)
    assert not sink.of(f"{name}@mail.example")


# forgotten passwords

def test_a_forgotten_password_is_replaced_by_mail(open_server, sink):
    name = fresh_name()
    open_server.create_account(name, email=f"{name}@mail.example", password=PASSWORD)
    api = Api(open_server, make_token(open_server.database, name))
    api.get("/api/v1/apps/verify_credentials")
    browser = Browser(open_server)
    browser.get("/auth/password")
    browser.submit("/auth/password", email=f"{name}@mail.example", headers={"X-Forwarded-Host": "evil.test"})
    known = browser.text()
    browser.get("/auth/password")
    browser.submit("/auth/password", email="nobody@mail.example")
    assert browser.text() == known, "the same for both"
    link = sink.link(f"{name}@mail.example")
    assert link.startswith(open_server.url + "/auth/password/reset?token=")
    path = link[len(open_server.url):]
    browser.get(path)
    browser.submit("/auth/password/reset", password="short")
    assert browser.page.status_code == 422
    browser.submit("/auth/password/reset", password="a brand new password")
    assert "password is changed" in browser.text()
    api.get("/api/v1/apps/verify_credentials", 401)
    assert sink.wait(f"{name}@mail.example", 2)["Subject"] == "Your password was changed"
    browser.get(path)
    assert browser.page.status_code == 404
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 401
    browser.sign_in(name, "a brand new password")
    assert browser.page.status_code == 200
    assert not sink.of("nobody@mail.example")


def test_a_reset_link_is_good_for_an_hour_and_used_once_at_a_time(open_server):
    name = fresh_name()
    open_server.create_account(name, password=PASSWORD)
    path = open_server.command("account", "reset-password", name, "--link").stdout.strip()[len(open_server.url):]
    browsers = [Browser(open_server) for _ in range(3)]
    for browser in browsers:
        browser.get(path)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        codes = sorted(page.status_code for page in pool.map(
            lambda browser: browser.submit("/auth/password/reset", password="one of several passwords"), browsers))
    assert codes == [200, 404, 404]
    path = reset_path(open_server, name)
    for browser in browsers[:2]:
        browser.get(path)
    with open_server.database.connect() as connection, concurrent.futures.ThreadPoolExecutor(2) as pool:
        connection.cursor().execute("select from users where email = %s for update", (f"{name}@example.test",))
        answers = [pool.submit(browser.submit, "/auth/password/reset", password="one of two passwords") for browser in browsers[:2]]
        wait_until(lambda: open_server.database.value(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == 2, 20)
        connection.rollback()
        assert sorted(answer.result().status_code for answer in answers) == [200, 404], "however close they come"
    path = open_server.command("account", "reset-password", name, "--link").stdout.strip()[len(open_server.url):]
    life = open_server.database.value("select extract(epoch from max(expires_at) - now())::int from user_links where purpose = 'reset'")
    assert 3500 < life <= 3600
    open_server.database.rows("update user_links set expires_at = now() returning 1")
    assert Browser(open_server).get(path).status_code == 404
    assert Browser(open_server).get("/auth/confirm?" + path.split("?")[1]).status_code == 404


def test_links_never_come_from_the_host_header(open_server, sink):
    name = fresh_name()
    open_server.create_account(name, email=f"{name}@mail.example", password=PASSWORD)
    browser = Browser(open_server)
    browser.get("/auth/password")
    browser.submit("/auth/password", email=f"{name}@mail.example", headers={
        "Host": "localhost:1", "Origin": open_server.url, "Cookie": "comptoir_form=" + browser.session.cookies["comptoir_form"]})
    assert browser.page.status_code == 200, browser.page.text
    assert sink.link(f"{name}@mail.example").startswith(open_server.url + "/")


def test_a_new_address_counts_once_it_is_confirmed(open_server, sink):
    name = fresh_name()
    open_server.create_account(name, email=f"{name}@mail.example", password=PASSWORD)
    browser = Browser(open_server)
    browser.sign_in(name, PASSWORD)
    browser.submit("/settings/email", email=f"{name}@second.example", current_password="wrong")
    assert browser.page.status_code == 403
    browser.get("/settings")
    browser.submit("/settings/email", email=f"{name}@second.example", current_password=PASSWORD)
    assert "Open the link" in browser.text()
    assert open_server.database.value("select email from users where email like %s", (name + "@%",)) == f"{name}@mail.example"
    browser.get(sink.link(f"{name}@second.example")[len(open_server.url):])
    browser.submit("/auth/confirm")
    assert open_server.database.value("select email from users where email like %s", (name + "@%",)) == f"{name}@second.example"
    assert sink.wait(f"{name}@mail.example")["Subject"] == "Your e-mail address was changed"


def reset_path(server, name):
    return server.command("account", "reset-password", name, "--link").stdout.strip()[len(server.url):]


def test_a_new_password_ends_a_change_of_address_under_way(open_server, sink):
    name = fresh_name()
    open_server.create_account(name, email=f"{name}@mail.example", password=PASSWORD)
    thief = Browser(open_server)
    thief.sign_in(name, PASSWORD)
    thief.submit("/settings/email", email=f"{name}@thief.example", current_password=PASSWORD)
    link = sink.link(f"{name}@thief.example")[len(open_server.url):]
    owner = Browser(open_server)
    owner.get(reset_path(open_server, name))
    owner.submit("/auth/password/reset", password="a brand new password")
    assert thief.get(link).status_code == 404
    owner.sign_in(name, "a brand new password")
    sink.answers.append("451 later")
    owner.submit("/settings/email", email=f"{name}@third.example", current_password="a brand new password")
    wait_until(lambda: not sink.answers, 15)
    owner.get("/settings")
    owner.submit("/settings/password", current_password="a brand new password", password="a newer password still")
    assert owner.page.status_code == 200
    waiting = open_server.database.value("select count(*) from jobs where kind = 'mail' and key = 'confirm:' ||"
                                         " (select id from users where email like %s)", (name + "@%",))
    assert not waiting, "what was not sent yet is not sent any more"
    assert open_server.database.value("select email from users where email like %s", (name + "@%",)) == f"{name}@mail.example"


def test_a_reset_link_is_for_the_address_that_it_was_sent_to(open_server, sink):
    name = fresh_name()
    open_server.create_account(name, email=f"{name}@mail.example", password=PASSWORD)
    finder = Browser(open_server)
    finder.get(reset_path(open_server, name))
    open_server.database.rows("update users set email = %s where email = %s returning 1",
                              (f"{name}@second.example", f"{name}@mail.example"))
    finder.submit("/auth/password/reset", password="a brand new password")
    assert finder.page.status_code == 404
    browser = Browser(open_server)
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 200


def test_an_address_that_nobody_has_is_as_much_work_as_one_that_somebody_has(open_server):
    browser = Browser(open_server)
    browser.get("/auth/password")
    browser.submit("/auth/password", email=f"{fresh_name()}@mail.example")
    assert open_server.database.value("select count(*) from attempts where kind = 'mail'") == 1
    wait_until(lambda: not open_server.database.value("select count(*) from jobs where kind = 'mail'"), 15)


# who may sign up

def test_with_approval_somebody_looks_first(server_factory, sink):
    server = server_factory(settings={"instance.registrations": "approval", **sink.settings()})
    name, spam = fresh_name(), fresh_name()
    assert app_api(server).post("/api/v1/accounts", 422, data=wish(name))["details"]["reason"][0]["error"] == "ERR_BLANK"
    api = Api(server, app_api(server).post("/api/v1/accounts", data=wish(name, reason="I sell flowers"))["access_token"])
    browser = Browser(server)
    browser.get("/auth/sign_up")
    browser.submit("/auth/sign_up", username=spam, email=f"{spam}@mail.example", password=PASSWORD, agreement="1", reason="spam")
    for who in (name, spam):
        browser.get(sink.link(f"{who}@mail.example")[len(server.url):])
        browser.submit("/auth/confirm")
        assert "waits for approval" in browser.text()
    wait_until(lambda: api.call("GET", "/oauth/userinfo", None).json()["error"] == "Your login is currently pending approval", 10)
    waiting = json.loads(server.command("account", "waiting", "--json").stdout)
    assert [entry["reason"] for entry in waiting] == ["I sell flowers", "spam"]
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 403
    server.command("account", "approve", name)
    assert sink.wait(f"{name}@mail.example", 2)["Subject"] == "Welcome"
    browser.sign_in(name, PASSWORD)
    assert browser.page.status_code == 200
    assert server.command("account", "approve", name, check=False).returncode == 6
    server.command("account", "reject", spam)
    browser.sign_in(spam, PASSWORD)
    assert browser.page.status_code == 401
    assert server.command("account", "reject", name, check=False).returncode == 6
    assert json.loads(server.command("account", "waiting", "--json").stdout) == []


@pytest.mark.parametrize("mode", ["invitation", "open", "approval"])
def test_without_mail_sign_up_is_by_invitation(server_factory, mode):
    server = server_factory(settings={"instance.registrations": mode})
    name = fresh_name()
    assert app_api(server).post("/api/v1/accounts", 422, data=wish(name))["details"]["invite_code"][0]["error"] == "ERR_BLANK"
    browser = Browser(server)
    browser.get("/auth/sign_up")
    assert "by invitation" in browser.text()
    invitation = json.loads(server.command("invite", "create", "--uses", "2", "--note", "for a friend", "--json").stdout)
    assert invitation["link"] == f"{server.url}/auth/sign_up?invite={invitation['code']}"
    browser.get(invitation["link"][len(server.url):])
    browser.submit("/auth/sign_up", username=name, email=f"{name}@mail.example", password=PASSWORD, agreement="1")
    assert "Your account is ready" in browser.text()
    browser.sign_in(name, PASSWORD)
    assert f"@{name}@" in browser.text()
    other = fresh_name()
    token = app_api(server).post("/api/v1/accounts", data=wish(other, invite_code=invitation["code"]))
    assert Api(server, token["access_token"]).get("/api/v1/emails/check_confirmation") is True
    listed = json.loads(server.command("invite", "list", "--json").stdout)[0]
    assert (listed["state"], listed["uses"], listed["note"]) == ("used", 2, "for a friend")
    assert invitation["code"] not in server.command("invite", "list").stdout
    answer = app_api(server).post("/api/v1/accounts", 422, data=wish(fresh_name(), invite_code=invitation["code"]))
    assert answer["details"]["invite_code"][0]["error"] == "ERR_INVALID"
    browser.get("/auth/password")
    assert "sends no mails" in browser.text()


@pytest.mark.limit(90)
def test_an_invitation_is_used_as_often_as_it_says(server_factory):
    server = server_factory(settings={"instance.registrations": "invitation"})
    invitation = json.loads(server.command("invite", "create", "--uses", "3", "--json").stdout)
    api = app_api(server)

    def ask(number):
        return api.call("POST", "/api/v1/accounts", None, data=wish(f"guest{number}", invite_code=invitation["code"])).status_code
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(ask, range(30)))
    while codes.count(200) < 3:
        codes.append(ask(len(codes)))
    assert codes.count(200) == 3 and set(codes) <= {200, 422, 503}
    assert server.database.value("select count(*) from users") == 3
    revoked = json.loads(server.command("invite", "create", "--json").stdout)
    server.command("invite", "revoke", revoked["id"])
    late = json.loads(server.command("invite", "create", "--json").stdout)
    server.database.rows("update invitations set expires_at = now() where id = %s returning 1", (late["id"],))
    for code in (revoked["code"], late["code"]):
        api.post("/api/v1/accounts", 422, data=wish("late", invite_code=code))
    assert server.command("invite", "revoke", "1", check=False).returncode == 5


def test_a_closed_server_takes_nobody(server_factory, sink):
    server = server_factory(settings={"instance.registrations": "closed", **sink.settings()})
    invitation = json.loads(server.command("invite", "create", "--json").stdout)
    for fields in ({}, {"invite_code": invitation["code"]}):
        assert app_api(server).post("/api/v1/accounts", 403, data=wish(fresh_name(), **fields))["error"] == "This action is not allowed"
    browser = Browser(server)
    for path in ("/auth/sign_up", f"/auth/sign_up?invite={invitation['code']}"):
        assert "not open here" in Browser(server).get(path).text
    token = browser.get("/auth/sign_in") and browser.form("/auth/sign_in")["fields"]["form_token"]
    browser.request("POST", "/auth/sign_up", data={"form_token": token, "username": "x", "invite": invitation["code"]})
    assert browser.page.status_code == 403
    assert not server.database.value("select count(*) from users")
    assert "/auth/sign_up" not in browser.get("/auth/sign_in").text


def test_the_operator_confirms_where_no_mail_arrives(server_factory, sink):
    server = server_factory(settings={"instance.registrations": "open", **sink.settings()})
    names = [fresh_name(), fresh_name()]
    for name in names:
        app_api(server).post("/api/v1/accounts", data=wish(name))
    server.command("account", "confirm", names[0])
    link = server.command("account", "confirm", names[1], "--link").stdout.strip()
    browser = Browser(server)
    browser.get(link[len(server.url):])
    browser.submit("/auth/confirm")
    for name in names:
        browser.sign_in(name, PASSWORD)
        assert f"@{name}@" in browser.text()
    assert server.command("account", "confirm", names[0], check=False).returncode == 6


def test_sign_up_is_counted(server_factory, sink):
    server = server_factory(settings={"instance.registrations": "open", "limits.exempt_addresses": "", **sink.settings()})
    api = app_api(server)
    for _ in range(5):
        api.post("/api/v1/accounts", 422, data={})
    assert api.call("POST", "/api/v1/accounts", 429, data={}).headers["Retry-After"]


def test_toot_signs_up(open_server, sink):
    from toot import App, api as toot_api
    response = toot_api.create_app(open_server.url[7:], scheme="http")
    app = App("local", open_server.url, response["client_id"], response["client_secret"])
    name = fresh_name()
    answer = toot_api.register_account(app, name, f"{name}@mail.example", PASSWORD)
    assert Api(open_server, answer["access_token"]).get("/api/v1/emails/check_confirmation") is False
    assert re.search("confirm", sink.link(f"{name}@mail.example"))
