/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A hash table from byte strings to pointers: open addressing, linear probing. Keys are copied; values
 * belong to the caller. Not thread-safe. */
#ifndef COMPTOIR_BASE_MAP_H
#define COMPTOIR_BASE_MAP_H

#include "base/memory.h"
#include "base/str.h"

struct map;

struct map *map_new(void) MUST_CHECK;
void map_free(struct map **map); /* accepts NULL; values are not touched */

/* NULL when absent. */
void *map_get(const struct map *map, struct str key);

/* Inserts or replaces; value must not be NULL. Returns the value that was there before, or NULL. */
void *map_set(struct map *map, struct str key, void *value);

/* Returns the value removed, or NULL. */
void *map_remove(struct map *map, struct str key);

size_t map_count(const struct map *map);

/* Walks in no order: start with *cursor = 0; false at the end. The map must not change meanwhile. */
bool map_next(const struct map *map, size_t *cursor, struct str *ret_key, void **ret_value);

#endif
