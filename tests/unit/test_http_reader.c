/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The HTTP reader: each smuggling trick with its answer, each limit at its edge, and the same verdict however
 * the bytes are cut. Every refusal here is also checked fed byte by byte. */
#include "base/http_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BODY 1000
#define ARENA_BYTES ((size_t)1 << 20)

struct result {
	int status; /* 200 complete, 0 needs more, or the refusal */
	const char *reason;
	size_t used;
	struct http_request *request;
};

/* Feeds portions of cut bytes. */
static struct result read_cut(struct http_reader *reader, struct arena *arena, const char *data, size_t len, size_t cut)
{
	struct result result = { 0 };
	enum http_reader_status status = HTTP_READER_NEEDS_MORE;
	http_reader_begin(reader, arena);
	while (result.used < len && status == HTTP_READER_NEEDS_MORE) {
		size_t portion = len - result.used < cut ? len - result.used : cut;
		size_t used;
		status = http_reader_feed(reader, data + result.used, portion, &used);
		assert_true(used <= portion);
		if (status == HTTP_READER_NEEDS_MORE)
			assert_int_equal(used, portion);
		result.used += used;
		if (status == HTTP_READER_HAS_HEAD)
			status = http_reader_accept_body(reader, MAX_BODY);
	}
	result.request = http_reader_request(reader);
	if (status == HTTP_READER_COMPLETE)
		result.status = 200;
	else if (status == HTTP_READER_REFUSED)
		result.status = http_reader_refusal(reader, &result.reason);
	return result;
}

static void check_bytes(const char *name, const char *data, size_t len, int status, const char *reason, size_t used)
{
	static const size_t cuts[] = { SIZE_MAX, 1, 3, 7, 1460 };
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct http_reader *reader = http_reader_new(&http_limits_default);
		struct result result = read_cut(reader, arena, data, len, cuts[i]);
		if (result.status != status || (reason && (!result.reason || strcmp(result.reason, reason) != 0)))
			fail_msg("%s, cut %zu: %d %s, expected %d %s", name, cuts[i], result.status,
				result.reason ? result.reason : "-", status, reason ? reason : "-");
		if (status == 200)
			assert_int_equal(result.used, used);
		http_reader_free(&reader);
	}
}

struct head_case {
	const char *name;
	struct str input;
	int status;
	const char *reason;
};

#define H "Host: a.test\r\n"
#define GET "GET / HTTP/1.1\r\n" H
#define POST "POST / HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define REFUSED(name, input, status, reason) { name, STR(input), status, reason }
#define ACCEPTED(name, input) { name, STR(input), 200, NULL }

static void check_cases(const struct head_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_bytes(cases[i].name, cases[i].input.data, cases[i].input.len, cases[i].status, cases[i].reason,
			cases[i].input.len);
}
#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))

