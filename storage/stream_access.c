/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What streams ask: a statement a question, whatever the number of those who watch. */
#include "storage/stream_access.h"

#include "storage/membership_sql.h"
#include "storage/post_visibility.h"
#include "storage/statement.h"

static const struct statement list_ended = STATEMENT("stream_access_list_ended", 1,
	"select wanted.id"
	" from unnest($1::bigint[]) as wanted (id)"
	" where not exists ("
	"   select"
	"   from oauth_tokens as t"
	"   join oauth_applications as p on p.id = t.application_id"
	"   left join users as u on u.id = t.user_id"
	"   left join actors as a on a.id = t.actor_id"
	"   where t.id = wanted.id"
	"     and t.revoked_at is null"
	"     and (t.expires_at is null or t.expires_at > now())"
	"     and not p.is_disabled"
	"     and not coalesce(u.is_disabled, false)"
	"     and not coalesce(a.is_disabled or a.suspended_at is not null, false)"
	"     and (coalesce(u.actor_id = t.actor_id, true) or " HAS_RIGHT("t.user_id", "t.actor_id", "inbox.read") "))"); // primary keys

static const struct statement list_is_own = STATEMENT("stream_access_list_is_own", 2,
	"select exists (select from lists where id = $2 and actor_id = $1)"); // lists_pkey

/* The id of a boost is none of a post: one of the two finds a row. */
static const struct statement facts = STATEMENT("stream_access_facts", 1,
	"select item.actor_id, item.is_boost,"
	" p.visibility = 'public' and author.suspended_at is null and author.silenced_at is null"
	"   and not " SERVER_IS_SILENCED("author") ","
	" author.domain_id is not null,"
	" exists (select from post_media as m where m.post_id = p.id),"
	" p.in_reply_to_actor_id is distinct from p.actor_id"
	"   and (p.in_reply_to_actor_id is not null or p.in_reply_to_uri is not null),"
	" array_to_string(array(select t.name from post_tags as t where t.post_id = p.id), E'\\n')"
	" from ("
	"   select id as post_id, actor_id, false as is_boost from posts where id = $1"
	"   union all"
	"   select post_id, actor_id, true from boosts where id = $1"
	" ) as item"
	" join posts as p on p.id = item.post_id"
	" join actors as author on author.id = p.actor_id"
	" limit 1"); // posts_pkey, boosts_pkey, post_media_pkey, post_tags_pkey

static const struct statement lists_with = STATEMENT("stream_access_lists_with", 2,
	"select l.id"
	" from ("
	"   select id as post_id, actor_id, false as is_boost from posts where id = $1"
	"   union all"
	"   select post_id, actor_id, true from boosts where id = $1"
	" ) as item"
	" join posts as p on p.id = item.post_id"
	" join list_members as m on m.actor_id = item.actor_id and m.list_id = any ($2::bigint[])"
	" join lists as l on l.id = m.list_id"
	" where item.is_boost"
	"    or p.in_reply_to_actor_id is null and p.in_reply_to_uri is null"
	"    or p.in_reply_to_actor_id = p.actor_id"
	"    or l.replies_policy = 'list' and exists ("
	"         select from list_members as other where other.list_id = l.id and other.actor_id = p.in_reply_to_actor_id)"
	"    or l.replies_policy = 'followed' and exists ("
	"         select from follows as f"
	"         where f.follower_id = l.actor_id and f.followed_id = p.in_reply_to_actor_id and f.state = 'accepted')");
	// posts_pkey, boosts_pkey, list_members_pkey, lists_pkey, follows_follower_id_followed_id_key

static const struct statement wanted_by = STATEMENT("stream_access_wanted_by", 2,
	"select viewer.id"
	" from ("
	"   select id as post_id from posts where id = $1"
	"   union all"
	"   select post_id from boosts where id = $1"
	" ) as item"
	" join posts as p on p.id = item.post_id"
	" join actors as author on author.id = p.actor_id"
	" cross join unnest($2::bigint[]) as viewer (id)"
	" where " POST_IS_WANTED_BY("viewer.id")); // primary keys and those of POST_IS_WANTED_BY

static const struct statement followers_among = STATEMENT("stream_access_followers_among", 2,
	"select viewer.id"
	" from unnest($2::bigint[]) as viewer (id)"
	" where viewer.id = $1"
	"    or exists (select from follows as f where f.follower_id = viewer.id and f.followed_id = $1 and f.state = 'accepted')");
	// follows_follower_id_followed_id_key

STATEMENT_TABLE(stream_access_statements, &list_ended, &list_is_own, &facts, &lists_with, &wanted_by, &followers_among);

static enum error read_ids(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t **ret_ids, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int row = 0; row < rows.count; row++)
		ids[row] = db_int64(&rows, row, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

/* Statements of an id and a list of ids. */
static enum error choose(struct db *db, struct arena *arena, const struct statement *statement, int64_t id,
	const int64_t *ids, size_t count, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	if (!count) {
		*ret_count = 0;
		return ERROR_NONE;
	}
	db_value_int64(&values, id);
	db_value_int64_array(&values, arena, ids, count);
	return read_ids(db, arena, statement, &values, ret_ids, ret_count);
}

enum error stream_access_list_ended(struct db *db, struct arena *arena, const int64_t *token_ids, size_t count,
	int64_t **ret_ended_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, token_ids, count);
	return read_ids(db, arena, &list_ended, &values, ret_ended_ids, ret_count);
}

enum error stream_access_list_is_own(struct db *db, struct arena *arena, int64_t actor_id, int64_t list_id, bool *ret_is_own)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, list_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_is_own, &values, &rows);
	if (!error)
		*ret_is_own = db_bool(&rows, 0, 0);
	return error;
}

static void read_tags(struct arena *arena, struct str text, struct stream_facts *facts_found)
{
	struct str tag;
	size_t capacity = 1;
	for (size_t i = 0; i < text.len; i++)
		capacity += text.data[i] == '\n';
	facts_found->tags = arena_alloc_array(arena, capacity, sizeof(*facts_found->tags));
	while (text.len && str_split_next(&text, '\n', &tag))
		facts_found->tags[facts_found->tag_count++] = tag;
}

enum error stream_access_facts(struct db *db, struct arena *arena, int64_t id, struct stream_facts *ret_facts)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &facts, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_facts = (struct stream_facts){
		.actor_id = db_int64(&rows, 0, 0),
		.is_boost = db_bool(&rows, 0, 1),
		.is_open = db_bool(&rows, 0, 2),
		.is_local = db_bool(&rows, 0, 3),
		.has_media = db_bool(&rows, 0, 4),
		.answers_somebody = db_bool(&rows, 0, 5),
	};
	read_tags(arena, db_text(&rows, 0, 6), ret_facts);
	return ERROR_NONE;
}

enum error stream_access_lists_with(struct db *db, struct arena *arena, int64_t id, const int64_t *list_ids, size_t count,
	int64_t **ret_list_ids, size_t *ret_count)
{
	return choose(db, arena, &lists_with, id, list_ids, count, ret_list_ids, ret_count);
}

enum error stream_access_wanted_by(struct db *db, struct arena *arena, int64_t id, const int64_t *actor_ids, size_t count,
	int64_t **ret_actor_ids, size_t *ret_count)
{
	return choose(db, arena, &wanted_by, id, actor_ids, count, ret_actor_ids, ret_count);
}

enum error stream_access_followers_among(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *actor_ids,
	size_t count, int64_t **ret_actor_ids, size_t *ret_count)
{
	return choose(db, arena, &followers_among, actor_id, actor_ids, count, ret_actor_ids, ret_count);
}
