/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One attempt: signed, sent, perhaps signed otherwise and sent again, judged. */
#include "federation/scheduler_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#include <stdio.h>

static struct metric outcomes[DELIVERY_STATE_COUNT] = {
#define OUTCOME(state, name)                                                                                      \
	[state] = METRIC_LABELLED("comptoir_deliveries_total", "Attempts of deliveries and what they came to.",  \
		METRIC_COUNTER, "outcome", name)
	OUTCOME(DELIVERY_PENDING, "retry"),
	OUTCOME(DELIVERY_ACCEPTED, "accepted"),
	OUTCOME(DELIVERY_REFUSED, "refused"),
	OUTCOME(DELIVERY_GIVEN_UP, "given_up"),
	OUTCOME(DELIVERY_WITHHELD, "withheld"),
#undef OUTCOME
};

/* An inbox has nothing to say that we read. */
static const struct http_client_limits limits = {
	.max_body_bytes = (size_t)64 * 1024,
	.max_head_bytes = (size_t)32 * 1024,
	.connect_ms = 5000,
	.tls_ms = 5000,
	.first_byte_ms = 10000,
	.total_ms = 30000,
};

static void end_now(struct scheduler *scheduler, struct delivery_item *item, enum delivery_state state, const char *why)
{
	const struct delivery_receipt receipt = { .state = state, .error = str_from(why) };
	metric_add(&outcomes[state], 1);
	scheduler_end(scheduler, item, &receipt);
}

static void sign(struct scheduler *scheduler, struct delivery_item *item)
{
	item->state = ITEM_SIGNING;
	scheduler->doubtful_signing += item->counted_as != PEER_PROVEN;
	scheduler->options.hooks->sign(scheduler->options.argument, item);
}

void scheduler_start(struct scheduler *scheduler, struct delivery_item *item, int64_t now_us)
{
	struct peer *peer = item->peer;
	const struct scheduler_hooks *hooks = scheduler->options.hooks;
	if (item->withheld) {
		end_now(scheduler, item, DELIVERY_WITHHELD, item->withheld);
		return;
	}
	if (!hooks->may_send(scheduler->options.argument, peer->record.name) && !MUTANT("delivery_policy")) {
		end_now(scheduler, item, DELIVERY_WITHHELD, "no federation with that host");
		return;
	}
	peer->queued--;
	peer->in_flight++;
	scheduler->in_flight++;
	scheduler->in_flight_of[item->counted_as]++;
	item->is_second = false;
	item->began_us = now_us;
	breaker_note_try(&scheduler->breaker, peer, now_us);
	item->scheme = peer->record.prefers_rfc9421 ? SIGNATURE_RFC9421 : SIGNATURE_CAVAGE;
	sign(scheduler, item);
}

static void requeue(struct scheduler *scheduler, struct delivery_item *item)
{
	struct peer *peer = item->peer;
	peer->in_flight--;
	peer->queued++;
	scheduler->in_flight--;
	scheduler->in_flight_of[item->counted_as]--;
	item->state = ITEM_QUEUED;
	item->is_probe = false;
}

static struct str describe(struct delivery_item *item, const struct http_client_result *result)
{
	if (result->error == HTTP_CLIENT_OK)
		return (struct str){ 0 };
	int len = snprintf(item->error_text, sizeof(item->error_text), "%s: %.*s", http_client_error_name(result->error),
		STR_ARG(result->detail));
	/* It may quote the peer. */
	for (int i = 0; item->error_text[i]; i++) {
		if ((unsigned char)item->error_text[i] < 0x20 || (unsigned char)item->error_text[i] > 0x7e)
			item->error_text[i] = '?';
	}
	return str_from(len < 0 ? "" : item->error_text);
}

/* The next attempt would come more than a week after the first. */
static bool is_over(const struct delivery_item *item, int64_t due_us, int64_t now_us)
{
	int64_t first_us = item->first_attempt_us ? item->first_attempt_us : now_us;
	return due_us - first_us > DELIVERY_LIFE_US && !MUTANT("delivery_life");
}

static struct delivery_receipt write_receipt(struct delivery_item *item, const struct http_client_result *result,
	enum delivery_verdict verdict, int64_t now_us)
{
	struct delivery_receipt receipt = { .attempted_us = now_us, .status = result->status, .error = describe(item, result) };
	int64_t pause_us = delivery_retry_after_us(result);
	switch (verdict) {
	case VERDICT_ACCEPTED:
		receipt.state = DELIVERY_ACCEPTED;
		break;
	case VERDICT_REFUSED:
		receipt.state = DELIVERY_REFUSED;
		break;
	case VERDICT_RETRY:
	case VERDICT_UNTRIED:
		receipt.due_us = now_us + (pause_us ? pause_us : delivery_retry_delay_us(item->attempts + 1));
		receipt.state = DELIVERY_PENDING;
		if (is_over(item, receipt.due_us, now_us))
			receipt.state = DELIVERY_GIVEN_UP;
		break;
	}
	return receipt;
}

static void forgive_all(struct scheduler *scheduler)
{
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(scheduler->peers, &cursor, &name, &value)) {
		struct peer *peer = value;
		if (peer->failed_in_epoch && peer->epoch == scheduler->breaker.epoch) {
			peer_forgive(peer);
			scheduler_note_peer(scheduler, peer, false);
		}
	}
	log_event(LOG_LEVEL_WARNING, "deliveries_paused", LOG_INT("hosts", scheduler->breaker.hosts),
		LOG_INT("unreachable", scheduler->breaker.failed));
}

