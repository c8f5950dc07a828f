-- What people are told, what of it is held back, their direct conversations, how far they have read, and where their
-- apps are rung.
--
-- Ids of notifications leave the server as JSON numbers and so stay below 2^53: microseconds since 1970. Rows that the
-- previous release writes meanwhile have longer ones, which are not shown.
--
-- The federation role writes most of it and reads as little as its statements need: what decides whether somebody is
-- told, not whether they were.

with ordered as (
	select id, floor(extract(epoch from created_at) * 1000000)::bigint as created_us, row_number() over (order by id) as place
	from notifications
), renamed as (
	select id, max(created_us - place) over (order by id) + place as short_id
	from ordered
)
update notifications as n
set id = r.short_id
from renamed as r
where n.id = r.id;

alter table notifications
	add column is_filtered boolean not null default false,
	add column report_id bigint references reports on delete cascade,
	drop constraint notifications_kind_check,
	add check (kind in ('mention', 'follow', 'follow_request', 'favourite', 'reaction', 'boost', 'poll', 'update', 'quote',
		'quoted_update', 'move', 'status', 'sign_up', 'report')),
	add check ((kind = 'report') = (report_id is not null)),
	drop constraint notifications_actor_id_kind_from_actor_id_post_id_key,
	add unique nulls not distinct (actor_id, kind, from_actor_id, post_id, report_id);
comment on column notifications.is_filtered is 'Held back by the policy of whom it is for, until its sender is accepted';
-- By kind, for apps that show mentions apart and for groups; by post, for groups.
create index notifications_kind on notifications (actor_id, kind, id desc);
drop index notifications_post_id;
create index notifications_post_id on notifications (post_id, kind, id desc) where post_id is not null;
create index notifications_filtered on notifications (actor_id, from_actor_id, id desc) where is_filtered;
create index notifications_report_id on notifications (report_id) where report_id is not null;
create index users_moderators on users (id) where role in ('moderator', 'administrator');
create index follows_notifies on follows (followed_id, follower_id) where notifies;

create table notification_policies (
	actor_id bigint primary key references actors on delete cascade,
	for_not_following text not null default 'accept' check (for_not_following in ('accept', 'filter', 'drop')),
	for_not_followers text not null default 'accept' check (for_not_followers in ('accept', 'filter', 'drop')),
	for_new_accounts text not null default 'accept' check (for_new_accounts in ('accept', 'filter', 'drop')),
	for_private_mentions text not null default 'filter' check (for_private_mentions in ('accept', 'filter', 'drop')),
	for_limited_accounts text not null default 'filter' check (for_limited_accounts in ('accept', 'filter', 'drop'))
);
comment on table notification_policies is 'What becomes of notifications by who sends them; no row means the defaults';

create table notification_permissions (
	actor_id bigint not null references actors on delete cascade,
	from_actor_id bigint not null references actors on delete cascade,
	created_at timestamptz not null default now(),
	primary key (actor_id, from_actor_id)
);
comment on table notification_permissions is 'Senders whose notifications are let through whatever the policy says';
create index notification_permissions_from_actor_id on notification_permissions (from_actor_id);

create table notification_requests (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	from_actor_id bigint not null references actors on delete cascade,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now(),
	unique (actor_id, from_actor_id)
);
comment on table notification_requests is 'Senders of whom something is held back; gone when accepted or dismissed';
create index notification_requests_page on notification_requests (actor_id, id desc);
create index notification_requests_from_actor_id on notification_requests (from_actor_id);

create table markers (
	user_id bigint not null references users on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	timeline text not null check (timeline in ('home', 'notifications')),
	last_read_id bigint not null check (last_read_id >= 0),
	version integer not null default 1 check (version >= 1),
	updated_at timestamptz not null default now(),
	primary key (user_id, actor_id, timeline)
) with (fillfactor = 70);
comment on table markers is 'How far a user has read, for each actor that they speak as';
create index markers_actor_id on markers (actor_id);

-- A conversation as one of its participants keeps it: a thread of direct posts between the same people.
create table conversations (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	thread_id bigint not null,
	participant_ids bigint[] not null check (cardinality(participant_ids) <= 101),
	last_post_id bigint not null,
	is_unread boolean not null,
	unique (actor_id, thread_id, participant_ids)
) with (fillfactor = 80);
comment on column conversations.thread_id is 'posts.conversation_id';
comment on column conversations.participant_ids is 'The others, in the order of their ids';
create index conversations_page on conversations (actor_id, last_post_id desc);

create table conversation_posts (
	conversation_id bigint not null references conversations on delete cascade,
	post_id bigint not null references posts on delete cascade,
	primary key (conversation_id, post_id)
);
create index conversation_posts_post_id on conversation_posts (post_id);

-- Posts are deleted in many ways; each conversation then ends with the one before, or is gone.
create function conversation_forget_post() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
	newest bigint;
begin
	select max(post_id) into newest from conversation_posts where conversation_id = old.conversation_id;
	if newest is null then
		delete from conversations where id = old.conversation_id;
	else
		update conversations
		set last_post_id = newest
		where id = old.conversation_id
		  and last_post_id = old.post_id;
	end if;
	return null;
end
$$;
create trigger conversation_posts_forgotten after delete on conversation_posts
	for each row execute function conversation_forget_post();

-- Where an app is rung, and about what. Ids leave the server as JSON numbers that apps read as 32 bits.
create table push_subscriptions (
	id bigint primary key check (id between 1 and 2147483647),
	token_id bigint not null unique references oauth_tokens on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	endpoint text not null check (length(endpoint) between 8 and 2048),
	public_key bytea not null check (octet_length(public_key) = 65),
	auth_secret bytea not null check (octet_length(auth_secret) = 16),
	token_sealed bytea not null check (octet_length(token_sealed) <= 1024),
	is_standard boolean not null,
	alerts text[] not null check (cardinality(alerts) <= 20),
	policy text not null check (policy in ('all', 'followed', 'follower', 'none')),
	failing_since timestamptz,
	paused_until timestamptz,
	created_at timestamptz not null default now()
);
comment on column push_subscriptions.public_key is 'P-256, uncompressed: only the app reads what is encrypted to it';
comment on column push_subscriptions.token_sealed is
	'The app finds by its token which account is rung: encrypted under the key file, which is not in the database';
comment on column push_subscriptions.is_standard is 'RFC 8291; otherwise the draft before it';
comment on column push_subscriptions.alerts is 'Kinds of notifications, as the API names them';
comment on column push_subscriptions.paused_until is 'Nothing is sent before: its service said so, or does not answer';
create index push_subscriptions_actor_id on push_subscriptions (actor_id);

grant select, insert, update, delete on notification_policies, notification_permissions, notification_requests, markers,
	conversations, conversation_posts, push_subscriptions to comptoir_web;
-- It decides who is told and keeps conversations, and ends what a deleted actor leaves.
grant select, delete on notification_policies, notification_permissions to comptoir_federation;
grant insert, update (updated_at), delete on notification_requests to comptoir_federation;
grant select (actor_id, from_actor_id) on notification_requests to comptoir_federation;
grant select (actor_id) on push_subscriptions to comptoir_federation;
grant select, insert, update, delete on conversations to comptoir_federation;
grant insert on conversation_posts to comptoir_federation;
