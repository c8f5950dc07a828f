-- Organisations: their accounts, the people who speak for them, what each may do, and the log of what was done.
--
-- All of it is for the web role alone: what strangers' servers send never comes near it. The log takes new entries and
-- nothing else, from anybody; its trigger chains them.
--
-- The previous release does not know these tables.

create table organisations (
	id bigint primary key,
	slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
	name text not null check (length(name) between 1 and 200),
	kind text not null check (kind in ('company', 'association', 'public_body', 'education', 'ngo', 'other')),
	country text check (country ~ '^[A-Z]{2}$'),
	locale text not null default 'en' check (locale in ('en', 'fr')),
	time_zone text not null default 'Europe/Paris' check (length(time_zone) between 1 and 64),
	created_at timestamptz not null default now()
);

create table brand_accounts (
	actor_id bigint primary key references actors,
	organisation_id bigint not null references organisations on delete cascade,
	purpose text not null default 'brand' check (purpose in ('brand', 'support', 'press', 'jobs', 'shop', 'community')),
	created_at timestamptz not null default now()
);
comment on table brand_accounts is 'Local actors without user: people speak for them by their rights';
create index brand_accounts_organisation_id on brand_accounts (organisation_id, actor_id);

create table memberships (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	user_id bigint not null references users on delete cascade,
	state text not null check (state in ('invited', 'active', 'suspended', 'left')),
	invited_by bigint,
	created_at timestamptz not null default now(),
	changed_at timestamptz not null default now(),
	unique (organisation_id, user_id)
);
comment on column memberships.invited_by is 'The membership of who did it; null for the operator';
create index memberships_user_id on memberships (user_id);

create table permissions (
	name text primary key check (name ~ '^[a-z]+\.[a-z_]+$')
);
comment on table permissions is 'The words that the program knows; it refuses to start with others';

create table roles (
	id bigint primary key,
	organisation_id bigint references organisations on delete cascade,
	name text not null check (length(name) between 1 and 60),
	created_at timestamptz not null default now(),
	unique nulls not distinct (organisation_id, name)
);
comment on column roles.organisation_id is 'Null: comes with the program, for all';

create table role_permissions (
	role_id bigint not null references roles on delete cascade,
	permission text not null references permissions,
	is_for_own_only boolean not null default false,
	primary key (role_id, permission)
);
comment on column role_permissions.is_for_own_only is 'Only what the person made, or what is assigned to them';
create index role_permissions_permission on role_permissions (permission);

create table role_demands (
	organisation_id bigint not null references organisations on delete cascade,
	role_id bigint not null references roles on delete cascade,
	primary key (organisation_id, role_id)
);
comment on table role_demands is 'Roles that count only for members whose second factor is on';
create index role_demands_role_id on role_demands (role_id);

create table grants (
	id bigint primary key,
	membership_id bigint not null references memberships on delete cascade,
	role_id bigint references roles on delete cascade,
	permission text references permissions,
	actor_id bigint references brand_accounts on delete cascade,
	granted_by bigint,
	created_at timestamptz not null default now(),
	expires_at timestamptz,
	check ((role_id is null) <> (permission is null)),
	unique nulls not distinct (membership_id, role_id, permission, actor_id)
);
comment on table grants is 'What a member may do: a role, or one permission by its name; for one brand account, or for all and the organisation itself';
comment on column grants.granted_by is 'The membership of who did it; null for the operator';
create index grants_role_id on grants (role_id);
create index grants_permission on grants (permission);
create index grants_actor_id on grants (actor_id);

insert into permissions (name) values
	('account.interact'), ('account.speak'), ('alert.ack'), ('analytics.read'), ('campaign.manage'), ('community.moderate'),
	('contact.edit'), ('contact.read'), ('draft.approve'), ('draft.approve_legal'), ('draft.comment'), ('draft.schedule'),
	('draft.write'), ('fund.manage'), ('idea.manage'), ('inbox.assign'), ('inbox.export'), ('inbox.macros'), ('inbox.note'),
	('inbox.read'), ('inbox.reply'), ('inbox.reply_private'), ('inbox.resolve'), ('job.manage'), ('job.read_applications'),
	('listen.manage'), ('listen.read'), ('offer.manage'), ('org.admin'), ('org.audit'), ('org.billing'), ('org.domains'),
	('org.export'), ('org.members'), ('org.privacy'), ('org.roles'), ('post.delete'), ('profile.edit'), ('review.reply'),
	('segment.manage');

insert into roles (id, organisation_id, name) values
	(1, null, 'owner'), (2, null, 'admin'), (3, null, 'editor-in-chief'), (4, null, 'writer'), (5, null, 'legal'),
	(6, null, 'agent'), (7, null, 'agent-lead'), (8, null, 'analyst'), (9, null, 'recruiter'), (10, null, 'reader');

