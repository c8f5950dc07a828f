/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers of name servers. */
#include "base/dns_txt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define HEAD(answers) "\0\7\x81\x80\0\1\0" answers "\0\0\0\0" "\1a\7example\0\0\20\0\1"
#define RECORD(type, data_len) "\xc0\x0c\0" type "\0\1\0\0\0\74\0" data_len

static bool read(struct arena *arena, const char *message, size_t len, struct str **ret_texts, size_t *ret_count)
{
	return dns_txt_read(arena, (struct str){ message, len }, ret_texts, ret_count);
}
#define READ(literal) read(arena, literal, sizeof(literal) - 1, &texts, &count)

static void strings_of_a_record_are_joined(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str *texts;
	size_t count;
	assert_true(READ(HEAD("\2") RECORD("\20", "\6") "\2ab\2cd" RECORD("\20", "\2") "\1x"));
	assert_int_equal(count, 2);
	assert_true(str_eq(texts[0], STR_LITERAL("abcd")));
	assert_true(str_eq(texts[1], STR_LITERAL("x")));
}

static void other_records_are_passed_by(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str *texts;
	size_t count;
	assert_true(READ(HEAD("\2") RECORD("\5", "\2") "\xc0\x0c" RECORD("\20", "\2") "\1x"));
	assert_int_equal(count, 1);
	assert_true(READ(HEAD("\0")));
	assert_int_equal(count, 0);
}

static void a_string_longer_than_its_record_is_left_out(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str *texts;
	size_t count;
	assert_true(READ(HEAD("\1") RECORD("\20", "\4") "\1a\7b"));
	assert_int_equal(count, 1);
	assert_true(str_eq(texts[0], STR_LITERAL("a")));
}

static void what_is_cut_off_is_no_answer(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str *texts;
	size_t count;
	assert_false(READ(""));
	assert_false(READ("\0\7\x81\x80\0\1\0\1"));
	assert_false(READ(HEAD("\1") RECORD("\20", "\11") "\1a"));
	assert_false(READ(HEAD("\2") RECORD("\20", "\2") "\1a"));
}

static void what_is_no_name_and_no_server_is_not_asked(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str *texts;
	size_t count;
	assert_int_equal(dns_txt_query(arena, STR_LITERAL(""), STR_LITERAL(""), &texts, &count), ERROR_BAD_REQUEST);
	assert_int_equal(dns_txt_query(arena, STR_LITERAL("nowhere"), STR_LITERAL("a.example"), &texts, &count), ERROR_BAD_REQUEST);
	assert_int_equal(dns_txt_query(arena, STR_LITERAL("[::1]:53"), STR_LITERAL("a.example"), &texts, &count), ERROR_BAD_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_of_a_record_are_joined),
		cmocka_unit_test(other_records_are_passed_by),
		cmocka_unit_test(a_string_longer_than_its_record_is_left_out),
		cmocka_unit_test(what_is_cut_off_is_no_answer),
		cmocka_unit_test(what_is_no_name_and_no_server_is_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
