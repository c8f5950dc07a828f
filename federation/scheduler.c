/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Peers take turns: those that may start something stand on a ring each for the proven, the unknown and the suspect,
 * and the rings take turns too. Suspect peers get a quarter of the places, the unknown three quarters, so that the
 * living always find one. Nor do they wait behind the doubtful at the signers. */
#include "federation/scheduler_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"

#define SWEEP_US (10 * DELIVERY_SECOND_US)
#define REST_US DELIVERY_SECOND_US
/* The earlier one is mostly on its way from there; when it was put off, this costs a claim each time. */
#define BEHIND_OTHERS_US (5 * DELIVERY_SECOND_US)

struct scheduler *scheduler_new(const struct scheduler_options *options)
{
	struct scheduler *scheduler = memory_new(sizeof(*scheduler));
	scheduler->options = *options;
	scheduler->peers = map_new();
	for (int trust = 0; trust < PEER_TRUST_COUNT; trust++)
		list_init(&scheduler->rings[trust]);
	breaker_init(&scheduler->breaker);
	return scheduler;
}

static void drop_peer(struct scheduler *scheduler, struct peer *peer)
{
	LIST_EACH_SAFE(&peer->items, link) {
		struct delivery_item *item = LIST_OBJECT(link, struct delivery_item, link);
		list_remove(&item->link);
		delivery_item_free(&item);
	}
	list_remove(&peer->ring);
	(void)map_remove(scheduler->peers, peer->record.name);
	peer_free(&peer);
}

void scheduler_free(struct scheduler **scheduler_pointer)
{
	struct scheduler *scheduler = *scheduler_pointer;
	if (!scheduler)
		return;
	for (;;) {
		size_t cursor = 0;
		struct str name;
		void *peer;
		if (!map_next(scheduler->peers, &cursor, &name, &peer))
			break;
		drop_peer(scheduler, peer);
	}
	map_free(&scheduler->peers);
	memory_free(scheduler);
	*scheduler_pointer = NULL;
}

/* ---- peers ---- */

static struct peer *get_peer(struct scheduler *scheduler, struct str name)
{
	struct peer *peer = map_get(scheduler->peers, name);
	if (!peer) {
		peer = peer_new(name);
		(void)map_set(scheduler->peers, peer->record.name, peer);
	}
	return peer;
}

/* What the table says counts unless we know something that it does not know yet. */
static struct peer *learn(struct scheduler *scheduler, const struct peer_record *record)
{
	struct peer *peer = get_peer(scheduler, record->name);
	if (!peer->unsaved && !peer_must_save(peer, false) && peer_differs(peer, record))
		peer_adopt(peer, record);
	return peer;
}

void scheduler_note_peer(struct scheduler *scheduler, struct peer *peer, bool at_rest)
{
	if (!peer_must_save(peer, at_rest))
		return;
	peer->saved = peer->record;
	peer->unsaved++;
	scheduler->options.hooks->save(scheduler->options.argument, &peer->record);
}

void scheduler_place(struct scheduler *scheduler, struct peer *peer, int64_t now_us)
{
	bool may_start = peer->queued && peer_has_room(peer, now_us) && !scheduler->is_stopping;
	list_remove(&peer->ring);
	if (may_start)
		list_add_last(&scheduler->rings[peer_trust(peer)], &peer->ring);
}

static bool is_predecessor(const struct delivery_item *earlier, const struct delivery_item *item)
{
	return earlier->activity_id == item->waits_for && str_eq(earlier->inbox_url, item->inbox_url);
}

static void clear_waiting(struct delivery_item *item)
{
	if (item->waits_for)
		item->peer->followers--;
	item->waits_for = 0;
}

/* Activities about one object reach an inbox in their order: what waited for this one may go, or goes where it goes. */
static void settle_followers(struct scheduler *scheduler, const struct delivery_item *ended)
{
	LIST_EACH_SAFE(&ended->peer->items, link) {
		struct delivery_item *item = LIST_OBJECT(link, struct delivery_item, link);
		if (item->state != ITEM_QUEUED || !is_predecessor(ended, item))
			continue;
		struct delivery_receipt later = { .state = DELIVERY_PENDING, .due_us = ended->receipt.due_us };
		if (later.due_us != DELIVERY_PARKED)
			later.due_us += DELIVERY_SECOND_US;
		clear_waiting(item);
		if (ended->receipt.state == DELIVERY_PENDING)
			scheduler_end(scheduler, item, &later);
	}
}

