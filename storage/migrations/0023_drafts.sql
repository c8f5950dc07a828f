-- What is to be said by brand accounts before it is said: drafts with their versions, who must approve them, and who did.
--
-- All of it is for the web role alone. Whether a version is approved is asked of the database by one function, wherever it
-- is asked, so that no two doors answer it differently. States change along their edges only, whoever changes them.
--
-- The previous release does not know these tables.

create table approval_policies (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 60),
	position integer not null default 0,
	actor_ids bigint[] not null default '{}' check (cardinality(actor_ids) <= 100),
	kinds text[] not null default '{}' check (kinds <@ array['post', 'edit', 'boost']),
	tags text[] not null default '{}' check (cardinality(tags) <= 100),
	languages text[] not null default '{}' check (cardinality(languages) <= 100),
	has_media boolean,
	has_link boolean,
	binds_speakers boolean not null default false,
	covers_replies boolean not null default false,
	demands_alt_text boolean not null default false,
	created_at timestamptz not null default now(),
	unique (organisation_id, name)
);
comment on table approval_policies is 'The first by position that fits a draft says who must approve it; none fits: one approval by draft.approve';
comment on column approval_policies.actor_ids is 'For these accounts; empty: for all. Likewise kinds, tags and languages; null: either';
comment on column approval_policies.binds_speakers is 'Also what holders of account.speak say needs approval';
comment on column approval_policies.covers_replies is 'Also answers in the inbox need approval';

create table approval_steps (
	policy_id bigint not null references approval_policies on delete cascade,
	number smallint not null check (number between 1 and 10),
	permission text not null references permissions check (permission in ('draft.approve', 'draft.approve_legal')),
	minimum smallint not null default 1 check (minimum between 1 and 20),
	primary key (policy_id, number)
);
create index approval_steps_permission on approval_steps (permission);

create table drafts (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	number bigint not null check (number > 0),
	actor_id bigint not null references brand_accounts on delete cascade,
	kind text not null check (kind in ('post', 'edit', 'boost')),
	state text not null default 'draft' check (state in ('draft', 'in_review', 'changes_requested', 'approved', 'scheduled',
		'publishing', 'published', 'failed', 'withdrawn')),
	version integer not null default 1 check (version > 0),
	lock_version bigint not null default 1 check (lock_version > 0),
	author_id bigint not null,
	author_user_id bigint not null,
	policy_id bigint references approval_policies on delete set null,
	post_id bigint,
	ticket_id bigint,
	campaign_id bigint,
	application_id bigint,
	scheduled_at timestamptz,
	scheduled_by bigint,
	scheduled_user_id bigint,
	embargo_until timestamptz,
	expires_at timestamptz,
	idempotency_key text check (length(idempotency_key) between 1 and 200),
	failure text check (length(failure) <= 500),
	created_at timestamptz not null default now(),
	changed_at timestamptz not null default now(),
	check ((kind = 'post' and state <> 'published') = (post_id is null)),
	check (state <> 'scheduled' or scheduled_at is not null),
	check ((scheduled_at is null) = (scheduled_by is null) and (scheduled_at is null) = (scheduled_user_id is null))
);
comment on column drafts.author_id is 'The membership of who began it; no reference, it outlives them';
comment on column drafts.post_id is 'Of a post: what it became; of an edit or a boost: whose';
comment on column drafts.scheduled_by is 'The membership whose right it is published by';
create unique index drafts_number on drafts (organisation_id, number);
create unique index drafts_idempotency_key on drafts (actor_id, author_user_id, idempotency_key) where idempotency_key is not null;
create unique index drafts_post on drafts (post_id) where kind = 'post';
create index drafts_account on drafts (actor_id, state, id desc);
create index drafts_target on drafts (post_id) where kind <> 'post';
create index drafts_scheduled_at on drafts (actor_id, scheduled_at) where scheduled_at is not null;
create index drafts_policy_id on drafts (policy_id) where policy_id is not null;

create table draft_numbers (
	organisation_id bigint primary key references organisations on delete cascade,
	last_number bigint not null check (last_number > 0)
);

