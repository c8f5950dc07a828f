/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a kind of media store is made of. Names that come here have the right form. */
#ifndef COMPTOIR_STORAGE_MEDIA_STORE_KIND_H
#define COMPTOIR_STORAGE_MEDIA_STORE_KIND_H

#include "storage/media_store.h"

struct media_store_operations {
	enum error (*put)(struct media_store *store, struct arena *arena, struct str file_name, struct str bytes);
	enum error (*get)(struct media_store *store, struct arena *arena, struct str file_name, int *ret_descriptor,
		int64_t *ret_size_bytes);
	enum error (*remove)(struct media_store *store, struct arena *arena, struct str file_name);
	bool (*redirect)(struct media_store *store, struct arena *arena, struct str file_name, struct str *ret_url); /* may be NULL */
	enum error (*list)(struct media_store *store, struct arena *arena, unsigned shard, struct str **ret_names,
		size_t *ret_count); /* may be NULL */
	void (*close)(struct media_store *store);
};

/* The first field of each kind. */
struct media_store {
	const struct media_store_operations *operations;
};

enum error media_store_files_open(const struct config *config, struct arena *arena, struct media_store **ret_store) MUST_CHECK;
enum error media_store_s3_open(const struct config *config, struct arena *arena, struct media_store **ret_store,
	struct str *ret_message) MUST_CHECK;

#endif
