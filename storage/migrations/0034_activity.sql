-- How much goes on here, week by week, for who looks for a server.
--
-- The previous release does not know this table.

create table instance_weeks (
	week date primary key check (extract(isodow from week) = 1),
	posts_before bigint not null,
	posts_after bigint not null,
	active_users bigint not null check (active_users >= 0),
	new_users bigint not null check (new_users >= 0)
);
comment on table instance_weeks is 'Written each hour for the week that goes on (UTC); numbers only';
comment on column instance_weeks.posts_before is 'Local posts when it began';

grant select, insert, update, delete on instance_weeks to comptoir_web;
