/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers of name servers. */
#include "server/jobs/dns_txt.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct str wanted = STR("proof=abc");

static void add_number(struct buf *out, unsigned number)
{
	const unsigned char bytes[] = { (unsigned char)(number >> 8), (unsigned char)number };
	buf_add(out, bytes, sizeof(bytes));
}

/* An answer with one record. */
static void write_answer(struct buf *out, unsigned flags, unsigned type, unsigned class, const char *data, size_t len)
{
	buf_clear(out);
	add_number(out, 0x1234);
	add_number(out, flags);
	add_number(out, 1);
	add_number(out, 1);
	add_number(out, 0);
	add_number(out, 0);
	buf_add(out, "\1x\7example\0\0\20\0\1", 15);
	buf_add(out, "\300\14", 2);
	add_number(out, type);
	add_number(out, class);
	add_number(out, 0);
	add_number(out, 60);
	add_number(out, (unsigned)len);
	buf_add(out, data, len);
}

static bool holds(const struct buf *answer)
{
	return dns_txt_answer_holds((const unsigned char *)answer->data, answer->len, wanted);
}

static void a_record_of_exactly_these_bytes_is_found(void **state)
{
	(void)state;
	static const struct {
		unsigned flags, type, class;
		struct str data;
		bool holds;
	} cases[] = {
		{ 0x8180, 16, 1, STR("\11proof=abc"), true },
		{ 0x8180, 16, 1, STR("\5proof\4=abc"), true },
		{ 0x8180, 16, 1, STR("\0\11proof=abc\0"), true },
		{ 0x8180, 16, 1, STR("\12proof=abcd"), false },
		{ 0x8180, 16, 1, STR("\10proof=ab"), false },
		{ 0x8180, 16, 1, STR("\11proof=abd"), false },
		{ 0x8180, 16, 1, STR("\377proof=abc"), false },
		{ 0x8180, 16, 1, STR("\0"), false },
		{ 0x8180, 16, 3, STR("\11proof=abc"), false },
		{ 0x8180, 10, 1, STR("\11proof=abc"), false },
		{ 0x8182, 16, 1, STR("\11proof=abc"), false },
	};
	AUTO(buf) struct buf answer = { 0 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_answer(&answer, cases[i].flags, cases[i].type, cases[i].class, cases[i].data.data, cases[i].data.len);
		if (holds(&answer) != cases[i].holds)
			fail_msg("case %zu", i);
	}
}

static void an_answer_that_was_cut_holds_nothing(void **state)
{
	(void)state;
	AUTO(buf) struct buf answer = { 0 };
	write_answer(&answer, 0x8180, 16, 1, "\11proof=abc", 10);
	assert_true(holds(&answer));
	for (size_t len = 0; len < answer.len; len++) {
		unsigned char *copy = memory_new(len + 1);
		memcpy(copy, answer.data, len);
		assert_false(dns_txt_answer_holds(copy, len, wanted));
		memory_free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_of_exactly_these_bytes_is_found),
		cmocka_unit_test(an_answer_that_was_cut_holds_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
