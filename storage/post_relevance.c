/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a post that arrives concerns. Every lookup is by a unique index. */
#include "storage/post_relevance.h"

#include "storage/statement.h"

#include <assert.h>

enum {
	ARRIVAL_AUTHOR_ID,
	ARRIVAL_AUTHOR_IS_LOCAL,
	ARRIVAL_AUTHOR_IS_SUSPENDED,
	ARRIVAL_AUTHOR_FOLLOWERS_URL,
	ARRIVAL_AUTHOR_IS_FOLLOWED,
	ARRIVAL_IS_TOMBSTONED,
	ARRIVAL_IS_OURS,
	ARRIVAL_POST_ID,
	ARRIVAL_POST_ACTOR_ID,
	ARRIVAL_PARENT_ID,
	ARRIVAL_PARENT_IS_LOCAL,
	ARRIVAL_PARENT_ACTOR_ID,
	ARRIVAL_THREAD_ACTOR_ID,
	ARRIVAL_QUOTED_ID,
	ARRIVAL_QUOTED_IS_LOCAL,
	ARRIVAL_QUOTED_ACTOR_ID,
	ARRIVAL_IS_QUOTE_AWAITED,
	ARRIVAL_IS_ADDRESSED_TO_US,
	ARRIVAL_PARENT_CONVERSATION_ID,
	ARRIVAL_IS_ANSWER_AWAITED,
};

/* Each table is asked once, by a unique key, in the order written here: a limit or offset keeps the planner from joining
 * in another way, which it likes to do while the statistics know of a small table, and keeps doing when it has grown. */
#define ABOUT_AUTHOR \
	"author.id" \
	", author.domain_id is not null" \
	", author.suspended_at is not null" \
	", author.followers_url" \
	", exists (select" \
	"          from (select f.follower_id" \
	"                from follows as f" \
	"                where f.followed_id = author.id" \
	"                  and f.state = 'accepted'" \
	"                offset 0) as f" \
	"          cross join lateral (select a.domain_id from actors as a where a.id = f.follower_id limit 1) as follower" \
	"          where follower.domain_id is not null)"

static const struct statement find_arrival = STATEMENT("post_relevance_find", 6,
	"select " ABOUT_AUTHOR
	", exists (select from tombstones as t where t.uri = $1)"
	", exists (select from domains as d where d.authority = $2)"
	", known.id"
	", known.actor_id"
	", parent.id"
	", parent_author.domain_id is not null"
	", parent.actor_id"
	", beginner.id"
	", quoted.id"
	", quoted_author.domain_id is not null"
	", quoted.actor_id"
	", exists (select from posts as w where w.quote_uri = $1 and w.quote_id is null)"
	", exists (select"
	"          from (select a.domain_id from actors as a where a.uri = any ($6::text[]) offset 0) as a"
	"          where a.domain_id is not null)"
	" from (values (1)) as one"
	" left join lateral (select a.id, a.domain_id, a.suspended_at, a.followers_url"
	"                    from actors as a where a.uri = $3 limit 1) as author on true"
	" left join lateral (select p.id, p.actor_id from posts as p where p.uri = $1 limit 1) as known on true"
	" left join lateral (select p.id, p.actor_id, p.conversation_id"
	"                    from posts as p where p.uri = $4 limit 1) as parent on true"
	" left join lateral (select a.domain_id from actors as a where a.id = parent.actor_id limit 1) as parent_author on true"
	" left join lateral (select p.actor_id from posts as p where p.id = parent.conversation_id limit 1) as root on true"
	" left join lateral (select a.id, a.domain_id from actors as a where a.id = root.actor_id limit 1) as beginner"
	"   on beginner.domain_id is not null"
	" left join lateral (select p.id, p.actor_id from posts as p where p.uri = $5 limit 1) as quoted on true"
	" left join lateral (select a.domain_id from actors as a where a.id = quoted.actor_id limit 1) as quoted_author"
	"   on true"); // unique keys, follows_followed_id, posts_quote_uri

