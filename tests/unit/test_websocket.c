/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebSocket frames as a hostile client would send them, each with its close code, whole and byte by byte. */
#include "base/clock.h"
#include "base/websocket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_MESSAGE 1000

static int64_t fake_now_us;
static int64_t fake_clock(void)
{
	return fake_now_us;
}

struct record {
	struct buf texts; /* each message and a '|' */
	unsigned close_count;
	uint16_t code;
};

static void on_text(void *owner, struct str text)
{
	struct record *record = owner;
	buf_add_str(&record->texts, text);
	buf_add_char(&record->texts, '|');
}

static void on_close(void *owner, uint16_t code)
{
	struct record *record = owner;
	record->close_count++;
	record->code = code;
}

static const struct websocket_events events = { on_text, on_close };

/* A masked frame with the shortest length; first is the first byte. */
static void add_frame(struct buf *out, unsigned first, const char *payload, size_t len)
{
	static const unsigned char mask[4] = { 0x11, 0x22, 0x33, 0x44 };
	buf_add_char(out, (char)first);
	if (len < 126) {
		buf_add_char(out, (char)(0x80 | len));
	} else {
		buf_add_char(out, (char)(0x80 | 126));
		buf_add_char(out, (char)(len >> 8));
		buf_add_char(out, (char)(len & 0xff));
	}
	buf_add(out, mask, 4);
	for (size_t i = 0; i < len; i++)
		buf_add_char(out, (char)((unsigned char)payload[i] ^ mask[i % 4]));
}

struct outcome {
	bool goes_on;
	uint16_t code;
	struct buf texts;
	struct buf output;
};

static struct outcome feed_cut(struct str input, size_t cut)
{
	struct record record = { 0 };
	struct outcome outcome = { .goes_on = true };
	struct websocket *websocket = websocket_new(&events, &record, MAX_MESSAGE);
	for (size_t at = 0; at < input.len; at += cut) {
		size_t len = input.len - at < cut ? input.len - at : cut;
		outcome.goes_on = websocket_feed(websocket, input.data + at, len);
	}
	assert_int_equal(record.close_count, outcome.goes_on ? 0 : 1);
	websocket_output(websocket, &outcome.output);
	websocket_free(&websocket);
	outcome.code = record.code;
	outcome.texts = record.texts;
	return outcome;
}

static void check(const char *name, struct str input, uint16_t code, const char *texts)
{
	static const size_t cuts[] = { 1 << 20, 1, 5 };
	for (size_t i = 0; i < 3; i++) {
		struct outcome outcome = feed_cut(input, cuts[i]);
		if (outcome.code != code)
			fail_msg("%s, cut %zu: code %u, expected %u", name, cuts[i], outcome.code, code);
		if (!str_eq(buf_str(&outcome.texts), str_from(texts)))
			fail_msg("%s: '%.*s', expected '%s'", name, STR_ARG(buf_str(&outcome.texts)), texts);
		/* What the peer is told last is the code. */
		if (code >= 1000 && code != 1005) {
			assert_true(outcome.output.len >= 4);
			const unsigned char *last = (const unsigned char *)outcome.output.data + outcome.output.len - 4;
			assert_int_equal(last[0], 0x88);
			assert_int_equal(last[2] << 8 | last[3], code);
		}
		buf_clear(&outcome.texts);
		buf_clear(&outcome.output);
	}
}

