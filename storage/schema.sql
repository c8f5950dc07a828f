-- Made by storage/update_schema from storage/migrations; not to be edited.

CREATE FUNCTION public.activity_is_released(of_activity_id bigint, of_actor_id bigint, of_type text, of_post_id bigint, of_body bytea) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	if not (of_type = 'Announce' or of_type in ('Create', 'Update') and of_post_id is not null) then
		return true;
	end if;
	return not exists (select from brand_accounts as b where b.actor_id = of_actor_id)
		or exists (select from releases as r where r.activity_id = of_activity_id and r.actor_id = of_actor_id
			and r.body_sha256 = sha256(of_body));
end
$$;
CREATE FUNCTION public.audit_field(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (COALESCE((((octet_length(value))::text || ':'::text) || value), '-'::text) || ','::text);
CREATE FUNCTION public.audit_log_chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into audit_heads as h (organisation_id, count, hash)
	values (new.organisation_id, 1, decode(repeat('00', 32), 'hex'))
	on conflict (organisation_id) do update
	set count = h.count + 1
	returning h.count, h.hash into new.number, new.previous_hash;
	new.at := clock_timestamp();
	new.hash := sha256(new.previous_hash || convert_to(
		audit_field(new.organisation_id::text) || audit_field(new.number::text)
		|| audit_field((extract(epoch from new.at) * 1000000)::bigint::text)
		|| audit_field(new.user_id::text) || audit_field(new.membership_id::text) || audit_field(new.door)
		|| audit_field(new.action) || audit_field(new.target) || audit_field(new.data), 'UTF8'));
	update audit_heads set hash = new.hash where organisation_id = new.organisation_id;
	return new;
end $$;
CREATE FUNCTION public.audit_log_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	raise exception 'the audit log takes new entries only' using errcode = 'insufficient_privilege';
end $$;
CREATE FUNCTION public.changes_note_actor() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 3, array_agg(distinct noted.id) from (select id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_actor_counts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 6, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_any_actor() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids) values (3, array[0]);
	return null;
end
$$;
CREATE FUNCTION public.changes_note_blocks() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select blocker_id as id from changed union all select blocked_id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_doer() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_filter() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 5, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_filter_part() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 5, array_agg(distinct noted.id) from (select f.actor_id as id from changed join filters as f on f.id = changed.filter_id) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_follower() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select follower_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_local_post() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids) values (8, array[0]);
	return null;
