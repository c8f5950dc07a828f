/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Polls. Whoever votes locks the poll, so that one vote is counted once and a single choice stays one; the numbers of a
 * remote poll are its author's. */
#include "storage/poll.h"

#include "base/mutant.h"
#include "storage/statement.h"

#include <assert.h>

#define MAX_OPTIONS 500
#define MAX_VOTERS 20000

static const struct statement find = STATEMENT("poll_find", 1,
	"select p.is_multiple, p.ends_at, p.closed_at, p.voters, o.title, o.votes, p.hides_totals"
	" from polls as p"
	" left join poll_options as o on o.post_id = p.post_id"
	" where p.post_id = $1"
	" order by o.position"); // polls_pkey, poll_options_pkey

/* The post is locked, so that two versions of its poll come one after the other. */
static const struct statement lock_post = STATEMENT("poll_lock_post", 1,
	"select a.domain_id is not null"
	" from posts as p"
	" join actors as a on a.id = p.actor_id"
	" where p.id = $1"
	" for no key update of p"); // posts_pkey

static const struct statement is_same = STATEMENT("poll_is_same", 3,
	"select p.is_multiple = $2"
	"       and array(select o.title from poll_options as o where o.post_id = p.post_id order by o.position) = $3::text[]"
	" from polls as p"
	" where p.post_id = $1"
	" for update"); // polls_pkey, poll_options_pkey

static const struct statement update = STATEMENT("poll_update", 7,
	"with changed as ("
	"  update polls as p"
	"  set closed_at = case when $3::timestamptz is null and p.ends_at is not distinct from $2 then p.closed_at else $3 end,"
	"      ends_at = $2,"
	"      hides_totals = $7,"
	"      voters = case when $4::boolean then p.voters else $5 end"
	"  where p.post_id = $1"
	"  returning p.post_id"
	")"
	" update poll_options as o"
	" set votes = new.votes"
	" from changed, unnest($6::bigint[]) with ordinality as new (votes, number)"
	" where o.post_id = changed.post_id"
	"   and o.position = new.number - 1"
	"   and o.votes <> new.votes"
	"   and not $4::boolean"); // polls_pkey, poll_options_pkey

static const struct statement remove = STATEMENT("poll_remove", 1,
	"delete from polls where post_id = $1"); // polls_pkey

static const struct statement insert = STATEMENT("poll_insert", 8,
	"with new_poll as ("
	"  insert into polls (post_id, is_multiple, ends_at, closed_at, voters, hides_totals)"
	"  values ($1, $2, $3, $4, $5, $8)"
	"  returning post_id"
	")"
	" insert into poll_options (post_id, position, title, votes)"
	" select new_poll.post_id, new.number - 1, new.title, new.votes"
	" from new_poll, unnest($6::text[], $7::bigint[]) with ordinality as new (title, votes, number)");

static const struct statement lock = STATEMENT("poll_lock", 2,
	"select p.closed_at is not null or p.ends_at <= now(),"
	"       exists (select from poll_options as o where o.post_id = p.post_id and o.position = $2)"
	" from polls as p"
	" where p.post_id = $1"
	" for no key update"); // polls_pkey, poll_options_pkey

/* Sees what was committed before the lock was had. */
static const struct statement vote = STATEMENT("poll_vote", 4,
	"with poll as ("
	"  select p.post_id, p.is_multiple, author.domain_id is not null as is_local"
	"  from polls as p"
	"  join posts as post on post.id = p.post_id"
	"  join actors as author on author.id = post.actor_id"
	"  where p.post_id = $1"
	"), former as ("
	"  select from poll_votes where post_id = $1 and actor_id = $3"
	"), new_vote as ("
	"  insert into poll_votes (post_id, position, actor_id, uri)"
	"  select poll.post_id, $2, a.id, $4"
	"  from poll, actors as a"
	"  where a.id = $3"
	"    and (poll.is_multiple or not exists (select from former))"
	"  on conflict do nothing"
	"  returning post_id, position"
	"), option_counted as ("
	"  update poll_options as o"
	"  set votes = o.votes + 1"
	"  from new_vote, poll"
	"  where o.post_id = new_vote.post_id"
	"    and o.position = new_vote.position"
	"    and poll.is_local"
	"), poll_counted as ("
	"  update polls as p"
	"  set voters = p.voters + 1"
	"  from new_vote, poll"
	"  where p.post_id = new_vote.post_id"
	"    and poll.is_local"
	"    and not exists (select from former)"
	")"
	" select exists (select from actors where id = $3), exists (select from new_vote)"); // primary keys

