/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags as Mastodon's entities Tag and FeaturedTag. */
#ifndef COMPTOIR_SERVER_ENTITY_TAG_H
#define COMPTOIR_SERVER_ENTITY_TAG_H

#include "server/entity/reader.h"
#include "storage/tag.h"

struct str tag_url(const struct reader *reader, struct str name) MUST_CHECK;
/* The key "history": of newest_day_us and the days before it. */
void tag_write_history(const struct reader *reader, struct json_out *json, int64_t newest_day_us, const int64_t *uses,
	const int64_t *accounts);
void tag_write(const struct reader *reader, struct json_out *json, const struct tag_view *tag);
void featured_tag_write(const struct reader *reader, struct json_out *json, const struct featured_tag *tag);

#endif
