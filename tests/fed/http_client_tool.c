/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The outbound client alone, driven over standard input by tests/api/test_http_client.py. Arguments:
 * section.key=value settings. Each line is an object: {"id", "method", "url", "body", "headers": {}, "limits": {},
 * "refuse_hop"} sends; {"cancel": ID} cancels. Each result is a line on standard output. The end of the input frees the
 * client with what is under way. Every hop carries X-Signed: METHOD URL NUMBER. */
#include "federation/http_client.h"

#include "base/config.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/list.h"
#include "base/loop.h"

#include <event2/event.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_SETTINGS 16
#define MAX_HEADERS 16
#define INPUT_BYTES 65536

struct job {
	struct list_link link;
	struct http_client_call *call;
	json_t *line; /* holds the body */
	int64_t id;
	bool is_in_send;
};

static struct loop *loop;
static struct http_client *client;
static struct list_link jobs;
static struct buf input;

static void write_line(struct buf *line)
{
	buf_add_char(line, '\n');
	fwrite(line->data, 1, line->len, stdout);
	fflush(stdout);
}

static void write_result(const struct job *job, const struct http_client_result *result)
{
	AUTO(buf) struct buf line = { 0 };
	struct json_out out;
	json_out_init(&out, &line);
	json_out_object_begin(&out);
	json_out_key_int(&out, "id", job->id);
	json_out_key_c_string(&out, "error", http_client_error_name(result->error));
	json_out_key_str(&out, "detail", result->detail);
	json_out_key_int(&out, "status", result->status);
	json_out_key_str(&out, "url", result->url);
	json_out_key_int(&out, "redirects", result->redirects);
	json_out_key_str(&out, "content_type", result->content_type);
	json_out_key_int(&out, "retry_after_s", result->retry_after_s);
	json_out_key_int(&out, "body_bytes", (int64_t)result->body.len);
	json_out_key_str(&out, "body", str_slice(buf_str(&result->body), 0, 4096));
	json_out_key_bool(&out, "is_in_send", job->is_in_send);
	json_out_key_array_begin(&out, "headers");
	for (size_t i = 0; i < result->header_count; i++) {
		json_out_array_begin(&out);
		json_out_str(&out, result->headers[i].name);
		json_out_str(&out, result->headers[i].value);
		json_out_array_end(&out);
	}
	json_out_array_end(&out);
	json_out_object_end(&out);
	write_line(&line);
}

static void forget(struct job *job)
{
	list_remove(&job->link);
	json_decref(job->line);
	memory_free(job);
}

static void done(void *argument, struct http_client_result *result)
{
	struct job *job = argument;
	write_result(job, result);
	forget(job);
}

static bool sign(void *argument, struct http_client_hop *hop)
{
	struct job *job = argument;
	int64_t refused_hop;
	if (json_in_int64(job->line, "refuse_hop", &refused_hop) && refused_hop == (int64_t)hop->number)
		return false;
	http_client_add_header(hop, STR_LITERAL("X-Signed"),
		arena_printf(hop->arena, "%s %.*s %u", hop->method, STR_ARG(hop->url.text), hop->number));
	return true;
}

static struct http_client_limits read_limits(const json_t *line)
{
	struct http_client_limits limits = http_client_limits_default;
	const json_t *given = json_object_get(line, "limits");
	int64_t number;
	if (json_in_int64(given, "max_body_bytes", &number))
		limits.max_body_bytes = (size_t)number;
	limits.cuts_body = json_is_true(json_object_get(given, "cuts_body"));
	if (json_in_int64(given, "max_head_bytes", &number))
		limits.max_head_bytes = (size_t)number;
	if (json_in_int64(given, "max_redirects", &number))
		limits.max_redirects = (unsigned)number;
	if (json_in_int64(given, "connect_ms", &number))
		limits.connect_ms = number;
	if (json_in_int64(given, "tls_ms", &number))
		limits.tls_ms = number;
	if (json_in_int64(given, "first_byte_ms", &number))
		limits.first_byte_ms = number;
	if (json_in_int64(given, "total_ms", &number))
		limits.total_ms = number;
	return limits;
}

