/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v1/media and /api/v2/media: uploads, and what becomes of them until they are posted. */
#ifndef COMPTOIR_SERVER_MASTODON_MEDIA_H
#define COMPTOIR_SERVER_MASTODON_MEDIA_H

#include "base/error.h"
#include "base/memory.h"

struct request;

enum error handle_media_upload(struct request *request) MUST_CHECK;         /* 202; ready later */
enum error handle_media_upload_awaited(struct request *request) MUST_CHECK; /* 200 */
enum error handle_media_get(struct request *request) MUST_CHECK;            /* 206 while it is not ready */
enum error handle_media_update(struct request *request) MUST_CHECK;
enum error handle_media_delete(struct request *request) MUST_CHECK;

#endif
