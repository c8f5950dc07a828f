/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a handler answers with. The last call wins: each begins by throwing away the body that was there. */
#include "server/http/request.h"

#include "server/http/connection.h"
#include "base/log.h"
#include "base/mutant.h"

static void begin(struct request *request, int status, const char *content_type)
{
	response_clear(&request->response);
	request->response.status = status;
	request->response.content_type = content_type;
}

struct json_out *respond_json(struct request *request, int status)
{
	begin(request, status, JSON_CONTENT_TYPE);
	json_out_init(&request->response.json, &request->response.body);
	return &request->response.json;
}

struct buf *respond(struct request *request, int status, const char *content_type)
{
	begin(request, status, content_type);
	return &request->response.body;
}

void respond_shared(struct request *request, int status, const char *content_type, struct shared_bytes *bytes)
{
	/* The reference first: bytes may be what is answered already. */
	struct shared_bytes *reference = shared_bytes_ref(bytes);
	begin(request, status, content_type);
	request->response.shared = reference;
}

void respond_static(struct request *request, int status, const char *content_type, struct str bytes)
{
	begin(request, status, content_type);
	request->response.static_body = bytes;
}

void respond_empty(struct request *request, int status)
{
	begin(request, status, NULL);
}

void respond_redirect(struct request *request, struct str location)
{
	begin(request, 302, NULL);
	respond_header(request, "Location", location);
}

void respond_header(struct request *request, const char *name, struct str value)
{
	struct response *response = &request->response;
	bool is_sendable = http_is_token(str_from(name)) && http_is_header_value(value);
	if ((!is_sendable && !MUTANT("http_header_value")) || response->header_count == RESPONSE_MAX_HEADERS) {
		log_event(LOG_LEVEL_WARNING, "response_header_dropped", LOG_TEXT("name", name),
			LOG_STR("request_id", request->id));
		return;
	}
	response->headers[response->header_count++] = (struct response_header){ str_from(name), value };
}

void response_clear(struct response *response)
{
	buf_clear(&response->body);
	shared_bytes_unref(&response->shared);
	response->static_body = (struct str){ 0 };
	response->content_type = NULL;
	if (response->stream)
		stream_abandon(response->stream);
	response->stream = NULL;
}
