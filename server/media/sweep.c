/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Everything goes in batches, each a short statement; a file whose removal fails is tried again the next time. */
#include "server/media/sweep.h"

#include "base/clock.h"
#include "storage/media.h"
#include "storage/remote_file.h"

#define LOOKUP_BATCH 500

enum error media_sweep_leftovers(struct media_service *service, struct db *db, struct arena *arena, struct media_swept *ret_swept)
{
	for (;;) {
		struct media_leftover *items = NULL;
		size_t count = 0, removed = 0;
		enum error error = media_list_leftovers(db, arena, &items, &count);
		if (error || !count)
			return error;
		int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
		for (size_t i = 0; i < count && !error; i++) {
			error = media_store_remove(service->store, arena, items[i].file_name);
			if (error == ERROR_NOT_FOUND)
				error = ERROR_NONE; /* a name that the store would never have taken */
			if (!error)
				ids[removed++] = items[i].id;
		}
		ret_swept->files += (int64_t)removed;
		enum error forgotten = removed ? media_forget_leftovers(db, arena, ids, removed) : ERROR_NONE;
		if (error || forgotten)
			return error ? error : forgotten;
	}
}

enum error media_sweep_rows(struct media_service *service, const struct config *config, struct db *db, struct arena *arena,
	struct media_swept *ret_swept)
{
	int64_t count = MEDIA_SWEEP_BATCH;
	int64_t before_us = clock_now_us() - config_duration_ms(config, "retention.remote_media") * 1000;
	while (count == MEDIA_SWEEP_BATCH) {
		enum error error = media_forget_orphans(db, arena, &count);
		if (error)
			return error;
		ret_swept->orphans += count;
	}
	count = MEDIA_SWEEP_BATCH;
	while (count == MEDIA_SWEEP_BATCH) {
		enum error error = remote_file_forget(db, arena, before_us, &count);
		if (error)
			return error;
		ret_swept->expired += count;
	}
	return media_sweep_leftovers(service, db, arena, ret_swept);
}

static enum error sweep_shard(struct media_service *service, struct db *db, struct arena *arena, unsigned shard, struct media_swept *swept)
{
	struct str *names = NULL, *unknown = NULL;
	size_t count = 0, unknown_count = 0;
	enum error error = media_store_list(service->store, arena, shard, &names, &count);
	for (size_t from = 0; from < count && !error; from += LOOKUP_BATCH) {
		size_t batch = count - from < LOOKUP_BATCH ? count - from : LOOKUP_BATCH;
		error = media_list_unknown(db, arena, names + from, batch, &unknown, &unknown_count);
		for (size_t i = 0; i < unknown_count && !error; i++) {
			error = media_store_remove(service->store, arena, unknown[i]);
			swept->strays += !error;
		}
	}
	return error;
}

enum error media_sweep_strays(struct media_service *service, struct db *db, unsigned first, unsigned count,
	struct media_swept *ret_swept)
{
	enum error error = ERROR_NONE;
	AUTO(arena) struct arena *own = arena_new((size_t)64 * 1024 * 1024);
	for (unsigned i = 0; i < count && !error; i++) {
		error = sweep_shard(service, db, own, (first + i) % MEDIA_STORE_SHARDS, ret_swept);
		arena_reset(own);
	}
	return error;
}
