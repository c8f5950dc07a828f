/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The names of HTML 4, those of HTML 5 for ASCII characters, and the number forms. A name that is not here
 * stays as it was written. */
#include "base/html_entities.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NAME_BYTES 16

struct entity {
	char name[MAX_NAME_BYTES + 1];
	uint16_t code_point;
	bool is_legacy; /* also read without its semicolon */
};

/* Sorted by bytes. */
static const struct entity entities[] = {
	{ "AElig", 0xC6, true }, { "AMP", 0x26, true }, { "Aacute", 0xC1, true }, { "Acirc", 0xC2, true },
	{ "Agrave", 0xC0, true }, { "Alpha", 0x391, false }, { "Aring", 0xC5, true }, { "Atilde", 0xC3, true },
	{ "Auml", 0xC4, true }, { "Beta", 0x392, false }, { "COPY", 0xA9, true }, { "Ccedil", 0xC7, true },
	{ "Chi", 0x3A7, false }, { "Dagger", 0x2021, false }, { "Delta", 0x394, false }, { "ETH", 0xD0, true },
	{ "Eacute", 0xC9, true }, { "Ecirc", 0xCA, true }, { "Egrave", 0xC8, true }, { "Epsilon", 0x395, false },
	{ "Eta", 0x397, false }, { "Euml", 0xCB, true }, { "GT", 0x3E, true }, { "Gamma", 0x393, false },
	{ "Hat", 0x5E, false }, { "Iacute", 0xCD, true }, { "Icirc", 0xCE, true }, { "Igrave", 0xCC, true },
	{ "Iota", 0x399, false }, { "Iuml", 0xCF, true }, { "Kappa", 0x39A, false }, { "LT", 0x3C, true },
	{ "Lambda", 0x39B, false }, { "Mu", 0x39C, false }, { "NewLine", 0xA, false },
	{ "NonBreakingSpace", 0xA0, false }, { "Ntilde", 0xD1, true }, { "Nu", 0x39D, false },
	{ "OElig", 0x152, false }, { "Oacute", 0xD3, true }, { "Ocirc", 0xD4, true }, { "Ograve", 0xD2, true },
	{ "Omega", 0x3A9, false }, { "Omicron", 0x39F, false }, { "Oslash", 0xD8, true }, { "Otilde", 0xD5, true },
	{ "Ouml", 0xD6, true }, { "Phi", 0x3A6, false }, { "Pi", 0x3A0, false }, { "Prime", 0x2033, false },
	{ "Psi", 0x3A8, false }, { "QUOT", 0x22, true }, { "REG", 0xAE, true }, { "Rho", 0x3A1, false },
	{ "Scaron", 0x160, false }, { "Sigma", 0x3A3, false }, { "THORN", 0xDE, true }, { "Tab", 0x9, false },
	{ "Tau", 0x3A4, false }, { "Theta", 0x398, false }, { "Uacute", 0xDA, true }, { "Ucirc", 0xDB, true },
	{ "Ugrave", 0xD9, true }, { "Upsilon", 0x3A5, false }, { "Uuml", 0xDC, true }, { "Xi", 0x39E, false },
	{ "Yacute", 0xDD, true }, { "Yuml", 0x178, false }, { "Zeta", 0x396, false }, { "aacute", 0xE1, true },
	{ "acirc", 0xE2, true }, { "acute", 0xB4, true }, { "aelig", 0xE6, true }, { "agrave", 0xE0, true },
	{ "alefsym", 0x2135, false }, { "alpha", 0x3B1, false }, { "amp", 0x26, true }, { "and", 0x2227, false },
	{ "ang", 0x2220, false }, { "apos", 0x27, false }, { "aring", 0xE5, true }, { "ast", 0x2A, false },
	{ "asymp", 0x2248, false }, { "atilde", 0xE3, true }, { "auml", 0xE4, true }, { "bdquo", 0x201E, false },
	{ "beta", 0x3B2, false }, { "brvbar", 0xA6, true }, { "bsol", 0x5C, false }, { "bull", 0x2022, false },
	{ "cap", 0x2229, false }, { "ccedil", 0xE7, true }, { "cedil", 0xB8, true }, { "cent", 0xA2, true },
	{ "check", 0x2713, false }, { "chi", 0x3C7, false }, { "circ", 0x2C6, false }, { "clubs", 0x2663, false },
	{ "colon", 0x3A, false }, { "comma", 0x2C, false }, { "commat", 0x40, false }, { "cong", 0x2245, false },
	{ "copy", 0xA9, true }, { "crarr", 0x21B5, false }, { "cup", 0x222A, false }, { "curren", 0xA4, true },
	{ "dArr", 0x21D3, false }, { "dagger", 0x2020, false }, { "darr", 0x2193, false }, { "dash", 0x2010, false },
	{ "deg", 0xB0, true }, { "delta", 0x3B4, false }, { "diams", 0x2666, false }, { "divide", 0xF7, true },
	{ "dollar", 0x24, false }, { "eacute", 0xE9, true }, { "ecirc", 0xEA, true }, { "egrave", 0xE8, true },
	{ "empty", 0x2205, false }, { "emsp", 0x2003, false }, { "ensp", 0x2002, false }, { "epsilon", 0x3B5, false },
	{ "equals", 0x3D, false }, { "equiv", 0x2261, false }, { "eta", 0x3B7, false }, { "eth", 0xF0, true },
	{ "euml", 0xEB, true }, { "euro", 0x20AC, false }, { "excl", 0x21, false }, { "exist", 0x2203, false },
	{ "female", 0x2640, false }, { "fnof", 0x192, false }, { "forall", 0x2200, false }, { "frac12", 0xBD, true },
	{ "frac14", 0xBC, true }, { "frac34", 0xBE, true }, { "frasl", 0x2044, false }, { "gamma", 0x3B3, false },
	{ "ge", 0x2265, false }, { "grave", 0x60, false }, { "gt", 0x3E, true }, { "hArr", 0x21D4, false },
	{ "harr", 0x2194, false }, { "hearts", 0x2665, false }, { "hellip", 0x2026, false },
	{ "horbar", 0x2015, false }, { "hyphen", 0x2010, false }, { "iacute", 0xED, true }, { "icirc", 0xEE, true },
	{ "iexcl", 0xA1, true }, { "igrave", 0xEC, true }, { "image", 0x2111, false }, { "infin", 0x221E, false },
	{ "int", 0x222B, false }, { "iota", 0x3B9, false }, { "iquest", 0xBF, true }, { "isin", 0x2208, false },
	{ "iuml", 0xEF, true }, { "kappa", 0x3BA, false }, { "lArr", 0x21D0, false }, { "lambda", 0x3BB, false },
	{ "lang", 0x2329, false }, { "laquo", 0xAB, true }, { "larr", 0x2190, false }, { "lbrace", 0x7B, false },
	{ "lbrack", 0x5B, false }, { "lceil", 0x2308, false }, { "lcub", 0x7B, false }, { "ldquo", 0x201C, false },
	{ "le", 0x2264, false }, { "lfloor", 0x230A, false }, { "lowast", 0x2217, false }, { "lowbar", 0x5F, false },
	{ "loz", 0x25CA, false }, { "lpar", 0x28, false }, { "lrm", 0x200E, false }, { "lsaquo", 0x2039, false },
	{ "lsqb", 0x5B, false }, { "lsquo", 0x2018, false }, { "lt", 0x3C, true }, { "macr", 0xAF, true },
	{ "male", 0x2642, false }, { "mdash", 0x2014, false }, { "micro", 0xB5, true }, { "middot", 0xB7, true },
	{ "minus", 0x2212, false }, { "mu", 0x3BC, false }, { "nabla", 0x2207, false }, { "nbsp", 0xA0, true },
	{ "ndash", 0x2013, false }, { "ne", 0x2260, false }, { "ni", 0x220B, false }, { "not", 0xAC, true },
	{ "notin", 0x2209, false }, { "nsub", 0x2284, false }, { "ntilde", 0xF1, true }, { "nu", 0x3BD, false },
	{ "num", 0x23, false }, { "oacute", 0xF3, true }, { "ocirc", 0xF4, true }, { "oelig", 0x153, false },
	{ "ograve", 0xF2, true }, { "oline", 0x203E, false }, { "omega", 0x3C9, false }, { "omicron", 0x3BF, false },
	{ "oplus", 0x2295, false }, { "or", 0x2228, false }, { "ordf", 0xAA, true }, { "ordm", 0xBA, true },
	{ "oslash", 0xF8, true }, { "otilde", 0xF5, true }, { "otimes", 0x2297, false }, { "ouml", 0xF6, true },
	{ "para", 0xB6, true }, { "part", 0x2202, false }, { "percnt", 0x25, false }, { "period", 0x2E, false },
	{ "permil", 0x2030, false }, { "perp", 0x22A5, false }, { "phi", 0x3C6, false }, { "phone", 0x260E, false },
	{ "pi", 0x3C0, false }, { "piv", 0x3D6, false }, { "plus", 0x2B, false }, { "plusmn", 0xB1, true },
	{ "pound", 0xA3, true }, { "prime", 0x2032, false }, { "prod", 0x220F, false }, { "prop", 0x221D, false },
	{ "psi", 0x3C8, false }, { "quest", 0x3F, false }, { "quot", 0x22, true }, { "rArr", 0x21D2, false },
	{ "radic", 0x221A, false }, { "rang", 0x232A, false }, { "raquo", 0xBB, true }, { "rarr", 0x2192, false },
	{ "rbrace", 0x7D, false }, { "rbrack", 0x5D, false }, { "rceil", 0x2309, false }, { "rcub", 0x7D, false },
	{ "rdquo", 0x201D, false }, { "real", 0x211C, false }, { "reg", 0xAE, true }, { "rfloor", 0x230B, false },
	{ "rho", 0x3C1, false }, { "rlm", 0x200F, false }, { "rpar", 0x29, false }, { "rsaquo", 0x203A, false },
	{ "rsqb", 0x5D, false }, { "rsquo", 0x2019, false }, { "sbquo", 0x201A, false }, { "scaron", 0x161, false },
	{ "sdot", 0x22C5, false }, { "sect", 0xA7, true }, { "semi", 0x3B, false }, { "shy", 0xAD, true },
	{ "sigma", 0x3C3, false }, { "sigmaf", 0x3C2, false }, { "sim", 0x223C, false }, { "sol", 0x2F, false },
	{ "spades", 0x2660, false }, { "star", 0x2606, false }, { "sub", 0x2282, false }, { "sube", 0x2286, false },
	{ "sum", 0x2211, false }, { "sup", 0x2283, false }, { "sup1", 0xB9, true }, { "sup2", 0xB2, true },
	{ "sup3", 0xB3, true }, { "supe", 0x2287, false }, { "szlig", 0xDF, true }, { "tau", 0x3C4, false },
	{ "there4", 0x2234, false }, { "theta", 0x3B8, false }, { "thetasym", 0x3D1, false },
	{ "thinsp", 0x2009, false }, { "thorn", 0xFE, true }, { "tilde", 0x2DC, false }, { "times", 0xD7, true },
	{ "trade", 0x2122, false }, { "uArr", 0x21D1, false }, { "uacute", 0xFA, true }, { "uarr", 0x2191, false },
	{ "ucirc", 0xFB, true }, { "ugrave", 0xF9, true }, { "uml", 0xA8, true }, { "upsih", 0x3D2, false },
	{ "upsilon", 0x3C5, false }, { "uuml", 0xFC, true }, { "verbar", 0x7C, false }, { "vert", 0x7C, false },
	{ "weierp", 0x2118, false }, { "xi", 0x3BE, false }, { "yacute", 0xFD, true }, { "yen", 0xA5, true },
	{ "yuml", 0xFF, true }, { "zeta", 0x3B6, false }, { "zwj", 0x200D, false }, { "zwnj", 0x200C, false },
};

