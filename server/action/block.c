/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocks. The Undo of our follow and the Reject of theirs go before the Block: some servers handle only those. */
#include "server/action/block.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "storage/follow.h"
#include "storage/id.h"

struct blocking {
	const struct actor *blocker;
	const struct actor *blocked;
	int64_t id;
	struct str uri;
};

static enum error end_follows(struct db *db, struct arena *arena, const struct blocking *blocking)
{
	struct follow ours;
	struct follow theirs;
	enum error error = follow_find(db, arena, blocking->blocker->id, blocking->blocked->id, &ours);
	if (!error)
		error = outbox_undo_follow(db, arena, blocking->blocker, blocking->blocked, ours.uri);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	error = follow_find(db, arena, blocking->blocked->id, blocking->blocker->id, &theirs);
	if (!error)
		error = outbox_reject_follow(db, arena, blocking->blocker, blocking->blocked, theirs.uri);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error write_block(struct db *db, struct arena *arena, void *owner)
{
	const struct blocking *blocking = owner;
	bool exists = false;
	enum error error = block_exists(db, arena, blocking->blocker->id, blocking->blocked->id, &exists);
	if (error || exists)
		return error;
	error = end_follows(db, arena, blocking);
	if (!error)
		error = block_create(db, arena, blocking->id, blocking->blocker->id, blocking->blocked->id, blocking->uri);
	if (!error)
		error = outbox_block(db, arena, blocking->blocker, blocking->blocked, blocking->uri);
	return error;
}

enum error block_start(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id)
{
	struct actor blocker;
	struct actor blocked;
	enum error error = deed_find_doer(db, arena, blocker_id, &blocker);
	if (!error && blocker_id == blocked_id)
		error = ERROR_FORBIDDEN;
	if (!error)
		error = actor_find_by_id(db, arena, blocked_id, &blocked);
	if (!error && blocked.is_deleted)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	struct blocking blocking = { .blocker = &blocker, .blocked = &blocked, .id = id_new() };
	blocking.uri = outbox_block_uri(arena, &blocker, blocking.id);
	return deed_write(db, arena, write_block, &blocking, ERROR_NONE);
}

static enum error write_stop(struct db *db, struct arena *arena, void *owner)
{
	const struct blocking *blocking = owner;
	struct str uri;
	enum error error = block_remove(db, arena, blocking->blocker->id, blocking->blocked->id, &uri);
	return error ? error : outbox_undo_block(db, arena, blocking->blocker, blocking->blocked, uri);
}

enum error block_stop(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id)
{
	struct actor blocker;
	struct actor blocked;
	enum error error = deed_find_doer(db, arena, blocker_id, &blocker);
	if (!error)
		error = actor_find_by_id(db, arena, blocked_id, &blocked);
	if (error)
		return error;
	struct blocking blocking = { .blocker = &blocker, .blocked = &blocked };
	return deed_write(db, arena, write_stop, &blocking, ERROR_NOT_FOUND);
}
