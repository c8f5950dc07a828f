/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What counts as a right in force, said once. */
#ifndef COMPTOIR_STORAGE_MEMBERSHIP_SQL_H
#define COMPTOIR_STORAGE_MEMBERSHIP_SQL_H

/* For m, a membership, and u, its user: the grants that count now. */
#define GRANTS_IN_FORCE                                                              \
	" left join grants as g on g.membership_id = m.id"                           \
	"   and (g.expires_at is null or g.expires_at > now())"                      \
	"   and not exists (select from role_demands as d"                           \
	"     where d.organisation_id = m.organisation_id"                           \
	"       and d.role_id = g.role_id"                                           \
	"       and u.totp_sealed is null)"

/* Behind those: a row for each permission of a role. */
#define PERMISSIONS_OF_GRANTS                                                        \
	" left join role_permissions as p on p.role_id = g.role_id"

/* Whether a user may do with an actor's things what a permission names; the first two are expressions. Indexes:
 * brand_accounts_pkey, memberships_organisation_id_user_id_key, grants_membership_id_role_id_permission_actor_id_key. */
#define HAS_RIGHT(user_id, of_actor_id, permission_name)                             \
	"exists (select from brand_accounts as b"                                    \
	" join memberships as m on m.organisation_id = b.organisation_id"            \
	"   and m.user_id = " user_id                                                \
	"   and m.state = 'active'"                                                  \
	" join users as u on u.id = m.user_id"                                       \
	"   and not u.is_disabled"                                                   \
	GRANTS_IN_FORCE                                                              \
	"   and (g.actor_id is null or g.actor_id = b.actor_id)"                     \
	PERMISSIONS_OF_GRANTS                                                        \
	" where b.actor_id = " of_actor_id                                           \
	"   and (g.permission = '" permission_name "'"                               \
	"     or g.permission is null and p.permission = '" permission_name "' and not p.is_for_own_only))"

#endif
