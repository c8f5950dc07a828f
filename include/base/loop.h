/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An event loop on its own thread, and the messages that other threads send it. Nothing that runs on a
 * loop may block. Messages are the only door from another thread: loop_post may be called anywhere, all
 * else only on the loop's own thread (or before it started). */
#ifndef COMPTOIR_BASE_LOOP_H
#define COMPTOIR_BASE_LOOP_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop;

/* Embedded in what is sent; whoever sends it keeps it alive until run was called. */
struct loop_message {
	struct loop_message *next;
	void (*run)(struct loop_message *message);
};

/* unit names the thread in logs and in the process list, such as "http 0"; copied. */
struct loop *loop_new(const char *role, const char *unit) MUST_CHECK;

/* The thread must have been joined. Accepts NULL. */
void loop_free(struct loop **loop);

/* loop_start runs the loop on a new thread, loop_run on the calling one until loop_stop. */
void loop_start(struct loop *loop);
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop); /* any thread */
void loop_join(struct loop *loop);

struct event_base *loop_base(struct loop *loop);

/* clock_monotonic_us as of the first call in this turn: one reading of the clock for all events that are
 * ready at once. Every callback begins with it; the watchdog measures the turn from there, and counts and
 * logs (at most once a minute) a turn that took longer than LOOP_SLOW_TURN_US. */
int64_t loop_now_us(struct loop *loop);
#define LOOP_SLOW_TURN_US 100000

bool loop_is_current(const struct loop *loop);

/* Queues message; its run is called on the loop's thread, in order of posting, never inside this call.
 * One wake-up for any number of messages that wait. What is posted before loop_stop runs before the loop
 * ends; what comes later runs in loop_free, on the thread that calls it. */
void loop_post(struct loop *loop, struct loop_message *message);

/* Calls release(object) at the end of the loop's present turn: for objects whose events may still be in
 * this turn's list of ready ones. */
void loop_free_later(struct loop *loop, void (*release)(void *object), void *object);

/* Turns that were longer than LOOP_SLOW_TURN_US, of all loops of the process. Any thread. */
int64_t loop_slow_turns(void);

#endif
