/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hourly round: forgetting what has expired, and writing down how the week goes. */
#include "server/jobs/job_worker.h"

#include "storage/expiry.h"
#include "storage/instance.h"

enum error job_forget_run(struct job_run *run)
{
	bool has_more = true;
	while (has_more) {
		enum error error = expiry_forget(run->db, run->arena, &has_more);
		if (error)
			return error;
	}
	return instance_note_week(run->db, run->arena);
}
