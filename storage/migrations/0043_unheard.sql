-- Direct posts are nobody's business but their readers', and are not in the numbers that everybody sees. What processes of
-- the previous release write meanwhile is still counted.

update actor_counts as c
	set posts = greatest(c.posts - direct.posts, 0)
	from (select actor_id, count(*) as posts from posts where visibility = 'direct' group by actor_id order by actor_id) as direct
	where c.actor_id = direct.actor_id;

-- Whoever has not confirmed an address, or waits for approval, is nobody yet: no name to look up, to mention or to find.
alter table actors add column is_pending boolean not null default false;
comment on column actors.is_pending is 'A local one whose user has not confirmed an address or is not approved yet';

update actors as a
	set is_pending = true
	from users as u
	where u.actor_id = a.id and not (u.is_confirmed and u.is_approved);

create function users_note_pending() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	update actors set is_pending = not (new.is_confirmed and new.is_approved) where id = new.actor_id;
	return null;
end
$$;
revoke all on function users_note_pending() from public;

create trigger users_note_pending_insert after insert on users
	for each row when (not (new.is_confirmed and new.is_approved)) execute function users_note_pending();
create trigger users_note_pending_update after update of is_confirmed, is_approved on users
	for each row when ((new.is_confirmed and new.is_approved) <> (old.is_confirmed and old.is_approved))
	execute function users_note_pending();

-- Who is no longer named in a post that was edited may read it on, and is not answered.
alter table post_mentions add column is_silent boolean not null default false;
comment on column post_mentions.is_silent is 'Named in a former version only';
