# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures that the server has to reach, each printed as `FIGURE name: value (budget ...)`. Everything compared is
measured in the same run, in alternating rounds, by medians. With --smoke every scenario runs for a moment and no time
is judged. Load goes to 127.0.0.1 only."""
import json
import os
import re
import resource
import selectors
import shutil
import socket
import statistics
import subprocess
import threading
import time

import pytest

from support import processes
from support.metrics import metric, process_cpu_seconds, process_rss_bytes
from support.server import Server
from support.waiting import wait_until
from support.wire import raw_exchange

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "report.lua")
KIB, MIB = 1024, 1024 * 1024

pytestmark = pytest.mark.limit(600)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


def figure(smoke, name, value, unit, budget, is_met):
    """Prints the line; fails when the budget is missed, unless this is only a smoke."""
    verdict = "smoke" if smoke else "met" if is_met else "MISSED"
    print(f"\nFIGURE {name}: {value} {unit} (budget {budget}): {verdict}", flush=True)
    assert smoke or is_met, f"{name}: {value} {unit}, budget {budget}"


def wrk(port, path, seconds, connections, lua_arguments=(), accept="*/*"):
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", LUA, "-H", f"Accept: {accept}",
               f"http://127.0.0.1:{port}{path}"]
    if lua_arguments:
        command += ["--", *lua_arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    match = re.search(r"^REPORT (.*)$", result.stdout, re.M)
    assert match, result.stdout + result.stderr
    report = json.loads(match.group(1))
    report["rate"] = report["requests"] / report["seconds"]
    assert report["requests"] > 0
    return report


QUIET = {"log.level": "warning", "http.max_connections_per_address": "20000"}


@pytest.fixture
def nginx():
    """nginx that serves one file with the given bytes, run as the same user as the server."""
    directory = processes.make_directory("comptoir-nginx-")
    started = []

    def start(body):
        port = processes.free_port()
        with open(os.path.join(directory, "instance"), "wb") as file:
            file.write(body)
        temporary = "".join(f"{kind}_temp_path {directory}/{kind};" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(directory, "nginx.conf"), "w", encoding="ascii") as file:
            file.write(f"worker_processes {os.cpu_count()}; pid {directory}/pid; error_log {directory}/error.log; daemon off;"
                       "events { worker_connections 1024; }"
                       f"http {{ {temporary} access_log off; sendfile on; tcp_nodelay on; keepalive_requests 10000;"
                       f"open_file_cache max=16; default_type 'application/json; charset=utf-8';"
                       f"server {{ listen 127.0.0.1:{port} reuseport; root {directory}; }} }}\n")
        log = open(os.path.join(directory, "log"), "wb")
        path = shutil.which("nginx") or "/usr/sbin/nginx"
        started.append(processes.spawn([path, "-p", directory, "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"],
                                       log, log))
        wait_until(lambda: answers(port), 10, "nginx to answer")
        return port
    yield start
    for process in started:
        processes.end(process)
    shutil.rmtree(directory, ignore_errors=True)


def answers(port, path="/instance"):
    try:
        return raw_exchange(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), responses=1).status == 200
    except OSError:
        return False


def test_the_instance_document_is_served_nearly_as_fast_as_nginx_serves_a_file(server_factory, nginx, smoke):
    server = server_factory(settings=QUIET)
    path = "/api/v2/instance"
    body = server.get(path).content
    nginx_port = nginx(body)
    rounds, seconds = (1, 1) if smoke else (7, 4)
    ours, theirs = [], []
    for _ in range(rounds):
        for rates, port, target in ((theirs, nginx_port, "/instance"), (ours, server.port, path)):
            report = wrk(port, target, seconds, 64)
            assert report["status_errors"] == 0
            rates.append(report["rate"])
    ratio = statistics.median(ours) / statistics.median(theirs)
    figure(smoke, "cached instance document against nginx",
           f"{ratio:.2f} ({statistics.median(ours):.0f}/s against {statistics.median(theirs):.0f}/s)", "x", "0.80", ratio >= 0.8)


def handled_by_workers(server):
    return metric(server.metrics(), "comptoir_http_queue_wait_seconds_count")


def test_one_row_by_key_costs_little(server_factory, smoke):
    """An actor at the address of its page: one row by its name, which no cache answers. The server's own CPU only."""
    server = server_factory(settings=QUIET)
    for number in range(1, 21):
        server.create_account(f"person{number}")

    def ask(seconds):
        return wrk(server.port, "/health", seconds, 16, ("/@person#", "20"), accept="application/activity+json")
    assert server.get("/@person7", headers={"Accept": "application/activity+json"}).json()["preferredUsername"] == "person7"
    ask(1)
    costs = []
    for _ in range(1 if smoke else 7):
        before, executed = process_cpu_seconds(server.pid), handled_by_workers(server)
        report = ask(1 if smoke else 4)
        assert report["status_errors"] == 0
        assert handled_by_workers(server) - executed >= report["requests"], "a cache answered"
        costs.append((process_cpu_seconds(server.pid) - before) / report["requests"] * 1e6)
    cost = statistics.median(costs)
    figure(smoke, "CPU of one row by key", f"{cost:.1f}", "us a request", "60", cost <= 60)


