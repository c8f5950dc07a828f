/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters of actors: words and posts that they do not want to see. Every change emits EVENT_FILTERS_CHANGED. What
 * belongs to another actor is not found. */
#ifndef COMPTOIR_STORAGE_FILTER_H
#define COMPTOIR_STORAGE_FILTER_H

#include "storage/db.h"

#define FILTER_MAX 200
#define FILTER_TITLE_MAX_CHARACTERS 512
#define FILTER_KEYWORD_MAX_CHARACTERS 512
/* Of all filters of one actor together. */
#define FILTER_MAX_KEYWORDS 500
#define FILTER_MAX_KEYWORD_CHARACTERS 20000
#define FILTER_MAX_POSTS 1000

enum filter_action { FILTER_WARN, FILTER_HIDE, FILTER_BLUR };
#define FILTER_IN_HOME 1u
#define FILTER_IN_NOTIFICATIONS 2u
#define FILTER_IN_PUBLIC 4u
#define FILTER_IN_THREAD 8u
#define FILTER_IN_ACCOUNT 16u
#define FILTER_CONTEXT_COUNT 5

struct filter_keyword {
	int64_t id, filter_id;
	struct str keyword;
	bool is_whole_word;
};
struct filter_post {
	int64_t id, filter_id, post_id;
};
struct filter {
	int64_t id;
	struct str title;
	unsigned contexts; /* bits FILTER_IN_... */
	enum filter_action action;
	int64_t expires_us; /* 0 for never */
	struct filter_keyword *keywords;
	size_t keyword_count;
	struct filter_post *posts;
	size_t post_count;
};

const char *filter_action_name(enum filter_action action);
bool filter_action_from_name(struct str name, enum filter_action *ret_action) MUST_CHECK;
/* Of bit 1u << number. */
const char *filter_context_name(unsigned number);
bool filter_context_from_name(struct str name, unsigned *ret_bit) MUST_CHECK;

/* All of an actor, expired ones too, with keywords and posts, in the order of their ids. */
enum error filter_list(struct db *db, struct arena *arena, int64_t actor_id, struct filter **ret_filters, size_t *ret_count) MUST_CHECK;
enum error filter_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct filter *ret_filter) MUST_CHECK;

/* These write the filter's own row. ERROR_UNPROCESSABLE when there are FILTER_MAX already. */
enum error filter_create(struct db *db, struct arena *arena, int64_t actor_id, const struct filter *filter) MUST_CHECK;
enum error filter_update(struct db *db, struct arena *arena, int64_t actor_id, const struct filter *filter) MUST_CHECK;
enum error filter_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

enum error filter_keyword_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct filter_keyword *ret_keyword) MUST_CHECK;
/* ERROR_UNPROCESSABLE when there are too many. */
enum error filter_keyword_add(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_keyword *keyword) MUST_CHECK;
/* ERROR_UNPROCESSABLE also when it is not there: ask first. */
enum error filter_keyword_update(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_keyword *keyword) MUST_CHECK;
enum error filter_keyword_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

enum error filter_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct filter_post *ret_post) MUST_CHECK;
/* ERROR_NOT_FOUND when the actor may not see the post, ERROR_CONFLICT when it is there, ERROR_UNPROCESSABLE when there
 * are too many. */
enum error filter_post_add(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_post *post) MUST_CHECK;
enum error filter_post_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

#endif
