# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server with an inbox, the web of its peers, and an actor whom it knows: fixtures of the tests of acceptance."""
import pytest

from support.federated import FederatedServer
from support.server import binary
from support.signer import Actor, Web, post

NAMES = "*.peer.test=127.0.0.1;*.evil.test=127.0.0.1;*.suspended.test=127.0.0.1;*.slow.test=127.0.0.1"


def make_server(database, settings=None):
    return FederatedServer(database, {"federation.allow_addresses": "127.0.0.1", **(settings or {})},
                           env={"LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"), "GETADDRINFO_MAP": NAMES})


@pytest.fixture(scope="module")
def server(database):
    program = make_server(database)
    try:
        program.start()
        program.command("account", "create", "brand", "--kind", "organization")
        program.command("domain", "block", "suspended.test", "--severity", "suspend")
        program.stop()
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture(scope="module")
def web():
    made = Web()
    yield made
    made.close()


@pytest.fixture(scope="module")
def known(server, web):
    """An actor whom the server knows."""
    actor = Actor(web)
    response = post(server, actor, actor.follow(server.actor("brand")))
    assert response.status == 202
    server.wait_for_row("select id from actors where uri = %s", actor.uri)
    return actor


def rows(server, document):
    return server.database.value("select count(*) from activities_in where uri = %s", (document["id"],))


def all_rows(server):
    return server.database.value("select count(*) from activities_in")


def is_stored(server, document):
    return rows(server, document) == 1
