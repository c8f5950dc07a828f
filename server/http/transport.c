/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bytes to and from a connection's socket, plain or under TLS, never blocking. */
#include "server/http/connection.h"

#include "server/http/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

static bool is_try_again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

static ssize_t read_tls(struct connection *connection, char *data, size_t len)
{
	size_t got = 0;
	switch (tls_read(connection->tls, data, len, &got)) {
	case TLS_DONE:
		return (ssize_t)got;
	case TLS_WANTS_WRITE: /* an update of keys: the writable event reads again */
		connection_want_write(connection, true);
		return TRANSPORT_BLOCKED;
	case TLS_WANTS_READ:
		return TRANSPORT_BLOCKED;
	case TLS_FAILED:
		break;
	}
	return TRANSPORT_FAILED;
}

ssize_t transport_read(struct connection *connection, char *data, size_t len)
{
	if (connection->tls)
		return read_tls(connection, data, len);
	for (;;) {
		ssize_t got = recv(connection->fd, data, len, 0);
		if (got >= 0)
			return got;
		if (errno != EINTR)
			return is_try_again() ? TRANSPORT_BLOCKED : TRANSPORT_FAILED;
	}
}

/* Head and a small body go into one record. Repeated after a block, the same bytes come first again, as
 * OpenSSL wants it. */
static ssize_t write_tls(struct connection *connection, const struct iovec *parts, int part_count)
{
	char *buffer = connection->loop->tls_buffer;
	size_t filled = 0;
	for (int i = 0; i < part_count && filled < TLS_BUFFER_BYTES; i++) {
		size_t room = TLS_BUFFER_BYTES - filled;
		size_t size = parts[i].iov_len < room ? parts[i].iov_len : room;
		memcpy(buffer + filled, parts[i].iov_base, size);
		filled += size;
	}
	size_t written = 0;
	switch (tls_write(connection->tls, buffer, filled, &written)) {
	case TLS_DONE:
		return (ssize_t)written;
	case TLS_WANTS_READ:
	case TLS_WANTS_WRITE:
		return TRANSPORT_BLOCKED;
	case TLS_FAILED:
		break;
	}
	return TRANSPORT_FAILED;
}

ssize_t transport_write(struct connection *connection, const struct iovec *parts, int part_count)
{
	if (connection->tls)
		return write_tls(connection, parts, part_count);
	struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)part_count };
	for (;;) {
		ssize_t written = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
		if (written >= 0)
			return written;
		if (errno != EINTR)
			return is_try_again() ? TRANSPORT_BLOCKED : TRANSPORT_FAILED;
	}
}
