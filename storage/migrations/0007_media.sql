-- Files: what was uploaded, what was copied from elsewhere, and what is to be thrown away.
--
-- A file lies in the store before its row says so, and is thrown away after its row: media_leftovers keeps the names of
-- rows that are gone, whoever deleted them, until the sweeper has removed their files.
--
-- The previous release reads media as before; every new column has a default.

alter table media
	add column file_name text check (file_name ~ '^[A-Za-z0-9_-]{22}\.[a-z0-9]{2,4}$'),
	add column preview_name text check (preview_name ~ '^[A-Za-z0-9_-]{22}_small\.[a-z0-9]{2,4}$'),
	add column purpose text not null default 'attachment' check (purpose in ('attachment', 'avatar', 'header')),
	add column frame_rate_milli integer check (frame_rate_milli > 0),
	add column bit_rate bigint check (bit_rate > 0),
	add column kept_until timestamptz not null default now() + interval '24 hours';
comment on column media.file_name is 'Of the file in the store, below /media/; null until it is there';
comment on column media.preview_name is 'Of its small picture; null when there is none';
comment on column media.kept_until is 'An attachment of ours that hangs at no post is thrown away after';
create index media_kept_until on media (kept_until) where remote_url is null and purpose = 'attachment';

create table media_leftovers (
	id bigint generated always as identity primary key,
	file_name text not null check (length(file_name) <= 64),
	deleted_at timestamptz not null default now()
);
comment on table media_leftovers is 'Files whose row is gone: the sweeper removes them';

create function media_leave_files() returns trigger
	language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into media_leftovers (file_name)
	select name from unnest(array[old.file_name, old.preview_name,
		case when old.state <> 'ready' and old.remote_url is null then old.name || '.raw' end]) as left_over (name)
	where name is not null;
	return null;
end $$;
create trigger media_deleted after delete on media for each row execute function media_leave_files();

-- Copies of pictures of other servers, by the hash of where they lie.
create table remote_files (
	name text primary key check (name ~ '^[A-Za-z0-9_-]{22}$'),
	url text not null check (length(url) between 8 and 2048),
	state text not null check (state in ('ready', 'failed')),
	file_name text check (file_name ~ '^[A-Za-z0-9_-]{22}\.[a-z0-9]{2,4}$'),
	preview_name text check (preview_name ~ '^[A-Za-z0-9_-]{22}_small\.[a-z0-9]{2,4}$'),
	file_base text unique generated always as (left(file_name, 22)) stored,
	size_bytes bigint not null default 0 check (size_bytes >= 0),
	fetched_at timestamptz not null default now()
);
comment on table remote_files is 'No row: not fetched yet; a failed one is tried again after an hour';
create index remote_files_fetched_at on remote_files (fetched_at);

create function remote_file_leave_files() returns trigger
	language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into media_leftovers (file_name)
	select name from unnest(array[old.file_name, old.preview_name]) as left_over (name)
	where name is not null;
	return null;
end $$;
create trigger remote_file_deleted after delete on remote_files for each row execute function remote_file_leave_files();
create trigger remote_file_replaced after update on remote_files for each row
	when (old.file_name is distinct from new.file_name) execute function remote_file_leave_files();

grant select, insert, update, delete on remote_files, media_leftovers to comptoir_web;
