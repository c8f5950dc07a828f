/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rules of the instance, in the order in which they were made. */
#ifndef COMPTOIR_STORAGE_RULE_H
#define COMPTOIR_STORAGE_RULE_H

#include "storage/db.h"

struct rule {
	int64_t id;
	struct str text; /* at most 1,000 characters */
	struct str hint; /* at most 2,000; empty for none */
};

enum error rule_add(struct db *db, struct arena *arena, const struct rule *rule) MUST_CHECK;
enum error rule_remove(struct db *db, struct arena *arena, int64_t id) MUST_CHECK; /* ERROR_NOT_FOUND */
enum error rule_list(struct db *db, struct arena *arena, struct rule **ret_rules, size_t *ret_count) MUST_CHECK;

#endif
