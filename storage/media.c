/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rows of files, and which post they hang at. What becomes of them in bulk is in media_sweep.c. */
#include "storage/media.h"

#include "storage/event.h"
#include "storage/job.h"
#include "storage/media_row.h"

#include "base/mutant.h"

#define FOCUS_SCALE 1000000

static const struct statement find_many = STATEMENT("media_find_many", 1,
	"select " MEDIUM_COLUMNS
	" from media as m"
	" left join post_media as pm on pm.media_id = m.id"
	" where m.id = any ($1::bigint[])"); // media_pkey, post_media_media_id_key

static const struct statement list_of_posts = STATEMENT("media_list_of_posts", 1,
	"select " MEDIUM_COLUMNS
	" from post_media as pm"
	" join media as m on m.id = pm.media_id"
	" where pm.post_id = any ($1::bigint[])"
	" order by pm.post_id, pm.position"); // post_media_pkey, media_pkey

static const struct statement lock = STATEMENT("media_lock", 2,
	"select m.id, m.state = 'ready' and m.purpose = 'attachment' and m.remote_url is null"
	" from media as m"
	" where m.id = any ($1::bigint[])"
	"   and m.actor_id = $2"
	" order by m.id"
	" for update of m"); // media_pkey

static const struct statement count_used = STATEMENT("media_count_used", 2,
	"select count(*)"
	" from post_media as pm"
	" where pm.media_id = any ($1::bigint[])"
	"   and pm.post_id is distinct from $2"); // post_media_media_id_key

static const struct statement detach = STATEMENT("media_detach", 1,
	"with gone as ("
	"  delete from post_media where post_id = $1 returning media_id"
	")"
	" update media as m"
	" set kept_until = now() + interval '24 hours'"
	" from gone"
	" where m.id = gone.media_id"); // post_media_pkey, media_pkey

static const struct statement attach = STATEMENT("media_attach", 2,
	"insert into post_media (post_id, position, media_id)"
	" select $1, item.position - 1, item.id"
	" from unnest($2::bigint[]) with ordinality as item (id, position)");

static const struct statement keep = STATEMENT("media_keep", 2,
	"update media"
	" set kept_until = greatest(kept_until, $2)"
	" where id = any ($1::bigint[])"); // media_pkey

static const struct statement set_details = STATEMENT("media_set_details", 6,
	"update media"
	" set alt = coalesce($3, alt),"
	"     focus_x = case when $4 then $5::integer / 1000000.0 else focus_x end,"
	"     focus_y = case when $4 then $6::integer / 1000000.0 else focus_y end"
	" where id = $1"
	"   and actor_id = $2"
	"   and remote_url is null"); // media_pkey

static const struct statement remove_one = STATEMENT("media_remove", 2,
	"delete from media as m"
	" where m.id = $1"
	"   and m.actor_id = $2"
	"   and m.remote_url is null"
	"   and m.purpose = 'attachment'"
	"   and not exists (select from post_media as pm where pm.media_id = m.id)"); // media_pkey, post_media_media_id_key

static const struct statement discard = STATEMENT("media_discard_of_post", 1,
	"with gone as ("
	"  delete from post_media where post_id = $1 returning media_id"
	")"
	" delete from media as m using gone where m.id = gone.media_id"); // post_media_pkey, media_pkey

static const struct statement sum = STATEMENT("media_sum_of_actor", 1,
	"select coalesce(sum(size_bytes), 0)::bigint"
	" from media"
	" where actor_id = $1"); // media_actor_id

static const struct statement create = STATEMENT("media_create", 14,
	"insert into media (id, actor_id, kind, name, mime_type, size_bytes, alt, focus_x, focus_y, purpose, preview_name,"
	"                   preview_width, preview_height, blurhash)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8::integer / 1000000.0, $9::integer / 1000000.0, $10, $11, nullif($12::integer, 0),"
	"         nullif($13::integer, 0), $14)"
	" on conflict (id) do nothing"); // media_pkey

static const struct statement set_ready = STATEMENT("media_set_ready", 15,
	"update media"
	" set state = 'ready',"
	"     kind = $2,"
	"     mime_type = $3,"
	"     size_bytes = $4,"
	"     file_name = $5,"
	"     preview_name = $6,"
	"     width = nullif($7::integer, 0),"
	"     height = nullif($8::integer, 0),"
	"     preview_width = nullif($9::integer, 0),"
	"     preview_height = nullif($10::integer, 0),"
	"     blurhash = $11,"
	"     duration_ms = nullif($12::bigint, 0),"
	"     frame_rate_milli = nullif($13::integer, 0),"
	"     bit_rate = nullif($14::bigint, 0),"
	"     sha256 = $15"
	" where id = $1"
	"   and state = 'pending'"); // media_pkey

