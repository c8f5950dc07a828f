/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags. What is counted is counted over a bounded number of posts. */
#include "storage/tag.h"

#include "storage/event.h"
#include "storage/home.h"
#include "storage/id.h"
#include "storage/id_page_sql.h"

#include "base/clock.h"
#include "base/mutant.h"

#define DAY_US INT64_C(86400000000)
#define MAX_COUNTED 1000
#define MAX_OWN_POSTS 10000
#define TAG_ID(name) "hashtextextended(" name ", 0) & 9223372036854775807"

static const struct statement view_many = STATEMENT("tag_view_many", 4,
	"select " TAG_ID("wanted.name") ", days.uses, days.accounts,"
	"       exists (select from tag_follows as f where f.actor_id = $1 and f.name = wanted.name),"
	"       exists (select from featured_tags as g where g.actor_id = $1 and g.name = wanted.name)"
	" from unnest($2::text[]) with ordinality as wanted (name, number)"
	" cross join lateral ("
	"  select bound.day, count(p.id) as uses, count(distinct p.actor_id) as accounts"
	"  from unnest($3::bigint[]) with ordinality as bound (first_id, day)"
	"  left join (select p.id, p.actor_id"
	"             from (select t.post_id from post_tags as t"
	"                   where t.name = wanted.name and t.post_id > ($3::bigint[])[7]"
	"                   order by t.post_id desc limit $4) as tagged"
	"             join posts as p on p.id = tagged.post_id"
	"             where p.visibility = 'public') as p"
	"    on p.id >= bound.first_id"
	"    and (bound.day = 1 or p.id < ($3::bigint[])[bound.day - 1])"
	"  group by bound.day"
	" ) as days"
	" order by wanted.number, days.day"); // post_tags_name, tag_follows_actor_id_name_key, featured_tags_pkey

/* From one name to the next by the index: a popular tag costs no more than another. Those of public posts only, the most
 * used of the last week first; what is counted is bounded. */
#define SEARCH_MAX_NAMES "100"
#define SEARCH_MAX_POSTS "100"
static const struct statement search = STATEMENT("tag_search", 4,
	"with recursive found as ("
	"  (select t.name, 1 as number from post_tags as t where t.name >= $1 order by t.name limit 1)"
	"  union all"
	"  select next.name, f.number + 1"
	"  from found as f"
	"  cross join lateral (select t.name from post_tags as t where t.name > f.name order by t.name limit 1) as next"
	"  where starts_with(f.name, $1)"
	"    and f.number < " SEARCH_MAX_NAMES
	")"
	" select f.name"
	" from found as f"
	" cross join lateral ("
	"  select count(p.id) as posts, count(p.id) filter (where p.id > $4) as fresh"
	"  from (select t.post_id from post_tags as t where t.name = f.name order by t.post_id desc limit " SEARCH_MAX_POSTS ") as tagged"
	"  join posts as p on p.id = tagged.post_id and p.visibility = 'public'"
	" ) as used"
	" where starts_with(f.name, $1)"
	"   and used.posts > 0"
	" order by f.name = $1 desc, used.fresh desc, used.posts desc, f.name"
	" offset $2"
	" limit $3"); // post_tags_name, posts_pkey

static const struct statement follow = STATEMENT("tag_follow", 4,
	"insert into tag_follows (id, actor_id, name)"
	" select $1, $2, $3"
	" where (select count(*) from tag_follows as f where f.actor_id = $2) < $4"
	"    or exists (select from tag_follows as f where f.actor_id = $2 and f.name = $3)"
	" on conflict (actor_id, name) do update"
	" set name = excluded.name"); // tag_follows_actor_id_name_key

static const struct statement unfollow = STATEMENT("tag_unfollow", 2,
	"delete from tag_follows"
	" where actor_id = $1"
	"   and name = $2"); // tag_follows_actor_id_name_key

static const struct statement list_follows = STATEMENT("tag_list_follows", 5,
	ID_PAGE_SELECT("f.id, f.name",
	" from tag_follows as f"
	" where f.actor_id = $1", "f.id")); // tag_follows_actor_id_name_key

#define OWN_POSTS                                                                                \
	"own as materialized ("                                                                  \
	"  select p.id, p.created_at from posts as p"                                            \
	"  where p.actor_id = $1 and p.visibility in ('public', 'unlisted')"                     \
	"  order by p.id desc limit $2)"

