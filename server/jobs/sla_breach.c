/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Marks the clocks of tickets that are over. Comes often: who promised an answer within minutes hears of it at once. */
#include "server/jobs/job_worker.h"

#include "server/action/sla.h"

#define BATCH 200

enum error job_sla_breach_run(struct job_run *run)
{
	size_t count = BATCH;
	enum error error = ERROR_NONE;
	while (!error && count == BATCH)
		error = sla_breach_run(run->db, run->arena, BATCH, &count);
	return error;
}