end
$$;
CREATE FUNCTION public.changes_note_muter() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select muter_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 1, array_agg(distinct noted.id) from (select owner_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_post() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 2, array_agg(distinct noted.id) from (select id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_post_counts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 4, array_agg(distinct noted.id) from (select post_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_post_part() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 2, array_agg(distinct noted.id) from (select post_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.changes_note_quote() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids) values (2, array[coalesce(new.quote_id, old.quote_id)]);
	return null;
end
$$;
CREATE FUNCTION public.changes_note_told() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into changes (kind, ids)
		select 7, array_agg(distinct noted.id) from (select actor_id as id from changed) as noted having count(noted.id) > 0;
	return null;
end
$$;
CREATE FUNCTION public.conversation_forget_post() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
	newest bigint;
begin
	select max(post_id) into newest from conversation_posts where conversation_id = old.conversation_id;
	if newest is null then
		delete from conversations where id = old.conversation_id;
	else
		update conversations
		set last_post_id = newest
		where id = old.conversation_id
		  and last_post_id = old.post_id;
	end if;
	return null;
end
$$;
CREATE FUNCTION public.draft_edges() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	if not (old.state || '>' || new.state = any (array[
			'draft>in_review', 'in_review>approved', 'approved>scheduled', 'scheduled>publishing', 'publishing>published',
			'in_review>changes_requested', 'changes_requested>draft', 'publishing>failed', 'failed>scheduled'])
		or new.state = 'withdrawn' and old.state in ('draft', 'in_review', 'changes_requested', 'approved', 'scheduled', 'failed')
		or new.state in ('draft', 'in_review') and old.state in ('in_review', 'approved', 'scheduled') and new.version = old.version + 1) then
		raise exception 'a draft does not go from % to %', old.state, new.state using errcode = 'check_violation';
	end if;
	return new;
end $$;
CREATE FUNCTION public.draft_is_approved(of_draft_id bigint, of_version integer) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select exists (select from draft_versions as v where v.draft_id = of_draft_id and v.version = of_version)
	and not exists (select from approvals as a where a.draft_id = of_draft_id and a.version = of_version and a.decision = 'reject')
	and not exists (select from draft_steps(of_draft_id) as s
		where draft_step_count(of_draft_id, of_version, s.number, s.permission) < s.minimum)
$$;
CREATE FUNCTION public.draft_step_count(of_draft_id bigint, of_version integer, of_step smallint, of_permission text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select count(distinct a.user_id)
	from approvals as a
	join drafts as d on d.id = a.draft_id
	join draft_versions as v on v.draft_id = a.draft_id and v.version = a.version
	where a.draft_id = of_draft_id
	and a.version = of_version
	and a.step = of_step
	and a.decision = 'approve'
	and a.user_id not in (v.author_user_id, d.author_user_id)
	and may_do(a.user_id, d.actor_id, of_permission, false)
$$;
CREATE FUNCTION public.draft_steps(of_draft_id bigint) RETURNS TABLE(number smallint, permission text, minimum smallint)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select s.number, s.permission, s.minimum from approval_steps as s
	join drafts as d on d.policy_id = s.policy_id where d.id = of_draft_id
	union all
	select 1::smallint, 'draft.approve', 1::smallint
	from drafts as d where d.id = of_draft_id
	and not exists (select from approval_steps as s where s.policy_id = d.policy_id)
$$;
CREATE FUNCTION public.draft_versions_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	raise exception 'versions and approvals do not change' using errcode = 'insufficient_privilege';
end $$;
CREATE FUNCTION public.is_brand_account(of_actor_id bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	return exists (select from brand_accounts as b where b.actor_id = of_actor_id);
end $$;
CREATE FUNCTION public.look_alike_brand_wait() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	insert into look_alike_brands_waiting (actor_id)
	select b.actor_id from brand_accounts as b where b.actor_id = (to_jsonb(new) ->> tg_argv[0])::bigint
	on conflict (actor_id) do update set after_id = 0;
	return null;
end $$;
CREATE FUNCTION public.look_alike_wait() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	insert into look_alike_waiting (actor_id) values (new.id);
	return null;
end $$;
CREATE FUNCTION public.may_do(by_user_id bigint, as_actor_id bigint, what text, is_own boolean) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select exists (
		select from brand_accounts as b
		join memberships as m on m.organisation_id = b.organisation_id and m.user_id = by_user_id and m.state = 'active'
		join users as u on u.id = m.user_id and not u.is_disabled
		join grants as g on g.membership_id = m.id
			and (g.expires_at is null or g.expires_at > now())
			and (g.actor_id is null or g.actor_id = b.actor_id)
			and not exists (select from role_demands as d where d.organisation_id = m.organisation_id and d.role_id = g.role_id
				and u.totp_sealed is null)
		left join role_permissions as p on p.role_id = g.role_id and p.permission = what and (is_own or not p.is_for_own_only)
		where b.actor_id = as_actor_id
		and (g.permission = what or p.permission is not null))
$$;
CREATE FUNCTION public.media_leave_files() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into media_leftovers (file_name)
	select name from unnest(array[old.file_name, old.preview_name,
		case when old.state <> 'ready' and old.remote_url is null then old.name || '.raw' end]) as left_over (name)
	where name is not null;
	return null;
end $$;
CREATE FUNCTION public.name_folded(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(regexp_replace(NORMALIZE(name, NFKD), '[\u0300-\u036f]'::text, ''::text, 'g'::text));
CREATE TEXT SEARCH CONFIGURATION public.comptoir_simple (
    PARSER = pg_catalog."default" );
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR asciiword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR word WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR hword_part WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR hword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_simple
    ADD MAPPING FOR uint WITH simple;
CREATE FUNCTION public.name_words(name text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('public.comptoir_simple'::regconfig, public.name_folded(name));
CREATE FUNCTION public.post_is_released(of_post_id bigint, of_actor_id bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	return not exists (select from brand_accounts as b where b.actor_id = of_actor_id)
		or exists (select from releases as r where r.post_id = of_post_id and r.actor_id = of_actor_id);
end $$;
CREATE FUNCTION public.post_words_wait() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	insert into post_words_waiting (post_id) values (new.id);
	return null;
end $$;
CREATE FUNCTION public.post_words_wait_author() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	insert into post_words_authors (actor_id) values (new.id);
	return null;
end $$;
CREATE FUNCTION public.post_words_wait_touched() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	insert into post_words_waiting (post_id, is_touch)
	select new.post_id, true from actors as a where a.id = new.actor_id and a.domain_id is not null;
	return null;
end $$;
CREATE FUNCTION public.release_gate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	if is_brand_account(new.actor_id) then
		perform release_judge(new.actor_id, new.type, new.post_id, release_words(new.post_id), new.id, new.body_sha256);
	end if;
	return new;
end $$;
CREATE FUNCTION public.release_gate_boost() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.release_gate_post() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
	words bytea := release_words(new.id);
begin
	if words is not null and words is distinct from release_last_words(new.id, new.actor_id) then
		perform release_judge(new.actor_id, case tg_op when 'INSERT' then 'Create' else 'Update' end, new.id, words, null, words);
	end if;
	return null;
end $$;
CREATE FUNCTION public.release_holds(claim jsonb, of_actor_id bigint, of_type text, of_post_id bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.release_judge(of_actor_id bigint, of_type text, of_post_id bigint, words bytea, of_activity_id bigint, of_body bytea) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.release_last_words(of_post_id bigint, of_actor_id bigint) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select r.words_sha256
	from releases as r
	where r.post_id = of_post_id and r.actor_id = of_actor_id and r.type is distinct from 'Announce' and r.ground <> 'counters'
	order by r.number desc
	limit 1
$$;
CREATE TABLE public.approval_policies (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    actor_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    kinds text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    languages text[] DEFAULT '{}'::text[] NOT NULL,
    has_media boolean,
    has_link boolean,
    binds_speakers boolean DEFAULT false NOT NULL,
    covers_replies boolean DEFAULT false NOT NULL,
    demands_alt_text boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT approval_policies_actor_ids_check CHECK ((cardinality(actor_ids) <= 100)),
    CONSTRAINT approval_policies_kinds_check CHECK ((kinds <@ ARRAY['post'::text, 'edit'::text, 'boost'::text])),
    CONSTRAINT approval_policies_languages_check CHECK ((cardinality(languages) <= 100)),
    CONSTRAINT approval_policies_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
    CONSTRAINT approval_policies_tags_check CHECK ((cardinality(tags) <= 100))
);
COMMENT ON TABLE public.approval_policies IS 'The first by position that fits a draft says who must approve it; none fits: one approval by draft.approve';
COMMENT ON COLUMN public.approval_policies.actor_ids IS 'For these accounts; empty: for all. Likewise kinds, tags and languages; null: either';
COMMENT ON COLUMN public.approval_policies.binds_speakers IS 'Also what holders of account.speak say needs approval';
COMMENT ON COLUMN public.approval_policies.covers_replies IS 'Also answers in the inbox need approval';
CREATE FUNCTION public.release_policy(of_actor_id bigint, of_kind text, of_post_id bigint) RETURNS public.approval_policies
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.release_settle() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	set constraints release_gate_post, release_gate_edit, release_gate_boost immediate;
end $$;
CREATE FUNCTION public.release_words(of_post_id bigint) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select sha256(convert_to(jsonb_build_array(p.html, p.spoiler_text, p.title, p.language, p.is_sensitive, p.visibility,
		(select jsonb_agg(jsonb_build_array(m.name, m.alt) order by m.id) from post_media as a join media as m on m.id = a.media_id
		 where a.post_id = p.id),
		(select jsonb_agg(o.title order by o.position) from poll_options as o where o.post_id = p.id))::text, 'UTF8'))
	from posts as p where p.id = of_post_id
$$;
CREATE FUNCTION public.releases_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	raise exception 'releases take new entries only' using errcode = 'insufficient_privilege';
end $$;
CREATE FUNCTION public.remote_file_leave_files() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into media_leftovers (file_name)
	select name from unnest(array[old.file_name, old.preview_name]) as left_over (name)
	where name is not null;
	return null;
end $$;
CREATE FUNCTION public.service_due(organisation bigint, since timestamp with time zone, seconds numeric, in_hours boolean) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
	seconds_left numeric := seconds;
	begin_at timestamptz := since;
	span record;
begin
	if seconds <= 0 then
		return since;
	end if;
	if not in_hours or not exists (select from service_hours as h where h.organisation_id = organisation) then
		return since + make_interval(secs => seconds::double precision);
	end if;
	for i in 1..60 loop
		for span in select s.opens, s.closes, extract(epoch from s.closes - s.opens) as length
		            from service_spans(organisation, begin_at, begin_at + interval '840 hours') as s order by s.opens loop
			if span.length >= seconds_left then
				return span.opens + make_interval(secs => seconds_left::double precision);
			end if;
			seconds_left := seconds_left - span.length;
		end loop;
		begin_at := begin_at + interval '840 hours';
	end loop;
	return 'infinity';
end $$;
CREATE FUNCTION public.service_elapsed(organisation bigint, since timestamp with time zone, until timestamp with time zone, in_hours boolean) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select case
		when until <= since then 0
		when in_hours and exists (select from service_hours as h where h.organisation_id = organisation) then coalesce((
			select sum(extract(epoch from s.closes - s.opens)) from service_spans(organisation, since, until) as s), 0)
		else extract(epoch from until - since)
	end
$$;
CREATE FUNCTION public.service_spans(organisation bigint, since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(opens timestamp with time zone, closes timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	with noons as (
		select o.time_zone,
		       (d.day::timestamp + interval '12 hours') at time zone o.time_zone as begins,
		       (d.day::timestamp + interval '36 hours') at time zone o.time_zone as ends
		from organisations as o
		cross join lateral (
			select (since at time zone o.time_zone)::date + n.days as day
			from generate_series(-1, (until at time zone o.time_zone)::date - (since at time zone o.time_zone)::date) as n (days)
		) as d
		where o.id = organisation
	), shifts as (
		select n.*, (n.begins at time zone n.time_zone) - (n.begins at time zone 'UTC') as before,
		       (n.ends at time zone n.time_zone) - (n.ends at time zone 'UTC') as after
		from noons as n
	), changes as (
		select s.*, case when s.before = s.after then s.ends else (
			select min(m.at)
			from generate_series(s.begins, s.ends, interval '1 minute') as m (at)
			where (m.at at time zone s.time_zone) - (m.at at time zone 'UTC') = s.after) end as changes
		from shifts as s
	), stretches as (
		select c.begins, c.changes as ends, c.before as shift from changes as c
		union all
		select c.changes, c.ends, c.after from changes as c where c.changes < c.ends
	)
	select greatest(w.opens, since), least(w.closes, until)
	from (
		select greatest(s.begins, (d.day::timestamp + make_interval(mins => part.opens::integer) - s.shift) at time zone 'UTC') as opens,
		       least(s.ends, (d.day::timestamp + make_interval(mins => part.closes::integer) - s.shift) at time zone 'UTC') as closes
		from stretches as s
		cross join lateral (
			select ((s.begins at time zone 'UTC') + s.shift)::date + n.days as day from generate_series(0, 1) as n (days)
		) as d
		join service_hours as h on h.organisation_id = organisation and h.weekday = extract(isodow from d.day)
		left join service_holidays as f on f.organisation_id = organisation and f.day = d.day
		cross join lateral (
			select h.opens, least(h.closes, f.closed_from) as closes
			union all
			select greatest(h.opens, f.closed_until), h.closes where f.day is not null
		) as part
		where part.opens < part.closes
	) as w
	where least(w.closes, until) > greatest(w.opens, since)
	order by 1
$$;
CREATE TABLE public.ticket_clocks (
    ticket_id bigint NOT NULL,
    metric text NOT NULL,
    number integer NOT NULL,
    organisation_id bigint NOT NULL,
    policy_id bigint,
    target_s integer NOT NULL,
    in_hours boolean NOT NULL,
    started_at timestamp with time zone NOT NULL,
    running_since timestamp with time zone,
    used_s numeric(16,6) DEFAULT 0 NOT NULL,
    due_at timestamp with time zone,
    ended_at timestamp with time zone,
    breached_at timestamp with time zone,
    CONSTRAINT ticket_clocks_check CHECK (((running_since IS NULL) = (due_at IS NULL))),
    CONSTRAINT ticket_clocks_check1 CHECK (((ended_at IS NULL) OR (running_since IS NULL))),
    CONSTRAINT ticket_clocks_metric_check CHECK ((metric = ANY (ARRAY['first_reply'::text, 'next_reply'::text, 'resolution'::text]))),
    CONSTRAINT ticket_clocks_number_check CHECK ((number > 0)),
    CONSTRAINT ticket_clocks_target_s_check CHECK ((target_s > 0)),
    CONSTRAINT ticket_clocks_used_s_check CHECK ((used_s >= (0)::numeric))
);
COMMENT ON TABLE public.ticket_clocks IS 'Of a public ticket and the private ones below it together; those of a private ticket without one are its own';
COMMENT ON COLUMN public.ticket_clocks.used_s IS 'Seconds that ran before running_since, in hours or by the clock';
COMMENT ON COLUMN public.ticket_clocks.breached_at IS 'When it was due, set once that is over';
CREATE FUNCTION public.sla_end(clock public.ticket_clocks, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	update ticket_clocks as c
	set used_s = c.used_s + case when c.running_since is null then 0
	                             else service_elapsed(c.organisation_id, c.running_since, at, c.in_hours) end,
	    breached_at = coalesce(c.breached_at, case when c.due_at < at then c.due_at end),
	    running_since = null,
	    due_at = null,
	    ended_at = at
	where (c.ticket_id, c.metric, c.number) = (clock.ticket_id, clock.metric, clock.number);
end $$;
CREATE FUNCTION public.sla_follow(root bigint, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
	policy sla_policies;
	state record;
	clock ticket_clocks;
	has_clocks boolean;
	target integer;
begin
	perform from ticket_clocks as c where c.ticket_id = root order by c.metric, c.number for update;
	has_clocks := found;
	policy := sla_policy_of(root);
	if policy.id is null and not has_clocks then
		return;
	end if;
	select t.organisation_id, bool_or(f.status = 'open') as is_open, bool_or(f.status in ('open', 'pending', 'snoozed')) as is_there,
	       bool_or(f.is_awaiting_us and f.status in ('open', 'pending', 'snoozed')) as is_awaiting,
	       min(f.first_reply_at) as first_reply_at, max(f.last_reply_at) as last_reply_at
	into state
	from tickets as t
	join tickets as f on f.id = t.id or (f.parent_id = t.id and f.channel = 'private' and t.channel = 'public')
	where t.id = root
	  and f.merged_into_id is null
	group by t.organisation_id;
	if state.organisation_id is null then
		select t.organisation_id, false as is_open, false as is_there, false as is_awaiting, null::timestamptz as first_reply_at,
		       null::timestamptz as last_reply_at into state
		from tickets as t where t.id = root;
	end if;
	for clock in select c.* from ticket_clocks as c where c.ticket_id = root and c.ended_at is null loop
		if clock.metric = 'first_reply' and state.first_reply_at is not null then
			perform sla_end(clock, greatest(state.first_reply_at, clock.started_at));
		elsif clock.metric = 'next_reply' and not state.is_awaiting and state.last_reply_at >= clock.started_at then
			perform sla_end(clock, state.last_reply_at);
		elsif not state.is_there then
			perform sla_end(clock, at);
		end if;
	end loop;
	if state.is_there then
		-- What was resolved and goes on had not ended.
		update ticket_clocks as c set ended_at = null
		where c.ticket_id = root
		  and c.ended_at is not null
		  and (c.metric = 'resolution' or (c.metric = 'first_reply' and state.first_reply_at is null));
		insert into ticket_clocks (ticket_id, metric, number, organisation_id, policy_id, target_s, in_hours, started_at)
		select root, wanted.metric, 1 + (select count(*) from ticket_clocks as c where c.ticket_id = root and c.metric = wanted.metric),
		       state.organisation_id, policy.id, wanted.target_s, policy.in_hours, at
		from (values ('first_reply', policy.first_reply_s, state.is_awaiting and state.first_reply_at is null),
		             ('next_reply', policy.next_reply_s, state.is_awaiting and state.first_reply_at is not null),
		             ('resolution', policy.resolution_s, state.is_awaiting)) as wanted (metric, target_s, is_due)
		where wanted.is_due
		  and wanted.target_s is not null
		  and not exists (
			select from ticket_clocks as c
			where c.ticket_id = root
			  and c.metric = wanted.metric
			  and (c.ended_at is null or c.metric <> 'next_reply'))
		on conflict do nothing;
	end if;
	for clock in select c.* from ticket_clocks as c where c.ticket_id = root and c.ended_at is null loop
		target := case clock.metric when 'first_reply' then policy.first_reply_s when 'next_reply' then policy.next_reply_s
		                            else policy.resolution_s end;
		if policy.id is distinct from clock.policy_id and target is not null then
			update ticket_clocks as c
			set policy_id = policy.id,
			    target_s = target,
			    in_hours = policy.in_hours,
			    breached_at = case when c.breached_at is not null and target <= c.target_s then c.breached_at end,
			    due_at = case when c.due_at is not null
			                  then service_due(c.organisation_id, c.running_since, target - c.used_s, policy.in_hours) end
			where (c.ticket_id, c.metric, c.number) = (clock.ticket_id, clock.metric, clock.number)
			returning c.* into clock;
		end if;
		if state.is_open and clock.running_since is null then
			update ticket_clocks as c
			set running_since = at,
			    due_at = service_due(c.organisation_id, at, c.target_s - c.used_s, c.in_hours)
			where (c.ticket_id, c.metric, c.number) = (clock.ticket_id, clock.metric, clock.number);
		elsif not state.is_open and clock.running_since is not null then
			update ticket_clocks as c
			set used_s = c.used_s + service_elapsed(c.organisation_id, c.running_since, at, c.in_hours),
			    breached_at = coalesce(c.breached_at, case when c.due_at < at then c.due_at end),
			    running_since = null,
			    due_at = null
			where (c.ticket_id, c.metric, c.number) = (clock.ticket_id, clock.metric, clock.number);
		end if;
	end loop;
end $$;
CREATE FUNCTION public.sla_follow_ticket() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	if exists (select from sla_policies as p where p.organisation_id = new.organisation_id)
	   or exists (select from ticket_clocks as c where c.ticket_id in (new.id, new.parent_id)) then
		perform sla_follow(sla_root(new.id), now());
	end if;
	return null;
end $$;
CREATE TABLE public.sla_policies (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    actor_id bigint,
    channel text,
    language text,
    minimum_priority smallint,
    team_id bigint,
    tag text,
    first_reply_s integer,
    next_reply_s integer,
    resolution_s integer,
    in_hours boolean DEFAULT true NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT sla_policies_channel_check CHECK ((channel = ANY (ARRAY['public'::text, 'private'::text]))),
    CONSTRAINT sla_policies_check CHECK ((COALESCE(first_reply_s, next_reply_s, resolution_s) IS NOT NULL)),
    CONSTRAINT sla_policies_first_reply_s_check CHECK (((first_reply_s >= 60) AND (first_reply_s <= 31536000))),
    CONSTRAINT sla_policies_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
    CONSTRAINT sla_policies_minimum_priority_check CHECK (((minimum_priority >= '-1'::integer) AND (minimum_priority <= 2))),
    CONSTRAINT sla_policies_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT sla_policies_next_reply_s_check CHECK (((next_reply_s >= 60) AND (next_reply_s <= 31536000))),
    CONSTRAINT sla_policies_resolution_s_check CHECK (((resolution_s >= 60) AND (resolution_s <= 31536000))),
    CONSTRAINT sla_policies_tag_check CHECK ((tag ~ '^[^\s,]{1,60}$'::text)),
    CONSTRAINT sla_policies_version_check CHECK ((version > 0))
);
COMMENT ON TABLE public.sla_policies IS 'What an organisation promises; the first one that fits a ticket, by position, is its own';
CREATE FUNCTION public.sla_policy_of(ticket bigint) RETURNS public.sla_policies
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select p.*
	from tickets as t
	join sla_policies as p on p.organisation_id = t.organisation_id
	where t.id = ticket
	  and (p.actor_id is null or p.actor_id = t.actor_id)
	  and (p.channel is null or p.channel = t.channel)
	  and (p.language is null or lower(t.language) = lower(p.language) or lower(t.language) like lower(p.language) || '-%')
	  and (p.minimum_priority is null or t.priority >= p.minimum_priority)
	  and (p.team_id is null or p.team_id = t.team_id)
	  and (p.tag is null or exists (select from ticket_tags as g where g.ticket_id = t.id and g.tag = p.tag))
	order by p.position, p.id
	limit 1
$$;
CREATE FUNCTION public.sla_root(ticket bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
	select coalesce(p.id, t.id)
	from tickets as t
	left join tickets as p on p.id = t.parent_id and p.channel = 'public' and t.channel = 'private'
	where t.id = ticket
$$;
CREATE FUNCTION public.ticket_arrive_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select t.actor_id, new.id, case when old.conversation_id <> new.conversation_id then 'moved' else 'edited' end
	from ticket_posts as t
	where t.post_id = new.id;
	return null;
end $$;
CREATE FUNCTION public.ticket_arrive_end() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select t.actor_id, old.id, 'gone' from ticket_posts as t where t.post_id = old.id;
	return null;
end $$;
CREATE FUNCTION public.ticket_arrive_mention() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select b.actor_id, c.post_id, 'post' from changed as c join brand_accounts as b on b.actor_id = c.actor_id;
	return null;
end $$;
CREATE FUNCTION public.ticket_arrive_post() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select b.actor_id, new.id, 'post'
	from (select new.actor_id where new.in_reply_to_id is not null
	      union select new.in_reply_to_actor_id
	      union select q.actor_id from posts as q where q.id = new.quote_id
	      union select t.actor_id from ticket_posts as t
	      where t.post_id = new.in_reply_to_id and new.in_reply_to_actor_id = new.actor_id) as concerned (actor_id)
	join brand_accounts as b on b.actor_id = concerned.actor_id;
	return null;
end $$;
CREATE FUNCTION public.users_note_pending() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
	update actors set is_pending = not (new.is_confirmed and new.is_approved) where id = new.actor_id;
	return null;
end
$$;
CREATE TEXT SEARCH DICTIONARY public.comptoir_english (
    TEMPLATE = pg_catalog.snowball,
    language = 'english' );
CREATE TEXT SEARCH DICTIONARY public.comptoir_french (
    TEMPLATE = pg_catalog.snowball,
    language = 'french' );
CREATE TEXT SEARCH CONFIGURATION public.comptoir_en (
    PARSER = pg_catalog."default" );
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR asciiword WITH public.comptoir_english;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR word WITH public.comptoir_english;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR hword_part WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR hword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_en
    ADD MAPPING FOR uint WITH simple;
CREATE TEXT SEARCH CONFIGURATION public.comptoir_fr (
    PARSER = pg_catalog."default" );
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR asciiword WITH public.comptoir_french;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR word WITH public.comptoir_french;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR hword_part WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR hword WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR "float" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR "int" WITH simple;
ALTER TEXT SEARCH CONFIGURATION public.comptoir_fr
    ADD MAPPING FOR uint WITH simple;
CREATE TABLE public.activities_in (
    id bigint NOT NULL,
    uri text NOT NULL,
    type text NOT NULL,
    actor_uri text NOT NULL,
    object_uri text,
    body bytea NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    leased_by bigint,
    parked_uri text,
    last_error text,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    inbox_actor_id bigint,
    verified_by text DEFAULT 'signature'::text NOT NULL,
    is_wanted_nowhere boolean DEFAULT false NOT NULL,
    parks smallint DEFAULT 0 NOT NULL,
    CONSTRAINT activities_in_actor_uri_check CHECK (((length(actor_uri) >= 8) AND (length(actor_uri) <= 2048))),
    CONSTRAINT activities_in_body_check CHECK (((octet_length(body) >= 2) AND (octet_length(body) <= 1048576))),
    CONSTRAINT activities_in_check CHECK (((state <> 'parked'::text) OR (parked_uri IS NOT NULL))),
    CONSTRAINT activities_in_last_error_check CHECK ((length(last_error) <= 1000)),
    CONSTRAINT activities_in_object_uri_check CHECK (((length(object_uri) >= 1) AND (length(object_uri) <= 2048))),
    CONSTRAINT activities_in_parked_uri_check CHECK (((length(parked_uri) >= 8) AND (length(parked_uri) <= 2048))),
    CONSTRAINT activities_in_type_check CHECK (((length(type) >= 1) AND (length(type) <= 100))),
    CONSTRAINT activities_in_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_insert_scale_factor='0.05', fillfactor='35');
COMMENT ON COLUMN public.activities_in.body IS 'The bytes that were signed';
COMMENT ON COLUMN public.activities_in.leased_by IS 'The process of PostgreSQL whose client works on it';
COMMENT ON COLUMN public.activities_in.parked_uri IS 'What it waits for, or waited for last';
COMMENT ON COLUMN public.activities_in.inbox_actor_id IS 'Whose inbox it came to; null for the shared one';
COMMENT ON COLUMN public.activities_in.verified_by IS 'How we know that actor_uri said it';
COMMENT ON COLUMN public.activities_in.is_wanted_nowhere IS 'What it waited for last cannot be had';
COMMENT ON COLUMN public.activities_in.parks IS 'How often it has waited for something';
CREATE TABLE public.activities_out (
    id bigint NOT NULL,
    uri text NOT NULL,
    type text NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint,
    body bytea NOT NULL,
    body_sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    object_uri text,
    is_public boolean DEFAULT false NOT NULL,
    is_for_followers boolean DEFAULT false NOT NULL,
    CONSTRAINT activities_out_body_check CHECK (((octet_length(body) >= 2) AND (octet_length(body) <= 1048576))),
    CONSTRAINT activities_out_body_sha256_check CHECK ((octet_length(body_sha256) = 32)),
    CONSTRAINT activities_out_object_uri_check CHECK (((length(object_uri) >= 1) AND (length(object_uri) <= 2048))),
    CONSTRAINT activities_out_type_check CHECK (((length(type) >= 1) AND (length(type) <= 100))),
    CONSTRAINT activities_out_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON COLUMN public.activities_out.uri IS 'Ends in a random UUID';
COMMENT ON COLUMN public.activities_out.body IS 'Without proof; an empty object once it is old and delivered';
COMMENT ON COLUMN public.activities_out.object_uri IS 'Activities about the same object go to a peer in their order';
COMMENT ON COLUMN public.activities_out.is_public IS 'Gets a proof that outlives forwarding';
COMMENT ON COLUMN public.activities_out.is_for_followers IS 'Not public: deliveries carry the digest of the followers there (FEP-8fcf)';
CREATE TABLE public.actor_counts (
    actor_id bigint NOT NULL,
    followers bigint DEFAULT 0 NOT NULL,
    following bigint DEFAULT 0 NOT NULL,
    posts bigint DEFAULT 0 NOT NULL,
    last_post_at timestamp with time zone,
    CONSTRAINT actor_counts_followers_check CHECK ((followers >= 0)),
    CONSTRAINT actor_counts_following_check CHECK ((following >= 0)),
    CONSTRAINT actor_counts_posts_check CHECK ((posts >= 0))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');
CREATE TABLE public.actor_domain_blocks (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    domain text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT actor_domain_blocks_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 253))))
);
CREATE TABLE public.actor_keys (
    uri text NOT NULL,
    actor_id bigint NOT NULL,
    kind text NOT NULL,
    public_pem text,
    public_bytes bytea,
    private_sealed bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT actor_keys_check CHECK (((kind <> 'rsa'::text) OR (public_pem IS NOT NULL))),
    CONSTRAINT actor_keys_check1 CHECK (((kind <> 'ed25519'::text) OR (octet_length(public_bytes) = 32))),
    CONSTRAINT actor_keys_kind_check CHECK ((kind = ANY (ARRAY['rsa'::text, 'ed25519'::text]))),
    CONSTRAINT actor_keys_private_sealed_check CHECK ((octet_length(private_sealed) <= 10000)),
    CONSTRAINT actor_keys_public_bytes_check CHECK ((octet_length(public_bytes) <= 1024)),
    CONSTRAINT actor_keys_public_pem_check CHECK ((length(public_pem) <= 10000)),
    CONSTRAINT actor_keys_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON COLUMN public.actor_keys.private_sealed IS 'Local actors: encrypted under the key file, which is not in the database';
CREATE TABLE public.actor_notes (
    actor_id bigint NOT NULL,
    target_id bigint NOT NULL,
    comment text NOT NULL,
    CONSTRAINT actor_notes_comment_check CHECK (((length(comment) >= 1) AND (length(comment) <= 2000)))
);
COMMENT ON TABLE public.actor_notes IS 'What an actor has written down about another one, for itself';
CREATE TABLE public.actor_preferences (
    actor_id bigint NOT NULL,
    visibility text DEFAULT 'public'::text NOT NULL,
    is_sensitive boolean DEFAULT false NOT NULL,
    language text,
    quote_policy text DEFAULT 'public'::text NOT NULL,
    expands_media text DEFAULT 'default'::text NOT NULL,
    expands_spoilers boolean DEFAULT false NOT NULL,
    CONSTRAINT actor_preferences_expands_media_check CHECK ((expands_media = ANY (ARRAY['default'::text, 'show_all'::text, 'hide_all'::text]))),
    CONSTRAINT actor_preferences_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
    CONSTRAINT actor_preferences_quote_policy_check CHECK ((quote_policy = ANY (ARRAY['public'::text, 'followers'::text, 'nobody'::text]))),
    CONSTRAINT actor_preferences_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'unlisted'::text, 'followers'::text, 'direct'::text])))
);
COMMENT ON TABLE public.actor_preferences IS 'What new posts of an actor are unless it says otherwise, and how its apps show posts';
CREATE TABLE public.actors (
    id bigint NOT NULL,
    kind text NOT NULL,
    domain_id bigint,
    username text NOT NULL,
    handle text NOT NULL,
    domain text NOT NULL,
    uri text NOT NULL,
    url text NOT NULL,
    inbox_url text NOT NULL,
    outbox_url text,
    followers_url text,
    following_url text,
    featured_url text,
    shared_inbox_url text,
    display_name text DEFAULT ''::text NOT NULL,
    summary_html text DEFAULT ''::text NOT NULL,
    summary_source text,
    fields jsonb DEFAULT '[]'::jsonb NOT NULL,
    avatar_url text,
    avatar_alt text DEFAULT ''::text NOT NULL,
    header_url text,
    header_alt text DEFAULT ''::text NOT NULL,
    also_known_as text[] DEFAULT '{}'::text[] NOT NULL,
    moved_to_id bigint,
    is_locked boolean DEFAULT false NOT NULL,
    is_discoverable boolean DEFAULT false NOT NULL,
    is_indexable boolean DEFAULT false NOT NULL,
    hides_collections boolean DEFAULT false NOT NULL,
    is_memorial boolean DEFAULT false NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    suspended_at timestamp with time zone,
    silenced_at timestamp with time zone,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    fetched_at timestamp with time zone,
    featured_tags_url text,
    moved_at timestamp with time zone,
    is_handle_confirmed boolean DEFAULT false NOT NULL,
    pulled_at timestamp with time zone,
    attribution_domains text[] DEFAULT '{}'::text[] NOT NULL,
    shows_media boolean DEFAULT true NOT NULL,
    shows_media_replies boolean DEFAULT true NOT NULL,
    shows_featured boolean DEFAULT true NOT NULL,
    is_pending boolean DEFAULT false NOT NULL,
    CONSTRAINT actors_also_known_as_check CHECK ((cardinality(also_known_as) <= 32)),
    CONSTRAINT actors_attribution_domains_check CHECK ((cardinality(attribution_domains) <= 100)),
    CONSTRAINT actors_avatar_alt_check CHECK ((length(avatar_alt) <= 1500)),
    CONSTRAINT actors_avatar_url_check CHECK (((length(avatar_url) >= 1) AND (length(avatar_url) <= 2048))),
    CONSTRAINT actors_check CHECK (((domain_id IS NULL) <> (fetched_at IS NULL))),
    CONSTRAINT actors_display_name_check CHECK ((length(display_name) <= 500)),
    CONSTRAINT actors_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 259)))),
    CONSTRAINT actors_featured_tags_url_check CHECK (((length(featured_tags_url) >= 8) AND (length(featured_tags_url) <= 2048))),
    CONSTRAINT actors_featured_url_check CHECK (((length(featured_url) >= 8) AND (length(featured_url) <= 2048))),
    CONSTRAINT actors_fields_check CHECK (((jsonb_typeof(fields) = 'array'::text) AND (octet_length((fields)::text) <= 65536))),
    CONSTRAINT actors_followers_url_check CHECK (((length(followers_url) >= 8) AND (length(followers_url) <= 2048))),
    CONSTRAINT actors_following_url_check CHECK (((length(following_url) >= 8) AND (length(following_url) <= 2048))),
    CONSTRAINT actors_handle_check CHECK (((handle = lower(handle)) AND ((length(handle) >= 1) AND (length(handle) <= 255)))),
    CONSTRAINT actors_header_alt_check CHECK ((length(header_alt) <= 1500)),
    CONSTRAINT actors_header_url_check CHECK (((length(header_url) >= 1) AND (length(header_url) <= 2048))),
    CONSTRAINT actors_inbox_url_check CHECK (((length(inbox_url) >= 8) AND (length(inbox_url) <= 2048))),
    CONSTRAINT actors_kind_check CHECK ((kind = ANY (ARRAY['Person'::text, 'Organization'::text, 'Group'::text, 'Service'::text, 'Application'::text]))),
    CONSTRAINT actors_outbox_url_check CHECK (((length(outbox_url) >= 8) AND (length(outbox_url) <= 2048))),
    CONSTRAINT actors_shared_inbox_url_check CHECK (((length(shared_inbox_url) >= 8) AND (length(shared_inbox_url) <= 2048))),
    CONSTRAINT actors_summary_html_check CHECK ((length(summary_html) <= 100000)),
    CONSTRAINT actors_summary_source_check CHECK ((length(summary_source) <= 10000)),
    CONSTRAINT actors_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048))),
    CONSTRAINT actors_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2048))),
    CONSTRAINT actors_username_check CHECK (((length(username) >= 1) AND (length(username) <= 255)))
)
WITH (fillfactor='90');
COMMENT ON TABLE public.actors IS 'Everyone who speaks, local and remote; a user logs in, an actor speaks';
COMMENT ON COLUMN public.actors.domain_id IS 'Set for local actors only';
COMMENT ON COLUMN public.actors.handle IS 'The username in lower case; unique per domain';
COMMENT ON COLUMN public.actors.domain IS 'Account domain of a local actor, host of a remote one';
COMMENT ON COLUMN public.actors.is_disabled IS 'Nobody logs in as it or speaks for it; still shown';
COMMENT ON COLUMN public.actors.suspended_at IS 'Shown nowhere since';
COMMENT ON COLUMN public.actors.silenced_at IS 'Shown to its followers only since';
COMMENT ON COLUMN public.actors.deleted_at IS 'Gone: only the id is kept, so that it never comes back';
COMMENT ON COLUMN public.actors.fetched_at IS 'When a remote actor was last read from its server';
COMMENT ON COLUMN public.actors.is_handle_confirmed IS 'Remote: WebFinger of its account domain led back to it';
COMMENT ON COLUMN public.actors.pulled_at IS 'Remote: when its outbox was last read';
COMMENT ON COLUMN public.actors.attribution_domains IS 'The sites whose pages may name this actor as their author';
COMMENT ON COLUMN public.actors.shows_media IS 'Local: apps show a page of its media';
COMMENT ON COLUMN public.actors.is_pending IS 'A local one whose user has not confirmed an address or is not approved yet';
CREATE TABLE public.announcement_reactions (
    announcement_id bigint NOT NULL,
    name text NOT NULL,
    actor_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT announcement_reactions_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE TABLE public.announcement_reads (
    announcement_id bigint NOT NULL,
    actor_id bigint NOT NULL
);
CREATE TABLE public.announcements (
    id bigint NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    is_all_day boolean DEFAULT false NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT announcements_check CHECK (((ends_at IS NULL) OR (starts_at IS NULL) OR (ends_at >= starts_at))),
    CONSTRAINT announcements_html_check CHECK ((length(html) <= 100000)),
    CONSTRAINT announcements_text_check CHECK (((length(text) >= 1) AND (length(text) <= 10000)))
);
COMMENT ON COLUMN public.announcements.ends_at IS 'Shown no more since';
CREATE TABLE public.approval_steps (
    policy_id bigint NOT NULL,
    number smallint NOT NULL,
    permission text NOT NULL,
    minimum smallint DEFAULT 1 NOT NULL,
    CONSTRAINT approval_steps_minimum_check CHECK (((minimum >= 1) AND (minimum <= 20))),
    CONSTRAINT approval_steps_number_check CHECK (((number >= 1) AND (number <= 10))),
    CONSTRAINT approval_steps_permission_check CHECK ((permission = ANY (ARRAY['draft.approve'::text, 'draft.approve_legal'::text])))
);
CREATE TABLE public.approvals (
    draft_id bigint NOT NULL,
    version integer NOT NULL,
    step smallint NOT NULL,
    membership_id bigint NOT NULL,
    user_id bigint NOT NULL,
    decision text NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT approvals_comment_check CHECK ((length(comment) <= 5000)),
    CONSTRAINT approvals_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'reject'::text]))),
    CONSTRAINT approvals_step_check CHECK (((step >= 1) AND (step <= 10)))
);
COMMENT ON TABLE public.approvals IS 'A person decides once on a version, at one step';
CREATE TABLE public.assets (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    media_id bigint NOT NULL,
    name text NOT NULL,
    licence text DEFAULT ''::text NOT NULL,
    credit text DEFAULT ''::text NOT NULL,
    alt_texts jsonb DEFAULT '{}'::jsonb NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    embargo_until timestamp with time zone,
    usable_until timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT assets_alt_texts_check CHECK (((jsonb_typeof(alt_texts) = 'object'::text) AND (octet_length((alt_texts)::text) <= 65536))),
    CONSTRAINT assets_check CHECK ((embargo_until < usable_until)),
    CONSTRAINT assets_credit_check CHECK ((length(credit) <= 300)),
    CONSTRAINT assets_licence_check CHECK ((length(licence) <= 200)),
    CONSTRAINT assets_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT assets_tags_check CHECK ((cardinality(tags) <= 50)),
    CONSTRAINT assets_version_check CHECK ((version > 0))
);
COMMENT ON TABLE public.assets IS 'What is known of files of an account; the file stays while the asset lives';
COMMENT ON COLUMN public.assets.alt_texts IS 'By language';
COMMENT ON COLUMN public.assets.created_by IS 'The membership; no reference, it outlives them';
CREATE UNLOGGED TABLE public.attempts (
    kind text NOT NULL,
    subject bytea NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    count integer NOT NULL,
    CONSTRAINT attempts_count_check CHECK ((count > 0)),
    CONSTRAINT attempts_kind_check CHECK ((kind = ANY (ARRAY['password'::text, 'second_factor'::text, 'mail'::text, 'mail_address'::text]))),
    CONSTRAINT attempts_subject_check CHECK ((octet_length(subject) = 32))
)
WITH (fillfactor='70');
COMMENT ON TABLE public.attempts IS 'How often something was tried in the window that began then, for all processes together';
COMMENT ON COLUMN public.attempts.subject IS 'SHA-256 of what is counted: an account, an address';
CREATE TABLE public.audit_heads (
    organisation_id bigint NOT NULL,
    count bigint NOT NULL,
    hash bytea NOT NULL,
    recorded_count bigint DEFAULT 0 NOT NULL,
    CONSTRAINT audit_heads_check CHECK (((recorded_count >= 0) AND (recorded_count <= count))),
    CONSTRAINT audit_heads_count_check CHECK ((count > 0)),
    CONSTRAINT audit_heads_hash_check CHECK ((octet_length(hash) = 32))
)
WITH (fillfactor='50');
COMMENT ON TABLE public.audit_heads IS 'The last entry of each log; a writer holds the row until it commits, so that the chain has one end';
COMMENT ON COLUMN public.audit_heads.recorded_count IS 'How many of them the file beside the database knows of';
CREATE TABLE public.audit_log (
    organisation_id bigint NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id bigint,
    membership_id bigint,
    door text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    data text NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_log_action_check CHECK (((action ~ '^[a-z_]+(\.[a-z_]+)+$'::text) AND (length(action) <= 60))),
    CONSTRAINT audit_log_data_check CHECK (((length(data) <= 20000) AND ((data)::json IS NOT NULL))),
    CONSTRAINT audit_log_door_check CHECK ((door = ANY (ARRAY['api'::text, 'app'::text, 'web'::text, 'command'::text, 'worker'::text]))),
    CONSTRAINT audit_log_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT audit_log_number_check CHECK ((number > 0)),
    CONSTRAINT audit_log_previous_hash_check CHECK ((octet_length(previous_hash) = 32)),
    CONSTRAINT audit_log_target_check CHECK ((length(target) <= 200))
);
COMMENT ON TABLE public.audit_log IS 'What was done for an organisation, by every door; the trigger numbers and chains the entries of each';
COMMENT ON COLUMN public.audit_log.user_id IS 'Null: the operator, or the program itself';
COMMENT ON COLUMN public.audit_log.data IS 'JSON, byte for byte as it was hashed; ids, never texts of people';
CREATE TABLE public.blocks (
    id bigint NOT NULL,
    blocker_id bigint NOT NULL,
    blocked_id bigint NOT NULL,
    uri text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blocks_check CHECK ((blocker_id <> blocked_id)),
    CONSTRAINT blocks_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
CREATE TABLE public.bookmarks (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.boosts (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    uri text NOT NULL,
    visibility text DEFAULT 'public'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT boosts_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048))),
    CONSTRAINT boosts_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'unlisted'::text, 'followers'::text])))
);
CREATE TABLE public.brand_accounts (
    actor_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    purpose text DEFAULT 'brand'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT brand_accounts_purpose_check CHECK ((purpose = ANY (ARRAY['brand'::text, 'support'::text, 'press'::text, 'jobs'::text, 'shop'::text, 'community'::text])))
);
COMMENT ON TABLE public.brand_accounts IS 'Local actors without user: people speak for them by their rights';
CREATE TABLE public.calendar_feeds (
    membership_id bigint NOT NULL,
    token_sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT calendar_feeds_token_sha256_check CHECK ((octet_length(token_sha256) = 32))
);
COMMENT ON TABLE public.calendar_feeds IS 'One secret address for the calendar program of each member; it stops with their rights';
CREATE TABLE public.campaigns (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    hashtags text[] DEFAULT '{}'::text[] NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    utm_source text,
    utm_medium text,
    utm_campaign text,
    utm_term text,
    utm_content text,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT campaigns_check CHECK ((starts_at < ends_at)),
    CONSTRAINT campaigns_hashtags_check CHECK ((cardinality(hashtags) <= 20)),
    CONSTRAINT campaigns_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT campaigns_utm_campaign_check CHECK (((length(utm_campaign) >= 1) AND (length(utm_campaign) <= 100))),
    CONSTRAINT campaigns_utm_content_check CHECK (((length(utm_content) >= 1) AND (length(utm_content) <= 100))),
    CONSTRAINT campaigns_utm_medium_check CHECK (((length(utm_medium) >= 1) AND (length(utm_medium) <= 100))),
    CONSTRAINT campaigns_utm_source_check CHECK (((length(utm_source) >= 1) AND (length(utm_source) <= 100))),
    CONSTRAINT campaigns_utm_term_check CHECK (((length(utm_term) >= 1) AND (length(utm_term) <= 100))),
    CONSTRAINT campaigns_version_check CHECK ((version > 0))
);
CREATE UNLOGGED TABLE public.changes (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind smallint NOT NULL,
    ids bigint[] NOT NULL,
    CONSTRAINT changes_kind_check CHECK (((kind >= 1) AND (kind <= 8)))
);
COMMENT ON TABLE public.changes IS 'Of the last minutes';
COMMENT ON COLUMN public.changes.kind IS '1: of what an actor wants to see or did to posts; 2: posts, boosts; 3: actors; 4: numbers of posts; 5: filters of an actor; 6: numbers of actors; 7: notifications of an actor; 8: public posts of this server';
CREATE TABLE public.consents (
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    purpose text NOT NULL,
    basis text NOT NULL,
    evidence text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id bigint,
    membership_id bigint,
    withdrawn_at timestamp with time zone,
    withdrawn_user_id bigint,
    withdrawn_membership_id bigint,
    CONSTRAINT consents_basis_check CHECK ((basis = ANY (ARRAY['consent'::text, 'contract'::text, 'legitimate_interest'::text, 'legal'::text]))),
    CONSTRAINT consents_evidence_check CHECK (((length(evidence) >= 1) AND (length(evidence) <= 2000))),
    CONSTRAINT consents_purpose_check CHECK ((purpose = ANY (ARRAY['service'::text, 'segment'::text, 'ambassador'::text, 'review_reuse'::text, 'job'::text, 'donation'::text, 'profiling'::text])))
);
COMMENT ON TABLE public.consents IS 'What a customer allowed, and what shows it; withdrawn ones stay';
CREATE TABLE public.contact_identities (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    kind text NOT NULL,
    actor_id bigint,
    value text,
    proof text NOT NULL,
    user_id bigint,
    membership_id bigint,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contact_identities_check CHECK (((kind = 'actor'::text) = (actor_id IS NOT NULL))),
    CONSTRAINT contact_identities_check1 CHECK (((kind = 'actor'::text) = (value IS NULL))),
    CONSTRAINT contact_identities_kind_check CHECK ((kind = ANY (ARRAY['actor'::text, 'email'::text, 'order'::text]))),
    CONSTRAINT contact_identities_proof_check CHECK ((proof = ANY (ARRAY['seen'::text, 'code_reply'::text, 'email_link'::text, 'order_number'::text, 'member'::text]))),
    CONSTRAINT contact_identities_value_check CHECK (((length(value) >= 1) AND (length(value) <= 320)))
);
COMMENT ON COLUMN public.contact_identities.actor_id IS 'No reference: what was said with them outlives them';
COMMENT ON COLUMN public.contact_identities.proof IS 'seen: they wrote from there; member: somebody of the team says so';
CREATE TABLE public.contact_merges (
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    into_id bigint NOT NULL,
    is_undone boolean NOT NULL,
    user_id bigint,
    membership_id bigint,
    at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.contact_merges IS 'Who merged which into which, and took it out again';
CREATE TABLE public.contact_tags (
    contact_id bigint NOT NULL,
    tag text NOT NULL,
    is_hidden boolean DEFAULT false NOT NULL,
    CONSTRAINT contact_tags_tag_check CHECK (((length(tag) >= 1) AND (length(tag) <= 60)))
);
COMMENT ON COLUMN public.contact_tags.is_hidden IS 'Says that what a merged one is tagged with does not hold here';
CREATE TABLE public.contacts (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    card_id bigint NOT NULL,
    merged_into_id bigint,
    merged_at timestamp with time zone,
    name text,
    language text,
    assignee_id bigint,
    fields jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT contacts_check CHECK (((merged_into_id IS NULL) = (merged_at IS NULL))),
    CONSTRAINT contacts_check1 CHECK (((merged_into_id IS NULL) = (card_id = id))),
    CONSTRAINT contacts_fields_check CHECK (((jsonb_typeof(fields) = 'object'::text) AND (octet_length((fields)::text) <= 131072))),
    CONSTRAINT contacts_language_check CHECK (((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text) AND (length(language) <= 35))),
    CONSTRAINT contacts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT contacts_version_check CHECK ((version > 0))
);
COMMENT ON COLUMN public.contacts.card_id IS 'The one that it is shown on: itself, or where it was merged to in the end';
COMMENT ON COLUMN public.contacts.name IS 'As the team calls them; null: as they call themselves';
COMMENT ON COLUMN public.contacts.fields IS 'Text, numbers and truths by name; null hides what a merged one says';
COMMENT ON COLUMN public.contacts.version IS 'Of what is shown: counted on the card';
CREATE TABLE public.conversation_mutes (
    actor_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.conversation_mutes IS 'No notification comes from these threads';
CREATE TABLE public.conversation_posts (
    conversation_id bigint NOT NULL,
    post_id bigint NOT NULL
);
CREATE TABLE public.conversations (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    participant_ids bigint[] NOT NULL,
    last_post_id bigint NOT NULL,
    is_unread boolean NOT NULL,
    CONSTRAINT conversations_participant_ids_check CHECK ((cardinality(participant_ids) <= 101))
)
WITH (fillfactor='80');
COMMENT ON COLUMN public.conversations.thread_id IS 'posts.conversation_id';
COMMENT ON COLUMN public.conversations.participant_ids IS 'The others, in the order of their ids';
CREATE TABLE public.deliveries (
    activity_id bigint NOT NULL,
    inbox_url text NOT NULL,
    peer text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_by bigint,
    first_attempt_at timestamp with time zone,
    last_attempt_at timestamp with time zone,
    last_status smallint,
    last_error text,
    recipients integer DEFAULT 1 NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT deliveries_check CHECK (((state = 'pending'::text) = (ended_at IS NULL))),
    CONSTRAINT deliveries_inbox_url_check CHECK (((length(inbox_url) >= 8) AND (length(inbox_url) <= 2048))),
    CONSTRAINT deliveries_last_error_check CHECK ((length(last_error) <= 1000)),
    CONSTRAINT deliveries_last_status_check CHECK (((last_status >= 100) AND (last_status <= 599))),
    CONSTRAINT deliveries_peer_check CHECK (((peer = lower(peer)) AND ((length(peer) >= 1) AND (length(peer) <= 259))))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_insert_scale_factor='0.05');
COMMENT ON COLUMN public.deliveries.peer IS 'Host of the inbox, with a port that is not the default';
COMMENT ON COLUMN public.deliveries.due_at IS 'infinity: when its peer is looked at';
COMMENT ON COLUMN public.deliveries.leased_by IS 'Of delivery_workers';
COMMENT ON COLUMN public.deliveries.recipients IS 'How many actors are behind this inbox';
CREATE TABLE public.delivery_sums (
    peer text NOT NULL,
    month date NOT NULL,
    state text NOT NULL,
    deliveries bigint NOT NULL,
    CONSTRAINT delivery_sums_deliveries_check CHECK ((deliveries >= 0)),
    CONSTRAINT delivery_sums_peer_check CHECK (((peer = lower(peer)) AND ((length(peer) >= 1) AND (length(peer) <= 259)))),
    CONSTRAINT delivery_sums_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'refused'::text, 'given_up'::text, 'withheld'::text])))
);
CREATE TABLE public.delivery_workers (
    id bigint NOT NULL,
    alive_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.directory_entries (
    actor_id bigint NOT NULL,
    is_local boolean NOT NULL,
    followers bigint NOT NULL,
    active_at timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.directory_entries IS 'Those who want to be found, the most active ones if they are many';
CREATE TABLE public.dismissed_suggestions (
    actor_id bigint NOT NULL,
    dismissed_id bigint NOT NULL
);
COMMENT ON TABLE public.dismissed_suggestions IS 'Whom an actor does not want to have suggested again';
CREATE TABLE public.domain_allows (
    domain text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT domain_allows_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 253))))
);
COMMENT ON TABLE public.domain_allows IS 'With federation.mode = allow_list: these only, and their subdomains';
CREATE TABLE public.domain_blocks (
    domain text NOT NULL,
    severity text NOT NULL,
    rejects_media boolean DEFAULT false NOT NULL,
    rejects_reports boolean DEFAULT false NOT NULL,
    public_comment text DEFAULT ''::text NOT NULL,
    private_comment text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT domain_blocks_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 253)))),
    CONSTRAINT domain_blocks_private_comment_check CHECK ((length(private_comment) <= 2000)),
    CONSTRAINT domain_blocks_public_comment_check CHECK ((length(public_comment) <= 2000)),
    CONSTRAINT domain_blocks_severity_check CHECK ((severity = ANY (ARRAY['noop'::text, 'silence'::text, 'suspend'::text])))
);
COMMENT ON TABLE public.domain_blocks IS 'Subdomains are meant too';
CREATE TABLE public.domains (
    id bigint NOT NULL,
    name text NOT NULL,
    base_url text NOT NULL,
    authority text NOT NULL,
    is_primary boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT domains_authority_check CHECK (((authority = lower(authority)) AND ((length(authority) >= 1) AND (length(authority) <= 259)))),
    CONSTRAINT domains_base_url_check CHECK ((((length(base_url) >= 8) AND (length(base_url) <= 300)) AND (base_url !~ '/$'::text))),
    CONSTRAINT domains_name_check CHECK (((name = lower(name)) AND ((length(name) >= 1) AND (length(name) <= 259))))
);
COMMENT ON TABLE public.domains IS 'Account domains this server speaks for, each with the base URL of its pages and ids';
CREATE TABLE public.draft_comments (
    id bigint NOT NULL,
    draft_id bigint NOT NULL,
    version integer NOT NULL,
    membership_id bigint,
    user_id bigint,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT draft_comments_body_check CHECK (((length(body) >= 1) AND (length(body) <= 5000)))
);
COMMENT ON COLUMN public.draft_comments.membership_id IS 'Null: the program says it, in a word';
CREATE TABLE public.draft_numbers (
    organisation_id bigint NOT NULL,
    last_number bigint NOT NULL,
    CONSTRAINT draft_numbers_last_number_check CHECK ((last_number > 0))
);
CREATE TABLE public.draft_versions (
    draft_id bigint NOT NULL,
    version integer NOT NULL,
    author_id bigint NOT NULL,
    author_user_id bigint NOT NULL,
    payload text NOT NULL,
    sha256 bytea NOT NULL,
    media_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT draft_versions_check CHECK ((sha256 = sha256(convert_to(payload, 'UTF8'::name)))),
    CONSTRAINT draft_versions_media_ids_check CHECK ((cardinality(media_ids) <= 16)),
    CONSTRAINT draft_versions_payload_check CHECK (((length(payload) >= 2) AND (length(payload) <= 200000))),
    CONSTRAINT draft_versions_version_check CHECK ((version > 0))
);
COMMENT ON COLUMN public.draft_versions.payload IS 'JSON in one form only: approvals count for these bytes';
CREATE TABLE public.drafts (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    number bigint NOT NULL,
    actor_id bigint NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    lock_version bigint DEFAULT 1 NOT NULL,
    author_id bigint NOT NULL,
    author_user_id bigint NOT NULL,
    policy_id bigint,
    post_id bigint,
    ticket_id bigint,
    campaign_id bigint,
    application_id bigint,
    scheduled_at timestamp with time zone,
    scheduled_by bigint,
    scheduled_user_id bigint,
    embargo_until timestamp with time zone,
    expires_at timestamp with time zone,
    idempotency_key text,
    failure text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT drafts_check CHECK ((((kind = 'post'::text) AND (state <> 'published'::text)) = (post_id IS NULL))),
    CONSTRAINT drafts_check1 CHECK (((state <> 'scheduled'::text) OR (scheduled_at IS NOT NULL))),
    CONSTRAINT drafts_check2 CHECK ((((scheduled_at IS NULL) = (scheduled_by IS NULL)) AND ((scheduled_at IS NULL) = (scheduled_user_id IS NULL)))),
    CONSTRAINT drafts_failure_check CHECK ((length(failure) <= 500)),
    CONSTRAINT drafts_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT drafts_kind_check CHECK ((kind = ANY (ARRAY['post'::text, 'edit'::text, 'boost'::text]))),
    CONSTRAINT drafts_lock_version_check CHECK ((lock_version > 0)),
    CONSTRAINT drafts_number_check CHECK ((number > 0)),
    CONSTRAINT drafts_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'in_review'::text, 'changes_requested'::text, 'approved'::text, 'scheduled'::text, 'publishing'::text, 'published'::text, 'failed'::text, 'withdrawn'::text]))),
    CONSTRAINT drafts_version_check CHECK ((version > 0))
);
COMMENT ON COLUMN public.drafts.author_id IS 'The membership of who began it; no reference, it outlives them';
COMMENT ON COLUMN public.drafts.post_id IS 'Of a post: what it became; of an edit or a boost: whose';
COMMENT ON COLUMN public.drafts.scheduled_by IS 'The membership whose right it is published by';
CREATE TABLE public.emoji_images (
    shortcode text NOT NULL,
    category text,
    is_listed boolean DEFAULT true NOT NULL,
    mime_type text NOT NULL,
    bytes bytea NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT emoji_images_bytes_check CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 262144))),
    CONSTRAINT emoji_images_category_check CHECK (((length(category) >= 1) AND (length(category) <= 100))),
    CONSTRAINT emoji_images_mime_type_check CHECK ((mime_type = ANY (ARRAY['image/png'::text, 'image/gif'::text, 'image/webp'::text]))),
    CONSTRAINT emoji_images_shortcode_check CHECK ((shortcode ~ '^[A-Za-z0-9_]{2,64}$'::text))
);
COMMENT ON COLUMN public.emoji_images.is_listed IS 'Offered in pickers';
CREATE TABLE public.emojis (
    domain text NOT NULL,
    shortcode text NOT NULL,
    uri text,
    image_url text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT emojis_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 259)))),
    CONSTRAINT emojis_image_url_check CHECK (((length(image_url) >= 8) AND (length(image_url) <= 2048))),
    CONSTRAINT emojis_shortcode_check CHECK (((length(shortcode) >= 1) AND (length(shortcode) <= 200))),
    CONSTRAINT emojis_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
