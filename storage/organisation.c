/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations and their accounts. */
#include "storage/organisation.h"

#include "storage/statement.h"
#include "base/mutant.h"

#include <assert.h>

#define ORGANISATION_COLUMNS \
	"o.id" \
	", o.slug" \
	", o.name" \
	", o.kind" \
	", o.country" \
	", o.locale" \
	", o.time_zone" \
	", o.created_at"

enum {
	ORGANISATION_ID,
	ORGANISATION_SLUG,
	ORGANISATION_NAME,
	ORGANISATION_KIND,
	ORGANISATION_COUNTRY,
	ORGANISATION_LOCALE,
	ORGANISATION_TIME_ZONE,
	ORGANISATION_CREATED_AT,
};

static const struct statement create = STATEMENT("organisation_create", 7,
	"insert into organisations (id, slug, name, kind, country, locale, time_zone)"
	" values ($1, $2, $3, $4, $5, $6, $7)");

static const struct statement find = STATEMENT("organisation_find", 1,
	"select " ORGANISATION_COLUMNS
	" from organisations as o"
	" where o.id = $1"); // organisations_pkey

static const struct statement lock_one = STATEMENT("organisation_lock", 1,
	"select o.id"
	" from organisations as o"
	" where o.id = $1"
	" for no key update"); // organisations_pkey

static const struct statement find_by_slug = STATEMENT("organisation_find_by_slug", 1,
	"select " ORGANISATION_COLUMNS
	" from organisations as o"
	" where o.slug = $1"); // organisations_slug_key

static const struct statement list = STATEMENT("organisation_list", 1,
	"select " ORGANISATION_COLUMNS
	" from organisations as o"
	" order by o.slug"
	" limit $1"); // organisations_slug_key

static const struct statement update = STATEMENT("organisation_update", 6,
	"update organisations"
	" set name = $2,"
	"     kind = $3,"
	"     country = $4,"
	"     locale = $5,"
	"     time_zone = $6"
	" where id = $1"); // organisations_pkey

static const struct statement remove_one = STATEMENT("organisation_remove", 1,
	"delete from organisations"
	" where id = $1"); // organisations_pkey

static const struct statement has_time_zone = STATEMENT("organisation_has_time_zone", 1,
	"select exists (select from pg_timezone_names as z where z.name = $1::text)");

#define ACCOUNT_COLUMNS \
	"b.actor_id" \
	", b.organisation_id" \
	", b.purpose" \
	", a.username" \
	", a.domain" \
	", a.display_name"

enum {
	ACCOUNT_ACTOR_ID,
	ACCOUNT_ORGANISATION_ID,
	ACCOUNT_PURPOSE,
	ACCOUNT_USERNAME,
	ACCOUNT_DOMAIN,
	ACCOUNT_DISPLAY_NAME,
};

static const struct statement create_account = STATEMENT("organisation_create_account", 3,
	"insert into brand_accounts (actor_id, organisation_id, purpose)"
	" values ($1, $2, $3)");

static const struct statement set_purpose = STATEMENT("organisation_set_purpose", 2,
	"update brand_accounts"
	" set purpose = $2"
	" where actor_id = $1"); // brand_accounts_pkey

static const struct statement find_account = STATEMENT("organisation_find_account", 1,
	"select " ACCOUNT_COLUMNS
	" from brand_accounts as b"
	" join actors as a on a.id = b.actor_id"
	" where b.actor_id = $1"); // brand_accounts_pkey, actors_pkey

static const struct statement list_accounts = STATEMENT("organisation_list_accounts", 2,
	"select " ACCOUNT_COLUMNS
	" from brand_accounts as b"
	" join actors as a on a.id = b.actor_id"
	" where b.organisation_id = $1"
	" order by b.actor_id"
	" limit $2"); // brand_accounts_organisation_id, actors_pkey

STATEMENT_TABLE(organisation_statements, &create, &find, &lock_one, &find_by_slug, &list, &update, &remove_one, &has_time_zone, &create_account,
	&set_purpose, &find_account, &list_accounts);

static bool is_slug_end(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool organisation_slug_is_valid(struct str slug)
{
	if (slug.len < 1 || slug.len > 40 || !is_slug_end(slug.data[0]) || !is_slug_end(slug.data[slug.len - 1]))
		return false;
	for (size_t i = 0; i < slug.len; i++)
		if (!is_slug_end(slug.data[i]) && slug.data[i] != '-')
			return false;
	return true;
}

static bool is_one_of(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_from(*words)))
			return true;
	return false;
}

bool organisation_kind_is_known(struct str kind)
{
	static const char *const kinds[] = { "company", "association", "public_body", "education", "ngo", "other", NULL };
	return is_one_of(kind, kinds);
}

