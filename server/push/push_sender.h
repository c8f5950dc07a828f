/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sends messages to push services: a loop of its own with the guarded HTTP client, for threads that may wait. */
#ifndef COMPTOIR_SERVER_PUSH_PUSH_SENDER_H
#define COMPTOIR_SERVER_PUSH_PUSH_SENDER_H

#include "federation/http_client.h"

struct push_sender;

/* On failure *ret_message (arena). config must outlive it. */
enum error push_sender_start(const struct config *config, struct arena *arena, struct push_sender **ret_sender,
	struct str *ret_message) MUST_CHECK;
/* Nobody may be waiting; accepts NULL. */
void push_sender_stop(struct push_sender **sender);
/* Whoever waits gets HTTP_CLIENT_CANCELLED, and so does everybody who comes later. Any thread; accepts NULL. */
void push_sender_interrupt(struct push_sender *sender);

struct push_sending {
	struct str url;
	struct str body;
	const struct http_client_header *headers;
	size_t header_count;
	/* what came of it */
	enum http_client_error error;
	int status;
	int64_t retry_after_s; /* -1 when it was not said */
};

/* All at once; returns when the last one has ended, within about ten seconds. Any thread but the sender's own. */
void push_send_all(struct push_sender *sender, struct push_sending *sendings, size_t count);

#endif
