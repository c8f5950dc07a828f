-- What people lose when follows end that nobody ended one by one: an operator blocks a server or suspends somebody, or one
-- blocks a whole server oneself. And notifications that are forgotten once they are read and old.
--
-- Who lost whom is nobody's business but theirs: the federation role has no right on it. The previous release does not
-- know the kind of notification that tells of it, and leaves it out.
--
-- Notifications are told once by their unique key, which has one column more: it is built anew, which took 2.8 seconds for two
-- million rows, while nobody is told of anything.

create table severance_events (
	id bigint primary key,
	kind text not null check (kind in ('domain_block', 'user_domain_block', 'account_suspension')),
	target text not null check (length(target) between 1 and 600),
	created_at timestamptz not null default now()
);
comment on table severance_events is 'Follows ended that their people did not end one by one';
comment on column severance_events.target is 'The domain, or the handle of who was suspended: user@domain';

create table severed_actors (
	event_id bigint not null references severance_events on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	followers integer not null check (followers >= 0),
	following integer not null check (following >= 0),
	is_told boolean not null default false,
	primary key (event_id, actor_id)
);
comment on table severed_actors is 'Local actors who lost something by an event, and how much';
create index severed_actors_page on severed_actors (actor_id, event_id desc);
create index severed_actors_untold on severed_actors (event_id, actor_id) where not is_told;

create table severed_follows (
	event_id bigint not null,
	actor_id bigint not null,
	is_follower boolean not null,
	other_id bigint not null references actors on delete cascade,
	shows_boosts boolean not null,
	notifies boolean not null,
	languages text[],
	primary key (event_id, actor_id, is_follower, other_id),
	foreign key (event_id, actor_id) references severed_actors on delete cascade
);
comment on column severed_follows.is_follower is 'The other one followed the actor; otherwise the actor followed them, as the columns behind say';
create index severed_follows_other_id on severed_follows (other_id);

alter table notifications
	add column severance_event_id bigint references severance_events on delete cascade,
	drop constraint notifications_kind_check,
	add check (kind in ('mention', 'follow', 'follow_request', 'favourite', 'reaction', 'boost', 'poll', 'update', 'quote',
		'quoted_update', 'move', 'status', 'sign_up', 'report', 'severed_relationships')),
	drop constraint notifications_check,
	add check ((kind = 'report') = (report_id is not null)
		and (kind = 'severed_relationships') = (severance_event_id is not null)),
	drop constraint notifications_actor_id_kind_from_actor_id_post_id_report_id_key,
	add constraint notifications_unique
		unique nulls not distinct (actor_id, kind, from_actor_id, post_id, report_id, severance_event_id);
comment on column notifications.from_actor_id is 'Who did what is told of; whom it is for, when that is nobody';
create index notifications_severance_event_id on notifications (severance_event_id) where severance_event_id is not null;

grant select, insert, update, delete on severance_events, severed_actors, severed_follows to comptoir_web;
