-- Rows for the tables of this part, many enough that a plan without an index shows.

insert into instance_rules (id, text) select n, 'rule' from generate_series(1, 20000) as n;
insert into announcements (id, text, html) select n, 'news', '<p>news</p>' from generate_series(1, 20000) as n;
insert into announcement_reads (announcement_id, actor_id) select n, (n % 20000 + 1)::bigint << 16 from generate_series(1, 20000) as n;
insert into announcement_reactions (announcement_id, name, actor_id)
  select n, 'name500', (n % 20000 + 1)::bigint << 16 from generate_series(1, 20000) as n;
insert into emoji_images (shortcode, mime_type, bytes) select 'emoji' || n, 'image/png', '\x00' from generate_series(1, 20000) as n;
insert into instance_weeks (week, posts_before, posts_after, active_users, new_users) select date_trunc('week', current_date)::date + 7 * n, 1, 2, 3, 4 from generate_series(-50, 5000) as n;
