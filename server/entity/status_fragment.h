/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The part of a Status that is the same for every reader until the post is edited. */
#ifndef COMPTOIR_SERVER_ENTITY_STATUS_FRAGMENT_H
#define COMPTOIR_SERVER_ENTITY_STATUS_FRAGMENT_H

#include "server/entity/fragment.h"
#include "server/entity/reader.h"

#include "storage/post_glance.h"

enum status_body {
	STATUS_WITH_CONTENT, /* HTML */
	STATUS_WITH_SOURCE,  /* text in place of it: what the author typed */
};

/* Members without braces, and the text in which filters look for words. */
enum error status_fragment_render(const struct reader *reader, const struct post_full *full, enum status_body body,
	struct fragment *ret_fragment) MUST_CHECK;

/* What was typed, or for posts from elsewhere the text that is read. */
struct str status_source_text(struct arena *arena, const struct post *post) MUST_CHECK;

/* The key "media_attachments". */
enum error status_write_media(const struct reader *reader, struct json_out *json, int64_t post_id, struct buf *text) MUST_CHECK;

#endif
