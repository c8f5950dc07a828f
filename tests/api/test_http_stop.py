# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIGTERM and clients that leave: nothing is lost, nothing is used after it was freed. The build under test is
sanitised; the fixture looks at its log when the server has ended."""
import random
import socket
import struct
import time

import pytest

from support.waiting import wait_until
from support.wire import connect, raw_exchange, receive, responses_complete

WHO = b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n"


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def accepts(port):
    try:
        connect(port, seconds=1).close()
    except OSError:
        return False
    return True


def test_requests_under_way_are_finished_at_sigterm(test_server_factory):
    server = test_server_factory()
    with connect(server.port) as working, connect(server.port) as idle, connect(server.port) as half:
        idle.sendall(WHO)
        receive(idle, 5, until=responses_complete(1))
        half.sendall(WHO[:20])
        working.sendall(b"GET /slow/800 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: server.get("/who").status_code == 200)
        server.terminate()
        assert receive(idle, 5) == (b"", "closed"), "an idle connection is closed at once"
        wait_until(lambda: not accepts(server.port), 5, "the listeners to close")
        half.sendall(WHO[20:])
        data, ending = receive(half, 5)
        assert data.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in data and ending == "closed"
        data, ending = receive(working, 5)
        assert data.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in data and ending == "closed"
    assert server.wait(10) == 0


def test_streams_are_told_of_the_restart(test_server_factory):
    server = test_server_factory()
    key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    with connect(server.port) as events, connect(server.port) as web_socket:
        events.sendall(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        web_socket.sendall(f"GET /stream HTTP/1.1\r\nHost: a\r\n{key}\r\n\r\n".encode())
        for sock in (events, web_socket):
            receive(sock, 5, until=lambda data: b"welcome" in data)
        server.terminate()
        data, ending = receive(events, 5)
        assert data == b"event: end\ndata: {}\n\n" and ending == "closed"
        data, ending = receive(web_socket, 5)
        assert data == bytes([0x88, 2]) + struct.pack(">H", 1012) and ending == "closed"
    assert server.wait(10) == 0


def test_the_drain_ends_at_its_timeout(test_server_factory):
    server = test_server_factory({"http.drain_timeout": "300ms"})
    with connect(server.port) as sock:
        sock.sendall(b"GET /slow/1500 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: server.get("/who").status_code == 200)
        began = time.monotonic()
        server.terminate()
        data, ending = receive(sock, 5)
        assert data == b"" and ending in ("closed", "reset") and time.monotonic() - began < 1.2
    assert server.wait(10) == 0
    assert server.log_lines("drain_timeout")


def is_silent(port):
    with connect(port) as sock:
        sock.sendall(WHO)
        return receive(sock, 0.1)[0] == b""


@pytest.mark.concurrent
def test_a_loop_that_is_late_finds_its_workers_still_there(test_server_factory):
    """The drain is over while a loop is busy; what it reads before it hears of that still goes to a worker."""
    server = test_server_factory({"http.drain_timeout": "0s", "http.loops": "1"})
    with connect(server.port) as sock:
        sock.sendall(b"GET /slow-loop/1500 HTTP/1.1\r\nHost: a\r\n\r\nGET /slow/10 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: is_silent(server.port), 5, "the loop to be busy")
        server.terminate()
        assert receive(sock, 5)[1] in ("closed", "reset")
    assert server.wait(10) == 0


@pytest.mark.concurrent
def test_a_restart_under_load_loses_no_answer(test_server_factory):
    """A request may find the connection closed, but never be answered by half or by an error."""
    for _ in range(3):
        server = test_server_factory({"http.api_workers": 4})
        socks = [connect(server.port) for _ in range(40)]
        for sock in socks:
            sock.sendall(b"GET /slow/150 HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        receive(socks[0], 5, until=responses_complete(1))
        server.terminate()
        for sock in socks[1:]:
            data, ending = receive(sock, 15)
            assert ending == "closed" and data.startswith(b"HTTP/1.1 200 "), (ending, data[:80])
            sock.close()
        assert server.wait(15) == 0


@pytest.mark.parametrize("leave", [socket.socket.close, reset])
def test_clients_may_leave_at_every_moment(test_server_factory, leave):
    server = test_server_factory()
    whole = [b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789",
             b"GET /slow/30 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /large/3000 HTTP/1.1\r\nHost: a\r\n\r\n",
             b"GET /cached HTTP/1.1\r\nHost: a\r\n\r\n" * 3, b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"]
    for request in whole:
        for length in sorted({*range(0, len(request), 7), len(request) - 1, len(request)}):
            sock = connect(server.port)
            sock.sendall(request[:length])
            leave(sock)
    sent = [b"GET /slow/20 HTTP/1.1\r\nHost: a\r\n\r\nGET /large/2000 HTTP/1.1\r\nHost: a\r\n\r\n", whole[2], whole[4]]
    for i in range(60):
        sock = connect(server.port)
        sock.sendall(sent[i % 3])
        receive(sock, 5, until=lambda data: len(data) > random.randint(0, 200000) or i % 3 == 2)
        leave(sock)
    assert raw_exchange(server.port, WHO, responses=1).status == 200
    wait_until(lambda: server.post("/publish?times=1").text == "0", 10)


def test_a_client_that_leaves_while_its_handler_runs_is_logged_so(test_server_factory):
    server = test_server_factory()
    for _ in range(10):
        sock = connect(server.port)
        sock.sendall(b"GET /slow/100 HTTP/1.1\r\nHost: a\r\n\r\n")
        reset(sock)
    lines = wait_until(lambda: [line for line in server.log_lines("request") if line["route"] == "/slow/{ms}"][9:] and
                       server.log_lines("request"), 10)
    assert {line["outcome"] for line in lines} <= {"client_gone", "done"} and "client_gone" in {line["outcome"] for line in lines}


def test_a_client_that_shuts_its_side_still_gets_its_answer(test_server):
    exchange = raw_exchange(test_server.port, b"GET /slow/200 HTTP/1.1\r\nHost: a\r\n\r\n", half_close=True)
    assert exchange.status == 200 and exchange.ending == "closed"


def test_a_port_in_use_is_named(test_server, test_server_factory):
    with pytest.raises(AssertionError, match="Address already in use"):
        test_server_factory({"http.listen": f"127.0.0.1:{test_server.port}"})
