/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of account domains: a handful of rows. */
#include "storage/domain.h"

#include "storage/id.h"
#include "storage/statement.h"

#define DOMAIN_COLUMNS \
	"d.id"         \
	", d.name"     \
	", d.base_url" \
	", d.is_primary"

enum { DOMAIN_ID, DOMAIN_NAME, DOMAIN_BASE_URL, DOMAIN_IS_PRIMARY };

static const struct statement find = STATEMENT("domain_find", 1,
	"select " DOMAIN_COLUMNS
	" from domains as d"
	" where d.name = lower($1) or d.authority = lower($1)"
	" order by d.name = lower($1) desc"
	" limit 1"); // domains_name_key, domains_authority_key

static const struct statement find_primary = STATEMENT("domain_find_primary", 0,
	"select " DOMAIN_COLUMNS
	" from domains as d"
	" where d.is_primary"); // domains_one_primary

static const struct statement list = STATEMENT("domain_list", 0,
	"select " DOMAIN_COLUMNS
	" from domains as d"
	" order by d.is_primary desc, d.name");

/* A name must not be another one's authority either, or a host would stand for two domains. */
static const struct statement create = STATEMENT("domain_create", 4,
	"insert into domains as d (id, name, base_url, authority, is_primary)"
	" select $1, lower($2), $3, lower($4), not exists (select from domains)"
	" where not exists (select from domains as o"
	"                   where o.name in (lower($2), lower($4)) or o.authority in (lower($2), lower($4)))"
	" on conflict do nothing"
	" returning " DOMAIN_COLUMNS);

STATEMENT_TABLE(domain_statements, &find, &find_primary, &list, &create);

static void read_domain(const struct db_rows *rows, int row, struct domain *ret_domain)
{
	ret_domain->id = db_int64(rows, row, DOMAIN_ID);
	ret_domain->name = db_text(rows, row, DOMAIN_NAME);
	ret_domain->base_url = db_text(rows, row, DOMAIN_BASE_URL);
	ret_domain->is_primary = db_bool(rows, row, DOMAIN_IS_PRIMARY);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error absent, struct domain *ret_domain)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return absent;
	read_domain(&rows, 0, ret_domain);
	return ERROR_NONE;
}

enum error domain_find(struct db *db, struct arena *arena, struct str host_or_name, struct domain *ret_domain)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, host_or_name);
	return find_one(db, arena, &find, &values, ERROR_NOT_FOUND, ret_domain);
}

enum error domain_find_primary(struct db *db, struct arena *arena, struct domain *ret_domain)
{
	return find_one(db, arena, &find_primary, NULL, ERROR_NOT_FOUND, ret_domain);
}

enum error domain_list(struct db *db, struct arena *arena, struct domain **ret_domains, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, NULL, &rows);
	if (error)
		return error;
	struct domain *domains = arena_alloc_array(arena, (size_t)rows.count, sizeof(*domains));
	for (int i = 0; i < rows.count; i++)
		read_domain(&rows, i, &domains[i]);
	*ret_domains = domains;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error domain_create(struct db *db, struct arena *arena, struct str name, struct str base_url,
	struct domain *ret_domain)
{
	struct str separator = STR_LITERAL("://");
	size_t authority_from = str_index_of_str(base_url, separator) + separator.len;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_text(&values, name);
	db_value_text(&values, base_url);
	db_value_text(&values, str_slice(base_url, authority_from, base_url.len));
	return find_one(db, arena, &create, &values, ERROR_CONFLICT, ret_domain);
}
