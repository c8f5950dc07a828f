-- Teams of an organisation's members: whom things of the inbox are assigned to.
--
-- The previous release does not know these tables.

create table teams (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	name text not null check (length(name) between 1 and 60),
	created_at timestamptz not null default now(),
	unique (organisation_id, name)
);

create table team_members (
	team_id bigint not null references teams on delete cascade,
	membership_id bigint not null references memberships on delete cascade,
	primary key (team_id, membership_id)
);
create index team_members_membership_id on team_members (membership_id);

grant select, insert, update, delete on teams, team_members to comptoir_web;
