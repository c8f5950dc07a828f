-- Conversations of customers with brand accounts: which posts belong to one, and the private state beside them.
--
-- Nothing of it is for the federation role, which does not even know what it leaves here: triggers note in ticket_arrivals
-- that a post concerns a brand account, and a worker of the web role reads that.
--
-- The previous release does not know these tables; what it stores is noted by the same triggers.

create table ticket_settings (
	organisation_id bigint primary key references organisations on delete cascade,
	last_number bigint not null default 0 check (last_number >= 0),
	reopen_days integer not null default 7 check (reopen_days between 0 and 365)
);
comment on column ticket_settings.reopen_days is 'An answer so long after a ticket was resolved opens it again; a later one begins another';

create sequence ticket_positions;

create table tickets (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	actor_id bigint not null references brand_accounts on delete cascade,
	number bigint not null check (number > 0),
	customer_id bigint,
	contact_id bigint,
	root_post_id bigint,
	parent_id bigint references tickets on delete set null,
	merged_into_id bigint references tickets on delete set null,
	status text not null check (status in ('open', 'pending', 'snoozed', 'resolved', 'closed')),
	channel text not null check (channel in ('public', 'private')),
	priority smallint not null default 0 check (priority between -1 and 2),
	assignee_id bigint references memberships on delete set null,
	team_id bigint references teams on delete set null,
	snoozed_until timestamptz,
	opened_at timestamptz not null,
	changed_at timestamptz not null,
	first_reply_at timestamptz,
	last_reply_at timestamptz,
	resolved_at timestamptz,
	language text check (length(language) between 2 and 35),
	is_awaiting_us boolean not null default true,
	was_led_private boolean not null default false,
	version bigint not null default 1 check (version > 0),
	position bigint not null default nextval('ticket_positions'),
	unique (organisation_id, number),
	check ((status = 'snoozed') = (snoozed_until is not null))
) with (fillfactor = 80);
comment on table tickets is 'What the API of the team calls conversations; conversations are those of the Mastodon API';
comment on column tickets.customer_id is 'The actor who wrote the first post; no reference: the ticket outlives them';
comment on column tickets.root_post_id is 'No reference, for posts go while their ticket stays';
comment on column tickets.merged_into_id is 'Its posts, notes and events are there now, and its number leads there';
comment on column tickets.was_led_private is 'The one neutral answer in public was given';
comment on column tickets.version is 'Of the optimistic lock: grows with whatever an agent must have seen before acting';
comment on column tickets.position is 'Grows with each change: lists are ordered by it';
create index tickets_of_account on tickets (actor_id, status, position desc) where merged_into_id is null;
create index tickets_unassigned on tickets (actor_id, status, position desc) where merged_into_id is null and assignee_id is null;
create index tickets_assignee on tickets (assignee_id, status, position desc) where merged_into_id is null and assignee_id is not null;
create index tickets_team on tickets (team_id, status, position desc) where merged_into_id is null and team_id is not null;
create index tickets_customer on tickets (actor_id, customer_id, position desc) where merged_into_id is null;
create index tickets_contact_id on tickets (contact_id, position desc) where contact_id is not null;
create index tickets_parent_id on tickets (parent_id) where parent_id is not null;
create index tickets_merged_into_id on tickets (merged_into_id) where merged_into_id is not null;
create index tickets_assignee_id on tickets (assignee_id) where assignee_id is not null;
create index tickets_team_id on tickets (team_id) where team_id is not null;

create table ticket_threads (
	actor_id bigint not null,
	thread_id bigint not null,
	customer_id bigint not null default 0,
	ticket_id bigint not null references tickets on delete cascade,
	primary key (actor_id, thread_id, customer_id)
);
comment on table ticket_threads is 'Which ticket the posts of a thread go to: one for each thread and brand account';
comment on column ticket_threads.thread_id is 'posts.conversation_id, or one that was joined to it since';
comment on column ticket_threads.customer_id is '0: what is said in public; else what is said in private with this actor';
create index ticket_threads_ticket_id on ticket_threads (ticket_id);

