/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir-media: decodes what strangers made, in a process that has nothing and reaches nothing. The server starts it with
 * a socket on descriptor 3 (helper_message.h) and ends it by closing that. `comptoir-media --probe` closes the walls and
 * says what can be done behind them. */
#include "server/media_helper/picture.h"
#include "server/media_helper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_DESCRIPTOR 3
#define DESCRIPTORS 3

static void close_all(const int descriptors[DESCRIPTORS])
{
	for (int i = 0; i < DESCRIPTORS; i++)
		if (descriptors[i] >= 0)
			close(descriptors[i]);
}

/* False at the end of the conversation. */
static bool receive(struct helper_request *ret_request, int ret_descriptors[DESCRIPTORS])
{
	char bytes[sizeof(struct helper_request) + 1];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * DESCRIPTORS)];
	} control = { .room = { 0 } };
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(SERVER_DESCRIPTOR, &message, MSG_CMSG_CLOEXEC);
	if (len <= 0)
		return false;
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	if (!rights || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(sizeof(int) * DESCRIPTORS))
		return false;
	memcpy(ret_descriptors, CMSG_DATA(rights), sizeof(int) * DESCRIPTORS);
	return helper_request_read((struct str){ bytes, (size_t)len }, ret_request);
}

static bool answer(const struct helper_request *request, const int descriptors[DESCRIPTORS])
{
	struct helper_reply reply = { .magic = HELPER_MAGIC, .status = HELPER_REFUSED };
	/* libc's fstat asks by path, which is refused. */
	bool is_whole = request->size_bytes > 0 && lseek(descriptors[0], 0, SEEK_END) == (off_t)request->size_bytes;
	void *bytes = is_whole ? mmap(NULL, request->size_bytes, PROT_READ, MAP_PRIVATE, descriptors[0], 0) : MAP_FAILED;
	if (bytes != MAP_FAILED) {
		picture_make((struct str){ bytes, request->size_bytes }, request, descriptors[1], descriptors[2], &reply);
		munmap(bytes, request->size_bytes);
	}
	return send(SERVER_DESCRIPTOR, &reply, sizeof(reply), MSG_NOSIGNAL) == (ssize_t)sizeof(reply);
}

static int serve(unsigned walls)
{
	struct helper_greeting greeting = { HELPER_MAGIC, walls };
	struct helper_request request;
	int descriptors[DESCRIPTORS] = { -1, -1, -1 };
	if (send(SERVER_DESCRIPTOR, &greeting, sizeof(greeting), MSG_NOSIGNAL) != (ssize_t)sizeof(greeting))
		return 1;
	bool goes_on = true;
	while (goes_on && receive(&request, descriptors)) {
		goes_on = answer(&request, descriptors);
		close_all(descriptors);
	}
	return 0;
}

/* It has no log. */
static void write_text(int descriptor, const char *text)
{
	ssize_t ignored = write(descriptor, text, strlen(text));
	(void)ignored;
}

static void say(const char *what, bool was_possible)
{
	write_text(STDOUT_FILENO, what);
	write_text(STDOUT_FILENO, was_possible ? " possible\n" : " refused\n");
}

/* Each by its number of failure, not by what a library makes of it. */
static int probe(unsigned walls)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	const char number[] = { (char)('0' + walls / 10 % 10), (char)('0' + walls % 10), '\n', '\0' };
	write_text(STDOUT_FILENO, "walls ");
	write_text(STDOUT_FILENO, number);
	int descriptor = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	say("open", descriptor >= 0);
	descriptor = open("/tmp/comptoir-media-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	say("create", descriptor >= 0);
	say("socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	say("unix", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	say("executable_memory", mprotect((void *)((uintptr_t)arguments & ~(uintptr_t)4095), 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
	say("kill", kill(getppid(), 0) == 0);
	say("fork", fork() >= 0);
	(void)execv("/bin/true", arguments);
	say("exec", false);
	return 0;
}

int main(int argument_count, char **arguments)
{
	bool is_probe = argument_count == 2 && strcmp(arguments[1], "--probe") == 0;
	unsigned walls = sandbox_limit();
	if (argument_count > 2 || (argument_count == 2 && !is_probe)) {
		write_text(STDERR_FILENO, "usage: comptoir-media (started by comptoir) or comptoir-media --probe\n");
		return 2;
	}
	if (!picture_start(arguments[0])) {
		write_text(STDERR_FILENO, "comptoir-media: libvips does not start\n");
		return 1;
	}
	walls |= sandbox_close();
	return is_probe ? probe(walls) : serve(walls);
}
