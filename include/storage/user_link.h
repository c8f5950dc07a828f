/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links that show that somebody reads the mails of an address. Good once; the token comes in as SHA-256. */
#ifndef COMPTOIR_STORAGE_USER_LINK_H
#define COMPTOIR_STORAGE_USER_LINK_H

#include "storage/db.h"

enum user_link_purpose {
	USER_LINK_CONFIRM, /* email is mine: 48 hours */
	USER_LINK_RESET,   /* a new password: 1 hour */
};

struct user_link {
	struct str token_hash; /* 32 bytes */
	int64_t user_id;
	enum user_link_purpose purpose;
	struct str email;
};

/* Those of the same user and purpose that were sent before are good no longer. */
enum error user_link_create(struct db *db, struct arena *arena, const struct user_link *link) MUST_CHECK;
/* ERROR_NOT_FOUND for a used, late or unknown one, or one of another purpose. */
enum error user_link_find(struct db *db, struct arena *arena, struct str token_hash, enum user_link_purpose purpose,
	struct user_link *ret_link) MUST_CHECK;
/* In the caller's transaction: it is gone. ERROR_NOT_FOUND as above. */
enum error user_link_use(struct db *db, struct arena *arena, struct str token_hash, enum user_link_purpose purpose) MUST_CHECK;

#endif
