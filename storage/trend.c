/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Trends. A sum is made by two statements in one transaction: what is counted now is written with the transaction's time,
 * and what has another time is old. How much is looked at is bounded, so that a busy week costs no more than the bound. */
#include "storage/trend.h"

#include "storage/id.h"
#include "storage/post_visibility.h"
#include "storage/statement.h"

#include "base/clock.h"
#include "base/mutant.h"

#define DAY_US INT64_C(86400000000)
#define TAGS_WINDOW_US (2 * DAY_US)
#define POSTS_WINDOW_US (3 * DAY_US)
#define MAX_LOOKED_AT 200000
#define MAX_TAGS 100
#define MAX_POSTS 400
/* Nobody makes a trend alone. */
#define MIN_ACCOUNTS 2

#define AUTHOR_WANTS_TO_BE_FOUND \
	" p.visibility = 'public' and author.is_discoverable and author.suspended_at is null and author.silenced_at is null" \
	" and not " SERVER_IS_SILENCED("author")

static const struct statement count_tags = STATEMENT("trend_count_tags", 6,
	"with recent as materialized ("
	"  select p.id, p.actor_id, p.created_at"
	"  from posts as p"
	"  join actors as author on author.id = p.actor_id"
	"  where p.id > $1"
	"    and" AUTHOR_WANTS_TO_BE_FOUND
	"  order by p.id desc"
	"  limit $2"
	"), used as ("
	"  select t.name, r.actor_id, max(r.created_at) as last_at"
	"  from recent as r"
	"  join post_tags as t on t.post_id = r.id"
	"  group by t.name, r.actor_id"
	"), strong as ("
	"  select u.name, sum(power(0.5, greatest(extract(epoch from now() - u.last_at), 0) / 86400.0)) as score"
	"  from used as u"
	"  group by u.name"
	"  having count(*) >= $3"
	"  order by score desc, u.name"
	"  limit $4"
	")"
	" insert into trending_tags as old (name, score, uses, accounts, newest_day, counted_at)"
	" select s.name, s.score, days.uses, days.accounts, $5, now()"
	" from strong as s"
	" cross join lateral ("
	"  select array_agg(one.uses order by one.day) as uses, array_agg(one.accounts order by one.day) as accounts"
	"  from ("
	"   select bound.day, count(p.id) as uses, count(distinct p.actor_id) as accounts"
	"   from unnest($6::bigint[]) with ordinality as bound (first_id, day)"
	"   left join (select t.post_id from post_tags as t where t.name = s.name and t.post_id > ($6::bigint[])[7]"
	"              order by t.post_id desc limit $2) as tagged"
	"     on tagged.post_id >= bound.first_id"
	"     and (bound.day = 1 or tagged.post_id < ($6::bigint[])[bound.day - 1])"
	"   left join posts as p on p.id = tagged.post_id and p.visibility = 'public'"
	"   group by bound.day"
	"  ) as one"
	" ) as days"
	" on conflict (name) do update"
	" set score = excluded.score,"
	"     uses = excluded.uses,"
	"     accounts = excluded.accounts,"
	"     newest_day = excluded.newest_day,"
	"     counted_at = excluded.counted_at"); // posts_timeline, post_tags_pkey, post_tags_name

static const struct statement forget_tags = STATEMENT("trend_forget_tags", 0,
	"delete from trending_tags"
	" where counted_at < now()");

/* What people did whom their own servers show counts, not what the author did. */
#define DEED(table, condition)                                                          \
	"(select d.post_id, d.actor_id, d.created_at"                                   \
	" from " table " as d where d.id > $1" condition " order by d.id desc limit $2)"

static const struct statement count_posts = STATEMENT("trend_count_posts", 4,
	"with deed as materialized ("
	DEED("favourites", "")
	"  union all"
	DEED("boosts", " and d.visibility in ('public', 'unlisted')")
	")"
	" insert into trending_posts as old (post_id, score, counted_at)"
	" select p.id, sum(power(0.5, greatest(extract(epoch from now() - d.created_at), 0) / 43200.0)) as score, now()"
	" from deed as d"
	" join posts as p on p.id = d.post_id"
	" join actors as author on author.id = p.actor_id"
	" join actors as fan on fan.id = d.actor_id"
	" where p.id > $1"
	"   and p.actor_id <> d.actor_id"
	"   and fan.suspended_at is null"
	"   and fan.silenced_at is null"
	"   and not " SERVER_IS_SILENCED("fan")
	"   and p.spoiler_text = ''"
	"   and not p.is_sensitive"
	"   and" AUTHOR_WANTS_TO_BE_FOUND
	" group by p.id"
	" having count(distinct d.actor_id) >= $3"
	" order by score desc"
	" limit $4"
	" on conflict (post_id) do update"
	" set score = excluded.score,"
	"     counted_at = excluded.counted_at"); // favourites_pkey, boosts_pkey, posts_pkey

