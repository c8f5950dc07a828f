/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files in a folder, in 4,096 folders by the first two characters of their names. A file appears under its name when it
 * is whole and on the disk: written aside, synced, renamed, and its folder synced. */
#include "storage/media_store_kind.h"

#include "base/clock.h"
#include "base/random.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_US 86400000000LL
#define LISTED_MAX 10000

struct files_store {
	struct media_store store;
	struct str directory;
	struct arena *arena;
};

static struct files_store *of(struct media_store *store)
{
	return (struct files_store *)(void *)store;
}

static enum error error_of(int number)
{
	if (number == ENOSPC || number == EDQUOT)
		return ERROR_STORAGE_FULL;
	return number == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;
}

static struct str folder_of(const struct files_store *files, struct arena *arena, struct str file_name)
{
	return arena_printf(arena, "%.*s/%.2s", STR_ARG(files->directory), file_name.data);
}

static bool sync_folder(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;
	if (descriptor >= 0)
		close(descriptor);
	return is_synced;
}

static enum error make_folder(const char *path, const char *parent)
{
	if (mkdir(path, 0700) == 0)
		return sync_folder(parent) ? ERROR_NONE : ERROR_IO;
	return errno == EEXIST ? ERROR_NONE : error_of(errno);
}

static enum error write_whole(int descriptor, struct str bytes)
{
	size_t written = 0;
	while (written < bytes.len) {
		ssize_t now = write(descriptor, bytes.data + written, bytes.len - written);
		if (now < 0 && errno != EINTR)
			return error_of(errno);
		written += now > 0 ? (size_t)now : 0;
	}
	return fsync(descriptor) == 0 ? ERROR_NONE : error_of(errno);
}

static enum error write_aside(const char *path, struct str bytes)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (descriptor < 0)
		return error_of(errno);
	enum error error = write_whole(descriptor, bytes);
	if (close(descriptor) != 0 && !error)
		error = error_of(errno);
	return error;
}

static enum error put(struct media_store *store, struct arena *arena, struct str file_name, struct str bytes)
{
	struct files_store *files = of(store);
	const char *folder = folder_of(files, arena, file_name).data;
	const char *path = arena_printf(arena, "%s/%.*s", folder, STR_ARG(file_name)).data;
	const char *aside = arena_printf(arena, "%s/.%.*s", folder, STR_ARG(random_token(arena, 12))).data;
	const char *parent = arena_printf(arena, "%.*s/..", STR_ARG(files->directory)).data;
	enum error error = make_folder(files->directory.data, parent);
	if (!error)
		error = make_folder(folder, files->directory.data);
	if (!error)
		error = write_aside(aside, bytes);
	if (!error && rename(aside, path) != 0)
		error = error_of(errno);
	if (!error && !sync_folder(folder))
		error = ERROR_IO;
	if (error)
		(void)unlink(aside);
	return error == ERROR_NOT_FOUND ? ERROR_IO : error;
}

static enum error get(struct media_store *store, struct arena *arena, struct str file_name, int *ret_descriptor, int64_t *ret_size_bytes)
{
	struct stat status;
	const char *path = arena_printf(arena, "%.*s/%.*s", STR_ARG(folder_of(of(store), arena, file_name)), STR_ARG(file_name)).data;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (descriptor < 0)
		return error_of(errno);
	if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(descriptor);
		return ERROR_IO;
	}
	*ret_descriptor = descriptor;
	*ret_size_bytes = status.st_size;
	return ERROR_NONE;
}

static enum error remove_file(struct media_store *store, struct arena *arena, struct str file_name)
{
	const char *path = arena_printf(arena, "%.*s/%.*s", STR_ARG(folder_of(of(store), arena, file_name)), STR_ARG(file_name)).data;
	return unlink(path) == 0 || errno == ENOENT ? ERROR_NONE : error_of(errno);
}

/* What was written aside and forgotten goes at once. */
static bool is_old_file(int folder, const char *name, bool *ret_is_aside)
{
	struct stat status;
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
		return false;
	*ret_is_aside = name[0] == '.';
	return (int64_t)status.st_mtime * 1000000 < clock_now_us() - DAY_US;
}

static enum error list(struct media_store *store, struct arena *arena, unsigned shard, struct str **ret_names, size_t *ret_count)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char first_two[] = { letters[shard / 64 % 64], letters[shard % 64], '\0' };
	DIR *folder = opendir(arena_printf(arena, "%.*s/%s", STR_ARG(of(store)->directory), first_two).data);
	if (!folder)
		return errno == ENOENT ? ERROR_NONE : ERROR_IO;
	struct str *names = arena_alloc_array(arena, LISTED_MAX, sizeof(*names));
	size_t count = 0;
	for (struct dirent *entry = readdir(folder); entry && count < LISTED_MAX; entry = readdir(folder)) {
		bool is_aside = false;
		if (!is_old_file(dirfd(folder), entry->d_name, &is_aside))
			continue;
		if (is_aside)
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
		else if (media_store_is_name(str_from(entry->d_name)))
			names[count++] = arena_str(arena, str_from(entry->d_name));
	}
	closedir(folder);
	*ret_names = names;
	*ret_count = count;
	return ERROR_NONE;
}

static void close_store(struct media_store *store)
{
	struct files_store *files = of(store);
	arena_free(&files->arena);
	memory_free(files);
}

static const struct media_store_operations operations = {
	.put = put, .get = get, .remove = remove_file, .list = list, .close = close_store,
};

enum error media_store_files_open(const struct config *config, struct arena *arena, struct media_store **ret_store)
{
	(void)arena;
	struct files_store *files = memory_new(sizeof(*files));
	const char *named = config_text(config, "media.directory");
	files->store.operations = &operations;
	files->arena = arena_new((size_t)64 * 1024);
	files->directory = named[0] ? arena_str(files->arena, str_from(named)) :
		arena_printf(files->arena, "%s/media", config_text(config, "data.directory"));
	*ret_store = &files->store;
	return ERROR_NONE;
}
