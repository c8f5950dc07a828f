/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The function through which every door reports somebody to the moderators. */
#ifndef COMPTOIR_SERVER_ACTION_REPORT_H
#define COMPTOIR_SERVER_ACTION_REPORT_H

#include "storage/report.h"

#define REPORT_MAX_COMMENT_BYTES 4000 /* 1,000 characters */

struct report_request {
	int64_t reporter_id; /* local */
	int64_t target_id;
	const int64_t *post_ids; /* of the target; those that the reporter cannot see are left out */
	size_t post_count;       /* at most REPORT_MAX_POSTS */
	struct str comment;      /* plain text */
	enum report_category category;
	const int64_t *rule_ids; /* with REPORT_VIOLATION */
	size_t rule_count;       /* at most REPORT_MAX_RULES */
	bool is_forwarded;       /* to the target's server as well, in the name of the instance */
	/* What belongs in the same transaction; its error ends all of it. NULL: nothing. */
	enum error (*follow_up)(struct db *db, struct arena *arena, int64_t report_id, void *owner);
	void *owner;
};

/* In a transaction of its own: db must not be in one. ERROR_FORBIDDEN for oneself or when the reporter may not act,
 * ERROR_NOT_FOUND when the target is not there, ERROR_UNPROCESSABLE when the comment is too long or no text. */
enum error report_send(struct db *db, struct arena *arena, const struct report_request *request, int64_t *ret_report_id) MUST_CHECK;

#endif
