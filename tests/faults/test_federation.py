# SPDX-License-Identifier: AGPL-3.0-or-later
"""What federation promises when things break: nothing that was answered 202 is lost or seen twice, nothing that was
committed stays undelivered, and hosts that are dead or slow harm nobody else. Each experiment prints a line
`EXP number PASS|FAIL figures`; --long gives them their full size."""
import collections
import fcntl
import json
import os
import random
import threading
import time

import pytest
import requests

from support import processes
from support.act import act
from support.fleet import HANG, RESET, Fleet
from support.metrics import process_cpu_seconds, process_open_files, process_rss_bytes
from support.postgres_proxy import PostgresProxy
from support.processes import free_port
from support.server import binary
from support.waiting import wait_until

FEDERATED = {"federation.allow_addresses": "127.0.0.0/8", "log.level": "info"}
MIB = 1024 * 1024

pytestmark = pytest.mark.limit(900)


@pytest.fixture
def long(request):
    return request.config.getoption("--long")


@pytest.fixture
def fleets():
    made = []

    def make(*arguments, **keywords):
        made.append(Fleet(*arguments, **keywords))
        return made[-1]
    yield make
    for fleet in made:
        fleet.close()


def let_pass(seconds):
    """The length of a fault, where nothing that could be waited for happens."""
    threading.Event().wait(seconds)


def judge(number, passed, figures):
    print(f"\nEXP {number} {'PASS' if passed else 'FAIL'} {figures}", flush=True)
    assert passed, figures


def query(database, text, *values):
    connection = database.connect("superuser")
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def local_id(database, name):
    return query(database, "select id from actors where username = %s and domain_id is not null", name)[0][0]


@pytest.fixture
def shop(own_postgres, database_factory, server_factory):
    """A server with the account `shop`, on a PostgreSQL that writes as carefully as a real one."""
    def make(settings=None, env=None, database=None):
        database = database or database_factory(own_postgres)
        server = server_factory(database=database, settings={**FEDERATED, **(settings or {})}, env=env)
        server.create_account("shop")
        return server
    return make


def plant(server, fleet, name="shop", **keywords):
    connection = server.database.connect("superuser")
    try:
        with connection, connection.cursor() as cursor:
            return fleet.plant_followers(cursor, local_id(server.database, name), **keywords)
    finally:
        connection.close()


def post(server, text="News from the shop", name="shop"):
    """The id of the Create that it causes."""
    return act(server, "post", name, text)["uri"] + "/activity"


def restart(server):
    server.kill()
    return server.start()


def test_a_kill_at_a_third_of_a_fan_out_loses_no_delivery(shop, fleets):
    server = shop()
    fleet = fleets(500, behave=lambda host, path, activity: ("after", 0.5, 202))
    plant(server, fleet)
    create = post(server)
    wait_until(lambda: len(fleet.hosts_with(create)) >= 167, 60, "a third of the deliveries")
    before = len(fleet.hosts_with(create))
    restart(server)
    try:
        wait_until(lambda: len(fleet.hosts_with(create)) == 500, 90, "all deliveries")
    except AssertionError:
        pass
    arrived = len(fleet.hosts_with(create))
    again = len(fleet.activities()) - arrived
    judge("P16", arrived == 500 and before < 500, f"{arrived} of 500 arrive, killed at {before}, {again} sent twice")


class Inflow:
    """Signed Creates from a fleet, one thread; what was answered 202 is noted."""

    def __init__(self, server, fleet, first=1):
        self.server, self.fleet, self.number = server, fleet, first
        self.accepted, self.statuses = [], collections.Counter()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.session = requests.Session()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(60)

    def run(self):
        url = self.server.url + "/inbox"
        while not self.stopping.is_set():
            activity = self.fleet.create(self.number, "ada", self.number % len(self.fleet.addresses))
            self.number += 1
            body, headers = self.fleet.signed(url, activity)
            try:
                status = self.session.post(url, data=body, headers=headers, timeout=10).status_code
            except requests.RequestException:
                status = 0
                self.stopping.wait(0.02)
            self.statuses[status] += 1
            if status == 202:
                self.accepted.append(activity["object"]["id"])


class Outflow:
    """Posts of the shop, one after the other; those committed are noted."""

    def __init__(self, server):
        self.server = server
        self.committed, self.failures = [], 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(60)

    def run(self):
        while not self.stopping.is_set():
            try:
                self.committed.append(post(self.server, f"News {len(self.committed)}"))
            except AssertionError:
                self.failures += 1
                self.stopping.wait(0.1)


