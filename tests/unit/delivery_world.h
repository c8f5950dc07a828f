/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The scheduler with a table of rows and peers in memory, a replaced clock and a client that sends nothing: what the
 * store and the loop do, in one thread. */
#ifndef COMPTOIR_TESTS_UNIT_DELIVERY_WORLD_H
#define COMPTOIR_TESTS_UNIT_DELIVERY_WORLD_H

#include "federation/keys.h"
#include "federation/scheduler.h"
#include "tests/support/fake_http_client.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECOND DELIVERY_SECOND_US
#define DAY DELIVERY_DAY_US
#define START_US (INT64_C(1795359600) * SECOND)
#define DOUBTFUL_SIGNING 32
#define MAX_ROWS 20000
#define MAX_PEERS 2000

struct row {
	int64_t activity_id;
	struct str inbox_url;
	struct str peer;
	int64_t object; /* 0 for none */
	enum delivery_state state;
	bool is_taken;
	int64_t due_us;
	int attempts;
	int64_t first_attempt_us, last_attempt_us;
	int status;
	char error[200];
};

struct known_peer {
	struct peer_record record;
	char name[64], error[200];
	int64_t look_us; /* 0: nobody looks */
};

struct claim_asked {
	char peer[64];
	int limit;
	bool all;
};

static int64_t now_us;
static struct arena *world_arena;
static struct http_client *client;
static struct scheduler *scheduler;
static struct row *rows;
static size_t row_count;
static struct known_peer *peers;
static size_t peer_count;
static struct list_link to_sign, finished;
static struct claim_asked claims[MAX_PEERS];
static size_t claim_count;
static struct delivery_activity *activity;
static char refused_host[64];
static int expired;
static const char *withheld;

static int64_t world_now(void)
{
	return now_us;
}

static struct known_peer *known(struct str name)
{
	for (size_t i = 0; i < peer_count; i++) {
		if (str_eq(peers[i].record.name, name))
			return &peers[i];
	}
	assert_true(peer_count < MAX_PEERS);
	struct known_peer *peer = &peers[peer_count++];
	*peer = (struct known_peer){ .record = { .window = PEER_FIRST_WINDOW } };
	snprintf(peer->name, sizeof(peer->name), "%.*s", STR_ARG(name));
	peer->record.name = str_from(peer->name);
	return peer;
}

static bool world_may_send(void *argument, struct str peer)
{
	(void)argument;
	return !str_eq(peer, str_from(refused_host));
}

static void world_sign(void *argument, struct delivery_item *item)
{
	(void)argument;
	list_add_last(&to_sign, &item->batch_link);
}

static void world_finish(void *argument, struct delivery_item *item)
{
	(void)argument;
	list_add_last(&finished, &item->batch_link);
}

static void world_save(void *argument, const struct peer_record *record)
{
	(void)argument;
	struct known_peer *peer = known(record->name);
	int64_t last_heard_us = peer->record.last_heard_us;
	bool is_paused = peer->record.state == PEER_PAUSED;
	snprintf(peer->error, sizeof(peer->error), "%.*s", STR_ARG(record->last_error));
	peer->record = *record;
	peer->record.name = str_from(peer->name);
	peer->record.last_error = record->last_error.data ? str_from(peer->error) : (struct str){ 0 };
	peer->record.last_heard_us = last_heard_us;
	if (is_paused)
		peer->record.state = PEER_PAUSED;
	if (peer->look_us)
		peer->look_us = record->due_us ? record->due_us : 1;
	/* Written at once: nobody asks in between. */
	scheduler_saved(scheduler, record->name);
}

static void world_claim(void *argument, struct str peer, int limit, bool all)
{
	(void)argument;
	assert_true(claim_count < MAX_PEERS);
	struct claim_asked *asked = &claims[claim_count++];
	snprintf(asked->peer, sizeof(asked->peer), "%.*s", STR_ARG(peer));
	asked->limit = limit;
	asked->all = all;
}

static void world_expire(void *argument, struct str peer, int64_t before_us)
{
	(void)argument;
	(void)before_us;
	(void)peer;
	expired++;
}

static void park(struct row *row)
{
	struct known_peer *peer = known(row->peer);
	row->due_us = DELIVERY_PARKED;
	if (!peer->look_us)
		peer->look_us = peer->record.due_us > now_us + 5 * SECOND ? peer->record.due_us : now_us + 5 * SECOND;
}

