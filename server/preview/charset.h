/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The encoding of a page: UTF-8, or what the west wrote before it. */
#ifndef COMPTOIR_SERVER_PREVIEW_CHARSET_H
#define COMPTOIR_SERVER_PREVIEW_CHARSET_H

#include "base/arena.h"

/* The page in UTF-8 (broken bytes of UTF-8 stay). Named by a byte order mark, by content_type or in the first bytes of the page
 * itself, in that order; without any, UTF-8 if it is that and windows-1252 otherwise. False for an encoding that we do not
 * know. At most three times as long as what it is made of. */
bool charset_to_utf8(struct arena *arena, struct str page, struct str content_type, struct str *ret_text) MUST_CHECK;

#endif
