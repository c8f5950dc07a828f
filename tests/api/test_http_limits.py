# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deadlines, caps and rates of the HTTP server, and what clients see of them."""
import socket
import threading
import time

import pytest

from support.waiting import wait_until
from support.wire import connect, raw_exchange, receive, responses_complete

WHO = b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n"


def seconds_until_closed(sock, limit=10):
    began = time.monotonic()
    data, ending = receive(sock, limit)
    assert ending in ("closed", "reset"), f"still open after {limit} s"
    return time.monotonic() - began, data


def trickle(sock, data, interval, stop):
    """Sends byte by byte in the background until the peer closes."""
    def run():
        for i in range(len(data)):
            try:
                sock.send(data[i:i + 1])
            except OSError:
                return
            if stop.wait(interval):
                return
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_head_must_be_complete_by_its_deadline(test_server_factory):
    server = test_server_factory({"http.header_timeout": "500ms", "http.idle_timeout": "30s"})
    stop = threading.Event()
    with connect(server.port) as sock:
        trickle(sock, b"GET /who HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"x" * 1000, 0.05, stop)
        took, data = seconds_until_closed(sock)
        stop.set()
    assert 0.4 < took < 4 and data.startswith(b"HTTP/1.1 408 ")


def test_a_request_must_be_complete_by_its_deadline(test_server_factory):
    server = test_server_factory({"http.request_timeout": "600ms", "http.min_body_rate": 1})
    stop = threading.Event()
    with connect(server.port) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        trickle(sock, b"x" * 900, 0.02, stop)
        took, data = seconds_until_closed(sock)
        stop.set()
    assert 0.4 < took < 4 and data.startswith(b"HTTP/1.1 408 ")


def test_a_body_slower_than_the_rate_is_refused(test_server_factory):
    server = test_server_factory({"http.min_body_rate": 100000, "http.request_timeout": "60s"})
    stop = threading.Event()
    with connect(server.port) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        trickle(sock, b"x" * 90000, 0.05, stop)
        took, data = seconds_until_closed(sock, 20)
        stop.set()
    assert 8 < took < 16 and data.startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_is_closed_silently(test_server_factory):
    server = test_server_factory({"http.idle_timeout": "400ms"})
    with connect(server.port) as fresh, connect(server.port) as used:
        used.sendall(WHO)
        receive(used, 5, until=responses_complete(1))
        assert seconds_until_closed(fresh, 5)[1] == b""
        assert seconds_until_closed(used, 5)[1] == b""


def test_a_reader_that_takes_nothing_is_cut_off(test_server_factory):
    server = test_server_factory({"http.write_timeout": "500ms"})
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(b"GET /large/20000 HTTP/1.1\r\nHost: a\r\n\r\n")
        lines = wait_until(lambda: [line for line in server.log_lines("request") if line["route"] == "/large/{kilobytes}"], 10)
        assert lines[0]["outcome"] == "client_gone" and lines[0]["bytes"] < 20000 * 1024


def test_a_slow_reader_gets_all_of_a_large_answer(test_server):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        sock.connect(("127.0.0.1", test_server.port))
        sock.sendall(b"GET /large/8000 HTTP/1.1\r\nHost: a\r\n\r\n" + WHO)
        data, _ = receive(sock, 30, until=responses_complete(2))
    assert len(data) > 8000 * 1024 and data.count(b"HTTP/1.1 200") == 2


def is_served(port):
    try:
        return raw_exchange(port, WHO, responses=1, seconds=3).status == 200
    except OSError:
        return False


def test_one_address_holds_no_more_than_its_connections(test_server_factory):
    server = test_server_factory({"http.max_connections_per_address": 4})
    held = [connect(server.port) for _ in range(4)]
    for sock in held:
        sock.sendall(WHO)
        receive(sock, 5, until=responses_complete(1))
    exchange = raw_exchange(server.port, WHO)
    assert exchange.status in (503, None) and exchange.is_closed
    with socket.create_connection(("127.0.0.1", server.port), source_address=("127.0.0.2", 0)) as other:
        other.sendall(WHO)
        assert receive(other, 5, until=responses_complete(1))[0].startswith(b"HTTP/1.1 200")
    held.pop().close()
    wait_until(lambda: is_served(server.port), 5)
    for sock in held:
        sock.close()


def test_the_server_holds_no_more_than_its_connections(test_server_factory):
    server = test_server_factory({"http.max_connections": 16})
    held = [connect(server.port) for _ in range(16)]
    for sock in held:
        sock.sendall(WHO)
        receive(sock, 5, until=responses_complete(1))
    exchange = raw_exchange(server.port, WHO)
    assert exchange.status in (503, None) and exchange.is_closed
    for sock in held:
        sock.close()
    wait_until(lambda: is_served(server.port), 5)


def test_running_out_of_descriptors_neither_spins_nor_ends(test_server_factory):
    server = test_server_factory({"http.max_connections_per_address": 5000}, open_files=64)
    held = []
    for _ in range(80):
        try:
            held.append(connect(server.port, seconds=2))
        except OSError:
            break
    wait_until(lambda: server.log_lines("descriptors_exhausted"), 5)
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
        before = sum(map(int, file.read().split()[13:15]))
    end = time.monotonic() + 1
    wait_until(lambda: time.monotonic() > end, what="a second to pass")
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as file:
        assert sum(map(int, file.read().split()[13:15])) - before < 50, "half a second of CPU in a second at rest"
    for sock in held:
        sock.close()
    wait_until(lambda: is_served(server.port), 5)


def test_a_full_queue_answers_503_at_once(test_server_factory):
    server = test_server_factory({"http.api_workers": 1, "http.queue_limit": 1})
    slow = [connect(server.port) for _ in range(6)]
    for sock in slow:
        sock.sendall(b"GET /slow/700 HTTP/1.1\r\nHost: a\r\n\r\n")
    began = time.monotonic()
    answers = [receive(sock, 5, until=responses_complete(1))[0] for sock in slow]
    refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503") and b"\r\nRetry-After: 1\r\n" in answer]
    served = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200")]
    assert len(refused) >= 3 and len(served) >= 1 and len(refused) + len(served) == 6
    assert time.monotonic() - began < 5
    for sock in slow:
        sock.close()


def test_slow_workers_do_not_hold_up_the_others(test_server_factory):
    server = test_server_factory({"http.slow_workers": 1, "http.api_workers": 2})
    with connect(server.port) as first, connect(server.port) as second:
        for sock in (first, second):
            sock.sendall(b"GET /slow-pool/800 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert server.get("/slow/1").elapsed.total_seconds() < 0.6
        assert receive(first, 5, until=responses_complete(1))[0].startswith(b"HTTP/1.1 200")
        assert receive(second, 5, until=responses_complete(1))[0].startswith(b"HTTP/1.1 200")


def test_rate_limits_count_down_and_end_in_429(test_server_factory):
    server = test_server_factory()
    remaining = []
    for _ in range(5):
        answer = server.post("/api/v1/apps", data={"a": "b"})
        assert answer.status_code == 200 and answer.headers["X-RateLimit-Limit"] == "5"
        remaining.append(int(answer.headers["X-RateLimit-Remaining"]))
        assert answer.headers["X-RateLimit-Reset"].endswith("Z")
    assert remaining == [4, 3, 2, 1, 0]
    answer = server.post("/api/v1/apps", data={"a": "b"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["X-RateLimit-Remaining"] == "0" and "error" in answer.json()


def test_over_the_limit_a_body_is_not_read(test_server_factory):
    server = test_server_factory()
    for _ in range(5):
        server.post("/api/v1/apps", data={"a": "b"})
    head = b"POST /api/v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\nExpect: 100-continue\r\n\r\n"
    exchange = server.exchange(head)
    assert [response.status for response in exchange.responses] == [429] and exchange.ending == "closed"


def test_exempt_addresses_are_not_counted(test_server_factory):
    server = test_server_factory({"limits.exempt_addresses": "127.0.0.0/8"})
    for _ in range(8):
        answer = server.post("/api/v1/apps", data={"a": "b"})
        assert answer.status_code == 200 and "X-RateLimit-Limit" not in answer.headers


@pytest.mark.concurrent
def test_many_slow_heads_do_not_hold_up_others(test_server_factory):
    server = test_server_factory({"http.header_timeout": "2s", "http.max_connections_per_address": 2000})
    slow = [connect(server.port) for _ in range(300)]
    for sock in slow:
        sock.sendall(b"GET /who HTTP/1.1\r\nHost:")
    times = []
    for _ in range(50):
        began = time.monotonic()
        assert is_served(server.port)
        times.append(time.monotonic() - began)
    assert sorted(times)[45] < 0.5
    for sock in slow:
        seconds_until_closed(sock, 8)
        sock.close()