void scheduler_end(struct scheduler *scheduler, struct delivery_item *item, const struct delivery_receipt *receipt)
{
	struct peer *peer = item->peer;
	if (item->state == ITEM_QUEUED) {
		peer->queued--;
	} else {
		peer->in_flight--;
		scheduler->in_flight--;
		scheduler->in_flight_of[item->counted_as]--;
	}
	item->state = ITEM_ENDED;
	arena_free(&item->arena);
	item->receipt = *receipt;
	item->receipt.activity_id = item->activity_id;
	item->receipt.inbox_url = item->inbox_url;
	clear_waiting(item);
	if (peer->followers)
		settle_followers(scheduler, item);
	scheduler->options.hooks->finish(scheduler->options.argument, item);
}

void scheduler_park(struct scheduler *scheduler, struct peer *peer)
{
	static const struct delivery_receipt parked = { .state = DELIVERY_PENDING, .due_us = DELIVERY_PARKED };
	LIST_EACH_SAFE(&peer->items, link) {
		struct delivery_item *item = LIST_OBJECT(link, struct delivery_item, link);
		if (item->state == ITEM_QUEUED)
			scheduler_end(scheduler, item, &parked);
	}
}

static unsigned item_limit(const struct peer *peer)
{
	switch (peer_trust(peer)) {
	case PEER_PROVEN:
		return SCHEDULER_PEER_ITEMS;
	case PEER_UNPROVEN:
		return SCHEDULER_UNPROVEN_ITEMS;
	case PEER_SUSPECT:
	case PEER_TRUST_COUNT:
		break;
	}
	return 1;
}

/* Those who may never answer leave half of the memory to the others. */
static bool has_room_for(const struct scheduler *scheduler, const struct peer *peer)
{
	bool is_doubtful = peer_trust(peer) != PEER_PROVEN;
	return peer->item_count < item_limit(peer) && !(is_doubtful && scheduler->doubtful_count >= SCHEDULER_ITEMS / 2);
}

void scheduler_refill(struct scheduler *scheduler, struct peer *peer, bool all)
{
	unsigned limit = item_limit(peer);
	if (peer->is_claiming || scheduler->is_stopping || peer->item_count > limit / 4 || !has_room_for(scheduler, peer))
		return;
	peer->is_claiming = true;
	scheduler->options.hooks->claim(scheduler->options.argument, peer->record.name, (int)(limit - peer->item_count), all);
}

/* ---- what the store brings ---- */

/* In the order of activities; most come last. */
static void insert_item(struct peer *peer, struct delivery_item *item)
{
	struct list_link *after = peer->items.previous;
	while (after != &peer->items && LIST_OBJECT(after, struct delivery_item, link)->activity_id > item->activity_id)
		after = after->previous;
	list_add_first(after, &item->link);
	item->peer = peer;
	item->state = ITEM_QUEUED;
	peer->item_count++;
	peer->queued++;
	peer->followers += item->waits_for != 0;
}

/* The claim did not see its receipt yet. */
static struct delivery_item *ended_predecessor(const struct delivery_item *item)
{
	LIST_EACH(&item->peer->items, link) {
		struct delivery_item *earlier = LIST_OBJECT(link, struct delivery_item, link);
		if (earlier->state == ITEM_ENDED && is_predecessor(earlier, item))
			return earlier;
	}
	return NULL;
}

void scheduler_take(struct scheduler *scheduler, const struct scheduler_batch *batch)
{
	int64_t now_us = clock_now_us();
	static const struct delivery_receipt parked = { .state = DELIVERY_PENDING, .due_us = DELIVERY_PARKED };
	for (size_t i = 0; i < batch->record_count; i++)
		(void)learn(scheduler, &batch->records[i]);
	if (batch->claimed_peer.data) {
		struct peer *peer = get_peer(scheduler, batch->claimed_peer);
		peer->is_claiming = false;
		peer->has_more = batch->has_more;
	}
	for (size_t i = 0; i < batch->item_count; i++) {
		struct delivery_item *item = batch->items[i];
		struct peer *peer = get_peer(scheduler, item->peer_name);
		bool is_full = !has_room_for(scheduler, peer) && !MUTANT("scheduler_peer_items");
		insert_item(peer, item);
		scheduler->item_count++;
		item->is_doubtful = peer_trust(peer) != PEER_PROVEN;
		scheduler->doubtful_count += item->is_doubtful;
		if (is_full || peer_is_waiting(peer, now_us)) {
			scheduler_end(scheduler, item, &parked);
			peer->has_more = true;
		} else if (item->waits_for) {
			const struct delivery_item *ended = ended_predecessor(item);
			if (ended)
				settle_followers(scheduler, ended);
		}
		scheduler_place(scheduler, peer, now_us);
	}
}

