/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every quarter of an hour: what is talked about, and who is there to be found. */
#include "server/jobs/job_worker.h"

#include "storage/directory.h"
#include "storage/preview.h"
#include "storage/trend.h"

enum error job_trends_run(struct job_run *run)
{
	enum error error = directory_count(run->db, run->arena);
	if (!error)
		error = trend_count_tags(run->db, run->arena);
	if (!error)
		error = trend_count_posts(run->db, run->arena);
	if (!error)
		error = preview_count_trends(run->db, run->arena);
	return error;
}
