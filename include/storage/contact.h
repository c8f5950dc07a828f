/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cards of customers. A contact is what is known by one address; several that were merged are shown as one card, which has
 * the id of the one that the others were merged into. Merging moves nothing, so taking apart restores everything. Whatever
 * is read here is read of the whole card, by the id of any contact of it. */
#ifndef COMPTOIR_STORAGE_CONTACT_H
#define COMPTOIR_STORAGE_CONTACT_H

#include "storage/audit.h"
#include "storage/ticket.h"

#define CONTACT_NAME_MAX_CHARACTERS 200
#define CONTACT_FIELDS_MAX 50
#define CONTACT_FIELD_NAME_MAX_CHARACTERS 60
#define CONTACT_FIELD_MAX_CHARACTERS 1000
#define CONTACT_FIELDS_MAX_BYTES 65536 /* all of them as JSON */
#define CONTACT_TAGS_MAX 50
#define CONTACT_IDENTITIES_MAX 200
#define CONTACT_MERGED_MAX 100
#define CONTACT_IDENTITY_MAX_CHARACTERS 320

/* ---- for those who look at customers ---- */

/* The contact of an organisation that an actor is, made when there is none. What is stored beside it keeps that id when cards
 * are merged: readers follow. */
enum error contact_of_actor(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id,
	int64_t *ret_contact_id) MUST_CHECK;
/* Whether the card of a contact has a tag, spelled as it is. */
enum error contact_has_tag(struct db *db, struct arena *arena, int64_t contact_id, struct str tag, bool *ret_has) MUST_CHECK;

struct contact_name {
	int64_t contact_id; /* as asked */
	int64_t card_id;
	struct str name;    /* as the team calls them, else as they call themselves; data NULL when nobody knows */
};
/* Of several contacts, in no order. */
enum error contact_name_list(struct db *db, struct arena *arena, const int64_t *contact_ids, size_t contact_count,
	struct contact_name **ret_names, size_t *ret_count) MUST_CHECK;

/* ---- cards ---- */

struct contact {
	int64_t id; /* of the card */
	int64_t organisation_id;
	struct str name;        /* as the team calls them; data NULL for none */
	struct str shown_name;  /* that, else as they call themselves; data NULL when nobody knows */
	struct str language;    /* data NULL when unknown */
	int64_t assignee_id;    /* a membership; 0 for none */
	struct str fields_json; /* an object */
	int64_t created_us;
	int64_t version;
};

/* The card of a contact. ERROR_NOT_FOUND when it is not of that organisation. */
enum error contact_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct contact *ret_contact) MUST_CHECK;
/* The same in a transaction: nobody else changes, merges or takes apart the card until it ends. */
enum error contact_lock(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct contact *ret_contact) MUST_CHECK;

struct contact_query {
	int64_t organisation_id;
	bool is_all;               /* whichever there are; otherwise those who wrote to the accounts below, */
	const int64_t *actor_ids;
	size_t actor_count;
	int64_t own_membership_id; /* and those that are this member's own; 0 for none */
	struct str text;           /* beginning of a word of a name, a handle, an address, a tag; empty: all */
	int64_t before_id;         /* 0: from the newest */
	int64_t after_id;          /* 0: no bound; otherwise those next to it, still newest first */
	int limit;                 /* 1 to 100 */
};
enum error contact_list(struct db *db, struct arena *arena, const struct contact_query *query, struct contact **ret_contacts,
	size_t *ret_count) MUST_CHECK;

/* Whose card it is: the accounts that its tickets belong to, and whether it is a member's own, which it is when it is assigned
 * to them, or one of its tickets is. */
struct contact_reach {
	const int64_t *actor_ids;
	size_t actor_count;
	bool is_own;
};
enum error contact_find_reach(struct db *db, struct arena *arena, int64_t card_id, int64_t membership_id,
	struct contact_reach *ret_reach) MUST_CHECK;

