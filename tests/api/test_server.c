/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The HTTP server alone, with routes made for tests of it. Arguments: section.key=value settings, and
 * heartbeat_ms=N, ping_ms=N, await_ms=N. Prints "listening PORT" once it listens; drains on SIGTERM. */
#include "server/app.h"
#include "server/http/auth.h"
#include "server/http/http_server.h"
#include "server/http/limits.h"
#include "server/http/request.h"
#include "server/http/stream.h"
#include "storage/statement.h"
#include "storage/user.h"
#include "base/log.h"
#include "tests/api/test_server_await.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_STREAMS 64
#define CACHED_BYTES 4096

static struct shared_bytes *cached_body;

/* Streams that /publish sends to. */
static pthread_mutex_t hub_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stream *hub[MAX_STREAMS];
static unsigned streams_ended;

static void wait_ms(int64_t duration_ms)
{
	struct timespec wait = { duration_ms / 1000, duration_ms % 1000 * 1000000 };
	nanosleep(&wait, NULL);
}

static int64_t number_of(struct str text)
{
	int64_t number = 0;
	(void)!str_to_int64(text, &number);
	return number;
}

static enum error handle_echo(struct request *request)
{
	buf_add_str(respond(request, 200, "application/octet-stream"), request->http->body);
	return ERROR_NONE;
}

static enum error handle_slow(struct request *request)
{
	wait_ms(number_of(request_value(request, 0)));
	buf_add_c_string(respond(request, 200, "text/plain"), "done\n");
	return ERROR_NONE;
}

static bool answer_cached(struct request *request)
{
	respond_shared(request, 200, "application/json; charset=utf-8", cached_body);
	return true;
}

static enum error handle_cached(struct request *request)
{
	(void)answer_cached(request);
	return ERROR_NONE;
}

static enum error handle_large(struct request *request)
{
	int64_t kilobytes = number_of(request_value(request, 0));
	struct buf *out = respond(request, 200, "application/octet-stream");
	for (int64_t i = 0; i < kilobytes; i++)
		memset(buf_reserve(out, 1024), 'a' + (int)(i % 26), 1024), out->len += 1024;
	return ERROR_NONE;
}

static enum error handle_form(struct request *request)
{
	struct json_out *out = respond_json(request, 200);
	json_out_object_begin(out);
	for (size_t i = 0; i < request->form.count; i++) {
		json_out_key(out, arena_c_string(request->arena, request->form.fields[i].name));
		json_out_str(out, request->form.fields[i].value);
	}
	json_out_object_end(out);
	return ERROR_NONE;
}

static enum error handle_who(struct request *request)
{
	struct json_out *out = respond_json(request, 200);
	json_out_object_begin(out);
	json_out_key_str(out, "address", request->client_address);
	json_out_key_bool(out, "https", request->is_https);
	json_out_key_str(out, "id", request->id);
	json_out_key_int(out, "token", request->access.token_id);
	json_out_object_end(out);
	return ERROR_NONE;
}

static enum error handle_page(struct request *request)
{
	buf_add_c_string(respond(request, 200, "text/html; charset=utf-8"), "<!DOCTYPE html><title>x</title>");
	return ERROR_NONE;
}

static enum error handle_failure(struct request *request)
{
	(void)respond_json(request, 200);
	return fail(request, ERROR_INTERNAL, "detail-for-the-log-only");
}

static enum error handle_nothing(struct request *request)
{
	(void)request;
	return ERROR_NONE;
}

static enum error handle_database(struct request *request)
{
	enum error error = db_ping(request->db);
	if (error == ERROR_NONE)
		buf_add_c_string(respond(request, 200, "text/plain"), "up\n");
	return error;
}

static enum error handle_statement_timeout(struct request *request)
{
	static const struct statement read_timeout = STATEMENT("test_statement_timeout", 0,
		"select current_setting('statement_timeout')");
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(request->db, request->arena, &read_timeout, NULL, &rows);
	if (error == ERROR_NONE)
		buf_add_str(respond(request, 200, "text/plain"), db_text(&rows, 0, 0));
	return error;
}

static enum error handle_reflect(struct request *request)
{
	buf_add_c_string(respond(request, 200, "text/plain"), "ok\n");
	respond_header(request, "X-Reflected", form_value(&request->query, "value"));
	return ERROR_NONE;
}

static enum error handle_redirect(struct request *request)
{
	respond_redirect(request, STR_LITERAL("/page"));
	return ERROR_NONE;
}

static enum error handle_redirect_to(struct request *request)
{
	respond_redirect(request, form_value(&request->query, "to"));
	return ERROR_NONE;
}

static void send_copy(struct stream *stream, struct str event, struct str text)
{
	struct buf copy = { 0 };
	buf_add_str(&copy, text);
	struct shared_bytes *bytes = shared_bytes_new(&copy);
	stream_send(stream, event, bytes);
	shared_bytes_unref(&bytes);
}

static void hub_text(struct stream *stream, void *owner, struct str text)
{
	(void)owner;
	if (str_eq(text, STR_LITERAL("please end")))
		stream_end(stream, 1001);
	else
		send_copy(stream, STR_LITERAL("echo"), text);
}

