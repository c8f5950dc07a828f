# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may call: tokens, scopes, roles, other origins, proxies."""
import json

import pytest

from support.server import TestServer
from support.wire import raw_exchange


@pytest.fixture(scope="module")
def trusting_server():
    program = TestServer(settings={"http.trusted_proxies": "127.0.0.1"})
    try:
        program.start()
        yield program
    finally:
        program.remove()


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


@pytest.mark.parametrize("path, token, status", [
    ("/api/v1/app", None, 401), ("/api/v1/app", "token-unknown", 401), ("/api/v1/app", "token-application", 200),
    ("/api/v1/app", "token-reader", 200),
    ("/api/v1/user", None, 401), ("/api/v1/user", "token-unknown", 401), ("/api/v1/user", "token-application", 422),
    ("/api/v1/user", "token-writer", 403), ("/api/v1/user", "token-reader", 200),
    ("/api/v1/admin", None, 401), ("/api/v1/admin", "token-reader", 403), ("/api/v1/admin", "token-administrator", 200),
    ("/api/v1/admin", "token-member-with-admin-scope", 403),
    ("/api/v1/user-on-loop", None, 401), ("/api/v1/user-on-loop", "token-unknown", 401),
    ("/api/v1/user-on-loop", "token-writer", 403), ("/api/v1/user-on-loop", "token-reader", 200),
    ("/who", "token-unknown", 200)])
def test_routes_take_the_tokens_they_name(test_server, path, token, status):
    for _ in range(2):  # the second time the token is remembered
        answer = test_server.get(path, headers=bearer(token))
        assert answer.status_code == status
        assert (status == 401) == ("WWW-Authenticate" in answer.headers)
        if status == 401:
            assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == (token is not None)


@pytest.mark.parametrize("header", ["Basic dG9rZW46eA==", "Bearer", "Bearer ", "Bearer a b", "token-reader", "Bearer " + "x" * 300])
def test_what_is_no_bearer_token_is_401(test_server, header):
    request = f"GET /api/v1/user HTTP/1.1\r\nHost: a\r\nAuthorization: {header}\r\n\r\n".encode()
    assert raw_exchange(test_server.port, request, responses=1).status == 401


def test_two_authorization_headers_are_no_token(test_server):
    request = (b"GET /api/v1/user HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer token-reader\r\n"
               b"Authorization: Bearer token-reader\r\n\r\n")
    assert raw_exchange(test_server.port, request, responses=1).status == 401


def test_a_user_is_counted_and_not_each_token(test_server_factory):
    server = test_server_factory()
    left = [int(server.get("/api/v1/limited", headers=bearer(token)).headers["X-RateLimit-Remaining"])
            for token in ("token-reader", "token-reader-again", "token-reader")]
    assert left == [1499, 1498, 1497]


def test_an_application_alone_is_counted_by_its_address(test_server_factory):
    server = test_server_factory()
    left = [int(server.get("/api/v1/limited", headers=bearer(token)).headers["X-RateLimit-Remaining"])
            for token in (None, "token-application", "token-application", None)]
    assert left == [299, 298, 297, 296]


def test_a_valid_token_is_counted_by_its_user(test_server_factory):
    server = test_server_factory()
    anonymous = server.get("/api/v1/limited")
    first = server.get("/api/v1/limited", headers=bearer("token-reader"))
    second = server.get("/api/v1/limited", headers=bearer("token-reader"))
    other = server.get("/api/v1/limited", headers=bearer("token-writer"))
    assert anonymous.headers["X-RateLimit-Limit"] == "300"
    assert first.headers["X-RateLimit-Limit"] == "1500"
    assert [int(answer.headers["X-RateLimit-Remaining"]) for answer in (first, second, other)] == [1499, 1498, 1499]


def test_an_unknown_token_is_counted_by_its_address(test_server_factory):
    server = test_server_factory()
    left = [int(server.get("/api/v1/limited", headers=bearer(token)).headers["X-RateLimit-Remaining"])
            for token in (None, "token-made-up", "token-made-up-too", "Bearer", None)]
    assert left == [299, 298, 297, 296, 295]


