/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A walk in steps of 50 actors: their outboxes become wishes, which the workers fulfil host by host. */
#include "federation/pull.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/fetch_queue.h"
#include "storage/pull.h"

#define US_PER_S ((int64_t)1000000)
#define BEAT_INTERVAL_US (60 * US_PER_S)
#define AWAY_US (600 * US_PER_S)
#define WALK_INTERVAL_US (3600 * US_PER_S) /* from the end of one to the next: few are due at a time */
#define DAY_US (24 * 3600 * US_PER_S)
#define THREADS_SINCE_US (3 * DAY_US)

static void begin_walk(struct pull *pull, int64_t now_us, bool was_away)
{
	pull->is_walking = true;
	pull->was_away = was_away;
	pull->cursor = 0;
	pull->walk_began_us = now_us;
}

static enum error beat(struct pull *pull, struct db *db, struct arena *arena, int64_t now_us)
{
	int64_t previous_us = 0;
	if (clock_monotonic_us() < pull->beat_due_us)
		return ERROR_NONE;
	enum error error = pull_beat(db, arena, &previous_us);
	if (error)
		return error;
	bool was_away = !pull->has_begun && previous_us > 0 && now_us - previous_us > AWAY_US;
	if (was_away)
		log_event(LOG_LEVEL_INFO, "pull_after_downtime", LOG_INT("away_s", (now_us - previous_us) / US_PER_S));
	if (was_away || (!pull->is_walking && now_us - pull->walk_began_us > WALK_INTERVAL_US))
		begin_walk(pull, now_us, was_away);
	pull->has_begun = true;
	pull->beat_due_us = clock_monotonic_us() + BEAT_INTERVAL_US;
	return ERROR_NONE;
}

static enum error wish_for_outboxes(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; !error && i < count; i++) {
		const struct fetch_wish wish = { .uri = actors[i].outbox_url, .kind = FETCH_OUTBOX };
		error = fetch_wish(db, arena, &wish);
	}
	return error;
}

static enum error wish_for_threads(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count, int64_t since_us)
{
	struct pull_thread *threads;
	size_t thread_count;
	enum error error = pull_threads(db, arena, actors, count, since_us, &threads, &thread_count);
	for (size_t i = 0; !error && i < thread_count; i++) {
		const struct fetch_wish wish = { .uri = threads[i].replies_url, .kind = FETCH_REPLIES, .root_uri = threads[i].post_uri };
		error = fetch_wish(db, arena, &wish);
	}
	return error;
}

enum error pull_round(struct pull *pull, struct db *db, struct arena *arena)
{
	int64_t now_us = clock_now_us(), cursor;
	struct pull_actor *actors;
	size_t count;
	enum error error = beat(pull, db, arena, now_us);
	if (error || !pull->is_walking)
		return error;
	int64_t before_us = pull->was_away ? pull->walk_began_us : now_us - DAY_US;
	int64_t unheard_since_us = pull->was_away ? now_us + DAY_US : before_us;
	error = pull_step(db, arena, pull->cursor, before_us, unheard_since_us, &actors, &count, &cursor);
	if (!error)
		error = wish_for_outboxes(db, arena, actors, count);
	if (!error && pull->was_away)
		error = wish_for_threads(db, arena, actors, count, now_us - THREADS_SINCE_US);
	if (!error && count > 0)
		error = pull_note(db, arena, actors, count);
	if (error)
		return error;
	pull->cursor = cursor;
	pull->is_walking = cursor != 0;
	return ERROR_NONE;
}
