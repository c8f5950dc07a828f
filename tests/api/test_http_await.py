# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests that await a document: no worker waits with them, and nothing is left of those that end before it comes."""
import concurrent.futures
import time

import pytest

from support.waiting import wait_until
from support.wire import connect, receive, responses_complete


def ask(server, milliseconds, times=1, body=b"x" * 100):
    return server.post(f"/await/{milliseconds}/{times}", data=body, timeout=30)


def awaiting(port, milliseconds):
    sock = connect(port)
    sock.sendall(f"POST /await/{milliseconds}/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    return sock


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_handler_runs_again_with_what_it_asked_for(test_server, times):
    answer = ask(test_server, 20, times)
    assert answer.status_code == 200
    assert answer.json() == {"awaited": times, "has_document": True, "url": "https://slow.test/20", "body_bytes": 100}


def test_one_connection_goes_on_after_it(test_server):
    with connect(test_server.port) as sock:
        sock.sendall(b"POST /await/50/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET /who HTTP/1.1\r\nHost: a\r\n\r\n")
        data, _ = receive(sock, 10, until=responses_complete(2))
    assert data.count(b"HTTP/1.1 200 ") == 2 and data.index(b"has_document") < data.rindex(b"HTTP/1.1 200 ")


@pytest.mark.concurrent
def test_any_number_of_them_holds_no_worker(test_server_factory):
    server = test_server_factory(settings={"http.api_workers": "1"})
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(ask, server, 1500) for _ in range(40)]
        assert server.post("/echo", data=b"quick", timeout=1.4).content == b"quick"
        assert not any(one.done() for one in waiting)
        assert {one.result().status_code for one in waiting} == {200}


def test_what_takes_too_long_is_answered_503(test_server_factory):
    server = test_server_factory(settings={"await_ms": "200"})
    begin = time.monotonic()
    answer = ask(server, 3000)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
    assert time.monotonic() - begin < 2.9
    with connect(server.port) as sock:  # the connection is as good as any
        sock.sendall(b"POST /await/2000/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}POST /await/1/1 HTTP/1.1\r\n"
                     b"Host: a\r\nContent-Length: 2\r\n\r\n{}")
        data, _ = receive(sock, 10, until=responses_complete(2))
    assert data.startswith(b"HTTP/1.1 503 ") and b"HTTP/1.1 200 " in data


def test_who_leaves_meanwhile_leaves_nothing_behind(test_server_factory):
    server = test_server_factory()
    for _ in range(20):
        awaiting(server.port, 200).close()
    wait_until(lambda: len([line for line in server.log_lines("request") if line["route"] == "/await/{ms}/{times}"]) == 20,
               10, "all of them to end")
    assert ask(server, 1).status_code == 200


@pytest.mark.concurrent
def test_a_server_that_stops_does_not_wait_for_documents(test_server_factory):
    server = test_server_factory(settings={"http.drain_timeout": "20s"})
    with awaiting(server.port, 30000) as first, awaiting(server.port, 30000) as second:
        wait_until(lambda: server.get("/who").status_code == 200)
        ask(server, 1)  # by now both are with the fetcher
        awaiting(server.port, 30000).close()
        server.terminate()
        for sock in (first, second):
            data, ending = receive(sock, 10)
            assert data.startswith(b"HTTP/1.1 503 ") and ending == "closed"
    assert server.wait(10) == 0


def test_only_so_many_wait_at_a_time(test_server_factory):
    server = test_server_factory(settings={"http.loops": "1", "http.max_connections_per_address": "5000"})
    waiting = [awaiting(server.port, 30000) for _ in range(1024)]
    try:
        def is_full():
            return ask(server, 0).status_code == 503
        wait_until(is_full, 20, "the wait to be refused")
        assert server.get("/who").status_code == 200
    finally:
        for sock in waiting:
            sock.close()
