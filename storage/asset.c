/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Assets. */
#include "storage/asset.h"

#include "storage/id_page_sql.h"
#include "storage/statement.h"
#include "base/mutant.h"

#define ASSET_COLUMNS \
	"s.id" \
	", s.organisation_id" \
	", s.actor_id" \
	", s.media_id" \
	", s.name" \
	", s.licence" \
	", s.credit" \
	", s.alt_texts::text as alt_texts" \
	", array_to_string(s.tags, E'\\n') as tags" \
	", s.embargo_until" \
	", s.usable_until" \
	", s.version" \
	", s.created_by" \
	", s.created_at"

enum {
	ASSET_ID,
	ASSET_ORGANISATION_ID,
	ASSET_ACTOR_ID,
	ASSET_MEDIA_ID,
	ASSET_NAME,
	ASSET_LICENCE,
	ASSET_CREDIT,
	ASSET_ALT_TEXTS,
	ASSET_TAGS,
	ASSET_EMBARGO_UNTIL,
	ASSET_USABLE_UNTIL,
	ASSET_VERSION,
	ASSET_CREATED_BY,
	ASSET_CREATED_AT,
};

static const struct statement insert = STATEMENT("asset_insert", 12,
	"insert into assets (id, organisation_id, actor_id, media_id, name, licence, credit, alt_texts, tags, embargo_until,"
	"                    usable_until, created_by)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $11, $12)");

static const struct statement find = STATEMENT("asset_find", 2,
	"select " ASSET_COLUMNS
	" from assets as s"
	" where s.id = $2"
	"   and s.organisation_id = $1"); // assets_pkey

static const struct statement list = STATEMENT("asset_list", 6,
	"select * from ("
	"  select " ASSET_COLUMNS
	"  from assets as s"
	"  where s.actor_id = any ($1::bigint[])"
	"    and s.id < $2"
	"    and s.id > $3"
	"    and ($6::text is null or $6 = any (s.tags))"
	"  order by case when $4::boolean then s.id else -s.id end"
	"  limit $5"
	" ) as page"
	" order by page.id desc"); // assets_account

static const struct statement update = STATEMENT("asset_update", 10,
	"update assets"
	" set name = $4,"
	"     licence = $5,"
	"     credit = $6,"
	"     alt_texts = $7::text::jsonb,"
	"     tags = $8,"
	"     embargo_until = $9,"
	"     usable_until = $10,"
	"     version = version + 1"
	" where id = $2"
	"   and organisation_id = $1"
	"   and version = $3"); // assets_pkey

static const struct statement remove_one = STATEMENT("asset_delete", 2,
	"with gone as ("
	"  delete from assets"
	"  where id = $2"
	"    and organisation_id = $1"
	"  returning media_id"
	"), kept as ("
	"  update media as m"
	"  set kept_until = now() + interval '30 days'"
	"  from gone as g"
	"  where m.id = g.media_id"
	"    and m.kept_until = 'infinity'"
	")"
	" select media_id from gone"); // assets_pkey, media_pkey

static const struct statement check = STATEMENT("asset_check", 3,
	"select s.media_id, coalesce(s.usable_until <= $3, false) as is_expired"
	" from assets as s"
	" where s.media_id = any ($2::bigint[])"
	"   and s.organisation_id = $1"
	"   and (s.embargo_until > $3 or s.usable_until <= $3)"
	" order by s.media_id"
	" limit 1"); // assets_media_id_key

STATEMENT_TABLE(asset_statements, &insert, &find, &list, &update, &remove_one, &check);

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

enum error asset_insert(struct db *db, struct arena *arena, const struct asset *asset)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, asset->id);
	db_value_int64(&values, asset->organisation_id);
	db_value_int64(&values, asset->actor_id);
	db_value_int64(&values, asset->media_id);
	db_value_text(&values, asset->name);
	db_value_text(&values, asset->licence);
	db_value_text(&values, asset->credit);
	db_value_text(&values, asset->alt_texts);
	db_value_text_array(&values, arena, asset->tags, asset->tag_count);
	add_time(&values, asset->embargo_us);
	add_time(&values, asset->usable_us);
	db_value_int64(&values, asset->created_by);
	return db_change(db, arena, &insert, &values, NULL);
}

