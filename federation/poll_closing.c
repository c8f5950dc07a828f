/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ends polls. */
#include "federation/poll_closing.h"

#include "federation/outbox.h"

#include "storage/notification.h"
#include "storage/poll.h"

static enum error tell_voters(struct db *db, struct arena *arena, const struct post *post)
{
	int64_t *voters;
	size_t count;
	enum error error = poll_list_local_voters(db, arena, post->id, &voters, &count);
	for (size_t i = 0; i < count && !error; i++)
		error = notification_add(db, arena, voters[i], NOTIFICATION_POLL, post->actor_id, post->id);
	return error;
}

static enum error close_one(struct db *db, struct arena *arena, int64_t post_id)
{
	struct post post;
	enum error error = post_find_any(db, arena, post_id, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (post.is_local) {
		error = outbox_update_post(db, arena, post.id);
		if (!error)
			error = notification_add(db, arena, post.actor_id, NOTIFICATION_POLL, post.actor_id, post.id);
	}
	return error ? error : tell_voters(db, arena, &post);
}

static enum error close_all(struct db *db, struct arena *arena, int limit, size_t *ret_count)
{
	int64_t *post_ids;
	enum error error = poll_close_due(db, arena, limit, &post_ids, ret_count);
	for (size_t i = 0; !error && i < *ret_count; i++)
		error = close_one(db, arena, post_ids[i]);
	return error;
}

enum error poll_closing_run(struct db *db, struct arena *arena, int limit, size_t *ret_count)
{
	size_t count = 0;
	enum error error = db_begin(db);
	if (error)
		return error;
	error = close_all(db, arena, limit, &count);
	if (error) {
		db_rollback(db);
		return error;
	}
	error = db_commit(db);
	if (!error)
		*ret_count = count;
	return error;
}
