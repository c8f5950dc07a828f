/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The calendar of a team: what is scheduled and what was published, the feeds of it for calendar programs, and what is known
 * of the people who answered a poll. */
#ifndef COMPTOIR_STORAGE_CALENDAR_H
#define COMPTOIR_STORAGE_CALENDAR_H

#include "storage/draft.h"

#define CALENDAR_ENTRIES_MAX 1000

struct calendar_entry {
	int64_t draft_id;    /* 0 for none */
	int64_t post_id;     /* 0 where the draft is none of a post */
	int64_t actor_id;
	enum draft_state state;
	int64_t at_us;
	int64_t version;     /* grows with every change */
	int64_t campaign_id; /* 0 for none */
	struct str text;     /* its first 200 characters */
};

/* Of those accounts, from a moment to before another, by time; withdrawn drafts as well. Direct posts and answers to others
 * are left out. */
enum error calendar_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int64_t from_us,
	int64_t until_us, struct calendar_entry **ret_entries, size_t *ret_count) MUST_CHECK;

/* In place of the member's former one. token_sha256: 32 bytes. */
enum error calendar_feed_store(struct db *db, struct arena *arena, int64_t membership_id, struct str token_sha256) MUST_CHECK;
/* ERROR_NOT_FOUND when there is none. */
enum error calendar_feed_delete(struct db *db, struct arena *arena, int64_t membership_id) MUST_CHECK;
/* Whose it is. ERROR_NOT_FOUND. */
enum error calendar_feed_find(struct db *db, struct arena *arena, struct str token_sha256, int64_t *ret_user_id,
	int64_t *ret_organisation_id) MUST_CHECK;

/* How many servers the voters of a poll come from, ours among them. */
enum error poll_count_servers(struct db *db, struct arena *arena, int64_t post_id, int64_t *ret_servers) MUST_CHECK;

#endif
