/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A local actor shows a hashtag on its profile, or no longer, and tells its followers. */
#ifndef COMPTOIR_SERVER_ACTION_FEATURE_TAG_H
#define COMPTOIR_SERVER_ACTION_FEATURE_TAG_H

#include "storage/pin.h"

/* name: hashtag_key. Twice, or removing what is not there, is fine. ERROR_UNPROCESSABLE above FEATURED_TAG_MAX. */
enum error feature_tag(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;
enum error unfeature_tag(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;

#endif
