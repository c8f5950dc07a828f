/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The scopes of the Mastodon API and of the brand API: which there are, and what they mean in words. */
#ifndef COMPTOIR_SERVER_LOGIN_SCOPE_H
#define COMPTOIR_SERVER_LOGIN_SCOPE_H

#include "server/web/text.h"

#define SCOPE_TEXT_MAX_BYTES 1500

/* Separated by spaces or '+', each once, in the order given; separated by single spaces. Empty gives "read". False for
 * one that does not exist, or too long. */
bool scope_read(struct arena *arena, struct str text, struct str *ret_scopes) MUST_CHECK;

/* Whether every scope is one of allowed, or a part of one. */
bool scope_is_within(struct str scopes, struct str allowed) MUST_CHECK;

/* Without those of admin: for users who are no staff. */
struct str scope_without_admin(struct arena *arena, struct str scopes) MUST_CHECK;

/* All names, for the metadata; static, ends with NULL. */
const char *const *scope_names(void);

/* What it allows, for the one who is asked. False when there is no such scope. */
bool scope_meaning(struct str scope, enum text *ret_text) MUST_CHECK;

#endif
