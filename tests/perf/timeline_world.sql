-- A world of AUTHORS people elsewhere with POSTS posts, and READERS readers here who follow FOLLOWS of them each. Ids are
-- those of the last days, the newest post last. Triggers are off: what they would note of each row is of no use here, and
-- the rows are right as they stand. Indexes of the large tables are made at once at the end. Ten million posts take some
-- four minutes and 8 GB.
set local session_replication_role = replica;
create temporary table made_later as
	select i.indexdef, i.indexname from pg_indexes as i
	where i.schemaname = 'public' and i.tablename in ('posts', 'post_counts')
		and not exists (select from pg_constraint as c where c.conname = i.indexname);
do $$ declare one record; begin
	for one in select * from made_later loop execute format('drop index public.%I', one.indexname); end loop;
end $$;
create temporary table clock as select ((extract(epoch from now()) * 1000)::bigint << 16) as now_id;
insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, followers_url, display_name, summary_html, fields,
		created_at, updated_at, fetched_at)
	select n, 'Person', 'author' || n, 'author' || n, 'h' || n % 500 || '.example', 'https://h' || n % 500 || '.example/users/author' || n,
		'https://h' || n % 500 || '.example/@author' || n, 'https://h' || n % 500 || '.example/users/author' || n || '/inbox', null,
		'Author number ' || n, '<p>Writes about flowers, boats and the weather of place ' || n || '.</p>',
		'[{"name": "Site", "value": "https://example.org/"}]', now() - interval '1 year', now(), now()
	from generate_series(1, AUTHORS) as n;
insert into actor_counts (actor_id, followers, following, posts, last_post_at)
	select n, READERS + n % 900, n % 300, POSTS / AUTHORS, now() from generate_series(1, AUTHORS) as n;
insert into posts (id, actor_id, uri, url, visibility, html, language, created_at, conversation_id, fetched_at)
	select c.now_id - (POSTS - n)::bigint * (1000 << 16), n % AUTHORS + 1, 'https://h' || (n % AUTHORS + 1) % 500 || '.example/p/' || n,
		'https://h' || (n % AUTHORS + 1) % 500 || '.example/@author' || n % AUTHORS + 1 || '/' || n, 'public',
		'<p>Post number ' || n || ' is about what happened today in the garden, and a little about the sea: '
			|| repeat('the tide came in, and went out again. ', 3 + n % 6) || '</p>',
		'en', now() - (POSTS - n) * interval '1 second', c.now_id - (POSTS - n)::bigint * (1000 << 16), now()
	from generate_series(1, POSTS) as n, clock as c;
insert into post_counts (post_id, replies, boosts, favourites)
	select id, 1, 2, 3 from posts where (id >> 16) / 1000 % 3 = 0;
insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, followers_url, created_at, updated_at)
	select c.now_id + n, 'Person', d.id, 'reader' || n, 'reader' || n, d.name, d.base_url || '/users/reader' || n,
		d.base_url || '/@reader' || n, d.base_url || '/users/reader' || n || '/inbox', d.base_url || '/users/reader' || n || '/followers',
		now(), now()
	from generate_series(1, READERS) as n, clock as c, domains as d where d.is_primary;
insert into users (id, actor_id, email, password_hash, locale, is_confirmed, created_at)
	select a.id, a.id, a.handle || '@example.org', '$argon2id$none', 'en', true, now() from actors as a where a.handle like 'reader%' and a.domain_id is not null;
insert into oauth_applications (id, client_id, name, redirect_uris, scopes) values (1, 'perf-perf-perf-perf', 'Perf', 'urn:ietf:wg:oauth:2.0:oob', 'read write');
insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes)
	select u.id, sha256(convert_to('token-' || a.handle, 'utf8')), 1, u.id, a.id, 'read write' from users as u join actors as a on a.id = u.actor_id
	where a.handle like 'reader%';
insert into follows (id, follower_id, followed_id, state, uri)
	select c.now_id + n * 10000 + k, c.now_id + n, (n * 7919 + k * 13) % AUTHORS + 1, 'accepted', 'https://here.example/follows/' || n || '-' || k
	from generate_series(1, READERS) as n, generate_series(1, FOLLOWS) as k, clock as c on conflict do nothing;
insert into actor_counts (actor_id, following)
	select follower_id, count(*) from follows group by follower_id on conflict (actor_id) do update set following = excluded.following;
insert into favourites (id, actor_id, post_id, uri)
	select c.now_id + n * 10000 + k, c.now_id + n, c.now_id - (k * 17)::bigint * (1000 << 16), 'https://here.example/favourites/' || n || '-' || k
	from generate_series(1, READERS) as n, generate_series(1, 200) as k, clock as c on conflict do nothing;
insert into mutes (id, muter_id, muted_id)
	select c.now_id + n * 10000 + k, c.now_id + n, (n * 31 + k * 101) % AUTHORS + 1 from generate_series(1, READERS) as n, generate_series(1, 20) as k, clock as c
	on conflict do nothing;
do $$ declare one record; begin
	for one in select * from made_later loop execute one.indexdef; end loop;
end $$;
-- The words of all these posts would be indexed for minutes beside what is measured.
update post_words_progress set before_id = null;
analyze;
