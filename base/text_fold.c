/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Most texts are ASCII and need no tables. */
#include "base/text_fold.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] >= 0x80)
			return false;
	return true;
}

/* Not in the middle of a character. */
static struct str cut(struct str text)
{
	if (text.len <= TEXT_FOLD_MAX_BYTES)
		return text;
	size_t len = TEXT_FOLD_MAX_BYTES;
	while (len && ((unsigned char)text.data[len] & 0xC0) == 0x80)
		len--;
	return str_slice(text, 0, len);
}

struct str text_fold(struct arena *arena, struct str text)
{
	text = cut(text);
	if (is_ascii(text))
		return arena_lower(arena, text);
	size_t len = text.len * 2 + 64;
	uint8_t *room = arena_alloc(arena, len);
	uint8_t *folded = u8_casefold((const uint8_t *)text.data, text.len, NULL, UNINORM_NFKC, room, &len);
	if (!folded)
		return arena_lower(arena, text);
	if (folded == room)
		return (struct str){ (const char *)room, len };
	struct str copy = arena_str(arena, (struct str){ (const char *)folded, len });
	memory_free(folded);
	return copy;
}

bool text_is_word_character(uint32_t code_point)
{
	if (code_point < 0x80)
		return (code_point >= 'a' && code_point <= 'z') || (code_point >= 'A' && code_point <= 'Z') ||
			(code_point >= '0' && code_point <= '9') || code_point == '_';
	return uc_is_general_category_withtable(code_point,
		UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_Pc);
}
