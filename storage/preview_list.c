/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Previews as they are shown, the posts that show one, and those that are talked about. */
#include "storage/preview.h"

#include "storage/id.h"
#include "storage/post_visibility.h"
#include "storage/preview_row.h"

#include "base/clock.h"
#include "base/mutant.h"

#define DAY_US INT64_C(86400000000)
#define TRENDS_WINDOW_US (2 * DAY_US)
#define MAX_LOOKED_AT 200000
#define MAX_TRENDS 100
/* Nobody makes a trend alone. */
#define MIN_ACCOUNTS 2

/* Behind the columns of the preview. */
enum { TREND_NEWEST_DAY = PREVIEW_FETCHED_AT + 1, TREND_USES, TREND_ACCOUNTS };

#define AUTHOR_WANTS_TO_BE_FOUND \
	" p.visibility = 'public' and author.is_discoverable and author.suspended_at is null and author.silenced_at is null" \
	" and not " SERVER_IS_SILENCED("author")

static const struct statement find_of_post = STATEMENT("preview_list_find_of_post", 1,
	"select " PREVIEW_COLUMNS
	" from post_previews as s"
	" join previews as v on v.id = s.preview_id"
	" where s.post_id = $1"
	"   and v.state = 'ready'"); // post_previews_pkey, previews_pkey

static const struct statement find_by_url = STATEMENT("preview_list_find_by_url", 1,
	"select v.id"
	" from previews as v"
	" where v.url = $1"
	"   and v.state = 'ready'"
	"   and exists (select from post_previews as s join posts as p on p.id = s.post_id"
	"               where s.preview_id = v.id and p.visibility = 'public')");
	// previews_url_key, post_previews_preview_id, posts_pkey

#define POSTS_SQL(order)                                     \
	"select p.id"                                        \
	" from post_previews as s"                           \
	" join posts as p on p.id = s.post_id"               \
	" join actors as author on author.id = p.actor_id"   \
	" where s.preview_id = $5"                           \
	"   and s.post_id < $2"                              \
	"   and s.post_id > $3"                              \
	"   and" AUTHOR_WANTS_TO_BE_FOUND                    \
	"   and " POST_IS_WANTED_BY("$1")                    \
	" order by s.post_id " order                         \
	" limit $4"
static const struct statement posts_down = STATEMENT("preview_list_posts_down", 5, POSTS_SQL("desc")); // post_previews_preview_id
static const struct statement posts_up = STATEMENT("preview_list_posts_up", 5, POSTS_SQL("asc")); // post_previews_preview_id

static const struct statement count_trends = STATEMENT("preview_list_count_trends", 6,
	"with recent as materialized ("
	"  select p.id, p.actor_id, p.created_at"
	"  from posts as p"
	"  join actors as author on author.id = p.actor_id"
	"  where p.id > $1"
	"    and" AUTHOR_WANTS_TO_BE_FOUND
	"  order by p.id desc"
	"  limit $2"
	"), used as ("
	"  select s.preview_id, r.actor_id, max(r.created_at) as last_at"
	"  from recent as r"
	"  join post_previews as s on s.post_id = r.id"
	"  join previews as v on v.id = s.preview_id"
	"  where v.state = 'ready'"
	"  group by s.preview_id, r.actor_id"
	"), strong as ("
	"  select u.preview_id, sum(power(0.5, greatest(extract(epoch from now() - u.last_at), 0) / 86400.0)) as score"
	"  from used as u"
	"  group by u.preview_id"
	"  having count(*) >= $3"
	"  order by score desc, u.preview_id"
	"  limit $4"
	")"
	" insert into trending_links as old (preview_id, score, uses, accounts, newest_day, counted_at)"
	" select g.preview_id, g.score, days.uses, days.accounts, $5, now()"
	" from strong as g"
	" cross join lateral ("
	"  select array_agg(one.uses order by one.day) as uses, array_agg(one.accounts order by one.day) as accounts"
	"  from ("
	"   select bound.day, count(p.id) as uses, count(distinct p.actor_id) as accounts"
	"   from unnest($6::bigint[]) with ordinality as bound (first_id, day)"
	"   left join (select s.post_id from post_previews as s where s.preview_id = g.preview_id"
	"              and s.post_id > ($6::bigint[])[7] order by s.post_id desc limit $2) as shown"
	"     on shown.post_id >= bound.first_id"
	"     and (bound.day = 1 or shown.post_id < ($6::bigint[])[bound.day - 1])"
	"   left join posts as p on p.id = shown.post_id and p.visibility = 'public'"
	"   group by bound.day"
	"  ) as one"
	" ) as days"
	" on conflict (preview_id) do update"
	" set score = excluded.score,"
	"     uses = excluded.uses,"
	"     accounts = excluded.accounts,"
	"     newest_day = excluded.newest_day,"
	"     counted_at = excluded.counted_at"); // posts_timeline, post_previews_pkey, post_previews_preview_id

static const struct statement forget_trends = STATEMENT("preview_list_forget_trends", 0,
	"delete from trending_links"
	" where counted_at < now()");

