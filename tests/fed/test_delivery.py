# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deliveries of the whole program to small servers on loopback: what arrives, what the receipts say, what a stop, a kill
and an operator do."""
import hashlib
import json
import time

import pytest

from support.federated import Person
from support.fleet import Fleet
from support.metrics import metric
from support.waiting import wait_until


@pytest.fixture
def fleet_factory():
    made = []

    def make(*arguments, **keywords):
        made.append(Fleet(*arguments, **keywords))
        return made[-1]
    yield make
    for fleet in made:
        fleet.close()


def plant(server, fleet, name="anna", **keywords):
    connection = server.database.connect("superuser")
    connection.autocommit = True
    person = Person(server, name)
    count = fleet.plant_followers(connection.cursor(), person.id(), **keywords)
    connection.close()
    return person, count


def states(server):
    return dict(server.rows("select state, count(*) from deliveries group by state"))


def wait_for_states(server, expected, seconds=30):
    try:
        wait_until(lambda: states(server) == expected, seconds, f"receipts {expected}")
    except AssertionError as error:
        raise AssertionError(f"{error}, not {states(server)}\n{server.story()}") from None


def test_a_post_reaches_each_host_once_with_a_receipt_and_a_proof(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(5)
    anna, _ = plant(server, fleet, per_host=3)
    anna.act("post", "Bonjour")
    wait_for_states(server, {"accepted": 5})
    for host in range(5):
        [activity] = fleet.activities(host)
        assert activity["type"] == "Create" and activity["proof"]["cryptosuite"] == "eddsa-jcs-2022"
        assert "bto" not in activity and "bcc" not in activity
    [row] = set(server.rows("select attempts, last_status, last_error, recipients, first_attempt_at = last_attempt_at,"
                            " leased_by from deliveries"))
    assert row == (1, 202, None, 3, True, None)
    assert metric(server.metrics(), "comptoir_deliveries_total", outcome="accepted") == 5


def test_what_hangs_or_refuses_does_not_hold_up_the_others(federated_factory, fleet_factory):
    def behave(host, path, activity):
        return {0: "hang", 1: 404, 2: 503, 3: "reset"}.get(host)
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(30, behave=behave)
    anna, _ = plant(server, fleet)
    for n in range(3):
        anna.act("post", f"Number {n}")
    wait_until(lambda: states(server).get("accepted") == 26 * 3, 20, "26 hosts to have all")
    wait_until(lambda: states(server).get("refused") == 3, 20, "the refusals")
    failing = dict(server.rows("select name, failures > 0 from peers"))
    assert failing[f"{fleet.addresses[2]}:{fleet.port}"] and failing[f"{fleet.addresses[3]}:{fleet.port}"]


def test_a_large_audience_is_expanded(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(20)
    anna, count = plant(server, fleet, per_host=30)
    assert count > 500
    anna.act("post", "To all of you")
    wait_for_states(server, {"accepted": 20})
    assert server.rows("select distinct recipients from deliveries") == [(30,)]
    server.wait_until_none("select activity_id from fanouts")


def test_private_posts_carry_the_digest_of_the_followers_there(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(2)
    anna, _ = plant(server, fleet, per_host=2)
    anna.act("post", "Among us", "private")
    wait_for_states(server, {"accepted": 2})
    for host, headers in fleet.heads:
        digest = 0
        for n in range(2):
            digest ^= int(hashlib.sha256(fleet.actor(f"f{n}", host).encode()).hexdigest(), 16)
        assert headers["collection-synchronization"] == (
            f'collectionId="{anna.uri}/followers", url="{anna.uri}/followers_synchronization", digest="{digest:064x}"')
        assert "proof" not in fleet.activities(host)[0]
    anna.act("post", "For all")
    wait_for_states(server, {"accepted": 4})
    assert len([headers for _, headers in fleet.heads if "collection-synchronization" in headers]) == 2


@pytest.mark.limit(120)
def test_a_killed_process_loses_no_delivery(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(100, behave=lambda *_: ("after", 0.3, 202))
    anna, _ = plant(server, fleet)
    activity = anna.act("post", "Not to be lost")
    wait_until(lambda: len(fleet.activities()) >= 33, 20, "a third to have arrived")
    server.kill()
    server.start()
    wait_for_states(server, {"accepted": 100}, 60)
    assert all(fleet.activities(host) for host in range(100)), activity


def test_a_stop_gives_back_what_was_not_sent(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(3, behave=lambda *_: "hang")
    anna, _ = plant(server, fleet)
    anna.act("post", "On its way")
    server.wait_for_row("select leased_by from deliveries where leased_by is not null")
    server.stop()
    assert server.rows("select distinct state, leased_by from deliveries") == [("pending", None)]
    assert server.rows("select * from delivery_workers") == []


def test_a_host_that_is_heard_from_gets_what_waits_for_it(federated_factory, fleet_factory):
    is_down = [True]
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(1, behave=lambda *_: 503 if is_down[0] else None)
    anna, _ = plant(server, fleet)
    for n in range(4):
        anna.act("post", f"Number {n}")
    server.wait_for_row("select name from peers where failures >= 3")
    is_down[0] = False
    activity = fleet.follow(anna.uri)
    body, headers = fleet.signed(f"{server.url}/inbox", activity)
    begin = time.monotonic()
    assert server.post("/inbox", data=body, headers=headers).status_code == 202
    wait_until(lambda: not server.rows("select 1 from deliveries where state = 'pending'"), 20, "all to be accepted")
    assert time.monotonic() - begin < 20
    assert server.one("select failures from peers where last_heard_at is not null") == 0


def test_what_a_suspended_author_said_is_withheld_and_what_it_takes_back_is_sent(federated_factory, fleet_factory):
    status = [503]
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(1, behave=lambda *_: status[0])
    anna, _ = plant(server, fleet)
    anna.act("post", "Before")
    server.wait_for_row("select 1 from deliveries where attempts = 1 and leased_by is null")
    server.rows("update actors set suspended_at = now() where username = 'anna'")
    status[0] = 202
    server.command("peer", "resume", f"{fleet.addresses[0]}:{fleet.port}")
    wait_for_states(server, {"withheld": 1})
    assert not fleet.activities()


def test_what_a_suspended_author_said_is_withheld_when_it_was_never_tried(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(1)
    anna, _ = plant(server, fleet)
    name = f"{fleet.addresses[0]}:{fleet.port}"
    server.command("peer", "pause", name)
    anna.act("post", "Before")
    server.rows("update actors set suspended_at = now() where username = 'anna'")
    server.command("peer", "resume", name)
    wait_for_states(server, {"withheld": 1})
    assert not fleet.activities()


def test_an_operator_pauses_and_resumes_a_peer(federated_factory, fleet_factory):
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(2)
    anna, _ = plant(server, fleet)
    name = f"{fleet.addresses[0]}:{fleet.port}"
    assert "nothing was known of it" in server.command("peer", "pause", name).stdout
    assert "nothing was known" not in server.command("peer", "pause", name).stdout
    anna.act("post", "Wait for it")
    wait_for_states(server, {"accepted": 1, "pending": 1})
    shown = json.loads(server.command("peer", "show", name, "--json").stdout)
    assert shown["state"] == "paused" and shown["waiting"] == 1
    server.command("peer", "resume", name)
    wait_for_states(server, {"accepted": 2})
    assert [one["name"] for one in json.loads(server.command("peer", "list", "--json").stdout)] == sorted(
        f"{address}:{fleet.port}" for address in fleet.addresses)


def test_an_operator_reads_receipts_and_has_them_tried_again(federated_factory, fleet_factory):
    answer = [404]
    server, fleet = federated_factory(accounts=["anna"]), fleet_factory(1, behave=lambda *_: answer[0])
    anna, _ = plant(server, fleet)
    anna.act("post", "Refused at first")
    wait_for_states(server, {"refused": 1})
    post, uri = server.rows("select p.uri, a.uri from posts p join activities_out a on a.post_id = p.id")[0]
    for wanted in (post, uri):
        [shown] = json.loads(server.command("delivery", "show", wanted, "--json").stdout)
        assert (shown["state"], shown["status"], shown["attempts"], shown["type"]) == ("refused", 404, 1, "Create")
    answer[0] = 202
    server.command("delivery", "retry", uri)
    wait_for_states(server, {"accepted": 1})
    assert "accepted" in server.command("delivery", "show", post).stdout


def test_commands_say_what_they_do_not_know(federated_factory):
    server = federated_factory()
    for arguments in (("peer", "show", "nowhere.example"), ("peer", "resume", "nowhere.example"),
                      ("peer", "forget", "nowhere.example"), ("delivery", "show", "https://nowhere.example/1"),
                      ("delivery", "retry", "https://nowhere.example/1"), ("delivery", "retry", "nowhere.example")):
        result = server.command(*arguments, check=False)
        assert result.returncode != 0 and result.stderr, arguments
    for arguments in (("peer", "pause", "not a host"), ("peer", "pause"), ("peer", "nonsense")):
        assert server.command(*arguments, check=False).returncode == 2, arguments


def test_a_relay_is_left_by_its_inbox_or_by_its_actor(federated_factory):
    server = federated_factory()
    inbox, actor = "https://relay.example/inbox", "https://relay.example/actor"
    for word in (inbox, actor):
        server.command("relay", "add", inbox)
        assert server.command("relay", "remove", actor, check=False).returncode == 5
        server.rows(f"update relays set actor_uri = '{actor}', state = 'accepted'")
        server.command("relay", "remove", word)
        assert json.loads(server.command("relay", "list", "--json").stdout) == []
    undone = server.rows("select recipient from (select distinct inbox_url as recipient from deliveries) as d")
    assert undone == [(inbox,)], "both were told to the inbox"