static const struct statement set_preview = STATEMENT("media_set_preview", 6,
	"update media"
	" set preview_name = $3, preview_width = $4::integer, preview_height = $5::integer, blurhash = $6"
	" where id = $1"
	"   and actor_id = $2"
	"   and state = 'ready'"); // media_pkey

static const struct statement set_failed = STATEMENT("media_set_failed", 1,
	"update media"
	" set state = 'failed'"
	" where id = $1"
	"   and state = 'pending'"); // media_pkey

static const struct statement replace_picture = STATEMENT("media_replace_picture", 3,
	"delete from media"
	" where actor_id = $1"
	"   and purpose = $2"
	"   and id <> $3"); // media_actor_id

static const struct statement set_avatar = STATEMENT("media_set_avatar", 3,
	"update actors"
	" set avatar_url = $2,"
	"     avatar_alt = coalesce($3, case when $2::text is null then '' else avatar_alt end),"
	"     updated_at = now()"
	" where id = $1"
	"   and domain_id is not null"
	"   and deleted_at is null"); // actors_pkey

static const struct statement set_header = STATEMENT("media_set_header", 3,
	"update actors"
	" set header_url = $2,"
	"     header_alt = coalesce($3, case when $2::text is null then '' else header_alt end),"
	"     updated_at = now()"
	" where id = $1"
	"   and domain_id is not null"
	"   and deleted_at is null"); // actors_pkey

STATEMENT_TABLE(media_statements, &find_many, &list_of_posts, &lock, &count_used, &detach, &attach, &keep, &set_details,
	&remove_one, &discard, &sum, &create, &set_ready, &set_preview, &set_failed, &replace_picture, &set_avatar,
	&set_header);

static const char *const purpose_names[] = { "attachment", "avatar", "header" };

static int32_t scaled_focus(double value)
{
	if (!(value >= -1))
		return -FOCUS_SCALE;
	return value <= 1 ? (int32_t)(value * FOCUS_SCALE) : FOCUS_SCALE;
}

enum error media_find_many(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct medium **ret_media,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	return media_rows_read(db, arena, &find_many, &values, ret_media, ret_count);
}

enum error media_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct medium *ret_medium)
{
	struct medium *media = NULL;
	size_t count = 0;
	enum error error = media_find_many(db, arena, &id, 1, &media, &count);
	if (error)
		return error;
	if (!count || media[0].remote_url.data || (media[0].actor_id != actor_id && !MUTANT("media_owner")))
		return ERROR_NOT_FOUND;
	*ret_medium = media[0];
	return ERROR_NONE;
}

enum error media_list_of_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count,
	struct medium **ret_media, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, post_ids, count);
	return media_rows_read(db, arena, &list_of_posts, &values, ret_media, ret_count);
}

/* Locks those that are to hang at the post (0: at none yet) and says whether they may. */
static enum error check_usable(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int64_t *ids,
	size_t count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	AUTO(db_rows) struct db_rows used = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &lock, &values, &rows);
	if (error)
		return error;
	if ((size_t)rows.count != count)
		return ERROR_NOT_FOUND;
	for (int i = 0; i < rows.count; i++)
		if (!db_bool(&rows, i, 1) && !MUTANT("media_attach_ready"))
			return ERROR_UNPROCESSABLE;
	struct db_values used_values = { .count = 0 };
	db_value_int64_array(&used_values, arena, ids, count);
	db_value_id(&used_values, post_id);
	error = db_run(db, arena, &count_used, &used_values, &used);
	if (error)
		return error;
	return db_int64(&used, 0, 0) ? ERROR_UNPROCESSABLE : ERROR_NONE;
}

enum error media_attach(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int64_t *ids,
	size_t count)
{
	enum error error = count ? check_usable(db, arena, actor_id, post_id, ids, count) : ERROR_NONE;
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	error = db_change(db, arena, &detach, &values, NULL);
	if (error || !count)
		return error;
	struct db_values attached = { .count = 0 };
	db_value_int64(&attached, post_id);
	db_value_int64_array(&attached, arena, ids, count);
	return db_change(db, arena, &attach, &attached, NULL);
}

