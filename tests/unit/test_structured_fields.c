/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Dictionaries of RFC 8941: each case is written back in canonical form, or refused. */
#include "federation/structured_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* "name=value|" or "name=(list)|" for each member. */
static const char *show(struct arena *arena, const struct structured_dictionary *dictionary)
{
	AUTO(buf) struct buf buf = { 0 };
	for (size_t i = 0; i < dictionary->count; i++) {
		const struct structured_member *member = &dictionary->members[i];
		buf_add_str(&buf, member->name);
		buf_add_char(&buf, '=');
		if (member->is_list)
			structured_write_list(arena, member, &buf);
		else
			structured_write_value(arena, &member->items[0].value, &buf);
		buf_add_char(&buf, '|');
	}
	return arena_c_string(arena, buf_str(&buf));
}

static void dictionaries_are_read_and_written_back(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{ "", "" },
		{ "   ", "" },
		{ "a=1, b=-0, c=-999999999999999", "a=1|b=0|c=-999999999999999|" },
		{ "a,b;x,c=?0", "a=?1|b=?1|c=?0|" },
		{ "a=1 \t, \t b=2 ", "a=1|b=2|" },
		{ "a=\"x\\\"\\\\y\"", "a=\"x\\\"\\\\y\"|" },
		{ "a=tok/en:*", "a=tok/en:*|" },
		{ "*a.b_c-9=1.5", "*a.b_c-9=1.5|" },
		{ "a=:Zm9v:, b=:Zg:, c=::", "a=:Zm9v:|b=:Zg==:|c=::|" },
		{ "sig1=(  \"@method\"   \"date\" );created=1;  keyid=\"k\";flag",
			"sig1=(\"@method\" \"date\");created=1;keyid=\"k\";flag|" },
		{ "a=()", "a=()|" },
		{ "a=(\"x\";req;n=\"v\");no=?0", "a=(\"x\";req;n=\"v\");no=?0|" },
	};
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct structured_dictionary dictionary;
		if (!structured_parse_dictionary(arena, str_from(cases[i].text), &dictionary))
			fail_msg("%s is refused", cases[i].text);
		assert_string_equal(show(arena, &dictionary), cases[i].shown);
	}
}

static void malformed_dictionaries_are_refused(void **state)
{
	(void)state;
	static const struct str cases[] = {
		STR("a=1,"), STR(",a=1"), STR("a=1,,b=2"), STR("a=1 b=2"), STR("A=1"), STR("1=1"), STR("=1"), STR("a="),
		STR("a=,b"), STR("\ta=1"), STR("a=1\n"), STR("a=1;"), STR("a=1;A"), STR("a=1;x=1;x=2"), STR("a=1, a=1"),
		STR("a=\"x"), STR("a=\"x\\"), STR("a=\"x\\\""), STR("a=\"x\\y\""), STR("a=\"\xc3\xa9\""), STR("a=\"\t\""),
		STR("a=\"\x7f\""), STR("a=\"\0\""), STR("a=:Zm9v"), STR("a=:Z:"), STR("a=:Z m8=:"), STR("a=?2"), STR("a=?"),
		STR("a=1000000000000000"), STR("a=-"), STR("a=1."), STR("a=1.2345"), STR("a=1234567890123.1"), STR("a=--1"),
		STR("a=("), STR("a=(\"x\""), STR("a=(\"x\"\"y\")"), STR("a=(\"x\",\"y\")"), STR("a=((\"x\"))"), STR("a=(1)x"),
		STR("a=@1"), STR("a=%\"x\""), STR("\0"), STR("a\0=1"),
	};
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct structured_dictionary dictionary;
		char *exact = memory_new(cases[i].len); /* so that a byte read too far is noticed */
		memcpy(exact, cases[i].data, cases[i].len);
		bool is_read = structured_parse_dictionary(arena, (struct str){ exact, cases[i].len }, &dictionary);
		memory_free(exact);
		if (is_read)
			fail_msg("case %zu, %.*s, is read", i, STR_ARG(cases[i]));
	}
}

static bool is_list_read(const char *before, const char *format, unsigned count, const char *after)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(buf) struct buf buf = { 0 };
	struct structured_dictionary dictionary;
	buf_add_c_string(&buf, before);
	for (unsigned i = 0; i < count; i++) {
		buf_add_c_string(&buf, format);
		buf_add_int64(&buf, i);
	}
	buf_add_c_string(&buf, after);
	return structured_parse_dictionary(arena, buf_str(&buf), &dictionary);
}

static void each_count_has_its_bound(void **state)
{
	(void)state;
	assert_true(is_list_read("a", ",b", STRUCTURED_MAX_MEMBERS - 1, ""));
	assert_false(is_list_read("a", ",b", STRUCTURED_MAX_MEMBERS, ""));
	assert_true(is_list_read("a=(", " ", STRUCTURED_MAX_ITEMS, ")"));
	assert_false(is_list_read("a=(", " ", STRUCTURED_MAX_ITEMS + 1, ")"));
	assert_true(is_list_read("a=1", ";x", STRUCTURED_MAX_PARAMETERS, ""));
	assert_false(is_list_read("a=1", ";x", STRUCTURED_MAX_PARAMETERS + 1, ""));
}

static void names_are_found(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct structured_dictionary dictionary;
	assert_true(structured_parse_dictionary(arena, STR_LITERAL("a=1, b=();x=\"y\""), &dictionary));
	const struct structured_member *member = structured_find_member(&dictionary, STR_LITERAL("b"));
	assert_true(member && member->is_list);
	const struct structured_value *value = structured_find_parameter(&member->parameters, "x");
	assert_true(value && value->kind == STRUCTURED_STRING && str_eq(value->text, STR_LITERAL("y")));
	assert_null(structured_find_parameter(&member->parameters, "z"));
	assert_null(structured_find_member(&dictionary, STR_LITERAL("c")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dictionaries_are_read_and_written_back),
		cmocka_unit_test(malformed_dictionaries_are_refused),
		cmocka_unit_test(each_count_has_its_bound),
		cmocka_unit_test(names_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
