/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One mutex guards what the loop hands over; the thread takes all of it at once, and works without it. Each round writes
 * before it reads, so that what it claims is judged by what is known. */
#include "federation/delivery_store.h"

#include "federation/delivery_content.h"
#include "federation/federation.h"
#include "storage/id.h"
#include "storage/wake.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/map.h"
#include "base/metrics.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define ROUND_LIMIT_BYTES ((size_t)256 << 20)
#define STATEMENT_TIMEOUT_MS 30000
#define LOOK_MS 1000
#define GATHER_MS 15      /* receipts, and orders that nobody waits for, wait so long for company, */
#define GATHER_ENOUGH 250 /* unless there is enough of it */
#define RETRY_MS 250
#define BATCH 1000
#define CLAIM_ROWS 400
#define CLAIM_NEWEST_LEAST 100
#define CLAIM_OLDEST_LEAST 20
#define PARKING_US 6000  /* of a claim that finds mostly what has to wait */
#define RESTS_PER_PARKING 3
#define CLAIM_PER_PEER 64
#define EXPIRE_ROWS 5000
#define LOOK_PEERS 200
#define PATIENT_MS 8 /* of a round, for those who mostly do not answer */
#define LOOK_AGAIN_US (15 * DELIVERY_SECOND_US)
#define FANOUT_INBOXES 2500
#define MEND_MS 600000
#define CLOCK_STEP_US (60 * DELIVERY_SECOND_US)
#define GAUGES_MS 15000

static struct metric queue_age = METRIC("comptoir_delivery_queue_age_seconds",
	"How long the oldest delivery that is due has not been taken.", METRIC_GAUGE);
static struct metric peer_states[PEER_STATE_COUNT] = {
	[PEER_ALIVE] = METRIC_LABELLED("comptoir_peers", "Servers that take our deliveries.", METRIC_GAUGE, "state", "alive"),
	[PEER_DEAD] = METRIC_LABELLED("comptoir_peers", "Servers that take our deliveries.", METRIC_GAUGE, "state", "dead"),
	[PEER_PAUSED] = METRIC_LABELLED("comptoir_peers", "Servers that take our deliveries.", METRIC_GAUGE, "state", "paused"),
};

/* What the loop asks for, and what it is told: a message with one of these. */
enum order_kind { ORDER_SAVE, ORDER_CLAIM, ORDER_EXPIRE };

struct order {
	struct list_link link;
	enum order_kind kind;
	struct peer_record record; /* ORDER_SAVE; its name in all of them; strings are in this memory */
	int limit;
	bool all;
	int64_t before_us;
};

struct delivery_store {
	const struct federation *federation;
	struct loop *loop;
	struct delivery_store_listener listener;
	struct wake_listener wake;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;

	/* Under lock. */
	struct list_link ended;  /* of items, by batch_link */
	struct list_link orders;
	size_t ended_count;
	size_t urgent_count; /* of orders */
	size_t room;
	bool is_rung, is_policy_rung, is_quiet, is_stopping, has_ended;

	/* The thread's own. */
	struct db *db;
	struct arena *arena; /* of a round */
	struct delivery_content *content;
	int64_t worker_id;
	struct list_link writing; /* items whose receipts are being written */
	size_t writing_count;
	struct list_link working; /* orders that are being worked on */
	struct list_link patient; /* those of them that need not be done in this round */
	size_t patient_count;
	int64_t next_renewal_us, next_look_us, next_mend_us, next_gauges_us; /* monotonic */
	int64_t clock_ahead_us; /* of the monotonic one, when last looked at */
	bool has_more; /* due rows or fan-outs were left */
	bool has_fanout, has_peers; /* so the last claim told */
	int64_t fanout_again_us, peers_again_us; /* monotonic: another worker has what is told of until then */
	int claim_rows;
	int64_t rest_us; /* before the next round, when nobody calls */
};

/* ---- to the loop ---- */

struct news {
	struct loop_message message; /* the first field */
	struct delivery_store *store;
	struct arena *arena; /* of this and all in it */
	void (*tell)(const struct news *news);
	struct scheduler_batch batch;
	const struct peer_record *records;
	const struct str *names;
	size_t count;
	struct list_link written; /* items by batch_link */
};

