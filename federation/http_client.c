/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The seam: dispatch by the function table, and what all implementations share. */
#include "federation/http_client.h"

#include "base/mutant.h"

#include <string.h>

const struct http_client_limits http_client_limits_default = {
	.max_body_bytes = 1024 * 1024,
	.max_head_bytes = 64 * 1024,
	.max_redirects = 3,
	.connect_ms = 5000,
	.tls_ms = 5000,
	.first_byte_ms = 10000,
	.total_ms = 30000,
};

const char *http_client_error_name(enum http_client_error error)
{
	static const char *const names[HTTP_CLIENT_ERROR_COUNT] = {
		[HTTP_CLIENT_OK] = "ok",
		[HTTP_CLIENT_BAD_URL] = "bad_url",
		[HTTP_CLIENT_REFUSED] = "refused",
		[HTTP_CLIENT_NOT_SIGNED] = "not_signed",
		[HTTP_CLIENT_BUSY] = "busy",
		[HTTP_CLIENT_DNS] = "dns",
		[HTTP_CLIENT_CONNECT] = "connect",
		[HTTP_CLIENT_TLS] = "tls",
		[HTTP_CLIENT_TIMEOUT] = "timeout",
		[HTTP_CLIENT_TOO_LARGE] = "too_large",
		[HTTP_CLIENT_PROTOCOL] = "protocol",
		[HTTP_CLIENT_REDIRECT] = "redirect",
		[HTTP_CLIENT_CANCELLED] = "cancelled",
	};
	return names[error];
}

struct http_client_call *http_client_send(struct http_client *client, const struct http_client_request *request)
{
	return client->operations->send(client, request);
}

void http_client_cancel(struct http_client *client, struct http_client_call *call)
{
	client->operations->cancel(client, call);
}

void http_client_free(struct http_client **client)
{
	if (*client)
		(*client)->operations->free(*client);
	*client = NULL;
}

bool http_client_find_header(const struct http_client_result *result, struct str name, struct str *ret_value)
{
	for (size_t i = 0; i < result->header_count; i++) {
		if (str_eq_nocase(result->headers[i].name, name)) {
			*ret_value = result->headers[i].value;
			return true;
		}
	}
	return false;
}

static bool is_safe(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0')
			return false;
	}
	return true;
}

void http_client_add_header(struct http_client_hop *hop, struct str name, struct str value)
{
	bool is_name = name.len > 0 && !str_contains_char(name, ':') && is_safe(name);
	if ((!is_name || !is_safe(value)) && !MUTANT("outbound_header_value")) {
		hop->is_broken = true;
		return;
	}
	struct http_client_header *grown = arena_alloc_array(hop->arena, hop->header_count + 1, sizeof(*grown));
	if (hop->header_count > 0)
		memcpy(grown, hop->headers, hop->header_count * sizeof(*grown));
	grown[hop->header_count].name = arena_str(hop->arena, name);
	grown[hop->header_count].value = arena_str(hop->arena, value);
	hop->headers = grown;
	hop->header_count++;
}
