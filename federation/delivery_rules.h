/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * When a delivery is tried again, and what an answer means for it and for its peer. Pure functions; the numbers are
 * those of ARCHITECTURE 6, the meanings those that Mastodon and others give to the answers of an inbox. */
#ifndef COMPTOIR_FEDERATION_DELIVERY_RULES_H
#define COMPTOIR_FEDERATION_DELIVERY_RULES_H

#include "federation/http_client.h"

#define DELIVERY_SECOND_US INT64_C(1000000)
#define DELIVERY_DAY_US (86400 * DELIVERY_SECOND_US)
#define DELIVERY_LIFE_US (7 * DELIVERY_DAY_US)
#define DELIVERY_LONGEST_PAUSE_US (2 * DELIVERY_DAY_US) /* no probe and no Retry-After is so far away */

/* After so many failures, at least one: 30 s, 2 min, 8 min, 30 min, 2 h, then 6 h, each 15 % more or less. */
int64_t delivery_retry_delay_us(int failures);

/* A day, 15 % more or less. */
int64_t delivery_probe_delay_us(void);

/* Retry-After, at most a day; 0 when there is none. */
int64_t delivery_retry_after_us(const struct http_client_result *result);

enum delivery_verdict {
	VERDICT_ACCEPTED,
	VERDICT_REFUSED, /* trying again would not help */
	VERDICT_RETRY,
	VERDICT_UNTRIED, /* it never got to the peer, for reasons of ours */
};

enum peer_finding {
	FINDING_WELL,
	FINDING_LIVES,       /* answers, though not as we would like */
	FINDING_SLOW_DOWN,   /* lives, and asks for a pause */
	FINDING_TROUBLED,    /* answers that it fails */
	FINDING_UNREACHABLE, /* no answer */
	FINDING_NOTHING,
};

struct delivery_judgement {
	enum delivery_verdict verdict;
	enum peer_finding finding;
};

struct delivery_judgement delivery_judge(const struct http_client_result *result);

/* Whether another signature may help. */
bool delivery_wants_other_signature(const struct http_client_result *result);

#endif