void scheduler_look(struct scheduler *scheduler, const struct peer_record *records, size_t count)
{
	int64_t now_us = clock_now_us();
	for (size_t i = 0; i < count; i++) {
		struct peer *peer = learn(scheduler, &records[i]);
		if (scheduler->breaker.is_open || peer_is_waiting(peer, now_us))
			continue;
		if (peer->record.state == PEER_DEAD)
			scheduler->options.hooks->expire(scheduler->options.argument, peer->record.name,
				now_us - DELIVERY_LIFE_US);
		scheduler_refill(scheduler, peer, false);
		scheduler_place(scheduler, peer, now_us);
	}
}

static bool has_name(const struct str *names, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(names[i], name))
			return true;
	}
	return false;
}

void scheduler_set_paused(struct scheduler *scheduler, const struct str *names, size_t count)
{
	int64_t now_us = clock_now_us();
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(scheduler->peers, &cursor, &name, &value)) {
		struct peer *peer = value;
		bool is_paused = has_name(names, count, name);
		if (is_paused == (peer->record.state == PEER_PAUSED))
			continue;
		peer->record.state = is_paused ? PEER_PAUSED : PEER_ALIVE;
		peer->saved.state = peer->record.state;
		if (is_paused)
			scheduler_park(scheduler, peer);
		scheduler_place(scheduler, peer, now_us);
	}
}

void scheduler_release(struct scheduler *scheduler, struct delivery_item *item)
{
	struct peer *peer = item->peer;
	list_remove(&item->link);
	peer->item_count--;
	scheduler->item_count--;
	scheduler->doubtful_count -= item->is_doubtful;
	if (peer->has_more && !peer_is_waiting(peer, clock_now_us()))
		scheduler_refill(scheduler, peer, false);
	delivery_item_free(&item);
}

void scheduler_saved(struct scheduler *scheduler, struct str name)
{
	struct peer *peer = map_get(scheduler->peers, name);
	if (peer && peer->unsaved)
		peer->unsaved--;
}

/* ---- turns ---- */

/* NULL when it is not in memory. */
static struct delivery_item *predecessor_of(struct delivery_item *item)
{
	LIST_EACH(&item->peer->items, link) {
		struct delivery_item *earlier = LIST_OBJECT(link, struct delivery_item, link);
		if (earlier->state != ITEM_ENDED && is_predecessor(earlier, item))
			return earlier;
	}
	return NULL;
}

enum turn { TURN_NOW, TURN_LATER, TURN_GIVEN_BACK };

/* An earlier one that is not in memory is another process's, or put off: the later one comes back after it. */
static enum turn judge_order(struct scheduler *scheduler, struct delivery_item *item, int64_t now_us)
{
	const struct delivery_receipt later = { .state = DELIVERY_PENDING, .due_us = now_us + BEHIND_OTHERS_US };
	if (!item->waits_for || MUTANT("scheduler_order"))
		return TURN_NOW;
	if (predecessor_of(item))
		return TURN_LATER;
	scheduler_end(scheduler, item, &later);
	return TURN_GIVEN_BACK;
}

static struct delivery_item *next_item(struct scheduler *scheduler, struct peer *peer, int64_t now_us)
{
	LIST_EACH_SAFE(&peer->items, link) {
		struct delivery_item *item = LIST_OBJECT(link, struct delivery_item, link);
		if (item->state == ITEM_QUEUED && judge_order(scheduler, item, now_us) == TURN_NOW)
			return item;
	}
	return NULL;
}

static bool has_place(const struct scheduler *scheduler, enum peer_trust trust)
{
	unsigned places = scheduler->options.places;
	unsigned suspect = scheduler->in_flight_of[PEER_SUSPECT];
	unsigned doubtful_signing = scheduler->options.doubtful_signing;
	if (scheduler->in_flight >= places)
		return false;
	if (trust != PEER_PROVEN && doubtful_signing && scheduler->doubtful_signing >= doubtful_signing
		&& !MUTANT("scheduler_doubtful_signing"))
		return false;
	if (MUTANT("scheduler_places"))
		return true;
	switch (trust) {
	case PEER_PROVEN:
	case PEER_TRUST_COUNT:
		break;
	case PEER_UNPROVEN:
		return suspect + scheduler->in_flight_of[PEER_UNPROVEN] < places * 3 / 4 + 1;
	case PEER_SUSPECT:
		return suspect < places / 4 + 1;
	}
	return true;
}

