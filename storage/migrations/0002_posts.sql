-- What actors say and whom they follow: posts, mentions, media, follows.
--
-- A post row is written once and again only when it is edited; its counters stand apart, so that a post that
-- many people like does not rewrite its text each time. No row of post_counts means zeros.
--
-- The previous release does not know these tables.

create table posts (
	id bigint primary key,
	actor_id bigint not null references actors,
	uri text not null unique check (length(uri) between 8 and 2048),
	url text not null check (length(url) between 8 and 2048),
	in_reply_to_id bigint references posts on delete set null,
	in_reply_to_actor_id bigint,
	in_reply_to_uri text check (length(in_reply_to_uri) between 8 and 2048),
	conversation_id bigint not null,
	visibility text not null check (visibility in ('public', 'unlisted', 'followers', 'direct')),
	html text not null check (length(html) <= 300000),
	text_source text check (length(text_source) <= 100000),
	spoiler_text text not null default '' check (length(spoiler_text) <= 10000),
	language text check (length(language) between 2 and 35),
	is_sensitive boolean not null default false,
	application_id bigint references oauth_applications on delete set null,
	created_at timestamptz not null,
	edited_at timestamptz,
	revision integer not null default 1 check (revision >= 1)
) with (fillfactor = 95);
comment on column posts.in_reply_to_actor_id is 'Kept when the answered post goes, hence no reference';
comment on column posts.in_reply_to_uri is 'Set while the answered post is not here';
comment on column posts.conversation_id is 'Id of the first post of the thread, as far as we know it';
comment on column posts.text_source is 'What a local author typed';
create index posts_actor_id on posts (actor_id, id desc);
create index posts_actor_open on posts (actor_id, id desc) where visibility in ('public', 'unlisted');
create index posts_in_reply_to_id on posts (in_reply_to_id, id) where in_reply_to_id is not null;
create index posts_in_reply_to_uri on posts (in_reply_to_uri) where in_reply_to_uri is not null;
create index posts_conversation_id on posts (conversation_id, id);
create index posts_application_id on posts (application_id) where application_id is not null;

create table post_counts (
	post_id bigint primary key references posts on delete cascade,
	replies bigint not null default 0 check (replies >= 0),
	boosts bigint not null default 0 check (boosts >= 0),
	favourites bigint not null default 0 check (favourites >= 0)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table post_mentions (
	post_id bigint not null references posts on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	primary key (post_id, actor_id)
);
create index post_mentions_actor_id on post_mentions (actor_id, post_id desc);

create table media (
	id bigint primary key,
	name text not null unique check (name ~ '^[A-Za-z0-9_-]{22}$'),
	actor_id bigint not null references actors on delete cascade,
	kind text not null check (kind in ('image', 'gifv', 'video', 'audio', 'unknown')),
	state text not null default 'pending' check (state in ('pending', 'ready', 'failed')),
	mime_type text not null check (length(mime_type) between 3 and 127),
	size_bytes bigint not null check (size_bytes >= 0),
	sha256 bytea check (octet_length(sha256) = 32),
	width integer check (width > 0),
	height integer check (height > 0),
	duration_ms bigint check (duration_ms >= 0),
	preview_width integer check (preview_width > 0),
	preview_height integer check (preview_height > 0),
	focus_x real not null default 0 check (focus_x between -1 and 1),
	focus_y real not null default 0 check (focus_y between -1 and 1),
	blurhash text check (length(blurhash) between 6 and 200),
	alt text not null default '' check (length(alt) <= 10000),
	remote_url text check (length(remote_url) between 8 and 2048),
	created_at timestamptz not null default now()
);
comment on column media.name is '128 random bits: the name of the file and of its URL';
comment on column media.remote_url is 'Where a remote attachment lies; the file is then a copy';
create index media_actor_id on media (actor_id, id desc);

create table post_media (
	post_id bigint not null references posts on delete cascade,
	position smallint not null check (position between 0 and 31),
	media_id bigint not null unique references media,
	primary key (post_id, position)
);

create table follows (
	id bigint primary key,
	follower_id bigint not null references actors on delete cascade,
	followed_id bigint not null references actors on delete cascade,
	state text not null check (state in ('pending', 'accepted')),
	uri text not null unique check (length(uri) between 8 and 2048),
	created_at timestamptz not null default now(),
	unique (follower_id, followed_id),
	check (follower_id <> followed_id)
);
comment on column follows.uri is 'Id of the Follow activity, ours or theirs';
create index follows_followed_id on follows (followed_id, state, id desc);

grant select, insert, update, delete on posts, post_counts, post_mentions, media, post_media, follows
	to comptoir_web, comptoir_federation;