static struct news *news_new(struct delivery_store *store, void (*tell)(const struct news *news))
{
	struct arena *arena = arena_new(ROUND_LIMIT_BYTES);
	struct news *news = arena_alloc(arena, sizeof(*news));
	news->store = store;
	news->arena = arena;
	news->tell = tell;
	list_init(&news->written);
	return news;
}

static void run_news(struct loop_message *message)
{
	struct news *news = (struct news *)message;
	struct delivery_store *store = news->store;
	struct arena *arena = news->arena;
	news->tell(news);
	arena_free(&arena);
	delivery_store_set_room(store, store->listener.advance(store->listener.argument));
}

static void send_news(struct news *news)
{
	news->message.run = run_news;
	loop_post(news->store->loop, &news->message);
}

static void tell_taken(const struct news *news)
{
	news->store->listener.taken(news->store->listener.argument, &news->batch);
}

static void tell_looked(const struct news *news)
{
	news->store->listener.looked(news->store->listener.argument, news->records, news->count);
}

static void tell_paused(const struct news *news)
{
	news->store->listener.paused(news->store->listener.argument, news->names, news->count);
}

static void tell_written(const struct news *news)
{
	const struct delivery_store_listener *listener = &news->store->listener;
	LIST_EACH_SAFE(&news->written, link)
		listener->written(listener->argument, LIST_OBJECT(link, struct delivery_item, batch_link));
}

static void tell_saved(const struct news *news)
{
	for (size_t i = 0; i < news->count; i++)
		news->store->listener.saved(news->store->listener.argument, news->names[i]);
}

static void move_all(struct list_link *from, struct list_link *to)
{
	while (!list_is_empty(from)) {
		struct list_link *link = from->next;
		list_remove(link);
		list_add_last(to, link);
	}
}

/* ---- from the loop ---- */

static void poke(struct delivery_store *store)
{
	pthread_cond_signal(&store->changed);
}

void delivery_store_finish(struct delivery_store *store, struct delivery_item *item)
{
	pthread_mutex_lock(&store->lock);
	list_add_last(&store->ended, &item->batch_link);
	store->ended_count++;
	if (store->ended_count == 1 || store->ended_count == GATHER_ENOUGH)
		poke(store);
	pthread_mutex_unlock(&store->lock);
}

static struct order *order_new(enum order_kind kind, struct str peer, struct str text)
{
	struct order *order = memory_new(sizeof(*order) + peer.len + text.len + 1);
	char *at = (char *)(order + 1);
	order->kind = kind;
	memcpy(at, peer.data, peer.len);
	if (text.len)
		memcpy(at + peer.len, text.data, text.len);
	order->record.name = (struct str){ at, peer.len };
	order->record.last_error = (struct str){ text.data ? at + peer.len : NULL, text.len };
	return order;
}

/* Of peers that are suspect, one delivery is claimed at a time, and what is too old for them ends. */
static bool is_patient(const struct order *order)
{
	return order->kind == ORDER_EXPIRE || (order->kind == ORDER_CLAIM && order->limit == 1);
}

static void add_order(struct delivery_store *store, struct order *order)
{
	pthread_mutex_lock(&store->lock);
	bool is_urgent = order->kind == ORDER_CLAIM && !is_patient(order);
	if (is_urgent || list_is_empty(&store->orders))
		poke(store);
	store->urgent_count += is_urgent;
	list_add_last(&store->orders, &order->link);
	pthread_mutex_unlock(&store->lock);
}

void delivery_store_save(struct delivery_store *store, const struct peer_record *record)
{
	struct order *order = order_new(ORDER_SAVE, record->name, record->last_error);
	struct peer_record copy = *record;
	copy.name = order->record.name;
	copy.last_error = order->record.last_error;
	order->record = copy;
	add_order(store, order);
}

void delivery_store_claim(struct delivery_store *store, struct str peer, int limit, bool all)
{
	struct order *order = order_new(ORDER_CLAIM, peer, (struct str){ 0 });
	order->limit = limit;
	order->all = all;
	add_order(store, order);
}

