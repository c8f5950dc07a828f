/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Binding and accepting. Refusals at the door (too many connections in all, or of one client) are answered
 * with a few bytes and a close; without descriptors the listener rests for a moment instead of spinning. */
#include "server/http/listener.h"

#include "server/http/connection_cap.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096
#define ACCEPTS_PER_TURN 64
#define REST_MS 100
#define LOG_EVERY_US 60000000

static struct metric refused_connections = METRIC("comptoir_http_connections_refused_total",
	"Connections closed at the door: too many in all, of one client, or no descriptor left", METRIC_COUNTER);

static enum error refuse(struct str address, const char *what, char **ret_message)
{
	struct buf message = { 0 };
	size_t ignored;
	buf_add_printf(&message, "cannot listen on %.*s: %s", STR_ARG(address), what);
	buf_add_char(&message, '\0');
	*ret_message = buf_take(&message, &ignored);
	return ERROR_CONFIGURATION;
}

static void turn_away(struct http_loop *loop, int fd)
{
	static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
		"Connection: close\r\n\r\n";
	metric_add(&refused_connections, 1);
	if (!loop->server->tls) {
		ssize_t ignored = send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)ignored;
	}
	close(fd);
}

static void admit(struct http_listener *listener, int fd, const struct net_address *peer)
{
	struct http_loop *loop = listener->loop;
	struct http_server *server = loop->server;
	bool is_counted = peer->family != NET_UNIX && !net_list_contains(server->trusted_proxies, peer);
	unsigned count = atomic_fetch_add(&server->connection_count, 1);
	if ((count >= server->max_connections && !MUTANT("http_max_connections")) ||
	    (is_counted && !connection_cap_take(server->connection_cap, peer))) {
		atomic_fetch_sub(&server->connection_count, 1);
		turn_away(loop, fd);
		return;
	}
	connection_open(loop, fd, peer, is_counted);
}

static void on_rested(evutil_socket_t fd, short what, void *argument)
{
	struct http_listener *listener = argument;
	(void)fd;
	(void)what;
	event_add(listener->event, NULL);
}

/* No descriptor is left: closes the oldest connection that waits, so that its client knows, and rests. */
static void run_short(struct http_listener *listener)
{
	struct timeval rest = { 0, REST_MS * 1000 };
	if (listener->reserve_fd >= 0)
		close(listener->reserve_fd);
	int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		turn_away(listener->loop, fd);
	listener->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	event_del(listener->event);
	event_add(listener->resume_timer, &rest);
	int64_t now_us = loop_now_us(listener->loop->loop);
	if (listener->short_logged_us && now_us - listener->short_logged_us < LOG_EVERY_US)
		return;
	listener->short_logged_us = now_us;
	log_event(LOG_LEVEL_WARNING, "descriptors_exhausted");
}

/* False when nothing waits any more, or nothing can be taken. */
static bool accept_one(struct http_listener *listener)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		struct net_address peer = net_address_from_sockaddr((struct sockaddr *)&address, len);
		if (listener->is_unix)
			peer.family = NET_UNIX;
		admit(listener, fd, &peer);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		run_short(listener);
		return false;
	}
	return errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
}

static void on_acceptable(evutil_socket_t fd, short what, void *argument)
{
	struct http_listener *listener = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(listener->loop->loop);
	for (int i = 0; i < ACCEPTS_PER_TURN; i++)
		if (!accept_one(listener))
			return;
}

static void add_listener(struct http_loop *loop, int fd, bool is_unix, char *unix_path)
{
	size_t size = (loop->listener_count + 1) * sizeof(*loop->listeners);
	loop->listeners = memory_resize(loop->listeners, size);
	loop->listeners[loop->listener_count++] = (struct http_listener){
		.loop = loop, .fd = fd, .reserve_fd = -1, .is_unix = is_unix, .unix_path = unix_path,
	};
}

/* The events point at the listeners, so they are made when the table no longer moves. */
static void watch(struct http_loop *loop)
{
	struct event_base *base = loop_base(loop->loop);
	for (size_t i = 0; i < loop->listener_count; i++) {
		struct http_listener *listener = &loop->listeners[i];
		listener->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		listener->event = event_new(base, listener->fd, EV_READ | EV_PERSIST, on_acceptable, listener);
		listener->resume_timer = evtimer_new(base, on_rested, listener);
		if (!listener->event || !listener->resume_timer || event_add(listener->event, NULL) < 0)
			memory_fatal("cannot watch a listener");
	}
}

