/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Opens a ticket whose snooze is over. The key of the job is the ticket's id. */
#include "server/jobs/job_worker.h"

#include "server/action/ticket.h"

enum error job_ticket_wake_run(struct job_run *run)
{
	int64_t id;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	return ticket_wake(run->db, run->arena, id, &run->next_due_us);
}
