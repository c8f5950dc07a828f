/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Shapes of names. The table is of letters that many typefaces show alike; case folding and decomposition come before it. */
#include "base/name_shape.h"

#include "base/mutant.h"
#include "base/text_fold.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <unictype.h>
#include <uninorm.h>

#define NAME_MAX_BYTES 2000 /* more cannot be seen at a glance */

struct twin {
	uint32_t code_point;
	char letter;
};

/* By code point. */
static const struct twin twins[] = {
	{ 0x0024, 's' }, { 0x0030, 'o' }, { 0x0031, 'l' }, { 0x0032, 'z' }, { 0x0033, 'e' }, { 0x0034, 'a' },
	{ 0x0035, 's' }, { 0x0037, 't' }, { 0x0038, 'b' }, { 0x0039, 'g' }, { 0x0040, 'a' }, { 0x0069, 'l' },
	{ 0x007C, 'l' }, { 0x00F8, 'o' }, { 0x00FE, 'p' }, { 0x0111, 'd' }, { 0x0127, 'h' }, { 0x0131, 'l' },
	{ 0x0142, 'l' }, { 0x0167, 't' }, { 0x0185, 'b' }, { 0x0192, 'f' }, { 0x01B6, 'z' }, { 0x0251, 'a' },
	{ 0x0256, 'd' }, { 0x025B, 'e' }, { 0x0261, 'g' }, { 0x0262, 'g' }, { 0x0269, 'l' }, { 0x026A, 'l' },
	{ 0x0274, 'n' }, { 0x0280, 'r' }, { 0x028F, 'y' }, { 0x0299, 'b' }, { 0x029C, 'h' }, { 0x029F, 'l' },
	{ 0x03B1, 'a' }, { 0x03B2, 'b' }, { 0x03B3, 'y' }, { 0x03B5, 'e' }, { 0x03B7, 'n' }, { 0x03B9, 'l' },
	{ 0x03BA, 'k' }, { 0x03BC, 'u' }, { 0x03BD, 'v' }, { 0x03BF, 'o' }, { 0x03C1, 'p' }, { 0x03C3, 'o' },
	{ 0x03C4, 't' }, { 0x03C5, 'u' }, { 0x03C7, 'x' }, { 0x03C9, 'w' }, { 0x03F2, 'c' }, { 0x03F3, 'j' },
	{ 0x0430, 'a' }, { 0x0432, 'b' }, { 0x0433, 'r' }, { 0x0435, 'e' }, { 0x043A, 'k' }, { 0x043C, 'm' },
	{ 0x043D, 'h' }, { 0x043E, 'o' }, { 0x043F, 'n' }, { 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0442, 't' },
	{ 0x0443, 'y' }, { 0x0445, 'x' }, { 0x0446, 'u' }, { 0x0448, 'w' }, { 0x0449, 'w' }, { 0x044A, 'b' },
	{ 0x044C, 'b' }, { 0x044D, 'e' }, { 0x0454, 'e' }, { 0x0455, 's' }, { 0x0456, 'l' }, { 0x0458, 'j' },
	{ 0x0461, 'w' }, { 0x0475, 'v' }, { 0x0493, 'f' }, { 0x049B, 'k' }, { 0x04AF, 'y' }, { 0x04BB, 'h' },
	{ 0x04BD, 'e' }, { 0x04CF, 'l' }, { 0x0501, 'd' }, { 0x050D, 'g' }, { 0x051B, 'q' }, { 0x051D, 'w' },
	{ 0x0566, 'q' }, { 0x0570, 'h' }, { 0x0578, 'n' }, { 0x057C, 'n' }, { 0x057D, 'u' }, { 0x0581, 'g' },
	{ 0x0585, 'o' }, { 0x1D00, 'a' }, { 0x1D04, 'c' }, { 0x1D05, 'd' }, { 0x1D07, 'e' }, { 0x1D0A, 'j' },
	{ 0x1D0B, 'k' }, { 0x1D0D, 'm' }, { 0x1D0F, 'o' }, { 0x1D18, 'p' }, { 0x1D1B, 't' }, { 0x1D1C, 'u' },
	{ 0x1D20, 'v' }, { 0x1D21, 'w' }, { 0x1D22, 'z' }, { 0x1D26, 'r' }, { 0x20AC, 'e' }, { 0x217D, 'c' },
	{ 0xA4D2, 'd' }, { 0xA730, 'f' }, { 0xA731, 's' },
};

