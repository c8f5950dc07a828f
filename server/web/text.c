/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of texts, and the few rules of each language that a table cannot hold. */
#include "server/web/text.h"

#include <assert.h>
#include <time.h>

#define TEXT_IS_COMPLETE(name, english, french) \
	_Static_assert(sizeof(english) > 1 && sizeof(french) > 1, #name " lacks a translation");
TEXTS(TEXT_IS_COMPLETE)
#undef TEXT_IS_COMPLETE

#define TEXT_ROW(name, english, french) [name] = { [LANGUAGE_ENGLISH] = STR(english), [LANGUAGE_FRENCH] = STR(french) },
static const struct str texts[TEXT_COUNT][LANGUAGE_COUNT] = { TEXTS(TEXT_ROW) };
#undef TEXT_ROW

static const struct {
	struct str tag;
	struct str thousands;
} languages[] = {
	[LANGUAGE_ENGLISH] = { STR("en"), STR(",") },
	[LANGUAGE_FRENCH] = { STR("fr"), STR("\u202f") },
};
_Static_assert(sizeof(languages) / sizeof(languages[0]) == LANGUAGE_COUNT, "a language lacks its rules");

struct str text_get(enum language language, enum text text)
{
	assert(language < LANGUAGE_COUNT && text < TEXT_COUNT);
	return texts[text][language];
}

struct str language_tag(enum language language)
{
	return languages[language].tag;
}

bool language_from_tag(struct str tag, enum language *ret_language)
{
	struct str primary = str_slice(tag, 0, str_index_of(tag, '-', 0));

	for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
		if (str_eq_nocase(primary, languages[language].tag)) {
			*ret_language = language;
			return true;
		}
	}
	return false;
}

struct str text_date(struct arena *arena, enum language language, int64_t time_us)
{
	time_t seconds = (time_t)(time_us / 1000000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm))
		return (struct str){ "", 0 };
	struct str month = text_get(language, TEXT_MONTH_1 + (enum text)tm.tm_mon);
	const char *ordinal = language == LANGUAGE_FRENCH && tm.tm_mday == 1 ? "er" : "";
	return arena_printf(arena, "%d%s %.*s %d", tm.tm_mday, ordinal, STR_ARG(month), tm.tm_year + 1900);
}

enum text text_for_count(enum language language, int64_t count, enum text one, enum text many)
{
	return count == 1 || (count == 0 && language == LANGUAGE_FRENCH) ? one : many;
}

struct str text_number(struct arena *arena, enum language language, int64_t number)
{
	struct str digits = arena_printf(arena, "%llu", number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number);
	struct str parts[16];
	size_t count = 0;

	if (number < 0)
		parts[count++] = STR_LITERAL("-");
	for (size_t from = 0; from < digits.len;) {
		size_t to = digits.len - ((digits.len - from - 1) / 3) * 3;
		if (from > 0)
			parts[count++] = languages[language].thousands;
		parts[count++] = str_slice(digits, from, to);
		from = to;
	}
	return arena_join(arena, parts, count);
}
