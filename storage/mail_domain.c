/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocked domains of e-mail addresses. */
#include "storage/mail_domain.h"

#include "storage/statement.h"

static const struct statement block = STATEMENT("mail_domain_block", 1,
	"insert into mail_domain_blocks (domain)"
	" values ($1)"
	" on conflict do nothing");

static const struct statement unblock = STATEMENT("mail_domain_unblock", 1,
	"delete from mail_domain_blocks"
	" where domain = $1"); // mail_domain_blocks_pkey

static const struct statement list = STATEMENT("mail_domain_list", 0,
	"select domain"
	" from mail_domain_blocks"
	" order by domain"); // mail_domain_blocks_pkey

static const struct statement is_blocked = STATEMENT("mail_domain_is_blocked", 1,
	"select exists (select from mail_domain_blocks as b"
	"               where b.domain = any (array(select array_to_string((string_to_array($1, '.'))[n:], '.')"
	"                                           from generate_series(1, 128) as n)))"); // mail_domain_blocks_pkey

STATEMENT_TABLE(mail_domain_statements, &block, &unblock, &list, &is_blocked);

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, struct str domain,
	int64_t *ret_affected)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, domain);
	return db_change(db, arena, statement, &values, ret_affected);
}

enum error mail_domain_block(struct db *db, struct arena *arena, struct str domain)
{
	return change(db, arena, &block, domain, NULL);
}

enum error mail_domain_unblock(struct db *db, struct arena *arena, struct str domain)
{
	int64_t affected;
	enum error error = change(db, arena, &unblock, domain, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error mail_domain_list(struct db *db, struct arena *arena, struct str **ret_domains, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, NULL, &rows);
	if (error)
		return error;
	struct str *domains = arena_alloc_array(arena, (size_t)rows.count, sizeof(*domains));
	for (int row = 0; row < rows.count; row++)
		domains[row] = db_text(&rows, row, 0);
	*ret_domains = domains;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error mail_domain_is_blocked(struct db *db, struct arena *arena, struct str domain, bool *ret_is_blocked)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_text(&values, domain);
	enum error error = db_run(db, arena, &is_blocked, &values, &rows);
	if (!error)
		*ret_is_blocked = db_bool(&rows, 0, 0);
	return error;
}
