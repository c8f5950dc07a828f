/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains that organisations say are theirs. */
#ifndef COMPTOIR_STORAGE_ORGANISATION_DOMAIN_H
#define COMPTOIR_STORAGE_ORGANISATION_DOMAIN_H

#include "storage/db.h"

#define ORGANISATION_DOMAINS_MAX 50
#define ORGANISATION_DOMAIN_FAILURES 3

struct organisation_domain {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str domain;      /* url_canonical_host */
	struct str token;
	struct str method;      /* "dns_txt", "well_known", "rel_me": by which it was found last; data NULL: never */
	int64_t verified_us;    /* since when without interruption; 0: it is not */
	int64_t checked_us;     /* 0: never */
	int64_t failures;
	struct str last_error;  /* data NULL when the last check found it, or there was none */
	int64_t created_us;     /* read, not written */
};

/* ERROR_CONFLICT when the organisation named it already, ERROR_CONTENT_TOO_LARGE when there are ORGANISATION_DOMAINS_MAX. */
enum error organisation_domain_add(struct db *db, struct arena *arena, const struct organisation_domain *domain) MUST_CHECK;
/* By name. */
enum error organisation_domain_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct organisation_domain **ret_domains, size_t *ret_count) MUST_CHECK;
enum error organisation_domain_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct organisation_domain *ret_domain) MUST_CHECK;
/* Whoever's it is. */
enum error organisation_domain_find_any(struct db *db, struct arena *arena, int64_t id, struct organisation_domain *ret_domain) MUST_CHECK;
/* The same in a transaction that changes it: nobody else does until it ends. db must be in one. */
enum error organisation_domain_lock(struct db *db, struct arena *arena, int64_t id, struct organisation_domain *ret_domain) MUST_CHECK;
/* What a check found. ERROR_CONFLICT when another organisation's is verified. */
enum error organisation_domain_store(struct db *db, struct arena *arena, const struct organisation_domain *domain) MUST_CHECK;
enum error organisation_domain_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

/* Whether another organisation has verified it. */
enum error organisation_domain_is_taken(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	bool *ret_is_taken) MUST_CHECK;
/* The verified ones of the organisation that a brand account belongs to; none for other accounts. */
enum error organisation_domain_list_of_account(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_domains,
	size_t *ret_count) MUST_CHECK;
/* Whether a host is a domain that the organisation has verified, or below one. */
enum error organisation_domain_holds(struct db *db, struct arena *arena, int64_t organisation_id, struct str host,
	bool *ret_holds) MUST_CHECK;

#endif
