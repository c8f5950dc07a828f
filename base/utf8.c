/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Single characters of UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "base/utf8.h"

#include <stdbool.h>

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

size_t utf8_read(const char *text, size_t len, uint32_t *ret_code_point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	if (bytes[0] < 0x80) {
		*ret_code_point = bytes[0];
		return 1;
	}
	size_t wanted = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
	if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || len < wanted)
		return 0;
	uint32_t code_point = bytes[0] & (0xFFu >> (wanted + 1));
	for (size_t i = 1; i < wanted; i++) {
		if (!is_continuation(bytes[i]))
			return 0;
		code_point = code_point << 6 | (bytes[i] & 0x3Fu);
	}
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (code_point < smallest[wanted] || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
		return 0;
	*ret_code_point = code_point;
	return wanted;
}

size_t utf8_write(uint32_t code_point, char ret_text[UTF8_MAX_BYTES])
{
	if (code_point < 0x80) {
		ret_text[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		ret_text[0] = (char)(0xC0 | code_point >> 6);
		ret_text[1] = (char)(0x80 | (code_point & 0x3F));
		return 2;
	}
	if (code_point < 0x10000) {
		ret_text[0] = (char)(0xE0 | code_point >> 12);
		ret_text[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
		ret_text[2] = (char)(0x80 | (code_point & 0x3F));
		return 3;
	}
	ret_text[0] = (char)(0xF0 | code_point >> 18);
	ret_text[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
	ret_text[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
	ret_text[3] = (char)(0x80 | (code_point & 0x3F));
	return 4;
}
