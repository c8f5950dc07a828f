-- What is left of publishing: the gate holds for posts and boosts that make no activity as well, policies that bind those who
-- may speak are looked at by the database, and an act of the log is found by what it was about.
--
-- The previous release goes on: what it says for brand accounts came with a claim, which is judged as before.

create index audit_log_target on audit_log (organisation_id, target, number) where target <> '';

-- ---- releases of what makes no activity ----

alter table releases drop constraint releases_pkey;
alter table releases alter column activity_id drop not null;
alter table releases add column number bigint generated always as identity primary key;
alter table releases add column type text check (type in ('Create', 'Update', 'Announce'));
create unique index releases_activity_id on releases (activity_id) where activity_id is not null;
drop index releases_post_id;
create index releases_post_id on releases (post_id, number desc) where post_id is not null;
comment on column releases.activity_id is 'Null: nobody elsewhere was to be told';
comment on column releases.number is 'Later ones of a post have higher ones';
comment on column releases.type is 'Null: before it was kept';
comment on column releases.body_sha256 is 'Of the activity; without one, of the words';

create function is_brand_account(of_actor_id bigint) returns boolean language plpgsql stable security definer
	set search_path = public, pg_temp as $$
begin
	return exists (select from brand_accounts as b where b.actor_id = of_actor_id);
end $$;

-- The policy that a post would be judged by, as approval_policy_choose has it.
create function release_policy(of_actor_id bigint, of_kind text, of_post_id bigint) returns approval_policies language sql stable
	set search_path = public, pg_temp as $$
	select o.*
	from brand_accounts as b
	join approval_policies as o on o.organisation_id = b.organisation_id
	left join posts as p on p.id = of_post_id and of_kind <> 'boost'
	where b.actor_id = of_actor_id
	and (o.actor_ids = '{}' or of_actor_id = any (o.actor_ids))
	and (o.kinds = '{}' or of_kind = any (o.kinds))
	and (o.tags = '{}' or exists (select from post_tags as t where t.post_id = p.id and t.name = any (o.tags)))
	and (o.languages = '{}' or p.language = any (o.languages))
	and (o.has_media is null or o.has_media = exists (select from post_media as m where m.post_id = p.id))
	and (o.has_link is null or o.has_link = coalesce(p.text_source ~ 'https?://', false))
	order by o.position, o.id
	limit 1
$$;

drop trigger release_gate on activities_out;
drop function release_gate();
drop function release_holds(jsonb, activities_out, bytea);

create function release_holds(claim jsonb, of_actor_id bigint, of_type text, of_post_id bigint) returns boolean
	language plpgsql stable set search_path = public, pg_temp as $$
declare
	ground text := claim ->> 'ground';
	by_user bigint := (claim ->> 'user_id')::bigint;
	of_draft bigint := (claim ->> 'draft_id')::bigint;
	of_version integer := (claim ->> 'version')::integer;
	kind text := case of_type when 'Create' then 'post' when 'Update' then 'edit' else 'boost' end;
begin
	if of_draft is not null and not exists (select from drafts as d where d.id = of_draft and d.actor_id = of_actor_id
			and d.version = of_version and d.state = 'publishing') then
		return false;
	end if;
	case ground
	when 'spoken' then
		if of_draft is null then
			if coalesce((release_policy(of_actor_id, kind, of_post_id)).binds_speakers, false) then
				return false;
			end if;
		elsif exists (select from drafts as d join approval_policies as o on o.id = d.policy_id
				where d.id = of_draft and o.binds_speakers) then
			return false;
		end if;
		return may_do(by_user, of_actor_id, 'account.speak', false);
	when 'approved' then
		return of_draft is not null and draft_is_approved(of_draft, of_version);
	when 'reply' then
		return of_type = 'Create'
			and exists (select from tickets as t where t.id = (claim ->> 'ticket_id')::bigint
				and t.actor_id = of_actor_id and t.status in ('open', 'pending', 'snoozed'))
			and not coalesce((release_policy(of_actor_id, kind, of_post_id)).covers_replies, false)
			and may_do(by_user, of_actor_id, case when (select p.visibility from posts as p where p.id = of_post_id) = 'direct'
				then 'inbox.reply_private' else 'inbox.reply' end,
				exists (select from tickets as t join memberships as m on m.id = t.assignee_id
					where t.id = (claim ->> 'ticket_id')::bigint and m.user_id = by_user));
	else
		return false;
	end case;
end $$;

-- What the post said when its account was last let say it.
create function release_last_words(of_post_id bigint, of_actor_id bigint) returns bytea language sql stable
	set search_path = public, pg_temp as $$
	select r.words_sha256
	from releases as r
	where r.post_id = of_post_id and r.actor_id = of_actor_id and r.type is distinct from 'Announce' and r.ground <> 'counters'
	order by r.number desc
	limit 1
$$;

create function release_judge(of_actor_id bigint, of_type text, of_post_id bigint, words bytea, of_activity_id bigint, of_body bytea)
	returns void language plpgsql set search_path = public, pg_temp as $$
declare
	claim jsonb := nullif(current_setting('comptoir.release', true), '')::jsonb;
