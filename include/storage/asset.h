/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Assets: what is known of files that accounts may publish, and when they may. */
#ifndef COMPTOIR_STORAGE_ASSET_H
#define COMPTOIR_STORAGE_ASSET_H

#include "storage/db.h"
#include "storage/id_page.h"

#define ASSET_TAGS_MAX 50
#define ASSET_TAG_MAX 60

struct asset {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t actor_id;
	int64_t media_id;
	struct str name;
	struct str licence;   /* empty: not said; likewise the next */
	struct str credit;
	struct str alt_texts; /* a JSON object: language -> text */
	const struct str *tags;
	size_t tag_count;
	int64_t embargo_us;   /* not before; 0 for none */
	int64_t usable_us;    /* not after; 0 for none */
	int64_t version;      /* read; at an update the one that was seen */
	int64_t created_by;   /* a membership */
	int64_t created_us;   /* read, not written */
};

/* ERROR_CONFLICT when the file is one already. */
enum error asset_insert(struct db *db, struct arena *arena, const struct asset *asset) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation. */
enum error asset_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct asset *ret_asset) MUST_CHECK;
/* Newest first. tag data NULL: all. */
enum error asset_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, struct str tag,
	const struct id_page *page, struct asset **ret_assets, size_t *ret_count) MUST_CHECK;
/* Everything but ids, file and author. ERROR_CONFLICT when the version is another one by now. */
enum error asset_update(struct db *db, struct arena *arena, const struct asset *asset) MUST_CHECK;
/* The file stays where a post has it, else it is thrown away after 30 days. ERROR_NOT_FOUND. */
enum error asset_delete(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

enum asset_verdict { ASSET_FINE, ASSET_EMBARGO, ASSET_EXPIRED };
/* Whether files may be published at a moment; those that are no assets may. *ret_media_id: which one may not, 0 for none. */
enum error asset_check(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *media_ids, size_t count,
	int64_t at_us, enum asset_verdict *ret_verdict, int64_t *ret_media_id) MUST_CHECK;

#endif