static const struct statement list_featured = STATEMENT("tag_list_featured", 2,
	"with " OWN_POSTS
	" select " TAG_ID("g.name") ", g.name, count(own.id), max(own.created_at)"
	" from featured_tags as g"
	" left join (own join post_tags as t on t.post_id = own.id) on t.name = g.name"
	" where g.actor_id = $1"
	" group by g.name, g.created_at"
	" order by g.created_at, g.name"); // posts_actor_open, post_tags_pkey, featured_tags_pkey

static const struct statement list_used = STATEMENT("tag_list_used", 3,
	"with " OWN_POSTS
	" select t.name"
	" from own"
	" join post_tags as t on t.post_id = own.id"
	" where not exists (select from featured_tags as g where g.actor_id = $1 and g.name = t.name)"
	" group by t.name"
	" order by count(*) desc, t.name"
	" limit $3"); // posts_actor_open, post_tags_pkey, featured_tags_pkey

STATEMENT_TABLE(tag_statements, &view_many, &search, &follow, &unfollow, &list_follows, &list_featured, &list_used);

enum error tag_view_list(struct db *db, struct arena *arena, int64_t reader_id, const struct str *names, size_t count,
	struct tag_view **ret_tags)
{
	int64_t now_us = clock_now_us(), today_us = now_us - now_us % DAY_US;
	int64_t first_ids[TREND_DAYS];
	for (int i = 0; i < TREND_DAYS; i++)
		first_ids[i] = id_at_time(today_us - i * DAY_US);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reader_id);
	db_value_text_array(&values, arena, names, count);
	db_value_int64_array(&values, arena, first_ids, TREND_DAYS);
	db_value_int64(&values, MAX_COUNTED);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &view_many, &values, &rows);
	if (error)
		return error;
	struct tag_view *tags = arena_alloc_array(arena, count, sizeof(*tags));
	for (int row = 0; row < rows.count; row++) {
		struct tag_view *tag = &tags[row / TREND_DAYS];
		tag->id = db_int64(&rows, row, 0);
		tag->name = names[row / TREND_DAYS];
		tag->newest_day_us = today_us;
		tag->uses[row % TREND_DAYS] = db_int64(&rows, row, 1);
		tag->accounts[row % TREND_DAYS] = db_int64(&rows, row, 2);
		tag->is_followed = db_bool(&rows, row, 3);
		tag->is_featured = db_bool(&rows, row, 4);
	}
	*ret_tags = tags;
	return ERROR_NONE;
}

static enum error list_names(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct str **ret_names, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct str *names = arena_alloc_array(arena, (size_t)rows.count, sizeof(*names));
	for (int i = 0; i < rows.count; i++)
		names[i] = db_text(&rows, i, 0);
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error tag_search(struct db *db, struct arena *arena, struct str beginning, int offset, int limit, struct str **ret_names,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, beginning);
	db_value_int64(&values, offset);
	db_value_int64(&values, limit);
	db_value_int64(&values, id_at_time(clock_now_us() - 7 * DAY_US));
	return list_names(db, arena, &search, &values, ret_names, ret_count);
}

enum error tag_follow(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_text(&values, name);
	db_value_int64(&values, MUTANT("tag_follow_max") ? INT64_MAX : TAG_FOLLOW_MAX);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &follow, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_UNPROCESSABLE;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, actor_id);
	return ERROR_NONE;
}

enum error tag_unfollow(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, name);
	enum error error = db_change(db, arena, &unfollow, &values, NULL);
	if (!error)
		error = home_remove_tag(db, arena, actor_id, name);
	if (!error)
		event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, actor_id);
	return error;
}

enum error tag_follow_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct tag_follow_item **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	id_page_add(&values, page);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_follows, &values, &rows);
	if (error)
		return error;
	struct tag_follow_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++) {
		int row = id_page_row(page, &rows, i);
		items[i] = (struct tag_follow_item){ db_int64(&rows, row, 0), db_text(&rows, row, 1) };
	}
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error tag_list_featured(struct db *db, struct arena *arena, int64_t actor_id, struct featured_tag **ret_tags,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, MAX_OWN_POSTS);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_featured, &values, &rows);
	if (error)
		return error;
	struct featured_tag *tags = arena_alloc_array(arena, (size_t)rows.count, sizeof(*tags));
	for (int i = 0; i < rows.count; i++)
		tags[i] = (struct featured_tag){ db_int64(&rows, i, 0), db_text(&rows, i, 1), db_int64(&rows, i, 2),
			db_time(&rows, i, 3) };
	*ret_tags = tags;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error tag_list_used(struct db *db, struct arena *arena, int64_t actor_id, int limit, struct str **ret_names,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, MAX_OWN_POSTS);
	db_value_int64(&values, limit);
	return list_names(db, arena, &list_used, &values, ret_names, ret_count);
}
