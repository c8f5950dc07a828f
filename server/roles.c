/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The order of a start: signals, directory, embedded cluster, listeners, and only then (on a thread of its own,
 * prepare.h) the database, since it may take its time. The main thread watches over the rest: signals, the
 * cluster, the service manager. */
#include "server/roles.h"

#include "server/app.h"
#include "server/brand/link_counter.h"
#include "server/brand/stream.h"
#include "server/host_check.h"
#include "server/http/http_server.h"
#include "server/jobs/job_worker.h"
#include "server/jobs/ticket_threader.h"
#include "server/jobs/word_indexer.h"
#include "server/stream/hub.h"
#include "server/mastodon/kept_pages.h"
#include "server/media/fetcher.h"
#include "server/media/service.h"
#include "server/metrics_listener.h"
#include "server/prepare.h"
#include "server/privileges.h"
#include "server/push/push_sender.h"

#include "federation/federation.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/cluster.h"

#include <systemd/sd-daemon.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define WATCH_INTERVAL_MS 1000

struct service {
	const struct config *config;
	struct arena *arena;
	unsigned roles;
	int signals; /* signalfd of those that stop us */
	struct cluster *cluster;
	struct app *app;
	struct http_server *http;
	struct http_server *metrics;
	struct preparation *preparation;
	bool is_ready; /* said to the service manager */
	int64_t started_us;
};

bool roles_from_text(struct str text, unsigned *ret_roles)
{
	static const struct {
		struct str name;
		unsigned roles;
	} names[] = { { STR("all"), ROLE_ALL }, { STR("web"), ROLE_WEB }, { STR("federation"), ROLE_FEDERATION } };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(text, names[i].name)) {
			*ret_roles = names[i].roles;
			return true;
		}
	}
	return false;
}

/* SIGHUP only when the starter does not want it ignored (nohup). */
static void fill_stop_signals(sigset_t *ret_signals)
{
	struct sigaction hang_up;
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGTERM);
	sigaddset(ret_signals, SIGINT);
	if (sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler == SIG_DFL)
		sigaddset(ret_signals, SIGHUP);
}

/* Before any thread, so that all inherit the mask and the signals arrive in one place. */
static void catch_signals(struct service *service)
{
	sigset_t stop_signals;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	fill_stop_signals(&stop_signals);
	sigaction(SIGPIPE, &ignore, NULL);
	pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);
	service->signals = signalfd(-1, &stop_signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (service->signals < 0)
		memory_fatal("no signalfd");
}

static void end_at_once(int signal_number)
{
	static const char text[] = "comptoir: second signal: stopped at once\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	(void)signal_number;
	_exit(1);
}

/* From here on the same signals mean: now. An embedded cluster survives that and is joined by the next start. */
static void let_second_signal_end_us(void)
{
	sigset_t stop_signals;
	struct sigaction end = { .sa_handler = end_at_once };
	fill_stop_signals(&stop_signals);
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&stop_signals, number) == 1)
			sigaction(number, &end, NULL);
	pthread_sigmask(SIG_UNBLOCK, &stop_signals, NULL);
}

static enum error start_cluster(struct service *service, struct str *ret_message)
{
	if (!cluster_is_wanted(service->config))
		return ERROR_NONE;
	if (!cluster_exists(service->config)) {
		*ret_message = arena_printf(service->arena,
			"there is no database in %s: `comptoir db init` makes one (or name another PostgreSQL as database.url)",
			config_text(service->config, "data.directory"));
		return ERROR_DATABASE;
	}
	return cluster_start(service->config, service->arena, &service->cluster, ret_message);
}

static enum error take_message(struct service *service, enum error error, char *heap_message, struct str *ret_message)
{
	if (error && heap_message)
		*ret_message = arena_str(service->arena, str_from(heap_message));
	memory_free(heap_message);
	return error;
}

static enum error start_listeners(struct service *service, struct str *ret_message)
{
	char *message = NULL;
	size_t route_count;
	const struct route *routes = routes_all(&route_count);
	struct http_server_options options = {
		.app = service->app,
		.routes = routes,
		.route_count = route_count,
		.check_host = host_check,
		.loop_count = (unsigned)config_integer(service->config, "http.loops"),
	};
	enum error error = ERROR_NONE;
	if (service->roles & ROLE_WEB) {
		service->app->streams = stream_hub_start(service->app);
		service->app->brand_streams = brand_streams_start(service->app);
		service->app->kept_pages = kept_pages_start(service->app);
		service->app->media->fetcher = media_fetcher_start(service->app);
		error = http_server_start(&options, &service->http, &message);
	}
	if (!error)
		error = metrics_listener_start(service->app, &service->metrics, &message);
	return take_message(service, error, message, ret_message);
}

static void log_list(const char *event_name, const struct config *config, const char *key_name)
{
	const struct str *items;
	size_t count = config_list(config, key_name, &items);
	for (size_t i = 0; i < count; i++)
		log_event(LOG_LEVEL_WARNING, event_name, LOG_TEXT("key", key_name), LOG_STR("address", items[i]));
}