void delivery_store_expire(struct delivery_store *store, struct str peer, int64_t before_us)
{
	struct order *order = order_new(ORDER_EXPIRE, peer, (struct str){ 0 });
	order->before_us = before_us;
	add_order(store, order);
}

void delivery_store_set_room(struct delivery_store *store, size_t room)
{
	pthread_mutex_lock(&store->lock);
	if (!store->room && room)
		poke(store);
	store->room = room;
	pthread_mutex_unlock(&store->lock);
}

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	struct delivery_store *store = LIST_OBJECT(listener, struct delivery_store, wake);
	pthread_mutex_lock(&store->lock);
	if (kind == WAKE_POLICY)
		store->is_policy_rung = true;
	store->is_rung = true;
	poke(store);
	pthread_mutex_unlock(&store->lock);
}

/* ---- rounds of the thread ---- */

/* A statement changes a row once: the last word counts. */
static size_t gather_records(const struct delivery_store *store, struct peer_record *records, struct map *places,
	size_t *ret_orders)
{
	size_t count = 0, orders = 0;
	LIST_EACH(&store->working, link) {
		const struct order *order = LIST_OBJECT(link, struct order, link);
		if (order->kind != ORDER_SAVE)
			continue;
		struct peer_record *record = map_get(places, order->record.name);
		if (!record && count == BATCH)
			break;
		if (!record) {
			record = &records[count++];
			(void)map_set(places, order->record.name, record);
		}
		*record = order->record;
		orders++;
	}
	*ret_orders = orders;
	return count;
}

static enum error write_saves(struct delivery_store *store)
{
	for (;;) {
		size_t orders;
		struct map *places = map_new();
		struct peer_record *records = arena_alloc_array(store->arena, BATCH, sizeof(*records));
		size_t count = gather_records(store, records, places, &orders);
		map_free(&places);
		if (!count)
			return ERROR_NONE;
		enum error error = peer_save_many(store->db, store->arena, records, count);
		if (error)
			return error;
		struct news *news = news_new(store, tell_saved);
		struct str *names = arena_alloc_array(news->arena, orders, sizeof(*names));
		LIST_EACH_SAFE(&store->working, link) {
			struct order *order = LIST_OBJECT(link, struct order, link);
			if (order->kind != ORDER_SAVE || news->count == orders)
				continue;
			names[news->count++] = arena_str(news->arena, order->record.name);
			list_remove(&order->link);
			memory_free(order);
		}
		news->names = names;
		send_news(news);
	}
}

static enum error write_receipts(struct delivery_store *store)
{
	while (!list_is_empty(&store->writing)) {
		struct delivery_receipt *receipts = arena_alloc_array(store->arena, BATCH, sizeof(*receipts));
		size_t count = 0;
		LIST_EACH(&store->writing, link) {
			if (count == BATCH)
				break;
			receipts[count++] = LIST_OBJECT(link, struct delivery_item, batch_link)->receipt;
		}
		enum error error = delivery_finish(store->db, store->arena, store->worker_id, clock_now_us(), receipts, count);
		if (error)
			return error;
		struct news *news = news_new(store, tell_written);
		for (size_t i = 0; i < count; i++) {
			struct list_link *link = store->writing.next;
			list_remove(link);
			list_add_last(&news->written, link);
		}
		store->writing_count -= count;
		send_news(news);
	}
	return ERROR_NONE;
}

