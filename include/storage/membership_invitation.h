/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations that have asked a user to join, as that user sees them. */
#ifndef COMPTOIR_STORAGE_MEMBERSHIP_INVITATION_H
#define COMPTOIR_STORAGE_MEMBERSHIP_INVITATION_H

#include "storage/organisation.h"

#define MEMBERSHIP_INVITATION_MAX 100

struct membership_invitation {
	int64_t membership_id;
	int64_t invited_us;
	struct organisation organisation;
};

/* The oldest first; the first MEMBERSHIP_INVITATION_MAX. */
enum error membership_invitation_list(struct db *db, struct arena *arena, int64_t user_id,
	struct membership_invitation **ret_invitations, size_t *ret_count) MUST_CHECK;

#endif