static const struct statement list_own = STATEMENT("poll_list_own", 2,
	"select position"
	" from poll_votes"
	" where post_id = $1"
	"   and actor_id = $2"
	" order by position"); // poll_votes_pkey

static const struct statement list_voters = STATEMENT("poll_list_voters", 2,
	"select min(a.id)"
	" from poll_votes as v"
	" join actors as a on a.id = v.actor_id"
	" where v.post_id = $1"
	"   and a.domain_id is null"
	"   and a.deleted_at is null"
	" group by coalesce(a.shared_inbox_url, a.inbox_url)"
	" order by 1"
	" limit $2"); // poll_votes_pkey, actors_pkey

static const struct statement list_local_voters = STATEMENT("poll_list_local_voters", 2,
	"select distinct a.id"
	" from poll_votes as v"
	" join actors as a on a.id = v.actor_id"
	" where v.post_id = $1"
	"   and a.domain_id is not null"
	" order by 1"
	" limit $2"); // poll_votes_pkey, actors_pkey

static const struct statement close_due = STATEMENT("poll_close_due", 1,
	"with due as ("
	"  select post_id"
	"  from polls"
	"  where closed_at is null"
	"    and ends_at <= now()"
	"  order by ends_at"
	"  limit $1"
	"  for no key update skip locked"
	")"
	" update polls as p"
	" set closed_at = p.ends_at"
	" where p.post_id = any (array(select post_id from due))"
	" returning p.post_id"); // polls_ends_at, polls_pkey

static const struct statement set_kind = STATEMENT("poll_set_kind", 2,
	"update posts"
	" set kind = case when $2::boolean then 'question' else 'note' end"
	" where id = $1"
	"   and kind = case when $2::boolean then 'note' else 'question' end"); // posts_pkey

STATEMENT_TABLE(poll_statements, &find, &lock_post, &is_same, &update, &remove, &set_kind, &insert, &lock, &vote, &list_own,
	&list_voters, &list_local_voters, &close_due);

enum error poll_find(struct db *db, struct arena *arena, int64_t post_id, struct poll *ret_poll)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	struct poll poll = {
		.is_multiple = db_bool(&rows, 0, 0),
		.hides_totals = db_bool(&rows, 0, 6),
		.ends_us = db_time(&rows, 0, 1),
		.closed_us = db_time(&rows, 0, 2),
		.voters = db_int64(&rows, 0, 3),
		.options = arena_alloc_array(arena, (size_t)rows.count, sizeof(*poll.options)),
	};
	for (int i = 0; i < rows.count; i++)
		if (!db_is_null(&rows, i, 4))
			poll.options[poll.option_count++] =
				(struct poll_option){ .title = db_text(&rows, i, 4), .votes = db_int64(&rows, i, 5) };
	*ret_poll = poll;
	return ERROR_NONE;
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

static int64_t not_negative(int64_t count)
{
	return count > 0 ? count : 0;
}

static enum error lock_post_of(struct db *db, struct arena *arena, int64_t post_id, bool *ret_is_local)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &lock_post, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_is_local = db_bool(&rows, 0, 0);
	return ERROR_NONE;
}

struct stored_poll {
	const struct poll *poll;
	int64_t post_id;
	bool is_local;
	struct str *titles;
	int64_t *votes;
};

static enum error look_at_former(struct db *db, struct arena *arena, const struct stored_poll *stored, bool *ret_is_there,
	bool *ret_is_same)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, stored->post_id);
	db_value_bool(&values, stored->poll->is_multiple);
	db_value_text_array(&values, arena, stored->titles, stored->poll->option_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &is_same, &values, &rows);
	if (error)
		return error;
	*ret_is_there = rows.count > 0;
	*ret_is_same = rows.count > 0 && db_bool(&rows, 0, 0);
	return ERROR_NONE;
}

static enum error update_poll(struct db *db, struct arena *arena, const struct stored_poll *stored)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, stored->post_id);
	add_time(&values, stored->poll->ends_us);
	add_time(&values, stored->poll->closed_us);
	db_value_bool(&values, stored->is_local);
	db_value_int64(&values, not_negative(stored->poll->voters));
	db_value_int64_array(&values, arena, stored->votes, stored->poll->option_count);
	db_value_bool(&values, stored->poll->hides_totals);
	return db_change(db, arena, &update, &values, NULL);
}