def follow_all(server, fleet):
    """The shop follows ada of every host, whom the server has met."""
    url = server.url + "/inbox"
    for host in range(len(fleet.addresses)):
        body, headers = fleet.signed(url, fleet.follow(f"{server.url}/users/shop", host=host))
        assert requests.post(url, data=body, headers=headers, timeout=20).status_code == 202
    shop_id = local_id(server.database, "shop")
    wait_until(lambda: query(server.database, "select count(*) from follows where followed_id = %s", shop_id)[0][0]
               == len(fleet.addresses), 30, "the follows")
    query(server.database, "insert into follows (id, follower_id, followed_id, state, uri) select row_number() over (), %s,"
          " id, 'accepted', uri || '#followed' from actors where domain_id is null", shop_id)


def account_for(server, fleet, inflow, outflow, seconds=60):
    """(lost in, seen twice, lost out) once everything has settled."""
    def missing_in():
        here = {uri for (uri,) in query(server.database, "select uri from posts where fetched_at is not null")}
        return set(inflow.accepted) - here

    def missing_out():
        return [create for create in outflow.committed if len(fleet.hosts_with(create)) < len(fleet.addresses)]
    try:
        wait_until(lambda: not missing_in() and not missing_out(), seconds, interval=0.2)
    except AssertionError:
        pass
    committed = query(server.database, "select count(*) from posts where fetched_at is null")[0][0]
    twice = query(server.database, "select count(*) from (select uri from posts group by uri having count(*) > 1) as d")[0][0]
    twice += committed - len(set(outflow.committed)) if outflow.failures == 0 else 0
    return len(missing_in()), max(twice, 0), len(missing_out())


def test_kills_under_load_lose_nothing_and_double_nothing(shop, fleets, long):
    server = shop()
    fleet = fleets(4)
    follow_all(server, fleet)
    starts = []
    with Inflow(server, fleet) as inflow, Outflow(server) as outflow:
        for _ in range(50 if long else 4):
            wanted = len(inflow.accepted) + 20
            wait_until(lambda: len(inflow.accepted) >= wanted, 30, "some load")
            let_pass(random.uniform(0, 20 if long else 1))
            starts.append(restart(server))
        wanted = len(inflow.accepted) + 20
        wait_until(lambda: len(inflow.accepted) >= wanted, 30, "load after the last start")
    lost_in, twice, lost_out = account_for(server, fleet, inflow, outflow)
    judge(1, (lost_in, twice, lost_out) == (0, 0, 0) and len(outflow.committed) > 3,
          f"{len(starts)} kills, {len(inflow.accepted)} accepted and {lost_in} lost, {len(outflow.committed)} posts and"
          f" {lost_out} undelivered, {twice} seen twice, ready after {max(starts):.1f} s at most")


def test_lost_answers_of_commits_lose_nothing_and_double_nothing(own_postgres, database_factory, server_factory, fleets, long):
    database = database_factory(own_postgres)
    proxy = PostgresProxy(own_postgres)
    try:
        server = server_factory(database=database, settings={**FEDERATED, "database.url": proxy.url(database)})
        server.create_account("shop")
        fleet = fleets(2)
        follow_all(server, fleet)
        # Transactions of several statements, and the one statement that accepts an activity.
        proxy.every, proxy.swallow = 5, (b"commit\0", b"activity_in_insert\0")
        accepted, refused = [], 0
        for number in range(1000 if long else 60):
            activity = fleet.create(number, host=number % 2)
            for _ in range(200):  # a peer that gets no 202 sends it again
                body, headers = fleet.signed(server.url + "/inbox", activity)
                answer = server.post("/inbox", data=body, headers=headers, timeout=20)
                if answer.status_code == 202:
                    accepted.append(activity["object"]["id"])
                    break
                assert answer.status_code == 503, answer.text
                refused += 1
                let_pass(0.05)
        swallowed = proxy.swallowed
        proxy.swallow = None

        def here():
            return {uri for (uri,) in query(database, "select uri from posts where fetched_at is not null")}
        wait_until(lambda: set(accepted) <= here(), 60, "all that was accepted")
        rows = query(database, "select count(*), count(distinct uri) from posts where fetched_at is not null")[0]
        counted = query(database, "select sum(posts) from actor_counts c join actors a on a.id = c.actor_id"
                        " where a.domain_id is null")[0][0]
        judge(4, len(accepted) == (1000 if long else 60) and rows[0] == rows[1] == counted and swallowed >= 5,
              f"{swallowed} answers of COMMIT lost, {refused} times 503, {len(accepted)} accepted, {rows[0]} posts,"
              f" counters say {counted}")
    finally:
        server.stop()
        proxy.close()


