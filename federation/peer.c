/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What successes and failures make of a peer. */
#include "federation/peer.h"

#include "base/log.h"
#include "base/mutant.h"

#include <stdio.h>
#include <string.h>

/* Answers of 5xx in a row after which all else waits too. */
#define TROUBLES_UNTIL_PAUSE 3
#define SUCCESSES_PER_WINDOW 8
#define SUCCESS_WORTH_SAVING_US (3600 * DELIVERY_SECOND_US)

struct peer *peer_new(struct str name)
{
	struct peer *peer = memory_new(sizeof(*peer) + name.len + 1);
	memcpy(peer->name, name.data, name.len);
	peer->record.name = (struct str){ peer->name, name.len };
	peer->record.window = PEER_FIRST_WINDOW;
	peer->saved = peer->record;
	list_init(&peer->items);
	list_init(&peer->ring);
	return peer;
}

void peer_free(struct peer **peer)
{
	memory_free(*peer);
	*peer = NULL;
}

static void set_error(struct peer *peer, struct str text)
{
	snprintf(peer->error_text, sizeof(peer->error_text), "%.*s", STR_ARG(text));
	peer->record.last_error = text.data ? str_from(peer->error_text) : (struct str){ 0 };
}

void peer_adopt(struct peer *peer, const struct peer_record *record)
{
	struct str name = peer->record.name;
	int64_t last_success_us = peer->record.last_success_us;
	peer->record = *record;
	peer->record.name = name;
	if (record->last_success_us < last_success_us)
		peer->record.last_success_us = last_success_us;
	if (record->window < 1)
		peer->record.window = 1;
	else if (record->window > PEER_LARGEST_WINDOW)
		peer->record.window = PEER_LARGEST_WINDOW;
	set_error(peer, record->last_error);
	peer->saved = *record;
}

bool peer_differs(const struct peer *peer, const struct peer_record *record)
{
	const struct peer_record *saved = &peer->saved;
	return record->state != saved->state || record->failures != saved->failures || record->due_us != saved->due_us
		|| record->failing_since_us != saved->failing_since_us || record->prefers_rfc9421 != saved->prefers_rfc9421
		|| record->last_success_us > saved->last_success_us || record->last_heard_us > saved->last_heard_us;
}

enum peer_trust peer_trust(const struct peer *peer)
{
	if (peer->record.failures > 0 || peer->record.state == PEER_DEAD)
		return PEER_SUSPECT;
	return peer->record.last_success_us || peer->record.last_heard_us ? PEER_PROVEN : PEER_UNPROVEN;
}

bool peer_is_waiting(const struct peer *peer, int64_t now_us)
{
	bool is_early = peer->record.due_us > now_us && peer->record.due_us - now_us <= DELIVERY_LONGEST_PAUSE_US;
	return peer->record.state == PEER_PAUSED || (is_early && !MUTANT("peer_pause"));
}

bool peer_has_room(const struct peer *peer, int64_t now_us)
{
	if (peer_is_waiting(peer, now_us))
		return false;
	bool is_probed = peer->record.failures >= TROUBLES_UNTIL_PAUSE || peer->record.state == PEER_DEAD;
	unsigned window = is_probed ? 1 : (unsigned)peer->record.window;
	return peer->in_flight < window || MUTANT("peer_window");
}

static void fail_count(struct peer *peer, int64_t now_us, enum peer_finding finding, int64_t pause_us)
{
	struct peer_record *record = &peer->record;
	record->failures++;
	record->last_failure_us = now_us;
	if (!record->failing_since_us)
		record->failing_since_us = now_us;
	if (now_us - record->failing_since_us >= DELIVERY_LIFE_US && !MUTANT("peer_dies")) {
		if (record->state == PEER_ALIVE)
			log_event(LOG_LEVEL_INFO, "peer_dead", LOG_STR("peer", record->name));
		if (record->state != PEER_PAUSED)
			record->state = PEER_DEAD;
		record->due_us = now_us + delivery_probe_delay_us();
	} else if (finding == FINDING_UNREACHABLE || record->failures >= TROUBLES_UNTIL_PAUSE || pause_us) {
		record->due_us = now_us + (pause_us ? pause_us : delivery_retry_delay_us(record->failures));
	}
}

static void note_life(struct peer *peer)
{
	peer->record.failures = 0;
	peer->record.failing_since_us = 0;
	peer->record.due_us = 0;
	if (peer->record.state == PEER_DEAD) {
		peer->record.state = PEER_ALIVE;
		log_event(LOG_LEVEL_INFO, "peer_revived", LOG_STR("peer", peer->record.name));
	}
}

/* One break cuts all that is in flight: the others of that moment say nothing new. */
static bool is_known_trouble(const struct peer_record *record, int64_t began_us, int64_t now_us,
	enum peer_finding finding)
{
	return finding == FINDING_UNREACHABLE && record->failures > 0 && began_us <= record->last_failure_us
		&& record->last_failure_us <= now_us && !MUTANT("peer_counts_a_break_once");
}

void peer_failed(struct peer *peer, int64_t began_us, int64_t now_us, enum peer_finding finding, int64_t pause_us,
	struct str detail)
{
	struct peer_record *record = &peer->record;
	peer->successes = 0;
	if (is_known_trouble(record, began_us, now_us, finding))
		return;
	switch (finding) {
	case FINDING_WELL:
	case FINDING_NOTHING:
		return;
	case FINDING_LIVES:
		note_life(peer);
		return;
	case FINDING_SLOW_DOWN:
		note_life(peer);
		record->window = record->window > 1 ? record->window / 2 : 1;
		record->due_us = now_us + (pause_us ? pause_us : delivery_retry_delay_us(1));
		break;
	case FINDING_TROUBLED:
	case FINDING_UNREACHABLE:
		record->window = record->window > 1 ? record->window / 2 : 1;
		fail_count(peer, now_us, finding, pause_us);
		break;
	}
	set_error(peer, detail);
}

bool peer_succeeded(struct peer *peer, int64_t now_us)
{
	struct peer_record *record = &peer->record;
	bool has_waited = (record->failures > 0 && record->due_us) || record->state == PEER_DEAD;
	if (has_waited)
		record->window = PEER_FIRST_WINDOW;
	note_life(peer);
	record->last_success_us = now_us;
	if (++peer->successes >= SUCCESSES_PER_WINDOW && record->window < PEER_LARGEST_WINDOW) {
		record->window++;
		peer->successes = 0;
	}
	return has_waited;
}

void peer_forgive(struct peer *peer)
{
	peer->failed_in_epoch = false;
	peer->record.failures = peer->before.failures;
	peer->record.failing_since_us = peer->before.failing_since_us;
	peer->record.due_us = peer->before.due_us;
	peer->record.window = peer->before.window;
	if (peer->record.state != PEER_PAUSED)
		peer->record.state = peer->before.state;
}

bool peer_must_save(const struct peer *peer, bool at_rest)
{
	const struct peer_record *now = &peer->record, *saved = &peer->saved;
	if (now->state != saved->state || now->failures != saved->failures || now->due_us != saved->due_us
		|| now->failing_since_us != saved->failing_since_us || now->prefers_rfc9421 != saved->prefers_rfc9421
		|| (now->last_success_us && !saved->last_success_us))
		return true;
	return at_rest && (now->window != saved->window
		|| now->last_success_us >= saved->last_success_us + SUCCESS_WORTH_SAVING_US);
}
