/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Timelines that are read from the posts themselves. Each statement has two forms, since a page by min_id is counted from
 * below. */
#include "storage/timeline.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

/* In all of them $1 is the reader, $2 and $3 are the bounds of the ids, $4 is the limit. */
#define POST_AND_AUTHOR " from posts as p join actors as author on author.id = p.actor_id"
#define WITHIN(id) " " id " < $2 and " id " > $3"
#define HAS_MEDIA(parameter) \
	"   and (not " parameter "::boolean or exists (select from post_media as pm where pm.post_id = p.id))"
#define PUBLIC_SQL(order, local)                                                                             \
	"select p.id, p.id" POST_AND_AUTHOR                                                                  \
	" where" WITHIN("p.id")                                                                              \
	"   and p.visibility = 'public'"                                                                     \
	"   and (p.in_reply_to_actor_id is null or p.in_reply_to_actor_id = p.actor_id)"                     \
	local                                                                                                \
	"   and (not $5::boolean or author.domain_id is null)"                                               \
	HAS_MEDIA("$6")                                                                                      \
	"   and " IS_TOLD_TO_ALL("$1")                                                                       \
	"   and " POST_IS_WANTED_BY("$1")                                                                    \
	" order by p.id " order                                                                              \
	" limit $4"
static const struct statement public_down = STATEMENT("timeline_public_down", 6, PUBLIC_SQL("desc", "")); // posts_timeline
static const struct statement public_up = STATEMENT("timeline_public_up", 6, PUBLIC_SQL("asc", "")); // posts_timeline
static const struct statement local_down = STATEMENT("timeline_local_down", 6,
	PUBLIC_SQL("desc", " and p.fetched_at is null")); // posts_timeline_local
static const struct statement local_up = STATEMENT("timeline_local_up", 6,
	PUBLIC_SQL("asc", " and p.fetched_at is null")); // posts_timeline_local

#define TAGGED_SQL(order)                                                                                    \
	"select distinct found.id, found.id"                                                                 \
	" from unnest($5::text[]) as wanted (name)"                                                          \
	" cross join lateral ("                                                                              \
	"  select p.id"                                                                                      \
	"  from post_tags as t"                                                                              \
	"  join posts as p on p.id = t.post_id"                                                              \
	"  join actors as author on author.id = p.actor_id"                                                  \
	"  where t.name = wanted.name"                                                                       \
	"    and" WITHIN("t.post_id")                                                                        \
	"    and p.visibility = 'public'"                                                                    \
	"    and (not $6::boolean or author.domain_id is not null)"                                          \
	"    and (not $7::boolean or author.domain_id is null)"                                              \
	HAS_MEDIA("$8")                                                                                      \
	"    and not exists (select from unnest($9::text[]) as needed (name)"                                \
	"                    where not exists (select from post_tags as o where o.post_id = p.id and o.name = needed.name))" \
	"    and not exists (select from post_tags as o where o.post_id = p.id and o.name = any ($10::text[]))" \
	"    and " IS_TOLD_TO_ALL("$1")                                                                      \
	"    and " POST_IS_WANTED_BY("$1")                                                                   \
	"  order by t.post_id " order                                                                        \
	"  limit $4"                                                                                         \
	" ) as found"                                                                                        \
	" order by found.id " order                                                                          \
	" limit $4"
static const struct statement tagged_down = STATEMENT("timeline_tagged_down", 10, TAGGED_SQL("desc")); // post_tags_name
static const struct statement tagged_up = STATEMENT("timeline_tagged_up", 10, TAGGED_SQL("asc")); // post_tags_name

