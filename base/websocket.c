/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * wslay unmasks, joins fragments, checks UTF-8 and writes frames. In front of it stands a check of each frame's
 * header, because wslay answers some violations with a close frame without a code, takes any number of tiny
 * fragments, and checks the reason of a close by the portions in which it came. wslay therefore gets frame
 * headers and control frames whole, whatever the portions of the network were. */
#include "base/websocket.h"

#include "base/clock.h"
#include "base/mutant.h"

#include <openssl/evp.h>
#include <string.h>
#include <wslay/wslay.h>

#define MAX_HEADER_BYTES 14
#define MAX_CONTROL_PAYLOAD 125
#define MAX_FRAGMENTS 64
#define FRAME_BURST 1000
#define FRAMES_PER_SECOND 50
#define NO_CODE 1005

struct websocket {
	wslay_event_context_ptr wslay;
	struct websocket_events events;
	void *owner;
	size_t max_message_bytes;
	/* The frame that is being received. */
	unsigned char held[MAX_HEADER_BYTES + MAX_CONTROL_PAYLOAD]; /* header, or whole control frame */
	size_t held_len;
	uint64_t payload_left; /* of a data frame whose header was passed on */
	/* The message that is being received. */
	uint64_t message_bytes;
	unsigned fragments;
	/* Frames that may still come: a token bucket. */
	unsigned frames_left;
	int64_t refilled_us;
	/* What wslay reads during wslay_event_recv. */
	const unsigned char *input;
	size_t input_len;
	struct buf output;  /* frames that wait to be written */
	bool is_over;       /* on_close was called */
};

static ssize_t give_input(wslay_event_context_ptr context, uint8_t *buffer, size_t len, int flags, void *user_data)
{
	struct websocket *websocket = user_data;
	(void)flags;
	if (websocket->input_len == 0) {
		wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (len > websocket->input_len)
		len = websocket->input_len;
	memcpy(buffer, websocket->input, len);
	websocket->input += len;
	websocket->input_len -= len;
	return (ssize_t)len;
}

static ssize_t take_output(wslay_event_context_ptr context, const uint8_t *data, size_t len, int flags, void *user_data)
{
	struct websocket *websocket = user_data;
	(void)context;
	(void)flags;
	buf_add(&websocket->output, data, len);
	return (ssize_t)len;
}

static void end(struct websocket *websocket, uint16_t code)
{
	if (websocket->is_over)
		return;
	websocket->is_over = true;
	websocket->events.on_close(websocket->owner, code);
}

/* Frames are written out as soon as they are queued: wslay lets a close overtake and drop what still waits. */
static void flush(struct websocket *websocket)
{
	(void)wslay_event_send(websocket->wslay);
}

/* Tells the peer why and reads no more. */
static void refuse(struct websocket *websocket, uint16_t code)
{
	wslay_event_shutdown_read(websocket->wslay);
	(void)wslay_event_queue_close(websocket->wslay, code, NULL, 0);
	flush(websocket);
	end(websocket, code);
}

static void on_message(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *message,
	void *user_data)
{
	struct websocket *websocket = user_data;
	(void)context;
	if (message->opcode == WSLAY_TEXT_FRAME)
		websocket->events.on_text(websocket->owner, (struct str){ (const char *)message->msg, message->msg_length });
	else if (message->opcode == WSLAY_CONNECTION_CLOSE)
		end(websocket, message->status_code ? message->status_code : NO_CODE);
}

struct websocket *websocket_new(const struct websocket_events *events, void *owner, size_t max_message_bytes)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = give_input,
		.send_callback = take_output,
		.on_msg_recv_callback = on_message,
	};
	struct websocket *websocket = memory_new(sizeof(*websocket));
	if (wslay_event_context_server_init(&websocket->wslay, &callbacks, websocket) != 0)
		memory_fatal("out of memory for a WebSocket");
	websocket->events = *events;
	websocket->owner = owner;
	websocket->max_message_bytes = max_message_bytes;
	websocket->frames_left = FRAME_BURST;
	websocket->refilled_us = clock_monotonic_us();
	return websocket;
}

