/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What nobody needs any more: rows that hang at nothing, and files whose row is gone. */
#include "storage/media.h"

#include "storage/media_row.h"

static const struct statement forget_orphans = STATEMENT("media_sweep_forget_orphans", 1,
	"delete from media as gone"
	" where gone.id in (select m.id"
	"                   from media as m"
	"                   where m.remote_url is null"
	"                     and m.purpose = 'attachment'"
	"                     and m.kept_until < now()"
	"                     and not exists (select from post_media as pm where pm.media_id = m.id)"
	"                     and not exists (select from assets as s where s.media_id = m.id)"
	"                   order by m.kept_until"
	"                   limit $1"
	"                   for update skip locked)"); // media_kept_until, media_pkey, post_media_media_id_key, assets_media_id_key

/* Those that hang at a post or are assets need not be looked at again. */
static const struct statement keep_attached = STATEMENT("media_sweep_keep_attached", 1,
	"update media as kept"
	" set kept_until = 'infinity'"
	" where kept.id in (select m.id"
	"                   from media as m"
	"                   where m.remote_url is null"
	"                     and m.purpose = 'attachment'"
	"                     and m.kept_until < now()"
	"                     and (exists (select from post_media as pm where pm.media_id = m.id)"
	"                       or exists (select from assets as s where s.media_id = m.id))"
	"                   order by m.kept_until"
	"                   limit $1"
	"                   for update skip locked)"); // media_kept_until, media_pkey, post_media_media_id_key, assets_media_id_key

static const struct statement list_leftovers = STATEMENT("media_sweep_list_leftovers", 1,
	"select id, file_name"
	" from media_leftovers"
	" order by id"
	" limit $1"); // media_leftovers_pkey

static const struct statement forget_leftovers = STATEMENT("media_sweep_forget_leftovers", 1,
	"delete from media_leftovers"
	" where id = any ($1::bigint[])"); // media_leftovers_pkey

static const struct statement list_unknown = STATEMENT("media_sweep_list_unknown", 1,
	"select f.name"
	" from unnest($1::text[]) as f (name)"
	" where not exists (select"
	"                   from media as m"
	"                   where m.name = left(f.name, 22)"
	"                     and (m.state = 'pending' or f.name = m.file_name or f.name = m.preview_name))"
	"   and not exists (select from remote_files as r where r.file_base = left(f.name, 22))"); // media_name_key, remote_files_file_base_key

static const struct statement list = STATEMENT("media_sweep_list", 2,
	"select " MEDIUM_COLUMNS
	" from media as m"
	" left join post_media as pm on pm.media_id = m.id"
	" where m.id < $1"
	"   and m.remote_url is null"
	" order by m.id desc"
	" limit $2"); // media_pkey, post_media_media_id_key

static const struct statement list_of_actor = STATEMENT("media_sweep_list_of_actor", 3,
	"select " MEDIUM_COLUMNS
	" from media as m"
	" left join post_media as pm on pm.media_id = m.id"
	" where m.actor_id = $3"
	"   and m.id < $1"
	"   and m.remote_url is null"
	" order by m.id desc"
	" limit $2"); // media_actor_id, post_media_media_id_key

STATEMENT_TABLE(media_sweep_statements, &forget_orphans, &keep_attached, &list_leftovers, &forget_leftovers, &list_unknown,
	&list, &list_of_actor);

static enum error run_batch(struct db *db, struct arena *arena, const struct statement *statement, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, MEDIA_SWEEP_BATCH);
	return db_change(db, arena, statement, &values, ret_count);
}

enum error media_forget_orphans(struct db *db, struct arena *arena, int64_t *ret_count)
{
	int64_t kept = MEDIA_SWEEP_BATCH;
	while (kept == MEDIA_SWEEP_BATCH) {
		enum error error = run_batch(db, arena, &keep_attached, &kept);
		if (error)
			return error;
	}
	return run_batch(db, arena, &forget_orphans, ret_count);
}

enum error media_list_leftovers(struct db *db, struct arena *arena, struct media_leftover **ret_items, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, MEDIA_SWEEP_BATCH);
	enum error error = db_run(db, arena, &list_leftovers, &values, &rows);
	if (error)
		return error;
	struct media_leftover *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		items[i] = (struct media_leftover){ db_int64(&rows, i, 0), db_text(&rows, i, 1) };
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error media_forget_leftovers(struct db *db, struct arena *arena, const int64_t *ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	return db_change(db, arena, &forget_leftovers, &values, NULL);
}

enum error media_list_unknown(struct db *db, struct arena *arena, const struct str *file_names, size_t count,
	struct str **ret_unknown, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, file_names, count);
	enum error error = db_run(db, arena, &list_unknown, &values, &rows);
	if (error)
		return error;
	struct str *unknown = arena_alloc_array(arena, (size_t)rows.count, sizeof(*unknown));
	for (int i = 0; i < rows.count; i++)
		unknown[i] = db_text(&rows, i, 0);
	*ret_unknown = unknown;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error media_list(struct db *db, struct arena *arena, int64_t actor_id, int64_t before_id, int limit,
	struct medium **ret_media, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, before_id ? before_id : INT64_MAX);
	db_value_int64(&values, limit);
	if (actor_id)
		db_value_int64(&values, actor_id);
	return media_rows_read(db, arena, actor_id ? &list_of_actor : &list, &values, ret_media, ret_count);
}
