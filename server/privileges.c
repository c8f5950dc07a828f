/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every refusal here ends in a command that the operator can copy. */
#include "server/privileges.h"

#include "base/mutant.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(leak_sanitizer)
#define LEAK_CHECK_TRACES_US 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECK_TRACES_US 1
#endif

void privileges_harden(void)
{
	umask(077);
	const struct rlimit no_core = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef LEAK_CHECK_TRACES_US
	if (!MUTANT("process_dumpable"))
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...) PRINTF_LIKE(3, 4);
static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*ret_message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return ERROR_CONFIGURATION;
}

enum error privileges_drop(const struct config *config, struct arena *arena, struct str *ret_message)
{
	if (geteuid() != 0)
		return ERROR_NONE;
	const char *name = config_text(config, "service.user");
	const struct passwd *user = getpwnam(name);
	if (!user)
		return refuse(arena, ret_message,
			"root must not run this server and there is no user '%s' to become; make it: "
			"adduser --system --group --home /var/lib/comptoir %s (or name another one as service.user)", name, name);
	if (user->pw_uid == 0)
		return refuse(arena, ret_message, "service.user '%s' is root under another name; name another user", name);
	if (initgroups(name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
		return refuse(arena, ret_message, "cannot become the user '%s': %s", name, strerror(errno));
	if (setuid(0) == 0 || geteuid() == 0)
		return refuse(arena, ret_message, "the user '%s' can become root again; refused", name);
	/* The change of user made us readable to others of that name, and the home of root is no place to be. */
	privileges_harden();
	if (chdir("/") < 0)
		return refuse(arena, ret_message, "cannot change to /: %s", strerror(errno));
	return ERROR_NONE;
}

static const char *own_name(struct arena *arena)
{
	const struct passwd *user = getpwuid(geteuid());
	return user ? arena_c_string(arena, str_from(user->pw_name)) : arena_printf(arena, "%ld", (long)geteuid()).data;
}

/* The first folder on the way to path that we may not pass through; NULL when the way is free. */
static const char *blocked_folder(struct arena *arena, const char *path)
{
	struct str whole = str_from(path);
	for (size_t slash = str_index_of(whole, '/', 1); slash < whole.len; slash = str_index_of(whole, '/', slash + 1)) {
		const char *folder = arena_c_string(arena, str_slice(whole, 0, slash));
		if (access(folder, X_OK) < 0 && errno == EACCES)
			return folder;
	}
	return NULL;
}

static enum error check_found(const char *path, const struct stat *status, struct arena *arena, struct str *ret_message)
{
	const char *user = own_name(arena);
	if (!S_ISDIR(status->st_mode))
		return refuse(arena, ret_message, "%s is no directory", path);
	if (status->st_uid != geteuid())
		return refuse(arena, ret_message, "%s does not belong to the user '%s': chown -R %s: %s", path, user, user, path);
	if ((status->st_mode & 022) != 0 && !MUTANT("data_directory_mode"))
		return refuse(arena, ret_message, "others may write to %s: chmod 700 %s", path, path);
	if (access(path, R_OK | W_OK | X_OK) < 0)
		return refuse(arena, ret_message, "the user '%s' cannot write to %s (%s): chmod 700 %s", user, path, strerror(errno), path);
	return ERROR_NONE;
}

enum error privileges_check_directory(const char *path, struct arena *arena, struct str *ret_message)
{
	const char *user = own_name(arena);
	const char *blocked = blocked_folder(arena, path);
	if (blocked)
		return refuse(arena, ret_message,
			"the user '%s' cannot reach %s: it may not pass through %s; choose a data.directory elsewhere, such as "
			"/var/lib/comptoir, or let it pass: chmod o+x %s", user, path, blocked, blocked);
	struct stat status;
	if (stat(path, &status) < 0)
		return refuse(arena, ret_message, "%s: %s; make it: install -d -o %s -m 700 %s", path, strerror(errno), user, path);
	return check_found(path, &status, arena, ret_message);
}

enum error privileges_prepare_directory(const struct config *config, struct arena *arena, struct str *ret_message)
{
	const char *path = config_text(config, "data.directory");
	if (mkdir(path, 0700) < 0 && errno != EEXIST && errno != ENOENT && errno != EACCES && errno != EROFS)
		return refuse(arena, ret_message, "cannot make %s: %s", path, strerror(errno));
	return privileges_check_directory(path, arena, ret_message);
}
