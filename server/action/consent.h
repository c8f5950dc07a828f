/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What customers allowed, recorded and withdrawn by people of the organisation. Errors as contact.h has them. */
#ifndef COMPTOIR_SERVER_ACTION_CONSENT_H
#define COMPTOIR_SERVER_ACTION_CONSENT_H

#include "server/action/contact.h"
#include "storage/consent.h"

/* purpose, basis, evidence and when it was given, which is not in the future; the rest is filled here. */
enum error consent_record(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct consent *consent,
	struct str *ret_message) MUST_CHECK;
/* Twice is fine. */
enum error consent_end(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t id,
	struct str *ret_message) MUST_CHECK;

#endif
