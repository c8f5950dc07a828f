-- Filters: what somebody does not want to read. Applied by the program when it writes a post for them.
--
-- The previous release does not know what is made here.

create table filters (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	title text not null check (length(title) between 1 and 512),
	contexts text[] not null check (cardinality(contexts) between 1 and 5
		and contexts <@ array['home', 'notifications', 'public', 'thread', 'account']),
	action text not null default 'warn' check (action in ('warn', 'hide', 'blur')),
	expires_at timestamptz,
	created_at timestamptz not null default now()
);
comment on table filters is 'One that has expired counts no more, but stays until its owner removes it';
create index filters_actor_id on filters (actor_id, id);

create table filter_keywords (
	id bigint primary key,
	filter_id bigint not null references filters on delete cascade,
	keyword text not null check (length(keyword) between 1 and 512),
	is_whole_word boolean not null default true
);
create index filter_keywords_filter_id on filter_keywords (filter_id, id);

create table filter_posts (
	id bigint primary key,
	filter_id bigint not null references filters on delete cascade,
	post_id bigint not null references posts on delete cascade,
	unique (filter_id, post_id)
);
create index filter_posts_post_id on filter_posts (post_id);

grant select, insert, update, delete on filters, filter_keywords, filter_posts to comptoir_web;
