# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures of delivery (PERFORMANCE P9 to P12): from rows in PostgreSQL to rows marked accepted, to many hosts on
loopback. The budgets are shares of what `openssl speed rsa2048` signs on one core in the same run."""
import json
import re
import statistics
import subprocess
import threading
import time

import pytest

from support import processes
from support.api import Api, make_token
from support.federated import FederatedServer
from support.metrics import process_cpu_seconds, process_rss_bytes
from support.peers import Authority
from support.server import binary
from support.waiting import wait_until
from test_figures import figure, smoke  # noqa: F401

pytestmark = pytest.mark.limit(900)

HOSTS = 500
PER_HOST = 40
QUIET = {"log.level": "warning"}
WAKE_DELIVERIES = "2"


def signatures_per_second(seconds):
    text = subprocess.run(["openssl", "speed", "-seconds", str(seconds), "rsa2048"], capture_output=True, text=True,
                          check=True).stdout
    return float(re.search(r"^rsa 2048 bits\s+\S+\s+\S+\s+(\S+)", text, re.M).group(1))


class Sink:
    def __init__(self, hosts=HOSTS, delay_ms=0, hanging=0, certificate=()):
        self.port, self.hosts, self.scheme = processes.free_port(), hosts, "https" if certificate else "http"
        self.process = processes.spawn([binary("comptoir-sink"), str(self.port), str(hosts), str(delay_ms), str(hanging),
                                        *certificate], subprocess.PIPE, None, stdin=subprocess.PIPE, open_files=16384)
        assert self.process.stdout.readline() == b"ready\n"

    def address(self, number):
        return f"127.9.{number // 250}.{number % 250 + 1}:{self.port}"

    def inbox(self, number):
        return f"{self.scheme}://{self.address(number)}/inbox"

    def command(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def report(self):
        """(requests, hosts served, seconds of the first arrival, of the last host's first one)"""
        self.command("report")
        total, served, first, last = map(int, self.process.stdout.readline().split())
        return total, served, first / 1e6, last / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture
def sink_factory():
    made = []

    def make(**keywords):
        made.append(Sink(**keywords))
        return made[-1]
    yield make
    for sink in made:
        sink.close()


@pytest.fixture
def server_factory(database_factory):
    made = []

    def make(settings=None, authority=None):
        server = FederatedServer(database_factory(), {**QUIET, **(settings or {})}, authority, open_files=16384)
        made.append(server)
        server.start()
        server.create_account("anna")
        return server
    yield make
    for server in made:
        server.remove()


class Outbox:
    """Rows as a post leaves them, many at once."""

    def __init__(self, server, sink):
        self.server, self.sink, self.last = server, sink, 0
        self.connection = server.database.connect("superuser")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.actor = server.one("select id from actors where username = 'anna'")

    def insert(self, activities, vacuums=True):
        """activities x hosts; the time of the ring."""
        first, self.last = self.last + 1, self.last + activities
        base = int(time.time() * 1000) << 16
        rows = []
        for n in range(first, self.last + 1):
            uri, author = f"{self.server.url}/a/{n}", self.server.actor("anna")
            body = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Create", "actor": author,
                    "object": {"id": f"{self.server.url}/o/{n}", "type": "Note", "attributedTo": author, "content": "x" * 1500}}
            rows.append((base + n, uri, f"{self.server.url}/o/{n}", json.dumps(body)))
        self.cursor.execute("begin")
        self.cursor.execute("insert into activities_out (id, uri, type, actor_id, object_uri, body, body_sha256, is_public)"
                            " select id, uri, 'Create', %s, object, convert_to(body, 'utf8'), sha256(convert_to(body, 'utf8')), true"
                            " from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) as r (id, uri, object, body)",
                            (self.actor, *map(list, zip(*rows))))
        self.cursor.execute("insert into deliveries (activity_id, inbox_url, peer) select a.id, h.inbox, h.peer from activities_out a,"
                            " unnest(%s::text[], %s::text[]) as h (inbox, peer) where a.uri = any (%s)",
                            ([self.sink.inbox(n) for n in range(self.sink.hosts)],
                             [self.sink.address(n) for n in range(self.sink.hosts)],
                             [f"{self.server.url}/a/{n}" for n in range(first, self.last + 1)]))
        self.cursor.execute("commit")
        if vacuums:
            self.cursor.execute("vacuum analyze deliveries")
        begin = time.monotonic(), time.time()
        self.cursor.execute("select pg_notify('comptoir_wake', %s)", (WAKE_DELIVERIES,))
        return begin

    def run(self, activities, seconds=120):
        """(seconds until the last row was accepted, CPU seconds of the server) for one round."""
        count = activities * self.sink.hosts
        cpu = process_cpu_seconds(self.server.pid)
        _, wall = self.insert(activities)
        wait_until(lambda: not self.server.one("select 1 from deliveries where state = 'pending' limit 1"), seconds,
                   "all to be accepted", interval=0.05)
        accepted, last = self.server.rows("select count(*), extract(epoch from max(ended_at))::float8 from deliveries"
                                          " where state = 'accepted'")[0]
        assert accepted >= count
        return last - wall, process_cpu_seconds(self.server.pid) - cpu


