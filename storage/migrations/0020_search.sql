-- Search in the words of posts. What concerns somebody here, and public posts of those who consent, stand in post_words;
-- a thread of the server writes them there after the fact, so that a post costs its author one narrow row more.
--
-- Configurations of our own: words come folded from the program (base/search_text.c), and none is left out as too common,
-- so that "to be or not to be" is found. Existing posts are indexed by the server little by little: post_words_progress.
--
-- The previous release does not know what is made here; its triggers run for it as well.

create text search dictionary comptoir_french (template = snowball, language = french);
create text search dictionary comptoir_english (template = snowball, language = english);
create text search configuration comptoir_simple (copy = pg_catalog.simple);
create text search configuration comptoir_fr (copy = pg_catalog.simple);
create text search configuration comptoir_en (copy = pg_catalog.simple);
alter text search configuration comptoir_fr alter mapping for asciiword, word with comptoir_french;
alter text search configuration comptoir_en alter mapping for asciiword, word with comptoir_english;

create table post_words (
	post_id bigint primary key references posts on delete cascade,
	revision integer not null,
	words tsvector not null
);
comment on table post_words is 'Has private words: for the web role only';
comment on column post_words.words is 'And marks, which begin with a space, as no word does: who wrote it, whom it mentions, what it has';
create index post_words_words on post_words using gin (words) with (fastupdate = on, gin_pending_list_limit = 1024);

-- Not unique: a change that is not committed yet must not be taken for one that is being indexed.
create table post_words_waiting (
	post_id bigint not null,
	is_touch boolean not null default false,
	queued_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
comment on column post_words_waiting.is_touch is 'Somebody here favourited or bookmarked it: nothing to do where it is indexed';
create index post_words_waiting_queued_at on post_words_waiting (queued_at);

create table post_words_authors (
	actor_id bigint not null,
	before_id bigint not null default 9223372036854775807,
	queued_at timestamptz not null default now()
);
comment on table post_words_authors is 'Whose consent or standing has changed: their posts are indexed anew, the newest first';
create index post_words_authors_queued_at on post_words_authors (queued_at);

create table post_words_progress (
	is_only boolean primary key default true check (is_only),
	before_id bigint,
	indexed bigint not null default 0 check (indexed >= 0)
);
comment on column post_words_progress.before_id is 'Older posts are yet to be indexed; null when all are';
insert into post_words_progress (before_id) values (9223372036854775807);

create function post_words_wait() returns trigger language plpgsql as $$
begin
	insert into post_words_waiting (post_id) values (new.id);
	return null;
end $$;
create trigger post_words_created after insert on posts
	for each row execute function post_words_wait();
create trigger post_words_changed after update of html, revision on posts
	for each row when (old.html is distinct from new.html or old.revision <> new.revision)
	execute function post_words_wait();

create function post_words_wait_touched() returns trigger language plpgsql as $$
begin
	insert into post_words_waiting (post_id, is_touch)
	select new.post_id, true from actors as a where a.id = new.actor_id and a.domain_id is not null;
	return null;
end $$;
create trigger post_words_favourited after insert on favourites
	for each row execute function post_words_wait_touched();
create trigger post_words_bookmarked after insert on bookmarks
	for each row execute function post_words_wait_touched();

create function post_words_wait_author() returns trigger language plpgsql as $$
begin
	insert into post_words_authors (actor_id) values (new.id);
	return null;
end $$;
create trigger post_words_author_changed after update of is_indexable, silenced_at, suspended_at on actors
	for each row when (old.is_indexable <> new.is_indexable
		or (old.silenced_at is null) <> (new.silenced_at is null)
		or (old.suspended_at is null) <> (new.suspended_at is null))
	execute function post_words_wait_author();

grant select, insert, update, delete on post_words, post_words_waiting, post_words_authors, post_words_progress
	to comptoir_web;
grant insert on post_words_waiting, post_words_authors to comptoir_federation;
