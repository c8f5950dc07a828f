/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Strings, arenas, buffers, maps, lists and errors. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/map.h"
#include "base/random.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void numbers_are_read_strictly(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_number;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 }, { "-1", true, -1 }, { "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN }, { "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 }, { "18446744073709551616", false, 0 }, { "", false, 0 },
		{ "-", false, 0 }, { "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 }, { "0x1", false, 0 },
		{ "1e3", false, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t value = 42;
		assert_int_equal(str_to_int64(str_from(cases[i].text), &value), cases[i].is_number);
		assert_int_equal(value, cases[i].is_number ? cases[i].value : 42);
	}
}

static void only_well_formed_utf8_passes(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		bool is_valid;
	} cases[] = {
		{ STR("plain ascii, longer than a word"), true }, { STR("d\xc3\xa9j\xc3\xa0 vu"), true },
		{ STR("\xf0\x9f\x8c\xb7 tulip"), true }, { STR("\xf4\x8f\xbf\xbf"), true }, { STR("\0"), true },
		{ STR("\xc0\xaf"), false }, { STR("\xe0\x80\xaf"), false }, { STR("\xed\xa0\x80"), false },
		{ STR("\xf4\x90\x80\x80"), false }, { STR("\xf8\x88\x80\x80\x80"), false }, { STR("12345678\xff"), false },
		{ STR("\xc3"), false }, { STR("\xe2\x82"), false }, { STR("\x80"), false }, { STR("\xc3\x28"), false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(str_is_utf8(cases[i].text), cases[i].is_valid);
}

static void splitting_keeps_empty_parts(void **state)
{
	(void)state;
	struct str rest = STR("a,,b,");
	struct str part;
	const char *expected[] = { "a", "", "b", "" };
	for (size_t i = 0; i < 4; i++) {
		assert_true(str_split_next(&rest, ',', &part));
		assert_true(str_eq(part, str_from(expected[i])));
	}
	assert_false(str_split_next(&rest, ',', &part));
}

static void searching_and_comparing_agree_with_their_contract(void **state)
{
	(void)state;
	struct str text = STR("Content-Length");
	assert_true(str_eq_nocase(text, STR_LITERAL("content-length")));
	assert_false(str_eq(text, STR_LITERAL("content-length")));
	assert_true(str_starts_with(text, STR_LITERAL("Content")));
	assert_true(str_ends_with(text, STR_LITERAL("Length")));
	assert_false(str_ends_with(STR_LITERAL("x"), text));
	assert_int_equal(str_index_of(text, 'L', 0), 8);
	assert_int_equal(str_index_of(text, 'L', 9), text.len);
	assert_int_equal(str_index_of_str(text, STR_LITERAL("-Len")), 7);
	assert_int_equal(str_index_of_str(text, STR_LITERAL("nope")), text.len);
	assert_true(str_compare(STR_LITERAL("ab"), STR_LITERAL("abc")) < 0);
	assert_true(str_compare(STR_LITERAL("b"), STR_LITERAL("abc")) > 0);
	assert_int_equal(str_slice(text, 9, 4).len, 0);
	assert_true(str_eq(str_trim(STR_LITERAL(" \t a b \t")), STR_LITERAL("a b")));
}

static void arena_memory_is_zeroed_even_after_reset(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (int round = 0; round < 3; round++) {
		for (size_t size_bytes = 1; size_bytes < 20000; size_bytes = size_bytes * 3 + 1) {
			char *memory = arena_alloc(arena, size_bytes);
			assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < size_bytes; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xee, size_bytes);
		}
		arena_reset(arena);
		assert_int_equal(arena_used_bytes(arena), 0);
	}
}

static void an_arena_over_its_limit_ends_the_process(void **state)
{
	(void)state;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO);
		struct arena *arena = arena_new(1000);
		memset(arena_alloc(arena, 600), 1, 600);
		memset(arena_alloc(arena, 600), 1, 600);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void arena_strings_end_in_nul(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	const struct str parts[] = { STR("https://"), STR("fleurs.example"), STR("/@fleurs") };
	struct str joined = arena_join(arena, parts, 3);
	assert_string_equal(joined.data, "https://fleurs.example/@fleurs");
	assert_string_equal(arena_printf(arena, "%d %s", 7, "roses").data, "7 roses");
	assert_string_equal(arena_lower(arena, STR_LITERAL("FLEURS.Example")).data, "fleurs.example");
	assert_string_equal(arena_str(arena, (struct str){ NULL, 0 }).data, "");
}

