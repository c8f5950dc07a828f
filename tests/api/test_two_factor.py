# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second factor: set up, asked for, good once, and lost."""
import base64
import concurrent.futures
import hmac
import re
import struct
import time

import pytest
import requests

from support.api import Api
from support.browser import Browser

PASSWORD = "a long enough password"


def code_at(secret, step):
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">q", step), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Device:
    """An authenticator app that never shows a code twice."""

    all = []

    def __init__(self, secret):
        self.secret, self.step = secret, 0
        Device.all.append(self)

    def code(self):
        """That of this moment, or the one after it when that was shown."""
        self.step = max(self.step + 1, int(time.time()) // 30)
        return code_at(self.secret, self.step)


def sign_in(server, name):
    browser = Browser(server)
    browser.sign_in(name, PASSWORD)
    return browser


def set_up(browser):
    browser.get("/settings/two_factor")
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', browser.page.text).group(1)
    device = Device(secret)
    browser.submit("/settings/two_factor", code=device.code(), current_password=PASSWORD)
    codes = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", browser.page.text)
    assert len(codes) == 10, browser.page.text[:3000]
    return device, codes


@pytest.fixture(scope="module")
def device_of_zoe(server):
    server.create_account("zoe", password=PASSWORD)
    return set_up(sign_in(server, "zoe"))


@pytest.fixture(autouse=True)
def forgive(server):
    server.database.rows("delete from attempts returning 1")
    server.database.rows("update users set totp_last_step = 0 returning 1")
    for device in Device.all:
        device.step = 0


def test_setting_up_shows_a_picture_and_keeps_the_secret_sealed(server):
    server.create_account("picto", password=PASSWORD)
    browser = sign_in(server, "picto")
    browser.get("/settings/two_factor")
    assert "<svg" in browser.page.text and browser.page.text.count("h1v1h-1z") > 300
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', browser.page.text).group(1)
    assert len(secret) == 32
    browser.submit("/settings/two_factor", code="000000", current_password=PASSWORD)
    assert browser.page.status_code == 422 and secret in browser.page.text, "the same secret, for another try"
    browser.submit("/settings/two_factor", code=Device(secret).code(), current_password="wrong")
    assert browser.page.status_code == 403 and secret in browser.page.text
    assert not server.database.value("select totp_sealed is not null from users where email = 'picto@example.test'")
    other = sign_in(server, "picto")
    other.get("/settings/two_factor")
    browser.submit("/settings/two_factor", code=Device(secret).code(), current_password=PASSWORD)
    assert browser.page.text.count("<li><code>") == 10
    sealed = server.database.value("select encode(totp_sealed, 'hex') from users where email = 'picto@example.test'")
    assert sealed and base64.b32decode(secret).hex() not in sealed
    other.get("/settings")
    assert "/auth/sign_in" in other.page.url, "a session without the second step has ended"
    browser.get("/settings")
    assert "Recovery codes left: 10" in browser.text()


def test_a_sealed_secret_is_for_one_user(server):
    for name in ("ursa", "vega"):
        server.create_account(name, password=PASSWORD)
    ursa, vega = sign_in(server, "ursa"), sign_in(server, "vega")
    ursa.get("/settings/two_factor")
    vega.get("/settings/two_factor")
    stolen = ursa.form("/settings/two_factor")["fields"]["sealed"]
    for sealed in (stolen, "", "AAAA", "!", stolen[:-4], "A" * 5000):
        vega.submit("/settings/two_factor", code="123456", current_password=PASSWORD, sealed=sealed)
        assert vega.page.status_code == 400
        vega.get("/settings/two_factor")


def test_the_second_step_is_asked_for(server, device_of_zoe):
    device, _ = device_of_zoe
    browser = sign_in(server, "zoe")
    assert "/auth/second_factor" in browser.page.url
    half = browser.session.cookies["comptoir_session"]
    browser.get("/settings")
    assert "/auth/sign_in" in browser.page.url, "half a session opens nothing"
    browser.get("/auth/second_factor")
    browser.submit("/auth/second_factor", code="12345")
    assert browser.page.status_code == 401
    browser.submit("/auth/second_factor", code=device.code())
    assert "@zoe@" in browser.text()
    assert browser.session.cookies["comptoir_session"] != half
    thief = Browser(server)
    thief.session.cookies.set("comptoir_session", half)
    thief.get("/settings")
    assert "/auth/sign_in" in thief.page.url


def test_half_a_session_is_over_after_ten_minutes(server, device_of_zoe):
    device, _ = device_of_zoe
    browser = sign_in(server, "zoe")
    life = server.database.value("select extract(epoch from max(expires_at) - now())::int from sessions where is_half")
    assert 500 < life <= 600
    server.database.rows("update sessions set expires_at = now() where is_half returning 1")
    browser.submit("/auth/second_factor", code=device.code())
    assert "/auth/sign_in" in browser.page.url


def test_a_code_is_good_once(server, device_of_zoe):
    device, _ = device_of_zoe
    code = device.code()
    first, second = sign_in(server, "zoe"), sign_in(server, "zoe")
    first.submit("/auth/second_factor", code=code)
    assert "@zoe@" in first.text()
    second.submit("/auth/second_factor", code=code)
    assert second.page.status_code == 401
    earlier = code_at(device.secret, device.step - 1)
    second.submit("/auth/second_factor", code=earlier)
    assert second.page.status_code == 401, "nor is one from before"


def test_two_logins_with_one_code_at_the_same_time_are_one(server, device_of_zoe):
    device, _ = device_of_zoe
    browsers = [sign_in(server, "zoe") for _ in range(6)]
    code = device.code()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda browser: browser.submit("/auth/second_factor", follow=False, code=code), browsers))
    assert sorted(page.status_code for page in pages) == [302, 401, 401, 401, 401, 401]


