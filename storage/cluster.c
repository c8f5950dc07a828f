/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Runs the embedded cluster. The postmaster is a child in a session of its own, deliberately without a
 * parent-death signal: when comptoir is killed, the postmaster goes on in order and the next start joins it,
 * instead of recovering a cluster that fell with us. Two locks keep the users of one directory apart: START
 * while somebody makes or starts it, USE shared by all who use it, so that the last one out knows. */
#include "storage/cluster_parts.h"

#include "base/clock.h"
#include "base/log.h"

#include <libpq-fe.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_LIMIT_US (600 * 1000000LL) /* recovery of a large cluster takes its time */
#define NOTICE_AFTER_US (10 * 1000000LL)
#define FAST_STOP_LIMIT_US (30 * 1000000LL)
#define IMMEDIATE_STOP_LIMIT_US (10 * 1000000LL)
#define OLD_PROCESSES_LIMIT_US (20 * 1000000LL)
#define RESTART_PAUSE_US (5 * 1000000LL)
#define PING_LIMIT_S "2" /* libpq takes no less */
#define PING_UNANSWERED_US (1500 * 1000LL)
#define PINGS_UNANSWERED_MOST 3
#define POLL_US 5000
#define LOG_MAX_BYTES (16 * 1024 * 1024)

struct cluster {
	struct arena *arena; /* everything below lives in it */
	struct cluster_paths paths;
	const char *postgres; /* the program */
	const char *connection_string;
	int lock_fd;
	pid_t pid;
	bool is_child;
	int64_t spawned_us; /* monotonic; 0 when it was joined */
};

static void pause_us(long time_us)
{
	struct timespec time = { time_us / 1000000, (time_us % 1000000) * 1000 };
	(void)nanosleep(&time, NULL);
}

