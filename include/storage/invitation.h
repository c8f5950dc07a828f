/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations: who has the code may sign up, so many times. The code comes in as SHA-256. */
#ifndef COMPTOIR_STORAGE_INVITATION_H
#define COMPTOIR_STORAGE_INVITATION_H

#include "storage/db.h"

struct invitation {
	int64_t id; /* id_new() */
	struct str code_hash; /* 32 bytes; not read */
	struct str note;
	int max_uses;
	int uses;
	int64_t expires_us; /* 0 for never */
	bool is_revoked;
	int64_t created_us;
};
#define INVITATION_LIST_MAX 200

enum error invitation_create(struct db *db, struct arena *arena, const struct invitation *invitation) MUST_CHECK;
/* The newest first. */
enum error invitation_list(struct db *db, struct arena *arena, struct invitation **ret_invitations, size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not there; twice is fine. */
enum error invitation_revoke(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;
/* Whether it could be used now. */
enum error invitation_check(struct db *db, struct arena *arena, struct str code_hash) MUST_CHECK;
/* In the caller's transaction: counts one use. ERROR_NOT_FOUND for one that is unknown, used up, revoked or late. */
enum error invitation_use(struct db *db, struct arena *arena, struct str code_hash, int64_t *ret_id) MUST_CHECK;

#endif
