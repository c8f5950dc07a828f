/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts for later: kept as the client wrote them, checked when they are written and published as if they were new when
 * their time has come. Each function is a transaction of its own: db must not be in one. */
#ifndef COMPTOIR_SERVER_ACTION_SCHEDULE_H
#define COMPTOIR_SERVER_ACTION_SCHEDULE_H

#include "server/action/publish.h"

#include "storage/scheduled_post.h"

#define SCHEDULE_MIN_AHEAD_US (INT64_C(300) * 1000000) /* what is nearer is published at once */

/* As publish_check, and ERROR_UNPROCESSABLE above SCHEDULED_MAX_TOTAL and SCHEDULED_MAX_PER_DAY. Of a repeated request it
 * is the scheduled post of the first; ERROR_CONFLICT when the first gave something else. */
enum error schedule_post(struct db *db, struct arena *arena, const struct publish_request *request, int64_t scheduled_us,
	struct scheduled_post *ret_post, struct str *ret_message) MUST_CHECK;

/* ERROR_NOT_FOUND when it is not the actor's, ERROR_UNPROCESSABLE with a sentence when the time is too near. */
enum error schedule_move(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, int64_t scheduled_us,
	struct scheduled_post *ret_post, struct str *ret_message) MUST_CHECK;
enum error schedule_cancel(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

/* For the job: exactly once, however often it is called. *ret_due_us is set when its time has not come yet. What may not
 * be published any more stays for its author to see, and the call succeeds. */
enum error schedule_publish(struct db *db, struct arena *arena, int64_t id, bool is_markdown, int64_t *ret_due_us) MUST_CHECK;

#endif