/* Rows that were claimed are the loop's now, or free again when their content cannot be had. */
static enum error hand_over(struct delivery_store *store, const struct delivery_claim *claims, size_t count,
	struct str claimed_peer, bool has_more)
{
	struct news *news = news_new(store, tell_taken);
	struct delivery_item **items = arena_alloc_array(news->arena, count + 1, sizeof(struct delivery_item *));
	struct str *names = arena_alloc_array(store->arena, count + 1, sizeof(*names));
	size_t name_count = 0;
	struct peer_record *records;
	for (size_t i = 0; i < count; i++)
		names[name_count++] = claims[i].peer;
	enum error error = peer_find_many(store->db, news->arena, names, name_count, &records, &news->batch.record_count);
	if (!error)
		error = delivery_content_make(store->content, store->db, store->arena, claims, count, items,
			&news->batch.item_count);
	news->batch.items = items;
	news->batch.records = records;
	if (error) {
		/* The lease of a process that ends is freed; ours goes on, so these are given back by hand. */
		struct delivery_receipt *receipts = arena_alloc_array(store->arena, count + 1, sizeof(*receipts));
		for (size_t i = 0; i < count; i++)
			receipts[i] = (struct delivery_receipt){ .activity_id = claims[i].activity_id,
				.inbox_url = claims[i].inbox_url, .due_us = clock_now_us() + DELIVERY_SECOND_US };
		while (count && delivery_finish(store->db, store->arena, store->worker_id, clock_now_us(), receipts, count)
			&& !store->is_stopping)
			nanosleep(&(struct timespec){ .tv_nsec = RETRY_MS * 1000000L }, NULL);
		news->batch.item_count = 0;
		news->batch.record_count = 0;
		has_more = true;
	}
	if (claimed_peer.data)
		news->batch.claimed_peer = arena_str(news->arena, claimed_peer);
	news->batch.has_more = has_more;
	send_news(news);
	return error;
}

/* Parking a backlog takes as long as it takes: short claims with rests between them, so that what is sent meanwhile is
 * not behind it. */
static void set_pace(struct delivery_store *store, int rows, size_t looked, size_t claimed, int64_t spent_us)
{
	bool is_parking = looked >= (size_t)rows / 2 && claimed < looked / 2;
	store->rest_us = is_parking ? RESTS_PER_PARKING * spent_us : 0;
	store->claim_rows = CLAIM_ROWS;
	if (!is_parking || spent_us <= 0)
		return;
	int64_t affordable = rows * (int64_t)PARKING_US / spent_us;
	if (affordable < CLAIM_ROWS)
		store->claim_rows = affordable > 2 * CLAIM_OLDEST_LEAST ? (int)affordable : 2 * CLAIM_OLDEST_LEAST;
}

/* Claims tell what else is due, so that nobody has to ask for it. */
static void heed(struct delivery_store *store, const struct delivery_claimed *claimed)
{
	int64_t now_us = clock_monotonic_us();
	store->has_fanout = claimed->has_fanout && now_us >= store->fanout_again_us;
	store->has_peers = claimed->has_peers && now_us >= store->peers_again_us && store->patient_count < LOOK_PEERS;
	store->has_more = store->has_more || store->has_fanout || store->has_peers;
}

static enum error claim_due(struct delivery_store *store, size_t room)
{
	int rows = room < (size_t)store->claim_rows ? (int)room : store->claim_rows;
	int64_t begun_us = clock_monotonic_us();
	int newest = (rows + 1) / 2;
	if (newest < CLAIM_NEWEST_LEAST && room >= CLAIM_ROWS)
		newest = CLAIM_NEWEST_LEAST;
	struct delivery_claimed claimed;
	const struct delivery_claim_request request = {
		.worker_id = store->worker_id,
		.now_us = clock_now_us(),
		.newest = newest,
		.oldest = (rows + 1) / 2,
		.per_peer = CLAIM_PER_PEER,
	};
	enum error error = delivery_claim(store->db, store->arena, &request, &claimed);
	if (error)
		return error;
	store->has_more = store->has_more || claimed.looked >= (size_t)rows / 2;
	set_pace(store, newest + (rows + 1) / 2, claimed.looked, claimed.count, clock_monotonic_us() - begun_us);
	heed(store, &claimed);
	return claimed.count ? hand_over(store, claimed.claims, claimed.count, (struct str){ 0 }, false) : ERROR_NONE;
}

static enum error work_on_claim(struct delivery_store *store, const struct order *order)
{
	struct delivery_claim *claims;
	size_t count;
	enum error error = delivery_claim_peer(store->db, store->arena, store->worker_id, clock_now_us(), order->record.name,
		order->limit, order->all, &claims, &count);
	return error ? error : hand_over(store, claims, count, order->record.name, count >= (size_t)order->limit);
}

