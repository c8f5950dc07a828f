/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The custom emojis that texts use, as Mastodon's entity CustomEmoji. */
#ifndef COMPTOIR_SERVER_ENTITY_EMOJIS_H
#define COMPTOIR_SERVER_ENTITY_EMOJIS_H

#include "server/entity/reader.h"

#include "storage/emoji.h"

/* Writes the key "emojis" with those that stand as :shortcode: in the texts and that the author's server has. author_uri:
 * of the actor that wrote them. */
enum error emojis_write_used(const struct reader *reader, struct json_out *json, bool is_local, struct str author_uri,
	const struct str *texts, size_t text_count) MUST_CHECK;

/* One CustomEmoji, in an array; nothing when it has no picture that can be shown. */
void emoji_write(const struct reader *reader, struct json_out *json, const struct emoji *emoji);

#endif
