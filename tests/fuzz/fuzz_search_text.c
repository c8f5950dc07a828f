/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever is posted or looked for becomes words with one space between them, with nothing in them that a query would
 * take for syntax. */
#include "base/search_text.h"
#include "base/text_fold.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str words, size_t count)
{
	size_t found = words.len ? 1 : 0;
	assert(str_is_utf8(words) && !!words.len == !!count);
	for (size_t i = 0; i < words.len; i++) {
		unsigned char c = (unsigned char)words.data[i];
		bool is_plain = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
		assert(is_plain || (c == ' ' && i && i + 1 < words.len && words.data[i - 1] != ' '));
		found += c == ' ';
	}
	assert(found == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf words = { 0 };
	AUTO(buf) struct buf french = { 0 };
	AUTO(arena) struct arena *arena = arena_new(32 * 1024 * 1024);
	const struct str text = { (const char *)data, size };
	if (!str_is_utf8(text))
		return 0;
	size_t count = search_text_add(&words, text, false);
	check(buf_str(&words), count);
	count = search_text_add(&french, text, true);
	check(buf_str(&french), count);
	assert(str_is_utf8(text_fold(arena, text)));
	return 0;
}
