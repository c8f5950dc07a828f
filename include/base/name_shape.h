/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a name looks like to somebody who reads it quickly, for finding names that pass for another one. */
#ifndef COMPTOIR_BASE_NAME_SHAPE_H
#define COMPTOIR_BASE_NAME_SHAPE_H

#include "base/arena.h"

/* Letters of a longer name are left out of its shape. */
#define NAME_SHAPE_MAX 100
/* Shorter ones are alike when they are equal only. */
#define NAME_SHAPE_MIN_FUZZY 4
#define NAME_SHAPE_DISTANCE_MAX 2

/* Letters and digits only, as code points: without case, width and accents, with one letter for all that look like it (of
 * the Latin, Greek, Cyrillic and Armenian scripts, and digits): i, l and 1 are one, and so are o and 0. */
struct name_shape {
	uint32_t *letters;
	size_t count; /* 0: nothing of it is left */
};

/* name: UTF-8, or nothing is left of it. */
struct name_shape name_shape_of(struct arena *arena, struct str name) MUST_CHECK;

/* How many letters have to be put in, left out, replaced or swapped with their neighbour to make one of the other; more than
 * NAME_SHAPE_DISTANCE_MAX is told as NAME_SHAPE_DISTANCE_MAX + 1. */
int name_shape_distance(const struct name_shape *one, const struct name_shape *other) MUST_CHECK;

/* Whether one passes for the other; false for empty ones. */
bool name_shape_is_alike(const struct name_shape *one, const struct name_shape *other, int *ret_distance) MUST_CHECK;

#endif
