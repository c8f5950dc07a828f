/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads of delivery and what runs between them: the loop with the scheduler and its client, the store, and
 * signers. Signing an RSA-2048 signature costs as much as all the rest, so it has threads of its own, and goes to them
 * by the handful. */
#include "federation/delivery.h"

#include "federation/delivery_store.h"
#include "federation/federation.h"
#include "federation/policy.h"
#include "federation/scheduler.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/worker.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define PLACES 512
#define SIGN_AT_ONCE 8
#define SIGNER_STACK_BYTES ((size_t)256 * 1024)
#define STOP_MS 5000

/* Items on their way to a signer and back. */
struct sign_job {
	struct worker_job job; /* the first field */
	struct loop_message message;
	struct delivery *delivery;
	struct delivery_item *items[SIGN_AT_ONCE];
	unsigned count;
};

struct delivery {
	struct federation *federation;
	struct str own_host;
	struct loop *loop;
	struct http_client *client;
	struct scheduler *scheduler;
	struct delivery_store *store;
	struct worker_pool *signers;
	struct sign_job *unsigned_job; /* is being filled */
	struct event kick;             /* the scheduler has something to start */
	struct event timer;
	bool is_stopping; /* on the loop */

	struct loop_message stop_message;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_idle; /* under lock: nothing is in flight, and nothing will be */
};

/* ---- signing ---- */

static void kick(struct delivery *delivery)
{
	event_active(&delivery->kick, EV_TIMEOUT, 0);
}

static void take_signed(struct loop_message *message)
{
	struct sign_job *job = (struct sign_job *)(void *)((char *)message - offsetof(struct sign_job, message));
	struct delivery *delivery = job->delivery;
	for (unsigned i = 0; i < job->count; i++)
		scheduler_signed(delivery->scheduler, job->items[i]);
	memory_free(job);
	kick(delivery); /* others may wait for a turn at the signers */
}

static void run_sign_job(struct worker_job *worker_job, void *thread_state)
{
	struct sign_job *job = (struct sign_job *)worker_job;
	int64_t now_us = clock_now_us();
	(void)thread_state;
	for (unsigned i = 0; i < job->count; i++)
		delivery_item_sign(job->items[i], now_us);
	job->message.run = take_signed;
	loop_post(job->delivery->loop, &job->message);
}

static void flush_unsigned(struct delivery *delivery)
{
	struct sign_job *job = delivery->unsigned_job;
	if (!job)
		return;
	delivery->unsigned_job = NULL;
	job->job.run = run_sign_job;
	if (worker_pool_submit(delivery->signers, &job->job))
		return;
	/* The signers are gone: the end of the scheduler's free frees the items. */
	memory_free(job);
}

/* ---- the scheduler's hooks ---- */

static bool may_send(void *argument, struct str peer)
{
	const struct delivery *delivery = argument;
	return !str_eq(peer, delivery->own_host)
		&& policy_judge(delivery->federation->policy, peer).verdict != POLICY_REFUSED;
}

static void sign(void *argument, struct delivery_item *item)
{
	struct delivery *delivery = argument;
	if (!delivery->unsigned_job) {
		delivery->unsigned_job = memory_new(sizeof(*delivery->unsigned_job));
		delivery->unsigned_job->delivery = delivery;
		kick(delivery);
	}
	struct sign_job *job = delivery->unsigned_job;
	job->items[job->count++] = item;
	if (job->count == SIGN_AT_ONCE)
		flush_unsigned(delivery);
}

static void finish(void *argument, struct delivery_item *item)
{
	struct delivery *delivery = argument;
	delivery_store_finish(delivery->store, item);
	kick(delivery);
}

static void save(void *argument, const struct peer_record *record)
{
	const struct delivery *delivery = argument;
	delivery_store_save(delivery->store, record);
}

static void claim(void *argument, struct str peer, int limit, bool all)
{
	const struct delivery *delivery = argument;
	delivery_store_claim(delivery->store, peer, limit, all);
}

static void expire(void *argument, struct str peer, int64_t before_us)
{
	const struct delivery *delivery = argument;
	delivery_store_expire(delivery->store, peer, before_us);
}

/* ---- what the store brings ---- */

static size_t advance(void *argument)
{
	struct delivery *delivery = argument;
	(void)scheduler_advance(delivery->scheduler);
	flush_unsigned(delivery);
	if (delivery->is_stopping && !scheduler_in_flight(delivery->scheduler)) {
		pthread_mutex_lock(&delivery->lock);
		delivery->is_idle = true;
		pthread_cond_signal(&delivery->changed);
		pthread_mutex_unlock(&delivery->lock);
	}
	return scheduler_room(delivery->scheduler);
}

