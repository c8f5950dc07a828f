/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The outbox: activities of local actors with the deliveries they cause, written in the transaction of what they tell.
 * A body is stored once, without proof and without bto and bcc. */
#ifndef COMPTOIR_STORAGE_ACTIVITY_OUT_H
#define COMPTOIR_STORAGE_ACTIVITY_OUT_H

#include "storage/db.h"

struct activity_out {
	int64_t id; /* id_new() */
	struct str uri;
	struct str type;
	int64_t actor_id;
	int64_t post_id;       /* 0 for none */
	struct str object_uri; /* activities about one object reach a peer in order; data NULL for none */
	struct str body;       /* JSON */
	bool is_public;        /* gets a proof (FEP-8b32) */
	bool is_for_followers; /* not public: deliveries carry Collection-Synchronization (FEP-8fcf) */
};

/* To whom. Local actors, suspended ones and those of suspended domains are left out; several actors behind one shared
 * inbox are one delivery. An actor's own server never gets one. */
struct activity_audience {
	bool to_followers;        /* of the activity's actor: accepted ones */
	const int64_t *actor_ids; /* further ones; their personal inbox when is_personal, else the shared one */
	size_t actor_count;
	bool is_personal;
	const struct str *inbox_urls; /* of relays and of actors that are no longer here */
	size_t inbox_count;
};

/* Followers above this number become a fan-out row that delivery workers expand in batches; but not for the Delete of
 * the actor itself, whose follows end with it. */
#define ACTIVITY_FANOUT_THRESHOLD 500

/* In the caller's transaction; rings WAKE_DELIVERIES. ERROR_CONFLICT when the uri is there. */
enum error activity_out_insert(struct db *db, struct arena *arena, const struct activity_out *activity,
	const struct activity_audience *audience) MUST_CHECK;

/* Several in one statement, each for one actor: recipient_ids[i], by the shared inbox. ERROR_CONFLICT when one of their
 * uris is there: others are written then, and the transaction is to be rolled back. */
enum error activity_out_insert_for_each(struct db *db, struct arena *arena, const struct activity_out *activities,
	const int64_t *recipient_ids, size_t count) MUST_CHECK;

/* As peers may read it (by its id). ERROR_NOT_FOUND when absent or old. */
enum error activity_out_find(struct db *db, struct arena *arena, struct str uri, struct activity_out *ret_activity) MUST_CHECK;

/* Whether anyone elsewhere may have to hear of a new local post: followers, those mentioned, answered or quoted.
 * ERROR_NOT_FOUND when it is absent. */
enum error activity_out_post_is_wanted(struct db *db, struct arena *arena, int64_t post_id, bool *ret_is_wanted) MUST_CHECK;

#endif
