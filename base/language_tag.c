/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tags are not looked up in any list: new languages come by themselves. */
#include "base/language_tag.h"

#include <string.h>

bool language_is_tag(struct str text)
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	if (text.len < 2 || text.len > LANGUAGE_TAG_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool is_hyphen = text.data[i] == '-' || text.data[i] == '_';
		if (text.data[i] == '\0' || !strchr(known, text.data[i]))
			return false;
		if (is_hyphen && (i == 0 || i + 1 == text.len || text.data[i - 1] == '-' || text.data[i - 1] == '_'))
			return false;
	}
	return true;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Of a country two capitals, of a script the first of four; all else is small. */
static void write_part(char *part, size_t len)
{
	if (len == 4 || len == 2)
		part[0] = upper(part[0]);
	if (len == 2)
		part[1] = upper(part[1]);
}

struct str language_tag_read(struct arena *arena, struct str text)
{
	if (!language_is_tag(text))
		return (struct str){ 0 };
	char *tag = arena_c_string(arena, arena_lower(arena, text));
	size_t begin = 0;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && tag[i] != '-' && tag[i] != '_')
			continue;
		if (i < text.len)
			tag[i] = '-';
		if (begin)
			write_part(tag + begin, i - begin);
		begin = i + 1;
	}
	return (struct str){ tag, text.len };
}