/* A question a row. Where the same author comes several times, he is looked up as often. */
static const struct statement find_arrivals = STATEMENT("post_relevance_find_many", 5,
	"select " ABOUT_AUTHOR
	", tombstone.is_there is not null"
	", ours.is_there is not null"
	", known.id"
	", known.actor_id"
	", parent.id"
	", parent_author.domain_id is not null"
	", parent.actor_id"
	", beginner.id"
	", quoted.id"
	", quoted_author.domain_id is not null"
	", quoted.actor_id"
	", awaited_quote.is_there is not null"
	", false"
	", parent.conversation_id"
	", awaited_answer.is_there is not null"
	" from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality"
	"   as q (uri, authority, author_uri, in_reply_to_uri, quote_uri, place)"
	" left join lateral (select a.id, a.domain_id, a.suspended_at, a.followers_url"
	"                    from actors as a where a.uri = q.author_uri limit 1) as author on true"
	" left join lateral (select true as is_there from tombstones as t where t.uri = q.uri limit 1) as tombstone on true"
	" left join lateral (select true as is_there from domains as d where d.authority = q.authority limit 1) as ours on true"
	" left join lateral (select p.id, p.actor_id from posts as p where p.uri = q.uri limit 1) as known on true"
	" left join lateral (select p.id, p.actor_id, p.conversation_id"
	"                    from posts as p where p.uri = q.in_reply_to_uri limit 1) as parent on true"
	" left join lateral (select a.domain_id from actors as a where a.id = parent.actor_id limit 1) as parent_author on true"
	" left join lateral (select p.actor_id from posts as p where p.id = parent.conversation_id limit 1) as root on true"
	" left join lateral (select a.id, a.domain_id from actors as a where a.id = root.actor_id limit 1) as beginner"
	"   on beginner.domain_id is not null"
	" left join lateral (select p.id, p.actor_id from posts as p where p.uri = q.quote_uri limit 1) as quoted on true"
	" left join lateral (select a.domain_id from actors as a where a.id = quoted.actor_id limit 1) as quoted_author on true"
	" left join lateral (select true as is_there"
	"                    from posts as w where w.quote_uri = q.uri and w.quote_id is null limit 1) as awaited_quote on true"
	" left join lateral (select true as is_there from posts as w where w.in_reply_to_uri = q.uri limit 1)"
	"   as awaited_answer on true"
	" order by q.place"); // unique keys, follows_followed_id, posts_quote_uri, posts_in_reply_to_uri

static const struct statement find_addressed = STATEMENT("post_relevance_addressed", 1,
	"select a.id, a.uri, a.domain_id is not null"
	" from actors as a"
	" where a.uri = any ($1::text[])"
	"   and a.deleted_at is null"
	" order by a.domain_id is null, a.id"); // actors_uri_key

static const struct statement list_listeners = STATEMENT("post_relevance_listeners", 1,
	"select b.actor_id, false, b.post_id"
	" from boosts as b"
	" join actors as a on a.id = b.actor_id"
	" where b.post_id = $1"
	"   and a.domain_id is not null"
	" union all"
	" select q.actor_id, true, q.id"
	" from posts as q"
	" join actors as a on a.id = q.actor_id"
	" where q.quote_id = $1"
	"   and q.quote_state = 'accepted'"
	"   and a.domain_id is not null"
	" limit 1000"); // boosts_post_id, posts_quote_id

static const struct statement accept_own_quotes = STATEMENT("post_relevance_accept_own", 1,
	"update posts as q"
	" set quote_state = 'accepted'"
	" from posts as quoted"
	" where quoted.id = $1"
	"   and q.quote_id = quoted.id"
	"   and q.actor_id = quoted.actor_id"
	"   and q.quote_state = 'pending'"); // posts_pkey, posts_quote_id

static const struct statement list_authorizations = STATEMENT("post_relevance_authorizations", 1,
	"select q.quote_authorization_uri"
	" from posts as q"
	" where q.quote_id = $1"
	"   and q.quote_state = 'pending'"
	"   and q.quote_authorization_uri is not null"
	" order by q.id desc"
	" limit 100"); // posts_quote_id

STATEMENT_TABLE(post_relevance_statements, &find_arrival, &find_arrivals, &find_addressed, &list_listeners, &accept_own_quotes,
	&list_authorizations);

static void read_arrival(const struct db_rows *rows, int row, struct post_arrival *ret_arrival)
{
	*ret_arrival = (struct post_arrival){
		.author_id = db_int64(rows, row, ARRIVAL_AUTHOR_ID),
		.is_author_local = db_bool(rows, row, ARRIVAL_AUTHOR_IS_LOCAL),
		.is_author_suspended = db_bool(rows, row, ARRIVAL_AUTHOR_IS_SUSPENDED),
		.is_author_followed = db_bool(rows, row, ARRIVAL_AUTHOR_IS_FOLLOWED),
		.author_followers_url = db_text(rows, row, ARRIVAL_AUTHOR_FOLLOWERS_URL),
		.is_tombstoned = db_bool(rows, row, ARRIVAL_IS_TOMBSTONED),
		.is_ours = db_bool(rows, row, ARRIVAL_IS_OURS),
		.post_id = db_int64(rows, row, ARRIVAL_POST_ID),
		.post_actor_id = db_int64(rows, row, ARRIVAL_POST_ACTOR_ID),
		.parent_id = db_int64(rows, row, ARRIVAL_PARENT_ID),
		.is_parent_local = db_bool(rows, row, ARRIVAL_PARENT_IS_LOCAL),
		.parent_actor_id = db_int64(rows, row, ARRIVAL_PARENT_ACTOR_ID),
		.thread_actor_id = db_int64(rows, row, ARRIVAL_THREAD_ACTOR_ID),
		.quoted_id = db_int64(rows, row, ARRIVAL_QUOTED_ID),
		.is_quoted_local = db_bool(rows, row, ARRIVAL_QUOTED_IS_LOCAL),
		.quoted_actor_id = db_int64(rows, row, ARRIVAL_QUOTED_ACTOR_ID),
		.is_quote_awaited = db_bool(rows, row, ARRIVAL_IS_QUOTE_AWAITED),
		.is_addressed_to_us = db_bool(rows, row, ARRIVAL_IS_ADDRESSED_TO_US),
	};
}

