/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How sure a share is: the score interval of Wilson (1927) at 95 %, without correction. */
#ifndef COMPTOIR_SERVER_BRAND_WILSON_H
#define COMPTOIR_SERVER_BRAND_WILSON_H

#include <stdint.h>

/* Of hits among count, count above 0 and 0 <= hits <= count. Both within 0 and 1. */
void wilson_interval(int64_t hits, int64_t count, double *ret_low, double *ret_high);

#endif
