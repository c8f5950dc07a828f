-- Rows for the tables of this part, many enough that a plan without an index shows.

insert into jobs (id, kind, key, due_at, state)
  select n, 'name' || 500 + n % 2, 'name' || n, now() + (n % 2000 - 5) * interval '1 minute', 'waiting' from generate_series(1, 100000) as n;
insert into idempotency_keys (user_id, key, request_sha256, result_kind, result_id, created_at)
  select (n % 20000 + 1)::bigint << 16, 'key' || n, sha256(''), 'post', n, now() - (n % 10000) * interval '8.65 seconds'
  from generate_series(1, 50000) as n;
insert into mutes (id, muter_id, muted_id, expires_at)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, (n % 200000 + 20001)::bigint << 16, case when n % 10 = 0 then now() + n * interval '1 second' end
  from generate_series(1, 50000) as n;
insert into actor_domain_blocks (id, actor_id, domain)
  select n, (n % 20000 + 1)::bigint << 16, 'h' || n || '.example' from generate_series(1, 50000) as n;
insert into bookmarks (id, actor_id, post_id)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, n::bigint << 16 from generate_series(1, 100000) as n;
insert into conversation_mutes (actor_id, conversation_id)
  select (n % 20000 + 1)::bigint << 16, n::bigint << 16 from generate_series(1, 50000) as n;
insert into lists (id, actor_id, title)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, 'list' from generate_series(1, 50000) as n;
insert into list_members (list_id, actor_id, id)
  select (n % 50000 + 1)::bigint << 16, (n % 200000 + 1)::bigint << 16, n from generate_series(1, 200000) as n;
insert into tag_follows (id, actor_id, name)
  select n, (n % 20000 + 1)::bigint << 16, 'tag' || n % 5000 from generate_series(1, 50000) as n on conflict do nothing;
insert into actor_preferences (actor_id) select n::bigint << 16 from generate_series(1, 20000) as n;