create table ticket_posts (
	actor_id bigint not null,
	post_id bigint not null,
	ticket_id bigint not null references tickets on delete cascade,
	author_id bigint not null,
	is_ours boolean not null,
	user_id bigint,
	membership_id bigint,
	at timestamptz not null,
	withdrawn_at timestamptz,
	primary key (actor_id, post_id)
);
comment on column ticket_posts.post_id is 'No reference: of a post that its author withdrew, this row is what remains';
comment on column ticket_posts.user_id is 'Who of the team said it, as far as it went through the inbox';
create index ticket_posts_ticket_id on ticket_posts (ticket_id, post_id);
create index ticket_posts_post_id on ticket_posts (post_id);

create table ticket_notes (
	id bigint primary key,
	ticket_id bigint not null references tickets on delete cascade,
	user_id bigint,
	membership_id bigint,
	body text not null check (length(body) between 1 and 20000),
	created_at timestamptz not null default now()
);
comment on table ticket_notes is 'What the team says among itself: never leaves the server, and is shown to holders of inbox.note only';
create index ticket_notes_ticket_id on ticket_notes (ticket_id, id);

create table ticket_events (
	id bigint primary key,
	ticket_id bigint not null references tickets on delete cascade,
	kind text not null check (kind ~ '^[a-z_]+(\.[a-z_]+)*$' and length(kind) <= 60),
	user_id bigint,
	membership_id bigint,
	post_id bigint,
	former text check (length(former) <= 200),
	present text check (length(present) <= 200),
	version bigint not null,
	at timestamptz not null default now()
);
comment on table ticket_events is 'What happened to a ticket, by whom; words and ids, never what people said';
comment on column ticket_events.version is 'Of the ticket when it had happened';
create index ticket_events_ticket_id on ticket_events (ticket_id, id);

create table ticket_arrivals (
	id bigint generated always as identity primary key,
	actor_id bigint not null,
	post_id bigint not null,
	what text not null check (what in ('post', 'edited', 'moved', 'gone')),
	queued_at timestamptz not null default clock_timestamp(),
	due_at timestamptz not null default clock_timestamp(),
	attempts smallint not null default 0 check (attempts >= 0),
	last_error text check (length(last_error) <= 100)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
comment on table ticket_arrivals is 'Posts that concern a brand account and have not found their ticket yet; whoever stores them leaves them here, unknowing';
comment on column ticket_arrivals.due_at is 'infinity: set aside for the operator';
create index ticket_arrivals_due_at on ticket_arrivals (due_at, id);

-- As the owner: the roles that store posts have no right on what is read and written here.
create function ticket_arrive_mention() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select b.actor_id, c.post_id, 'post' from changed as c join brand_accounts as b on b.actor_id = c.actor_id;
	return null;
end $$;
create trigger ticket_arrive_mention after insert on post_mentions
	referencing new table as changed for each statement execute function ticket_arrive_mention();

-- Answers to a brand, quotes of it, what it answers itself, and what a customer adds to their own words.
create function ticket_arrive_post() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
create trigger ticket_arrive_post after insert on posts for each row
	when (new.in_reply_to_id is not null or new.quote_id is not null) execute function ticket_arrive_post();

create function ticket_arrive_change() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select t.actor_id, new.id, case when old.conversation_id <> new.conversation_id then 'moved' else 'edited' end
	from ticket_posts as t
	where t.post_id = new.id;
	return null;
end $$;
create trigger ticket_arrive_change after update of conversation_id, html, spoiler_text on posts for each row
	when (old.conversation_id <> new.conversation_id or old.html <> new.html or old.spoiler_text <> new.spoiler_text)
	execute function ticket_arrive_change();

create function ticket_arrive_end() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into ticket_arrivals (actor_id, post_id, what)
	select t.actor_id, old.id, 'gone' from ticket_posts as t where t.post_id = old.id;
	return null;
end $$;
create trigger ticket_arrive_end after delete on posts for each row execute function ticket_arrive_end();

revoke execute on function ticket_arrive_mention(), ticket_arrive_post(), ticket_arrive_change(), ticket_arrive_end() from public;

grant select, insert, update, delete on ticket_settings, tickets, ticket_threads, ticket_posts, ticket_notes, ticket_events,
	ticket_arrivals to comptoir_web;
grant usage on sequence ticket_positions to comptoir_web;