def test_a_recovery_code_is_good_once(server, device_of_zoe):
    _, codes = device_of_zoe
    browser = sign_in(server, "zoe")
    browser.submit("/auth/second_factor", code=codes[0].upper().replace("-", " "))
    assert "Recovery codes left: 9" in browser.text()
    browser = sign_in(server, "zoe")
    browser.submit("/auth/second_factor", code=codes[0])
    assert browser.page.status_code == 401
    stored = server.database.value("select count(*) from recovery_codes where octet_length(code_hash) = 32")
    assert stored >= 9


def test_ten_wrong_codes_close_the_step_for_a_while(server, device_of_zoe):
    device, codes = device_of_zoe
    browser = sign_in(server, "zoe")
    for _ in range(10):
        browser.submit("/auth/second_factor", code="000000")
        assert browser.page.status_code == 401
    for code in (device.code(), codes[5]):
        browser.submit("/auth/second_factor", code=code)
        assert browser.page.status_code == 429
    browser = sign_in(server, "zoe")
    browser.submit("/auth/second_factor", code=device.code())
    assert browser.page.status_code == 429, "a new login does not open it"


def test_a_new_password_by_link_leaves_the_second_step(server, device_of_zoe):
    link = server.command("account", "reset-password", "zoe", "--link").stdout.strip()
    browser = Browser(server)
    browser.get(link[len(server.url):])
    browser.submit("/auth/password/reset", password=PASSWORD)
    assert "password is changed" in browser.text()
    assert "/auth/second_factor" in sign_in(server, "zoe").page.url


def test_an_app_is_let_in_after_both_steps(server, device_of_zoe):
    device, _ = device_of_zoe
    app = Api(server).post("/api/v1/apps", data={"client_name": "x", "redirect_uris": "https://a.example/cb"})
    browser = Browser(server)
    browser.get(f"/oauth/authorize?response_type=code&client_id={app['client_id']}&redirect_uri=https://a.example/cb&scope=read")
    browser.submit("/auth/sign_in", login="zoe", password=PASSWORD)
    browser.submit("/auth/second_factor", code=device.code())
    assert browser.form("/oauth/authorize")
    browser.submit("/oauth/authorize", follow=False, decision="allow")
    assert browser.location.startswith("https://a.example/cb?code=")


def test_new_codes_and_the_end_need_the_password(server):
    server.create_account("yves", password=PASSWORD)
    browser = sign_in(server, "yves")
    _, codes = set_up(browser)
    browser.get("/settings")
    browser.submit("/settings/two_factor/codes", current_password="wrong")
    assert browser.page.status_code == 403
    browser.get("/settings")
    browser.submit("/settings/two_factor/codes", current_password=PASSWORD)
    fresh = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", browser.page.text)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    other = sign_in(server, "yves")
    other.submit("/auth/second_factor", code=codes[0])
    assert other.page.status_code == 401, "the old codes are gone"
    browser.get("/settings")
    browser.submit("/settings/two_factor/end", current_password="wrong")
    assert browser.page.status_code == 403
    browser.get("/settings")
    browser.submit("/settings/two_factor/end", current_password=PASSWORD)
    assert "Done." in browser.text()
    assert sign_in(server, "yves").page.url.endswith("/settings")
    assert not server.database.value("select count(*) from recovery_codes where user_id = (select id from users where"
                                     " email = 'yves@example.test')")


def test_without_a_password_there_is_no_second_step(server):
    assert requests.get(server.url + "/auth/second_factor", timeout=10, allow_redirects=False).status_code == 302
    browser = Browser(server)
    browser.get("/auth/sign_in")
    token = browser.form("/auth/sign_in")["fields"]["form_token"]
    browser.request("POST", "/auth/second_factor", follow=False, data={"form_token": token, "code": "123456"})
    assert browser.page.status_code == 302 and browser.location.startswith("/auth/sign_in")