bool brand_account_purpose_is_known(struct str purpose)
{
	static const char *const purposes[] = { "brand", "support", "press", "jobs", "shop", "community", NULL };
	return is_one_of(purpose, purposes);
}

enum error organisation_create(struct db *db, struct arena *arena, const struct organisation *organisation)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation->id);
	db_value_text(&values, organisation->slug);
	db_value_text(&values, organisation->name);
	db_value_text(&values, organisation->kind);
	db_value_text(&values, organisation->country);
	db_value_text(&values, organisation->locale);
	db_value_text(&values, organisation->time_zone);
	return db_change(db, arena, &create, &values, NULL);
}

static struct organisation read_organisation(const struct db_rows *rows, int row)
{
	return (struct organisation){
		.id = db_int64(rows, row, ORGANISATION_ID),
		.slug = db_text(rows, row, ORGANISATION_SLUG),
		.name = db_text(rows, row, ORGANISATION_NAME),
		.kind = db_text(rows, row, ORGANISATION_KIND),
		.country = db_text(rows, row, ORGANISATION_COUNTRY),
		.locale = db_text(rows, row, ORGANISATION_LOCALE),
		.time_zone = db_text(rows, row, ORGANISATION_TIME_ZONE),
		.created_us = db_time(rows, row, ORGANISATION_CREATED_AT),
	};
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct organisation *ret_organisation)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_organisation = read_organisation(&rows, 0);
	return ERROR_NONE;
}

enum error organisation_find(struct db *db, struct arena *arena, int64_t id, struct organisation *ret_organisation)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find, &values, ret_organisation);
}

enum error organisation_lock(struct db *db, struct arena *arena, int64_t id)
{
	assert(db_is_in_transaction(db));
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	if (MUTANT("organisation_lock"))
		return ERROR_NONE;
	enum error error = db_run(db, arena, &lock_one, &values, &rows);
	return !error && !rows.count ? ERROR_NOT_FOUND : error;
}

enum error organisation_find_by_slug(struct db *db, struct arena *arena, struct str slug, struct organisation *ret_organisation)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, slug);
	return find_one(db, arena, &find_by_slug, &values, ret_organisation);
}

enum error organisation_list(struct db *db, struct arena *arena, struct organisation **ret_organisations, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ORGANISATION_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct organisation *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = read_organisation(&rows, row);
	*ret_organisations = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error organisation_update(struct db *db, struct arena *arena, const struct organisation *organisation)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, organisation->id);
	db_value_text(&values, organisation->name);
	db_value_text(&values, organisation->kind);
	db_value_text(&values, organisation->country);
	db_value_text(&values, organisation->locale);
	db_value_text(&values, organisation->time_zone);
	enum error error = db_change(db, arena, &update, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error organisation_has_time_zone(struct db *db, struct arena *arena, struct str time_zone, bool *ret_has)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, time_zone);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &has_time_zone, &values, &rows);
	if (!error)
		*ret_has = db_bool(&rows, 0, 0);
	return error;
}

enum error brand_account_create(struct db *db, struct arena *arena, const struct brand_account *account)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, account->actor_id);
	db_value_int64(&values, account->organisation_id);
	db_value_text(&values, account->purpose);
	return db_change(db, arena, &create_account, &values, NULL);
}

static struct brand_account read_account(const struct db_rows *rows, int row)
{
	return (struct brand_account){
		.actor_id = db_int64(rows, row, ACCOUNT_ACTOR_ID),
		.organisation_id = db_int64(rows, row, ACCOUNT_ORGANISATION_ID),
		.purpose = db_text(rows, row, ACCOUNT_PURPOSE),
		.username = db_text(rows, row, ACCOUNT_USERNAME),
		.domain = db_text(rows, row, ACCOUNT_DOMAIN),
		.display_name = db_text(rows, row, ACCOUNT_DISPLAY_NAME),
	};
}

enum error brand_account_find(struct db *db, struct arena *arena, int64_t actor_id, struct brand_account *ret_account)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_account, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_account = read_account(&rows, 0);
	return ERROR_NONE;
}

enum error brand_account_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct brand_account **ret_accounts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, ORGANISATION_ACCOUNTS_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_accounts, &values, &rows);
	if (error)
		return error;
	struct brand_account *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = read_account(&rows, row);
	*ret_accounts = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error organisation_remove(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return change_one(db, arena, &remove_one, &values);
}

enum error brand_account_set_purpose(struct db *db, struct arena *arena, int64_t actor_id, struct str purpose)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, purpose);
	return change_one(db, arena, &set_purpose, &values);
}