def test_an_idle_server_and_idle_connections_take_little_memory(server_factory, smoke):
    wanted = 200 if smoke else 4000
    raise_file_limit(wanted + 200)
    server = server_factory(settings={**QUIET, "http.idle_timeout": "5m"}, open_files=wanted + 1000)
    assert server.get("/health").status_code == 200
    idle = process_rss_bytes(server.pid)
    request = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    sockets = []
    try:
        for _ in range(wanted):
            sock = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            sock.sendall(request)
            assert sock.recv(4096).startswith(b"HTTP/1.1 200")
            sockets.append(sock)
        each = (process_rss_bytes(server.pid) - idle) / wanted
    finally:
        for sock in sockets:
            sock.close()
    figure(smoke, "idle server", f"{idle / MIB:.1f}", "MiB", "16", idle < 16 * MIB)
    figure(smoke, f"each of {wanted} idle connections", f"{each / KIB:.2f}", "KiB", "4", each < 4 * KIB)


def raise_file_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted, hard))


def seconds_to_first_answer(server):
    begin = time.monotonic()
    server.start(wait=False)
    wait_until(lambda: answers(server.port, "/health"), 30, "a first answer", interval=0.001)
    seconds = time.monotonic() - begin
    server.stop()
    return seconds


def test_the_server_answers_soon_after_its_start(server_factory, smoke):
    server = server_factory(settings=QUIET, start=False)
    seconds = statistics.median(seconds_to_first_answer(server) for _ in range(1 if smoke else 11))
    figure(smoke, "start to first answer", f"{seconds * 1000:.0f}", "ms", "50", seconds < 0.05)


def test_the_server_with_its_own_cluster_answers_soon_after_its_start(smoke):
    server = Server(settings={**QUIET, "database.url": ""})
    try:
        server.command("db", "init")
        server.start()
        server.stop()
        times = []
        for _ in range(1 if smoke else 5):
            times.append(server.start())
            server.stop()
        seconds = statistics.median(times)
        figure(smoke, "start to ready with its own cluster", f"{seconds * 1000:.0f}", "ms", "2000", seconds < 2)
    finally:
        server.remove()


class SlowHeads(threading.Thread):
    """Connections that each send a head at one byte a second and come back when they are closed."""

    def __init__(self, port, count):
        super().__init__(daemon=True)
        self.port = port
        self.count = count
        self.stopping = threading.Event()
        self.lifetimes = []
        self.open_count = 0

    def connect(self, selector):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        sock.setblocking(False)
        selector.register(sock, selectors.EVENT_READ, time.monotonic())

    def run(self):
        selector = selectors.DefaultSelector()
        for _ in range(self.count):
            self.connect(selector)
        self.open_count = self.count
        last = time.monotonic()
        while not self.stopping.is_set():
            closed = []
            for key, _ in selector.select(0.2):
                try:
                    if not key.fileobj.recv(4096):
                        closed.append(key)
                except OSError:
                    closed.append(key)
            for key in closed:
                self.lifetimes.append(time.monotonic() - key.data)
                selector.unregister(key.fileobj)
                key.fileobj.close()
                self.connect(selector)
            if time.monotonic() - last >= 1:
                last = time.monotonic()
                for key in list(selector.get_map().values()):
                    try:
                        key.fileobj.send(b"a")
                    except OSError:
                        pass  # seen as closed by the next read
        for key in list(selector.get_map().values()):
            key.fileobj.close()


def test_slow_heads_disturb_nobody(server_factory, smoke):
    count, seconds, deadline = (100, 4, 1) if smoke else (1000, 60, 20)
    raise_file_limit(count + 200)
    server = server_factory(settings={**QUIET, "http.header_timeout": f"{deadline}s"}, open_files=count + 1000)
    path, part = "/api/v2/instance", 1 if smoke else 3
    undisturbed, disturbed, lifetimes, growths = [], [], [], []

    def measure(figures):
        figures.append(wrk(server.port, path, part, 8)["p95_us"])
    wrk(server.port, path, part, 8)
    for _ in range(1 if smoke else 2):
        for _ in range(1 if smoke else 8):
            measure(undisturbed)
        attack, memory = SlowHeads(server.port, count), []
        attack.start()
        try:
            wait_until(lambda: attack.open_count == count, 30, "the slow connections")
            begin = time.monotonic()
            while time.monotonic() - begin < seconds:
                measure(disturbed)
                memory.append(process_rss_bytes(server.pid))
        finally:
            attack.stopping.set()
            attack.join(20)
        assert len(attack.lifetimes) >= count, f"only {len(attack.lifetimes)} of {count} slow connections were closed"
        lifetimes += attack.lifetimes
        half = len(memory) // 2
        growths.append((max(memory[half:]) - max(memory[:half] or memory)) / MIB)
    usual, beside = statistics.median(undisturbed), statistics.median(disturbed)
    figure(smoke, f"p95 beside {count} slow heads", f"{beside / max(usual, 1):.2f} ({beside:.0f} us against {usual:.0f} us)", "x",
           "2", beside <= 2 * usual)
    longest = max(lifetimes)
    figure(smoke, "slow heads closed after", f"{min(lifetimes):.1f} to {longest:.1f}", "s",
           f"{deadline} + 2", longest <= deadline + 2)
    figure(smoke, "memory growth under slow heads", f"{max(growths):.2f}", "MiB", "2", max(growths) <= 2)
