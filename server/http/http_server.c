/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Puts the front together and takes it apart. Starting: settings, certificate, loops, listeners, pools, then
 * the threads of the loops. Stopping: every loop closes its listeners and what is idle and ends its streams;
 * when the last connection has gone, or the time is over, the rest is closed, then the pools end (their
 * queued jobs run), then the loops. */
#include "server/http/http_server.h"

#include "server/http/auth.h"
#include "server/http/connection_cap.h"
#include "server/http/listener.h"
#include "server/http/password_work.h"
#include "server/http/tls.h"
#include "storage/db.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define WORKER_STACK_BYTES (1024u * 1024)
#define BODY_WINDOW_MS 10000
#define SPARE_DESCRIPTORS 256

static unsigned core_count(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores > 0 ? (unsigned)cores : 1;
}

static void read_settings(struct http_server *server)
{
	const struct config *config = server->app->config;
	int64_t request_timeout_ms = config_duration_ms(config, "http.request_timeout");
	server->max_connections = (unsigned)config_integer(config, "http.max_connections");
	server->max_requests_per_connection = (unsigned)config_integer(config, "http.max_requests_per_connection");
	server->request_timeout_us = request_timeout_ms * 1000;
	server->body_window_us = (request_timeout_ms < BODY_WINDOW_MS ? request_timeout_ms : BODY_WINDOW_MS) * 1000;
	server->min_body_rate = config_integer(config, "http.min_body_rate");
	server->max_large_body_bytes = config_size_bytes(config, "media.uploads_in_memory");
	server->write_timeout_us = config_duration_ms(config, "http.write_timeout") * 1000;
	server->loop_count = server->options.loop_count;
	if (!server->loop_count)
		server->loop_count = (unsigned)config_integer(config, "http.loops");
	if (!server->loop_count)
		server->loop_count = core_count();
}

static void raise_descriptor_limit(unsigned max_connections)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)max_connections + SPARE_DESCRIPTORS;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < wanted)
		log_event(LOG_LEVEL_WARNING, "descriptor_limit_low", LOG_INT("limit", limit.rlim_cur), LOG_INT("wanted", wanted));
}

static enum error read_proxies(struct http_server *server, char **ret_message)
{
	const struct str *items;
	struct str bad_item;
	size_t count = config_list(server->app->config, "http.trusted_proxies", &items);
	server->trusted_proxies = net_list_new(items, count, false, &bad_item);
	if (server->trusted_proxies)
		return ERROR_NONE;
	struct buf message = { 0 };
	size_t ignored;
	buf_add_printf(&message, "http.trusted_proxies: '%.*s' is not ADDRESS[/BITS] or unix", STR_ARG(bad_item));
	buf_add_char(&message, '\0');
	*ret_message = buf_take(&message, &ignored);
	return ERROR_CONFIGURATION;
}

static enum error read_certificate(struct http_server *server, char **ret_message)
{
	const char *certificate = config_text(server->app->config, "http.tls_certificate");
	if (!certificate[0])
		return ERROR_NONE;
	return tls_context_new(certificate, config_text(server->app->config, "http.tls_key"), &server->tls, ret_message);
}

static void make_loops(struct http_server *server)
{
	server->loops = memory_new_array(server->loop_count, sizeof(*server->loops));
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *loop = &server->loops[i];
		char unit[16];
		snprintf(unit, sizeof(unit), "http %u", i % 1000);
		loop->server = server;
		loop->loop = loop_new("web", unit);
		loop->read_buffer = memory_new(READ_BUFFER_BYTES);
		loop->tls_buffer = server->tls ? memory_new(TLS_BUFFER_BYTES) : NULL;
		loop->request_id_state = random_uint64();
		list_init(&loop->connections);
		http_loop_timers_start(loop);
		http_loop_waits_start(loop);
	}
}

