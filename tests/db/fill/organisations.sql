-- Organisations with members and grants, in numbers that make a plan choose.
insert into organisations (id, slug, name, kind)
  select n::bigint << 16, 'organisation-' || n, 'Organisation ' || n, 'company' from generate_series(1, 5000) as n;
insert into brand_accounts (actor_id, organisation_id)
  select a.id, ((row_number() over (order by a.id) % 5000) + 1) << 16
  from actors as a where a.domain_id is not null order by a.id limit 20000;
insert into memberships (id, organisation_id, user_id, state)
  select u.id + 1, ((row_number() over (order by u.id) % 5000) + 1) << 16, u.id, 'active' from users as u;
insert into grants (id, membership_id, role_id)
  select m.id + r.id, m.id, r.id from memberships as m, roles as r where r.id <= 3;
insert into role_demands (organisation_id, role_id)
  select o.id, 1 from organisations as o;
insert into roles (id, organisation_id, name)
  select o.id + 1, o.id, 'Own' from organisations as o;
insert into audit_log (organisation_id, door, action, target, data, number, at, previous_hash, hash)
  select ((n % 500) + 1)::bigint << 16, 'api', 'member.add', 'membership:1', '{}', n / 500 + 1, now(), sha256(''), sha256('')
  from generate_series(1, 20000) as n;
insert into audit_heads (organisation_id, count, hash)
  select distinct l.organisation_id, 40, sha256('') from audit_log as l;
insert into role_permissions (role_id, permission)
  select r.id, p.name from roles as r, permissions as p where r.organisation_id is not null and p.name like '%.manage';