#define MEMBERS_SQL(order)                                                                                   \
	"select item.id, item.id"                                                                            \
	" from lists as l"                                                                                   \
	" join list_members as lm on lm.list_id = l.id"                                                      \
	" cross join lateral ("                                                                              \
	"  (select p.id" POST_AND_AUTHOR                                                                     \
	"   where p.actor_id = lm.actor_id"                                                                  \
	"     and" WITHIN("p.id")                                                                            \
	"     and p.visibility <> 'direct'"                                                                  \
	"     and (p.in_reply_to_uri is null and p.in_reply_to_actor_id is null"                             \
	"          or p.in_reply_to_actor_id in (p.actor_id, l.actor_id)"                                    \
	"          or l.replies_policy = 'list' and exists (select from list_members as o"                   \
	"             where o.list_id = l.id and o.actor_id = p.in_reply_to_actor_id)"                       \
	"          or l.replies_policy = 'followed' and exists (select from follows as s where s.follower_id = l.actor_id" \
	"             and s.followed_id = p.in_reply_to_actor_id and s.state = 'accepted'))"                 \
	"     and " POST_IS_WANTED_BY("$1")                                                                  \
	"   order by p.id " order                                                                            \
	"   limit $4)"                                                                                       \
	"  union all"                                                                                        \
	"  (select b.id"                                                                                     \
	"   from boosts as b"                                                                                \
	"   join actors as booster on booster.id = b.actor_id"                                               \
	"   join posts as p on p.id = b.post_id"                                                             \
	"   join actors as author on author.id = p.actor_id"                                                 \
	"   where b.actor_id = lm.actor_id"                                                                  \
	"     and" WITHIN("b.id")                                                                            \
	"     and not exists (select from follows as s where s.follower_id = $1 and s.followed_id = b.actor_id and not s.shows_boosts)" \
	"     and " POST_IS_WANTED_BY("$1")                                                                  \
	"     and " BOOST_IS_WANTED_BY("$1")                                                                 \
	"   order by b.id " order                                                                            \
	"   limit $4)"                                                                                       \
	" ) as item"                                                                                         \
	" where l.id = $5"                                                                                   \
	"   and l.actor_id = $1"                                                                             \
	" order by item.id " order                                                                           \
	" limit $4"
static const struct statement members_down = STATEMENT("timeline_members_down", 5,
	MEMBERS_SQL("desc")); // list_members_pkey, posts_actor_id, boosts_actor_id
static const struct statement members_up = STATEMENT("timeline_members_up", 5, MEMBERS_SQL("asc")); // as above
static const struct statement list_is_own = STATEMENT("timeline_list_is_own", 2,
	"select from lists where id = $1 and actor_id = $2"); // lists_pkey

#define DIRECT_SQL(order)                                                                                    \
	"select item.id, item.id"                                                                            \
	" from ("                                                                                            \
	"  (select p.id"                                                                                     \
	"   from posts as p"                                                                                 \
	"   where p.actor_id = $1"                                                                           \
	"     and p.visibility = 'direct'"                                                                   \
	"     and" WITHIN("p.id")                                                                            \
	"   order by p.id " order                                                                            \
	"   limit $4)"                                                                                       \
	"  union"                                                                                            \
	"  (select p.id"                                                                                     \
	"   from post_mentions as pm"                                                                        \
	"   join posts as p on p.id = pm.post_id"                                                            \
	"   join actors as author on author.id = p.actor_id"                                                 \
	"   where pm.actor_id = $1"                                                                          \
	"     and" WITHIN("pm.post_id")                                                                      \
	"     and p.visibility = 'direct'"                                                                   \
	"     and " POST_IS_WANTED_BY("$1")                                                                  \
	"   order by pm.post_id " order                                                                      \
	"   limit $4)"                                                                                       \
	" ) as item"                                                                                         \
	" order by item.id " order                                                                           \
	" limit $4"
static const struct statement direct_down = STATEMENT("timeline_direct_down", 4,
	DIRECT_SQL("desc")); // posts_direct, post_mentions_actor_id
static const struct statement direct_up = STATEMENT("timeline_direct_up", 4, DIRECT_SQL("asc")); // as above

