-- SPDX-License-Identifier: AGPL-3.0-or-later
-- AUTHORS people elsewhere who want to be found, with POSTS posts of 24 words, and the index of these words as storage/
-- makes it. The word of rank k stands about 1/k as often as the first one, as in real text: NAME(k) is k in consonants.
-- Triggers are off: what they would note of each row is of no use here; indexes are made at once at the end.
set local session_replication_role = replica;
create temporary table made_later as
	select i.indexdef, i.indexname from pg_indexes as i
	where i.schemaname = 'public' and i.tablename in ('posts', 'post_words')
		and not exists (select from pg_constraint as c where c.conname = i.indexname);
do $$ declare one record; begin
	for one in select * from made_later loop execute format('drop index public.%I', one.indexname); end loop;
end $$;
create temporary table clock as select ((extract(epoch from now()) * 1000)::bigint << 16) as now_id;
insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, display_name, summary_html, fields, is_indexable,
		created_at, updated_at, fetched_at)
	select n, 'Person', 'author' || n, 'author' || n, 'h' || n % 500 || '.example', 'https://h' || n % 500 || '.example/users/author' || n,
		'https://h' || n % 500 || '.example/@author' || n, 'https://h' || n % 500 || '.example/users/author' || n || '/inbox',
		'Author number ' || n, '', '[]', true, now() - interval '1 year', now(), now()
	from generate_series(1, AUTHORS) as n;
select setseed(0.5);
create temporary table texts as
	select n, c.now_id - (POSTS - n)::bigint * (1000 << 16) as id, n % AUTHORS + 1 as author,
		(select string_agg(translate(floor(power(VOCABULARY, random()) + (n + w) * 0)::int::text, '0123456789', 'bcdfghklmr'), ' ')
			from generate_series(1, 24) as w) as words
	from generate_series(1, POSTS) as n, clock as c;
insert into posts (id, actor_id, uri, url, visibility, html, language, created_at, conversation_id, fetched_at)
	select t.id, t.author, 'https://h' || t.author % 500 || '.example/p/' || t.n, 'https://h' || t.author % 500 || '.example/@a/' || t.n,
		'public', '<p>' || t.words || '</p>', 'en', now() - (POSTS - t.n) * interval '1 second', t.id, now()
	from texts as t order by t.id;
insert into post_words (post_id, revision, words)
	select p.id, p.revision, array_to_tsvector(array[' a' || t.author, ' o', ' len', ' :en']) || to_tsvector('public.comptoir_en', t.words)
	from texts as t join posts as p on p.id = t.id order by t.id;
do $$ declare one record; begin
	for one in select * from made_later loop execute one.indexdef; end loop;
end $$;
update post_words_progress set before_id = null;
