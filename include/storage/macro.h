/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actions on a conversation under one name. What the words mean is server/action/service_steps.h. */
#ifndef COMPTOIR_STORAGE_MACRO_H
#define COMPTOIR_STORAGE_MACRO_H

#include "storage/db.h"

#define MACROS_MAX 500

struct macro {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;    /* 1 to 100 characters, once in an organisation */
	struct str actions; /* a JSON array */
	int64_t version;
};

/* By name. */
enum error macro_list(struct db *db, struct arena *arena, int64_t organisation_id, struct macro **ret_macros, size_t *ret_count) MUST_CHECK;
enum error macro_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct macro *ret_macro) MUST_CHECK;
/* version 0: a new one. ERROR_CONFLICT when the name is another's, ERROR_GONE when it is newer than version, ERROR_CONTENT_TOO_LARGE
 * when there are MACROS_MAX already. */
enum error macro_store(struct db *db, struct arena *arena, const struct macro *macro) MUST_CHECK;
enum error macro_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

#endif
