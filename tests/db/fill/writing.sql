-- Rows for the tables of this part, many enough that a plan without an index shows.

insert into scheduled_posts (id, actor_id, scheduled_at, post_id, media_ids, request)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, now() + n * interval '1 minute', n::bigint << 16, '{}', '{}' from generate_series(1, 50000) as n;
