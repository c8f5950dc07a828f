/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How much of other servers we ask at a time: requests under way per host, a budget per domain as people register them
 * (names below a wildcard are one, ADVISORIES #6), hosts that failed, and URLs that were answered with no lately. All of
 * it bounded: the oldest is forgotten. One thread, that of the fetcher's loop. */
#ifndef COMPTOIR_FEDERATION_FETCH_PACE_H
#define COMPTOIR_FEDERATION_FETCH_PACE_H

#include "federation/fetch.h"

#include "base/list.h"

#define FETCH_MAX_PER_HOST 2
#define FETCH_MAX_WAITING 64        /* behind them, per host */
#define FETCH_BUDGET_BURST 300      /* per domain */
#define FETCH_BUDGET_PER_SECOND 10
#define FETCH_MAX_REMEMBERED 10000  /* hosts, domains and URLs each */
#define FETCH_FIRST_PAUSE_S 10      /* after a host failed; doubles each time */
#define FETCH_MAX_PAUSE_S 300
#define FETCH_MAX_RETRY_AFTER_S 3600
#define FETCH_GONE_S 300            /* how long a URL that is not there is not asked again */
#define FETCH_REFUSED_S 60
#define FETCH_FAILED_S 10           /* a URL that failed where the host is well */

struct fetch_pace;

struct fetch_host {
	struct list_link link;
	struct str name;          /* scheme, host, and a port that is not the default */
	unsigned used;            /* requests under way */
	unsigned waiting_count;
	struct list_link waiting; /* of the fetcher */
	unsigned failures;        /* in a row */
	int64_t paused_until_us;
};

struct fetch_pace *fetch_pace_new(void) MUST_CHECK;
void fetch_pace_free(struct fetch_pace **pace); /* accepts NULL */

/* Stays while something is under way or waits there. */
struct fetch_host *fetch_pace_host(struct fetch_pace *pace, struct str origin) MUST_CHECK;

/* Seconds until it may be asked again, 0 for now. */
int64_t fetch_host_pause_s(const struct fetch_host *host, int64_t now_us) MUST_CHECK;
void fetch_host_failed(struct fetch_host *host, int64_t retry_after_s, int64_t now_us); /* -1: it named no time */
void fetch_host_answered(struct fetch_host *host);

/* Takes one from the budget of the domain that host lies in; false when it is spent. */
bool fetch_pace_spend(struct fetch_pace *pace, struct str host, int64_t now_us) MUST_CHECK;

/* The domain that the budget is of: the last two labels, three below names such as co.uk; an address itself. */
struct str fetch_registered_domain(struct str host) MUST_CHECK;

struct fetch_memory {
	enum fetch_verdict verdict;
	const char *reason;
	int status;
};
void fetch_pace_remember(struct fetch_pace *pace, struct str key, const struct fetch_memory *memory, int64_t now_us);
bool fetch_pace_recall(struct fetch_pace *pace, struct str key, int64_t now_us, struct fetch_memory *ret_memory) MUST_CHECK;

#endif
