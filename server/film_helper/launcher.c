/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One question at a time, each answered at once. */
#include "server/film_helper/launcher.h"

#include "server/media/launch_message.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER_DESCRIPTOR 3
#define CHILDREN_MAX 16

static void close_all(int descriptors[MEDIA_SPAWN_DESCRIPTORS])
{
	for (int i = 0; i < MEDIA_SPAWN_DESCRIPTORS; i++)
		if (descriptors[i] >= 0)
			close(descriptors[i]);
}

/* False at the end of the conversation, or when it makes no sense. */
static bool receive(struct launch_request *ret_request, int ret_descriptors[MEDIA_SPAWN_DESCRIPTORS])
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * MEDIA_SPAWN_DESCRIPTORS)];
	} control = { .room = { 0 } };
	struct iovec part = { ret_request, sizeof(*ret_request) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	int received[MEDIA_SPAWN_DESCRIPTORS];
	size_t count = 0, used = 0;
	ssize_t len = recvmsg(SERVER_DESCRIPTOR, &message, MSG_CMSG_CLOEXEC);
	if (len < (ssize_t)offsetof(struct launch_request, text) || ret_request->magic != LAUNCH_MAGIC ||
		ret_request->text_bytes > LAUNCH_TEXT_MAX || (size_t)len != offsetof(struct launch_request, text) + ret_request->text_bytes)
		return false;
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	if (rights && rights->cmsg_type == SCM_RIGHTS) {
		count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(received, CMSG_DATA(rights), count * sizeof(int));
	}
	for (int i = 0; i < MEDIA_SPAWN_DESCRIPTORS; i++)
		ret_descriptors[i] = ret_request->given & 1u << i && used < count ? received[used++] : -1;
	return true;
}

static pid_t start(const struct launch_request *request, const int descriptors[MEDIA_SPAWN_DESCRIPTORS])
{
	char *words[LAUNCH_WORDS_MAX + 1];
	size_t count = 0;
	pid_t process = 0;
	if (request->text_bytes == 0 || request->text[request->text_bytes - 1] != '\0')
		return 0;
	for (size_t at = 0; at < request->text_bytes && count < LAUNCH_WORDS_MAX; at += strlen(request->text + at) + 1)
		words[count++] = (char *)(uintptr_t)(request->text + at);
	words[count] = NULL;
	struct media_spawn spawn = { words[0], words + 1, { descriptors[0], descriptors[1], descriptors[2], descriptors[3] } };
	return count > 1 && media_spawn_start(&spawn, &process) ? process : 0;
}

static pid_t *find(pid_t children[CHILDREN_MAX], pid_t process)
{
	for (int i = 0; i < CHILDREN_MAX; i++)
		if (children[i] == process)
			return &children[i];
	return NULL;
}

static struct launch_reply answer(const struct launch_request *request, int descriptors[MEDIA_SPAWN_DESCRIPTORS],
	pid_t children[CHILDREN_MAX])
{
	struct launch_reply reply = { .magic = LAUNCH_MAGIC };
	pid_t *place = find(children, request->kind == LAUNCH_START ? 0 : request->process);
	if (!place || (request->kind != LAUNCH_START && request->process <= 0))
		return reply;
	if (request->kind == LAUNCH_START) {
		*place = start(request, descriptors);
		reply.process = *place;
	} else if (request->kind == LAUNCH_END) {
		reply.process = *place;
		reply.status = media_spawn_end(*place);
		*place = 0;
	} else if (waitpid(*place, &reply.status, WNOHANG) == *place) {
		reply.process = *place;
		*place = 0;
	}
	return reply;
}

int launcher_serve(void)
{
	static struct launch_request request;
	pid_t children[CHILDREN_MAX] = { 0 };
	int descriptors[MEDIA_SPAWN_DESCRIPTORS];
	while (receive(&request, descriptors)) {
		struct launch_reply reply = answer(&request, descriptors, children);
		close_all(descriptors);
		if (send(SERVER_DESCRIPTOR, &reply, sizeof(reply), MSG_NOSIGNAL) != (ssize_t)sizeof(reply))
			break;
	}
	for (int i = 0; i < CHILDREN_MAX; i++)
		if (children[i] > 0)
			(void)media_spawn_end(children[i]);
	return 0;
}
