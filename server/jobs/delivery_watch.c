/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Looks now and then whether a post of an organisation has arrived wherever it was sent to, and says so once. The key of the job
 * is the id of the post. */
#include "server/jobs/job_worker.h"

#include "storage/delivery_report.h"
#include "storage/event.h"

#include "base/clock.h"

#define LOOK_AGAIN_MIN_US (INT64_C(2) * 1000000)
#define LOOK_AGAIN_MAX_US (INT64_C(600) * 1000000)

/* The longer it takes already, the longer it may go on. */
static int64_t next_look(int64_t created_us)
{
	int64_t now_us = clock_now_us(), wait_us = (now_us - created_us) / 4;
	return now_us + (wait_us < LOOK_AGAIN_MIN_US ? LOOK_AGAIN_MIN_US : wait_us > LOOK_AGAIN_MAX_US ? LOOK_AGAIN_MAX_US : wait_us);
}

enum error job_delivery_watch_run(struct job_run *run)
{
	struct delivery_progress progress;
	int64_t post_id;
	if (!str_to_int64(run->job->key, &post_id))
		return ERROR_GONE;
	enum error error = delivery_progress_find(run->db, run->arena, post_id, &progress);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE; /* nobody elsewhere was to be told, or it is gone */
	if (error)
		return error;
	if (progress.is_under_way)
		run->next_due_us = next_look(progress.created_us);
	else if (progress.has_deliveries)
		event_emit_on_commit(run->db, EVENT_DELIVERY, post_id, progress.actor_id);
	return ERROR_NONE;
}