def test_a_peer_that_comes_back_gets_everything_once_it_is_heard(shop, fleets):
    server = shop()
    state = {"status": 500}
    fleet = fleets(2, behave=lambda host, path, activity: state["status"] if host == 0 else 202)
    plant(server, fleet)
    creates = [post(server, f"News {n}") for n in range(10)]
    wait_until(lambda: all(1 in fleet.hosts_with(create) for create in creates), 30, "the healthy peer's deliveries")
    wait_until(lambda: query(server.database, "select count(*) from deliveries where state = 'pending' and attempts > 0")[0][0] > 0,
               30, "an attempt at the other")
    state["status"] = 202
    body, headers = fleet.signed(server.url + "/inbox", fleet.follow(f"{server.url}/users/shop", "eve", 0))
    assert server.post("/inbox", data=body, headers=headers).status_code == 202
    begin = time.monotonic()
    wait_until(lambda: all(0 in fleet.hosts_with(create) for create in creates), 25, "what had waited")
    seconds = time.monotonic() - begin
    ids = [activity["id"] for activity in fleet.activities(0) if activity["type"] == "Create"]
    judge(5, sorted(ids) == sorted(creates), f"{len(set(ids))} of {len(creates)} after the peer was heard, {seconds:.1f} s,"
          f" {len(ids) - len(set(ids))} twice")


def healthy_latencies(server, fleet, host, count=15, pause=0.0):
    """Seconds from the answer to a post until its arrival at one host."""
    latencies = []
    for number in range(count):
        create = post(server, f"Measured {number}")
        posted = time.monotonic()
        wait_until(lambda: host in fleet.hosts_with(create), 30, "a healthy host's delivery", interval=0.002)
        latencies.append(time.monotonic() - posted)
        let_pass(pause)
    return latencies


def p95(values):
    return sorted(values)[int(len(values) * 0.95)]


def test_dead_hosts_do_not_hold_the_healthy_up(shop, fleets, long):
    """Refused, hanging and unknown hosts with many rows waiting: twice the time of before, or the 50 ms within which the
    first delivery is to leave."""
    hosts, rows_each, allowed = (10000, 100, 0.05) if long else (300, 20, 5.0)
    samples = {"count": 60, "pause": 0.3} if long else {}
    server = shop(env={"LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"), "GETADDRINFO_MAP": "*.gone0.example="})
    healthy = fleets(1)
    hanging = fleets(20, first="127.0.9.1", behave=lambda host, path, activity: HANG)
    plant(server, healthy)
    baseline = healthy_latencies(server, healthy, 0, **samples)
    memory = process_rss_bytes(server.pid)
    closed = free_port()
    shop_id = local_id(server.database, "shop")
    query(server.database, "insert into activities_out (id, uri, type, actor_id, body, body_sha256) select n,"
          " 'https://old.example/' || n, 'Create', %s, convert_to('{\"type\": \"Create\", \"n\": ' || n || '}', 'UTF8'),"
          " sha256('x') from generate_series(1, %s) n", shop_id, rows_each)
    query(server.database, """
        insert into deliveries (activity_id, inbox_url, peer)
        select n, 'http://' || p.name || '/inbox', p.name
        from generate_series(1, %s) n, (
            select case h %% 5 when 0 then '127.0.9.' || (h / 5 %% 20 + 1) || ':' || %s
                               when 1 then 'h' || h || '.gone0.example'
                               when 2 then 'h' || h || '.gone0.example'
                               else '127.77.' || (h / 250) || '.' || (h %% 250 + 1) || ':' || %s end as name
            from generate_series(0, %s) h) p
        on conflict do nothing""", rows_each, hanging.port, closed, hosts - 1)
    waiting = query(server.database, "select count(*) from deliveries where state = 'pending'")[0][0]
    measured = healthy_latencies(server, healthy, 0, **samples)
    growth = process_rss_bytes(server.pid) - memory
    files = process_open_files(server.pid)
    judge(6, p95(measured) <= max(2 * p95(baseline), allowed) and growth <= 100 * MIB,
          f"{hosts} hosts, {waiting} rows wait: healthy p95 {p95(measured) * 1000:.0f} ms, before {p95(baseline) * 1000:.0f} ms,"
          f" memory +{growth / MIB:.0f} MiB, {files} files open")


