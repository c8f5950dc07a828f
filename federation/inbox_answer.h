/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an Accept or a Reject answers: a Follow of ours, a relay's, or a QuoteRequest. It must come from the one who was
 * asked (CHECKLIST A5, G6). */
#ifndef COMPTOIR_FEDERATION_INBOX_ANSWER_H
#define COMPTOIR_FEDERATION_INBOX_ANSWER_H

#include "federation/inbox_handler.h"
#include "storage/follow.h"
#include "storage/relay.h"

enum inbox_question { QUESTION_FOLLOW, QUESTION_RELAY, QUESTION_QUOTE };

struct inbox_answered {
	enum inbox_question question;
	struct follow follow; /* QUESTION_FOLLOW: by a local actor, of the one who answers */
	struct relay relay;
	struct post quote;    /* QUESTION_QUOTE: our post, which quotes one of the answering actor */
};

/* *ret_reason: why the activity is to be dropped, NULL when *ret_answered is filled. */
enum error inbox_find_question(const struct inbox_context *context, struct inbox_answered *ret_answered,
	const char **ret_reason) MUST_CHECK;

#endif
