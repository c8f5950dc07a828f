/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Throwing files away that nobody needs: rows first, files after them. */
#ifndef COMPTOIR_SERVER_MEDIA_SWEEP_H
#define COMPTOIR_SERVER_MEDIA_SWEEP_H

#include "server/media/service.h"
#include "storage/db.h"

struct media_swept {
	int64_t orphans;  /* uploads that were never posted */
	int64_t expired;  /* copies of remote files */
	int64_t files;    /* removed from the store because their row was gone */
	int64_t strays;   /* files that no row ever knew */
};

/* Rows that have no purpose any more, expired copies, and the files of rows that are gone. Adds to ret_swept. */
enum error media_sweep_rows(struct media_service *service, const struct config *config, struct db *db, struct arena *arena,
	struct media_swept *ret_swept) MUST_CHECK;

/* The files of rows that are gone, which sweeping rows does too. Adds to ret_swept. */
enum error media_sweep_leftovers(struct media_service *service, struct db *db, struct arena *arena, struct media_swept *ret_swept) MUST_CHECK;

/* Files in shards [first, first + count), modulo MEDIA_STORE_SHARDS, that no row knows and that are a day old. */
enum error media_sweep_strays(struct media_service *service, struct db *db, unsigned first, unsigned count,
	struct media_swept *ret_swept) MUST_CHECK;

#endif
