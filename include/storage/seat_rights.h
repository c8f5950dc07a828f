/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one person may do in one organisation, with itself and with each of its accounts, in one look. */
#ifndef COMPTOIR_STORAGE_SEAT_RIGHTS_H
#define COMPTOIR_STORAGE_SEAT_RIGHTS_H

#include "storage/membership.h"
#include "storage/organisation.h"

struct account_rights {
	int64_t actor_id;
	struct rights rights; /* with that account: what holds for all accounts is in it */
};

/* Of all accounts of the organisation, the oldest first. Without active membership standing.membership_id is 0, and there are
 * no accounts. */
enum error seat_rights_find(struct db *db, struct arena *arena, int64_t user_id, int64_t organisation_id,
	struct standing *ret_standing, struct account_rights **ret_accounts, size_t *ret_count) MUST_CHECK;

/* The organisations that a user is an active member of, by age of the membership; the first ORGANISATION_LIST_MAX. */
enum error organisation_list_of_user(struct db *db, struct arena *arena, int64_t user_id, struct organisation **ret_organisations,
	size_t *ret_count) MUST_CHECK;

#endif
