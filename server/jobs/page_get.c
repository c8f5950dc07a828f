/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One request on a loop of its own, which ends when the answer is there. */
#include "server/jobs/page_get.h"

#include "federation/http_client.h"

#include "base/http_message.h"
#include "base/loop.h"
#include "base/mutant.h"

static const struct http_client_limits limits = {
	.max_body_bytes = PAGE_MAX_BYTES,
	.cuts_body = true,
	.max_head_bytes = (size_t)64 * 1024,
	.max_redirects = 5,
	.connect_ms = 3000,
	.tls_ms = 3000,
	.first_byte_ms = 5000,
	.total_ms = 10000,
};

struct getting {
	struct loop *loop;
	struct arena *arena;
	enum page_kind kind;
	struct page_answer answer;
	enum error error;
};

static bool is_wanted(const struct getting *getting, struct str content_type)
{
	struct str type = http_media_type(getting->arena, content_type);
	if (getting->kind == PAGE_JSON)
		return str_eq(type, STR_LITERAL("application/json")) || str_ends_with(type, STR_LITERAL("+json"));
	if (getting->kind == PAGE_TEXT)
		return !type.len || str_eq(type, STR_LITERAL("text/plain"));
	return str_eq(type, STR_LITERAL("text/html")) || str_eq(type, STR_LITERAL("application/xhtml+xml")) || MUTANT("page_type");
}

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
	if (result->status != 200 || !is_wanted(getting, result->content_type))
		return ERROR_NOT_FOUND;
	getting->answer = (struct page_answer){
		.url = arena_str(getting->arena, result->url),
		.content_type = arena_str(getting->arena, result->content_type),
		.body = arena_str(getting->arena, buf_str(&result->body)),
	};
	return ERROR_NONE;
}

static void done(void *argument, struct http_client_result *result)
{
	struct getting *getting = argument;
	getting->error = judge(getting, result);
	loop_stop(getting->loop);
}

enum error page_get(const struct config *config, struct arena *arena, struct str url, enum page_kind kind,
	struct page_answer *ret_answer)
{
	static const struct http_client_header accepts[] = {
		[PAGE_HTML] = { STR("Accept"), STR("text/html, application/xhtml+xml") },
		[PAGE_JSON] = { STR("Accept"), STR("application/json") },
		[PAGE_TEXT] = { STR("Accept"), STR("text/plain, */*;q=0.1") },
	};
	struct http_client *client = NULL;
	char *message = NULL;
	struct getting getting = { .loop = loop_new("web", "page"), .arena = arena, .kind = kind,
		.error = ERROR_UNAVAILABLE };
	enum error error = http_client_new(getting.loop, config, &client, &message);
	memory_free(message);
	if (!error) {
		http_client_send(client, &(struct http_client_request){ .method = HTTP_CLIENT_GET, .url = url, .headers = &accepts[kind],
			.header_count = 1, .limits = &limits, .done = done, .argument = &getting });
		loop_start(getting.loop);
		loop_join(getting.loop);
		http_client_free(&client);
		error = getting.error;
	}
	loop_free(&getting.loop);
	if (!error)
		*ret_answer = getting.answer;
	return error;
}
