/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts that wait for their time. */
#include "storage/scheduled_post.h"

#include "storage/id_page_sql.h"
#include "storage/statement.h"

#define SCHEDULED_COLUMNS   \
	"s.id"              \
	", s.actor_id"      \
	", s.application_id" \
	", s.scheduled_at"  \
	", s.post_id"       \
	", s.request::text as request" \
	", array_to_string(s.media_ids, ' ') as media_ids" \
	", s.user_id"

enum {
	SCHEDULED_ID,
	SCHEDULED_ACTOR_ID,
	SCHEDULED_APPLICATION_ID,
	SCHEDULED_SCHEDULED_AT,
	SCHEDULED_POST_ID,
	SCHEDULED_REQUEST,
	SCHEDULED_MEDIA_IDS,
	SCHEDULED_USER_ID,
};

static const struct statement create = STATEMENT("scheduled_post_create", 8,
	"insert into scheduled_posts (id, actor_id, application_id, scheduled_at, post_id, request, media_ids, user_id)"
	" values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8)"
	" on conflict do nothing");

static const struct statement find = STATEMENT("scheduled_post_find", 1,
	"select " SCHEDULED_COLUMNS
	" from scheduled_posts as s"
	" where s.id = $1"); // scheduled_posts_pkey

static const struct statement list = STATEMENT("scheduled_post_list", 5,
	ID_PAGE_SELECT(SCHEDULED_COLUMNS, " from scheduled_posts as s where s.actor_id = $1", "s.id"));
	// scheduled_posts_actor_id

static const struct statement count_own = STATEMENT("scheduled_post_count", 2,
	"select count(*), count(*) filter (where date_trunc('day', s.scheduled_at, 'UTC') = date_trunc('day', $2::timestamptz, 'UTC'))"
	" from scheduled_posts as s"
	" where s.actor_id = $1"); // scheduled_posts_actor_id

static const struct statement set_time = STATEMENT("scheduled_post_set_time", 3,
	"update scheduled_posts"
	" set scheduled_at = $3"
	" where id = $2"
	"   and actor_id = $1"); // scheduled_posts_pkey

static const struct statement remove_one = STATEMENT("scheduled_post_delete", 2,
	"delete from scheduled_posts"
	" where id = $2"
	"   and actor_id = $1"); // scheduled_posts_pkey

static const struct statement holds = STATEMENT("scheduled_post_holds", 3,
	"select exists (select"
	"               from scheduled_posts as s"
	"               where s.actor_id = $1 and s.id <> $2 and s.media_ids && $3::bigint[])"); // scheduled_posts_actor_id

STATEMENT_TABLE(scheduled_post_statements, &create, &find, &list, &count_own, &set_time, &remove_one, &holds);

enum error scheduled_post_create(struct db *db, struct arena *arena, const struct scheduled_post *post)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post->id);
	db_value_int64(&values, post->actor_id);
	db_value_id(&values, post->application_id);
	db_value_time(&values, post->scheduled_us);
	db_value_int64(&values, post->post_id);
	db_value_text(&values, post->request_json);
	db_value_int64_array(&values, arena, post->media_ids, post->media_count);
	db_value_id(&values, post->user_id);
	enum error error = db_change(db, arena, &create, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_CONFLICT;
}

static void read_ids(struct arena *arena, struct str text, struct scheduled_post *post)
{
	struct str word;
	post->media_ids = arena_alloc_array(arena, text.len / 2 + 1, sizeof(*post->media_ids));
	while (str_split_next(&text, ' ', &word)) {
		if (str_to_int64(word, &post->media_ids[post->media_count]))
			post->media_count++;
	}
}

static struct scheduled_post read_row(const struct db_rows *rows, int row)
{
	struct scheduled_post post = {
		.id = db_int64(rows, row, SCHEDULED_ID),
		.actor_id = db_int64(rows, row, SCHEDULED_ACTOR_ID),
		.application_id = db_int64(rows, row, SCHEDULED_APPLICATION_ID),
		.scheduled_us = db_time(rows, row, SCHEDULED_SCHEDULED_AT),
		.post_id = db_int64(rows, row, SCHEDULED_POST_ID),
		.request_json = db_text(rows, row, SCHEDULED_REQUEST),
		.user_id = db_int64(rows, row, SCHEDULED_USER_ID),
	};
	read_ids(rows->arena, db_text(rows, row, SCHEDULED_MEDIA_IDS), &post);
	return post;
}

enum error scheduled_post_find_any(struct db *db, struct arena *arena, int64_t id, struct scheduled_post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_post = read_row(&rows, 0);
	return ERROR_NONE;
}

enum error scheduled_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct scheduled_post *ret_post)
{
	struct scheduled_post post;
	enum error error = scheduled_post_find_any(db, arena, id, &post);
	if (error)
		return error;
	if (post.actor_id != actor_id)
		return ERROR_NOT_FOUND;
	*ret_post = post;
	return ERROR_NONE;
}

enum error scheduled_post_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct scheduled_post **ret_posts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	id_page_add(&values, page);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct scheduled_post *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	for (int i = 0; i < rows.count; i++)
		posts[i] = read_row(&rows, id_page_row(page, &rows, i));
	*ret_posts = posts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error scheduled_post_count(struct db *db, struct arena *arena, int64_t actor_id, int64_t scheduled_us,
	int64_t *ret_total, int64_t *ret_that_day)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_time(&values, scheduled_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_own, &values, &rows);
	if (error)
		return error;
	*ret_total = db_int64(&rows, 0, 0);
	*ret_that_day = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

static enum error change(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values)
{
	int64_t affected;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error scheduled_post_set_time(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, int64_t scheduled_us)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	db_value_time(&values, scheduled_us);
	return change(db, arena, &set_time, &values);
}

enum error scheduled_post_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	return change(db, arena, &remove_one, &values);
}

enum error scheduled_post_holds(struct db *db, struct arena *arena, int64_t actor_id, int64_t except_id, const int64_t *media_ids,
	size_t count, bool *ret_holds)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, except_id);
	db_value_int64_array(&values, arena, media_ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &holds, &values, &rows);
	if (!error)
		*ret_holds = db_bool(&rows, 0, 0);
	return error;
}
