/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One pass each. */
#include "base/text_line.h"

#include "base/mutant.h"

#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>

#define MAX_MARKS 4 /* combining marks upon each other: more than any language needs */
#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

static bool is_joiner(ucs4_t character)
{
	return character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
}

/* What shows nothing, or changes how its neighbours are shown. */
static bool is_deceptive(ucs4_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x00ad || character == 0x061c ||
		(character >= 0x200b && character <= 0x200f && !is_joiner(character)) ||
		(character >= 0x2028 && character <= 0x202e) || (character >= 0x2060 && character <= 0x206f) ||
		character == 0xfeff;
}

struct str text_line(struct arena *arena, struct str text, size_t max_bytes)
{
	char *line = arena_alloc(arena, (text.len < max_bytes ? text.len : max_bytes) + 1);
	size_t used = 0;
	size_t len = 0;
	unsigned marks = 0;
	bool is_after_joiner = false;
	for (size_t pos = 0; pos < text.len; pos += len) {
		ucs4_t character = 0;
		len = (size_t)u8_mbtouc(&character, (const uint8_t *)text.data + pos, text.len - pos);
		bool is_space = uc_is_property_white_space(character);
		bool is_mark = uc_is_general_category_withtable(character, UC_CATEGORY_MASK_M);
		marks = is_mark ? marks + 1 : 0;
		if (is_space && (used == 0 || line[used - 1] == ' '))
			continue;
		if (!is_space && is_deceptive(character) && !MUTANT("text_deceptive"))
			continue;
		if (marks > MAX_MARKS || (is_joiner(character) && is_after_joiner))
			continue;
		is_after_joiner = is_joiner(character);
		if (used + (is_space ? 1 : len) > max_bytes)
			break;
		memcpy(line + used, is_space ? " " : text.data + pos, is_space ? 1 : len);
		used += is_space ? 1 : len;
	}
	while (used > 0 && line[used - 1] == ' ')
		used--;
	line[used] = '\0';
	return (struct str){ line, used };
}

struct str text_lines(struct arena *arena, struct str text)
{
	char *kept = arena_alloc(arena, text.len + 1);
	size_t used = 0;
	size_t len = 0;
	for (size_t pos = 0; pos < text.len; pos += len) {
		ucs4_t character = 0;
		len = (size_t)u8_mbtouc(&character, (const uint8_t *)text.data + pos, text.len - pos);
		if (is_deceptive(character) && character != '\n' && character != '\t' && !MUTANT("text_lines_deceptive"))
			continue;
		memcpy(kept + used, text.data + pos, len);
		used += len;
	}
	kept[used] = '\0';
	return (struct str){ kept, used };
}

#define VARIATION_SELECTOR_EMOJI 0xfe0f
#define EMOJI_MAX_BYTES 64

bool text_is_emoji(struct arena *arena, struct str text)
{
	bool is_shown_as_emoji = false;
	size_t starts = 0;
	size_t len = 0;
	ucs4_t before = 0;
	if (text.len == 0 || text.len > EMOJI_MAX_BYTES || !str_is_utf8(text))
		return false;
	char *is_start = arena_alloc(arena, text.len + 1);
	u8_grapheme_breaks((const uint8_t *)text.data, text.len, is_start);
	for (size_t pos = 0; pos < text.len; pos += len) {
		ucs4_t character = 0;
		len = (size_t)u8_mbtouc(&character, (const uint8_t *)text.data + pos, text.len - pos);
		starts += is_start[pos] != 0;
		is_shown_as_emoji |= uc_is_property_emoji_presentation(character) ||
			(character == VARIATION_SELECTOR_EMOJI && uc_is_property_emoji(before));
		before = character;
	}
	return starts == 1 && is_shown_as_emoji;
}
