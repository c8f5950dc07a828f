/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A file of another server, for a thread that may wait: by the guarded client, bounded in bytes and time, unsigned. */
#ifndef COMPTOIR_SERVER_MEDIA_REMOTE_GET_H
#define COMPTOIR_SERVER_MEDIA_REMOTE_GET_H

#include "base/buf.h"
#include "base/error.h"

struct config;
struct federation;

/* *ret_bytes (the caller's to clear) is the body of an answer of 200, from a host whose media we take, redirects included.
 * ERROR_NOT_FOUND for any other answer, ERROR_FORBIDDEN for what may not be asked or is too large, ERROR_UNAVAILABLE when it
 * could not be had just now. */
enum error media_remote_get(const struct config *config, const struct federation *federation, struct str url,
	struct buf *ret_bytes) MUST_CHECK;

#endif
