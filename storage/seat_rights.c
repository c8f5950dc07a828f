/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rights of one person in one organisation. */
#include "storage/seat_rights.h"

#include "storage/membership_sql.h"
#include "storage/statement.h"
#include "base/mutant.h"

static const struct statement find = STATEMENT("seat_rights_find", 2,
	"select m.id, g.actor_id, coalesce(g.permission, p.permission), g.permission is null and p.is_for_own_only"
	" from memberships as m"
	" join users as u on u.id = m.user_id"
	"   and not u.is_disabled"
	GRANTS_IN_FORCE
	PERMISSIONS_OF_GRANTS
	" where m.organisation_id = $2"
	"   and m.user_id = $1"
	"   and m.state = 'active'"); // memberships_organisation_id_user_id_key, grants_membership_id_…_key, role_permissions_pkey

enum { RIGHT_MEMBERSHIP_ID, RIGHT_ACTOR_ID, RIGHT_PERMISSION, RIGHT_IS_FOR_OWN_ONLY };

static const struct statement list_accounts = STATEMENT("seat_rights_list_accounts", 2,
	"select b.actor_id"
	" from brand_accounts as b"
	" where b.organisation_id = $1"
	" order by b.actor_id"
	" limit $2"); // brand_accounts_organisation_id

static const struct statement list_organisations = STATEMENT("seat_rights_list_organisations", 2,
	"select o.id, o.slug, o.name, o.kind, o.country, o.locale, o.time_zone, o.created_at"
	" from memberships as m"
	" join organisations as o on o.id = m.organisation_id"
	" where m.user_id = $1"
	"   and m.state = 'active'"
	" order by m.id"
	" limit $2"); // memberships_user_id, organisations_pkey

STATEMENT_TABLE(seat_rights_statements, &find, &list_accounts, &list_organisations);

/* Adds up what is granted for one account (0: for all and the organisation). */
static void add_rights(const struct db_rows *rows, int64_t actor_id, struct rights *rights)
{
	for (int row = 0; row < rows->count; row++) {
		enum permission permission;
		if (db_int64(rows, row, RIGHT_ACTOR_ID) != actor_id || db_is_null(rows, row, RIGHT_PERMISSION) ||
			!permission_from_name(db_text(rows, row, RIGHT_PERMISSION), &permission))
			continue;
		if (db_bool(rows, row, RIGHT_IS_FOR_OWN_ONLY) && !MUTANT("seat_rights_own_only"))
			rights->own |= PERMISSION_BIT(permission);
		else
			rights->all |= PERMISSION_BIT(permission);
	}
	rights->own &= ~rights->all;
}

static enum error list(struct db *db, struct arena *arena, int64_t organisation_id, const struct db_rows *granted,
	struct rights common, struct account_rights **ret_accounts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, ORGANISATION_ACCOUNTS_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_accounts, &values, &rows);
	if (error)
		return error;
	struct account_rights *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++) {
		all[row] = (struct account_rights){ db_int64(&rows, row, 0), common };
		add_rights(granted, all[row].actor_id, &all[row].rights);
	}
	*ret_accounts = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error seat_rights_find(struct db *db, struct arena *arena, int64_t user_id, int64_t organisation_id,
	struct standing *ret_standing, struct account_rights **ret_accounts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	struct standing standing = { 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, organisation_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (rows.count) {
		standing = (struct standing){ .membership_id = db_int64(&rows, 0, RIGHT_MEMBERSHIP_ID), .organisation_id = organisation_id };
		add_rights(&rows, 0, &standing.rights);
		error = list(db, arena, organisation_id, &rows, standing.rights, ret_accounts, ret_count);
	} else {
		*ret_accounts = NULL;
		*ret_count = 0;
	}
	if (!error)
		*ret_standing = standing;
	return error;
}

enum error organisation_list_of_user(struct db *db, struct arena *arena, int64_t user_id, struct organisation **ret_organisations,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, ORGANISATION_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_organisations, &values, &rows);
	if (error)
		return error;
	struct organisation *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct organisation){
			.id = db_int64(&rows, row, 0),
			.slug = db_text(&rows, row, 1),
			.name = db_text(&rows, row, 2),
			.kind = db_text(&rows, row, 3),
			.country = db_text(&rows, row, 4),
			.locale = db_text(&rows, row, 5),
			.time_zone = db_text(&rows, row, 6),
			.created_us = db_time(&rows, row, 7),
		};
	*ret_organisations = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
