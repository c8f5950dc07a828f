-- When an organisation answers, how fast it means to, and what it does by rule: hours, clocks, saved replies, macros, routing.
--
-- Nothing of it is for the federation role. The clocks of a ticket follow its row by a trigger, so that no way of changing a
-- ticket can forget them.
--
-- The previous release does not know these tables; tickets that it changes have their clocks set all the same.

create table service_hours (
	organisation_id bigint not null references organisations on delete cascade,
	weekday smallint not null check (weekday between 1 and 7),
	opens smallint not null check (opens between 0 and 1439),
	closes smallint not null check (closes between 1 and 1440),
	primary key (organisation_id, weekday, opens),
	check (closes > opens)
);
comment on table service_hours is 'In the time zone of the organisation; without a row it is always open';
comment on column service_hours.weekday is '1 is Monday';
comment on column service_hours.opens is 'Minutes after midnight by the clock on the wall';

create table service_holidays (
	organisation_id bigint not null references organisations on delete cascade,
	day date not null,
	closed_from smallint not null default 0 check (closed_from between 0 and 1439),
	closed_until smallint not null default 1440 check (closed_until between 1 and 1440),
	name text check (length(name) between 1 and 100),
	primary key (organisation_id, day),
	check (closed_until > closed_from)
);

create table service_plans (
	organisation_id bigint primary key references organisations on delete cascade,
	version bigint not null check (version > 0)
);
comment on table service_plans is 'Version of an organisation''s hours and holidays, for who changes them';

-- The spans in which an organisation is open between two moments: those at which the clock on the wall says so, also in the
-- nights in which clocks are put forward or back. From one noon to the next that happens once at most, and on a full minute.
create function service_spans(organisation bigint, since timestamptz, until timestamptz)
returns table (opens timestamptz, closes timestamptz) language sql stable set search_path = public, pg_temp as $$
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

create function service_elapsed(organisation bigint, since timestamptz, until timestamptz, in_hours boolean)
returns numeric language sql stable set search_path = public, pg_temp as $$
	select case
		when until <= since then 0
		when in_hours and exists (select from service_hours as h where h.organisation_id = organisation) then coalesce((
			select sum(extract(epoch from s.closes - s.opens)) from service_spans(organisation, since, until) as s), 0)
		else extract(epoch from until - since)
	end
$$;

-- The first moment at which so many seconds have elapsed; infinity when that is more than five years away.
create function service_due(organisation bigint, since timestamptz, seconds numeric, in_hours boolean)
returns timestamptz language plpgsql stable set search_path = public, pg_temp as $$
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

create table ticket_tags (
	ticket_id bigint not null references tickets on delete cascade,
	tag text not null check (tag ~ '^[^\s,]{1,60}$'),
	primary key (ticket_id, tag)
);

create table sla_policies (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 100),
	position integer not null default 0,
	actor_id bigint references brand_accounts on delete cascade,
	channel text check (channel in ('public', 'private')),
	language text check (length(language) between 2 and 35),
	minimum_priority smallint check (minimum_priority between -1 and 2),
	team_id bigint references teams on delete cascade,
	tag text check (tag ~ '^[^\s,]{1,60}$'),
	first_reply_s integer check (first_reply_s between 60 and 31536000),
	next_reply_s integer check (next_reply_s between 60 and 31536000),
	resolution_s integer check (resolution_s between 60 and 31536000),
	in_hours boolean not null default true,
	version bigint not null default 1 check (version > 0),
	unique (organisation_id, name),
	check (coalesce(first_reply_s, next_reply_s, resolution_s) is not null)
);
comment on table sla_policies is 'What an organisation promises; the first one that fits a ticket, by position, is its own';
create index sla_policies_actor_id on sla_policies (actor_id) where actor_id is not null;
create index sla_policies_team_id on sla_policies (team_id) where team_id is not null;

