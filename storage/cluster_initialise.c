/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Makes the embedded cluster. All of it happens in a directory beside its place and becomes the cluster by
 * one rename, so a run that was killed leaves nothing that counts: the next one clears it away. */
#include "storage/cluster_parts.h"

#include "base/log.h"
#include "base/mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LEAST_FREE_BYTES (256u * 1024 * 1024)

/* One a line, as single-user mode reads them. */
#define CREATE_ROLES_AND_DATABASE                                 \
	"create role comptoir_web login;\n"                       \
	"create role comptoir_federation login;\n"                \
	"create database " CLUSTER_DATABASE " owner " CLUSTER_OWNER ";\n"

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

static bool remove_tree(const char *path)
{
	return nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) == 0 || access(path, F_OK) != 0;
}

static bool sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	return is_synced;
}

static bool file_holds(struct arena *arena, const char *path, struct str text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	char *present = arena_alloc(arena, text.len + 1);
	ssize_t length = read(fd, present, text.len + 1);
	(void)close(fd);
	return length >= 0 && str_eq((struct str){ present, (size_t)length }, text);
}

static bool write_file(struct arena *arena, const char *directory, const char *name, struct str text)
{
	const char *path = arena_printf(arena, "%s/%s", directory, name).data;
	const char *temporary = arena_printf(arena, "%s.new", path).data;
	if (file_holds(arena, path, text))
		return true;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	bool is_written = write(fd, text.data, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	return is_written && rename(temporary, path) == 0 && sync_directory(directory);
}

/* pg_ident.conf reads a name in double quotes as it is; a quote within is doubled. */
static void add_map_line(struct buf *out, const char *user, const char *role)
{
	buf_add_c_string(out, "comptoir \"");
	for (; *user; user++) {
		if (*user == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *user);
	}
	buf_add_printf(out, "\" %s\n", role);
}

static int64_t connection_limit(const struct config *config)
{
	/* The largest pools that the cores suggest, one connection each, and room for jobs, inbox, delivery,
	 * the command line and a person with psql. */
	int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t api = config_integer(config, "http.api_workers");
	int64_t workers = (api > 0 ? api : 2 * cores) + config_integer(config, "http.slow_workers") + 2 * cores;
	return workers + 40 > 100 ? workers + 40 : 100;
}

enum error cluster_write_settings(const struct config *config, const struct cluster_paths *paths, const char *directory,
	struct arena *arena, struct str *ret_message)
{
	struct str settings = arena_printf(arena,
		"# Written by comptoir at each start. Your own settings belong in local.conf beside this file; what keeps\n"
		"# data safe and the network out is given on the command line and cannot be changed here.\n"
		"max_connections = %d\n"
		"shared_buffers = 128MB\n"
		"work_mem = 8MB\n"
		"maintenance_work_mem = 64MB\n"
		"effective_cache_size = 1GB\n"
		"random_page_cost = 1.1\n"
		"jit = off\n"
		"wal_compression = on\n"
		"max_wal_size = 1GB\n"
		"timezone = 'UTC'\n"
		"log_timezone = 'UTC'\n"
		"log_line_prefix = '%%m [%%p] '\n"
		"log_checkpoints = off\n"
		"# Neither statements nor values in the log: they are people's words and addresses.\n"
		"log_error_verbosity = terse\n"
		"log_min_error_statement = panic\n"
		"log_parameter_max_length = 0\n",
		(int)connection_limit(config));
	struct str access_rules = str_from("# Written by comptoir at each start: its own system user, by the kernel's word, and nobody else.\n"
		"local all all peer map=comptoir\n");
	if (MUTANT("cluster_peer"))
		access_rules = str_from("local all all trust\n");
	AUTO(buf) struct buf map = { 0 };
	add_map_line(&map, paths->user, CLUSTER_OWNER);
	add_map_line(&map, paths->user, "comptoir_web");
	add_map_line(&map, paths->user, "comptoir_federation");
	if (write_file(arena, directory, "comptoir.conf", settings) && write_file(arena, directory, "pg_hba.conf", access_rules) &&
		write_file(arena, directory, "pg_ident.conf", buf_str(&map)))
		return ERROR_NONE;
	*ret_message = arena_printf(arena, "cannot write the settings of the cluster to %s: %s", directory, strerror(errno));
	return ERROR_IO;
}

static bool add_includes(struct arena *arena, const char *directory)
{
	const char *path = arena_printf(arena, "%s/postgresql.conf", directory).data;
	static const char lines[] = "\ninclude_if_exists 'comptoir.conf'\ninclude_if_exists 'local.conf'\n";
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool is_written = write(fd, lines, sizeof(lines) - 1) == (ssize_t)sizeof(lines) - 1 && fsync(fd) == 0;
	return close(fd) == 0 && is_written;
}

static enum error check_space(const struct cluster_paths *paths, struct arena *arena, struct str *ret_message)
{
	struct statvfs info;
	if (statvfs(paths->data, &info) != 0 || (uint64_t)info.f_bavail * info.f_frsize >= LEAST_FREE_BYTES)
		return ERROR_NONE;
	*ret_message = arena_printf(arena, "%s has less than %u MiB free: free some space, or choose another data.directory",
		paths->data, LEAST_FREE_BYTES / (1024 * 1024));
	return ERROR_STORAGE_FULL;
}

static enum error make_cluster(const struct config *config, const struct cluster_paths *paths, int lock_fd,
	struct arena *arena, struct str *ret_message)
{
	const char *binaries = NULL;
	enum error error = cluster_find_binaries(config, paths, arena, &binaries, ret_message);
	if (!error)
		error = check_space(paths, arena, ret_message);
	if (error)
		return error;
	if (!remove_tree(paths->fresh)) {
		*ret_message = arena_printf(arena, "cannot clear %s away, the rest of an earlier run: %s", paths->fresh, strerror(errno));
		return ERROR_IO;
	}
	const char *fresh = paths->fresh;
	const char *initdb[] = { arena_printf(arena, "%s/initdb", binaries).data, "--pgdata", fresh, "--data-checksums",
		"--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--username=" CLUSTER_OWNER,
		"--no-instructions", NULL };
	off_t log_offset = cluster_log_size(paths);
	if (!cluster_run(paths, initdb, (struct str){ 0 }, lock_fd)) {
		*ret_message = cluster_explain(paths, arena, "the database cluster could not be made", log_offset);
		return ERROR_IO;
	}
	error = cluster_write_settings(config, paths, fresh, arena, ret_message);
	if (error)
		return error;
	const char *single[] = { arena_printf(arena, "%s/postgres", binaries).data, "--single", "-D", fresh, "-c",
		"exit_on_error=on", "postgres", NULL };
	if (!add_includes(arena, fresh) || !cluster_run(paths, single, STR_LITERAL(CREATE_ROLES_AND_DATABASE), lock_fd)) {
		*ret_message = cluster_explain(paths, arena, "the roles of the database cluster could not be made", log_offset);
		return ERROR_IO;
	}
	if (!sync_directory(fresh) || rename(fresh, paths->cluster) != 0 || !sync_directory(paths->data)) {
		*ret_message = arena_printf(arena, "cannot put the new cluster in its place %s: %s", paths->cluster, strerror(errno));
		return ERROR_IO;
	}
	return ERROR_NONE;
}

enum error cluster_initialise(const struct config *config, struct arena *arena, struct str *ret_message)
{
	struct cluster_paths paths;
	enum error error = cluster_find_paths(config, arena, true, &paths, ret_message);
	if (error)
		return error;
	int lock_fd = cluster_lock_open(&paths);
	if (lock_fd < 0 || !cluster_lock_take(lock_fd, CLUSTER_LOCK_START, true, true)) {
		*ret_message = arena_printf(arena, "cannot lock %s: %s", paths.lock, strerror(errno));
		error = ERROR_IO;
	} else if (!cluster_exists(config)) {
		error = make_cluster(config, &paths, lock_fd, arena, ret_message);
		if (!error)
			log_event(LOG_LEVEL_INFO, "cluster_initialised", LOG_TEXT("directory", paths.cluster));
	}
	if (lock_fd >= 0)
		(void)close(lock_fd);
	return error;
}
