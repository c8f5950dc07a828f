-- What is talked about and who might be worth following: summed up every quarter of an hour by a job, read by everyone.
--
-- The previous release does not know what is made here.

create table trending_tags (
	name text primary key check (length(name) between 1 and 255),
	score double precision not null,
	uses bigint[] not null check (cardinality(uses) = 7),
	accounts bigint[] not null check (cardinality(accounts) = 7),
	newest_day timestamptz not null,
	counted_at timestamptz not null
);
comment on column trending_tags.uses is 'Of newest_day and the six days before it, the newest first; so are accounts';
create index trending_tags_score on trending_tags (score desc, name);

create table trending_posts (
	post_id bigint primary key references posts on delete cascade,
	score double precision not null,
	counted_at timestamptz not null
);
create index trending_posts_score on trending_posts (score desc, post_id desc);

create table directory_entries (
	actor_id bigint primary key references actors on delete cascade,
	is_local boolean not null,
	followers bigint not null,
	active_at timestamptz not null,
	counted_at timestamptz not null
);
comment on table directory_entries is 'Those who want to be found, the most active ones if they are many';
create index directory_entries_active on directory_entries (active_at desc, actor_id desc);
create index directory_entries_local on directory_entries (active_at desc, actor_id desc) where is_local;
create index directory_entries_followers on directory_entries (followers desc, actor_id desc) where is_local;

create index actors_listed on actors (id desc)
	where is_discoverable and suspended_at is null and silenced_at is null and moved_to_id is null and kind <> 'Application';
create index actors_listed_local on actors (id desc)
	where is_discoverable and suspended_at is null and silenced_at is null and moved_to_id is null and kind <> 'Application'
		and domain_id is not null;

create table dismissed_suggestions (
	actor_id bigint not null references actors on delete cascade,
	dismissed_id bigint not null references actors on delete cascade,
	primary key (actor_id, dismissed_id)
);
comment on table dismissed_suggestions is 'Whom an actor does not want to have suggested again';
create index dismissed_suggestions_dismissed_id on dismissed_suggestions (dismissed_id);

grant select, insert, update, delete on trending_tags, trending_posts, directory_entries, dismissed_suggestions
	to comptoir_web;
