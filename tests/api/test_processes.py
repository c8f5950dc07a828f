# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several processes of one instance hear at once what one of them wrote; one that is alone tells nobody."""
import concurrent.futures
import contextlib
import http.client
import itertools
import random
import select
import socket
import threading

import pytest

from support.api import Api, person
from support.fleet import Fleet
from support.server import Server
from support.waiting import wait_until


class Ear:
    """Hears the channel as a process does, without a share in the lock that says so."""

    def __init__(self, database):
        self.connection = database.connect("superuser")
        self.connection.autocommit = True
        self.connection.cursor().execute("listen comptoir_wake")

    def heard(self, seconds=0.0):
        if select.select([self.connection], [], [], seconds)[0]:
            self.connection.poll()
        told = [note.payload for note in self.connection.notifies]
        self.connection.notifies.clear()
        return told


class Stream:
    """The events of somebody's home timeline at one process."""

    def __init__(self, server, token):
        self.lines = []
        self.connection = http.client.HTTPConnection(*server.url.split("://")[1].split(":"), timeout=60)
        self.connection.request("GET", "/api/v1/streaming/user", headers={"Authorization": f"Bearer {token}"})
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            while line := self.answer.readline():
                self.lines.append(line.decode())

    def has(self, text):
        return any(text in line for line in self.lines)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def house(server_factory):
    server = server_factory()
    ida, jon = person(server, "ida"), person(server, "jon")
    yield server, ida, jon


@contextlib.contextmanager
def beside(server, settings=None):
    """One more process of the same instance."""
    program = Server(server.database, {**(settings or {}), "instance.base_url": server.url,
                                       "data.directory": server.settings["data.directory"]})
    try:
        program.start()
        yield program
    finally:
        program.remove()


def post(server, who, text):
    return Api(server, who.token).post("/api/v1/statuses", data={"status": text})


def is_silent(ear, server, who):
    """Whether a post is told to nobody."""
    ear.heard()
    post(server, who, "to myself")
    return not ear.heard(0.5)


def test_a_process_that_is_alone_tells_nobody(house):
    server, ida, _ = house
    ear = Ear(server.database)
    wait_until(lambda: is_silent(ear, server, ida), 25, "silence", interval=0.5)
    with beside(server):
        wait_until(lambda: not is_silent(ear, server, ida), 10, "telling", interval=0.2)
    wait_until(lambda: is_silent(ear, server, ida), 25, "silence again", interval=0.5)


def test_each_of_two_processes_hears_the_other_at_once(house):
    server, ida, jon = house
    ear = Ear(server.database)
    wait_until(lambda: is_silent(ear, server, ida), 25, "silence", interval=0.5)
    with beside(server) as other:
        for number, (here, there) in enumerate(((server, other), (other, server), (server, other))):
            stream = Stream(there, jon.token)
            post(here, ida, f"@jon news {number}")
            wait_until(lambda stream=stream, number=number: stream.has(f"news {number}"), 4, "the event")
            stream.close()


def test_who_comes_later_hears_what_was_written_before_it_was_known(house):
    """Again and again, each time with somebody new: what is written while it begins is not lost for those who listen there."""
    server, ida, jon = house
    ear = Ear(server.database)
    for number in range(2):
        wait_until(lambda: is_silent(ear, server, ida), 25, "silence", interval=0.5)
        with beside(server) as other:
            stream = Stream(other, jon.token)
            post(server, ida, f"@jon first words {number}")
            wait_until(lambda stream=stream, number=number: stream.has(f"first words {number}"), 4, "the event")
            stream.close()


def test_strangers_who_follow_at_two_processes_at_once_are_taken_in_once_each(server_factory):
    settings = {"federation.allow_addresses": "127.0.0.0/8"}
    server, fleet = server_factory(settings=settings), Fleet(5)
    names = ("shop", "cafe", "deli")
    for name in names:
        server.create_account(name)
    strangers = [(f"stranger{number}", number % 5) for number in range(40)]
    with contextlib.closing(fleet), beside(server, settings) as other:
        def follow(where):
            (name, host), followed, process = where
            activity = fleet.follow(f"{server.url}/users/{followed}", name, host)
            activity["id"] += "-" + followed
            body, headers = fleet.signed(server.url + "/inbox", activity)
            return process.post("/inbox", data=body, headers=headers).status_code

        jobs = list(itertools.product(strangers, names, (server, other)))
        first = [job for job in jobs if job[0] in strangers[:5] and job[1] == "shop"]
        assert {follow(job) for job in first} == {202}  # of a host that is unknown few keys are asked for at once
        random.Random(1).shuffle(jobs)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            assert set(pool.map(follow, jobs)) == {202}
        count = len(strangers) * len(names)
        wait_until(lambda: sum(one["type"] == "Accept" for one in fleet.activities()) >= count, 30, "the Accepts")
    rows = server.database.rows
    assert rows("select count(*), count(distinct uri) from actors where domain_id is null") == [(40, 40)]
    assert rows("select count(*), count(distinct (follower_id, followed_id)) from follows where state = 'accepted'") == [(count, count)]
    assert rows("select a.username, c.followers from actor_counts as c join actors as a on a.id = c.actor_id"
                " where a.username = any (%s) order by 1", (list(names),)) == [("cafe", 40), ("deli", 40), ("shop", 40)]
    assert rows("select count(*) from notifications where kind = 'follow'") == [(count,)]
    assert rows("select count(*) from activities_out where type = 'Accept'") == [(count,)]
    assert rows("select distinct state from activities_in") == [("done",)]
