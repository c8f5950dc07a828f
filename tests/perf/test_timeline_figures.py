# SPDX-License-Identifier: AGPL-3.0-or-later
"""Home timelines at rate: 200 readers at random who follow 1,000 each, a million posts stored, and one request in ten after
something has changed. With --smoke the world is small and no time is judged. Load goes to 127.0.0.1 only."""
import os
import random
import re
import shutil
import statistics
import subprocess

import pytest

from support.api import Api
from support.server import Server
from support.timeline_world import HOME, MILLION, QUIET, figure, measure, settings_of, timeline_world, wrk

pytestmark = pytest.mark.limit(3600)

DISK_BYTES = 20 << 30  # free, for ten million posts


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


@pytest.fixture(params=[MILLION, 10 * MILLION], ids=["a million", "ten million"])
def world(request, smoke):
    """A server over a filled database of its own, and the readers' tokens in a file."""
    if request.param > MILLION and (not request.config.getoption("--long") or shutil.disk_usage("/tmp").free < DISK_BYTES):
        pytest.skip("for --long, with 20 GB of disk")
    with timeline_world(settings_of(smoke, request.param)) as world:
        yield world


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
