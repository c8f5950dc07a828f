-- Cards of customers: who they are by whatever they wrote from, what the team noted of them, what they consented to.
--
-- Merging two cards moves nothing: one says into which it was merged, and whatever is read of a card is read of all that
-- were merged into it. So whatever was on each is there again when they are taken apart.
--
-- All of it is private: nothing is for the federation role. No words of an actor are copied here; what a remote actor is
-- called is read where it stands, and is gone from a card when it is gone from there.
--
-- The previous release does not know these tables; tickets that it opens have no card.

create table contacts (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	card_id bigint not null references contacts on delete cascade,
	merged_into_id bigint references contacts on delete cascade,
	merged_at timestamptz,
	name text check (length(name) between 1 and 200),
	language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' and length(language) <= 35),
	assignee_id bigint references memberships on delete set null,
	fields jsonb not null default '{}' check (jsonb_typeof(fields) = 'object' and octet_length(fields::text) <= 131072),
	created_at timestamptz not null default now(),
	version bigint not null default 1 check (version > 0),
	check ((merged_into_id is null) = (merged_at is null)),
	check ((merged_into_id is null) = (card_id = id))
);
comment on column contacts.card_id is 'The one that it is shown on: itself, or where it was merged to in the end';
comment on column contacts.name is 'As the team calls them; null: as they call themselves';
comment on column contacts.fields is 'Text, numbers and truths by name; null hides what a merged one says';
comment on column contacts.version is 'Of what is shown: counted on the card';
create index contacts_cards on contacts (organisation_id, id desc) where merged_into_id is null;
create index contacts_card_id on contacts (card_id);
create index contacts_merged_into_id on contacts (merged_into_id) where merged_into_id is not null;
create index contacts_assignee_id on contacts (assignee_id) where assignee_id is not null;
create index contacts_name_words on contacts using gin (name_words(name)) where name is not null;

create table contact_identities (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	contact_id bigint not null references contacts on delete cascade,
	kind text not null check (kind in ('actor', 'email', 'order')),
	actor_id bigint,
	value text check (length(value) between 1 and 320),
	proof text not null check (proof in ('seen', 'code_reply', 'email_link', 'order_number', 'member')),
	user_id bigint,
	membership_id bigint,
	since timestamptz not null default now(),
	unique (organisation_id, actor_id),
	unique (organisation_id, kind, value),
	check ((kind = 'actor') = (actor_id is not null)),
	check ((kind = 'actor') = (value is null))
);
comment on column contact_identities.actor_id is 'No reference: what was said with them outlives them';
comment on column contact_identities.proof is 'seen: they wrote from there; member: somebody of the team says so';
create index contact_identities_contact_id on contact_identities (contact_id, id);
create index contact_identities_actor_id on contact_identities (actor_id) where actor_id is not null;

create table contact_tags (
	contact_id bigint not null references contacts on delete cascade,
	tag text not null check (length(tag) between 1 and 60),
	is_hidden boolean not null default false,
	primary key (contact_id, tag)
);
comment on column contact_tags.is_hidden is 'Says that what a merged one is tagged with does not hold here';
create index contact_tags_tag on contact_tags (tag, contact_id) where not is_hidden;

create table consents (
	id bigint primary key,
	contact_id bigint not null references contacts on delete cascade,
	purpose text not null check (purpose in ('service', 'segment', 'ambassador', 'review_reuse', 'job', 'donation', 'profiling')),
	basis text not null check (basis in ('consent', 'contract', 'legitimate_interest', 'legal')),
	evidence text not null check (length(evidence) between 1 and 2000),
	given_at timestamptz not null,
	recorded_at timestamptz not null default now(),
	user_id bigint,
	membership_id bigint,
	withdrawn_at timestamptz,
	withdrawn_user_id bigint,
	withdrawn_membership_id bigint
);
comment on table consents is 'What a customer allowed, and what shows it; withdrawn ones stay';
create index consents_contact_id on consents (contact_id, id);

create table contact_merges (
	id bigint primary key,
	contact_id bigint not null references contacts on delete cascade,
	into_id bigint not null references contacts on delete cascade,
	is_undone boolean not null,
	user_id bigint,
	membership_id bigint,
	at timestamptz not null default now()
);
comment on table contact_merges is 'Who merged which into which, and took it out again';
create index contact_merges_contact_id on contact_merges (contact_id, id);
create index contact_merges_into_id on contact_merges (into_id, id);

-- The first ticket lends its id to the card.
insert into contacts (id, organisation_id, card_id)
select min(t.id), t.organisation_id, min(t.id)
from tickets as t
where t.customer_id is not null
group by t.organisation_id, t.customer_id;
insert into contact_identities (id, organisation_id, contact_id, kind, actor_id, proof, since)
select min(t.id), t.organisation_id, min(t.id), 'actor', t.customer_id, 'seen', min(t.opened_at)
from tickets as t
where t.customer_id is not null
group by t.organisation_id, t.customer_id;
update tickets as t
set contact_id = i.contact_id
from contact_identities as i
where i.organisation_id = t.organisation_id
  and i.actor_id = t.customer_id;
alter table tickets add constraint tickets_contact_id_fkey foreign key (contact_id) references contacts on delete set null;

grant select, insert, update, delete on contacts, contact_identities, contact_tags, consents, contact_merges to comptoir_web;