static int compare_entity(const void *key, const void *member)
{
	const struct entity *entity = member;
	return strcmp(key, entity->name);
}

static const struct entity *find_entity(const char *name, size_t len)
{
	char key[MAX_NAME_BYTES + 1] = { 0 };
	if (len > MAX_NAME_BYTES)
		return NULL;
	memcpy(key, name, len);
	return bsearch(key, entities, sizeof(entities) / sizeof(entities[0]), sizeof(entities[0]), compare_entity);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_character(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The code points that HTML reads as those of Windows-1252, U+0080 to U+009F. */
static const uint16_t windows_1252[32] = { 0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6,
	0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
	0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178 };

static int digit_value(char c, uint32_t base)
{
	if (is_digit(c))
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (base == 16 && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static size_t read_number(struct str text, uint32_t *ret_code_point)
{
	uint32_t base = text.len > 2 && (text.data[2] == 'x' || text.data[2] == 'X') ? 16 : 10;
	size_t start = base == 16 ? 3 : 2;
	size_t at = start;
	uint32_t value = 0;
	for (; at < text.len && digit_value(text.data[at], base) >= 0; at++) {
		if (value <= 0x10FFFF)
			value = value * base + (uint32_t)digit_value(text.data[at], base);
	}
	if (at == start)
		return 0;
	if (at < text.len && text.data[at] == ';')
		at++;
	if (value >= 0x80 && value <= 0x9F)
		value = windows_1252[value - 0x80];
	bool is_character = value != 0 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
	*ret_code_point = is_character ? value : UTF8_REPLACEMENT;
	return at;
}

/* "&copy=1" in an attribute is a parameter of a link, "&copy 2026" in text is a sign. */
static size_t read_legacy_name(struct str text, size_t name_end, bool in_attribute, uint32_t *ret_code_point)
{
	for (size_t end = name_end; end > 2; end--) {
		const struct entity *entity = find_entity(text.data + 1, end - 1);
		if (!entity || !entity->is_legacy)
			continue;
		bool goes_on = end < text.len && (text.data[end] == '=' || is_name_character(text.data[end]));
		if (in_attribute && goes_on)
			return 0;
		*ret_code_point = entity->code_point;
		return end;
	}
	return 0;
}

size_t html_entity_read(struct str text, bool in_attribute, uint32_t *ret_code_point)
{
	if (text.len > 1 && text.data[1] == '#')
		return read_number(text, ret_code_point);
	size_t name_end = 1;
	while (name_end < text.len && name_end <= MAX_NAME_BYTES && is_name_character(text.data[name_end]))
		name_end++;
	if (name_end < text.len && text.data[name_end] == ';') {
		const struct entity *entity = find_entity(text.data + 1, name_end - 1);
		if (entity) {
			*ret_code_point = entity->code_point;
			return name_end + 1;
		}
	}
	return read_legacy_name(text, name_end, in_attribute, ret_code_point);
}

/* Control characters and noncharacters have no place in text; a tab and a line end have. */
static bool is_text(uint32_t code_point)
{
	if (code_point < 0x20)
		return code_point == '\n' || code_point == '\t';
	return !(code_point >= 0x7F && code_point <= 0x9F) && !(code_point >= 0xFDD0 && code_point <= 0xFDEF) &&
		(code_point & 0xFFFE) != 0xFFFE;
}

size_t html_character_read(struct str text, bool in_attribute, char ret_character[UTF8_MAX_BYTES], size_t *ret_len)
{
	uint32_t code_point;
	size_t taken = text.data[0] == '&' ? html_entity_read(text, in_attribute, &code_point) : 0;
	if (taken == 0) {
		taken = utf8_read(text.data, text.len, &code_point);
		if (taken == 0) {
			code_point = UTF8_REPLACEMENT;
			taken = 1;
		}
		if (code_point == '\r') {
			code_point = '\n';
			taken += text.len > 1 && text.data[1] == '\n';
		}
	}
	*ret_len = is_text(code_point) ? utf8_write(code_point, ret_character) : 0;
	return taken;
}

void html_decode_attribute(struct buf *out, struct str value)
{
	for (size_t at = 0; at < value.len;) {
		char character[UTF8_MAX_BYTES];
		size_t len;
		at += html_character_read(str_slice(value, at, value.len), true, character, &len);
		buf_add(out, character, len);
	}
}
