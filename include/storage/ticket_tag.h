/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Words that the team sorts its tickets by. */
#ifndef COMPTOIR_STORAGE_TICKET_TAG_H
#define COMPTOIR_STORAGE_TICKET_TAG_H

#include "storage/db.h"

#define TICKET_TAGS_MAX 30
#define TICKET_TAG_MAX_CHARACTERS 60

/* Without spaces and commas, 1 to TICKET_TAG_MAX_CHARACTERS. */
bool ticket_tag_is_valid(struct str tag);

/* In a transaction that has locked the ticket, before ticket_store or ticket_touch. */
enum error ticket_tag_add(struct db *db, struct arena *arena, int64_t ticket_id, struct str tag, bool *ret_is_new) MUST_CHECK;
/* These and no others. */
enum error ticket_tag_replace(struct db *db, struct arena *arena, int64_t ticket_id, const struct str *tags, size_t count) MUST_CHECK;

struct ticket_tag {
	int64_t ticket_id;
	struct str tag;
};
/* Of several tickets, in the order of ids and tags. */
enum error ticket_tag_list(struct db *db, struct arena *arena, const int64_t *ticket_ids, size_t ticket_count,
	struct ticket_tag **ret_tags, size_t *ret_count) MUST_CHECK;

#endif
