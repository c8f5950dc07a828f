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

#define TICKET_PRIORITY_MIN (-1)
#define TICKET_PRIORITY_MAX 2

struct ticket {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t actor_id;        /* the brand account */
	int64_t number;          /* counted within the organisation, for people */
	int64_t customer_id;     /* the actor who began it; 0 when it is unknown */
	int64_t contact_id;      /* 0 for none */
	int64_t root_post_id;    /* 0 for none; it may be gone */
	int64_t parent_id;       /* the ticket that it was opened from; 0 for none */
	int64_t merged_into_id;  /* 0 for none; then nothing of the rest is changed any more */
	enum ticket_status status;
	enum ticket_channel channel;
	int priority;            /* 0 normal, 1 high, 2 urgent; -1 low */
	int64_t assignee_id;     /* a membership; 0 for none */
	int64_t team_id;         /* 0 for none */
	int64_t snoozed_until_us; /* with TICKET_SNOOZED, otherwise 0 */
	int64_t opened_us;
	int64_t changed_us;      /* read, not written */
	int64_t first_reply_us;  /* 0 until somebody answered */
	int64_t last_reply_us;   /* likewise */
	int64_t resolved_us;     /* 0 unless it is */
	int64_t version;         /* of the optimistic lock */
	int64_t position;        /* read, not written: lists are ordered by it */
	struct str language;     /* of the customer's first post; data NULL when unknown */
	bool is_awaiting_us;     /* the customer said something last */
	bool was_led_private;    /* the one neutral answer in public was given */
};

const char *ticket_status_name(enum ticket_status status);
bool ticket_status_from_name(struct str name, enum ticket_status *ret_status) MUST_CHECK;
const char *ticket_channel_name(enum ticket_channel channel);

/* The ticket of a brand account that a post belongs to, open, pending or snoozed. ERROR_NOT_FOUND when there is none. */
enum error ticket_find_by_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct ticket *ret_ticket) MUST_CHECK;
/* The same in whatever state. */
enum error ticket_find_any_by_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct ticket *ret_ticket) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation. One that was merged leads to where it went. */
enum error ticket_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct ticket *ret_ticket) MUST_CHECK;
/* By itself, whoever's it is; not where it was merged to. */
enum error ticket_find_by_id(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket) MUST_CHECK;
enum error ticket_find_by_number(struct db *db, struct arena *arena, int64_t organisation_id, int64_t number,
	struct ticket *ret_ticket) MUST_CHECK;

/* In a transaction, before ticket_store: nobody else changes it until the transaction ends. Not where it was merged to. */
enum error ticket_lock(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket) MUST_CHECK;
/* Writes what may change (all but id, organisation, account, number, channel and opening time) of a ticket that was read in
 * this transaction; version grows, here and there, and EVENT_TICKET is emitted. ERROR_CONFLICT when it has changed since. */
enum error ticket_store(struct db *db, struct arena *arena, struct ticket *ticket) MUST_CHECK;
/* A new one, in a transaction; its number, version and position are given here. Holds up others that are made for the
 * organisation. */
enum error ticket_create(struct db *db, struct arena *arena, struct ticket *ticket) MUST_CHECK;
/* Something about it is new that no agent must have seen before acting: a note. Emits EVENT_TICKET. */
enum error ticket_touch(struct db *db, struct arena *arena, const struct ticket *ticket) MUST_CHECK;
/* Everything of one goes to the other, in a transaction that has locked both, the lower id first. Both are stored by the
 * caller afterwards. */
enum error ticket_move_parts(struct db *db, struct arena *arena, int64_t from_id, int64_t to_id) MUST_CHECK;

/* In a transaction that locks several of an account's tickets, or makes one: before that. Who threads does the same. */
enum error ticket_lock_account(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;
enum error ticket_team_is_there(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, bool *ret_is_there) MUST_CHECK;

struct ticket_settings {
	int64_t reopen_days; /* 0 to 365 */
};
enum error ticket_settings_find(struct db *db, struct arena *arena, int64_t organisation_id,
	struct ticket_settings *ret_settings) MUST_CHECK;
enum error ticket_settings_store(struct db *db, struct arena *arena, int64_t organisation_id,
	const struct ticket_settings *settings) MUST_CHECK;

/* Lists go by position, the latest change first. */
struct ticket_query {
	const int64_t *actor_ids;     /* those accounts only; none gives nothing */
	size_t actor_count;
	const int64_t *own_actor_ids; /* of these those that are assigned to own_assignee_id only */
	size_t own_actor_count;
	int64_t own_assignee_id;
	unsigned statuses;            /* bits 1u << status; 0: all */
	int64_t assignee_id;          /* 0: whoever */
	bool is_unassigned;
	int64_t team_id;              /* 0: whichever */
	int64_t customer_id;          /* 0: whoever */
	int64_t before_position;      /* 0: from the newest */
	int64_t after_position;       /* 0: no bound; otherwise those next to it, still newest first */
	int limit;                    /* 1 to 200 */
};
enum error ticket_list(struct db *db, struct arena *arena, const struct ticket_query *query, struct ticket **ret_tickets,
	size_t *ret_count) MUST_CHECK;
/* Those to which posts of an account belong, each once, the latest change first; at most 200. */
enum error ticket_list_of_posts(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *post_ids, size_t post_count,
	struct ticket **ret_tickets, size_t *ret_count) MUST_CHECK;
/* Those opened from one, oldest first; at most 100. */
enum error ticket_list_children(struct db *db, struct arena *arena, int64_t id, struct ticket **ret_tickets, size_t *ret_count) MUST_CHECK;

#endif
