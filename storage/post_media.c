/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files of local posts. */
#include "storage/post_media.h"

#include "base/mutant.h"
#include "storage/statement.h"

#define FOCUS_SCALE 1000000

static const struct statement look = STATEMENT("post_media_look", 2,
	"select m.id, m.kind = 'image', m.state = 'ready', coalesce(pm.post_id, sm.scheduled_id)"
	" from media as m"
	" left join post_media as pm on pm.media_id = m.id"
	" left join scheduled_media as sm on sm.media_id = m.id"
	" where m.id = any ($2::bigint[])"
	"   and m.actor_id = $1"
	"   and m.remote_url is null"); // media_pkey, post_media_media_id_key, scheduled_media_pkey

static const struct statement detach = STATEMENT("post_media_detach", 1,
	"delete from post_media"
	" where post_id = $1"); // post_media_pkey

static const struct statement attach = STATEMENT("post_media_attach", 4,
	"insert into post_media (post_id, position, media_id)"
	" select $2, one.number - 1, m.id"
	" from unnest($3::bigint[]) with ordinality as one (id, number)"
	" join media as m on m.id = one.id"
	" where (m.actor_id = $1 or $4)"
	"   and m.remote_url is null"
	"   and m.state = 'ready'"
	"   and not exists (select from scheduled_media as sm where sm.media_id = m.id)"
	" on conflict do nothing"); // media_pkey, scheduled_media_pkey

static const struct statement list = STATEMENT("post_media_list", 1,
	"select media_id"
	" from post_media"
	" where post_id = $1"
	" order by position"); // post_media_pkey

static const struct statement describe = STATEMENT("post_media_describe", 5,
	"update media"
	" set alt = left(coalesce($3, alt), 10000),"
	"     focus_x = coalesce($4::bigint / 1000000.0, focus_x),"
	"     focus_y = coalesce($5::bigint / 1000000.0, focus_y)"
	" where id = $2"
	"   and actor_id = $1"
	"   and remote_url is null"
	"   and (alt, focus_x, focus_y) is distinct from (left(coalesce($3, alt), 10000),"
	"        coalesce($4::bigint / 1000000.0, focus_x)::real, coalesce($5::bigint / 1000000.0, focus_y)::real)"); // media_pkey

static const struct statement remove_all = STATEMENT("post_media_delete", 1,
	"with gone as ("
	"  delete from post_media where post_id = $1 returning media_id"
	")"
	" delete from media as m using gone where m.id = gone.media_id"); // post_media_pkey, media_pkey

STATEMENT_TABLE(post_media_statements, &look, &detach, &attach, &list, &describe, &remove_all);

enum error post_media_look(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	struct post_media_item **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &look, &values, &rows);
	if (error)
		return error;
	struct post_media_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		items[i] = (struct post_media_item){
			.id = db_int64(&rows, i, 0),
			.is_image = db_bool(&rows, i, 1),
			.is_ready = db_bool(&rows, i, 2),
			.holder_id = db_int64(&rows, i, 3),
		};
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error run_for_post(struct db *db, struct arena *arena, const struct statement *statement, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return db_change(db, arena, statement, &values, NULL);
}

enum error post_media_set(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int64_t *ids,
	size_t count)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	enum error error = run_for_post(db, arena, &detach, post_id);
	if (error || !count)
		return error;
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_int64_array(&values, arena, ids, count);
	db_value_bool(&values, MUTANT("post_media_owner"));
	error = db_change(db, arena, &attach, &values, &affected);
	if (error)
		return error;
	return affected == (int64_t)count ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

enum error post_media_list(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static void add_focus(struct db_values *values, const double *focus)
{
	if (!focus) {
		db_value_null(values);
		return;
	}
	double bounded = *focus < -1 ? -1 : *focus > 1 ? 1 : *focus;
	db_value_int64(values, (int64_t)(bounded * FOCUS_SCALE));
}

enum error post_media_describe(struct db *db, struct arena *arena, int64_t actor_id,
	const struct post_media_details *details, bool *ret_changed)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, details->id);
	db_value_text(&values, details->alt ? *details->alt : (struct str){ 0 });
	add_focus(&values, details->focus_x);
	add_focus(&values, details->focus_y);
	enum error error = db_change(db, arena, &describe, &values, &affected);
	if (!error && affected)
		*ret_changed = true;
	return error;
}

enum error post_media_delete(struct db *db, struct arena *arena, int64_t post_id)
{
	return run_for_post(db, arena, &remove_all, post_id);
}
