-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Hours, promises, clocks, replies and rules of many organisations. Keys to other tables are not looked at here.
insert into service_hours (organisation_id, weekday, opens, closes)
  select o.id, n, 540, 1080 from organisations as o, generate_series(1, 5) as n;
insert into service_holidays (organisation_id, day) select o.id, date '2026-12-25' + n from organisations as o, generate_series(1, 4) as n;
insert into service_plans (organisation_id, version) select o.id, 1 from organisations as o;
insert into ticket_tags (ticket_id, tag) select t.id, 'tag' || n from tickets as t, generate_series(1, 2) as n;
insert into sla_policies (id, organisation_id, name, first_reply_s, actor_id, team_id)
  select o.id + n, o.id, 'Policy ' || n, 3600, case when n = 2 then o.id end, case when n = 3 then o.id + 2 end
  from organisations as o, generate_series(1, 3) as n;
insert into ticket_clocks (ticket_id, metric, number, organisation_id, policy_id, target_s, in_hours, started_at, running_since, due_at, ended_at)
  select t.id, m.metric, 1, t.organisation_id, t.organisation_id + 1, 3600, true, now() - t.number * interval '1 minute',
         case when t.status = 'open' then now() end, case when t.status = 'open' then now() + t.number * interval '1 second' end,
         case when t.status = 'closed' then now() end
  from tickets as t, (values ('first_reply'), ('resolution')) as m (metric);
insert into saved_replies (id, organisation_id, code, language, body)
  select o.id + n, o.id, 'code' || n / 2, case when n % 2 = 0 then 'fr' else 'en' end, 'Hello {name}' from organisations as o, generate_series(1, 4) as n;
insert into macros (id, organisation_id, name, actions)
  select o.id + n, o.id, 'Macro ' || n, '[]' from organisations as o, generate_series(1, 3) as n;
insert into routing_rules (id, organisation_id, name, condition, actions)
  select o.id + n, o.id, 'Rule ' || n, '{}', '[]' from organisations as o, generate_series(1, 3) as n;
insert into routing_turns (team_id, membership_id, turned_at) select p.team_id, p.membership_id, now() from team_members as p;
insert into post_receipts (post_id, state, deliveries, recipients, last_ended_at)
  select p.id, 'accepted', 1, 1, now() from (select id from posts order by id limit 20000) as p;
