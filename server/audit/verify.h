/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether an audit log is as it was written: no entry changed, none missing, none at the end either as far as the heads
 * beside the database go. */
#ifndef COMPTOIR_SERVER_AUDIT_VERIFY_H
#define COMPTOIR_SERVER_AUDIT_VERIFY_H

#include "storage/audit.h"

enum audit_fault {
	AUDIT_FAULT_CHANGED,     /* the hash does not fit the entry */
	AUDIT_FAULT_UNCHAINED,   /* it does not follow the entry before it */
	AUDIT_FAULT_MISSING,     /* its number is skipped */
	AUDIT_FAULT_CUT,         /* the log ends before this one, which the database's own head names */
	AUDIT_FAULT_HEAD,        /* the last entry is not the one that the database's own head names */
	AUDIT_FAULT_CUT_FILE,    /* the log ends before this one, which the file of heads names */
	AUDIT_FAULT_FILE,        /* the entry is not the one that the file of heads names */
	AUDIT_FAULT_FILE_CUT,    /* the file of heads does not name this one, or one after it, and did */
	AUDIT_FAULT_COUNT,
};
const char *audit_fault_text(enum audit_fault fault);

struct audit_verification {
	int64_t organisation_id;  /* 0: all */
	const struct audit_head *heads; /* of the file, in its order */
	size_t head_count;
	const char *file;         /* where they come from, when it is the file that is written now; NULL: a copy. What the database
	                           * knows to be recorded has to be in it */
	/* Called for each fault. */
	void (*tell)(void *owner, int64_t organisation_id, int64_t number, enum audit_fault fault);
	void *owner;
};

struct audit_verdict {
	int64_t organisations;
	int64_t entries;
	int64_t faults;
};

/* Reads all entries, some thousands a second; writers may go on. */
enum error audit_verify(struct db *db, const struct audit_verification *verification, struct audit_verdict *ret_verdict) MUST_CHECK;

#endif