enum error post_arrival_find(struct db *db, struct arena *arena, const struct post_arrival_question *question,
	struct post_arrival *ret_arrival)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, question->uri);
	db_value_text(&values, question->authority.data ? question->authority : STR_LITERAL(""));
	db_value_text(&values, question->author_uri);
	db_value_text(&values, question->in_reply_to_uri.data ? question->in_reply_to_uri : STR_LITERAL(""));
	db_value_text(&values, question->quote_uri.data ? question->quote_uri : STR_LITERAL(""));
	db_value_text_array(&values, arena, question->addressed_uris, question->addressed_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_arrival, &values, &rows);
	if (error)
		return error;
	read_arrival(&rows, 0, ret_arrival);
	return ERROR_NONE;
}

enum error post_arrival_find_many(struct db *db, struct arena *arena, const struct post_arrival_question *questions,
	size_t count, struct post_arrival *ret_arrivals)
{
	struct str *columns[5];
	for (size_t column = 0; column < 5; column++)
		columns[column] = arena_alloc_array(arena, count, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		columns[0][i] = questions[i].uri;
		columns[1][i] = questions[i].authority;
		columns[2][i] = questions[i].author_uri;
		columns[3][i] = questions[i].in_reply_to_uri;
		columns[4][i] = questions[i].quote_uri;
	}
	struct db_values values = { .count = 0 };
	for (size_t column = 0; column < 5; column++)
		db_value_text_array(&values, arena, columns[column], count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_arrivals, &values, &rows);
	if (error)
		return error;
	assert((size_t)rows.count == count);
	for (int row = 0; row < rows.count; row++) {
		read_arrival(&rows, row, &ret_arrivals[row]);
		ret_arrivals[row].parent_conversation_id = db_int64(&rows, row, ARRIVAL_PARENT_CONVERSATION_ID);
		ret_arrivals[row].is_answer_awaited = db_bool(&rows, row, ARRIVAL_IS_ANSWER_AWAITED);
	}
	return ERROR_NONE;
}

enum error addressed_find_many(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct addressed_actor **ret_actors, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, uris, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_addressed, &values, &rows);
	if (error)
		return error;
	struct addressed_actor *actors = arena_alloc_array(arena, (size_t)rows.count, sizeof(*actors));
	for (int i = 0; i < rows.count; i++) {
		actors[i].id = db_int64(&rows, i, 0);
		actors[i].uri = db_text(&rows, i, 1);
		actors[i].is_local = db_bool(&rows, i, 2);
	}
	*ret_actors = actors;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error edit_listener_list(struct db *db, struct arena *arena, int64_t post_id, struct edit_listener **ret_listeners,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_listeners, &values, &rows);
	if (error)
		return error;
	struct edit_listener *listeners = arena_alloc_array(arena, (size_t)rows.count, sizeof(*listeners));
	for (int i = 0; i < rows.count; i++) {
		listeners[i].actor_id = db_int64(&rows, i, 0);
		listeners[i].kind = db_bool(&rows, i, 1) ? NOTIFICATION_QUOTED_UPDATE : NOTIFICATION_UPDATE;
		listeners[i].post_id = db_int64(&rows, i, 2);
	}
	*ret_listeners = listeners;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error post_accept_own_quotes(struct db *db, struct arena *arena, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return db_change(db, arena, &accept_own_quotes, &values, NULL);
}

enum error post_list_quote_authorizations(struct db *db, struct arena *arena, int64_t post_id, struct str **ret_uris,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_authorizations, &values, &rows);
	if (error)
		return error;
	struct str *uris = arena_alloc_array(arena, (size_t)rows.count, sizeof(*uris));
	for (int i = 0; i < rows.count; i++)
		uris[i] = db_text(&rows, i, 0);
	*ret_uris = uris;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
