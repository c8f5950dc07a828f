/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What customers allowed an organisation, and what shows it. */
#ifndef COMPTOIR_STORAGE_CONSENT_H
#define COMPTOIR_STORAGE_CONSENT_H

#include "storage/audit.h"

#define CONSENTS_MAX 500
#define CONSENT_EVIDENCE_MAX_CHARACTERS 2000

struct consent {
	int64_t id;         /* id_new() */
	int64_t contact_id; /* whose it is, when cards are taken apart */
	struct str purpose; /* service, segment, ambassador, review_reuse, job, donation, profiling */
	struct str basis;   /* consent, contract, legitimate_interest, legal */
	struct str evidence;
	int64_t given_us;
	int64_t recorded_us;             /* read, not written */
	int64_t user_id, membership_id;  /* who recorded it; 0: the operator */
	int64_t withdrawn_us;            /* 0 unless it is */
	int64_t withdrawn_membership_id; /* likewise */
};

bool consent_purpose_is_known(struct str purpose);
bool consent_basis_is_known(struct str basis);

/* Of a card (contact.h), the latest first, with those that were withdrawn; at most CONSENTS_MAX. */
enum error consent_list(struct db *db, struct arena *arena, int64_t card_id, struct consent **ret_consents, size_t *ret_count) MUST_CHECK;
/* ERROR_UNPROCESSABLE when there are CONSENTS_MAX. */
enum error consent_add(struct db *db, struct arena *arena, const struct consent *consent) MUST_CHECK;
/* Stays with the card that it is on, whether or not that is merged. Twice is fine. ERROR_NOT_FOUND when the card has none of
 * that id. */
enum error consent_withdraw(struct db *db, struct arena *arena, int64_t card_id, int64_t id, const struct audit_author *author) MUST_CHECK;
/* Whether the card of a contact has one for that purpose that was not withdrawn. */
enum error consent_holds(struct db *db, struct arena *arena, int64_t contact_id, struct str purpose, bool *ret_holds) MUST_CHECK;

#endif
