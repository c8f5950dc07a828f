# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests and answers of the HTTP server: order, keep-alive, bodies, headers, errors."""
import json
import re

import pytest

from support.wire import connect, raw_exchange, receive, responses_complete


def get(path, *headers, method="GET", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", "Host: test", *headers, "", ""]
    return "\r\n".join(lines).encode()


def test_pipelined_requests_are_answered_in_order(test_server):
    paths = ["/slow/120", "/cached", "/slow/10", "/who", "/large/300", "/cached"]
    exchange = test_server.exchange(b"".join(get(path) for path in paths), responses=len(paths))
    lengths = [len(response.body) for response in exchange.responses]
    assert [response.status for response in exchange.responses] == [200] * 6
    assert (lengths[0], lengths[1], lengths[2], lengths[4], lengths[5]) == (5, 4096, 5, 300 * 1024, 4096)
    assert exchange.rest == b""


@pytest.mark.concurrent
def test_thousands_of_pipelined_requests_are_all_answered(test_server):
    count = 3000
    exchange = test_server.exchange(get("/who") * count, responses=count, seconds=30)
    ids = [json.loads(response.body)["id"] for response in exchange.responses]
    assert len(ids) == count and len(set(ids)) == count


def test_a_request_cut_at_every_byte_is_read_whole(test_server):
    request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    exchange = test_server.exchange([request[i:i + 1] for i in range(len(request))], responses=1)
    assert exchange.responses[0].body == b"hello"


def test_a_connection_ends_after_its_number_of_requests(test_server_factory):
    server = test_server_factory({"http.max_requests_per_connection": 3})
    exchange = server.exchange(get("/who") * 5, seconds=5)
    assert [response.status for response in exchange.responses] == [200] * 3
    assert [response.header("Connection") for response in exchange.responses] == [None, None, "close"]
    assert exchange.ending == "closed"


@pytest.mark.parametrize("version, header, is_kept", [
    ("1.1", None, True), ("1.1", "Connection: close", False), ("1.0", None, False), ("1.0", "Connection: keep-alive", True)])
def test_keep_alive_follows_version_and_connection_header(test_server, version, header, is_kept):
    request = get("/who", *([header] if header else []), version=version)
    with connect(test_server.port) as sock:
        sock.sendall(request)
        data, _ = receive(sock, 5, until=responses_complete(1))
        _, ending = receive(sock, 0.4 if is_kept else 5)
        assert ending == ("open" if is_kept else "closed")
    expected = {("1.0", True): b"keep-alive", ("1.1", False): b"close", ("1.0", False): b"close"}.get((version, is_kept))
    assert (expected is None) == (b"\r\nConnection:" not in data)
    assert expected is None or b"\r\nConnection: " + expected in data


def test_head_has_the_length_and_no_body(test_server):
    exchange = test_server.exchange(get("/cached", method="HEAD") + get("/who", method="HEAD"), responses=2, head=True)
    assert [response.status for response in exchange.responses] == [200, 200]
    assert exchange.responses[0].header("Content-Length") == "4096"
    assert exchange.rest == b""


def test_chunked_bodies_are_put_together(test_server):
    request = get("/echo", "Transfer-Encoding: chunked", method="POST") + b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    exchange = test_server.exchange(request, responses=1)
    assert exchange.responses[0].body == b"hello world"


def test_a_client_that_expects_it_is_told_to_continue(test_server):
    head = get("/echo", "Content-Length: 5", "Expect: 100-continue", method="POST")
    with connect(test_server.port) as sock:
        sock.sendall(head)
        data, _ = receive(sock, 5, until=lambda data: b"\r\n\r\n" in data)
        assert data == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"hello")
        data, _ = receive(sock, 5, until=responses_complete(1))
        assert data.startswith(b"HTTP/1.1 200 OK") and data.endswith(b"hello")


def test_a_refused_body_is_not_asked_for(test_server):
    head = get("/echo", "Content-Length: 50000000", "Expect: 100-continue", method="POST")
    exchange = test_server.exchange(head)
    assert [response.status for response in exchange.responses] == [413]
    assert exchange.ending == "closed"


