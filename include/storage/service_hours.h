/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * When an organisation is there for its customers: hours of the week and holidays, in its time zone. What follows from them
 * is reckoned by the database, which knows the time zones. */
#ifndef COMPTOIR_STORAGE_SERVICE_HOURS_H
#define COMPTOIR_STORAGE_SERVICE_HOURS_H

#include "storage/db.h"

#define SERVICE_SPANS_MAX 50
#define SERVICE_HOLIDAYS_MAX 400
#define SERVICE_DAY_MINUTES 1440

struct service_span {
	int weekday;       /* 1, Monday, to 7 */
	int opens, closes; /* minutes after midnight by the clock on the wall; closes is above opens, and at most 1440 */
};

struct service_holiday {
	struct str day;                 /* "2026-12-25" */
	int closed_from, closed_until;  /* minutes: 0 and 1440 for all of it */
	struct str name;                /* data NULL for none */
};

struct service_hours {
	struct service_span *spans;  /* none: always open */
	size_t span_count;
	struct service_holiday *holidays; /* by day */
	size_t holiday_count;
	int64_t version;             /* 0: never set */
};

enum error service_hours_find(struct db *db, struct arena *arena, int64_t organisation_id, struct service_hours *ret_hours) MUST_CHECK;
/* In a transaction. ERROR_GONE when the version is not hours->version; ERROR_UNPROCESSABLE when a day is none. Clocks that run
 * keep the end that was reckoned before. */
enum error service_hours_store(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_hours *hours) MUST_CHECK;

enum error service_is_open(struct db *db, struct arena *arena, int64_t organisation_id, int64_t at_us, bool *ret_is_open) MUST_CHECK;

#endif
