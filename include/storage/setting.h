/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Single texts that belong to the instance, by name. */
#ifndef COMPTOIR_STORAGE_SETTING_H
#define COMPTOIR_STORAGE_SETTING_H

#include "storage/db.h"

/* ERROR_NOT_FOUND when it was never set. */
enum error setting_find_text(struct db *db, struct arena *arena, struct str name, struct str *ret_text) MUST_CHECK;

/* Leaves one that is there as it is. */
enum error setting_add_text(struct db *db, struct arena *arena, struct str name, struct str text) MUST_CHECK;

#endif