begin
	if of_type = 'Update' and claim ->> 'draft_id' is null and words = release_last_words(of_post_id, of_actor_id) then
		claim := '{"ground": "counters"}';
	elsif claim is null or release_holds(claim, of_actor_id, of_type, of_post_id) is not true then
		raise exception 'a % of a brand account is not released', of_type using errcode = 'CP403';
	end if;
	insert into releases (activity_id, actor_id, post_id, type, words_sha256, ground, user_id, membership_id, draft_id, version,
		ticket_id, body_sha256)
	values (of_activity_id, of_actor_id, of_post_id, of_type, words, claim ->> 'ground', (claim ->> 'user_id')::bigint,
		(claim ->> 'membership_id')::bigint, (claim ->> 'draft_id')::bigint, (claim ->> 'version')::integer,
		(claim ->> 'ticket_id')::bigint, of_body);
end $$;

create function release_gate() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if is_brand_account(new.actor_id) then
		perform release_judge(new.actor_id, new.type, new.post_id, release_words(new.post_id), new.id, new.body_sha256);
	end if;
	return new;
end $$;
-- An Update of the actor itself and a vote have no post, and need none of this.
create trigger release_gate before insert on activities_out for each row
	when (new.type = 'Announce' or new.type in ('Create', 'Update') and new.post_id is not null)
	execute function release_gate();

-- When the transaction ends, a post says what it was let say. An activity of the same words has said so already.
create function release_gate_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
	words bytea := release_words(new.id);
begin
	if words is not null and words is distinct from release_last_words(new.id, new.actor_id) then
		perform release_judge(new.actor_id, case tg_op when 'INSERT' then 'Create' else 'Update' end, new.id, words, null, words);
	end if;
	return null;
end $$;
create constraint trigger release_gate_post after insert on posts deferrable initially deferred for each row
	when (is_brand_account(new.actor_id)) execute function release_gate_post();
create constraint trigger release_gate_edit after update of html, spoiler_text, title, language, visibility, edited_at, actor_id
	on posts deferrable initially deferred for each row
	when ((new.html, new.spoiler_text, new.title, new.language, new.visibility, new.edited_at, new.actor_id) is distinct from
		(old.html, old.spoiler_text, old.title, old.language, old.visibility, old.edited_at, old.actor_id)
		and is_brand_account(new.actor_id))
	execute function release_gate_post();

create function release_gate_boost() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
	words bytea := release_words(new.post_id);
begin
	-- Only one transaction at a time writes a boost of that post by that account.
	if exists (select from boosts as b where b.id = new.id)
	and not exists (select from releases as r where r.post_id = new.post_id and r.actor_id = new.actor_id and r.type = 'Announce'
			and r.released_at >= transaction_timestamp()) then
		perform release_judge(new.actor_id, 'Announce', new.post_id, words, null, words);
	end if;
	return null;
end $$;
create constraint trigger release_gate_boost after insert on boosts deferrable initially deferred for each row
	when (is_brand_account(new.actor_id)) execute function release_gate_boost();

-- Lets the gate judge now what it would judge at the end, while a draft is still being published.
create function release_settle() returns void language plpgsql set search_path = public, pg_temp as $$
begin
	set constraints release_gate_post, release_gate_edit, release_gate_boost immediate;
end $$;

-- What brand accounts said before stays theirs.
insert into releases (actor_id, post_id, type, words_sha256, ground, body_sha256, released_at)
select p.actor_id, p.id, 'Create', release_words(p.id), 'spoken', release_words(p.id), p.created_at
from brand_accounts as b
join posts as p on p.actor_id = b.actor_id
where not exists (select from releases as r where r.post_id = p.id and r.actor_id = p.actor_id);
insert into releases (actor_id, post_id, type, words_sha256, ground, body_sha256, released_at)
select o.actor_id, o.post_id, 'Announce', release_words(o.post_id), 'spoken', release_words(o.post_id), o.created_at
from brand_accounts as b
join boosts as o on o.actor_id = b.actor_id
where not exists (select from releases as r where r.post_id = o.post_id and r.actor_id = o.actor_id);

-- For what others may read.
create function post_is_released(of_post_id bigint, of_actor_id bigint) returns boolean language plpgsql stable security definer
	set search_path = public, pg_temp as $$
begin
	return not exists (select from brand_accounts as b where b.actor_id = of_actor_id)
		or exists (select from releases as r where r.post_id = of_post_id and r.actor_id = of_actor_id);
end $$;

grant execute on function is_brand_account(bigint), post_is_released(bigint, bigint) to comptoir_web, comptoir_federation;
grant execute on function release_settle() to comptoir_web;

-- ---- receipts ----

create table post_receipts (
	post_id bigint not null references posts on delete cascade,
	state text not null check (state in ('accepted', 'refused', 'given_up', 'withheld')),
	deliveries bigint not null check (deliveries > 0),
	recipients bigint not null check (recipients > 0),
	first_attempt_at timestamptz,
	last_ended_at timestamptz not null,
	took_ms integer[] not null default '{}',
	primary key (post_id, state)
);
comment on table post_receipts is 'What became of the first sending of a brand''s post, when the rows of its deliveries are gone';
comment on column post_receipts.took_ms is 'One for each that was accepted';

grant select, insert, update on post_receipts to comptoir_federation;
grant select, insert, update, delete on post_receipts to comptoir_web;
