/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What became of the deliveries of one post's Create, server by server, as our own queue knows it. Rows that retention
 * has removed are not counted. */
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
	struct delivery_report_line *lines; /* by peer */
	size_t line_count;                  /* at most DELIVERY_REPORT_SERVERS_MAX */
};

enum error delivery_report_find(struct db *db, struct arena *arena, int64_t post_id, struct delivery_report *ret_report)
	MUST_CHECK;

#endif
