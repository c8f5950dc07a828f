-- How people come in: sign-up by invitation or approval, links that were sent to addresses, the second factor, and what
-- bounds guessing.
--
-- All of it is for the web role: what strangers' servers send never comes near it. Whatever proves something (links,
-- invitations, recovery codes) is kept as SHA-256 only.
--
-- The previous release takes everybody for approved and a half session for a whole one: it is not run beside this one
-- once a second factor is on.

alter table users
	add column is_approved boolean not null default true,
	add column sign_up_reason text check (length(sign_up_reason) between 1 and 1000),
	add column invitation_id bigint;
comment on column users.is_approved is 'False until somebody has looked at the wish to join';
create index users_waiting on users (id) where not is_approved;
create index users_invitation_id on users (invitation_id) where invitation_id is not null;

alter table sessions
	add column is_half boolean not null default false;
comment on column sessions.is_half is 'The password was right, the second factor is still to come: good for nothing else';

create table invitations (
	id bigint primary key,
	code_hash bytea not null unique check (octet_length(code_hash) = 32),
	note text not null default '' check (length(note) <= 200),
	max_uses integer not null check (max_uses between 1 and 100000),
	uses integer not null default 0 check (uses between 0 and max_uses),
	expires_at timestamptz,
	revoked_at timestamptz,
	created_at timestamptz not null default now()
);
comment on table invitations is 'Who has the code may sign up where sign-up is by invitation';

alter table users
	add foreign key (invitation_id) references invitations on delete set null;

create table user_links (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	user_id bigint not null references users on delete cascade,
	purpose text not null check (purpose in ('confirm', 'reset')),
	email text not null check (length(email) between 3 and 254),
	created_at timestamptz not null default now(),
	expires_at timestamptz not null
);
comment on table user_links is 'Links in mails: good once, and only for the address that they were sent to';
create index user_links_user_id on user_links (user_id, purpose);
create index user_links_expires_at on user_links (expires_at);

create table recovery_codes (
	user_id bigint not null references users on delete cascade,
	code_hash bytea not null check (octet_length(code_hash) = 32),
	created_at timestamptz not null default now(),
	primary key (user_id, code_hash)
);
comment on table recovery_codes is 'Instead of the second factor, once each: a used one is gone';

-- Lost in a crash, which gives everybody some more tries.
create unlogged table attempts (
	kind text not null check (kind in ('password', 'second_factor', 'mail', 'mail_address')),
	subject bytea not null check (octet_length(subject) = 32),
	began_at timestamptz not null default now(),
	count integer not null check (count > 0),
	primary key (kind, subject)
) with (fillfactor = 70);
comment on table attempts is 'How often something was tried in the window that began then, for all processes together';
comment on column attempts.subject is 'SHA-256 of what is counted: an account, an address';
create index attempts_began_at on attempts (began_at);

alter table oauth_applications
	add column is_used boolean not null default false;
comment on column oauth_applications.is_used is 'It has had a token; one that never had any is forgotten after some days';
update oauth_applications as p
set is_used = true
where exists (select from oauth_tokens as t where t.application_id = p.id);
create index oauth_applications_unused on oauth_applications (created_at) where not is_used;

grant select, insert, update, delete on invitations, user_links, recovery_codes, attempts to comptoir_web;
