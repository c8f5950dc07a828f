/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whose fault it is. When more than half of the hosts that were well cannot be reached at once, the fault is ours:
 * nothing is sent but one probe every few seconds, and nothing is counted. Hosts that were failing before, or never
 * took anything, say nothing: ten thousand dead ones must not stop the living. */
#ifndef COMPTOIR_FEDERATION_BREAKER_H
#define COMPTOIR_FEDERATION_BREAKER_H

#include "federation/peer.h"

#define BREAKER_WINDOW_US (60 * DELIVERY_SECOND_US)
#define BREAKER_PROBE_US (5 * DELIVERY_SECOND_US)
#define BREAKER_LEAST_HOSTS 10

struct breaker {
	unsigned epoch;          /* counts windows; peers remember theirs */
	int64_t epoch_began_us;
	unsigned hosts;          /* distinct ones that were well and were tried in this window */
	unsigned failed;         /* of them */
	bool is_open;
	int64_t next_probe_us;   /* while open */
};

void breaker_init(struct breaker *breaker);

/* When a delivery to it begins: it is one of those that might have failed. */
void breaker_note_try(struct breaker *breaker, struct peer *peer, int64_t now_us);

/* Before an outcome is given to the peer. True when this one opens the breaker: the peers of this epoch that failed
 * are to be forgiven. */
bool breaker_note(struct breaker *breaker, struct peer *peer, int64_t now_us, enum peer_finding finding) MUST_CHECK;

/* An open one: whether a probe may begin now; the next one is then later. */
bool breaker_takes_probe(struct breaker *breaker, int64_t now_us) MUST_CHECK;

void breaker_close(struct breaker *breaker, int64_t now_us);

#endif
