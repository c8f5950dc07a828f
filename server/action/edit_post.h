/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Editing a post: the former version is kept, and everyone who has the post gets the new one. */
#ifndef COMPTOIR_SERVER_ACTION_EDIT_POST_H
#define COMPTOIR_SERVER_ACTION_EDIT_POST_H

#include "server/action/composition.h"

#include "storage/post.h"

struct edit_media_details {
	int64_t id;
	const struct str *alt;    /* NULL: stays */
	const double (*focus)[2]; /* NULL: stays */
};

struct edit_request {
	int64_t actor_id; /* the author */
	int64_t post_id;
	struct composition_request composition; /* its poll NULL: the poll stays. Other options lose the votes */
	bool replaces_media;        /* by those of the composition; otherwise they stay, and the composition has none */
	const struct edit_media_details *media_details; /* of media that the post has afterwards */
	size_t media_detail_count;
	const enum post_quote_policy *quote_policy; /* NULL: stays */
};

/* In a transaction of its own: db must not be in one. An edit that changes nothing leaves the post as it is.
 * ERROR_UNPROCESSABLE as publish_post has it, also for a poll where there was none; ERROR_NOT_FOUND when it is not the
 * actor's; ERROR_FORBIDDEN when the author may not publish. */
enum error edit_post(struct db *db, struct arena *arena, const struct edit_request *request, struct post *ret_post,
	struct str *ret_message) MUST_CHECK;

#endif
