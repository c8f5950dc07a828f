-- The gate of brand accounts: on what ground each of their posts, edits and boosts was said.
--
-- Whoever acts for an organisation says in its transaction, by the setting comptoir.release, who speaks and why they may.
-- When an activity of a brand account is written, the database looks whether that holds, keeps it beside the activity and
-- bound to its bytes, or refuses the activity. Whoever signs deliveries asks once more, by a function: the table is not for
-- the federation role.
--
-- The previous release does not know these tables; what it wants to say for a brand account is refused.

create table releases (
	activity_id bigint primary key,
	actor_id bigint not null,
	post_id bigint,
	words_sha256 bytea check (octet_length(words_sha256) = 32),
	ground text not null check (ground in ('spoken', 'approved', 'reply', 'counters')),
	user_id bigint,
	membership_id bigint,
	draft_id bigint,
	version integer,
	ticket_id bigint,
	body_sha256 bytea not null check (octet_length(body_sha256) = 32),
	released_at timestamptz not null default clock_timestamp(),
	check (ground <> 'approved' or (draft_id is not null and version is not null)),
	check (ground <> 'reply' or ticket_id is not null)
);
comment on table releases is 'No references: they outlive what they speak of, and say who wrote, who approved and who pressed';
comment on column releases.words_sha256 is 'What the post said then: votes and answers may be counted anew as long as it says the same';
create index releases_post_id on releases (post_id, activity_id desc) where post_id is not null;

create function releases_refuse() returns trigger language plpgsql as $$
begin
	raise exception 'releases take new entries only' using errcode = 'insufficient_privilege';
end $$;
create trigger releases_refuse before update or delete on releases for each row execute function releases_refuse();

-- What readers read of a post.
create function release_words(of_post_id bigint) returns bytea language sql stable set search_path = public, pg_temp as $$
	select sha256(convert_to(jsonb_build_array(p.html, p.spoiler_text, p.title, p.language, p.is_sensitive, p.visibility,
		(select jsonb_agg(jsonb_build_array(m.name, m.alt) order by m.id) from post_media as a join media as m on m.id = a.media_id
		 where a.post_id = p.id),
		(select jsonb_agg(o.title order by o.position) from poll_options as o where o.post_id = p.id))::text, 'UTF8'))
	from posts as p where p.id = of_post_id
$$;

create function release_holds(claim jsonb, activity activities_out, words bytea) returns boolean language plpgsql stable
	set search_path = public, pg_temp as $$
declare
	ground text := claim ->> 'ground';
	by_user bigint := (claim ->> 'user_id')::bigint;
	of_draft bigint := (claim ->> 'draft_id')::bigint;
	of_version integer := (claim ->> 'version')::integer;
begin
	if of_draft is not null and not exists (select from drafts as d where d.id = of_draft and d.actor_id = activity.actor_id
			and d.version = of_version and d.state = 'publishing') then
		return false;
	end if;
	case ground
	when 'spoken' then
		return may_do(by_user, activity.actor_id, 'account.speak', false);
	when 'approved' then
		return of_draft is not null and draft_is_approved(of_draft, of_version);
	when 'reply' then
		return exists (select from tickets as t where t.id = (claim ->> 'ticket_id')::bigint
				and t.actor_id = activity.actor_id and t.status in ('open', 'pending', 'snoozed'))
			and activity.type = 'Create'
			and may_do(by_user, activity.actor_id, case when (select p.visibility from posts as p where p.id = activity.post_id) = 'direct'
				then 'inbox.reply_private' else 'inbox.reply' end,
				exists (select from tickets as t join memberships as m on m.id = t.assignee_id
					where t.id = (claim ->> 'ticket_id')::bigint and m.user_id = by_user));
	when 'counters' then
		return activity.type = 'Update'
			and coalesce((select r.words_sha256 = words from releases as r where r.post_id = activity.post_id
				and r.ground <> 'counters' order by r.activity_id desc limit 1), true);
	else
		return false;
	end case;
end $$;

-- What brand accounts said before there was a gate may still be delivered.
insert into releases (activity_id, actor_id, post_id, words_sha256, ground, body_sha256, released_at)
select a.id, a.actor_id, a.post_id, release_words(a.post_id), 'spoken', a.body_sha256, a.created_at
from activities_out as a
join brand_accounts as b on b.actor_id = a.actor_id
where a.type = 'Announce' or a.type in ('Create', 'Update') and a.post_id is not null;

create function release_gate() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
	claim jsonb;
	words bytea;
begin
	if not exists (select from brand_accounts as b where b.actor_id = new.actor_id) then
		return new;
	end if;
	claim := nullif(current_setting('comptoir.release', true), '')::jsonb;
	words := release_words(new.post_id);
	if new.type = 'Update' and (claim is null or claim ->> 'ground' is null) then
		claim := '{"ground": "counters"}';
	end if;
	if claim is null or release_holds(claim, new, words) is not true then
		raise exception 'a % of a brand account is not released', new.type using errcode = 'CP403';
	end if;
	insert into releases (activity_id, actor_id, post_id, words_sha256, ground, user_id, membership_id, draft_id, version, ticket_id,
		body_sha256)
	values (new.id, new.actor_id, new.post_id, words, claim ->> 'ground', (claim ->> 'user_id')::bigint,
		(claim ->> 'membership_id')::bigint, (claim ->> 'draft_id')::bigint, (claim ->> 'version')::integer,
		(claim ->> 'ticket_id')::bigint, new.body_sha256);
	return new;
end $$;
-- An Update of the actor itself and a vote have no post, and need none of this.
create trigger release_gate before insert on activities_out for each row
	when (new.type = 'Announce' or new.type in ('Create', 'Update') and new.post_id is not null)
	execute function release_gate();

create function activity_is_released(of_activity_id bigint, of_actor_id bigint, of_type text, of_post_id bigint, of_body bytea)
	returns boolean language sql stable security definer set search_path = public, pg_temp as $$
	select not (of_type = 'Announce' or of_type in ('Create', 'Update') and of_post_id is not null)
	or not exists (select from brand_accounts as b where b.actor_id = of_actor_id)
	or exists (select from releases as r where r.activity_id = of_activity_id and r.actor_id = of_actor_id
		and r.body_sha256 = sha256(of_body))
$$;

grant select on releases to comptoir_web;
grant execute on function activity_is_released(bigint, bigint, text, bigint, bytea) to comptoir_web, comptoir_federation;
