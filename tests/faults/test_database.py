# SPDX-License-Identifier: AGPL-3.0-or-later
"""PostgreSQL restarts, is gone, stands still, or comes late."""
import time

import pytest
import requests

from support.load import Load
from support.waiting import wait_until

GRACE_SECONDS = 5  # after an outage, for reconnecting


def webfinger(server, name):
    return f"/.well-known/webfinger?resource=acct:{name}@127.0.0.1:{server.port}"


UNCACHED = {"http.document_cache": "0"}


def judge(load, outage_begin, outage_end, expected=(200, 404)):
    """Every answer is there; other than 503 with Retry-After in the outage there is no error."""
    answers = load.all()
    assert len(answers) > 50
    for answer in answers:
        if answer.status in expected:
            continue
        assert answer.status == 503, answer
        assert answer.retry_after and int(answer.retry_after) > 0, answer
        assert answer.ended >= outage_begin, answer
        assert answer.started <= outage_end + GRACE_SECONDS, answer
    late = [answer for answer in answers if answer.started > outage_end + GRACE_SECONDS]
    assert late and all(answer.status in expected for answer in late)


@pytest.mark.limit(120)
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_restart_of_postgresql_gives_503_for_its_time_only(own_postgres, database_factory, server_factory, how):
    server = server_factory(database=database_factory(own_postgres), settings=UNCACHED)
    with Load(server.port, [webfinger(server, "nobody{n}")], threads=4) as load:
        wait_until(lambda: load.count() >= 100, 20, "some answers")
        begin = time.monotonic()
        own_postgres.restart(how)
        end = time.monotonic()
        wait_until(lambda: len(load.since(end + GRACE_SECONDS)) >= 50, 30, "answers after the grace")
    judge(load, begin, end)
    assert server.start_count == 1 and server.is_running()


@pytest.mark.limit(120)
def test_without_postgresql_everything_says_503_within_a_second_and_recovers(own_postgres, database_factory, server_factory):
    server = server_factory(database=database_factory(own_postgres), settings=UNCACHED)
    path = webfinger(server, "nobody")
    assert server.get(path).status_code == 404
    own_postgres.stop()
    wait_until(lambda: server.get("/ready").status_code == 503, 5, "/ready to say 503")
    for number in range(10):
        begin = time.monotonic()
        response = server.get(webfinger(server, f"gone{number}"))
        assert response.status_code == 503, response.text
        assert int(response.headers["Retry-After"]) > 0
        assert time.monotonic() - begin < 1
        begin = time.monotonic()
        assert server.get("/ready").status_code == 503
        assert time.monotonic() - begin < 1
    assert server.get("/health").status_code == 200
    own_postgres.start()
    wait_until(lambda: server.get("/ready").status_code == 200, GRACE_SECONDS, "/ready after the outage")
    wait_until(lambda: server.get(path).status_code == 404, GRACE_SECONDS, "an answer after the outage")


@pytest.mark.limit(120)
def test_a_stalled_postgresql_gives_503_within_the_statement_timeout(own_postgres, database_factory, server_factory):
    server = server_factory(database=database_factory(own_postgres), settings={**UNCACHED, "database.statement_timeout": "1s",
                                                                               "database.connect_timeout": "500ms"})
    paths = [webfinger(server, f"nobody{number}") for number in range(20)]
    assert all(server.get(path).status_code == 404 for path in paths[:4])
    own_postgres.pause()
    try:
        for path in paths[4:8]:
            begin = time.monotonic()
            response = server.get(path, timeout=10)
            assert response.status_code == 503, response.status_code
            assert time.monotonic() - begin <= 3.5
            begin = time.monotonic()
            assert server.get("/health").status_code == 200
            assert time.monotonic() - begin < 0.5
        # By now every worker knows: no request waits longer than one attempt to connect, and most do not wait at all.
        quick = 0
        for path in paths[8:] * 2:
            begin = time.monotonic()
            assert server.get(path, timeout=10).status_code == 503
            elapsed = time.monotonic() - begin
            assert elapsed < 1
            quick += elapsed < 0.3
        assert quick >= 16
    finally:
        own_postgres.resume()
    wait_until(lambda: server.get(paths[9]).status_code == 404, GRACE_SECONDS, "an answer after the stall")
    wait_until(lambda: server.get("/ready").status_code == 200, GRACE_SECONDS, "/ready after the stall")


@pytest.mark.limit(120)
def test_a_server_that_starts_before_its_database_waits_for_it(own_postgres, database_factory, server_factory):
    server = server_factory(database=database_factory(own_postgres), start=False)
    own_postgres.stop()
    server.start(wait=False)

    def ready_status():
        assert server.is_running(), server.log()[-2000:]
        try:
            return server.get("/ready").status_code
        except requests.ConnectionError:
            return None
    wait_until(lambda: ready_status() == 503, 10, "/ready to say 503")
    own_postgres.start()
    wait_until(lambda: ready_status() == 200, GRACE_SECONDS, "/ready once the database is there")


@pytest.mark.limit(120)
def test_a_locked_table_holds_requests_up_to_the_statement_timeout_only(database_factory, server_factory):
    server = server_factory(settings={**UNCACHED, "database.statement_timeout": "1s"})
    connection = server.database.connect("superuser")
    try:
        connection.cursor().execute("lock table actors in access exclusive mode")
        begin = time.monotonic()
        response = server.get(webfinger(server, "nobody"))
        assert response.status_code == 503
        assert 0.5 <= time.monotonic() - begin <= 3
    finally:
        connection.close()
    assert server.get(webfinger(server, "nobody")).status_code == 404
