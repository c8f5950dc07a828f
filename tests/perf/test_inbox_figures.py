# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an activity from outside costs, from the POST to its effect: everything counted, PostgreSQL too, with
synchronous_commit on."""
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import time

import pytest

from support import processes
from support.fleet import Fleet, sign
from support.metrics import process_children, process_cpu_seconds
from support.waiting import wait_until
from test_figures import QUIET, figure

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "replay.lua")
HOSTS, ACTORS_PER_HOST = 50, 4

pytestmark = pytest.mark.limit(900)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


@pytest.fixture
def fleet():
    made = Fleet(HOSTS)
    yield made
    made.close()


def cpu_seconds(server, cluster):
    """Of the server, and of PostgreSQL with all its children."""
    pids = [cluster.process.pid, *process_children(cluster.process.pid)]
    return [process_cpu_seconds(server.pid), sum(process_cpu_seconds(pid) for pid in pids if os.path.exists(f"/proc/{pid}"))]


def spent(before, after, count):
    """(ours, PostgreSQL's) seconds of each of `count`."""
    return [(late - early) / count for early, late in zip(before, after)]


def one(database, query, *values):
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


fleet_for_signing = None


def whole_request(arguments):
    url, activity = arguments
    body = json.dumps(activity).encode()
    headers = {**sign(fleet_for_signing.key, activity["actor"] + "#main-key", "POST", url, body),
               "Content-Length": str(len(body))}
    path = "/" + url.split("/", 3)[3]
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + body


def write_requests(path, fleet, url, activities):
    global fleet_for_signing
    fleet_for_signing = fleet
    # Forked children inherit the key; the fleet's thread does not follow them.
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool, open(path, "wb") as file:
        for request in pool.map(whole_request, [(url, activity) for activity in activities], chunksize=100):
            file.write(b"%d\n" % len(request) + request)
    processes.give(path)


def replay(server, path, is_done, connections=32, per_second=None, seconds=300):
    """wrk stays until it is told to go, even when its threads have sent all they had."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", LUA, server.url, "--", path, "2"]
    if per_second:
        command += [str(per_second), str(connections)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(is_done, seconds, "all requests to have their effect", interval=0.05)
        ended = time.monotonic()
    finally:
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    match = re.search(r"^REPORT (.*)$", output, re.M)
    assert match, output + errors
    return {**json.loads(match.group(1)), "ended": ended}


def actors(fleet):
    return [(f"ada{n}", host) for host in range(HOSTS) for n in range(ACTORS_PER_HOST)]


@pytest.fixture
def world(own_postgres, database_factory, server_factory, fleet):
    """A server whose one account follows 200 actors on 50 hosts, all of them known to it."""
    database = database_factory(own_postgres)
    server = server_factory(database=database, settings={**QUIET, "federation.allow_addresses": "127.0.0.0/8"})
    server.create_account("reader")
    reader = one(database, "select id from actors where username = 'reader'")
    for name, host in actors(fleet):
        body, headers = fleet.signed(server.url + "/inbox", fleet.follow(f"{server.url}/users/reader", name, host))
        answer = server.post("/inbox", data=body, headers=headers)
        assert answer.status_code == 202, answer.text
    wait_until(lambda: one(database, "select count(*) from follows where followed_id = %s", reader) == len(actors(fleet)), 120)
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("insert into follows (id, follower_id, followed_id, state, uri) select row_number() over (), %s, id,"
                       " 'accepted', uri || '#followed' from actors where domain_id is null", (reader,))
        cursor.execute("analyze")
    return server, database, own_postgres


def creates(fleet, first, count):
    who = actors(fleet)
    text = "<p>" + "What a fine day it is at the market, with flowers of all colours. " * 4 + "</p>"
    return [fleet.create(first + n, *who[n % len(who)], content=text) for n in range(count)]


def processed(database, first, count):
    return one(database, "select count(*) from posts where fetched_at is not null and"
               " substring(uri from '[0-9]+$')::bigint between %s and %s", first, first + count - 1)


class Counter:
    """Posts by the counters of their authors. Asking is our own work, not the server's: one connection does it, and what
    its process costs is left out."""

    def __init__(self, database):
        self.connection = database.connect("superuser")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.pid = self.connection.get_backend_pid()

    def read(self):
        self.cursor.execute("select coalesce(sum(posts), 0) from actor_counts")
        return self.cursor.fetchone()[0]

    def cpu_seconds(self):
        return process_cpu_seconds(self.pid)


def replay_creates(server, counter, path, count, **keywords):
    before = counter.read()
    report = replay(server, path, lambda: counter.read() == before + count, **keywords)
    assert report["status_errors"] == 0 and report["socket_errors"] == 0, report
    return report


def test_what_a_post_from_outside_costs(world, fleet, smoke):
    server, database, cluster = world
    count, rounds = (400, 1) if smoke else (9000, 3)
    path = os.path.join(server.directory, "requests")
    costs, rates, counter = [], [], Counter(database)
    for number in range(rounds):
        first = 1 + number * count
        write_requests(path, fleet, server.url + "/inbox", creates(fleet, first, count))
        before, asking, begin = cpu_seconds(server, cluster), counter.cpu_seconds(), time.monotonic()
        report = replay_creates(server, counter, path, count)
        rates.append(count / (report["ended"] - begin))
        ours, theirs = spent(before, cpu_seconds(server, cluster), count)
        theirs -= (counter.cpu_seconds() - asking) / count
        assert processed(database, first, count) == count
        costs.append((ours + theirs) * 1e6)
        print(f"\nround {number}: {ours * 1e6:.0f} us of ours, {theirs * 1e6:.0f} us of PostgreSQL, {rates[-1]:.0f} /s")
    cost, rate = sorted(costs)[len(costs) // 2], sorted(rates)[len(rates) // 2]
    figure(smoke, "inbound Create, CPU with PostgreSQL", f"{cost:.0f}", "us each", "400", cost <= 400)
    print(f"\nFIGURE inbound Create, rate with the load generator on the same cores: {rate:.0f} /s (budget 3000 on 2 quiet cores)")
    half, first = 1500, 1000000
    count = 200 if smoke else half * 6
    write_requests(path, fleet, server.url + "/inbox", creates(fleet, first, count))
    report = replay_creates(server, counter, path, count, connections=64, per_second=half)
    assert processed(database, first, count) == count
    p99_ms = report["p99_us"] / 1000
    figure(smoke, "inbound Create, p99 at half the rate", f"{p99_ms:.0f}", "ms", "250", p99_ms < 250)


def plant_past(server, database, pem):
    """What a server has after a while, so that statements are planned as they are there: actors of other servers, who
    follow the shop, and what was exchanged with them."""
    connection = database.connect("superuser")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("select id from actors where username = 'shop'")
    shop, count = cursor.fetchone()[0], 10000
    uri = "'https://h' || n %% 1000 || '.example/u/' || n"
    for statement, values in (
            ("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at,"
             " updated_at, fetched_at) select n, 'Person', 'f' || n, 'f' || n, 'h' || n %% 1000 || '.example', " + uri +
             ", " + uri + ", " + uri + " || '/inbox', 'https://h' || n %% 1000 || '.example/inbox', now(), now(), now()", ()),
            ("insert into actor_keys (uri, actor_id, kind, public_pem) select " + uri + " || '#main-key', n, 'rsa', %s",
             (pem,)),
            ("insert into actor_counts (actor_id, following) select n, 1", ()),
            ("insert into follows (id, follower_id, followed_id, state, uri) select n, n, %s, 'accepted', " + uri + " || '#f'",
             (shop,)),
            ("insert into activities_in (id, uri, type, actor_uri, object_uri, body, verified_by, state, ended_at)"
             " select n, " + uri + " || '#f', 'Follow', " + uri + ", %s, convert_to(repeat('x', 500), 'utf8'), 'signature',"
             " 'done', now()", (f"{server.url}/users/shop",)),
            ("insert into activities_out (id, uri, type, actor_id, object_uri, body, body_sha256, is_public) select n,"
             " %s || '/a/' || n, 'Accept', %s, " + uri + " || '#f', '{}', sha256('{}'), false", (server.url, shop)),
            ("insert into peers (name, last_success_at) select 'h' || n || '.example', now()", ()),
            ("insert into deliveries (activity_id, inbox_url, peer, state, ended_at) select n, " + uri + " || '/inbox',"
             " 'h' || n %% 1000 || '.example', 'accepted', now()", ())):
        cursor.execute(f"{statement} from generate_series(1, {1000 if 'into peers' in statement else count}) as n", values)
    cursor.execute("update actor_counts set followers = %s where actor_id = %s", (count, shop))
    cursor.execute("vacuum analyze")
    connection.close()


def follow_all(server, fleet, who, at_once=1):
    """Until each has its Accept."""
    def follow(one):
        body, headers = fleet.signed(server.url + "/inbox", fleet.follow(f"{server.url}/users/shop", *one))
        assert server.post("/inbox", data=body, headers=headers).status_code == 202

    before = len(accepts(fleet))
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        list(pool.map(follow, who))
    wait_until(lambda: len(accepts(fleet)) >= before + len(who), 120, "the Accepts")


def accepts(fleet):
    return [activity for activity in fleet.activities() if activity["type"] == "Accept"]


def idle_cpu_seconds(server, cluster, seconds):
    """(ours, PostgreSQL's) of each second without work: what listens, sweeps and polls in any case."""
    before, begin = cpu_seconds(server, cluster), time.monotonic()
    wait_until(lambda: time.monotonic() >= begin + seconds, seconds + 5, "an idle while", interval=0.5)
    return spent(before, cpu_seconds(server, cluster), time.monotonic() - begin)


@pytest.mark.parametrize("at_once", [1, 16])
def test_what_a_follow_of_an_unknown_actor_costs(own_postgres, database_factory, server_factory, fleet, smoke, at_once):
    """Past what comes once: the first use of each connection, plans made for empty tables. What the server does in the
    same time when nothing comes is subtracted, and printed."""
    database = database_factory(own_postgres)
    server = server_factory(database=database, settings={**QUIET, "federation.allow_addresses": "127.0.0.0/8"})
    server.create_account("shop")
    plant_past(server, database, fleet.pem)
    follow_all(server, fleet, [(f"early{n}", n % HOSTS) for n in range(100)], at_once)
    idle = idle_cpu_seconds(server, own_postgres, 1 if smoke else 6)
    who = [(f"new{n}", n % HOSTS) for n in range(50 if smoke else 400 if at_once == 1 else 1600)]
    before, gets, begin = cpu_seconds(server, own_postgres), len(fleet.gets), time.monotonic()
    follow_all(server, fleet, who, at_once)
    seconds = time.monotonic() - begin
    ours, theirs = [cost - rate * seconds / len(who) for cost, rate
                    in zip(spent(before, cpu_seconds(server, own_postgres), len(who)), idle)]
    cost_ms = (ours + theirs) * 1e3
    print(f"\n{ours * 1e3:.2f} ms of ours, {theirs * 1e3:.2f} ms of PostgreSQL; idle {idle[0] * 1e3:.1f} and {idle[1] * 1e3:.1f} ms"
          f" each second, of {seconds:.1f} s")
    per_follow, how = (len(fleet.gets) - gets) / len(who), "alone" if at_once == 1 else f"{at_once} at once"
    figure(smoke, f"Follow of an unknown actor, {how}, GETs", f"{per_follow:.1f}", "each", "3", per_follow <= 3)
    figure(smoke, f"Follow of an unknown actor, {how}, CPU with PostgreSQL", f"{cost_ms:.2f}", "ms each", "3", cost_ms <= 3)
