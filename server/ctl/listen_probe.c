/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Binds without listening, as the server itself does first. What is in use is asked for its NodeInfo links,
 * which begin with the address of the instance that gives them. */
#include "server/ctl/listen_probe.h"

#include "base/net_address.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES 16384
#define WAIT_SECONDS 2

struct place {
	struct sockaddr_storage storage;
	socklen_t len;
};

static bool find_place(struct str text, struct place *ret_place)
{
	struct str unix_prefix = STR("unix:");
	struct net_address address;
	if (str_starts_with(text, unix_prefix)) {
		struct str path = str_slice(text, unix_prefix.len, text.len);
		struct sockaddr_un local = { .sun_family = AF_UNIX };
		if (path.len >= sizeof(local.sun_path))
			return false;
		memcpy(local.sun_path, path.data, path.len);
		memcpy(&ret_place->storage, &local, sizeof(local));
		ret_place->len = sizeof(local);
		return true;
	}
	if (!net_address_parse_with_port(text, &address))
		return false;
	ret_place->len = net_address_to_sockaddr(&address, &ret_place->storage);
	return true;
}

static int try_to_bind(const struct place *place)
{
	int on = 1;
	int fd = socket(place->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (place->storage.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	int failure = bind(fd, (const struct sockaddr *)&place->storage, place->len) == 0 ? 0 : errno;
	close(fd);
	return failure;
}

static int connect_to(const struct place *place)
{
	struct timeval wait = { WAIT_SECONDS, 0 };
	int fd = socket(place->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(fd, (const struct sockaddr *)&place->storage, place->len) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool is_this_instance(struct arena *arena, int fd, struct str base_url, struct str authority)
{
	struct str question = arena_printf(arena,
		"GET /.well-known/nodeinfo HTTP/1.1\r\nHost: %.*s\r\nConnection: close\r\n\r\n", STR_ARG(authority));
	struct str wanted = arena_printf(arena, "\"%.*s/nodeinfo/", STR_ARG(base_url));
	char *answer = arena_alloc(arena, ANSWER_MAX_BYTES);
	size_t len = 0;
	if (send(fd, question.data, question.len, MSG_NOSIGNAL) != (ssize_t)question.len)
		return false;
	while (len < ANSWER_MAX_BYTES) {
		ssize_t count = recv(fd, answer + len, ANSWER_MAX_BYTES - len, 0);
		if (count <= 0)
			break;
		len += (size_t)count;
		if (memmem(answer, len, wanted.data, wanted.len))
			return true;
	}
	return false;
}

enum listen_state listen_probe(struct arena *arena, struct str text, struct str base_url, struct str authority)
{
	struct place place = { 0 };
	if (!find_place(text, &place)) /* port 0: the kernel chooses one that is free */
		return LISTEN_FREE;
	bool is_unix = place.storage.ss_family == AF_UNIX;
	/* A socket's file would stay behind; one without a listener is replaced by the server. */
	int failure = is_unix ? EADDRINUSE : try_to_bind(&place);
	if (failure == 0)
		return LISTEN_FREE;
	if (failure == EACCES || failure == EPERM)
		return LISTEN_FORBIDDEN;
	errno = failure;
	if (failure != EADDRINUSE)
		return LISTEN_FAILED;
	int fd = connect_to(&place);
	if (fd < 0)
		return is_unix ? LISTEN_FREE : LISTEN_TAKEN;
	bool is_ours = is_this_instance(arena, fd, base_url, authority);
	close(fd);
	return is_ours ? LISTEN_OURS : LISTEN_TAKEN;
}
