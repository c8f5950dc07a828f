# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several processes of one instance hear at once what one of them wrote; one that is alone tells nobody."""
import contextlib
import http.client
import select
import socket
import threading

import pytest

from support.api import Api, person
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
def beside(server):
    """One more process of the same instance."""
    program = Server(server.database, {"instance.base_url": server.url, "data.directory": server.settings["data.directory"]})
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
