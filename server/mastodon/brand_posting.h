/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What becomes of a post, an edit or a boost that an app sends with the token of a brand account: it is said, on a ground
 * that the gate accepts (storage/release.h), or kept as a draft for review, which the app is told as an error, since that
 * is what it shows. Nothing happens for tokens of persons. Each returns ERROR_NONE without having answered when the deed may
 * go on, and has answered otherwise: 422 with the number of the draft, in the language of the user, or the scheduled status
 * that the draft is. ERROR_FORBIDDEN when the person may do none of it. */
#ifndef COMPTOIR_SERVER_MASTODON_BRAND_POSTING_H
#define COMPTOIR_SERVER_MASTODON_BRAND_POSTING_H

#include "server/action/publish.h"
#include "server/http/request.h"

enum error brand_posting_begin(struct request *request, const struct publish_request *form, int64_t scheduled_us) MUST_CHECK;
/* The form of the request is that of the edit. */
enum error brand_posting_begin_edit(struct request *request, const struct post *post) MUST_CHECK;
enum error brand_posting_begin_boost(struct request *request, int64_t post_id, enum post_visibility visibility) MUST_CHECK;
/* For what needs account.speak and no more, such as another policy of quotes. */
void brand_posting_speak(struct request *request);

#endif
