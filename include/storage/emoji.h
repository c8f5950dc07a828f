/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Custom emojis of other servers, by the server whose people write them. Whose server that is the caller has checked:
 * a server speaks for its own emojis only. */
#ifndef COMPTOIR_STORAGE_EMOJI_H
#define COMPTOIR_STORAGE_EMOJI_H

#include "storage/db.h"

struct emoji {
	struct str shortcode; /* without colons, 1 to 200 bytes */
	struct str uri;       /* data NULL when unknown */
	struct str image_url;
	int64_t updated_us;
};

/* domain: the authority of the server in canonical form. An image changes only to one that is at least as new. Alone or
 * in the caller's transaction; one statement. */
enum error emoji_store(struct db *db, struct arena *arena, struct str domain, const struct emoji *emojis, size_t count) MUST_CHECK;

/* Those of the shortcodes that the server has, in the order of their shortcodes. */
enum error emoji_find_many(struct db *db, struct arena *arena, struct str domain, const struct str *shortcodes, size_t count,
	struct emoji **ret_emojis, size_t *ret_count) MUST_CHECK;

#endif
