/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What changes where or whether an actor speaks: moves, new keys, deletion, suspension. Each function is a transaction
 * of its own: db must not be in one. A caller with an app forgets the cached documents afterwards. */
#ifndef COMPTOIR_SERVER_ACTION_ACCOUNT_END_H
#define COMPTOIR_SERVER_ACTION_ACCOUNT_END_H

#include "base/secret_box.h"
#include "storage/actor.h"

#define ACCOUNT_MOVE_PAUSE_DAYS 30 /* between two moves of one account, as Mastodon has it */

/* Tells the followers that the actor speaks elsewhere from now on; local ones follow the target instead. The caller has
 * read the target anew, so that its aliases are of today. Moving to where one has moved is fine. ERROR_FORBIDDEN when
 * the actor may not act, ERROR_NOT_FOUND when the target is not there; ERROR_UNPROCESSABLE (the target does not name
 * this account among its aliases, is itself, or has moved) and ERROR_TOO_MANY_REQUESTS (it moved less than
 * ACCOUNT_MOVE_PAUSE_DAYS ago) with a sentence for the user. */
enum error account_move(struct db *db, struct arena *arena, int64_t actor_id, int64_t target_id, struct str *ret_message) MUST_CHECK;

/* New pairs under the same key ids; followers are sent the document. ERROR_NOT_FOUND when it is no local actor. */
enum error account_rotate_keys(struct db *db, struct arena *arena, const struct secret_box *box, int64_t actor_id) MUST_CHECK;

/* For good: every server that may know the account is told, its posts and follows go, and whoever logged in as it. The
 * name stays taken. ERROR_NOT_FOUND when it is no local actor or deleted already, ERROR_FORBIDDEN for the actor of the
 * instance. */
enum error account_delete(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

/* A moderator's: local or remote. A suspended remote actor loses those it follows here, who are told of it; a local one
 * keeps its follows, which come back with it, and its followers are sent the document that says so. Twice is fine.
 * ERROR_NOT_FOUND when it is not there or deleted, ERROR_FORBIDDEN for the actor of the instance. */
enum error account_suspend(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;
enum error account_unsuspend(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

#endif
