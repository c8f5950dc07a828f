/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forward-only migrations, built into the program from storage/migrations/NNNN_name.sql. */
#ifndef COMPTOIR_STORAGE_MIGRATE_H
#define COMPTOIR_STORAGE_MIGRATE_H

#include "storage/db.h"

struct migration_state {
	int number;
	struct str name;
	bool is_applied;
	bool checksum_differs; /* applied, but the text was changed since */
	int64_t applied_us;
};

/* Makes the two roles if they are missing, then applies what is missing, each in its own transaction under
 * one advisory lock; a killed run is continued by the next. on_applied may be NULL. *ret_applied counts. */
enum error migrate_run(struct db *owner, struct arena *arena, void (*on_applied)(int number, const char *name),
	int *ret_applied) MUST_CHECK;

enum error migrate_list(struct db *db, struct arena *arena, struct migration_state **ret_states, size_t *ret_count) MUST_CHECK;

/* ERROR_NONE when the schema is exactly ours; ERROR_CONFIGURATION when it is older, newer, or changed, with
 * a sentence for the operator. */
enum error migrate_check(struct db *db, struct arena *arena, struct str *ret_message) MUST_CHECK;

#endif
