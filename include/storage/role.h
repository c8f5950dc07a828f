/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Roles: sets of permissions with a name. Ten come with the program and cannot be changed; an organisation adds its own. */
#ifndef COMPTOIR_STORAGE_ROLE_H
#define COMPTOIR_STORAGE_ROLE_H

#include "storage/db.h"
#include "storage/permission.h"

#define ROLE_LIST_MAX 200
#define ROLE_NAME_MAX 60

struct role {
	int64_t id;              /* id_new() */
	int64_t organisation_id; /* 0: comes with the program */
	struct str name;
	struct rights rights;
	bool demands_second_factor; /* in the organisation that asked */
};

/* With its permissions. In the caller's transaction. ERROR_CONFLICT when the organisation has one of that name. */
enum error role_create(struct db *db, struct arena *arena, const struct role *role) MUST_CHECK;
/* Another name and other permissions, for a role of that organisation. In the caller's transaction. ERROR_NOT_FOUND for others,
 * ERROR_CONFLICT for a name that is taken. */
enum error role_change(struct db *db, struct arena *arena, const struct role *role) MUST_CHECK;
/* What an organisation can grant: those of the program first, then its own by age. organisation_id 0: only the former. */
enum error role_list(struct db *db, struct arena *arena, int64_t organisation_id, struct role **ret_roles, size_t *ret_count) MUST_CHECK;
/* Its own before one of the program with that name. */
enum error role_find(struct db *db, struct arena *arena, int64_t organisation_id, struct str name, struct role *ret_role) MUST_CHECK;
/* Only those of an organisation, with all grants of it. ERROR_NOT_FOUND for others. */
enum error role_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;
/* Whether the role counts only for members whose second factor is on. */
enum error role_set_demand(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, bool demands) MUST_CHECK;

#endif
