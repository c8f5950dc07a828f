/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations as the Mastodon API has them: threads of direct posts between the same people, each participant with a
 * row of their own. */
#ifndef COMPTOIR_STORAGE_CONVERSATION_H
#define COMPTOIR_STORAGE_CONVERSATION_H

#include "storage/db.h"
#include "storage/id_page.h"

struct conversation {
	int64_t id;
	int64_t last_post_id;
	bool is_unread;
	int64_t *participant_ids; /* the others */
	size_t participant_count;
};

/* In the transaction that wrote a direct post with its mentions, by any role: for the author and those mentioned, as far
 * as they are local and have neither blocked nor muted the author. Does nothing for other posts. Emits
 * EVENT_CONVERSATION. */
enum error conversation_add_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;

/* The bounds of page are ids of last posts. */
enum error conversation_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct conversation **ret_conversations, size_t *ret_count) MUST_CHECK;

/* One's own only: ERROR_NOT_FOUND otherwise. */
enum error conversation_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct conversation *ret_conversation) MUST_CHECK;
enum error conversation_set_unread(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, bool is_unread) MUST_CHECK;
enum error conversation_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

#endif