static enum error work_on_expiry(struct delivery_store *store, const struct order *order)
{
	int64_t count = 0;
	enum error error = delivery_expire(store->db, store->arena, order->record.name, order->before_us, clock_now_us(),
		EXPIRE_ROWS, &count);
	if (!error && count)
		log_event(LOG_LEVEL_INFO, "deliveries_given_up", LOG_STR("peer", order->record.name), LOG_INT("count", count));
	return error;
}

static enum error work_on_order(struct delivery_store *store, struct order *order)
{
	enum error error = order->kind == ORDER_CLAIM ? work_on_claim(store, order) : work_on_expiry(store, order);
	if (error)
		return error;
	list_remove(&order->link);
	memory_free(order);
	return ERROR_NONE;
}

static enum error work_on_orders(struct delivery_store *store)
{
	LIST_EACH_SAFE(&store->working, link) {
		struct order *order = LIST_OBJECT(link, struct order, link);
		if (order->kind == ORDER_SAVE)
			continue;
		if (is_patient(order)) {
			list_remove(&order->link);
			list_add_last(&store->patient, &order->link);
			store->patient_count++;
			continue;
		}
		enum error error = work_on_order(store, order);
		if (error)
			return error;
	}
	return ERROR_NONE;
}

/* However many peers are dead, the others wait for no more than a few of them. */
static enum error work_on_patient_orders(struct delivery_store *store)
{
	int64_t until_us = clock_monotonic_us() + PATIENT_MS * 1000;
	while (!list_is_empty(&store->patient) && clock_monotonic_us() < until_us) {
		enum error error = work_on_order(store, LIST_OBJECT(store->patient.next, struct order, link));
		if (error)
			return error;
		store->patient_count--;
	}
	if (store->patient_count && store->rest_us < PATIENT_MS * 1000)
		store->rest_us = PATIENT_MS * 1000;
	return ERROR_NONE;
}

static enum error look_at_peers(struct delivery_store *store)
{
	struct news *news = news_new(store, tell_looked);
	struct peer_record *records = NULL;
	int64_t now_us = clock_now_us();
	enum error error = peer_take_due(store->db, news->arena, now_us, now_us + LOOK_AGAIN_US, LOOK_PEERS, &records,
		&news->count);
	news->records = records;
	store->has_more = store->has_more || (!error && news->count == LOOK_PEERS);
	if (!news->count)
		store->peers_again_us = clock_monotonic_us() + LOOK_MS * 1000;
	send_news(news);
	return error;
}

static enum error tell_pauses(struct delivery_store *store)
{
	struct news *news = news_new(store, tell_paused);
	struct str *names = NULL;
	enum error error = peer_list_paused(store->db, news->arena, &names, &news->count);
	struct arena *arena = news->arena; /* holds the news itself */
	news->names = names;
	if (error)
		arena_free(&arena);
	else
		send_news(news);
	return error;
}

static enum error expand_one(struct delivery_store *store)
{
	bool is_found = false;
	int64_t made = 0;
	int64_t now_us = clock_now_us();
	enum error error = delivery_expand_fanout(store->db, store->arena, now_us, FANOUT_INBOXES, &is_found, &made);
	if (error && error != ERROR_DATABASE_UNREACHABLE)
		(void)!delivery_postpone_fanout(store->db, store->arena, now_us, now_us + 30 * DELIVERY_SECOND_US);
	if (error)
		return error;
	store->has_more = store->has_more || is_found;
	store->has_fanout = is_found;
	if (!is_found)
		store->fanout_again_us = clock_monotonic_us() + LOOK_MS * 1000;
	return ERROR_NONE;
}

static enum error renew(struct delivery_store *store)
{
	bool is_new = false;
	int64_t freed = 0;
	enum error error = delivery_worker_renew(store->db, store->arena, store->worker_id, &is_new);
	if (!error)
		error = delivery_worker_reap(store->db, store->arena, store->worker_id, &freed);
	if (!error && freed)
		log_event(LOG_LEVEL_INFO, "deliveries_taken_over", LOG_INT("count", freed));
	return error;
}