static void take(void *argument, const struct scheduler_batch *batch)
{
	const struct delivery *delivery = argument;
	scheduler_take(delivery->scheduler, batch);
}

static void look(void *argument, const struct peer_record *records, size_t count)
{
	const struct delivery *delivery = argument;
	scheduler_look(delivery->scheduler, records, count);
}

static void note_paused(void *argument, const struct str *names, size_t count)
{
	const struct delivery *delivery = argument;
	scheduler_set_paused(delivery->scheduler, names, count);
}

static void release(void *argument, struct delivery_item *item)
{
	const struct delivery *delivery = argument;
	scheduler_release(delivery->scheduler, item);
}

static void note_saved(void *argument, struct str peer)
{
	const struct delivery *delivery = argument;
	scheduler_saved(delivery->scheduler, peer);
}

/* ---- the loop ---- */

static void on_kick(evutil_socket_t fd, short what, void *argument)
{
	struct delivery *delivery = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(delivery->loop);
	delivery_store_set_room(delivery->store, advance(delivery));
}

static void begin_stop(struct loop_message *message)
{
	struct delivery *delivery = (struct delivery *)(void *)((char *)message - offsetof(struct delivery, stop_message));
	delivery->is_stopping = true;
	scheduler_stop(delivery->scheduler);
	kick(delivery);
}

static unsigned signer_count(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores > 2 ? (unsigned)cores - 1 : 1;
}

static void start_parts(struct delivery *delivery)
{
	static const struct scheduler_hooks hooks = { may_send, sign, finish, save, claim, expire };
	static const struct timeval second = { 1, 0 };
	const struct scheduler_options options = { delivery->client, &hooks, delivery, PLACES,
		2 * SIGN_AT_ONCE * signer_count() };
	const struct delivery_store_listener listener = { take, look, note_paused, release, note_saved, advance, delivery };
	const struct worker_pool_options signers = { .role = "federation", .name = "signer",
		.thread_count = signer_count(), .queue_limit = PLACES * 2, .stack_bytes = SIGNER_STACK_BYTES };
	delivery->scheduler = scheduler_new(&options);
	delivery->signers = worker_pool_new(&signers);
	if (event_assign(&delivery->kick, loop_base(delivery->loop), -1, 0, on_kick, delivery) < 0
		|| event_assign(&delivery->timer, loop_base(delivery->loop), -1, EV_PERSIST, on_kick, delivery) < 0
		|| event_add(&delivery->timer, &second) < 0)
		memory_fatal("cannot make an event");
	delivery->store = delivery_store_start(delivery->federation, delivery->loop, &listener);
	loop_start(delivery->loop);
}

enum error delivery_start(struct federation *federation, struct delivery **ret_delivery, char **ret_message)
{
	struct delivery *delivery = memory_new(sizeof(*delivery));
	struct str scheme_end = STR_LITERAL("://");
	delivery->federation = federation;
	delivery->own_host = str_slice(federation->base_url,
		str_index_of_str(federation->base_url, scheme_end) + scheme_end.len, federation->base_url.len);
	delivery->loop = loop_new("federation", "delivery");
	enum error error = http_client_new(delivery->loop, federation->config, &delivery->client, ret_message);
	if (error) {
		loop_free(&delivery->loop);
		memory_free(delivery);
		return error;
	}
	pthread_mutex_init(&delivery->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&delivery->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	start_parts(delivery);
	*ret_delivery = delivery;
	return ERROR_NONE;
}

static void wait_until_idle(struct delivery *delivery)
{
	struct timespec until;
	clock_wait_until(STOP_MS, &until);
	delivery->stop_message.run = begin_stop;
	loop_post(delivery->loop, &delivery->stop_message);
	pthread_mutex_lock(&delivery->lock);
	while (!delivery->is_idle && !pthread_cond_timedwait(&delivery->changed, &delivery->lock, &until))
		continue;
	pthread_mutex_unlock(&delivery->lock);
}

void delivery_stop(struct delivery **delivery_pointer)
{
	struct delivery *delivery = *delivery_pointer;
	if (!delivery)
		return;
	delivery_store_quiesce(delivery->store);
	wait_until_idle(delivery);
	worker_pool_stop(&delivery->signers);
	loop_stop(delivery->loop);
	loop_join(delivery->loop);
	http_client_free(&delivery->client);
	event_del(&delivery->kick);
	event_del(&delivery->timer);
	delivery_store_stop(delivery->store);
	loop_free(&delivery->loop);
	scheduler_free(&delivery->scheduler);
	delivery_store_free(&delivery->store);
	pthread_cond_destroy(&delivery->changed);
	pthread_mutex_destroy(&delivery->lock);
	memory_free(delivery);
	*delivery_pointer = NULL;
}