void websocket_free(struct websocket **websocket)
{
	if (!*websocket)
		return;
	wslay_event_context_free((*websocket)->wslay);
	buf_clear(&(*websocket)->output);
	memory_free(*websocket);
	*websocket = NULL;
}

/* False when the peer sends more frames than anybody who means well. */
static bool take_frame_token(struct websocket *websocket)
{
	int64_t now_us = clock_monotonic_us();
	int64_t earned = (now_us - websocket->refilled_us) * FRAMES_PER_SECOND / 1000000;
	if (earned > 0) {
		int64_t frames = earned + websocket->frames_left;
		websocket->frames_left = frames > FRAME_BURST ? FRAME_BURST : (unsigned)frames;
		websocket->refilled_us = now_us;
	}
	if (websocket->frames_left == 0 && !MUTANT("websocket_frame_rate"))
		return false;
	websocket->frames_left -= websocket->frames_left > 0;
	return true;
}

/* Bytes of the header, from its first two. */
static size_t header_bytes(const unsigned char *header)
{
	unsigned length = header[1] & 0x7fu;
	return 2u + (length == 126 ? 2u : length == 127 ? 8u : 0u) + (header[1] & 0x80 ? 4u : 0u);
}

/* What the first two bytes tell: 0, or the code to close with. */
static uint16_t check_header_start(const unsigned char *header)
{
	unsigned opcode = header[0] & 0x0fu;
	bool is_control = opcode >= 8;
	bool is_final = header[0] & 0x80;
	unsigned length = header[1] & 0x7fu;
	if ((header[0] & 0x70) && !MUTANT("websocket_reserved_bits"))
		return WSLAY_CODE_PROTOCOL_ERROR;
	if ((opcode > 10 || (opcode > 2 && opcode < 8)) && !MUTANT("websocket_opcode"))
		return WSLAY_CODE_PROTOCOL_ERROR;
	if (!(header[1] & 0x80) && !MUTANT("websocket_mask"))
		return WSLAY_CODE_PROTOCOL_ERROR;
	if (is_control && (!is_final || length > MAX_CONTROL_PAYLOAD))
		return WSLAY_CODE_PROTOCOL_ERROR;
	if (opcode == WSLAY_CONNECTION_CLOSE && length == 1)
		return WSLAY_CODE_PROTOCOL_ERROR;
	if (opcode == WSLAY_BINARY_FRAME)
		return WSLAY_CODE_UNSUPPORTED_DATA;
	return 0;
}

/* The payload length of a whole header; false when it is not in the shortest form or has the top bit. */
static bool read_length(const unsigned char *header, uint64_t *ret_length)
{
	unsigned length = header[1] & 0x7fu;
	uint64_t value = 0;
	if (length < 126) {
		*ret_length = length;
		return true;
	}
	for (size_t i = 0; i < (length == 126 ? 2 : 8); i++)
		value = value << 8 | header[2 + i];
	*ret_length = value;
	return length == 126 ? value >= 126 : value > UINT16_MAX && value <= INT64_MAX;
}

/* A data frame's header is whole: 0, or the code to close with. */
static uint16_t begin_data_frame(struct websocket *websocket)
{
	bool is_continuation = (websocket->held[0] & 0x0f) == 0;
	bool is_final = websocket->held[0] & 0x80;
	uint64_t length;
	if (!read_length(websocket->held, &length))
		return WSLAY_CODE_PROTOCOL_ERROR;
	if (!is_continuation) {
		websocket->message_bytes = 0;
		websocket->fragments = 0;
	}
	if (++websocket->fragments > MAX_FRAGMENTS && !MUTANT("websocket_fragments"))
		return WSLAY_CODE_POLICY_VIOLATION;
	if (length > websocket->max_message_bytes - websocket->message_bytes && !MUTANT("websocket_size"))
		return WSLAY_CODE_MESSAGE_TOO_BIG;
	websocket->message_bytes += length;
	websocket->payload_left = length;
	if (is_final)
		websocket->message_bytes = websocket->fragments = 0;
	return 0;
}

