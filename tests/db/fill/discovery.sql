-- Filters, suggestions that nobody wants, and what was counted, many enough that a plan without an index shows.
insert into filters (id, actor_id, title, contexts)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, 'filter', array['home'] from generate_series(1, 50000) as n;
insert into filter_keywords (id, filter_id, keyword)
  select n::bigint << 16, (n % 50000 + 1)::bigint << 16, 'word' from generate_series(1, 100000) as n;
insert into filter_posts (id, filter_id, post_id)
  select n::bigint << 16, (n % 50000 + 1)::bigint << 16, n::bigint << 16 from generate_series(1, 50000) as n;
insert into dismissed_suggestions (actor_id, dismissed_id)
  select (n % 20000 + 1)::bigint << 16, (n + 20000)::bigint << 16 from generate_series(1, 50000) as n;
