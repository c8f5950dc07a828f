/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From where somebody calls /api/brand/v1: which organisation, which of its accounts, and what they may do there at this
 * moment. Found once per request, before the handler, from the path ({org}), else from the account that the token is bound
 * to, else from the header X-Act-As (an account's id), else from the parameter "org" (id or slug), else because the user
 * belongs to one organisation only. What is another organisation's is not there: 404, as if it had never been. */
#ifndef COMPTOIR_SERVER_BRAND_SEAT_H
#define COMPTOIR_SERVER_BRAND_SEAT_H

#include "server/http/request.h"
#include "storage/audit.h"
#include "storage/membership.h"
#include "storage/organisation.h"

struct seat_account {
	int64_t actor_id;
	struct rights rights;
};

struct seat {
	struct organisation organisation; /* id 0: none, for operations that ask for a user only */
	int64_t membership_id;
	int64_t user_id;
	int64_t actor_id;       /* whom they act as: by token or X-Act-As; 0: nobody in particular */
	struct rights rights;   /* with the organisation itself: grants for one account do not count */
	const struct seat_account *accounts; /* those that can be reached from here: the one acted as, or all */
	size_t account_count;
	struct audit_author author; /* AUDIT_API */
};

/* The permission that the operation names, with the organisation itself. ERROR_FORBIDDEN, answered as the problem
 * "permission-missing". */
enum error seat_need(struct request *request, const struct seat *seat, enum permission permission) MUST_CHECK;
/* The same with things of an account. ERROR_NOT_FOUND when it cannot be reached from here. is_own: the thing was made by
 * the caller, or is assigned to them. */
enum error seat_need_for(struct request *request, const struct seat *seat, enum permission permission, int64_t actor_id,
	bool is_own) MUST_CHECK;
/* The accounts with which they may do something, for lists; own ones count when own_too. */
size_t seat_accounts_with(const struct seat *seat, struct arena *arena, enum permission permission, bool own_too,
	int64_t **ret_actor_ids);
/* The account that something is made for: the one acted as, else the parameter "actor_id", else the only one that the
 * permission is held for. ERROR_UNPROCESSABLE ("account-needed") when that says nothing. */
enum error seat_choose_account(struct request *request, const struct seat *seat, enum permission permission,
	int64_t *ret_actor_id) MUST_CHECK;

#endif
