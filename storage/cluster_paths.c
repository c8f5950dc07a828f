/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where the embedded cluster lies, who may use it, and which PostgreSQL runs it. Every refusal says what to
 * do about it. */
#include "storage/cluster_parts.h"

#include "base/mutant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DEBIAN_FOLDER "/usr/lib/postgresql"
#define SOCKET_NAME "/.s.PGSQL." CLUSTER_PORT

static const char *system_user_name(struct arena *arena, uid_t uid)
{
	char buffer[4096];
	struct passwd entry;
	struct passwd *found = NULL;
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) != 0 || !found)
		return NULL;
	return arena_c_string(arena, str_from(found->pw_name));
}

static const char *data_directory(const struct config *config, struct arena *arena)
{
	const char *given = config_text(config, "data.directory");
	char resolved[PATH_MAX];
	return arena_c_string(arena, str_from(realpath(given, resolved) ? resolved : given));
}

static const char *path_in(struct arena *arena, const char *directory, const char *name)
{
	return arena_printf(arena, "%s/%s", directory, name).data;
}

/* sun_path takes 108 bytes with its NUL. A data directory too deep for that gets a folder in /tmp whose name
 * follows from its path alone, so that every process finds the same one. FNV-1a: a name, not a secret. */
static const char *socket_directory_of(struct arena *arena, const char *data)
{
	const char *beside = path_in(arena, data, "run");
	if (strlen(beside) + sizeof(SOCKET_NAME) <= sizeof(((struct sockaddr_un *)0)->sun_path))
		return beside;
	uint64_t hash = 0xcbf29ce484222325u;
	for (const char *c = data; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	return arena_printf(arena, "/tmp/comptoir-%u-%016llx", (unsigned)geteuid(), (unsigned long long)hash).data;
}

bool cluster_is_wanted(const struct config *config)
{
	return config_text(config, "database.url")[0] == '\0';
}

bool cluster_exists(const struct config *config)
{
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	return access(path_in(arena, data_directory(config, arena), "postgresql/PG_VERSION"), F_OK) == 0;
}

struct str cluster_socket_directory(const struct config *config, struct arena *arena)
{
	return str_from(socket_directory_of(arena, data_directory(config, arena)));
}

static void add_quoted(struct buf *out, const char *key, const char *value)
{
	buf_add_printf(out, "%s%s='", out->len ? " " : "", key);
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *value);
	}
	buf_add_char(out, '\'');
}

struct str cluster_connection_string(const struct config *config, struct arena *arena, const char *role)
{
	AUTO(buf) struct buf text = { 0 };
	const char *user = system_user_name(arena, geteuid());
	add_quoted(&text, "host", cluster_socket_directory(config, arena).data);
	add_quoted(&text, "port", CLUSTER_PORT);
	add_quoted(&text, "dbname", CLUSTER_DATABASE);
	add_quoted(&text, "user", role);
	if (user)
		add_quoted(&text, "requirepeer", user);
	return arena_str(arena, buf_str(&text));
}

static enum error check_data_directory(const char *data, const char *user, struct arena *arena, bool may_create,
	struct str *ret_message)
{
	if (may_create && mkdir(data, 0700) != 0 && errno != EEXIST) {
		*ret_message = arena_printf(arena, "cannot make the data directory %s: %s. Make it as root and give it to this "
			"user: install -d -m 0700 -o %s %s", data, strerror(errno), user, data);
		return ERROR_IO;
	}
	struct stat info;
	if (stat(data, &info) != 0 || !S_ISDIR(info.st_mode)) {
		*ret_message = arena_printf(arena, "the data directory %s is not there or cannot be reached by user %s: %s", data,
			user, errno ? strerror(errno) : "not a directory");
		return ERROR_CONFIGURATION;
	}
	if (info.st_uid != geteuid() && !MUTANT("cluster_owner")) {
		const char *owner = system_user_name(arena, info.st_uid);
		*ret_message = arena_printf(arena, "the data directory %s belongs to user %s, and this is user %s: run comptoir as "
			"that user, choose another data.directory, or give it over: chown -R %s %s", data,
			owner ? owner : "(unknown)", user, user, data);
		return ERROR_CONFIGURATION;
	}
	if (access(data, R_OK | W_OK | X_OK) != 0) {
		*ret_message = arena_printf(arena, "user %s may not write to the data directory %s (%s): chmod 0700 %s, or mount "
			"its file system for writing", user, data, strerror(errno), data);
		return ERROR_IO;
	}
	return ERROR_NONE;
}

