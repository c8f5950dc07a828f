/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports about actors and their posts, from here and from elsewhere (Flag). */
#ifndef COMPTOIR_STORAGE_REPORT_H
#define COMPTOIR_STORAGE_REPORT_H

#include "storage/db.h"

#define REPORT_MAX_POSTS 256
#define REPORT_COMMENT_MAX_CHARACTERS 20000

enum report_category { REPORT_OTHER, REPORT_SPAM, REPORT_LEGAL, REPORT_VIOLATION };

#define REPORT_MAX_RULES 100

struct report {
	int64_t id; /* id_new() */
	int64_t reporter_id; /* often the instance actor of a peer */
	int64_t target_id;
	const int64_t *post_ids;
	size_t post_count; /* the first REPORT_MAX_POSTS are kept, of those the target's own */
	struct str comment; /* at most REPORT_COMMENT_MAX_CHARACTERS */
	struct str uri; /* of the Flag */
	enum report_category category;
	const int64_t *rule_ids; /* of the instance's rules, with REPORT_VIOLATION */
	size_t rule_count;       /* the first REPORT_MAX_RULES are kept */
	bool is_forwarded;       /* to the target's server */
	/* Not for report_create: */
	bool is_resolved;
	int64_t created_us;
	int64_t resolved_us; /* 0 while it is open */
};

/* "other", "spam", "legal", "violation": the words of the Mastodon API. */
const char *report_category_name(enum report_category category);
bool report_category_from_name(struct str name, enum report_category *ret_category) MUST_CHECK;

/* ERROR_CONFLICT when the uri is there already, ERROR_NOT_FOUND when reporter or target is absent. */
enum error report_create(struct db *db, struct arena *arena, const struct report *report) MUST_CHECK;

/* ERROR_NOT_FOUND. */
enum error report_find(struct db *db, struct arena *arena, int64_t id, struct report *ret_report) MUST_CHECK;

/* Newest first. */
struct report_page {
	bool is_resolved;
	int64_t before_id; /* 0 for the newest page */
	int limit;         /* 1 to 200 */
};
enum error report_list(struct db *db, struct arena *arena, const struct report_page *page, struct report **ret_reports,
	size_t *ret_count) MUST_CHECK;

/* Or opens it again. Twice is fine and keeps the first time. ERROR_NOT_FOUND. */
enum error report_set_resolved(struct db *db, struct arena *arena, int64_t id, bool is_resolved) MUST_CHECK;

#endif
