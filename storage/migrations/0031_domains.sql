-- Domains that an organisation says are its own, and whether that was found to be so.
--
-- Not for the federation role. The previous release does not know them.

create table organisation_domains (
	id bigint primary key,
	organisation_id bigint not null references organisations on delete cascade,
	domain text not null check (length(domain) between 3 and 253 and domain = lower(domain)),
	token text not null check (token ~ '^[A-Za-z0-9_-]{20,64}$'),
	method text check (method in ('dns_txt', 'well_known', 'rel_me')),
	verified_at timestamptz,
	checked_at timestamptz,
	failures smallint not null default 0 check (failures >= 0),
	last_error text check (length(last_error) <= 300),
	created_at timestamptz not null default now(),
	unique (organisation_id, domain),
	check (verified_at is null or method is not null)
);
comment on column organisation_domains.token is 'What its name server or its web server has to show';
comment on column organisation_domains.failures is 'Checks in a row that found nothing; the third one takes the verification away';
create unique index organisation_domains_verified on organisation_domains (domain) where verified_at is not null;

grant select, insert, update, delete on organisation_domains to comptoir_web;
