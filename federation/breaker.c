/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counts distinct hosts in windows of a minute. */
#include "federation/breaker.h"

#include "base/mutant.h"

static void begin_epoch(struct breaker *breaker, int64_t now_us)
{
	breaker->epoch++;
	breaker->epoch_began_us = now_us;
	breaker->hosts = 0;
	breaker->failed = 0;
}

void breaker_init(struct breaker *breaker)
{
	*breaker = (struct breaker){ .epoch = 1 };
}

void breaker_note_try(struct breaker *breaker, struct peer *peer, int64_t now_us)
{
	if (breaker->is_open)
		return;
	if (now_us - breaker->epoch_began_us >= BREAKER_WINDOW_US || now_us < breaker->epoch_began_us)
		begin_epoch(breaker, now_us);
	if (peer->epoch == breaker->epoch || peer_trust(peer) != PEER_PROVEN)
		return;
	peer->epoch = breaker->epoch;
	peer->failed_in_epoch = false;
	peer->before = peer->record;
	breaker->hosts++;
}

bool breaker_note(struct breaker *breaker, struct peer *peer, int64_t now_us, enum peer_finding finding)
{
	if (finding == FINDING_NOTHING || breaker->is_open)
		return false;
	breaker_note_try(breaker, peer, now_us);
	bool failed = finding == FINDING_UNREACHABLE;
	if (peer->epoch != breaker->epoch)
		return false;
	if (failed == peer->failed_in_epoch)
		return false;
	peer->failed_in_epoch = failed;
	breaker->failed += failed ? 1 : (unsigned)-1;
	if (breaker->hosts < BREAKER_LEAST_HOSTS || breaker->failed * 2 <= breaker->hosts || MUTANT("breaker_opens"))
		return false;
	breaker->is_open = true;
	breaker->next_probe_us = now_us + BREAKER_PROBE_US;
	return true;
}

bool breaker_takes_probe(struct breaker *breaker, int64_t now_us)
{
	/* Further away: the clock went back. */
	if (now_us < breaker->next_probe_us && breaker->next_probe_us - now_us <= BREAKER_PROBE_US)
		return false;
	breaker->next_probe_us = now_us + BREAKER_PROBE_US;
	return true;
}

void breaker_close(struct breaker *breaker, int64_t now_us)
{
	breaker->is_open = false;
	begin_epoch(breaker, now_us);
}
