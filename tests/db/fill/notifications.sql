-- Notifications, conversations and subscriptions, as many as make a plan without an index show.
insert into notifications (id, actor_id, kind, from_actor_id, post_id, is_filtered)
  select n, (n % 20000 + 1)::bigint << 16, 'favourite', (n % 200000 + 1)::bigint << 16, (n % 1000000 + 1)::bigint << 16, n % 50 = 0
  from generate_series(1, 300000) as n on conflict do nothing;
insert into notification_policies (actor_id) select n::bigint << 16 from generate_series(1, 20000) as n;
insert into notification_permissions (actor_id, from_actor_id)
  select (n % 20000 + 1)::bigint << 16, (n % 200000 + 1)::bigint << 16 from generate_series(1, 50000) as n;
insert into notification_requests (id, actor_id, from_actor_id)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, (n % 200000 + 1)::bigint << 16 from generate_series(1, 50000) as n;
insert into markers (user_id, actor_id, timeline, last_read_id)
  select n::bigint << 16, n::bigint << 16, 'notifications', n from generate_series(1, 20000) as n;
insert into conversations (id, actor_id, thread_id, participant_ids, last_post_id, is_unread)
  select n::bigint << 16, (n % 20000 + 1)::bigint << 16, n::bigint << 16, array[(n % 200000 + 1)::bigint << 16], n::bigint << 16, n % 2 = 0
  from generate_series(1, 100000) as n;
insert into conversation_posts (conversation_id, post_id)
  select n::bigint << 16, n::bigint << 16 from generate_series(1, 100000) as n;
insert into push_subscriptions (id, token_id, actor_id, endpoint, public_key, auth_secret, token_sealed, is_standard, alerts, policy)
  select n, n, (n % 20000 + 1)::bigint << 16, 'https://push.example/' || n, sha256('') || sha256('') || '\x04', '\x00112233445566778899aabbccddeeff',
         '\x00', true, '{mention}', 'all'
  from generate_series(1, 50000) as n;
update follows set notifies = true where id % 100 = 0;
