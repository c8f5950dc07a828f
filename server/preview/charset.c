/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names of encodings as the Encoding standard reads them: whoever says Latin-1 means windows-1252. */
#include "server/preview/charset.h"

#include "base/buf.h"
#include "base/html_tokenizer.h"
#include "base/utf8.h"

#include <string.h>

#define LOOKED_AT_BYTES 4096 /* the standard says 1024; pages do not keep to it */

enum charset { CHARSET_UNKNOWN, CHARSET_NONE, CHARSET_UTF8, CHARSET_WINDOWS_1252, CHARSET_ISO_8859_15 };

static enum charset charset_by_name(struct str name)
{
	static const struct {
		struct str name;
		enum charset charset;
	} known[] = {
		{ STR("utf-8"), CHARSET_UTF8 }, { STR("utf8"), CHARSET_UTF8 }, { STR("unicode-1-1-utf-8"), CHARSET_UTF8 },
		{ STR("iso-8859-1"), CHARSET_WINDOWS_1252 }, { STR("iso8859-1"), CHARSET_WINDOWS_1252 },
		{ STR("iso_8859-1"), CHARSET_WINDOWS_1252 }, { STR("latin1"), CHARSET_WINDOWS_1252 },
		{ STR("windows-1252"), CHARSET_WINDOWS_1252 }, { STR("cp1252"), CHARSET_WINDOWS_1252 },
		{ STR("us-ascii"), CHARSET_WINDOWS_1252 }, { STR("ascii"), CHARSET_WINDOWS_1252 },
		{ STR("iso-8859-15"), CHARSET_ISO_8859_15 }, { STR("latin9"), CHARSET_ISO_8859_15 },
	};
	name = str_trim(name);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq_nocase(name, known[i].name))
			return known[i].charset;
	return name.len ? CHARSET_UNKNOWN : CHARSET_NONE;
}

/* "text/html; charset=utf-8" */
static enum charset charset_of_type(struct str type)
{
	static const struct str key = STR("charset=");
	struct str part;
	while (str_split_next(&type, ';', &part)) {
		part = str_trim(part);
		if (!str_eq_nocase(str_slice(part, 0, key.len), key))
			continue;
		struct str name = str_slice(part, key.len, part.len);
		if (name.len >= 2 && (name.data[0] == '"' || name.data[0] == '\''))
			name = str_slice(name, 1, str_index_of(name, name.data[0], 1));
		return charset_by_name(name);
	}
	return CHARSET_NONE;
}

static enum charset charset_of_meta(struct str attributes)
{
	struct html_attribute attribute;
	struct str content = { 0 };
	while (html_attribute_next(&attributes, &attribute)) {
		if (str_eq_nocase(attribute.name, STR_LITERAL("charset")))
			return charset_by_name(attribute.value);
		if (str_eq_nocase(attribute.name, STR_LITERAL("content")))
			content = attribute.value;
	}
	return charset_of_type(content);
}

static enum charset charset_of_page(struct str page)
{
	struct html_tokenizer tokenizer = { .input = str_slice(page, 0, LOOKED_AT_BYTES) };
	struct html_token token;
	while (html_token_next(&tokenizer, &token)) {
		if (token.kind != HTML_START_TAG || !str_eq_nocase(token.name, STR_LITERAL("meta")))
			continue;
		enum charset charset = charset_of_meta(token.attributes);
		if (charset != CHARSET_NONE)
			return charset;
	}
	return CHARSET_NONE;
}

/* 0x80 to 0x9f; 0 for what is not assigned. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

static uint32_t decode_byte(unsigned char byte, enum charset charset)
{
	if (byte < 0x80)
		return byte;
	if (charset == CHARSET_ISO_8859_15) {
		switch (byte) {
		case 0xA4: return 0x20AC;
		case 0xA6: return 0x0160;
		case 0xA8: return 0x0161;
		case 0xB4: return 0x017D;
		case 0xB8: return 0x017E;
		case 0xBC: return 0x0152;
		case 0xBD: return 0x0153;
		case 0xBE: return 0x0178;
		default: return byte;
		}
	}
	if (byte < 0xA0)
		return windows_1252[byte - 0x80] ? windows_1252[byte - 0x80] : UTF8_REPLACEMENT;
	return byte;
}

static struct str decode(struct arena *arena, struct str page, enum charset charset)
{
	AUTO(buf) struct buf out = { 0 };
	for (size_t i = 0; i < page.len; i++) {
		char character[UTF8_MAX_BYTES];
		buf_add(&out, character, utf8_write(decode_byte((unsigned char)page.data[i], charset), character));
	}
	return arena_str(arena, buf_str(&out));
}

bool charset_to_utf8(struct arena *arena, struct str page, struct str content_type, struct str *ret_text)
{
	static const struct str mark = STR("\xEF\xBB\xBF");
	if (str_starts_with(page, mark)) {
		*ret_text = str_slice(page, mark.len, page.len);
		return true;
	}
	enum charset charset = charset_of_type(content_type);
	if (charset == CHARSET_NONE)
		charset = charset_of_page(page);
	/* A wrong name for it is the commonest mistake. */
	if (charset != CHARSET_UTF8 && str_is_utf8(page))
		charset = CHARSET_UTF8;
	switch (charset) {
	case CHARSET_UNKNOWN:
		return false;
	case CHARSET_UTF8:
		*ret_text = page;
		return true;
	case CHARSET_NONE:
	case CHARSET_WINDOWS_1252:
	case CHARSET_ISO_8859_15:
		break;
	}
	*ret_text = decode(arena, page, charset == CHARSET_NONE ? CHARSET_WINDOWS_1252 : charset);
	return true;
}