/* The tickets of a card across accounts and channels, the latest change first: as ticket_list has them, of which statuses,
 * teams and assignees are not looked at. */
enum error contact_ticket_list(struct db *db, struct arena *arena, int64_t card_id, const struct ticket_query *query,
	struct ticket **ret_tickets, size_t *ret_count) MUST_CHECK;

/* ---- changes: in a transaction that has locked the card ---- */

/* On the card itself; the merged ones keep what they say. Data NULL, 0: nothing of its own. fields_json: an object whose
 * members take the place of those of that name; null takes one away. version grows. ERROR_UNPROCESSABLE when there are more
 * than CONTACT_FIELDS_MAX or CONTACT_FIELDS_MAX_BYTES then. */
struct contact_change {
	const struct str *name;
	const struct str *language;
	const int64_t *assignee_id;
	struct str fields_json; /* data NULL: none */
};
enum error contact_store(struct db *db, struct arena *arena, int64_t card_id, const struct contact_change *change) MUST_CHECK;

/* version grows; nothing else. */
enum error contact_touch(struct db *db, struct arena *arena, int64_t card_id) MUST_CHECK;

enum error contact_tag_list(struct db *db, struct arena *arena, int64_t card_id, struct str **ret_tags, size_t *ret_count) MUST_CHECK;
/* These are shown from then on and no others. */
enum error contact_tag_replace(struct db *db, struct arena *arena, int64_t card_id, const struct str *tags, size_t count) MUST_CHECK;

struct contact_identity {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t contact_id;     /* whose it is, when cards are taken apart */
	struct str kind;        /* actor, email, order */
	int64_t actor_id;       /* of an actor, otherwise 0 */
	struct str value;       /* of the others; data NULL of an actor */
	struct str proof;       /* seen, code_reply, email_link, order_number, member */
	int64_t membership_id;  /* who noted it; 0: the program */
	int64_t user_id;        /* likewise */
	int64_t since_us;
	/* What is read of an actor; data NULL when it is gone. */
	struct str username, domain, display_name, uri;
	const char *state;      /* active, moved, suspended, deleted */
	int64_t moved_to_id;    /* 0 for none */
	bool is_blocked;        /* by one of the organisation's accounts */
};
bool contact_identity_kind_is_known(struct str kind);
bool contact_proof_is_known(struct str proof);
enum error contact_identity_list(struct db *db, struct arena *arena, int64_t card_id, struct contact_identity **ret_identities,
	size_t *ret_count) MUST_CHECK;
/* ERROR_CONFLICT when it is known already, on this card or on another; ERROR_UNPROCESSABLE when the card has too many. */
enum error contact_identity_add(struct db *db, struct arena *arena, const struct contact_identity *identity) MUST_CHECK;
/* What a member noted; never an actor. ERROR_NOT_FOUND. */
enum error contact_identity_remove(struct db *db, struct arena *arena, int64_t card_id, int64_t id) MUST_CHECK;

/* A contact that was merged into the card. */
struct contact_part {
	int64_t id;
	int64_t into_id;
	int64_t merged_us;
	int64_t membership_id; /* who did it; 0: the operator */
	struct str name;       /* as it would be called alone; data NULL when nobody knows */
};
/* The latest first; at most CONTACT_MERGED_MAX. */
enum error contact_part_list(struct db *db, struct arena *arena, int64_t card_id, struct contact_part **ret_parts, size_t *ret_count) MUST_CHECK;

/* Both cards are locked, the lower id first. ERROR_UNPROCESSABLE when there would be more than CONTACT_MERGED_MAX,
 * or more consents or identities than a card shows. */
enum error contact_merge(struct db *db, struct arena *arena, int64_t gone_id, int64_t kept_id, const struct audit_author *author) MUST_CHECK;
/* Takes one out of the card, with what had been merged into it. ERROR_NOT_FOUND when it is no part of it. */
enum error contact_unmerge(struct db *db, struct arena *arena, int64_t card_id, int64_t id, const struct audit_author *author) MUST_CHECK;

#endif
