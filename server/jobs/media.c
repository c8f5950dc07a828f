/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Makes an uploaded file ready; the job's key is its id. */
#include "server/jobs/job_worker.h"

#include "server/action/media.h"

enum error job_media_run(struct job_run *run)
{
	int64_t id;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	return media_process(run->app, run->db, run->arena, id);
}
