/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names that look like those of brand accounts. New and renamed actors are queued by triggers; whoever compares them takes a
 * batch off the queue and stores what they found, in one transaction. New and renamed brand accounts have a queue of their
 * own: everybody known already is looked through, and who looks like one is queued. For the web role. */
#ifndef COMPTOIR_STORAGE_LOOK_ALIKE_H
#define COMPTOIR_STORAGE_LOOK_ALIKE_H

#include "storage/db.h"
#include "storage/id_page.h"

/* ---- comparing ---- */

/* Somebody with names. */
struct look_alike_name {
	int64_t actor_id;
	int64_t organisation_id; /* of a brand account; 0: none */
	struct str username;
	struct str display_name;
	struct str domain;
};

/* Up to limit, off the queue, in a transaction. *ret_taken counts those as well that are gone or suspended by now. */
enum error look_alike_take(struct db *db, struct arena *arena, int64_t limit, struct look_alike_name **ret_names, size_t *ret_count,
	int64_t *ret_taken) MUST_CHECK;
/* Brand accounts by id, beginning after one; the first LOOK_ALIKE_BRANDS_MAX. */
#define LOOK_ALIKE_BRANDS_MAX 1000
enum error look_alike_list_brands(struct db *db, struct arena *arena, int64_t after_id, struct look_alike_name **ret_brands,
	size_t *ret_count) MUST_CHECK;

/* The brand account that waits longest, and up to which actor its names were compared, locked until the transaction ends.
 * Whoever else looks takes the next. is_gone: it is suspended, or an account no more. ERROR_NOT_FOUND: none waits. */
struct look_alike_walk {
	struct look_alike_name brand;
	int64_t after_id;
	bool is_gone;
};
enum error look_alike_walk_take(struct db *db, struct arena *arena, struct look_alike_walk *ret_walk) MUST_CHECK;
/* after_id 0: everybody was compared, and it waits no longer. */
enum error look_alike_walk_store(struct db *db, struct arena *arena, int64_t brand_actor_id, int64_t after_id) MUST_CHECK;
/* By id, beginning after one, up to limit; without organisation and domain. */
enum error look_alike_list_actors(struct db *db, struct arena *arena, int64_t after_id, int64_t limit,
	struct look_alike_name **ret_names, size_t *ret_count) MUST_CHECK;
/* To be compared with all brands. */
enum error look_alike_queue(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t count) MUST_CHECK;
/* Those found to look like this brand and not decided, to be compared anew. */
enum error look_alike_queue_open(struct db *db, struct arena *arena, int64_t brand_actor_id) MUST_CHECK;

enum look_alike_state { LOOK_ALIKE_OPEN, LOOK_ALIKE_DISMISSED, LOOK_ALIKE_REPORTED, LOOK_ALIKE_STATE_COUNT };
/* "open", "dismissed", "reported" */
const char *look_alike_state_name(enum look_alike_state state);
bool look_alike_state_from_name(struct str name, enum look_alike_state *ret_state) MUST_CHECK;

struct look_alike {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t brand_actor_id;
	int64_t actor_id;
	bool is_display_name; /* what looks alike; otherwise the username */
	int distance;
	enum look_alike_state state; /* these are read, not written */
	int64_t found_us;
	int64_t decided_us; /* 0 while it is open */
	int64_t report_id;  /* 0 for none */
	struct str username;
	struct str domain;
	struct str display_name;
	struct str url;     /* data NULL for none */
	bool is_local;
};

/* One for each organisation and actor: what is open takes the new names; what was decided stays so, but what was dismissed is
 * open again when it has come nearer. */
enum error look_alike_store(struct db *db, struct arena *arena, const struct look_alike *look_alike) MUST_CHECK;
/* Open ones of an actor who looks like these organisations only. */
enum error look_alike_forget_others(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *organisation_ids,
	size_t count) MUST_CHECK;

/* ---- deciding ---- */

/* Of these brand accounts and one state, the newest first. */
enum error look_alike_list(struct db *db, struct arena *arena, const int64_t *brand_actor_ids, size_t brand_count,
	enum look_alike_state state, const struct id_page *page, struct look_alike **ret_look_alikes, size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND. */
enum error look_alike_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct look_alike *ret_look_alike) MUST_CHECK;
/* ERROR_CONFLICT when it is not open. membership_id 0: the operator. */
enum error look_alike_decide(struct db *db, struct arena *arena, int64_t id, enum look_alike_state state, int64_t membership_id,
	int64_t report_id) MUST_CHECK;

#endif
