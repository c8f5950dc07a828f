/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * libcurl tells which sockets it wants watched and when it wants to be called at the latest; both may be told
 * inside any call of it, and neither lets it be called back from there: a timeout of zero becomes an event. */
#include "federation/http_client_multi.h"

#include "base/loop.h"

#include <event2/event.h>
#include <event2/event_struct.h>

struct http_client_multi {
	CURLM *handle;
	struct loop *loop;
	struct event timer;
	struct event kick;
	http_client_multi_ended ended;
	void *argument;
};

struct watch {
	struct event event;
	struct http_client_multi *multi;
};

static void must(CURLMcode code)
{
	if (code != CURLM_OK)
		memory_fatal(curl_multi_strerror(code));
}

static void report_ended(struct http_client_multi *multi)
{
	int waiting;
	CURLMsg *message;
	while ((message = curl_multi_info_read(multi->handle, &waiting))) {
		/* message goes with the handle. */
		CURL *easy = message->easy_handle;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		must(curl_multi_remove_handle(multi->handle, easy));
		multi->ended(multi->argument, easy, code);
	}
}

static void act(struct http_client_multi *multi, curl_socket_t fd, int what)
{
	int running;
	(void)loop_now_us(multi->loop);
	must(curl_multi_socket_action(multi->handle, fd, what, &running));
	report_ended(multi);
}

static void on_socket_event(evutil_socket_t fd, short what, void *argument)
{
	struct watch *watch = argument;
	act(watch->multi, fd, (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	act(argument, CURL_SOCKET_TIMEOUT, 0);
}

static void on_kick(evutil_socket_t fd, short what, void *argument)
{
	struct http_client_multi *multi = argument;
	int running;
	(void)fd;
	(void)what;
	(void)loop_now_us(multi->loop);
	must(curl_multi_perform(multi->handle, &running));
	report_ended(multi);
}

static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *argument, void *socket_argument)
{
	struct http_client_multi *multi = argument;
	struct watch *watch = socket_argument;
	(void)easy;
	if (watch)
		event_del(&watch->event);
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			loop_free_later(multi->loop, memory_free, watch);
		curl_multi_assign(multi->handle, fd, NULL);
		return 0;
	}
	if (!watch) {
		watch = memory_new(sizeof(*watch));
		watch->multi = multi;
		curl_multi_assign(multi->handle, fd, watch);
	}
	short events = EV_PERSIST;
	if (what & CURL_POLL_IN)
		events |= EV_READ;
	if (what & CURL_POLL_OUT)
		events |= EV_WRITE;
	if (event_assign(&watch->event, loop_base(multi->loop), fd, events, on_socket_event, watch) < 0
		|| event_add(&watch->event, NULL) < 0)
		memory_fatal("cannot watch a socket");
	return 0;
}

static int on_timer_wanted(CURLM *handle, long timeout_ms, void *argument)
{
	struct http_client_multi *multi = argument;
	struct timeval delay = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };
	(void)handle;
	if (timeout_ms < 0)
		event_del(&multi->timer);
	else
		event_add(&multi->timer, &delay);
	return 0;
}

struct http_client_multi *http_client_multi_new(struct loop *loop, unsigned max_kept, http_client_multi_ended ended,
	void *argument)
{
	struct http_client_multi *multi = memory_new(sizeof(*multi));
	multi->loop = loop;
	multi->ended = ended;
	multi->argument = argument;
	multi->handle = curl_multi_init();
	if (!multi->handle || event_assign(&multi->timer, loop_base(loop), -1, 0, on_timer, multi) < 0
		|| event_assign(&multi->kick, loop_base(loop), -1, 0, on_kick, multi) < 0)
		memory_fatal("cannot make an HTTP client");
	must(curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket_wanted));
	must(curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi));
	must(curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer_wanted));
	must(curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi));
	must(curl_multi_setopt(multi->handle, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING));
	must(curl_multi_setopt(multi->handle, CURLMOPT_MAXCONNECTS, (long)max_kept));
	return multi;
}

void http_client_multi_free(struct http_client_multi **multi_pointer)
{
	struct http_client_multi *multi = *multi_pointer;
	if (!multi)
		return;
	must(curl_multi_cleanup(multi->handle));
	event_del(&multi->timer);
	event_del(&multi->kick);
	memory_free(multi);
	*multi_pointer = NULL;
}

void http_client_multi_add(struct http_client_multi *multi, CURL *easy)
{
	must(curl_multi_add_handle(multi->handle, easy));
}

void http_client_multi_remove(struct http_client_multi *multi, CURL *easy)
{
	must(curl_multi_remove_handle(multi->handle, easy));
}

void http_client_multi_kick(struct http_client_multi *multi)
{
	event_active(&multi->kick, EV_TIMEOUT, 0);
}
