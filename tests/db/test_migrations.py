# SPDX-License-Identifier: AGPL-3.0-or-later
"""Migrations: complete, repeatable, interruptible, and refused when they do not fit; the schema as it is written down."""
import os
import signal
import subprocess
import threading

from support.waiting import wait_until

import schema


def applied(database):
    if database.value("select to_regclass('schema_migrations')") is None:
        return 0
    return database.value("select count(*) from schema_migrations")


def test_a_second_run_applies_nothing(empty_database, shell):
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("migrate") == "none"
    assert tool.value == str(schema.migration_count())
    assert tool.ask("migrate") == "none"
    assert tool.value == "0"
    assert tool.ask("check") == "none"


def test_an_unmigrated_database_is_reported_with_the_remedy(empty_database, shell):
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("check") == "configuration"
    assert "lacks migration 0001_people" in tool.value and "comptoir db migrate" in tool.value
    assert tool.ask("list") == "none"
    assert "1:missing" in tool.value


def test_a_changed_migration_is_refused(empty_database, shell):
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("migrate") == "none"
    empty_database.rows("update schema_migrations set sha256 = sha256('other'::bytea) where number = 2")
    assert tool.ask("check") == "configuration"
    assert "0002_posts was changed" in tool.value
    assert tool.ask("migrate") == "configuration"
    assert tool.ask("list") == "none"
    assert "1:applied 2:changed" in tool.value


def test_a_schema_of_a_newer_version_is_refused(empty_database, shell):
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("migrate") == "none"
    empty_database.rows("insert into schema_migrations (number, name, sha256) values (9999, 'future', sha256(''))")
    assert tool.ask("check") == "configuration"
    assert "newer version" in tool.value and "9999_future" in tool.value
    assert tool.ask("migrate") == "configuration"


def test_a_failed_migration_leaves_nothing_of_itself(empty_database, shell):
    empty_database.rows("create table media (id bigint)", user="comptoir_owner")
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("migrate") == "database"
    assert applied(empty_database) == 1
    assert empty_database.value("select to_regclass('posts')") is None
    empty_database.rows("drop table media")
    assert tool.ask("migrate") == "none"
    assert schema.dump(empty_database) == schema.written()


def test_two_migrators_at_once_apply_each_migration_once(empty_database, shell):
    tools = [shell(empty_database.owner_url, "owner") for _ in range(3)]
    errors = []
    threads = [threading.Thread(target=lambda tool=tool: errors.append(tool.ask("migrate"))) for tool in tools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == ["none"] * 3
    assert sum(int(tool.value) for tool in tools) == schema.migration_count()
    assert schema.dump(empty_database) == schema.written()


PAUSE = """
create function pause() returns event_trigger language plpgsql as $$ begin
    if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.{table}') then
        perform pg_sleep(600);
    end if;
end $$;
create event trigger pause on ddl_command_end execute function pause();
"""


def test_a_killed_migrator_is_continued_by_the_next(postgres, shell):
    """Stopped in the middle of each migration in turn, then killed."""
    database = postgres.create_database()
    running = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'comptoir'"
    try:
        for number, table in enumerate(("users", "media", "jobs", "relays")):
            database.rows(PAUSE.format(table=table))
            tool = shell(database.owner_url, "owner")
            tool.send("migrate")
            wait_until(lambda: database.value(running + " and wait_event = 'PgSleep'"), 20, f"the migrator to make {table}")
            tool.process.send_signal(signal.SIGKILL)
            tool.process.wait()
            tool.process.stdin.close()
            # Its server process sleeps on until it is ended, as it would at its next answer.
            database.rows("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'comptoir'")
            wait_until(lambda: not database.value(running), 20, "the server to end it")
            database.rows("drop event trigger pause; drop function pause()")
            assert applied(database) == number
            assert database.value("select to_regclass(%s)", (table,)) is None
        tool = shell(database.owner_url, "owner")
        assert tool.ask("migrate") == "none"
        assert int(tool.value) == schema.migration_count() - 3
        assert schema.dump(database) == schema.written()
    finally:
        database.drop()


def test_migrations_killed_at_any_moment_end_in_the_clean_schema(postgres, shell):
    database = postgres.create_database()
    try:
        for milliseconds in (2, 5, 9, 14, 20, 27, 35, 44, 60):
            tool = shell(database.owner_url, "owner")
            tool.send("migrate")
            try:
                tool.process.wait(milliseconds / 1000)
            except subprocess.TimeoutExpired:
                pass
            tool.process.kill()
            tool.process.wait()
            tool.process.stdin.close()
        tool = shell(database.owner_url, "owner")
        assert tool.ask("migrate") == "none"
        assert tool.ask("check") == "none"
        assert schema.dump(database) == schema.written()
    finally:
        database.drop()


def test_the_written_schema_is_the_migrated_one(migrated):
    assert schema.dump(migrated) == schema.written(), "run storage/update_schema"


def test_every_migration_begins_with_prose():
    for name in schema.migration_names():
        with open(os.path.join(schema.MIGRATIONS, name), encoding="utf-8") as file:
            head = file.read().split("\n\n")[0]
        assert head.startswith("-- ") and len(head) > 60, name


def test_every_foreign_key_has_an_index(migrated):
    rows = migrated.rows("""
        select c.conrelid::regclass::text, c.conname
        from pg_constraint c
        where c.contype = 'f' and not exists (
            select from pg_index i
            where i.indrelid = c.conrelid and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] = c.conkey)""")
    assert rows == []