/* Starts something of the peer whose turn it is. */
static bool take_turn(struct scheduler *scheduler, enum peer_trust trust, int64_t now_us)
{
	struct list_link *ring = &scheduler->rings[trust];
	if (list_is_empty(ring) || !has_place(scheduler, trust))
		return false;
	struct peer *peer = LIST_OBJECT(ring->next, struct peer, ring);
	list_remove(&peer->ring);
	struct delivery_item *item = next_item(scheduler, peer, now_us);
	if (item) {
		item->counted_as = trust;
		scheduler_start(scheduler, item, now_us);
		scheduler_place(scheduler, peer, now_us);
	}
	return true;
}

/* One delivery of some peer, the best known first. */
static void probe(struct scheduler *scheduler, int64_t now_us)
{
	for (int trust = 0; trust < PEER_TRUST_COUNT; trust++) {
		struct list_link *ring = &scheduler->rings[trust];
		while (!list_is_empty(ring)) {
			struct peer *peer = LIST_OBJECT(ring->next, struct peer, ring);
			list_remove(&peer->ring);
			struct delivery_item *item = next_item(scheduler, peer, now_us);
			if (!item)
				continue;
			item->counted_as = (enum peer_trust)trust;
			item->is_probe = true;
			scheduler_start(scheduler, item, now_us);
			scheduler_place(scheduler, peer, now_us);
			return;
		}
	}
}

/* Peers without deliveries are known to the table well enough. */
static void sweep(struct scheduler *scheduler, int64_t now_us)
{
	AUTO(buf) struct buf idle = { 0 };
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(scheduler->peers, &cursor, &name, &value)) {
		struct peer *peer = value;
		if (!peer->item_count && !peer->is_claiming)
			scheduler_note_peer(scheduler, peer, true);
		bool counts = peer->failed_in_epoch && peer->epoch == scheduler->breaker.epoch;
		if (!peer->item_count && !peer->unsaved && !peer->is_claiming && !counts)
			buf_add(&idle, &peer, sizeof(struct peer *));
	}
	for (size_t at = 0; at < idle.len; at += sizeof(struct peer *)) {
		struct peer *peer;
		__builtin_memcpy(&peer, idle.data + at, sizeof(struct peer *));
		drop_peer(scheduler, peer);
	}
	scheduler->next_sweep_us = now_us + SWEEP_US;
}

int64_t scheduler_advance(struct scheduler *scheduler)
{
	int64_t now_us = clock_now_us();
	if (now_us >= scheduler->next_sweep_us || scheduler->next_sweep_us - now_us > SWEEP_US)
		sweep(scheduler, now_us);
	if (scheduler->is_stopping)
		return now_us + REST_US;
	/* Without anything to probe with it would stay open for ever. */
	if (scheduler->breaker.is_open && !scheduler->item_count && !MUTANT("breaker_idle"))
		breaker_close(&scheduler->breaker, now_us);
	if (scheduler->breaker.is_open) {
		if (breaker_takes_probe(&scheduler->breaker, now_us))
			probe(scheduler, now_us);
		return now_us + REST_US;
	}
	bool is_progressing = true;
	while (is_progressing) {
		is_progressing = false;
		for (int trust = 0; trust < PEER_TRUST_COUNT; trust++)
			is_progressing = take_turn(scheduler, (enum peer_trust)trust, now_us) || is_progressing;
	}
	return now_us + REST_US;
}

void scheduler_stop(struct scheduler *scheduler)
{
	scheduler->is_stopping = true;
}

unsigned scheduler_in_flight(const struct scheduler *scheduler)
{
	return scheduler->in_flight;
}

size_t scheduler_room(const struct scheduler *scheduler)
{
	if (scheduler->is_stopping || scheduler->breaker.is_open || scheduler->item_count >= SCHEDULER_ITEMS)
		return 0;
	return SCHEDULER_ITEMS - scheduler->item_count;
}

bool scheduler_is_open(const struct scheduler *scheduler)
{
	return scheduler->breaker.is_open;
}
