/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Telling those who are not named by what happened: watchers of an author, moderators, those who lost follows. The key of each job is the id of
 * what is told of. */
#include "server/jobs/job_worker.h"

#include "storage/notification.h"
#include "storage/severance.h"

static enum error tell(struct job_run *run, enum error (*add)(struct db *db, struct arena *arena, int64_t id))
{
	int64_t id;
	return str_to_int64(run->job->key, &id) ? add(run->db, run->arena, id) : ERROR_GONE;
}

enum error job_tell_watchers_run(struct job_run *run)
{
	return tell(run, notification_add_watched);
}

enum error job_tell_report_run(struct job_run *run)
{
	return tell(run, notification_add_report);
}

enum error job_tell_sign_up_run(struct job_run *run)
{
	return tell(run, notification_add_sign_up);
}

enum error job_tell_severed_run(struct job_run *run)
{
	return tell(run, severance_tell);
}
