# SPDX-License-Identifier: AGPL-3.0-or-later
"""The team inbox under load: how soon a mention from elsewhere is a conversation, and what a page of conversations costs when a
million are stored."""
import os
import time

import pytest

from support.api import Api, make_token
from support.waiting import wait_until
from test_figures import QUIET, figure
from test_inbox_figures import HOSTS, actors, one, replay, write_requests
from support.fleet import Fleet

SCOPES = "read write brand:read brand:inbox"
PATH = "/api/brand/v1/conversations"

pytestmark = pytest.mark.limit(900)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


@pytest.fixture
def fleet():
    made = Fleet(HOSTS)
    yield made
    made.close()


@pytest.fixture
def shop(own_postgres, database_factory, server_factory):
    """A server with the brand account fleurs and marie, who leads its agents."""
    database = database_factory(own_postgres)
    server = server_factory(database=database, settings={**QUIET, "federation.allow_addresses": "127.0.0.0/8"})
    server.create_account("marie")
    server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
    return server


def test_how_soon_a_mention_is_a_conversation(shop, fleet, smoke):
    count, rate = (100, 50) if smoke else (1500, 100)
    database, brand, who = shop.database, f"{shop.url}/users/fleurs", actors(fleet)
    database.rows("select count(*) from actors")
    for name, host in who:  # known, as most who write are
        body, headers = fleet.signed(shop.url + "/inbox", fleet.follow(brand, name, host))
        assert shop.post("/inbox", data=body, headers=headers).status_code == 202
    wait_until(lambda: one(database, "select count(*) from follows") == len(who), 120, "all to be known")
    path = os.path.join(shop.directory, "requests")
    write_requests(path, fleet, shop.url + "/inbox",
                   [fleet.create(n, *who[n % len(who)], to=[brand], content=f"<p>@fleurs where is order {n}?</p>") for n in range(count)])
    replay(shop, path, lambda: one(database, "select count(*) from ticket_posts") == count, connections=16, per_second=rate)
    assert one(database, "select count(*) from tickets") == count
    # From the moment before the 202 to that of the batch that opened it; the batch itself is bounded by the next line.
    seconds = one(database, "select percentile_cont(0.95) within group (order by extract(epoch from t.opened_at - i.received_at))"
                            " from activities_in as i join posts as p on p.uri = i.object_uri"
                            " join tickets as t on t.root_post_id = p.id")
    batch = one(database, "select percentile_cont(0.95) within group (order by extract(epoch from e.at - t.opened_at)) from tickets as t"
                          " join ticket_events as e on e.ticket_id = t.id")
    figure(smoke, f"mention to conversation at {rate}/s, p95", f"{float(seconds + batch):.2f}", "s", "2", seconds + batch < 2)


def plant_conversations(database, count):
    """Most are done, as after years; customers and teams as they come."""
    connection = database.connect("superuser")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("set synchronous_commit = off")
    cursor.execute("set session_replication_role = replica")
    cursor.execute("insert into tickets (id, organisation_id, actor_id, number, customer_id, status, channel, assignee_id, opened_at,"
                   " changed_at, resolved_at) select n, b.organisation_id, b.actor_id, n, a.id,"
                   " case when n %% 200 = 0 then 'open' when n %% 200 = 1 then 'pending' when n %% 5 = 0 then 'resolved' else 'closed' end,"
                   " 'public', case when n %% 3 = 0 then m.id end, now(), now(), now()"
                   " from generate_series(1, %s) as n, brand_accounts as b, memberships as m, (select min(id) as id from actors) as a",
                   (count,))
    cursor.execute("vacuum analyze tickets")
    connection.close()


def test_what_a_page_of_conversations_costs(shop, smoke):
    stored, rounds = (5000, 20) if smoke else (1000000, 200)
    plant_conversations(shop.database, stored)
    marie = Api(shop, make_token(shop.database, "marie", SCOPES))
    for name, parameters in (("all", {}), ("open", {"status": "open"}), ("mine", {"assignee": "me"}),
                             ("nobody's", {"assignee": "none", "status": "open,pending"})):
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            answer = marie.call("GET", PATH, params={"limit": 50, **parameters})
            times.append(time.perf_counter() - began)
        assert answer.json() and len(answer.json()) <= 50
        p95_ms = sorted(times)[int(len(times) * 0.95)] * 1000
        figure(smoke, f"50 of {stored} conversations ({name}), p95", f"{p95_ms:.1f}", "ms", "50", p95_ms < 50)
