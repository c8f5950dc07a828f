-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Teams, drafts, approvals, plans and links of many organisations. Keys to other tables are not looked at here.
insert into teams (id, organisation_id, name)
  select o.id + n, o.id, 'Team ' || n from organisations as o, generate_series(2, 5) as n;
insert into team_members (team_id, membership_id)
  select t.id, m.id from teams as t join memberships as m on m.organisation_id = t.organisation_id where m.id % 3 = t.id % 3;
insert into approval_policies (id, organisation_id, name)
  select o.id + n, o.id, 'Policy ' || n from organisations as o, generate_series(1, 3) as n;
insert into approval_steps (policy_id, number, permission)
  select p.id, n, 'draft.approve' from approval_policies as p, generate_series(1, 3) as n;
insert into drafts (id, organisation_id, number, actor_id, kind, state, author_id, author_user_id, policy_id, post_id, campaign_id,
                    scheduled_at, scheduled_by, scheduled_user_id, idempotency_key)
  select (b.place * 10 + n) << 16, b.organisation_id, b.place * 10 + n, b.actor_id, 'post', case when n = 1 then 'scheduled' else 'published' end,
         b.place % 30000, b.place % 30000, b.organisation_id + 1, case when n > 1 then (b.place * 10 + n) << 16 end, (b.place * 10 + n) % 9000,
         now() + n * interval '1 hour', 1, 1, 'key' || n
  from (select actor_id, organisation_id, row_number() over (order by actor_id) as place from brand_accounts) as b, generate_series(1, 3) as n;
insert into draft_numbers (organisation_id, last_number) select o.id, 100000 from organisations as o;
insert into draft_versions (draft_id, version, author_id, author_user_id, payload, sha256, media_ids)
  select d.id, n, d.author_id, d.author_user_id, '{"text":"words"}', sha256(convert_to('{"text":"words"}', 'UTF8')), array[d.id]
  from drafts as d, generate_series(1, 2) as n;
insert into draft_comments (id, draft_id, version, body) select d.id, d.id, 1, 'a word' from drafts as d;
insert into approvals (draft_id, version, step, membership_id, user_id, decision)
  select d.id, 1, 1, n, n, 'approve' from drafts as d, generate_series(1, 2) as n;
insert into releases (activity_id, actor_id, post_id, ground, body_sha256)
  select d.id, d.actor_id, d.id, 'spoken', sha256('') from drafts as d;
insert into queue_slots (actor_id, weekday, local_time)
  select b.actor_id, n, '09:00' from brand_accounts as b, generate_series(1, 5) as n;
insert into slot_plans (actor_id) select b.actor_id from brand_accounts as b;
insert into campaigns (id, organisation_id, name)
  select o.id + n, o.id, 'Campaign ' || n from organisations as o, generate_series(1, 3) as n;
insert into tagged_links (id, organisation_id, actor_id, campaign_id, code, target, location, created_by)
  select b.actor_id + n, b.organisation_id, b.actor_id, b.organisation_id + n, 'c' || b.place * 10 + 10000000 + n, 'https://a.example/', 'https://a.example/', 1
  from (select actor_id, organisation_id, row_number() over (order by actor_id) as place from brand_accounts) as b, generate_series(1, 3) as n;
insert into link_hits (link_id, hour, is_machine, referrer, hits)
  select l.id, date_trunc('hour', now(), 'UTC'), n = 1, 'r' || n || '.example', 5 from tagged_links as l, generate_series(1, 2) as n;
insert into assets (id, organisation_id, actor_id, media_id, name, created_by)
  select d.id, d.organisation_id, d.actor_id, d.id, 'A picture', 1 from drafts as d;
insert into calendar_feeds (membership_id, token_sha256) select m.id, sha256(m.id::text::bytea) from memberships as m;
insert into repeated_answers (token_id, key_sha256, request_sha256, claim, claimed_at)
  select n, sha256(n::text::bytea), sha256(''), 'claim', now() + n * interval '1 second' from generate_series(1, 50000) as n;
insert into mail_domain_blocks (domain) select 'd' || n || '.example' from generate_series(1, 50000) as n;
