/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations. */
#include "storage/organisation_domain.h"

#include "storage/statement.h"

#include "base/mutant.h"

#define SELECT_DOMAIN \
	"select d.id, d.organisation_id, d.domain, d.method, d.token, d.page, d.verified_at, d.checked_at, d.asked_at," \
	"       d.failed_checks, d.problem, d.created_at" \
	" from organisation_domains as d"

static const struct statement create = STATEMENT("organisation_domain_create", 7,
	"insert into organisation_domains (id, organisation_id, domain, method, token, page)"
	" select $1, $2, $3, $4, $5, $6"
	" where (select count(*) from organisation_domains as d where d.organisation_id = $2) < $7");
	// organisation_domains_organisation_id_domain_key

static const struct statement list = STATEMENT("organisation_domain_list", 2,
	SELECT_DOMAIN
	" where d.organisation_id = $1"
	" order by d.domain"
	" limit $2"); // organisation_domains_organisation_id_domain_key

static const struct statement find = STATEMENT("organisation_domain_find", 2,
	SELECT_DOMAIN
	" where d.organisation_id = $1"
	"   and d.domain = $2"); // organisation_domains_organisation_id_domain_key

static const struct statement find_by_id = STATEMENT("organisation_domain_find_by_id", 1,
	SELECT_DOMAIN
	" where d.id = $1"); // organisation_domains_pkey

static const struct statement remove_one = STATEMENT("organisation_domain_remove", 2,
	"delete from organisation_domains"
	" where id = $2"
	"   and organisation_id = $1"); // organisation_domains_pkey

static const struct statement ask = STATEMENT("organisation_domain_ask", 2,
	"update organisation_domains"
	" set asked_at = now()"
	" where id = $2"
	"   and organisation_id = $1"); // organisation_domains_pkey

static const struct statement note_success = STATEMENT("organisation_domain_note_success", 1,
	"with old as ("
	"  select d.id, d.verified_at from organisation_domains as d where d.id = $1 for update"
	")"
	" update organisation_domains as d"
	" set verified_at = coalesce(d.verified_at, now()), checked_at = now(), asked_at = null, failed_checks = 0, problem = null"
	" from old"
	" where d.id = old.id"
	"   and not exists (select from organisation_domains as other where other.domain = d.domain"
	"                   and other.verified_at is not null and other.id <> d.id)"
	" returning old.verified_at is null"); // organisation_domains_pkey, organisation_domains_verified

static const struct statement note_failure = STATEMENT("organisation_domain_note_failure", 3,
	"with old as ("
	"  select d.id, d.verified_at from organisation_domains as d where d.id = $1 for update"
	")"
	" update organisation_domains as d"
	" set verified_at = case when d.failed_checks + 1 < $3 then d.verified_at end,"
	"     checked_at = now(), asked_at = null, failed_checks = least(d.failed_checks + 1, 1000), problem = $2"
	" from old"
	" where d.id = old.id"
	" returning old.verified_at is not null and d.verified_at is null, d.verified_at is not null"); // organisation_domains_pkey

static const struct statement list_of_actor = STATEMENT("organisation_domain_list_of_actor", 2,
	"select d.domain"
	" from brand_accounts as b"
	" join organisation_domains as d on d.organisation_id = b.organisation_id"
	" where b.actor_id = $1"
	"   and d.verified_at is not null"
	" order by d.domain"
	" limit $2"); // brand_accounts_pkey, organisation_domains_organisation_id_domain_key

static const struct statement holds = STATEMENT("organisation_domain_holds", 2,
	"select"
	" from organisation_domains as d"
	" where d.organisation_id = $1"
	"   and d.verified_at is not null"
	"   and (d.domain = $2 or right($2, length(d.domain) + 1) = '.' || d.domain)"
	" limit 1"); // organisation_domains_organisation_id_domain_key

STATEMENT_TABLE(organisation_domain_statements, &create, &list, &find, &find_by_id, &remove_one, &ask, &note_success, &note_failure,
	&list_of_actor, &holds);

