/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations. */
#include "storage/organisation_domain.h"

#include "storage/organisation.h"
#include "storage/statement.h"

#include <assert.h>

#define DOMAIN_SELECT "d.id, d.organisation_id, d.domain, d.token, d.method, d.verified_at, d.checked_at, d.failures, d.last_error," \
	" d.created_at"

static const struct statement add = STATEMENT("organisation_domain_add", 5,
	"insert into organisation_domains (id, organisation_id, domain, token)"
	" select $1, $2, $3, $4"
	" where (select count(*) from organisation_domains as d where d.organisation_id = $2) < $5");
	// organisation_domains_organisation_id_domain_key

static const struct statement list = STATEMENT("organisation_domain_list", 2,
	"select " DOMAIN_SELECT
	" from organisation_domains as d"
	" where d.organisation_id = $1"
	" order by d.domain"
	" limit $2"); // organisation_domains_organisation_id_domain_key

static const struct statement find = STATEMENT("organisation_domain_find", 2,
	"select " DOMAIN_SELECT
	" from organisation_domains as d"
	" where d.id = $2"
	"   and d.organisation_id = $1"); // organisation_domains_pkey

static const struct statement find_any = STATEMENT("organisation_domain_find_any", 1,
	"select " DOMAIN_SELECT
	" from organisation_domains as d"
	" where d.id = $1"); // organisation_domains_pkey

static const struct statement lock_one = STATEMENT("organisation_domain_lock", 1,
	"select " DOMAIN_SELECT
	" from organisation_domains as d"
	" where d.id = $1"
	" for update"); // organisation_domains_pkey

static const struct statement store = STATEMENT("organisation_domain_store", 6,
	"update organisation_domains"
	" set method = $2, verified_at = $3, checked_at = $4, failures = $5, last_error = left($6, 300)"
	" where id = $1"); // organisation_domains_pkey

static const struct statement remove_one = STATEMENT("organisation_domain_remove", 2,
	"delete from organisation_domains"
	" where id = $2"
	"   and organisation_id = $1"); // organisation_domains_pkey

static const struct statement is_taken = STATEMENT("organisation_domain_is_taken", 2,
	"select exists ("
	"  select from organisation_domains as d"
	"  where d.domain = $2"
	"    and d.verified_at is not null"
	"    and d.organisation_id <> $1)"); // organisation_domains_verified

static const struct statement list_of_account = STATEMENT("organisation_domain_list_of_account", 1,
	"select d.domain"
	" from brand_accounts as b"
	" join organisation_domains as d on d.organisation_id = b.organisation_id"
	" where b.actor_id = $1"
	"   and d.verified_at is not null"); // brand_accounts_pkey, organisation_domains_organisation_id_domain_key

static const struct statement holds = STATEMENT("organisation_domain_holds", 2,
	"select exists ("
	"  select from organisation_domains as d"
	"  where d.organisation_id = $1"
	"    and d.verified_at is not null"
	"    and (d.domain = $2 or right($2, length(d.domain) + 1) = '.' || d.domain))");
	// organisation_domains_organisation_id_domain_key

STATEMENT_TABLE(organisation_domain_statements, &add, &list, &find, &find_any, &lock_one, &store, &remove_one, &is_taken, &list_of_account, &holds);

static struct organisation_domain read_domain(const struct db_rows *rows, int row)
{
	return (struct organisation_domain){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.domain = db_text(rows, row, 2),
		.token = db_text(rows, row, 3),
		.method = db_text(rows, row, 4),
		.verified_us = db_time(rows, row, 5),
		.checked_us = db_time(rows, row, 6),
		.failures = db_int64(rows, row, 7),
		.last_error = db_text(rows, row, 8),
		.created_us = db_time(rows, row, 9),
	};
}

enum error organisation_domain_add(struct db *db, struct arena *arena, const struct organisation_domain *domain)
{
	int64_t added = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, domain->id);
	db_value_int64(&values, domain->organisation_id);
	db_value_text(&values, domain->domain);
	db_value_text(&values, domain->token);
	db_value_int64(&values, ORGANISATION_DOMAINS_MAX);
	enum error error = organisation_lock(db, arena, domain->organisation_id);
	if (!error)
		error = db_change(db, arena, &add, &values, &added);
	return !error && !added ? ERROR_CONTENT_TOO_LARGE : error;
}

enum error organisation_domain_list(struct db *db, struct arena *arena, int64_t organisation_id, struct organisation_domain **ret_domains,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, ORGANISATION_DOMAINS_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct organisation_domain *domains = arena_alloc_array(arena, (size_t)rows.count, sizeof(*domains));
	for (int i = 0; i < rows.count; i++)
		domains[i] = read_domain(&rows, i);
	*ret_domains = domains;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct organisation_domain *ret_domain)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_domain = read_domain(&rows, 0);
	return error;
}

enum error organisation_domain_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct organisation_domain *ret_domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return find_one(db, arena, &find, &values, ret_domain);
}

enum error organisation_domain_find_any(struct db *db, struct arena *arena, int64_t id, struct organisation_domain *ret_domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_any, &values, ret_domain);
}

enum error organisation_domain_lock(struct db *db, struct arena *arena, int64_t id, struct organisation_domain *ret_domain)
{
	assert(db_is_in_transaction(db));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &lock_one, &values, ret_domain);
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

enum error organisation_domain_store(struct db *db, struct arena *arena, const struct organisation_domain *domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, domain->id);
	db_value_text(&values, domain->method);
	add_time(&values, domain->verified_us);
	add_time(&values, domain->checked_us);
	db_value_int16(&values, (int16_t)(domain->failures < INT16_MAX ? domain->failures : INT16_MAX));
	db_value_text(&values, domain->last_error);
	return db_change(db, arena, &store, &values, NULL);
}

enum error organisation_domain_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &removed);
	return !error && !removed ? ERROR_NOT_FOUND : error;
}

enum error organisation_domain_is_taken(struct db *db, struct arena *arena, const struct organisation_domain *domain, bool *ret_is_taken)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, domain->organisation_id);
	db_value_text(&values, domain->domain);
	enum error error = db_run(db, arena, &is_taken, &values, &rows);
	if (!error)
		*ret_is_taken = db_bool(&rows, 0, 0);
	return error;
}

enum error organisation_domain_list_of_account(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_domains,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &list_of_account, &values, &rows);
	if (error)
		return error;
	struct str *domains = arena_alloc_array(arena, (size_t)rows.count, sizeof(*domains));
	for (int i = 0; i < rows.count; i++)
		domains[i] = db_text(&rows, i, 0);
	*ret_domains = domains;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error organisation_domain_holds(struct db *db, struct arena *arena, int64_t organisation_id, struct str host, bool *ret_holds)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, host);
	enum error error = db_run(db, arena, &holds, &values, &rows);
	if (!error)
		*ret_holds = db_bool(&rows, 0, 0);
	return error;
}
