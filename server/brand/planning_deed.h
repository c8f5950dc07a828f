/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the deeds of planning have in common: a transaction with its entry of the audit log, and what is wrong with a field. */
#ifndef COMPTOIR_SERVER_BRAND_PLANNING_DEED_H
#define COMPTOIR_SERVER_BRAND_PLANNING_DEED_H

#include "server/brand/seat.h"

/* Runs write by deed_write, with an entry "ACTION" on "KIND:ID". ERROR_CONFLICT of a change comes out as the problem
 * stale-version. */
enum error planning_deed(struct request *request, const struct seat *seat, const char *action, const char *kind, int64_t id,
	enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner, enum error repeated) MUST_CHECK;

/* The problem bad-value, in the user's language. */
enum error planning_refuse(struct request *request, const char *english, const char *french) MUST_CHECK;
/* A moment of RFC 3339; empty clears it; absent leaves it. */
enum error planning_read_time(struct request *request, const char *name, int64_t *time_us) MUST_CHECK;
/* A text of at most maximum characters; absent leaves it. */
enum error planning_read_text(struct request *request, const char *name, size_t maximum, struct str *text) MUST_CHECK;

void planning_write_time(struct json_out *json, const char *key, int64_t time_us); /* 0: null */
void planning_write_id(struct json_out *json, const char *key, int64_t id);        /* 0: null */
void planning_write_text(struct json_out *json, const char *key, struct str text); /* empty: null */

#endif
