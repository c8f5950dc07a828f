/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Members, their grants and their rights. What counts as a grant in force is said once, in storage/membership_sql.h. */
#include "storage/membership.h"

#include "storage/membership_sql.h"
#include "storage/statement.h"
#include "base/mutant.h"

#define MEMBERSHIP_COLUMNS \
	"m.id" \
	", m.organisation_id" \
	", m.user_id" \
	", m.state" \
	", m.invited_by" \
	", a.username" \
	", a.domain" \
	", u.totp_sealed is not null as has_second_factor" \
	", m.created_at"

enum {
	MEMBERSHIP_ID,
	MEMBERSHIP_ORGANISATION_ID,
	MEMBERSHIP_USER_ID,
	MEMBERSHIP_STATE,
	MEMBERSHIP_INVITED_BY,
	MEMBERSHIP_USERNAME,
	MEMBERSHIP_DOMAIN,
	MEMBERSHIP_HAS_SECOND_FACTOR,
	MEMBERSHIP_CREATED_AT,
};

#define MEMBERSHIP_TABLES                           \
	" from memberships as m"                    \
	" join users as u on u.id = m.user_id"      \
	" join actors as a on a.id = u.actor_id"

static const struct statement create = STATEMENT("membership_create", 5,
	"insert into memberships (id, organisation_id, user_id, state, invited_by)"
	" values ($1, $2, $3, $4, $5)");

static const struct statement find = STATEMENT("membership_find", 2,
	"select " MEMBERSHIP_COLUMNS
	MEMBERSHIP_TABLES
	" where m.id = $2"
	"   and m.organisation_id = $1"); // memberships_pkey, users_pkey, actors_pkey

static const struct statement find_by_user = STATEMENT("membership_find_by_user", 2,
	"select " MEMBERSHIP_COLUMNS
	MEMBERSHIP_TABLES
	" where m.organisation_id = $1"
	"   and m.user_id = $2"); // memberships_organisation_id_user_id_key, users_pkey, actors_pkey

static const struct statement list = STATEMENT("membership_list", 2,
	"select " MEMBERSHIP_COLUMNS
	MEMBERSHIP_TABLES
	" where m.organisation_id = $1"
	"   and m.state <> 'left'"
	" order by m.id"
	" limit $2"); // memberships_organisation_id_user_id_key, users_pkey, actors_pkey

static const struct statement set_state = STATEMENT("membership_set_state", 2,
	"with gone as ("
	"  delete from grants"
	"  where membership_id = $1"
	"    and $2::text = 'left'"
	")"
	" update memberships"
	" set state = $2,"
	"     changed_at = now()"
	" where id = $1"); // grants_membership_id_role_id_permission_actor_id_key, memberships_pkey

static const struct statement store_grant = STATEMENT("membership_store_grant", 7,
	"insert into grants (id, membership_id, role_id, permission, actor_id, granted_by, expires_at)"
	" values ($1, $2, $3, $4, $5, $6, $7)"
	" on conflict (membership_id, role_id, permission, actor_id) do update"
	" set expires_at = excluded.expires_at,"
	"     granted_by = excluded.granted_by");

static const struct statement remove_grant = STATEMENT("membership_remove_grant", 2,
	"delete from grants"
	" where id = $2"
	"   and membership_id = $1"); // grants_pkey

static const struct statement list_grants = STATEMENT("membership_list_grants", 2,
	"select g.id, g.membership_id, g.role_id, g.permission, g.actor_id, g.granted_by, g.expires_at, r.name,"
	"       d.role_id is not null and u.totp_sealed is null"
	" from memberships as m"
	" join users as u on u.id = m.user_id"
	" join grants as g on g.membership_id = m.id"
	" left join roles as r on r.id = g.role_id"
	" left join role_demands as d on d.organisation_id = m.organisation_id"
	"   and d.role_id = g.role_id"
	" where m.organisation_id = $1"
	" order by m.id, g.id"
	" limit $2"); // memberships_organisation_id_user_id_key, grants_membership_id_role_id_permission_actor_id_key, primary keys

#define RIGHTS_COLUMNS \
	"m.id" \
	", m.organisation_id" \
	", coalesce(g.permission, p.permission) as permission" \
	", g.permission is null and p.is_for_own_only as is_for_own_only"

enum {
	RIGHTS_ID,
	RIGHTS_ORGANISATION_ID,
	RIGHTS_PERMISSION,
	RIGHTS_IS_FOR_OWN_ONLY,
};

