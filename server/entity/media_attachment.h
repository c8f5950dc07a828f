/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files as Mastodon's entity MediaAttachment. What lies elsewhere is shown under our own names. */
#ifndef COMPTOIR_SERVER_ENTITY_MEDIA_ATTACHMENT_H
#define COMPTOIR_SERVER_ENTITY_MEDIA_ATTACHMENT_H

#include "base/json_out.h"
#include "storage/media.h"

struct app;

/* One MediaAttachment. The same for every reader. */
void media_attachment_write(const struct app *app, struct arena *arena, struct json_out *json, const struct medium *medium);

/* The key "media_attachments" with those of the post, of what media_list_of_posts gave. */
void media_attachments_write(const struct app *app, struct arena *arena, struct json_out *json, int64_t post_id,
	const struct medium *media, size_t count);

#endif