def rates(outbox, rounds, per_host):
    outbox.run(1)  # connections, keys
    taken = [outbox.run(per_host) for _ in range(rounds)]
    count = per_host * outbox.sink.hosts
    return statistics.median(count / seconds for seconds, _ in taken), statistics.median(cpu / count for _, cpu in taken)


def test_p9_signed_deliveries_per_second(smoke, server_factory, sink_factory):  # noqa: F811
    outbox = Outbox(server_factory(), sink_factory())
    rounds, per_host, seconds = (1, 2, 1) if smoke else (3, PER_HOST, 3)
    before = signatures_per_second(seconds)
    rate, cpu = rates(outbox, rounds, per_host)
    signed = statistics.mean([before, signatures_per_second(seconds)])
    print(f"\n{rate:.0f} deliveries/s, {signed:.0f} signatures/s, {cpu * 1e6:.0f} us CPU each,"
          f" {process_rss_bytes(outbox.server.pid) / 1048576:.0f} MiB")
    figure(smoke, "P9 CPU of a delivery", round(cpu * 1e6), "us", "<= 350", cpu <= 350e-6)
    figure(smoke, "P9 deliveries / RSA signatures of a core", round(rate / signed, 2), "x", ">= 0.75", rate >= 0.75 * signed)


def test_p9_over_tls(smoke, server_factory, sink_factory, tmp_path):  # noqa: F811
    directory = processes.make_directory("comptoir-ca-")
    authority = Authority(directory)
    names = [f"127.9.{n // 250}.{n % 250 + 1}" for n in range(HOSTS)]
    outbox = Outbox(server_factory({"federation.ca_file": authority.pem_path}),
                    sink_factory(certificate=authority.files(*names)))
    rounds, per_host, seconds = (1, 2, 1) if smoke else (3, PER_HOST, 3)
    before = signatures_per_second(seconds)
    rate, cpu = rates(outbox, rounds, per_host)
    signed = statistics.mean([before, signatures_per_second(seconds)])
    print(f"\n{rate:.0f} deliveries/s over TLS, {signed:.0f} signatures/s, {cpu * 1e6:.0f} us CPU each")
    figure(smoke, "P9 over TLS / RSA signatures of a core", round(rate / signed, 2), "x", ">= 0.6", rate >= 0.6 * signed)


def test_p10_hosts_that_take_their_time(smoke, server_factory, sink_factory):  # noqa: F811
    quick = Outbox(server_factory(), sink_factory())
    slow = Outbox(server_factory(), sink_factory(delay_ms=100))
    rounds, per_host = (1, 2) if smoke else (3, PER_HOST)
    quick_rate, _ = rates(quick, rounds, per_host)
    slow_rate, _ = rates(slow, rounds, per_host)
    figure(smoke, "P10 rate with answers after 100 ms", round(slow_rate / quick_rate, 2), "x", ">= 0.9",
           slow_rate >= 0.9 * quick_rate)


