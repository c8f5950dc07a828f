/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hourly round: forgetting what has expired and what was read long ago, and writing down how the week goes. */
#include "server/jobs/forget.h"

#include "server/app.h"
#include "server/jobs/job_worker.h"

#include "base/clock.h"
#include "storage/expiry.h"
#include "storage/instance.h"
#include "storage/retention.h"

enum error forget_told(const struct config *config, struct db *db, struct arena *arena, int64_t now_us, int64_t *sum)
{
	int64_t keep_ms = config_duration_ms(config, "retention.notifications"), cursor = 0, count = RETENTION_BATCH;
	int64_t before_us = now_us - keep_ms * 1000;
	enum error error = ERROR_NONE;
	if (keep_ms <= 0)
		return ERROR_NONE;
	while (!error && (cursor || count >= RETENTION_BATCH)) {
		count = 0;
		error = retention_notifications(db, arena, before_us, &cursor, &count);
		*sum += count;
	}
	for (count = RETENTION_BATCH; !error && count >= RETENTION_BATCH;)
		error = retention_severances(db, arena, before_us, &count);
	return error;
}

enum error job_forget_run(struct job_run *run)
{
	bool has_more = true;
	int64_t sum = 0;
	enum error error = ERROR_NONE;
	while (!error && has_more)
		error = expiry_forget(run->db, run->arena, &has_more);
	if (!error)
		error = forget_told(run->app->config, run->db, run->arena, clock_now_us(), &sum);
	return error ? error : instance_note_week(run->db, run->arena);
}
