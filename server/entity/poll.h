/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Polls as Mastodon's entity Poll, as one reader sees them. Its id is that of its post. */
#ifndef COMPTOIR_SERVER_ENTITY_POLL_H
#define COMPTOIR_SERVER_ENTITY_POLL_H

#include "server/entity/reader.h"

struct poll_view;

/* That the reader may see the post is the caller's business. *ret_view NULL when the post has none. */
enum error poll_view_load(const struct reader *reader, int64_t post_id, int64_t author_id, struct poll_view **ret_view) MUST_CHECK;

/* When it looks different though nobody votes; INT64_MAX for never. */
int64_t poll_view_until_us(const struct poll_view *view);

/* One Poll. */
void poll_view_write(const struct poll_view *view, struct json_out *json);

/* Answers the poll of a post: 404 when there is none, or none for the request's actor. */
enum error poll_respond(struct request *request, int64_t post_id) MUST_CHECK;

#endif
