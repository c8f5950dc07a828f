/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations of customers with a brand account, as its people see them: what the API of the team calls conversations,
 * and what is called ticket here, because conversations are the Mastodon API's (storage/conversation.h). A ticket is a
 * view on posts, which keep their own life, with private state beside it that the federation role cannot read. */
#ifndef COMPTOIR_STORAGE_TICKET_H
#define COMPTOIR_STORAGE_TICKET_H

#include "storage/db.h"

enum ticket_status { TICKET_OPEN, TICKET_PENDING, TICKET_SNOOZED, TICKET_RESOLVED, TICKET_CLOSED, TICKET_STATUS_COUNT };
enum ticket_channel { TICKET_PUBLIC, TICKET_PRIVATE };

struct ticket {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t actor_id;        /* the brand account */
	int64_t number;          /* counted within the organisation, for people */
	int64_t contact_id;      /* 0 for none */
	int64_t root_post_id;    /* 0 when it is gone */
	int64_t parent_id;       /* the ticket that it was opened from; 0 for none */
	enum ticket_status status;
	enum ticket_channel channel;
	int priority;            /* 0 normal, 1 high, 2 urgent; -1 low */
	int64_t assignee_id;     /* a membership; 0 for none */
	int64_t team_id;         /* 0 for none */
	int64_t snoozed_until_us;
	int64_t opened_us, changed_us;
	int64_t first_reply_us;  /* 0 until somebody answered */
	int64_t resolved_us;     /* 0 unless it is */
	int64_t version;         /* of the optimistic lock */
	struct str language;     /* of the customer's first post; data NULL when unknown */
	bool is_awaiting_us;     /* the customer said something last */
};

/* The ticket of a brand account that a post belongs to, open, pending or snoozed. ERROR_NOT_FOUND when there is none. */
enum error ticket_find_by_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct ticket *ret_ticket) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation. */
enum error ticket_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct ticket *ret_ticket) MUST_CHECK;

#endif
