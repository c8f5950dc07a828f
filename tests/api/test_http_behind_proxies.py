# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server behind nginx and HAProxy as deploy/ configures them: nobody gets more answers than requests were seen, on
either side, and what a client says about its own address is not believed."""
import contextlib
import json
import os
import re
import ssl
import time

import pytest

from support.http2 import answer_count, has_ended, http2_request
from support.proxies import HOST, PROXIES
from support.server import REPOSITORY, TestServer, command
from support.waiting import wait_until
from support.wire import raw_exchange, receive, responses_complete, split_responses
from test_http_streams import close_code, frame, frames, has_frames
from test_http_syntax import REFUSED

HOST_LINE = f"Host: {HOST}\r\n".encode()
POST = b"POST /echo HTTP/1.1\r\n" + HOST_LINE
SMUGGLED = b"GET /reflect HTTP/1.1\r\n" + HOST_LINE + b"\r\n"
CHUNK_END = b"0\r\n\r\n"


def coded(coding_line, length=None):
    """A body that ends at its chunks for one reader and at its length for the other."""
    body = CHUNK_END + SMUGGLED
    head = POST + (f"Content-Length: {length if length is not None else len(body)}\r\n".encode())
    return head + coding_line + b"\r\n\r\n" + body


def chunked(chunks):
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


# Tricks that need no second opinion in test_http_syntax, but two readers.
BETWEEN = {
    "length_covers_chunks": coded(b"Transfer-Encoding: chunked"),
    "chunks_cover_length": coded(b"Transfer-Encoding: chunked", 5),
    "coding_space_before_colon": coded(b"Transfer-Encoding : chunked"),
    "coding_tab_after_colon": coded(b"Transfer-Encoding:\tchunked"),
    "coding_vertical_tab": coded(b"Transfer-Encoding: \x0bchunked"),
    "coding_quoted": coded(b'Transfer-Encoding: "chunked"'),
    "coding_misspelt": coded(b"Transfer-Encoding: xchunked"),
    "coding_upper_case": coded(b"TRANSFER-ENCODING: CHUNKED"),
    "coding_underscore": coded(b"Transfer_Encoding: chunked"),
    "coding_twice": coded(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    "coding_list": coded(b"Transfer-Encoding: identity, chunked"),
    "coding_folded": coded(b"Transfer-Encoding:\r\n chunked"),
    "coding_after_fold": coded(b"X: y\r\n Transfer-Encoding: chunked"),
    "coding_behind_bare_lf": coded(b"X: y\nTransfer-Encoding: chunked"),
    "coding_behind_bare_cr": coded(b"X: y\rTransfer-Encoding: chunked"),
    "coding_behind_nul": coded(b"X: y\0Transfer-Encoding: chunked"),
    "coding_taken_away": coded(b"Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding"),
    "length_taken_away": POST + b"Connection: Content-Length\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "length_underscore": POST + b"Content_Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "length_plus": POST + b"Content-Length: +%d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "length_octal": POST + b"Content-Length: 0%d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "length_overflows": POST + b"Content-Length: 18446744073709551616\r\n\r\n" + SMUGGLED,
    "two_lengths_first_short": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "two_lengths_last_short": POST + b"Content-Length: %d\r\nContent-Length: 0\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "get_with_body": b"GET /page HTTP/1.1\r\n" + HOST_LINE + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "head_with_body": b"HEAD /page HTTP/1.1\r\n" + HOST_LINE + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "continue_with_body": POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "upgrade_to_h2c": POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "upgrade_of_a_page": b"GET /page HTTP/1.1\r\n" + HOST_LINE + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
                         b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "chunk_size_overflows": chunked(b"10000000000000000\r\n" + SMUGGLED),
    "chunk_size_spaces": chunked(b"0 \r\n\r\n" + SMUGGLED),
    "chunk_ends_by_lf": chunked(b"1\na\n0\n\n" + SMUGGLED),
    "chunk_extension": chunked(b"0;a=\"\r\n\r\n" + SMUGGLED),
    "chunk_extension_lf": chunked(b"1;\n" + b"a\r\n" + CHUNK_END + SMUGGLED),
    "trailer_sets_length": chunked(b"0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED),
    "http_0_9": b"GET /page\r\n" + SMUGGLED,
    "http_1_0_chunked": b"POST /echo HTTP/1.0\r\n" + HOST_LINE + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK_END + SMUGGLED,
    "space_in_path": b"GET /page HTTP/1.1 HTTP/1.1\r\n" + HOST_LINE + b"\r\n" + SMUGGLED,
    "crlf_in_path": b"GET /page%0d%0aHost:%20x%0d%0a%0d%0aGET%20/reflect HTTP/1.1\r\n" + HOST_LINE + b"\r\n" + SMUGGLED,
}
TRICKS = {**BETWEEN, **{name: data.replace(b"Host: a.test\r\n", HOST_LINE) + SMUGGLED for name, (data, _) in REFUSED.items()}}


class Front:
    """A proxy, the server behind it, and what both saw."""

    def __init__(self, kind, settings):
        self.server = TestServer(settings=settings)
        self.proxy = None
        self.kind = kind

    def start(self):
        self.server.start()
        self.proxy = PROXIES[self.kind](self.server.port)
        self.proxy.start()
        wait_until(lambda: self.handled() and len(self.handled()) == len(self.proxy.seen()), 5, "the first request to be logged")
        return self

    def remove(self):
        try:
            if self.proxy:
                self.proxy.remove()
        finally:
            self.server.remove()

    def handled(self):
        """The requests that the server logged, without the probes of HAProxy."""
        return [line for line in self.server.log_lines("request") if line["route"] != "/ready"]

    def exchange(self, data, source="127.0.0.1"):
        """All that comes back until the proxy closes."""
        with self.proxy.connect(source) as sock:
            sock.sendall(data)
            return receive(sock, 5)[0]

    def play(self, data, is_answered):
        """All that comes back from a trick: an answer if one comes at all, and what follows it within a moment, or for
        as long as the server has answered more than has arrived."""
        before = len(self.handled())
        received = b""
        try:
            with self.proxy.connect() as sock:
                sock.sendall(data)
                received, ending = receive(sock, 1.5, lambda data: is_answered(data, 1))
                deadline = time.monotonic() + 5
                while ending == "enough" and time.monotonic() < deadline:
                    part, ending = receive(sock, 0.25)
                    received += part
                    done = [line for line in self.handled()[before:] if line["outcome"] == "done"]
                    ending = "enough" if ending == "open" and not is_answered(received, len(done)) else ending
        except ssl.SSLError:
            pass  # the proxy has had enough
        return received

    def request(self, method, path, *headers, body=b"", source="127.0.0.1"):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        data = self.exchange("\r\n".join([*lines, "", ""]).encode() + body, source=source)
        responses, rest = split_responses(data, head=method == "HEAD")
        assert len(responses) == 1 and not rest, data
        return responses[0]


@pytest.fixture(scope="module", params=PROXIES)
def front(request):
    made = Front(request.param, {"http.trusted_proxies": "127.0.0.1", "heartbeat_ms": 300})
    try:
        yield made.start()
    finally:
        made.remove()


@pytest.fixture(params=PROXIES)
def front_factory(request):
    made = []

    def make(settings):
        made.append(Front(request.param, settings))
        return made[-1].start()
    yield make
    for one in made:
        one.remove()


def count_answers(name, data):
    """(all, those that our server wrote); HTTP/0.9 knows no head."""
    if name == "http_0_9" and data and not data.startswith(b"HTTP/1."):
        return 1, 1
    responses = [response for response in split_responses(data, head=name.startswith("head"))[0] if response.status >= 200]
    return len(responses), len([response for response in responses if response.header("X-Request-Id")])


@pytest.mark.parametrize("name", TRICKS)
def test_both_sides_see_as_many_requests_as_the_client_gets_answers(front, name):
    proxied, handled = len(front.proxy.seen()), len(front.handled())
    data = front.play(TRICKS[name], lambda data, count: count_answers(name, data)[0] >= count)
    answered, ours = count_answers(name, data)
    for number in range(2):  # those who come after it get what they asked for
        body = f"{name} {number}".encode()
        assert front.request("POST", "/echo", body=body).body == body

    def new():
        return front.handled()[handled:], front.proxy.seen()[proxied:]

    def agree():
        lines, seen = new()
        return len(lines) == len([status for status, is_forwarded in seen if is_forwarded]) >= ours + 2 and len(seen) >= answered + 2
    with contextlib.suppress(AssertionError):  # the assertions below say what is wrong
        wait_until(agree, 5)
    lines, seen = new()
    what = (data, seen, [(line["route"], line["status"], line["outcome"]) for line in lines])
    assert len(lines) == len([status for status, is_forwarded in seen if is_forwarded]), what
    # A request whose end never came is seen on both sides and answered by none.
    assert ours == len([line for line in lines if line["outcome"] == "done"]) - 2, what
    # What the proxy read as two requests is two; nobody else may have seen the second.
    assert ("/reflect" in {line["route"] for line in lines}) == (len(seen) == 4), what


def fields(*extra, method=b"POST", path=b"/echo", authority=HOST.encode()):
    return [(b":method", method), (b":scheme", b"https"), (b":authority", authority), (b":path", path), *extra]


INJECTED = b"a\r\nTransfer-Encoding: chunked"
# Requests in HTTP/2 whose frames say where they end, and whose fields say otherwise once they are HTTP/1.1.
DOWNGRADES = {
    "honest": (fields((b"content-length", b"2")), b"hi"),
    "length_of_nothing": (fields((b"content-length", b"0")), SMUGGLED),
    "length_too_short": (fields((b"content-length", b"5")), b"hello" + SMUGGLED),
    "length_too_long": (fields((b"content-length", b"500")), b"hello"),
    "two_lengths": (fields((b"content-length", b"0"), (b"content-length", b"%d" % len(SMUGGLED))), SMUGGLED),
    "coding": (fields((b"transfer-encoding", b"chunked")), CHUNK_END + SMUGGLED),
    "coding_and_length": (fields((b"transfer-encoding", b"chunked"), (b"content-length", b"47")), CHUNK_END + SMUGGLED),
    "connection": (fields((b"connection", b"content-length"), (b"content-length", b"47")), SMUGGLED),
    "crlf_in_value": (fields((b"x", INJECTED)), CHUNK_END + SMUGGLED),
    "lf_in_value": (fields((b"x", b"a\nTransfer-Encoding: chunked")), CHUNK_END + SMUGGLED),
    "nul_in_value": (fields((b"x", b"a\0b")), b""),
    "crlf_in_name": (fields((b"x: a\r\ntransfer-encoding", b"chunked")), CHUNK_END + SMUGGLED),
    "colon_in_name": (fields((b"transfer-encoding:", b"chunked")), CHUNK_END + SMUGGLED),
    "space_in_name": (fields((b"transfer-encoding ", b"chunked")), CHUNK_END + SMUGGLED),
    "upper_case_name": (fields((b"Transfer-Encoding", b"chunked")), CHUNK_END + SMUGGLED),
    "crlf_in_path": (fields(path=b"/page HTTP/1.1\r\nHost: a\r\n\r\nGET /reflect", method=b"GET"), None),
    "space_in_path": (fields(path=b"/page HTTP/1.1 /reflect", method=b"GET"), None),
    "space_in_method": (fields(method=b"GET /reflect HTTP/1.1\r\nHost: a\r\n\r\nGET"), None),
    "crlf_in_authority": (fields(authority=HOST.encode() + b"\r\n\r\nGET /reflect HTTP/1.1\r\nHost: a", method=b"GET"), None),
    "two_paths": (fields((b":path", b"/reflect"), path=b"/page", method=b"GET"), None),
    "field_before_path": ([(b"x", b"y"), *fields(path=b"/page", method=b"GET")], None),
    "absolute_path": (fields(path=b"http://evil.test/page", method=b"GET"), None),
    "upgrade": (fields((b"upgrade", b"websocket"), (b"connection", b"upgrade"), path=b"/page", method=b"GET"), None),
    "get_with_body": (fields(path=b"/page", method=b"GET"), SMUGGLED),
}


@pytest.mark.parametrize("name", DOWNGRADES)
def test_nothing_is_smuggled_through_http_2(front, name):
    proxied, handled = len(front.proxy.seen()), len(front.handled())
    with front.proxy.connect(protocol="h2") as sock:
        sock.sendall(http2_request(*DOWNGRADES[name]))
        data, _ = receive(sock, 2, until=has_ended)
    assert answer_count(data) == 1 if name == "honest" else answer_count(data) <= 1
    for number in range(2):
        body = f"{name} {number}".encode()
        assert front.request("POST", "/echo", body=body).body == body

    def agree():
        lines, seen = front.handled()[handled:], front.proxy.seen()[proxied:]
        return len(lines) == len([status for status, is_forwarded in seen if is_forwarded])
    wait_until(agree, 5, "both sides to have seen as many requests")
    lines = front.handled()[handled:]
    assert len(lines) <= 3 and "/reflect" not in {line["route"] for line in lines}
    assert len(lines) == 3 or name != "honest"


def test_a_client_is_not_believed_about_itself(front):
    forged = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http", "X-Request-Id: forged", "X-Forwarded-Host: evil.test",
              "X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.9;proto=http")
    response = front.request("GET", "/who", *forged, source="127.0.0.2")
    seen = json.loads(response.body)
    assert seen["address"] == "127.0.0.2" and seen["https"] is True
    assert seen["id"] != "forged" and response.header("X-Request-Id") == seen["id"]
    assert [value for name, value in response.headers if name.lower() == "strict-transport-security"] == ["max-age=63072000"]


@pytest.mark.parametrize("trusted", ["", "10.0.0.1"])
def test_a_proxy_that_is_not_named_is_not_believed(front_factory, trusted):
    front = front_factory({"http.trusted_proxies": trusted} if trusted else {})
    seen = json.loads(front.request("GET", "/who", source="127.0.0.2").body)
    assert seen["address"] == "127.0.0.1" and seen["https"] is False


def peers_of(port):
    """Remote ports of the established connections to a loopback port."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return {row[2].split(":")[1] for row in rows if row[1] == f"0100007F:{port:04X}" and row[3] == "01"}


