-- What an instance tells its people: rules, announcements, its own emojis.
--
-- The previous release does not know these tables; its emojis are listed by default.

create table instance_rules (
	id bigint primary key,
	text text not null check (length(text) between 1 and 1000),
	hint text not null default '' check (length(hint) <= 2000),
	created_at timestamptz not null default now()
);

create table announcements (
	id bigint primary key,
	text text not null check (length(text) between 1 and 10000),
	html text not null check (length(html) <= 100000),
	starts_at timestamptz,
	ends_at timestamptz,
	is_all_day boolean not null default false,
	published_at timestamptz not null default now(),
	updated_at timestamptz not null default now(),
	check (ends_at is null or starts_at is null or ends_at >= starts_at)
);
comment on column announcements.ends_at is 'Shown no more since';

create table announcement_reads (
	announcement_id bigint not null references announcements on delete cascade,
	actor_id bigint not null references actors on delete cascade,
	primary key (announcement_id, actor_id)
);
create index announcement_reads_actor_id on announcement_reads (actor_id);

create table announcement_reactions (
	announcement_id bigint not null references announcements on delete cascade,
	name text not null check (length(name) between 1 and 200),
	actor_id bigint not null references actors on delete cascade,
	created_at timestamptz not null default now(),
	primary key (announcement_id, name, actor_id)
);
create index announcement_reactions_actor_id on announcement_reactions (actor_id);

-- The pictures of our own emojis; the row of emojis with the instance's domain says where they are read.
create table emoji_images (
	shortcode text primary key check (shortcode ~ '^[A-Za-z0-9_]{2,64}$'),
	category text check (length(category) between 1 and 100),
	is_listed boolean not null default true,
	mime_type text not null check (mime_type in ('image/png', 'image/gif', 'image/webp')),
	bytes bytea not null check (octet_length(bytes) between 1 and 262144),
	updated_at timestamptz not null default now()
);
comment on column emoji_images.is_listed is 'Offered in pickers';

grant select, insert, update, delete on instance_rules, announcements, announcement_reads, announcement_reactions,
	emoji_images to comptoir_web;