CREATE TABLE public.endorsements (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    endorsed_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT endorsements_check CHECK ((actor_id <> endorsed_id))
);
COMMENT ON TABLE public.endorsements IS 'Whom a local actor shows on its profile; it follows them';
CREATE TABLE public.fanouts (
    activity_id bigint NOT NULL,
    followed_id bigint NOT NULL,
    after_inbox text DEFAULT ''::text NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fanouts_after_inbox_check CHECK ((length(after_inbox) <= 2048))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01');
COMMENT ON COLUMN public.fanouts.after_inbox IS 'Inboxes up to this one have their deliveries';
CREATE TABLE public.favourites (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    uri text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT favourites_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
CREATE TABLE public.featured_tags (
    actor_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT featured_tags_name_check CHECK (((name = lower(name)) AND ((length(name) >= 1) AND (length(name) <= 255))))
);
CREATE TABLE public.fetch_roots (
    uri text NOT NULL,
    fetched integer DEFAULT 0 NOT NULL,
    items integer DEFAULT 0 NOT NULL,
    pages integer DEFAULT 0 NOT NULL,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fetch_roots_fetched_check CHECK ((fetched >= 0)),
    CONSTRAINT fetch_roots_items_check CHECK ((items >= 0)),
    CONSTRAINT fetch_roots_pages_check CHECK ((pages >= 0)),
    CONSTRAINT fetch_roots_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON TABLE public.fetch_roots IS 'What each root has spent of its budget since begun_at';
COMMENT ON COLUMN public.fetch_roots.items IS 'Documents that stood in collections';
CREATE TABLE public.fetches (
    id bigint NOT NULL,
    uri text NOT NULL,
    kind text NOT NULL,
    root_uri text NOT NULL,
    depth smallint DEFAULT 0 NOT NULL,
    is_item boolean DEFAULT false NOT NULL,
    peer text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    leased_by bigint,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT fetches_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT fetches_depth_check CHECK ((depth >= 0)),
    CONSTRAINT fetches_kind_check CHECK ((kind = ANY (ARRAY['actor'::text, 'object'::text, 'activity'::text, 'replies'::text, 'outbox'::text, 'followers'::text, 'featured'::text, 'update'::text]))),
    CONSTRAINT fetches_last_error_check CHECK ((length(last_error) <= 1000)),
    CONSTRAINT fetches_peer_check CHECK (((peer = lower(peer)) AND ((length(peer) >= 1) AND (length(peer) <= 259)))),
    CONSTRAINT fetches_root_uri_check CHECK (((length(root_uri) >= 8) AND (length(root_uri) <= 2048))),
    CONSTRAINT fetches_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01');
COMMENT ON COLUMN public.fetches.root_uri IS 'What started the chain: a root has one budget';
COMMENT ON COLUMN public.fetches.is_item IS 'It stood in a collection: what it needs in turn is paid from that budget';
CREATE TABLE public.filter_keywords (
    id bigint NOT NULL,
    filter_id bigint NOT NULL,
    keyword text NOT NULL,
    is_whole_word boolean DEFAULT true NOT NULL,
    CONSTRAINT filter_keywords_keyword_check CHECK (((length(keyword) >= 1) AND (length(keyword) <= 512)))
);
CREATE TABLE public.filter_posts (
    id bigint NOT NULL,
    filter_id bigint NOT NULL,
    post_id bigint NOT NULL
);
CREATE TABLE public.filters (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    title text NOT NULL,
    contexts text[] NOT NULL,
    action text DEFAULT 'warn'::text NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT filters_action_check CHECK ((action = ANY (ARRAY['warn'::text, 'hide'::text, 'blur'::text]))),
    CONSTRAINT filters_contexts_check CHECK ((((cardinality(contexts) >= 1) AND (cardinality(contexts) <= 5)) AND (contexts <@ ARRAY['home'::text, 'notifications'::text, 'public'::text, 'thread'::text, 'account'::text]))),
    CONSTRAINT filters_title_check CHECK (((length(title) >= 1) AND (length(title) <= 512)))
);
COMMENT ON TABLE public.filters IS 'One that has expired counts no more, but stays until its owner removes it';
CREATE TABLE public.follows (
    id bigint NOT NULL,
    follower_id bigint NOT NULL,
    followed_id bigint NOT NULL,
    state text NOT NULL,
    uri text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    shows_boosts boolean DEFAULT true NOT NULL,
    notifies boolean DEFAULT false NOT NULL,
    languages text[],
    CONSTRAINT follows_check CHECK ((follower_id <> followed_id)),
    CONSTRAINT follows_languages_check CHECK (((cardinality(languages) >= 1) AND (cardinality(languages) <= 100))),
    CONSTRAINT follows_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text]))),
    CONSTRAINT follows_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON COLUMN public.follows.uri IS 'Id of the Follow activity, ours or theirs';
COMMENT ON COLUMN public.follows.notifies IS 'The follower is told of every new post';
COMMENT ON COLUMN public.follows.languages IS 'Only posts in these; null for all';
CREATE TABLE public.grants (
    id bigint NOT NULL,
    membership_id bigint NOT NULL,
    role_id bigint,
    permission text,
    actor_id bigint,
    granted_by bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT grants_check CHECK (((role_id IS NULL) <> (permission IS NULL)))
);
COMMENT ON TABLE public.grants IS 'What a member may do: a role, or one permission by its name; for one brand account, or for all and the organisation itself';
COMMENT ON COLUMN public.grants.granted_by IS 'The membership of who did it; null for the operator';
CREATE TABLE public.heartbeats (
    name text NOT NULL,
    beat_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT heartbeats_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
CREATE TABLE public.home_items (
    owner_id bigint NOT NULL,
    item_id bigint NOT NULL,
    actor_id bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');
COMMENT ON COLUMN public.home_items.item_id IS 'Of a post or of a boost';
COMMENT ON COLUMN public.home_items.actor_id IS 'Who posted or boosted';
CREATE TABLE public.home_timelines (
    owner_id bigint NOT NULL,
    read_on date DEFAULT CURRENT_DATE NOT NULL,
    is_built boolean DEFAULT false NOT NULL
);
COMMENT ON COLUMN public.home_timelines.read_on IS 'Not written any more once that is long ago, and built anew on return';
COMMENT ON COLUMN public.home_timelines.is_built IS 'False while what was posted before is still being collected';
CREATE TABLE public.idempotency_keys (
    user_id bigint NOT NULL,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    result_kind text NOT NULL,
    result_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255))),
    CONSTRAINT idempotency_keys_request_sha256_check CHECK ((octet_length(request_sha256) = 32)),
    CONSTRAINT idempotency_keys_result_kind_check CHECK (((length(result_kind) >= 1) AND (length(result_kind) <= 40)))
);
CREATE TABLE public.instance_counters (
    name text NOT NULL,
    slot smallint NOT NULL,
    value bigint DEFAULT 0 NOT NULL,
    CONSTRAINT instance_counters_name_check CHECK ((name = ANY (ARRAY['users'::text, 'local_posts'::text, 'local_comments'::text]))),
    CONSTRAINT instance_counters_slot_check CHECK (((slot >= 0) AND (slot <= 15)))
)
WITH (fillfactor='50');
CREATE TABLE public.instance_rules (
    id bigint NOT NULL,
    text text NOT NULL,
    hint text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT instance_rules_hint_check CHECK ((length(hint) <= 2000)),
    CONSTRAINT instance_rules_text_check CHECK (((length(text) >= 1) AND (length(text) <= 1000)))
);
CREATE TABLE public.instance_weeks (
    week date NOT NULL,
    posts_before bigint NOT NULL,
    posts_after bigint NOT NULL,
    active_users bigint NOT NULL,
    new_users bigint NOT NULL,
    CONSTRAINT instance_weeks_active_users_check CHECK ((active_users >= 0)),
    CONSTRAINT instance_weeks_new_users_check CHECK ((new_users >= 0)),
    CONSTRAINT instance_weeks_week_check CHECK ((EXTRACT(isodow FROM week) = (1)::numeric))
);
COMMENT ON TABLE public.instance_weeks IS 'Written each hour for the week that goes on (UTC); numbers only';
COMMENT ON COLUMN public.instance_weeks.posts_before IS 'Local posts when it began';
CREATE TABLE public.invitations (
    id bigint NOT NULL,
    code_hash bytea NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    max_uses integer NOT NULL,
    uses integer DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT invitations_check CHECK (((uses >= 0) AND (uses <= max_uses))),
    CONSTRAINT invitations_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT invitations_max_uses_check CHECK (((max_uses >= 1) AND (max_uses <= 100000))),
    CONSTRAINT invitations_note_check CHECK ((length(note) <= 200))
);
COMMENT ON TABLE public.invitations IS 'Who has the code may sign up where sign-up is by invitation';
CREATE TABLE public.jobs (
    id bigint NOT NULL,
    kind text NOT NULL,
    key text,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    leased_by bigint,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT jobs_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT jobs_key_check CHECK (((length(key) >= 1) AND (length(key) <= 2048))),
    CONSTRAINT jobs_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 60))),
    CONSTRAINT jobs_last_error_check CHECK ((length(last_error) <= 1000)),
    CONSTRAINT jobs_payload_check CHECK ((octet_length((payload)::text) <= 65536)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'set_aside'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_insert_scale_factor='0.05');
