-- A conversation and a private one below it may each begin the first clocks of both at the same moment: the later one finds them
-- there, where it failed before.
--
-- The previous release goes on.

create or replace function sla_follow(root bigint, at timestamptz) returns void language plpgsql set search_path = public, pg_temp as $$
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
