/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations. A trigger on conversation_posts keeps them when posts are deleted. */
#include "storage/conversation.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/statement.h"

#define CONVERSATION_COLUMNS            \
	"c.id"                          \
	", c.last_post_id"              \
	", c.is_unread"                 \
	", array_to_string(c.participant_ids, ' ') as participant_ids"

enum {
	CONVERSATION_ID,
	CONVERSATION_LAST_POST_ID,
	CONVERSATION_IS_UNREAD,
	CONVERSATION_PARTICIPANT_IDS,
};

static const struct statement list_keepers = STATEMENT("conversation_list_keepers", 1,
	"select a.id"
	" from posts as p"
	" cross join lateral (select p.actor_id as id"
	"                     union"
	"                     select m.actor_id from post_mentions as m where m.post_id = p.id) as one"
	" join actors as a on a.id = one.id"
	" join actors as author on author.id = p.actor_id"
	" where p.id = $1"
	"   and p.visibility = 'direct'"
	"   and a.domain_id is not null"
	"   and a.deleted_at is null"
	"   and not exists (select from blocks as b where b.blocker_id = a.id and b.blocked_id = p.actor_id)"
	"   and not exists (select from mutes as m"
	"                   where m.muter_id = a.id and m.muted_id = p.actor_id"
	"                     and (m.expires_at is null or m.expires_at > now()))"
	"   and not exists (select from actor_domain_blocks as d where d.actor_id = a.id and d.domain = author.domain)"
	" order by a.id"); // posts_pkey, post_mentions_pkey, actors_pkey, unique keys

static const struct statement add = STATEMENT("conversation_add", 3,
	"with everyone as ("
	"  select p.actor_id as id from posts as p where p.id = $3"
	"  union"
	"  select m.actor_id from post_mentions as m where m.post_id = $3"
	"), kept as ("
	"  insert into conversations as c (id, actor_id, thread_id, participant_ids, last_post_id, is_unread)"
	"  select $1, $2, p.conversation_id,"
	"         coalesce((select array_agg(e.id order by e.id) from everyone as e where e.id <> $2), '{}'),"
	"         p.id, p.actor_id <> $2"
	"  from posts as p"
	"  where p.id = $3"
	"  on conflict (actor_id, thread_id, participant_ids) do update"
	"  set last_post_id = greatest(c.last_post_id, excluded.last_post_id),"
	"      is_unread = excluded.is_unread"
	"  returning id"
	"), held as ("
	"  insert into conversation_posts (conversation_id, post_id)"
	"  select id, $3 from kept"
	"  on conflict do nothing"
	")"
	" select id from kept"); // posts_pkey, post_mentions_pkey, conversations_actor_id_thread_id_participant_ids_key

static const struct statement list_newest = STATEMENT("conversation_list_newest", 4,
	"select " CONVERSATION_COLUMNS
	" from conversations as c"
	" where c.actor_id = $1"
	"   and c.last_post_id < $2"
	"   and c.last_post_id > $3"
	" order by c.last_post_id desc"
	" limit $4"); // conversations_page

static const struct statement list_oldest = STATEMENT("conversation_list_oldest", 4,
	"select " CONVERSATION_COLUMNS
	" from conversations as c"
	" where c.actor_id = $1"
	"   and c.last_post_id < $2"
	"   and c.last_post_id > $3"
	" order by c.last_post_id"
	" limit $4"); // conversations_page

static const struct statement find = STATEMENT("conversation_find", 2,
	"select " CONVERSATION_COLUMNS
	" from conversations as c"
	" where c.id = $1"
	"   and c.actor_id = $2"); // conversations_pkey

static const struct statement set_unread = STATEMENT("conversation_set_unread", 3,
	"update conversations"
	" set is_unread = $3"
	" where id = $1"
	"   and actor_id = $2"); // conversations_pkey

static const struct statement delete_one = STATEMENT("conversation_delete", 2,
	"delete from conversations"
	" where id = $1"
	"   and actor_id = $2"); // conversations_pkey

STATEMENT_TABLE(conversation_statements, &list_keepers, &add, &list_newest, &list_oldest, &find, &set_unread, &delete_one);

static enum error add_for(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &add, &values, &rows);
	if (!error && rows.count)
		event_emit_on_commit(db, EVENT_CONVERSATION, db_int64(&rows, 0, 0), actor_id);
	return error;
}

enum error conversation_add_post(struct db *db, struct arena *arena, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_keepers, &values, &rows);
	for (int i = 0; !error && i < rows.count; i++)
		error = add_for(db, arena, db_int64(&rows, i, 0), post_id);
	return error;
}

static struct conversation read_conversation(const struct db_rows *rows, int row, struct arena *arena)
{
	struct str text = db_text(rows, row, CONVERSATION_PARTICIPANT_IDS), word;
	struct conversation conversation = {
		.id = db_int64(rows, row, CONVERSATION_ID),
		.last_post_id = db_int64(rows, row, CONVERSATION_LAST_POST_ID),
		.is_unread = db_bool(rows, row, CONVERSATION_IS_UNREAD),
	};
	conversation.participant_ids = arena_alloc_array(arena, text.len / 2 + 1, sizeof(*conversation.participant_ids));
	while (str_split_next(&text, ' ', &word))
		if (str_to_int64(word, &conversation.participant_ids[conversation.participant_count]))
			conversation.participant_count++;
	return conversation;
}

enum error conversation_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct conversation **ret_conversations, size_t *ret_count)
{
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, is_ascending ? &list_oldest : &list_newest, &values, &rows);
	if (error)
		return error;
	struct conversation *conversations = arena_alloc_array(arena, (size_t)rows.count, sizeof(*conversations));
	for (int i = 0; i < rows.count; i++)
		conversations[is_ascending ? rows.count - 1 - i : i] = read_conversation(&rows, i, arena);
	*ret_conversations = conversations;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error conversation_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct conversation *ret_conversation)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_conversation = read_conversation(&rows, 0, arena);
	return ERROR_NONE;
}

enum error conversation_set_unread(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, bool is_unread)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	db_value_bool(&values, is_unread);
	enum error error = db_change(db, arena, &set_unread, &values, &affected);
	return error || affected ? error : ERROR_NOT_FOUND;
}

enum error conversation_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	enum error error = db_change(db, arena, &delete_one, &values, &affected);
	return error || affected ? error : ERROR_NOT_FOUND;
}