static void hub_end(struct stream *stream, void *owner)
{
	(void)owner;
	pthread_mutex_lock(&hub_lock);
	streams_ended++;
	for (int i = 0; i < MAX_STREAMS; i++)
		if (hub[i] == stream)
			stream_unref(&hub[i]);
	pthread_mutex_unlock(&hub_lock);
}

static const struct stream_events hub_events = { hub_text, hub_end };

static enum error handle_stream(struct request *request)
{
	enum error error;
	pthread_mutex_lock(&hub_lock);
	struct stream *stream = respond_stream(request, &hub_events, NULL, &error);
	if (stream) {
		send_copy(stream, STR_LITERAL("hello"), STR_LITERAL("welcome"));
		for (int i = 0; i < MAX_STREAMS && stream; i++) {
			if (!hub[i]) {
				hub[i] = stream;
				stream = NULL;
			}
		}
		stream_unref(&stream);
		error = ERROR_NONE;
	}
	pthread_mutex_unlock(&hub_lock);
	return error;
}

static enum error handle_stream_failure(struct request *request)
{
	enum error error = handle_stream(request);
	return error != ERROR_NONE ? error : ERROR_FORBIDDEN;
}

/* Sends the body to every stream, ?times=N times. */
static enum error handle_publish(struct request *request)
{
	struct buf copy = { 0 };
	int64_t times = number_of(form_value(&request->query, "times"));
	buf_add_str(&copy, request->http->body);
	struct shared_bytes *bytes = shared_bytes_new(&copy);
	int count = 0;
	pthread_mutex_lock(&hub_lock);
	for (int i = 0; i < MAX_STREAMS; i++) {
		for (int64_t n = 0; hub[i] && n < times; n++)
			stream_send(hub[i], STR_LITERAL("update"), bytes);
		count += hub[i] != NULL;
	}
	pthread_mutex_unlock(&hub_lock);
	shared_bytes_unref(&bytes);
	buf_add_int64(respond(request, 200, "text/plain"), count);
	return ERROR_NONE;
}

static enum error handle_streams_ended(struct request *request)
{
	pthread_mutex_lock(&hub_lock);
	buf_add_int64(respond(request, 200, "text/plain"), streams_ended);
	pthread_mutex_unlock(&hub_lock);
	return ERROR_NONE;
}

