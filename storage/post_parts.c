/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Mentions, hashtags and attachments of posts: written, and read together. */
#include "storage/post_parts.h"

#include "base/random.h"
#include "storage/id.h"
#include "storage/statement.h"

#define MEDIA_NAME_BYTES 16 /* 22 characters */
#define FOCUS_SCALE 1000000

/* Most posts have nothing of it. */
static const struct statement look = STATEMENT("post_parts_look", 1,
	"select exists (select from post_mentions where post_id = $1),"
	"       exists (select from post_tags where post_id = $1),"
	"       exists (select from post_media where post_id = $1)"); // post_mentions_pkey, post_tags_pkey, post_media_pkey

static const struct statement list_mentions = STATEMENT("post_parts_list_mentions", 1,
	"select a.id, a.username, a.domain, a.uri, a.url, a.domain_id is not null"
	" from post_mentions as m"
	" join actors as a on a.id = m.actor_id"
	" where m.post_id = $1"
	"   and a.deleted_at is null"
	"   and not m.is_silent"
	" order by a.id"); // post_mentions_pkey

static const struct statement list_tags = STATEMENT("post_parts_list_tags", 1,
	"select name"
	" from post_tags"
	" where post_id = $1"
	" order by name"); // post_tags_pkey

static const struct statement list_media = STATEMENT("post_parts_list_media", 1,
	"select m.mime_type, coalesce(m.remote_url, d.base_url || '/media/' || m.file_name), m.alt, m.blurhash, m.width, m.height,"
	"       round(m.focus_x * 1000000)::integer, round(m.focus_y * 1000000)::integer"
	" from post_media as pm"
	" join media as m on m.id = pm.media_id"
	" join actors as a on a.id = m.actor_id"
	" left join domains as d on d.id = a.domain_id"
	" where pm.post_id = $1"
	" order by pm.position"); // post_media_pkey, media_pkey, actors_pkey, domains_pkey

static const struct statement add_medium = STATEMENT("post_parts_add_medium", 14,
	"with new_medium as ("
	"  insert into media (id, name, actor_id, kind, mime_type, size_bytes, width, height, focus_x, focus_y, blurhash, alt,"
	"                     remote_url)"
	"  values ($1, $2, $3, $4, $5, 0, nullif($6::integer, 0), nullif($7::integer, 0), $8::integer / 1000000.0,"
	"          $9::integer / 1000000.0, $10, left(coalesce($11, ''), 10000), $12)"
	"  returning id"
	")"
	" insert into post_media (post_id, position, media_id)"
	" select $13, $14, id from new_medium");

/* What somebody here uploaded stays theirs: they may want to use it again. */
static const struct statement remove_media = STATEMENT("post_parts_remove_media", 1,
	"with gone as ("
	"  delete from post_media where post_id = $1 returning media_id"
	"), kept as ("
	"  update media as m"
	"  set kept_until = now() + interval '24 hours'"
	"  from gone"
	"  where m.id = gone.media_id"
	"    and m.remote_url is null"
	")"
	" delete from media as m using gone where m.id = gone.media_id and m.remote_url is not null"); // post_media_pkey, media_pkey

static const struct statement remove_tags = STATEMENT("post_parts_remove_tags", 2,
	"delete from post_tags"
	" where post_id = $1"
	"   and name <> all (array(select lower(tag.name) from unnest($2::text[]) as tag (name)))"); // post_tags_pkey

static const struct statement add_tags = STATEMENT("post_parts_add_tags", 2,
	"insert into post_tags (post_id, name)"
	" select distinct $1::bigint, lower(tag.name)"
	" from unnest($2::text[]) as tag (name)"
	" on conflict do nothing");

static const struct statement add_mentions = STATEMENT("post_parts_add_mentions", 2,
	"insert into post_mentions (post_id, actor_id)"
	" select $1::bigint, a.id"
	" from actors as a"
	" where a.id = any ($2::bigint[])"
	" on conflict (post_id, actor_id) do update"
	" set is_silent = false"); // actors_pkey, post_mentions_pkey

/* They may read on what they could read before. */
static const struct statement silence_mentions = STATEMENT("post_parts_silence_mentions", 2,
	"update post_mentions"
	" set is_silent = true"
	" where post_id = $1"
	"   and actor_id <> all ($2::bigint[])"); // post_mentions_pkey

STATEMENT_TABLE(post_parts_statements, &look, &list_mentions, &list_tags, &list_media, &add_medium, &remove_media, &remove_tags,
	&add_tags, &add_mentions, &silence_mentions);

static bool begins_with(struct str text, const char *prefix)
{
	struct str wanted = str_from(prefix);
	return str_eq(str_slice(text, 0, wanted.len), wanted);
}

static const char *kind_of(struct str media_type)
{
	return begins_with(media_type, "image/") ? "image" : begins_with(media_type, "video/") ? "video" :
		begins_with(media_type, "audio/") ? "audio" : "unknown";
}

static int32_t focus(double value)
{
	return value >= -1 && value <= 1 ? (int32_t)(value * FOCUS_SCALE) : 0;
}

