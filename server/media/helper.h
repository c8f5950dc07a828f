/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The media helper as the server sees it: a few processes that are started when there is something to decode, ended after
 * some jobs or when they take too long, and started again. Any thread; calls block. */
#ifndef COMPTOIR_SERVER_MEDIA_HELPER_H
#define COMPTOIR_SERVER_MEDIA_HELPER_H

#include "server/media/helper_message.h"

#include "base/config.h"
#include "base/error.h"

struct media_helper;

/* Starts nothing yet. */
struct media_helper *media_helper_new(const struct config *config) MUST_CHECK;
void media_helper_free(struct media_helper **helper); /* ends the processes; accepts NULL */

/* Whether one can be started and which walls (enum media_wall) stand around it. ERROR_UNAVAILABLE when it does not start, or
 * when neither seccomp nor Landlock keeps it in: nothing of strangers is decoded then. Remembered once it was good. */
enum error media_helper_check(struct media_helper *helper, unsigned *ret_walls) MUST_CHECK;

struct media_picture {
	struct helper_reply facts; /* checked */
	struct str bytes, small;   /* mapped; small.data NULL for none */
};

/* Makes the picture in the file anew. ERROR_UNPROCESSABLE: it is no picture that we take (or the helper broke over it);
 * ERROR_CONTENT_TOO_LARGE: more pixels than we take; ERROR_UNAVAILABLE: there is no helper, try later. */
enum error media_helper_make(struct media_helper *helper, int descriptor, uint32_t size_bytes, enum media_type type,
	enum helper_shape shape, struct media_picture *ret_picture) MUST_CHECK;
void media_picture_clear(struct media_picture *picture);

#endif
