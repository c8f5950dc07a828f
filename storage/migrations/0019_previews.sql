-- What pages that posts link to say of themselves, and which of them are talked about; of the copies of pictures, what a
-- preview tells of its own before it is loaded.
--
-- The previous release does not know these tables: what it stores meanwhile has no preview until it is edited.

create table previews (
	id bigint primary key,
	url text not null unique check (length(url) between 1 and 2048),
	state text not null default 'waiting' check (state in ('waiting', 'ready', 'none')),
	claimed_until timestamptz,
	fetched_at timestamptz,
	kind text not null default 'link' check (kind in ('link', 'photo', 'video', 'rich')),
	shown_url text not null default '' check (length(shown_url) <= 2048),
	title text not null default '' check (length(title) <= 500),
	description text not null default '' check (length(description) <= 2000),
	language text check (length(language) between 1 and 35),
	author_name text not null default '' check (length(author_name) <= 500),
	author_url text not null default '' check (length(author_url) <= 2048),
	creator_id bigint references actors on delete set null,
	provider_name text not null default '' check (length(provider_name) <= 500),
	provider_url text not null default '' check (length(provider_url) <= 2048),
	embed_url text not null default '' check (length(embed_url) <= 2048),
	width integer not null default 0 check (width between 0 and 100000),
	height integer not null default 0 check (height between 0 and 100000),
	image_url text check (length(image_url) between 1 and 2048),
	image_description text not null default '' check (length(image_description) <= 1500),
	blurhash text check (length(blurhash) between 1 and 200),
	published_at timestamptz,
	created_at timestamptz not null default now()
);
comment on table previews is 'One for each page that was linked to';
comment on column previews.url is 'As it was linked to, in canonical form';
comment on column previews.state is 'none: the page tells nothing, or could not be had';
comment on column previews.claimed_until is 'Somebody is reading the page until then';
comment on column previews.shown_url is 'As the page calls itself';
comment on column previews.creator_id is 'Whom the page names as its author, and who has named its site in return';
comment on column previews.embed_url is 'https page for a frame, or the picture itself of a photo';
comment on column previews.image_url is 'Where it lies; shown under our own name only';
create index previews_creator_id on previews (creator_id) where creator_id is not null;
create index previews_created_at on previews (created_at);

create table post_previews (
	post_id bigint primary key references posts on delete cascade,
	preview_id bigint not null references previews on delete cascade
);
comment on table post_previews is 'The preview that a post shows';
create index post_previews_preview_id on post_previews (preview_id, post_id desc);

create table trending_links (
	preview_id bigint primary key references previews on delete cascade,
	score double precision not null,
	uses bigint[] not null check (cardinality(uses) = 7),
	accounts bigint[] not null check (cardinality(accounts) = 7),
	newest_day timestamptz not null,
	counted_at timestamptz not null
);
comment on column trending_links.uses is 'Of newest_day and the six days before it, the newest first; so are accounts';
create index trending_links_score on trending_links (score desc, preview_id desc);

alter table remote_files
	add column width integer not null default 0 check (width >= 0),
	add column height integer not null default 0 check (height >= 0),
	add column blurhash text check (length(blurhash) between 1 and 200);

comment on column actors.attribution_domains is 'The sites whose pages may name this actor as their author';

grant select, insert, update, delete on previews, post_previews, trending_links to comptoir_web;
