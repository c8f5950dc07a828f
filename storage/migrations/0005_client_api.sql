-- What people keep for themselves when they read and write by an app: whom they do not want to see, what they want to
-- find again, their lists, and how they like to post.
--
-- All of it is private: the federation role reads only what decides who is told of what arrives.
--
-- The previous release does not know these tables, and every new column has a default.

alter table follows
	add column shows_boosts boolean not null default true,
	add column notifies boolean not null default false,
	add column languages text[] check (cardinality(languages) between 1 and 100);
comment on column follows.notifies is 'The follower is told of every new post';
comment on column follows.languages is 'Only posts in these; null for all';

create table mutes (
	id bigint primary key,
	muter_id bigint not null references actors on delete cascade,
	muted_id bigint not null references actors on delete cascade,
	hides_notifications boolean not null default true,
	expires_at timestamptz,
	created_at timestamptz not null default now(),
	unique (muter_id, muted_id),
	check (muter_id <> muted_id)
);
comment on table mutes is 'One that has expired counts no more, whether its row is still there or not';
create index mutes_muted_id on mutes (muted_id);
create index mutes_expires_at on mutes (expires_at) where expires_at is not null;

-- What an actor wants nothing to do with: domain and subdomains are compared as they are named.
create table actor_domain_blocks (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	domain text not null check (domain = lower(domain) and length(domain) between 1 and 253),
	created_at timestamptz not null default now(),
	unique (actor_id, domain)
);

create table bookmarks (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	post_id bigint not null references posts on delete cascade,
	created_at timestamptz not null default now(),
	unique (actor_id, post_id)
);
create index bookmarks_actor_id on bookmarks (actor_id, id desc);
create index bookmarks_post_id on bookmarks (post_id);

create table conversation_mutes (
	actor_id bigint not null references actors on delete cascade,
	conversation_id bigint not null,
	created_at timestamptz not null default now(),
	primary key (actor_id, conversation_id)
);
comment on table conversation_mutes is 'No notification comes from these threads';

create table lists (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	title text not null check (length(title) between 1 and 255),
	replies_policy text not null default 'list' check (replies_policy in ('followed', 'list', 'none')),
	is_exclusive boolean not null default false,
	created_at timestamptz not null default now()
);
comment on column lists.is_exclusive is 'Whoever is on it is not in the home timeline';
create index lists_actor_id on lists (actor_id, id);

create table list_members (
	list_id bigint not null references lists on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	id bigint not null unique,
	primary key (list_id, actor_id)
);
create index list_members_actor_id on list_members (actor_id);
create index list_members_page on list_members (list_id, id desc);

create table tag_follows (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	name text not null check (name = lower(name) and length(name) between 1 and 255),
	created_at timestamptz not null default now(),
	unique (actor_id, name)
);
create index tag_follows_name on tag_follows (name);

-- No row means the defaults.
create table actor_preferences (
	actor_id bigint primary key references actors on delete cascade,
	visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'followers', 'direct')),
	is_sensitive boolean not null default false,
	language text check (length(language) between 2 and 35),
	quote_policy text not null default 'public' check (quote_policy in ('public', 'followers', 'nobody')),
	expands_media text not null default 'default' check (expands_media in ('default', 'show_all', 'hide_all')),
	expands_spoilers boolean not null default false
);
comment on table actor_preferences is 'What new posts of an actor are unless it says otherwise, and how its apps show posts';

grant select, insert, update, delete on mutes, actor_domain_blocks, bookmarks, conversation_mutes, lists, list_members,
	tag_follows, actor_preferences to comptoir_web;
-- It decides who is told and whose home timeline a post comes to, and ends what a deleted actor leaves.
grant select, delete on mutes, actor_domain_blocks, conversation_mutes, list_members, tag_follows to comptoir_federation;
grant select on lists to comptoir_federation;
