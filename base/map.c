/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Linear probing in a power of two of slots, at most three quarters full; removal shifts the following run
 * back, so there are no tombstones. */
#include "base/map.h"

#include <string.h>

#define FIRST_SLOTS 16

struct slot {
	char *key; /* NULL: free */
	size_t key_len;
	uint64_t hash;
	void *value;
};

struct map {
	struct slot *slots;
	size_t slot_count;
	size_t count;
};

struct map *map_new(void)
{
	struct map *map = memory_new(sizeof(*map));
	map->slot_count = FIRST_SLOTS;
	map->slots = memory_new_array(map->slot_count, sizeof(struct slot));
	return map;
}

void map_free(struct map **map)
{
	if (!*map)
		return;
	for (size_t i = 0; i < (*map)->slot_count; i++)
		memory_free((*map)->slots[i].key);
	memory_free((*map)->slots);
	memory_free(*map);
	*map = NULL;
}

/* The slot that holds key, or the free one where it would go. */
static size_t slot_index(const struct map *map, struct str key, uint64_t hash)
{
	size_t index = (size_t)hash & (map->slot_count - 1);
	while (map->slots[index].key) {
		const struct slot *slot = &map->slots[index];
		if (slot->hash == hash && str_eq((struct str){ slot->key, slot->key_len }, key))
			break;
		index = (index + 1) & (map->slot_count - 1);
	}
	return index;
}

static void grow(struct map *map)
{
	struct slot *old_slots = map->slots;
	size_t old_count = map->slot_count;
	map->slot_count = old_count * 2;
	map->slots = memory_new_array(map->slot_count, sizeof(struct slot));
	for (size_t i = 0; i < old_count; i++) {
		if (!old_slots[i].key)
			continue;
		struct str key = { old_slots[i].key, old_slots[i].key_len };
		map->slots[slot_index(map, key, old_slots[i].hash)] = old_slots[i];
	}
	memory_free(old_slots);
}

void *map_get(const struct map *map, struct str key)
{
	const struct slot *slot = &map->slots[slot_index(map, key, str_hash(key))];
	return slot->key ? slot->value : NULL;
}

void *map_set(struct map *map, struct str key, void *value)
{
	uint64_t hash = str_hash(key);
	size_t index = slot_index(map, key, hash);
	if (map->slots[index].key) {
		void *replaced = map->slots[index].value;
		map->slots[index].value = value;
		return replaced;
	}
	if ((map->count + 1) * 4 > map->slot_count * 3) {
		grow(map);
		index = slot_index(map, key, hash);
	}
	char *copy = memory_new(key.len + 1);
	if (key.len)
		memcpy(copy, key.data, key.len);
	map->slots[index] = (struct slot){ copy, key.len, hash, value };
	map->count++;
	return NULL;
}

/* Moves later entries of the run into the hole, so that every probe still finds them. */
static void close_hole(struct map *map, size_t hole)
{
	size_t mask = map->slot_count - 1;
	for (size_t index = (hole + 1) & mask; map->slots[index].key; index = (index + 1) & mask) {
		size_t home = (size_t)map->slots[index].hash & mask;
		if (((index - home) & mask) >= ((index - hole) & mask)) {
			map->slots[hole] = map->slots[index];
			hole = index;
		}
	}
	map->slots[hole] = (struct slot){ 0 };
}

void *map_remove(struct map *map, struct str key)
{
	size_t index = slot_index(map, key, str_hash(key));
	struct slot *slot = &map->slots[index];
	if (!slot->key)
		return NULL;
	void *value = slot->value;
	memory_free(slot->key);
	close_hole(map, index);
	map->count--;
	return value;
}

size_t map_count(const struct map *map)
{
	return map->count;
}

bool map_next(const struct map *map, size_t *cursor, struct str *ret_key, void **ret_value)
{
	while (*cursor < map->slot_count) {
		const struct slot *slot = &map->slots[(*cursor)++];
		if (!slot->key)
			continue;
		*ret_key = (struct str){ slot->key, slot->key_len };
		*ret_value = slot->value;
		return true;
	}
	return false;
}
