/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers that an organisation gives often: one code, a text for each language. */
#ifndef COMPTOIR_STORAGE_SAVED_REPLY_H
#define COMPTOIR_STORAGE_SAVED_REPLY_H

#include "storage/db.h"

#define SAVED_REPLIES_MAX 2000
#define SAVED_REPLY_MAX_CHARACTERS 5000
#define SAVED_REPLY_CODE_MAX 40

struct saved_reply {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str code;     /* a-z, 0-9, - and _, at most SAVED_REPLY_CODE_MAX */
	struct str language; /* BCP 47 */
	struct str body;     /* 1 to SAVED_REPLY_MAX_CHARACTERS */
	int64_t version;
};

/* By code and language; all of them. */
enum error saved_reply_list(struct db *db, struct arena *arena, int64_t organisation_id, struct saved_reply **ret_replies,
	size_t *ret_count) MUST_CHECK;
enum error saved_reply_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct saved_reply *ret_reply) MUST_CHECK;
/* The text of a code that a customer of that language reads best: in the language itself, in one of its kind ("fr" for "fr-CA"
 * and the other way round), in a language that is preferred otherwise, in any. */
enum error saved_reply_choose(struct db *db, struct arena *arena, int64_t organisation_id, struct str code, struct str language,
	struct str otherwise, struct saved_reply *ret_reply) MUST_CHECK;
/* The same for each code, by code. */
enum error saved_reply_choose_all(struct db *db, struct arena *arena, int64_t organisation_id, struct str language, struct str otherwise,
	struct saved_reply **ret_replies, size_t *ret_count) MUST_CHECK;
/* version 0: a new one. ERROR_CONFLICT when there is one of that code and language, ERROR_GONE when it is newer than version,
 * ERROR_CONTENT_TOO_LARGE when there are SAVED_REPLIES_MAX already. */
enum error saved_reply_store(struct db *db, struct arena *arena, const struct saved_reply *reply) MUST_CHECK;
enum error saved_reply_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

#endif
