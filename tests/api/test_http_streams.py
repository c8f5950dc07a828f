# SPDX-License-Identifier: AGPL-3.0-or-later
"""Server-sent events and WebSockets."""
import base64
import os
import socket
import struct
import time

import pytest

from support.waiting import wait_until
from support.wire import connect, receive

EVENTS = b"GET /stream HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"
WELCOME = b"event: hello\ndata: welcome\n\n"


def handshake(path="/stream", *extra, version="13", key=None):
    key = key or base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
             f"Sec-WebSocket-Key: {key}", f"Sec-WebSocket-Version: {version}", *extra, "", ""]
    return "\r\n".join(lines).encode()


def frame(opcode, payload, final=True, masked=True):
    head = bytes([(0x80 if final else 0) | opcode])
    length = len(payload)
    bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([bit | length])
    elif length < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def frames(data):
    """(opcode, payload) of each whole frame behind the head of the answer."""
    data = data.partition(b"\r\n\r\n")[2]
    found = []
    while len(data) >= 2:
        length, at = data[1] & 127, 2
        if length == 126:
            length, at = struct.unpack(">H", data[2:4])[0], 4
        elif length == 127:
            length, at = struct.unpack(">Q", data[2:10])[0], 10
        if len(data) < at + length:
            break
        found.append((data[0] & 15, data[at:at + length]))
        data = data[at + length:]
    return found


def has_frames(count):
    return lambda data: len(frames(data)) >= count


def close_code(data):
    codes = [struct.unpack(">H", payload[:2])[0] for opcode, payload in frames(data) if opcode == 8 and len(payload) >= 2]
    return codes[0] if codes else None


@pytest.fixture
def web_socket(test_server):
    with connect(test_server.port) as sock:
        sock.sendall(handshake())
        data, _ = receive(sock, 5, until=has_frames(1))
        assert data.startswith(b"HTTP/1.1 101 ") and frames(data) == [(1, b"welcome")]
        yield sock


def ended(server):
    return int(server.get("/streams-ended").text)


@pytest.mark.parametrize("path", [b"/stream", b"/stream-on-loop"])
def test_events_are_sent_as_they_happen(test_server, path):
    with connect(test_server.port) as sock:
        sock.sendall(EVENTS.replace(b"/stream", path))
        data, _ = receive(sock, 5, until=lambda data: WELCOME in data)
        head, _, body = data.partition(b"\r\n\r\n")
        assert b"Content-Type: text/event-stream" in head and b"Content-Length" not in head and body == b":)\n" + WELCOME
        assert int(test_server.post("/publish?times=2", data=b'{"a":1}').text) >= 1
        data, _ = receive(sock, 5, until=lambda data: data.count(b"\n\n") == 2)
        assert data == b'event: update\ndata: {"a":1}\n\n' * 2
        test_server.post("/publish?times=1", data=b"two\nlines")
        data, _ = receive(sock, 5, until=lambda data: data.endswith(b"\n\n"))
        assert data == b"event: update\ndata: two\ndata: lines\n\n"


def test_a_quiet_event_stream_is_kept_alive(test_server_factory):
    server = test_server_factory({"heartbeat_ms": 100})
    with connect(server.port) as sock:
        sock.sendall(EVENTS)
        receive(sock, 5, until=lambda data: data.count(b":thump\n") >= 3)
        data, _ = receive(sock, 5, until=lambda data: b":thump\n" in data)
        assert b":thump\n" in data


def test_the_accept_key_is_that_of_the_rfc(test_server):
    with connect(test_server.port) as sock:
        sock.sendall(handshake("/stream", "Sec-WebSocket-Protocol: one, two", key="dGhlIHNhbXBsZSBub25jZQ=="))
        data, _ = receive(sock, 5, until=has_frames(1))
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in data
    assert b"\r\nSec-WebSocket-Protocol: one\r\n" in data and b"\r\nUpgrade: websocket\r\n" in data


@pytest.mark.parametrize("request_bytes, status", [
    (handshake(version="8"), 426), (handshake(key="short"), 400),
    (handshake().replace(b"keep-alive, Upgrade", b"keep-alive"), 400),
    (handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), 400)])
def test_bad_handshakes_are_refused(test_server, request_bytes, status):
    exchange = test_server.exchange(request_bytes, responses=1)
    assert exchange.status == status
    assert status != 426 or exchange.responses[0].header("Sec-WebSocket-Version") == "13"


@pytest.mark.parametrize("length", [1, 125, 126, 65535, 65536])
def test_texts_of_every_length_come_back(web_socket, length):
    text = b"x" * length
    web_socket.sendall(frame(1, text))
    data, _ = receive(web_socket, 5, until=lambda data: frames(b"\r\n\r\n" + data))
    assert frames(b"\r\n\r\n" + data) == [(1, text)]


def test_frames_sent_with_the_handshake_are_not_lost(test_server):
    with connect(test_server.port) as sock:
        sock.sendall(handshake() + frame(1, b"early"))
        data, _ = receive(sock, 5, until=has_frames(2))
    assert frames(data) == [(1, b"welcome"), (1, b"early")]


