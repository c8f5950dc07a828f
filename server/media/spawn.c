/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * posix_spawn, with descriptors put where they belong by way of high numbers, so that none is overwritten on the way. */
#include "server/media/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HIGH_DESCRIPTOR 64
#define WAIT_STEP_NS 5000000
#define WAIT_STEPS 200

void media_spawn_find_program(const char *name, char ret_path[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t folder = 0, name_len = strlen(name);
	for (size_t i = 0; len > 0 && i < (size_t)len; i++)
		if (self[i] == '/')
			folder = i + 1;
	ret_path[0] = '\0';
	if (folder + name_len + 1 > PATH_MAX)
		return;
	memcpy(ret_path, self, folder);
	memcpy(ret_path + folder, name, name_len + 1);
}

static bool place_descriptors(posix_spawn_file_actions_t *actions, const int raised[MEDIA_SPAWN_DESCRIPTORS])
{
	bool is_set = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) == 0;
	int last = STDERR_FILENO;
	for (int i = 0; i < MEDIA_SPAWN_DESCRIPTORS; i++) {
		if (raised[i] < 0)
			continue;
		is_set = is_set && posix_spawn_file_actions_adddup2(actions, raised[i], i + 1) == 0;
		last = i + 1 > last ? i + 1 : last;
	}
	return is_set && posix_spawn_file_actions_addclosefrom_np(actions, last + 1) == 0;
}

bool media_spawn_start(const struct media_spawn *spawn, pid_t *ret_process)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int raised[MEDIA_SPAWN_DESCRIPTORS];
	bool is_set = true;
	char *const environment[] = { (char *)(uintptr_t)"LANG=C.UTF-8", NULL };
	for (int i = 0; i < MEDIA_SPAWN_DESCRIPTORS; i++) {
		raised[i] = spawn->descriptors[i] < 0 ? -1 : fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
		is_set = is_set && (spawn->descriptors[i] < 0 || raised[i] >= 0);
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	is_set = is_set && place_descriptors(&actions, raised) && posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
		posix_spawnattr_setsigdefault(&attributes, &all) == 0 &&
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP) == 0;
	bool is_started = is_set &&
		posix_spawn(ret_process, spawn->program, &actions, &attributes, spawn->arguments, environment) == 0;
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	for (int i = 0; i < MEDIA_SPAWN_DESCRIPTORS; i++)
		if (raised[i] >= 0)
			close(raised[i]);
	return is_started;
}

int media_spawn_end(pid_t process)
{
	int status = 0;
	(void)kill(process, SIGKILL);
	while (waitpid(process, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int media_spawn_wait(pid_t process)
{
	int status = 0;
	for (int step = 0; step < WAIT_STEPS; step++) {
		if (waitpid(process, &status, WNOHANG) == process)
			return status;
		(void)nanosleep(&(struct timespec){ .tv_nsec = WAIT_STEP_NS }, NULL);
	}
	return media_spawn_end(process);
}
