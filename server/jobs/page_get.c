/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One request on a loop of its own, which ends when the answer is there. */
#include "server/jobs/page_get.h"

#include "federation/http_client.h"

#include "base/http_message.h"
#include "base/loop.h"

static const struct http_client_limits limits = {
	.max_body_bytes = PAGE_MAX_BYTES,
	.max_head_bytes = (size_t)64 * 1024,
	.max_redirects = 3,
	.connect_ms = 3000,
	.tls_ms = 3000,
	.first_byte_ms = 5000,
	.total_ms = 8000,
};

struct getting {
	struct loop *loop;
	struct arena *arena;
	struct str html;
	enum error error;
};

static enum error judge(struct getting *getting, const struct http_client_result *result)
{
	switch (result->error) {
	case HTTP_CLIENT_OK:
		break;
	case HTTP_CLIENT_BAD_URL:
	case HTTP_CLIENT_REFUSED:
	case HTTP_CLIENT_NOT_SIGNED:
	case HTTP_CLIENT_TOO_LARGE:
	case HTTP_CLIENT_REDIRECT:
		return ERROR_FORBIDDEN;
	case HTTP_CLIENT_BUSY:
	case HTTP_CLIENT_DNS:
	case HTTP_CLIENT_CONNECT:
	case HTTP_CLIENT_TLS:
	case HTTP_CLIENT_TIMEOUT:
	case HTTP_CLIENT_PROTOCOL:
	case HTTP_CLIENT_CANCELLED:
	case HTTP_CLIENT_ERROR_COUNT:
		return ERROR_UNAVAILABLE;
	}
	if (result->status >= 500 || result->status == 429)
		return ERROR_UNAVAILABLE;
	if (result->status != 200 ||
	    !str_eq(http_media_type(getting->arena, result->content_type), STR_LITERAL("text/html")))
		return ERROR_NOT_FOUND;
	getting->html = arena_str(getting->arena, buf_str(&result->body));
	return ERROR_NONE;
}

static void done(void *argument, struct http_client_result *result)
{
	struct getting *getting = argument;
	getting->error = judge(getting, result);
	loop_stop(getting->loop);
}

enum error page_get(const struct config *config, struct arena *arena, struct str url, struct str *ret_html)
{
	static const struct http_client_header accept = { STR("Accept"), STR("text/html") };
	struct http_client *client = NULL;
	char *message = NULL;
	struct getting getting = { .loop = loop_new("web", "page"), .arena = arena, .error = ERROR_UNAVAILABLE };
	enum error error = http_client_new(getting.loop, config, &client, &message);
	memory_free(message);
	if (!error) {
		http_client_send(client, &(struct http_client_request){ .method = HTTP_CLIENT_GET, .url = url, .headers = &accept,
			.header_count = 1, .limits = &limits, .done = done, .argument = &getting });
		loop_start(getting.loop);
		loop_join(getting.loop);
		http_client_free(&client);
		error = getting.error;
	}
	loop_free(&getting.loop);
	if (!error)
		*ret_html = getting.html;
	return error;
}
