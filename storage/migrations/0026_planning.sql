-- What a team plans: slots of its queue, campaigns, tagged links with their counts, assets, and feeds of the calendar.
--
-- All of it is for the web role alone. Of who follows a tagged link nothing is kept but the hour and the referring domain.
--
-- The previous release does not know these tables.

create table queue_slots (
	actor_id bigint not null references brand_accounts on delete cascade,
	weekday smallint not null check (weekday between 1 and 7),
	local_time time(0) not null check (local_time < '24:00'),
	primary key (actor_id, weekday, local_time)
);
comment on table queue_slots is 'When an account likes to publish, in the time zone of its organisation; weekday 1 is Monday';

create table slot_plans (
	actor_id bigint primary key references brand_accounts on delete cascade,
	version bigint not null default 1 check (version > 0)
);
comment on table slot_plans is 'The version of an account''s slots, all of them together; none: 0';

create table campaigns (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 100),
	hashtags text[] not null default '{}' check (cardinality(hashtags) <= 20),
	starts_at timestamptz,
	ends_at timestamptz,
	utm_source text check (length(utm_source) between 1 and 100),
	utm_medium text check (length(utm_medium) between 1 and 100),
	utm_campaign text check (length(utm_campaign) between 1 and 100),
	utm_term text check (length(utm_term) between 1 and 100),
	utm_content text check (length(utm_content) between 1 and 100),
	version bigint not null default 1 check (version > 0),
	created_at timestamptz not null default now(),
	check (starts_at < ends_at)
);
create index campaigns_organisation_id on campaigns (organisation_id, id desc);

create index drafts_campaign_id on drafts (campaign_id) where campaign_id is not null;

create table tagged_links (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	actor_id bigint not null references brand_accounts on delete cascade,
	campaign_id bigint references campaigns on delete set null,
	code text not null unique check (code ~ '^[0-9A-Za-z]{8,16}$'),
	target text not null check (length(target) between 8 and 2048 and target ~ '^https?://'),
	location text not null check (length(location) between 8 and 2600 and location ~ '^https?://'),
	created_by bigint not null,
	created_at timestamptz not null default now()
);
comment on column tagged_links.location is 'Where it leads: the target with the tags that its campaign had when the link was made';
comment on column tagged_links.created_by is 'The membership; no reference, it outlives them';
create index tagged_links_account on tagged_links (actor_id, id desc);
create index tagged_links_organisation_id on tagged_links (organisation_id);
create index tagged_links_campaign_id on tagged_links (campaign_id) where campaign_id is not null;

create table link_hits (
	link_id bigint not null references tagged_links on delete cascade,
	hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
	is_machine boolean not null,
	referrer text not null check (length(referrer) <= 253),
	hits bigint not null check (hits > 0),
	primary key (link_id, hour, is_machine, referrer)
);
comment on table link_hits is 'Counts only: no address, no cookie, no program is kept';
comment on column link_hits.referrer is 'A domain; empty: none was said; *: beyond the first hundred of that hour';

create table assets (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	actor_id bigint not null references brand_accounts on delete cascade,
	media_id bigint not null unique references media on delete cascade,
	name text not null check (length(name) between 1 and 200),
	licence text not null default '' check (length(licence) <= 200),
	credit text not null default '' check (length(credit) <= 300),
	alt_texts jsonb not null default '{}' check (jsonb_typeof(alt_texts) = 'object' and octet_length(alt_texts::text) <= 65536),
	tags text[] not null default '{}' check (cardinality(tags) <= 50),
	embargo_until timestamptz,
	usable_until timestamptz,
	version bigint not null default 1 check (version > 0),
	created_by bigint not null,
	created_at timestamptz not null default now(),
	check (embargo_until < usable_until)
);
comment on table assets is 'What is known of files of an account; the file stays while the asset lives';
comment on column assets.alt_texts is 'By language';
comment on column assets.created_by is 'The membership; no reference, it outlives them';
create index assets_account on assets (actor_id, id desc);
create index assets_organisation_id on assets (organisation_id);

create table calendar_feeds (
	membership_id bigint primary key references memberships on delete cascade,
	token_sha256 bytea not null unique check (octet_length(token_sha256) = 32),
	created_at timestamptz not null default now()
);
comment on table calendar_feeds is 'One secret address for the calendar program of each member; it stops with their rights';

grant select, insert, update, delete on queue_slots, slot_plans, campaigns, tagged_links, link_hits, assets, calendar_feeds
	to comptoir_web;