enum error cluster_find_paths(const struct config *config, struct arena *arena, bool may_create,
	struct cluster_paths *ret_paths, struct str *ret_message)
{
	if (geteuid() == 0 && !MUTANT("cluster_root")) {
		*ret_message = str_from("the database cluster does not run as root: start comptoir as its service user "
			"(service.user), which root becomes by itself, or with: runuser -u comptoir -- comptoir ...");
		return ERROR_CONFIGURATION;
	}
	const char *user = system_user_name(arena, geteuid());
	if (!user) {
		*ret_message = arena_printf(arena, "user id %u has no name in the user database, which peer authentication "
			"needs: add it to /etc/passwd", (unsigned)geteuid());
		return ERROR_CONFIGURATION;
	}
	enum error error = check_data_directory(data_directory(config, arena), user, arena, may_create, ret_message);
	if (error)
		return error;
	const char *data = data_directory(config, arena);
	*ret_paths = (struct cluster_paths){
		.data = data,
		.cluster = path_in(arena, data, "postgresql"),
		.fresh = path_in(arena, data, "postgresql.new"),
		.log = path_in(arena, data, "postgresql.log"),
		.lock = path_in(arena, data, "postgresql.lock"),
		.socket = socket_directory_of(arena, data),
		.user = user,
	};
	return ERROR_NONE;
}

enum error cluster_make_socket_directory(const struct cluster_paths *paths, struct arena *arena, struct str *ret_message)
{
	if (mkdir(paths->socket, 0700) != 0 && errno != EEXIST) {
		*ret_message = arena_printf(arena, "cannot make %s, the directory of the database socket: %s", paths->socket,
			strerror(errno));
		return ERROR_IO;
	}
	struct stat info;
	/* lstat: in /tmp somebody else could have put a link or a directory of their own under this name. */
	bool is_ours = lstat(paths->socket, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid();
	if (!is_ours && !MUTANT("cluster_socket_directory")) {
		*ret_message = arena_printf(arena, "%s, where the database socket must lie, is not a directory of user %s: remove "
			"it, or choose a shorter data.directory", paths->socket, paths->user);
		return ERROR_CONFIGURATION;
	}
	if (is_ours && (info.st_mode & 07777) != 0700 && chmod(paths->socket, 0700) != 0) {
		*ret_message = arena_printf(arena, "cannot set the mode of %s: %s", paths->socket, strerror(errno));
		return ERROR_IO;
	}
	return ERROR_NONE;
}

static bool has_programs(struct arena *arena, const char *folder)
{
	return access(path_in(arena, folder, "postgres"), X_OK) == 0 && access(path_in(arena, folder, "initdb"), X_OK) == 0;
}

/* The version that made a cluster, or 0 when there is none. */
static int64_t version_of_cluster(const struct cluster_paths *paths, struct arena *arena)
{
	char text[16] = "";
	int fd = open(path_in(arena, paths->cluster, "PG_VERSION"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	int64_t version = 0;
	struct str digits = { text, length > 0 ? strcspn(text, "\r\n") : 0 };
	return str_to_int64(digits, &version) ? version : 0;
}

static int64_t newest_version(struct arena *arena)
{
	int64_t newest = 0;
	DIR *folder = opendir(DEBIAN_FOLDER);
	if (!folder)
		return 0;
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		int64_t version = 0;
		if (str_to_int64(str_from(entry->d_name), &version) && version > newest &&
			has_programs(arena, arena_printf(arena, DEBIAN_FOLDER "/%s/bin", entry->d_name).data))
			newest = version;
	}
	(void)closedir(folder);
	return newest;
}

enum error cluster_find_binaries(const struct config *config, const struct cluster_paths *paths, struct arena *arena,
	const char **ret_folder, struct str *ret_message)
{
	const char *given = config_text(config, "database.binaries");
	int64_t made_by = version_of_cluster(paths, arena);
	if (given[0]) {
		if (!has_programs(arena, given)) {
			*ret_message = arena_printf(arena, "database.binaries = %s holds no initdb and postgres", given);
			return ERROR_CONFIGURATION;
		}
		*ret_folder = arena_c_string(arena, str_from(given));
		return ERROR_NONE;
	}
	int64_t version = made_by ? made_by : newest_version(arena);
	if (!made_by && version < CLUSTER_OLDEST_VERSION) {
		*ret_message = arena_printf(arena, "no PostgreSQL %d or later in " DEBIAN_FOLDER ": apt-get install postgresql, set "
			"database.binaries to the folder of initdb and postgres, or database.url to another server",
			CLUSTER_OLDEST_VERSION);
		return ERROR_CONFIGURATION;
	}
	const char *folder = arena_printf(arena, DEBIAN_FOLDER "/%d/bin", (int)version).data;
	if (!has_programs(arena, folder)) {
		*ret_message = arena_printf(arena, "%s was made by PostgreSQL %d, which is not installed: apt-get install "
			"postgresql-%d (or bring the directory to a newer version with pg_upgrade)", paths->cluster, (int)version,
			(int)version);
		return ERROR_CONFIGURATION;
	}
	*ret_folder = folder;
	return ERROR_NONE;
}