def test_peers_that_trickle_their_answer_are_cut_off_and_hold_nobody_up(shop, fleets, long):
    server = shop()
    fleet = fleets(1)
    slow = fleets(100 if long else 30, first="127.0.9.1", behave=lambda host, path, activity: ("after", 600, 202))
    plant(server, fleet)
    plant(server, slow, first_id=100000)
    latencies = healthy_latencies(server, fleet, 0, 8)
    wait_until(lambda: query(server.database, "select count(*) from deliveries where state = 'pending' and attempts > 0"
                             " and last_attempt_at is not null")[0][0] > 0, 45, "slow requests to be cut off")
    judge(7, p95(latencies) <= 5, f"healthy p95 {p95(latencies) * 1000:.0f} ms beside {len(slow.addresses)} slow hosts")


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_restarts_of_postgresql_under_load_lose_nothing(shop, fleets, own_postgres, long, how):
    server = shop()
    fleet = fleets(3)
    follow_all(server, fleet)
    rounds = 20 if long else 2
    with Inflow(server, fleet) as inflow, Outflow(server) as outflow:
        for _ in range(rounds):
            wanted = len(inflow.accepted) + 20
            wait_until(lambda: len(inflow.accepted) >= wanted, 30, "some load")
            own_postgres.restart(how)
        wanted = len(inflow.accepted) + 20
        wait_until(lambda: len(inflow.accepted) >= wanted, 30, "load after the last restart")
    lost_in, twice, lost_out = account_for(server, fleet, inflow, outflow)
    odd = {status: count for status, count in inflow.statuses.items() if status not in (202, 503)}
    judge(8, (lost_in, twice, lost_out) == (0, 0, 0) and not odd and server.start_count == 1,
          f"{rounds} restarts ({how}), {len(inflow.accepted)} accepted and {lost_in} lost, {len(outflow.committed)} posts and"
          f" {lost_out} undelivered, {twice} seen twice, other answers {odd}")


def test_a_stalled_postgresql_loses_nothing(shop, fleets, own_postgres, long):
    server = shop({"database.statement_timeout": "1s", "database.connect_timeout": "500ms"})
    fleet = fleets(2)
    follow_all(server, fleet)
    with Inflow(server, fleet) as inflow, Outflow(server) as outflow:
        wait_until(lambda: len(inflow.accepted) >= 20, 30, "some load")
        own_postgres.pause()
        let_pass(60 if long else 4)
        own_postgres.resume()
        wanted = len(inflow.accepted) + 20
        wait_until(lambda: len(inflow.accepted) >= wanted, 40, "load after the stall")
    lost_in, twice, lost_out = account_for(server, fleet, inflow, outflow)
    judge("8 (stall)", (lost_in, twice, lost_out) == (0, 0, 0), f"{len(inflow.accepted)} accepted and {lost_in} lost,"
          f" {len(outflow.committed)} posts and {lost_out} undelivered, {twice} seen twice")


@pytest.mark.parametrize("jump_s", [3600 * 2, -3600 * 2, 365 * 86400, -365 * 86400])
def test_a_clock_that_jumps_breaks_nothing_for_good(shop, fleets, jump_s):
    path = os.path.join("/tmp", f"comptoir-clock-{os.getpid()}-{jump_s}")
    with open(path, "w", encoding="ascii") as file:
        file.write("0")
    os.chmod(path, 0o644)
    try:
        server = shop(env={"LD_PRELOAD": binary("libcomptoir_clock_shim.so"), "CLOCK_SHIM_FILE": path})
        state = {"status": 202}
        fleet = fleets(2, behave=lambda host, path, activity: state["status"] if host else 202)
        follow_all(server, fleet)

        def send(number):
            body, headers = fleet.signed(server.url + "/inbox", fleet.create(number))
            return server.post("/inbox", data=body, headers=headers).status_code
        assert send(1) == 202
        state["status"] = 503
        with open(path, "w", encoding="ascii") as file:
            file.write(str(jump_s))
        wait_until(lambda: send(2) == 401, 10, "a date far from ours to be refused")
        during = post(server, "While the clock is wrong")
        if jump_s > 0:  # what fails now is put off to times that are far away when the clock is right again
            wait_until(lambda: query(server.database, "select 1 from deliveries where state = 'pending' and attempts > 0"),
                       20, "a delivery to fail")
        state["status"] = 202
        with open(path, "w", encoding="ascii") as file:
            file.write("0")
        wait_until(lambda: send(3) == 202, 10, "the right time to be believed again")
        after = post(server, "When it is right again")
        wait_until(lambda: all(len(fleet.hosts_with(create)) == 2 for create in (during, after)), 60, "both posts")
        ids = [one for (one,) in query(server.database, "select id from posts where fetched_at is null order by created_at")]
        judge(14, len(ids) == len(set(ids)) and server.is_running(), f"jump of {jump_s} s: both posts arrived everywhere")
    finally:
        os.unlink(path)


