/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What apps send to make or change a status, read from the parameters. */
#ifndef COMPTOIR_SERVER_MASTODON_POSTING_FORM_H
#define COMPTOIR_SERVER_MASTODON_POSTING_FORM_H

#include "server/action/edit_post.h"
#include "server/action/publish.h"
#include "server/http/request.h"

/* With the author's preferences where nothing was said. ERROR_UNPROCESSABLE with a sentence. */
enum error posting_form_read(struct request *request, struct publish_request *ret_request) MUST_CHECK;
/* The same in the name of another actor, whose preferences count. */
enum error posting_form_read_for(struct request *request, int64_t actor_id, struct publish_request *ret_request) MUST_CHECK;

/* 0 when it is not asked for; ERROR_UNPROCESSABLE when it is no time. */
enum error posting_form_read_time(struct request *request, int64_t *ret_scheduled_us) MUST_CHECK;

enum error posting_form_read_edit(struct request *request, const struct post *post, struct edit_request *ret_edit) MUST_CHECK;

/* "public", "followers", "nobody", as quote_approval_policy; *ret_is_given false when it is not there. */
enum error posting_form_read_policy(struct request *request, enum post_quote_policy *ret_policy, bool *ret_is_given) MUST_CHECK;

#endif