static int bind_inet(const struct net_address *address, bool is_shared)
{
	struct sockaddr_storage storage;
	socklen_t len = net_address_to_sockaddr(address, &storage);
	int on = 1;
	int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (is_shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (storage.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	/* Connections inherit it; without it small answers waited 44 ms for a delayed acknowledgement. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&storage, len) == 0)
		return fd;
	int failure = errno;
	close(fd);
	errno = failure;
	return -1;
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_storage storage;
	socklen_t len = sizeof(storage);
	if (getsockname(fd, (struct sockaddr *)&storage, &len) < 0)
		return 0;
	return net_address_from_sockaddr((struct sockaddr *)&storage, len).port;
}

/* Port 0, which no peer has, lets the kernel choose one. */
static bool parse_address(struct str text, struct net_address *ret_address)
{
	static const struct str any_port = STR(":0");
	if (str_ends_with(text, any_port) &&
	    net_address_parse(str_slice(text, 0, text.len - any_port.len), ret_address))
		return ret_address->family != NET_UNIX;
	return net_address_parse_with_port(text, ret_address) && ret_address->family != NET_UNIX && ret_address->port;
}

static enum error open_inet(struct http_server *server, struct str text, char **ret_message)
{
	struct net_address address;
	if (!parse_address(text, &address))
		return refuse(text, "not an address with a port, such as 127.0.0.1:8080, [::1]:8080 or unix:/path", ret_message);
	/* With SO_REUSEPORT alone a second server of the same user would share the port unnoticed. */
	int probe_fd = bind_inet(&address, false);
	if (probe_fd < 0)
		return refuse(text, strerror(errno), ret_message);
	close(probe_fd);
	for (unsigned i = 0; i < server->loop_count; i++) {
		int fd = bind_inet(&address, true);
		if (fd < 0 || listen(fd, BACKLOG) < 0) {
			enum error error = refuse(text, strerror(errno), ret_message);
			if (fd >= 0)
				close(fd);
			return error;
		}
		address.port = bound_port(fd);
		add_listener(&server->loops[i], fd, false, NULL);
	}
	if (!server->port)
		server->port = address.port;
	return ERROR_NONE;
}

/* A socket file that a dead server left behind is in the way; one that answers is not ours to remove. */
static bool is_stale(const struct sockaddr_un *address)
{
	struct stat status;
	if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool is_refused = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return is_refused;
}

static enum error open_unix(struct http_server *server, struct str text, struct str path, char **ret_message)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (!path.len || path.len >= sizeof(address.sun_path))
		return refuse(text, "the path is empty or too long for a Unix socket", ret_message);
	memcpy(address.sun_path, path.data, path.len);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return refuse(text, strerror(errno), ret_message);
	if (is_stale(&address))
		unlink(address.sun_path);
	/* Who may connect is decided by the folder; the proxy runs as another user. */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(address.sun_path, 0666) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		enum error error = refuse(text, strerror(errno), ret_message);
		close(fd);
		return error;
	}
	add_listener(&server->loops[0], fd, true, memory_copy_string(address.sun_path));
	for (unsigned i = 1; i < server->loop_count; i++) {
		int copy_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy_fd < 0)
			return refuse(text, strerror(errno), ret_message);
		add_listener(&server->loops[i], copy_fd, true, NULL);
	}
	return ERROR_NONE;
}

enum error http_listeners_open(struct http_server *server, const struct str *addresses, size_t count, char **ret_message)
{
	static const struct str unix_prefix = STR("unix:");
	for (size_t i = 0; i < count; i++) {
		struct str text = addresses[i];
		bool is_unix = str_starts_with(text, unix_prefix);
		enum error error = is_unix
			? open_unix(server, text, str_slice(text, unix_prefix.len, text.len), ret_message)
			: open_inet(server, text, ret_message);
		if (error != ERROR_NONE)
			return error;
	}
	for (unsigned i = 0; i < server->loop_count; i++)
		watch(&server->loops[i]);
	return ERROR_NONE;
}

/* From here on the kernel lets nobody in: who knocks is not answered, knocks again a second later and finds the next server
 * or a closed door. Without it, who came between the last accept and the close was let in and then reset. */
static void shut(const struct http_listener *listener)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = { .len = 1, .filter = &nothing };
	if (!listener->is_unix)
		setsockopt(listener->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

void http_listeners_close(struct http_loop *loop)
{
	for (size_t i = 0; i < loop->listener_count; i++) {
		struct http_listener *listener = &loop->listeners[i];
		if (listener->event) {
			/* Whom the kernel has let in must not be reset. */
			shut(listener);
			for (int count = 0; count < BACKLOG && accept_one(listener); count++)
				;
			event_free(listener->event);
			event_free(listener->resume_timer);
		}
		if (listener->reserve_fd >= 0)
			close(listener->reserve_fd);
		if (listener->unix_path)
			unlink(listener->unix_path);
		close(listener->fd);
		memory_free(listener->unix_path);
	}
	memory_free(loop->listeners);
	loop->listeners = NULL;
	loop->listener_count = 0;
}