static void read_tags(struct arena *arena, struct str text, struct asset *asset)
{
	struct str *tags = arena_alloc_array(arena, ASSET_TAGS_MAX, sizeof(*tags));
	struct str part;
	while (text.len && asset->tag_count < ASSET_TAGS_MAX && str_split_next(&text, '\n', &part))
		tags[asset->tag_count++] = part;
	asset->tags = tags;
}

static struct asset read_asset(struct arena *arena, const struct db_rows *rows, int row)
{
	struct asset asset = {
		.id = db_int64(rows, row, ASSET_ID),
		.organisation_id = db_int64(rows, row, ASSET_ORGANISATION_ID),
		.actor_id = db_int64(rows, row, ASSET_ACTOR_ID),
		.media_id = db_int64(rows, row, ASSET_MEDIA_ID),
		.name = db_text(rows, row, ASSET_NAME),
		.licence = db_text(rows, row, ASSET_LICENCE),
		.credit = db_text(rows, row, ASSET_CREDIT),
		.alt_texts = db_text(rows, row, ASSET_ALT_TEXTS),
		.embargo_us = db_time(rows, row, ASSET_EMBARGO_UNTIL),
		.usable_us = db_time(rows, row, ASSET_USABLE_UNTIL),
		.version = db_int64(rows, row, ASSET_VERSION),
		.created_by = db_int64(rows, row, ASSET_CREATED_BY),
		.created_us = db_time(rows, row, ASSET_CREATED_AT),
	};
	read_tags(arena, db_text(rows, row, ASSET_TAGS), &asset);
	return asset;
}

enum error asset_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct asset *ret_asset)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_asset = read_asset(arena, &rows, 0);
	return error;
}

enum error asset_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, struct str tag,
	const struct id_page *page, struct asset **ret_assets, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_bool(&values, is_ascending);
	db_value_int64(&values, page->limit);
	db_value_text(&values, tag);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct asset *assets = arena_alloc_array(arena, (size_t)rows.count, sizeof(*assets));
	for (int i = 0; i < rows.count; i++)
		assets[i] = read_asset(arena, &rows, i);
	*ret_assets = assets;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error asset_update(struct db *db, struct arena *arena, const struct asset *asset)
{
	struct db_values values = { .count = 0 };
	int64_t changed = 0;
	db_value_int64(&values, asset->organisation_id);
	db_value_int64(&values, asset->id);
	db_value_int64(&values, asset->version);
	db_value_text(&values, asset->name);
	db_value_text(&values, asset->licence);
	db_value_text(&values, asset->credit);
	db_value_text(&values, asset->alt_texts);
	db_value_text_array(&values, arena, asset->tags, asset->tag_count);
	add_time(&values, asset->embargo_us);
	add_time(&values, asset->usable_us);
	enum error error = db_change(db, arena, &update, &values, &changed);
	return error ? error : changed ? ERROR_NONE : ERROR_CONFLICT;
}

enum error asset_delete(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &remove_one, &values, &rows);
	return error ? error : rows.count ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error asset_check(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *media_ids, size_t count,
	int64_t at_us, enum asset_verdict *ret_verdict, int64_t *ret_media_id)
{
	*ret_verdict = ASSET_FINE;
	*ret_media_id = 0;
	if (!count || MUTANT("asset_check"))
		return ERROR_NONE;
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64_array(&values, arena, media_ids, count);
	db_value_time(&values, at_us);
	enum error error = db_run(db, arena, &check, &values, &rows);
	if (error || !rows.count)
		return error;
	*ret_media_id = db_int64(&rows, 0, 0);
	*ret_verdict = db_bool(&rows, 0, 1) ? ASSET_EXPIRED : ASSET_EMBARGO;
	return ERROR_NONE;
}