@pytest.mark.parametrize("request_bytes, status", [
    (b"GET /cached HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"POST /who HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405),
    (b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc", 415),
    (b"GET /who HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 413),
    (b"GET /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 404),
    (b"GET /who?a=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
    (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 200-maybe\r\n\r\na", 417)])
def test_refusals_have_their_status_and_close(test_server, request_bytes, status):
    exchange = test_server.exchange(request_bytes + get("/cached"))
    assert exchange.status == status
    assert len(exchange.responses) == 1, "nothing behind a refused request may be answered"
    assert exchange.ending == "closed"
    assert exchange.responses[0].header("Connection") == "close"


@pytest.mark.parametrize("method", ["POST", "TRACE", "CONNECT", "BREW", "DELETE"])
def test_other_methods_get_405_with_allow(test_server, method):
    response = test_server.exchange(get("/who", method=method), responses=1).responses[0]
    assert response.status == 405
    if method not in ("CONNECT",):
        assert response.header("Allow") in ("GET, HEAD", "")


def test_a_refusal_that_comes_while_the_body_is_sent_is_not_lost(test_server):
    body = b"x" * 3_000_000
    exchange = test_server.exchange([get("/nowhere", f"Content-Length: {len(body)}", method="POST"), body])
    assert exchange.status == 404


def test_security_headers_are_on_every_answer(test_server):
    for path, status in (("/cached", 200), ("/nowhere", 404), ("/failure", 500), ("/redirect", 302), ("/page", 200)):
        answer = test_server.get(path)
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
        assert answer.headers["Date"].endswith(" GMT")
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_header_value_cannot_split_the_answer(test_server):
    exchange = test_server.exchange(get("/reflect?value=a%0d%0aSet-Cookie:%20x=1"), responses=1)
    assert exchange.status == 200
    assert exchange.responses[0].header("X-Reflected") is None
    assert b"Set-Cookie" not in exchange.data
    assert test_server.get("/reflect?value=fine").headers["X-Reflected"] == "fine"


def test_errors_say_nothing_of_the_inside(test_server):
    answer = test_server.get("/failure")
    assert answer.status_code == 500
    assert sorted(answer.json()) == ["error", "request_id"]
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert "detail-for-the-log-only" not in answer.text
    line = test_server.request_lines(answer)
    assert len(line) == 1 and line[0]["detail"] == "detail-for-the-log-only" and line[0]["error"] == "internal"
    assert test_server.get("/nothing").status_code == 500


@pytest.mark.parametrize("languages, text", [
    ("fr", "Cette page n’existe pas."), ("en", "There is no such page here."), ("de", "There is no such page here."),
    ("en;q=0.5, fr-CA;q=0.8", "Cette page n’existe pas."), ("fr;q=0.1,en", "There is no such page here."),
    ("fr;q=2, en", "There is no such page here."), ("fr;q=inf, en;q=0.1", "There is no such page here."),
    ("fr;q=1e99, en;q=0.1", "There is no such page here.")])
def test_browsers_get_error_pages_in_their_language(test_server, languages, text):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = test_server.get("/nowhere", headers={"Accept": accept, "Accept-Language": languages})
    answer.encoding = "utf-8"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and text in answer.text
    answer = test_server.get("/api/nowhere", headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith("application/json") and "error" in answer.json()


@pytest.mark.parametrize("content_type, body, status", [
    ("application/x-www-form-urlencoded", b"a=1&b=%C3%A9", 200),
    ("application/json", '{"a": "1", "b": "é"}'.encode(), 200),
    ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\n'
     'Content-Disposition: form-data; name="b"\r\n\r\né\r\n--x--\r\n'.encode(), 200),
    ("text/plain", b"a=1", 415), ("application/json", b'{"a": ', 400), ("application/json", b'{"a": "\xff"}', 400),
    ("application/x-www-form-urlencoded", b"a=%00", 400)])
def test_forms_are_read_in_three_ways(test_server, content_type, body, status):
    answer = test_server.post("/form", data=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"a": "1", "b": "é"}


def test_each_request_logs_one_line_without_its_path(test_server):
    answer = test_server.get("/slow/7?token=planted-secret")
    lines = test_server.request_lines(answer)
    assert len(lines) == 1
    assert lines[0]["route"] == "/slow/{ms}" and lines[0]["status"] == 200 and lines[0]["bytes"] > 5
    assert "planted-secret" not in test_server.log()


def test_a_small_body_on_the_loop_is_echoed(test_server):
    exchange = raw_exchange(test_server.port, get("/echo-loop", "Content-Length: 4", method="POST") + b"loop" + get("/who"), responses=2)
    assert exchange.responses[0].body == b"loop" and exchange.responses[1].status == 200


def test_each_pool_has_its_own_limit_for_statements(test_server_factory, database_factory):
    server = test_server_factory({**database_factory().settings(), "database.statement_timeout": "3s",
                                  "database.slow_statement_timeout": "45s"})
    assert server.get("/statement-timeout").text == "3s"
    assert server.get("/statement-timeout-slow").text == "45s"


def test_database_down_is_503_with_retry_after_within_a_second(test_server_factory):
    server = test_server_factory({"database.url": "host=127.0.0.1 port=1 dbname=none user=none"})
    for _ in range(3):
        answer = server.get("/database")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.elapsed.total_seconds() < 1
