-- People and how they log in: domains, actors, users, sessions, OAuth.
--
-- Ids are made by the program (storage/id.c) and grow with time; no table has a sequence. Kinds and states are
-- words under a CHECK, so that a row can be read without the source beside it. What changes often stands apart
-- from what is wide: counters have narrow tables of their own, with room in their pages for updates in place.
--
-- Rights: a role gets what is granted here by name and nothing else. comptoir_federation, which handles what
-- strangers send, has no right on users, sessions, OAuth tables and idempotency keys.
--
-- The previous release: there is none.

revoke all on schema public from public;
grant usage on schema public to comptoir_web, comptoir_federation;
-- PostgreSQL lets everyone execute a new function and use a new type unless told otherwise.
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;

create table domains (
	id bigint primary key,
	name text not null unique check (name = lower(name) and length(name) between 1 and 259),
	base_url text not null unique check (length(base_url) between 8 and 300 and base_url !~ '/$'),
	authority text not null unique check (authority = lower(authority) and length(authority) between 1 and 259),
	is_primary boolean not null,
	created_at timestamptz not null default now()
);
comment on table domains is 'Account domains this server speaks for, each with the base URL of its pages and ids';
create unique index domains_one_primary on domains (is_primary) where is_primary;

create table actors (
	id bigint primary key,
	kind text not null check (kind in ('Person', 'Organization', 'Group', 'Service', 'Application')),
	domain_id bigint references domains,
	username text not null check (length(username) between 1 and 255),
	handle text not null check (handle = lower(handle) and length(handle) between 1 and 255),
	domain text not null check (domain = lower(domain) and length(domain) between 1 and 259),
	uri text not null unique check (length(uri) between 8 and 2048),
	url text not null check (length(url) between 8 and 2048),
	inbox_url text not null check (length(inbox_url) between 8 and 2048),
	outbox_url text check (length(outbox_url) between 8 and 2048),
	followers_url text check (length(followers_url) between 8 and 2048),
	following_url text check (length(following_url) between 8 and 2048),
	featured_url text check (length(featured_url) between 8 and 2048),
	shared_inbox_url text check (length(shared_inbox_url) between 8 and 2048),
	display_name text not null default '' check (length(display_name) <= 500),
	summary_html text not null default '' check (length(summary_html) <= 100000),
	summary_source text check (length(summary_source) <= 10000),
	fields jsonb not null default '[]' check (jsonb_typeof(fields) = 'array' and octet_length(fields::text) <= 65536),
	avatar_url text check (length(avatar_url) between 1 and 2048),
	avatar_alt text not null default '' check (length(avatar_alt) <= 1500),
	header_url text check (length(header_url) between 1 and 2048),
	header_alt text not null default '' check (length(header_alt) <= 1500),
	also_known_as text[] not null default '{}' check (cardinality(also_known_as) <= 32),
	moved_to_id bigint references actors on delete set null,
	is_locked boolean not null default false,
	is_discoverable boolean not null default false,
	is_indexable boolean not null default false,
	hides_collections boolean not null default false,
	is_memorial boolean not null default false,
	is_disabled boolean not null default false,
	suspended_at timestamptz,
	silenced_at timestamptz,
	deleted_at timestamptz,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	fetched_at timestamptz,
	unique (handle, domain),
	check ((domain_id is null) <> (fetched_at is null))
) with (fillfactor = 90);
comment on table actors is 'Everyone who speaks, local and remote; a user logs in, an actor speaks';
comment on column actors.domain_id is 'Set for local actors only';
comment on column actors.handle is 'The username in lower case; unique per domain';
comment on column actors.domain is 'Account domain of a local actor, host of a remote one';
comment on column actors.is_disabled is 'Nobody logs in as it or speaks for it; still shown';
comment on column actors.suspended_at is 'Shown nowhere since';
comment on column actors.silenced_at is 'Shown to its followers only since';
comment on column actors.deleted_at is 'Gone: only the id is kept, so that it never comes back';
comment on column actors.fetched_at is 'When a remote actor was last read from its server';
create index actors_local on actors (id) where domain_id is not null;
create unique index actors_instance on actors (domain_id) where domain_id is not null and kind = 'Application';
create index actors_domain_id on actors (domain_id) where domain_id is not null;
create index actors_domain on actors (domain, id);
create index actors_moved_to_id on actors (moved_to_id) where moved_to_id is not null;

