-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Names that look like those of many organisations.
truncate look_alike_waiting;
insert into look_alike_waiting (actor_id, queued_at) select n::bigint << 16, now() + n * interval '1 second' from generate_series(1, 20000) as n;
insert into look_alikes (id, organisation_id, brand_actor_id, actor_id, matched, distance)
  select (b.actor_id + n) * 8 + n, b.organisation_id, b.actor_id, b.actor_id + (n::bigint << 16), 'username', 1
  from brand_accounts as b, generate_series(1, 3) as n
  on conflict do nothing;
insert into look_alike_brands_waiting (actor_id) select actor_id from brand_accounts on conflict do nothing;
