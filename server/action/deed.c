/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deeds: checks before, one transaction, and a second look when its end is unknown. */
#include "server/action/deed.h"

#include "base/mutant.h"

enum error deed_find_doer(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor)
{
	struct actor actor;
	enum error error = actor_find_by_id(db, arena, actor_id, &actor);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_FORBIDDEN : error;
	if ((!actor.is_local || actor.is_suspended || actor.is_disabled) && !MUTANT("deed_doer"))
		return ERROR_FORBIDDEN;
	*ret_actor = actor;
	return ERROR_NONE;
}

enum error deed_find_other(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor)
{
	struct actor actor;
	enum error error = actor_find_by_id(db, arena, actor_id, &actor);
	if (error)
		return error;
	if (actor.is_suspended && !MUTANT("deed_other"))
		return ERROR_NOT_FOUND;
	*ret_actor = actor;
	return ERROR_NONE;
}

static enum error write_once(struct db *db, struct arena *arena,
	enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner)
{
	enum error error = db_begin(db);
	if (error)
		return error;
	error = write(db, arena, owner);
	if (error) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

enum error deed_write(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	void *owner, enum error repeated)
{
	enum error error = write_once(db, arena, write, owner);
	if (error != ERROR_COMMIT_UNKNOWN)
		return error;
	error = write_once(db, arena, write, owner);
	return error == repeated ? ERROR_NONE : error;
}