static const struct statement forget_posts = STATEMENT("trend_forget_posts", 0,
	"delete from trending_posts"
	" where counted_at < now()");

static const struct statement list_tags = STATEMENT("trend_list_tags", 3,
	"select hashtextextended(t.name, 0) & 9223372036854775807, t.name, t.newest_day, u.uses, u.accounts,"
	"       exists (select from tag_follows as f where f.actor_id = $1 and f.name = t.name),"
	"       exists (select from featured_tags as g where g.actor_id = $1 and g.name = t.name)"
	" from (select name, score, newest_day, uses, accounts from trending_tags"
	"       order by score desc, name offset $2 limit $3) as t"
	" cross join lateral unnest(t.uses, t.accounts) with ordinality as u (uses, accounts, day)"
	" order by t.score desc, t.name, u.day"); // trending_tags_score, tag_follows_actor_id_name_key, featured_tags_pkey

/* Asked again here: the author may have changed its mind since. */
static const struct statement list_posts = STATEMENT("trend_list_posts", 3,
	"select p.id"
	" from trending_posts as t"
	" join posts as p on p.id = t.post_id"
	" join actors as author on author.id = p.actor_id"
	" where" AUTHOR_WANTS_TO_BE_FOUND
	"   and " POST_IS_WANTED_BY("$1")
	" order by t.score desc, t.post_id desc"
	" offset $2"
	" limit $3"); // trending_posts_score

STATEMENT_TABLE(trend_statements, &count_tags, &forget_tags, &count_posts, &forget_posts, &list_tags, &list_posts);

static enum error count_anew(struct db *db, struct arena *arena, const struct statement *count,
	const struct db_values *values, const struct statement *forget)
{
	enum error error = db_begin(db);
	if (!error)
		error = db_change(db, arena, count, values, NULL);
	if (!error)
		error = db_change(db, arena, forget, NULL, NULL);
	if (!error)
		return db_commit(db);
	db_rollback(db);
	return error;
}

static int64_t min_accounts(void)
{
	return MUTANT("trend_accounts") ? 1 : MIN_ACCOUNTS;
}

enum error trend_count_tags(struct db *db, struct arena *arena)
{
	int64_t now_us = clock_now_us();
	int64_t today_us = now_us - now_us % DAY_US;
	int64_t first_ids[TREND_DAYS];
	for (int i = 0; i < TREND_DAYS; i++)
		first_ids[i] = id_at_time(today_us - i * DAY_US);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_at_time(now_us - TAGS_WINDOW_US));
	db_value_int64(&values, MAX_LOOKED_AT);
	db_value_int64(&values, min_accounts());
	db_value_int64(&values, MAX_TAGS);
	db_value_time(&values, today_us);
	db_value_int64_array(&values, arena, first_ids, TREND_DAYS);
	return count_anew(db, arena, &count_tags, &values, &forget_tags);
}

enum error trend_count_posts(struct db *db, struct arena *arena)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_at_time(clock_now_us() - POSTS_WINDOW_US));
	db_value_int64(&values, MAX_LOOKED_AT);
	db_value_int64(&values, min_accounts());
	db_value_int64(&values, MAX_POSTS);
	return count_anew(db, arena, &count_posts, &values, &forget_posts);
}

static void add_page(struct db_values *values, int64_t reader_id, int offset, int limit)
{
	db_value_int64(values, reader_id);
	db_value_int64(values, offset);
	db_value_int64(values, limit);
}

enum error trend_list_tags(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit,
	struct tag_view **ret_tags, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, offset, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_tags, &values, &rows);
	if (error)
		return error;
	size_t count = (size_t)rows.count / TREND_DAYS;
	struct tag_view *tags = arena_alloc_array(arena, count, sizeof(*tags));
	for (size_t i = 0; i < count; i++) {
		int row = (int)i * TREND_DAYS;
		tags[i] = (struct tag_view){
			.id = db_int64(&rows, row, 0),
			.name = db_text(&rows, row, 1),
			.newest_day_us = db_time(&rows, row, 2),
			.is_followed = db_bool(&rows, row, 5),
			.is_featured = db_bool(&rows, row, 6),
		};
		for (int day = 0; day < TREND_DAYS; day++) {
			tags[i].uses[day] = db_int64(&rows, row + day, 3);
			tags[i].accounts[day] = db_int64(&rows, row + day, 4);
		}
	}
	*ret_tags = tags;
	*ret_count = count;
	return ERROR_NONE;
}

enum error trend_list_posts(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit, int64_t **ret_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, offset, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_posts, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
