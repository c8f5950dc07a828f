-- Files that were copied and files to be removed, many enough that a plan without an index shows.
insert into remote_files (name, url, state, file_name, size_bytes)
  select lpad(n::text, 22, '0'), 'https://h.example/m/' || n, 'ready', lpad(n::text, 22, '0') || '.png', 1000 from generate_series(1, 100000) as n;
insert into media_leftovers (file_name, deleted_at)
  select lpad(n::text, 22, '0') || '.png', now() - n * interval '1 second' from generate_series(1, 50000) as n;
