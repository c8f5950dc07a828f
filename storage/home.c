/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Home timelines. Whose they are and whether they are read is a row of home_timelines; posts are written to those that
 * are. What an item must fulfil to come in is the same when it is posted, when somebody is followed and when a timeline is
 * built anew: the macros below, in which p is the post, f the follow, and owner the reader. */
#include "storage/home.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

#define TEXT_OF(number) TEXT_OF_VALUE(number)
#define TEXT_OF_VALUE(number) #number
#define MAX_ITEMS TEXT_OF(HOME_MAX_ITEMS)
#define IS_READ "t.read_on >= current_date - " TEXT_OF(HOME_ACTIVE_DAYS)
/* Of one actor whom somebody begins to follow; and of each when a timeline is built. */
#define MERGED_ITEMS "100"
#define BUILT_ITEMS "40"

#define IS_FOR(owner) \
	"(p.visibility <> 'direct' or exists (select from post_mentions as pm where pm.post_id = p.id and pm.actor_id = " owner "))"
#define IS_IN_LANGUAGE "(f.languages is null or p.language is null or p.language = any (f.languages))"
#define IS_NO_ANSWER_TO_STRANGERS(owner)                                                                     \
	"(p.in_reply_to_actor_id is null and p.in_reply_to_uri is null"                                      \
	" or p.in_reply_to_actor_id in (p.actor_id, " owner ")"                                              \
	" or exists (select from follows as r where r.follower_id = " owner " and r.followed_id = p.in_reply_to_actor_id" \
	" and r.state = 'accepted'))"
#define IS_NOT_ON_EXCLUSIVE_LIST(owner, actor)                                                               \
	"not exists (select from list_members as lm join lists as l on l.id = lm.list_id"                    \
	" where lm.actor_id = " actor " and l.actor_id = " owner " and l.is_exclusive)"

#define POST_COMES_IN(owner) \
	IS_FOR(owner) " and " IS_IN_LANGUAGE " and " IS_NO_ANSWER_TO_STRANGERS(owner) \
	" and " IS_NOT_ON_EXCLUSIVE_LIST(owner, "p.actor_id")
#define BOOST_COMES_IN(owner) "f.shows_boosts and " IS_NOT_ON_EXCLUSIVE_LIST(owner, "b.actor_id")

/* Of the owners of new items one in 64 is cut to size each time, another one every time. Those that somebody else is
 * cutting are left alone. */
#define ADDED_AND_TRIMMED                                                                                    \
	", added as ("                                                                                       \
	"  insert into home_items (owner_id, item_id, actor_id)"                                             \
	"  select owner_id, item_id, actor_id from owners"                                                   \
	"  on conflict do nothing"                                                                           \
	"), trimmed as ("                                                                                    \
	"  delete from home_items as h"                                                                      \
	"  using (select old.owner_id, old.item_id"                                                          \
	"         from (select distinct owner_id, item_id from owners) as owners"                            \
	"         cross join lateral (select o.owner_id, o.item_id from home_items as o"                     \
	"                             where o.owner_id = owners.owner_id"                                    \
	"                             order by o.item_id desc offset " MAX_ITEMS " for update skip locked) as old" \
	"         where hashint8(owners.owner_id # owners.item_id) & 63 = 0) as gone"                                    \
	"  where h.owner_id = gone.owner_id"                                                                 \
	"    and h.item_id = gone.item_id"                                                                   \
	")"

static const struct statement add_post = STATEMENT("home_add_post", 1,
	"with item as materialized ("
	"  select p.id, p.actor_id, p.visibility from posts as p where p.id = any ($1::bigint[])"
	"), owners as ("
	"  select t.owner_id, item.id as item_id, item.actor_id"
	"  from item"
	"  join home_timelines as t on t.owner_id = item.actor_id"
	"  where " IS_READ
	"  union"
	"  select t.owner_id, p.id, p.actor_id"
	"  from posts as p"
	"  join follows as f on f.followed_id = p.actor_id and f.state = 'accepted'"
	"  join home_timelines as t on t.owner_id = f.follower_id"
	"  where p.id = any ($1::bigint[])"
	"    and " IS_READ
	"    and " POST_COMES_IN("t.owner_id")
	"  union"
	"  select t.owner_id, item.id as item_id, item.actor_id"
	"  from item"
	"  join post_tags as tag on tag.post_id = item.id"
	"  join tag_follows as tf on tf.name = tag.name"
	"  join home_timelines as t on t.owner_id = tf.actor_id"
	"  where item.visibility = 'public'"
	"    and " IS_READ
	")" ADDED_AND_TRIMMED
	" select"); // posts_pkey, follows_followed_id, home_timelines_pkey, tag_follows_name, home_items_pkey

