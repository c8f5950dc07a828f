-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A card for each ticket; some were merged.
insert into contacts (id, organisation_id, card_id, merged_into_id, merged_at, name, assignee_id)
  select t.id, t.organisation_id, case when t.number % 50 = 1 and t.number > 1 then t.id - (1 << 16) else t.id end,
         case when t.number % 50 = 1 and t.number > 1 then t.id - (1 << 16) end,
         case when t.number % 50 = 1 and t.number > 1 then now() end,
         case when t.number % 3 = 0 then 'Marie Durand ' || t.number end,
         case when t.number % 30 = 0 then (t.number % 1000 + 1) << 16 end
  from tickets as t;
insert into contact_identities (id, organisation_id, contact_id, kind, actor_id, proof)
  select t.id, t.organisation_id, t.id, 'actor', t.customer_id, 'seen' from tickets as t;
insert into contact_identities (id, organisation_id, contact_id, kind, value, proof)
  select t.id + 1, t.organisation_id, t.id, 'email', 'name' || t.number || '@mail.example', 'member' from tickets as t;
insert into contact_tags (contact_id, tag) select t.id, 'tag' || t.number % 500 from tickets as t;
insert into consents (id, contact_id, purpose, basis, evidence, given_at)
  select t.id, t.id, 'service', 'consent', 'said so', now() from tickets as t;
insert into contact_merges (id, contact_id, into_id, is_undone)
  select t.id, t.id, t.id - (1 << 16), false from tickets as t;
update tickets set contact_id = id;