create table ticket_clocks (
	ticket_id bigint not null references tickets on delete cascade,
	metric text not null check (metric in ('first_reply', 'next_reply', 'resolution')),
	number integer not null check (number > 0),
	organisation_id bigint not null,
	policy_id bigint references sla_policies on delete set null,
	target_s integer not null check (target_s > 0),
	in_hours boolean not null,
	started_at timestamptz not null,
	running_since timestamptz,
	used_s numeric(16, 6) not null default 0 check (used_s >= 0),
	due_at timestamptz,
	ended_at timestamptz,
	breached_at timestamptz,
	primary key (ticket_id, metric, number),
	check ((running_since is null) = (due_at is null)),
	check (ended_at is null or running_since is null)
);
comment on table ticket_clocks is 'Of a public ticket and the private ones below it together; those of a private ticket without one are its own';
comment on column ticket_clocks.used_s is 'Seconds that ran before running_since, in hours or by the clock';
comment on column ticket_clocks.breached_at is 'When it was due, set once that is over';
create index ticket_clocks_due_at on ticket_clocks (due_at) where due_at is not null and breached_at is null;
create index ticket_clocks_running on ticket_clocks (organisation_id, due_at) where due_at is not null;
create index ticket_clocks_started on ticket_clocks (organisation_id, started_at);
create index ticket_clocks_policy_id on ticket_clocks (policy_id) where policy_id is not null;

-- Whose clocks a ticket runs on.
create function sla_root(ticket bigint) returns bigint language sql stable set search_path = public, pg_temp as $$
	select coalesce(p.id, t.id)
	from tickets as t
	left join tickets as p on p.id = t.parent_id and p.channel = 'public' and t.channel = 'private'
	where t.id = ticket
$$;

create function sla_policy_of(ticket bigint) returns sla_policies language sql stable set search_path = public, pg_temp as $$
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

-- Ends a clock, as of a moment.
create function sla_end(clock ticket_clocks, at timestamptz) returns void language plpgsql set search_path = public, pg_temp as $$
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

-- Brings the clocks of a ticket to what the ticket is now. They run while somebody of us is awaited, wait while the customer
-- is, and a policy that fits better takes over what has elapsed.
create function sla_follow(root bigint, at timestamptz) returns void language plpgsql set search_path = public, pg_temp as $$
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
			  and (c.ended_at is null or c.metric <> 'next_reply'));
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

create function sla_follow_ticket() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if exists (select from sla_policies as p where p.organisation_id = new.organisation_id)
	   or exists (select from ticket_clocks as c where c.ticket_id in (new.id, new.parent_id)) then
		perform sla_follow(sla_root(new.id), now());
	end if;
	return null;
end $$;
create trigger sla_follow_ticket after insert or update on tickets for each row execute function sla_follow_ticket();

create table saved_replies (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	code text not null check (code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
	language text not null check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' and length(language) <= 35),
	body text not null check (length(body) between 1 and 5000),
	version bigint not null default 1 check (version > 0),
	unique (organisation_id, code, language)
);

create table macros (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 100),
	actions jsonb not null check (jsonb_typeof(actions) = 'array'),
	version bigint not null default 1 check (version > 0),
	unique (organisation_id, name)
);

create table routing_rules (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 100),
	position integer not null default 0,
	is_enabled boolean not null default true,
	goes_on boolean not null default false,
	condition jsonb not null check (jsonb_typeof(condition) = 'object'),
	actions jsonb not null check (jsonb_typeof(actions) = 'array'),
	version bigint not null default 1 check (version > 0),
	unique (organisation_id, name)
);
comment on column routing_rules.goes_on is 'The rules after it are looked at as well when it fits';

create table routing_turns (
	team_id bigint not null references teams on delete cascade,
	membership_id bigint not null references memberships on delete cascade,
	turned_at timestamptz not null,
	primary key (team_id, membership_id)
);
comment on table routing_turns is 'When a member was given something by a rule that goes round, last';
create index routing_turns_membership_id on routing_turns (membership_id);

revoke execute on function service_spans(bigint, timestamptz, timestamptz),
	service_elapsed(bigint, timestamptz, timestamptz, boolean), service_due(bigint, timestamptz, numeric, boolean), sla_root(bigint),
	sla_policy_of(bigint), sla_end(ticket_clocks, timestamptz), sla_follow(bigint, timestamptz), sla_follow_ticket() from public;
grant execute on function service_spans(bigint, timestamptz, timestamptz),
	service_elapsed(bigint, timestamptz, timestamptz, boolean), service_due(bigint, timestamptz, numeric, boolean), sla_root(bigint),
	sla_policy_of(bigint), sla_end(ticket_clocks, timestamptz), sla_follow(bigint, timestamptz) to comptoir_web;
grant select, insert, update, delete on service_hours, service_holidays, service_plans, ticket_tags, sla_policies, ticket_clocks,
	saved_replies, macros, routing_rules, routing_turns to comptoir_web;
