/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts at a glance. The stamp is the transaction that wrote the row last, so that no writer can forget to change it. */
#include "storage/post_glance.h"

#include "storage/home.h"
#include "storage/post_row.h"
#include "storage/post_visibility.h"

#define MAX_QUOTES_COUNTED "1000"

/* Counted no further: few posts are quoted more often. */
#define QUOTES_COUNTED                                                                                       \
	"(select count(*) from (select from posts as q where q.quote_id = p.id and q.quote_state = 'accepted'" \
	" limit " MAX_QUOTES_COUNTED ") as quoting)"
/* Of a table of what actors did to posts. "offset 0": looked up for each post; otherwise the plan may read all that the
 * viewer ever did. */
#define IS_MINE(table) "exists (select from " table " as k where k.actor_id = $1 and k.post_id = p.id offset 0)"
#define IS_THREAD_MUTED \
	"exists (select from conversation_mutes as k where k.actor_id = $1 and k.conversation_id = p.conversation_id offset 0)"
#define IS_THREAD_AMONG_MUTED \
	"p.conversation_id in (select k.conversation_id from conversation_mutes as k where k.actor_id = $1)"
#define IS_PINNED "(p.actor_id = $1 and exists (select from pins as k where k.actor_id = $1 and k.post_id = p.id offset 0))"
#define MAY_QUOTE                                                                                            \
	"(p.quote_policy = 'followers' and exists (select from follows as f"                                 \
	" where f.follower_id = $1 and f.followed_id = p.actor_id and f.state = 'accepted' offset 0))"

#define GLANCE_COLUMNS                      \
	"item.id" \
	", b.actor_id as booster_id" \
	", b.uri as boost_uri" \
	", b.visibility as boost_visibility" \
	", b.created_at as boosted_at" \
	", p.id as post_id" \
	", p.actor_id" \
	", p.stamp" \
	", p.visibility" \
	", p.quote_state" \
	", p.quote_id" \
	", p.kind = 'question' as has_poll" \
	", p.quote_policy" \
	", c.replies" \
	", c.boosts" \
	", c.favourites" \
	", author.xmin as author_stamp" \
	", author.moved_to_id as author_moved_to_id" \
	", author_counts.followers as author_followers" \
	", author_counts.following as author_following" \
	", author_counts.posts as author_posts" \
	", author_counts.last_post_at as author_last_post_at" \
	", booster.xmin as booster_stamp" \
	", booster.moved_to_id as booster_moved_to_id" \
	", booster_counts.followers as booster_followers" \
	", booster_counts.following as booster_following" \
	", booster_counts.posts as booster_posts" \
	", booster_counts.last_post_at as booster_last_post_at" \
	", more.quotes" \
	", more.is_favourited" \
	", more.is_boosted" \
	", more.is_bookmarked" \
	", more.is_muted" \
	", more.is_pinned" \
	", more.may_quote"

enum {
	GLANCE_ID,
	GLANCE_BOOSTER_ID,
	GLANCE_BOOST_URI,
	GLANCE_BOOST_VISIBILITY,
	GLANCE_BOOSTED_AT,
	GLANCE_POST_ID,
	GLANCE_ACTOR_ID,
	GLANCE_STAMP,
	GLANCE_VISIBILITY,
	GLANCE_QUOTE_STATE,
	GLANCE_QUOTE_ID,
	GLANCE_HAS_POLL,
	GLANCE_QUOTE_POLICY,
	GLANCE_REPLIES,
	GLANCE_BOOSTS,
	GLANCE_FAVOURITES,
	GLANCE_AUTHOR_STAMP,
	GLANCE_AUTHOR_MOVED_TO_ID,
	GLANCE_AUTHOR_FOLLOWERS,
	GLANCE_AUTHOR_FOLLOWING,
	GLANCE_AUTHOR_POSTS,
	GLANCE_AUTHOR_LAST_POST_AT,
	GLANCE_BOOSTER_STAMP,
	GLANCE_BOOSTER_MOVED_TO_ID,
	GLANCE_BOOSTER_FOLLOWERS,
	GLANCE_BOOSTER_FOLLOWING,
	GLANCE_BOOSTER_POSTS,
	GLANCE_BOOSTER_LAST_POST_AT,
	GLANCE_QUOTES,
	GLANCE_IS_FAVOURITED,
	GLANCE_IS_BOOSTED,
	GLANCE_IS_BOOKMARKED,
	GLANCE_IS_MUTED,
	GLANCE_IS_PINNED,
	GLANCE_MAY_QUOTE,
};