static void doubt_about_where_the_body_ends_is_refused(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("length and chunked", POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "length_and_transfer_encoding"),
		REFUSED("chunked and length", POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400, "length_and_transfer_encoding"),
		REFUSED("two lengths", POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "two_content_lengths"),
		REFUSED("two equal lengths", POST "Content-Length: 3\r\ncontent-length: 3\r\n\r\nabc", 400, "two_content_lengths"),
		REFUSED("list of lengths", POST "Content-Length: 3, 3\r\n\r\nabc", 400, "bad_content_length"),
		REFUSED("plus", POST "Content-Length: +3\r\n\r\nabc", 400, "bad_content_length"),
		REFUSED("minus", POST "Content-Length: -1\r\n\r\n", 400, "bad_content_length"),
		REFUSED("hex", POST "Content-Length: 0x3\r\n\r\nabc", 400, "bad_content_length"),
		REFUSED("empty", POST "Content-Length:\r\n\r\n", 400, "bad_content_length"),
		REFUSED("2^64", POST "Content-Length: 18446744073709551616\r\n\r\n", 400, "bad_content_length"),
		REFUSED("2^63", POST "Content-Length: 9223372036854775808\r\n\r\n", 400, "bad_content_length"),
		REFUSED("space before colon", POST "Content-Length : 3\r\n\r\nabc", 400, "space_before_colon"),
		REFUSED("tab before colon", POST "Transfer-Encoding\t: chunked\r\n\r\n", 400, "space_before_colon"),
		REFUSED("space in name", POST "Content Length: 3\r\n\r\nabc", 400, "bad_header_name"),
		REFUSED("gzip, chunked", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "transfer_coding_unknown"),
		REFUSED("chunked, chunked", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501, "transfer_coding_unknown"),
		REFUSED("identity", POST "Transfer-Encoding: identity\r\n\r\n", 501, "transfer_coding_unknown"),
		REFUSED("xchunked", POST "Transfer-Encoding: xchunked\r\n\r\n", 501, "transfer_coding_unknown"),
		REFUSED("empty coding", POST "Transfer-Encoding:\r\n\r\n", 501, "transfer_coding_unknown"),
		REFUSED("two codings", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "two_transfer_encodings"),
		REFUSED("vertical tab", POST "Transfer-Encoding:\x0b" "chunked\r\n\r\n", 400, "control_in_header"),
		REFUSED("chunked in 1.0", "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 400, "transfer_encoding_in_http_1_0"),
		ACCEPTED("length", POST "Content-Length: 3\r\n\r\nabc"),
		ACCEPTED("leading zeros", POST "Content-Length: 003\r\n\r\nabc"),
		ACCEPTED("any case", POST "tRANSFER-eNCODING: \tChunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
		ACCEPTED("no body", POST "\r\n"),
	};
	CHECK_CASES(cases);
}

static void lines_end_in_crlf_and_hold_no_controls(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("bare lf in request line", "GET / HTTP/1.1\n" H "\r\n", 400, "bare_lf"),
		REFUSED("bare lf in header", "GET / HTTP/1.1\r\nHost: a.test\n\r\n", 400, "bare_lf"),
		REFUSED("bare lf at the end", GET "\n", 400, "bare_lf"),
		REFUSED("bare cr in request line", "GET /\r HTTP/1.1\r\n" H "\r\n", 400, "bad_target_character"),
		REFUSED("bare cr in value", GET "A: b\rc\r\n\r\n", 400, "control_in_header"),
		REFUSED("cr cr lf", GET "A: b\r\r\n\r\n", 400, "control_in_header"),
		REFUSED("obs-fold", GET "A: b\r\n c\r\n\r\n", 400, "obs_fold"),
		REFUSED("obs-fold with tab", GET "A: b\r\n\tc\r\n\r\n", 400, "obs_fold"),
		REFUSED("fold at first", "GET / HTTP/1.1\r\n " H "\r\n", 400, "obs_fold"),
		REFUSED("nul in value", GET "A: b\0c\r\n\r\n", 400, "nul_in_header"),
		REFUSED("nul in name", GET "A\0: b\r\n\r\n", 400, "bad_header_name"),
		REFUSED("nul in target", "GET /a\0b HTTP/1.1\r\n" H "\r\n", 400, "bad_target_character"),
		REFUSED("escape in value", GET "A: \x1b[0m\r\n\r\n", 400, "control_in_header"),
		REFUSED("delete in value", GET "A: \x7f\r\n\r\n", 400, "control_in_header"),
		REFUSED("no colon", GET "Abc\r\n\r\n", 400, "bad_header_name"),
		REFUSED("empty name", GET ": b\r\n\r\n", 400, "bad_header_name"),
		REFUSED("name with bracket", GET "A(b): c\r\n\r\n", 400, "bad_header_name"),
		REFUSED("value not UTF-8", GET "A: \xff\r\n\r\n", 400, "header_not_utf8"),
		ACCEPTED("UTF-8 value", GET "A: caf\xc3\xa9\r\n\r\n"),
		ACCEPTED("empty value", GET "A:\r\nB: \t \r\n\r\n"),
		ACCEPTED("empty lines first", "\r\n\r\n\r\n\r\n" GET "\r\n"),
		REFUSED("five empty lines", "\r\n\r\n\r\n\r\n\r\n" GET "\r\n", 400, "empty_lines_before_request"),
	};
	CHECK_CASES(cases);
}

