/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A loop of its own for one request: translations are rare, and nothing else waits for them. */
#include "server/mastodon/translator.h"

#include "federation/http_client.h"

#include "base/json_in.h"
#include "base/log.h"
#include "base/loop.h"

struct asking {
	struct loop *loop;
	struct arena *arena;
	enum http_client_error error;
	int status;
	struct str body;
};

/* On the loop, which this ends; whoever started it reads the rest when it is joined. */
static void answered(void *argument, struct http_client_result *result)
{
	struct asking *asking = argument;
	asking->error = result->error;
	asking->status = result->status;
	if (result->error == HTTP_CLIENT_OK)
		asking->body = arena_str(asking->arena, buf_str(&result->body));
	loop_stop(asking->loop);
}

static enum error read_answer(const struct asking *asking, json_t **ret_json)
{
	if (asking->error == HTTP_CLIENT_OK && asking->status == 200 && !json_in_parse(asking->body, NULL, ret_json))
		return ERROR_NONE;
	log_event(LOG_LEVEL_INFO, "translation_failed", LOG_TEXT("error", http_client_error_name(asking->error)),
		LOG_INT("status", asking->status));
	return ERROR_UNAVAILABLE;
}

enum error translator_ask(const struct config *config, struct arena *arena, const char *path, struct str body,
	json_t **ret_json)
{
	static const struct http_client_header type = { STR("Content-Type"), STR("application/json") };
	static const struct http_client_limits limits = { .max_body_bytes = (size_t)512 * 1024, .max_head_bytes = (size_t)64 * 1024,
		.connect_ms = 3000, .tls_ms = 3000, .first_byte_ms = 10000, .total_ms = 12000 };
	struct str base = str_from(config_text(config, "translation.url"));
	struct http_client *client;
	struct url origin;
	char *message = NULL;
	if (!base.len)
		return ERROR_NOT_FOUND;
	if (str_ends_with(base, STR_LITERAL("/")))
		base.len--;
	struct str url = arena_printf(arena, "%.*s%s", STR_ARG(base), path);
	if (!url_parse(arena, url, &origin))
		return ERROR_UNAVAILABLE;
	struct asking asking = { .loop = loop_new("web", "translate"), .arena = arena };
	if (http_client_new_for(asking.loop, config, &origin, &client, &message)) {
		memory_free(message);
		loop_free(&asking.loop);
		return ERROR_UNAVAILABLE;
	}
	const struct http_client_request request = { .method = body.data ? HTTP_CLIENT_POST : HTTP_CLIENT_GET, .url = url,
		.body = body, .headers = &type, .header_count = body.data ? 1 : 0, .limits = &limits, .done = answered,
		.argument = &asking };
	(void)http_client_send(client, &request);
	loop_start(asking.loop);
	loop_join(asking.loop);
	http_client_free(&client);
	loop_free(&asking.loop);
	return read_answer(&asking, ret_json);
}
