/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors at a glance. The stamp is the transaction that wrote the row last, so that no writer can forget to change it. */
#include "storage/actor_glance.h"

#include "storage/statement.h"
#include "storage/user.h"

static const struct statement list = STATEMENT("actor_glance_list", 1,
	"select a.id, a.xmin as stamp, a.moved_to_id, a.suspended_at is not null, c.followers, c.following, c.posts,"
	"       c.last_post_at"
	" from actors as a"
	" left join actor_counts as c on c.actor_id = a.id"
	" where a.id = any ($1::bigint[])"
	"   and a.deleted_at is null"); // actors_pkey, actor_counts_pkey

static const struct statement list_extras = STATEMENT("actor_glance_list_extras", 1,
	"select a.id, a.avatar_alt, a.header_alt, u.role"
	" from actors as a"
	" left join users as u on u.actor_id = a.id"
	" where a.id = any ($1::bigint[])"); // actors_pkey, users_actor_id_key

STATEMENT_TABLE(actor_glance_statements, &list, &list_extras);

enum error actor_glance_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor_glance **ret_glances, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct actor_glance *glances = arena_alloc_array(arena, (size_t)rows.count, sizeof(*glances));
	for (int i = 0; i < rows.count; i++)
		glances[i] = (struct actor_glance){
			.id = db_int64(&rows, i, 0),
			.stamp = db_int64(&rows, i, 1),
			.moved_to_id = db_int64(&rows, i, 2),
			.is_suspended = db_bool(&rows, i, 3),
			.followers = db_int64(&rows, i, 4),
			.following = db_int64(&rows, i, 5),
			.posts = db_int64(&rows, i, 6),
			.last_post_us = db_time(&rows, i, 7),
		};
	*ret_glances = glances;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error actor_extra_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor_extra **ret_extras, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_extras, &values, &rows);
	if (error)
		return error;
	struct actor_extra *extras = arena_alloc_array(arena, (size_t)rows.count, sizeof(*extras));
	for (int i = 0; i < rows.count; i++) {
		enum user_role role = USER_MEMBER;
		if (!user_role_from_name(db_text(&rows, i, 3), &role))
			role = USER_MEMBER;
		extras[i] = (struct actor_extra){
			.id = db_int64(&rows, i, 0),
			.avatar_alt = db_text(&rows, i, 1),
			.header_alt = db_text(&rows, i, 2),
			.user_role = (int)role,
		};
	}
	*ret_extras = extras;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