def test_connections_to_the_server_are_used_again(front):
    request = b"GET /who HTTP/1.1\r\n" + HOST_LINE + b"\r\n"
    used = set()
    with front.proxy.connect() as sock:
        before = peers_of(front.server.port)
        for _ in range(20):
            sock.sendall(request)
            assert receive(sock, 5, responses_complete(1))[0].startswith(b"HTTP/1.1 200")
            used |= peers_of(front.server.port)
    assert used and len(used - before) <= 2


STREAM = "GET /api/v1/streaming/user HTTP/1.1\r\nHost: " + HOST + "\r\n"


def test_events_come_through_at_once_and_a_client_that_leaves_is_noticed(front):
    ended = int(front.server.get("/streams-ended").text)
    with front.proxy.connect() as sock:
        sock.sendall((STREAM + "Accept: text/event-stream\r\nAuthorization: Bearer token-reader\r\n\r\n").encode())
        data, _ = receive(sock, 5, lambda data: b"data: welcome" in data)
        assert data.startswith(b"HTTP/1.1 200") and b"data: welcome" in data
        for number in range(3):
            assert front.server.post("/publish?times=1", data=f"event-{number}").text == "1"
            wanted = b"data: event-%d" % number
            assert wanted in receive(sock, 5, lambda data, wanted=wanted: wanted in data)[0]
    wait_until(lambda: int(front.server.get("/streams-ended").text) == ended + 1, 10, "the stream to end")


