/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What makes a draft be published once, and not without its approval: both run in the transaction of the post. */
#ifndef COMPTOIR_SERVER_ACTION_DRAFT_PRESS_H
#define COMPTOIR_SERVER_ACTION_DRAFT_PRESS_H

#include "storage/release.h"

/* Before the post: nobody else presses it, the version is the current one, and what the claim says holds now. ERROR_CONFLICT
 * when it is published already or another version came; ERROR_FORBIDDEN when the ground does not hold. */
enum error draft_press_begin(struct db *db, struct arena *arena, const struct release_claim *claim) MUST_CHECK;
/* Behind it. */
enum error draft_press_end(struct db *db, struct arena *arena, const struct release_claim *claim) MUST_CHECK;

#endif
