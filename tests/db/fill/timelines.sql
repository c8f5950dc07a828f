-- Rows for the tables of this part, many enough that a plan without an index shows.
insert into home_timelines (owner_id, is_built)
  select n::bigint << 16, true from generate_series(1, 20000) as n;
insert into home_items (owner_id, item_id, actor_id)
  select (n % 20000 + 1)::bigint << 16, n::bigint << 16, (n % 200000 + 1)::bigint << 16 from generate_series(1, 400000) as n;