static void send_request(json_t *line)
{
	struct http_client_header headers[MAX_HEADERS];
	size_t header_count = 0;
	json_t *given = json_object_get(line, "headers");
	const char *name;
	json_t *value;
	json_object_foreach (given, name, value) {
		if (header_count < MAX_HEADERS)
			headers[header_count++] = (struct http_client_header){ str_from(name), json_in_str(given, name) };
	}
	struct job *job = memory_new(sizeof(*job));
	struct http_client_limits limits = read_limits(line);
	struct http_client_request request = {
		.method = str_eq(json_in_str(line, "method"), STR_LITERAL("POST")) ? HTTP_CLIENT_POST : HTTP_CLIENT_GET,
		.url = json_in_str(line, "url"),
		.body = json_in_str(line, "body"),
		.headers = headers,
		.header_count = header_count,
		.limits = &limits,
		.sign = sign,
		.done = done,
		.argument = job,
	};
	job->line = json_incref(line);
	(void)!json_in_int64(line, "id", &job->id);
	list_add_last(&jobs, &job->link);
	job->is_in_send = true;
	job->call = http_client_send(client, &request);
	job->is_in_send = false;
}

static void cancel(int64_t id)
{
	LIST_EACH_SAFE(&jobs, link) {
		struct job *job = LIST_OBJECT(link, struct job, link);
		if (job->id == id) {
			http_client_cancel(client, job->call);
			forget(job);
		}
	}
}

static void run_line(struct str text)
{
	json_t *line;
	int64_t id;
	if (json_in_parse(text, NULL, &line) != ERROR_NONE)
		memory_fatal("a line is no JSON");
	if (json_in_int64(line, "cancel", &id))
		cancel(id);
	else
		send_request(line);
	json_decref(line);
}

static void on_input(evutil_socket_t fd, short what, void *argument)
{
	(void)what;
	(void)argument;
	(void)loop_now_us(loop);
	ssize_t count = read(fd, buf_reserve(&input, INPUT_BYTES), INPUT_BYTES);
	if (count <= 0) {
		loop_stop(loop);
		return;
	}
	input.len += (size_t)count;
	size_t from = 0, end;
	while ((end = str_index_of(buf_str(&input), '\n', from)) < input.len) {
		run_line(str_slice(buf_str(&input), from, end));
		from = end + 1;
	}
	memmove(input.data, input.data + from, input.len - from);
	input.len -= from;
}

static struct config *read_settings(int argument_count, char **arguments)
{
	const char *settings[MAX_SETTINGS];
	size_t count = 0;
	struct config *config;
	char *message = NULL;
	for (int i = 1; i < argument_count && count < MAX_SETTINGS; i++)
		settings[count++] = arguments[i];
	if (config_load(NULL, settings, count, &config, &message) != ERROR_NONE) {
		fprintf(stderr, "%s\n", message);
		memory_free(message);
		return NULL;
	}
	return config;
}

int main(int argument_count, char **arguments)
{
	signal(SIGPIPE, SIG_IGN);
	struct config *config = read_settings(argument_count, arguments);
	if (!config)
		return 2;
	char *message = NULL;
	list_init(&jobs);
	loop = loop_new("test", "client");
	enum error error = http_client_new(loop, config, &client, &message);
	if (error) {
		fprintf(stderr, "%s\n", message);
		memory_free(message);
	} else {
		struct event *event = event_new(loop_base(loop), STDIN_FILENO, EV_READ | EV_PERSIST, on_input, NULL);
		event_add(event, NULL);
		loop_run(loop);
		event_free(event);
	}
	http_client_free(&client);
	loop_free(&loop);
	config_free(&config);
	buf_clear(&input);
	return error ? 1 : 0;
}
