/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a ticket consists of: its posts, what the team noted, what happened. Writers are in a transaction that has locked
 * the ticket. */
#ifndef COMPTOIR_STORAGE_TICKET_STORY_H
#define COMPTOIR_STORAGE_TICKET_STORY_H

#include "storage/ticket.h"

#define TICKET_STORY_MAX 500

struct ticket_post {
	int64_t post_id;
	int64_t ticket_id;
	int64_t author_id;
	bool is_ours;
	int64_t user_id;       /* who of the team said it; 0 when unknown */
	int64_t membership_id; /* likewise */
	int64_t at_us;
	int64_t withdrawn_us;  /* 0 while it is there */
};
/* *ret_is_new is false where the account has that post in a ticket already. */
enum error ticket_post_add(struct db *db, struct arena *arena, int64_t actor_id, const struct ticket_post *post,
	bool *ret_is_new) MUST_CHECK;
/* The last TICKET_STORY_MAX, the oldest of them first. */
enum error ticket_post_list(struct db *db, struct arena *arena, int64_t ticket_id, struct ticket_post **ret_posts,
	size_t *ret_count) MUST_CHECK;
/* The newest of the customer's that is still there. ERROR_NOT_FOUND when there is none. */
enum error ticket_post_find_last(struct db *db, struct arena *arena, int64_t ticket_id, int64_t *ret_post_id) MUST_CHECK;
/* ERROR_NOT_FOUND when no ticket has it. */
enum error ticket_post_note_withdrawn(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	int64_t *ret_ticket_id) MUST_CHECK;

#define TICKET_NOTE_MAX_CHARACTERS 20000
struct ticket_note {
	int64_t id; /* id_new() */
	int64_t ticket_id;
	int64_t user_id;
	int64_t membership_id;
	struct str body;
	int64_t created_us; /* read, not written */
};
enum error ticket_note_add(struct db *db, struct arena *arena, const struct ticket_note *note) MUST_CHECK;
/* The last TICKET_STORY_MAX, the oldest of them first. */
enum error ticket_note_list(struct db *db, struct arena *arena, int64_t ticket_id, struct ticket_note **ret_notes,
	size_t *ret_count) MUST_CHECK;

/* "opened", "post", "reply", "private", "note", "assigned", "team", "status", "priority", "merged", "edited", "withdrawn"...
 * and what other parts add, as in "sla.breached". */
struct ticket_event {
	int64_t id; /* id_new(); 0: given here */
	int64_t ticket_id;
	struct str kind;
	int64_t user_id;       /* 0: the customer, or the program */
	int64_t membership_id; /* likewise */
	int64_t post_id;       /* 0 for none */
	struct str former, present; /* words or ids of what changed; data NULL for none */
	int64_t version;       /* of the ticket when it had happened */
	int64_t at_us;         /* 0: now */
};
enum error ticket_event_add(struct db *db, struct arena *arena, const struct ticket_event *event) MUST_CHECK;
/* Oldest first, after an id (0: from the beginning); limit at most TICKET_STORY_MAX. */
enum error ticket_event_list(struct db *db, struct arena *arena, int64_t ticket_id, int64_t after_id, int limit,
	struct ticket_event **ret_events, size_t *ret_count) MUST_CHECK;
/* What made the ticket newer than a version, the latest; ERROR_NOT_FOUND when nothing did. */
enum error ticket_event_find_since(struct db *db, struct arena *arena, int64_t ticket_id, int64_t version,
	struct ticket_event *ret_event) MUST_CHECK;

#endif
