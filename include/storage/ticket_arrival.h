/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts that concern a brand account, on their way to a ticket. They are queued by the database in the transaction that
 * stores the post, whoever does that, and taken in batches: what is taken in a transaction is gone when that commits, and
 * there again when it does not, so nothing is threaded twice or lost. */
#ifndef COMPTOIR_STORAGE_TICKET_ARRIVAL_H
#define COMPTOIR_STORAGE_TICKET_ARRIVAL_H

#include "storage/post.h"
#include "storage/ticket.h"

enum arrival_kind { ARRIVAL_POST, ARRIVAL_EDITED, ARRIVAL_MOVED, ARRIVAL_GONE };

struct ticket_arrival {
	int64_t id;
	int64_t actor_id;        /* the brand account */
	int64_t organisation_id; /* 0 when it is no brand account any more */
	int64_t post_id;
	enum arrival_kind kind;
};

#define TICKET_ARRIVALS_MAX 100

/* In a transaction, the oldest first, at most TICKET_ARRIVALS_MAX. Their accounts are locked, so that nobody else threads
 * for them meanwhile. */
enum error ticket_arrival_take(struct db *db, struct arena *arena, int limit, struct ticket_arrival **ret_arrivals,
	size_t *ret_count) MUST_CHECK;
/* The oldest one, after it failed: later and later, and set aside for the operator after TICKET_ARRIVAL_MAX_ATTEMPTS. */
#define TICKET_ARRIVAL_MAX_ATTEMPTS 8
enum error ticket_arrival_put_off(struct db *db, struct arena *arena, struct str error_name) MUST_CHECK;

struct ticket_arrivals_state {
	int64_t waiting;   /* up to 10,000 */
	int64_t set_aside; /* likewise */
	int64_t oldest_us; /* when the first of those that wait was queued; 0 for none */
};
enum error ticket_arrival_read_state(struct db *db, struct arena *arena, struct ticket_arrivals_state *ret_state) MUST_CHECK;
/* Up to 10,000 of those that were set aside are tried anew. */
enum error ticket_arrival_retry(struct db *db, struct arena *arena, int64_t *ret_count) MUST_CHECK;

/* A post as threading sees it. Its row is held until the transaction ends, so that whoever changes it sees what was made of
 * it here. */
struct threaded_post {
	int64_t id;
	int64_t author_id;
	int64_t in_reply_to_id;       /* 0 for none that is here */
	int64_t in_reply_to_actor_id; /* 0 likewise */
	int64_t thread_id;
	struct str context_uri, conversation_uri; /* data NULL for none */
	struct str language;          /* data NULL when unknown */
	enum ticket_channel channel;
	int64_t created_us;
	int64_t author_organisation_id; /* of a brand account; 0 otherwise */
	bool is_wanted;               /* visible for the account, and neither its author nor their server is blocked or muted */
	bool is_news;                 /* not fetched from a distant past */
	bool names_brand;             /* mentions the account, answers it, or quotes it */
	bool follows_own;             /* answers its own author */
	int64_t user_id, membership_id; /* who said it as the brand, by whatever app; 0: nobody of the team */
};
/* ERROR_NOT_FOUND when it is gone. */
enum error ticket_arrival_read_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct threaded_post *ret_post) MUST_CHECK;

/* Where a post belongs, if anywhere yet: 0 for nowhere. customer_id 0: what is said in public. */
struct thread_place {
	int64_t of_parent;  /* the ticket of what it answers, where its author may go: of the same channel */
	int64_t above;      /* the public ticket of what it answers, for a private one */
	int64_t of_thread;
	int64_t of_context; /* of another post that names the same context or conversation */
};
enum error ticket_thread_find(struct db *db, struct arena *arena, int64_t actor_id, const struct threaded_post *post,
	int64_t customer_id, struct thread_place *ret_place) MUST_CHECK;
/* From now on the thread's posts go to this ticket. */
enum error ticket_thread_store(struct db *db, struct arena *arena, int64_t actor_id, int64_t thread_id, int64_t customer_id,
	int64_t ticket_id) MUST_CHECK;

#endif
