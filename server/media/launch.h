/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Starts and ends the programs that touch what strangers made: under a user of their own where root started us, else
 * under ours (spawn.h). Any thread, but for the first. */
#ifndef COMPTOIR_SERVER_MEDIA_LAUNCH_H
#define COMPTOIR_SERVER_MEDIA_LAUNCH_H

#include "server/media/spawn.h"

#include "base/config.h"

/* As root, before the privileges are dropped and before there are threads: a launcher that is the user media.user.
 * Without root, without such a user, or when it is root or ours, there is none and nothing is said. */
void media_launcher_start(const struct config *config);
bool media_launcher_is_there(void);

/* Like media_spawn_start, media_spawn_end and media_spawn_wait. */
bool media_launch_start(const struct media_spawn *spawn, pid_t *ret_process);
int media_launch_end(pid_t process);
int media_launch_wait(pid_t process);

#endif
