-- Domains that organisations have proven to be theirs, and names that look like those of their accounts.
--
-- The previous release does not know these tables, nor that fields of profiles may name a proof.

create table organisation_domains (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	domain text not null check (domain = lower(domain) and length(domain) between 3 and 260),
	method text not null check (method in ('dns_txt', 'well_known', 'rel_me')),
	token text not null check (token ~ '^[A-Za-z0-9_-]{20,64}$'),
	page text check (length(page) <= 2048),
	verified_at timestamptz,
	checked_at timestamptz,
	asked_at timestamptz,
	failed_checks integer not null default 0 check (failed_checks >= 0),
	problem text check (problem in ('missing', 'unavailable', 'refused', 'taken')),
	created_at timestamptz not null default now(),
	unique (organisation_id, domain),
	check (page is null or method = 'rel_me')
);
comment on column organisation_domains.page is 'For rel_me: which page of the domain links back; null: its first one';
comment on column organisation_domains.asked_at is 'When somebody asked for a check that has not been made yet';
comment on column organisation_domains.failed_checks is 'In a row';
create unique index organisation_domains_verified on organisation_domains (domain) where verified_at is not null;

-- Not unique, as post_words_waiting.
create table look_alike_waiting (
	actor_id bigint not null,
	queued_at timestamptz not null default now()
);
comment on table look_alike_waiting is 'New and renamed actors, to be compared with the brands';
create index look_alike_waiting_queued_at on look_alike_waiting (queued_at);

create function look_alike_wait() returns trigger language plpgsql as $$
begin
	insert into look_alike_waiting (actor_id) values (new.id);
	return null;
end $$;
create trigger look_alike_created after insert on actors
	for each row execute function look_alike_wait();
create trigger look_alike_renamed after update of username, display_name on actors
	for each row when (old.username is distinct from new.username or old.display_name is distinct from new.display_name)
	execute function look_alike_wait();

create table look_alikes (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	brand_actor_id bigint not null references brand_accounts (actor_id) on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	matched text not null check (matched in ('username', 'display_name')),
	distance smallint not null check (distance between 0 and 2),
	state text not null default 'open' check (state in ('open', 'dismissed', 'reported')),
	found_at timestamptz not null default now(),
	decided_at timestamptz,
	decided_by bigint,
	report_id bigint,
	unique (organisation_id, actor_id),
	check ((state = 'open') = (decided_at is null))
);
comment on table look_alikes is 'Private: for the web role only';
comment on column look_alikes.decided_by is 'A membership; null: the operator';
create index look_alikes_actor_id on look_alikes (actor_id);
create index look_alikes_brand_actor_id on look_alikes (brand_actor_id, state, id);

grant select, insert, update, delete on organisation_domains, look_alike_waiting, look_alikes to comptoir_web;
grant insert on look_alike_waiting to comptoir_federation;
