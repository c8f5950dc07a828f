/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What deeds of actors have in common: who may do them, and the transaction of rows and activities that each is. */
#ifndef COMPTOIR_SERVER_ACTION_DEED_H
#define COMPTOIR_SERVER_ACTION_DEED_H

#include "storage/actor.h"

/* The one who does it: local, neither suspended nor disabled nor deleted. ERROR_FORBIDDEN otherwise. */
enum error deed_find_doer(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor) MUST_CHECK;

/* The one to whom it is done. ERROR_NOT_FOUND when absent, suspended or deleted. */
enum error deed_find_other(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor) MUST_CHECK;

/* Runs write in a transaction of its own; db must not be in one. When the answer to COMMIT is lost it runs once more:
 * write must then find what it did before, and say so by returning repeated (ERROR_NONE when doing it twice is fine). */
enum error deed_write(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	void *owner, enum error repeated) MUST_CHECK;

#endif
