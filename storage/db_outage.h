/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What all connections of the process know together about an outage of the database, by role: who finds out
 * spares the others the wait. Safe from every thread. */
#ifndef COMPTOIR_STORAGE_DB_OUTAGE_H
#define COMPTOIR_STORAGE_DB_OUTAGE_H

#include "storage/db.h"

enum db_outage {
	DB_OUTAGE_NONE,
	DB_OUTAGE_CONNECTING, /* no new connections; those that exist may serve */
	DB_OUTAGE_ANSWERING,  /* a statement got no answer at all: nothing is to be expected of any connection */
};

enum db_turn {
	DB_TURN_GO,
	DB_TURN_PROBE, /* find out for all: has to end in db_outage_begin or db_outage_end */
	DB_TURN_WAIT,  /* fail at once */
};

/* What a call outside a transaction may do now. A probe that tells nothing for lease_ms is followed by another. */
enum db_turn db_outage_turn(enum db_role role, bool has_connection, int64_t lease_ms) MUST_CHECK;

/* Begins the outage, or lets a probe that failed go on with it: the next pause. Milliseconds until the next
 * probe. What others find out during a pause does not lengthen it. */
int64_t db_outage_begin(enum db_role role, enum db_outage outage, bool is_probe);

/* An answer came. That of an old connection says nothing about making new ones. */
void db_outage_end(enum db_role role, bool is_new_connection);

#endif
