/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The name under which all spellings of a hashtag are one. */
#ifndef COMPTOIR_BASE_HASHTAG_H
#define COMPTOIR_BASE_HASHTAG_H

#include "base/arena.h"

#define HASHTAG_MAX_BYTES 255

/* name: UTF-8 without '#'. NFKC, case folded, in the arena; empty when nothing is left, or more than HASHTAG_MAX_BYTES. */
struct str hashtag_key(struct arena *arena, struct str name) MUST_CHECK;

#endif
