-- SPDX-License-Identifier: AGPL-3.0-or-later
insert into organisation_domains (id, organisation_id, domain, token, method, verified_at)
  select o.id + n, o.id, 'd' || o.id || '-' || n || '.example', repeat('t', 32), 'dns_txt', case when n = 1 then now() end
  from organisations as o, generate_series(1, 3) as n;
