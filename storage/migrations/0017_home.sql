-- What home timelines are made of is watched: each process keeps pages that it has answered with, and asks before it gives
-- one again what was changed since it asked last. Triggers note it, so that no writer can forget to. A row is looked for by
-- the transaction that wrote it and a snapshot: what was not visible in the last one and is now. The table is unlogged: what
-- crashes leave of it is nothing, and with the connections the processes forget their pages.
--
-- The previous release does not know the table, and its writes are noted too.

create unlogged table changes (
	xid xid8 not null default pg_current_xact_id(),
	kind smallint not null check (kind between 1 and 6),
	ids bigint[] not null
);
create index changes_xid on changes (xid);
comment on table changes is 'Of the last minutes';
comment on column changes.kind is '1: of what an actor wants to see or did to posts; 2: posts, boosts; 3: actors; 4: numbers of posts; 5: filters of an actor; 6: numbers of actors';

grant select, insert, delete on changes to comptoir_web;
grant insert on changes to comptoir_federation;

create function changes_note_owner() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select owner_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_doer() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_follower() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select follower_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_muter() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select muter_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_blocks() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select blocker_id as id from changed union all select blocked_id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_post() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 2, array_agg(distinct noted.id) from (select id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_post_part() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 2, array_agg(distinct noted.id) from (select post_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_actor() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 3, array_agg(distinct noted.id) from (select id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_actor_counts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 6, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_post_counts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 4, array_agg(distinct noted.id) from (select post_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_filter() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 5, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

-- Also for who may not read filters: with a post that an inbox worker removes goes what filters name it.
create function changes_note_filter_part() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 5, array_agg(distinct noted.id) from (select f.actor_id as id from changed join filters as f on f.id = changed.filter_id) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_quote() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids) values (2, array[coalesce(new.quote_id, old.quote_id)]);
	return null;
end
$$;

create trigger changes_owner_insert after insert on home_items referencing new table as changed
	for each statement execute function changes_note_owner();
create trigger changes_owner_delete after delete on home_items referencing old table as changed
	for each statement execute function changes_note_owner();
create trigger changes_doer_insert after insert on favourites referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on favourites referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_insert after insert on boosts referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on boosts referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_insert after insert on bookmarks referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on bookmarks referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_insert after insert on conversation_mutes referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on conversation_mutes referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_insert after insert on pins referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on pins referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_insert after insert on actor_domain_blocks referencing new table as changed
	for each statement execute function changes_note_doer();
create trigger changes_doer_delete after delete on actor_domain_blocks referencing old table as changed
	for each statement execute function changes_note_doer();
create trigger changes_follower_insert after insert on follows referencing new table as changed
	for each statement execute function changes_note_follower();
create trigger changes_follower_update after update on follows referencing new table as changed
	for each statement execute function changes_note_follower();
create trigger changes_follower_delete after delete on follows referencing old table as changed
	for each statement execute function changes_note_follower();
create trigger changes_muter_insert after insert on mutes referencing new table as changed
	for each statement execute function changes_note_muter();
create trigger changes_muter_update after update on mutes referencing new table as changed
	for each statement execute function changes_note_muter();
create trigger changes_muter_delete after delete on mutes referencing old table as changed
	for each statement execute function changes_note_muter();
create trigger changes_blocks_insert after insert on blocks referencing new table as changed
	for each statement execute function changes_note_blocks();
create trigger changes_blocks_delete after delete on blocks referencing old table as changed
	for each statement execute function changes_note_blocks();
create trigger changes_post_update after update on boosts referencing new table as changed
	for each statement execute function changes_note_post();
create trigger changes_post_delete after delete on boosts referencing old table as changed
	for each statement execute function changes_note_post();
create trigger changes_post_update after update on posts referencing new table as changed
	for each statement execute function changes_note_post();
create trigger changes_post_delete after delete on posts referencing old table as changed
	for each statement execute function changes_note_post();
create trigger changes_post_part_update after update on polls referencing new table as changed
	for each statement execute function changes_note_post_part();
create trigger changes_post_part_delete after delete on polls referencing old table as changed
	for each statement execute function changes_note_post_part();
create trigger changes_post_part_update after update on poll_options referencing new table as changed
	for each statement execute function changes_note_post_part();
create trigger changes_post_part_insert after insert on poll_votes referencing new table as changed
	for each statement execute function changes_note_post_part();
create trigger changes_post_part_delete after delete on poll_votes referencing old table as changed
	for each statement execute function changes_note_post_part();
create trigger changes_actor_update after update on actors referencing new table as changed
	for each statement execute function changes_note_actor();
create trigger changes_actor_delete after delete on actors referencing old table as changed
	for each statement execute function changes_note_actor();
create trigger changes_actor_counts_insert after insert on actor_counts referencing new table as changed
	for each statement execute function changes_note_actor_counts();
create trigger changes_actor_counts_update after update on actor_counts referencing new table as changed
	for each statement execute function changes_note_actor_counts();
create trigger changes_post_counts_insert after insert on post_counts referencing new table as changed
	for each statement execute function changes_note_post_counts();
create trigger changes_post_counts_update after update on post_counts referencing new table as changed
	for each statement execute function changes_note_post_counts();
create trigger changes_post_counts_delete after delete on post_counts referencing old table as changed
	for each statement execute function changes_note_post_counts();
create trigger changes_filter_insert after insert on filters referencing new table as changed
	for each statement execute function changes_note_filter();
create trigger changes_filter_update after update on filters referencing new table as changed
	for each statement execute function changes_note_filter();
create trigger changes_filter_delete after delete on filters referencing old table as changed
	for each statement execute function changes_note_filter();
create trigger changes_filter_part_insert after insert on filter_keywords referencing new table as changed
	for each statement execute function changes_note_filter_part();
create trigger changes_filter_part_update after update on filter_keywords referencing new table as changed
	for each statement execute function changes_note_filter_part();
create trigger changes_filter_part_delete after delete on filter_keywords referencing old table as changed
	for each statement execute function changes_note_filter_part();
create trigger changes_filter_part_insert after insert on filter_posts referencing new table as changed
	for each statement execute function changes_note_filter_part();
create trigger changes_filter_part_delete after delete on filter_posts referencing old table as changed
	for each statement execute function changes_note_filter_part();

-- Few posts quote others: for each row, since that costs the rest nothing.
create trigger changes_quote_insert after insert on posts
	for each row when (new.quote_id is not null) execute function changes_note_quote();
create trigger changes_quote_update after update of quote_id, quote_state on posts
	for each row when (new.quote_id is not null or old.quote_id is not null) execute function changes_note_quote();
create trigger changes_quote_delete after delete on posts
	for each row when (old.quote_id is not null) execute function changes_note_quote();
create trigger changes_owner_update after update on home_timelines referencing new table as changed
	for each statement execute function changes_note_owner();
create trigger changes_owner_delete after delete on home_timelines referencing old table as changed
	for each statement execute function changes_note_owner();

-- Whose posts are out of sight, or come back into it, is part of every page.
create function changes_note_any_actor() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids) values (3, array[0]);
	return null;
end
$$;
create trigger changes_any_actor after update of suspended_at on actors
	for each row when (new.suspended_at is distinct from old.suspended_at) execute function changes_note_any_actor();

-- So are rows that somebody takes out all at once.
create trigger changes_all_gone after truncate on home_items for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on favourites for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on boosts for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on bookmarks for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on conversation_mutes for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on pins for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on actor_domain_blocks for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on follows for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on mutes for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on blocks for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on posts for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on polls for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on poll_options for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on poll_votes for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on actors for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on actor_counts for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on post_counts for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on filters for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on filter_keywords for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on filter_posts for each statement execute function changes_note_any_actor();
create trigger changes_all_gone after truncate on home_timelines for each statement execute function changes_note_any_actor();