COMMENT ON COLUMN public.jobs.key IS 'One job of a kind and key waits at a time';
CREATE TABLE public.link_hits (
    link_id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    is_machine boolean NOT NULL,
    referrer text NOT NULL,
    hits bigint NOT NULL,
    CONSTRAINT link_hits_hits_check CHECK ((hits > 0)),
    CONSTRAINT link_hits_hour_check CHECK ((hour = date_trunc('hour'::text, hour, 'UTC'::text))),
    CONSTRAINT link_hits_referrer_check CHECK ((length(referrer) <= 253))
);
COMMENT ON TABLE public.link_hits IS 'Counts only: no address, no cookie, no program is kept';
COMMENT ON COLUMN public.link_hits.referrer IS 'A domain; empty: none was said; *: beyond the first hundred of that hour';
CREATE TABLE public.list_members (
    list_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    id bigint NOT NULL
);
CREATE TABLE public.lists (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    title text NOT NULL,
    replies_policy text DEFAULT 'list'::text NOT NULL,
    is_exclusive boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lists_replies_policy_check CHECK ((replies_policy = ANY (ARRAY['followed'::text, 'list'::text, 'none'::text]))),
    CONSTRAINT lists_title_check CHECK (((length(title) >= 1) AND (length(title) <= 255)))
);
COMMENT ON COLUMN public.lists.is_exclusive IS 'Whoever is on it is not in the home timeline';
CREATE TABLE public.look_alike_brands_waiting (
    actor_id bigint NOT NULL,
    after_id bigint DEFAULT 0 NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.look_alike_brands_waiting IS 'New and renamed brand accounts; private: for the web role only';
COMMENT ON COLUMN public.look_alike_brands_waiting.after_id IS 'Actors up to this one are compared';
CREATE TABLE public.look_alike_waiting (
    actor_id bigint NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.look_alike_waiting IS 'New and renamed actors, to be compared with the brands';
CREATE TABLE public.look_alikes (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    brand_actor_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    matched text NOT NULL,
    distance smallint NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_at timestamp with time zone,
    decided_by bigint,
    report_id bigint,
    CONSTRAINT look_alikes_check CHECK (((state = 'open'::text) = (decided_at IS NULL))),
    CONSTRAINT look_alikes_distance_check CHECK (((distance >= 0) AND (distance <= 2))),
    CONSTRAINT look_alikes_matched_check CHECK ((matched = ANY (ARRAY['username'::text, 'display_name'::text]))),
    CONSTRAINT look_alikes_state_check CHECK ((state = ANY (ARRAY['open'::text, 'dismissed'::text, 'reported'::text])))
);
COMMENT ON TABLE public.look_alikes IS 'Private: for the web role only';
COMMENT ON COLUMN public.look_alikes.decided_by IS 'A membership; null: the operator';
CREATE TABLE public.macros (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    actions jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT macros_actions_check CHECK ((jsonb_typeof(actions) = 'array'::text)),
    CONSTRAINT macros_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT macros_version_check CHECK ((version > 0))
);
CREATE TABLE public.mail_domain_blocks (
    domain text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mail_domain_blocks_domain_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 253))))
);
COMMENT ON TABLE public.mail_domain_blocks IS 'And all domains below them';
CREATE TABLE public.markers (
    user_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    timeline text NOT NULL,
    last_read_id bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT markers_last_read_id_check CHECK ((last_read_id >= 0)),
    CONSTRAINT markers_timeline_check CHECK ((timeline = ANY (ARRAY['home'::text, 'notifications'::text]))),
    CONSTRAINT markers_version_check CHECK ((version >= 1))
)
WITH (fillfactor='70');
COMMENT ON TABLE public.markers IS 'How far a user has read, for each actor that they speak as';
CREATE TABLE public.media (
    id bigint NOT NULL,
    name text NOT NULL,
    actor_id bigint NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    mime_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea,
    width integer,
    height integer,
    duration_ms bigint,
    preview_width integer,
    preview_height integer,
    focus_x real DEFAULT 0 NOT NULL,
    focus_y real DEFAULT 0 NOT NULL,
    blurhash text,
    alt text DEFAULT ''::text NOT NULL,
    remote_url text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    file_name text,
    preview_name text,
    purpose text DEFAULT 'attachment'::text NOT NULL,
    frame_rate_milli integer,
    bit_rate bigint,
    kept_until timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
    CONSTRAINT media_alt_check CHECK ((length(alt) <= 10000)),
    CONSTRAINT media_bit_rate_check CHECK ((bit_rate > 0)),
    CONSTRAINT media_blurhash_check CHECK (((length(blurhash) >= 6) AND (length(blurhash) <= 200))),
    CONSTRAINT media_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT media_file_name_check CHECK ((file_name ~ '^[A-Za-z0-9_-]{22}\.[a-z0-9]{2,4}$'::text)),
    CONSTRAINT media_focus_x_check CHECK (((focus_x >= ('-1'::integer)::double precision) AND (focus_x <= (1)::double precision))),
    CONSTRAINT media_focus_y_check CHECK (((focus_y >= ('-1'::integer)::double precision) AND (focus_y <= (1)::double precision))),
    CONSTRAINT media_frame_rate_milli_check CHECK ((frame_rate_milli > 0)),
    CONSTRAINT media_height_check CHECK ((height > 0)),
    CONSTRAINT media_kind_check CHECK ((kind = ANY (ARRAY['image'::text, 'gifv'::text, 'video'::text, 'audio'::text, 'unknown'::text]))),
    CONSTRAINT media_mime_type_check CHECK (((length(mime_type) >= 3) AND (length(mime_type) <= 127))),
    CONSTRAINT media_name_check CHECK ((name ~ '^[A-Za-z0-9_-]{22}$'::text)),
    CONSTRAINT media_preview_height_check CHECK ((preview_height > 0)),
    CONSTRAINT media_preview_name_check CHECK ((preview_name ~ '^[A-Za-z0-9_-]{22}_small\.[a-z0-9]{2,4}$'::text)),
    CONSTRAINT media_preview_width_check CHECK ((preview_width > 0)),
    CONSTRAINT media_purpose_check CHECK ((purpose = ANY (ARRAY['attachment'::text, 'avatar'::text, 'header'::text]))),
    CONSTRAINT media_remote_url_check CHECK (((length(remote_url) >= 8) AND (length(remote_url) <= 2048))),
    CONSTRAINT media_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT media_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT media_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'ready'::text, 'failed'::text]))),
    CONSTRAINT media_width_check CHECK ((width > 0))
);
COMMENT ON COLUMN public.media.name IS '128 random bits: the name of the file and of its URL';
COMMENT ON COLUMN public.media.remote_url IS 'Where a remote attachment lies; the file is then a copy';
COMMENT ON COLUMN public.media.file_name IS 'Of the file in the store, below /media/; null until it is there';
COMMENT ON COLUMN public.media.preview_name IS 'Of its small picture; null when there is none';
COMMENT ON COLUMN public.media.kept_until IS 'An attachment of ours that hangs at no post is thrown away after';
CREATE TABLE public.media_leftovers (
    id bigint NOT NULL,
    file_name text NOT NULL,
    deleted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT media_leftovers_file_name_check CHECK ((length(file_name) <= 64))
);
COMMENT ON TABLE public.media_leftovers IS 'Files whose row is gone: the sweeper removes them';
ALTER TABLE public.media_leftovers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.media_leftovers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.memberships (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    state text NOT NULL,
    invited_by bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT memberships_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'suspended'::text, 'left'::text])))
);
COMMENT ON COLUMN public.memberships.invited_by IS 'The membership of who did it; null for the operator';
CREATE TABLE public.mutes (
    id bigint NOT NULL,
    muter_id bigint NOT NULL,
    muted_id bigint NOT NULL,
    hides_notifications boolean DEFAULT true NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mutes_check CHECK ((muter_id <> muted_id))
);
COMMENT ON TABLE public.mutes IS 'One that has expired counts no more, whether its row is still there or not';
CREATE TABLE public.notification_permissions (
    actor_id bigint NOT NULL,
    from_actor_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.notification_permissions IS 'Senders whose notifications are let through whatever the policy says';
CREATE TABLE public.notification_policies (
    actor_id bigint NOT NULL,
    for_not_following text DEFAULT 'accept'::text NOT NULL,
    for_not_followers text DEFAULT 'accept'::text NOT NULL,
    for_new_accounts text DEFAULT 'accept'::text NOT NULL,
    for_private_mentions text DEFAULT 'filter'::text NOT NULL,
    for_limited_accounts text DEFAULT 'filter'::text NOT NULL,
    CONSTRAINT notification_policies_for_limited_accounts_check CHECK ((for_limited_accounts = ANY (ARRAY['accept'::text, 'filter'::text, 'drop'::text]))),
    CONSTRAINT notification_policies_for_new_accounts_check CHECK ((for_new_accounts = ANY (ARRAY['accept'::text, 'filter'::text, 'drop'::text]))),
    CONSTRAINT notification_policies_for_not_followers_check CHECK ((for_not_followers = ANY (ARRAY['accept'::text, 'filter'::text, 'drop'::text]))),
    CONSTRAINT notification_policies_for_not_following_check CHECK ((for_not_following = ANY (ARRAY['accept'::text, 'filter'::text, 'drop'::text]))),
    CONSTRAINT notification_policies_for_private_mentions_check CHECK ((for_private_mentions = ANY (ARRAY['accept'::text, 'filter'::text, 'drop'::text])))
);
COMMENT ON TABLE public.notification_policies IS 'What becomes of notifications by who sends them; no row means the defaults';
CREATE TABLE public.notification_requests (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    from_actor_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.notification_requests IS 'Senders of whom something is held back; gone when accepted or dismissed';
CREATE TABLE public.notifications (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    kind text NOT NULL,
    from_actor_id bigint NOT NULL,
    post_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_filtered boolean DEFAULT false NOT NULL,
    report_id bigint,
    severance_event_id bigint,
    CONSTRAINT notifications_check CHECK ((((kind = 'report'::text) = (report_id IS NOT NULL)) AND ((kind = 'severed_relationships'::text) = (severance_event_id IS NOT NULL)))),
    CONSTRAINT notifications_kind_check CHECK ((kind = ANY (ARRAY['mention'::text, 'follow'::text, 'follow_request'::text, 'favourite'::text, 'reaction'::text, 'boost'::text, 'poll'::text, 'update'::text, 'quote'::text, 'quoted_update'::text, 'move'::text, 'status'::text, 'sign_up'::text, 'report'::text, 'severed_relationships'::text])))
);
COMMENT ON COLUMN public.notifications.actor_id IS 'Who is told; always a local actor';
COMMENT ON COLUMN public.notifications.from_actor_id IS 'Who did what is told of; whom it is for, when that is nobody';
COMMENT ON COLUMN public.notifications.is_filtered IS 'Held back by the policy of whom it is for, until its sender is accepted';
CREATE TABLE public.oauth_applications (
    id bigint NOT NULL,
    client_id text NOT NULL,
    client_secret_hash bytea,
    name text NOT NULL,
    website text,
    redirect_uris text NOT NULL,
    scopes text NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_used boolean DEFAULT false NOT NULL,
    CONSTRAINT oauth_applications_client_id_check CHECK (((length(client_id) >= 16) AND (length(client_id) <= 128))),
    CONSTRAINT oauth_applications_client_secret_hash_check CHECK ((octet_length(client_secret_hash) = 32)),
    CONSTRAINT oauth_applications_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT oauth_applications_redirect_uris_check CHECK (((length(redirect_uris) >= 1) AND (length(redirect_uris) <= 8192))),
    CONSTRAINT oauth_applications_scopes_check CHECK ((length(scopes) <= 2000)),
    CONSTRAINT oauth_applications_website_check CHECK (((length(website) >= 8) AND (length(website) <= 2048)))
);
COMMENT ON COLUMN public.oauth_applications.client_secret_hash IS 'SHA-256; null for a public client';
COMMENT ON COLUMN public.oauth_applications.redirect_uris IS 'One a line';
COMMENT ON COLUMN public.oauth_applications.is_used IS 'It has had a token; one that never had any is forgotten after some days';
CREATE TABLE public.oauth_codes (
    code_hash bytea NOT NULL,
    application_id bigint NOT NULL,
    user_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    redirect_uri text NOT NULL,
    scopes text NOT NULL,
    challenge text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT oauth_codes_challenge_check CHECK (((length(challenge) >= 43) AND (length(challenge) <= 128))),
    CONSTRAINT oauth_codes_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT oauth_codes_redirect_uri_check CHECK ((length(redirect_uri) <= 2048)),
    CONSTRAINT oauth_codes_scopes_check CHECK ((length(scopes) <= 2000))
);
COMMENT ON COLUMN public.oauth_codes.challenge IS 'PKCE, S256';
CREATE TABLE public.oauth_tokens (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    application_id bigint NOT NULL,
    user_id bigint,
    actor_id bigint,
    code_hash bytea,
    scopes text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_on date,
    CONSTRAINT oauth_tokens_check CHECK (((user_id IS NULL) = (actor_id IS NULL))),
    CONSTRAINT oauth_tokens_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT oauth_tokens_scopes_check CHECK ((length(scopes) <= 2000)),
    CONSTRAINT oauth_tokens_token_hash_check CHECK ((octet_length(token_hash) = 32))
)
WITH (fillfactor='90');
COMMENT ON COLUMN public.oauth_tokens.actor_id IS 'Who speaks with it: the user''s own actor or a brand account';
COMMENT ON COLUMN public.oauth_tokens.code_hash IS 'The code it was made from: a second use of the code revokes it';
CREATE TABLE public.organisation_domains (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    domain text NOT NULL,
    token text NOT NULL,
    method text,
    verified_at timestamp with time zone,
    checked_at timestamp with time zone,
    failures smallint DEFAULT 0 NOT NULL,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organisation_domains_check CHECK (((verified_at IS NULL) OR (method IS NOT NULL))),
    CONSTRAINT organisation_domains_domain_check CHECK ((((length(domain) >= 3) AND (length(domain) <= 253)) AND (domain = lower(domain)))),
    CONSTRAINT organisation_domains_failures_check CHECK ((failures >= 0)),
    CONSTRAINT organisation_domains_last_error_check CHECK ((length(last_error) <= 300)),
    CONSTRAINT organisation_domains_method_check CHECK ((method = ANY (ARRAY['dns_txt'::text, 'well_known'::text, 'rel_me'::text]))),
    CONSTRAINT organisation_domains_token_check CHECK ((token ~ '^[A-Za-z0-9_-]{20,64}$'::text))
);
COMMENT ON COLUMN public.organisation_domains.token IS 'What its name server or its web server has to show';
COMMENT ON COLUMN public.organisation_domains.failures IS 'Checks in a row that found nothing; the third one takes the verification away';
CREATE TABLE public.organisations (
    id bigint NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    country text,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'Europe/Paris'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organisations_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT organisations_kind_check CHECK ((kind = ANY (ARRAY['company'::text, 'association'::text, 'public_body'::text, 'education'::text, 'ngo'::text, 'other'::text]))),
    CONSTRAINT organisations_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'fr'::text]))),
    CONSTRAINT organisations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT organisations_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
    CONSTRAINT organisations_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64)))
);
CREATE TABLE public.peers (
    name text NOT NULL,
    state text DEFAULT 'alive'::text NOT NULL,
    "window" smallint DEFAULT 2 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    due_at timestamp with time zone,
    last_success_at timestamp with time zone,
    last_failure_at timestamp with time zone,
    last_heard_at timestamp with time zone,
    last_error text,
    prefers_rfc9421 boolean DEFAULT false NOT NULL,
    software text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    look_at timestamp with time zone,
    CONSTRAINT peers_failures_check CHECK ((failures >= 0)),
    CONSTRAINT peers_last_error_check CHECK ((length(last_error) <= 1000)),
    CONSTRAINT peers_name_check CHECK (((name = lower(name)) AND ((length(name) >= 1) AND (length(name) <= 259)))),
    CONSTRAINT peers_software_check CHECK ((length(software) <= 200)),
    CONSTRAINT peers_state_check CHECK ((state = ANY (ARRAY['alive'::text, 'dead'::text, 'paused'::text]))),
    CONSTRAINT peers_window_check CHECK ((("window" >= 1) AND ("window" <= 64)))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.01');
COMMENT ON TABLE public.peers IS 'Servers that we exchange with: a host, with a port that is not the default';
COMMENT ON COLUMN public.peers."window" IS 'How many deliveries may be under way to it at a time';
COMMENT ON COLUMN public.peers.due_at IS 'Nothing is sent before: the end of a pause after failures or a Retry-After, the next probe';
COMMENT ON COLUMN public.peers.last_heard_at IS 'Its last verified request to us';
COMMENT ON COLUMN public.peers.look_at IS 'Deliveries wait for it to be well: when to look';
CREATE TABLE public.permissions (
    name text NOT NULL,
    CONSTRAINT permissions_name_check CHECK ((name ~ '^[a-z]+\.[a-z_]+$'::text))
);
COMMENT ON TABLE public.permissions IS 'The words that the program knows; it refuses to start with others';
CREATE TABLE public.pins (
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.poll_options (
    post_id bigint NOT NULL,
    "position" smallint NOT NULL,
    title text NOT NULL,
    votes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT poll_options_position_check CHECK ((("position" >= 0) AND ("position" <= 499))),
    CONSTRAINT poll_options_title_check CHECK (((length(title) >= 1) AND (length(title) <= 1000))),
    CONSTRAINT poll_options_votes_check CHECK ((votes >= 0))
)
WITH (fillfactor='80');
CREATE TABLE public.poll_votes (
    post_id bigint NOT NULL,
    "position" smallint NOT NULL,
    actor_id bigint NOT NULL,
    uri text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT poll_votes_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
CREATE TABLE public.polls (
    post_id bigint NOT NULL,
    is_multiple boolean NOT NULL,
    ends_at timestamp with time zone,
    closed_at timestamp with time zone,
    voters bigint DEFAULT 0 NOT NULL,
    hides_totals boolean DEFAULT false NOT NULL,
    CONSTRAINT polls_voters_check CHECK ((voters >= 0))
)
WITH (fillfactor='80');
COMMENT ON COLUMN public.polls.hides_totals IS 'Clients see the votes only when it is over';
CREATE TABLE public.post_counts (
    post_id bigint NOT NULL,
    replies bigint DEFAULT 0 NOT NULL,
    boosts bigint DEFAULT 0 NOT NULL,
    favourites bigint DEFAULT 0 NOT NULL,
    CONSTRAINT post_counts_boosts_check CHECK ((boosts >= 0)),
    CONSTRAINT post_counts_favourites_check CHECK ((favourites >= 0)),
    CONSTRAINT post_counts_replies_check CHECK ((replies >= 0))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');
CREATE TABLE public.post_media (
    post_id bigint NOT NULL,
    "position" smallint NOT NULL,
    media_id bigint NOT NULL,
    CONSTRAINT post_media_position_check CHECK ((("position" >= 0) AND ("position" <= 31)))
);
CREATE TABLE public.post_mentions (
    post_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    is_silent boolean DEFAULT false NOT NULL
);
COMMENT ON COLUMN public.post_mentions.is_silent IS 'Named in a former version only';
CREATE TABLE public.post_previews (
    post_id bigint NOT NULL,
    preview_id bigint NOT NULL
);
COMMENT ON TABLE public.post_previews IS 'The preview that a post shows';
CREATE TABLE public.post_receipts (
    post_id bigint NOT NULL,
    state text NOT NULL,
    deliveries bigint NOT NULL,
    recipients bigint NOT NULL,
    first_attempt_at timestamp with time zone,
    last_ended_at timestamp with time zone NOT NULL,
    took_ms integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT post_receipts_deliveries_check CHECK ((deliveries > 0)),
    CONSTRAINT post_receipts_recipients_check CHECK ((recipients > 0)),
    CONSTRAINT post_receipts_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'refused'::text, 'given_up'::text, 'withheld'::text])))
);
COMMENT ON TABLE public.post_receipts IS 'What became of the first sending of a brand''s post, when the rows of its deliveries are gone';
COMMENT ON COLUMN public.post_receipts.took_ms IS 'One for each that was accepted';
CREATE TABLE public.post_revisions (
    post_id bigint NOT NULL,
    revision integer NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    html text NOT NULL,
    text_source text,
    spoiler_text text DEFAULT ''::text NOT NULL,
    is_sensitive boolean NOT NULL,
    options text[],
    written_at timestamp with time zone NOT NULL,
    CONSTRAINT post_revisions_html_check CHECK ((length(html) <= 300000)),
    CONSTRAINT post_revisions_options_check CHECK ((cardinality(options) <= 500)),
    CONSTRAINT post_revisions_revision_check CHECK ((revision >= 1)),
    CONSTRAINT post_revisions_spoiler_text_check CHECK ((length(spoiler_text) <= 10000)),
    CONSTRAINT post_revisions_text_source_check CHECK ((length(text_source) <= 100000)),
    CONSTRAINT post_revisions_title_check CHECK ((length(title) <= 2048))
);
COMMENT ON COLUMN public.post_revisions.options IS 'Of its poll';
COMMENT ON COLUMN public.post_revisions.written_at IS 'When this version was made';
CREATE TABLE public.post_tags (
    post_id bigint NOT NULL,
    name text NOT NULL,
    CONSTRAINT post_tags_name_check CHECK (((name = lower(name)) AND ((length(name) >= 1) AND (length(name) <= 255))))
);
CREATE TABLE public.post_words (
    post_id bigint NOT NULL,
    revision integer NOT NULL,
    words tsvector NOT NULL
);
COMMENT ON TABLE public.post_words IS 'Has private words: for the web role only';
COMMENT ON COLUMN public.post_words.words IS 'And marks, which begin with a space, as no word does: who wrote it, whom it mentions, what it has';
CREATE TABLE public.post_words_authors (
    actor_id bigint NOT NULL,
    before_id bigint DEFAULT '9223372036854775807'::bigint NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.post_words_authors IS 'Whose consent or standing has changed: their posts are indexed anew, the newest first';
CREATE TABLE public.post_words_progress (
    is_only boolean DEFAULT true NOT NULL,
    before_id bigint,
    indexed bigint DEFAULT 0 NOT NULL,
    CONSTRAINT post_words_progress_indexed_check CHECK ((indexed >= 0)),
    CONSTRAINT post_words_progress_is_only_check CHECK (is_only)
);
COMMENT ON COLUMN public.post_words_progress.before_id IS 'Older posts are yet to be indexed; null when all are';
CREATE TABLE public.post_words_waiting (
    post_id bigint NOT NULL,
    is_touch boolean DEFAULT false NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='2000');
COMMENT ON COLUMN public.post_words_waiting.is_touch IS 'Somebody here favourited or bookmarked it: nothing to do where it is indexed';
CREATE TABLE public.posts (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    uri text NOT NULL,
    url text NOT NULL,
    in_reply_to_id bigint,
    in_reply_to_actor_id bigint,
    in_reply_to_uri text,
    conversation_id bigint NOT NULL,
    visibility text NOT NULL,
    html text NOT NULL,
    text_source text,
    spoiler_text text DEFAULT ''::text NOT NULL,
    language text,
    is_sensitive boolean DEFAULT false NOT NULL,
    application_id bigint,
    created_at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone,
    revision integer DEFAULT 1 NOT NULL,
    kind text DEFAULT 'note'::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    quote_id bigint,
    quote_uri text,
    quote_state text,
    quote_authorization_uri text,
    quote_policy text DEFAULT 'public'::text NOT NULL,
    context_uri text,
    conversation_uri text,
    replies_url text,
    replies_fetched_at timestamp with time zone,
    fetched_at timestamp with time zone,
    CONSTRAINT posts_check CHECK (((quote_uri IS NULL) = (quote_state IS NULL))),
    CONSTRAINT posts_context_uri_check CHECK (((length(context_uri) >= 8) AND (length(context_uri) <= 2048))),
    CONSTRAINT posts_conversation_uri_check CHECK (((length(conversation_uri) >= 1) AND (length(conversation_uri) <= 2048))),
    CONSTRAINT posts_html_check CHECK ((length(html) <= 300000)),
    CONSTRAINT posts_in_reply_to_uri_check CHECK (((length(in_reply_to_uri) >= 8) AND (length(in_reply_to_uri) <= 2048))),
    CONSTRAINT posts_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
    CONSTRAINT posts_quote_authorization_uri_check CHECK (((length(quote_authorization_uri) >= 8) AND (length(quote_authorization_uri) <= 2048))),
    CONSTRAINT posts_quote_uri_check CHECK (((length(quote_uri) >= 8) AND (length(quote_uri) <= 2048))),
    CONSTRAINT posts_replies_url_check CHECK (((length(replies_url) >= 8) AND (length(replies_url) <= 2048))),
    CONSTRAINT posts_spoiler_text_check CHECK ((length(spoiler_text) <= 10000)),
    CONSTRAINT posts_text_source_check CHECK ((length(text_source) <= 100000)),
    CONSTRAINT posts_title_check CHECK ((length(title) <= 2048)),
    CONSTRAINT posts_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048))),
    CONSTRAINT posts_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2048)))
)
WITH (fillfactor='95');
COMMENT ON COLUMN public.posts.in_reply_to_actor_id IS 'Kept when the answered post goes, hence no reference';
COMMENT ON COLUMN public.posts.in_reply_to_uri IS 'Set while the answered post is not here';
COMMENT ON COLUMN public.posts.conversation_id IS 'Id of the first post of the thread, as far as we know it';
COMMENT ON COLUMN public.posts.text_source IS 'What a local author typed';
COMMENT ON COLUMN public.posts.quote_uri IS 'What it quotes, here or not';
COMMENT ON COLUMN public.posts.quote_policy IS 'Who may quote it at once';
COMMENT ON COLUMN public.posts.fetched_at IS 'Remote only: when it was last received or read';
CREATE TABLE public.previews (
    id bigint NOT NULL,
    url text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    claimed_until timestamp with time zone,
    fetched_at timestamp with time zone,
    kind text DEFAULT 'link'::text NOT NULL,
    shown_url text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    language text,
    author_name text DEFAULT ''::text NOT NULL,
    author_url text DEFAULT ''::text NOT NULL,
    creator_id bigint,
    provider_name text DEFAULT ''::text NOT NULL,
    provider_url text DEFAULT ''::text NOT NULL,
    embed_url text DEFAULT ''::text NOT NULL,
    width integer DEFAULT 0 NOT NULL,
    height integer DEFAULT 0 NOT NULL,
    image_url text,
    image_description text DEFAULT ''::text NOT NULL,
    blurhash text,
    published_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT previews_author_name_check CHECK ((length(author_name) <= 500)),
    CONSTRAINT previews_author_url_check CHECK ((length(author_url) <= 2048)),
    CONSTRAINT previews_blurhash_check CHECK (((length(blurhash) >= 1) AND (length(blurhash) <= 200))),
    CONSTRAINT previews_description_check CHECK ((length(description) <= 2000)),
    CONSTRAINT previews_embed_url_check CHECK ((length(embed_url) <= 2048)),
    CONSTRAINT previews_height_check CHECK (((height >= 0) AND (height <= 100000))),
    CONSTRAINT previews_image_description_check CHECK ((length(image_description) <= 1500)),
    CONSTRAINT previews_image_url_check CHECK (((length(image_url) >= 1) AND (length(image_url) <= 2048))),
    CONSTRAINT previews_kind_check CHECK ((kind = ANY (ARRAY['link'::text, 'photo'::text, 'video'::text, 'rich'::text]))),
    CONSTRAINT previews_language_check CHECK (((length(language) >= 1) AND (length(language) <= 35))),
    CONSTRAINT previews_provider_name_check CHECK ((length(provider_name) <= 500)),
    CONSTRAINT previews_provider_url_check CHECK ((length(provider_url) <= 2048)),
    CONSTRAINT previews_shown_url_check CHECK ((length(shown_url) <= 2048)),
    CONSTRAINT previews_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'ready'::text, 'none'::text]))),
    CONSTRAINT previews_title_check CHECK ((length(title) <= 500)),
    CONSTRAINT previews_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2048))),
    CONSTRAINT previews_width_check CHECK (((width >= 0) AND (width <= 100000)))
);
COMMENT ON TABLE public.previews IS 'One for each page that was linked to';
COMMENT ON COLUMN public.previews.url IS 'As it was linked to, in canonical form';
COMMENT ON COLUMN public.previews.state IS 'none: the page tells nothing, or could not be had';
COMMENT ON COLUMN public.previews.claimed_until IS 'Somebody is reading the page until then';
COMMENT ON COLUMN public.previews.shown_url IS 'As the page calls itself';
COMMENT ON COLUMN public.previews.creator_id IS 'Whom the page names as its author, and who has named its site in return';
COMMENT ON COLUMN public.previews.embed_url IS 'https page for a frame, or the picture itself of a photo';
COMMENT ON COLUMN public.previews.image_url IS 'Where it lies; shown under our own name only';
CREATE TABLE public.push_subscriptions (
    id bigint NOT NULL,
    token_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    endpoint text NOT NULL,
    public_key bytea NOT NULL,
    auth_secret bytea NOT NULL,
    token_sealed bytea NOT NULL,
    is_standard boolean NOT NULL,
    alerts text[] NOT NULL,
    policy text NOT NULL,
    failing_since timestamp with time zone,
    paused_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT push_subscriptions_alerts_check CHECK ((cardinality(alerts) <= 20)),
    CONSTRAINT push_subscriptions_auth_secret_check CHECK ((octet_length(auth_secret) = 16)),
    CONSTRAINT push_subscriptions_endpoint_check CHECK (((length(endpoint) >= 8) AND (length(endpoint) <= 2048))),
    CONSTRAINT push_subscriptions_id_check CHECK (((id >= 1) AND (id <= 2147483647))),
    CONSTRAINT push_subscriptions_policy_check CHECK ((policy = ANY (ARRAY['all'::text, 'followed'::text, 'follower'::text, 'none'::text]))),
    CONSTRAINT push_subscriptions_public_key_check CHECK ((octet_length(public_key) = 65)),
    CONSTRAINT push_subscriptions_token_sealed_check CHECK ((octet_length(token_sealed) <= 1024))
);
COMMENT ON COLUMN public.push_subscriptions.public_key IS 'P-256, uncompressed: only the app reads what is encrypted to it';
COMMENT ON COLUMN public.push_subscriptions.token_sealed IS 'The app finds by its token which account is rung: encrypted under the key file, which is not in the database';
COMMENT ON COLUMN public.push_subscriptions.is_standard IS 'RFC 8291; otherwise the draft before it';
COMMENT ON COLUMN public.push_subscriptions.alerts IS 'Kinds of notifications, as the API names them';
COMMENT ON COLUMN public.push_subscriptions.paused_until IS 'Nothing is sent before: its service said so, or does not answer';
CREATE TABLE public.queue_slots (
    actor_id bigint NOT NULL,
    weekday smallint NOT NULL,
    local_time time(0) without time zone NOT NULL,
    CONSTRAINT queue_slots_local_time_check CHECK ((local_time < '24:00:00'::time without time zone)),
    CONSTRAINT queue_slots_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
COMMENT ON TABLE public.queue_slots IS 'When an account likes to publish, in the time zone of its organisation; weekday 1 is Monday';
CREATE TABLE public.reactions (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    emoji text NOT NULL,
    image_url text,
    uri text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reactions_emoji_check CHECK (((length(emoji) >= 1) AND (length(emoji) <= 200))),
    CONSTRAINT reactions_image_url_check CHECK (((length(image_url) >= 8) AND (length(image_url) <= 2048))),
    CONSTRAINT reactions_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
CREATE TABLE public.recovery_codes (
    user_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT recovery_codes_code_hash_check CHECK ((octet_length(code_hash) = 32))
);
COMMENT ON TABLE public.recovery_codes IS 'Instead of the second factor, once each: a used one is gone';
CREATE TABLE public.relays (
    id bigint NOT NULL,
    kind text NOT NULL,
    inbox_url text NOT NULL,
    actor_uri text,
    follow_uri text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT relays_actor_uri_check CHECK (((length(actor_uri) >= 8) AND (length(actor_uri) <= 2048))),
    CONSTRAINT relays_follow_uri_check CHECK (((length(follow_uri) >= 8) AND (length(follow_uri) <= 2048))),
    CONSTRAINT relays_inbox_url_check CHECK (((length(inbox_url) >= 8) AND (length(inbox_url) <= 2048))),
    CONSTRAINT relays_kind_check CHECK ((kind = ANY (ARRAY['mastodon'::text, 'litepub'::text]))),
    CONSTRAINT relays_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text])))
);
CREATE TABLE public.releases (
    activity_id bigint,
    actor_id bigint NOT NULL,
    post_id bigint,
    words_sha256 bytea,
    ground text NOT NULL,
    user_id bigint,
    membership_id bigint,
    draft_id bigint,
    version integer,
    ticket_id bigint,
    body_sha256 bytea NOT NULL,
    released_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    number bigint NOT NULL,
    type text,
    CONSTRAINT releases_body_sha256_check CHECK ((octet_length(body_sha256) = 32)),
    CONSTRAINT releases_check CHECK (((ground <> 'approved'::text) OR ((draft_id IS NOT NULL) AND (version IS NOT NULL)))),
    CONSTRAINT releases_check1 CHECK (((ground <> 'reply'::text) OR (ticket_id IS NOT NULL))),
    CONSTRAINT releases_ground_check CHECK ((ground = ANY (ARRAY['spoken'::text, 'approved'::text, 'reply'::text, 'counters'::text]))),
    CONSTRAINT releases_type_check CHECK ((type = ANY (ARRAY['Create'::text, 'Update'::text, 'Announce'::text]))),
    CONSTRAINT releases_words_sha256_check CHECK ((octet_length(words_sha256) = 32))
);
COMMENT ON TABLE public.releases IS 'No references: they outlive what they speak of, and say who wrote, who approved and who pressed';
COMMENT ON COLUMN public.releases.activity_id IS 'Null: nobody elsewhere was to be told';
COMMENT ON COLUMN public.releases.words_sha256 IS 'What the post said then: votes and answers may be counted anew as long as it says the same';
COMMENT ON COLUMN public.releases.body_sha256 IS 'Of the activity; without one, of the words';
COMMENT ON COLUMN public.releases.number IS 'Later ones of a post have higher ones';
COMMENT ON COLUMN public.releases.type IS 'Null: before it was kept';
ALTER TABLE public.releases ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.releases_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.remote_files (
    name text NOT NULL,
    url text NOT NULL,
    state text NOT NULL,
    file_name text,
    preview_name text,
    file_base text GENERATED ALWAYS AS ("left"(file_name, 22)) STORED,
    size_bytes bigint DEFAULT 0 NOT NULL,
    fetched_at timestamp with time zone DEFAULT now() NOT NULL,
    width integer DEFAULT 0 NOT NULL,
    height integer DEFAULT 0 NOT NULL,
    blurhash text,
    CONSTRAINT remote_files_blurhash_check CHECK (((length(blurhash) >= 1) AND (length(blurhash) <= 200))),
    CONSTRAINT remote_files_file_name_check CHECK ((file_name ~ '^[A-Za-z0-9_-]{22}\.[a-z0-9]{2,4}$'::text)),
    CONSTRAINT remote_files_height_check CHECK ((height >= 0)),
    CONSTRAINT remote_files_name_check CHECK ((name ~ '^[A-Za-z0-9_-]{22}$'::text)),
    CONSTRAINT remote_files_preview_name_check CHECK ((preview_name ~ '^[A-Za-z0-9_-]{22}_small\.[a-z0-9]{2,4}$'::text)),
    CONSTRAINT remote_files_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT remote_files_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'failed'::text]))),
    CONSTRAINT remote_files_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2048))),
    CONSTRAINT remote_files_width_check CHECK ((width >= 0))
);
COMMENT ON TABLE public.remote_files IS 'No row: not fetched yet; a failed one is tried again after an hour';
CREATE TABLE public.repeated_answers (
    token_id bigint NOT NULL,
    key_sha256 bytea NOT NULL,
    request_sha256 bytea NOT NULL,
    claim text NOT NULL,
    claimed_at timestamp with time zone DEFAULT now() NOT NULL,
    status smallint,
    headers text DEFAULT ''::text NOT NULL,
    content_type text,
    body bytea,
    CONSTRAINT repeated_answers_body_check CHECK ((octet_length(body) <= 4194304)),
    CONSTRAINT repeated_answers_claim_check CHECK (((length(claim) >= 1) AND (length(claim) <= 64))),
    CONSTRAINT repeated_answers_content_type_check CHECK ((length(content_type) <= 200)),
    CONSTRAINT repeated_answers_headers_check CHECK ((length(headers) <= 20000)),
    CONSTRAINT repeated_answers_key_sha256_check CHECK ((octet_length(key_sha256) = 32)),
    CONSTRAINT repeated_answers_request_sha256_check CHECK ((octet_length(request_sha256) = 32)),
    CONSTRAINT repeated_answers_status_check CHECK (((status >= 200) AND (status <= 299)))
);
COMMENT ON TABLE public.repeated_answers IS 'For 24 hours; without status the request is still being done';
COMMENT ON COLUMN public.repeated_answers.key_sha256 IS 'Of the path and the Idempotency-Key';
COMMENT ON COLUMN public.repeated_answers.claim IS 'The X-Request-Id of the request that does it';
CREATE TABLE public.reports (
    id bigint NOT NULL,
    reporter_id bigint NOT NULL,
    target_id bigint NOT NULL,
    post_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    uri text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    category text DEFAULT 'other'::text NOT NULL,
    rule_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    is_forwarded boolean DEFAULT false NOT NULL,
    CONSTRAINT reports_category_check CHECK ((category = ANY (ARRAY['spam'::text, 'legal'::text, 'violation'::text, 'other'::text]))),
    CONSTRAINT reports_comment_check CHECK ((length(comment) <= 20000)),
    CONSTRAINT reports_post_ids_check CHECK ((cardinality(post_ids) <= 256)),
    CONSTRAINT reports_rule_ids_check CHECK ((cardinality(rule_ids) <= 100)),
    CONSTRAINT reports_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text]))),
    CONSTRAINT reports_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON COLUMN public.reports.is_forwarded IS 'The server of the target was told too';