-- A letter for each role in the order of their ids: x yes, o own items only.
insert into role_permissions (role_id, permission, is_for_own_only)
select position, p.permission, letter = 'o'
from (values
	('org.roles',             'x.........'),
	('org.domains',           'x.........'),
	('org.billing',           'x.........'),
	('org.members',           'xx........'),
	('profile.edit',          'xx........'),
	('org.admin',             'xx........'),
	('org.audit',             'xx..x.....'),
	('org.privacy',           'xx..x.....'),
	('org.export',            'xx..x.....'),
	('account.interact',      '..x..xx...'),
	('draft.write',           'xxxx....x.'),
	('draft.comment',         'xxxxxxxxxx'),
	('draft.approve',         '..x.......'),
	('draft.approve_legal',   '....x.....'),
	('draft.schedule',        '..xo......'),
	('post.delete',           'xxx.x.x...'),
	('campaign.manage',       'xxx.......'),
	('segment.manage',        'xxx.......'),
	('inbox.read',            'xxx.xxxx..'),
	('contact.read',          'xxx.xxxx..'),
	('inbox.reply',           '.....xx...'),
	('inbox.reply_private',   '.....xx...'),
	('inbox.note',            '.....xx...'),
	('inbox.resolve',         '.....xx...'),
	('inbox.assign',          'xx...ox...'),
	('inbox.macros',          'xx...ox...'),
	('contact.edit',          'xx...ox...'),
	('inbox.export',          'x...x.x...'),
	('listen.read',           'xxxxxxxx.x'),
	('analytics.read',        'xxxxxxxx.x'),
	('listen.manage',         'xxx...xx..'),
	('alert.ack',             'xxx...xx..'),
	('community.moderate',    'xxx..xx...'),
	('idea.manage',           'xxx..xx...'),
	('review.reply',          'xxx..xx...'),
	('offer.manage',          'xxx.......'),
	('fund.manage',           'xxx.......'),
	('job.manage',            'x.......x.'),
	('job.read_applications', 'x.......x.')
) as p (permission, letters), regexp_split_to_table(p.letters, '') with ordinality as l (letter, position)
where letter <> '.';

-- No foreign keys: the log outlives what it speaks of.
create table audit_log (
	organisation_id bigint not null,
	number bigint not null check (number > 0),
	at timestamptz not null,
	user_id bigint,
	membership_id bigint,
	door text not null check (door in ('api', 'app', 'web', 'command', 'worker')),
	action text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$' and length(action) <= 60),
	target text not null check (length(target) <= 200),
	data text not null check (length(data) <= 20000 and data::json is not null),
	previous_hash bytea not null check (octet_length(previous_hash) = 32),
	hash bytea not null check (octet_length(hash) = 32),
	primary key (organisation_id, number)
);
comment on table audit_log is 'What was done for an organisation, by every door; the trigger numbers and chains the entries of each';
comment on column audit_log.data is 'JSON, byte for byte as it was hashed; ids, never texts of people';
comment on column audit_log.user_id is 'Null: the operator, or the program itself';

create table audit_heads (
	organisation_id bigint primary key,
	count bigint not null check (count > 0),
	hash bytea not null check (octet_length(hash) = 32),
	recorded_count bigint not null default 0 check (recorded_count between 0 and count)
) with (fillfactor = 50);
comment on table audit_heads is 'The last entry of each log; a writer holds the row until it commits, so that the chain has one end';
comment on column audit_heads.recorded_count is 'How many of them the file beside the database knows of';

create function audit_field(value text) returns text language sql immutable parallel safe
	return coalesce(octet_length(value)::text || ':' || value, '-') || ',';

create function audit_log_chain() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
create trigger audit_log_chain before insert on audit_log for each row execute function audit_log_chain();

create function audit_log_refuse() returns trigger language plpgsql as $$
begin
	raise exception 'the audit log takes new entries only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_refuse before update or delete on audit_log for each row execute function audit_log_refuse();
create trigger audit_log_refuse_truncate before truncate on audit_log for each statement execute function audit_log_refuse();

alter table scheduled_posts
	add column user_id bigint;
comment on column scheduled_posts.user_id is 'Who wrote it: their right to speak for a brand account is looked at again when its time has come';

grant select, insert, update, delete on organisations, brand_accounts, memberships, roles, role_permissions, role_demands, grants
	to comptoir_web;
grant select on permissions, audit_heads to comptoir_web;
grant update (recorded_count) on audit_heads to comptoir_web;
grant select, insert on audit_log to comptoir_web;
