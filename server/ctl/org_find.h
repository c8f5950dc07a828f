/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations, members and times by what people type on the command line. */
#ifndef COMPTOIR_SERVER_CTL_ORG_FIND_H
#define COMPTOIR_SERVER_CTL_ORG_FIND_H

#include "server/ctl/context.h"

#include "storage/audit.h"
#include "storage/membership.h"
#include "storage/organisation.h"

/* What every deed by the command line is signed with. */
extern const struct audit_author ctl_author;

/* Opens what it needs, and finds the organisation that the first argument names. Says what is wrong. */
enum error org_open(struct invocation *invocation, struct organisation *ret_organisation) MUST_CHECK;
/* The user of the local account that text names. */
enum error org_find_user(struct invocation *invocation, const char *text, int64_t *ret_user_id) MUST_CHECK;
/* The membership of the local account that text names, unless it left. */
enum error org_find_member(struct invocation *invocation, const struct organisation *organisation, const char *text,
	struct membership *ret_membership) MUST_CHECK;
/* The account of the organisation that text names; NULL gives 0. */
enum error org_find_account(struct invocation *invocation, const struct organisation *organisation, const char *text,
	int64_t *ret_actor_id) MUST_CHECK;
/* RFC 3339, or a day, which ends then in UTC; NULL gives 0. */
enum error org_read_time(const char *text, int64_t *ret_time_us) MUST_CHECK;

#endif
