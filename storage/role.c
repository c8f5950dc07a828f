/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Roles. A list of them is read whole, permissions and all: there are few. */
#include "storage/role.h"

#include "storage/statement.h"

static const struct statement create = STATEMENT("role_create", 5,
	"with made as ("
	"  insert into roles (id, organisation_id, name)"
	"  values ($1, $2, $3)"
	"  returning id"
	")"
	" insert into role_permissions (role_id, permission, is_for_own_only)"
	" select m.id, p.permission, p.is_for_own_only"
	" from made as m, unnest($4::text[], $5::boolean[]) as p (permission, is_for_own_only)");

static const struct statement change_name = STATEMENT("role_change_name", 3,
	"update roles"
	" set name = $3"
	" where id = $1"
	"   and organisation_id = $2"); // roles_pkey

static const struct statement clear_permissions = STATEMENT("role_clear_permissions", 1,
	"delete from role_permissions"
	" where role_id = $1"); // role_permissions_pkey

static const struct statement add_permissions = STATEMENT("role_add_permissions", 3,
	"insert into role_permissions (role_id, permission, is_for_own_only)"
	" select $1, p.permission, p.is_for_own_only"
	" from unnest($2::text[], $3::boolean[]) as p (permission, is_for_own_only)");

static const struct statement list = STATEMENT("role_list", 2,
	"select r.id, r.organisation_id, r.name, d.role_id is not null,"
	"       coalesce((select array_to_string(array_agg(p.permission order by p.permission), ' ')"
	"         from role_permissions as p where p.role_id = r.id and not p.is_for_own_only), ''),"
	"       coalesce((select array_to_string(array_agg(p.permission order by p.permission), ' ')"
	"         from role_permissions as p where p.role_id = r.id and p.is_for_own_only), '')"
	" from ("
	"  (select one.id, one.organisation_id, one.name from roles as one where one.organisation_id is null)"
	"  union all"
	"  (select own.id, own.organisation_id, own.name from roles as own where own.organisation_id = $1)"
	" ) as r"
	" left join role_demands as d on d.organisation_id = $1"
	"   and d.role_id = r.id"
	" order by r.organisation_id is not null, r.id"
	" limit $2"); // roles_organisation_id_name_key, role_permissions_pkey, role_demands_pkey

static const struct statement remove_one = STATEMENT("role_remove", 2,
	"delete from roles"
	" where id = $2"
	"   and organisation_id = $1"); // roles_pkey

static const struct statement demand = STATEMENT("role_demand", 2,
	"insert into role_demands (organisation_id, role_id)"
	" values ($1, $2)"
	" on conflict do nothing"); // role_demands_pkey

static const struct statement demand_no_more = STATEMENT("role_demand_no_more", 2,
	"delete from role_demands"
	" where organisation_id = $1"
	"   and role_id = $2"); // role_demands_pkey

STATEMENT_TABLE(role_statements, &create, &change_name, &clear_permissions, &add_permissions, &list, &remove_one, &demand, &demand_no_more);

static void add_rights(struct db_values *values, struct arena *arena, struct rights rights)
{
	struct str words[PERMISSION_COUNT];
	bool is_own[PERMISSION_COUNT];
	size_t count = 0;
	for (int i = 0; i < PERMISSION_COUNT; i++) {
		if (!rights_allow_own(rights, (enum permission)i))
			continue;
		words[count] = str_from(permission_name((enum permission)i));
		is_own[count++] = !rights_allow(rights, (enum permission)i);
	}
	db_value_text_array(values, arena, words, count);
	db_value_bool_array(values, arena, is_own, count);
}

enum error role_create(struct db *db, struct arena *arena, const struct role *role)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, role->id);
	db_value_id(&values, role->organisation_id);
	db_value_text(&values, role->name);
	add_rights(&values, arena, role->rights);
	return db_change(db, arena, &create, &values, NULL);
}

enum error role_change(struct db *db, struct arena *arena, const struct role *role)
{
	struct db_values named = { .count = 0 }, cleared = { .count = 0 }, added = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&named, role->id);
	db_value_int64(&named, role->organisation_id);
	db_value_text(&named, role->name);
	enum error error = db_change(db, arena, &change_name, &named, &affected);
	if (error || !affected)
		return error ? error : ERROR_NOT_FOUND;
	db_value_int64(&cleared, role->id);
	error = db_change(db, arena, &clear_permissions, &cleared, NULL);
	db_value_int64(&added, role->id);
	add_rights(&added, arena, role->rights);
	return error ? error : db_change(db, arena, &add_permissions, &added, NULL);
}

static uint64_t read_words(struct str words)
{
	uint64_t set = 0;
	struct str word;
	while (str_split_next(&words, ' ', &word)) {
		enum permission permission;
		if (permission_from_name(word, &permission))
			set |= PERMISSION_BIT(permission);
	}
	return set;
}

enum error role_list(struct db *db, struct arena *arena, int64_t organisation_id, struct role **ret_roles, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, ROLE_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct role *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct role){
			.id = db_int64(&rows, row, 0),
			.organisation_id = db_int64(&rows, row, 1),
			.name = db_text(&rows, row, 2),
			.demands_second_factor = db_bool(&rows, row, 3),
			.rights = { .all = read_words(db_text(&rows, row, 4)), .own = read_words(db_text(&rows, row, 5)) },
		};
	*ret_roles = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error role_find(struct db *db, struct arena *arena, int64_t organisation_id, struct str name, struct role *ret_role)
{
	struct role *all;
	size_t count;
	enum error error = role_list(db, arena, organisation_id, &all, &count);
	if (error)
		return error;
	for (size_t i = count; i > 0; i--) {
		if (str_eq(all[i - 1].name, name)) {
			*ret_role = all[i - 1];
			return ERROR_NONE;
		}
	}
	return ERROR_NOT_FOUND;
}

enum error role_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error role_set_demand(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, bool demands)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return db_change(db, arena, demands ? &demand : &demand_no_more, &values, NULL);
}
