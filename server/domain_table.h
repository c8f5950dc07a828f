/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The domains of the server in memory, so that a loop can tell whose a request is without asking the database.
 * Domains are only ever added, and their base URLs never change; so entries live as long as the process, and
 * another process's new domain is seen at the first request that names it. */
#ifndef COMPTOIR_SERVER_DOMAIN_TABLE_H
#define COMPTOIR_SERVER_DOMAIN_TABLE_H

#include "storage/domain.h"

/* The domain of a Host header or of a handle, from memory; NULL when it is not (yet) known. Any thread. */
const struct domain *domain_table_get(struct str host);

/* The primary domain from memory, or NULL. Any thread. */
const struct domain *domain_table_primary(void);

/* The same, asking the database when memory does not know (at most once a second). When host is none of ours
 * the primary domain is given: no address leads to a domain that we do not speak for. ERROR_NOT_FOUND while
 * there is no domain at all. Workers only. */
enum error domain_table_find(struct db *db, struct arena *arena, struct str host,
	const struct domain **ret_domain) MUST_CHECK;

#endif
