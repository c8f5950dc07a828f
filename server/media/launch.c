/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The launcher's socket is the process's one and only; whoever asks holds its lock until the answer is there. A launcher
 * that has died is not replaced: nobody may become that user any more, so nothing is decoded until the next start. */
#include "server/media/launch.h"

#include "server/media/launch_message.h"

#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT_STEP_NS 5000000
#define WAIT_STEPS 200

static struct {
	pthread_mutex_t lock;
	int descriptor; /* set once, before there are threads; -1: none */
} launcher = { PTHREAD_MUTEX_INITIALIZER, -1 };

static bool become(const char *name, uid_t user, gid_t group)
{
	return initgroups(name, group) == 0 && setresgid(group, group, group) == 0 && setresuid(user, user, user) == 0 &&
		setuid(0) != 0 && geteuid() == user;
}

void media_launcher_start(const struct config *config)
{
	char program[PATH_MAX];
	int pair[2];
	const char *name = config_text(config, "media.user");
	if (geteuid() != 0 || launcher.descriptor >= 0 || !name[0])
		return;
	const struct passwd *ours = getpwnam(config_text(config, "service.user"));
	uid_t service_user = ours ? ours->pw_uid : 0;
	const struct passwd *user = getpwnam(name);
	media_spawn_find_program("comptoir-film", program);
	if (!user || user->pw_uid == 0 || user->pw_uid == service_user || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return;
	uid_t user_id = user->pw_uid;
	gid_t group_id = user->pw_gid;
	pid_t process = fork();
	if (process == 0) {
		char *const arguments[] = { (char *)(uintptr_t)"comptoir-film", (char *)(uintptr_t)"--launch", NULL };
		char *const environment[] = { (char *)(uintptr_t)"LANG=C.UTF-8", NULL };
		/* A descriptor that is 3 already would keep its mark to be closed. */
		int high = dup(pair[1]);
		if (high >= 0 && become(name, user_id, group_id) && chdir("/") == 0 && dup2(high, 3) == 3 && close_range(4, ~0u, 0) == 0)
			(void)execve(program, arguments, environment);
		_exit(1);
	}
	close(pair[1]);
	if (process > 0)
		launcher.descriptor = pair[0];
	else
		close(pair[0]);
}

bool media_launcher_is_there(void)
{
	return launcher.descriptor >= 0;
}

static bool ask(struct launch_request *request, const int *descriptors, struct launch_reply *ret_reply)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * MEDIA_SPAWN_DESCRIPTORS)];
	} control = { .room = { 0 } };
	size_t count = 0;
	int given[MEDIA_SPAWN_DESCRIPTORS];
	for (int i = 0; descriptors && i < MEDIA_SPAWN_DESCRIPTORS; i++)
		if (descriptors[i] >= 0) {
			request->given |= 1u << i;
			given[count++] = descriptors[i];
		}
	struct iovec part = { request, offsetof(struct launch_request, text) + request->text_bytes };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	if (count) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
		memcpy(CMSG_DATA(rights), given, sizeof(int) * count);
	}
	pthread_mutex_lock(&launcher.lock);
	bool is_answered = sendmsg(launcher.descriptor, &message, MSG_NOSIGNAL) > 0 &&
		recv(launcher.descriptor, ret_reply, sizeof(*ret_reply), 0) == (ssize_t)sizeof(*ret_reply) && ret_reply->magic == LAUNCH_MAGIC;
	pthread_mutex_unlock(&launcher.lock);
	return is_answered;
}

static bool add_word(struct launch_request *request, const char *word)
{
	size_t len = strlen(word) + 1;
	if (request->text_bytes + len > LAUNCH_TEXT_MAX)
		return false;
	memcpy(request->text + request->text_bytes, word, len);
	request->text_bytes += (uint32_t)len;
	return true;
}

bool media_launch_start(const struct media_spawn *spawn, pid_t *ret_process)
{
	struct launch_request request = { .magic = LAUNCH_MAGIC, .kind = LAUNCH_START };
	struct launch_reply reply;
	if (!media_launcher_is_there())
		return media_spawn_start(spawn, ret_process);
	bool is_written = add_word(&request, spawn->program);
	for (int i = 0; is_written && spawn->arguments[i]; i++)
		is_written = add_word(&request, spawn->arguments[i]);
	if (!is_written || !ask(&request, spawn->descriptors, &reply) || reply.process <= 0)
		return false;
	*ret_process = reply.process;
	return true;
}

int media_launch_end(pid_t process)
{
	struct launch_request request = { .magic = LAUNCH_MAGIC, .kind = LAUNCH_END, .process = process };
	struct launch_reply reply;
	if (!media_launcher_is_there())
		return media_spawn_end(process);
	return ask(&request, NULL, &reply) ? reply.status : -1;
}

int media_launch_wait(pid_t process)
{
	struct launch_reply reply;
	if (!media_launcher_is_there())
		return media_spawn_wait(process);
	for (int step = 0; step < WAIT_STEPS; step++) {
		struct launch_request request = { .magic = LAUNCH_MAGIC, .kind = LAUNCH_ASK, .process = process };
		if (!ask(&request, NULL, &reply))
			return -1;
		if (reply.process == process)
			return reply.status;
		(void)nanosleep(&(struct timespec){ .tv_nsec = WAIT_STEP_NS }, NULL);
	}
	return media_launch_end(process);
}
