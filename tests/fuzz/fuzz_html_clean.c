/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cleaning is a fixed point within its limit, and the text of clean HTML is that of no active content. */
#include "base/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *arena, struct str html, size_t max_bytes)
{
	struct str once = html_clean(arena, html, max_bytes);
	struct str twice = html_clean(arena, once, max_bytes);
	if (once.len > max_bytes || !str_is_utf8(once) || !str_eq(once, twice))
		memory_fatal("cleaning is no fixed point");
	if (!str_is_utf8(html_text(arena, once)))
		memory_fatal("the text is no UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str html = { (const char *)data, size };
	check(arena, html, (size_t)1024 * 1024);
	check(arena, html, size ? data[size - 1] : 0);
	AUTO(buf) struct buf escaped = { 0 };
	html_escape(&escaped, html_text(arena, html));
	check(arena, buf_str(&escaped), (size_t)1024 * 1024);
	return 0;
}
