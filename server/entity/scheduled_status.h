/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts for later as Mastodon's entity ScheduledStatus. */
#ifndef COMPTOIR_SERVER_ENTITY_SCHEDULED_STATUS_H
#define COMPTOIR_SERVER_ENTITY_SCHEDULED_STATUS_H

#include "server/entity/reader.h"
#include "storage/scheduled_post.h"

enum error scheduled_status_write(const struct reader *reader, struct json_out *json, const struct scheduled_post *post) MUST_CHECK;

#endif
