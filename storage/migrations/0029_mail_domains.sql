-- Domains of e-mail addresses that nobody may sign up with.
--
-- The previous release does not know this table.

create table mail_domain_blocks (
	domain text primary key check (domain = lower(domain) and length(domain) between 1 and 253),
	created_at timestamptz not null default now()
);
comment on table mail_domain_blocks is 'And all domains below them';

grant select, insert, delete on mail_domain_blocks to comptoir_web;
