/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The account domains that this server speaks for. One server serves several: accounts live on
 * company.example while pages and ids stand on the base URL https://social.company.example. */
#ifndef COMPTOIR_STORAGE_DOMAIN_H
#define COMPTOIR_STORAGE_DOMAIN_H

#include "storage/db.h"

struct domain {
	int64_t id;
	struct str name;     /* account domain, canonical, with ":port" only for loopback development */
	struct str base_url; /* canonical, without trailing slash; never changes once actors exist */
	bool is_primary;     /* the instance's own */
};

/* ERROR_NOT_FOUND when absent. host_or_name matches the account domain or the authority of the base URL. */
enum error domain_find(struct db *db, struct arena *arena, struct str host_or_name, struct domain *ret_domain) MUST_CHECK;
enum error domain_find_primary(struct db *db, struct arena *arena, struct domain *ret_domain) MUST_CHECK;
enum error domain_list(struct db *db, struct arena *arena, struct domain **ret_domains, size_t *ret_count) MUST_CHECK;

/* ERROR_CONFLICT when the name or the base URL's authority is taken. The first one becomes primary. */
enum error domain_create(struct db *db, struct arena *arena, struct str name, struct str base_url,
	struct domain *ret_domain) MUST_CHECK;

#endif
