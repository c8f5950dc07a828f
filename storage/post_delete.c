/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts that go. Their answers stay and know again by its id what they answered. */
#include "storage/post.h"

#include "storage/event.h"
#include "storage/instance_counter.h"
#include "storage/post_parts.h"
#include "storage/statement.h"
#include "storage/uri_lock.h"

static const struct statement find_uri = STATEMENT("post_delete_find_uri", 1,
	"select uri from posts where id = $1"); // posts_pkey

/* Who could see it though they do not follow its author, on this server: who is mentioned, and the author of a direct one. */
static const struct statement list_others = STATEMENT("post_delete_list_others", 1,
	"select m.actor_id"
	" from posts as p"
	" join post_mentions as m on m.post_id = p.id"
	" join actors as reader on reader.id = m.actor_id"
	" where p.id = $1"
	"   and reader.domain_id is not null"
	"   and m.actor_id <> p.actor_id"
	"   and (p.visibility = 'direct' or not exists ("
	"     select from follows as f"
	"     where f.follower_id = m.actor_id and f.followed_id = p.actor_id and f.state = 'accepted'))"
	" union all"
	" select p.actor_id from posts as p where p.id = $1 and p.visibility = 'direct'");
	// posts_pkey, post_mentions_pkey, actors_pkey, follows_follower_id_followed_id_key

static const struct statement lock = STATEMENT("post_delete_lock", 1,
	"select id from posts where id = $1 for update"); // posts_pkey

static const struct statement orphan_answers = STATEMENT("post_delete_orphan_answers", 2,
	"with answer as ("
	"  select id"
	"  from posts"
	"  where in_reply_to_id = $1"
	"  order by id"
	"  for no key update"
	")"
	" update posts as p"
	" set in_reply_to_id = null, in_reply_to_uri = $2"
	" from answer"
	" where p.id = answer.id"); // posts_in_reply_to_id, posts_pkey

/* The order of counters is that of storage/post.c: PostgreSQL begins with the last one written here. What was an answer
 * when it was counted has kept whom it answered. */
static const struct statement remove = STATEMENT("post_delete_remove", 2,
	"with gone as ("
	"  delete from posts as p"
	"  using actors as author"
	"  where p.id = $1"
	"    and author.id = p.actor_id"
	"  returning p.uri, p.actor_id, p.in_reply_to_id, p.in_reply_to_actor_id, p.visibility,"
	"            author.domain_id is not null as is_local"
	"), remembered as ("
	"  insert into tombstones as t (uri, is_local, was_known)"
	"  select uri, is_local, true from gone"
	"  on conflict (uri) do update"
	"  set was_known = true"
	"), author_counted as ("
	"  update actor_counts as c"
	"  set posts = c.posts - 1"
	"  from gone"
	"  where c.actor_id = gone.actor_id"
	"    and gone.visibility <> 'direct'"
	"), parent_counted as ("
	"  update post_counts as c"
	"  set replies = c.replies - 1"
	"  from gone"
	"  where c.post_id = gone.in_reply_to_id"
	"    and gone.visibility in ('public', 'unlisted')"
	"), instance_counted as ("
	"  update instance_counters as i"
	"  set value = i.value - 1"
	"  from gone"
	"  where gone.is_local"
	"    and i.name = case when gone.in_reply_to_actor_id is null then 'local_posts' else 'local_comments' end"
	"    and i.slot = $2"
	")"
	" select actor_id, visibility from gone"); // primary keys

STATEMENT_TABLE(post_delete_statements, &find_uri, &list_others, &lock, &orphan_answers, &remove);

static enum error run_for(struct db *db, struct arena *arena, const struct statement *statement, int64_t id,
	struct str *ret_text)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	if (ret_text)
		*ret_text = db_text(&rows, 0, 0);
	return ERROR_NONE;
}

static enum error remove_row(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int16(&values, instance_counter_slot(id));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remove, &values, &rows);
	if (error || !rows.count)
		return error;
	int64_t author_id = db_int64(&rows, 0, 0);
	struct str visibility = db_text(&rows, 0, 1);
	event_emit_on_commit(db, EVENT_POST_DELETED, id, author_id);
	if (str_eq(visibility, STR_LITERAL("public")))
		event_emit_on_commit(db, EVENT_GONE_IN_PUBLIC, id, author_id);
	if (!str_eq(visibility, STR_LITERAL("direct")))
		event_emit_on_commit(db, EVENT_GONE_AT_HOME, id, author_id);
	return ERROR_NONE;
}

static enum error tell_others(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_others, &values, &rows);
	for (int i = 0; !error && i < rows.count; i++)
		event_emit_on_commit(db, EVENT_GONE_FOR, id, db_int64(&rows, i, 0));
	return error;
}

enum error post_delete(struct db *db, struct arena *arena, int64_t id)
{
	struct str uri;
	enum error error = run_for(db, arena, &find_uri, id, &uri);
	if (!error)
		error = uri_lock(db, arena, &uri, 1);
	if (!error)
		error = run_for(db, arena, &lock, id, NULL);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, uri);
	error = db_change(db, arena, &orphan_answers, &values, NULL);
	if (!error)
		error = post_parts_remove_media(db, arena, id);
	if (!error)
		error = tell_others(db, arena, id);
	return error ? error : remove_row(db, arena, id);
}
