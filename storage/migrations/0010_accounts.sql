-- What people say of one another and of themselves: notes, endorsements, what a profile shows, where one is credited, and
-- the kinds of reports.
--
-- The previous release does not know what is made here; every new column has a default.

alter table actors
	add column attribution_domains text[] not null default '{}' check (cardinality(attribution_domains) <= 100),
	add column shows_media boolean not null default true,
	add column shows_media_replies boolean not null default true,
	add column shows_featured boolean not null default true;
comment on column actors.attribution_domains is 'Local: the sites whose pages may name this actor as their author';
comment on column actors.shows_media is 'Local: apps show a page of its media';

-- The beginnings of names, in the order of bytes, for who types one.
create index actors_handle_bytes on actors (handle collate "C") where suspended_at is null;
create index actors_display_name_bytes on actors (lower(display_name) collate "C")
	where suspended_at is null and display_name <> '';

create table actor_notes (
	actor_id bigint not null references actors on delete cascade,
	target_id bigint not null references actors on delete cascade,
	comment text not null check (length(comment) between 1 and 2000),
	primary key (actor_id, target_id)
);
comment on table actor_notes is 'What an actor has written down about another one, for itself';
create index actor_notes_target_id on actor_notes (target_id);

create table endorsements (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	endorsed_id bigint not null references actors on delete cascade,
	created_at timestamptz not null default now(),
	unique (actor_id, endorsed_id),
	check (actor_id <> endorsed_id)
);
comment on table endorsements is 'Whom a local actor shows on its profile; it follows them';
create index endorsements_actor_id on endorsements (actor_id, id desc);
create index endorsements_endorsed_id on endorsements (endorsed_id);

create index mutes_muter_id on mutes (muter_id, id desc);
create index blocks_blocker_id on blocks (blocker_id, id desc);
create index actor_domain_blocks_actor_id on actor_domain_blocks (actor_id, id desc);

alter table reports
	add column category text not null default 'other' check (category in ('spam', 'legal', 'violation', 'other')),
	add column rule_ids bigint[] not null default '{}' check (cardinality(rule_ids) <= 100),
	add column is_forwarded boolean not null default false;
comment on column reports.is_forwarded is 'The server of the target was told too';
create index reports_state on reports (state, id desc);

grant select, insert, update, delete on actor_notes, endorsements to comptoir_web;
-- A deleted actor leaves none.
grant delete on actor_notes, endorsements to comptoir_federation;
grant select (actor_id, target_id) on actor_notes to comptoir_federation;
grant select (actor_id, endorsed_id) on endorsements to comptoir_federation;
