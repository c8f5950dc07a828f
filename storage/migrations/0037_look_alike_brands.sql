-- New and renamed brand accounts, to be compared with everybody who is known already.
--
-- The previous release does not know this table; brands that it founds or renames wait in it all the same.

create table look_alike_brands_waiting (
	actor_id bigint primary key references brand_accounts on delete cascade,
	after_id bigint not null default 0,
	queued_at timestamptz not null default now()
);
comment on table look_alike_brands_waiting is 'New and renamed brand accounts; private: for the web role only';
comment on column look_alike_brands_waiting.after_id is 'Actors up to this one are compared';
create index look_alike_brands_waiting_queued_at on look_alike_brands_waiting (queued_at);

-- Of the actor in the column that the trigger names.
create function look_alike_brand_wait() returns trigger language plpgsql as $$
begin
	insert into look_alike_brands_waiting (actor_id)
	select b.actor_id from brand_accounts as b where b.actor_id = (to_jsonb(new) ->> tg_argv[0])::bigint
	on conflict (actor_id) do update set after_id = 0;
	return null;
end $$;
create trigger look_alike_brand_founded after insert on brand_accounts
	for each row execute function look_alike_brand_wait('actor_id');
create trigger look_alike_brand_renamed after update of username, display_name on actors
	for each row when (new.domain_id is not null
		and (old.username is distinct from new.username or old.display_name is distinct from new.display_name))
	execute function look_alike_brand_wait('id');

insert into look_alike_brands_waiting (actor_id) select actor_id from brand_accounts;

grant select, insert, update, delete on look_alike_brands_waiting to comptoir_web;