CREATE TABLE public.role_demands (
    organisation_id bigint NOT NULL,
    role_id bigint NOT NULL
);
COMMENT ON TABLE public.role_demands IS 'Roles that count only for members whose second factor is on';
CREATE TABLE public.role_permissions (
    role_id bigint NOT NULL,
    permission text NOT NULL,
    is_for_own_only boolean DEFAULT false NOT NULL
);
COMMENT ON COLUMN public.role_permissions.is_for_own_only IS 'Only what the person made, or what is assigned to them';
CREATE TABLE public.roles (
    id bigint NOT NULL,
    organisation_id bigint,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT roles_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);
COMMENT ON COLUMN public.roles.organisation_id IS 'Null: comes with the program, for all';
CREATE TABLE public.routing_rules (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    goes_on boolean DEFAULT false NOT NULL,
    condition jsonb NOT NULL,
    actions jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT routing_rules_actions_check CHECK ((jsonb_typeof(actions) = 'array'::text)),
    CONSTRAINT routing_rules_condition_check CHECK ((jsonb_typeof(condition) = 'object'::text)),
    CONSTRAINT routing_rules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT routing_rules_version_check CHECK ((version > 0))
);
COMMENT ON COLUMN public.routing_rules.goes_on IS 'The rules after it are looked at as well when it fits';
CREATE TABLE public.routing_turns (
    team_id bigint NOT NULL,
    membership_id bigint NOT NULL,
    turned_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.routing_turns IS 'When a member was given something by a rule that goes round, last';
CREATE TABLE public.saved_replies (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    code text NOT NULL,
    language text NOT NULL,
    body text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT saved_replies_body_check CHECK (((length(body) >= 1) AND (length(body) <= 5000))),
    CONSTRAINT saved_replies_code_check CHECK ((code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'::text)),
    CONSTRAINT saved_replies_language_check CHECK (((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text) AND (length(language) <= 35))),
    CONSTRAINT saved_replies_version_check CHECK ((version > 0))
);
CREATE TABLE public.scheduled_posts (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    application_id bigint,
    scheduled_at timestamp with time zone NOT NULL,
    post_id bigint NOT NULL,
    media_ids bigint[] NOT NULL,
    request jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id bigint,
    CONSTRAINT scheduled_posts_request_check CHECK ((octet_length((request)::text) <= 400000))
);
COMMENT ON COLUMN public.scheduled_posts.post_id IS 'The id that the post will have: what was published cannot be published again';
COMMENT ON COLUMN public.scheduled_posts.request IS 'ScheduledStatus.params of the Mastodon API, from which the post is made';
COMMENT ON COLUMN public.scheduled_posts.user_id IS 'Who wrote it: their right to speak for a brand account is looked at again when its time has come';
CREATE TABLE public.schema_migrations (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_migrations_number_check CHECK ((number > 0)),
    CONSTRAINT schema_migrations_sha256_check CHECK ((octet_length(sha256) = 32))
);
CREATE TABLE public.service_holidays (
    organisation_id bigint NOT NULL,
    day date NOT NULL,
    closed_from smallint DEFAULT 0 NOT NULL,
    closed_until smallint DEFAULT 1440 NOT NULL,
    name text,
    CONSTRAINT service_holidays_check CHECK ((closed_until > closed_from)),
    CONSTRAINT service_holidays_closed_from_check CHECK (((closed_from >= 0) AND (closed_from <= 1439))),
    CONSTRAINT service_holidays_closed_until_check CHECK (((closed_until >= 1) AND (closed_until <= 1440))),
    CONSTRAINT service_holidays_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
CREATE TABLE public.service_hours (
    organisation_id bigint NOT NULL,
    weekday smallint NOT NULL,
    opens smallint NOT NULL,
    closes smallint NOT NULL,
    CONSTRAINT service_hours_check CHECK ((closes > opens)),
    CONSTRAINT service_hours_closes_check CHECK (((closes >= 1) AND (closes <= 1440))),
    CONSTRAINT service_hours_opens_check CHECK (((opens >= 0) AND (opens <= 1439))),
    CONSTRAINT service_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
COMMENT ON TABLE public.service_hours IS 'In the time zone of the organisation; without a row it is always open';
COMMENT ON COLUMN public.service_hours.weekday IS '1 is Monday';
COMMENT ON COLUMN public.service_hours.opens IS 'Minutes after midnight by the clock on the wall';
CREATE TABLE public.service_plans (
    organisation_id bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT service_plans_version_check CHECK ((version > 0))
);
COMMENT ON TABLE public.service_plans IS 'Version of an organisation''s hours and holidays, for who changes them';
CREATE TABLE public.sessions (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_on date DEFAULT CURRENT_DATE NOT NULL,
    is_half boolean DEFAULT false NOT NULL,
    CONSTRAINT sessions_token_hash_check CHECK ((octet_length(token_hash) = 32)),
    CONSTRAINT sessions_user_agent_check CHECK ((length(user_agent) <= 500))
);
COMMENT ON TABLE public.sessions IS 'Browsers that are logged in; the cookie is stored as SHA-256 only';
COMMENT ON COLUMN public.sessions.is_half IS 'The password was right, the second factor is still to come: good for nothing else';
CREATE TABLE public.settings (
    name text NOT NULL,
    value jsonb NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT settings_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT settings_value_check CHECK ((octet_length((value)::text) <= 65536))
);
COMMENT ON TABLE public.settings IS 'What the operator changes while the server runs';
CREATE TABLE public.severance_events (
    id bigint NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT severance_events_kind_check CHECK ((kind = ANY (ARRAY['domain_block'::text, 'user_domain_block'::text, 'account_suspension'::text]))),
    CONSTRAINT severance_events_target_check CHECK (((length(target) >= 1) AND (length(target) <= 600)))
);
COMMENT ON TABLE public.severance_events IS 'Follows ended that their people did not end one by one';
COMMENT ON COLUMN public.severance_events.target IS 'The domain, or the handle of who was suspended: user@domain';
CREATE TABLE public.severed_actors (
    event_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    followers integer NOT NULL,
    following integer NOT NULL,
    is_told boolean DEFAULT false NOT NULL,
    CONSTRAINT severed_actors_followers_check CHECK ((followers >= 0)),
    CONSTRAINT severed_actors_following_check CHECK ((following >= 0))
);
COMMENT ON TABLE public.severed_actors IS 'Local actors who lost something by an event, and how much';
CREATE TABLE public.severed_follows (
    event_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    is_follower boolean NOT NULL,
    other_id bigint NOT NULL,
    shows_boosts boolean NOT NULL,
    notifies boolean NOT NULL,
    languages text[]
);
COMMENT ON COLUMN public.severed_follows.is_follower IS 'The other one followed the actor; otherwise the actor followed them, as the columns behind say';
CREATE TABLE public.slot_plans (
    actor_id bigint NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT slot_plans_version_check CHECK ((version > 0))
);
COMMENT ON TABLE public.slot_plans IS 'The version of an account''s slots, all of them together; none: 0';
CREATE TABLE public.tag_follows (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tag_follows_name_check CHECK (((name = lower(name)) AND ((length(name) >= 1) AND (length(name) <= 255))))
);
CREATE TABLE public.tagged_links (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    campaign_id bigint,
    code text NOT NULL,
    target text NOT NULL,
    location text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tagged_links_code_check CHECK ((code ~ '^[0-9A-Za-z]{8,16}$'::text)),
    CONSTRAINT tagged_links_location_check CHECK ((((length(location) >= 8) AND (length(location) <= 2600)) AND (location ~ '^https?://'::text))),
    CONSTRAINT tagged_links_target_check CHECK ((((length(target) >= 8) AND (length(target) <= 2048)) AND (target ~ '^https?://'::text)))
);
COMMENT ON COLUMN public.tagged_links.location IS 'Where it leads: the target with the tags that its campaign had when the link was made';
COMMENT ON COLUMN public.tagged_links.created_by IS 'The membership; no reference, it outlives them';
CREATE TABLE public.team_members (
    team_id bigint NOT NULL,
    membership_id bigint NOT NULL
);
CREATE TABLE public.teams (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT teams_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);
CREATE TABLE public.ticket_arrivals (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    what text NOT NULL,
    queued_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    last_error text,
    CONSTRAINT ticket_arrivals_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT ticket_arrivals_last_error_check CHECK ((length(last_error) <= 100)),
    CONSTRAINT ticket_arrivals_what_check CHECK ((what = ANY (ARRAY['post'::text, 'edited'::text, 'moved'::text, 'gone'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='2000');
COMMENT ON TABLE public.ticket_arrivals IS 'Posts that concern a brand account and have not found their ticket yet; whoever stores them leaves them here, unknowing';
COMMENT ON COLUMN public.ticket_arrivals.due_at IS 'infinity: set aside for the operator';
ALTER TABLE public.ticket_arrivals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ticket_arrivals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.ticket_events (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    kind text NOT NULL,
    user_id bigint,
    membership_id bigint,
    post_id bigint,
    former text,
    present text,
    version bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ticket_events_former_check CHECK ((length(former) <= 200)),
    CONSTRAINT ticket_events_kind_check CHECK (((kind ~ '^[a-z_]+(\.[a-z_]+)*$'::text) AND (length(kind) <= 60))),
    CONSTRAINT ticket_events_present_check CHECK ((length(present) <= 200))
);
COMMENT ON TABLE public.ticket_events IS 'What happened to a ticket, by whom; words and ids, never what people said';
COMMENT ON COLUMN public.ticket_events.version IS 'Of the ticket when it had happened';
CREATE TABLE public.ticket_notes (
    id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    user_id bigint,
    membership_id bigint,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ticket_notes_body_check CHECK (((length(body) >= 1) AND (length(body) <= 20000)))
);
COMMENT ON TABLE public.ticket_notes IS 'What the team says among itself: never leaves the server, and is shown to holders of inbox.note only';
CREATE SEQUENCE public.ticket_positions
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.ticket_posts (
    actor_id bigint NOT NULL,
    post_id bigint NOT NULL,
    ticket_id bigint NOT NULL,
    author_id bigint NOT NULL,
    is_ours boolean NOT NULL,
    user_id bigint,
    membership_id bigint,
    at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone
);
COMMENT ON COLUMN public.ticket_posts.post_id IS 'No reference: of a post that its author withdrew, this row is what remains';
COMMENT ON COLUMN public.ticket_posts.user_id IS 'Who of the team said it, as far as it went through the inbox';
CREATE TABLE public.ticket_settings (
    organisation_id bigint NOT NULL,
    last_number bigint DEFAULT 0 NOT NULL,
    reopen_days integer DEFAULT 7 NOT NULL,
    CONSTRAINT ticket_settings_last_number_check CHECK ((last_number >= 0)),
    CONSTRAINT ticket_settings_reopen_days_check CHECK (((reopen_days >= 0) AND (reopen_days <= 365)))
);
COMMENT ON COLUMN public.ticket_settings.reopen_days IS 'An answer so long after a ticket was resolved opens it again; a later one begins another';
CREATE TABLE public.ticket_tags (
    ticket_id bigint NOT NULL,
    tag text NOT NULL,
    CONSTRAINT ticket_tags_tag_check CHECK ((tag ~ '^[^\s,]{1,60}$'::text))
);
CREATE TABLE public.ticket_threads (
    actor_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    customer_id bigint DEFAULT 0 NOT NULL,
    ticket_id bigint NOT NULL
);
COMMENT ON TABLE public.ticket_threads IS 'Which ticket the posts of a thread go to: one for each thread and brand account';
COMMENT ON COLUMN public.ticket_threads.thread_id IS 'posts.conversation_id, or one that was joined to it since';
COMMENT ON COLUMN public.ticket_threads.customer_id IS '0: what is said in public; else what is said in private with this actor';
CREATE TABLE public.tickets (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    number bigint NOT NULL,
    customer_id bigint,
    contact_id bigint,
    root_post_id bigint,
    parent_id bigint,
    merged_into_id bigint,
    status text NOT NULL,
    channel text NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    assignee_id bigint,
    team_id bigint,
    snoozed_until timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    first_reply_at timestamp with time zone,
    last_reply_at timestamp with time zone,
    resolved_at timestamp with time zone,
    language text,
    is_awaiting_us boolean DEFAULT true NOT NULL,
    was_led_private boolean DEFAULT false NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    "position" bigint DEFAULT nextval('public.ticket_positions'::regclass) NOT NULL,
    CONSTRAINT tickets_channel_check CHECK ((channel = ANY (ARRAY['public'::text, 'private'::text]))),
    CONSTRAINT tickets_check CHECK (((status = 'snoozed'::text) = (snoozed_until IS NOT NULL))),
    CONSTRAINT tickets_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
    CONSTRAINT tickets_number_check CHECK ((number > 0)),
    CONSTRAINT tickets_priority_check CHECK (((priority >= '-1'::integer) AND (priority <= 2))),
    CONSTRAINT tickets_status_check CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'snoozed'::text, 'resolved'::text, 'closed'::text]))),
    CONSTRAINT tickets_version_check CHECK ((version > 0))
)
WITH (fillfactor='80');
COMMENT ON TABLE public.tickets IS 'What the API of the team calls conversations; conversations are those of the Mastodon API';
COMMENT ON COLUMN public.tickets.customer_id IS 'The actor who wrote the first post; no reference: the ticket outlives them';
COMMENT ON COLUMN public.tickets.root_post_id IS 'No reference, for posts go while their ticket stays';
COMMENT ON COLUMN public.tickets.merged_into_id IS 'Its posts, notes and events are there now, and its number leads there';
COMMENT ON COLUMN public.tickets.was_led_private IS 'The one neutral answer in public was given';
COMMENT ON COLUMN public.tickets.version IS 'Of the optimistic lock: grows with whatever an agent must have seen before acting';
COMMENT ON COLUMN public.tickets."position" IS 'Grows with each change: lists are ordered by it';
CREATE TABLE public.tombstones (
    uri text NOT NULL,
    is_local boolean NOT NULL,
    was_known boolean NOT NULL,
    deleted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tombstones_uri_check CHECK (((length(uri) >= 8) AND (length(uri) <= 2048)))
);
COMMENT ON COLUMN public.tombstones.was_known IS 'There was something here; others are forgotten sooner';
CREATE TABLE public.trending_links (
    preview_id bigint NOT NULL,
    score double precision NOT NULL,
    uses bigint[] NOT NULL,
    accounts bigint[] NOT NULL,
    newest_day timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT trending_links_accounts_check CHECK ((cardinality(accounts) = 7)),
    CONSTRAINT trending_links_uses_check CHECK ((cardinality(uses) = 7))
);
COMMENT ON COLUMN public.trending_links.uses IS 'Of newest_day and the six days before it, the newest first; so are accounts';
CREATE TABLE public.trending_posts (
    post_id bigint NOT NULL,
    score double precision NOT NULL,
    counted_at timestamp with time zone NOT NULL
);
CREATE TABLE public.trending_tags (
    name text NOT NULL,
    score double precision NOT NULL,
    uses bigint[] NOT NULL,
    accounts bigint[] NOT NULL,
    newest_day timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT trending_tags_accounts_check CHECK ((cardinality(accounts) = 7)),
    CONSTRAINT trending_tags_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT trending_tags_uses_check CHECK ((cardinality(uses) = 7))
);
COMMENT ON COLUMN public.trending_tags.uses IS 'Of newest_day and the six days before it, the newest first; so are accounts';
CREATE TABLE public.user_links (
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    purpose text NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT user_links_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT user_links_purpose_check CHECK ((purpose = ANY (ARRAY['confirm'::text, 'reset'::text]))),
    CONSTRAINT user_links_token_hash_check CHECK ((octet_length(token_hash) = 32))
);
COMMENT ON TABLE public.user_links IS 'Links in mails: good once, and only for the address that they were sent to';
CREATE TABLE public.users (
    id bigint NOT NULL,
    actor_id bigint NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    locale text NOT NULL,
    is_confirmed boolean DEFAULT false NOT NULL,
    is_disabled boolean DEFAULT false NOT NULL,
    totp_sealed bytea,
    totp_last_step bigint DEFAULT 0 NOT NULL,
    last_active_on date,
    created_at timestamp with time zone NOT NULL,
    is_approved boolean DEFAULT true NOT NULL,
    sign_up_reason text,
    invitation_id bigint,
    CONSTRAINT users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT users_locale_check CHECK (((length(locale) >= 2) AND (length(locale) <= 16))),
    CONSTRAINT users_password_hash_check CHECK (((password_hash ~~ '$argon2id$%'::text) AND (length(password_hash) <= 255))),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['member'::text, 'moderator'::text, 'administrator'::text]))),
    CONSTRAINT users_sign_up_reason_check CHECK (((length(sign_up_reason) >= 1) AND (length(sign_up_reason) <= 1000))),
    CONSTRAINT users_totp_sealed_check CHECK ((octet_length(totp_sealed) <= 1024))
)
WITH (fillfactor='90');
COMMENT ON COLUMN public.users.totp_sealed IS 'Second factor, encrypted under the key file; null when off';
COMMENT ON COLUMN public.users.totp_last_step IS 'A code is good once: later steps only';
COMMENT ON COLUMN public.users.is_approved IS 'False until somebody has looked at the wish to join';
ALTER TABLE ONLY public.activities_in
    ADD CONSTRAINT activities_in_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.activities_in
    ADD CONSTRAINT activities_in_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.activities_out
    ADD CONSTRAINT activities_out_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.activities_out
    ADD CONSTRAINT activities_out_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.actor_counts
    ADD CONSTRAINT actor_counts_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.actor_domain_blocks
    ADD CONSTRAINT actor_domain_blocks_actor_id_domain_key UNIQUE (actor_id, domain);
ALTER TABLE ONLY public.actor_domain_blocks
    ADD CONSTRAINT actor_domain_blocks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.actor_keys
    ADD CONSTRAINT actor_keys_actor_id_kind_key UNIQUE (actor_id, kind);
ALTER TABLE ONLY public.actor_keys
    ADD CONSTRAINT actor_keys_pkey PRIMARY KEY (uri);
ALTER TABLE ONLY public.actor_notes
    ADD CONSTRAINT actor_notes_pkey PRIMARY KEY (actor_id, target_id);
ALTER TABLE ONLY public.actor_preferences
    ADD CONSTRAINT actor_preferences_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.actors
    ADD CONSTRAINT actors_handle_domain_key UNIQUE (handle, domain);
ALTER TABLE ONLY public.actors
    ADD CONSTRAINT actors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.actors
    ADD CONSTRAINT actors_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.announcement_reactions
    ADD CONSTRAINT announcement_reactions_pkey PRIMARY KEY (announcement_id, name, actor_id);
ALTER TABLE ONLY public.announcement_reads
    ADD CONSTRAINT announcement_reads_pkey PRIMARY KEY (announcement_id, actor_id);
ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approval_policies
    ADD CONSTRAINT approval_policies_organisation_id_name_key UNIQUE (organisation_id, name);
ALTER TABLE ONLY public.approval_policies
    ADD CONSTRAINT approval_policies_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_pkey PRIMARY KEY (policy_id, number);
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (draft_id, version, membership_id);
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_media_id_key UNIQUE (media_id);
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (kind, subject);
ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (organisation_id, number);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_blocker_id_blocked_id_key UNIQUE (blocker_id, blocked_id);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.bookmarks
    ADD CONSTRAINT bookmarks_actor_id_post_id_key UNIQUE (actor_id, post_id);
ALTER TABLE ONLY public.bookmarks
    ADD CONSTRAINT bookmarks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.boosts
    ADD CONSTRAINT boosts_actor_id_post_id_key UNIQUE (actor_id, post_id);
ALTER TABLE ONLY public.boosts
    ADD CONSTRAINT boosts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.boosts
    ADD CONSTRAINT boosts_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.brand_accounts
    ADD CONSTRAINT brand_accounts_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_pkey PRIMARY KEY (membership_id);
ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_token_sha256_key UNIQUE (token_sha256);
ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_organisation_id_actor_id_key UNIQUE (organisation_id, actor_id);
ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_organisation_id_kind_value_key UNIQUE (organisation_id, kind, value);
ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_merges
    ADD CONSTRAINT contact_merges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_tags
    ADD CONSTRAINT contact_tags_pkey PRIMARY KEY (contact_id, tag);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.conversation_mutes
    ADD CONSTRAINT conversation_mutes_pkey PRIMARY KEY (actor_id, conversation_id);
ALTER TABLE ONLY public.conversation_posts
    ADD CONSTRAINT conversation_posts_pkey PRIMARY KEY (conversation_id, post_id);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_actor_id_thread_id_participant_ids_key UNIQUE (actor_id, thread_id, participant_ids);
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (activity_id, inbox_url);
ALTER TABLE ONLY public.delivery_sums
    ADD CONSTRAINT delivery_sums_pkey PRIMARY KEY (peer, month, state);
ALTER TABLE ONLY public.delivery_workers
    ADD CONSTRAINT delivery_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.directory_entries
    ADD CONSTRAINT directory_entries_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.dismissed_suggestions
    ADD CONSTRAINT dismissed_suggestions_pkey PRIMARY KEY (actor_id, dismissed_id);
ALTER TABLE ONLY public.domain_allows
    ADD CONSTRAINT domain_allows_pkey PRIMARY KEY (domain);
ALTER TABLE ONLY public.domain_blocks
    ADD CONSTRAINT domain_blocks_pkey PRIMARY KEY (domain);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_authority_key UNIQUE (authority);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_base_url_key UNIQUE (base_url);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_name_key UNIQUE (name);
ALTER TABLE ONLY public.domains
    ADD CONSTRAINT domains_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.draft_comments
    ADD CONSTRAINT draft_comments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.draft_numbers
    ADD CONSTRAINT draft_numbers_pkey PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.draft_versions
    ADD CONSTRAINT draft_versions_pkey PRIMARY KEY (draft_id, version);
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.emoji_images
    ADD CONSTRAINT emoji_images_pkey PRIMARY KEY (shortcode);
ALTER TABLE ONLY public.emojis
    ADD CONSTRAINT emojis_pkey PRIMARY KEY (domain, shortcode);
ALTER TABLE ONLY public.endorsements
    ADD CONSTRAINT endorsements_actor_id_endorsed_id_key UNIQUE (actor_id, endorsed_id);
ALTER TABLE ONLY public.endorsements
    ADD CONSTRAINT endorsements_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.fanouts
    ADD CONSTRAINT fanouts_pkey PRIMARY KEY (activity_id);
ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT favourites_actor_id_post_id_key UNIQUE (actor_id, post_id);
ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT favourites_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT favourites_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.featured_tags
    ADD CONSTRAINT featured_tags_pkey PRIMARY KEY (actor_id, name);
ALTER TABLE ONLY public.fetch_roots
    ADD CONSTRAINT fetch_roots_pkey PRIMARY KEY (uri);
ALTER TABLE ONLY public.fetches
    ADD CONSTRAINT fetches_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.fetches
    ADD CONSTRAINT fetches_uri_kind_key UNIQUE (uri, kind);
ALTER TABLE ONLY public.filter_keywords
    ADD CONSTRAINT filter_keywords_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.filter_posts
    ADD CONSTRAINT filter_posts_filter_id_post_id_key UNIQUE (filter_id, post_id);
ALTER TABLE ONLY public.filter_posts
    ADD CONSTRAINT filter_posts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.filters
    ADD CONSTRAINT filters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT follows_follower_id_followed_id_key UNIQUE (follower_id, followed_id);
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT follows_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT follows_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_membership_id_role_id_permission_actor_id_key UNIQUE NULLS NOT DISTINCT (membership_id, role_id, permission, actor_id);
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.heartbeats
    ADD CONSTRAINT heartbeats_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.home_items
    ADD CONSTRAINT home_items_pkey PRIMARY KEY (owner_id, item_id);
ALTER TABLE ONLY public.home_timelines
    ADD CONSTRAINT home_timelines_pkey PRIMARY KEY (owner_id);
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);
ALTER TABLE ONLY public.instance_counters
    ADD CONSTRAINT instance_counters_pkey PRIMARY KEY (name, slot);
ALTER TABLE ONLY public.instance_rules
    ADD CONSTRAINT instance_rules_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.instance_weeks
    ADD CONSTRAINT instance_weeks_pkey PRIMARY KEY (week);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.link_hits
    ADD CONSTRAINT link_hits_pkey PRIMARY KEY (link_id, hour, is_machine, referrer);
ALTER TABLE ONLY public.list_members
    ADD CONSTRAINT list_members_id_key UNIQUE (id);
ALTER TABLE ONLY public.list_members
    ADD CONSTRAINT list_members_pkey PRIMARY KEY (list_id, actor_id);
ALTER TABLE ONLY public.lists
    ADD CONSTRAINT lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.look_alike_brands_waiting
    ADD CONSTRAINT look_alike_brands_waiting_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.look_alikes
    ADD CONSTRAINT look_alikes_organisation_id_actor_id_key UNIQUE (organisation_id, actor_id);
ALTER TABLE ONLY public.look_alikes
    ADD CONSTRAINT look_alikes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.macros
    ADD CONSTRAINT macros_organisation_id_name_key UNIQUE (organisation_id, name);
ALTER TABLE ONLY public.macros
    ADD CONSTRAINT macros_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_domain_blocks
    ADD CONSTRAINT mail_domain_blocks_pkey PRIMARY KEY (domain);
ALTER TABLE ONLY public.markers
    ADD CONSTRAINT markers_pkey PRIMARY KEY (user_id, actor_id, timeline);
ALTER TABLE ONLY public.media_leftovers
    ADD CONSTRAINT media_leftovers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_name_key UNIQUE (name);
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_organisation_id_user_id_key UNIQUE (organisation_id, user_id);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.mutes
    ADD CONSTRAINT mutes_muter_id_muted_id_key UNIQUE (muter_id, muted_id);
ALTER TABLE ONLY public.mutes
    ADD CONSTRAINT mutes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notification_permissions
    ADD CONSTRAINT notification_permissions_pkey PRIMARY KEY (actor_id, from_actor_id);
ALTER TABLE ONLY public.notification_policies
    ADD CONSTRAINT notification_policies_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.notification_requests
    ADD CONSTRAINT notification_requests_actor_id_from_actor_id_key UNIQUE (actor_id, from_actor_id);
ALTER TABLE ONLY public.notification_requests
    ADD CONSTRAINT notification_requests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_unique UNIQUE NULLS NOT DISTINCT (actor_id, kind, from_actor_id, post_id, report_id, severance_event_id);
ALTER TABLE ONLY public.oauth_applications
    ADD CONSTRAINT oauth_applications_client_id_key UNIQUE (client_id);
ALTER TABLE ONLY public.oauth_applications
    ADD CONSTRAINT oauth_applications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth_codes
    ADD CONSTRAINT oauth_codes_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.oauth_tokens
    ADD CONSTRAINT oauth_tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth_tokens
    ADD CONSTRAINT oauth_tokens_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.organisation_domains
    ADD CONSTRAINT organisation_domains_organisation_id_domain_key UNIQUE (organisation_id, domain);
ALTER TABLE ONLY public.organisation_domains
    ADD CONSTRAINT organisation_domains_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organisations
    ADD CONSTRAINT organisations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organisations
    ADD CONSTRAINT organisations_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.peers
    ADD CONSTRAINT peers_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.permissions
    ADD CONSTRAINT permissions_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.pins
    ADD CONSTRAINT pins_pkey PRIMARY KEY (actor_id, post_id);
ALTER TABLE ONLY public.poll_options
    ADD CONSTRAINT poll_options_pkey PRIMARY KEY (post_id, "position");
ALTER TABLE ONLY public.poll_votes
    ADD CONSTRAINT poll_votes_pkey PRIMARY KEY (post_id, actor_id, "position");
ALTER TABLE ONLY public.poll_votes
    ADD CONSTRAINT poll_votes_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.polls
    ADD CONSTRAINT polls_pkey PRIMARY KEY (post_id);
ALTER TABLE ONLY public.post_counts
    ADD CONSTRAINT post_counts_pkey PRIMARY KEY (post_id);
ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_media_id_key UNIQUE (media_id);
ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_pkey PRIMARY KEY (post_id, "position");
ALTER TABLE ONLY public.post_mentions
    ADD CONSTRAINT post_mentions_pkey PRIMARY KEY (post_id, actor_id);
ALTER TABLE ONLY public.post_previews
    ADD CONSTRAINT post_previews_pkey PRIMARY KEY (post_id);
ALTER TABLE ONLY public.post_receipts
    ADD CONSTRAINT post_receipts_pkey PRIMARY KEY (post_id, state);
ALTER TABLE ONLY public.post_revisions
    ADD CONSTRAINT post_revisions_pkey PRIMARY KEY (post_id, revision);
ALTER TABLE ONLY public.post_tags
    ADD CONSTRAINT post_tags_pkey PRIMARY KEY (post_id, name);
ALTER TABLE ONLY public.post_words
    ADD CONSTRAINT post_words_pkey PRIMARY KEY (post_id);
ALTER TABLE ONLY public.post_words_progress
    ADD CONSTRAINT post_words_progress_pkey PRIMARY KEY (is_only);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_url_key UNIQUE (url);
ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_token_id_key UNIQUE (token_id);
ALTER TABLE ONLY public.queue_slots
    ADD CONSTRAINT queue_slots_pkey PRIMARY KEY (actor_id, weekday, local_time);
ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_actor_id_post_id_emoji_key UNIQUE (actor_id, post_id, emoji);
ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash);
ALTER TABLE ONLY public.relays
    ADD CONSTRAINT relays_follow_uri_key UNIQUE (follow_uri);
