/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The interval of Wilson. */
#include "server/brand/wilson.h"

#include <assert.h>
#include <math.h>

#define Z_95 1.959963984540054

void wilson_interval(int64_t hits, int64_t count, double *ret_low, double *ret_high)
{
	assert(count > 0 && hits >= 0 && hits <= count);
	double n = (double)count, p = (double)hits / n, square = Z_95 * Z_95;
	double middle = p + square / (2 * n);
	double half = Z_95 * sqrt(p * (1 - p) / n + square / (4 * n * n));
	double scale = 1 + square / n;
	*ret_low = hits ? (middle - half) / scale : 0;
	*ret_high = hits < count ? (middle + half) / scale : 1;
}