static void free_loops(struct http_server *server)
{
	for (unsigned i = 0; server->loops && i < server->loop_count; i++) {
		struct http_loop *loop = &server->loops[i];
		http_listeners_close(loop);
		LIST_EACH_SAFE(&loop->connections, link)
			connection_close(LIST_OBJECT(link, struct connection, link));
		http_loop_timers_stop(loop);
		http_loop_waits_stop(loop);
		loop_free(&loop->loop);
		exchange_free_all(loop);
		memory_free(loop->read_buffer);
		memory_free(loop->tls_buffer);
	}
	memory_free(server->loops);
}

static void *start_worker(void *argument)
{
	struct http_server *server = argument;
	return db_new(server->app->config, DB_WEB);
}

static void *start_slow_worker(void *argument)
{
	struct http_server *server = argument;
	struct db *db = start_worker(argument);
	db_set_statement_timeout(db, config_duration_ms(server->app->config, "database.slow_statement_timeout"));
	return db;
}

static void stop_worker(void *thread_state)
{
	struct db *db = thread_state;
	db_free(&db);
}

static bool has_routes_for(const struct http_server *server, enum route_pool pool)
{
	for (size_t i = 0; i < server->options.route_count; i++) {
		const struct route *route = &server->options.routes[i];
		/* A route on the loop that wants a token goes to a worker when the token is not in memory. */
		bool may_go_to_api = pool == ROUTE_API && route->pool == ROUTE_ON_LOOP && route->access != ACCESS_PUBLIC;
		if (route->pool == pool || may_go_to_api)
			return true;
	}
	return false;
}

static struct worker_pool *make_pool(struct http_server *server, enum route_pool pool, const char *name, unsigned threads)
{
	if (!has_routes_for(server, pool))
		return NULL;
	struct worker_pool_options options = {
		.role = "web",
		.name = name,
		.thread_count = threads,
		.queue_limit = (unsigned)config_integer(server->app->config, "http.queue_limit"),
		.stack_bytes = WORKER_STACK_BYTES,
		.argument = server,
		.thread_start = pool == ROUTE_SLOW ? start_slow_worker : start_worker,
		.thread_stop = stop_worker,
	};
	return worker_pool_new(&options);
}

static void make_pools(struct http_server *server)
{
	const struct config *config = server->app->config;
	unsigned api_workers = (unsigned)config_integer(config, "http.api_workers");
	server->api_pool = make_pool(server, ROUTE_API, "api", api_workers ? api_workers : 2 * core_count());
	server->slow_pool = make_pool(server, ROUTE_SLOW, "slow", (unsigned)config_integer(config, "http.slow_workers"));
	server->password_pool = server->options.listen ? NULL : password_pool_new();
}

static enum error open_listeners(struct http_server *server, char **ret_message)
{
	const struct str *addresses = server->options.listen;
	size_t count = server->options.listen_count;
	if (!addresses)
		count = config_list(server->app->config, "http.listen", &addresses);
	return http_listeners_open(server, addresses, count, ret_message);
}

static void free_server(struct http_server **server_pointer)
{
	struct http_server *server = *server_pointer;
	free_loops(server);
	router_free(&server->router);
	auth_cache_free(&server->auth_cache);
	connection_cap_free(&server->connection_cap);
	tls_context_free(&server->tls);
	net_list_free(&server->trusted_proxies);
	pthread_cond_destroy(&server->is_drained);
	pthread_mutex_destroy(&server->drain_lock);
	memory_free(server);
	*server_pointer = NULL;
}

static struct http_server *new_server(const struct http_server_options *options)
{
	struct http_server *server = memory_new(sizeof(*server));
	pthread_condattr_t monotonic;
	server->app = options->app;
	server->options = *options;
	if (!server->options.find_access)
		server->options.find_access = access_find;
	pthread_mutex_init(&server->drain_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&server->is_drained, &monotonic);
	pthread_condattr_destroy(&monotonic);
	read_settings(server);
	server->router = router_new(options->routes, options->route_count);
	server->auth_cache = auth_cache_new();
	server->connection_cap = connection_cap_new(
		(unsigned)config_integer(options->app->config, "http.max_connections_per_address"));
	return server;
}

