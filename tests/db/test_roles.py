# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what in the database: a connection is in its role from its first statement on, and a role has what the
migrations grant and nothing else."""
import os

import psycopg2
import pytest

SECRETS = ["users", "sessions", "oauth_applications", "oauth_codes", "oauth_tokens", "idempotency_keys",
           "organisations", "brand_accounts", "memberships", "roles", "grants", "audit_log", "audit_heads",
           "tickets", "ticket_posts", "ticket_notes", "ticket_events", "ticket_threads", "ticket_arrivals", "ticket_settings",
           "contacts", "contact_identities", "contact_tags", "consents", "contact_merges",
           "severance_events", "severed_actors", "severed_follows",
           "notifications", "notification_requests", "conversation_posts", "markers", "push_subscriptions"]


def federation_rights():
    """{table: letters in the order of has_table_privilege below}; tables that are not named have none."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "federation_rights"), encoding="utf-8") as file:
        return dict(line.split() for line in file if not line.startswith("#"))


RIGHTS = """
select relname,
       concat(case when has_table_privilege('{role}', oid, 'select') then 's' end,
              case when has_table_privilege('{role}', oid, 'insert') then 'i' end,
              case when has_table_privilege('{role}', oid, 'update') then 'u' end,
              case when has_table_privilege('{role}', oid, 'delete') then 'd' end,
              case when has_table_privilege('{role}', oid, 'truncate, references, trigger') then 'X' end)
from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
"""


@pytest.mark.parametrize("role, user", [("web", "comptoir_web"), ("federation", "comptoir_federation")])
def test_a_connection_string_without_user_logs_in_as_the_role(migrated, shell, role, user):
    url = migrated.owner_url.rsplit(" user=", 1)[0]
    tool = shell(url, role)
    assert tool.ask("user") == "none"
    assert tool.value == f"{user} off 5s UTF8"


@pytest.mark.parametrize("role, user", [("web", "comptoir_web"), ("federation", "comptoir_federation")])
def test_a_connection_string_with_user_becomes_the_role(migrated, shell, role, user):
    tool = shell(migrated.owner_url, role, ["database.statement_timeout=1500ms"])
    assert tool.ask("user") == "none"
    assert tool.value == f"{user} off 1500ms UTF8"


def test_the_owner_stays_the_owner_and_has_no_time_limit(migrated, shell):
    tool = shell(migrated.owner_url, "owner")
    assert tool.ask("user") == "none"
    assert tool.value == "comptoir_owner off 0 UTF8"
    other = shell(migrated.federation_url, "owner", [f"database.owner_url={migrated.owner_url}"])
    assert other.ask("user") == "none"
    assert other.value.startswith("comptoir_owner ")


def test_the_federation_role_has_exactly_these_rights(migrated):
    found = dict(migrated.rows(RIGHTS.format(role="comptoir_federation")))
    assert {table: letters for table, letters in found.items() if letters} == federation_rights()


def test_the_web_role_changes_rows_and_nothing_else(migrated):
    rights = dict(migrated.rows(RIGHTS.format(role="comptoir_web")))
    assert rights.pop("schema_migrations") == "s"
    assert rights.pop("instance_counters") == "su"
    assert rights.pop("heartbeats") == ""
    assert rights.pop("permissions") == "s"
    assert rights.pop("audit_log") == "si"
    assert rights.pop("audit_heads") == "s"
    assert rights.pop("changes") == "sid"
    assert rights.pop("approvals") == "si"
    assert rights.pop("releases") == "s"
    assert rights.pop("mail_domain_blocks") == "sid"
    assert set(rights.values()) == {"siud"}


@pytest.mark.parametrize("table", SECRETS)
def test_the_federation_role_cannot_read_secrets(migrated, table):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        migrated.rows(f"select * from {table}", user="comptoir_federation")


def test_what_is_private_cannot_be_read_as_the_federation_role(migrated):
    """Every table that is not named as readable, so that none is forgotten."""
    readable = {table for table, letters in federation_rights().items() if "s" in letters}
    private = [table for table, in migrated.rows("select relname from pg_class where relnamespace = 'public'::regnamespace"
                                                 " and relkind = 'r'") if table not in readable]
    assert {"drafts", "draft_versions", "approvals", "releases", "tickets", "ticket_notes", "link_hits", "audit_log"} <= set(private)
    for table in private:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            migrated.rows(f"select * from {table}", user="comptoir_federation")


@pytest.mark.parametrize("user", ["comptoir_web", "comptoir_federation"])
def test_a_role_makes_no_tables(migrated, user):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        migrated.rows("create table public.mine (id bigint)", user=user)


def test_what_is_made_later_belongs_to_the_owner_alone(empty_database, shell):
    """A later migration that forgets its grants gives nothing away: default privileges do not leak."""
    tool = shell(empty_database.owner_url, "owner")
    assert tool.ask("migrate") == "none"
    empty_database.rows("""
        create schema brand;
        create table brand.internal_notes (body text);
        create table public.later (body text);
        create sequence public.later_sequence;
        create type public.later_type as enum ('a');
        create function public.later_function() returns text security definer language sql as $$ select 'secret' $$;
        """, user="comptoir_owner")
    for role in ("comptoir_web", "comptoir_federation", "public"):
        rows = empty_database.rows(f"""
            select has_schema_privilege('{role}', 'brand', 'usage, create'),
                   has_table_privilege('{role}', 'brand.internal_notes', 'select, insert, update, delete'),
                   has_table_privilege('{role}', 'public.later', 'select, insert, update, delete'),
                   has_sequence_privilege('{role}', 'public.later_sequence', 'usage, select, update'),
                   has_type_privilege('{role}', 'public.later_type', 'usage'),
                   has_function_privilege('{role}', 'public.later_function()', 'execute')""")
        assert rows == [(False,) * 6], role


def test_neither_role_is_member_of_another(migrated):
    rows = migrated.rows("""
        select r.rolname, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls,
               exists (select from pg_auth_members where member = r.oid)
        from pg_roles r where r.rolname in ('comptoir_web', 'comptoir_federation') order by 1""")
    assert rows == [("comptoir_federation", False, False), ("comptoir_web", False, False)]


def test_a_string_that_is_no_connection_string_is_refused_without_quoting_it(shell):
    tool = shell("postgresql://web:hunter2@[broken", "web")
    assert tool.ask("ping") == "configuration"
    log = tool.end()
    assert "database_url_invalid" in log and "hunter2" not in log
