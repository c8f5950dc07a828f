/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What became of the deliveries of one post's Create, server by server, as our own queue knows it. Of what brand accounts
 * said, those that retention has removed count in the total still; of others' posts they do not. */
#ifndef COMPTOIR_STORAGE_DELIVERY_REPORT_H
#define COMPTOIR_STORAGE_DELIVERY_REPORT_H

#include "storage/delivery.h"

#define DELIVERY_REPORT_SERVERS_MAX 10000

struct delivery_report_line {
	struct str peer;                         /* data NULL: of all servers */
	int64_t deliveries[DELIVERY_STATE_COUNT];
	int64_t recipients[DELIVERY_STATE_COUNT]; /* actors behind those inboxes */
	int64_t first_attempt_us; /* 0: none yet */
	int64_t last_ended_us;    /* 0: none has ended */
	int64_t p50_ms;           /* from the activity to its 2xx; of accepted ones only, -1 without any */
	int64_t p95_ms;
};

struct delivery_report {
	bool is_expanding; /* some followers' inboxes have no deliveries yet: what is pending is a lower bound */
	struct delivery_report_line total;
	int64_t summed;                     /* deliveries of which only the sum is kept: in the total, in no line */
	struct delivery_report_line *lines; /* by peer */
	size_t line_count;                  /* at most DELIVERY_REPORT_SERVERS_MAX */
};

/* How far they are. ERROR_NOT_FOUND when there is no such activity. */
struct delivery_progress {
	int64_t actor_id;
	int64_t created_us;
	bool is_under_way;
	bool has_deliveries;
};
enum error delivery_progress_find(struct db *db, struct arena *arena, int64_t post_id, struct delivery_progress *ret_progress)
	MUST_CHECK;

enum error delivery_report_find(struct db *db, struct arena *arena, int64_t post_id, struct delivery_report *ret_report)
	MUST_CHECK;

#endif