static void broken_frames_close_with_their_code(void **state)
{
	(void)state;
#define M "\x11\x22\x33\x44"
	static const struct {
		const char *name;
		struct str input;
		uint16_t code;
	} cases[] = {
		{ "unmasked", STR("\x81\x02hi"), 1002 },
		{ "unmasked and empty", STR("\x81\x00"), 1002 },
		{ "RSV1", STR("\xc1\x80" M), 1002 },
		{ "RSV2", STR("\xa1\x80" M), 1002 },
		{ "RSV3", STR("\x91\x80" M), 1002 },
		{ "opcode 3", STR("\x83\x80" M), 1002 },
		{ "opcode 7", STR("\x87\x80" M), 1002 },
		{ "opcode B", STR("\x8b\x80" M), 1002 },
		{ "opcode F", STR("\x8f\x80" M), 1002 },
		{ "fragmented ping", STR("\x09\x80" M), 1002 },
		{ "fragmented close", STR("\x08\x80" M), 1002 },
		{ "ping of 126", STR("\x89\xfe\x00\x7e" M), 1002 },
		{ "close of 127 form", STR("\x88\xff"), 1002 },
		{ "close of one byte", STR("\x88\x81" M "\x00"), 1002 },
		{ "close with 1005", STR("\x88\x82" M "\x12\xcf"), 1002 },
		{ "close with 999", STR("\x88\x82" M "\x12\xc5"), 1002 },
		{ "length 125 in 16 bits", STR("\x81\xfe\x00\x7d" M), 1002 },
		{ "length 65535 in 64 bits", STR("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff" M), 1002 },
		{ "length 2^63", STR("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00" M), 1002 },
		{ "length 2^63-1", STR("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" M), 1009 },
		{ "continuation of nothing", STR("\x80\x80" M), 1002 },
		{ "new message within one", STR("\x01\x81" M "\x50\x81\x80" M), 1002 },
		{ "binary", STR("\x82\x80" M), 1003 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].name, cases[i].input, cases[i].code, "");
}

static void a_wrong_header_is_refused_at_its_second_byte(void **state)
{
	(void)state;
	static const struct str cases[] = { STR("\x81\x02"), STR("\xc1\x82"), STR("\xa1\x82"), STR("\x91\x82"),
		STR("\x83\x82"), STR("\x8b\x82"), STR("\x09\x82"), STR("\x89\xfe") };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check("second byte", cases[i], 1002, "");
}

static void text_must_be_utf8_also_across_fragments(void **state)
{
	(void)state;
	static const char *const wrong[] = { "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		AUTO(buf) struct buf input = { 0 };
		add_frame(&input, 0x81, wrong[i], strlen(wrong[i]));
		check("wrong UTF-8", buf_str(&input), 1007, "");
	}
	AUTO(buf) struct buf split = { 0 };
	add_frame(&split, 0x01, "caf\xc3", 4);
	add_frame(&split, 0x89, "ping", 4);
	add_frame(&split, 0x80, "\xa9", 1);
	check("split character", buf_str(&split), 0, "caf\xc3\xa9|");
	AUTO(buf) struct buf reason = { 0 };
	add_frame(&reason, 0x88, "\x03\xe8\xff", 3);
	check("reason not UTF-8", buf_str(&reason), 1007, "");
}

static void messages_over_the_limit_are_refused(void **state)
{
	(void)state;
	char payload[MAX_MESSAGE + 1];
	memset(payload, 'a', sizeof(payload));
	AUTO(buf) struct buf large = { 0 };
	add_frame(&large, 0x81, payload, MAX_MESSAGE + 1);
	check("one frame", buf_str(&large), 1009, "");
	AUTO(buf) struct buf parts = { 0 };
	add_frame(&parts, 0x01, payload, MAX_MESSAGE);
	add_frame(&parts, 0x80, payload, 1);
	check("two frames", buf_str(&parts), 1009, "");
	AUTO(buf) struct buf fits = { 0 };
	add_frame(&fits, 0x01, payload, MAX_MESSAGE - 1);
	add_frame(&fits, 0x80, payload, 1);
	struct outcome outcome = feed_cut(buf_str(&fits), 1 << 20);
	assert_true(outcome.goes_on);
	assert_int_equal(outcome.texts.len, MAX_MESSAGE + 1);
	buf_clear(&outcome.texts);
	buf_clear(&outcome.output);
}

static void tiny_fragments_are_bounded(void **state)
{
	(void)state;
	for (unsigned count = 64; count <= 65; count++) {
		AUTO(buf) struct buf input = { 0 };
		for (unsigned i = 0; i < count; i++)
			add_frame(&input, (i == 0 ? 1u : 0u) | (i == count - 1 ? 0x80u : 0u), "", 0);
		check("fragments", buf_str(&input), count == 64 ? 0 : 1008, count == 64 ? "|" : "");
	}
}