#define GLANCE_MORE(is_muted)                                                                                \
	" cross join lateral (select " QUOTES_COUNTED " as quotes"                                           \
	", " IS_MINE("favourites") " as is_favourited"                                                       \
	", " IS_MINE("boosts") " as is_boosted"                                                              \
	", " IS_MINE("bookmarks") " as is_bookmarked"                                                        \
	", " is_muted " as is_muted"                                                                         \
	", " IS_PINNED " as is_pinned"                                                                       \
	", " MAY_QUOTE " as may_quote) as more"
/* Again "offset 0": a plan made while the tables are young would else go through all posts of all actors. */
#define GLANCE_TABLES " left join boosts as b on b.id = item.id" GLANCE_PEOPLE
#define GLANCE_PEOPLE                                                                                        \
	" left join actors as booster on booster.id = b.actor_id"                                            \
	" left join actor_counts as booster_counts on booster_counts.actor_id = b.actor_id"                  \
	" cross join lateral (select one.*, one.xmin as stamp from posts as one"                             \
	"                     where one.id = coalesce(b.post_id, item.id) offset 0) as p"                    \
	" join actors as author on author.id = p.actor_id"                                                   \
	" left join actor_counts as author_counts on author_counts.actor_id = p.actor_id"                    \
	" left join post_counts as c on c.post_id = p.id"

/* Behind GLANCE_COLUMNS. */
#define PAGE_MUTE_ENDS (GLANCE_MAY_QUOTE + 1)
#define HOME_IS_KEPT (GLANCE_MAY_QUOTE + 2)

/* Behind POST_COLUMNS. */
#define APPLICATION_NAME (POST_FAVOURITES + 1)
#define APPLICATION_WEBSITE (POST_FAVOURITES + 2)

/* boosts_pkey, posts_pkey, actors_pkey, post_counts_pkey, posts_quote_id, and the keys of (actor, post) */
static const struct statement list = STATEMENT("post_glance_list", 2,
	"select " GLANCE_COLUMNS
	" from (select distinct one.id from unnest($2::bigint[]) as one (id)) as item"
	GLANCE_TABLES
	GLANCE_MORE(IS_THREAD_MUTED)
	" where " POST_IS_SHOWN_TO("$1")
	"   and (b.id is null or " BOOST_IS_VISIBLE_TO("$1") " and " ACTOR_IS_NOT_BLOCKED_BY("booster", "$1") ")");

/* The newest items of a home timeline, more than a page of them, and of those the ones that are wanted. The number is
 * written out so that the plan is made for so few rows. */
#define HOME_SQL(order)                                                                                      \
	UNWANTED_OF("$1")                                                                                    \
	" select " GLANCE_COLUMNS                                                                             \
	", (select min(k.expires_at) from mutes as k where k.muter_id = $1 and k.expires_at > now())"        \
	", (select t.is_built and t.read_on = current_date from home_timelines as t where t.owner_id = $1)"  \
	" from (select h.item_id as id"                                                                      \
	"       from home_items as h"                                                                        \
	"       where h.owner_id = $1"                                                                       \
	"         and h.item_id < $2"                                                                        \
	"         and h.item_id > $3"                                                                        \
	"       order by h.item_id " order                                                                   \
	"       limit least($4::integer + 8, 48)) as item"                                                   \
	GLANCE_TABLES                                                                                        \
	GLANCE_MORE(IS_THREAD_AMONG_MUTED)                                                                   \
	" where " ITEM_IS_WANTED_BY("$1")                                                                    \
	" order by item.id " order                                                                           \
	" limit $4"
static const struct statement home_down = STATEMENT("post_glance_home_down", 4, HOME_SQL("desc")); // home_items_pkey
static const struct statement home_up = STATEMENT("post_glance_home_up", 4, HOME_SQL("asc")); // home_items_pkey