def test_p11_hosts_that_never_answer(smoke, server_factory, sink_factory):  # noqa: F811
    outbox = Outbox(server_factory(), sink_factory(hanging=25))
    begin, _ = outbox.insert(1)
    wait_until(lambda: outbox.server.one("select count(*) from deliveries where state = 'accepted'") == HOSTS - 25, 30,
               "the live hosts to be served")
    _, served, first, last = outbox.sink.report()
    assert served >= HOSTS - 25
    figure(smoke, "P11 live hosts served", round(last - begin, 2), "s", "<= 2", last - begin <= 2)
    figure(smoke, "P9 first arrival", round((first - begin) * 1000, 1), "ms", "<= 50", first - begin <= 0.05)


def post_ms(reader, text):
    begin = time.monotonic()
    reader.post("/api/v1/statuses", data={"status": text})
    return (time.monotonic() - begin) * 1000


def p95(values):
    return sorted(values)[int(len(values) * 0.95)]


def test_p12_a_hundred_thousand_followers(smoke, server_factory):  # noqa: F811
    server = server_factory({"federation.mode": "closed", "limits.exempt_addresses": "127.0.0.1"})
    server.create_account("bert")
    hosts, followers = (50, 1000) if smoke else (5000, 100000)
    connection = server.database.connect("superuser")
    connection.autocommit = True
    cursor = connection.cursor()
    anna = server.one("select id from actors where username = 'anna'")
    cursor.execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at,"
                   " updated_at, fetched_at) select n, 'Person', 'f' || n, 'f' || n, 'h' || n %% %s || '.example',"
                   " 'https://h.example/u/' || n, 'https://h.example/u/' || n, 'https://h.example/u/' || n || '/inbox',"
                   " 'https://h' || n %% %s || '.example/inbox', now(), now(), now() from generate_series(1, %s) as n",
                   (hosts, hosts, followers))
    cursor.execute("insert into follows (id, follower_id, followed_id, state, uri) select n, n, %s, 'accepted',"
                   " 'https://h.example/f/' || n from generate_series(1, %s) as n", (anna, followers))
    cursor.execute("insert into actor_counts (actor_id, followers) values (%s, %s) on conflict (actor_id) do update"
                   " set followers = excluded.followers", (anna, followers))
    cursor.execute("analyze")
    big, small = (Api(server, make_token(server.database, name), name) for name in ("anna", "bert"))
    taken, answered, beside = [], [], []
    alone = [post_ms(small, f"While all is quiet, {n}") for n in range(10 if smoke else 100)]
    for n in range(1 if smoke else 20):
        answered.append(post_ms(big, f"To all of you, {n}"))
        begin = server.one("select extract(epoch from max(created_at))::float8 from activities_out")
        while server.one("select count(*) from fanouts"):
            assert time.time() - begin < 60
            beside.append(post_ms(small, f"Meanwhile, {len(beside)}"))
        taken.append(time.time() - begin)
        made = server.one("select count(*) from deliveries as d join activities_out as a on a.id = d.activity_id"
                          " where a.actor_id = %s group by a.id order by a.id desc limit 1", (anna,))
        assert made == hosts
    figure(smoke, "P12 enqueued", round(statistics.median(taken), 2), "s", "<= 5", statistics.median(taken) <= 5)
    figure(smoke, "P12 p95 of the answer", round(p95(answered), 1), "ms", "<= 100", p95(answered) <= 100)
    if beside:
        print(f"\nposts of somebody else: p95 {p95(alone):.1f} ms alone, {p95(beside):.1f} ms beside, {len(beside)} of them")
        figure(smoke, "P12 median of others' posts meanwhile", round(statistics.median(beside) / statistics.median(alone), 2), "x",
               "<= 2", statistics.median(beside) <= 2 * statistics.median(alone))