/* Muted authors are here: who opens a profile wants to see it. */
#define ACCOUNT_SQL(order)                                                                                   \
	"select item.id, item.id"                                                                            \
	" from ("                                                                                            \
	"  (select p.id" POST_AND_AUTHOR                                                                     \
	"   where p.actor_id = $5"                                                                           \
	"     and" WITHIN("p.id")                                                                            \
	"     and ($6::boolean or p.in_reply_to_actor_id = p.actor_id"                                       \
	"          or p.in_reply_to_actor_id is null and p.in_reply_to_uri is null)"                         \
	HAS_MEDIA("$8")                                                                                      \
	"     and ($9::text is null or exists (select from post_tags as t where t.post_id = p.id and t.name = $9))" \
	"     and " POST_IS_SHOWN_TO("$1")                                                                   \
	"   order by p.id " order                                                                            \
	"   limit $4)"                                                                                       \
	"  union all"                                                                                        \
	"  (select b.id"                                                                                     \
	"   from boosts as b"                                                                                \
	"   join actors as booster on booster.id = b.actor_id"                                               \
	"   join posts as p on p.id = b.post_id"                                                             \
	"   join actors as author on author.id = p.actor_id"                                                 \
	"   where $7::boolean"                                                                               \
	"     and b.actor_id = $5"                                                                           \
	"     and" WITHIN("b.id")                                                                            \
	HAS_MEDIA("$8")                                                                                      \
	"     and ($9::text is null or exists (select from post_tags as t where t.post_id = p.id and t.name = $9))" \
	"     and " POST_IS_WANTED_BY("$1")                                                                  \
	"     and " BOOST_IS_VISIBLE_TO("$1")                                                                \
	"     and " ACTOR_IS_NOT_BLOCKED_BY("booster", "$1")                                                 \
	"   order by b.id " order                                                                            \
	"   limit $4)"                                                                                       \
	" ) as item"                                                                                         \
	" order by item.id " order                                                                           \
	" limit $4"
static const struct statement account_down = STATEMENT("timeline_account_down", 9,
	ACCOUNT_SQL("desc")); // posts_actor_id, boosts_actor_id
static const struct statement account_up = STATEMENT("timeline_account_up", 9, ACCOUNT_SQL("asc")); // as above

static const struct statement pinned = STATEMENT("timeline_pinned", 2,
	"select p.id, p.id"
	" from pins as n"
	" join posts as p on p.id = n.post_id"
	" join actors as author on author.id = p.actor_id"
	" where n.actor_id = $2"
	"   and " POST_IS_SHOWN_TO("$1")
	" order by n.created_at desc, n.post_id desc"); // pins_pkey, posts_pkey

#define QUOTES_SQL(order)                                                                                    \
	"select p.id, p.id" POST_AND_AUTHOR                                                                  \
	" where p.quote_id = $5"                                                                             \
	"   and" WITHIN("p.id")                                                                              \
	"   and p.quote_state = 'accepted'"                                                                  \
	"   and " POST_IS_WANTED_BY("$1")                                                                    \
	" order by p.id " order                                                                              \
	" limit $4"
static const struct statement quotes_down = STATEMENT("timeline_quotes_down", 5, QUOTES_SQL("desc")); // posts_quote_id
static const struct statement quotes_up = STATEMENT("timeline_quotes_up", 5, QUOTES_SQL("asc")); // posts_quote_id

/* What one keeps oneself: muted authors too. */
#define KEPT_SQL(table, order)                                                                               \
	"select k.id, k.post_id"                                                                             \
	" from " table " as k"                                                                               \
	" join posts as p on p.id = k.post_id"                                                               \
	" join actors as author on author.id = p.actor_id"                                                   \
	" where k.actor_id = $1"                                                                             \
	"   and" WITHIN("k.id")                                                                              \
	"   and " POST_IS_SHOWN_TO("$1")                                                                     \
	" order by k.id " order                                                                              \
	" limit $4"