static void a_buffer_grows_and_hands_its_bytes_on(void **state)
{
	(void)state;
	AUTO(buf) struct buf buf = { 0 };
	for (int i = 0; i < 1000; i++)
		buf_add_printf(&buf, "%d,", i);
	buf_add_int64(&buf, INT64_MIN);
	assert_true(str_ends_with(buf_str(&buf), STR_LITERAL("998,999,-9223372036854775808")));
	size_t len;
	char *bytes = buf_take(&buf, &len);
	assert_int_equal(buf.len, 0);
	assert_memory_equal(bytes, "0,1,2,", 6);
	memory_free(bytes);
	bytes = buf_take(&buf, &len);
	assert_int_equal(len, 0);
	memory_free(bytes);
}

static void a_map_finds_what_was_put_and_not_what_was_removed(void **state)
{
	(void)state;
	enum { COUNT = 5000 };
	static char key[COUNT][16];
	struct map *map = map_new();
	for (int i = 0; i < COUNT; i++) {
		snprintf(key[i], sizeof(key[i]), "key-%d", i);
		assert_null(map_set(map, str_from(key[i]), key[i]));
	}
	for (int i = 0; i < COUNT; i += 3)
		assert_ptr_equal(map_remove(map, str_from(key[i])), key[i]);
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(map_get(map, str_from(key[i])), i % 3 == 0 ? NULL : key[i]);
	size_t cursor = 0;
	size_t walked = 0;
	struct str found_key;
	void *value;
	while (map_next(map, &cursor, &found_key, &value))
		walked++;
	assert_int_equal(walked, map_count(map));
	assert_ptr_equal(map_set(map, str_from(key[1]), key[0]), key[1]);
	map_free(&map);
	assert_null(map);
}

struct item {
	int number;
	struct list_link link;
};

static void a_list_gives_up_any_member_without_its_head(void **state)
{
	(void)state;
	struct list_link head;
	struct item items[4];
	list_init(&head);
	for (int i = 0; i < 4; i++) {
		items[i].number = i;
		list_add_last(&head, &items[i].link);
	}
	list_remove(&items[1].link);
	list_remove(&items[1].link);
	int sum = 0;
	LIST_EACH_SAFE(&head, link)
	{
		struct item *item = LIST_OBJECT(link, struct item, link);
		sum = sum * 10 + item->number;
		list_remove(link);
	}
	assert_int_equal(sum, 23);
	assert_true(list_is_empty(&head));
}

static void every_error_has_a_name_a_text_and_a_status(void **state)
{
	(void)state;
	for (enum error error = ERROR_NONE; error < ERROR_COUNT; error++) {
		assert_non_null(error_name(error));
		assert_true(strlen(error_text(error)) > 1);
		assert_in_range(error_http_status(error), 200, 599);
	}
	assert_int_equal(error_http_status(ERROR_COMMIT_UNKNOWN), 503);
}

static int64_t fixed_time_us(void)
{
	return 1234567890123456;
}

static void tests_can_replace_both_clocks(void **state)
{
	(void)state;
	const struct clock_source source = { fixed_time_us, fixed_time_us };
	clock_replace(&source);
	assert_int_equal(clock_now_us(), 1234567890123456);
	clock_replace(NULL);
	assert_true(clock_now_us() > 1700000000000000);
	int64_t before_us = clock_monotonic_us();
	assert_true(clock_monotonic_us() >= before_us);
}

static void random_texts_have_their_form_and_do_not_repeat(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	static const size_t lengths[] = { 22, 2, 3, 4, 43 };
	static const size_t sizes[] = { 16, 1, 2, 3, 32 };
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(random_token(arena, sizes[i]).len, lengths[i]);
	assert_false(str_eq(random_token(arena, 16), random_token(arena, 16)));
	struct str uuid = random_uuid(arena);
	assert_int_equal(uuid.len, 36);
	assert_int_equal(uuid.data[14], '4');
	for (int i = 0; i < 1000; i++)
		assert_in_range(random_below(7), 0, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_strictly),
		cmocka_unit_test(only_well_formed_utf8_passes),
		cmocka_unit_test(splitting_keeps_empty_parts),
		cmocka_unit_test(searching_and_comparing_agree_with_their_contract),
		cmocka_unit_test(arena_memory_is_zeroed_even_after_reset),
		cmocka_unit_test(an_arena_over_its_limit_ends_the_process),
		cmocka_unit_test(arena_strings_end_in_nul),
		cmocka_unit_test(a_buffer_grows_and_hands_its_bytes_on),
		cmocka_unit_test(a_map_finds_what_was_put_and_not_what_was_removed),
		cmocka_unit_test(a_list_gives_up_any_member_without_its_head),
		cmocka_unit_test(every_error_has_a_name_a_text_and_a_status),
		cmocka_unit_test(tests_can_replace_both_clocks),
		cmocka_unit_test(random_texts_have_their_form_and_do_not_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
