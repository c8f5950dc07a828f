# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of the tests with other servers: several of our own, and Fedify."""
import shutil

import pytest

from support import processes
from support.federated import FederatedServer
from support.fedify import Fedify
from support.peers import Authority


@pytest.fixture(scope="session")
def authority():
    directory = processes.make_directory("comptoir-ca-")
    yield Authority(directory)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def federated_factory(database_factory):
    """A started server of ours on a database of its own."""
    made = []

    def make(settings=None, authority=None, accounts=(), **keywords):
        server = FederatedServer(database_factory(), settings, authority, **keywords)
        made.append(server)
        server.start()
        for name in accounts:
            server.create_account(name)
        return server
    yield make
    for server in made:
        server.remove()


@pytest.fixture
def fedify_factory():
    made = []

    def make(*arguments, **keywords):
        made.append(Fedify(*arguments, **keywords))
        return made[-1]
    yield make
    for peer in made:
        peer.stop()
