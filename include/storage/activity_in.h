/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The inbox: activities that were verified and promised to be handled (202). A row is waiting, parked (a document
 * must be here first), done, or set aside for an operator after five crashes or three days. */
#ifndef COMPTOIR_STORAGE_ACTIVITY_IN_H
#define COMPTOIR_STORAGE_ACTIVITY_IN_H

#include "storage/db.h"

enum activity_in_proof {
	ACTIVITY_BY_SIGNATURE, /* of the request, by the actor's key */
	ACTIVITY_BY_PROOF,     /* FEP-8b32 in the document */
	ACTIVITY_BY_FETCH,     /* read from its origin by us */
};

struct activity_in {
	int64_t id; /* id_new() */
	struct str uri;
	struct str type;       /* as written */
	struct str actor_uri;
	struct str object_uri; /* serialises: rows of one object are handled in the order of their ids; data NULL for none */
	struct str body;       /* the bytes that were signed */
	int64_t inbox_actor_id; /* 0 for the shared inbox */
	enum activity_in_proof verified_by;
	int attempts;
	int64_t received_us;
	struct str parked_uri; /* last waited for; data NULL for none */
};

/* Alone or in the caller's transaction; rings WAKE_ACTIVITIES_IN. ERROR_CONFLICT when the uri is there already (the
 * transaction stays usable): for the sender that is a success. */
enum error activity_in_insert(struct db *db, struct arena *arena, const struct activity_in *activity) MUST_CHECK;

/* Alone: several with one commit. ret_is_stored[i] is false where the uri is there already, and for the second of a name;
 * in case of an error none is stored. */
enum error activity_in_insert_many(struct db *db, struct arena *arena, const struct activity_in *const *activities,
	size_t count, bool *ret_is_stored) MUST_CHECK;

/* ---- without the queue: rows that are handled in the transaction that inserts them ---- */

enum activity_in_fate {
	ACTIVITY_IN_TAKEN,  /* inserted as done; what it does is now to be done, in this transaction */
	ACTIVITY_IN_QUEUED, /* inserted as waiting: it was to be, or an earlier one of its actor and object waits */
	ACTIVITY_IN_KNOWN,  /* the uri is there already; nothing was inserted */
};

/* In a transaction, with the ids of actors and objects locked (uri_lock.h). waits: those that are for the queue. */
enum error activity_in_take_in(struct db *db, struct arena *arena, const struct activity_in *const *activities, size_t count,
	const bool *waits, enum activity_in_fate *ret_fates) MUST_CHECK;

/* For those taken that did not have their effect: either dropped for that reason, or back to the queue (NULL). */
struct activity_in_settlement {
	int64_t id;
	const char *dropped_for;
};
enum error activity_in_settle(struct db *db, struct arena *arena, const struct activity_in_settlement *rows, size_t count)
	MUST_CHECK;

#endif