def test_a_web_socket_comes_through_in_both_directions(front):
    with front.proxy.connect() as sock:
        sock.sendall((STREAM + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: token-reader\r\n\r\n").encode())
        head, _ = receive(sock, 5, has_frames(1))
        assert head.startswith(b"HTTP/1.1 101") and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        assert b"welcome" in frames(head)[0][1]
        sock.sendall(frame(1, b"said by the client"))
        data, _ = receive(sock, 5, lambda data: has_frames(1)(b"\r\n\r\n" + data))
        assert b"said by the client" in frames(b"\r\n\r\n" + data)[0][1]
        sock.sendall(frame(8, b"\x03\xe8"))
        data, ending = receive(sock, 5)
        assert close_code(b"\r\n\r\n" + data) == 1000 and ending == "closed"


def test_plain_http_is_sent_to_the_host_of_the_configuration(front):
    for path in ("/@someone?a=b", "/a%0d%0aSet-Cookie:%20x=1"):
        exchange = raw_exchange(front.proxy.plain_port, f"GET {path} HTTP/1.1\r\nHost: evil.test\r\n\r\n".encode(), responses=1)
        assert exchange.status == 301
        assert exchange.responses[0].header("Location") == f"https://{HOST}{path}"
        assert exchange.responses[0].header("Set-Cookie") is None


@pytest.mark.parametrize("method, path, status, length", [
    ("GET", "/large/3000", 200, 3000 * 1024), ("HEAD", "/large/300", 200, 0), ("GET", "/nowhere", 404, None),
    ("GET", "/failure", 500, None)])
def test_answers_come_through_whole(front, method, path, status, length):
    response = front.request(method, path)
    assert response.status == status and response.header("X-Request-Id")
    assert length is None or len(response.body) == length


def test_nginx_gives_up_an_idle_connection_before_the_server_does():
    """Else it may send a request on a connection that is being closed, and the client gets a 502."""
    with open(os.path.join(REPOSITORY, "deploy", "nginx.conf.sample"), encoding="utf-8") as file:
        upstream = re.search(r"upstream comptoir \{(.*?)\}", file.read(), re.S).group(1)
    printed = command("config", "--defaults").stdout
    ours = re.search(r"^;? ?idle_timeout = (\d+)s$", printed, re.M)
    theirs = re.search(r"keepalive_timeout (\d+)s;", upstream)
    assert theirs and int(theirs.group(1)) < int(ours.group(1))
