/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Teams and their members. */
#include "storage/team.h"

#include "storage/statement.h"

static const struct statement create = STATEMENT("team_create", 3,
	"insert into teams (id, organisation_id, name)"
	" values ($1, $2, $3)");

static const struct statement find = STATEMENT("team_find", 2,
	"select t.id, t.organisation_id, t.name, t.created_at"
	" from teams as t"
	" where t.id = $2"
	"   and t.organisation_id = $1"); // teams_pkey

static const struct statement find_by_name = STATEMENT("team_find_by_name", 2,
	"select t.id, t.organisation_id, t.name, t.created_at"
	" from teams as t"
	" where t.organisation_id = $1"
	"   and t.name = $2"); // teams_organisation_id_name_key

static const struct statement list = STATEMENT("team_list", 2,
	"select t.id, t.organisation_id, t.name, t.created_at"
	" from teams as t"
	" where t.organisation_id = $1"
	" order by t.name"
	" limit $2"); // teams_organisation_id_name_key

static const struct statement change_name = STATEMENT("team_rename", 3,
	"update teams"
	" set name = $3"
	" where id = $2"
	"   and organisation_id = $1"); // teams_pkey

static const struct statement remove_one = STATEMENT("team_remove", 2,
	"delete from teams"
	" where id = $2"
	"   and organisation_id = $1"); // teams_pkey

static const struct statement add_member = STATEMENT("team_add_member", 2,
	"insert into team_members (team_id, membership_id)"
	" values ($1, $2)"
	" on conflict do nothing"); // team_members_pkey

static const struct statement remove_member = STATEMENT("team_remove_member", 2,
	"delete from team_members"
	" where team_id = $1"
	"   and membership_id = $2"); // team_members_pkey

static const struct statement list_places = STATEMENT("team_list_places", 2,
	"select p.team_id, p.membership_id"
	" from teams as t"
	" join team_members as p on p.team_id = t.id"
	" join memberships as m on m.id = p.membership_id"
	"   and m.state = 'active'"
	" where t.organisation_id = $1"
	" order by p.team_id, p.membership_id"
	" limit $2"); // teams_organisation_id_name_key, team_members_pkey, memberships_pkey

STATEMENT_TABLE(team_statements, &create, &find, &find_by_name, &list, &change_name, &remove_one, &add_member, &remove_member,
	&list_places);

static struct team read_team(const struct db_rows *rows, int row)
{
	return (struct team){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.created_us = db_time(rows, row, 3),
	};
}

enum error team_create(struct db *db, struct arena *arena, const struct team *team)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, team->id);
	db_value_int64(&values, team->organisation_id);
	db_value_text(&values, team->name);
	return db_change(db, arena, &create, &values, NULL);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct team *ret_team)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_team = read_team(&rows, 0);
	return ERROR_NONE;
}

enum error team_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct team *ret_team)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return find_one(db, arena, &find, &values, ret_team);
}

enum error team_find_by_name(struct db *db, struct arena *arena, int64_t organisation_id, struct str name, struct team *ret_team)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, name);
	return find_one(db, arena, &find_by_name, &values, ret_team);
}

enum error team_list(struct db *db, struct arena *arena, int64_t organisation_id, struct team **ret_teams, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, TEAM_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct team *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = read_team(&rows, row);
	*ret_teams = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error team_rename(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	db_value_text(&values, name);
	return change_one(db, arena, &change_name, &values);
}

enum error team_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return change_one(db, arena, &remove_one, &values);
}

enum error team_add_member(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, team_id);
	db_value_int64(&values, membership_id);
	return db_change(db, arena, &add_member, &values, NULL);
}

enum error team_remove_member(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, team_id);
	db_value_int64(&values, membership_id);
	return change_one(db, arena, &remove_member, &values);
}

enum error team_list_places(struct db *db, struct arena *arena, int64_t organisation_id, struct team_place **ret_places,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, TEAM_PLACE_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_places, &values, &rows);
	if (error)
		return error;
	struct team_place *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct team_place){ db_int64(&rows, row, 0), db_int64(&rows, row, 1) };
	*ret_places = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
