/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the process may do: it never works as root, leaves no core, and keeps its files to itself. */
#ifndef COMPTOIR_SERVER_PRIVILEGES_H
#define COMPTOIR_SERVER_PRIVILEGES_H

#include "base/arena.h"
#include "base/config.h"

/* umask 077, no core files, not readable by a debugger of the same user, no new privileges. First of all. */
void privileges_harden(void);

/* As root: becomes service.user with its groups, for good; otherwise does nothing. ERROR_CONFIGURATION with the
 * remedy (arena) when there is no such user. Before anything but the configuration is opened. */
enum error privileges_drop(const struct config *config, struct arena *arena, struct str *ret_message) MUST_CHECK;

/* data.directory: made with mode 0700 when it is missing and its parent allows. ERROR_CONFIGURATION with the
 * remedy when we cannot reach or write it, or when others can write it. */
enum error privileges_prepare_directory(const struct config *config, struct arena *arena, struct str *ret_message) MUST_CHECK;

/* The same questions without making anything: for `comptoir check`. */
enum error privileges_check_directory(const char *path, struct arena *arena, struct str *ret_message) MUST_CHECK;

#endif
