/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Short links of brand accounts that lead to a target with the tags of a campaign, and how often they were followed: by hour
 * and referring domain. Nothing else of who follows them is kept. */
#ifndef COMPTOIR_STORAGE_TAGGED_LINK_H
#define COMPTOIR_STORAGE_TAGGED_LINK_H

#include "storage/db.h"
#include "storage/id_page.h"

#define TAGGED_LINK_CODE_LEN 10
#define LINK_LOCATION_MAX 2600
#define LINK_REFERRER_OTHERS "*" /* beyond the first hundred of an hour */

struct tagged_link {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t actor_id;
	int64_t campaign_id; /* 0 for none */
	struct str code;
	struct str target;
	struct str location; /* where it leads: the target with its tags */
	int64_t created_by;  /* a membership */
	int64_t created_us;  /* these are read, not written */
	struct str base_url; /* of the account's domain */
	int64_t people;      /* hits */
	int64_t machines;
};

/* ERROR_CONFLICT when id or code is there. */
enum error tagged_link_insert(struct db *db, struct arena *arena, const struct tagged_link *link) MUST_CHECK;
enum error tagged_link_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct tagged_link *ret_link) MUST_CHECK;
/* Newest first. */
enum error tagged_link_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count,
	const struct id_page *page, struct tagged_link **ret_links, size_t *ret_count) MUST_CHECK;
/* Where a code leads on a domain. ERROR_NOT_FOUND; also when its account speaks no more. */
enum error tagged_link_resolve(struct db *db, struct arena *arena, int64_t domain_id, struct str code, int64_t *ret_id,
	struct str *ret_location) MUST_CHECK;

struct link_hit {
	int64_t link_id;
	int64_t hour_us; /* the beginning of the hour */
	bool is_machine;
	struct str referrer;
	int64_t hits;
};
/* Adds to what is there; links that are gone are passed over. */
enum error link_hit_add(struct db *db, struct arena *arena, const struct link_hit *hits, size_t count) MUST_CHECK;

struct link_count {
	int64_t hour_us;     /* of link_count_by_hour */
	struct str referrer; /* of link_count_by_referrer */
	int64_t people, machines;
};
/* The newest 1000 hours that have any. */
enum error link_count_by_hour(struct db *db, struct arena *arena, int64_t link_id, struct link_count **ret_counts, size_t *ret_count) MUST_CHECK;
/* The 100 that sent most people. */
enum error link_count_by_referrer(struct db *db, struct arena *arena, int64_t link_id, struct link_count **ret_counts,
	size_t *ret_count) MUST_CHECK;

#endif