static const struct statement bookmarks_down = STATEMENT("timeline_bookmarks_down", 4,
	KEPT_SQL("bookmarks", "desc")); // bookmarks_actor_id
static const struct statement bookmarks_up = STATEMENT("timeline_bookmarks_up", 4,
	KEPT_SQL("bookmarks", "asc")); // bookmarks_actor_id
static const struct statement favourites_down = STATEMENT("timeline_favourites_down", 4,
	KEPT_SQL("favourites", "desc")); // favourites_actor_id
static const struct statement favourites_up = STATEMENT("timeline_favourites_up", 4,
	KEPT_SQL("favourites", "asc")); // favourites_actor_id

#define DONE_BY_SQL(table, condition, order)                                                                 \
	"select b.id, b.actor_id"                                                                            \
	" from " table " as b"                                                                               \
	" join actors as booster on booster.id = b.actor_id"                                                 \
	" where b.post_id = $5"                                                                              \
	"   and" WITHIN("b.id")                                                                              \
	"   and (b.actor_id = $1 or " ACTOR_IS_WANTED_BY("booster", "$1") ")"                                \
	condition                                                                                            \
	" order by b.id " order                                                                              \
	" limit $4"
static const struct statement boosters_down = STATEMENT("timeline_boosters_down", 5,
	DONE_BY_SQL("boosts", " and " BOOST_IS_VISIBLE_TO("$1"), "desc")); // boosts_post_id
static const struct statement boosters_up = STATEMENT("timeline_boosters_up", 5,
	DONE_BY_SQL("boosts", " and " BOOST_IS_VISIBLE_TO("$1"), "asc")); // boosts_post_id
static const struct statement favouriters_down = STATEMENT("timeline_favouriters_down", 5,
	DONE_BY_SQL("favourites", "", "desc")); // favourites_post_id
static const struct statement favouriters_up = STATEMENT("timeline_favouriters_up", 5,
	DONE_BY_SQL("favourites", "", "asc")); // favourites_post_id

static const struct statement filter_wanted = STATEMENT("timeline_filter_wanted", 2,
	"select p.id, p.id" POST_AND_AUTHOR
	" where p.id = any ($2::bigint[])"
	"   and " POST_IS_WANTED_BY("$1::bigint")); // posts_pkey

STATEMENT_TABLE(timeline_statements, &public_down, &public_up, &local_down, &local_up, &tagged_down, &tagged_up,
	&members_down, &members_up, &list_is_own, &direct_down, &direct_up, &account_down, &account_up, &pinned, &quotes_down,
	&quotes_up, &bookmarks_down, &bookmarks_up, &favourites_down, &favourites_up, &boosters_down, &boosters_up,
	&favouriters_down, &favouriters_up, &filter_wanted);

/* The first four parameters. */
static void add_page(struct db_values *values, int64_t reader_id, const struct id_page *page)
{
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(values, reader_id);
	db_value_int64(values, before);
	db_value_int64(values, after);
	db_value_int64(values, page->limit);
}

