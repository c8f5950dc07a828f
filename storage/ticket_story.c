/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts, notes and events of a ticket. Lists are its newest ones, told from the oldest of them on. */
#include "storage/ticket_story.h"

#include "storage/id.h"
#include "storage/statement.h"

#include "base/clock.h"

static const struct statement add_post = STATEMENT("ticket_story_add_post", 8,
	"insert into ticket_posts (actor_id, post_id, ticket_id, author_id, is_ours, user_id, membership_id, at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8)"
	" on conflict (actor_id, post_id) do nothing"); // ticket_posts_pkey

static const struct statement list_posts = STATEMENT("ticket_story_list_posts", 2,
	"select tp.post_id, tp.ticket_id, tp.author_id, tp.is_ours, tp.user_id, tp.membership_id, tp.at,"
	"       case when p.id is null then coalesce(tp.withdrawn_at, now()) end"
	" from (select * from ticket_posts as newest where newest.ticket_id = $1 order by newest.post_id desc limit $2) as tp"
	" left join posts as p on p.id = tp.post_id"
	" order by tp.post_id"); // ticket_posts_ticket_id, posts_pkey

static const struct statement find_last_post = STATEMENT("ticket_story_find_last_post", 1,
	"select p.id"
	" from ticket_posts as tp"
	" join posts as p on p.id = tp.post_id"
	" where tp.ticket_id = $1"
	"   and not tp.is_ours"
	" order by tp.post_id desc"
	" limit 1"); // ticket_posts_ticket_id, posts_pkey

static const struct statement note_withdrawn = STATEMENT("ticket_story_note_withdrawn", 2,
	"update ticket_posts"
	" set withdrawn_at = now()"
	" where actor_id = $1"
	"   and post_id = $2"
	"   and withdrawn_at is null"
	" returning ticket_id"); // ticket_posts_pkey

static const struct statement add_note = STATEMENT("ticket_story_add_note", 5,
	"insert into ticket_notes (id, ticket_id, user_id, membership_id, body)"
	" values ($1, $2, $3, $4, $5)");

static const struct statement list_notes = STATEMENT("ticket_story_list_notes", 2,
	"select n.id, n.ticket_id, n.user_id, n.membership_id, n.body, n.created_at"
	" from (select * from ticket_notes as newest where newest.ticket_id = $1 order by newest.id desc limit $2) as n"
	" order by n.id"); // ticket_notes_ticket_id

static const struct statement add_event = STATEMENT("ticket_story_add_event", 10,
	"insert into ticket_events (id, ticket_id, kind, user_id, membership_id, post_id, former, present, version, at)"
	" values ($1, $2, $3, $4, $5, $6, left($7, 200), left($8, 200), $9, $10)");

#define EVENT_PARTS "e.id, e.ticket_id, e.kind, e.user_id, e.membership_id, e.post_id, e.former, e.present, e.version, e.at"

static const struct statement list_events = STATEMENT("ticket_story_list_events", 3,
	"select " EVENT_PARTS
	" from ticket_events as e"
	" where e.ticket_id = $1"
	"   and e.id > $2"
	" order by e.id"
	" limit $3"); // ticket_events_ticket_id

static const struct statement find_since = STATEMENT("ticket_story_find_since", 2,
	"select " EVENT_PARTS
	" from ticket_events as e"
	" where e.ticket_id = $1"
	"   and e.version > $2"
	" order by e.id desc"
	" limit 1"); // ticket_events_ticket_id

STATEMENT_TABLE(ticket_story_statements, &add_post, &list_posts, &find_last_post, &note_withdrawn, &add_note, &list_notes,
	&add_event, &list_events, &find_since);

enum error ticket_post_add(struct db *db, struct arena *arena, int64_t actor_id, const struct ticket_post *post, bool *ret_is_new)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post->post_id);
	db_value_int64(&values, post->ticket_id);
	db_value_int64(&values, post->author_id);
	db_value_bool(&values, post->is_ours);
	db_value_id(&values, post->user_id);
	db_value_id(&values, post->membership_id);
	db_value_time(&values, post->at_us);
	enum error error = db_change(db, arena, &add_post, &values, &affected);
	if (!error)
		*ret_is_new = affected > 0;
	return error;
}

