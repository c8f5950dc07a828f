/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Text as it is searched. */
#include "base/search_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_words(const char *text, bool is_french, const char *expected)
{
	AUTO(buf) struct buf out = { 0 };
	search_text_add(&out, str_from(text), is_french);
	buf_add_char(&out, '\0');
	assert_string_equal(out.data, expected);
}

static void words_are_folded_and_cut(void **state)
{
	(void)state;
	assert_words("", false, "");
	assert_words("  !?, -- \" ' : & | ", false, "");
	assert_words("Crème brûlée, l'Été!", false, "creme brulee l ete");
	assert_words("Œuvre STRASSE straße Łódź", false, "oeuvre strasse strasse lodz");
	assert_words("a-b_c 3.14 x2", false, "a b c 3 14 x2");
	assert_words("Ελλάδα Москва", false, "ελλαδα москва");
	assert_words("한국어", false, "한국어");
}

static void french_participles_lose_an_e(void **state)
{
	(void)state;
	assert_words("Mangée publiées idée fée", true, "mange publies ide fee");
	assert_words("mangée", false, "mangee");
}

static void writing_without_spaces_becomes_pairs(void **state)
{
	(void)state;
	assert_words("日本語 a", false, "日本 本語 a");
	assert_words("x日y", false, "x 日 y");
}

static void long_words_and_texts_are_cut(void **state)
{
	(void)state;
	AUTO(buf) struct buf text = { 0 }, out = { 0 };
	for (int i = 0; i < 300000; i++)
		buf_add_char(&text, 'a');
	assert_int_equal(search_text_add(&out, buf_str(&text), false), 1);
	assert_int_equal(out.len, SEARCH_WORD_MAX_CHARACTERS);
	buf_clear(&text);
	for (int i = 0; i < 300000; i++)
		buf_add_c_string(&text, "é ");
	buf_clear(&out);
	search_text_add(&out, buf_str(&text), false);
	assert_true(out.len <= SEARCH_TEXT_MAX_BYTES);
}

static void several_texts_follow_each_other(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	search_text_add(&out, STR_LITERAL("One"), false);
	search_text_add(&out, STR_LITERAL("two."), false);
	search_text_add(&out, STR_LITERAL("三"), false);
	assert_true(str_eq(buf_str(&out), STR_LITERAL("one two 三")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_folded_and_cut),
		cmocka_unit_test(french_participles_lose_an_e),
		cmocka_unit_test(writing_without_spaces_becomes_pairs),
		cmocka_unit_test(long_words_and_texts_are_cut),
		cmocka_unit_test(several_texts_follow_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
