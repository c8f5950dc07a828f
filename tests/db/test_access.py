# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each reason for which a token gives no access, set in the database as an operator's hand would."""
import pytest

HASH = "0123456789abcdef0123456789abcdef"
MAKE = f"""
insert into domains (id, name, base_url, authority, is_primary) values (1, 'a.example', 'https://a.example', 'a.example', true);
insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, created_at, updated_at)
  values (1, 'Person', 1, 'a', 'a', 'a.example', 'https://a.example/users/a', 'https://a.example/@a',
          'https://a.example/users/a/inbox', now(), now());
insert into users (id, actor_id, email, password_hash, locale, created_at)
  values (1, 1, 'a@a.example', '$argon2id$x', 'en', now());
insert into oauth_applications (id, client_id, name, redirect_uris, scopes) values (1, 'client0000000000', 'c', 'urn', 'read');
insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes)
  values (1, '{HASH}'::bytea, 1, 1, 1, 'read')
"""


@pytest.fixture(scope="module")
def tokens(migrated):
    migrated.rows(MAKE)
    return migrated


@pytest.mark.parametrize("table, column, barred, free", [
    ("oauth_tokens", "revoked_at", "now()", "null"),
    ("oauth_tokens", "expires_at", "now() - interval '1 second'", "now() + interval '1 hour'"),
    ("oauth_applications", "is_disabled", "true", "false"),
    ("users", "is_disabled", "true", "false"),
    ("actors", "is_disabled", "true", "false"),
    ("actors", "suspended_at", "now()", "null"),
])
def test_a_barred_token_gives_no_access(tokens, shell, table, column, barred, free):
    tool = shell(tokens.owner_url)
    assert tool.ask(f"access {HASH}") == "none"
    assert tool.value == "read"
    tokens.rows(f"update {table} set {column} = {barred}")
    try:
        assert tool.ask(f"access {HASH}") == "not_found"
    finally:
        tokens.rows(f"update {table} set {column} = {free}")
    assert tool.ask(f"access {HASH}") == "none"


def test_the_use_of_a_token_is_noted_once_a_day(tokens, shell):
    tokens.rows("update oauth_tokens set last_used_on = current_date - 1; update users set last_active_on = null")
    tool = shell(tokens.owner_url)
    assert tool.ask(f"access {HASH}") == "none"
    assert tokens.value("select last_used_on = current_date from oauth_tokens") is True
    assert tokens.value("select last_active_on = current_date from users") is True
    row_version = tokens.value("select xmin::text from oauth_tokens")
    assert tool.ask(f"access {HASH}") == "none"
    assert tokens.value("select xmin::text from oauth_tokens") == row_version


def test_a_use_that_cannot_be_noted_still_gives_access(tokens, shell):
    """A full disk must not lock everybody out who only reads."""
    tokens.rows("update oauth_tokens set last_used_on = current_date - 1")
    tokens.rows("revoke update on users from comptoir_web")
    try:
        tool = shell(tokens.owner_url)
        assert tool.ask(f"access {HASH}") == "none"
        assert tool.value == "read"
    finally:
        tokens.rows("grant update on users to comptoir_web")
    assert tokens.value("select last_used_on = current_date from oauth_tokens") is False
