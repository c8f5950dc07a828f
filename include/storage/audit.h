/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The log of what was done for an organisation, by whom and by which door. It takes new entries only; the database numbers
 * them and chains each to the one before by SHA-256, and the heads of the chains are also kept in a file beside it. */
#ifndef COMPTOIR_STORAGE_AUDIT_H
#define COMPTOIR_STORAGE_AUDIT_H

#include "storage/db.h"

#define AUDIT_HASH_BYTES 32

enum audit_door { AUDIT_API, AUDIT_APP, AUDIT_WEB, AUDIT_COMMAND, AUDIT_WORKER, AUDIT_DOOR_COUNT };
const char *audit_door_name(enum audit_door door);

/* Who does something, for the log. */
struct audit_author {
	int64_t user_id;       /* 0: the operator, or the program */
	int64_t membership_id; /* 0 likewise */
	enum audit_door door;
};

struct audit_entry {
	int64_t organisation_id;
	struct audit_author author;
	struct str action; /* "member.add": words of small letters and underscores with dots between */
	struct str target; /* "membership:115…"; at most 200 bytes */
	struct str data;   /* a JSON object of ids and settings, never words of people; data NULL: {} */
};

/* In the caller's transaction, as its last statement: other writers of that organisation wait until it ends. */
enum error audit_write(struct db *db, struct arena *arena, const struct audit_entry *entry) MUST_CHECK;

/* What tells an entry from all others: made anew, it would have another hash. */
struct audit_mark {
	int64_t organisation_id;
	int64_t number;
	unsigned char hash[AUDIT_HASH_BYTES];
};
/* The same, and which entry it will be when the transaction is committed. */
enum error audit_write_marked(struct db *db, struct arena *arena, const struct audit_entry *entry, struct audit_mark *ret_mark) MUST_CHECK;
/* Whether that entry is there: its transaction was committed. */
enum error audit_is_written(struct db *db, struct arena *arena, const struct audit_mark *mark, bool *ret_is_written) MUST_CHECK;

/* An entry as it is stored. */
struct audit_record {
	int64_t organisation_id;
	int64_t number;
	int64_t at_us;
	int64_t user_id;       /* 0 for null, which the two below tell from a zero that somebody put there */
	int64_t membership_id; /* likewise */
	bool has_user;
	bool has_membership;
	struct str door;
	struct str action;
	struct str target;
	struct str data;
	struct str previous_hash;
	struct str hash;
};

/* By number, beginning after one; limit at most 1000. */
enum error audit_read(struct db *db, struct arena *arena, int64_t organisation_id, int64_t after_number, int limit,
	struct audit_record **ret_records, size_t *ret_count) MUST_CHECK;
/* The newest first, before a number (0: from the end); limit at most 1000. */
enum error audit_read_back(struct db *db, struct arena *arena, int64_t organisation_id, int64_t before_number, int limit,
	struct audit_record **ret_records, size_t *ret_count) MUST_CHECK;
/* The same with numbers between two bounds (exclusive; 0: none), of one action and on one target (data NULL: any). */
enum error audit_search(struct db *db, struct arena *arena, int64_t organisation_id, int64_t after_number, int64_t before_number,
	struct str action, struct str target, int limit, struct audit_record **ret_records, size_t *ret_count) MUST_CHECK;
/* What the hash of a record has to be, from its other columns. hash: AUDIT_HASH_BYTES. */
enum error audit_hash(const struct audit_record *record, unsigned char *hash) MUST_CHECK;

/* The organisation with the next higher id that has entries. ERROR_NOT_FOUND when there is none. */
enum error audit_next_log(struct db *db, struct arena *arena, int64_t after_id, int64_t *ret_organisation_id) MUST_CHECK;

struct audit_head {
	int64_t organisation_id;
	int64_t count;
	struct str hash;
	int64_t recorded_count; /* how many of them the file knows of, as the database has it; 0 in what comes from the file */
};
#define AUDIT_HEADS_MAX 1000
/* One for each organisation that has a log, whether or not it is still there. By id, beginning after one. */
enum error audit_head_list(struct db *db, struct arena *arena, int64_t after_id, struct audit_head **ret_heads,
	size_t *ret_count) MUST_CHECK;
/* Those that the file does not know yet. */
enum error audit_head_list_unrecorded(struct db *db, struct arena *arena, struct audit_head **ret_heads, size_t *ret_count) MUST_CHECK;
enum error audit_head_note_recorded(struct db *db, struct arena *arena, int64_t organisation_id, int64_t count) MUST_CHECK;

#endif