static const struct statement find_rights = STATEMENT("membership_find_rights", 2,
	"select " RIGHTS_COLUMNS
	" from brand_accounts as b"
	" join memberships as m on m.organisation_id = b.organisation_id"
	"   and m.user_id = $1"
	"   and m.state = 'active'"
	" join users as u on u.id = m.user_id"
	"   and not u.is_disabled"
	GRANTS_IN_FORCE
	"   and (g.actor_id is null or g.actor_id = b.actor_id)"
	PERMISSIONS_OF_GRANTS
	" where b.actor_id = $2"); // brand_accounts_pkey, memberships_organisation_id_user_id_key, grants_membership_id_…_key

static const struct statement find_rights_in_organisation = STATEMENT("membership_find_rights_in_organisation", 2,
	"select " RIGHTS_COLUMNS
	" from memberships as m"
	" join users as u on u.id = m.user_id"
	"   and not u.is_disabled"
	GRANTS_IN_FORCE
	"   and g.actor_id is null"
	PERMISSIONS_OF_GRANTS
	" where m.organisation_id = $2"
	"   and m.user_id = $1"
	"   and m.state = 'active'"); // memberships_organisation_id_user_id_key, grants_membership_id_…_key

static const struct statement count_holders = STATEMENT("membership_count_holders", 2,
	"with held as materialized ("
	"  select o.id from organisations as o where o.id = $1 for update"
	")"
	" select count(distinct m.id)"
	" from held as h"
	" join memberships as m on m.organisation_id = h.id"
	"   and m.state = 'active'"
	" join users as u on u.id = m.user_id"
	"   and not u.is_disabled"
	" join grants as g on g.membership_id = m.id"
	"   and g.actor_id is null"
	"   and g.expires_at is null"
	" left join role_permissions as p on p.role_id = g.role_id"
	"   and p.permission = $2"
	"   and not p.is_for_own_only"
	" where g.permission = $2 or p.role_id is not null"); // memberships_organisation_id_user_id_key, grants_…_key

static const struct statement list_voices = STATEMENT("membership_list_voices", 2,
	"select b.actor_id, a.username, a.domain, a.display_name, o.name"
	" from memberships as m"
	" join users as u on u.id = m.user_id"
	"   and not u.is_disabled"
	" join organisations as o on o.id = m.organisation_id"
	" join brand_accounts as b on b.organisation_id = o.id"
	" join actors as a on a.id = b.actor_id"
	"   and a.suspended_at is null"
	"   and not a.is_disabled"
	" where m.user_id = $1"
	"   and m.state = 'active'"
	"   and exists (select from (select) as one"
	GRANTS_IN_FORCE
	"     where g.id is not null"
	"       and (g.actor_id is null or g.actor_id = b.actor_id))"
	" order by o.name, b.actor_id"
	" limit $2"); // memberships_user_id, brand_accounts_organisation_id, grants_membership_id_…_key

STATEMENT_TABLE(membership_statements, &create, &find, &find_by_user, &list, &set_state, &store_grant, &remove_grant,
	&list_grants, &find_rights, &find_rights_in_organisation, &count_holders, &list_voices);

static const char *const state_names[MEMBERSHIP_STATE_COUNT] = {
	[MEMBERSHIP_INVITED] = "invited",
	[MEMBERSHIP_ACTIVE] = "active",
	[MEMBERSHIP_SUSPENDED] = "suspended",
	[MEMBERSHIP_LEFT] = "left",
};

const char *membership_state_name(enum membership_state state)
{
	return state_names[state];
}

/* A word that we do not know gives the state that allows nothing. */
static enum membership_state read_state(struct str name)
{
	for (int i = 0; i < MEMBERSHIP_STATE_COUNT; i++)
		if (str_eq(name, str_from(state_names[i])))
			return (enum membership_state)i;
	return MEMBERSHIP_SUSPENDED;
}

enum error membership_create(struct db *db, struct arena *arena, const struct membership *membership)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, membership->id);
	db_value_int64(&values, membership->organisation_id);
	db_value_int64(&values, membership->user_id);
	db_value_text(&values, str_from(membership_state_name(membership->state)));
	db_value_id(&values, membership->invited_by);
	return db_change(db, arena, &create, &values, NULL);
}

static struct membership read_membership(const struct db_rows *rows, int row)
{
	return (struct membership){
		.id = db_int64(rows, row, MEMBERSHIP_ID),
		.organisation_id = db_int64(rows, row, MEMBERSHIP_ORGANISATION_ID),
		.user_id = db_int64(rows, row, MEMBERSHIP_USER_ID),
		.state = read_state(db_text(rows, row, MEMBERSHIP_STATE)),
		.invited_by = db_int64(rows, row, MEMBERSHIP_INVITED_BY),
		.username = db_text(rows, row, MEMBERSHIP_USERNAME),
		.domain = db_text(rows, row, MEMBERSHIP_DOMAIN),
		.has_second_factor = db_bool(rows, row, MEMBERSHIP_HAS_SECOND_FACTOR),
		.created_us = db_time(rows, row, MEMBERSHIP_CREATED_AT),
	};
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, int64_t first, int64_t second,
	struct membership *ret_membership)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, first);
	db_value_int64(&values, second);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_membership = read_membership(&rows, 0);
	return ERROR_NONE;
}