/* What the viewer did not want is left out of the page before it is looked at. */
#define LOCAL_SQL(order)                                                                                     \
	UNWANTED_OF("$1")                                                                                    \
	" select " GLANCE_COLUMNS                                                                            \
	", (select min(k.expires_at) from mutes as k where k.muter_id = $1 and k.expires_at > now())"        \
	" from (select p.id"                                                                                 \
	"       from posts as p"                                                                             \
	"       join actors as author on author.id = p.actor_id"                                             \
	"       where p.id < $2"                                                                             \
	"         and p.id > $3"                                                                             \
	"         and p.visibility = 'public'"                                                               \
	"         and (p.in_reply_to_actor_id is null or p.in_reply_to_actor_id = p.actor_id)"               \
	"         and p.fetched_at is null"                                                                  \
	"         and " IS_TOLD_TO_ALL("$1")                                                                 \
	"         and " IS_AMONG_WANTED("author", "p.actor_id", "$1")                                        \
	"       order by p.id " order                                                                        \
	"       limit $4::integer) as item"                                                                  \
	" left join boosts as b on false"                                                                    \
	GLANCE_PEOPLE                                                                                        \
	GLANCE_MORE(IS_THREAD_AMONG_MUTED)                                                                   \
	" order by item.id " order
static const struct statement local_down = STATEMENT("post_glance_local_down", 4, LOCAL_SQL("desc")); // posts_timeline_local
static const struct statement local_up = STATEMENT("post_glance_local_up", 4, LOCAL_SQL("asc")); // posts_timeline_local

static const struct statement list_full = STATEMENT("post_glance_list_full", 1,
	"select " POST_COLUMNS ", o.name as application_name, o.website as application_website" POST_TABLES
	" left join oauth_applications as o on o.id = p.application_id"
	" where p.id = any ($1::bigint[])"); // posts_pkey, oauth_applications_pkey

static const struct statement list_numbers = STATEMENT("post_glance_list_numbers", 1,
	"select p.id, c.replies, c.boosts, c.favourites, " QUOTES_COUNTED
	" from posts as p"
	" left join post_counts as c on c.post_id = p.id"
	" where p.id = any ($1::bigint[])"); // posts_pkey, post_counts_pkey, posts_quote_id

STATEMENT_TABLE(post_glance_statements, &list, &home_down, &home_up, &local_down, &local_up, &list_full, &list_numbers);

/* The six columns from first on. */
static struct actor_glance read_actor(const struct db_rows *rows, int row, int first, int64_t id)
{
	return (struct actor_glance){
		.id = id,
		.stamp = db_int64(rows, row, first),
		.moved_to_id = db_int64(rows, row, first + 1),
		.followers = db_int64(rows, row, first + 2),
		.following = db_int64(rows, row, first + 3),
		.posts = db_int64(rows, row, first + 4),
		.last_post_us = db_time(rows, row, first + 5),
	};
}

static void read_glance(const struct db_rows *rows, int row, struct post_glance *glance)
{
	*glance = (struct post_glance){
		.id = db_int64(rows, row, GLANCE_ID),
		.booster_id = db_int64(rows, row, GLANCE_BOOSTER_ID),
		.post_id = db_int64(rows, row, GLANCE_POST_ID),
		.actor_id = db_int64(rows, row, GLANCE_ACTOR_ID),
		.stamp = db_int64(rows, row, GLANCE_STAMP),
		.visibility = post_row_visibility_from(db_text(rows, row, GLANCE_VISIBILITY)),
		.quote_state = post_row_quote_state_from(db_text(rows, row, GLANCE_QUOTE_STATE)),
		.quote_id = db_int64(rows, row, GLANCE_QUOTE_ID),
		.has_poll = db_bool(rows, row, GLANCE_HAS_POLL),
		.quote_policy = post_row_quote_policy_from(db_text(rows, row, GLANCE_QUOTE_POLICY)),
		.replies = db_int64(rows, row, GLANCE_REPLIES),
		.boosts = db_int64(rows, row, GLANCE_BOOSTS),
		.favourites = db_int64(rows, row, GLANCE_FAVOURITES),
		.quotes = db_int64(rows, row, GLANCE_QUOTES),
		.is_favourited = db_bool(rows, row, GLANCE_IS_FAVOURITED),
		.is_boosted = db_bool(rows, row, GLANCE_IS_BOOSTED),
		.is_bookmarked = db_bool(rows, row, GLANCE_IS_BOOKMARKED),
		.is_muted = db_bool(rows, row, GLANCE_IS_MUTED),
		.is_pinned = db_bool(rows, row, GLANCE_IS_PINNED),
		.may_quote_as_follower = db_bool(rows, row, GLANCE_MAY_QUOTE),
	};
	glance->author = read_actor(rows, row, GLANCE_AUTHOR_STAMP, glance->actor_id);
	if (!glance->booster_id)
		return;
	glance->booster = read_actor(rows, row, GLANCE_BOOSTER_STAMP, glance->booster_id);
	glance->boost_uri = db_text(rows, row, GLANCE_BOOST_URI);
	glance->boost_visibility = post_row_visibility_from(db_text(rows, row, GLANCE_BOOST_VISIBILITY));
	glance->boosted_us = db_time(rows, row, GLANCE_BOOSTED_AT);
}

