/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Log lines as they leave the process: what outside text can do to them, and what it cannot. */
#include "base/arena.h"
#include "base/log.h"
#include "base/metrics.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <cmocka.h>

static FILE *captured;
static int real_stderr;

static int begin_capture(void **state)
{
	(void)state;
	captured = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(captured), STDERR_FILENO);
	log_set_thread(NULL, NULL);
	log_set_request_id(str_from(""));
	return 0;
}

static int end_capture(void **state)
{
	(void)state;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(captured);
	return 0;
}

/* What was written since the last call. */
static struct str written(char *ret_text, size_t size_bytes)
{
	lseek(fileno(captured), 0, SEEK_SET);
	ssize_t len = read(fileno(captured), ret_text, size_bytes - 1);
	assert_true(len >= 0);
	ret_text[len] = '\0';
	assert_int_equal(ftruncate(fileno(captured), 0), 0);
	lseek(fileno(captured), 0, SEEK_SET);
	return (struct str){ ret_text, (size_t)len };
}

static json_t *parsed(void)
{
	char text[16384];
	struct str line = written(text, sizeof(text));
	assert_true(line.len > 0);
	assert_int_equal(str_index_of(line, '\n', 0), line.len - 1);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	return json;
}

static void a_json_line_has_time_level_event_and_fields(void **state)
{
	(void)state;
	log_configure(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
	log_set_thread("web", "loop 0");
	log_set_request_id(str_from("abc123"));
	log_event(LOG_LEVEL_WARNING, "unit_test", LOG_TEXT("who", "marie"), LOG_INT("size_bytes", -5), LOG_BOOL("is_new", true));
	json_auto_t *json = parsed();
	assert_int_equal(strlen(json_string_value(json_object_get(json, "time"))), 24);
	assert_string_equal(json_string_value(json_object_get(json, "level")), "warning");
	assert_string_equal(json_string_value(json_object_get(json, "event")), "unit_test");
	assert_string_equal(json_string_value(json_object_get(json, "role")), "web");
	assert_string_equal(json_string_value(json_object_get(json, "unit")), "loop 0");
	assert_string_equal(json_string_value(json_object_get(json, "request_id")), "abc123");
	assert_string_equal(json_string_value(json_object_get(json, "who")), "marie");
	assert_int_equal(json_integer_value(json_object_get(json, "size_bytes")), -5);
	assert_true(json_is_true(json_object_get(json, "is_new")));
}

static void no_value_forges_a_line_or_steers_a_terminal(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *escaped;
	} cases[] = {
		{ STR("a\nb"), "a\\nb" },
		{ STR("\r"), "\\u000d" },
		{ STR("\x1b[31m"), "\\u001b[31m" },
		{ STR("\0"), "\\u0000" },
		{ STR("\x7f"), "\\u007f" },
		{ STR("\xc2\x9b"), "\\u009b" },
		{ STR("\xe2\x80\xae" "evil"), "\\u202eevil" },
		{ STR("\xe2\x81\xa6"), "\\u2066" },
		{ STR("\xe2\x80\x8b"), "\\u200b" },
		{ STR("\xe2\x80\xa8"), "\\u2028" },
		{ STR("\xff\xc3"), "\\ufffd\\ufffd" },
		{ STR("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd" },
		{ STR("\xf3\xa0\x81\x81"), "\\udb40\\udc41" },
		{ STR("say \"no\" \\"), "say \\\"no\\\" \\\\" },
		{ STR("d\xc3\xa9j\xc3\xa0 \xf0\x9f\x8c\xb7"), "d\xc3\xa9j\xc3\xa0 \xf0\x9f\x8c\xb7" },
	};
	for (int format = LOG_FORMAT_JSON; format <= LOG_FORMAT_HUMAN; format++) {
		log_configure((enum log_format)format, LOG_LEVEL_INFO);
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			char text[16384];
			log_event(LOG_LEVEL_INFO, "unit_test", LOG_STR("value", cases[i].value));
			struct str line = written(text, sizeof(text));
			assert_int_equal(str_index_of(line, '\n', 0), line.len - 1);
			assert_non_null(strstr(text, cases[i].escaped));
		}
	}
}

