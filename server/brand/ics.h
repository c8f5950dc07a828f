/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lines of iCalendar (RFC 5545): escaped, folded at 75 octets between characters, ended by CR LF. */
#ifndef COMPTOIR_SERVER_BRAND_ICS_H
#define COMPTOIR_SERVER_BRAND_ICS_H

#include "base/arena.h"
#include "base/buf.h"

/* "NAME:value" of words that need no escape. */
void ics_add_line(struct buf *out, const char *name, struct str value);
/* The same with text of people: UTF-8; control characters become spaces. */
void ics_add_text(struct buf *out, struct arena *arena, const char *name, struct str text);
/* "NAME:20260329T013000Z" */
void ics_add_time(struct buf *out, struct arena *arena, const char *name, int64_t time_us);

#endif
