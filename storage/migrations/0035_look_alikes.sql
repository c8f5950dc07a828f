-- Names of actors that look like those of an organisation's accounts.
--
-- The previous release does not know these tables; actors that it stores are queued all the same.

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

grant select, insert, update, delete on look_alike_waiting, look_alikes to comptoir_web;
grant insert on look_alike_waiting to comptoir_federation;