#define MEBIBYTE (1024u * 1024)
static const struct route routes[] = {
	{ .method = HTTP_POST, .path = "/echo", .handler = handle_echo, .pool = ROUTE_API, .max_body_bytes = 4 * MEBIBYTE },
	{ .method = HTTP_POST, .path = "/echo-loop", .handler = handle_echo, .pool = ROUTE_ON_LOOP, .max_body_bytes = 64 * 1024 },
	{ .method = HTTP_GET, .path = "/slow/{ms}", .handler = handle_slow, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/slow-pool/{ms}", .handler = handle_slow, .pool = ROUTE_SLOW },
	{ .method = HTTP_GET, .path = "/slow-loop/{ms}", .handler = handle_slow, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_POST, .path = "/await/{ms}/{times}", .handler = handle_await, .pool = ROUTE_API, .max_body_bytes = MEBIBYTE },
	{ .method = HTTP_GET, .path = "/cached", .handler = handle_cached, .cached = answer_cached, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/large/{kilobytes}", .handler = handle_large, .pool = ROUTE_API },
	{ .method = HTTP_POST, .path = "/form", .handler = handle_form, .pool = ROUTE_API, .flags = ROUTE_BODY_FORM, .max_body_bytes = MEBIBYTE },
	{ .method = HTTP_POST, .path = "/form-needed", .handler = handle_form, .pool = ROUTE_API,
		.flags = ROUTE_BODY_FORM | ROUTE_NEEDS_BODY, .max_body_bytes = MEBIBYTE },
	{ .method = HTTP_GET, .path = "/who", .handler = handle_who, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/page", .handler = handle_page, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/failure", .handler = handle_failure, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/nothing", .handler = handle_nothing, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/database", .handler = handle_database, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/statement-timeout", .handler = handle_statement_timeout, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/statement-timeout-slow", .handler = handle_statement_timeout, .pool = ROUTE_SLOW },
	{ .method = HTTP_GET, .path = "/reflect", .handler = handle_reflect, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/redirect", .handler = handle_redirect, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/redirect-to", .handler = handle_redirect_to, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/ready", .handler = handle_page, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/stream", .handler = handle_stream, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/stream-on-loop", .handler = handle_stream, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_GET, .path = "/stream-failure", .handler = handle_stream_failure, .pool = ROUTE_API },
	{ .method = HTTP_GET, .path = "/streams-ended", .handler = handle_streams_ended, .pool = ROUTE_ON_LOOP },
	{ .method = HTTP_POST, .path = "/publish", .handler = handle_publish, .pool = ROUTE_API, .max_body_bytes = MEBIBYTE },
	{ .method = HTTP_GET, .path = "/api/v1/limited", .handler = handle_who, .pool = ROUTE_API, .limit = LIMIT_API, .flags = ROUTE_CORS },
	{ .method = HTTP_POST, .path = "/api/v1/apps", .handler = handle_form, .pool = ROUTE_API, .limit = LIMIT_APP,
		.flags = ROUTE_BODY_FORM | ROUTE_CORS, .max_body_bytes = MEBIBYTE },
	{ .method = HTTP_GET, .path = "/api/v1/app", .handler = handle_who, .pool = ROUTE_API, .access = ACCESS_APP, .flags = ROUTE_CORS },
	{ .method = HTTP_GET, .path = "/api/v1/user", .handler = handle_who, .pool = ROUTE_API, .access = ACCESS_USER,
		.scope = "read:accounts", .flags = ROUTE_CORS | ROUTE_NO_STORE },
	{ .method = HTTP_GET, .path = "/api/v1/user-on-loop", .handler = handle_who, .pool = ROUTE_ON_LOOP, .access = ACCESS_USER,
		.scope = "read:accounts" },
	{ .method = HTTP_GET, .path = "/api/v1/admin", .handler = handle_who, .pool = ROUTE_API, .access = ACCESS_ADMIN,
		.scope = "admin:read" },
	{ .method = HTTP_GET, .path = "/api/v1/streaming/user", .handler = handle_stream, .pool = ROUTE_API, .access = ACCESS_USER,
		.scope = "read:statuses" },
};

static enum error find_access_in_table(struct db *db, struct arena *arena, struct str token_hash, struct access *ret_access)
{
	static const struct {
		const char *token;
		struct access access;
	} tokens[] = {
		{ "token-reader", { 1, 1, 1, 1, STR("read"), USER_MEMBER } },
		{ "token-writer", { 2, 1, 2, 2, STR("write:statuses"), USER_MEMBER } },
		{ "token-reader-again", { 6, 1, 1, 1, STR("read"), USER_MEMBER } },
		{ "token-application", { 3, 1, 0, 0, STR("read write"), USER_MEMBER } },
		{ "token-administrator", { 4, 1, 4, 4, STR("read admin:read"), USER_ADMINISTRATOR } },
		{ "token-member-with-admin-scope", { 5, 1, 5, 5, STR("admin:read"), USER_MEMBER } },
	};
	(void)db;
	(void)arena;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		char hash[AUTH_HASH_BYTES];
		auth_hash_token(str_from(tokens[i].token), hash);
		if (str_eq(token_hash, (struct str){ hash, sizeof(hash) })) {
			*ret_access = tokens[i].access;
			return ERROR_NONE;
		}
	}
	return ERROR_NOT_FOUND;
}

static struct config *read_arguments(int argc, char **argv, struct http_server_options *options)
{
	const char *settings[32] = { "http.listen=127.0.0.1:0", "log.level=info" };
	size_t count = 2;
	for (int i = 1; i < argc && count < 32; i++) {
		unsigned number;
		if (sscanf(argv[i], "heartbeat_ms=%u", &number) == 1)
			options->stream_heartbeat_ms = number;
		else if (sscanf(argv[i], "ping_ms=%u", &number) == 1)
			options->websocket_ping_ms = number;
		else if (sscanf(argv[i], "await_ms=%u", &number) == 1)
			options->await_ms = number;
		else
			settings[count++] = argv[i];
	}
	struct config *config;
	char *message = NULL;
	if (config_load(NULL, settings, count, &config, &message) != ERROR_NONE) {
		fprintf(stderr, "%s\n", message);
		memory_free(message);
		return NULL;
	}
	return config;
}

static void make_cached_body(void)
{
	struct buf body = { 0 };
	buf_add_c_string(&body, "{\"text\":\"");
	while (body.len < CACHED_BYTES - 2)
		buf_add_char(&body, 'x');
	buf_add_c_string(&body, "\"}");
	cached_body = shared_bytes_new(&body);
}

int main(int argc, char **argv)
{
	struct http_server_options options = { .routes = routes, .route_count = sizeof(routes) / sizeof(routes[0]),
		.find_access = find_access_in_table, .start_fetch = start_slow_fetch };
	struct app app = { 0 };
	struct http_server *server = NULL;
	enum log_level level;
	char *message = NULL;
	sigset_t signals;
	int signal_number;
	struct config *config = read_arguments(argc, argv, &options);
	if (!config)
		return 2;
	if (!log_level_from_text(str_from(config_text(config, "log.level")), &level))
		return 2;
	log_configure(LOG_FORMAT_JSON, level);
	app.config = config;
	options.app = &app;
	make_cached_body();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	enum error error = limits_new(config, &app.limits, &message);
	slow_fetches_start();
	if (error == ERROR_NONE)
		error = http_server_start(&options, &server, &message);
	if (error == ERROR_NONE) {
		printf("listening %u\n", http_server_port(server));
		fflush(stdout);
		sigwait(&signals, &signal_number);
	} else {
		fprintf(stderr, "%s\n", message);
		memory_free(message);
	}
	http_server_stop(&server);
	slow_fetches_stop();
	limits_free(&app.limits);
	shared_bytes_unref(&cached_body);
	config_free(&config);
	return error == ERROR_NONE ? 0 : 1;
}
