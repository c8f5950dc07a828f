/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bytes that an approval counts for: one form for one content. Whatever readers get depends on them, the files, their
 * texts and their focus included. */
#ifndef COMPTOIR_SERVER_ACTION_DRAFT_PAYLOAD_H
#define COMPTOIR_SERVER_ACTION_DRAFT_PAYLOAD_H

#include "server/action/draft.h"

struct draft_content {
	struct str payload;
	struct approval_subject subject; /* what policies look at */
	bool lacks_alt_text;
	const int64_t *media_ids;
	size_t media_count;
};

/* Checks it as if it were published now, and writes it down. The errors of publish_check. */
enum error draft_payload_make(struct db *db, struct arena *arena, const struct draft_wish *wish,
	struct draft_content *ret_content, struct str *ret_message) MUST_CHECK;

/* The wish that a payload was made from; id, time and rights are not part of it. */
enum error draft_payload_read(struct arena *arena, struct str payload, struct draft_wish *ret_wish) MUST_CHECK;

#endif
