-- Pages that were read, three in four with something to show, and a post in five that shows one.

insert into previews (id, url, state, fetched_at, title, created_at)
  select n, 'https://h' || n % 5000 || '.example/page/' || n, case when n % 4 = 0 then 'none' else 'ready' end,
         now() - n * interval '1 minute', 'Title', now() - n * interval '1 minute'
  from generate_series(1, 100000) as n;
insert into post_previews (post_id, preview_id)
  select p.id, 1 + p.id % 100000 from posts as p where p.id % 5 = 0;
