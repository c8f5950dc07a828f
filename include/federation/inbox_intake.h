/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where accepted activities become rows, and most of them have their effect. What comes while a commit is under way waits for it and then goes into the next
 * one, all of it together; what comes alone is stored at once, by whoever brings it. */
#ifndef COMPTOIR_FEDERATION_INBOX_INTAKE_H
#define COMPTOIR_FEDERATION_INBOX_INTAKE_H

#include "federation/inbox.h"

struct inbox_intake;

struct federation;

/* is_direct: what is quickly handled is handled at once (inbox_direct.h); else all goes by the queue. */
struct inbox_intake *inbox_intake_new(struct federation *federation, bool is_direct) MUST_CHECK;
void inbox_intake_free(struct inbox_intake **intake); /* nobody adds any more; accepts NULL */

/* Embedded in what waits for the row. */
struct inbox_entry {
	struct inbox_entry *next; /* the intake's */
	struct inbox_answer answer; /* first INBOX_VERIFIED with its row, at the end what became of it */
	/* Called once, by the thread of this or of another inbox_intake_add; entry may be gone when it returns. */
	void (*done)(struct inbox_entry *entry);
};

/* May call done of this entry and of others before it returns. */
void inbox_intake_add(struct inbox_intake *intake, struct inbox_entry *entry);

#endif
