/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How a stream begins: who asks and for what is checked here, on a worker; from then on it is the hub's. */
#include "server/stream/stream_routes.h"

#include "server/app.h"
#include "server/http/auth.h"
#include "server/mastodon/parameters.h"
#include "server/stream/hub.h"

#include "base/mutant.h"
#include "storage/home.h"
#include "storage/stream_access.h"

static enum error check_name(struct request *request, const struct stream_name *name)
{
	const char *scope = stream_kind_scope(name->kind);
	bool allowed = auth_scope_allows(request->access.scopes, str_from(scope));
	if (name->kind == STREAM_USER)
		allowed |= auth_scope_allows(request->access.scopes, STR_LITERAL("read:notifications"));
	if (!allowed && !MUTANT("stream_route_scope"))
		return fail(request, ERROR_FORBIDDEN, "scope %s", scope);
	if (name->kind == STREAM_USER)
		return home_keep(request->db, request->arena, request->access.actor_id);
	if (name->kind != STREAM_LIST)
		return ERROR_NONE;
	int64_t list_id = 0;
	bool is_own = false;
	(void)!str_to_int64(name->argument, &list_id);
	enum error error = stream_access_list_is_own(request->db, request->arena, request->access.actor_id, list_id, &is_own);
	if (!error && !is_own)
		error = fail(request, ERROR_NOT_FOUND, "list %lld", (long long)list_id);
	return error;
}

static enum error begin(struct request *request, const struct stream_name *name)
{
	enum error error = name ? check_name(request, name) : ERROR_NONE;
	if (error)
		return error;
	struct stream_hub *hub = request->app->streams;
	struct stream_client *client = stream_client_new(hub, &request->access);
	struct stream *stream = respond_stream(request, &stream_client_events, client, &error);
	if (!stream) {
		stream_client_discard(&client);
		return error;
	}
	stream_client_join(client, stream, name);
	return ERROR_NONE;
}

static enum error refuse_name(struct request *request)
{
	request->error_message = STR_LITERAL("Unknown stream type");
	return fail(request, ERROR_BAD_REQUEST, "no such stream");
}

static bool is_websocket(const struct request *request)
{
	struct str upgrade = http_request_header(request->http, "Upgrade");
	return upgrade.data && http_list_has_token(upgrade, "websocket");
}

enum error handle_streaming(struct request *request)
{
	struct stream_name name;
	struct str wanted = parameter_text(request, "stream");
	if (!wanted.len)
		return is_websocket(request) ? begin(request, NULL) : refuse_name(request);
	/* A WebSocket stays open for what it says later, whatever it asked for at first. */
	if (stream_name_read(request->arena, wanted, parameter_text(request, "tag"), parameter_text(request, "list"), &name))
		return begin(request, &name);
	return is_websocket(request) ? begin(request, NULL) : refuse_name(request);
}

enum error handle_streaming_path(struct request *request)
{
	struct stream_name name;
	if (!stream_name_read_path(request->arena, request_value(request, 0), parameter_text(request, "tag"),
		    parameter_text(request, "list"), parameter_bool(request, "only_media", false), &name))
		return refuse_name(request);
	return begin(request, &name);
}

enum error handle_streaming_health(struct request *request)
{
	buf_add_c_string(respond(request, 200, "text/plain; charset=utf-8"), "OK");
	return ERROR_NONE;
}
