/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors lose when follows end that nobody ended one by one (Mastodon 4.3: RelationshipSeveranceEvent). Follows
 * are noted in the transaction that ends them; everyone concerned is told of all of it once, afterwards. The web role and
 * the owner only: the federation role may not know who lost whom. */
#ifndef COMPTOIR_STORAGE_SEVERANCE_H
#define COMPTOIR_STORAGE_SEVERANCE_H

#include "storage/db.h"

enum severance_kind {
	SEVERANCE_DOMAIN_BLOCK,       /* the operator blocked a server */
	SEVERANCE_USER_DOMAIN_BLOCK,  /* the actor did, for itself */
	SEVERANCE_ACCOUNT_SUSPENSION, /* the operator suspended somebody */
	SEVERANCE_KIND_COUNT
};

/* As Mastodon's API names it: "domain_block", "user_domain_block", "account_suspension". */
const char *severance_kind_name(enum severance_kind kind);

struct severance {
	int64_t id; /* id_new() */
	enum severance_kind kind;
	struct str target; /* a domain, or user@domain */
};

/* In the transaction that is about to end that follow. One that is not accepted or not there is no loss, and nothing is
 * noted. actor_id is the local one of the two. The event is made with its first loss; noting one twice is fine. */
enum error severance_note(struct db *db, struct arena *arena, const struct severance *severance, int64_t actor_id,
	int64_t follower_id, int64_t followed_id) MUST_CHECK;

/* Ends follows of those remote actors, both ways and with counters, and notes them: a statement of at most 2 * limit rows,
 * alone or in a transaction. *ret_count says how many ended; fewer than limit, and none is left. */
enum error severance_end_follows(struct db *db, struct arena *arena, const struct severance *severance,
	const int64_t *actor_ids, size_t actor_count, int limit, int64_t *ret_count) MUST_CHECK;

/* Tells all whom nobody told of the event yet: a notification each, in a transaction of its own. Emits EVENT_NOTIFICATION.
 * No app is rung: none can ask to be. db must not be in a transaction. */
enum error severance_tell(struct db *db, struct arena *arena, int64_t event_id) MUST_CHECK;

/* A job that does so, in a process that has streams; in the caller's transaction. Asked for again, it is due at the earlier
 * time. due_us 0: now. */
enum error severance_tell_later(struct db *db, struct arena *arena, int64_t event_id, int64_t due_us) MUST_CHECK;

/* An event as one of those who lost something by it sees it. */
struct severance_loss {
	int64_t event_id;
	enum severance_kind kind;
	struct str target;
	int64_t followers; /* how many it lost */
	int64_t following;
	bool is_purged; /* all of those have left their servers since, so that there is no list any more */
	int64_t created_us;
};

/* Of the ids those by which actor_id lost something, in no order; at most as many as ids. */
enum error severance_list_some(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *event_ids, size_t count,
	struct severance_loss **ret_losses, size_t *ret_count) MUST_CHECK;
/* The newest of those that were told, at most limit. */
enum error severance_list(struct db *db, struct arena *arena, int64_t actor_id, int limit, struct severance_loss **ret_losses,
	size_t *ret_count) MUST_CHECK;

/* All that is kept of the losses of a local actor that is being deleted; in its transaction. */
enum error severance_forget(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

#endif
