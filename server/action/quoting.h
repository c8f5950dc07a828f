/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may quote what (FEP-044f). A post of ours says at once, by its policy; the author of another one is asked, and
 * until the answer the quote waits. */
#ifndef COMPTOIR_SERVER_ACTION_QUOTING_H
#define COMPTOIR_SERVER_ACTION_QUOTING_H

#include "storage/actor.h"
#include "storage/post.h"

struct quoting {
	struct post post;    /* what is quoted; id 0 for nothing */
	struct actor author; /* of it */
	enum post_quote_state state;
};

/* ERROR_NOT_FOUND when it is not there for the quoting actor, ERROR_UNPROCESSABLE with a static sentence when it may
 * not be quoted, or not that openly. */
enum error quoting_find(struct db *db, struct arena *arena, const struct actor *actor, int64_t quoted_id,
	enum post_visibility visibility, struct quoting *ret_quote, struct str *ret_message) MUST_CHECK;

/* Of an accepted quote of somebody else's post; data NULL for none. */
struct str quoting_authorization(struct arena *arena, const struct quoting *quote, int64_t quoting_id) MUST_CHECK;

/* After the quoting post was created and sent, in its transaction: asks, or tells the quoted author. */
enum error quoting_follow_up(struct db *db, struct arena *arena, const struct actor *actor, const struct quoting *quote,
	int64_t quoting_id) MUST_CHECK;

/* The author of a quoted post takes their consent back, in a transaction of its own. ERROR_NOT_FOUND when that post
 * quotes nothing of theirs or was revoked before. */
enum error quoting_revoke(struct db *db, struct arena *arena, int64_t actor_id, int64_t quoting_id) MUST_CHECK;

/* The author says anew who may quote a post, in a transaction of its own. Quotes that there are stay. ERROR_NOT_FOUND
 * when it is not theirs. */
enum error quoting_set_policy(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	enum post_quote_policy policy) MUST_CHECK;

#endif
