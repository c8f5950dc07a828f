/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an Add or a Remove is about: a post or a hashtag in one of the actor's own featured collections. Other
 * collections (moderators of a group, FEP-7aa9) are nobody's business here. */
#ifndef COMPTOIR_FEDERATION_INBOX_FEATURE_H
#define COMPTOIR_FEDERATION_INBOX_FEATURE_H

#include "federation/inbox_handler.h"

struct inbox_feature {
	struct str tag;      /* a hashtag's key; data NULL: a post */
	struct str post_uri;
};

/* False, with the reason to drop the activity. */
bool inbox_read_feature(const struct inbox_context *context, struct inbox_feature *ret_feature, const char **ret_reason) MUST_CHECK;

#endif
