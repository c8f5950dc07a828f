/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Host names: to A-labels for the machine, to U-labels for people where no label can be taken for another
 * one. Plain ASCII names skip libidn2, which refuses names in use such as "r3---sn.example". */
#include "base/url.h"

#include "base/mutant.h"
#include "base/utf8.h"

#include <idn2.h>
#include <string.h>
#include <unictype.h>

#define MAX_HOST_BYTES 253
#define MAX_LABEL_BYTES 63

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters, digits and inner hyphens in lower case: STD 3. */
static bool is_host_label(struct str label)
{
	if (label.len == 0 || label.len > MAX_LABEL_BYTES || label.data[0] == '-' || label.data[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.data[i];
		if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-')
			return false;
	}
	return true;
}

/* "1", "0x7f" and "0x" are numbers to inet_aton and to browsers when they are the last label. */
static bool is_numeric_label(struct str label)
{
	size_t at = 0;
	while (at < label.len && is_digit(label.data[at]))
		at++;
	if (at == label.len)
		return true;
	if (at != 1 || label.data[0] != '0' || label.data[1] != 'x')
		return false;
	for (at = 2; at < label.len; at++) {
		if (!is_digit(label.data[at]) && !(label.data[at] >= 'a' && label.data[at] <= 'f'))
			return false;
	}
	return true;
}

static bool is_host_name(struct str host)
{
	if (host.len == 0 || host.len > MAX_HOST_BYTES)
		return false;
	struct str label = { 0 };
	while (str_split_next(&host, '.', &label)) {
		if (!is_host_label(label))
			return false;
	}
	return !is_numeric_label(label) || MUTANT("url_numeric_host");
}

static bool needs_idna(struct str host)
{
	for (size_t i = 0; i < host.len; i++) {
		if ((unsigned char)host.data[i] >= 0x80)
			return true;
	}
	struct str label;
	while (str_split_next(&host, '.', &label)) {
		if (str_eq_nocase(str_slice(label, 0, 4), STR_LITERAL("xn--")))
			return true;
	}
	return false;
}

static bool to_a_labels(struct arena *arena, struct str host, struct str *ret_host)
{
	uint8_t *mapped = NULL;
	const char *name = arena_c_string(arena, host);
	int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES;
	if (idn2_lookup_u8((const uint8_t *)name, &mapped, flags) != IDN2_OK)
		return false;
	*ret_host = arena_lower(arena, str_from((const char *)mapped));
	idn2_free(mapped);
	return true;
}

bool url_canonical_host(struct arena *arena, struct str host, struct str *ret_host)
{
	/* 4 bytes a character and the dots bound what can become 253 bytes. */
	if (host.len == 0 || host.len > (size_t)4 * (MAX_HOST_BYTES + 1) || str_contains_char(host, '\0'))
		return false;
	struct str canonical;
	if (!needs_idna(host))
		canonical = arena_lower(arena, host);
	else if (!str_is_utf8(host) || !to_a_labels(arena, host, &canonical))
		return false;
	if (canonical.len > 0 && canonical.data[canonical.len - 1] == '.')
		canonical.len--;
	if (!is_host_name(canonical))
		return false;
	*ret_host = canonical;
	return true;
}

/* Which scripts one label may mix with Latin: those of Chinese, Japanese and Korean text. */
enum script_group {
	SCRIPT_COMMON,
	SCRIPT_LATIN,
	SCRIPT_HAN,
	SCRIPT_KANA,
	SCRIPT_HANGUL,
	SCRIPT_BOPOMOFO,
	SCRIPT_OTHER,
};

static enum script_group script_group_of(const uc_script_t *script)
{
	static const struct {
		const char *name;
		enum script_group group;
	} groups[] = {
		{ "Common", SCRIPT_COMMON },
		{ "Inherited", SCRIPT_COMMON },
		{ "Latin", SCRIPT_LATIN },
		{ "Han", SCRIPT_HAN },
		{ "Hiragana", SCRIPT_KANA },
		{ "Katakana", SCRIPT_KANA },
		{ "Hangul", SCRIPT_HANGUL },
		{ "Bopomofo", SCRIPT_BOPOMOFO },
	};
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(script->name, groups[i].name) == 0)
			return groups[i].group;
	}
	return SCRIPT_OTHER;
}

/* Letters of Latin beyond those of living alphabets (phonetic signs, clicks that look like '!', the dotless
 * i) pass for others. */
