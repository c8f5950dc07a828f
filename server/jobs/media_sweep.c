/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hourly round through the files: what the rows say each time, and a part of the store, so that all of it is looked
 * through once a week. */
#include "server/jobs/job_worker.h"

#include "server/app.h"
#include "server/media/sweep.h"

#include "base/clock.h"
#include "base/log.h"

#define HOUR_US 3600000000LL
#define HOURS_OF_A_ROUND 168

/* Somebody has just taken files away, and must not find them where they were. */
enum error job_media_leftovers_run(struct job_run *run)
{
	struct media_swept swept = { 0 };
	return media_sweep_leftovers(run->app->media, run->db, run->arena, &swept);
}

enum error job_media_sweep_run(struct job_run *run)
{
	struct media_swept swept = { 0 };
	const unsigned shards = MEDIA_STORE_SHARDS / HOURS_OF_A_ROUND + 1;
	unsigned part = (unsigned)(clock_now_us() / HOUR_US % HOURS_OF_A_ROUND);
	enum error error = media_sweep_rows(run->app->media, run->app->config, run->db, run->arena, &swept);
	if (!error)
		error = media_sweep_strays(run->app->media, run->db, part * shards, shards, &swept);
	if (swept.orphans || swept.expired || swept.files || swept.strays)
		log_event(LOG_LEVEL_INFO, "media_swept", LOG_INT("orphans", swept.orphans), LOG_INT("expired", swept.expired),
			LOG_INT("files", swept.files), LOG_INT("strays", swept.strays));
	return error;
}
