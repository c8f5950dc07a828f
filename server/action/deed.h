/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What deeds of actors have in common: who may do them, and the transaction of rows and activities that each is. */
#ifndef COMPTOIR_SERVER_ACTION_DEED_H
#define COMPTOIR_SERVER_ACTION_DEED_H

#include "storage/actor.h"
#include "storage/audit.h"
#include "storage/release.h"

/* The one who does it: local, neither suspended nor disabled nor deleted. ERROR_FORBIDDEN otherwise. */
enum error deed_find_doer(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor) MUST_CHECK;

/* The one to whom it is done. ERROR_NOT_FOUND when absent, suspended or deleted. */
enum error deed_find_other(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor) MUST_CHECK;

/* Runs write in a transaction of its own; db must not be in one. After ERROR_UNAVAILABLE (a deadlock) it runs again, three times
 * at most. When the answer to COMMIT is lost and the log has no entry of it (deed_author), it runs once more: write must then
 * find what it did before, and say so by returning repeated (ERROR_NONE when doing it twice is fine). */
enum error deed_write(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	void *owner, enum error repeated) MUST_CHECK;

/* For whom the calling thread is about to do something, when that is an organisation: every transaction of deed_write takes
 * an entry of its audit log along. */
struct deed_author {
	int64_t organisation_id;
	struct audit_author author;
	struct str action; /* as audit_entry has it; these live until deed_end */
	struct str target;
	struct str data;   /* data NULL for none */
	struct release_claim claim; /* on what ground its posts, edits and boosts may be said. With a draft, the deed publishes it:
	                     that it may be, and that it is published from then on, is part of the transaction */
};
void deed_begin(const struct deed_author *author);
/* On what ground the rest of it may be said; nothing where nobody began. */
void deed_set_claim(const struct release_claim *claim);
/* What is being made, now that it has an id: it becomes the target. Nothing where nobody began. */
void deed_set_target(struct arena *arena, const char *kind, int64_t id);
/* Whether somebody began: an organisation's account does it. */
bool deed_is_for_organisation(void);
/* Whether something was written since deed_begin. */
bool deed_end(void);

#endif
