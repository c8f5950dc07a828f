/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Randomness from OpenSSL. */
#include "base/random.h"

#include <limits.h>
#include <openssl/rand.h>
#include <uuid/uuid.h>

void random_bytes(void *ret_bytes, size_t size_bytes)
{
	if (size_bytes > INT_MAX || RAND_bytes(ret_bytes, (int)size_bytes) != 1)
		memory_fatal("no randomness");
}

uint64_t random_uint64(void)
{
	uint64_t value;
	random_bytes(&value, sizeof(value));
	return value;
}

/* Draws again in the part of the range that would favour small results. */
uint64_t random_below(uint64_t bound)
{
	uint64_t threshold = (0 - bound) % bound;
	uint64_t value;
	do {
		value = random_uint64();
	} while (value < threshold);
	return value % bound;
}

struct str random_token(struct arena *arena, size_t size_bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char *bytes = arena_alloc(arena, size_bytes);
	random_bytes(bytes, size_bytes);
	char *text = arena_alloc(arena, size_bytes * 4 / 3 + 3);
	size_t len = 0;
	for (size_t at = 0; at < size_bytes; at += 3) {
		size_t count = size_bytes - at < 3 ? size_bytes - at : 3;
		uint32_t group = (uint32_t)bytes[at] << 16;
		if (count > 1)
			group |= (uint32_t)bytes[at + 1] << 8;
		if (count > 2)
			group |= bytes[at + 2];
		for (size_t i = 0; i <= count; i++)
			text[len++] = alphabet[(group >> (18 - 6 * i)) & 63];
	}
	memory_wipe(bytes, size_bytes);
	return (struct str){ text, len };
}

struct str random_uuid(struct arena *arena)
{
	uuid_t uuid;
	char *text = arena_alloc(arena, UUID_STR_LEN);
	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, text);
	return (struct str){ text, UUID_STR_LEN - 1 };
}