static bool write_receipts(void)
{
	bool any = false;
	while (!list_is_empty(&finished)) {
		struct delivery_item *item = LIST_OBJECT(finished.next, struct delivery_item, batch_link);
		const struct delivery_receipt *receipt = &item->receipt;
		list_remove(&item->batch_link);
		for (size_t i = 0; i < row_count; i++) {
			struct row *row = &rows[i];
			if (row->activity_id != receipt->activity_id || !str_eq(row->inbox_url, receipt->inbox_url))
				continue;
			assert_true(row->is_taken && row->state == DELIVERY_PENDING);
			row->is_taken = false;
			row->state = receipt->state;
			row->due_us = receipt->due_us;
			if (receipt->state == DELIVERY_PENDING && receipt->due_us == DELIVERY_PARKED)
				park(row);
			snprintf(row->error, sizeof(row->error), "%.*s", STR_ARG(receipt->error));
			if (!receipt->attempted_us)
				continue;
			row->attempts++;
			row->last_attempt_us = receipt->attempted_us;
			row->status = receipt->status;
			if (!row->first_attempt_us)
				row->first_attempt_us = receipt->attempted_us;
		}
		scheduler_release(scheduler, item);
		any = true;
	}
	return any;
}

static int64_t earlier_pending(const struct row *row)
{
	int64_t found = 0;
	for (size_t i = 0; row->object && i < row_count; i++) {
		const struct row *other = &rows[i];
		if (other->object == row->object && other->activity_id < row->activity_id && other->activity_id > found
			&& other->state == DELIVERY_PENDING && str_eq(other->inbox_url, row->inbox_url))
			found = other->activity_id;
	}
	return found;
}

static struct delivery_item *take(struct row *row)
{
	const struct delivery_claim claim = {
		.activity_id = row->activity_id,
		.inbox_url = row->inbox_url,
		.peer = row->peer,
		.attempts = row->attempts,
		.first_attempt_us = row->first_attempt_us,
		.waits_for = earlier_pending(row),
	};
	row->is_taken = true;
	struct delivery_item *item = delivery_item_new(&claim, activity, (struct str){ 0 });
	item->withheld = withheld;
	return item;
}

static bool discover(void)
{
	static struct delivery_item *items[MAX_ROWS];
	static struct peer_record records[MAX_PEERS];
	struct scheduler_batch batch = { .items = items, .records = records };
	size_t room = scheduler_room(scheduler);
	bool any = false;
	for (size_t i = 0; i < row_count && batch.item_count < room; i++) {
		struct row *row = &rows[i];
		if (row->state != DELIVERY_PENDING || row->is_taken || row->due_us > now_us)
			continue;
		const struct known_peer *peer = known(row->peer);
		any = true;
		if (peer->record.state == PEER_PAUSED || peer->record.due_us > now_us)
			park(row);
		else
			items[batch.item_count++] = take(row);
	}
	for (size_t i = 0; i < peer_count; i++)
		records[batch.record_count++] = peers[i].record;
	if (batch.item_count)
		scheduler_take(scheduler, &batch);
	return any;
}

static bool answer_claims(void)
{
	static struct delivery_item *items[MAX_ROWS];
	bool any = claim_count > 0;
	for (size_t c = 0; c < claim_count; c++) {
		struct claim_asked asked = claims[c];
		struct scheduler_batch batch = { .items = items, .claimed_peer = str_from(asked.peer) };
		for (size_t i = 0; i < row_count && batch.item_count < (size_t)asked.limit; i++) {
			struct row *row = &rows[i];
			bool is_due = asked.all || row->due_us == DELIVERY_PARKED || row->due_us <= now_us;
			if (row->state == DELIVERY_PENDING && !row->is_taken && is_due && str_eq(row->peer, str_from(asked.peer)))
				items[batch.item_count++] = take(row);
		}
		batch.has_more = batch.item_count == (size_t)asked.limit;
		if (!batch.has_more)
			known(batch.claimed_peer)->look_us = 0;
		batch.records = &known(batch.claimed_peer)->record;
		batch.record_count = 1;
		scheduler_take(scheduler, &batch);
	}
	claim_count = 0;
	return any;
}

static bool look(void)
{
	bool any = false;
	for (size_t i = 0; i < peer_count; i++) {
		struct known_peer *peer = &peers[i];
		if (!peer->look_us || peer->look_us > now_us || peer->record.state == PEER_PAUSED || peer->record.due_us > now_us)
			continue;
		peer->look_us = now_us + 15 * SECOND;
		scheduler_look(scheduler, &peer->record, 1);
		any = true;
	}
	return any;
}

static bool sign_all(void)
{
	bool any = false;
	while (!list_is_empty(&to_sign)) {
		struct delivery_item *item = LIST_OBJECT(to_sign.next, struct delivery_item, batch_link);
		list_remove(&item->batch_link);
		delivery_item_sign(item, now_us);
		scheduler_signed(scheduler, item);
		any = true;
	}
	return any;
}

