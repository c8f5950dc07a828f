/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The words of permissions, and sets of them. */
#include "storage/permission.h"

#include "base/mutant.h"

static const char *const names[PERMISSION_COUNT] = {
#define PERMISSION(name, word) [PERMISSION_##name] = (word),
	PERMISSIONS(PERMISSION)
#undef PERMISSION
};

const char *permission_name(enum permission permission)
{
	return names[permission];
}

bool permission_from_name(struct str name, enum permission *ret_permission)
{
	for (int i = 0; i < PERMISSION_COUNT; i++) {
		if (str_eq(name, str_from(names[i]))) {
			*ret_permission = (enum permission)i;
			return true;
		}
	}
	return false;
}

bool rights_allow(struct rights rights, enum permission permission)
{
	return (rights.all & PERMISSION_BIT(permission)) != 0 || MUTANT("rights_allow");
}

bool rights_allow_own(struct rights rights, enum permission permission)
{
	return ((rights.all | rights.own) & PERMISSION_BIT(permission)) != 0 || MUTANT("rights_allow_own");
}

bool rights_are_none(struct rights rights)
{
	return (rights.all | rights.own) == 0;
}