static void floods_of_frames_are_ended(void **state)
{
	(void)state;
	AUTO(buf) struct buf pings = { 0 };
	for (unsigned i = 0; i < 1000; i++)
		add_frame(&pings, 0x89, "", 0);
	check("1000 pings", buf_str(&pings), 0, "");
	add_frame(&pings, 0x89, "", 0);
	check("1001 pings", buf_str(&pings), 1008, "");

	/* With time the frames come back, 50 a second. */
	struct record record = { 0 };
	struct websocket *websocket = websocket_new(&events, &record, MAX_MESSAGE);
	assert_true(websocket_feed(websocket, pings.data, pings.len - 6));
	fake_now_us += 1000000;
	assert_true(websocket_feed(websocket, pings.data, (size_t)6 * 50));
	assert_false(websocket_feed(websocket, pings.data, 6));
	assert_int_equal(record.code, 1008);
	websocket_free(&websocket);
}

static void pings_are_answered_and_closes_returned(void **state)
{
	(void)state;
	AUTO(buf) struct buf input = { 0 };
	add_frame(&input, 0x89, "abc", 3);
	add_frame(&input, 0x8a, "unasked", 7);
	add_frame(&input, 0x81, "hi", 2);
	add_frame(&input, 0x88, "\x03\xe8" "bye", 5);
	add_frame(&input, 0x81, "after", 5);
	struct outcome outcome = feed_cut(buf_str(&input), 1 << 20);
	static const struct str expected = STR("\x8a\x03" "abc" "\x88\x05\x03\xe8" "bye");
	assert_false(outcome.goes_on);
	assert_int_equal(outcome.code, 1000);
	assert_true(str_eq(buf_str(&outcome.texts), STR_LITERAL("hi|")));
	assert_int_equal(outcome.output.len, expected.len);
	assert_memory_equal(outcome.output.data, expected.data, expected.len);
	buf_clear(&outcome.texts);
	buf_clear(&outcome.output);
	check("close without code", STR_LITERAL("\x88\x80" M), 1005, "");
}

static void what_we_send_is_framed(void **state)
{
	(void)state;
	struct record record = { 0 };
	struct websocket *websocket = websocket_new(&events, &record, MAX_MESSAGE);
	AUTO(buf) struct buf output = { 0 };
	websocket_send_ping(websocket);
	websocket_send_close(websocket, 1012);
	websocket_send_ping(websocket);
	websocket_output(websocket, &output);
	assert_true(str_eq(buf_str(&output), STR_LITERAL("\x89\x00\x88\x02\x03\xf4")));
	assert_int_equal(record.close_count, 0);
	assert_false(websocket_feed(websocket, "\x88\x82" M "\x12\xd6", 8));
	assert_int_equal(record.code, 1012);
	assert_false(websocket_feed(websocket, "\x81\x80" M, 6));
	assert_int_equal(record.close_count, 1);
	websocket_free(&websocket);
	websocket_free(&websocket);
}

static void the_key_of_the_rfc_gives_its_answer(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(4096);
	struct str accept;
	assert_true(websocket_accept_key(arena, STR_LITERAL("dGhlIHNhbXBsZSBub25jZQ=="), &accept));
	assert_true(str_eq(accept, STR_LITERAL("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
	static const struct str wrong[] = { STR(""), STR("dGhlIHNhbXBsZSBub25jZQ="), STR("dGhlIHNhbXBsZSBub25jZR=="),
		STR("dGhlIHNhbXBsZSBub25jZQ==="), STR("dGhlIHNhbXBsZSBub25jZ*=="), STR("dGhlIHNhbXBsZSBub25jZQAA") };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(websocket_accept_key(arena, wrong[i], &accept));
}

int main(void)
{
	static const struct clock_source source = { fake_clock, fake_clock };
	clock_replace(&source);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_frames_close_with_their_code),
		cmocka_unit_test(a_wrong_header_is_refused_at_its_second_byte),
		cmocka_unit_test(text_must_be_utf8_also_across_fragments),
		cmocka_unit_test(messages_over_the_limit_are_refused),
		cmocka_unit_test(tiny_fragments_are_bounded),
		cmocka_unit_test(floods_of_frames_are_ended),
		cmocka_unit_test(pings_are_answered_and_closes_returned),
		cmocka_unit_test(what_we_send_is_framed),
		cmocka_unit_test(the_key_of_the_rfc_gives_its_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
