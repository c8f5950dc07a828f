# SPDX-License-Identifier: AGPL-3.0-or-later
"""The connection: what becomes of it when the server restarts, stalls, goes, or swallows an answer."""
import json
import os
import shutil
import socket
import threading
import time

import pytest

from conftest import migrate
from support import processes
from support.postgres import Postgres
from support.postgres_proxy import PostgresProxy
from support.server import command, write_config
from support.waiting import wait_until

RAISE = """
create or replace function raise_sqlstate(code text) returns text language plpgsql as $$
begin raise exception using errcode = code, message = 'as asked'; end $$;
grant execute on function raise_sqlstate(text) to public
"""


@pytest.fixture(scope="module")
def own():
    """A cluster that these tests may stop, with a migrated database."""
    cluster = Postgres()
    try:
        database = cluster.create_database()
        migrate(database)
        database.rows(RAISE)
        yield database
    finally:
        cluster.remove()


@pytest.fixture(autouse=True)
def runs_again(own):
    yield
    own.postgres.resume()
    if own.postgres.process.poll() is not None:
        own.postgres.start()


@pytest.fixture
def proxy(own):
    made = PostgresProxy(own.postgres)
    yield made
    made.close()


def ask_until(tool, line, wanted, seconds):
    wait_until(lambda: tool.ask(line) == wanted, seconds, f"{wanted} from {line}")


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_restart_between_statements_is_not_noticed(own, shell, how):
    tool = shell(own.owner_url)
    assert tool.ask("has x") == "none"
    own.postgres.restart(how)
    assert tool.ask("has x") == "none"
    log = tool.end()
    assert log.count("database_connection_lost") == 1 and log.count("database_connected") == 1