static enum error set_gauges(struct delivery_store *store)
{
	int64_t age_us = 0;
	int64_t counts[PEER_STATE_COUNT] = { 0 };
	enum error error = delivery_queue_age(store->db, store->arena, clock_now_us(), &age_us);
	if (!error)
		error = peer_count_states(store->db, store->arena, counts);
	metric_set(&queue_age, age_us / DELIVERY_SECOND_US);
	for (int state = 0; !error && state < PEER_STATE_COUNT; state++)
		metric_set(&peer_states[state], counts[state]);
	return error;
}

static enum error mend(struct delivery_store *store)
{
	int64_t now_us = clock_now_us(), mended = 0;
	enum error error = peer_mend(store->db, store->arena, now_us, &mended);
	if (!error)
		error = delivery_mend_times(store->db, store->arena, now_us, now_us + DELIVERY_LONGEST_PAUSE_US, &mended);
	if (!error && mended)
		log_event(LOG_LEVEL_INFO, "delivery_times_mended", LOG_INT("count", mended));
	return error;
}

static bool has_gone_back(struct delivery_store *store)
{
	int64_t before_us = store->clock_ahead_us;
	store->clock_ahead_us = clock_now_us() - clock_monotonic_us();
	return store->clock_ahead_us < before_us - CLOCK_STEP_US;
}

/* What is done by the clock. */
static enum error keep_house(struct delivery_store *store, bool is_policy_rung)
{
	int64_t now_us = clock_monotonic_us();
	if (has_gone_back(store))
		store->next_mend_us = now_us;
	enum error error = ERROR_NONE;
	if (now_us >= store->next_renewal_us) {
		error = renew(store);
		if (!error)
			error = tell_pauses(store);
		if (!error)
			store->next_renewal_us = now_us + DELIVERY_RENEW_MS * 1000;
	} else if (is_policy_rung) {
		error = tell_pauses(store);
	}
	if (!error && now_us >= store->next_mend_us) {
		error = mend(store);
		store->next_mend_us = error ? now_us : now_us + (int64_t)MEND_MS * 1000;
	}
	if (!error && now_us >= store->next_gauges_us) {
		error = set_gauges(store);
		store->next_gauges_us = now_us + (int64_t)GAUGES_MS * 1000;
	}
	return error;
}

/* What the loop has handed over, and whether anything else calls. */
struct call {
	size_t room;
	bool is_rung, is_policy_rung, is_quiet, is_stopping;
};

static enum error run_round(struct delivery_store *store, const struct call *call)
{
	enum error error = write_saves(store);
	if (!error)
		error = write_receipts(store);
	if (error || call->is_quiet || call->is_stopping)
		return error;
	store->has_more = false;
	store->rest_us = 0;
	error = keep_house(store, call->is_policy_rung);
	if (!error)
		error = work_on_orders(store);
	int64_t now_us = clock_monotonic_us();
	bool is_time = now_us >= store->next_look_us || call->is_policy_rung || !call->room;
	if (!error && (is_time || store->has_peers) && store->patient_count < LOOK_PEERS) {
		error = look_at_peers(store);
		store->next_look_us = now_us + LOOK_MS * 1000;
	}
	if (!error && (is_time || store->has_fanout))
		error = expand_one(store);
	if (!error && call->room)
		error = claim_due(store, call->room);
	if (!error)
		error = work_on_patient_orders(store);
	return error;
}

