/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What requests with an Idempotency-Key were answered, for 24 hours: the same request gets the same answer, and is done once
 * however often it comes. */
#ifndef COMPTOIR_STORAGE_REPEATED_ANSWER_H
#define COMPTOIR_STORAGE_REPEATED_ANSWER_H

#include "storage/db.h"

#define REPEATED_ANSWER_BODY_MAX_BYTES (4 * 1024 * 1024)
#define REPEATED_ANSWER_HEADERS_MAX_BYTES 20000

struct repeated_answer {
	int64_t token_id;
	struct str key_sha256;     /* 32 bytes: of path and key */
	struct str request_sha256; /* 32 bytes: another request under the same key is a mistake */
	struct str claim;          /* of the request that does it; the same one may claim it once more */
	int status;                /* 0: it is still being done */
	struct str headers;        /* "Name: value" lines */
	struct str content_type;   /* data NULL for none */
	struct str body;
};

/* Claims it: whoever gets ERROR_NONE does it. ERROR_CONFLICT: somebody else does or did, *ret_first. A claim that was left
 * without answer for a minute is given to the next. */
enum error repeated_answer_claim(struct db *db, struct arena *arena, const struct repeated_answer *wanted,
	struct repeated_answer *ret_first) MUST_CHECK;
/* Only while the claim is still that of answer. */
enum error repeated_answer_store(struct db *db, struct arena *arena, const struct repeated_answer *answer) MUST_CHECK;
/* It was refused: it may be sent again. */
enum error repeated_answer_drop(struct db *db, struct arena *arena, const struct repeated_answer *answer) MUST_CHECK;

#endif
