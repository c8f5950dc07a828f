/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A client that sends nothing: it keeps each request until the test answers it. For scripted tests of deliveries
 * and fetches, with a replaced clock. */
#ifndef COMPTOIR_TESTS_FAKE_HTTP_CLIENT_H
#define COMPTOIR_TESTS_FAKE_HTTP_CLIENT_H

#include "federation/http_client.h"

#include "base/list.h"

/* Signed like a first hop. Gone once it was answered. */
struct fake_request {
	struct http_client_call call;
	struct list_link link;
	struct arena *arena;
	enum http_client_method method;
	struct http_client_hop hop; /* with the caller's headers and those of sign */
	http_client_sign sign;      /* for the hops of redirects, with call.argument; may be NULL */
	bool is_signed;             /* sign said yes, or there is none */
};

struct http_client *fake_http_client_new(void) MUST_CHECK;

/* The oldest request that waits for an answer; NULL for none. */
struct fake_request *fake_http_client_next(struct http_client *client);
size_t fake_http_client_waiting(const struct http_client *client);

/* Runs the request's done. An empty result.url becomes that of the request. */
void fake_http_client_answer(struct fake_request *request, enum http_client_error error, int status, struct str body);
void fake_http_client_answer_with(struct fake_request *request, const struct http_client_result *result, struct str body);

#endif
