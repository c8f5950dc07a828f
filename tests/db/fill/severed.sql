-- Lost follows, as many as make a plan without an index show.
insert into severance_events (id, kind, target, created_at)
  select n::bigint << 16, 'domain_block', 'h' || n || '.example', now() from generate_series(1, 20000) as n;
insert into severed_actors (event_id, actor_id, followers, following, is_told)
  select (n % 20000 + 1)::bigint << 16, (n / 20000 * 2000 + n % 2000 + 1)::bigint << 16, 3, 2, n % 100 <> 0
  from generate_series(0, 99999) as n;
insert into severed_follows (event_id, actor_id, is_follower, other_id, shows_boosts, notifies)
  select s.event_id, s.actor_id, m % 2 = 0, ((s.event_id >> 16) % 100000 + 20000 + m)::bigint << 16, true, false
  from severed_actors as s, generate_series(1, 5) as m;
insert into notifications (id, actor_id, kind, from_actor_id, severance_event_id)
  select 1000000000000 + row_number() over (), s.actor_id, 'severed_relationships', s.actor_id, s.event_id
  from severed_actors as s where s.is_told;