enum error post_glance_list(struct db *db, struct arena *arena, int64_t viewer_actor_id, const int64_t *ids, size_t count,
	struct post_glance **ret_glances, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, viewer_actor_id);
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct post_glance *glances = arena_alloc_array(arena, (size_t)rows.count, sizeof(*glances));
	for (int i = 0; i < rows.count; i++)
		read_glance(&rows, i, &glances[i]);
	*ret_glances = glances;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error read_page(struct db *db, struct arena *arena, const struct statement *down, const struct statement *up,
	int64_t viewer_id, const struct id_page *page, struct db_rows *rows, struct post_glance **ret_glances, size_t *ret_count,
	int64_t *ret_until_us)
{
	int64_t before, after;
	bool is_ascending;
	struct db_values values = { .count = 0 };
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(&values, viewer_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_int32(&values, page->limit);
	enum error error = db_run(db, arena, is_ascending ? up : down, &values, rows);
	if (error)
		return error;
	struct post_glance *glances = arena_alloc_array(arena, (size_t)rows->count, sizeof(*glances));
	for (int i = 0; i < rows->count; i++)
		read_glance(rows, is_ascending ? rows->count - 1 - i : i, &glances[i]);
	*ret_glances = glances;
	*ret_count = (size_t)rows->count;
	*ret_until_us = rows->count == 0 ? 0 : db_is_null(rows, 0, PAGE_MUTE_ENDS) ? INT64_MAX : db_time(rows, 0, PAGE_MUTE_ENDS);
	return ERROR_NONE;
}

enum error post_glance_list_local(struct db *db, struct arena *arena, int64_t viewer_actor_id, const struct id_page *page,
	struct post_glance **ret_glances, size_t *ret_count, int64_t *ret_until_us)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	return read_page(db, arena, &local_down, &local_up, viewer_actor_id, page, &rows, ret_glances, ret_count, ret_until_us);
}

/* In the order of the ids, which are in that of the page. */
static void put_in_order(struct post_glance *glances, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t at = i; at > 0 && glances[at - 1].id < glances[at].id; at--) {
			struct post_glance other = glances[at];
			glances[at] = glances[at - 1];
			glances[at - 1] = other;
		}
}

/* Few of the candidates are unwanted as a rule. When too many are, or there are no more, all are looked through. */
enum error post_glance_list_home(struct db *db, struct arena *arena, int64_t viewer_actor_id, const struct id_page *page,
	struct post_glance **ret_glances, size_t *ret_count, int64_t *ret_until_us)
{
	int64_t *ids;
	size_t count;
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error =
		read_page(db, arena, &home_down, &home_up, viewer_actor_id, page, &rows, ret_glances, ret_count, ret_until_us);
	if (error || (rows.count == page->limit && db_bool(&rows, 0, HOME_IS_KEPT)))
		return error;
	error = home_list(db, arena, viewer_actor_id, page, &ids, &count);
	if (error)
		return error;
	error = post_glance_list(db, arena, viewer_actor_id, ids, count, ret_glances, ret_count);
	if (!error)
		put_in_order(*ret_glances, *ret_count);
	return error;
}

enum error post_numbers_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct post_numbers **ret_numbers,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_numbers, &values, &rows);
	if (error)
		return error;
	struct post_numbers *numbers = arena_alloc_array(arena, (size_t)rows.count, sizeof(*numbers));
	for (int i = 0; i < rows.count; i++)
		numbers[i] = (struct post_numbers){
			.post_id = db_int64(&rows, i, 0), .replies = db_int64(&rows, i, 1), .boosts = db_int64(&rows, i, 2),
			.favourites = db_int64(&rows, i, 3), .quotes = db_int64(&rows, i, 4),
		};
	*ret_numbers = numbers;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error post_full_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct post_full **ret_posts,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_full, &values, &rows);
	if (error)
		return error;
	struct post_full *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	for (int i = 0; i < rows.count; i++) {
		post_row_read(&rows, i, &posts[i].post);
		posts[i].application_name = db_text(&rows, i, APPLICATION_NAME);
		posts[i].application_website = db_text(&rows, i, APPLICATION_WEBSITE);
	}
	*ret_posts = posts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
