/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Emojis are stored with every post that uses them, so what is here already must cost no write and no lock. */
#include "storage/emoji.h"

#include "storage/statement.h"

static const struct statement store = STATEMENT("emoji_store", 5,
	"insert into emojis as e (domain, shortcode, uri, image_url, updated_at)"
	" select $1, new.shortcode, new.uri, new.image_url, timestamptz 'epoch' + new.updated_us * interval '1 microsecond'"
	" from (select distinct on (u.shortcode) u.shortcode, u.uri, u.image_url, u.updated_us"
	"       from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as u (shortcode, uri, image_url, updated_us)"
	"       where not exists (select"
	"                         from emojis as old"
	"                         where old.domain = $1"
	"                           and old.shortcode = u.shortcode"
	"                           and old.image_url = u.image_url)"
	"       order by u.shortcode) as new"
	" on conflict (domain, shortcode) do update"
	" set uri = excluded.uri,"
	"     image_url = excluded.image_url,"
	"     updated_at = excluded.updated_at"
	" where e.updated_at <= excluded.updated_at"); // emojis_pkey

static const struct statement find_many = STATEMENT("emoji_find_many", 2,
	"select e.shortcode, e.uri, e.image_url, e.updated_at"
	" from emojis as e"
	" where e.domain = $1"
	"   and e.shortcode = any ($2::text[])"
	" order by e.shortcode"); // emojis_pkey

STATEMENT_TABLE(emoji_statements, &store, &find_many);

enum error emoji_store(struct db *db, struct arena *arena, struct str domain, const struct emoji *emojis, size_t count)
{
	if (count == 0)
		return ERROR_NONE;
	struct str *shortcodes = arena_alloc_array(arena, count, sizeof(*shortcodes));
	struct str *uris = arena_alloc_array(arena, count, sizeof(*uris));
	struct str *image_urls = arena_alloc_array(arena, count, sizeof(*image_urls));
	int64_t *updated_us = arena_alloc_array(arena, count, sizeof(*updated_us));
	for (size_t i = 0; i < count; i++) {
		shortcodes[i] = emojis[i].shortcode;
		uris[i] = emojis[i].uri;
		image_urls[i] = emojis[i].image_url;
		updated_us[i] = emojis[i].updated_us;
	}
	struct db_values values = { .count = 0 };
	db_value_text(&values, domain);
	db_value_text_array(&values, arena, shortcodes, count);
	db_value_text_array(&values, arena, uris, count);
	db_value_text_array(&values, arena, image_urls, count);
	db_value_int64_array(&values, arena, updated_us, count);
	return db_change(db, arena, &store, &values, NULL);
}

enum error emoji_find_many(struct db *db, struct arena *arena, struct str domain, const struct str *shortcodes, size_t count,
	struct emoji **ret_emojis, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, domain);
	db_value_text_array(&values, arena, shortcodes, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_many, &values, &rows);
	if (error)
		return error;
	struct emoji *emojis = arena_alloc_array(arena, (size_t)rows.count, sizeof(*emojis));
	for (int i = 0; i < rows.count; i++) {
		emojis[i] = (struct emoji){
			.shortcode = db_text(&rows, i, 0),
			.uri = db_text(&rows, i, 1),
			.image_url = db_text(&rows, i, 2),
			.updated_us = db_time(&rows, i, 3),
		};
	}
	*ret_emojis = emojis;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
