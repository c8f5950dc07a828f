/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Our copies of pictures and sounds of other servers, by a name made of the hash of where they lie. */
#ifndef COMPTOIR_STORAGE_REMOTE_FILE_H
#define COMPTOIR_STORAGE_REMOTE_FILE_H

#include "storage/db.h"

struct remote_file {
	struct str name;         /* of 22 characters, of the URL alone */
	struct str url;
	bool is_ready;           /* false: it could not be had; try again an hour later */
	struct str file_name;    /* below /media/, random; data NULL when not ready */
	struct str preview_name; /* data NULL for none */
	int64_t size_bytes;
	int32_t width, height;   /* of a picture; 0: unknown */
	struct str blurhash;     /* data NULL for none */
	int64_t fetched_us;
};

/* ERROR_NOT_FOUND when it was never fetched. */
enum error remote_file_find(struct db *db, struct arena *arena, struct str name, struct remote_file *ret_file) MUST_CHECK;

/* Replaces what was there; its files go to the sweeper. */
enum error remote_file_store(struct db *db, struct arena *arena, const struct remote_file *file) MUST_CHECK;

/* Those fetched before are forgotten, at most a batch; their files go to the sweeper. */
enum error remote_file_forget(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* One by its URL's name, to be fetched again. ERROR_NOT_FOUND. */
enum error remote_file_remove(struct db *db, struct arena *arena, struct str name) MUST_CHECK;

#endif
