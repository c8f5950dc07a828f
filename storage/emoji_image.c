/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Our own emojis: a row with the picture, and one among all servers' emojis under the authority of the primary domain. */
#include "storage/emoji_image.h"

#include "storage/statement.h"

static const struct statement store = STATEMENT("emoji_image_store", 6,
	"with stored as ("
	"  insert into emoji_images as i (shortcode, category, is_listed, mime_type, bytes)"
	"  values ($1, $2, $3, $4, $5)"
	"  on conflict (shortcode) do update"
	"  set category = excluded.category, is_listed = excluded.is_listed, mime_type = excluded.mime_type,"
	"      bytes = excluded.bytes, updated_at = now()"
	")"
	" insert into emojis as e (domain, shortcode, uri, image_url, updated_at)"
	" select d.authority, $1, $6, $6, now()"
	" from domains as d"
	" where d.is_primary"
	" on conflict (domain, shortcode) do update"
	" set image_url = excluded.image_url, updated_at = excluded.updated_at"); // domains_one_primary, emojis_pkey

static const struct statement remove_one = STATEMENT("emoji_image_remove", 1,
	"with gone as ("
	"  delete from emojis as e using domains as d where d.is_primary and e.domain = d.authority and e.shortcode = $1"
	")"
	" delete from emoji_images where shortcode = $1"); // emojis_pkey, emoji_images_pkey

static const struct statement find = STATEMENT("emoji_image_find", 1,
	"select shortcode, category, is_listed, mime_type, updated_at, bytes"
	" from emoji_images"
	" where shortcode = $1"); // emoji_images_pkey

static const struct statement list = STATEMENT("emoji_image_list", 0,
	"select shortcode, category, is_listed, mime_type, updated_at, null::bytea"
	" from emoji_images"
	" order by shortcode"); // emoji_images_pkey

STATEMENT_TABLE(emoji_image_statements, &store, &remove_one, &find, &list);

static void read_image(const struct db_rows *rows, int row, struct emoji_image *ret_image)
{
	*ret_image = (struct emoji_image){
		.shortcode = db_text(rows, row, 0),
		.category = db_text(rows, row, 1),
		.is_listed = db_bool(rows, row, 2),
		.mime_type = db_text(rows, row, 3),
		.updated_us = db_time(rows, row, 4),
		.bytes = db_bytes(rows, row, 5),
	};
}

struct str emoji_image_url(struct arena *arena, struct str base_url, const struct emoji_image *image)
{
	struct str kind = str_slice(image->mime_type, sizeof("image/") - 1, image->mime_type.len);
	return arena_printf(arena, "%.*s/emoji/%.*s.%.*s?%lld", STR_ARG(base_url), STR_ARG(image->shortcode), STR_ARG(kind),
		(long long)(image->updated_us / 1000000));
}

enum error emoji_image_store(struct db *db, struct arena *arena, const struct emoji_image *image, struct str image_url)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, image->shortcode);
	db_value_text(&values, image->category);
	db_value_bool(&values, image->is_listed);
	db_value_text(&values, image->mime_type);
	db_value_bytes(&values, image->bytes);
	db_value_text(&values, image_url);
	return db_change(db, arena, &store, &values, NULL);
}

enum error emoji_image_remove(struct db *db, struct arena *arena, struct str shortcode)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_text(&values, shortcode);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (!error && !affected)
		return ERROR_NOT_FOUND;
	return error;
}

enum error emoji_image_find(struct db *db, struct arena *arena, struct str shortcode, struct emoji_image *ret_image)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, shortcode);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_image(&rows, 0, ret_image);
	return ERROR_NONE;
}

enum error emoji_image_list(struct db *db, struct arena *arena, struct emoji_image **ret_images, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, NULL, &rows);
	if (error)
		return error;
	struct emoji_image *images = arena_alloc_array(arena, (size_t)rows.count, sizeof(*images));
	for (int row = 0; row < rows.count; row++)
		read_image(&rows, row, &images[row]);
	*ret_images = images;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
