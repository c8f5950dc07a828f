/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Publishes a post whose time has come. The key of the job is the id of the scheduled post. */
#include "server/jobs/job_worker.h"

#include "server/action/schedule.h"
#include "server/app.h"

enum error job_scheduled_run(struct job_run *run)
{
	int64_t id;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	return schedule_publish(run->db, run->arena, id, config_boolean(run->app->config, "posts.markdown"), &run->next_due_us);
}