static const struct statement add_boost = STATEMENT("home_add_boost", 1,
	"with item as materialized ("
	"  select b.id, b.actor_id from boosts as b where b.id = $1"
	"), owners as ("
	"  select t.owner_id, item.id as item_id, item.actor_id"
	"  from item"
	"  join home_timelines as t on t.owner_id = item.actor_id"
	"  where " IS_READ
	"  union"
	"  select t.owner_id, b.id, b.actor_id"
	"  from boosts as b"
	"  join follows as f on f.followed_id = b.actor_id and f.state = 'accepted'"
	"  join home_timelines as t on t.owner_id = f.follower_id"
	"  where b.id = $1"
	"    and " IS_READ
	"    and " BOOST_COMES_IN("t.owner_id")
	")" ADDED_AND_TRIMMED
	" select"); // boosts_pkey, follows_followed_id, home_timelines_pkey, home_items_pkey

static const struct statement merge = STATEMENT("home_merge", 2,
	"insert into home_items (owner_id, item_id, actor_id)"
	" select t.owner_id, item.id, f.followed_id"
	" from home_timelines as t"
	" join follows as f on f.follower_id = t.owner_id and f.followed_id = $2 and f.state = 'accepted'"
	" cross join lateral ("
	"  (select p.id from posts as p where p.actor_id = $2 and " POST_COMES_IN("$1")
	"   order by p.id desc limit " MERGED_ITEMS ")"
	"  union all"
	"  (select b.id from boosts as b where b.actor_id = $2 and " BOOST_COMES_IN("$1")
	"   order by b.id desc limit " MERGED_ITEMS ")"
	" ) as item"
	" where t.owner_id = $1"
	"   and " IS_READ
	" on conflict do nothing"); // home_timelines_pkey, follows_follower_id_followed_id_key, posts_actor_id, boosts_actor_id

static const struct statement remove_actor = STATEMENT("home_remove_actor", 2,
	"delete from home_items"
	" where owner_id = $1"
	"   and actor_id = $2"); // home_items_pkey

/* What came by this tag and nothing else. */
static const struct statement remove_tag = STATEMENT("home_remove_tag", 2,
	"delete from home_items as h"
	" using post_tags as tag"
	" where h.owner_id = $1"
	"   and tag.post_id = h.item_id"
	"   and tag.name = $2"
	"   and h.actor_id <> $1"
	"   and not exists (select from follows as f where f.follower_id = $1 and f.followed_id = h.actor_id and f.state = 'accepted')"
	"   and not exists (select"
	"                   from post_tags as other"
	"                   join tag_follows as tf on tf.name = other.name"
	"                   where other.post_id = h.item_id and other.name <> $2 and tf.actor_id = $1)");
	// home_items_pkey, post_tags_pkey, follows_follower_id_followed_id_key, tag_follows_actor_id_name_key

/* What somebody else wrote first counts: both mean the same. */
static const struct statement begin = STATEMENT("home_begin", 1,
	"insert into home_timelines as t (owner_id)"
	" values ($1)"
	" on conflict (owner_id) do update"
	" set is_built = t.is_built and " IS_READ ","
	"     read_on = current_date"
	" returning is_built"); // home_timelines_pkey

static const struct statement build = STATEMENT("home_build", 1,
	"insert into home_items (owner_id, item_id, actor_id)"
	" select $1, item.id, item.actor_id"
	" from ("
	"  (select p.id, p.actor_id from posts as p where p.actor_id = $1 order by p.id desc limit " BUILT_ITEMS ")"
	"  union all"
	"  (select b.id, b.actor_id from boosts as b where b.actor_id = $1 order by b.id desc limit " BUILT_ITEMS ")"
	"  union all"
	"  (select one.id, f.followed_id"
	"   from follows as f"
	"   cross join lateral ("
	"    (select p.id from posts as p where p.actor_id = f.followed_id and " POST_COMES_IN("$1")
	"     order by p.id desc limit " BUILT_ITEMS ")"
	"    union all"
	"    (select b.id from boosts as b where b.actor_id = f.followed_id and " BOOST_COMES_IN("$1")
	"     order by b.id desc limit " BUILT_ITEMS ")"
	"   ) as one"
	"   where f.follower_id = $1"
	"     and f.state = 'accepted')"
	"  order by 1 desc"
	"  limit " MAX_ITEMS
	" ) as item"
	" on conflict do nothing"); // posts_actor_id, boosts_actor_id, follows_follower_id

static const struct statement finish = STATEMENT("home_finish", 1,
	"update home_timelines set is_built = true where owner_id = $1"); // home_timelines_pkey

static const struct statement trim = STATEMENT("home_trim", 1,
	"delete from home_items"
	" where owner_id = $1"
	"   and item_id <= (select item_id from home_items where owner_id = $1 order by item_id desc offset " MAX_ITEMS " limit 1)");
	// home_items_pkey