static void a_human_line_quotes_what_could_be_read_as_another_field(void **state)
{
	(void)state;
	char text[1024];
	log_configure(LOG_FORMAT_HUMAN, LOG_LEVEL_INFO);
	log_event(LOG_LEVEL_INFO, "unit_test", LOG_TEXT("a", "x b=y"), LOG_TEXT("c", "z"), LOG_TEXT("d", ""));
	written(text, sizeof(text));
	assert_non_null(strstr(text, " info unit_test a=\"x b=y\" c=z d=\"\"\n"));
}

static void a_line_that_is_too_long_stays_well_formed(void **state)
{
	(void)state;
	static char long_text[100000];
	memset(long_text, '\n', sizeof(long_text));
	struct str value = { long_text, sizeof(long_text) };
	log_configure(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
	log_event(LOG_LEVEL_INFO, "unit_test", LOG_STR("a", value), LOG_STR("b", value), LOG_STR("c", value), LOG_STR("d", value),
		LOG_STR("e", value), LOG_STR("f", value), LOG_STR("g", value), LOG_STR("h", value), LOG_STR("i", value));
	json_auto_t *json = parsed();
	assert_true(json_is_true(json_object_get(json, "is_truncated")));
	assert_non_null(json_object_get(json, "a"));
	assert_null(json_object_get(json, "i"));
}

static void a_level_that_is_off_writes_nothing_but_counts(void **state)
{
	(void)state;
	char text[16384];
	log_configure(LOG_FORMAT_JSON, LOG_LEVEL_WARNING);
	log_event(LOG_LEVEL_INFO, "unit_test_quiet");
	log_event(LOG_LEVEL_DEBUG, "unit_test_quiet");
	assert_int_equal(written(text, sizeof(text)).len, 0);
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	assert_true(str_index_of_str(buf_str(&out), str_from("comptoir_events_total{event=\"unit_test_quiet\"} 2\n")) < out.len);
}

static void levels_have_names(void **state)
{
	(void)state;
	enum log_level level = LOG_LEVEL_INFO;
	assert_true(log_level_from_text(str_from("debug"), &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_false(log_level_from_text(str_from("Debug"), &level));
	assert_false(log_level_from_text(str_from(""), &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

/* Standard error of a service is a pipe or a socket, and who reads it may stand still. */
static void a_reader_that_stands_still_holds_nobody_up_and_learns_what_it_missed(void **state)
{
	(void)state;
	static char filler[4096], text[65536 + 1];
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], filler, sizeof(filler)) > 0)
		;
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
	int stderr_before = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	log_configure(LOG_FORMAT_JSON, LOG_LEVEL_INFO);
	alarm(20); /* ends the test when a line waits for the reader */
	for (int i = 0; i < 1000; i++)
		log_event(LOG_LEVEL_INFO, "nobody_reads");
	alarm(0);
	for (size_t left = 65536; left > 0;)
		left -= (size_t)read(ends[0], text, left);
	log_event(LOG_LEVEL_INFO, "somebody_reads");
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(ends[1]);
	ssize_t len = read(ends[0], text, sizeof(text) - 1);
	assert_true(len > 0);
	text[len] = '\0';
	close(ends[0]);
	assert_null(strstr(text, "nobody_reads"));
	assert_non_null(strstr(text, "\"event\":\"somebody_reads\""));
	assert_non_null(strstr(text, "\"event\":\"log_lines_lost\",\"count\":1000}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_json_line_has_time_level_event_and_fields, begin_capture, end_capture),
		cmocka_unit_test_setup_teardown(no_value_forges_a_line_or_steers_a_terminal, begin_capture, end_capture),
		cmocka_unit_test_setup_teardown(a_human_line_quotes_what_could_be_read_as_another_field, begin_capture, end_capture),
		cmocka_unit_test_setup_teardown(a_line_that_is_too_long_stays_well_formed, begin_capture, end_capture),
		cmocka_unit_test_setup_teardown(a_level_that_is_off_writes_nothing_but_counts, begin_capture, end_capture),
		cmocka_unit_test(a_reader_that_stands_still_holds_nobody_up_and_learns_what_it_missed),
		cmocka_unit_test(levels_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
