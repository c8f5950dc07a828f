# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many readers of many posts by many authors, in a database of their own, and what their requests cost."""
import contextlib
import json
import os
import random
import re
import subprocess
import threading
import time

from support.api import Api
from support.metrics import process_children, process_cpu_seconds
from support.postgres import Postgres
from support.server import Server
from conftest import clone

DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "perf")
HOME = "/api/v1/timelines/home"
QUIET = {"log.level": "warning", "http.max_connections_per_address": "20000"}
MILLION = 1000000


def figure(smoke, name, value, unit, budget, is_met):
    """Prints the line; fails when the budget is missed, unless this is only a smoke."""
    verdict = "smoke" if smoke else "met" if is_met else "MISSED"
    print(f"\nFIGURE {name}: {value} {unit} (budget {budget}): {verdict}", flush=True)
    assert smoke or is_met, f"{name}: {value} {unit}, budget {budget}"


def settings_of(smoke, posts):
    return {"READERS": 20, "AUTHORS": 500, "POSTS": 5000, "FOLLOWS": 50} if smoke else \
        {"READERS": 200, "AUTHORS": 5000, "POSTS": posts, "FOLLOWS": 1000}


@contextlib.contextmanager
def timeline_world(sizes):
    """A server over a filled database, its cluster, the readers, and the path of a file with their tokens."""
    cluster = Postgres(settings={"shared_buffers": "1GB", "autovacuum": "off"})
    server = Server(clone(cluster), {**QUIET, "limits.exempt_addresses": "127.0.0.1"})
    try:
        server.start()
        with open(os.path.join(DIRECTORY, "timeline_world.sql"), encoding="utf-8") as file:
            sql = file.read().replace("%", "%%")
        for name, number in sizes.items():
            sql = sql.replace(name, str(number))
        begun = time.monotonic()
        server.database.rows(sql)
        print(f"\n{sizes['POSTS']} posts stored in {time.monotonic() - begun:.0f} s", flush=True)
        cluster.execute("vacuum analyze", server.database.name)
        tokens = [f"token-reader{n}" for n in range(1, sizes["READERS"] + 1)]
        path = os.path.join(cluster.directory, "tokens")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(tokens) + "\n")
        readers = [Api(server, token) for token in tokens]
        for reader in readers:
            assert len(reader.get(HOME)) == 20
        yield server, cluster, readers, path
    finally:
        server.remove()
        cluster.remove()


def cpu_seconds(server, cluster):
    pids = [cluster.process.pid, *process_children(cluster.process.pid)]
    return process_cpu_seconds(server.pid), sum(process_cpu_seconds(pid) for pid in pids if os.path.exists(f"/proc/{pid}"))


def wrk(server, token_path, seconds, connections=32, path=HOME, pause_ms=0, script="timelines.lua"):
    result = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", os.path.join(DIRECTORY, script),
                             f"http://127.0.0.1:{server.port}", "--", token_path, path, str(pause_ms)],
                            capture_output=True, text=True, timeout=seconds + 30, check=False)
    match = re.search(r"^REPORT (.*)$", result.stdout, re.M)
    assert match, result.stdout + result.stderr
    report = json.loads(match.group(1))
    assert report["status_errors"] == 0 and report["socket_errors"] == 0, report
    return report


class Changes(threading.Thread):
    """Posts, favourites, blocks and unblocks of random readers, so many a second."""

    def __init__(self, readers, rate):
        super().__init__(daemon=True)
        self.readers, self.rate = readers, rate
        self.is_over = threading.Event()
        self.made, self.failed = 0, []

    def change(self, number):
        reader = random.choice(self.readers)
        if number % 4 == 0:
            reader.post("/api/v1/statuses", data={"status": f"Changed number {number}", "visibility": "public"})
        elif number % 4 in (1, 2):
            status = random.choice(reader.get(HOME))
            status = status["reblog"] or status
            reader.post(f"/api/v1/statuses/{status['id']}/favourite")
        else:
            account = random.choice(reader.get(HOME))["account"]["id"]
            if account != reader.id:
                reader.post(f"/api/v1/accounts/{account}/block")
                reader.post(f"/api/v1/accounts/{account}/unblock")

    def run(self):
        while not self.is_over.is_set():
            begun = time.monotonic()
            try:
                self.change(self.made)
                self.made += 1
            except Exception as error:  # noqa: BLE001 (told at the end, by the test)
                self.failed.append(repr(error))
            self.is_over.wait(max(0.0, 1 / self.rate - (time.monotonic() - begun)))

    def end(self):
        self.is_over.set()
        self.join(30)
        assert not self.failed, self.failed[:3]


def measure(server, cluster, readers, token_path, seconds, with_changes, **how):
    changes = Changes(readers, 100)
    before = cpu_seconds(server, cluster)
    if with_changes:
        changes.start()
    report = wrk(server, token_path, seconds, **how)
    if with_changes:
        changes.end()
    after = cpu_seconds(server, cluster)
    report["ours_us"] = (after[0] - before[0]) / report["requests"] * 1e6
    report["theirs_us"] = (after[1] - before[1]) / report["requests"] * 1e6
    report["rate"] = report["requests"] / report["seconds"]
    report["changes"] = changes.made
    return report
