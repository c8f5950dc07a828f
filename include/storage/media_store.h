/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where files lie: a folder of this machine, or a bucket of an S3 store (media.s3_endpoint). A file is written once under
 * a name of ours and never changed; its name is 22 random characters, "_small" or nothing, and an extension. Any thread;
 * every call may block on disk or network. */
#ifndef COMPTOIR_STORAGE_MEDIA_STORE_H
#define COMPTOIR_STORAGE_MEDIA_STORE_H

#include "base/arena.h"
#include "base/config.h"
#include "base/error.h"

struct media_store;

/* Touches neither disk nor network. ERROR_CONFIGURATION with *ret_message (arena). */
enum error media_store_open(const struct config *config, struct arena *arena, struct media_store **ret_store,
	struct str *ret_message) MUST_CHECK;
void media_store_close(struct media_store **store); /* accepts NULL */

/* Names of any other form are refused by every call below with ERROR_NOT_FOUND. */
bool media_store_is_name(struct str file_name);

/* On return the file is there whole and stays after a loss of power. ERROR_STORAGE_FULL; ERROR_IO. */
enum error media_store_put(struct media_store *store, struct arena *arena, struct str file_name, struct str bytes) MUST_CHECK;

/* A descriptor to read it from, which is the caller's to close. */
enum error media_store_get(struct media_store *store, struct arena *arena, struct str file_name, int *ret_descriptor,
	int64_t *ret_size_bytes) MUST_CHECK;

/* ERROR_NONE also when it is not there. */
enum error media_store_remove(struct media_store *store, struct arena *arena, struct str file_name) MUST_CHECK;

/* Where clients are sent for the file, when it is not for us to hand out: good for an hour. False for a folder. */
bool media_store_redirect(struct media_store *store, struct arena *arena, struct str file_name, struct str *ret_url);

/* What lies there, shard by shard (0 to MEDIA_STORE_SHARDS - 1), older than a day: for the sweeper. At most 10,000 names of a
 * folder; at most 100,000 of S3, of 64 shards at once with the first of them. */
#define MEDIA_STORE_SHARDS 4096
enum error media_store_list(struct media_store *store, struct arena *arena, unsigned shard, struct str **ret_names,
	size_t *ret_count) MUST_CHECK;

#endif
