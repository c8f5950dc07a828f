/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An exchange that awaits a document, or work on a password: parked on its loop, without a worker, until the fetcher or
 * the password thread calls. Neither can be called off; so what they know is a wait of its own, which outlives the
 * exchange when the time is over, and the loop behind a gate, which is shut before the loop goes. */
#include "server/http/connection.h"

#include "server/http/password_work.h"

#include "federation/federation.h"
#include "federation/fetch.h"
#include "base/metrics.h"
#include "base/mutant.h"

#define WAITS_MAX 1024 /* on one loop; each may hold a body */

static struct metric waiting = METRIC("comptoir_http_awaiting", "Requests that await a document of another server or a password",
	METRIC_GAUGE);

/* Shared by a loop and the waits that it has not heard of yet. */
struct await_gate {
	pthread_mutex_t lock;
	struct loop *loop; /* NULL: shut */
	unsigned references;
};

struct exchange_wait {
	struct fetch_waiter waiter;
	struct loop_message message;
	struct list_link link; /* on http_loop.waits while there is an exchange */
	struct await_gate *gate;
	struct exchange *exchange; /* the loop's; NULL: nobody waits any more */
	struct fetch_document *document;
	struct password_work *password_work; /* done */
};

void http_loop_waits_start(struct http_loop *loop)
{
	list_init(&loop->waits);
	loop->gate = memory_new(sizeof(*loop->gate));
	pthread_mutex_init(&loop->gate->lock, NULL);
	loop->gate->loop = loop->loop;
	loop->gate->references = 1;
}

static void leave_gate(struct await_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	bool is_last = --gate->references == 0;
	pthread_mutex_unlock(&gate->lock);
	if (!is_last)
		return;
	pthread_mutex_destroy(&gate->lock);
	memory_free(gate);
}

void http_loop_waits_stop(struct http_loop *loop)
{
	if (!loop->gate)
		return;
	pthread_mutex_lock(&loop->gate->lock);
	loop->gate->loop = NULL;
	pthread_mutex_unlock(&loop->gate->lock);
	leave_gate(loop->gate);
	loop->gate = NULL;
}

static void free_wait(struct exchange_wait *wait)
{
	fetch_document_unref(&wait->document);
	password_work_free(&wait->password_work);
	leave_gate(wait->gate);
	memory_free(wait);
}

/* The exchange goes its own way. */
static void detach(struct exchange *exchange)
{
	struct exchange_wait *wait = exchange->wait;
	exchange->wait = NULL;
	wait->exchange = NULL;
	list_remove(&wait->link);
	exchange->loop->wait_count--;
	metric_add(&waiting, -1);
}

static void answer_unavailable(struct exchange *exchange, const char *detail)
{
	exchange->error = ERROR_UNAVAILABLE;
	exchange->request.error_detail = str_from(detail);
	respond_error(&exchange->request, ERROR_UNAVAILABLE);
	exchange_finish(exchange);
}

void exchange_await_over(struct exchange *exchange, const char *detail)
{
	detach(exchange);
	answer_unavailable(exchange, detail);
}

void http_loop_waits_drain(struct http_loop *loop)
{
	LIST_EACH_SAFE(&loop->waits, link)
		exchange_await_over(LIST_OBJECT(link, struct exchange_wait, link)->exchange, "the server stops");
}

static void run_again(struct exchange *exchange)
{
	struct http_server *server = exchange->loop->server;
	bool is_slow = exchange->request.route->pool == ROUTE_SLOW;
	if (exchange->connection)
		connection_clear_deadline(exchange->connection);
	if (!worker_pool_submit(is_slow ? server->slow_pool : server->api_pool, &exchange->job))
		answer_unavailable(exchange, "the queue of workers is full");
}

static void take_document(struct request *request, struct exchange_wait *wait)
{
	fetch_document_unref(&request->awaited);
	request->awaited = wait->document;
	request->awaited_url = request->await_url;
	request->await_url = (struct str){ 0 };
	wait->document = NULL;
}

/* On the loop: the document is there, or the news that it is not; or the password was worked on. */
static void arrived(struct loop_message *message)
{
	struct exchange_wait *wait = LIST_OBJECT(message, struct exchange_wait, message);
	struct exchange *exchange = wait->exchange;
	if (exchange) {
		struct request *request = &exchange->request;
		detach(exchange);
		if (wait->password_work)
			request->password_outcome = password_work_outcome(wait->password_work, request->arena);
		else
			take_document(request, wait);
	}
	free_wait(wait);
	if (exchange)
		run_again(exchange);
}

/* On any thread: back to the loop, if it is still there. */
static void send_home(struct exchange_wait *wait)
{
	wait->message.run = arrived;
	pthread_mutex_lock(&wait->gate->lock);
	bool is_open = wait->gate->loop != NULL;
	if (is_open)
		loop_post(wait->gate->loop, &wait->message);
	pthread_mutex_unlock(&wait->gate->lock);
	if (!is_open)
		free_wait(wait);
}

/* On the fetcher's loop. */
static void fetched(struct fetch_waiter *waiter, struct fetch_document *document)
{
	struct exchange_wait *wait = LIST_OBJECT(waiter, struct exchange_wait, waiter);
	wait->document = document;
	send_home(wait);
}

/* On the thread of passwords. */
static void worked(void *owner, struct password_work *work)
{
	struct exchange_wait *wait = owner;
	wait->password_work = work;
	send_home(wait);
}

static void start_fetch(struct exchange *exchange, struct exchange_wait *wait)
{
	const struct http_server *server = exchange->loop->server;
	struct str url = exchange->request.await_url;
	if (server->options.start_fetch)
		server->options.start_fetch(server->app, url, &wait->waiter);
	else
		fetch_start(server->app->federation->fetcher, url, FETCH_ACTIVITY_JSON, &wait->waiter);
}

void exchange_await(struct exchange *exchange)
{
	struct http_loop *loop = exchange->loop;
	if (loop->is_draining || (loop->wait_count >= WAITS_MAX && !MUTANT("http_waits"))) {
		answer_unavailable(exchange, loop->is_draining ? "the server stops" : "too many requests await something");
		return;
	}
	struct password_work *work = exchange->request.password_work;
	exchange->request.password_work = NULL;
	struct exchange_wait *wait = memory_new(sizeof(*wait));
	wait->waiter.done = fetched;
	wait->exchange = exchange;
	wait->gate = loop->gate;
	pthread_mutex_lock(&wait->gate->lock);
	wait->gate->references++;
	pthread_mutex_unlock(&wait->gate->lock);
	exchange->wait = wait;
	list_add_last(&loop->waits, &wait->link);
	loop->wait_count++;
	metric_add(&waiting, 1);
	if (exchange->connection)
		connection_set_deadline(exchange->connection, DEADLINE_AWAIT);
	if (!work) {
		start_fetch(exchange, wait);
	} else if (!loop->server->password_pool || !password_work_start(work, loop->server->password_pool, worked, wait)) {
		wait->password_work = work;
		exchange_await_over(exchange, "the queue of passwords is full");
		free_wait(wait);
	}
}
