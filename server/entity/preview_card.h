/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Previews as Mastodon's entities PreviewCard and Trends::Link. Pictures go through the media proxy; the only HTML is a frame
 * of ours. */
#ifndef COMPTOIR_SERVER_ENTITY_PREVIEW_CARD_H
#define COMPTOIR_SERVER_ENTITY_PREVIEW_CARD_H

#include "server/entity/reader.h"
#include "storage/preview.h"

/* The key "card" of a post: a PreviewCard or null. */
enum error preview_card_write_of_post(const struct reader *reader, struct json_out *json, int64_t post_id) MUST_CHECK;

/* An array of Trends::Link. */
enum error preview_card_write_trends(const struct reader *reader, struct json_out *json, const struct preview_trend *trends,
	size_t count) MUST_CHECK;

#endif
