# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server is killed, told to stop, or short of descriptors."""
import json
import os
import socket
import threading
import time

import pytest

from support.load import Load
from support.metrics import process_cpu_seconds, process_open_files
from support.server import Server
from support.waiting import wait_until
from support.wire import connect, raw_exchange, receive, responses_complete

READY_SECONDS = 2.0


def webfinger(server, name):
    return f"/.well-known/webfinger?resource=acct:{name}@127.0.0.1:{server.port}"


@pytest.mark.limit(120)
def test_a_killed_server_is_ready_again_in_two_seconds_without_any_manual_step(server_factory):
    server = server_factory()
    server.create_account("alice")
    for _ in range(5):
        with Load(server.port, [webfinger(server, "alice"), "/api/v2/instance"], threads=2) as load:
            wait_until(lambda: load.count() >= 20, 10, "some answers")
            server.kill()
        seconds = server.start()
        assert seconds <= READY_SECONDS
        assert server.get(webfinger(server, "alice")).status_code == 200


@pytest.mark.limit(180)
def test_a_killed_server_with_its_own_cluster_is_ready_again_in_two_seconds():
    server = Server(settings={"database.url": ""})
    try:
        server.command("db", "init")
        server.start()
        server.create_account("alice")
        for _ in range(3):
            server.kill()
            assert server.start() <= READY_SECONDS
            assert server.get(webfinger(server, "alice")).status_code == 200
        server.stop()
        pid_files = [os.path.join(folder, "postmaster.pid") for folder, _, names in os.walk(server.directory)
                     if "postmaster.pid" in names]
        assert pid_files == [], "the cluster outlived the server that was told to stop"
    finally:
        server.remove()


@pytest.mark.limit(90)
def test_requests_under_way_are_answered_after_sigterm(server_factory):
    server = server_factory(settings={"http.drain_timeout": "20s"})
    server.create_account("alice")
    connection = server.database.connect("superuser")
    cursor = connection.cursor()
    cursor.execute("lock table actors in access exclusive mode")
    sockets = []
    try:
        for _ in range(3):
            sock = connect(server.port)
            sock.sendall(f"GET {webfinger(server, 'alice')} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
            sockets.append(sock)
        waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        wait_until(lambda: server.database.value(waiting) >= 1, 10, "a request to wait for the lock")
        server.terminate()
        wait_until(lambda: refuses(server.port), 10, "the listener to close")
        assert server.is_running()
        connection.rollback()
        for sock in sockets:
            data, _ = receive(sock, 15, responses_complete(1))
            assert data.startswith(b"HTTP/1.1 200 "), data[:200]
            assert b"alice" in data
        assert server.wait(15) == 0
    finally:
        connection.close()
        for sock in sockets:
            sock.close()


def refuses(port):
    try:
        connect(port, seconds=1).close()
        return False
    except OSError:
        return True


@pytest.mark.limit(120)
def test_sigterm_under_load_fails_no_request_that_was_taken(server_factory):
    for _ in range(3):
        server = server_factory()
        server.create_account("alice")
        with Load(server.port, [webfinger(server, "alice"), "/api/v2/instance"], threads=6, pause=0) as load:
            wait_until(lambda: load.count() >= 200, 20, "some answers")
            server.terminate()
            assert server.wait(15) == 0
        answers = load.all()
        # A kept connection may be closed between two requests, and after the listener has closed nobody is taken.
        failed = [answer for answer in answers
                  if answer.status != 200 and not (answer.status is None and (
                      answer.is_reused and answer.error in ("RemoteDisconnected", "ConnectionResetError", "BrokenPipeError")
                      or answer.error == "ConnectionRefusedError"))]
        assert not failed, failed[:5]
        assert sum(1 for answer in answers if answer.status == 200) >= 200


@pytest.mark.limit(90)
def test_no_descriptors_left_neither_spins_nor_outlasts_the_shortage(server_factory):
    server = server_factory(open_files=96, settings={"http.idle_timeout": "60s"})
    sockets = []
    try:
        for _ in range(150):  # more than it can take: the rest waits in the backlog
            sock = socket.socket()
            sock.settimeout(2)
            sock.connect(("127.0.0.1", server.port))
            sockets.append(sock)
        wait_until(lambda: process_open_files(server.pid) >= 90, 10, "the descriptors to run out")
        begin, used = time.monotonic(), process_cpu_seconds(server.pid)
        wait_until(lambda: time.monotonic() - begin >= 2, 5, "two seconds to measure")
        share = (process_cpu_seconds(server.pid) - used) / (time.monotonic() - begin)
        assert share < 0.2, f"the server spins: {share:.0%} of a core"
        assert server.is_running()
    finally:
        for sock in sockets:
            sock.close()
    wait_until(lambda: answers(server), 5, "an answer after the shortage")


def answers(server):
    try:
        return server.get("/health", timeout=1).status_code == 200
    except OSError:
        return False


@pytest.mark.limit(90)
def test_slow_heads_are_closed_at_their_deadline_while_others_are_served(server_factory):
    server = server_factory(settings={"http.header_timeout": "1s"})
    lifetimes, stopping = [], threading.Event()
    head = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 4000

    def trickle():
        sock = connect(server.port)
        begin = time.monotonic()
        sock.settimeout(0.1)
        try:
            for byte in head:
                if stopping.is_set() or time.monotonic() - begin > 10:
                    break
                sock.sendall(bytes([byte]))
                try:
                    if not sock.recv(1000):
                        break
                except socket.timeout:
                    continue
        except OSError:
            pass
        lifetimes.append(time.monotonic() - begin)
        sock.close()

    threads = [threading.Thread(target=trickle, daemon=True) for _ in range(50)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        begin = time.monotonic()
        assert server.get("/health").status_code == 200
        assert time.monotonic() - begin < 1
    for thread in threads:
        thread.join(20)
    stopping.set()
    assert len(lifetimes) == 50 and max(lifetimes) < 5
    assert 0.8 <= min(lifetimes) and max(lifetimes) <= 4, (min(lifetimes), max(lifetimes))


def test_a_broken_configuration_ends_the_start_with_file_line_and_key(server_factory):
    server = server_factory(start=False)
    with open(server.config_path, "a", encoding="utf-8") as file:
        file.write("[http]\nprot = 3\n")
    server.start(wait=False)
    server.killed = True
    assert server.wait(10) != 0
    assert "prot" in server.log() and os.path.basename(server.config_path) in server.log()
    last = len(open(server.config_path, encoding="utf-8").read().splitlines())
    assert str(last) in server.log()