def test_other_origins_may_call_the_api_without_credentials(test_server):
    answer = test_server.request("OPTIONS", "/api/v1/user", headers={
        "Origin": "https://app.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization"})
    assert answer.status_code == 204 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in answer.headers
    answer = test_server.get("/api/v1/user", headers={"Origin": "https://app.example", **bearer("token-reader")})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert test_server.get("/api/v1/user").headers["Access-Control-Allow-Origin"] == "*", "pages must see a 401 as well"
    assert "Access-Control-Allow-Origin" not in test_server.get("/page").headers
    assert test_server.request("OPTIONS", "/page").status_code == 405
    assert test_server.request("OPTIONS", "/api/nowhere").status_code == 404


FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Request-Id": "from-proxy.1"}


def test_nobody_is_believed_about_addresses_unless_configured(test_server):
    seen = test_server.get("/who", headers=FORWARDED)
    assert seen.json()["address"] == "127.0.0.1" and seen.json()["https"] is False
    assert seen.json()["id"] != "from-proxy.1" and "Strict-Transport-Security" not in seen.headers


def test_a_trusted_proxy_is_believed(test_server_factory):
    server = test_server_factory({"http.trusted_proxies": "127.0.0.0/8, 198.51.100.0/24"})
    seen = server.get("/who", headers=FORWARDED)
    assert seen.json()["address"] == "203.0.113.9" and seen.json()["https"] is True
    assert seen.json()["id"] == "from-proxy.1" == seen.headers["X-Request-Id"]
    assert "Strict-Transport-Security" in seen.headers
    for bad in ("x" * 65, "a b", "é"):
        request = f"GET /who HTTP/1.1\r\nHost: a\r\nX-Request-Id: {bad}\r\n\r\n".encode()
        response = raw_exchange(server.port, request, responses=1).responses[0]
        assert response.header("X-Request-Id") != bad


@pytest.mark.parametrize("forwarded, address", [
    (["203.0.113.9"], "203.0.113.9"), (["198.51.100.1, 203.0.113.9"], "203.0.113.9"), (["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
    (["203.0.113.9, 127.0.0.1"], "203.0.113.9"), (["127.0.0.1"], "127.0.0.1"), (["203.0.113.9:4711"], "203.0.113.9"),
    (["[2001:db8::9]:4711"], "2001:db8::9"), (["2001:DB8:0::9"], "2001:db8::9"), (["::ffff:203.0.113.9"], "203.0.113.9"),
    (["unknown"], "127.0.0.1"), (["203.0.113.9, unknown"], "127.0.0.1"), (["203.0.113.9,"], "127.0.0.1"), ([""], "127.0.0.1"),
    (["203.0.113.999"], "127.0.0.1"), (["203.0.113.9 198.51.100.1"], "127.0.0.1"), (["0x7f.1"], "127.0.0.1"), (["010.0.0.1"], "127.0.0.1"),
    (["127.0.0.1, " * 2000 + "127.0.0.1"], "127.0.0.1")])
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(trusting_server, forwarded, address):
    headers = "".join(f"X-Forwarded-For: {value}\r\n" for value in forwarded)
    exchange = raw_exchange(trusting_server.port, f"GET /who HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode(), responses=1)
    assert json.loads(exchange.responses[0].body)["address"] == address


@pytest.mark.parametrize("lines, is_https", [
    (["https"], True), (["HTTPS"], True), (["http"], False), (["https", "http"], False), (["http", "https"], False),
    (["https, http"], False), (["https://"], False), ([""], False)])
def test_a_proxy_that_contradicts_itself_has_not_said_https(trusting_server, lines, is_https):
    headers = "".join(f"X-Forwarded-Proto: {line}\r\n" for line in lines)
    exchange = raw_exchange(trusting_server.port, f"GET /who HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode(), responses=1)
    assert (b'"https":true' in exchange.data) == is_https


def test_clients_behind_a_trusted_proxy_are_counted_apart(test_server_factory):
    server = test_server_factory({"http.trusted_proxies": "127.0.0.1"})
    left = [int(server.get("/api/v1/limited", headers={"X-Forwarded-For": address}).headers["X-RateLimit-Remaining"])
            for address in ("203.0.113.1", "203.0.113.2", "203.0.113.1", "2001:db8::1", "2001:db8::2")]
    assert left == [299, 299, 298, 299, 298]