static enum error insert_poll(struct db *db, struct arena *arena, const struct stored_poll *stored)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, stored->post_id);
	db_value_bool(&values, stored->poll->is_multiple);
	add_time(&values, stored->poll->ends_us);
	add_time(&values, stored->poll->closed_us);
	db_value_int64(&values, stored->is_local ? 0 : not_negative(stored->poll->voters));
	db_value_text_array(&values, arena, stored->titles, stored->poll->option_count);
	db_value_int64_array(&values, arena, stored->votes, stored->poll->option_count);
	db_value_bool(&values, stored->poll->hides_totals);
	return db_change(db, arena, &insert, &values, NULL);
}

enum error poll_store(struct db *db, struct arena *arena, int64_t post_id, const struct poll *poll)
{
	assert(poll->option_count <= MAX_OPTIONS);
	struct stored_poll stored = { .poll = poll, .post_id = post_id };
	enum error error = lock_post_of(db, arena, post_id, &stored.is_local);
	if (error)
		return error;
	stored.titles = arena_alloc_array(arena, poll->option_count, sizeof(*stored.titles));
	stored.votes = arena_alloc_array(arena, poll->option_count, sizeof(*stored.votes));
	for (size_t i = 0; i < poll->option_count; i++) {
		stored.titles[i] = poll->options[i].title;
		stored.votes[i] = stored.is_local ? 0 : not_negative(poll->options[i].votes);
	}
	bool is_there;
	bool is_same_poll;
	error = look_at_former(db, arena, &stored, &is_there, &is_same_poll);
	if (error)
		return error;
	if (is_same_poll)
		return update_poll(db, arena, &stored);
	if (is_there) {
		struct db_values values = { .count = 0 };
		db_value_int64(&values, post_id);
		error = db_change(db, arena, &remove, &values, NULL);
	}
	return error ? error : insert_poll(db, arena, &stored);
}

static enum error lock_poll(struct db *db, struct arena *arena, const struct poll_vote *poll_vote)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, poll_vote->post_id);
	db_value_int16(&values, (int16_t)poll_vote->position);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &lock, &values, &rows);
	if (error)
		return error;
	if (!rows.count || !db_bool(&rows, 0, 1))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 0) && !MUTANT("poll_ended") ? ERROR_GONE : ERROR_NONE;
}

enum error poll_vote_add(struct db *db, struct arena *arena, const struct poll_vote *poll_vote)
{
	if (poll_vote->position < 0 || poll_vote->position >= MAX_OPTIONS)
		return ERROR_NOT_FOUND;
	enum error error = lock_poll(db, arena, poll_vote);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, poll_vote->post_id);
	db_value_int16(&values, (int16_t)poll_vote->position);
	db_value_int64(&values, poll_vote->actor_id);
	db_value_text(&values, poll_vote->uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	error = db_run(db, arena, &vote, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error poll_list_own(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id, int **ret_positions,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_own, &values, &rows);
	if (error)
		return error;
	int *positions = arena_alloc_array(arena, (size_t)rows.count, sizeof(*positions));
	for (int i = 0; i < rows.count; i++)
		positions[i] = (int)db_int64(&rows, i, 0);
	*ret_positions = positions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error list_ids(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t **ret_ids, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error poll_list_voters(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, MAX_VOTERS);
	return list_ids(db, arena, &list_voters, &values, ret_actor_ids, ret_count);
}

enum error poll_list_local_voters(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, MAX_VOTERS);
	return list_ids(db, arena, &list_local_voters, &values, ret_actor_ids, ret_count);
}

enum error poll_close_due(struct db *db, struct arena *arena, int limit, int64_t **ret_post_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, limit);
	return list_ids(db, arena, &close_due, &values, ret_post_ids, ret_count);
}

static enum error change_kind(struct db *db, struct arena *arena, int64_t post_id, bool is_question)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_bool(&values, is_question);
	return db_change(db, arena, &set_kind, &values, NULL);
}

enum error poll_set(struct db *db, struct arena *arena, int64_t post_id, const struct poll *poll)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	enum error error = change_kind(db, arena, post_id, poll->option_count > 0);
	if (error)
		return error;
	return poll->option_count ? poll_store(db, arena, post_id, poll) : db_change(db, arena, &remove, &values, NULL);
}
