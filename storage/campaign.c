/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Campaigns. */
#include "storage/campaign.h"

#include "storage/statement.h"

#define CAMPAIGN_COLUMNS \
	"c.id" \
	", c.organisation_id" \
	", c.name" \
	", array_to_string(c.hashtags, ' ') as hashtags" \
	", c.starts_at" \
	", c.ends_at" \
	", c.utm_source" \
	", c.utm_medium" \
	", c.utm_campaign" \
	", c.utm_term" \
	", c.utm_content" \
	", c.version" \
	", c.created_at"

enum {
	CAMPAIGN_ID,
	CAMPAIGN_ORGANISATION_ID,
	CAMPAIGN_NAME,
	CAMPAIGN_HASHTAGS,
	CAMPAIGN_STARTS_AT,
	CAMPAIGN_ENDS_AT,
	CAMPAIGN_UTM_SOURCE,
	CAMPAIGN_UTM_MEDIUM,
	CAMPAIGN_UTM_CAMPAIGN,
	CAMPAIGN_UTM_TERM,
	CAMPAIGN_UTM_CONTENT,
	CAMPAIGN_VERSION,
	CAMPAIGN_CREATED_AT,
};

static const struct statement insert = STATEMENT("campaign_insert", 11,
	"insert into campaigns (id, organisation_id, name, hashtags, starts_at, ends_at, utm_source, utm_medium, utm_campaign,"
	"                       utm_term, utm_content)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

static const struct statement find = STATEMENT("campaign_find", 2,
	"select " CAMPAIGN_COLUMNS
	" from campaigns as c"
	" where c.id = $2"
	"   and c.organisation_id = $1"); // campaigns_pkey

static const struct statement list = STATEMENT("campaign_list", 5,
	"select * from ("
	"  select " CAMPAIGN_COLUMNS
	"  from campaigns as c"
	"  where c.organisation_id = $1"
	"    and c.id < $2"
	"    and c.id > $3"
	"  order by case when $4::boolean then c.id else -c.id end"
	"  limit $5"
	" ) as page"
	" order by page.id desc"); // campaigns_organisation_id

static const struct statement update = STATEMENT("campaign_update", 12,
	"update campaigns"
	" set name = $3,"
	"     hashtags = $4,"
	"     starts_at = $5,"
	"     ends_at = $6,"
	"     utm_source = $7,"
	"     utm_medium = $8,"
	"     utm_campaign = $9,"
	"     utm_term = $10,"
	"     utm_content = $11,"
	"     version = version + 1"
	" where id = $1"
	"   and organisation_id = $2"
	"   and version = $12"); // campaigns_pkey

static const struct statement remove_one = STATEMENT("campaign_delete", 2,
	"with gone as ("
	"  delete from campaigns"
	"  where id = $2"
	"    and organisation_id = $1"
	"  returning id"
	"), kept as ("
	"  update drafts as d"
	"  set campaign_id = null"
	"  from gone as g"
	"  where d.campaign_id = g.id"
	")"
	" select id from gone"); // campaigns_pkey, drafts_campaign_id

STATEMENT_TABLE(campaign_statements, &insert, &find, &list, &update, &remove_one);

const char *utm_name(enum utm utm)
{
	static const char *const names[UTM_COUNT] = { "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content" };
	return names[utm];
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

static void add_all(struct db_values *values, struct arena *arena, const struct campaign *campaign)
{
	db_value_int64(values, campaign->id);
	db_value_int64(values, campaign->organisation_id);
	db_value_text(values, campaign->name);
	db_value_text_array(values, arena, campaign->hashtags, campaign->hashtag_count);
	add_time(values, campaign->starts_us);
	add_time(values, campaign->ends_us);
	for (int i = 0; i < UTM_COUNT; i++)
		db_value_text(values, campaign->utm[i]);
}

enum error campaign_insert(struct db *db, struct arena *arena, const struct campaign *campaign)
{
	struct db_values values = { .count = 0 };
	add_all(&values, arena, campaign);
	return db_change(db, arena, &insert, &values, NULL);
}

static struct campaign read_campaign(struct arena *arena, const struct db_rows *rows, int row)
{
	struct campaign campaign = {
		.id = db_int64(rows, row, CAMPAIGN_ID),
		.organisation_id = db_int64(rows, row, CAMPAIGN_ORGANISATION_ID),
		.name = db_text(rows, row, CAMPAIGN_NAME),
		.starts_us = db_time(rows, row, CAMPAIGN_STARTS_AT),
		.ends_us = db_time(rows, row, CAMPAIGN_ENDS_AT),
		.version = db_int64(rows, row, CAMPAIGN_VERSION),
		.created_us = db_time(rows, row, CAMPAIGN_CREATED_AT),
	};
	struct str *hashtags = arena_alloc_array(arena, CAMPAIGN_HASHTAGS_MAX, sizeof(*hashtags));
	struct str text = db_text(rows, row, CAMPAIGN_HASHTAGS), part;
	while (text.len && campaign.hashtag_count < CAMPAIGN_HASHTAGS_MAX && str_split_next(&text, ' ', &part))
		hashtags[campaign.hashtag_count++] = part;
	campaign.hashtags = hashtags;
	for (int i = 0; i < UTM_COUNT; i++)
		campaign.utm[i] = db_text(rows, row, CAMPAIGN_UTM_SOURCE + i);
	return campaign;
}

enum error campaign_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct campaign *ret_campaign)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_campaign = read_campaign(arena, &rows, 0);
	return error;
}

enum error campaign_list(struct db *db, struct arena *arena, int64_t organisation_id, const struct id_page *page,
	struct campaign **ret_campaigns, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_bool(&values, is_ascending);
	db_value_int64(&values, page->limit);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct campaign *campaigns = arena_alloc_array(arena, (size_t)rows.count, sizeof(*campaigns));
	for (int i = 0; i < rows.count; i++)
		campaigns[i] = read_campaign(arena, &rows, i);
	*ret_campaigns = campaigns;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error campaign_update(struct db *db, struct arena *arena, const struct campaign *campaign)
{
	struct db_values values = { .count = 0 };
	int64_t changed = 0;
	add_all(&values, arena, campaign);
	db_value_int64(&values, campaign->version);
	enum error error = db_change(db, arena, &update, &values, &changed);
	return error ? error : changed ? ERROR_NONE : ERROR_CONFLICT;
}

enum error campaign_delete(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &remove_one, &values, &rows);
	return error ? error : rows.count ? ERROR_NONE : ERROR_NOT_FOUND;
}
