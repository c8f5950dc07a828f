/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Starts and ends the programs that touch what strangers made. They get the descriptors that are named and nothing else:
 * no environment, no signals of ours. Any thread. For the server by way of launch.h. */
#ifndef COMPTOIR_SERVER_MEDIA_SPAWN_H
#define COMPTOIR_SERVER_MEDIA_SPAWN_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define MEDIA_SPAWN_DESCRIPTORS 4

struct media_spawn {
	const char *program;
	char *const *arguments; /* ends with NULL */
	/* What becomes descriptors 1, 2, 3 and 4; -1: as it is here for 1 and 2, none for 3 and 4. */
	int descriptors[MEDIA_SPAWN_DESCRIPTORS];
};

/* The program beside ours of that name. Empty when that cannot be said. */
void media_spawn_find_program(const char *name, char ret_path[PATH_MAX]);

bool media_spawn_start(const struct media_spawn *spawn, pid_t *ret_process);
/* Kills it and waits for its end. Returns its status as waitpid gives it. */
int media_spawn_end(pid_t process);
/* Waits for an end that is near, and kills after a second. */
int media_spawn_wait(pid_t process);

#endif