static const struct statement list_trends = STATEMENT("preview_list_trends", 2,
	"select " PREVIEW_COLUMNS ", t.newest_day, u.uses, u.accounts"
	" from (select preview_id, score, newest_day, uses, accounts from trending_links"
	"       order by score desc, preview_id desc offset $1 limit $2) as t"
	" join previews as v on v.id = t.preview_id"
	" cross join lateral unnest(t.uses, t.accounts) with ordinality as u (uses, accounts, day)"
	" order by t.score desc, t.preview_id desc, u.day"); // trending_links_score, previews_pkey

STATEMENT_TABLE(preview_list_statements, &find_of_post, &find_by_url, &posts_down, &posts_up, &count_trends, &forget_trends,
	&list_trends);

static enum preview_kind read_kind(struct str word)
{
	for (enum preview_kind kind = PREVIEW_LINK; kind <= PREVIEW_RICH; kind++)
		if (str_eq(word, str_from(preview_kind_name(kind))))
			return kind;
	return PREVIEW_LINK;
}

void preview_row_read(const struct db_rows *rows, int row, int first, struct preview *ret_preview)
{
	*ret_preview = (struct preview){
		.id = db_int64(rows, row, first + PREVIEW_ID),
		.url = db_text(rows, row, first + PREVIEW_URL),
		.kind = read_kind(db_text(rows, row, first + PREVIEW_KIND)),
		.shown_url = db_text(rows, row, first + PREVIEW_SHOWN_URL),
		.title = db_text(rows, row, first + PREVIEW_TITLE),
		.description = db_text(rows, row, first + PREVIEW_DESCRIPTION),
		.language = db_text(rows, row, first + PREVIEW_LANGUAGE),
		.author_name = db_text(rows, row, first + PREVIEW_AUTHOR_NAME),
		.author_url = db_text(rows, row, first + PREVIEW_AUTHOR_URL),
		.creator_id = db_int64(rows, row, first + PREVIEW_CREATOR_ID),
		.provider_name = db_text(rows, row, first + PREVIEW_PROVIDER_NAME),
		.provider_url = db_text(rows, row, first + PREVIEW_PROVIDER_URL),
		.embed_url = db_text(rows, row, first + PREVIEW_EMBED_URL),
		.width = (int32_t)db_int64(rows, row, first + PREVIEW_WIDTH),
		.height = (int32_t)db_int64(rows, row, first + PREVIEW_HEIGHT),
		.image_url = db_text(rows, row, first + PREVIEW_IMAGE_URL),
		.image_description = db_text(rows, row, first + PREVIEW_IMAGE_DESCRIPTION),
		.blurhash = db_text(rows, row, first + PREVIEW_BLURHASH),
		.published_us = db_time(rows, row, first + PREVIEW_PUBLISHED_AT),
		.fetched_us = db_time(rows, row, first + PREVIEW_FETCHED_AT),
	};
}

enum error preview_find_of_post(struct db *db, struct arena *arena, int64_t post_id, struct preview *ret_preview)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_of_post, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	preview_row_read(&rows, 0, 0, ret_preview);
	return ERROR_NONE;
}

enum error preview_find_by_url(struct db *db, struct arena *arena, struct str url, int64_t *ret_id)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, url);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_by_url, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

enum error preview_list_posts(struct db *db, struct arena *arena, int64_t reader_id, int64_t preview_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(&values, reader_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_int64(&values, page->limit);
	db_value_int64(&values, preview_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, is_ascending ? &posts_up : &posts_down, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, is_ascending ? rows.count - 1 - i : i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error preview_count_trends(struct db *db, struct arena *arena)
{
	int64_t now_us = clock_now_us();
	int64_t today_us = now_us - now_us % DAY_US;
	int64_t first_ids[TREND_DAYS];
	for (int i = 0; i < TREND_DAYS; i++)
		first_ids[i] = id_at_time(today_us - i * DAY_US);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_at_time(now_us - TRENDS_WINDOW_US));
	db_value_int64(&values, MAX_LOOKED_AT);
	db_value_int64(&values, MUTANT("preview_trend_accounts") ? 1 : MIN_ACCOUNTS);
	db_value_int64(&values, MAX_TRENDS);
	db_value_time(&values, today_us);
	db_value_int64_array(&values, arena, first_ids, TREND_DAYS);
	enum error error = db_begin(db);
	if (!error)
		error = db_change(db, arena, &count_trends, &values, NULL);
	if (!error)
		error = db_change(db, arena, &forget_trends, NULL, NULL);
	if (!error)
		return db_commit(db);
	db_rollback(db);
	return error;
}

enum error preview_list_trends(struct db *db, struct arena *arena, int offset, int limit, struct preview_trend **ret_trends,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, offset);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_trends, &values, &rows);
	if (error)
		return error;
	size_t count = (size_t)rows.count / TREND_DAYS;
	struct preview_trend *trends = arena_alloc_array(arena, count, sizeof(*trends));
	for (size_t i = 0; i < count; i++) {
		int row = (int)i * TREND_DAYS;
		preview_row_read(&rows, row, 0, &trends[i].preview);
		trends[i].newest_day_us = db_time(&rows, row, TREND_NEWEST_DAY);
		for (int day = 0; day < TREND_DAYS; day++) {
			trends[i].uses[day] = db_int64(&rows, row + day, TREND_USES);
			trends[i].accounts[day] = db_int64(&rows, row + day, TREND_ACCOUNTS);
		}
	}
	*ret_trends = trends;
	*ret_count = count;
	return ERROR_NONE;
}