/* Newest first, whichever way it was counted. page NULL: in the order of the statement. */
static enum error run(struct db *db, struct arena *arena, const struct statement *down, const struct statement *up,
	const struct id_page *page, const struct db_values *values, struct timeline_relation **ret_items, size_t *ret_count)
{
	bool is_ascending = page && page->min_id != 0;
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, is_ascending ? up : down, values, &rows);
	if (error)
		return error;
	struct timeline_relation *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++) {
		int row = is_ascending ? rows.count - 1 - i : i;
		items[i] = (struct timeline_relation){ .id = db_int64(&rows, row, 0), .target_id = db_int64(&rows, row, 1) };
	}
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error run_ids(struct db *db, struct arena *arena, const struct statement *down, const struct statement *up,
	const struct id_page *page, const struct db_values *values, int64_t **ret_ids, size_t *ret_count)
{
	struct timeline_relation *items;
	size_t count;
	enum error error = run(db, arena, down, up, page, values, &items, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = items[i].id;
	*ret_ids = ids;
	*ret_count = count;
	return ERROR_NONE;
}

enum error timeline_list_public(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_options *options,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_bool(&values, options->is_remote_only);
	db_value_bool(&values, options->is_media_only);
	return options->is_local_only ? run_ids(db, arena, &local_down, &local_up, page, &values, ret_ids, ret_count) :
		run_ids(db, arena, &public_down, &public_up, page, &values, ret_ids, ret_count);
}

enum error timeline_list_tagged(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_tags *tags,
	const struct timeline_options *options, const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_text_array(&values, arena, tags->any, tags->any_count);
	db_value_bool(&values, options->is_local_only);
	db_value_bool(&values, options->is_remote_only);
	db_value_bool(&values, options->is_media_only);
	db_value_text_array(&values, arena, tags->all, tags->all_count);
	db_value_text_array(&values, arena, tags->none, tags->none_count);
	return run_ids(db, arena, &tagged_down, &tagged_up, page, &values, ret_ids, ret_count);
}

static enum error check_own_list(struct db *db, struct arena *arena, int64_t reader_id, int64_t list_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	db_value_int64(&values, reader_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_is_own, &values, &rows);
	if (error)
		return error;
	return rows.count ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error timeline_list_members(struct db *db, struct arena *arena, int64_t reader_id, int64_t list_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	enum error error = check_own_list(db, arena, reader_id, list_id);
	if (error)
		return error;
	add_page(&values, reader_id, page);
	db_value_int64(&values, list_id);
	return run_ids(db, arena, &members_down, &members_up, page, &values, ret_ids, ret_count);
}

enum error timeline_list_direct(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	return run_ids(db, arena, &direct_down, &direct_up, page, &values, ret_ids, ret_count);
}

enum error timeline_list_account(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_account *wanted,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_int64(&values, wanted->actor_id);
	db_value_bool(&values, wanted->with_replies);
	db_value_bool(&values, wanted->with_boosts);
	db_value_bool(&values, wanted->is_media_only);
	db_value_text(&values, wanted->tag);
	return run_ids(db, arena, &account_down, &account_up, page, &values, ret_ids, ret_count);
}

enum error timeline_list_pinned(struct db *db, struct arena *arena, int64_t reader_id, int64_t actor_id, int64_t **ret_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reader_id);
	db_value_int64(&values, actor_id);
	return run_ids(db, arena, &pinned, NULL, NULL, &values, ret_ids, ret_count);
}

enum error timeline_list_quotes(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_int64(&values, post_id);
	return run_ids(db, arena, &quotes_down, &quotes_up, page, &values, ret_ids, ret_count);
}

enum error timeline_list_bookmarks(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	struct timeline_relation **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	return run(db, arena, &bookmarks_down, &bookmarks_up, page, &values, ret_items, ret_count);
}

enum error timeline_list_favourites(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	struct timeline_relation **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	return run(db, arena, &favourites_down, &favourites_up, page, &values, ret_items, ret_count);
}

enum error timeline_list_boosters(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, struct timeline_relation **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_int64(&values, post_id);
	return run(db, arena, &boosters_down, &boosters_up, page, &values, ret_items, ret_count);
}

enum error timeline_list_favouriters(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, struct timeline_relation **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_page(&values, reader_id, page);
	db_value_int64(&values, post_id);
	return run(db, arena, &favouriters_down, &favouriters_up, page, &values, ret_items, ret_count);
}

enum error timeline_filter_wanted(struct db *db, struct arena *arena, int64_t reader_id, const int64_t *post_ids, size_t count,
	int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reader_id);
	db_value_int64_array(&values, arena, post_ids, count);
	return run_ids(db, arena, &filter_wanted, NULL, NULL, &values, ret_ids, ret_count);
}
