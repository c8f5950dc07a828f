/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Decomposed, stripped of marks, case folded, composed again (so that Hangul stays syllables), then cut into words. */
#include "base/search_text.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

struct words {
	struct buf *out;
	bool is_french;
	size_t word_start;      /* in out */
	size_t characters;      /* of the word so far; 0: between words */
	size_t count;
	ucs4_t previous_dense;  /* the last character of writing without spaces; 0 for none */
	bool has_pair;          /* it stands in a word already */
};

static void add_character(struct buf *out, ucs4_t character)
{
	uint8_t bytes[6];
	int len = u8_uctomb(bytes, character, sizeof(bytes));
	if (len > 0)
		buf_add(out, bytes, (size_t)len);
}

static void begin_word(struct words *words)
{
	if (words->out->len && words->out->data[words->out->len - 1] != ' ')
		buf_add_char(words->out, ' ');
	words->word_start = words->out->len;
	words->count++;
}

static void end_word(struct words *words)
{
	struct str word = str_slice(buf_str(words->out), words->word_start, words->out->len);
	if (words->characters && words->is_french) {
		if (str_ends_with(word, STR_LITERAL("ees")) && word.len > 4)
			words->out->data[--words->out->len - 1] = 's';
		else if (str_ends_with(word, STR_LITERAL("ee")) && word.len > 3)
			words->out->len--;
	}
	words->characters = 0;
}

static void end_dense(struct words *words)
{
	if (words->previous_dense && !words->has_pair) {
		begin_word(words);
		add_character(words->out, words->previous_dense);
	}
	words->previous_dense = 0;
	words->has_pair = false;
}

static bool is_dense(ucs4_t c)
{
	return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
		(c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
		(c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_accent(ucs4_t c)
{
	return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x0652) ||
		(c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
		(c >= 0xFE00 && c <= 0xFE2F);
}

/* Letters that do not decompose. */
static const char *plain_of(ucs4_t c)
{
	switch (c) {
	case 0x00E6: return "ae";
	case 0x0153: return "oe";
	case 0x00F8: return "o";
	case 0x0111: return "d";
	case 0x0127: return "h";
	case 0x0131: return "i";
	case 0x0142: return "l";
	case 0x00FE: return "th";
	default: return NULL;
	}
}

static void add(struct words *words, ucs4_t c)
{
	if (is_dense(c) && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M)) {
		end_word(words);
		if (words->previous_dense) {
			begin_word(words);
			add_character(words->out, words->previous_dense);
			add_character(words->out, c);
			words->has_pair = true;
		}
		words->previous_dense = c;
		return;
	}
	end_dense(words);
	if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N)) {
		end_word(words);
		return;
	}
	if (!words->characters)
		begin_word(words);
	if (words->characters++ >= SEARCH_WORD_MAX_CHARACTERS)
		return;
	const char *plain = plain_of(c);
	if (plain)
		buf_add_c_string(words->out, plain);
	else
		add_character(words->out, c);
}

static uint8_t *fold(struct str text, size_t *ret_len)
{
	size_t len = 0, kept = 0, composed_len = 0;
	uint8_t *bytes = u8_casefold((const uint8_t *)text.data, text.len, NULL, UNINORM_NFKD, NULL, &len);
	if (!bytes)
		return NULL;
	for (size_t at = 0; at < len;) {
		ucs4_t c;
		int width = u8_mbtouc(&c, bytes + at, len - at);
		for (int i = 0; i < width && !is_accent(c); i++)
			bytes[kept++] = bytes[at + (size_t)i];
		at += (size_t)width;
	}
	uint8_t *composed = u8_normalize(UNINORM_NFC, bytes, kept, NULL, &composed_len);
	memory_free(bytes);
	*ret_len = composed_len;
	return composed;
}

size_t search_text_add(struct buf *out, struct str text, bool is_french)
{
	size_t len = 0;
	if (text.len > SEARCH_TEXT_MAX_BYTES) {
		size_t end = SEARCH_TEXT_MAX_BYTES;
		while (end && ((unsigned char)text.data[end] & 0xC0) == 0x80)
			end--;
		text = str_slice(text, 0, end);
	}
	if (!text.len)
		return 0;
	uint8_t *folded = fold(text, &len);
	struct words words = { .out = out, .is_french = is_french };
	for (size_t at = 0; folded && at < len && out->len < 2 * SEARCH_TEXT_MAX_BYTES;) {
		ucs4_t c;
		at += (size_t)u8_mbtouc(&c, folded + at, len - at);
		add(&words, c);
	}
	end_dense(&words);
	end_word(&words);
	memory_free(folded);
	return words.count;
}