static void place_all(struct scheduler *scheduler, int64_t now_us)
{
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(scheduler->peers, &cursor, &name, &value))
		scheduler_place(scheduler, value, now_us);
}

/* False while our own network is at fault: then nothing counts, and the delivery stays where it is. */
static bool counts(struct scheduler *scheduler, struct delivery_item *item, enum peer_finding finding, int64_t now_us)
{
	struct breaker *breaker = &scheduler->breaker;
	if (breaker_note(breaker, item->peer, now_us, finding))
		forgive_all(scheduler);
	if (!breaker->is_open)
		return true;
	if (finding == FINDING_UNREACHABLE)
		return false;
	if (finding != FINDING_NOTHING && item->is_probe) {
		breaker_close(breaker, now_us);
		place_all(scheduler, now_us);
		log_event(LOG_LEVEL_INFO, "deliveries_resumed");
	}
	return true;
}

static void learn_scheme(struct delivery_item *item, const struct http_client_result *result)
{
	struct str accepts;
	if (result->status >= 200 && result->status < 300 && item->is_second)
		item->peer->record.prefers_rfc9421 = item->scheme == SIGNATURE_RFC9421;
	else if (result->status == 401 && http_client_find_header(result, STR_LITERAL("accept-signature"), &accepts)
		&& signature_is_acceptable(item->arena, accepts, true))
		item->peer->record.prefers_rfc9421 = true;
}

/* The answer is final for this attempt. */
static void conclude(struct scheduler *scheduler, struct delivery_item *item, const struct http_client_result *result)
{
	int64_t now_us = clock_now_us();
	struct peer *peer = item->peer;
	struct delivery_judgement judgement = delivery_judge(result);
	if (!counts(scheduler, item, judgement.finding, now_us) || judgement.verdict == VERDICT_UNTRIED) {
		requeue(scheduler, item);
		scheduler_place(scheduler, peer, now_us);
		return;
	}
	bool has_recovered = false;
	struct delivery_receipt receipt = write_receipt(item, result, judgement.verdict, now_us);
	if (judgement.finding == FINDING_WELL) {
		has_recovered = peer_succeeded(peer, now_us);
	} else {
		char status[24];
		snprintf(status, sizeof(status), "answered %d", result->status);
		peer_failed(peer, item->began_us, now_us, judgement.finding, delivery_retry_after_us(result),
			receipt.error.data ? receipt.error : str_from(status));
	}
	if (receipt.state == DELIVERY_PENDING && receipt.due_us < peer->record.due_us)
		receipt.due_us = peer->record.due_us;
	if (receipt.state == DELIVERY_PENDING && is_over(item, receipt.due_us, now_us))
		receipt.state = DELIVERY_GIVEN_UP;
	scheduler_note_peer(scheduler, peer, false);
	metric_add(&outcomes[receipt.state], 1);
	scheduler_end(scheduler, item, &receipt);
	if (peer_is_waiting(peer, now_us))
		scheduler_park(scheduler, peer);
	else if (has_recovered)
		scheduler_refill(scheduler, peer, true);
	scheduler_place(scheduler, peer, now_us);
}

struct sending {
	struct scheduler *scheduler;
	struct delivery_item *item;
};

static void on_answer(void *argument, struct http_client_result *result)
{
	struct sending *sending = argument; /* in the arena of the attempt */
	struct scheduler *scheduler = sending->scheduler;
	struct delivery_item *item = sending->item;
	if (result->error == HTTP_CLIENT_OK)
		learn_scheme(item, result);
	bool is_again = !item->is_second && delivery_wants_other_signature(result) && !scheduler->is_stopping;
	if (!is_again || MUTANT("delivery_second_knock")) {
		conclude(scheduler, item, result);
		return;
	}
	item->is_second = true;
	item->scheme = item->scheme == SIGNATURE_CAVAGE ? SIGNATURE_RFC9421 : SIGNATURE_CAVAGE;
	sign(scheduler, item);
}

static void send(struct scheduler *scheduler, struct delivery_item *item)
{
	struct http_client_header headers[SIGNATURE_MAX_HEADERS + 3] = {
		{ STR("Content-Type"), STR("application/activity+json") },
		{ STR("Accept"), STR("application/activity+json, application/json") },
	};
	size_t count = 2;
	for (size_t i = 0; i < item->signed_headers.count; i++)
		headers[count++] = (struct http_client_header){ item->signed_headers.entries[i].name,
			item->signed_headers.entries[i].value };
	if (item->synchronization.len)
		headers[count++] = (struct http_client_header){ STR("Collection-Synchronization"), item->synchronization };
	struct sending *sending = arena_alloc(item->arena, sizeof(*sending));
	*sending = (struct sending){ scheduler, item };
	const struct http_client_request request = {
		.method = HTTP_CLIENT_POST,
		.url = item->inbox_url,
		.body = item->activity->body,
		.headers = headers,
		.header_count = count,
		.limits = &limits,
		.done = on_answer,
		.argument = sending,
	};
	item->state = ITEM_SENDING;
	(void)http_client_send(scheduler->options.client, &request);
}

void scheduler_signed(struct scheduler *scheduler, struct delivery_item *item)
{
	scheduler->doubtful_signing -= item->counted_as != PEER_PROVEN;
	if (!item->sign_error) {
		send(scheduler, item);
		return;
	}
	end_now(scheduler, item, DELIVERY_GIVEN_UP,
		item->sign_error == ERROR_NOT_FOUND ? "no key to sign with" : "it cannot be signed");
	scheduler_place(scheduler, item->peer, clock_now_us());
}
