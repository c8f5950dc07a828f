/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is claimed is a setting of the transaction; the triggers of the gate (release_gate and its sisters) judge it. */
#include "storage/release.h"

#include "storage/statement.h"

#include "base/json_out.h"

static const struct statement claim_it = STATEMENT("release_claim", 1,
	"select set_config('comptoir.release', $1, true)");

static const struct statement list_of_post = STATEMENT("release_list_of_post", 1,
	"select r.activity_id, r.post_id, r.ground, r.user_id, r.membership_id, r.draft_id, r.version, r.ticket_id, r.released_at,"
	"       r.actor_id, r.type"
	" from releases as r"
	" where r.post_id = $1"
	"   and r.ground <> 'counters'"
	" order by r.number desc"
	" limit 200"); // releases_post_id

static const struct statement settle = STATEMENT("release_settle", 0,
	"select release_settle()");

static const struct statement find_post = STATEMENT("release_find_post", 2,
	"select post_is_released($1, $2)"); // in it: brand_accounts_pkey, releases_post_id

STATEMENT_TABLE(release_statements, &claim_it, &list_of_post, &settle, &find_post);

static const char *const ground_names[] = { [RELEASE_NONE] = "", [RELEASE_SPOKEN] = "spoken", [RELEASE_APPROVED] = "approved",
	[RELEASE_REPLY] = "reply", [RELEASE_COUNTERS] = "counters" };

const char *release_ground_name(enum release_ground ground)
{
	return ground_names[ground];
}

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_int(json, key, id);
}

enum error release_claim(struct db *db, struct arena *arena, const struct release_claim *claim)
{
	AUTO(buf) struct buf text = { 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	struct json_out json;
	if (claim->ground == RELEASE_NONE)
		return ERROR_NONE;
	json_out_init(&json, &text);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "ground", ground_names[claim->ground]);
	write_id(&json, "user_id", claim->user_id);
	write_id(&json, "membership_id", claim->membership_id);
	write_id(&json, "draft_id", claim->draft_id);
	write_id(&json, "version", claim->version);
	write_id(&json, "ticket_id", claim->ticket_id);
	json_out_object_end(&json);
	db_value_text(&values, buf_str(&text));
	return db_run(db, arena, &claim_it, &values, &rows);
}

enum error release_settle(struct db *db, struct arena *arena)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	const struct db_values values = { .count = 0 };
	return db_run(db, arena, &settle, &values, &rows);
}

enum error release_is_there(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id, bool *ret_is_there)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &find_post, &values, &rows);
	if (!error)
		*ret_is_there = db_bool(&rows, 0, 0);
	return error;
}

static enum release_ground ground_from(struct str name)
{
	for (size_t i = 0; i < sizeof(ground_names) / sizeof(ground_names[0]); i++)
		if (str_eq(name, str_from(ground_names[i])))
			return (enum release_ground)i;
	return RELEASE_NONE;
}

enum error release_list_of_post(struct db *db, struct arena *arena, int64_t post_id, struct release **ret_releases, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_of_post, &values, &rows);
	if (error)
		return error;
	struct release *releases = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*releases));
	for (int i = 0; i < rows.count; i++)
		releases[i] = (struct release){ .activity_id = db_int64(&rows, i, 0), .post_id = db_int64(&rows, i, 1),
			.ground = ground_from(db_text(&rows, i, 2)), .user_id = db_int64(&rows, i, 3), .membership_id = db_int64(&rows, i, 4),
			.draft_id = db_int64(&rows, i, 5), .version = db_int64(&rows, i, 6), .ticket_id = db_int64(&rows, i, 7),
			.released_us = db_time(&rows, i, 8), .actor_id = db_int64(&rows, i, 9),
			.type = db_text(&rows, i, 10) };
	*ret_releases = releases;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
