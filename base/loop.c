/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An event loop of libevent on a thread of its own. The base is made without locks: all events belong to
 * the loop's thread, and other threads reach it only through the message queue and its eventfd. The eventfd
 * is watched edge-triggered, so that a wake-up costs one write and no read. */
#include "base/loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/msgq.h"

#include <event2/event.h>

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define UNIT_MAX_BYTES 16 /* what Linux takes as the name of a thread, NUL included */
#define SLOW_TURN_LOG_EVERY_US 60000000

struct release {
	void (*release)(void *object);
	void *object;
};

struct loop {
	struct event_base *base;
	struct event *wake_event;
	struct msgq queue;
	int wake_fd;
	bool has_thread;
	atomic_bool is_stopping;
	pthread_t thread;
	const char *role;
	char unit[UNIT_MAX_BYTES];
	int64_t turn_began_us; /* 0 until some callback of this turn asked for the time */
	int64_t slow_turn_logged_us;
	struct release *releases; /* what to free at the end of the turn */
	size_t release_count;
	size_t release_capacity;
};

static struct metric slow_turns = METRIC("comptoir_loop_slow_turns_total",
	"Turns of an event loop that took longer than 100 ms", METRIC_COUNTER);

static _Thread_local struct loop *current_loop;

static void run_messages(struct loop *loop)
{
	struct loop_message *message = msgq_take_all(&loop->queue);
	while (message) {
		struct loop_message *next = message->next;
		message->run(message);
		message = next;
	}
}

static void run_releases(struct loop *loop)
{
	/* A release may ask for another one. */
	for (size_t i = 0; i < loop->release_count; i++)
		loop->releases[i].release(loop->releases[i].object);
	loop->release_count = 0;
}

static void on_wake(evutil_socket_t fd, short what, void *argument)
{
	struct loop *loop = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(loop);
	run_messages(loop);
}

struct loop *loop_new(const char *role, const char *unit)
{
	struct event_config *config = event_config_new();
	if (!config || event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) < 0)
		memory_fatal("cannot configure an event loop");
	struct loop *loop = memory_new(sizeof(*loop));
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!loop->base || loop->wake_fd < 0)
		memory_fatal("cannot make an event loop");
	loop->role = role;
	snprintf(loop->unit, sizeof(loop->unit), "%s", unit);
	msgq_init(&loop->queue);
	loop->wake_event = event_new(loop->base, loop->wake_fd, EV_READ | EV_ET | EV_PERSIST, on_wake, loop);
	if (!loop->wake_event || event_add(loop->wake_event, NULL) < 0)
		memory_fatal("cannot watch an event loop's messages");
	return loop;
}

void loop_free(struct loop **loop_pointer)
{
	struct loop *loop = *loop_pointer;
	if (!loop)
		return;
	assert(!loop->has_thread);
	struct loop *previous = current_loop;
	current_loop = loop;
	run_messages(loop);
	run_releases(loop);
	current_loop = previous;
	event_free(loop->wake_event);
	event_base_free(loop->base);
	close(loop->wake_fd);
	memory_free(loop->releases);
	memory_free(loop);
	*loop_pointer = NULL;
}

static void end_turn(struct loop *loop)
{
	run_releases(loop);
	if (!loop->turn_began_us)
		return;
	int64_t now_us = clock_monotonic_us();
	int64_t took_us = now_us - loop->turn_began_us;
	loop->turn_began_us = 0;
	if (took_us <= LOOP_SLOW_TURN_US)
		return;
	metric_add(&slow_turns, 1);
	if (loop->slow_turn_logged_us && now_us - loop->slow_turn_logged_us < SLOW_TURN_LOG_EVERY_US)
		return;
	loop->slow_turn_logged_us = now_us;
	log_event(LOG_LEVEL_WARNING, "loop_turn_slow", LOG_INT("took_ms", took_us / 1000));
}

void loop_run(struct loop *loop)
{
	current_loop = loop;
	while (!atomic_load_explicit(&loop->is_stopping, memory_order_acquire)) {
		if (event_base_loop(loop->base, EVLOOP_ONCE) < 0)
			memory_fatal("an event loop failed");
		end_turn(loop);
	}
	run_messages(loop);
	end_turn(loop);
	current_loop = NULL;
}

static void *run_thread(void *argument)
{
	struct loop *loop = argument;
	/* Who runs it on a thread of their own has a name already, and one that outlives the loop. */
	log_set_thread(loop->role, loop->unit);
	loop_run(loop);
	return NULL;
}

void loop_start(struct loop *loop)
{
	/* Signals are the main thread's business. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failure = pthread_create(&loop->thread, NULL, run_thread, loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure)
		memory_fatal("cannot start an event loop's thread");
	pthread_setname_np(loop->thread, loop->unit);
	loop->has_thread = true;
}

static void wake(struct loop *loop)
{
	/* A full counter is a wake-up as well. */
	ssize_t ignored = eventfd_write(loop->wake_fd, 1);
	(void)ignored;
}

void loop_stop(struct loop *loop)
{
	atomic_store_explicit(&loop->is_stopping, true, memory_order_release);
	wake(loop);
}

void loop_join(struct loop *loop)
{
	if (!loop->has_thread)
		return;
	pthread_join(loop->thread, NULL);
	loop->has_thread = false;
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

int64_t loop_now_us(struct loop *loop)
{
	if (!loop->turn_began_us)
		loop->turn_began_us = clock_monotonic_us();
	return loop->turn_began_us;
}

bool loop_is_current(const struct loop *loop)
{
	return current_loop == loop;
}

void loop_post(struct loop *loop, struct loop_message *message)
{
	if (msgq_push(&loop->queue, message))
		wake(loop);
}

void loop_free_later(struct loop *loop, void (*release)(void *object), void *object)
{
	if (loop->release_count == loop->release_capacity) {
		loop->release_capacity = loop->release_capacity ? 2 * loop->release_capacity : 16;
		loop->releases = memory_resize(loop->releases, loop->release_capacity * sizeof(struct release));
	}
	loop->releases[loop->release_count++] = (struct release){ release, object };
}

int64_t loop_slow_turns(void)
{
	return metric_value(&slow_turns);
}