ALTER TABLE ONLY public.relays
    ADD CONSTRAINT relays_inbox_url_key UNIQUE (inbox_url);
ALTER TABLE ONLY public.relays
    ADD CONSTRAINT relays_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.releases
    ADD CONSTRAINT releases_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.remote_files
    ADD CONSTRAINT remote_files_file_base_key UNIQUE (file_base);
ALTER TABLE ONLY public.remote_files
    ADD CONSTRAINT remote_files_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.repeated_answers
    ADD CONSTRAINT repeated_answers_pkey PRIMARY KEY (token_id, key_sha256);
ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_uri_key UNIQUE (uri);
ALTER TABLE ONLY public.role_demands
    ADD CONSTRAINT role_demands_pkey PRIMARY KEY (organisation_id, role_id);
ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_pkey PRIMARY KEY (role_id, permission);
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_organisation_id_name_key UNIQUE NULLS NOT DISTINCT (organisation_id, name);
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.routing_rules
    ADD CONSTRAINT routing_rules_organisation_id_name_key UNIQUE (organisation_id, name);
ALTER TABLE ONLY public.routing_rules
    ADD CONSTRAINT routing_rules_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.routing_turns
    ADD CONSTRAINT routing_turns_pkey PRIMARY KEY (team_id, membership_id);
ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_organisation_id_code_language_key UNIQUE (organisation_id, code, language);
ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduled_posts
    ADD CONSTRAINT scheduled_posts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.scheduled_posts
    ADD CONSTRAINT scheduled_posts_post_id_key UNIQUE (post_id);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_name_key UNIQUE (name);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.service_holidays
    ADD CONSTRAINT service_holidays_pkey PRIMARY KEY (organisation_id, day);
ALTER TABLE ONLY public.service_hours
    ADD CONSTRAINT service_hours_pkey PRIMARY KEY (organisation_id, weekday, opens);
ALTER TABLE ONLY public.service_plans
    ADD CONSTRAINT service_plans_pkey PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.severance_events
    ADD CONSTRAINT severance_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.severed_actors
    ADD CONSTRAINT severed_actors_pkey PRIMARY KEY (event_id, actor_id);
ALTER TABLE ONLY public.severed_follows
    ADD CONSTRAINT severed_follows_pkey PRIMARY KEY (event_id, actor_id, is_follower, other_id);
ALTER TABLE ONLY public.sla_policies
    ADD CONSTRAINT sla_policies_organisation_id_name_key UNIQUE (organisation_id, name);
ALTER TABLE ONLY public.sla_policies
    ADD CONSTRAINT sla_policies_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.slot_plans
    ADD CONSTRAINT slot_plans_pkey PRIMARY KEY (actor_id);
ALTER TABLE ONLY public.tag_follows
    ADD CONSTRAINT tag_follows_actor_id_name_key UNIQUE (actor_id, name);
ALTER TABLE ONLY public.tag_follows
    ADD CONSTRAINT tag_follows_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tagged_links
    ADD CONSTRAINT tagged_links_code_key UNIQUE (code);
ALTER TABLE ONLY public.tagged_links
    ADD CONSTRAINT tagged_links_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (team_id, membership_id);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_organisation_id_name_key UNIQUE (organisation_id, name);
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ticket_arrivals
    ADD CONSTRAINT ticket_arrivals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ticket_clocks
    ADD CONSTRAINT ticket_clocks_pkey PRIMARY KEY (ticket_id, metric, number);
ALTER TABLE ONLY public.ticket_events
    ADD CONSTRAINT ticket_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ticket_notes
    ADD CONSTRAINT ticket_notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ticket_posts
    ADD CONSTRAINT ticket_posts_pkey PRIMARY KEY (actor_id, post_id);
ALTER TABLE ONLY public.ticket_settings
    ADD CONSTRAINT ticket_settings_pkey PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.ticket_tags
    ADD CONSTRAINT ticket_tags_pkey PRIMARY KEY (ticket_id, tag);