static const char *const method_names[DOMAIN_METHOD_COUNT] = {
	[DOMAIN_DNS_TXT] = "dns_txt",
	[DOMAIN_WELL_KNOWN] = "well_known",
	[DOMAIN_REL_ME] = "rel_me",
};

const char *domain_method_name(enum domain_method method)
{
	return method_names[method];
}

bool domain_method_from_name(struct str name, enum domain_method *ret_method)
{
	for (int i = 0; i < DOMAIN_METHOD_COUNT; i++) {
		if (!str_eq(name, str_from(method_names[i])))
			continue;
		*ret_method = (enum domain_method)i;
		return true;
	}
	return false;
}

static struct organisation_domain read_domain(const struct db_rows *rows, int row)
{
	struct organisation_domain domain = {
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.domain = db_text(rows, row, 2),
		.token = db_text(rows, row, 4),
		.page = db_text(rows, row, 5),
		.verified_us = db_time(rows, row, 6),
		.checked_us = db_time(rows, row, 7),
		.asked_us = db_time(rows, row, 8),
		.failed_checks = (int)db_int64(rows, row, 9),
		.problem = db_text(rows, row, 10),
		.created_us = db_time(rows, row, 11),
	};
	if (!domain_method_from_name(db_text(rows, row, 3), &domain.method))
		domain.method = DOMAIN_DNS_TXT; /* the column takes these words only */
	return domain;
}

enum error organisation_domain_create(struct db *db, struct arena *arena, const struct organisation_domain *domain)
{
	int64_t written = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, domain->id);
	db_value_int64(&values, domain->organisation_id);
	db_value_text(&values, domain->domain);
	db_value_text(&values, str_from(domain_method_name(domain->method)));
	db_value_text(&values, domain->token);
	db_value_text(&values, domain->page);
	db_value_int64(&values, ORGANISATION_DOMAINS_MAX);
	enum error error = db_change(db, arena, &create, &values, &written);
	return !error && !written ? ERROR_UNAVAILABLE : error;
}

enum error organisation_domain_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct organisation_domain **ret_domains, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, ORGANISATION_DOMAINS_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct organisation_domain *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++)
		all[i] = read_domain(&rows, i);
	*ret_domains = all;
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

enum error organisation_domain_find(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain,
	struct organisation_domain *ret_domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, domain);
	return find_one(db, arena, &find, &values, ret_domain);
}

enum error organisation_domain_find_by_id(struct db *db, struct arena *arena, int64_t id, struct organisation_domain *ret_domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_by_id, &values, ret_domain);
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, int64_t organisation_id, int64_t id)
{
	int64_t changed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, statement, &values, &changed);
	return !error && !changed ? ERROR_NOT_FOUND : error;
}

enum error organisation_domain_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	return change_one(db, arena, &remove_one, organisation_id, id);
}

enum error organisation_domain_ask(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	return change_one(db, arena, &ask, organisation_id, id);
}

enum error organisation_domain_note_success(struct db *db, struct arena *arena, int64_t id, bool *ret_is_new)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &note_success, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_CONFLICT;
	if (!error)
		*ret_is_new = db_bool(&rows, 0, 0);
	return error;
}

enum error organisation_domain_note_failure(struct db *db, struct arena *arena, int64_t id, struct str problem,
	struct domain_failure *ret_failure)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, problem);
	db_value_int32(&values, MUTANT("domain_drop") ? INT32_MAX : ORGANISATION_DOMAIN_FAILURES_MAX);
	enum error error = db_run(db, arena, &note_failure, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_failure = (struct domain_failure){ .is_dropped = db_bool(&rows, 0, 0), .is_verified = db_bool(&rows, 0, 1) };
	return error;
}

enum error organisation_domain_list_of_actor(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_domains,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, ORGANISATION_DOMAINS_MAX);
	enum error error = db_run(db, arena, &list_of_actor, &values, &rows);
	if (error)
		return error;
	struct str *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++)
		all[i] = db_text(&rows, i, 0);
	*ret_domains = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error organisation_domain_holds(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain, bool *ret_holds)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, domain);
	enum error error = db_run(db, arena, &holds, &values, &rows);
	if (!error)
		*ret_holds = rows.count > 0;
	return error;
}
