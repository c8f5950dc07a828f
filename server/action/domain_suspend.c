/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The block stands before the first follow ends, so that no new ones come meanwhile. Each batch is a transaction of its own:
 * one with all follows of a large server would hold the counters of everybody here who has one. Who is to be told is not
 * forgotten when this process ends in between: the job waits already. */
#include "server/action/domain_suspend.h"

#include "server/action/deed.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/id.h"
#include "storage/severance.h"

#define ACTOR_BATCH 500
#define FOLLOW_BATCH 500
#define PATIENCE_US (3600LL * 1000000) /* longer than it takes */

static enum error end_follows(struct db *db, struct arena *arena, const struct severance *severance, int64_t *ret_count)
{
	int64_t *actor_ids, total = 0;
	size_t actor_count;
	enum error error = domain_list_tied(db, arena, severance->target, &actor_ids, &actor_count);
	for (size_t done = 0; !error && done < actor_count; done += ACTOR_BATCH) {
		size_t batch = actor_count - done < ACTOR_BATCH ? actor_count - done : ACTOR_BATCH;
		for (int64_t count = FOLLOW_BATCH; !error && count >= FOLLOW_BATCH; total += error ? 0 : count)
			error = severance_end_follows(db, arena, severance, actor_ids + done, batch, FOLLOW_BATCH, &count);
	}
	*ret_count = total;
	return error;
}

struct applying {
	const struct domain_block *block;
	struct severance severance;
	int64_t due_us; /* when it is told at the latest; 0: now */
};

static enum error write_block(struct db *db, struct arena *arena, void *owner)
{
	const struct applying *applying = owner;
	enum error error = domain_block_set(db, arena, applying->block);
	if (error || applying->block->severity != DOMAIN_SUSPEND)
		return error;
	return severance_tell_later(db, arena, applying->severance.id, applying->due_us);
}

static enum error write_end(struct db *db, struct arena *arena, void *owner)
{
	const struct applying *applying = owner;
	return severance_tell_later(db, arena, applying->severance.id, 0);
}

enum error domain_block_apply(struct db *db, struct arena *arena, const struct domain_block *block)
{
	int64_t count;
	struct applying applying = { .block = block, .due_us = clock_now_us() + PATIENCE_US,
		.severance = { .id = id_new(), .kind = SEVERANCE_DOMAIN_BLOCK, .target = block->domain } };
	enum error error = deed_write(db, arena, write_block, &applying, ERROR_NONE);
	if (error || block->severity != DOMAIN_SUSPEND)
		return error;
	error = end_follows(db, arena, &applying.severance, &count);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "domain_follows_ended", LOG_STR("domain", block->domain), LOG_INT("count", count));
	return deed_write(db, arena, write_end, &applying, ERROR_NONE);
}
