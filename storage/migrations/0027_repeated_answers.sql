-- Answers to requests of the brand API that came with an Idempotency-Key, so that the same request gets the same answer.
--
-- The previous release does not know this table.

create table repeated_answers (
	token_id bigint not null references oauth_tokens on delete cascade,
	key_sha256 bytea not null check (octet_length(key_sha256) = 32),
	request_sha256 bytea not null check (octet_length(request_sha256) = 32),
	claim text not null check (length(claim) between 1 and 64),
	claimed_at timestamptz not null default now(),
	status smallint check (status between 200 and 299),
	headers text not null default '' check (length(headers) <= 20000),
	content_type text check (length(content_type) <= 200),
	body bytea check (octet_length(body) <= 4194304),
	primary key (token_id, key_sha256)
);
comment on table repeated_answers is 'For 24 hours; without status the request is still being done';
comment on column repeated_answers.key_sha256 is 'Of the path and the Idempotency-Key';
comment on column repeated_answers.claim is 'The X-Request-Id of the request that does it';
create index repeated_answers_claimed_at on repeated_answers (claimed_at);

grant select, insert, update, delete on repeated_answers to comptoir_web;
