-- What people note about one another, and whom they endorse.
insert into actor_notes (actor_id, target_id, comment)
  select (n % 20000 + 1)::bigint << 16, (n % 200000 + 1)::bigint << 16, 'note' from generate_series(1, 50000) as n on conflict do nothing;
insert into endorsements (id, actor_id, endorsed_id)
  select n, (n % 20000 + 1)::bigint << 16, (n % 200000 + 20001)::bigint << 16 from generate_series(1, 50000) as n on conflict do nothing;