def test_pings_are_answered_and_close_is_returned(web_socket):
    web_socket.sendall(frame(9, b"are you there"))
    data, _ = receive(web_socket, 5, until=lambda data: len(data) >= 15)
    assert frames(b"\r\n\r\n" + data) == [(10, b"are you there")]
    web_socket.sendall(frame(8, struct.pack(">H", 1000)))
    data, ending = receive(web_socket, 5)
    assert frames(b"\r\n\r\n" + data) == [(8, struct.pack(">H", 1000))]
    assert ending == "closed"


@pytest.mark.parametrize("bad, code", [
    (frame(1, b"unmasked", masked=False), 1002), (frame(1, b"\xff\xfe"), 1007), (frame(3, b"x"), 1002),
    (frame(9, b"x", final=False), 1002), (frame(1, b"x" * 70000), 1009)])
def test_broken_frames_close_with_their_code(test_server, web_socket, bad, code):
    before = ended(test_server)
    web_socket.sendall(bad)
    data, ending = receive(web_socket, 5)
    assert close_code(b"\r\n\r\n" + data) == code and ending in ("closed", "reset")
    wait_until(lambda: ended(test_server) == before + 1, 5)


def test_a_handler_can_end_its_stream(web_socket):
    web_socket.sendall(frame(1, b"please end"))
    data, ending = receive(web_socket, 5)
    assert close_code(b"\r\n\r\n" + data) == 1001 and ending == "closed"


def test_a_peer_that_answers_no_ping_is_closed(test_server_factory):
    server = test_server_factory({"ping_ms": 150})
    with connect(server.port) as silent, connect(server.port) as alive:
        for sock in (silent, alive):
            sock.sendall(handshake())
        data, ending = b"", "open"
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            part, ending = receive(alive, 0.1)
            data += part
            alive.sendall(frame(10, b""))
            assert ending == "open", "a peer that answers must stay"
        assert any(opcode == 9 for opcode, _ in frames(data))
        assert receive(silent, 5)[1] in ("closed", "reset")


def slow_reader(port, request):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", port))
    sock.sendall(request)
    return sock


@pytest.mark.parametrize("request_bytes", [EVENTS, handshake()])
def test_a_stream_whose_reader_is_too_slow_is_cut(test_server_factory, request_bytes):
    server = test_server_factory()
    with slow_reader(server.port, request_bytes), connect(server.port) as quick:
        quick.sendall(EVENTS)
        receive(quick, 5, until=lambda data: WELCOME in data)
        wait_until(lambda: server.post("/publish?times=0").text == "2", 5)

        def publish():
            server.post("/publish?times=1", data=b"x" * 60000)
            data, ending = receive(quick, 10, until=lambda data: data.endswith(b"x\n\n"))
            assert ending == "enough" and len(data) > 60000, "the others get everything"
            return ended(server) == 1
        wait_until(publish, 30, "the slow reader to be cut off", interval=0)
        assert server.post("/publish?times=0").text == "1"


def test_a_burst_over_the_cap_ends_the_stream(test_server_factory):
    server = test_server_factory()
    with slow_reader(server.port, EVENTS) as sock:
        wait_until(lambda: server.post("/publish?times=0").text == "1", 5)
        server.post("/publish?times=400", data=b"x" * 100000)
        wait_until(lambda: ended(server) == 1, 5)
        with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
            assert "VmRSS" in file.read()
        del sock


@pytest.mark.concurrent
def test_streams_that_come_and_go_all_end_once(test_server_factory):
    server = test_server_factory()
    for _ in range(5):
        socks = [connect(server.port) for _ in range(20)]
        for i, sock in enumerate(socks):
            sock.sendall(handshake() if i % 2 else EVENTS)
        for i, sock in enumerate(socks):
            if i % 3:
                receive(sock, 5, until=lambda data: b"welcome" in data)
        server.post("/publish?times=3", data=b"x" * 1000)
        for sock in socks:
            sock.close()
    wait_until(lambda: server.post("/publish?times=1").text == "0" and ended(server) == 100, 10)


def test_a_handler_that_fails_after_opening_a_stream_answers_its_error(test_server_factory):
    server = test_server_factory()
    assert server.get("/stream-failure").status_code == 403
    wait_until(lambda: ended(server) == 1, 5)


def test_head_of_a_stream_has_no_stream(test_server):
    exchange = test_server.exchange(EVENTS.replace(b"GET", b"HEAD"), responses=1, head=True)
    assert exchange.status == 200 and exchange.rest == b""


@pytest.mark.parametrize("path, extra, status", [
    ("/api/v1/streaming/user", [], 401), ("/api/v1/streaming/user?access_token=token-reader", [], 101),
    ("/api/v1/streaming/user?access_token=token-writer", [], 403),
    ("/api/v1/streaming/user", ["Sec-WebSocket-Protocol: token-reader"], 101),
    ("/api/v1/streaming/user", ["Authorization: Bearer token-reader"], 101),
    ("/api/v1/user?access_token=token-reader", [], 200)])
def test_streams_take_their_token_where_browsers_can_put_it(test_server, path, extra, status):
    with connect(test_server.port) as sock:
        sock.sendall(handshake(path, *extra))
        data, _ = receive(sock, 5, until=lambda data: b"\r\n\r\n" in data)
    assert int(data.split()[1]) == status
    assert "token-reader" not in test_server.log()
