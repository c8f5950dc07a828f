/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Gathers what the document of a local post says: one place for what is sent and for what is served. */
#ifndef COMPTOIR_FEDERATION_POST_DOCUMENT_H
#define COMPTOIR_FEDERATION_POST_DOCUMENT_H

#include "federation/vocab_out.h"

struct post_document {
	struct vocab_post vocab; /* refers to the given post */
	int64_t parent_actor_id; /* whom it answers; 0 for nobody or unknown */
	int64_t quoted_actor_id;
};

#define POST_DOCUMENT_OWN_REPLIES 5 /* as many as Mastodon shows at once */

/* post is a local one; that the reader may see it is the caller's business. */
enum error post_document_load(struct db *db, struct arena *arena, const struct post *post,
	struct post_document *ret_document) MUST_CHECK;

/* BASE of BASE/users/NAME. */
struct str post_base_url(const struct post *post) MUST_CHECK;

/* BASE/contexts/ID of a thread that began here. */
struct str post_context_url(struct arena *arena, const struct post *root) MUST_CHECK;

#endif
