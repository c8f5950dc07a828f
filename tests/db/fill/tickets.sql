-- SPDX-License-Identifier: AGPL-3.0-or-later
-- As many tickets as a large brand has in years; most are done.
insert into tickets (id, organisation_id, actor_id, number, customer_id, root_post_id, parent_id, status, channel, assignee_id, team_id,
                     opened_at, changed_at, position)
  select n::bigint << 16, b.organisation_id, b.actor_id, n, (n % 200000 + 1)::bigint << 16, n::bigint << 16,
         case when n % 50 = 0 then (n - 1)::bigint << 16 end,
         case when n % 20 = 0 then 'open' when n % 20 = 1 then 'pending' when n % 3 = 0 then 'resolved' else 'closed' end, 'public',
         case when n % 2 = 0 then (n % 1000 + 1)::bigint << 16 end, case when n % 3 = 0 then (n % 20 + 1)::bigint end, now(), now(), n
  from generate_series(1, 60000) as n
  join (select actor_id, organisation_id, row_number() over (order by actor_id) as place from brand_accounts) as b
    on b.place = n % 20000 + 1;
insert into ticket_threads (actor_id, thread_id, ticket_id) select t.actor_id, t.id, t.id from tickets as t;
insert into ticket_posts (actor_id, post_id, ticket_id, author_id, is_ours, at)
  select t.actor_id, t.id, t.id, t.customer_id, false, now() from tickets as t;
insert into ticket_notes (id, ticket_id, body) select t.id, t.id, 'called back' from tickets as t where t.number % 3 = 0;
insert into ticket_events (id, ticket_id, kind, version) select t.id, t.id, 'opened', 1 from tickets as t;
insert into ticket_settings (organisation_id, last_number) select o.id, 60000 from organisations as o;
insert into ticket_arrivals (actor_id, post_id, what, due_at)
  select n, n, 'post', case when n % 100 = 0 then 'infinity' else now() + n * interval '1 second' end from generate_series(1, 50000) as n;
