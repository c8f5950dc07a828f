/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * EmojiReact (Pleroma, Akkoma, snac2): an emoji, or nothing. */
#include "federation/inbox_like.h"

enum error inbox_emoji_react(struct inbox_context *context)
{
	struct inbox_emoji emoji;
	if (!inbox_read_emoji(context->activity, &emoji))
		return inbox_drop(context, "emoji");
	return inbox_react(context, &emoji);
}
