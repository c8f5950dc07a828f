/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts that have a time, as apps know scheduled statuses: a token of a brand account lists, moves and gives up those that its
 * user wrote. For tokens of persons there are none. */
#ifndef COMPTOIR_SERVER_MASTODON_BRAND_SCHEDULED_H
#define COMPTOIR_SERVER_MASTODON_BRAND_SCHEDULED_H

#include "server/http/request.h"

#include "storage/draft.h"
#include "storage/scheduled_post.h"

/* A draft of a post as what is scheduled. */
enum error brand_scheduled_show(struct request *request, const struct draft *draft, struct scheduled_post *ret_post) MUST_CHECK;

/* Newest first, whatever the page's bounds. */
enum error brand_scheduled_list(struct request *request, const struct id_page *page, struct scheduled_post **ret_posts,
	size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not theirs, or does not wait any more. */
enum error brand_scheduled_find(struct request *request, int64_t id, struct draft *ret_draft) MUST_CHECK;
/* What the draft refuses is refused with its sentence. */
enum error brand_scheduled_move(struct request *request, struct draft *draft, int64_t scheduled_us) MUST_CHECK;
enum error brand_scheduled_cancel(struct request *request, struct draft *draft) MUST_CHECK;

/* Whether the token may have scheduled posts that wait for nobody: a person's own, or a brand's by who speaks for it. */
bool brand_scheduled_has_posts(const struct request *request);

#endif