enum error http_server_start(const struct http_server_options *options, struct http_server **ret_server, char **ret_message)
{
	struct http_server *server = new_server(options);
	enum error error = read_proxies(server, ret_message);
	if (error == ERROR_NONE)
		error = read_certificate(server, ret_message);
	if (error == ERROR_NONE) {
		make_loops(server);
		error = open_listeners(server, ret_message);
	}
	if (error != ERROR_NONE) {
		free_server(&server);
		return error;
	}
	/* A second server wants no more than the first; the lack is said once. */
	if (!options->listen)
		raise_descriptor_limit(server->max_connections);
	make_pools(server);
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_start(server->loops[i].loop);
	*ret_server = server;
	return ERROR_NONE;
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

unsigned http_server_connections(const struct http_server *server)
{
	return atomic_load(&server->connection_count);
}

static void count_loop(struct http_server *server, unsigned *count)
{
	pthread_mutex_lock(&server->drain_lock);
	(*count)++;
	pthread_cond_broadcast(&server->is_drained);
	pthread_mutex_unlock(&server->drain_lock);
}

static void drain_loop(struct loop_message *message)
{
	struct http_loop *loop = LIST_OBJECT(message, struct http_loop, drain_message);
	struct http_server *server = loop->server;
	loop->is_draining = true;
	http_listeners_close(loop);
	http_loop_waits_drain(loop);
	LIST_EACH_SAFE(&loop->connections, link) {
		struct connection *connection = LIST_OBJECT(link, struct connection, link);
		if (connection->state == CONNECTION_STREAM)
			stream_drain(connection->stream);
		else
			connection_drain(connection);
	}
	count_loop(server, &server->loops_draining);
}

static void close_all(struct loop_message *message)
{
	struct http_loop *loop = LIST_OBJECT(message, struct http_loop, close_message);
	LIST_EACH_SAFE(&loop->connections, link)
		connection_close(LIST_OBJECT(link, struct connection, link));
	count_loop(loop->server, &loop->server->loops_closed);
}

static void answer_probe(struct loop_message *message)
{
	struct http_loop *loop = LIST_OBJECT(message, struct http_loop, probe_message);
	atomic_store(&loop->is_probed, false);
}

bool http_server_is_responsive(struct http_server *server)
{
	bool is_responsive = true;
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *loop = &server->loops[i];
		if (atomic_exchange(&loop->is_probed, true)) {
			is_responsive = false;
			continue;
		}
		loop->probe_message.run = answer_probe;
		loop_post(loop->loop, &loop->probe_message);
	}
	return is_responsive;
}

static void wait_for_drain(struct http_server *server)
{
	struct timespec until;
	clock_wait_until(config_duration_ms(server->app->config, "http.drain_timeout"), &until);
	pthread_mutex_lock(&server->drain_lock);
	int failure = 0;
	while (!failure && (server->loops_draining < server->loop_count || atomic_load(&server->connection_count)))
		failure = pthread_cond_timedwait(&server->is_drained, &server->drain_lock, &until);
	pthread_mutex_unlock(&server->drain_lock);
}

/* A loop that has not come round yet may still read a request and hand it to a pool. */
static void close_connections(struct http_server *server)
{
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *loop = &server->loops[i];
		loop->close_message.run = close_all;
		loop_post(loop->loop, &loop->close_message);
	}
	pthread_mutex_lock(&server->drain_lock);
	while (server->loops_closed < server->loop_count)
		pthread_cond_wait(&server->is_drained, &server->drain_lock);
	pthread_mutex_unlock(&server->drain_lock);
}

void http_server_stop(struct http_server **server_pointer)
{
	struct http_server *server = *server_pointer;
	if (!server)
		return;
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *loop = &server->loops[i];
		loop->drain_message.run = drain_loop;
		loop_post(loop->loop, &loop->drain_message);
	}
	wait_for_drain(server);
	unsigned left = http_server_connections(server);
	if (left)
		log_event(LOG_LEVEL_WARNING, "drain_timeout", LOG_INT("connections", left));
	close_connections(server);
	worker_pool_stop(&server->api_pool);
	worker_pool_stop(&server->slow_pool);
	worker_pool_stop(&server->password_pool);
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_stop(server->loops[i].loop);
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_join(server->loops[i].loop);
	free_server(server_pointer);
}
