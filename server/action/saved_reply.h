/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Saved replies as they are said: with {name} of the customer, {number} of the conversation and {agent}, who answers. */
#ifndef COMPTOIR_SERVER_ACTION_SAVED_REPLY_H
#define COMPTOIR_SERVER_ACTION_SAVED_REPLY_H

#include "storage/saved_reply.h"
#include "storage/ticket.h"

/* False when something in braces is no placeholder; which. */
bool saved_reply_check(struct str body, struct str *ret_unknown) MUST_CHECK;

/* What stands for the placeholders. */
struct saved_reply_values {
	struct str name, number, agent;
};

/* What customers call themselves is cut down to letters, digits, spaces and few signs: a name mentions nobody else and links
 * nowhere. membership_id: the agent. */
enum error saved_reply_find_values(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t membership_id,
	struct saved_reply_values *ret_values) MUST_CHECK;
struct str saved_reply_fill(struct arena *arena, struct str body, const struct saved_reply_values *values);

/* The text of a code for a ticket's customer, filled. otherwise: the language of the organisation. ERROR_NOT_FOUND without. */
enum error saved_reply_for(struct db *db, struct arena *arena, struct str code, const struct ticket *ticket, int64_t membership_id,
	struct str *ret_text, struct str *ret_language) MUST_CHECK;

#endif