/* Settings that weaken the server are said at each start. */
static void log_warnings(const struct config *config)
{
	if (config_warning(config))
		log_event(LOG_LEVEL_WARNING, "config_file_readable", LOG_TEXT("detail", config_warning(config)));
	log_list("addresses_allowed", config, "federation.allow_addresses");
	log_list("limits_lifted", config, "limits.exempt_addresses");
}

static enum error start(struct service *service, struct str *ret_message)
{
	enum error error = privileges_prepare_directory(service->config, service->arena, ret_message);
	if (!error)
		error = start_cluster(service, ret_message);
	if (!error)
		error = app_new(service->config, service->arena, &service->app, ret_message);
	if (!error)
		error = start_listeners(service, ret_message);
	if (error)
		return error;
	service->preparation = preparation_start(service->app, service->cluster != NULL, service->roles & ROLE_FEDERATION);
	log_event(LOG_LEVEL_INFO, "server_started", LOG_TEXT("version", COMPTOIR_VERSION),
		LOG_STR("base_url", service->app->base_url), LOG_BOOL("has_own_database", service->cluster != NULL),
		LOG_INT("start_ms", (clock_monotonic_us() - service->started_us) / 1000));
	log_warnings(service->config);
	return ERROR_NONE;
}

/* READY once the schema is known to be right; while the database is awaited, the manager is asked for patience. */
static enum error watch_preparation(struct service *service, struct str *ret_message)
{
	enum error error = ERROR_NONE;
	const char *message = NULL;
	if (service->is_ready)
		return ERROR_NONE;
	if (!preparation_has_ended(service->preparation, &error, &message)) {
		sd_notify(0, "STATUS=Waiting for the database\nEXTEND_TIMEOUT_USEC=30000000");
		return ERROR_NONE;
	}
	if (error) {
		*ret_message = arena_str(service->arena, str_from(message));
		return error;
	}
	if (service->roles & ROLE_WEB) {
		error = push_sender_start(service->config, service->arena, &service->app->pushes, ret_message);
		if (error)
			return error;
		service->app->jobs = job_workers_start(service->app, (unsigned)config_integer(service->config, "jobs.workers"));
		service->app->words = word_indexer_start(service->app);
		link_counter_start(service->app);
		service->app->tickets = ticket_threader_start(service->app);
	}
	service->is_ready = true;
	sd_notify(0, "READY=1\nSTATUS=Serving");
	log_event(LOG_LEVEL_INFO, "server_ready",
		LOG_INT("start_ms", (clock_monotonic_us() - service->started_us) / 1000));
	return ERROR_NONE;
}

/* Until a signal arrives or something cannot be mended. */
static enum error watch(struct service *service, struct str *ret_message)
{
	for (;;) {
		struct pollfd wanted[2] = {
			{ .fd = service->signals, .events = POLLIN },
			/* A negative one is left out: once ready, its descriptor would stay readable. */
			{ .fd = service->is_ready ? -1 : preparation_descriptor(service->preparation), .events = POLLIN },
		};
		if (poll(wanted, 2, WATCH_INTERVAL_MS) < 0 && errno != EINTR)
			memory_fatal("poll failed");
		struct signalfd_siginfo info;
		if (read(service->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
			log_event(LOG_LEVEL_INFO, "server_stopping", LOG_INT("signal", info.ssi_signo));
			return ERROR_NONE;
		}
		enum error error = watch_preparation(service, ret_message);
		if (error)
			return error;
		if (service->cluster)
			cluster_keep_alive(service->cluster);
		if (!service->http || http_server_is_responsive(service->http))
			sd_notify(0, "WATCHDOG=1");
	}
}

static void stop(struct service *service)
{
	sd_notify(0, "STOPPING=1\nSTATUS=Finishing requests under way");
	let_second_signal_end_us();
	http_server_stop(&service->http);
	http_server_stop(&service->metrics);
	preparation_stop(&service->preparation);
	if (service->app) {
		struct stream_hub *streams = service->app->streams;
		kept_pages_stop(&service->app->kept_pages);
		media_fetcher_stop(&service->app->media->fetcher);
		push_sender_interrupt(service->app->pushes);
		link_counter_stop();
		word_indexer_stop(&service->app->words);
		ticket_threader_stop(&service->app->tickets);
		job_workers_stop(&service->app->jobs);
		push_sender_stop(&service->app->pushes);
		stream_hub_stop(&streams);
		brand_streams_stop(&service->app->brand_streams);
		federation_stop(&service->app->federation);
	}
	app_free(&service->app);
	cluster_stop(&service->cluster);
	close(service->signals);
}

enum error roles_run(const struct config *config, unsigned roles, struct arena *arena, struct str *ret_message)
{
	struct service service = { .config = config, .arena = arena, .roles = roles, .started_us = clock_monotonic_us() };
	catch_signals(&service);
	enum error error = start(&service, ret_message);
	if (!error)
		error = watch(&service, ret_message);
	stop(&service);
	if (!error)
		log_event(LOG_LEVEL_INFO, "server_stopped");
	return error;
}
