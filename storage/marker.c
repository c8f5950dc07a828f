/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Markers: a change names the version that it changes. */
#include "storage/marker.h"

#include "storage/statement.h"

static const struct statement find = STATEMENT("marker_find", 2,
	"select m.timeline, m.last_read_id, m.version, m.updated_at"
	" from markers as m"
	" where m.user_id = $1"
	"   and m.actor_id = $2"); // markers_pkey

static const struct statement create = STATEMENT("marker_create", 4,
	"insert into markers (user_id, actor_id, timeline, last_read_id)"
	" values ($1, $2, $3, $4)"
	" on conflict do nothing"
	" returning last_read_id, version, updated_at"); // markers_pkey

static const struct statement change = STATEMENT("marker_change", 5,
	"update markers"
	" set last_read_id = $4,"
	"     version = version + 1,"
	"     updated_at = now()"
	" where user_id = $1"
	"   and actor_id = $2"
	"   and timeline = $3"
	"   and version = $5"
	" returning last_read_id, version, updated_at"); // markers_pkey

STATEMENT_TABLE(marker_statements, &find, &create, &change);

static const char *const timeline_names[] = { [MARKER_HOME] = "home", [MARKER_NOTIFICATIONS] = "notifications" };

const char *marker_timeline_name(enum marker_timeline timeline)
{
	return timeline_names[timeline];
}

bool marker_timeline_from_name(struct str name, enum marker_timeline *ret_timeline)
{
	for (int timeline = 0; timeline < MARKER_TIMELINE_COUNT; timeline++) {
		if (str_eq(name, str_from(timeline_names[timeline]))) {
			*ret_timeline = (enum marker_timeline)timeline;
			return true;
		}
	}
	return false;
}

static struct marker read_marker(const struct db_rows *rows, int row, int column)
{
	return (struct marker){
		.last_read_id = db_int64(rows, row, column),
		.version = (int32_t)db_int64(rows, row, column + 1),
		.updated_us = db_time(rows, row, column + 2),
	};
}

enum error marker_find(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id,
	struct marker ret_markers[MARKER_TIMELINE_COUNT])
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	for (int i = 0; i < MARKER_TIMELINE_COUNT; i++)
		ret_markers[i] = (struct marker){ 0 };
	for (int i = 0; i < rows.count; i++) {
		enum marker_timeline timeline;
		if (marker_timeline_from_name(db_text(&rows, i, 0), &timeline))
			ret_markers[timeline] = read_marker(&rows, i, 1);
	}
	return ERROR_NONE;
}

enum error marker_set(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id, enum marker_timeline timeline,
	int64_t last_read_id, int32_t version, struct marker *ret_marker)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(timeline_names[timeline]));
	db_value_int64(&values, last_read_id);
	if (version)
		db_value_int32(&values, version);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, version ? &change : &create, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_CONFLICT;
	*ret_marker = read_marker(&rows, 0, 0);
	return ERROR_NONE;
}
