/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a verified activity does here: one file per type (inbox_<type>.c), called by the inbox workers in a transaction
 * of their own, which is rolled back unless the outcome is INBOX_DONE or INBOX_PARKED. Handlers are idempotent, ask no
 * network, and check who owns what they change (CHECKLIST A5). */
#ifndef COMPTOIR_FEDERATION_INBOX_HANDLER_H
#define COMPTOIR_FEDERATION_INBOX_HANDLER_H

#include "federation/vocab_in.h"
#include "storage/activity_in.h"
#include "storage/fetch_queue.h"

struct federation;

enum inbox_outcome {
	INBOX_DONE,    /* has its effect, or had it already */
	INBOX_DROPPED, /* not for us, not theirs to say, or without sense: never again. Best before anything is written */
	INBOX_PARKED,  /* wanted must be here first; tried again when it is, or was found to be nowhere */
};

struct inbox_context {
	struct federation *federation;
	struct db *db; /* in a transaction */
	struct arena *arena;
	const struct activity_in *row;
	const struct vocab_activity *activity;
	const json_t *document;
	struct actor actor;       /* who says it; always stored */
	int64_t now_us;
	bool is_wanted_nowhere;   /* what it was parked for cannot be had: do without or drop */

	/* Set by the handler. */
	enum inbox_outcome outcome;
	const char *reason;       /* static word, for INBOX_DROPPED */
	struct fetch_wish wanted; /* for INBOX_PARKED */
};

/* Short forms: return inbox_drop(context, "not_owner"); */
enum error inbox_done(struct inbox_context *context);
enum error inbox_drop(struct inbox_context *context, const char *reason);
enum error inbox_park(struct inbox_context *context, struct str uri, enum fetch_kind kind); /* drops what cannot be had */

/* Whether that is what it was parked for, and cannot be had. */
bool inbox_is_nowhere(const struct inbox_context *context, struct str uri);

/* One of ours who is not gone. ERROR_NOT_FOUND otherwise. */
enum error inbox_find_local(const struct inbox_context *context, struct str uri, struct actor *ret_actor) MUST_CHECK;

/* Whether an Undo of this activity came first: it is remembered as a tombstone. */
enum error inbox_is_undone(const struct inbox_context *context, bool *ret_is) MUST_CHECK;

/* On one of our own hosts. */
enum error inbox_is_own_uri(const struct inbox_context *context, struct str uri, bool *ret_is) MUST_CHECK;

/* Whether the actor's origin is that of uri. */
bool inbox_speaks_for(const struct inbox_context *context, struct str uri);

/* The id of the only object; empty for none or several. */
struct str inbox_object_id(const struct inbox_context *context);

/* ERROR_NONE with the outcome set; another error: the database failed, to be tried again. */
typedef enum error (*inbox_handler)(struct inbox_context *context);

enum error inbox_accept_reply(struct inbox_context *context); /* Accept */
enum error inbox_add(struct inbox_context *context);
enum error inbox_announce(struct inbox_context *context);
enum error inbox_block(struct inbox_context *context);
enum error inbox_create(struct inbox_context *context);
enum error inbox_delete(struct inbox_context *context);
enum error inbox_emoji_react(struct inbox_context *context);
enum error inbox_flag(struct inbox_context *context);
enum error inbox_follow(struct inbox_context *context);
enum error inbox_like(struct inbox_context *context);
enum error inbox_move(struct inbox_context *context);
enum error inbox_quote_request(struct inbox_context *context);
enum error inbox_reject(struct inbox_context *context);
enum error inbox_remove(struct inbox_context *context);
enum error inbox_undo(struct inbox_context *context);
enum error inbox_update(struct inbox_context *context);

/* Delete by an actor who is not here: leaves a tombstone where it may, and nobody is fetched for it. */
enum error inbox_delete_by_stranger(struct inbox_context *context);

/* Update whose object is the actor itself (the caller has seen that): its document is read anew from its origin, nothing
 * that was pushed is believed. */
enum error inbox_update_actor(struct inbox_context *context);

/* NULL for a type that is dropped and counted. */
inbox_handler inbox_handler_of(enum vocab_activity_type type);

#endif