/* The first line of postmaster.pid, or 0. */
static pid_t recorded_pid(const struct cluster_paths *paths, struct arena *arena)
{
	char text[32] = "";
	int fd = open(arena_printf(arena, "%s/postmaster.pid", paths->cluster).data, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	int64_t pid = 0;
	struct str digits = { text, length > 0 ? strcspn(text, "\r\n") : 0 };
	return str_to_int64(digits, &pid) && pid > 1 && pid <= INT_MAX ? (pid_t)pid : 0;
}

enum process_state { PROCESS_GONE, PROCESS_SOMEBODY_ELSE, PROCESS_POSTMASTER };

/* A postmaster stands in its cluster's directory; that tells it from any process that got its number. */
static enum process_state process_state(const struct cluster_paths *paths, pid_t pid)
{
	char link[64];
	char place[PATH_MAX];
	if (pid <= 0 || kill(pid, 0) != 0)
		return PROCESS_GONE;
	(void)snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
	ssize_t length = readlink(link, place, sizeof(place) - 1);
	if (length < 0)
		return PROCESS_GONE;
	place[length] = '\0';
	return strcmp(place, paths->cluster) == 0 ? PROCESS_POSTMASTER : PROCESS_SOMEBODY_ELSE;
}

static bool is_running(struct cluster *cluster)
{
	if (cluster->pid <= 0)
		return false;
	/* A child has not changed its directory yet while it is young, and is a zombie until we look. Any other may
	 * have been left to us when we are the first process of a container. */
	pid_t ended = waitpid(cluster->pid, NULL, WNOHANG);
	if (cluster->is_child)
		return ended == 0;
	return process_state(&cluster->paths, cluster->pid) == PROCESS_POSTMASTER;
}

static void keep_log_small(const struct cluster_paths *paths, struct arena *arena)
{
	if (cluster_log_size(paths) > LOG_MAX_BYTES)
		(void)rename(paths->log, arena_printf(arena, "%s.1", paths->log).data);
}

static bool spawn_postmaster(struct cluster *cluster)
{
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	pid_t recorded = recorded_pid(&cluster->paths, arena);
	bool is_stale = process_state(&cluster->paths, recorded) == PROCESS_SOMEBODY_ELSE;
	/* A list of directories: each may be quoted, quotes doubled. */
	AUTO(buf) struct buf sockets = { 0 };
	buf_add_c_string(&sockets, "unix_socket_directories=\"");
	for (const char *c = cluster->paths.socket; *c; c++) {
		if (*c == '"')
			buf_add_char(&sockets, '"');
		buf_add_char(&sockets, *c);
	}
	buf_add_char(&sockets, '"');
	buf_add_char(&sockets, '\0');
	const char *arguments[] = { cluster->postgres, "-D", cluster->paths.cluster, "-c", "listen_addresses=", "-c",
		"port=" CLUSTER_PORT, "-c", sockets.data, "-c", "unix_socket_permissions=0700", "-c", "fsync=on", "-c",
		"full_page_writes=on", "-c", "synchronous_commit=on", "-c", "logging_collector=off", NULL };
	keep_log_small(&cluster->paths, arena);
	cluster->spawned_us = clock_monotonic_us();
	cluster->pid = cluster_spawn(&cluster->paths, arguments, is_stale ? recorded : 0);
	cluster->is_child = true;
	return cluster->pid > 0;
}

/* The shared memory of a killed postmaster stays in use until its last process has noticed. */
static bool waits_for_old_processes(const struct cluster *cluster, struct arena *arena, off_t log_offset)
{
	struct str log = cluster_log_since(&cluster->paths, arena, log_offset);
	return str_index_of_str(log, STR_LITERAL("pre-existing shared memory block")) < log.len;
}

static enum error wait_until_it_answers(struct cluster *cluster, struct arena *arena, off_t log_offset, struct str *ret_message)
{
	int64_t began_us = clock_monotonic_us();
	int64_t notice_us = began_us + NOTICE_AFTER_US;
	while (PQping(cluster->connection_string) != PQPING_OK) {
		int64_t now_us = clock_monotonic_us();
		if (!is_running(cluster)) {
			if (!waits_for_old_processes(cluster, arena, log_offset) || now_us - began_us > OLD_PROCESSES_LIMIT_US) {
				*ret_message = cluster_explain(&cluster->paths, arena, "the database cluster did not start", log_offset);
				return ERROR_IO;
			}
			pause_us(200000);
			log_offset = cluster_log_size(&cluster->paths);
			if (!spawn_postmaster(cluster))
				return ERROR_IO;
		}
		if (now_us - began_us > START_LIMIT_US) {
			*ret_message = cluster_explain(&cluster->paths, arena, "the database cluster does not answer", log_offset);
			return ERROR_TIMEOUT;
		}
		if (now_us > notice_us) {
			log_event(LOG_LEVEL_WARNING, "cluster_is_recovering", LOG_INT("waited_s", (now_us - began_us) / 1000000));
			notice_us = now_us + NOTICE_AFTER_US;
		}
		pause_us(POLL_US);
	}
	return ERROR_NONE;
}

/* True when it answers; false when it has ended, or does not take requests (*ret_hangs). One that recovers says
 * so, and one that has no socket yet is told apart from one that hangs by how long the refusal took. */
static bool wait_for_running(struct cluster *cluster, bool *ret_hangs)
{
	int64_t began_us = clock_monotonic_us();
	int unanswered = 0;
	while (is_running(cluster)) {
		int64_t asked_us = clock_monotonic_us();
		PGPing answer = PQping(cluster->connection_string);
		int64_t now_us = clock_monotonic_us();
		if (answer == PQPING_OK)
			return is_running(cluster);
		bool was_silent = answer == PQPING_NO_RESPONSE && now_us - asked_us > PING_UNANSWERED_US;
		unanswered = was_silent ? unanswered + 1 : 0;
		*ret_hangs = unanswered >= PINGS_UNANSWERED_MOST || now_us - began_us > START_LIMIT_US;
		if (*ret_hangs)
			return false;
		pause_us(POLL_US);
	}
	return false;
}

/* Joins what runs, or starts it. One that is shutting down refuses connections for good: PQping then says
 * so until it is gone, and it is started anew. */
static enum error join_or_spawn(struct cluster *cluster, struct arena *arena, struct str *ret_message)
{
	off_t log_offset = cluster_log_size(&cluster->paths);
	bool hangs = false;
	cluster->pid = recorded_pid(&cluster->paths, arena);
	cluster->is_child = false;
	if (wait_for_running(cluster, &hangs)) {
		log_event(LOG_LEVEL_INFO, "cluster_joined", LOG_INT("pid", cluster->pid));
		return ERROR_NONE;
	}
	if (hangs) {
		*ret_message = arena_printf(arena, "the database cluster (PostgreSQL, process %d) runs and does not answer: it is "
			"stopped, or waits for its disk", (int)cluster->pid);
		return ERROR_DATABASE_UNREACHABLE;
	}
	if (!spawn_postmaster(cluster)) {
		*ret_message = arena_printf(arena, "%s could not be started: %s", cluster->postgres, strerror(errno));
		return ERROR_IO;
	}
	enum error error = wait_until_it_answers(cluster, arena, log_offset, ret_message);
	if (!error)
		log_event(LOG_LEVEL_INFO, "cluster_started", LOG_INT("pid", cluster->pid),
			LOG_INT("took_ms", (clock_monotonic_us() - cluster->spawned_us) / 1000));
	return error;
}

static void cluster_free(struct cluster **cluster)
{
	if (!*cluster)
		return;
	if ((*cluster)->lock_fd >= 0)
		(void)close((*cluster)->lock_fd);
	struct arena *arena = (*cluster)->arena;
	*cluster = NULL;
	arena_free(&arena);
}

static enum error prepare(const struct config *config, struct cluster *cluster, struct arena *arena, struct str *ret_message)
{
	enum error error = cluster_find_paths(config, cluster->arena, false, &cluster->paths, ret_message);
	if (error)
		return error;
	if (!cluster_exists(config)) {
		*ret_message = arena_printf(arena, "there is no database cluster in %s yet: run comptoir db init", cluster->paths.data);
		return ERROR_CONFIGURATION;
	}
	cluster->lock_fd = cluster_lock_open(&cluster->paths);
	if (cluster->lock_fd < 0 || !cluster_lock_take(cluster->lock_fd, CLUSTER_LOCK_START, true, true) ||
		!cluster_lock_take(cluster->lock_fd, CLUSTER_LOCK_USE, false, true)) {
		*ret_message = arena_printf(arena, "cannot lock %s: %s", cluster->paths.lock, strerror(errno));
		return ERROR_IO;
	}
	const char *binaries = NULL;
	error = cluster_find_binaries(config, &cluster->paths, cluster->arena, &binaries, ret_message);
	if (!error)
		error = cluster_make_socket_directory(&cluster->paths, arena, ret_message);
	if (!error)
		error = cluster_write_settings(config, &cluster->paths, cluster->paths.cluster, arena, ret_message);
	if (error)
		return error;
	cluster->postgres = arena_printf(cluster->arena, "%s/postgres", binaries).data;
	struct str connection_string = cluster_connection_string(config, cluster->arena, CLUSTER_OWNER);
	cluster->connection_string = arena_printf(cluster->arena, "%.*s connect_timeout=" PING_LIMIT_S,
		STR_ARG(connection_string)).data;
	return ERROR_NONE;
}

enum error cluster_start(const struct config *config, struct arena *arena, struct cluster **ret_cluster,
	struct str *ret_message)
{
	struct arena *own = arena_new(256 * 1024);
	struct cluster *cluster = arena_alloc(own, sizeof(*cluster));
	cluster->arena = own;
	cluster->lock_fd = -1;
	enum error error = prepare(config, cluster, arena, ret_message);
	if (!error)
		error = join_or_spawn(cluster, arena, ret_message);
	if (error) {
		*ret_message = arena_str(arena, *ret_message);
		cluster_free(&cluster);
		return error;
	}
	cluster_lock_release(cluster->lock_fd, CLUSTER_LOCK_START);
	*ret_cluster = cluster;
	return ERROR_NONE;
}

static bool stop_by(struct cluster *cluster, int signal_number, int64_t limit_us)
{
	int64_t began_us = clock_monotonic_us();
	if (is_running(cluster))
		(void)kill(cluster->pid, signal_number);
	while (is_running(cluster)) {
		if (clock_monotonic_us() - began_us > limit_us)
			return false;
		pause_us(POLL_US);
	}
	return true;
}

void cluster_stop(struct cluster **cluster_pointer)
{
	struct cluster *cluster = *cluster_pointer;
	if (!cluster)
		return;
	if (!cluster_lock_take(cluster->lock_fd, CLUSTER_LOCK_USE, true, false)) {
		log_event(LOG_LEVEL_INFO, "cluster_left_running", LOG_INT("pid", cluster->pid));
	} else if (stop_by(cluster, SIGINT, FAST_STOP_LIMIT_US)) {
		log_event(LOG_LEVEL_INFO, "cluster_stopped", LOG_INT("pid", cluster->pid));
	} else {
		bool is_stopped = stop_by(cluster, SIGQUIT, IMMEDIATE_STOP_LIMIT_US);
		log_event(LOG_LEVEL_ERROR, "cluster_stopped_by_force", LOG_INT("pid", cluster->pid), LOG_BOOL("is_stopped", is_stopped));
	}
	cluster_free(cluster_pointer);
}

void cluster_keep_alive(struct cluster *cluster)
{
	if (is_running(cluster) || clock_monotonic_us() - cluster->spawned_us < RESTART_PAUSE_US)
		return;
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	pid_t dead = cluster->pid;
	cluster->pid = recorded_pid(&cluster->paths, arena);
	cluster->is_child = false;
	if (is_running(cluster))
		return; /* another user of the cluster was quicker */
	log_event(LOG_LEVEL_ERROR, "cluster_died", LOG_INT("pid", dead));
	if (!spawn_postmaster(cluster))
		log_event(LOG_LEVEL_ERROR, "cluster_not_started", LOG_TEXT("program", cluster->postgres));
}