-- A row comes with the first thing counted; none means zeros.
create table actor_counts (
	actor_id bigint primary key references actors on delete cascade,
	followers bigint not null default 0 check (followers >= 0),
	following bigint not null default 0 check (following >= 0),
	posts bigint not null default 0 check (posts >= 0),
	last_post_at timestamptz
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table actor_keys (
	uri text primary key check (length(uri) between 8 and 2048),
	actor_id bigint not null references actors on delete cascade,
	kind text not null check (kind in ('rsa', 'ed25519')),
	public_pem text check (length(public_pem) <= 10000),
	public_bytes bytea check (octet_length(public_bytes) <= 1024),
	private_sealed bytea check (octet_length(private_sealed) <= 10000),
	created_at timestamptz not null default now(),
	unique (actor_id, kind),
	check (kind <> 'rsa' or public_pem is not null),
	check (kind <> 'ed25519' or octet_length(public_bytes) = 32)
);
comment on column actor_keys.private_sealed is 'Local actors: encrypted under the key file, which is not in the database';

create table users (
	id bigint primary key,
	actor_id bigint not null unique references actors,
	email text not null check (length(email) between 3 and 254),
	password_hash text not null check (password_hash like '$argon2id$%' and length(password_hash) <= 255),
	role text not null default 'member' check (role in ('member', 'moderator', 'administrator')),
	locale text not null check (length(locale) between 2 and 16),
	is_confirmed boolean not null default false,
	is_disabled boolean not null default false,
	totp_sealed bytea check (octet_length(totp_sealed) <= 1024),
	totp_last_step bigint not null default 0,
	last_active_on date,
	created_at timestamptz not null
) with (fillfactor = 90);
comment on column users.totp_sealed is 'Second factor, encrypted under the key file; null when off';
comment on column users.totp_last_step is 'A code is good once: later steps only';
create unique index users_email on users (lower(email));
create index users_last_active_on on users (last_active_on) where last_active_on is not null;

create table sessions (
	id bigint primary key,
	token_hash bytea not null unique check (octet_length(token_hash) = 32),
	user_id bigint not null references users on delete cascade,
	user_agent text not null default '' check (length(user_agent) <= 500),
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	last_used_on date not null default current_date
);
comment on table sessions is 'Browsers that are logged in; the cookie is stored as SHA-256 only';
create index sessions_user_id on sessions (user_id);
create index sessions_expires_at on sessions (expires_at);

create table oauth_applications (
	id bigint primary key,
	client_id text not null unique check (length(client_id) between 16 and 128),
	client_secret_hash bytea check (octet_length(client_secret_hash) = 32),
	name text not null check (length(name) between 1 and 200),
	website text check (length(website) between 8 and 2048),
	redirect_uris text not null check (length(redirect_uris) between 1 and 8192),
	scopes text not null check (length(scopes) <= 2000),
	is_disabled boolean not null default false,
	created_at timestamptz not null default now()
);
comment on column oauth_applications.redirect_uris is 'One a line';
comment on column oauth_applications.client_secret_hash is 'SHA-256; null for a public client';

create table oauth_codes (
	code_hash bytea primary key check (octet_length(code_hash) = 32),
	application_id bigint not null references oauth_applications on delete cascade,
	user_id bigint not null references users on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	redirect_uri text not null check (length(redirect_uri) <= 2048),
	scopes text not null check (length(scopes) <= 2000),
	challenge text check (length(challenge) between 43 and 128),
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	used_at timestamptz
);
comment on column oauth_codes.challenge is 'PKCE, S256';
create index oauth_codes_application_id on oauth_codes (application_id);
create index oauth_codes_user_id on oauth_codes (user_id);
create index oauth_codes_actor_id on oauth_codes (actor_id);
create index oauth_codes_expires_at on oauth_codes (expires_at);

create table oauth_tokens (
	id bigint primary key,
	token_hash bytea not null unique check (octet_length(token_hash) = 32),
	application_id bigint not null references oauth_applications on delete cascade,
	user_id bigint references users on delete cascade,
	actor_id bigint references actors on delete cascade,
	code_hash bytea check (octet_length(code_hash) = 32),
	scopes text not null check (length(scopes) <= 2000),
	created_at timestamptz not null default now(),
	expires_at timestamptz,
	revoked_at timestamptz,
	last_used_on date,
	check ((user_id is null) = (actor_id is null))
) with (fillfactor = 90);
comment on column oauth_tokens.actor_id is 'Who speaks with it: the user''s own actor or a brand account';
comment on column oauth_tokens.code_hash is 'The code it was made from: a second use of the code revokes it';
create index oauth_tokens_application_id on oauth_tokens (application_id);
create index oauth_tokens_user_id on oauth_tokens (user_id);
create index oauth_tokens_actor_id on oauth_tokens (actor_id);
create index oauth_tokens_code_hash on oauth_tokens (code_hash) where code_hash is not null;

-- What a write with an Idempotency-Key gave, so that its repetition gives the same; kept for 24 hours.
create table idempotency_keys (
	user_id bigint not null references users on delete cascade,
	key text not null check (length(key) between 1 and 255),
	request_sha256 bytea not null check (octet_length(request_sha256) = 32),
	result_kind text not null check (length(result_kind) between 1 and 40),
	result_id bigint not null,
	created_at timestamptz not null default now(),
	primary key (user_id, key)
);
create index idempotency_keys_created_at on idempotency_keys (created_at);

create table settings (
	name text primary key check (length(name) between 1 and 100),
	value jsonb not null check (octet_length(value::text) <= 65536),
	changed_at timestamptz not null default now()
);
comment on table settings is 'What the operator changes while the server runs';

-- Sums over the instance, spread over 16 rows each so that writers do not queue behind one another.
create table instance_counters (
	name text not null check (name in ('users', 'local_posts', 'local_comments')),
	slot smallint not null check (slot between 0 and 15),
	value bigint not null default 0,
	primary key (name, slot)
) with (fillfactor = 50);
insert into instance_counters (name, slot)
select name, slot
from unnest(array['users', 'local_posts', 'local_comments']) as name, generate_series(0, 15) as slot;

grant select, insert, update, delete on domains, actors, actor_counts, actor_keys, users, sessions,
	oauth_applications, oauth_codes, oauth_tokens, idempotency_keys, settings to comptoir_web;
grant select, update on instance_counters to comptoir_web, comptoir_federation;
grant select on domains, settings to comptoir_federation;
grant select, insert, update on actors to comptoir_federation;
grant select, insert, update, delete on actor_counts, actor_keys to comptoir_federation;
grant select on schema_migrations to comptoir_web, comptoir_federation;