static enum error insert_medium(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id,
	const struct post_medium *medium, int16_t position)
{
	bool has_type = medium->media_type.len >= 3 && medium->media_type.len <= 127;
	bool has_blurhash = medium->blurhash.len >= 6 && medium->blurhash.len <= 200;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_text(&values, random_token(arena, MEDIA_NAME_BYTES));
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(kind_of(medium->media_type)));
	db_value_text(&values, has_type ? medium->media_type : STR_LITERAL("application/octet-stream"));
	db_value_int32(&values, medium->width > 0 ? medium->width : 0);
	db_value_int32(&values, medium->height > 0 ? medium->height : 0);
	db_value_int32(&values, focus(medium->focus_x));
	db_value_int32(&values, focus(medium->focus_y));
	db_value_text(&values, has_blurhash ? medium->blurhash : (struct str){ 0 });
	db_value_text(&values, medium->alt);
	db_value_text(&values, medium->url);
	db_value_int64(&values, post_id);
	db_value_int16(&values, position);
	return db_change(db, arena, &add_medium, &values, NULL);
}

enum error post_parts_add_media(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id,
	const struct post_medium *media, size_t count)
{
	enum error error = ERROR_NONE;
	int16_t position = 0;
	for (size_t i = 0; i < count && position < POST_MAX_MEDIA && !error; i++)
		if (media[i].url.len >= 8 && media[i].url.len <= 2048)
			error = insert_medium(db, arena, post_id, actor_id, &media[i], position++);
	return error;
}

enum error post_parts_remove_media(struct db *db, struct arena *arena, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return db_change(db, arena, &remove_media, &values, NULL);
}

enum error post_parts_replace_tags(struct db *db, struct arena *arena, int64_t post_id, const struct str *tags,
	size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_text_array(&values, arena, tags, count);
	enum error error = db_change(db, arena, &remove_tags, &values, NULL);
	return error ? error : db_change(db, arena, &add_tags, &values, NULL);
}

enum error post_parts_replace_mentions(struct db *db, struct arena *arena, int64_t post_id, const int64_t *actor_ids,
	size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64_array(&values, arena, actor_ids, count);
	enum error error = db_change(db, arena, &silence_mentions, &values, NULL);
	return error ? error : db_change(db, arena, &add_mentions, &values, NULL);
}

static enum error load(struct db *db, struct arena *arena, const struct statement *statement, int64_t post_id,
	struct db_rows *ret_rows)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return db_run(db, arena, statement, &values, ret_rows);
}

static enum error load_mentions(struct db *db, struct arena *arena, int64_t post_id, struct post_details *details)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = load(db, arena, &list_mentions, post_id, &rows);
	if (error)
		return error;
	details->mention_count = (size_t)rows.count;
	details->mentions = arena_alloc_array(arena, details->mention_count, sizeof(*details->mentions));
	for (int i = 0; i < rows.count; i++)
		details->mentions[i] = (struct post_mention){
			.actor_id = db_int64(&rows, i, 0),
			.username = db_text(&rows, i, 1),
			.domain = db_text(&rows, i, 2),
			.uri = db_text(&rows, i, 3),
			.url = db_text(&rows, i, 4),
			.is_local = db_bool(&rows, i, 5),
		};
	return ERROR_NONE;
}

static enum error load_tags(struct db *db, struct arena *arena, int64_t post_id, struct post_details *details)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = load(db, arena, &list_tags, post_id, &rows);
	if (error)
		return error;
	details->tag_count = (size_t)rows.count;
	details->tags = arena_alloc_array(arena, details->tag_count, sizeof(*details->tags));
	for (int i = 0; i < rows.count; i++)
		details->tags[i] = db_text(&rows, i, 0);
	return ERROR_NONE;
}

static enum error load_media(struct db *db, struct arena *arena, int64_t post_id, struct post_details *details)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = load(db, arena, &list_media, post_id, &rows);
	if (error)
		return error;
	details->medium_count = (size_t)rows.count;
	details->media = arena_alloc_array(arena, details->medium_count, sizeof(*details->media));
	for (int i = 0; i < rows.count; i++)
		details->media[i] = (struct post_medium){
			.media_type = db_text(&rows, i, 0),
			.url = db_text(&rows, i, 1),
			.alt = db_text(&rows, i, 2),
			.blurhash = db_text(&rows, i, 3),
			.width = (int32_t)db_int64(&rows, i, 4),
			.height = (int32_t)db_int64(&rows, i, 5),
			.focus_x = (double)db_int64(&rows, i, 6) / FOCUS_SCALE,
			.focus_y = (double)db_int64(&rows, i, 7) / FOCUS_SCALE,
		};
	return ERROR_NONE;
}

enum error post_load_details(struct db *db, struct arena *arena, int64_t post_id, struct post_details *ret_details)
{
	struct post_details details = { 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = load(db, arena, &look, post_id, &rows);
	if (!error && db_bool(&rows, 0, 0))
		error = load_mentions(db, arena, post_id, &details);
	if (!error && db_bool(&rows, 0, 1))
		error = load_tags(db, arena, post_id, &details);
	if (!error && db_bool(&rows, 0, 2))
		error = load_media(db, arena, post_id, &details);
	if (!error)
		*ret_details = details;
	return error;
}