static bool is_plain_latin(ucs4_t c)
{
	return c < 0x80 || (c >= 0xDF && c <= 0x17E && c != 0x131) || (c >= 0x1E00 && c <= 0x1EFF);
}

/* Small Cyrillic and Greek letters that look like Latin ones: a label of nothing else is a disguise. */
static bool looks_latin(ucs4_t c)
{
	static const uint16_t lookalikes[] = { 0x3B1, 0x3B3, 0x3B5, 0x3B7, 0x3B9, 0x3BA, 0x3BD, 0x3BF, 0x3C1, 0x3C4,
		0x3C5, 0x3C7, 0x3C9, 0x430, 0x433, 0x435, 0x43A, 0x43E, 0x43F, 0x440, 0x441, 0x443, 0x445, 0x44C, 0x455,
		0x456, 0x457, 0x458, 0x461, 0x475, 0x4AF, 0x4BB, 0x4CF, 0x501, 0x51B, 0x51D };
	for (size_t i = 0; i < sizeof(lookalikes) / sizeof(lookalikes[0]); i++) {
		if (lookalikes[i] == c)
			return true;
	}
	return c < 0x80;
}

static bool is_safe_mix(unsigned groups, unsigned other_scripts)
{
	if (other_scripts > 0)
		return other_scripts == 1 && groups == 0;
	unsigned cjk = groups & ~(1u << SCRIPT_LATIN);
	return (cjk & ~(1u << SCRIPT_HAN | 1u << SCRIPT_KANA)) == 0 ||
		(cjk & ~(1u << SCRIPT_HAN | 1u << SCRIPT_HANGUL)) == 0 ||
		(cjk & ~(1u << SCRIPT_HAN | 1u << SCRIPT_BOPOMOFO)) == 0;
}

/* Letters, marks and digits of one script (or one East Asian mix) that do not all look like Latin. */
static bool is_safe_label(const ucs4_t *label, size_t count)
{
	uc_general_category_t allowed = uc_general_category_or(uc_general_category_or(UC_LETTER, UC_MARK),
		UC_DECIMAL_DIGIT_NUMBER);
	unsigned groups = 0;
	unsigned other_scripts = 0;
	const uc_script_t *other = NULL;
	bool is_ascii = true;
	bool is_disguise = true;
	for (size_t i = 0; i < count; i++) {
		const uc_script_t *script = uc_script(label[i]);
		enum script_group group = script ? script_group_of(script) : SCRIPT_OTHER;
		if (!script || (label[i] != '-' && !uc_is_general_category(label[i], allowed)))
			return false;
		if (group == SCRIPT_LATIN && !is_plain_latin(label[i]))
			return false;
		if (group == SCRIPT_OTHER && script != other) {
			other = script;
			other_scripts++;
		} else if (group != SCRIPT_OTHER && group != SCRIPT_COMMON) {
			groups |= 1u << group;
		}
		is_ascii = is_ascii && label[i] < 0x80;
		is_disguise = is_disguise && looks_latin(label[i]);
	}
	return is_ascii || (is_safe_mix(groups, other_scripts) && (!is_disguise || MUTANT("url_display_disguise")));
}

static bool is_safe_to_show(struct str host)
{
	struct str part;
	while (str_split_next(&host, '.', &part)) {
		ucs4_t label[MAX_LABEL_BYTES];
		size_t count = 0;
		for (size_t at = 0; at < part.len; count++) {
			size_t len = count < MAX_LABEL_BYTES ? utf8_read(part.data + at, part.len - at, &label[count]) : 0;
			if (len == 0)
				return false;
			at += len;
		}
		if (!is_safe_label(label, count))
			return false;
	}
	return true;
}

struct str url_display_host(struct arena *arena, struct str host)
{
	char *unicode = NULL;
	if (!needs_idna(host) || host.len > MAX_HOST_BYTES || str_contains_char(host, '\0'))
		return host;
	if (idn2_to_unicode_8z8z(arena_c_string(arena, host), &unicode, 0) != IDN2_OK)
		return host;
	struct str shown = arena_str(arena, str_from(unicode));
	idn2_free(unicode);
	struct str again;
	bool is_same = url_canonical_host(arena, shown, &again) && str_eq(again, host);
	return is_same && is_safe_to_show(shown) ? shown : host;
}