def test_a_restart_inside_a_transaction_fails_it_until_it_is_rolled_back(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("begin") == "none"
    assert tool.ask("put restarted") == "none"
    own.postgres.restart("fast")
    assert tool.ask("put more") == "database_unreachable"
    assert tool.ask("has restarted") == "database_unreachable"
    assert tool.ask("commit") == "database_unreachable"
    assert tool.ask("has restarted") == "none"
    assert tool.value == ""


def test_a_stopped_server_is_told_at_once_and_tried_with_growing_pauses(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("ping") == "none"
    own.postgres.stop("fast")
    for _ in range(50):
        assert tool.ask("ping") == "database_unreachable"
        assert tool.last_ms < 1000
    own.postgres.start()
    ask_until(tool, "ping", "none", 5)
    log = tool.end()
    assert log.count(" warning ") == 1, "an outage is one line"


def test_attempts_keep_the_pauses(shell):
    """A server that takes connections and drops them: at most 250 ms, 500 ms, 1 s, 2 s, halved by chance, apart."""
    directory = processes.make_directory("comptoir-px-")
    listener = socket.socket(socket.AF_UNIX)
    path = os.path.join(directory, ".s.PGSQL.5432")
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(64)
    attempts = []

    def refuse():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            attempts.append(time.monotonic())
            client.close()
    threading.Thread(target=refuse, daemon=True).start()
    tool = shell(f"host={directory} port=5432 dbname=x user=x sslmode=disable gssencmode=disable")
    end = time.monotonic() + 3
    asked = 0
    while time.monotonic() < end:
        assert tool.ask("ping") == "database_unreachable"
        asked += 1
    listener.close()
    shutil.rmtree(directory)
    assert asked > 500, "calls in the pause end at once"
    assert 3 <= len(attempts) <= 7
    gaps = [later - earlier for earlier, later in zip(attempts, attempts[1:])]
    for gap, least in zip(gaps, (0.125, 0.25, 0.5, 1.0, 2.0)):
        assert gap >= least * 0.95


def test_an_unanswered_commit_is_unknown_and_can_be_looked_up(own, shell, proxy):
    tool = shell(proxy.url(own))
    assert tool.ask("begin") == "none"
    assert tool.ask("put looked-up") == "none"
    proxy.swallow = b"commit"
    assert tool.ask("commit") == "commit_unknown"
    assert proxy.swallowed == 1
    assert tool.ask("has looked-up") == "none"
    assert tool.value == "looked-up"


def test_an_account_whose_commit_was_not_answered_is_looked_up(own, proxy):
    """Else its password would be lost, and the second try told that the name is taken."""
    directory = processes.make_directory("comptoir-acc-")
    path = os.path.join(directory, "comptoir.conf")
    write_config(path, {"data.directory": directory, "database.url": proxy.url(own)})

    def create(name):
        return command("account", "create", name, "--email", f"{name}@example.test", "--json", "--config", path)
    try:
        assert create("first").returncode == 0
        proxy.swallow = b"commit"
        result = create("second")
    finally:
        shutil.rmtree(directory)
    assert proxy.swallowed == 1
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["password"]) == 20


def test_a_lone_write_without_answer_is_unknown_and_a_read_is_not(own, shell, proxy):
    tool = shell(proxy.url(own))
    assert tool.ask("put first-lone") == "none"
    proxy.swallow = b"second-lone"
    assert tool.ask("put second-lone") == "commit_unknown"
    assert tool.ask("has second-lone") == "none"
    assert tool.value == "second-lone"
    proxy.swallow = b"third-lone"
    assert tool.ask("has third-lone") == "database_unreachable"
    assert proxy.swallowed == 2


def test_a_crash_in_the_middle_of_a_transaction_keeps_nothing(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("begin") == "none"
    assert tool.ask("put crashed") == "none"
    own.postgres.stop("immediate")
    # Sent into a socket whose other end is gone: nobody can say, and the look-up says no.
    assert tool.ask("commit") in ("commit_unknown", "database_unreachable")
    own.postgres.start()
    ask_until(tool, "has crashed", "none", 5)
    assert tool.value == ""


def test_a_long_statement_is_ended_by_the_server(own, shell):
    tool = shell(own.owner_url, "web", ["database.statement_timeout=300ms"])
    assert tool.ask("rest 20") == "timeout"
    assert 250 <= tool.last_ms < 3000
    assert tool.ask("ping") == "none"
    assert tool.ask("timeout 60000") == "none"
    assert tool.ask("rest 0.6") == "none"


def test_a_stalled_server_is_left_after_the_time_limit(own, shell):
    tool = shell(own.owner_url, "web", ["database.statement_timeout=500ms", "database.connect_timeout=400ms"])
    assert tool.ask("has x") == "none"
    own.postgres.pause()
    assert tool.ask("has x") == "timeout"
    assert tool.last_ms < 3000
    # The new connection gets no answer either, within its own limit; then the pause makes it quick.
    assert tool.ask("has x") == "database_unreachable"
    assert tool.last_ms < 1500
    own.postgres.resume()
    ask_until(tool, "has x", "none", 5)


def test_an_outage_is_known_to_all_connections(own, shell):
    """One waits in vain; the other, which never tried, fails at once."""
    tool = shell(own.owner_url, "web", ["database.statement_timeout=500ms", "database.connect_timeout=1s"])
    assert tool.ask("has x") == "none"
    own.postgres.pause()
    assert tool.ask("has x") == "timeout"
    wait_until(lambda: tool.ask("has x") == "database_unreachable" and tool.last_ms >= 900, 10, "an attempt to connect")
    tool.ask("other")
    assert tool.ask("has x") == "database_unreachable"
    assert tool.last_ms < 200, "it has heard of it"
    own.postgres.resume()
    ask_until(tool, "has x", "none", 5)
    tool.ask("other")
    assert tool.ask("has x") == "none"


def test_a_stall_is_known_to_idle_connections(own, shell):
    tool = shell(own.owner_url, "web", ["database.statement_timeout=3s", "database.connect_timeout=500ms"])
    assert tool.ask("has x") == "none"
    tool.ask("other")
    assert tool.ask("has x") == "none"
    own.postgres.pause()
    assert tool.ask("has x") == "timeout"
    assert tool.last_ms >= 3000
    tool.ask("other")
    for _ in range(20):
        assert tool.ask("has x") == "database_unreachable"
        assert tool.last_ms < 1500, "asked for 500 ms, not for as long as its statement may take"
    own.postgres.resume()
    ask_until(tool, "has x", "none", 5)


def test_a_stalled_server_does_not_hold_the_command_line(own):
    directory = processes.make_directory("comptoir-stat-")
    path = os.path.join(directory, "comptoir.conf")
    write_config(path, {"data.directory": directory, "database.url": own.owner_url})
    own.postgres.pause()
    try:
        result = command("db", "status", "--config", path, seconds=10)
    finally:
        own.postgres.resume()
        shutil.rmtree(directory)
    assert result.returncode == 4, result.stderr
    assert "does not answer" in result.stderr


def test_a_success_ends_the_pause_of_all(own, shell):
    tool = shell(own.owner_url)
    own.postgres.stop("fast")
    for _ in range(3):
        assert tool.ask("ping") == "database_unreachable"
        tool.ask("other")
    own.postgres.start()
    ask_until(tool, "ping", "none", 5)
    for _ in range(4):
        tool.ask("other")
        assert tool.ask("ping") == "none"


def test_a_connection_that_serves_goes_on_when_no_new_one_is_let_in(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("ping") == "none"
    own.rows("alter role comptoir_owner connection limit 0")
    try:
        for _ in range(20):
            tool.ask("other")
            assert tool.ask("ping") == "database_unreachable"
            tool.ask("other")
            assert tool.ask("ping") == "none"
    finally:
        own.rows("alter role comptoir_owner connection limit -1")


def test_a_commit_into_a_stalled_server_is_unknown(own, shell):
    tool = shell(own.owner_url, "web", ["database.statement_timeout=500ms"])
    assert tool.ask("begin") == "none"
    assert tool.ask("put stalled") == "none"
    own.postgres.pause()
    assert tool.ask("commit") == "commit_unknown"
    own.postgres.resume()
    ask_until(tool, "ping", "none", 5)


@pytest.mark.parametrize("sqlstate, error", [
    ("23505", "conflict"), ("53100", "storage_full"), ("58030", "storage_full"), ("57014", "timeout"), ("55P03", "timeout"),
    ("40001", "unavailable"), ("40P01", "unavailable"), ("53200", "unavailable"), ("25006", "database_unreachable"),
    ("57P01", "database_unreachable"), ("22012", "database"), ("42501", "database"),
])
def test_what_the_server_reports_has_its_meaning(own, shell, sqlstate, error):
    tool = shell(own.owner_url)
    assert tool.ask(f"fail {sqlstate}") == error
    assert tool.ask("ping") == "none"


def test_a_standby_is_left_for_the_primary(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("put before-standby") == "none"
    own.rows("alter role comptoir_owner set default_transaction_read_only = on")
    try:
        connected = "pg_stat_activity where application_name = 'comptoir_web'"
        own.rows(f"select pg_terminate_backend(pid) from {connected}")
        wait_until(lambda: not own.value(f"select count(*) from {connected}"), 10, "the connections to end")
        assert tool.ask("put on-standby") == "database_unreachable"
    finally:
        own.rows("alter role comptoir_owner reset default_transaction_read_only")
    assert tool.ask("put on-primary") == "none"


def test_a_changed_table_is_prepared_for_anew(own, shell):
    tool = shell(own.owner_url)
    assert tool.ask("read_all") == "none"
    own.rows("alter table settings add column extra text")
    try:
        assert tool.ask("read_all") == "none"
        assert tool.ask("begin") == "none"
        assert tool.ask("read_all") == "none"
        own.rows("alter table domains add column extra text")
        assert tool.ask("commit") == "none"
    finally:
        own.rows("alter table settings drop column extra; alter table domains drop column extra")
    # In a transaction it fails once, as something that trying again helps against.
    assert tool.ask("begin") == "none"
    assert tool.ask("read_all") == "unavailable"
    assert tool.ask("commit") == "unavailable"
    assert tool.ask("read_all") == "none"


def test_too_many_connections_count_as_unreachable(own, shell):
    own.rows("alter role comptoir_owner connection limit 0")
    try:
        tool = shell(own.owner_url)
        assert tool.ask("ping") == "database_unreachable"
    finally:
        own.rows("alter role comptoir_owner connection limit -1")
    ask_until(tool, "ping", "none", 5)


def test_many_statements_share_one_connection(own, shell, proxy):
    tool = shell(proxy.url(own))
    assert tool.ask("measure 2000") == "none"
    assert proxy.accepted == 1
