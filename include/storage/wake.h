/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Work that waits in a table is picked up when somebody rings, not by looking again and again. Within the process a
 * ring is heard at once; other processes, if there are any, hear of it through NOTIFY on a connection of its own, never
 * inside the write transaction (that costs 38 % of the write rate). A ring may be lost with a connection: every listener
 * also looks by itself now and then. */
#ifndef COMPTOIR_STORAGE_WAKE_H
#define COMPTOIR_STORAGE_WAKE_H

#include "base/error.h"
#include "base/list.h"
#include "base/memory.h"

struct config;
struct db;

enum wake_kind {
	WAKE_ACTIVITIES_IN,
	WAKE_DELIVERIES,
	WAKE_FETCHES,
	WAKE_JOBS,
	WAKE_POLICY, /* domain blocks, relays or settings were changed */
	WAKE_EVENTS,   /* of event.h: for the thread itself */
	WAKE_KIND_COUNT
};

/* Any thread, never blocks. */
void wake_ring(enum wake_kind kind);

/* Rings when db's open transaction has committed (with a COMMIT whose answer was lost too), at once outside of one,
 * never after a rollback. */
void wake_ring_on_commit(struct db *db, enum wake_kind kind);

struct wake_listener {
	struct list_link link;
	void (*heard)(struct wake_listener *listener, enum wake_kind kind); /* on any thread, quick, rings nothing */
	unsigned kinds; /* bits 1u << kind */
};
void wake_listen(struct wake_listener *listener);
/* heard is not running and will not run again when this returns. */
void wake_unlisten(struct wake_listener *listener);

/* The thread that tells other processes and hears from them; once per process. Without it rings stay in the process. */
enum error wake_start(const struct config *config) MUST_CHECK;
void wake_stop(void); /* passes on what was rung before; accepts not being started */

#endif