/* Until nothing more happens at this moment. */
static void settle(void)
{
	bool is_moving = true;
	while (is_moving) {
		is_moving = write_receipts();
		is_moving = look() || is_moving;
		is_moving = answer_claims() || is_moving;
		is_moving = discover() || is_moving;
		(void)scheduler_advance(scheduler);
		is_moving = sign_all() || is_moving;
	}
}

static void pass(int64_t seconds)
{
	now_us += seconds * SECOND;
	settle();
}

/* Lets time pass, second by second, until a request waits; the seconds it took, or -1. */
static int64_t pass_until_request(int64_t most_s, int64_t step_s)
{
	int64_t began_us = now_us;
	for (;;) {
		settle();
		if (fake_http_client_waiting(client))
			return (now_us - began_us) / SECOND;
		if (now_us - began_us >= most_s * SECOND)
			return -1;
		now_us += step_s * SECOND;
	}
}

static size_t waiting(void)
{
	return fake_http_client_waiting(client);
}

static void answer(int status)
{
	struct fake_request *request = fake_http_client_next(client);
	assert_non_null(request);
	fake_http_client_answer(request, HTTP_CLIENT_OK, status, (struct str){ 0 });
	settle();
}

static void answer_with(enum http_client_error error, int status, int64_t retry_after_s, const char *accept_signature)
{
	struct http_client_header header = { STR("Accept-Signature"), str_from(accept_signature) };
	const struct http_client_result result = { .error = error, .status = status, .retry_after_s = retry_after_s,
		.headers = &header, .header_count = accept_signature ? 1 : 0 };
	struct fake_request *request = fake_http_client_next(client);
	assert_non_null(request);
	fake_http_client_answer_with(request, &result, (struct str){ 0 });
	settle();
}

static void break_off(enum http_client_error error)
{
	answer_with(error, 0, -1, NULL);
}

static struct str header_of(const struct fake_request *request, const char *name)
{
	for (size_t i = 0; i < request->hop.header_count; i++) {
		if (str_eq_nocase(request->hop.headers[i].name, str_from(name)))
			return request->hop.headers[i].value;
	}
	return (struct str){ 0 };
}

static bool next_is_rfc9421(void)
{
	return header_of(fake_http_client_next(client), "Signature-Input").len > 0;
}

static struct row *add_row_about(const char *host, int64_t object)
{
	static int64_t last_activity = 1000;
	assert_true(row_count < MAX_ROWS);
	struct row *row = &rows[row_count++];
	*row = (struct row){ .activity_id = ++last_activity, .object = object, .due_us = now_us };
	row->peer = arena_str(world_arena, str_from(host));
	row->inbox_url = arena_printf(world_arena, "https://%s/inbox", host);
	return row;
}

static struct row *add_row(const char *host)
{
	return add_row_about(host, 0);
}

static int set_up_world(void **state)
{
	static const struct scheduler_hooks hooks = { world_may_send, world_sign, world_finish, world_save, world_claim,
		world_expire };
	static const struct clock_source source = { world_now, world_now };
	static struct key_pairs keys;
	static struct arena *key_arena;
	(void)state;
	clock_replace(&source);
	now_us = START_US;
	world_arena = arena_new((size_t)64 << 20);
	rows = memory_new_array(MAX_ROWS, sizeof(*rows));
	peers = memory_new_array(MAX_PEERS, sizeof(*peers));
	row_count = peer_count = claim_count = 0;
	refused_host[0] = '\0';
	expired = 0;
	withheld = NULL;
	list_init(&to_sign);
	list_init(&finished);
	if (!key_arena) {
		key_arena = arena_new(1 << 20);
		if (keys_generate(key_arena, &keys))
			return -1;
	}
	struct arena *arena = arena_new(1 << 20);
	activity = arena_alloc(arena, sizeof(*activity));
	activity->arena = arena;
	atomic_store(&activity->references, 1);
	activity->body = STR_LITERAL("{\"type\":\"Create\"}");
	digest_compute(activity->body, activity->digest);
	activity->key_id = STR_LITERAL("https://social.company.example/users/anna#main-key");
	activity->key = memory_new(sizeof(*activity->key));
	atomic_store(&activity->key->references, 1);
	activity->key->key = signing_key_from_rsa_der(keys.main_private_der);
	client = fake_http_client_new();
	const struct scheduler_options options = { client, &hooks, NULL, 256, DOUBTFUL_SIGNING };
	scheduler = scheduler_new(&options);
	return 0;
}

static int tear_down_world(void **state)
{
	(void)state;
	scheduler_stop(scheduler);
	http_client_free(&client);
	scheduler_free(&scheduler);
	delivery_activity_unref(&activity);
	memory_free(rows);
	memory_free(peers);
	arena_free(&world_arena);
	clock_replace(NULL);
	return 0;
}

#endif
