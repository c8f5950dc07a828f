-- What people came in with, in numbers that make a plan choose: invitations, links, codes, tries.
insert into invitations (id, code_hash, max_uses, expires_at)
  select n::bigint << 16, sha256(('i' || n)::bytea), 10, now() + interval '1 day' from generate_series(1, 20000) as n;
insert into user_links (token_hash, user_id, purpose, email, expires_at)
  select sha256(('l' || n)::bytea), n::bigint << 16, 'confirm', 'u' || n || '@h.example', now() + n * interval '1 minute'
  from generate_series(1, 20000) as n;
insert into recovery_codes (user_id, code_hash)
  select n::bigint << 16, sha256(('r' || n || '-' || m)::bytea) from generate_series(1, 20000) as n, generate_series(1, 5) as m;
insert into attempts (kind, subject, began_at, count)
  select 'password', sha256(('a' || n)::bytea), now() - n * interval '1.74 seconds', 3 from generate_series(1, 50000) as n;
update users set is_approved = false, is_confirmed = true where id % 100 = 0;
update oauth_applications set is_used = true where id % 50 <> 0;
