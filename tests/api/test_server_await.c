/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A loop with timers in the place of the network. */
#include "tests/api/test_server_await.h"

#include "federation/fetch_internal.h"

#include <event2/event.h>

struct slow_fetch {
	struct loop_message message;
	struct list_link link;
	struct fetch_waiter *waiter;
	struct event *timer;
	int64_t delay_ms;
};

static struct loop *loop;
static struct list_link under_way;

static void end_fetch(struct slow_fetch *fetch, enum fetch_verdict verdict)
{
	list_remove(&fetch->link);
	event_free(fetch->timer);
	fetch->waiter->done(fetch->waiter, &fetch_result_new(verdict, "test")->document);
	memory_free(fetch);
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	end_fetch(argument, FETCH_OK);
}

static void begin_fetch(struct loop_message *message)
{
	struct slow_fetch *fetch = LIST_OBJECT(message, struct slow_fetch, message);
	struct timeval delay = { fetch->delay_ms / 1000, fetch->delay_ms % 1000 * 1000 };
	list_add_last(&under_way, &fetch->link);
	fetch->timer = evtimer_new(loop_base(loop), on_timer, fetch);
	event_add(fetch->timer, &delay);
}

void start_slow_fetch(struct app *app, struct str url, struct fetch_waiter *waiter)
{
	struct slow_fetch *fetch = memory_new(sizeof(*fetch));
	(void)app;
	fetch->waiter = waiter;
	fetch->message.run = begin_fetch;
	if (!str_to_int64(str_slice(url, sizeof("https://slow.test/") - 1, url.len), &fetch->delay_ms))
		memory_fatal("a URL of another form");
	loop_post(loop, &fetch->message);
}

void slow_fetches_start(void)
{
	list_init(&under_way);
	loop = loop_new("test", "fetch");
	loop_start(loop);
}

void slow_fetches_stop(void)
{
	loop_stop(loop);
	loop_join(loop);
	LIST_EACH_SAFE(&under_way, link)
		end_fetch(LIST_OBJECT(link, struct slow_fetch, link), FETCH_FAILED);
	loop_free(&loop);
}

enum error handle_await(struct request *request)
{
	int64_t times = 0;
	if (!str_to_int64(request_value(request, 1), &times))
		return ERROR_BAD_REQUEST;
	if (request->await_count < times) {
		struct str parts[] = { STR("https://slow.test/"), request_value(request, 0) };
		request_await(request, arena_join(request->arena, parts, 2));
		return ERROR_NONE;
	}
	struct json_out *out = respond_json(request, 200);
	json_out_object_begin(out);
	json_out_key_int(out, "awaited", request->await_count);
	json_out_key_bool(out, "has_document", request->awaited && request->awaited->verdict == FETCH_OK);
	json_out_key_str(out, "url", request->awaited_url);
	json_out_key_int(out, "body_bytes", (int64_t)request->http->body.len);
	json_out_object_end(out);
	return ERROR_NONE;
}
