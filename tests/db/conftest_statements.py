# SPDX-License-Identifier: AGPL-3.0-or-later
"""The statements of the program, and a database large enough that a plan without an index shows: FILL, and then the files
of tests/db/fill."""
import glob
import os

import pytest

from conftest import Shell

# Ids are milliseconds << 16; here one a millisecond from 1970 on.
FILL = r"""
set synchronous_commit = off;
set maintenance_work_mem = '256MB';
set session_replication_role = replica;
insert into domains (id, name, base_url, authority, is_primary)
  values (1, 'company.example', 'https://company.example', 'company.example', true);
insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)
  select n::bigint << 16, 'Person', case when n <= 20000 then 1 end, 'name' || n, 'name' || n,
         case when n <= 20000 then 'company.example' else 'h' || n % 5000 || '.example' end,
         'https://h.example/users/' || n, 'https://h.example/@' || n, 'https://h.example/users/' || n || '/inbox',
         now(), now(), case when n > 20000 then now() end
  from generate_series(1, 200000) as n;
insert into actor_counts (actor_id, followers) select n::bigint << 16, n % 100 from generate_series(1, 200000) as n;
insert into actor_keys (uri, actor_id, kind, public_pem)
  select 'https://h.example/users/' || n || '#main-key', n::bigint << 16, 'rsa', 'pem' from generate_series(1, 200000) as n;
insert into users (id, actor_id, email, password_hash, locale, created_at, last_active_on)
  select n::bigint << 16, n::bigint << 16, 'name' || n || '@mail.example', '$argon2id$x', 'fr', now(),
         current_date - n % 1000
  from generate_series(1, 20000) as n;
insert into sessions (id, token_hash, user_id, expires_at)
  select n, sha256(n::text::bytea), (n % 20000 + 1)::bigint << 16, now() + interval '1 day' from generate_series(1, 30000) as n;
insert into oauth_applications (id, client_id, name, redirect_uris, scopes)
  select n, 'client' || lpad(n::text, 16, '0'), 'a client', 'urn', 'read' from generate_series(1, 20000) as n;
insert into oauth_codes (code_hash, application_id, user_id, actor_id, redirect_uri, scopes, expires_at)
  select sha256(n::text::bytea), n % 20000 + 1, (n % 20000 + 1)::bigint << 16, (n % 20000 + 1)::bigint << 16, 'urn', 'read', now()
  from generate_series(1, 20000) as n;
insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes)
  select n, sha256(n::text::bytea), n % 20000 + 1, (n % 20000 + 1)::bigint << 16, (n % 20000 + 1)::bigint << 16, 'read'
  from generate_series(1, 100000) as n;
insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, conversation_id, visibility, html, created_at,
                   quote_id, quote_uri, quote_state, in_reply_to_uri)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16, 'https://h.example/p/' || n, 'https://h.example/@/' || n,
         case when n % 3 = 0 then (n - 1)::bigint << 16 end, case when n % 3 = 0 then (n % 200000)::bigint << 16 end,
         (n - case when n % 3 = 0 then 1 else 0 end)::bigint << 16,
         (array['public', 'unlisted', 'followers', 'direct'])[1 + n % 4], '<p>post</p>', now(),
         case when n % 200 = 0 then (n - 1)::bigint << 16 end, case when n % 100 = 0 then 'https://h.example/p/' || n - 1 end,
         case when n % 100 = 0 then 'accepted' end, case when n % 50 = 1 then 'https://h.example/elsewhere/' || n end
  from generate_series(1, 1000000) as n;
insert into post_counts (post_id, replies) select n::bigint << 16, 1 from generate_series(2, 1000000, 3) as n;
insert into post_mentions (post_id, actor_id)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16 from generate_series(1, 1000000, 4) as n;
insert into post_tags (post_id, name) select n::bigint << 16, 'tag' || n % 5000 from generate_series(1, 1000000, 7) as n;
insert into post_revisions (post_id, revision, html, is_sensitive, written_at)
  select n::bigint << 16, 1, '<p>before</p>', false, now() from generate_series(1, 1000000, 50) as n;
insert into media (id, name, actor_id, kind, mime_type, size_bytes, remote_url)
  select n::bigint << 16, lpad(n::text, 22, '0'), (n % 200000 + 1)::bigint << 16, 'image', 'image/png', 0, 'https://h.example/m/' || n
  from generate_series(1, 200000) as n;
insert into post_media (post_id, position, media_id) select n::bigint << 16, 0, n::bigint << 16 from generate_series(1, 200000) as n;
insert into boosts (id, actor_id, post_id, uri)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16, (n % 20000 + 1)::bigint << 16, 'https://h.example/b/' || n
  from generate_series(1, 200000) as n;
insert into favourites (id, actor_id, post_id, uri)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16, (n % 20000 + 1)::bigint << 16, 'https://h.example/l/' || n
  from generate_series(1, 200000) as n;
insert into reactions (id, actor_id, post_id, emoji, uri)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16, (n % 20000 + 1)::bigint << 16, 'x', 'https://h.example/r/' || n
  from generate_series(1, 100000) as n;
insert into polls (post_id, is_multiple, ends_at, closed_at)
  select n::bigint << 16, false, now() + (n - 19000) * interval '1 minute', case when n < 19000 then now() end
  from generate_series(1, 20000) as n;
insert into poll_options (post_id, position, title)
  select n::bigint << 16, position, 'option' from generate_series(1, 20000) as n, generate_series(0, 3) as position;
insert into poll_votes (post_id, position, actor_id, uri)
  select (n % 20000 + 1)::bigint << 16, n % 4, n::bigint << 16, 'https://h.example/v/' || n from generate_series(1, 100000) as n;
insert into tombstones (uri, is_local, was_known)
  select 'https://h.example/gone/' || n, n % 100 = 0, n % 2 = 0 from generate_series(1, 100000) as n;
insert into emojis (domain, shortcode, image_url, updated_at)
  select 'h' || n % 5000 || '.example', 'emoji' || n, 'https://h.example/e/' || n, now() from generate_series(1, 100000) as n;
insert into blocks (id, blocker_id, blocked_id, uri)
  select n::bigint << 16, (n % 1000 + 1)::bigint << 16, (n % 200000 + 1001)::bigint << 16, 'https://h.example/block/' || n
  from generate_series(1, 50000) as n;
insert into follows (id, follower_id, followed_id, state, uri)
  select n::bigint << 16, (n % 200000 + 1)::bigint << 16, ((n % 200000 + (n / 200000 + 1) * 31) % 200000 + 1)::bigint << 16,
         case when n % 20 = 0 then 'pending' else 'accepted' end, 'https://h.example/f/' || n
  from generate_series(1, 1000000) as n;
insert into pins (actor_id, post_id) select (n % 200000 + 1)::bigint << 16, n::bigint << 16 from generate_series(1, 50000) as n;
insert into featured_tags (actor_id, name)
  select (n % 200000 + 1)::bigint << 16, 'tag' || n % 5000 from generate_series(1, 50000) as n;
insert into notifications (id, actor_id, kind, from_actor_id, post_id)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, 'favourite', (n % 200000 + 1)::bigint << 16, n::bigint << 16
  from generate_series(1, 200000) as n;
insert into reports (id, reporter_id, target_id, uri)
  select n, (n % 200000 + 1)::bigint << 16, (n % 1000 + 1)::bigint << 16, 'https://h.example/r/' || n from generate_series(1, 20000) as n;
insert into activities_out (id, uri, type, actor_id, body, body_sha256)
  select n, 'https://h.example/a/' || n, 'Create', (n % 20000 + 1)::bigint << 16, '{}'::bytea, sha256('{}'::bytea)
  from generate_series(1, 30000) as n;
insert into deliveries (activity_id, inbox_url, peer, state, ended_at)
  select n % 30000 + 1, 'https://h' || n || '.example/inbox', 'h' || n % 5000 || '.example',
         case when n % 100 = 0 then 'pending' else 'accepted' end, case when n % 100 <> 0 then now() end
  from generate_series(1, 300000) as n;
insert into domain_blocks (domain, severity) select 'h' || n || '.example', 'suspend' from generate_series(1, 5000) as n;
insert into peers (name) select 'h' || n || '.example' from generate_series(1, 5000) as n;
insert into activities_in (id, uri, type, actor_uri, body, state, ended_at)
  select n, 'https://h.example/in/' || n, 'Create', 'https://h.example/users/' || n, '{}'::bytea, 'done', now()
  from generate_series(1, 100000) as n;
insert into fetches (id, uri, kind, root_uri, peer, due_at, leased_until, leased_by)
  select n, 'https://h' || n % 5000 || '.example/f/' || n, 'object', 'https://h.example/root/' || n % 1000, 'h' || n % 5000 || '.example',
         now() + (n % 200 - 10) * interval '1 minute', case when n % 10000 = 0 then now() + interval '5 minutes' end,
         case when n % 10000 = 0 then 7 end
  from generate_series(1, 100000) as n;
insert into fetch_roots (uri, begun_at)
  select 'https://h.example/root/' || n, now() - n * interval '1 second' from generate_series(1, 50000) as n;
"""
MORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fill", "*.sql")


def fill():
    texts = [FILL]
    for path in sorted(glob.glob(MORE)):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return "".join(texts) + "analyze;"


@pytest.fixture(scope="module")
def statements(migrated):
    """{name: (count of parameters, text)} as the registry of the program gives them."""
    tool = Shell(migrated.owner_url, "web")
    tool.send("statements")
    tool.process.stdin.close()
    text = tool.process.stdout.read()
    tool.process.wait(20)
    records = [record.split("\x1f") for record in text.split("\x1e")[:-1]]
    assert len({name for name, _, _ in records}) == len(records)
    return {name: (int(count), sql) for name, count, sql in records}


@pytest.fixture(scope="module")
def large(migrated):
    connection = migrated.connect("superuser")
    connection.autocommit = True
    connection.cursor().execute(fill())
    connection.close()
    assert migrated.value("select reltuples from pg_class where relname = 'posts'") >= 990000
    assert migrated.value("select reltuples from pg_class where relname = 'follows'") >= 900000
    return migrated
