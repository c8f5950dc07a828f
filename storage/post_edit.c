/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Edits. The row is locked first, so that two edits at once are two versions. */
#include "storage/post.h"

#include "storage/event.h"
#include "storage/post_parts.h"
#include "storage/statement.h"

#include <assert.h>

static const struct statement lock = STATEMENT("post_edit_lock", 1,
	"select actor_id"
	" from posts"
	" where id = $1"
	" for no key update"); // posts_pkey

static const struct statement keep = STATEMENT("post_edit_keep", 2,
	"insert into post_revisions (post_id, revision, title, html, text_source, spoiler_text, is_sensitive, options,"
	"                            written_at)"
	" select id, revision, title, html, text_source, spoiler_text, is_sensitive, nullif($2::text[], '{}'),"
	"        coalesce(edited_at, created_at)"
	" from posts"
	" where id = $1"); // posts_pkey

static const struct statement change = STATEMENT("post_edit_change", 10,
	"update posts"
	" set title = coalesce($2, title),"
	"     html = coalesce($3, html),"
	"     text_source = case when $4::boolean then $5 else text_source end,"
	"     spoiler_text = coalesce($6, spoiler_text),"
	"     language = case when $7::boolean then $8 else language end,"
	"     is_sensitive = coalesce($9, is_sensitive),"
	"     edited_at = coalesce($10, edited_at),"
	"     revision = revision + 1"
	" where id = $1"); // posts_pkey

STATEMENT_TABLE(post_edit_statements, &lock, &keep, &change);

static enum error lock_post(struct db *db, struct arena *arena, int64_t post_id, int64_t *ret_actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &lock, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_actor_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

static enum error keep_version(struct db *db, struct arena *arena, const struct post_edit *edit)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, edit->post_id);
	db_value_text_array(&values, arena, edit->poll_options, edit->poll_option_count);
	return db_change(db, arena, &keep, &values, NULL);
}

/* NULL leaves the value; without data it is the empty text. */
static void add_text(struct db_values *values, const struct str *text)
{
	if (!text)
		db_value_null(values);
	else
		db_value_text(values, text->data ? *text : STR_LITERAL(""));
}

/* For columns that may be null. */
static void add_optional(struct db_values *values, const struct str *text)
{
	db_value_bool(values, text != NULL);
	db_value_text(values, text ? *text : (struct str){ 0 });
}

static enum error change_row(struct db *db, struct arena *arena, const struct post_edit *edit)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, edit->post_id);
	add_text(&values, edit->title);
	add_text(&values, edit->html);
	add_optional(&values, edit->text_source);
	add_text(&values, edit->spoiler_text);
	add_optional(&values, edit->language);
	if (edit->is_sensitive)
		db_value_bool(&values, *edit->is_sensitive);
	else
		db_value_null(&values);
	if (edit->is_silent)
		db_value_null(&values);
	else
		db_value_time(&values, edit->edited_us);
	return db_change(db, arena, &change, &values, NULL);
}

static enum error replace_media(struct db *db, struct arena *arena, const struct post_edit *edit, int64_t actor_id)
{
	enum error error = post_parts_remove_media(db, arena, edit->post_id);
	if (error)
		return error;
	return post_parts_add_media(db, arena, edit->post_id, actor_id, edit->media, edit->medium_count);
}

enum error post_edit(struct db *db, struct arena *arena, const struct post_edit *edit)
{
	assert(edit->mention_count <= POST_MAX_MENTIONS && edit->tag_count <= POST_MAX_TAGS);
	int64_t actor_id;
	enum error error = lock_post(db, arena, edit->post_id, &actor_id);
	if (!error && !edit->is_silent)
		error = keep_version(db, arena, edit);
	if (!error)
		error = change_row(db, arena, edit);
	if (!error && edit->replaces_media)
		error = replace_media(db, arena, edit, actor_id);
	if (!error && edit->replaces_tags)
		error = post_parts_replace_tags(db, arena, edit->post_id, edit->tags, edit->tag_count);
	if (!error && edit->replaces_mentions)
		error = post_parts_replace_mentions(db, arena, edit->post_id, edit->mentioned_actor_ids, edit->mention_count);
	if (!error && !edit->is_silent)
		event_emit_on_commit(db, EVENT_POST_EDITED, edit->post_id, actor_id);
	return error;
}
