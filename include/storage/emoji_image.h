/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The instance's own custom emojis, with their pictures. */
#ifndef COMPTOIR_STORAGE_EMOJI_IMAGE_H
#define COMPTOIR_STORAGE_EMOJI_IMAGE_H

#include "storage/db.h"

#define EMOJI_IMAGE_MAX_BYTES 262144

struct emoji_image {
	struct str shortcode; /* 2 to 64 letters, digits, underscores */
	struct str category;  /* data NULL for none */
	bool is_listed;       /* offered in pickers */
	struct str mime_type; /* image/png, image/gif or image/webp */
	struct str bytes;     /* emoji_image_list leaves it out */
	int64_t updated_us;
};

/* Where it is served: BASE/emoji/SHORTCODE.png?UPDATED, so that caches see a new one. */
struct str emoji_image_url(struct arena *arena, struct str base_url, const struct emoji_image *image) MUST_CHECK;

/* Adds or replaces, in the caller's transaction, with the row of emojis that points at image_url. */
enum error emoji_image_store(struct db *db, struct arena *arena, const struct emoji_image *image, struct str image_url) MUST_CHECK;
/* In the caller's transaction. ERROR_NOT_FOUND. */
enum error emoji_image_remove(struct db *db, struct arena *arena, struct str shortcode) MUST_CHECK;
/* ERROR_NOT_FOUND. */
enum error emoji_image_find(struct db *db, struct arena *arena, struct str shortcode, struct emoji_image *ret_image) MUST_CHECK;
/* By shortcode; without bytes. */
enum error emoji_image_list(struct db *db, struct arena *arena, struct emoji_image **ret_images, size_t *ret_count) MUST_CHECK;

#endif
