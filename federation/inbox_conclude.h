/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The last words about an activity that was verified and whose row was then inserted, or not. */
#ifndef COMPTOIR_FEDERATION_INBOX_CONCLUDE_H
#define COMPTOIR_FEDERATION_INBOX_CONCLUDE_H

#include "federation/inbox.h"

/* error: of activity_in_insert. Counted. */
void inbox_conclude(struct inbox_answer *answer, enum error error);

#endif
