# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP on a raw socket, as nobody well-behaved writes it: each trick has its one answer, the connection is closed,
and what was smuggled behind it is never answered."""
import socket
import time

import pytest

HOST = b"Host: a.test\r\n"
GET = b"GET /who HTTP/1.1\r\n" + HOST
POST = b"POST /echo HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /reflect HTTP/1.1\r\nHost: smuggled.test\r\n\r\n"


def exchange(port, data, seconds=10):
    """Everything that comes until the server closes; the sending side stays open, so that the end is its own."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(data)
        try:
            while True:
                part = connection.recv(65536)
                if not part:
                    return answer
                answer += part
        except ConnectionResetError:
            return answer


def status_of(answer):
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer[9:12])


REFUSED = {
    "length_and_chunked": (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two_lengths": (POST + b"Content-Length: 0\r\nContent-Length: 4\r\n\r\n", 400),
    "list_of_lengths": (POST + b"Content-Length: 0, 0\r\n\r\n", 400),
    "signed_length": (POST + b"Content-Length: +3\r\n\r\nabc", 400),
    "negative_length": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "space_before_colon": (POST + b"Content-Length : 3\r\n\r\nabc", 400),
    "space_in_name": (POST + b"Content Length: 3\r\n\r\nabc", 400),
    "chunk_prefix": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", 400),
    "chunk_too_long": (CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", 400),
    "two_codings": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "unknown_coding": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "chunked_in_1_0": (b"POST /echo HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "bare_lf": (b"GET /who HTTP/1.1\n" + HOST + b"\n", 400),
    "bare_cr": (GET + b"X: a\rb\r\n\r\n", 400),
    "obs_fold": (GET + b"X: a\r\n b\r\n\r\n", 400),
    "nul": (GET + b"X: a\0b\r\n\r\n", 400),
    "not_utf8": (GET + b"X: \xff\r\n\r\n", 400),
    "no_host": (b"GET /who HTTP/1.1\r\n\r\n", 400),
    "two_hosts": (GET + b"Host: b.test\r\n\r\n", 400),
    "userinfo_in_host": (b"GET /who HTTP/1.1\r\nHost: u@a.test\r\n\r\n", 400),
    "absolute_to_another": (b"GET http://b.test/who HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "dot_segments": (b"GET /a/%2e%2e/who HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "empty_segment": (b"GET //who HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "hidden_slash": (b"GET /who%2fx HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "hidden_nul": (b"GET /who%00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "backslash": (b"GET /a\\who HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "overlong": (b"GET /%c0%afwho HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    "http_2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "long_method": (b"A" * 33 + b" /who HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    "long_line": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "large_headers": (GET + b"X: " + b"a" * 33000 + b"\r\n\r\n", 431),
    "many_headers": (GET + b"X: a\r\n" * 101 + b"\r\n", 431),
    "large_body": (POST + b"Content-Length: 99999999\r\n\r\n", 413),
    "large_chunk": (CHUNKED + b"ffffffff\r\n", 413),
    "other_expectation": (POST + b"Content-Length: 1\r\nExpect: x\r\n\r\na", 417),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_trick_has_its_answer_and_nothing_follows(test_server, name):
    data, status = REFUSED[name]
    answer = exchange(test_server.port, data + SMUGGLED)
    assert status_of(answer) == status
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"smuggled" not in answer
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize("method, path, status", [
    (b"GET", b"/nowhere", 404), (b"TRACE", b"/who", 405), (b"CONNECT", b"a.test:443", 405), (b"DELETE", b"/who", 405),
    (b"BREW", b"/who", 405)])
def test_what_is_well_formed_is_judged_by_its_route(test_server, method, path, status):
    answer = exchange(test_server.port, method + b" " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert status_of(answer) == status


def test_a_request_that_stops_is_answered_408_at_its_deadline(test_server_factory):
    server = test_server_factory(settings={"http.header_timeout": "500ms"})
    began = time.monotonic()
    answer = exchange(server.port, b"GET /who HTTP/1.1\r\nHos")
    assert status_of(answer) == 408
    assert 0.4 < time.monotonic() - began < 5


def test_the_server_goes_on_after_all_of_it(test_server):
    answer = exchange(test_server.port, GET + b"Connection: close\r\n\r\n")
    assert status_of(answer) == 200