enum error media_keep(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count, int64_t until_us)
{
	if (!count)
		return ERROR_NONE;
	enum error error = check_usable(db, arena, actor_id, 0, ids, count);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	db_value_time(&values, until_us);
	return db_change(db, arena, &keep, &values, NULL);
}

enum error media_set_details(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, const struct str *alt,
	const double focus[2])
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	db_value_text(&values, alt ? *alt : (struct str){ 0 });
	db_value_bool(&values, focus != NULL);
	db_value_int32(&values, focus ? scaled_focus(focus[0]) : 0);
	db_value_int32(&values, focus ? scaled_focus(focus[1]) : 0);
	enum error error = db_change(db, arena, &set_details, &values, &affected);
	return error ? error : affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error media_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	struct medium medium;
	int64_t affected = 0;
	enum error error = media_find(db, arena, actor_id, id, &medium);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	error = db_change(db, arena, &remove_one, &values, &affected);
	if (error)
		return error;
	return affected ? media_remove_files_soon(db, arena) : ERROR_UNPROCESSABLE;
}

enum error media_remove_files_soon(struct db *db, struct arena *arena)
{
	return job_add(db, arena, STR_LITERAL("media_leftovers"), STR_LITERAL("soon"), (struct str){ 0 }, 0);
}

enum error media_discard_of_post(struct db *db, struct arena *arena, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	enum error error = db_change(db, arena, &discard, &values, NULL);
	return error ? error : media_remove_files_soon(db, arena);
}

enum error media_sum_of_actor(struct db *db, struct arena *arena, int64_t actor_id, int64_t *ret_bytes)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &sum, &values, &rows);
	if (!error)
		*ret_bytes = db_int64(&rows, 0, 0);
	return error;
}

enum error media_create(struct db *db, struct arena *arena, const struct medium *medium)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, medium->id);
	db_value_int64(&values, medium->actor_id);
	db_value_text(&values, str_from(media_kind_name(medium->kind)));
	db_value_text(&values, medium->name);
	db_value_text(&values, medium->mime_type);
	db_value_int64(&values, medium->size_bytes);
	db_value_text(&values, medium->alt.data ? medium->alt : STR_LITERAL(""));
	db_value_int32(&values, scaled_focus(medium->focus_x));
	db_value_int32(&values, scaled_focus(medium->focus_y));
	db_value_text(&values, str_from(purpose_names[medium->purpose]));
	db_value_text(&values, medium->preview_name);
	db_value_int32(&values, medium->preview_width);
	db_value_int32(&values, medium->preview_height);
	db_value_text(&values, medium->blurhash);
	return db_change(db, arena, &create, &values, NULL);
}

enum error media_set_ready(struct db *db, struct arena *arena, const struct medium *medium)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, medium->id);
	db_value_text(&values, str_from(media_kind_name(medium->kind)));
	db_value_text(&values, medium->mime_type);
	db_value_int64(&values, medium->size_bytes);
	db_value_text(&values, medium->file_name);
	db_value_text(&values, medium->preview_name);
	db_value_int32(&values, medium->width);
	db_value_int32(&values, medium->height);
	db_value_int32(&values, medium->preview_width);
	db_value_int32(&values, medium->preview_height);
	db_value_text(&values, medium->blurhash);
	db_value_int64(&values, medium->duration_ms);
	db_value_int32(&values, medium->frame_rate_milli);
	db_value_int64(&values, medium->bit_rate);
	db_value_bytes(&values, medium->sha256);
	enum error error = db_change(db, arena, &set_ready, &values, &affected);
	return error ? error : affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error media_set_preview(struct db *db, struct arena *arena, const struct medium *medium)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, medium->id);
	db_value_int64(&values, medium->actor_id);
	db_value_text(&values, medium->preview_name);
	db_value_int32(&values, medium->preview_width);
	db_value_int32(&values, medium->preview_height);
	db_value_text(&values, medium->blurhash);
	enum error error = db_change(db, arena, &set_preview, &values, &affected);
	return error ? error : affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error media_set_failed(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, &set_failed, &values, NULL);
}

enum error media_replace_picture(struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose, int64_t keep_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(purpose_names[purpose]));
	db_value_int64(&values, keep_id);
	return db_change(db, arena, &replace_picture, &values, NULL);
}

enum error media_set_profile_url(struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose, struct str url,
	struct str alt)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, url);
	db_value_text(&values, alt);
	enum error error = db_change(db, arena, purpose == MEDIA_AVATAR ? &set_avatar : &set_header, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_PROFILE_CHANGED, 0, actor_id);
	return ERROR_NONE;
}
