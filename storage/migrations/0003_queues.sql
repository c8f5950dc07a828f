-- Everything that must happen is a row: activities that came in, activities that go out, their deliveries, the
-- peers they go to, and jobs.
--
-- Work is taken with `for update skip locked` under a lease and finished or put off in one statement, so these
-- rows change often and live shortly: half-filled pages keep the updates in place, the due rows have partial
-- indexes of their own, and vacuum comes after one row in a hundred. A lease that has run out is free again.
--
-- The previous release does not know these tables.

create table activities_in (
	id bigint primary key,
	uri text not null unique check (length(uri) between 8 and 2048),
	type text not null check (length(type) between 1 and 100),
	actor_uri text not null check (length(actor_uri) between 8 and 2048),
	object_uri text check (length(object_uri) between 1 and 2048),
	body bytea not null check (octet_length(body) between 2 and 1048576),
	state text not null default 'waiting' check (state in ('waiting', 'parked', 'done', 'set_aside')),
	attempts smallint not null default 0 check (attempts >= 0),
	due_at timestamptz not null default now(),
	leased_until timestamptz,
	leased_by bigint,
	parked_uri text check (length(parked_uri) between 8 and 2048),
	last_error text check (length(last_error) <= 1000),
	received_at timestamptz not null default now(),
	ended_at timestamptz,
	check ((state = 'parked') = (parked_uri is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on column activities_in.body is 'The bytes that were signed';
comment on column activities_in.parked_uri is 'The document that must be here first';
comment on column activities_in.leased_by is 'The process that works on it';
create index activities_in_due on activities_in (due_at, id) where state = 'waiting';
create index activities_in_parked on activities_in (parked_uri) where state = 'parked';
create index activities_in_set_aside on activities_in (id) where state = 'set_aside';
create index activities_in_object on activities_in (object_uri, id) where state in ('waiting', 'parked');
create index activities_in_ended_at on activities_in (ended_at) where ended_at is not null;

create table activities_out (
	id bigint primary key,
	uri text not null unique check (length(uri) between 8 and 2048),
	type text not null check (length(type) between 1 and 100),
	actor_id bigint not null references actors on delete cascade,
	post_id bigint references posts on delete set null,
	body bytea not null check (octet_length(body) between 2 and 1048576),
	body_sha256 bytea not null check (octet_length(body_sha256) = 32),
	created_at timestamptz not null default now()
);
comment on column activities_out.uri is 'Ends in a random UUID';
create index activities_out_actor_id on activities_out (actor_id, id desc);
create index activities_out_post_id on activities_out (post_id) where post_id is not null;

-- No reference to peers: an operator may forget a peer while deliveries to it wait.
create table deliveries (
	activity_id bigint not null references activities_out on delete cascade,
	inbox_url text not null check (length(inbox_url) between 8 and 2048),
	peer text not null check (peer = lower(peer) and length(peer) between 1 and 259),
	state text not null default 'pending' check (state in ('pending', 'accepted', 'refused', 'given_up', 'withheld')),
	attempts smallint not null default 0 check (attempts >= 0),
	due_at timestamptz not null default now(),
	leased_until timestamptz,
	leased_by bigint,
	first_attempt_at timestamptz,
	last_attempt_at timestamptz,
	last_status smallint check (last_status between 100 and 599),
	last_error text check (length(last_error) <= 1000),
	recipients integer not null default 1 check (recipients >= 1),
	ended_at timestamptz,
	primary key (activity_id, inbox_url),
	check ((state = 'pending') = (ended_at is null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on column deliveries.peer is 'Host of the inbox, with a port that is not the default';
comment on column deliveries.recipients is 'How many actors are behind this inbox';
create index deliveries_due on deliveries (due_at) where state = 'pending';
create index deliveries_peer_due on deliveries (peer, due_at) where state = 'pending';
create index deliveries_ended_at on deliveries (ended_at) where ended_at is not null;

create table peers (
	name text primary key check (name = lower(name) and length(name) between 1 and 259),
	state text not null default 'alive' check (state in ('alive', 'dead', 'paused')),
	"window" smallint not null default 2 check ("window" between 1 and 64),
	failures integer not null default 0 check (failures >= 0),
	failing_since timestamptz,
	due_at timestamptz,
	last_success_at timestamptz,
	last_failure_at timestamptz,
	last_heard_at timestamptz,
	last_error text check (length(last_error) <= 1000),
	prefers_rfc9421 boolean not null default false,
	software text check (length(software) <= 200),
	created_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
comment on table peers is 'Servers that we exchange with: a host, with a port that is not the default';
comment on column peers."window" is 'How many deliveries may be under way to it at a time';
comment on column peers.due_at is 'Not before: the next probe of a dead one, the end of a Retry-After';
comment on column peers.last_heard_at is 'Its last verified request to us';
create index peers_dead on peers (due_at) where state = 'dead';

create table jobs (
	id bigint primary key,
	kind text not null check (length(kind) between 1 and 60),
	key text check (length(key) between 1 and 2048),
	payload jsonb not null default '{}' check (octet_length(payload::text) <= 65536),
	state text not null default 'waiting' check (state in ('waiting', 'set_aside')),
	attempts smallint not null default 0 check (attempts >= 0),
	due_at timestamptz not null default now(),
	leased_until timestamptz,
	leased_by bigint,
	last_error text check (length(last_error) <= 1000),
	created_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on column jobs.key is 'One job of a kind and key waits at a time';
create unique index jobs_kind_key on jobs (kind, key) where key is not null;
create index jobs_due on jobs (due_at, id) where state = 'waiting';
create index jobs_set_aside on jobs (id) where state = 'set_aside';

grant select, insert, update, delete on activities_in, activities_out, deliveries, peers, jobs to comptoir_web;
grant select, insert, update, delete on activities_in, activities_out, deliveries, peers to comptoir_federation;
-- It leaves work to the web role's workers and does not read theirs.
grant insert on jobs to comptoir_federation;
