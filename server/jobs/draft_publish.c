/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Publishes a draft whose time has come. The key of the job is the id of the draft. */
#include "server/jobs/job_worker.h"

#include "server/action/draft.h"

enum error job_draft_publish_run(struct job_run *run)
{
	int64_t id;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	return draft_publish_due(run->db, run->arena, id, &run->next_due_us);
}
