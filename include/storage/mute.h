/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whom an actor does not want to see, without their being told. */
#ifndef COMPTOIR_STORAGE_MUTE_H
#define COMPTOIR_STORAGE_MUTE_H

#include "storage/db.h"

struct mute {
	int64_t muter_id;
	int64_t muted_id;
	bool hides_notifications;
	int64_t expires_us; /* 0 for never */
};

/* Alone or in the caller's transaction; one that is there takes the new terms. ERROR_UNPROCESSABLE for oneself,
 * ERROR_NOT_FOUND when either is absent. */
enum error mute_set(struct db *db, struct arena *arena, const struct mute *mute) MUST_CHECK;

/* ERROR_NOT_FOUND when there was none. */
enum error mute_remove(struct db *db, struct arena *arena, int64_t muter_id, int64_t muted_id) MUST_CHECK;

#endif
