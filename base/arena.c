/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocks in a chain, a pointer that only moves forward. The first block stays with the arena, so that a
 * worker that resets it between requests allocates nothing in the usual case. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FIRST_BLOCK_BYTES ((size_t)8 * 1024)
#define LARGEST_BLOCK_BYTES ((size_t)256 * 1024)
#define ALIGNMENT alignof(max_align_t)

struct block {
	struct block *previous;
	size_t size_bytes; /* of data */
	size_t used_bytes;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *current;
	size_t limit_bytes;
	size_t used_bytes; /* of all allocations, for the limit */
};

static struct block *block_new(size_t size_bytes, struct block *previous)
{
	struct block *block = memory_new(sizeof(struct block) + size_bytes);
	block->previous = previous;
	block->size_bytes = size_bytes;
	return block;
}

struct arena *arena_new(size_t limit_bytes)
{
	struct arena *arena = memory_new(sizeof(*arena));
	arena->limit_bytes = limit_bytes;
	arena->current = block_new(FIRST_BLOCK_BYTES, NULL);
	return arena;
}

static void drop_later_blocks(struct arena *arena)
{
	while (arena->current->previous) {
		struct block *previous = arena->current->previous;
		memory_free(arena->current);
		arena->current = previous;
	}
}

void arena_free(struct arena **arena)
{
	if (!*arena)
		return;
	drop_later_blocks(*arena);
	memory_free((*arena)->current);
	memory_free(*arena);
	*arena = NULL;
}

void arena_auto(struct arena **arena)
{
	arena_free(arena);
}

void arena_reset(struct arena *arena)
{
	drop_later_blocks(arena);
	memset(arena->current->data, 0, arena->current->used_bytes);
	arena->current->used_bytes = 0;
	arena->used_bytes = 0;
}

static size_t next_block_bytes(const struct arena *arena, size_t wanted_bytes)
{
	size_t size_bytes = arena->current->size_bytes * 2;
	if (size_bytes > LARGEST_BLOCK_BYTES)
		size_bytes = LARGEST_BLOCK_BYTES;
	return wanted_bytes > size_bytes ? wanted_bytes : size_bytes;
}

/* A result of its own block's memory is zeroed because blocks are born zeroed and never used twice
 * without arena_reset. */
void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	size_t padded_bytes;
	if (__builtin_add_overflow(size_bytes, ALIGNMENT - 1, &padded_bytes))
		memory_fatal("arena allocation overflows");
	padded_bytes &= ~(ALIGNMENT - 1);
	if (__builtin_add_overflow(arena->used_bytes, padded_bytes, &arena->used_bytes) ||
		arena->used_bytes > arena->limit_bytes)
		memory_fatal("arena over its limit");
	if (arena->current->size_bytes - arena->current->used_bytes < padded_bytes)
		arena->current = block_new(next_block_bytes(arena, padded_bytes), arena->current);
	void *memory = arena->current->data + arena->current->used_bytes;
	arena->current->used_bytes += padded_bytes;
	return memory;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size_bytes)
{
	size_t total_bytes;
	if (__builtin_mul_overflow(count, size_bytes, &total_bytes))
		memory_fatal("array size overflows");
	return arena_alloc(arena, total_bytes);
}

char *arena_c_string(struct arena *arena, struct str value)
{
	size_t size_bytes;
	if (__builtin_add_overflow(value.len, 1u, &size_bytes))
		memory_fatal("string size overflows");
	char *copy = arena_alloc(arena, size_bytes);
	if (value.len)
		memcpy(copy, value.data, value.len);
	return copy;
}

struct str arena_str(struct arena *arena, struct str value)
{
	return (struct str){ arena_c_string(arena, value), value.len };
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int len = vsnprintf(NULL, 0, format, arguments);
	if (len < 0)
		memory_fatal("format cannot be printed");
	char *text = arena_alloc(arena, (size_t)len + 1);
	int written = vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	if (written != len)
		memory_fatal("format cannot be printed");
	return (struct str){ text, (size_t)len };
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}

struct str arena_join(struct arena *arena, const struct str *parts, size_t count)
{
	size_t len = 0;
	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(len, parts[i].len, &len))
			memory_fatal("joined size overflows");
	}
	char *text = arena_alloc(arena, len + 1);
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len)
			memcpy(text + at, parts[i].data, parts[i].len);
		at += parts[i].len;
	}
	return (struct str){ text, len };
}

struct str arena_lower(struct arena *arena, struct str value)
{
	char *copy = arena_c_string(arena, value);
	for (size_t i = 0; i < value.len; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	}
	return (struct str){ copy, value.len };
}

size_t arena_used_bytes(const struct arena *arena)
{
	return arena->used_bytes;
}
