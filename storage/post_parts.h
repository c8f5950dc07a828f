/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What hangs at a post besides its row, written by those who make and edit posts. All in the caller's transaction. */
#ifndef COMPTOIR_STORAGE_POST_PARTS_H
#define COMPTOIR_STORAGE_POST_PARTS_H

#include "storage/post.h"

/* Remote attachments, in their order: rows of media that wait for their copy. Those beyond POST_MAX_MEDIA and those
 * without a usable address are left out. */
enum error post_parts_add_media(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id,
	const struct post_medium *media, size_t count) MUST_CHECK;
/* Rows of media only when they are of another server. */
enum error post_parts_remove_media(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;

enum error post_parts_replace_tags(struct db *db, struct arena *arena, int64_t post_id, const struct str *tags,
	size_t count) MUST_CHECK;
/* Those who were named before and are not any more may read it on. */
enum error post_parts_replace_mentions(struct db *db, struct arena *arena, int64_t post_id, const int64_t *actor_ids,
	size_t count) MUST_CHECK;

#endif
