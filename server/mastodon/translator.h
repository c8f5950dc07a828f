/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One question to the translation server. */
#ifndef COMPTOIR_SERVER_MASTODON_TRANSLATOR_H
#define COMPTOIR_SERVER_MASTODON_TRANSLATOR_H

#include "base/arena.h"
#include "base/config.h"
#include "base/error.h"

#include <jansson.h>

/* Waits. path: "/translate"; body data NULL: GET. ERROR_NOT_FOUND when no server is configured, ERROR_UNAVAILABLE when it
 * gives no JSON with 200. The caller owns *ret_json. */
enum error translator_ask(const struct config *config, struct arena *arena, const char *path, struct str body,
	json_t **ret_json) MUST_CHECK;

#endif