def test_while_no_name_can_be_looked_up_no_peer_is_given_up(shop, fleets):
    server = shop(env={"LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"), "GETADDRINFO_MAP": "*.example="})
    shop_id = local_id(server.database, "shop")
    query(server.database, "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at,"
          " fetched_at) select n, 'Person', 'f', 'f', 'h' || n || '.example', 'https://h' || n || '.example/u', 'https://h' || n"
          " || '.example/u', 'https://h' || n || '.example/inbox', now(), now(), now() from generate_series(1, 60) n")
    query(server.database, "insert into follows (id, follower_id, followed_id, state, uri) select n, n, %s, 'accepted',"
          " 'https://h' || n || '.example/f' from generate_series(1, 60) n", shop_id)
    for number in range(3):
        post(server, f"News {number}")
    wait_until(lambda: query(server.database, "select count(*) from deliveries where attempts > 0")[0][0] > 0, 30, "attempts")
    let_pass(3)
    states = dict(query(server.database, "select state, count(*)::int from deliveries group by state"))
    dead = query(server.database, "select count(*) from peers where state = 'dead'")[0][0]
    failing = query(server.database, "select coalesce(max(attempts), 0) from deliveries")[0][0]
    judge(22, states == {"pending": 180} and dead == 0 and failing <= 2,
          f"{states}, {dead} peers dead, {failing} attempts at most counted")


def test_a_partition_of_ours_gives_nothing_up_and_ends_without_a_storm(shop, fleets):
    blocked = {"now": True}
    most = {"open": 0, "now": 0}
    lock = threading.Lock()

    def behave(host, path, activity):
        if blocked["now"]:
            return RESET
        with lock:
            most["now"] += 1
            most["open"] = max(most["open"], most["now"])
        return 202
    server = shop()
    fleet = fleets(60, behave=behave)
    plant(server, fleet)
    creates = [post(server, f"News {n}") for n in range(5)]
    wait_until(lambda: query(server.database, "select count(*) from deliveries where attempts > 0 or last_error is not null"
                             )[0][0] > 0, 30, "attempts")
    states = dict(query(server.database, "select state, count(*)::int from deliveries group by state"))
    blocked["now"] = False
    query(server.database, "update deliveries set due_at = now() where state = 'pending'")
    wait_until(lambda: all(len(fleet.hosts_with(create)) == 60 for create in creates), 120, "everything")
    given_up = query(server.database, "select count(*) from deliveries where state not in ('pending', 'accepted')")[0][0]
    judge(23, states == {"pending": 300} and given_up == 0, f"during: {states}; after: all arrived, {given_up} given up")


def attempts_of(server, fleet, number):
    """Sends a post and says how often it was taken from the queue until it was done; 0: handled as it came."""
    activity = fleet.create(number, host=0)
    body, headers = fleet.signed(server.url + "/inbox", activity)
    assert server.post("/inbox", data=body, headers=headers).status_code == 202
    wait_until(lambda: query(server.database, "select state from activities_in where uri = %s", activity["id"]) == [("done",)], 30,
               "the activity")
    return query(server.database, "select attempts from activities_in where uri = %s", activity["id"])[0][0]


def test_after_a_crash_what_comes_in_is_counted_before_it_is_handled(shop, fleets):
    """Handled at once, an activity that ends the process would end it each time that it is sent."""
    server = shop()
    fleet = fleets(1)
    follow_all(server, fleet)

    server.stop()
    server.start()
    assert attempts_of(server, fleet, 1) == 0
    server.kill()
    server.start()
    assert attempts_of(server, fleet, 2) == 1
    server.stop()
    server.start()
    assert attempts_of(server, fleet, 3) == 0