enum error membership_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct membership *ret_membership)
{
	return find_one(db, arena, &find, organisation_id, id, ret_membership);
}

enum error membership_find_by_user(struct db *db, struct arena *arena, int64_t organisation_id, int64_t user_id,
	struct membership *ret_membership)
{
	return find_one(db, arena, &find_by_user, organisation_id, user_id, ret_membership);
}

enum error membership_list(struct db *db, struct arena *arena, int64_t organisation_id, struct membership **ret_memberships,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, MEMBERSHIP_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct membership *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = read_membership(&rows, row);
	*ret_memberships = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error membership_set_state(struct db *db, struct arena *arena, int64_t id, enum membership_state state)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, id);
	db_value_text(&values, str_from(membership_state_name(state)));
	enum error error = db_change(db, arena, &set_state, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error grant_store(struct db *db, struct arena *arena, const struct grant *grant)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, grant->id);
	db_value_int64(&values, grant->membership_id);
	db_value_id(&values, grant->role_id);
	db_value_text(&values, grant->permission);
	db_value_id(&values, grant->actor_id);
	db_value_id(&values, grant->granted_by);
	if (grant->expires_us)
		db_value_time(&values, grant->expires_us);
	else
		db_value_null(&values);
	return db_change(db, arena, &store_grant, &values, NULL);
}

enum error grant_remove(struct db *db, struct arena *arena, int64_t membership_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, membership_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_grant, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error grant_list(struct db *db, struct arena *arena, int64_t organisation_id, struct grant **ret_grants, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, GRANT_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_grants, &values, &rows);
	if (error)
		return error;
	struct grant *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct grant){
			.id = db_int64(&rows, row, 0),
			.membership_id = db_int64(&rows, row, 1),
			.role_id = db_int64(&rows, row, 2),
			.permission = db_text(&rows, row, 3),
			.actor_id = db_int64(&rows, row, 4),
			.granted_by = db_int64(&rows, row, 5),
			.expires_us = db_time(&rows, row, 6),
			.role_name = db_text(&rows, row, 7),
			.waits_for_second_factor = db_bool(&rows, row, 8),
		};
	*ret_grants = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static struct rights read_rights(const struct db_rows *rows)
{
	struct rights rights = { 0 };
	for (int row = 0; row < rows->count; row++) {
		enum permission permission;
		if (db_is_null(rows, row, RIGHTS_PERMISSION) || !permission_from_name(db_text(rows, row, RIGHTS_PERMISSION), &permission))
			continue;
		if (db_bool(rows, row, RIGHTS_IS_FOR_OWN_ONLY) && !MUTANT("rights_own_only"))
			rights.own |= PERMISSION_BIT(permission);
		else
			rights.all |= PERMISSION_BIT(permission);
	}
	rights.own &= ~rights.all;
	return rights;
}

static enum error run_rights(struct db *db, struct arena *arena, const struct statement *statement, int64_t user_id, int64_t of_id,
	struct standing *ret_standing)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, of_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	*ret_standing = (struct standing){
		.membership_id = rows.count ? db_int64(&rows, 0, RIGHTS_ID) : 0,
		.organisation_id = rows.count ? db_int64(&rows, 0, RIGHTS_ORGANISATION_ID) : 0,
		.rights = read_rights(&rows),
	};
	return ERROR_NONE;
}

enum error rights_find(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id, struct standing *ret_standing)
{
	return run_rights(db, arena, &find_rights, user_id, actor_id, ret_standing);
}

enum error rights_find_in_organisation(struct db *db, struct arena *arena, int64_t user_id, int64_t organisation_id,
	struct standing *ret_standing)
{
	return run_rights(db, arena, &find_rights_in_organisation, user_id, organisation_id, ret_standing);
}

enum error rights_count_holders(struct db *db, struct arena *arena, int64_t organisation_id, enum permission permission,
	int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, str_from(permission_name(permission)));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_holders, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}

enum error voice_list(struct db *db, struct arena *arena, int64_t user_id, struct voice **ret_voices, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, VOICE_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_voices, &values, &rows);
	if (error)
		return error;
	struct voice *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct voice){
			.actor_id = db_int64(&rows, row, 0),
			.username = db_text(&rows, row, 1),
			.domain = db_text(&rows, row, 2),
			.display_name = db_text(&rows, row, 3),
			.organisation_name = db_text(&rows, row, 4),
		};
	*ret_voices = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