def plant_dead_hosts(server, hosts, rows):
    """Hosts that have been away for days, with all that waits for them: half are as they stand then, with their next look
    soon, and half were never tried. Nothing listens on their port."""
    connection = server.database.connect("superuser")
    connection.autocommit = True
    cursor = connection.cursor()
    port, per_host = processes.free_port(), rows // hosts
    anna = server.one("select id from actors where username = 'anna'")
    cursor.execute("create temporary table dead as select n, format('127.%%s.%%s.%%s:%%s', 100 + n / 62500, n / 250 %% 250,"
                   " n %% 250 + 1, %s::integer) as name from generate_series(0, %s) as n", (port, hosts - 1))
    base = int(time.time() * 1000) << 16
    cursor.execute("insert into activities_out (id, uri, type, actor_id, object_uri, body, body_sha256, is_public) select %s + n,"
                   " %s || '/old/' || n, 'Create', %s, %s || '/old-object/' || n, '{}', sha256('{}'), true"
                   " from generate_series(1, %s) as n", (base, server.url, anna, server.url, per_host))
    cursor.execute("insert into peers (name, state, failures, failing_since, last_failure_at, due_at, look_at)"
                   " select name, 'dead', 9, now() - interval '3 days', now() - interval '1 hour', now() + n * '2 ms'::interval,"
                   " now() + n * '2 ms'::interval from dead where mod(n, 2) = 0")
    cursor.execute("insert into deliveries (activity_id, inbox_url, peer, due_at) select %s + a.n, 'http://' || d.name || '/inbox',"
                   " d.name, case when mod(d.n, 2) = 0 then 'infinity'::timestamptz else now() end"
                   " from generate_series(1, %s) as a (n), dead as d", (base, per_host))
    cursor.execute("vacuum analyze deliveries, peers")
    cursor.execute("select pg_notify('comptoir_wake', %s)", (WAKE_DELIVERIES,))
    connection.close()


def trickle(outbox, rounds, pause):
    """p95 of the milliseconds from a row to its acceptance, an activity to each host every `pause` seconds."""
    first, pace = outbox.last + 1, threading.Event()
    for _ in range(rounds):
        outbox.insert(1, vacuums=False)
        pace.wait(pause)
    uris = [f"{outbox.server.url}/a/{n}" for n in range(first, outbox.last + 1)]
    mine = "from deliveries as d join activities_out as a on a.id = d.activity_id where a.uri = any (%s)"

    def waiting():
        outbox.cursor.execute(f"select count(*) {mine} and d.state = 'pending'", (uris,))
        return outbox.cursor.fetchone()[0]
    wait_until(lambda: not waiting(), 120, "the healthy hosts to be served", interval=0.1)
    outbox.cursor.execute("select percentile_cont(0.95) within group (order by extract(epoch from d.ended_at - d.due_at))"
                          f"::float8 * 1000 {mine}", (uris,))
    return outbox.cursor.fetchone()[0]


def test_dead_hosts_are_not_in_the_way_of_the_others(smoke, server_factory, sink_factory):  # noqa: F811
    outbox = Outbox(server_factory(), sink_factory(hosts=50))
    hosts, rows, rounds = (100, 1000, 5) if smoke else (10000, 1000000, 60)
    outbox.run(1)
    baseline = trickle(outbox, rounds, 0.3)
    memory = process_rss_bytes(outbox.server.pid)
    plant_dead_hosts(outbox.server, hosts, rows)
    begun = trickle(outbox, rounds, 0.3)
    settled = trickle(outbox, rounds, 0.3)
    grown = (process_rss_bytes(outbox.server.pid) - memory) / 1048576
    known = outbox.server.one("select count(*) from peers where state = 'dead' or failures > 0")
    print(f"\np95 of healthy hosts {baseline:.0f} ms before, {begun:.0f} ms while the dead are found, {settled:.0f} ms after;"
          f" {known} of {hosts} known")
    figure(smoke, "memory for dead hosts", round(grown), "MiB", "<= 100", grown <= 100)
    figure(smoke, "p95 of healthy hosts beside dead ones", round(max(begun, settled) / baseline, 2), "x", "<= 2",
           max(begun, settled) <= 2 * baseline)
