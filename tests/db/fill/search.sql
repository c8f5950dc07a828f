-- Rows for the tables of this part, many enough that a plan without an index shows.
insert into post_words (post_id, revision, words)
  select p.id, 1, array_to_tsvector(array[' o', ' :en', 'w' || p.id % 5000]) from posts as p order by p.id limit 100000;
truncate post_words_waiting;
insert into post_words_waiting (post_id) select p.id from posts as p order by p.id limit 100000;
insert into post_words_authors (actor_id) select a.id from actors as a order by a.id limit 50000;