create table draft_versions (
	draft_id bigint not null references drafts on delete cascade,
	version integer not null check (version > 0),
	author_id bigint not null,
	author_user_id bigint not null,
	payload text not null check (length(payload) between 2 and 200000),
	sha256 bytea not null check (sha256 = sha256(convert_to(payload, 'UTF8'))),
	media_ids bigint[] not null default '{}' check (cardinality(media_ids) <= 16),
	created_at timestamptz not null default now(),
	primary key (draft_id, version)
);
comment on column draft_versions.payload is 'JSON in one form only: approvals count for these bytes';
create index draft_versions_media_ids on draft_versions using gin (media_ids);

create table draft_comments (
	id bigint primary key,
	draft_id bigint not null references drafts on delete cascade,
	version integer not null,
	membership_id bigint,
	user_id bigint,
	body text not null check (length(body) between 1 and 5000),
	created_at timestamptz not null default now()
);
comment on column draft_comments.membership_id is 'Null: the program says it, in a word';
create index draft_comments_draft_id on draft_comments (draft_id, id);

create table approvals (
	draft_id bigint not null,
	version integer not null,
	step smallint not null check (step between 1 and 10),
	membership_id bigint not null,
	user_id bigint not null,
	decision text not null check (decision in ('approve', 'reject')),
	comment text not null default '' check (length(comment) <= 5000),
	decided_at timestamptz not null default now(),
	primary key (draft_id, version, membership_id),
	foreign key (draft_id, version) references draft_versions on delete cascade
);
comment on table approvals is 'A person decides once on a version, at one step';

create function draft_versions_refuse() returns trigger language plpgsql as $$
begin
	raise exception 'versions and approvals do not change' using errcode = 'insufficient_privilege';
end $$;
create trigger draft_versions_refuse before update on draft_versions for each row execute function draft_versions_refuse();
create trigger approvals_refuse before update on approvals for each row execute function draft_versions_refuse();

create function draft_edges() returns trigger language plpgsql as $$
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
create trigger draft_edges before update of state on drafts for each row when (old.state <> new.state)
	execute function draft_edges();

-- As GRANTS_IN_FORCE of the program has it: for functions of the database.
create function may_do(by_user_id bigint, as_actor_id bigint, what text, is_own boolean) returns boolean language sql stable
	set search_path = public, pg_temp as $$
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

-- The steps of a draft in their order: those of its policy, or the one that counts without.
create function draft_steps(of_draft_id bigint) returns table (number smallint, permission text, minimum smallint) language sql stable
	set search_path = public, pg_temp as $$
	select s.number, s.permission, s.minimum from approval_steps as s
	join drafts as d on d.policy_id = s.policy_id where d.id = of_draft_id
	union all
	select 1::smallint, 'draft.approve', 1::smallint
	from drafts as d where d.id = of_draft_id
	and not exists (select from approval_steps as s where s.policy_id = d.policy_id)
$$;

-- How many approvals of a step count now: those of people who still hold its permission and wrote none of it.
create function draft_step_count(of_draft_id bigint, of_version integer, of_step smallint, of_permission text) returns bigint
	language sql stable set search_path = public, pg_temp as $$
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

create function draft_is_approved(of_draft_id bigint, of_version integer) returns boolean language sql stable
	set search_path = public, pg_temp as $$
	select exists (select from draft_versions as v where v.draft_id = of_draft_id and v.version = of_version)
	and not exists (select from approvals as a where a.draft_id = of_draft_id and a.version = of_version and a.decision = 'reject')
	and not exists (select from draft_steps(of_draft_id) as s
		where draft_step_count(of_draft_id, of_version, s.number, s.permission) < s.minimum)
$$;

grant select, insert, update, delete on approval_policies, approval_steps, drafts, draft_numbers, draft_versions, draft_comments
	to comptoir_web;
grant select, insert on approvals to comptoir_web;
grant execute on function may_do(bigint, bigint, text, boolean), draft_steps(bigint),
	draft_step_count(bigint, integer, smallint, text), draft_is_approved(bigint, integer) to comptoir_web;