enum error ticket_post_list(struct db *db, struct arena *arena, int64_t ticket_id, struct ticket_post **ret_posts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket_id);
	db_value_int64(&values, TICKET_STORY_MAX);
	enum error error = db_run(db, arena, &list_posts, &values, &rows);
	if (error)
		return error;
	struct ticket_post *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct ticket_post){
			.post_id = db_int64(&rows, row, 0),
			.ticket_id = db_int64(&rows, row, 1),
			.author_id = db_int64(&rows, row, 2),
			.is_ours = db_bool(&rows, row, 3),
			.user_id = db_int64(&rows, row, 4),
			.membership_id = db_int64(&rows, row, 5),
			.at_us = db_time(&rows, row, 6),
			.withdrawn_us = db_time(&rows, row, 7),
		};
	*ret_posts = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error find_id(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	int64_t *ret_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

enum error ticket_post_find_last(struct db *db, struct arena *arena, int64_t ticket_id, int64_t *ret_post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ticket_id);
	return find_id(db, arena, &find_last_post, &values, ret_post_id);
}

enum error ticket_post_note_withdrawn(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, int64_t *ret_ticket_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	return find_id(db, arena, &note_withdrawn, &values, ret_ticket_id);
}

enum error ticket_note_add(struct db *db, struct arena *arena, const struct ticket_note *note)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, note->id);
	db_value_int64(&values, note->ticket_id);
	db_value_id(&values, note->user_id);
	db_value_id(&values, note->membership_id);
	db_value_text(&values, note->body);
	return db_change(db, arena, &add_note, &values, NULL);
}

enum error ticket_note_list(struct db *db, struct arena *arena, int64_t ticket_id, struct ticket_note **ret_notes, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket_id);
	db_value_int64(&values, TICKET_STORY_MAX);
	enum error error = db_run(db, arena, &list_notes, &values, &rows);
	if (error)
		return error;
	struct ticket_note *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct ticket_note){
			.id = db_int64(&rows, row, 0),
			.ticket_id = db_int64(&rows, row, 1),
			.user_id = db_int64(&rows, row, 2),
			.membership_id = db_int64(&rows, row, 3),
			.body = db_text(&rows, row, 4),
			.created_us = db_time(&rows, row, 5),
		};
	*ret_notes = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error ticket_event_add(struct db *db, struct arena *arena, const struct ticket_event *event)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, event->id ? event->id : id_new());
	db_value_int64(&values, event->ticket_id);
	db_value_text(&values, event->kind);
	db_value_id(&values, event->user_id);
	db_value_id(&values, event->membership_id);
	db_value_id(&values, event->post_id);
	db_value_text(&values, event->former);
	db_value_text(&values, event->present);
	db_value_int64(&values, event->version);
	db_value_time(&values, event->at_us ? event->at_us : clock_now_us());
	return db_change(db, arena, &add_event, &values, NULL);
}

static struct ticket_event read_event(const struct db_rows *rows, int row)
{
	return (struct ticket_event){
		.id = db_int64(rows, row, 0),
		.ticket_id = db_int64(rows, row, 1),
		.kind = db_text(rows, row, 2),
		.user_id = db_int64(rows, row, 3),
		.membership_id = db_int64(rows, row, 4),
		.post_id = db_int64(rows, row, 5),
		.former = db_text(rows, row, 6),
		.present = db_text(rows, row, 7),
		.version = db_int64(rows, row, 8),
		.at_us = db_time(rows, row, 9),
	};
}

enum error ticket_event_list(struct db *db, struct arena *arena, int64_t ticket_id, int64_t after_id, int limit,
	struct ticket_event **ret_events, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket_id);
	db_value_int64(&values, after_id);
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &list_events, &values, &rows);
	if (error)
		return error;
	struct ticket_event *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = read_event(&rows, row);
	*ret_events = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error ticket_event_find_since(struct db *db, struct arena *arena, int64_t ticket_id, int64_t version,
	struct ticket_event *ret_event)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket_id);
	db_value_int64(&values, version);
	enum error error = db_run(db, arena, &find_since, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_event = read_event(&rows, 0);
	return ERROR_NONE;
}
