/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the operator tells everyone here, who has read it, and how they react. */
#ifndef COMPTOIR_STORAGE_ANNOUNCEMENT_H
#define COMPTOIR_STORAGE_ANNOUNCEMENT_H

#include "storage/db.h"

#define ANNOUNCEMENT_MAX_REACTIONS 8 /* different ones on one announcement, as Mastodon has it */

struct announcement {
	int64_t id;
	struct str text; /* as typed */
	struct str html;
	int64_t starts_us, ends_us; /* 0 for none */
	bool is_all_day;
	int64_t published_us, updated_us;
	bool is_read; /* by the reader */
};

/* Emits EVENT_ANNOUNCEMENT. */
enum error announcement_add(struct db *db, struct arena *arena, const struct announcement *announcement) MUST_CHECK;
/* ERROR_NOT_FOUND. Emits EVENT_ANNOUNCEMENT_DELETED. */
enum error announcement_remove(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

/* Those that have not ended, oldest first, as an actor reads them (0: nobody). */
enum error announcement_list(struct db *db, struct arena *arena, int64_t actor_id, struct announcement **ret_announcements,
	size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not there or has ended. */
enum error announcement_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct announcement *ret_announcement) MUST_CHECK;
enum error announcement_mark_read(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK; /* ERROR_NOT_FOUND */

struct announcement_reaction {
	int64_t announcement_id;
	struct str name; /* an emoji character or a shortcode */
	int64_t count;
	bool is_own;
	struct str image_url; /* data NULL for a character */
};
/* Of the given announcements, in the order in which they came. */
enum error announcement_list_reactions(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	struct announcement_reaction **ret_reactions, size_t *ret_count) MUST_CHECK;

/* Twice is fine. ERROR_NOT_FOUND when the announcement is not there, ERROR_UNPROCESSABLE above the limit of different
 * ones. Emits EVENT_ANNOUNCEMENT_REACTION. */
enum error announcement_react(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name) MUST_CHECK;
enum error announcement_unreact(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name) MUST_CHECK;

#endif
