/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a remote object to a post with all it carries. The caller has seen that it may be believed: pushed by its author
 * (vocab_object_is_by), or read from its own origin. */
#ifndef COMPTOIR_FEDERATION_REMOTE_POST_H
#define COMPTOIR_FEDERATION_REMOTE_POST_H

#include "federation/vocab_in.h"
#include "storage/fetch_queue.h"

struct federation;

enum remote_post_outcome {
	REMOTE_POST_STORED,  /* new, or changed by a newer version */
	REMOTE_POST_KNOWN,   /* here already, and as new */
	REMOTE_POST_WAITS,   /* wanted must be here first: the author */
	REMOTE_POST_REFUSED, /* never: tombstoned, refused domain, of one of ours, a type that is no post, no concern of ours */
};

struct remote_post_origin {
	int64_t received_us;
	struct str root_uri;  /* of the chain of fetches; data NULL: the post itself */
	int depth;
	bool is_item;           /* it stood in a collection: what it needs is paid from that budget */
	int64_t inbox_actor_id; /* the local actor whose own inbox it came to: sees it even when not addressed; 0 for none */
	bool is_update;         /* may change what is here: an Update, or a document read anew from its origin */
	bool is_pushed;         /* nobody here asked for it: refused as irrelevant when it concerns nobody here */
	bool is_locked;         /* the transaction holds uri_lock of the post, of what it answers and of what it quotes */
};

struct remote_post {
	enum remote_post_outcome outcome;
	const char *reason; /* static word for the log, when refused */
	int64_t post_id;    /* STORED, KNOWN */
	bool is_new;
	struct str wanted_uri; /* WAITS */
	int64_t thread_actor_id; /* STORED: the local actor whose thread it openly answers in; 0 for none */
};

/* In the caller's transaction. Cleans texts; stores poll, media, tags, emojis, mentions and quote; tells those of ours
 * who are mentioned or quoted; wishes for the parent, the quoted post and, when somebody of ours is concerned, the
 * answers. A vote is none of its business (vocab_object_is_vote). */
enum error remote_post_store(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_object *object, const struct remote_post_origin *origin, struct remote_post *ret_post) MUST_CHECK;

/* The same for several that were pushed and are locked, as far as they can be stored with statements for all of them: of
 * the others nothing is written, is_stored is false, and they are for remote_post_store. */
struct remote_post_arriving {
	const struct vocab_object *object;
	const struct remote_post_origin *origin;
	bool is_stored;
	struct remote_post post; /* with is_stored */
};
enum error remote_post_store_many(struct federation *federation, struct db *db, struct arena *arena,
	struct remote_post_arriving *arriving, size_t count) MUST_CHECK;

/* An id among those of its time: of when it says that it was published, never later than it was received, so that
 * nothing from the future stands on top of everything. */
int64_t remote_post_id(int64_t published_us, int64_t received_us);

#endif
