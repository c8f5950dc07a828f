/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * TXT records of a name (RFC 1035), asked from the resolver of this machine. Blocks: for threads that may wait. */
#ifndef COMPTOIR_BASE_DNS_TXT_H
#define COMPTOIR_BASE_DNS_TXT_H

#include "base/arena.h"
#include "base/error.h"

#define DNS_TXT_MAX_RECORDS 100

/* server: where to ask, as 192.0.2.1:53; empty: what resolv.conf says. name: A-labels, without trailing dot. Within about 12
 * seconds. ERROR_NOT_FOUND when the name has none, ERROR_UNAVAILABLE when no server said anything of use, ERROR_BAD_REQUEST for
 * what is no name or no server. */
enum error dns_txt_query(struct arena *arena, struct str server, struct str name, struct str **ret_texts, size_t *ret_count) MUST_CHECK;

/* The records in an answer, whoever wrote it: each with its strings joined (RFC 7208, 3.3), the first DNS_TXT_MAX_RECORDS.
 * Aliases on the way are not followed further than the server did. False for what is no answer. */
bool dns_txt_read(struct arena *arena, struct str message, struct str **ret_texts, size_t *ret_count) MUST_CHECK;

#endif