/* Waits until there is something to do; takes what was handed over. */
static struct call wait_for_call(struct delivery_store *store, bool has_failed)
{
	struct timespec until;
	pthread_mutex_lock(&store->lock);
	bool is_at_once = (store->has_more && store->room) || store->patient_count;
	int64_t wait_ms = has_failed ? RETRY_MS : is_at_once ? store->rest_us / 1000 : LOOK_MS;
	clock_wait_until(wait_ms, &until);
	while (wait_ms && !store->is_stopping) {
		bool has_work = store->is_rung || store->urgent_count || store->ended_count >= GATHER_ENOUGH;
		if (has_work && !has_failed)
			break;
		bool has_any = store->ended_count || !list_is_empty(&store->orders);
		if (has_any && !has_failed && wait_ms > GATHER_MS) {
			wait_ms = GATHER_MS;
			clock_wait_until(wait_ms, &until);
		}
		if (pthread_cond_timedwait(&store->changed, &store->lock, &until))
			break;
	}
	const struct call call = { store->room, store->is_rung || has_failed, store->is_policy_rung, store->is_quiet,
		store->is_stopping };
	store->is_rung = false;
	store->is_policy_rung = false;
	store->writing_count += store->ended_count;
	store->ended_count = 0;
	store->urgent_count = 0;
	move_all(&store->ended, &store->writing);
	move_all(&store->orders, &store->working);
	pthread_mutex_unlock(&store->lock);
	return call;
}

static void *run(void *argument)
{
	struct delivery_store *store = argument;
	bool has_failed = false;
	log_set_thread("federation", "delivery store");
	for (;;) {
		struct call call = wait_for_call(store, has_failed);
		arena_reset(store->arena);
		enum error error = run_round(store, &call);
		has_failed = error != ERROR_NONE;
		if (error && error != ERROR_DATABASE_UNREACHABLE)
			log_event(LOG_LEVEL_WARNING, "delivery_store_failed", LOG_TEXT("error", error_name(error)));
		if (call.is_stopping)
			break;
	}
	/* A database that is away frees what we hold when it finds us gone. */
	(void)!delivery_worker_end(store->db, store->arena, store->worker_id);
	return NULL;
}

/* ---- its life ---- */

struct delivery_store *delivery_store_start(const struct federation *federation, struct loop *loop,
	const struct delivery_store_listener *listener)
{
	struct delivery_store *store = memory_new(sizeof(*store));
	store->federation = federation;
	store->loop = loop;
	store->listener = *listener;
	store->db = db_new(federation->config, DB_FEDERATION);
	db_set_statement_timeout(store->db, STATEMENT_TIMEOUT_MS);
	store->arena = arena_new(ROUND_LIMIT_BYTES);
	store->content = delivery_content_new(federation->secret_box);
	store->worker_id = id_new();
	store->room = SCHEDULER_ITEMS;
	store->claim_rows = CLAIM_ROWS;
	store->is_rung = true;
	list_init(&store->ended);
	list_init(&store->orders);
	list_init(&store->writing);
	list_init(&store->working);
	list_init(&store->patient);
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	store->wake = (struct wake_listener){ .heard = hear, .kinds = 1U << WAKE_DELIVERIES | 1U << WAKE_POLICY };
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&store->thread, NULL, run, store))
		memory_fatal("cannot start a thread");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_setname_np(store->thread, "delivery store");
	wake_listen(&store->wake);
	return store;
}

void delivery_store_quiesce(struct delivery_store *store)
{
	pthread_mutex_lock(&store->lock);
	store->is_quiet = true;
	pthread_mutex_unlock(&store->lock);
}

void delivery_store_stop(struct delivery_store *store)
{
	wake_unlisten(&store->wake);
	pthread_mutex_lock(&store->lock);
	store->is_stopping = true;
	poke(store);
	pthread_mutex_unlock(&store->lock);
	pthread_join(store->thread, NULL);
}

static void free_orders(struct list_link *orders)
{
	LIST_EACH_SAFE(orders, link) {
		struct order *order = LIST_OBJECT(link, struct order, link);
		list_remove(&order->link);
		memory_free(order);
	}
}

void delivery_store_free(struct delivery_store **store_pointer)
{
	struct delivery_store *store = *store_pointer;
	if (!store)
		return;
	free_orders(&store->orders);
	free_orders(&store->working);
	free_orders(&store->patient);
	db_free(&store->db);
	arena_free(&store->arena);
	delivery_content_free(&store->content);
	pthread_cond_destroy(&store->changed);
	pthread_mutex_destroy(&store->lock);
	memory_free(store);
	*store_pointer = NULL;
}
