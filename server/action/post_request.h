/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What somebody asks to be published, as JSON in the words of the Mastodon API: kept for scheduled posts and for drafts. The
 * same request gives the same bytes. */
#ifndef COMPTOIR_SERVER_ACTION_POST_REQUEST_H
#define COMPTOIR_SERVER_ACTION_POST_REQUEST_H

#include "server/action/publish.h"

#include "base/json_out.h"

#include <jansson.h>

/* The members of an object that is open: all that the words and the form of the post depend on. */
void post_request_write(struct json_out *json, const struct publish_request *request);

/* The same back, in the arena; media_ids as well. What is not part of it is 0. ERROR_INTERNAL when it is not what
 * post_request_write wrote. */
enum error post_request_read(struct arena *arena, const json_t *json, struct publish_request *ret_request) MUST_CHECK;

#endif
