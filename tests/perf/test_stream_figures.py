# SPDX-License-Identifier: AGPL-3.0-or-later
"""What idle WebSockets cost, and how soon an event is with all who listen. With --smoke few sockets and no figure is
judged. Sockets are opened from 127.0.0.1 only."""
import base64
import os
import resource
import selectors
import socket
import statistics
import time

import pytest

from support.api import person

pytestmark = pytest.mark.limit(600)
QUIET = {"log.level": "warning", "jobs.workers": "1", "limits.exempt_addresses": "127.0.0.1"}


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


def figure(smoke, name, value, unit, budget, is_met):
    verdict = "smoke" if smoke else "met" if is_met else "MISSED"
    print(f"\nFIGURE {name}: {value} {unit} (budget {budget}): {verdict}", flush=True)
    assert smoke or is_met, f"{name}: {value} {unit}, budget {budget}"


@pytest.fixture
def room():
    """Descriptors for both ends, where the machine lets us have them."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 24000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, before[1])))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


def open_socket(server, token, stream):
    """Handshaken, as a browser does it; what comes behind is read raw."""
    one = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    key = base64.b64encode(os.urandom(16)).decode()
    one.sendall((f"GET /api/v1/streaming?stream={stream} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
                 f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                 f"Authorization: Bearer {token}\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        part = one.recv(4096)
        assert part, head
        head += part
    assert head.startswith(b"HTTP/1.1 101"), head
    return one


def close_all(sockets):
    for one in sockets:
        one.close()


def test_what_idle_sockets_cost(server_factory, smoke, room):
    count = 200 if smoke else 10000
    assert room > count + 500, f"only {room} descriptors"
    server = server_factory(settings={**QUIET, "http.max_connections": str(count + 1000),
                                      "http.max_connections_per_address": str(count + 1000)}, open_files=room)
    token = person(server, "watcher").token
    close_all([open_socket(server, token, "user") for _ in range(100)])
    before, sockets = resident_bytes(server.pid), []
    try:
        for _ in range(count):
            sockets.append(open_socket(server, token, "user"))
        each = (resident_bytes(server.pid) - before) / count / 1024
    finally:
        close_all(sockets)
    figure(smoke, "memory of an idle WebSocket", f"{each:.1f}", "KiB", "16", each <= 16)


def hear(sockets, text, seconds):
    """The times at which text came to each of them."""
    selector = selectors.DefaultSelector()
    for one in sockets:
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ, bytearray())
    times, end = [], time.monotonic() + seconds
    while len(times) < len(sockets) and time.monotonic() < end:
        for key, _ in selector.select(0.2):
            key.data.extend(key.fileobj.recv(65536))
            if text in key.data:
                times.append(time.monotonic())
                selector.unregister(key.fileobj)
    assert len(times) == len(sockets), f"{len(times)} of {len(sockets)} heard it"
    return times


def test_how_soon_all_listeners_hear(server_factory, smoke, room):
    count = 50 if smoke else 1000
    server = server_factory(settings={**QUIET, "http.max_connections": "4000", "http.max_connections_per_address": "4000"},
                            open_files=room)
    author = person(server, "author")
    listeners = [person(server, f"listener{number}") for number in range(4)]
    sockets = [open_socket(server, listeners[number % 4].token, "public:local") for number in range(count)]
    delays = []
    try:
        for number in range(2 if smoke else 10):
            word = f"tulip{number}x"
            begin = time.monotonic()
            author.post("/api/v1/statuses", data={"status": f"news of {word}", "visibility": "public"})
            delays += [moment - begin for moment in hear(sockets, word.encode(), 20)]
    finally:
        close_all(sockets)
    p95 = statistics.quantiles(delays, n=20)[18] * 1000
    figure(smoke, f"until {count} listeners hear of a post, p95", f"{p95:.0f}", "ms", "1000", p95 <= 1000)
