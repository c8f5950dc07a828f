/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The gate of brand accounts. No Create, Update of a post or Announce of a brand account is written without a release: a row
 * that says on what ground it may be said, bound to its bytes, made with the activity, or with the post or boost when nobody
 * elsewhere is told. The database itself looks whether the ground holds, and refuses the transaction otherwise; whoever signs a
 * delivery or shows a post to other servers asks once more. Once committed, a release
 * stands: a right that is withdrawn later cancels nothing of it. */
#ifndef COMPTOIR_STORAGE_RELEASE_H
#define COMPTOIR_STORAGE_RELEASE_H

#include "storage/db.h"

enum release_ground {
	RELEASE_NONE,     /* of actors that are no brand accounts */
	RELEASE_SPOKEN,   /* by who holds account.speak for it, unless its policy binds those too */
	RELEASE_APPROVED, /* this version of this draft went through all steps of its policy */
	RELEASE_REPLY,    /* in an open conversation by who holds inbox.reply (inbox.reply_private for direct ones), unless the
	                     policy covers replies */
	RELEASE_COUNTERS, /* an Update of a post whose words have not changed since its last release: votes, replies */
};

/* Who says it, and why they may. Given by whoever lets an actor publish, edit or boost. */
struct release_claim {
	enum release_ground ground;
	int64_t user_id;
	int64_t membership_id;
	int64_t draft_id;  /* RELEASE_APPROVED */
	int64_t version;   /* likewise */
	int64_t draft_post_id; /* what that draft becomes; 0 for an edit or a boost */
	int64_t ticket_id; /* RELEASE_REPLY */
};

const char *release_ground_name(enum release_ground ground);

/* In the transaction of the activities, before them; it counts until the transaction ends. An activity whose ground does not
 * hold then gives ERROR_FORBIDDEN; a post or boost without one gives it at the end of the transaction. */
enum error release_claim(struct db *db, struct arena *arena, const struct release_claim *claim) MUST_CHECK;
/* What would be judged at the end of the transaction is judged now: ERROR_FORBIDDEN likewise. */
enum error release_settle(struct db *db, struct arena *arena) MUST_CHECK;

/* Whether other servers may read a post: of an account that is no brand's, always. */
enum error release_is_there(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id, bool *ret_is_there) MUST_CHECK;

/* How a post of a brand account came to be said, for the answer to who wrote, who approved, who pressed: newest first, one
 * for the post and one for each edit. */
struct release {
	int64_t activity_id; /* 0: there is none */
	int64_t actor_id;
	int64_t post_id;
	struct str type;     /* Create, Update or Announce; data NULL: before it was kept */
	enum release_ground ground;
	int64_t user_id, membership_id, draft_id, version, ticket_id;
	int64_t released_us;
};
enum error release_list_of_post(struct db *db, struct arena *arena, int64_t post_id, struct release **ret_releases,
	size_t *ret_count) MUST_CHECK;

#endif
