/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebSocket framing (RFC 6455) of one server-side connection, by wslay: bytes in, events out. No sockets
 * here. Refused with the right close code: unmasked frames, reserved bits and opcodes, fragmented or long
 * control frames, lengths not in shortest form (1002), binary messages (1003), invalid UTF-8 (1007), more than
 * 1,000 frames at once or 50 a second for long, more than 64 fragments a message (1008), messages over the limit
 * (1009). Pings are answered. */
#ifndef COMPTOIR_BASE_WEBSOCKET_H
#define COMPTOIR_BASE_WEBSOCKET_H

#include "base/arena.h"
#include "base/buf.h"

struct websocket;

struct websocket_events {
	/* text is valid during the call. */
	void (*on_text)(void *owner, struct str text);
	/* Once: the peer closed (its code; 1005 for none), or broke the protocol (the code that it is told);
	 * nothing more will come. Bytes to send may remain. */
	void (*on_close)(void *owner, uint16_t code);
};

struct websocket *websocket_new(const struct websocket_events *events, void *owner, size_t max_message_bytes) MUST_CHECK;
void websocket_free(struct websocket **websocket); /* accepts NULL */

/* Bytes from the socket. The events run inside; they may send but not free the websocket. False: the connection is to be closed after the bytes of websocket_output. */
bool websocket_feed(struct websocket *websocket, const char *data, size_t len) MUST_CHECK;

void websocket_send_ping(struct websocket *websocket);
void websocket_send_close(struct websocket *websocket, uint16_t code);

/* Moves the frames that wait to be written to the end of out. */
void websocket_output(struct websocket *websocket, struct buf *out);

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key; false when the key is not 16 bytes in base64. */
bool websocket_accept_key(struct arena *arena, struct str key, struct str *ret_accept) MUST_CHECK;

#endif
