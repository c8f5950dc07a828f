# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of all pytest parts: a PostgreSQL of our own, migrated databases, the real program.

postgres         session   a cluster of the tests' own
database         module    a fresh migrated database of that module
database_factory function  more of them, also database_factory(cluster); dropped at the end of the test
own_postgres function     a cluster that the test may stop, stall or kill
server           module    `comptoir serve` on that module's database; limits do not count loopback
server_factory   function  server_factory(settings={"section.key": value}, database=None, env=None, open_files=None)
test_server      module    comptoir-test-server; test_server_factory(settings=...) for others
account          function  account("name") makes one on `server` and gives name, email, password

The build under test is COMPTOIR_BUILD (build/asan)."""
import os
import shutil
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from support import processes  # noqa: E402
from support.postgres import TEMPLATE, OWNER, Database, Postgres  # noqa: E402
from support.server import Server, TestServer, command, remove_copies, write_config  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also the tests that take minutes")
    parser.addoption("--smoke", action="store_true", help="perf: only show that the scenarios run, judge no time")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        kept = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = kept


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """No test may hang: an alarm ends it with an exception where it stands."""
    marker = item.get_closest_marker("limit")
    seconds = marker.args[0] if marker else 60

    def expire(_number, _frame):
        raise TimeoutError(f"the test took more than {seconds} s")
    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def pytest_sessionfinish():
    remove_copies()


@pytest.fixture(scope="session")
def postgres():
    cluster = Postgres()
    yield cluster
    cluster.remove()


def migrate(database):
    """Brings a database to the present schema by the program itself."""
    directory = processes.make_directory("comptoir-mig-")
    try:
        path = os.path.join(directory, "comptoir.conf")
        write_config(path, {"data.directory": directory, **database.settings()})
        result = command("db", "migrate", "--config", path)
        assert result.returncode == 0, f"db migrate: {result.returncode}\n{result.stdout}\n{result.stderr}"
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def clone(cluster):
    """A migrated database, copied from a template that is migrated once per cluster."""
    if not cluster.has_database(TEMPLATE):
        cluster.execute(f"create database {TEMPLATE} owner {OWNER}")
        migrate(Database(cluster, TEMPLATE))
    return cluster.create_database(TEMPLATE)


@pytest.fixture(scope="module")
def database(postgres):
    fresh = clone(postgres)
    yield fresh
    fresh.drop()


@pytest.fixture
def database_factory(postgres):
    made = []

    def make(cluster=None):
        made.append(clone(cluster or postgres))
        return made[-1]
    yield make
    for fresh in made:
        fresh.drop()


@pytest.fixture(scope="module")
def server(database):
    program = Server(database)
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture
def own_postgres():
    """A cluster that one test may stop, stall and kill; it writes as carefully as a real one."""
    cluster = Postgres(durable=True)
    yield cluster
    cluster.remove()


@pytest.fixture
def server_factory(database_factory):
    """A started server of the test's own, on a fresh database unless one is given. start=False: not started."""
    made = []

    def make(settings=None, database=None, start=True, **keywords):
        program = Server(database or database_factory(), settings, **keywords)
        made.append(program)
        if start:
            program.start()
        return program
    yield make
    remove_all(made)


@pytest.fixture(scope="module")
def test_server():
    program = TestServer()
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture
def test_server_factory():
    made = []

    def make(settings=None, **keywords):
        program = TestServer(settings=settings, **keywords)
        made.append(program)
        program.start()
        return program
    yield make
    remove_all(made)


def remove_all(programs):
    """Stops every one of them, then reports the first that ended badly."""
    failures = []
    for program in programs:
        try:
            program.remove()
        except (AssertionError, subprocess.SubprocessError) as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture
def account(server):
    return server.create_account
