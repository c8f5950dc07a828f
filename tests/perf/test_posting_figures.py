# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a new status costs: by one whom nobody follows, and by one whom 1,000 people here follow. CPU is that of the server
and of PostgreSQL. With --smoke every scenario runs for a moment and no figure is judged."""
import json
import os
import re
import statistics
import subprocess
import time

import pytest

from support.api import new_id, person
from support.waiting import wait_until

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "post.lua")
QUIET = {"log.level": "warning", "jobs.workers": "1"}
FOLLOWERS = 1000

pytestmark = pytest.mark.limit(600)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


def figure(smoke, name, value, unit, budget, is_met):
    verdict = "smoke" if smoke else "met" if is_met else "MISSED"
    print(f"\nFIGURE {name}: {value} {unit} (budget {budget}): {verdict}", flush=True)
    assert smoke or is_met, f"{name}: {value} {unit}, budget {budget}"


def stat_of(pid):
    """The fields of /proc/PID/stat behind the name, or None when it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(server, database):
    """Of the server and of PostgreSQL: what lives, and what the postmaster has reaped."""
    connection = database.connect("superuser")
    postmaster = stat_of(connection.get_backend_pid())[1]
    connection.close()
    ticks = sum(int(one) for one in stat_of(postmaster)[11:15])
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = stat_of(pid)
        if fields and (fields[1] == postmaster or pid == str(server.pid)):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wrk_posts(server, tokens, seconds, connections):
    result = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", LUA,
                             f"http://127.0.0.1:{server.port}/api/v1/statuses", "--", *tokens],
                            capture_output=True, text=True, timeout=seconds + 60, check=False)
    match = re.search(r"^REPORT (.*)$", result.stdout, re.M)
    assert match, result.stdout + result.stderr
    return json.loads(match.group(1))


def test_posts_without_followers(server_factory, smoke):
    server = server_factory(settings=QUIET)
    tokens = [person(server, f"poster{number}").token for number in range(4 if smoke else 40)]
    wrk_posts(server, tokens, 1, 16)
    rates, costs = [], []
    for _ in range(1 if smoke else 5):
        before, count = cpu_seconds(server, server.database), server.database.value("select count(*) from posts")
        report = wrk_posts(server, tokens, 1 if smoke else 6, 16)
        made = server.database.value("select count(*) from posts") - count
        assert report["status_errors"] == 0 and report["socket_errors"] == 0 and made >= report["requests"]
        rates.append(report["requests"] / report["seconds"])
        costs.append((cpu_seconds(server, server.database) - before) / made * 1e6)
    rate, cost = statistics.median(rates), statistics.median(costs)
    print(f"\nFIGURE rounds: {[round(one) for one in rates]}/s, {[round(one) for one in costs]} us", flush=True)
    figure(smoke, "CPU of a post without followers", f"{cost:.0f}", "us", "800", cost <= 800)
    figure(smoke, "posts without followers", f"{rate:.0f}", "/s", "1500", rate >= 1500)


def make_followers(server, author, count):
    """Local people who read their home timelines."""
    first = new_id()
    server.database.rows(
        "with a as (insert into actors (id, domain_id, kind, username, handle, domain, uri, url, inbox_url, outbox_url, followers_url,"
        " following_url, featured_url, display_name, created_at, updated_at)"
        " select %s + n, p.domain_id, 'Person', 'reader' || n, 'reader' || n, p.domain, p.uri || 'r' || n, p.url || 'r' || n, p.uri || n, p.uri || n,"
        " p.uri || n, p.uri || n, p.uri || n, 'Reader', now(), now() from actors as p, generate_series(1, %s) as n where p.id = %s returning id)"
        ", f as (insert into follows (id, follower_id, followed_id, state, uri)"
        " select id, id, %s, 'accepted', 'https://follows.example/' || id from a)"
        " insert into home_timelines (owner_id, is_built) select id, true from a returning 1", (first, count, author.id, author.id))


def test_a_post_by_one_whom_many_follow(server_factory, smoke):
    server = server_factory(settings=QUIET)
    author, reader = person(server, "author"), person(server, "watcher")
    make_followers(server, author, 10 if smoke else FOLLOWERS)
    server.database.rows("insert into follows (id, follower_id, followed_id, state, uri) values"
                         " (%s, %s, %s, 'accepted', 'https://follows.example/watcher') returning 1", (new_id(), reader.id, author.id))
    reader.get("/api/v1/timelines/home")
    times, delays = [], []
    for number in range(5 if smoke else 150):
        begin = time.monotonic()
        status = author.post("/api/v1/statuses", data={"status": f"news {number}"})
        times.append((time.monotonic() - begin) * 1000)
        wait_until(lambda: reader.get("/api/v1/timelines/home", limit=1)[0]["id"] == status["id"], 5, "the post at home")
        delays.append(time.monotonic() - begin)
    in_home = server.database.value("select count(*) from home_items where item_id = %s", (status["id"],))
    assert in_home >= (10 if smoke else FOLLOWERS)
    p95 = statistics.quantiles(times, n=20)[18]
    figure(smoke, "p95 of a post with 1,000 local followers", f"{p95:.1f}", "ms", "60", p95 <= 60)
    slowest = max(delays)
    figure(smoke, "until it is in the home timelines", f"{slowest:.2f}", "s", "1", slowest <= 1)
