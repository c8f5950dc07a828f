/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The block stands before the first follow ends, so that no new ones come meanwhile. Each batch is a transaction of its own:
 * one with all follows of a large server would hold the counters of everybody here who has one. */
#include "server/action/domain_suspend.h"

#include "base/log.h"
#include "storage/id.h"
#include "storage/severance.h"

#define ACTOR_BATCH 100
#define FOLLOW_BATCH 500

static enum error end_follows(struct db *db, struct arena *arena, const struct severance *severance, int64_t *ret_count)
{
	int64_t *actor_ids, total = 0;
	size_t actor_count;
	enum error error = domain_list_tied(db, arena, severance->target, &actor_ids, &actor_count);
	for (size_t done = 0; !error && done < actor_count; done += ACTOR_BATCH) {
		size_t batch = actor_count - done < ACTOR_BATCH ? actor_count - done : ACTOR_BATCH;
		for (int64_t count = 1; !error && count > 0; total += error ? 0 : count)
			error = severance_end_follows(db, arena, severance, actor_ids + done, batch, FOLLOW_BATCH, &count);
	}
	*ret_count = total;
	return error;
}

enum error domain_block_apply(struct db *db, struct arena *arena, const struct domain_block *block)
{
	int64_t count;
	enum error error = domain_block_set(db, arena, block);
	if (error || block->severity != DOMAIN_SUSPEND)
		return error;
	struct severance severance = { .id = id_new(), .kind = SEVERANCE_DOMAIN_BLOCK, .target = block->domain };
	error = end_follows(db, arena, &severance, &count);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "domain_follows_ended", LOG_STR("domain", block->domain), LOG_INT("count", count));
	return severance_tell(db, arena, severance.id);
}
