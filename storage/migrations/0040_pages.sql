-- More pages are kept in memory (0017): lists of notifications, the timeline of this server's posts, single posts. Old releases
-- take the new kinds of changes for something that they have no page of.

alter table changes drop constraint changes_kind_check;
alter table changes add constraint changes_kind_check check (kind between 1 and 8);
comment on column changes.kind is '1: of what an actor wants to see or did to posts; 2: posts, boosts; 3: actors; 4: numbers of posts; 5: filters of an actor; 6: numbers of actors; 7: notifications of an actor; 8: public posts of this server';

create function changes_note_told() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids)
		select 7, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;

create function changes_note_local_post() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	insert into changes (kind, ids) values (8, array[0]);
	return null;
end
$$;

revoke all on function changes_note_told() from public;
revoke all on function changes_note_local_post() from public;

create trigger changes_told_insert after insert on notifications referencing new table as changed
	for each statement execute function changes_note_told();
create trigger changes_told_update after update on notifications referencing new table as changed
	for each statement execute function changes_note_told();
create trigger changes_told_delete after delete on notifications referencing old table as changed
	for each statement execute function changes_note_told();
create trigger changes_all_gone after truncate on notifications
	for each statement execute function changes_note_any_actor();

-- As it is listed there: answers to others are not.
create trigger changes_local_post after insert on posts
	for each row when (new.fetched_at is null and new.visibility = 'public'
		and (new.in_reply_to_actor_id is null or new.in_reply_to_actor_id = new.actor_id))
	execute function changes_note_local_post();

-- Who is silenced, or whose server is, is told to fewer people.
create trigger changes_silenced after update of silenced_at on actors
	for each row when ((new.silenced_at is null) <> (old.silenced_at is null))
	execute function changes_note_any_actor();
create trigger changes_domain_policy after insert or update or delete on domain_blocks
	for each statement execute function changes_note_any_actor();
