/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deeds: checks before, one transaction, and a second look when its end is unknown. */
#include "server/action/deed.h"

#include "server/action/draft_press.h"

#include "base/mutant.h"

#define DEADLOCKS_MAX 3

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

/* Handlers run on one thread from their beginning to their end. */
static _Thread_local struct deed_author current;
static _Thread_local bool is_for_organisation;
static _Thread_local bool was_written;
static _Thread_local struct audit_mark last_entry; /* of the transaction that was tried last; number 0: it got to none */

void deed_begin(const struct deed_author *author)
{
	current = *author;
	is_for_organisation = true;
	was_written = false;
}

void deed_set_target(struct arena *arena, const char *kind, int64_t id)
{
	if (is_for_organisation)
		current.target = arena_printf(arena, "%s:%lld", kind, (long long)id);
}

void deed_set_claim(const struct release_claim *claim)
{
	current.claim = *claim;
}

bool deed_is_for_organisation(void)
{
	return is_for_organisation;
}

bool deed_end(void)
{
	is_for_organisation = false;
	return was_written;
}

/* The last statement: whoever else acts for the organisation waits from here to the commit. */
static enum error note_deed(struct db *db, struct arena *arena)
{
	const struct audit_entry entry = {
		.organisation_id = current.organisation_id,
		.author = current.author,
		.action = current.action,
		.target = current.target,
		.data = current.data,
	};
	if (!is_for_organisation)
		return ERROR_NONE;
	enum error error = audit_write_marked(db, arena, &entry, &last_entry);
	was_written = was_written || !error;
	return error;
}

static enum error write_once(struct db *db, struct arena *arena,
	enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner)
{
	last_entry = (struct audit_mark){ 0 };
	enum error error = db_begin(db);
	if (error)
		return error;
	bool is_draft = is_for_organisation && current.claim.draft_id;
	if (is_draft)
		error = draft_press_begin(db, arena, &current.claim);
	if (!error && is_for_organisation)
		error = release_claim(db, arena, &current.claim);
	if (!error)
		error = write(db, arena, owner);
	if (!error && is_draft)
		error = draft_press_end(db, arena, &current.claim);
	if (!error)
		error = note_deed(db, arena);
	if (error) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

/* What loses a deadlock has done nothing and finds its way free the next time. */
static enum error write_patiently(struct db *db, struct arena *arena,
	enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner)
{
	enum error error = write_once(db, arena, write, owner);
	for (int again = 0; again < DEADLOCKS_MAX && error == ERROR_UNAVAILABLE && !MUTANT("deed_deadlock"); again++)
		error = write_once(db, arena, write, owner);
	return error;
}

/* No answer, or one that it is not there, leaves open what became of it. */
static bool is_done(struct db *db, struct arena *arena, const struct audit_mark *entry)
{
	bool is_written = false;
	return entry->number && !audit_is_written(db, arena, entry, &is_written) && is_written && !MUTANT("deed_own_entry");
}

enum error deed_write(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	void *owner, enum error repeated)
{
	enum error error = write_patiently(db, arena, write, owner);
	if (error != ERROR_COMMIT_UNKNOWN)
		return error;
	const struct audit_mark entry = last_entry;
	if (is_done(db, arena, &entry))
		return ERROR_NONE;
	error = write_patiently(db, arena, write, owner);
	if (error == repeated)
		return ERROR_NONE;
	/* The first one may have been under way still; what was tried again has waited for it. */
	return error && is_done(db, arena, &entry) ? ERROR_NONE : error;
}