static int compare_twins(const void *key, const void *element)
{
	uint32_t code_point = *(const uint32_t *)key;
	const struct twin *twin = element;
	return (code_point > twin->code_point) - (code_point < twin->code_point);
}

static uint32_t letter_of(uint32_t code_point)
{
	const struct twin *twin = bsearch(&code_point, twins, sizeof(twins) / sizeof(twins[0]), sizeof(twins[0]), compare_twins);
	if (twin && !MUTANT("name_shape_twins"))
		return (unsigned char)twin->letter;
	if (code_point == '_' || uc_is_general_category_withtable(code_point, UC_CATEGORY_MASK_M))
		return 0;
	return text_is_word_character(code_point) ? code_point : 0;
}

/* Two letters that look like one. */
static void add_letter(struct name_shape *shape, uint32_t letter)
{
	uint32_t *last = shape->count ? &shape->letters[shape->count - 1] : NULL;
	if (last && *last == 'r' && letter == 'n')
		*last = 'm';
	else if (last && *last == 'v' && letter == 'v')
		*last = 'w';
	else if (shape->count < NAME_SHAPE_MAX)
		shape->letters[shape->count++] = letter;
}

static struct str cut(struct str name)
{
	size_t len = name.len < NAME_MAX_BYTES ? name.len : NAME_MAX_BYTES;
	while (len < name.len && len && ((unsigned char)name.data[len] & 0xC0) == 0x80)
		len--;
	return str_slice(name, 0, len);
}

struct name_shape name_shape_of(struct arena *arena, struct str name)
{
	struct name_shape shape = { .letters = arena_alloc_array(arena, NAME_SHAPE_MAX, sizeof(*shape.letters)) };
	if (!name.len || !str_is_utf8(name))
		return shape;
	struct str folded = text_fold(arena, cut(name));
	size_t len = 0;
	uint8_t *parts = u8_normalize(UNINORM_NFKD, (const uint8_t *)folded.data, folded.len, NULL, &len);
	if (!parts)
		return shape;
	for (size_t at = 0; at < len;) {
		uint32_t code_point;
		size_t step = utf8_read((const char *)parts + at, len - at, &code_point);
		if (!step)
			break;
		at += step;
		uint32_t letter = letter_of(code_point);
		if (letter)
			add_letter(&shape, letter);
	}
	memory_free(parts);
	return shape;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rows. */
int name_shape_distance(const struct name_shape *one, const struct name_shape *other)
{
	int rows[3][NAME_SHAPE_MAX + 1];
	const int more = NAME_SHAPE_DISTANCE_MAX + 1;
	size_t wide = one->count > other->count ? one->count - other->count : other->count - one->count;
	if (wide > NAME_SHAPE_DISTANCE_MAX)
		return more;
	for (size_t k = 0; k <= other->count; k++)
		rows[0][k] = (int)k;
	for (size_t i = 1; i <= one->count; i++) {
		int *row = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
		int smallest = row[0] = (int)i;
		for (size_t k = 1; k <= other->count; k++) {
			bool is_same = one->letters[i - 1] == other->letters[k - 1];
			row[k] = least(least(before[k], row[k - 1]) + 1, before[k - 1] + !is_same);
			if (i > 1 && k > 1 && one->letters[i - 1] == other->letters[k - 2] && one->letters[i - 2] == other->letters[k - 1])
				row[k] = least(row[k], two_before[k - 2] + 1);
			smallest = least(smallest, row[k]);
		}
		if (smallest > more)
			return more;
	}
	return least(rows[one->count % 3][other->count], more);
}

bool name_shape_is_alike(const struct name_shape *one, const struct name_shape *other, int *ret_distance)
{
	bool is_short = one->count < NAME_SHAPE_MIN_FUZZY || other->count < NAME_SHAPE_MIN_FUZZY;
	if (!one->count || !other->count)
		return false;
	int distance = name_shape_distance(one, other);
	if (distance > NAME_SHAPE_DISTANCE_MAX || (is_short && distance && !MUTANT("name_shape_short")))
		return false;
	*ret_distance = distance;
	return true;
}
