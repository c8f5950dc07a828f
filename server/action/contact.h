/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people of an organisation do with cards of customers. Each deed looks at the right and the version inside of its
 * transaction, and is an entry of the audit log.
 *
 * Errors of all: ERROR_NOT_FOUND (also what is another organisation's), ERROR_FORBIDDEN (the author may not), ERROR_CONFLICT
 * (the card is newer than the version that the author saw), ERROR_GONE (not in this state), ERROR_UNPROCESSABLE; the last
 * two with a sentence. Authors without user, which are the operator, may do everything. */
#ifndef COMPTOIR_SERVER_ACTION_CONTACT_H
#define COMPTOIR_SERVER_ACTION_CONTACT_H

#include "storage/contact.h"
#include "storage/permission.h"

struct contact_deed {
	int64_t organisation_id;
	int64_t contact_id; /* any of the card's */
	int64_t version;    /* that the author saw; 0: whichever */
	struct audit_author author;
};

/* Whether the author holds that with the organisation, or for an account that the card's tickets belong to. A card is their
 * own when it is assigned to them, or when one of its tickets is. */
enum error contact_authorise(struct db *db, struct arena *arena, const struct contact *card, const struct audit_author *author,
	enum permission permission) MUST_CHECK;

/* Asks for contact.edit, as all below. An assignee is an active member. */
enum error contact_edit(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct contact_change *change,
	struct str *ret_message) MUST_CHECK;
/* At most CONTACT_TAGS_MAX, as ticket_tag_is_valid has them. */
enum error contact_set_tags(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct str *tags, size_t count,
	struct str *ret_message) MUST_CHECK;

/* The other's card goes into the deed's; contact.edit for both. */
enum error contact_unite(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t other_id,
	struct str *ret_message) MUST_CHECK;
/* Takes a contact that was merged out of the deed's card. */
enum error contact_separate(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t other_id,
	struct str *ret_message) MUST_CHECK;

/* kind, value and proof; the rest is filled here. An e-mail address is stored in small letters. ERROR_GONE when it is on a card
 * already. id: id_new(), so that it is written once. */
enum error contact_note_identity(struct db *db, struct arena *arena, const struct contact_deed *deed,
	const struct contact_identity *identity, struct str *ret_message) MUST_CHECK;
enum error contact_drop_identity(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t id,
	struct str *ret_message) MUST_CHECK;

/* For other deeds with a card: locks it, looks at version and right, does the work, writes the log. repeated: what the work
 * gives when it was done already. */
struct contact_work {
	const struct contact_deed *deed;
	const char *action; /* for the log: "contact.edit" */
	enum error repeated;
	enum error (*run)(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card);
	void *thing;
	struct str data;    /* for the log: set by run */
	struct str message; /* likewise, when it refuses */
};
enum error contact_work_do(struct db *db, struct arena *arena, struct contact_work *work, struct str *ret_message) MUST_CHECK;

#endif
