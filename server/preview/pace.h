/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How many pages are read at a time: of one server one, a second apart, and of all so few that other jobs have threads
 * left. One for the process; any thread. */
#ifndef COMPTOIR_SERVER_PREVIEW_PACE_H
#define COMPTOIR_SERVER_PREVIEW_PACE_H

#include "base/str.h"

#define PREVIEW_PACE_AT_ONCE 2
#define PREVIEW_PACE_APART_US 1000000

/* False: come again in *ret_wait_us. True: preview_pace_end follows. */
bool preview_pace_begin(struct str authority, int64_t *ret_wait_us) MUST_CHECK;
void preview_pace_end(struct str authority);

#endif
