/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Browsers that are logged in. The cookie comes in as SHA-256; it is new after each step that gives more rights. */
#ifndef COMPTOIR_STORAGE_SESSION_H
#define COMPTOIR_STORAGE_SESSION_H

#include "storage/db.h"

struct session {
	int64_t id; /* id_new() */
	struct str token_hash; /* 32 bytes; not read by session_list */
	int64_t user_id;
	struct str user_agent; /* at most SESSION_USER_AGENT_MAX_CHARACTERS */
	bool is_half;          /* the second factor is still to come */
	int64_t created_us;    /* read only */
	int64_t expires_us;
	int64_t last_used_us;  /* a day; read only */
};
#define SESSION_USER_AGENT_MAX_CHARACTERS 500
#define SESSION_LIST_MAX 100

enum error session_create(struct db *db, struct arena *arena, const struct session *session) MUST_CHECK;
/* Notes its use once a day. ERROR_NOT_FOUND when it is not there, or its time is over. */
enum error session_find(struct db *db, struct arena *arena, struct str token_hash, struct session *ret_session) MUST_CHECK;
/* Whole ones, the newest first. */
enum error session_list(struct db *db, struct arena *arena, int64_t user_id, struct session **ret_sessions,
	size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND when the user has no such session. */
enum error session_delete(struct db *db, struct arena *arena, int64_t user_id, int64_t id) MUST_CHECK;
/* All but one; keep_id 0: all. */
enum error session_delete_others(struct db *db, struct arena *arena, int64_t user_id, int64_t keep_id) MUST_CHECK;

#endif
