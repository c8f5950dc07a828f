/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /media/{name}: files of the store, by names of ours. */
#ifndef COMPTOIR_SERVER_MEDIA_SERVE_H
#define COMPTOIR_SERVER_MEDIA_SERVE_H

#include "base/arena.h"
#include "base/error.h"

struct request;

enum error handle_media_file(struct request *request) MUST_CHECK;

/* Answers the file: whole, a range of it, 304, or a way to the store that has it. ERROR_NOT_FOUND. cache_control: static. */
enum error media_respond_file(struct request *request, struct str file_name, struct str cache_control) MUST_CHECK;

#endif
