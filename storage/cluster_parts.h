/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of the embedded cluster share: its paths, its child processes, its lock. */
#ifndef COMPTOIR_STORAGE_CLUSTER_PARTS_H
#define COMPTOIR_STORAGE_CLUSTER_PARTS_H

#include "storage/cluster.h"

#include "base/config.h"

#include <sys/types.h>

#define CLUSTER_OLDEST_VERSION 15

struct cluster_paths {
	const char *data;    /* data.directory, resolved */
	const char *cluster; /* <data>/postgresql, PGDATA */
	const char *fresh;   /* <data>/postgresql.new, while it is being made */
	const char *log;     /* <data>/postgresql.log */
	const char *lock;    /* <data>/postgresql.lock */
	const char *socket;  /* directory of the socket */
	const char *user;    /* name of the system user that we are */
};

/* Also checks that we are not root, have a name, and own and may write the data directory; may_create makes
 * the directory itself (not its parents). */
enum error cluster_find_paths(const struct config *config, struct arena *arena, bool may_create,
	struct cluster_paths *ret_paths, struct str *ret_message) MUST_CHECK;

/* Makes the directory of the socket, or checks that the one there is ours alone. */
enum error cluster_make_socket_directory(const struct cluster_paths *paths, struct arena *arena,
	struct str *ret_message) MUST_CHECK;

/* The folder of initdb and postgres: of exactly the version that made the cluster if there is one, else the
 * newest. database.binaries goes first. */
enum error cluster_find_binaries(const struct config *config, const struct cluster_paths *paths, struct arena *arena,
	const char **ret_folder, struct str *ret_message) MUST_CHECK;

/* Writes comptoir.conf, pg_hba.conf and pg_ident.conf into a cluster's directory, where they differ. */
enum error cluster_write_settings(const struct config *config, const struct cluster_paths *paths, const char *directory,
	struct arena *arena, struct str *ret_message) MUST_CHECK;

/* Starts a postmaster in a session of its own, with a clean environment and its output appended to the
 * cluster's log. stale_pid: see cluster_process.c; 0 for none. -1 on failure. */
pid_t cluster_spawn(const struct cluster_paths *paths, const char *const *arguments, pid_t stale_pid) MUST_CHECK;

/* Runs a program likewise and waits for its end; true when it ended well. It holds lock_fd as long as it or a
 * child of its own lives, so that nobody takes the directory from under it when we are killed meanwhile. */
bool cluster_run(const struct cluster_paths *paths, const char *const *arguments, struct str input, int lock_fd) MUST_CHECK;

off_t cluster_log_size(const struct cluster_paths *paths);

/* What was written to the log from that offset on, at most its last 8 KiB. */
struct str cluster_log_since(const struct cluster_paths *paths, struct arena *arena, off_t offset) MUST_CHECK;

/* A sentence for the operator, with the remedy where the log names a known trouble. */
struct str cluster_explain(const struct cluster_paths *paths, struct arena *arena, const char *what, off_t log_offset) MUST_CHECK;

/* Two locks of the file at paths->lock, each held by the open file until it is closed. */
enum cluster_lock { CLUSTER_LOCK_START, CLUSTER_LOCK_USE };
int cluster_lock_open(const struct cluster_paths *paths) MUST_CHECK; /* -1 on failure */
bool cluster_lock_take(int fd, enum cluster_lock lock, bool is_exclusive, bool may_wait) MUST_CHECK;
void cluster_lock_release(int fd, enum cluster_lock lock);

#endif
