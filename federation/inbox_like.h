/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What Like and EmojiReact have in common. */
#ifndef COMPTOIR_FEDERATION_INBOX_LIKE_H
#define COMPTOIR_FEDERATION_INBOX_LIKE_H

#include "federation/inbox_handler.h"

/* An emoji of Unicode, or a custom one (":name:") with its picture. */
struct inbox_emoji {
	struct str text;
	struct str image_url; /* data NULL for those of Unicode */
};

/* From the content of the activity; false when it is none. tags: those of the activity. */
bool inbox_read_emoji(const struct vocab_activity *activity, struct inbox_emoji *ret_emoji) MUST_CHECK;

/* emoji NULL: a favourite. */
enum error inbox_react(struct inbox_context *context, const struct inbox_emoji *emoji) MUST_CHECK;

#endif