static void request_line_is_method_target_version(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("two spaces", "GET  / HTTP/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("space in target", "GET /a b HTTP/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("tab", "GET\t/ HTTP/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("no version", "GET /\r\n\r\n", 400, "bad_request_line"),
		REFUSED("no target", "GET HTTP/1.1\r\n\r\n", 400, "bad_request_line"),
		REFUSED("space at the end", "GET / HTTP/1.1 \r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("space first", " GET / HTTP/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("small letters", "GET / http/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("HTTP/1.10", "GET / HTTP/1.10\r\n" H "\r\n", 400, "bad_request_line"),
		REFUSED("HTTP/1.2", "GET / HTTP/1.2\r\n" H "\r\n", 505, "version_not_supported"),
		REFUSED("HTTP/0.9", "GET / HTTP/0.9\r\n" H "\r\n", 505, "version_not_supported"),
		REFUSED("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_not_supported"),
		REFUSED("TLS on the plain port", "\x16\x03\x01\x02", 400, "bad_request_line"),
		REFUSED("method of 33", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n" H "\r\n", 501, "method_too_long"),
		REFUSED("method with colon", "GE:T / HTTP/1.1\r\n" H "\r\n", 400, "bad_request_line"),
		ACCEPTED("method of 32", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\n" H "\r\n"),
		ACCEPTED("TRACE", "TRACE / HTTP/1.1\r\n" H "\r\n"),
		ACCEPTED("CONNECT", "CONNECT a.test:443 HTTP/1.1\r\n" H "\r\n"),
		ACCEPTED("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" H "\r\n"),
		REFUSED("GET *", "GET * HTTP/1.1\r\n" H "\r\n", 400, "bad_target"),
		REFUSED("GET with authority", "GET a.test:443 HTTP/1.1\r\n" H "\r\n", 400, "bad_target"),
		REFUSED("relative", "GET a HTTP/1.1\r\n" H "\r\n", 400, "bad_target"),
	};
	CHECK_CASES(cases);
}

static void paths_have_one_reading(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("%2f", "GET /a%2fb HTTP/1.1\r\n" H "\r\n", 400, "forbidden_path_escape"),
		REFUSED("%5C", "GET /a%5Cb HTTP/1.1\r\n" H "\r\n", 400, "forbidden_path_escape"),
		REFUSED("%00", "GET /a%00 HTTP/1.1\r\n" H "\r\n", 400, "forbidden_path_escape"),
		REFUSED("%0a", "GET /a%0d%0aB HTTP/1.1\r\n" H "\r\n", 400, "forbidden_path_escape"),
		REFUSED("%7f", "GET /%7f HTTP/1.1\r\n" H "\r\n", 400, "forbidden_path_escape"),
		REFUSED("backslash", "GET /a\\b HTTP/1.1\r\n" H "\r\n", 400, "bad_target_character"),
		REFUSED("fragment", "GET /a#b HTTP/1.1\r\n" H "\r\n", 400, "bad_target_character"),
		REFUSED("raw UTF-8", "GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", 400, "bad_target_character"),
		REFUSED("//", "GET //a HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED("a//b", "GET /a//b HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED("..", "GET /a/../b HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED(".. last", "GET /a/.. HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED(".", "GET /./a HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED("%2e%2e", "GET /%2e%2E/a HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED(".%2e", "GET /.%2e HTTP/1.1\r\n" H "\r\n", 400, "dot_or_empty_segment"),
		REFUSED("%", "GET /% HTTP/1.1\r\n" H "\r\n", 400, "bad_path_escape"),
		REFUSED("%g0", "GET /%g0 HTTP/1.1\r\n" H "\r\n", 400, "bad_path_escape"),
		REFUSED("%a", "GET /%a HTTP/1.1\r\n" H "\r\n", 400, "bad_path_escape"),
		REFUSED("overlong slash", "GET /%c0%af HTTP/1.1\r\n" H "\r\n", 400, "path_not_utf8"),
		REFUSED("half a character", "GET /%c3 HTTP/1.1\r\n" H "\r\n", 400, "path_not_utf8"),
		REFUSED("surrogate", "GET /%ed%a0%80 HTTP/1.1\r\n" H "\r\n", 400, "path_not_utf8"),
		ACCEPTED("three dots", "GET /.../.well-known/..a HTTP/1.1\r\n" H "\r\n"),
		ACCEPTED("dots in query", "GET /a?x=../..//%2f%00 HTTP/1.1\r\n" H "\r\n"),
		ACCEPTED("slash at the end", "GET /a/ HTTP/1.1\r\n" H "\r\n"),
	};
	CHECK_CASES(cases);
}

static void there_is_one_host_and_it_is_the_target(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("none", "GET / HTTP/1.1\r\n\r\n", 400, "host_missing"),
		REFUSED("two", GET "Host: b.test\r\n\r\n", 400, "host_repeated"),
		REFUSED("two equal", GET H "\r\n", 400, "host_repeated"),
		REFUSED("empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_host"),
		REFUSED("userinfo", "GET / HTTP/1.1\r\nHost: u@a.test\r\n\r\n", 400, "bad_host"),
		REFUSED("path", "GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n", 400, "bad_host"),
		REFUSED("list", "GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n", 400, "bad_host"),
		REFUSED("port name", "GET / HTTP/1.1\r\nHost: a.test:http\r\n\r\n", 400, "bad_host"),
		REFUSED("port too high", "GET / HTTP/1.1\r\nHost: a.test:65536\r\n\r\n", 400, "bad_host"),
		REFUSED("no port", "GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n", 400, "bad_host"),
		REFUSED("open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "bad_host"),
		REFUSED("other absolute", "GET http://b.test/ HTTP/1.1\r\n" H "\r\n", 400, "host_differs_from_target"),
		REFUSED("other port", "GET http://a.test:81/ HTTP/1.1\r\n" H "\r\n", 400, "host_differs_from_target"),
		REFUSED("absolute with userinfo", "GET http://u@a.test/ HTTP/1.1\r\n" H "\r\n", 400, "host_differs_from_target"),
		REFUSED("absolute userinfo in 1.0", "GET http://u@a.test/ HTTP/1.0\r\n\r\n", 400, "bad_host"),
		REFUSED("absolute without host", "GET http:///a HTTP/1.1\r\n" H "\r\n", 400, "bad_target"),
		REFUSED("other scheme", "GET ftp://a.test/ HTTP/1.1\r\n" H "\r\n", 400, "bad_target"),
		ACCEPTED("none in 1.0", "GET / HTTP/1.0\r\n\r\n"),
		ACCEPTED("IPv6 with port", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n"),
		ACCEPTED("absolute", "GET HTTP://A.test/b HTTP/1.1\r\n" H "\r\n"),
	};
	CHECK_CASES(cases);
}

static void chunked_framing_is_exact(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("prefix", CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", 400, "bad_chunk_size"),
		REFUSED("minus", CHUNKED "-1\r\n", 400, "bad_chunk_size"),
		REFUSED("plus", CHUNKED "+1\r\n", 400, "bad_chunk_size"),
		REFUSED("empty", CHUNKED "\r\n", 400, "bad_chunk_size"),
		REFUSED("only an extension", CHUNKED ";a\r\n", 400, "bad_chunk_size"),
		REFUSED("space after size", CHUNKED "3 \r\nabc\r\n0\r\n\r\n", 400, "bad_chunk_size"),
		REFUSED("17 digits", CHUNKED "00000000000000003\r\nabc\r\n0\r\n\r\n", 400, "bad_chunk_size"),
		REFUSED("2^64-1", CHUNKED "ffffffffffffffff\r\nabc", 413, "body_too_large"),
		REFUSED("bare lf after size", CHUNKED "3\nabc\r\n0\r\n\r\n", 400, "bare_lf"),
		REFUSED("bare lf after extension", CHUNKED "3;a\nabc\r\n0\r\n\r\n", 400, "bare_lf"),
		REFUSED("bare cr after size", CHUNKED "3\rabc\r\n0\r\n\r\n", 400, "bad_chunk_size"),
		REFUSED("control in extension", CHUNKED "3;a\x01\r\nabc\r\n0\r\n\r\n", 400, "bad_chunk_extension"),
		REFUSED("data too long", CHUNKED "3\r\nabcd\r\n0\r\n\r\n", 400, "bad_chunk_end"),
		REFUSED("bare lf after data", CHUNKED "3\r\nabc\n0\r\n\r\n", 400, "bad_chunk_end"),
		REFUSED("bare lf at the end", CHUNKED "0\r\n\n", 400, "bare_lf"),
		REFUSED("fold in trailer", CHUNKED "0\r\nA: b\r\n c\r\n\r\n", 400, "obs_fold"),
		ACCEPTED("16 digits", CHUNKED "0000000000000003\r\nabc\r\n0\r\n\r\n"),
		ACCEPTED("capital hex", CHUNKED "A\r\n0123456789\r\n0\r\n\r\n"),
		ACCEPTED("extensions", CHUNKED "3;x=y\r\nabc\r\n0;a=\"b;c\"\r\n\r\n"),
		ACCEPTED("trailers", CHUNKED "3\r\nabc\r\n0\r\nA: b\r\nContent-Length: 9\r\n\r\n"),
	};
	CHECK_CASES(cases);
}

static void other_expectations_are_refused(void **state)
{
	(void)state;
	static const struct head_case cases[] = {
		REFUSED("other", POST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\na", 417, "expectation_unknown"),
		REFUSED("both", POST "Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\na", 417, "expectation_unknown"),
		REFUSED("empty", GET "Expect:\r\n\r\n", 417, "expectation_unknown"),
		ACCEPTED("continue", POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na"),
	};
	CHECK_CASES(cases);
}

/* prefix + fill bytes of 'a' + suffix, checked. */
static void check_filled(const char *name, const char *prefix, size_t fill, const char *suffix, int status,
	const char *reason)
{
	AUTO(buf) struct buf input = { 0 };
	buf_add_c_string(&input, prefix);
	for (size_t i = 0; i < fill; i++)
		buf_add_char(&input, 'a');
	buf_add_c_string(&input, suffix);
	check_bytes(name, input.data, input.len, status, reason, input.len);
}

static void limits_hold_at_their_edges(void **state)
{
	(void)state;
	/* "GET /" and " HTTP/1.1" are 14 bytes of the line. */
	check_filled("8192", "GET /", 8192 - 14, " HTTP/1.1\r\n" H "\r\n", 200, NULL);
	check_filled("8193", "GET /", 8193 - 14, " HTTP/1.1\r\n" H "\r\n", 414, "request_line_too_long");
	check_filled("endless line", "GET /", 100000, "", 414, "request_line_too_long");
	/* Host line 14, "A: " and CRLF 5, last CRLF 2. */
	check_filled("32768", GET "A: ", 32768 - 21, "\r\n\r\n", 200, NULL);
	check_filled("32769", GET "A: ", 32769 - 21, "\r\n\r\n", 431, "headers_too_large");
	check_filled("endless header", GET "A: ", 100000, "", 431, "headers_too_large");
	check_filled("1000 of body", POST "Content-Length: 1000\r\n\r\n", 1000, "", 200, NULL);
	check_filled("1001 of body", POST "Content-Length: 1001\r\n\r\n", 1001, "", 413, "body_too_large");
	check_filled("1000 in a chunk", CHUNKED "3e8\r\n", 1000, "\r\n0\r\n\r\n", 200, NULL);
	check_filled("1001 in chunks", CHUNKED "3e8\r\n", 1000, "\r\n1\r\na\r\n0\r\n\r\n", 413, "body_too_large");
	check_filled("4096 of trailers", CHUNKED "0\r\nA: ", 4096 - 7, "\r\n\r\n", 200, NULL);
	check_filled("4097 of trailers", CHUNKED "0\r\nA: ", 4097 - 7, "\r\n\r\n", 431, "trailers_too_large");
	check_filled("4096 of extension", CHUNKED "0;", 4096, "\r\n\r\n", 200, NULL);
	check_filled("4097 of extension", CHUNKED "0;", 4097, "\r\n\r\n", 400, "chunk_extensions_too_long");
}

static void more_than_a_hundred_headers_are_refused(void **state)
{
	(void)state;
	for (int count = 100; count <= 101; count++) {
		AUTO(buf) struct buf input = { 0 };
		buf_add_c_string(&input, GET);
		for (int i = 1; i < count; i++)
			buf_add_c_string(&input, "A: b\r\n");
		buf_add_c_string(&input, "\r\n");
		check_bytes("headers", input.data, input.len, count == 100 ? 200 : 431,
			count == 100 ? NULL : "too_many_headers", input.len);
	}
}

static void assert_text(struct str value, const char *expected)
{
	if (!str_eq(value, str_from(expected)))
		fail_msg("'%.*s' is not '%s'", STR_ARG(value), expected);
}

static void a_request_is_read_into_its_parts(void **state)
{
	(void)state;
	static const char input[] = "POST https://A.Test:8080/caf%C3%A9/x%20y?q=%2F&r HTTP/1.1\r\nHost: a.test:8080\r\n"
		"X-One:  a b \t\r\nx-one: second\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
		"4;x\r\nWiki\r\n5\r\npedia\r\n0\r\nContent-Length: 99\r\n\r\nGET /next";
	static const size_t cuts[] = { SIZE_MAX, 1 };
	for (size_t i = 0; i < 2; i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct http_reader *reader = http_reader_new(&http_limits_default);
		struct result result = read_cut(reader, arena, input, sizeof(input) - 1, cuts[i]);
		const struct http_request *request = result.request;
		assert_int_equal(result.status, 200);
		assert_int_equal(result.used, sizeof(input) - 1 - strlen("GET /next"));
		assert_int_equal(request->method, HTTP_POST);
		assert_text(request->target, "/caf%C3%A9/x%20y?q=%2F&r");
		assert_text(request->path, "/caf\xc3\xa9/x y");
		assert_text(request->query, "q=%2F&r");
		assert_text(request->host, "a.test:8080");
		assert_text(http_request_header(request, "X-ONE"), "a b");
		assert_int_equal(http_request_header_count(request, "x-one"), 2);
		assert_int_equal(request->header_count, 5);
		assert_int_equal(request->trailer_count, 1);
		assert_int_equal(http_request_header_count(request, "Content-Length"), 0);
		assert_true(request->has_body && request->is_chunked && request->expects_continue && request->keep_alive);
		assert_int_equal(request->content_length, -1);
		assert_text(request->body, "Wikipedia");
		struct buf body;
		http_reader_take_body(reader, &body);
		http_reader_free(&reader);
		assert_text(request->body, "Wikipedia");
		buf_clear(&body);
	}
}

static void connection_says_whether_to_go_on(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		bool keep_alive;
	} cases[] = {
		{ GET "\r\n", true },
		{ GET "Connection: close\r\n\r\n", false },
		{ GET "Connection: Upgrade, CLOSE\r\n\r\n", false },
		{ GET "Connection: keep-alive\r\nConnection: close\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
	};
	struct http_reader *reader = http_reader_new(&http_limits_default);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct result result = read_cut(reader, arena, cases[i].input, strlen(cases[i].input), SIZE_MAX);
		assert_int_equal(result.status, 200);
		assert_int_equal(result.request->keep_alive, cases[i].keep_alive);
		assert_null(result.request->query.data);
		assert_false(result.request->has_body);
	}
	http_reader_free(&reader);
}

static void pipelined_requests_are_read_one_by_one(void **state)
{
	(void)state;
	static const char input[] = "POST /1 HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab\r\nGET /2 HTTP/1.1\r\n" H "\r\n"
		"POST /3 HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\nGET /4 HTTP/1.1\r\n" H "\r\n";
	struct http_reader *reader = http_reader_new(&http_limits_default);
	size_t at = 0;
	for (char expected = '1'; expected <= '4'; expected++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct result result = read_cut(reader, arena, input + at, sizeof(input) - 1 - at, SIZE_MAX);
		at += result.used;
		assert_int_equal(result.status, 200);
		assert_int_equal(result.request->path.data[1], expected);
	}
	assert_int_equal(at, sizeof(input) - 1);
	http_reader_free(&reader);
}

static void memory_follows_what_arrives_not_what_is_announced(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct http_reader *reader = http_reader_new(&http_limits_default);
	static const char head[] = POST "Content-Length: 1000000000\r\n\r\n";
	size_t used;
	http_reader_begin(reader, arena);
	assert_int_equal(http_reader_feed(reader, head, 1, &used), HTTP_READER_NEEDS_MORE);
	assert_int_equal(http_reader_feed(reader, head + 1, sizeof(head) - 2, &used), HTTP_READER_HAS_HEAD);
	assert_int_equal(http_reader_feed(reader, "x", 1, &used), HTTP_READER_HAS_HEAD);
	assert_int_equal(used, 0);
	assert_int_equal(http_reader_accept_body(reader, 2000000000), HTTP_READER_NEEDS_MORE);
	assert_int_equal(http_reader_feed(reader, "x", 1, &used), HTTP_READER_NEEDS_MORE);
	struct buf body;
	http_reader_take_body(reader, &body);
	assert_int_equal(body.len, 1);
	assert_true(body.capacity <= 128 * 1024);
	buf_clear(&body);
	http_reader_free(&reader);
	http_reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubt_about_where_the_body_ends_is_refused),
		cmocka_unit_test(lines_end_in_crlf_and_hold_no_controls),
		cmocka_unit_test(request_line_is_method_target_version),
		cmocka_unit_test(paths_have_one_reading),
		cmocka_unit_test(there_is_one_host_and_it_is_the_target),
		cmocka_unit_test(chunked_framing_is_exact),
		cmocka_unit_test(other_expectations_are_refused),
		cmocka_unit_test(limits_hold_at_their_edges),
		cmocka_unit_test(more_than_a_hundred_headers_are_refused),
		cmocka_unit_test(a_request_is_read_into_its_parts),
		cmocka_unit_test(connection_says_whether_to_go_on),
		cmocka_unit_test(pipelined_requests_are_read_one_by_one),
		cmocka_unit_test(memory_follows_what_arrives_not_what_is_announced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
