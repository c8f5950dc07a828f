/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What names look like. */
#include "base/name_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 24);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* -1: not alike. */
static int distance_of(const char *one, const char *other)
{
	struct name_shape a = name_shape_of(arena, str_from(one)), b = name_shape_of(arena, str_from(other));
	int distance, back;
	bool is_alike = name_shape_is_alike(&a, &b, &distance);
	assert_int_equal(name_shape_is_alike(&b, &a, &back), is_alike);
	assert_true(!is_alike || back == distance);
	return is_alike ? distance : -1;
}

static void what_looks_the_same_is_the_same(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "Fleurs", "fleurs" }, { "Fleurs de Marie", "fleurs_de-marie" }, { "Société", "societe" },
		{ "Société", "Socie\xCC\x81te\xCC\x81" }, { "paypal", "p\xD0\xB0yp\xD0\xB0l" /* Cyrillic a */ }, { "fleurs", "f1eurs" },
		{ "fleurs", "fleur5" }, { "google", "g00gle" }, { "bank", "B\xCE\x91NK" /* Greek capital alpha */ },
		{ "modern", "rnodern" }, { "swiss", "svviss" }, { "Illico", "llIico" }, { "orange", "\xEF\xBD\x8F\xEF\xBD\x92""ange" },
		{ "orange", "\xD0\x9Erange" /* Cyrillic capital o */ }, { "fleurs", "f\xC5\x82""eurs" }, { "metro", "m\xE2\x82\xACtro" },
		{ "vols", "\xF0\x9D\x93\xBFols" /* mathematical v */ }, { "fleurs", "\xE2\x9C\xA8 Fleurs \xE2\x9C\xA8" }, { "EDF", "edf." },
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (distance_of(same[i][0], same[i][1]) != 0)
			fail_msg("%s and %s: %d", same[i][0], same[i][1], distance_of(same[i][0], same[i][1]));
}

static void two_letters_make_no_other_name(void **state)
{
	(void)state;
	assert_int_equal(distance_of("fleurs", "fleur"), 1);
	assert_int_equal(distance_of("fleurs", "fleurss"), 1);
	assert_int_equal(distance_of("fleurs", "felurs"), 1); /* two that were swapped */
	assert_int_equal(distance_of("fleurs", "flowrs"), 2);
	assert_int_equal(distance_of("fleurs", "xfleursx"), 2);
	assert_int_equal(distance_of("fleurs", "forum"), -1);
	assert_int_equal(distance_of("fleurs", "fleuriste"), -1);
	assert_int_equal(distance_of("fleurs", "chaussures"), -1);
}

static void short_names_are_alike_when_they_are_equal(void **state)
{
	(void)state;
	assert_int_equal(distance_of("edf", "EDF"), 0);
	assert_int_equal(distance_of("edf", "\xC3\xA9""df"), 0);
	assert_int_equal(distance_of("edf", "edg"), -1);
	assert_int_equal(distance_of("edf", "edfs"), -1);
	assert_int_equal(distance_of("abcd", "abcde"), 1);
}

static void nothing_looks_like_no_name(void **state)
{
	(void)state;
	assert_int_equal(distance_of("", ""), -1);
	assert_int_equal(distance_of("\xE2\x9C\xA8", "\xE2\x9C\xA8"), -1);
	assert_int_equal(distance_of("\xFF\xFE", "\xFF\xFE"), -1);
	assert_int_equal(distance_of("abc", ""), -1);
}

static void a_long_name_is_cut(void **state)
{
	(void)state;
	char text[5001];
	memset(text, 'b', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	struct name_shape shape = name_shape_of(arena, str_from(text));
	assert_int_equal(shape.count, NAME_SHAPE_MAX);
	assert_int_equal(distance_of(text, text), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_looks_the_same_is_the_same),
		cmocka_unit_test(two_letters_make_no_other_name),
		cmocka_unit_test(short_names_are_alike_when_they_are_equal),
		cmocka_unit_test(nothing_looks_like_no_name),
		cmocka_unit_test(a_long_name_is_cut),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
