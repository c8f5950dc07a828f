/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One post on a page. */
#ifndef COMPTOIR_SERVER_WEB_POST_VIEW_H
#define COMPTOIR_SERVER_WEB_POST_VIEW_H

#include "server/http/request.h"
#include "server/web/text.h"
#include "storage/poll.h"
#include "storage/post.h"

enum post_view_place {
	POST_VIEW_IN_LIST, /* of its author */
	POST_VIEW_IN_TIMELINE, /* among others' */
	POST_VIEW_IN_THREAD,
	POST_VIEW_MAIN,    /* what the page is about: with its media and poll */
};

struct post_view {
	const struct post *post;
	enum post_view_place place;
	const struct post_details *details; /* of the main one; else NULL */
	const struct poll *poll;            /* NULL for none */
};

void post_view_write(struct request *request, struct buf *out, const struct post_view *view, enum language language);

/* The name that the author is shown by. */
struct str post_view_author(const struct post *post) MUST_CHECK;

/* "N posts", "1 follower" and the like, as members of a dl. */
void post_view_write_number(struct request *request, struct buf *out, enum language language, int64_t number, struct str label);

#endif
