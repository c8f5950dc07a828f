/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Campaigns: what posts and links belong to, with the tags that its links carry. */
#ifndef COMPTOIR_STORAGE_CAMPAIGN_H
#define COMPTOIR_STORAGE_CAMPAIGN_H

#include "storage/db.h"
#include "storage/id_page.h"

#define CAMPAIGN_HASHTAGS_MAX 20

enum utm { UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN, UTM_TERM, UTM_CONTENT, UTM_COUNT };
const char *utm_name(enum utm utm); /* "utm_source" */

struct campaign {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;
	const struct str *hashtags; /* without # */
	size_t hashtag_count;
	int64_t starts_us, ends_us; /* 0: not said */
	struct str utm[UTM_COUNT];  /* data NULL for none */
	int64_t version;            /* read; at an update the one that was seen */
	int64_t created_us;         /* read, not written */
};

/* ERROR_CONFLICT when the id is there. */
enum error campaign_insert(struct db *db, struct arena *arena, const struct campaign *campaign) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation. */
enum error campaign_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct campaign *ret_campaign) MUST_CHECK;
/* Newest first. */
enum error campaign_list(struct db *db, struct arena *arena, int64_t organisation_id, const struct id_page *page,
	struct campaign **ret_campaigns, size_t *ret_count) MUST_CHECK;
/* ERROR_CONFLICT when the version is another one by now. */
enum error campaign_update(struct db *db, struct arena *arena, const struct campaign *campaign) MUST_CHECK;
/* Its drafts and links stay, without it. ERROR_NOT_FOUND. */
enum error campaign_delete(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

#endif