static void pass_on(struct websocket *websocket, const unsigned char *data, size_t len)
{
	websocket->input = data;
	websocket->input_len = len;
	bool has_failed = wslay_event_recv(websocket->wslay) != 0;
	websocket->input_len = 0;
	flush(websocket);
	if (websocket->is_over)
		return;
	if (has_failed)
		refuse(websocket, WSLAY_CODE_INTERNAL_SERVER_ERROR);
	else if (!wslay_event_get_read_enabled(websocket->wslay))
		end(websocket, wslay_event_get_status_code_sent(websocket->wslay));
}

/* How many bytes the held frame needs before it is looked at again: a control frame whole, else its header. */
static size_t held_target(const struct websocket *websocket)
{
	if (websocket->held_len < 2)
		return 2;
	size_t header = header_bytes(websocket->held);
	bool is_control = (websocket->held[0] & 0x0f) >= 8;
	return is_control ? header + (websocket->held[1] & 0x7f) : header;
}

/* One more step of the frame in held: its start, or all that is held of it, has just become whole. */
static void advance_held(struct websocket *websocket)
{
	uint16_t code = 0;
	if (websocket->held_len == 2) {
		code = check_header_start(websocket->held);
		if (code == 0 && !take_frame_token(websocket))
			code = WSLAY_CODE_POLICY_VIOLATION;
	}
	if (code == 0 && websocket->held_len < held_target(websocket))
		return;
	if (code == 0 && (websocket->held[0] & 0x0f) < 8)
		code = begin_data_frame(websocket);
	if (code != 0) {
		refuse(websocket, code);
		return;
	}
	size_t len = websocket->held_len;
	websocket->held_len = 0;
	pass_on(websocket, websocket->held, len);
}

bool websocket_feed(struct websocket *websocket, const char *data, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)data;
	while (len > 0 && !websocket->is_over) {
		size_t taken;
		if (websocket->payload_left > 0) {
			taken = len < websocket->payload_left ? len : (size_t)websocket->payload_left;
			websocket->payload_left -= taken;
			pass_on(websocket, bytes, taken);
		} else {
			size_t missing = held_target(websocket) - websocket->held_len;
			taken = len < missing ? len : missing;
			memcpy(websocket->held + websocket->held_len, bytes, taken);
			websocket->held_len += taken;
			if (taken == missing)
				advance_held(websocket);
		}
		bytes += taken;
		len -= taken;
	}
	return !websocket->is_over;
}

void websocket_send_ping(struct websocket *websocket)
{
	const struct wslay_event_msg ping = { WSLAY_PING, NULL, 0 };
	/* After a close nothing may follow, and nothing is queued. */
	(void)wslay_event_queue_msg(websocket->wslay, &ping);
	flush(websocket);
}

void websocket_send_close(struct websocket *websocket, uint16_t code)
{
	(void)wslay_event_queue_close(websocket->wslay, code, NULL, 0);
	flush(websocket);
}

void websocket_output(struct websocket *websocket, struct buf *out)
{
	buf_add_str(out, buf_str(&websocket->output));
	buf_clear(&websocket->output);
}

/* 16 bytes in base64 are 22 characters, the last of which carries two bits, and "==". */
static bool is_key(struct str key)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (key.len != 24 || key.data[22] != '=' || key.data[23] != '=')
		return false;
	for (size_t i = 0; i < 22; i++) {
		if (!memchr(alphabet, key.data[i], sizeof(alphabet) - 1))
			return false;
	}
	return memchr("AQgw", key.data[21], 4) != NULL;
}

bool websocket_accept_key(struct arena *arena, struct str key, struct str *ret_accept)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	if (!is_key(key))
		return false;
	const struct str parts[] = { key, STR_LITERAL("258EAFA5-E914-47DA-95CA-C5AB0DC85B11") };
	struct str joined = arena_join(arena, parts, 2);
	if (EVP_Digest(joined.data, joined.len, digest, NULL, EVP_sha1(), NULL) != 1)
		memory_fatal("SHA-1 is not available");
	char *accept = arena_alloc(arena, 29);
	int len = EVP_EncodeBlock((unsigned char *)accept, digest, 20);
	*ret_accept = (struct str){ accept, (size_t)len };
	return true;
}
