/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One request on a loop that runs on the caller's own thread until the answer is there. */
#include "server/media/remote_get.h"

#include "server/media/media_limits.h"

#include "federation/http_client.h"
#include "federation/media_policy.h"

#include "base/loop.h"

static const struct http_client_limits limits = {
	.max_body_bytes = MEDIA_MAX_FILE_BYTES,
	.max_head_bytes = (size_t)64 * 1024,
	.max_redirects = 3,
	.connect_ms = 3000,
	.tls_ms = 3000,
	.first_byte_ms = 5000,
	.total_ms = 20000,
};

struct getting {
	struct loop *loop;
	const struct federation *federation;
	struct buf bytes;
	enum error error;
};

static enum error judge(struct getting *getting, struct http_client_result *result)
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
	if (result->status != 200)
		return ERROR_NOT_FOUND;
	if (!federation_takes_media(getting->federation, result->url))
		return ERROR_FORBIDDEN;
	buf_add_str(&getting->bytes, buf_str(&result->body));
	return ERROR_NONE;
}

static void done(void *argument, struct http_client_result *result)
{
	struct getting *getting = argument;
	getting->error = judge(getting, result);
	loop_stop(getting->loop);
}

enum error media_remote_get(const struct config *config, const struct federation *federation, struct str url, struct buf *ret_bytes)
{
	static const struct http_client_header accept = { STR("Accept"), STR("image/*, video/*, audio/*") };
	struct http_client *client = NULL;
	char *message = NULL;
	if (!federation_takes_media(federation, url))
		return ERROR_FORBIDDEN;
	struct getting getting = { .loop = loop_new("web", "media get"), .federation = federation, .error = ERROR_UNAVAILABLE };
	enum error error = http_client_new(getting.loop, config, &client, &message);
	memory_free(message);
	if (!error) {
		http_client_send(client, &(struct http_client_request){ .method = HTTP_CLIENT_GET, .url = url, .headers = &accept,
			.header_count = 1, .limits = &limits, .done = done, .argument = &getting });
		loop_run(getting.loop);
		http_client_free(&client);
		error = getting.error;
	}
	loop_free(&getting.loop);
	if (error)
		buf_clear(&getting.bytes);
	else
		*ret_bytes = getting.bytes;
	return error;
}
