-- What people are about to publish: posts that wait for their time, and polls whose numbers are shown only when they
-- are over.
--
-- The previous release does not know this table, and the new column has a default.

alter table polls add column hides_totals boolean not null default false;
comment on column polls.hides_totals is 'Clients see the votes only when it is over';

create table scheduled_posts (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	application_id bigint references oauth_applications on delete set null,
	scheduled_at timestamptz not null,
	post_id bigint not null unique,
	media_ids bigint[] not null,
	request jsonb not null check (octet_length(request::text) <= 400000),
	created_at timestamptz not null default now()
);
comment on column scheduled_posts.post_id is 'The id that the post will have: what was published cannot be published again';
comment on column scheduled_posts.request is 'ScheduledStatus.params of the Mastodon API, from which the post is made';
create index scheduled_posts_actor_id on scheduled_posts (actor_id, id desc);
create index scheduled_posts_application_id on scheduled_posts (application_id) where application_id is not null;

grant select, insert, update, delete on scheduled_posts to comptoir_web;
