/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ends what ties a local actor to a server that it has blocked, one follow after another, and tells of all of it at the end;
 * run again, it goes on where it was, with the same event. */
#include "server/jobs/job_worker.h"

#include "server/action/follow.h"

#include "base/json_in.h"
#include "storage/actor_domain_block.h"

#define BATCH 100

/* Somebody may have ended it meanwhile. */
static enum error end_tie(struct job_run *run, int64_t actor_id, const struct domain_tie *tie,
	const struct severance *severance)
{
	enum error error;
	if (!tie->is_follower)
		error = follow_stop_severed(run->db, run->arena, actor_id, tie->other_id, severance);
	else if (tie->is_pending)
		error = follow_request_reject(run->db, run->arena, actor_id, tie->other_id);
	else
		error = follower_remove_severed(run->db, run->arena, actor_id, tie->other_id, severance);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error leave(struct job_run *run, int64_t actor_id, struct str domain)
{
	size_t count = 1;
	enum error error = ERROR_NONE;
	struct severance severance = { .id = run->job->id, .kind = SEVERANCE_USER_DOMAIN_BLOCK, .target = domain };
	while (!error && count > 0) {
		struct domain_tie *ties;
		error = domain_ties_list(run->db, run->arena, actor_id, domain, BATCH, &ties, &count);
		for (size_t i = 0; !error && i < count; i++)
			error = end_tie(run, actor_id, &ties[i], &severance);
	}
	return error ? error : severance_tell(run->db, run->arena, severance.id);
}

enum error job_leave_domain_run(struct job_run *run)
{
	json_auto_t *payload = NULL;
	int64_t actor_id;
	enum error error = json_in_parse(run->job->payload, NULL, &payload);
	struct str domain = error ? STR_LITERAL("") : json_in_str(payload, "domain");
	if (error || !json_in_int64(payload, "actor_id", &actor_id) || !domain.len)
		return ERROR_GONE;
	return leave(run, actor_id, domain);
}
