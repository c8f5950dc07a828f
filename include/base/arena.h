/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Memory by lifetime: one arena per request, activity or job. Everything taken from it goes at once
 * with arena_free or arena_reset; nothing is freed piece by piece. Not thread-safe: an arena has one
 * user at a time. */
#ifndef COMPTOIR_BASE_ARENA_H
#define COMPTOIR_BASE_ARENA_H

#include "base/memory.h"
#include "base/str.h"

#include <stdarg.h>

struct arena;

/* limit_bytes bounds the sum of all allocations; going over it ends the process, since every size from
 * outside is limited before it reaches an arena. */
struct arena *arena_new(size_t limit_bytes) MUST_CHECK;

/* Accepts NULL and sets *arena to NULL. */
void arena_free(struct arena **arena);
void arena_auto(struct arena **arena); /* for AUTO(arena) struct arena *a = ...; */

/* Forgets everything and keeps the first block for the next use. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type, never NULL. */
void *arena_alloc(struct arena *arena, size_t size_bytes) MUST_CHECK;
void *arena_alloc_array(struct arena *arena, size_t count, size_t size_bytes) MUST_CHECK;

/* Copies that end in NUL (not counted in len). */
struct str arena_str(struct arena *arena, struct str value) MUST_CHECK;
char *arena_c_string(struct arena *arena, struct str value) MUST_CHECK;
struct str arena_printf(struct arena *arena, const char *format, ...) MUST_CHECK PRINTF_LIKE(2, 3);
struct str arena_vprintf(struct arena *arena, const char *format, va_list arguments) MUST_CHECK PRINTF_LIKE(2, 0);

/* The concatenation of count parts. */
struct str arena_join(struct arena *arena, const struct str *parts, size_t count) MUST_CHECK;

/* Lower case for ASCII letters only. */
struct str arena_lower(struct arena *arena, struct str value) MUST_CHECK;

size_t arena_used_bytes(const struct arena *arena);

#endif
