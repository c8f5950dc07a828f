/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Announcements as Mastodon's entities Announcement and Reaction. */
#ifndef COMPTOIR_SERVER_ENTITY_ANNOUNCEMENT_H
#define COMPTOIR_SERVER_ENTITY_ANNOUNCEMENT_H

#include "server/entity/reader.h"
#include "storage/announcement.h"

/* An array, in the order given, with the reactions. */
enum error announcement_write_array(const struct reader *reader, struct json_out *json,
	const struct announcement *announcements, size_t count) MUST_CHECK;

/* One, for streams; ERROR_NOT_FOUND when it is not shown. */
enum error announcement_render(const struct reader *reader, int64_t id, struct buf *ret_json) MUST_CHECK;

#endif
