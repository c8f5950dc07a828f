/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the team answers to customers, in public and in private. The post, the ticket's state and the release are one
 * transaction: whoever's version is stale has published nothing. Errors are those of ticket.h and of publish_post. */
#ifndef COMPTOIR_SERVER_ACTION_TICKET_REPLY_H
#define COMPTOIR_SERVER_ACTION_TICKET_REPLY_H

#include "server/action/ticket.h"

struct ticket_answer {
	struct ticket_deed deed;
	struct str text;         /* the customer is named in front when the text does not do it */
	struct str spoiler_text;
	struct str language;     /* empty: the customer's */
	bool is_markdown;
	const int64_t *media_ids;
	size_t media_count;
	int64_t in_reply_to_id;  /* a post of the ticket; 0: the customer's last */
	/* What else is done to the ticket that the answer is in, in the same transaction and after it; NULL: nothing. */
	enum error (*also)(struct db *db, struct arena *arena, struct ticket *ticket, void *owner);
	void *owner;
};

struct ticket_answered {
	struct ticket ticket;  /* that the answer is in */
	int64_t post_id;
	int64_t neutral_post_id; /* said in public beside a private answer; 0 for none */
};

/* Where the ticket is: in public as the customer's post was (inbox.reply), or in private (inbox.reply_private). The ticket
 * waits for the customer then. */
enum error ticket_reply(struct db *db, struct arena *arena, const struct ticket_answer *answer, struct ticket_answered *ret_answered,
	struct str *ret_message) MUST_CHECK;

/* To the customer of a public ticket alone, in a private ticket below it, which is made when there is none. The public one
 * says so once, in the customer's language, if the author may speak there. Asks for inbox.reply_private. */
enum error ticket_reply_in_private(struct db *db, struct arena *arena, const struct ticket_answer *answer,
	struct ticket_answered *ret_answered, struct str *ret_message) MUST_CHECK;

#endif
