# SPDX-License-Identifier: AGPL-3.0-or-later
"""Home timelines at rate: 200 readers at random who follow 1,000 each, a million posts stored, and one request in ten after
something has changed. With --smoke the world is small and no time is judged. Load goes to 127.0.0.1 only."""
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import threading
import time

import pytest

from support.api import Api
from support.metrics import process_children, process_cpu_seconds
from support.postgres import Postgres
from support.server import Server
from conftest import clone

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
HOME = "/api/v1/timelines/home"
QUIET = {"log.level": "warning", "http.max_connections_per_address": "20000"}

pytestmark = pytest.mark.limit(3600)

MILLION = 1000000
DISK_BYTES = 20 << 30  # free, for ten million posts


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


def figure(smoke, name, value, unit, budget, is_met):
    verdict = "smoke" if smoke else "met" if is_met else "MISSED"
    print(f"\nFIGURE {name}: {value} {unit} (budget {budget}): {verdict}", flush=True)
    assert smoke or is_met, f"{name}: {value} {unit}, budget {budget}"


def settings_of(smoke, posts):
    return {"READERS": 20, "AUTHORS": 500, "POSTS": 5000, "FOLLOWS": 50} if smoke else \
        {"READERS": 200, "AUTHORS": 5000, "POSTS": posts, "FOLLOWS": 1000}


@pytest.fixture(params=[MILLION, 10 * MILLION], ids=["a million", "ten million"])
def world(request, smoke):
    """A server over a filled database of its own, and the readers' tokens in a file."""
    if request.param > MILLION and (not request.config.getoption("--long") or shutil.disk_usage("/tmp").free < DISK_BYTES):
        pytest.skip("for --long, with 20 GB of disk")
    cluster = Postgres(settings={"shared_buffers": "1GB", "autovacuum": "off"})
    server = Server(clone(cluster), {**QUIET, "limits.exempt_addresses": "127.0.0.1"})
    try:
        server.start()
        with open(os.path.join(DIRECTORY, "timeline_world.sql"), encoding="utf-8") as file:
            sql = file.read().replace("%", "%%")
        sizes = settings_of(smoke, request.param)
        for name, number in sizes.items():
            sql = sql.replace(name, str(number))
        server.database.rows(sql)
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


def wrk(server, token_path, seconds, connections=32, path=HOME, pause_ms=0):
    result = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", os.path.join(DIRECTORY, "timelines.lua"),
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


def bare_page_rate(server, cluster, seconds):
    """Transactions a second of a page of 20 posts by account, by pgbench."""
    path = os.path.join(cluster.directory, "page.sql")
    with open(path, "w", encoding="ascii") as file:
        file.write("\\set author random(1, 500)\nselect p.id, p.html, p.created_at, a.display_name from posts p join actors a on"
                   " a.id = p.actor_id where p.actor_id = :author order by p.id desc limit 20;\n")
    result = subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds), "-f", path, "-h", cluster.directory,
                             "-p", str(cluster.port), "-U", "superuser", server.database.name],
                            capture_output=True, text=True, timeout=seconds + 60, check=False)
    match = re.search(r"tps = ([\d.]+)", result.stdout)
    assert match, result.stdout + result.stderr
    return float(match.group(1))


def measure(server, cluster, readers, token_path, seconds, with_changes):
    changes = Changes(readers, 100)
    before = cpu_seconds(server, cluster)
    if with_changes:
        changes.start()
    report = wrk(server, token_path, seconds)
    if with_changes:
        changes.end()
    after = cpu_seconds(server, cluster)
    report["ours_us"] = (after[0] - before[0]) / report["requests"] * 1e6
    report["theirs_us"] = (after[1] - before[1]) / report["requests"] * 1e6
    report["rate"] = report["requests"] / report["seconds"]
    report["changes"] = changes.made
    return report


def check_truth(server, readers, count):
    """What readers are answered from memory is what a process that has just been started answers."""
    fresh = Server(server.database, {**QUIET, "limits.exempt_addresses": "127.0.0.1", "instance.base_url": server.url,
                                      "data.directory": server.settings["data.directory"]})
    try:
        fresh.start()
        for reader in random.sample(readers, count):
            assert reader.get(HOME) == Api(fresh, reader.token).get(HOME)
    finally:
        fresh.remove()


def test_home_timelines_are_cheap_and_true(world, smoke):
    server, cluster, readers, token_path = world
    seconds = 1 if smoke else 8
    wrk(server, token_path, 1)
    rounds = [measure(server, cluster, readers, token_path, seconds, True) for _ in range(1 if smoke else 3)]
    check_truth(server, readers, 5 if smoke else 20)
    quiet = measure(server, cluster, readers, token_path, seconds, False)
    bare = bare_page_rate(server, cluster, 1 if smoke else 5)
    each = statistics.median(one["ours_us"] + one["theirs_us"] for one in rounds)
    rate = statistics.median(one["rate"] for one in rounds)
    half = wrk(server, token_path, seconds, 64, pause_ms=round(64 * 1000 / (rate / 2)))
    for number in range(35 if smoke else 3500):
        readers[number % len(readers)].post("/api/v1/statuses", data={"status": f"One more, number {number}"})
    after = measure(server, cluster, readers, token_path, seconds, False)
    check_truth(server, readers, 5 if smoke else 20)
    print(f"\n{quiet['bytes_each']} bytes each; without changes {quiet['ours_us']:.0f} us ours, {quiet['theirs_us']:.0f} us of"
          f" PostgreSQL, {quiet['rate']:.0f}/s; after many posts {after['ours_us'] + after['theirs_us']:.0f} us, {after['rate']:.0f}/s; with"
          f" changes {[(round(one['ours_us']), round(one['theirs_us']), one['changes']) for one in rounds]}; bare page {bare:.0f}/s;"
          f" at {half['requests'] / half['seconds']:.0f}/s p50 {half['p50_us']} us, p99 {half['p99_us']} us")
    figure(smoke, "home timeline, CPU of all", round(each), "us", "120", each <= 120)
    figure(smoke, "home timelines", round(rate), "1/s", f"12000 or half of {round(bare)}", rate >= min(12000, bare / 2))
    figure(smoke, "home timelines, p99 at half the rate", half["p99_us"], "us", "20000", half["p99_us"] <= 20000)
