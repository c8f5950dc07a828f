/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Frames whole and byte by byte: same messages, same end, and never a message that is not UTF-8. */
#include "base/clock.h"
#include "base/websocket.h"

#include <stdlib.h>

struct record {
	struct buf texts;
	uint16_t code;
};

static int64_t standing_clock(void)
{
	return 0;
}

static void on_text(void *owner, struct str text)
{
	if (!str_is_utf8(text) || text.len > 4096)
		abort();
	buf_add_str(&((struct record *)owner)->texts, text);
	buf_add_char(&((struct record *)owner)->texts, '\xff');
}

static void on_close(void *owner, uint16_t code)
{
	if (((struct record *)owner)->code || code < 1000)
		abort();
	((struct record *)owner)->code = code;
}

static void feed(struct record *record, struct buf *output, const uint8_t *data, size_t size, size_t cut)
{
	static const struct websocket_events events = { on_text, on_close };
	struct websocket *websocket = websocket_new(&events, record, 4096);
	bool goes_on = true;
	for (size_t at = 0; at < size && goes_on; at += cut)
		goes_on = websocket_feed(websocket, (const char *)data + at, size - at < cut ? size - at : cut);
	if (goes_on != (record->code == 0))
		abort();
	websocket_output(websocket, output);
	websocket_free(&websocket);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct clock_source source = { standing_clock, standing_clock };
	clock_replace(&source);
	struct record records[2] = { 0 };
	struct buf outputs[2] = { 0 };
	feed(&records[0], &outputs[0], data, size, size ? size : 1);
	feed(&records[1], &outputs[1], data, size, 1);
	if (records[0].code != records[1].code || !str_eq(buf_str(&records[0].texts), buf_str(&records[1].texts))
		|| !str_eq(buf_str(&outputs[0]), buf_str(&outputs[1])))
		abort();
	for (int i = 0; i < 2; i++) {
		buf_clear(&records[i].texts);
		buf_clear(&outputs[i]);
	}
	return 0;
}
