/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an organisation promises its customers, and the clocks that run on it. Clocks follow their ticket by a trigger: nothing
 * here starts or stops one. A private ticket below a public one runs on the public one's clocks. */
#ifndef COMPTOIR_STORAGE_SLA_H
#define COMPTOIR_STORAGE_SLA_H

#include "storage/ticket.h"

#define SLA_POLICIES_MAX 100
#define SLA_TARGET_MIN_S 60
#define SLA_TARGET_MAX_S 31536000

struct sla_policy {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;       /* 1 to 100 characters, once in an organisation */
	int position;          /* the first that fits a ticket counts */
	/* What it is for; all must hold. */
	int64_t actor_id;      /* 0: any account */
	struct str channel;    /* "public", "private"; data NULL: any */
	struct str language;   /* "fr" is for "fr-CA" too; data NULL: any */
	int minimum_priority;  /* TICKET_PRIORITY_MIN: any */
	int64_t team_id;       /* 0: any */
	struct str tag;        /* of the ticket; data NULL: any */
	/* Seconds; 0: not promised. */
	int64_t first_reply_s, next_reply_s, resolution_s;
	bool in_hours;         /* only while the organisation is open */
	int64_t version;
};

/* By position. */
enum error sla_policy_list(struct db *db, struct arena *arena, int64_t organisation_id, struct sla_policy **ret_policies,
	size_t *ret_count) MUST_CHECK;
enum error sla_policy_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct sla_policy *ret_policy) MUST_CHECK;
/* version 0: a new one. ERROR_CONFLICT when the name is another's, ERROR_GONE when it is newer than version, ERROR_CONTENT_TOO_LARGE
 * when there are SLA_POLICIES_MAX already. Clocks that run keep what they were given until their ticket changes. */
enum error sla_policy_store(struct db *db, struct arena *arena, const struct sla_policy *policy) MUST_CHECK;
enum error sla_policy_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

struct sla_clock {
	int64_t ticket_id;   /* whose clocks they are; of a list by tickets: the one asked for */
	struct str metric;   /* "first_reply", "next_reply", "resolution" */
	int64_t target_s;
	int64_t used_s;      /* before it ran last */
	int64_t started_us;
	int64_t running_us;  /* since when it runs; 0: it waits or has ended */
	int64_t due_us;      /* 0 unless it runs; INT64_MAX: in more than five years */
	int64_t ended_us;    /* 0 until then */
	int64_t breached_us; /* when it was due, once that is over; otherwise 0 */
	struct str policy;   /* name; data NULL when it is gone */
};
/* The latest of each metric, for several tickets, by ticket. */
enum error sla_clock_list(struct db *db, struct arena *arena, const int64_t *ticket_ids, size_t ticket_count,
	struct sla_clock **ret_clocks, size_t *ret_count) MUST_CHECK;
/* Those that run, the first due first, of tickets of those accounts; limit 1 to 200. */
enum error sla_clock_list_due(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *actor_ids,
	size_t actor_count, int limit, struct sla_clock **ret_clocks, size_t *ret_count) MUST_CHECK;

/* Tickets with a clock that is over and was not marked, the longest over first; at most limit. */
enum error sla_list_over(struct db *db, struct arena *arena, int64_t now_us, int limit, int64_t **ret_ticket_ids, size_t *ret_count) MUST_CHECK;
/* Marks those of a ticket, in a transaction that has locked it; which metrics they are of. */
enum error sla_mark_over(struct db *db, struct arena *arena, int64_t ticket_id, int64_t now_us, struct str **ret_metrics,
	size_t *ret_count) MUST_CHECK;

/* What became of the clocks that started between two moments. */
struct sla_figures {
	struct str metric;
	int64_t started, ended, in_time, breached;
	bool has_times;      /* false when none ended */
	double median_s, p90_s; /* of those that ended, in hours or by the clock as their policy has it */
};
enum error sla_report(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *actor_ids, size_t actor_count,
	int64_t from_us, int64_t until_us, struct sla_figures **ret_figures, size_t *ret_count) MUST_CHECK;

#endif