ALTER TABLE ONLY public.ticket_threads
    ADD CONSTRAINT ticket_threads_pkey PRIMARY KEY (actor_id, thread_id, customer_id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_organisation_id_number_key UNIQUE (organisation_id, number);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT tombstones_pkey PRIMARY KEY (uri);
ALTER TABLE ONLY public.trending_links
    ADD CONSTRAINT trending_links_pkey PRIMARY KEY (preview_id);
ALTER TABLE ONLY public.trending_posts
    ADD CONSTRAINT trending_posts_pkey PRIMARY KEY (post_id);
ALTER TABLE ONLY public.trending_tags
    ADD CONSTRAINT trending_tags_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.user_links
    ADD CONSTRAINT user_links_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_actor_id_key UNIQUE (actor_id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX activities_in_due ON public.activities_in USING btree (due_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX activities_in_order ON public.activities_in USING btree (hashtextextended(((actor_uri || ' '::text) || object_uri), (0)::bigint), id) WHERE (state = ANY (ARRAY['waiting'::text, 'parked'::text]));
CREATE INDEX activities_in_parked ON public.activities_in USING btree (parked_uri) WHERE (state = 'parked'::text);
CREATE INDEX activities_in_set_aside ON public.activities_in USING btree (id) WHERE (state = 'set_aside'::text);
CREATE INDEX activities_out_actor_id ON public.activities_out USING btree (actor_id, id DESC);
CREATE INDEX activities_out_object_uri ON public.activities_out USING btree (object_uri, id) WHERE (object_uri IS NOT NULL);
CREATE INDEX activities_out_post_id ON public.activities_out USING btree (post_id) WHERE (post_id IS NOT NULL);
CREATE INDEX activities_out_raw ON public.activities_out USING btree (id) WHERE (octet_length(body) > 2);
CREATE INDEX actor_domain_blocks_actor_id ON public.actor_domain_blocks USING btree (actor_id, id DESC);
CREATE INDEX actor_notes_target_id ON public.actor_notes USING btree (target_id);
CREATE INDEX actors_display_name_bytes ON public.actors USING btree (lower(display_name) COLLATE "C") WHERE ((suspended_at IS NULL) AND (display_name <> ''::text));
CREATE INDEX actors_domain ON public.actors USING btree (domain, id);
CREATE INDEX actors_domain_id ON public.actors USING btree (domain_id) WHERE (domain_id IS NOT NULL);
CREATE INDEX actors_handle_bytes ON public.actors USING btree (handle COLLATE "C") WHERE (suspended_at IS NULL);
CREATE INDEX actors_host_reversed ON public.actors USING btree (reverse(split_part(split_part(uri, '/'::text, 3), ':'::text, 1)) COLLATE "C") WHERE (domain_id IS NULL);
CREATE UNIQUE INDEX actors_instance ON public.actors USING btree (domain_id) WHERE ((domain_id IS NOT NULL) AND (kind = 'Application'::text));
CREATE INDEX actors_listed ON public.actors USING btree (id DESC) WHERE (is_discoverable AND (suspended_at IS NULL) AND (silenced_at IS NULL) AND (moved_to_id IS NULL) AND (kind <> 'Application'::text));
CREATE INDEX actors_listed_local ON public.actors USING btree (id DESC) WHERE (is_discoverable AND (suspended_at IS NULL) AND (silenced_at IS NULL) AND (moved_to_id IS NULL) AND (kind <> 'Application'::text) AND (domain_id IS NOT NULL));
CREATE INDEX actors_local ON public.actors USING btree (id) WHERE (domain_id IS NOT NULL);
CREATE INDEX actors_moved_to_id ON public.actors USING btree (moved_to_id) WHERE (moved_to_id IS NOT NULL);
CREATE INDEX actors_name_words ON public.actors USING gin (public.name_words(display_name)) WHERE ((display_name <> ''::text) AND (suspended_at IS NULL));
CREATE INDEX announcement_reactions_actor_id ON public.announcement_reactions USING btree (actor_id);
CREATE INDEX announcement_reads_actor_id ON public.announcement_reads USING btree (actor_id);
CREATE INDEX approval_steps_permission ON public.approval_steps USING btree (permission);
CREATE INDEX assets_account ON public.assets USING btree (actor_id, id DESC);
CREATE INDEX assets_organisation_id ON public.assets USING btree (organisation_id);
CREATE INDEX attempts_began_at ON public.attempts USING btree (began_at);
CREATE INDEX audit_log_target ON public.audit_log USING btree (organisation_id, target, number) WHERE (target <> ''::text);
CREATE INDEX blocks_blocked_id ON public.blocks USING btree (blocked_id);
CREATE INDEX blocks_blocker_id ON public.blocks USING btree (blocker_id, id DESC);
CREATE INDEX bookmarks_actor_id ON public.bookmarks USING btree (actor_id, id DESC);
CREATE INDEX bookmarks_post_id ON public.bookmarks USING btree (post_id);
CREATE INDEX boosts_actor_id ON public.boosts USING btree (actor_id, id DESC);
CREATE INDEX boosts_post_id ON public.boosts USING btree (post_id, id DESC);
CREATE INDEX brand_accounts_organisation_id ON public.brand_accounts USING btree (organisation_id, actor_id);
CREATE INDEX campaigns_organisation_id ON public.campaigns USING btree (organisation_id, id DESC);
CREATE INDEX changes_xid ON public.changes USING btree (xid);
CREATE INDEX consents_contact_id ON public.consents USING btree (contact_id, id);
CREATE INDEX contact_identities_actor_id ON public.contact_identities USING btree (actor_id) WHERE (actor_id IS NOT NULL);
CREATE INDEX contact_identities_contact_id ON public.contact_identities USING btree (contact_id, id);
CREATE INDEX contact_merges_contact_id ON public.contact_merges USING btree (contact_id, id);
CREATE INDEX contact_merges_into_id ON public.contact_merges USING btree (into_id, id);
CREATE INDEX contact_tags_tag ON public.contact_tags USING btree (tag, contact_id) WHERE (NOT is_hidden);
CREATE INDEX contacts_assignee_id ON public.contacts USING btree (assignee_id) WHERE (assignee_id IS NOT NULL);
CREATE INDEX contacts_card_id ON public.contacts USING btree (card_id);
CREATE INDEX contacts_cards ON public.contacts USING btree (organisation_id, id DESC) WHERE (merged_into_id IS NULL);
CREATE INDEX contacts_merged_into_id ON public.contacts USING btree (merged_into_id) WHERE (merged_into_id IS NOT NULL);
CREATE INDEX contacts_name_words ON public.contacts USING gin (public.name_words(name)) WHERE (name IS NOT NULL);
CREATE INDEX conversation_posts_post_id ON public.conversation_posts USING btree (post_id);
CREATE INDEX conversations_page ON public.conversations USING btree (actor_id, last_post_id DESC);
CREATE INDEX deliveries_due ON public.deliveries USING btree (due_at) WHERE ((state = 'pending'::text) AND (leased_by IS NULL) AND (due_at < 'infinity'::timestamp with time zone));
CREATE INDEX deliveries_ended_at ON public.deliveries USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX deliveries_leased ON public.deliveries USING btree (leased_by) WHERE (leased_by IS NOT NULL);
CREATE INDEX deliveries_peer ON public.deliveries USING btree (peer, activity_id) WHERE ((state = 'pending'::text) AND (leased_by IS NULL));
CREATE INDEX directory_entries_active ON public.directory_entries USING btree (active_at DESC, actor_id DESC);
CREATE INDEX directory_entries_followers ON public.directory_entries USING btree (followers DESC, actor_id DESC) WHERE is_local;
CREATE INDEX directory_entries_local ON public.directory_entries USING btree (active_at DESC, actor_id DESC) WHERE is_local;
CREATE INDEX dismissed_suggestions_dismissed_id ON public.dismissed_suggestions USING btree (dismissed_id);
CREATE UNIQUE INDEX domains_one_primary ON public.domains USING btree (is_primary) WHERE is_primary;
CREATE INDEX draft_comments_draft_id ON public.draft_comments USING btree (draft_id, id);
CREATE INDEX draft_versions_media_ids ON public.draft_versions USING gin (media_ids);
CREATE INDEX drafts_account ON public.drafts USING btree (actor_id, state, id DESC);
CREATE INDEX drafts_campaign_id ON public.drafts USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);
CREATE UNIQUE INDEX drafts_idempotency_key ON public.drafts USING btree (actor_id, author_user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE UNIQUE INDEX drafts_number ON public.drafts USING btree (organisation_id, number);
CREATE INDEX drafts_policy_id ON public.drafts USING btree (policy_id) WHERE (policy_id IS NOT NULL);
CREATE UNIQUE INDEX drafts_post ON public.drafts USING btree (post_id) WHERE (kind = 'post'::text);
CREATE INDEX drafts_scheduled_at ON public.drafts USING btree (actor_id, scheduled_at) WHERE (scheduled_at IS NOT NULL);
CREATE INDEX drafts_target ON public.drafts USING btree (post_id) WHERE (kind <> 'post'::text);
CREATE INDEX endorsements_actor_id ON public.endorsements USING btree (actor_id, id DESC);
CREATE INDEX endorsements_endorsed_id ON public.endorsements USING btree (endorsed_id);
CREATE INDEX fanouts_due ON public.fanouts USING btree (due_at);
CREATE INDEX fanouts_followed_id ON public.fanouts USING btree (followed_id);
CREATE INDEX favourites_actor_id ON public.favourites USING btree (actor_id, id DESC);
CREATE INDEX favourites_post_id ON public.favourites USING btree (post_id, id DESC);
CREATE INDEX fetch_roots_begun_at ON public.fetch_roots USING btree (begun_at);
CREATE INDEX fetches_due ON public.fetches USING btree (due_at, id);
CREATE INDEX fetches_leased ON public.fetches USING btree (peer) WHERE (leased_until IS NOT NULL);
CREATE INDEX fetches_peer ON public.fetches USING btree (peer, due_at);
CREATE INDEX filter_keywords_filter_id ON public.filter_keywords USING btree (filter_id, id);
CREATE INDEX filter_posts_post_id ON public.filter_posts USING btree (post_id);
CREATE INDEX filters_actor_id ON public.filters USING btree (actor_id, id);
CREATE INDEX follows_followed_id ON public.follows USING btree (followed_id, state, id DESC);
CREATE INDEX follows_follower_id ON public.follows USING btree (follower_id, state, id DESC);
CREATE INDEX follows_notifies ON public.follows USING btree (followed_id, follower_id) WHERE notifies;
CREATE INDEX grants_actor_id ON public.grants USING btree (actor_id);
CREATE INDEX grants_permission ON public.grants USING btree (permission);
CREATE INDEX grants_role_id ON public.grants USING btree (role_id);
CREATE INDEX idempotency_keys_created_at ON public.idempotency_keys USING btree (created_at);
CREATE INDEX jobs_due ON public.jobs USING btree (due_at, id) WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX jobs_kind_key ON public.jobs USING btree (kind, key) WHERE (key IS NOT NULL);
CREATE INDEX jobs_set_aside ON public.jobs USING btree (id) WHERE (state = 'set_aside'::text);
CREATE INDEX list_members_actor_id ON public.list_members USING btree (actor_id);
CREATE INDEX list_members_page ON public.list_members USING btree (list_id, id DESC);
CREATE INDEX lists_actor_id ON public.lists USING btree (actor_id, id);
CREATE INDEX look_alike_brands_waiting_queued_at ON public.look_alike_brands_waiting USING btree (queued_at);
CREATE INDEX look_alike_waiting_queued_at ON public.look_alike_waiting USING btree (queued_at);
CREATE INDEX look_alikes_actor_id ON public.look_alikes USING btree (actor_id);
CREATE INDEX look_alikes_brand_actor_id ON public.look_alikes USING btree (brand_actor_id, state, id);
CREATE INDEX markers_actor_id ON public.markers USING btree (actor_id);
CREATE INDEX media_actor_id ON public.media USING btree (actor_id, id DESC);
CREATE INDEX media_kept_until ON public.media USING btree (kept_until) WHERE ((remote_url IS NULL) AND (purpose = 'attachment'::text));
CREATE INDEX memberships_user_id ON public.memberships USING btree (user_id);
CREATE INDEX mutes_expires_at ON public.mutes USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX mutes_muted_id ON public.mutes USING btree (muted_id);
CREATE INDEX mutes_muter_id ON public.mutes USING btree (muter_id, id DESC);
CREATE INDEX notification_permissions_from_actor_id ON public.notification_permissions USING btree (from_actor_id);
CREATE INDEX notification_requests_from_actor_id ON public.notification_requests USING btree (from_actor_id);
CREATE INDEX notification_requests_page ON public.notification_requests USING btree (actor_id, id DESC);
CREATE INDEX notifications_actor_id ON public.notifications USING btree (actor_id, id DESC);
CREATE INDEX notifications_filtered ON public.notifications USING btree (actor_id, from_actor_id, id DESC) WHERE is_filtered;
CREATE INDEX notifications_from_actor_id ON public.notifications USING btree (from_actor_id);
CREATE INDEX notifications_kind ON public.notifications USING btree (actor_id, kind, id DESC);
CREATE INDEX notifications_post_id ON public.notifications USING btree (post_id, kind, id DESC) WHERE (post_id IS NOT NULL);
CREATE INDEX notifications_report_id ON public.notifications USING btree (report_id) WHERE (report_id IS NOT NULL);
CREATE INDEX notifications_severance_event_id ON public.notifications USING btree (severance_event_id) WHERE (severance_event_id IS NOT NULL);
CREATE INDEX oauth_applications_unused ON public.oauth_applications USING btree (created_at) WHERE (NOT is_used);
CREATE INDEX oauth_codes_actor_id ON public.oauth_codes USING btree (actor_id);
CREATE INDEX oauth_codes_application_id ON public.oauth_codes USING btree (application_id);
CREATE INDEX oauth_codes_expires_at ON public.oauth_codes USING btree (expires_at);
CREATE INDEX oauth_codes_user_id ON public.oauth_codes USING btree (user_id);
CREATE INDEX oauth_tokens_actor_id ON public.oauth_tokens USING btree (actor_id);
CREATE INDEX oauth_tokens_application_id ON public.oauth_tokens USING btree (application_id);
CREATE INDEX oauth_tokens_code_hash ON public.oauth_tokens USING btree (code_hash) WHERE (code_hash IS NOT NULL);
CREATE INDEX oauth_tokens_expires_at ON public.oauth_tokens USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX oauth_tokens_of_applications ON public.oauth_tokens USING btree (created_at) WHERE (user_id IS NULL);
CREATE INDEX oauth_tokens_revoked_at ON public.oauth_tokens USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);
CREATE INDEX oauth_tokens_user_id ON public.oauth_tokens USING btree (user_id);
CREATE UNIQUE INDEX organisation_domains_verified ON public.organisation_domains USING btree (domain) WHERE (verified_at IS NOT NULL);
CREATE INDEX peers_look ON public.peers USING btree (look_at) WHERE ((look_at IS NOT NULL) AND (state <> 'paused'::text));
CREATE INDEX peers_paused ON public.peers USING btree (name) WHERE (state = 'paused'::text);
CREATE INDEX pins_post_id ON public.pins USING btree (post_id);
CREATE INDEX poll_votes_actor_id ON public.poll_votes USING btree (actor_id);
CREATE INDEX poll_votes_option ON public.poll_votes USING btree (post_id, "position");
CREATE INDEX polls_ends_at ON public.polls USING btree (ends_at) WHERE ((closed_at IS NULL) AND (ends_at IS NOT NULL));
CREATE INDEX post_mentions_actor_id ON public.post_mentions USING btree (actor_id, post_id DESC);
CREATE INDEX post_previews_preview_id ON public.post_previews USING btree (preview_id, post_id DESC);
CREATE INDEX post_tags_name ON public.post_tags USING btree (name, post_id DESC);
CREATE INDEX post_words_authors_queued_at ON public.post_words_authors USING btree (queued_at);
CREATE INDEX post_words_waiting_queued_at ON public.post_words_waiting USING btree (queued_at);
CREATE INDEX post_words_words ON public.post_words USING gin (words) WITH (fastupdate='on', gin_pending_list_limit='1024');
CREATE INDEX posts_actor_id ON public.posts USING btree (actor_id, id DESC);
CREATE INDEX posts_application_id ON public.posts USING btree (application_id) WHERE (application_id IS NOT NULL);
CREATE INDEX posts_context_uri ON public.posts USING btree (context_uri) WHERE (context_uri IS NOT NULL);
CREATE INDEX posts_conversation_id ON public.posts USING btree (conversation_id, id);
CREATE INDEX posts_conversation_uri ON public.posts USING btree (conversation_uri) WHERE (conversation_uri IS NOT NULL);
CREATE INDEX posts_direct ON public.posts USING btree (actor_id, id DESC) WHERE (visibility = 'direct'::text);
CREATE INDEX posts_in_reply_to_id ON public.posts USING btree (in_reply_to_id, id) WHERE (in_reply_to_id IS NOT NULL);
CREATE INDEX posts_in_reply_to_uri ON public.posts USING btree (in_reply_to_uri) WHERE (in_reply_to_uri IS NOT NULL);
CREATE INDEX posts_quote_authorization_uri ON public.posts USING btree (quote_authorization_uri) WHERE (quote_authorization_uri IS NOT NULL);
CREATE INDEX posts_quote_id ON public.posts USING btree (quote_id, id DESC) WHERE (quote_id IS NOT NULL);
CREATE INDEX posts_quote_uri ON public.posts USING btree (quote_uri) WHERE ((quote_uri IS NOT NULL) AND (quote_id IS NULL));
CREATE INDEX posts_timeline ON public.posts USING btree (id DESC) WHERE ((visibility = 'public'::text) AND ((in_reply_to_actor_id IS NULL) OR (in_reply_to_actor_id = actor_id)));
CREATE INDEX posts_timeline_local ON public.posts USING btree (id DESC) WHERE ((visibility = 'public'::text) AND ((in_reply_to_actor_id IS NULL) OR (in_reply_to_actor_id = actor_id)) AND (fetched_at IS NULL));
CREATE INDEX previews_created_at ON public.previews USING btree (created_at);
CREATE INDEX previews_creator_id ON public.previews USING btree (creator_id) WHERE (creator_id IS NOT NULL);
CREATE INDEX push_subscriptions_actor_id ON public.push_subscriptions USING btree (actor_id);
CREATE INDEX reactions_post_id ON public.reactions USING btree (post_id, id DESC);
CREATE INDEX relays_actor_uri ON public.relays USING btree (actor_uri) WHERE (actor_uri IS NOT NULL);
CREATE UNIQUE INDEX releases_activity_id ON public.releases USING btree (activity_id) WHERE (activity_id IS NOT NULL);
CREATE INDEX releases_post_id ON public.releases USING btree (post_id, number DESC) WHERE (post_id IS NOT NULL);
CREATE INDEX remote_files_fetched_at ON public.remote_files USING btree (fetched_at);
CREATE INDEX repeated_answers_claimed_at ON public.repeated_answers USING btree (claimed_at);
CREATE INDEX reports_open ON public.reports USING btree (id) WHERE (state = 'open'::text);
CREATE INDEX reports_reporter_id ON public.reports USING btree (reporter_id);
CREATE INDEX reports_state ON public.reports USING btree (state, id DESC);
CREATE INDEX reports_target_id ON public.reports USING btree (target_id);
CREATE INDEX role_demands_role_id ON public.role_demands USING btree (role_id);
CREATE INDEX role_permissions_permission ON public.role_permissions USING btree (permission);
CREATE INDEX routing_turns_membership_id ON public.routing_turns USING btree (membership_id);
CREATE INDEX scheduled_posts_actor_id ON public.scheduled_posts USING btree (actor_id, id DESC);
CREATE INDEX scheduled_posts_application_id ON public.scheduled_posts USING btree (application_id) WHERE (application_id IS NOT NULL);
CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_user_id ON public.sessions USING btree (user_id);
CREATE INDEX severed_actors_page ON public.severed_actors USING btree (actor_id, event_id DESC);
CREATE INDEX severed_actors_untold ON public.severed_actors USING btree (event_id, actor_id) WHERE (NOT is_told);
CREATE INDEX severed_follows_other_id ON public.severed_follows USING btree (other_id);
CREATE INDEX sla_policies_actor_id ON public.sla_policies USING btree (actor_id) WHERE (actor_id IS NOT NULL);
CREATE INDEX sla_policies_team_id ON public.sla_policies USING btree (team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX tag_follows_name ON public.tag_follows USING btree (name);
CREATE INDEX tagged_links_account ON public.tagged_links USING btree (actor_id, id DESC);
CREATE INDEX tagged_links_campaign_id ON public.tagged_links USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);
CREATE INDEX tagged_links_organisation_id ON public.tagged_links USING btree (organisation_id);
CREATE INDEX team_members_membership_id ON public.team_members USING btree (membership_id);
CREATE INDEX ticket_arrivals_due_at ON public.ticket_arrivals USING btree (due_at, id);
CREATE INDEX ticket_clocks_due_at ON public.ticket_clocks USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (breached_at IS NULL));
CREATE INDEX ticket_clocks_policy_id ON public.ticket_clocks USING btree (policy_id) WHERE (policy_id IS NOT NULL);
CREATE INDEX ticket_clocks_running ON public.ticket_clocks USING btree (organisation_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ticket_clocks_started ON public.ticket_clocks USING btree (organisation_id, started_at);
CREATE INDEX ticket_events_ticket_id ON public.ticket_events USING btree (ticket_id, id);
CREATE INDEX ticket_notes_ticket_id ON public.ticket_notes USING btree (ticket_id, id);
CREATE INDEX ticket_posts_post_id ON public.ticket_posts USING btree (post_id);
CREATE INDEX ticket_posts_ticket_id ON public.ticket_posts USING btree (ticket_id, post_id);
CREATE INDEX ticket_threads_ticket_id ON public.ticket_threads USING btree (ticket_id);
CREATE INDEX tickets_assignee ON public.tickets USING btree (assignee_id, status, "position" DESC) WHERE ((merged_into_id IS NULL) AND (assignee_id IS NOT NULL));
CREATE INDEX tickets_assignee_id ON public.tickets USING btree (assignee_id) WHERE (assignee_id IS NOT NULL);
CREATE INDEX tickets_contact_id ON public.tickets USING btree (contact_id, "position" DESC) WHERE (contact_id IS NOT NULL);
CREATE INDEX tickets_customer ON public.tickets USING btree (actor_id, customer_id, "position" DESC) WHERE (merged_into_id IS NULL);
CREATE INDEX tickets_merged_into_id ON public.tickets USING btree (merged_into_id) WHERE (merged_into_id IS NOT NULL);
CREATE INDEX tickets_of_account ON public.tickets USING btree (actor_id, status, "position" DESC) WHERE (merged_into_id IS NULL);
CREATE INDEX tickets_parent_id ON public.tickets USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX tickets_team ON public.tickets USING btree (team_id, status, "position" DESC) WHERE ((merged_into_id IS NULL) AND (team_id IS NOT NULL));
CREATE INDEX tickets_team_id ON public.tickets USING btree (team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX tickets_unassigned ON public.tickets USING btree (actor_id, status, "position" DESC) WHERE ((merged_into_id IS NULL) AND (assignee_id IS NULL));
CREATE INDEX tombstones_deleted_at ON public.tombstones USING btree (deleted_at) WHERE (NOT is_local);
CREATE INDEX trending_links_score ON public.trending_links USING btree (score DESC, preview_id DESC);
CREATE INDEX trending_posts_score ON public.trending_posts USING btree (score DESC, post_id DESC);
CREATE INDEX trending_tags_score ON public.trending_tags USING btree (score DESC, name);
CREATE INDEX user_links_expires_at ON public.user_links USING btree (expires_at);
CREATE INDEX user_links_user_id ON public.user_links USING btree (user_id, purpose);
CREATE UNIQUE INDEX users_email ON public.users USING btree (lower(email));
CREATE INDEX users_invitation_id ON public.users USING btree (invitation_id) WHERE (invitation_id IS NOT NULL);
CREATE INDEX users_last_active_on ON public.users USING btree (last_active_on) WHERE (last_active_on IS NOT NULL);
CREATE INDEX users_moderators ON public.users USING btree (id) WHERE (role = ANY (ARRAY['moderator'::text, 'administrator'::text]));
CREATE INDEX users_waiting ON public.users USING btree (id) WHERE (NOT is_approved);
CREATE TRIGGER approvals_refuse BEFORE UPDATE ON public.approvals FOR EACH ROW EXECUTE FUNCTION public.draft_versions_refuse();
CREATE TRIGGER audit_log_chain BEFORE INSERT ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.audit_log_chain();
CREATE TRIGGER audit_log_refuse BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.audit_log_refuse();
CREATE TRIGGER audit_log_refuse_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.audit_log_refuse();
CREATE TRIGGER changes_actor_counts_insert AFTER INSERT ON public.actor_counts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_actor_counts();
CREATE TRIGGER changes_actor_counts_update AFTER UPDATE ON public.actor_counts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_actor_counts();
CREATE TRIGGER changes_actor_delete AFTER DELETE ON public.actors REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_actor();
CREATE TRIGGER changes_actor_update AFTER UPDATE ON public.actors REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.actor_counts FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.actor_domain_blocks FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.actors FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.blocks FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.bookmarks FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.boosts FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.conversation_mutes FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.favourites FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.filter_keywords FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.filter_posts FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.filters FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.follows FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.home_items FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.home_timelines FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.mutes FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.notifications FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.pins FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.poll_options FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.poll_votes FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.polls FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.post_counts FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_all_gone AFTER TRUNCATE ON public.posts FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_any_actor AFTER UPDATE OF suspended_at ON public.actors FOR EACH ROW WHEN ((new.suspended_at IS DISTINCT FROM old.suspended_at)) EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_blocks_delete AFTER DELETE ON public.blocks REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_blocks();
CREATE TRIGGER changes_blocks_insert AFTER INSERT ON public.blocks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_blocks();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.actor_domain_blocks REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.bookmarks REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.boosts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.conversation_mutes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.favourites REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_delete AFTER DELETE ON public.pins REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.actor_domain_blocks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.bookmarks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.boosts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.conversation_mutes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.favourites REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_doer_insert AFTER INSERT ON public.pins REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_doer();
CREATE TRIGGER changes_domain_policy AFTER INSERT OR DELETE OR UPDATE ON public.domain_blocks FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_filter_delete AFTER DELETE ON public.filters REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter();
CREATE TRIGGER changes_filter_insert AFTER INSERT ON public.filters REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter();
CREATE TRIGGER changes_filter_part_delete AFTER DELETE ON public.filter_keywords REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter_part();
CREATE TRIGGER changes_filter_part_delete AFTER DELETE ON public.filter_posts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter_part();
CREATE TRIGGER changes_filter_part_insert AFTER INSERT ON public.filter_keywords REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter_part();
CREATE TRIGGER changes_filter_part_insert AFTER INSERT ON public.filter_posts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter_part();
CREATE TRIGGER changes_filter_part_update AFTER UPDATE ON public.filter_keywords REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter_part();
CREATE TRIGGER changes_filter_update AFTER UPDATE ON public.filters REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_filter();
CREATE TRIGGER changes_follower_delete AFTER DELETE ON public.follows REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_follower();
CREATE TRIGGER changes_follower_insert AFTER INSERT ON public.follows REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_follower();
CREATE TRIGGER changes_follower_update AFTER UPDATE ON public.follows REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_follower();
CREATE TRIGGER changes_local_post AFTER INSERT ON public.posts FOR EACH ROW WHEN (((new.fetched_at IS NULL) AND (new.visibility = 'public'::text) AND ((new.in_reply_to_actor_id IS NULL) OR (new.in_reply_to_actor_id = new.actor_id)))) EXECUTE FUNCTION public.changes_note_local_post();
CREATE TRIGGER changes_muter_delete AFTER DELETE ON public.mutes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_muter();
CREATE TRIGGER changes_muter_insert AFTER INSERT ON public.mutes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_muter();
CREATE TRIGGER changes_muter_update AFTER UPDATE ON public.mutes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_muter();
CREATE TRIGGER changes_owner_delete AFTER DELETE ON public.home_items REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_owner();
CREATE TRIGGER changes_owner_delete AFTER DELETE ON public.home_timelines REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_owner();
CREATE TRIGGER changes_owner_insert AFTER INSERT ON public.home_items REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_owner();
CREATE TRIGGER changes_owner_update AFTER UPDATE ON public.home_timelines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_owner();
CREATE TRIGGER changes_post_counts_delete AFTER DELETE ON public.post_counts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_counts();
CREATE TRIGGER changes_post_counts_insert AFTER INSERT ON public.post_counts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_counts();
CREATE TRIGGER changes_post_counts_update AFTER UPDATE ON public.post_counts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_counts();
CREATE TRIGGER changes_post_delete AFTER DELETE ON public.boosts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post();
CREATE TRIGGER changes_post_delete AFTER DELETE ON public.posts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post();
CREATE TRIGGER changes_post_part_delete AFTER DELETE ON public.poll_votes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_part();
CREATE TRIGGER changes_post_part_delete AFTER DELETE ON public.polls REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_part();
CREATE TRIGGER changes_post_part_insert AFTER INSERT ON public.poll_votes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_part();
CREATE TRIGGER changes_post_part_update AFTER UPDATE ON public.poll_options REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_part();
CREATE TRIGGER changes_post_part_update AFTER UPDATE ON public.polls REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post_part();
CREATE TRIGGER changes_post_update AFTER UPDATE ON public.boosts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post();
CREATE TRIGGER changes_post_update AFTER UPDATE ON public.posts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_post();
CREATE TRIGGER changes_quote_delete AFTER DELETE ON public.posts FOR EACH ROW WHEN ((old.quote_id IS NOT NULL)) EXECUTE FUNCTION public.changes_note_quote();
CREATE TRIGGER changes_quote_insert AFTER INSERT ON public.posts FOR EACH ROW WHEN ((new.quote_id IS NOT NULL)) EXECUTE FUNCTION public.changes_note_quote();
CREATE TRIGGER changes_quote_update AFTER UPDATE OF quote_id, quote_state ON public.posts FOR EACH ROW WHEN (((new.quote_id IS NOT NULL) OR (old.quote_id IS NOT NULL))) EXECUTE FUNCTION public.changes_note_quote();
CREATE TRIGGER changes_silenced AFTER UPDATE OF silenced_at ON public.actors FOR EACH ROW WHEN (((new.silenced_at IS NULL) <> (old.silenced_at IS NULL))) EXECUTE FUNCTION public.changes_note_any_actor();
CREATE TRIGGER changes_told_delete AFTER DELETE ON public.notifications REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_told();
CREATE TRIGGER changes_told_insert AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_told();
CREATE TRIGGER changes_told_update AFTER UPDATE ON public.notifications REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.changes_note_told();
CREATE TRIGGER conversation_posts_forgotten AFTER DELETE ON public.conversation_posts FOR EACH ROW EXECUTE FUNCTION public.conversation_forget_post();
CREATE TRIGGER draft_edges BEFORE UPDATE OF state ON public.drafts FOR EACH ROW WHEN ((old.state <> new.state)) EXECUTE FUNCTION public.draft_edges();
CREATE TRIGGER draft_versions_refuse BEFORE UPDATE ON public.draft_versions FOR EACH ROW EXECUTE FUNCTION public.draft_versions_refuse();
CREATE TRIGGER look_alike_brand_founded AFTER INSERT ON public.brand_accounts FOR EACH ROW EXECUTE FUNCTION public.look_alike_brand_wait('actor_id');
CREATE TRIGGER look_alike_brand_renamed AFTER UPDATE OF username, display_name ON public.actors FOR EACH ROW WHEN (((new.domain_id IS NOT NULL) AND ((old.username IS DISTINCT FROM new.username) OR (old.display_name IS DISTINCT FROM new.display_name)))) EXECUTE FUNCTION public.look_alike_brand_wait('id');
CREATE TRIGGER look_alike_created AFTER INSERT ON public.actors FOR EACH ROW EXECUTE FUNCTION public.look_alike_wait();
CREATE TRIGGER look_alike_renamed AFTER UPDATE OF username, display_name ON public.actors FOR EACH ROW WHEN (((old.username IS DISTINCT FROM new.username) OR (old.display_name IS DISTINCT FROM new.display_name))) EXECUTE FUNCTION public.look_alike_wait();
CREATE TRIGGER media_deleted AFTER DELETE ON public.media FOR EACH ROW EXECUTE FUNCTION public.media_leave_files();
CREATE TRIGGER post_words_author_changed AFTER UPDATE OF is_indexable, silenced_at, suspended_at ON public.actors FOR EACH ROW WHEN (((old.is_indexable <> new.is_indexable) OR ((old.silenced_at IS NULL) <> (new.silenced_at IS NULL)) OR ((old.suspended_at IS NULL) <> (new.suspended_at IS NULL)))) EXECUTE FUNCTION public.post_words_wait_author();
CREATE TRIGGER post_words_bookmarked AFTER INSERT ON public.bookmarks FOR EACH ROW EXECUTE FUNCTION public.post_words_wait_touched();
CREATE TRIGGER post_words_changed AFTER UPDATE OF html, revision ON public.posts FOR EACH ROW WHEN (((old.html IS DISTINCT FROM new.html) OR (old.revision <> new.revision))) EXECUTE FUNCTION public.post_words_wait();
CREATE TRIGGER post_words_created AFTER INSERT ON public.posts FOR EACH ROW EXECUTE FUNCTION public.post_words_wait();
CREATE TRIGGER post_words_favourited AFTER INSERT ON public.favourites FOR EACH ROW EXECUTE FUNCTION public.post_words_wait_touched();
CREATE TRIGGER release_gate BEFORE INSERT ON public.activities_out FOR EACH ROW WHEN (((new.type = 'Announce'::text) OR ((new.type = ANY (ARRAY['Create'::text, 'Update'::text])) AND (new.post_id IS NOT NULL)))) EXECUTE FUNCTION public.release_gate();
CREATE CONSTRAINT TRIGGER release_gate_boost AFTER INSERT ON public.boosts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (public.is_brand_account(new.actor_id)) EXECUTE FUNCTION public.release_gate_boost();
CREATE CONSTRAINT TRIGGER release_gate_edit AFTER UPDATE OF html, spoiler_text, title, language, visibility, edited_at, actor_id ON public.posts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((((((((new.html IS DISTINCT FROM old.html) OR (new.spoiler_text IS DISTINCT FROM old.spoiler_text)) OR (new.title IS DISTINCT FROM old.title)) OR (new.language IS DISTINCT FROM old.language)) OR (new.visibility IS DISTINCT FROM old.visibility)) OR (new.edited_at IS DISTINCT FROM old.edited_at)) OR (new.actor_id IS DISTINCT FROM old.actor_id)) AND public.is_brand_account(new.actor_id))) EXECUTE FUNCTION public.release_gate_post();
CREATE CONSTRAINT TRIGGER release_gate_post AFTER INSERT ON public.posts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (public.is_brand_account(new.actor_id)) EXECUTE FUNCTION public.release_gate_post();
CREATE TRIGGER releases_refuse BEFORE DELETE OR UPDATE ON public.releases FOR EACH ROW EXECUTE FUNCTION public.releases_refuse();
CREATE TRIGGER remote_file_deleted AFTER DELETE ON public.remote_files FOR EACH ROW EXECUTE FUNCTION public.remote_file_leave_files();
CREATE TRIGGER remote_file_replaced AFTER UPDATE ON public.remote_files FOR EACH ROW WHEN ((old.file_name IS DISTINCT FROM new.file_name)) EXECUTE FUNCTION public.remote_file_leave_files();
CREATE TRIGGER sla_follow_ticket AFTER INSERT OR UPDATE ON public.tickets FOR EACH ROW EXECUTE FUNCTION public.sla_follow_ticket();
CREATE TRIGGER ticket_arrive_change AFTER UPDATE OF conversation_id, html, spoiler_text ON public.posts FOR EACH ROW WHEN (((old.conversation_id <> new.conversation_id) OR (old.html <> new.html) OR (old.spoiler_text <> new.spoiler_text))) EXECUTE FUNCTION public.ticket_arrive_change();
CREATE TRIGGER ticket_arrive_end AFTER DELETE ON public.posts FOR EACH ROW EXECUTE FUNCTION public.ticket_arrive_end();
CREATE TRIGGER ticket_arrive_mention AFTER INSERT ON public.post_mentions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.ticket_arrive_mention();
CREATE TRIGGER ticket_arrive_post AFTER INSERT ON public.posts FOR EACH ROW WHEN (((new.in_reply_to_id IS NOT NULL) OR (new.quote_id IS NOT NULL))) EXECUTE FUNCTION public.ticket_arrive_post();
CREATE TRIGGER users_note_pending_insert AFTER INSERT ON public.users FOR EACH ROW WHEN ((NOT (new.is_confirmed AND new.is_approved))) EXECUTE FUNCTION public.users_note_pending();
CREATE TRIGGER users_note_pending_update AFTER UPDATE OF is_confirmed, is_approved ON public.users FOR EACH ROW WHEN (((new.is_confirmed AND new.is_approved) <> (old.is_confirmed AND old.is_approved))) EXECUTE FUNCTION public.users_note_pending();
ALTER TABLE ONLY public.activities_out
    ADD CONSTRAINT activities_out_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activities_out
    ADD CONSTRAINT activities_out_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.actor_counts
    ADD CONSTRAINT actor_counts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actor_domain_blocks
    ADD CONSTRAINT actor_domain_blocks_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actor_keys
    ADD CONSTRAINT actor_keys_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actor_notes
    ADD CONSTRAINT actor_notes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actor_notes
    ADD CONSTRAINT actor_notes_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actor_preferences
    ADD CONSTRAINT actor_preferences_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.actors
    ADD CONSTRAINT actors_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES public.domains(id);
ALTER TABLE ONLY public.actors
    ADD CONSTRAINT actors_moved_to_id_fkey FOREIGN KEY (moved_to_id) REFERENCES public.actors(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.announcement_reactions
    ADD CONSTRAINT announcement_reactions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.announcement_reactions
    ADD CONSTRAINT announcement_reactions_announcement_id_fkey FOREIGN KEY (announcement_id) REFERENCES public.announcements(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.announcement_reads
    ADD CONSTRAINT announcement_reads_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.announcement_reads
    ADD CONSTRAINT announcement_reads_announcement_id_fkey FOREIGN KEY (announcement_id) REFERENCES public.announcements(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.approval_policies
    ADD CONSTRAINT approval_policies_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_permission_fkey FOREIGN KEY (permission) REFERENCES public.permissions(name);
ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES public.approval_policies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.approvals
    ADD CONSTRAINT approvals_draft_id_version_fkey FOREIGN KEY (draft_id, version) REFERENCES public.draft_versions(draft_id, version) ON DELETE CASCADE;
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_media_id_fkey FOREIGN KEY (media_id) REFERENCES public.media(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_blocked_id_fkey FOREIGN KEY (blocked_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT blocks_blocker_id_fkey FOREIGN KEY (blocker_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.bookmarks
    ADD CONSTRAINT bookmarks_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.bookmarks
    ADD CONSTRAINT bookmarks_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.boosts
    ADD CONSTRAINT boosts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.boosts
    ADD CONSTRAINT boosts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.brand_accounts
    ADD CONSTRAINT brand_accounts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id);
ALTER TABLE ONLY public.brand_accounts
    ADD CONSTRAINT brand_accounts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.calendar_feeds
    ADD CONSTRAINT calendar_feeds_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES public.memberships(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_identities
    ADD CONSTRAINT contact_identities_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_merges
    ADD CONSTRAINT contact_merges_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_merges
    ADD CONSTRAINT contact_merges_into_id_fkey FOREIGN KEY (into_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contact_tags
    ADD CONSTRAINT contact_tags_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES public.memberships(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_card_id_fkey FOREIGN KEY (card_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES public.contacts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_mutes
    ADD CONSTRAINT conversation_mutes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_posts
    ADD CONSTRAINT conversation_posts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversation_posts
    ADD CONSTRAINT conversation_posts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities_out(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.directory_entries
    ADD CONSTRAINT directory_entries_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dismissed_suggestions
    ADD CONSTRAINT dismissed_suggestions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dismissed_suggestions
    ADD CONSTRAINT dismissed_suggestions_dismissed_id_fkey FOREIGN KEY (dismissed_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.draft_comments
    ADD CONSTRAINT draft_comments_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.drafts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.draft_numbers
    ADD CONSTRAINT draft_numbers_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.draft_versions
    ADD CONSTRAINT draft_versions_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.drafts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES public.approval_policies(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.endorsements
    ADD CONSTRAINT endorsements_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.endorsements
    ADD CONSTRAINT endorsements_endorsed_id_fkey FOREIGN KEY (endorsed_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.fanouts
    ADD CONSTRAINT fanouts_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities_out(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.fanouts
    ADD CONSTRAINT fanouts_followed_id_fkey FOREIGN KEY (followed_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT favourites_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.favourites
    ADD CONSTRAINT favourites_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.featured_tags
    ADD CONSTRAINT featured_tags_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filter_keywords
    ADD CONSTRAINT filter_keywords_filter_id_fkey FOREIGN KEY (filter_id) REFERENCES public.filters(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filter_posts
    ADD CONSTRAINT filter_posts_filter_id_fkey FOREIGN KEY (filter_id) REFERENCES public.filters(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filter_posts
    ADD CONSTRAINT filter_posts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.filters
    ADD CONSTRAINT filters_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT follows_followed_id_fkey FOREIGN KEY (followed_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.follows
    ADD CONSTRAINT follows_follower_id_fkey FOREIGN KEY (follower_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES public.memberships(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_permission_fkey FOREIGN KEY (permission) REFERENCES public.permissions(name);
ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.home_timelines
    ADD CONSTRAINT home_timelines_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.link_hits
    ADD CONSTRAINT link_hits_link_id_fkey FOREIGN KEY (link_id) REFERENCES public.tagged_links(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.list_members
    ADD CONSTRAINT list_members_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.list_members
    ADD CONSTRAINT list_members_list_id_fkey FOREIGN KEY (list_id) REFERENCES public.lists(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.lists
    ADD CONSTRAINT lists_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.look_alike_brands_waiting
    ADD CONSTRAINT look_alike_brands_waiting_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.look_alikes
    ADD CONSTRAINT look_alikes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.look_alikes
    ADD CONSTRAINT look_alikes_brand_actor_id_fkey FOREIGN KEY (brand_actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.look_alikes
    ADD CONSTRAINT look_alikes_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.macros
    ADD CONSTRAINT macros_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.markers
    ADD CONSTRAINT markers_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.markers
    ADD CONSTRAINT markers_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mutes
    ADD CONSTRAINT mutes_muted_id_fkey FOREIGN KEY (muted_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mutes
    ADD CONSTRAINT mutes_muter_id_fkey FOREIGN KEY (muter_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_permissions
    ADD CONSTRAINT notification_permissions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_permissions
    ADD CONSTRAINT notification_permissions_from_actor_id_fkey FOREIGN KEY (from_actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_policies
    ADD CONSTRAINT notification_policies_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_requests
    ADD CONSTRAINT notification_requests_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification_requests
    ADD CONSTRAINT notification_requests_from_actor_id_fkey FOREIGN KEY (from_actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_from_actor_id_fkey FOREIGN KEY (from_actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_report_id_fkey FOREIGN KEY (report_id) REFERENCES public.reports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_severance_event_id_fkey FOREIGN KEY (severance_event_id) REFERENCES public.severance_events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_codes
    ADD CONSTRAINT oauth_codes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_codes
    ADD CONSTRAINT oauth_codes_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.oauth_applications(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_codes
    ADD CONSTRAINT oauth_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_tokens
    ADD CONSTRAINT oauth_tokens_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_tokens
    ADD CONSTRAINT oauth_tokens_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.oauth_applications(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_tokens
    ADD CONSTRAINT oauth_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.organisation_domains
    ADD CONSTRAINT organisation_domains_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pins
    ADD CONSTRAINT pins_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pins
    ADD CONSTRAINT pins_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.poll_options
    ADD CONSTRAINT poll_options_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.polls(post_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.poll_votes
    ADD CONSTRAINT poll_votes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.poll_votes
    ADD CONSTRAINT poll_votes_post_id_position_fkey FOREIGN KEY (post_id, "position") REFERENCES public.poll_options(post_id, "position") ON DELETE CASCADE;
ALTER TABLE ONLY public.polls
    ADD CONSTRAINT polls_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_counts
    ADD CONSTRAINT post_counts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_media_id_fkey FOREIGN KEY (media_id) REFERENCES public.media(id);
ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_mentions
    ADD CONSTRAINT post_mentions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_mentions
    ADD CONSTRAINT post_mentions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_previews
    ADD CONSTRAINT post_previews_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_previews
    ADD CONSTRAINT post_previews_preview_id_fkey FOREIGN KEY (preview_id) REFERENCES public.previews(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_receipts
    ADD CONSTRAINT post_receipts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_revisions
    ADD CONSTRAINT post_revisions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_tags
    ADD CONSTRAINT post_tags_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.post_words
    ADD CONSTRAINT post_words_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.oauth_applications(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_in_reply_to_id_fkey FOREIGN KEY (in_reply_to_id) REFERENCES public.posts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.posts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.actors(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_token_id_fkey FOREIGN KEY (token_id) REFERENCES public.oauth_tokens(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.queue_slots
    ADD CONSTRAINT queue_slots_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.repeated_answers
    ADD CONSTRAINT repeated_answers_token_id_fkey FOREIGN KEY (token_id) REFERENCES public.oauth_tokens(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_reporter_id_fkey FOREIGN KEY (reporter_id) REFERENCES public.actors(id);
ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.actors(id);
ALTER TABLE ONLY public.role_demands
    ADD CONSTRAINT role_demands_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.role_demands
    ADD CONSTRAINT role_demands_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_permission_fkey FOREIGN KEY (permission) REFERENCES public.permissions(name);
ALTER TABLE ONLY public.role_permissions
    ADD CONSTRAINT role_permissions_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.routing_rules
    ADD CONSTRAINT routing_rules_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.routing_turns
    ADD CONSTRAINT routing_turns_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES public.memberships(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.routing_turns
    ADD CONSTRAINT routing_turns_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.scheduled_posts
    ADD CONSTRAINT scheduled_posts_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.scheduled_posts
    ADD CONSTRAINT scheduled_posts_application_id_fkey FOREIGN KEY (application_id) REFERENCES public.oauth_applications(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.service_holidays
    ADD CONSTRAINT service_holidays_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.service_hours
    ADD CONSTRAINT service_hours_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.service_plans
    ADD CONSTRAINT service_plans_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.severed_actors
    ADD CONSTRAINT severed_actors_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.severed_actors
    ADD CONSTRAINT severed_actors_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.severance_events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.severed_follows
    ADD CONSTRAINT severed_follows_event_id_actor_id_fkey FOREIGN KEY (event_id, actor_id) REFERENCES public.severed_actors(event_id, actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.severed_follows
    ADD CONSTRAINT severed_follows_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sla_policies
    ADD CONSTRAINT sla_policies_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sla_policies
    ADD CONSTRAINT sla_policies_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sla_policies
    ADD CONSTRAINT sla_policies_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.slot_plans
    ADD CONSTRAINT slot_plans_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tag_follows
    ADD CONSTRAINT tag_follows_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tagged_links
    ADD CONSTRAINT tagged_links_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tagged_links
    ADD CONSTRAINT tagged_links_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaigns(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.tagged_links
    ADD CONSTRAINT tagged_links_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES public.memberships(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_clocks
    ADD CONSTRAINT ticket_clocks_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES public.sla_policies(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.ticket_clocks
    ADD CONSTRAINT ticket_clocks_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_events
    ADD CONSTRAINT ticket_events_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_notes
    ADD CONSTRAINT ticket_notes_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_posts
    ADD CONSTRAINT ticket_posts_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_settings
    ADD CONSTRAINT ticket_settings_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_tags
    ADD CONSTRAINT ticket_tags_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ticket_threads
    ADD CONSTRAINT ticket_threads_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES public.tickets(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.brand_accounts(actor_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES public.memberships(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.contacts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES public.tickets(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.tickets(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.trending_links
    ADD CONSTRAINT trending_links_preview_id_fkey FOREIGN KEY (preview_id) REFERENCES public.previews(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.trending_posts
    ADD CONSTRAINT trending_posts_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.user_links
    ADD CONSTRAINT user_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.actors(id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(id) ON DELETE SET NULL;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO comptoir_web;
GRANT USAGE ON SCHEMA public TO comptoir_federation;
REVOKE ALL ON FUNCTION public.activity_is_released(of_activity_id bigint, of_actor_id bigint, of_type text, of_post_id bigint, of_body bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.activity_is_released(of_activity_id bigint, of_actor_id bigint, of_type text, of_post_id bigint, of_body bytea) TO comptoir_web;
GRANT ALL ON FUNCTION public.activity_is_released(of_activity_id bigint, of_actor_id bigint, of_type text, of_post_id bigint, of_body bytea) TO comptoir_federation;
REVOKE ALL ON FUNCTION public.audit_field(value text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_log_chain() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.audit_log_refuse() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_actor() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_actor_counts() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_any_actor() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_blocks() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_doer() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_filter() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_filter_part() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_follower() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_local_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_muter() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_owner() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_post_counts() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_post_part() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_quote() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.changes_note_told() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.conversation_forget_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.draft_edges() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.draft_is_approved(of_draft_id bigint, of_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.draft_is_approved(of_draft_id bigint, of_version integer) TO comptoir_web;
REVOKE ALL ON FUNCTION public.draft_step_count(of_draft_id bigint, of_version integer, of_step smallint, of_permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.draft_step_count(of_draft_id bigint, of_version integer, of_step smallint, of_permission text) TO comptoir_web;
REVOKE ALL ON FUNCTION public.draft_steps(of_draft_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.draft_steps(of_draft_id bigint) TO comptoir_web;
REVOKE ALL ON FUNCTION public.draft_versions_refuse() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.is_brand_account(of_actor_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_brand_account(of_actor_id bigint) TO comptoir_web;
GRANT ALL ON FUNCTION public.is_brand_account(of_actor_id bigint) TO comptoir_federation;
REVOKE ALL ON FUNCTION public.look_alike_brand_wait() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.look_alike_wait() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.may_do(by_user_id bigint, as_actor_id bigint, what text, is_own boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_do(by_user_id bigint, as_actor_id bigint, what text, is_own boolean) TO comptoir_web;
REVOKE ALL ON FUNCTION public.media_leave_files() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.name_folded(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_folded(name text) TO comptoir_web;
GRANT ALL ON FUNCTION public.name_folded(name text) TO comptoir_federation;
REVOKE ALL ON FUNCTION public.name_words(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_words(name text) TO comptoir_web;
GRANT ALL ON FUNCTION public.name_words(name text) TO comptoir_federation;
REVOKE ALL ON FUNCTION public.post_is_released(of_post_id bigint, of_actor_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post_is_released(of_post_id bigint, of_actor_id bigint) TO comptoir_web;
GRANT ALL ON FUNCTION public.post_is_released(of_post_id bigint, of_actor_id bigint) TO comptoir_federation;
REVOKE ALL ON FUNCTION public.post_words_wait() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.post_words_wait_author() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.post_words_wait_touched() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_gate() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_gate_boost() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_gate_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_holds(claim jsonb, of_actor_id bigint, of_type text, of_post_id bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_judge(of_actor_id bigint, of_type text, of_post_id bigint, words bytea, of_activity_id bigint, of_body bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_last_words(of_post_id bigint, of_actor_id bigint) FROM PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approval_policies TO comptoir_web;
REVOKE ALL ON FUNCTION public.release_policy(of_actor_id bigint, of_kind text, of_post_id bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.release_settle() FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_settle() TO comptoir_web;
REVOKE ALL ON FUNCTION public.release_words(of_post_id bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.releases_refuse() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.remote_file_leave_files() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.service_due(organisation bigint, since timestamp with time zone, seconds numeric, in_hours boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_due(organisation bigint, since timestamp with time zone, seconds numeric, in_hours boolean) TO comptoir_web;
REVOKE ALL ON FUNCTION public.service_elapsed(organisation bigint, since timestamp with time zone, until timestamp with time zone, in_hours boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_elapsed(organisation bigint, since timestamp with time zone, until timestamp with time zone, in_hours boolean) TO comptoir_web;
REVOKE ALL ON FUNCTION public.service_spans(organisation bigint, since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_spans(organisation bigint, since timestamp with time zone, until timestamp with time zone) TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_clocks TO comptoir_web;
REVOKE ALL ON FUNCTION public.sla_end(clock public.ticket_clocks, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sla_end(clock public.ticket_clocks, at timestamp with time zone) TO comptoir_web;
REVOKE ALL ON FUNCTION public.sla_follow(root bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sla_follow(root bigint, at timestamp with time zone) TO comptoir_web;
REVOKE ALL ON FUNCTION public.sla_follow_ticket() FROM PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sla_policies TO comptoir_web;
REVOKE ALL ON FUNCTION public.sla_policy_of(ticket bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sla_policy_of(ticket bigint) TO comptoir_web;
REVOKE ALL ON FUNCTION public.sla_root(ticket bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sla_root(ticket bigint) TO comptoir_web;
REVOKE ALL ON FUNCTION public.ticket_arrive_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.ticket_arrive_end() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.ticket_arrive_mention() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.ticket_arrive_post() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.users_note_pending() FROM PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.activities_in TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.activities_in TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.activities_out TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.activities_out TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_counts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_counts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_domain_blocks TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.actor_domain_blocks TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_keys TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_keys TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_notes TO comptoir_web;
GRANT DELETE ON TABLE public.actor_notes TO comptoir_federation;
GRANT SELECT(actor_id) ON TABLE public.actor_notes TO comptoir_federation;
GRANT SELECT(target_id) ON TABLE public.actor_notes TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actor_preferences TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.actors TO comptoir_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.actors TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.announcement_reactions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.announcement_reads TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.announcements TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approval_steps TO comptoir_web;
GRANT SELECT,INSERT ON TABLE public.approvals TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assets TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attempts TO comptoir_web;
GRANT SELECT ON TABLE public.audit_heads TO comptoir_web;
GRANT UPDATE(recorded_count) ON TABLE public.audit_heads TO comptoir_web;
GRANT SELECT,INSERT ON TABLE public.audit_log TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.blocks TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.blocks TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bookmarks TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.boosts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.boosts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.brand_accounts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_feeds TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaigns TO comptoir_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.changes TO comptoir_web;
GRANT INSERT ON TABLE public.changes TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consents TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_identities TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_merges TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contact_tags TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversation_mutes TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.conversation_mutes TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversation_posts TO comptoir_web;
GRANT INSERT ON TABLE public.conversation_posts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deliveries TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deliveries TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_sums TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_sums TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_workers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delivery_workers TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_entries TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dismissed_suggestions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.domain_allows TO comptoir_web;
GRANT SELECT ON TABLE public.domain_allows TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.domain_blocks TO comptoir_web;
GRANT SELECT ON TABLE public.domain_blocks TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.domains TO comptoir_web;
GRANT SELECT ON TABLE public.domains TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.draft_comments TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.draft_numbers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.draft_versions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.drafts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.emoji_images TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.emojis TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.emojis TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.endorsements TO comptoir_web;
GRANT DELETE ON TABLE public.endorsements TO comptoir_federation;
GRANT SELECT(actor_id) ON TABLE public.endorsements TO comptoir_federation;
GRANT SELECT(endorsed_id) ON TABLE public.endorsements TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fanouts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fanouts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.favourites TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.favourites TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.featured_tags TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.featured_tags TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fetch_roots TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fetch_roots TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fetches TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fetches TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.filter_keywords TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.filter_posts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.filters TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.follows TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.follows TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grants TO comptoir_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.heartbeats TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.home_items TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.home_items TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.home_timelines TO comptoir_web;
GRANT SELECT ON TABLE public.home_timelines TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO comptoir_web;
GRANT SELECT,UPDATE ON TABLE public.instance_counters TO comptoir_web;
GRANT SELECT,UPDATE ON TABLE public.instance_counters TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.instance_rules TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.instance_weeks TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO comptoir_web;
GRANT INSERT ON TABLE public.jobs TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.link_hits TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.list_members TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.list_members TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lists TO comptoir_web;
GRANT SELECT ON TABLE public.lists TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.look_alike_brands_waiting TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.look_alike_waiting TO comptoir_web;
GRANT INSERT ON TABLE public.look_alike_waiting TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.look_alikes TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.macros TO comptoir_web;
GRANT SELECT,INSERT,DELETE ON TABLE public.mail_domain_blocks TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.markers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.media_leftovers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.memberships TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mutes TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.mutes TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notification_permissions TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.notification_permissions TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notification_policies TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.notification_policies TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notification_requests TO comptoir_web;
GRANT INSERT,DELETE ON TABLE public.notification_requests TO comptoir_federation;
GRANT SELECT(actor_id) ON TABLE public.notification_requests TO comptoir_federation;
GRANT SELECT(from_actor_id) ON TABLE public.notification_requests TO comptoir_federation;
GRANT UPDATE(updated_at) ON TABLE public.notification_requests TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO comptoir_web;
GRANT INSERT,DELETE ON TABLE public.notifications TO comptoir_federation;
GRANT SELECT(actor_id) ON TABLE public.notifications TO comptoir_federation;
GRANT SELECT(kind) ON TABLE public.notifications TO comptoir_federation;
GRANT SELECT(from_actor_id) ON TABLE public.notifications TO comptoir_federation;
GRANT SELECT(post_id) ON TABLE public.notifications TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oauth_applications TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oauth_codes TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.oauth_tokens TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organisation_domains TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organisations TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.peers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.peers TO comptoir_federation;
GRANT SELECT ON TABLE public.permissions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pins TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pins TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.poll_options TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.poll_options TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.poll_votes TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.poll_votes TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.polls TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.polls TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_counts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_counts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_media TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_media TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_mentions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_mentions TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_previews TO comptoir_web;
GRANT SELECT,INSERT,UPDATE ON TABLE public.post_receipts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_receipts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_revisions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_revisions TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_tags TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_tags TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_words TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_words_authors TO comptoir_web;
GRANT INSERT ON TABLE public.post_words_authors TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_words_progress TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_words_waiting TO comptoir_web;
GRANT INSERT ON TABLE public.post_words_waiting TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posts TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.previews TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.push_subscriptions TO comptoir_web;
GRANT SELECT(actor_id) ON TABLE public.push_subscriptions TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.queue_slots TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reactions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reactions TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_codes TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.relays TO comptoir_web;
GRANT SELECT,UPDATE ON TABLE public.relays TO comptoir_federation;
GRANT SELECT ON TABLE public.releases TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remote_files TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.repeated_answers TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reports TO comptoir_web;
GRANT INSERT ON TABLE public.reports TO comptoir_federation;
GRANT SELECT(uri) ON TABLE public.reports TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role_demands TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role_permissions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.roles TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.routing_rules TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.routing_turns TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_replies TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.scheduled_posts TO comptoir_web;
GRANT SELECT ON TABLE public.schema_migrations TO comptoir_web;
GRANT SELECT ON TABLE public.schema_migrations TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_holidays TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_hours TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_plans TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settings TO comptoir_web;
GRANT SELECT ON TABLE public.settings TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.severance_events TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.severed_actors TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.severed_follows TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.slot_plans TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tag_follows TO comptoir_web;
GRANT SELECT,DELETE ON TABLE public.tag_follows TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tagged_links TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.team_members TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_arrivals TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_events TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_notes TO comptoir_web;
GRANT USAGE ON SEQUENCE public.ticket_positions TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_posts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_settings TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_tags TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_threads TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tickets TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tombstones TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tombstones TO comptoir_federation;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.trending_links TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.trending_posts TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.trending_tags TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_links TO comptoir_web;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO comptoir_web;
ALTER DEFAULT PRIVILEGES FOR ROLE OWNER REVOKE ALL ON TYPES  FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE OWNER REVOKE ALL ON FUNCTIONS  FROM PUBLIC;