#define PAGE_SQL(order)                                                                                      \
	"select h.item_id,"                                                                                  \
	"       (select t.is_built and t.read_on = current_date from home_timelines as t where t.owner_id = $1)" \
	" from home_items as h"                                                                              \
	" left join boosts as b on b.id = h.item_id"                                                         \
	" left join actors as booster on booster.id = b.actor_id"                                            \
	" join posts as p on p.id = coalesce(b.post_id, h.item_id)"                                          \
	" join actors as author on author.id = p.actor_id"                                                   \
	" where h.owner_id = $1"                                                                             \
	"   and h.item_id < $2"                                                                              \
	"   and h.item_id > $3"                                                                              \
	"   and " POST_IS_WANTED_BY("$1")                                                                    \
	"   and (b.id is null or " BOOST_IS_WANTED_BY("$1") ")"                                              \
	" order by h.item_id " order                                                                         \
	" limit $4"
static const struct statement page_down = STATEMENT("home_page_down", 4, PAGE_SQL("desc")); // home_items_pkey
static const struct statement page_up = STATEMENT("home_page_up", 4, PAGE_SQL("asc")); // home_items_pkey

static const struct statement list_owners = STATEMENT("home_list_owners", 2,
	"select owner_id"
	" from home_items"
	" where owner_id = any ($1::bigint[])"
	"   and item_id = $2"); // home_items_pkey

STATEMENT_TABLE(home_statements, &add_post, &add_boost, &merge, &remove_actor, &remove_tag, &begin, &build, &finish, &trim, &page_down,
	&page_up, &list_owners);

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, statement, &values, NULL);
}

static enum error change_pair(struct db *db, struct arena *arena, const struct statement *statement, int64_t owner_id,
	int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, owner_id);
	db_value_int64(&values, actor_id);
	return db_change(db, arena, statement, &values, NULL);
}

enum error home_add_post(struct db *db, struct arena *arena, int64_t post_id)
{
	return home_add_posts(db, arena, &post_id, 1);
}

enum error home_add_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	if (!count)
		return ERROR_NONE;
	db_value_int64_array(&values, arena, post_ids, count);
	return db_change(db, arena, &add_post, &values, NULL);
}

enum error home_add_boost(struct db *db, struct arena *arena, int64_t boost_id)
{
	return change(db, arena, &add_boost, boost_id);
}

enum error home_merge_actor(struct db *db, struct arena *arena, int64_t owner_id, int64_t actor_id)
{
	return change_pair(db, arena, &merge, owner_id, actor_id);
}

enum error home_remove_tag(struct db *db, struct arena *arena, int64_t owner_id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, owner_id);
	db_value_text(&values, name);
	return db_change(db, arena, &remove_tag, &values, NULL);
}

enum error home_remove_actor(struct db *db, struct arena *arena, int64_t owner_id, int64_t actor_id)
{
	return change_pair(db, arena, &remove_actor, owner_id, actor_id);
}

/* From the first statement on new posts come in; what is older is collected after it, so that nothing falls between. */
enum error home_keep(struct db *db, struct arena *arena, int64_t owner_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, owner_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &begin, &values, &rows);
	if (!error && !db_bool(&rows, 0, 0)) {
		error = change(db, arena, &build, owner_id);
		if (!error)
			error = change(db, arena, &finish, owner_id);
	}
	return error ? error : change(db, arena, &trim, owner_id);
}

static enum error read_page(struct db *db, struct arena *arena, int64_t owner_id, const struct id_page *page,
	int64_t **ret_ids, size_t *ret_count, bool *ret_is_kept)
{
	int64_t before, after;
	bool is_ascending;
	struct db_values values = { .count = 0 };
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(&values, owner_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, is_ascending ? &page_up : &page_down, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, is_ascending ? rows.count - 1 - i : i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	*ret_is_kept = rows.count > 0 && db_bool(&rows, 0, 1);
	return ERROR_NONE;
}

enum error home_list(struct db *db, struct arena *arena, int64_t owner_id, const struct id_page *page, int64_t **ret_ids,
	size_t *ret_count)
{
	bool is_kept;
	enum error error = read_page(db, arena, owner_id, page, ret_ids, ret_count, &is_kept);
	if (error || is_kept)
		return error;
	error = home_keep(db, arena, owner_id);
	return error ? error : read_page(db, arena, owner_id, page, ret_ids, ret_count, &is_kept);
}

enum error home_list_owners(struct db *db, struct arena *arena, int64_t id, const int64_t *owner_ids, size_t owner_count,
	int64_t **ret_owner_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, owner_ids, owner_count);
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_owners, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_owner_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