def test_a_process_of_another_container_that_shares_the_directory_is_no_crash(shop, fleets):
    """Ids of processes say nothing across containers: what counts is whether somebody holds the file."""
    server = shop()
    fleet = fleets(1)
    follow_all(server, fleet)
    server.stop()
    mark = os.path.join(server.settings["data.directory"], "intake-2147483646")
    with open(mark, "w", encoding="ascii") as other:
        processes.give(mark)
        fcntl.lockf(other, fcntl.LOCK_EX)
        server.start()
        assert attempts_of(server, fleet, 1) == 0
        assert os.path.exists(mark)
        server.stop()
    server.start()
    assert attempts_of(server, fleet, 2) == 1
    assert not os.path.exists(mark)


@pytest.mark.parametrize("comes_back", [False, True])
def test_after_a_crash_of_another_process_what_comes_in_is_counted_as_well(shop, server_factory, fleets, comes_back):
    """Who sent what ended one process may send it to its neighbour next."""
    server = shop()
    fleet = fleets(1)
    follow_all(server, fleet)
    other = server_factory(database=server.database, settings={**FEDERATED, "data.directory": server.settings["data.directory"],
                                                      "instance.base_url": server.url})
    assert attempts_of(server, fleet, 1) == 0
    other.kill()
    if comes_back:
        other.start()
    assert attempts_of(server, fleet, 2) == 1


def test_an_activity_that_kills_its_worker_is_set_aside_and_the_others_go_on(shop, fleets):
    """A worker that dies while it holds a row: the row counts it, and after five times nobody takes it any more."""
    server = shop()
    fleet = fleets(2)
    follow_all(server, fleet)
    poison = fleet.create(1, host=0)

    def row():
        return query(server.database, "select attempts, leased_until > now(), state from activities_in where uri = %s",
                     poison["id"])[0]
    lock = server.database.connect("superuser")
    body, headers = fleet.signed(server.url + "/inbox", poison)
    for number in range(1, 6):
        # Its handling stands still at a locked table, and there the process is killed.
        lock.cursor().execute("lock table posts in exclusive mode")
        if number == 1:
            assert server.post("/inbox", data=body, headers=headers).status_code == 202
        else:
            server.start()
        wait_until(lambda: row()[:2] == (number, True), 30, f"the row to be taken for the {number}. time")
        server.kill()
        lock.rollback()
    server.start()
    lock.close()
    body, headers = fleet.signed(server.url + "/inbox", fleet.create(2, host=1))
    assert server.post("/inbox", data=body, headers=headers).status_code == 202
    other = fleet.actor("ada", 1) + "/statuses/2"
    wait_until(lambda: query(server.database, "select 1 from posts where uri = %s", other), 30, "another activity to be handled")
    wait_until(lambda: row()[2] != "waiting", 30, "the row to be set aside")
    attempts, _, state = row()
    judge(25, state == "set_aside" and attempts >= 5, f"state {state} after {attempts} attempts; others are handled")


def test_a_storm_of_deletions_of_unknown_actors_costs_no_fetch(shop, fleets, long):
    server = shop()
    fleet = fleets(1)
    count = 50000 if long else 2000
    session = requests.Session()
    before, gets = process_cpu_seconds(server.pid), len(fleet.gets)
    statuses = collections.Counter()
    for number in range(count):
        uri = fleet.actor(f"gone{number}")
        activity = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri + "#delete", "type": "Delete", "actor": uri,
                    "object": uri, "to": ["https://www.w3.org/ns/activitystreams#Public"]}
        body, headers = fleet.signed(server.url + "/inbox", activity) if number < 50 else (None, None)
        if body is None:  # the signature is never looked at: one of another body costs the driver less
            body = json.dumps(activity).encode()
            headers = last_headers
        last_headers = headers
        statuses[session.post(server.url + "/inbox", data=body, headers=headers, timeout=10).status_code] += 1
    cpu_us = (process_cpu_seconds(server.pid) - before) / count * 1e6
    rows = query(server.database, "select count(*) from activities_in")[0][0]
    judge(29, statuses == {202: count} and len(fleet.gets) == gets and rows == 0,
          f"{count} deletions: {dict(statuses)}, {len(fleet.gets) - gets} fetches, {rows} rows, {cpu_us:.0f} us CPU each")
