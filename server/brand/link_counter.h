/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counts who follows tagged links in memory and writes that down every two seconds, so that a hit costs no commit. What came
 * since is lost when the process dies; when it stops it is written. Bounded: beyond so many at once referrers are told no
 * more apart, and then nothing is counted. */
#ifndef COMPTOIR_SERVER_BRAND_LINK_COUNTER_H
#define COMPTOIR_SERVER_BRAND_LINK_COUNTER_H

#include "base/memory.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct app;

/* Once, with a prepared app that outlives it. */
void link_counter_start(struct app *app);
void link_counter_stop(void);

/* Any thread. referrer: a host, or empty. */
void link_counter_add(int64_t link_id, bool is_machine, struct str referrer);

#endif
