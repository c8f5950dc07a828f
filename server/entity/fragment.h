/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rendered pieces of JSON, the same for every reader, kept by what they show, its id and its stamp: another stamp is
 * another piece, so nothing is ever invalidated. The table has a fixed number of places; what was looked at last stays.
 * One for the process; any thread. */
#ifndef COMPTOIR_SERVER_ENTITY_FRAGMENT_H
#define COMPTOIR_SERVER_ENTITY_FRAGMENT_H

#include "base/arena.h"

enum fragment_kind { FRAGMENT_ACCOUNT, FRAGMENT_POST };

struct fragment {
	struct str json; /* members of an object, without braces */
	struct str text; /* what filters look at, folded */
};

/* Copied into the arena. False when it is not there, or was rendered too long ago for what no stamp tells of. */
bool fragment_get(enum fragment_kind kind, int64_t id, int64_t stamp, struct arena *arena, struct fragment *ret_fragment)
	MUST_CHECK;

/* Larger ones are not kept. */
#define FRAGMENT_MAX_BYTES 16384
void fragment_put(enum fragment_kind kind, int64_t id, int64_t stamp, const struct fragment *fragment);

#endif
