/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The only place that calls malloc. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void memory_fatal(const char *what)
{
	static const char prefix[] = "comptoir: fatal: ";
	ssize_t ignored = write(STDERR_FILENO, prefix, sizeof(prefix) - 1);
	ignored = write(STDERR_FILENO, what, strlen(what));
	ignored = write(STDERR_FILENO, "\n", 1);
	(void)ignored;
	abort();
}

void *memory_new(size_t size_bytes)
{
	void *memory = calloc(1, size_bytes ? size_bytes : 1);
	if (!memory)
		memory_fatal("out of memory");
	return memory;
}

void *memory_new_array(size_t count, size_t size_bytes)
{
	size_t total_bytes;
	if (__builtin_mul_overflow(count, size_bytes, &total_bytes))
		memory_fatal("array size overflows");
	return memory_new(total_bytes);
}

void *memory_resize(void *memory, size_t size_bytes)
{
	void *resized = realloc(memory, size_bytes ? size_bytes : 1);
	if (!resized)
		memory_fatal("out of memory");
	return resized;
}

char *memory_copy_string(const char *text)
{
	size_t size_bytes = strlen(text) + 1;
	char *copy = memory_new(size_bytes);
	memcpy(copy, text, size_bytes);
	return copy;
}

void memory_free(void *memory)
{
	free(memory);
}

void memory_wipe(void *memory, size_t size_bytes)
{
	if (size_bytes)
		explicit_bzero(memory, size_bytes);
}
