/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations: what proves that they are theirs, and how the checks of it went. Many may claim a domain, one
 * has it verified. */
#ifndef COMPTOIR_STORAGE_ORGANISATION_DOMAIN_H
#define COMPTOIR_STORAGE_ORGANISATION_DOMAIN_H

#include "storage/db.h"

#define ORGANISATION_DOMAINS_MAX 50
#define ORGANISATION_DOMAIN_FAILURES_MAX 3 /* so many in a row and it is verified no more */

enum domain_method { DOMAIN_DNS_TXT, DOMAIN_WELL_KNOWN, DOMAIN_REL_ME, DOMAIN_METHOD_COUNT };
/* "dns_txt", "well_known", "rel_me" */
const char *domain_method_name(enum domain_method method);
bool domain_method_from_name(struct str name, enum domain_method *ret_method) MUST_CHECK;

struct organisation_domain {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str domain; /* canonical (base/url.h) */
	enum domain_method method;
	struct str token;
	struct str page;      /* with DOMAIN_REL_ME; data NULL: the first page of the domain */
	int64_t verified_us;  /* these are read, not written; 0: never, or no more */
	int64_t checked_us;   /* 0: never */
	int64_t asked_us;     /* 0: no check is awaited */
	int failed_checks;    /* in a row */
	struct str problem;   /* of the last check: missing, unavailable, refused, taken; data NULL for none */
	int64_t created_us;
};

/* ERROR_CONFLICT when the organisation has it already, ERROR_UNAVAILABLE when it has ORGANISATION_DOMAINS_MAX. */
enum error organisation_domain_create(struct db *db, struct arena *arena, const struct organisation_domain *domain) MUST_CHECK;
/* By name. */
enum error organisation_domain_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct organisation_domain **ret_domains, size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND. */
enum error organisation_domain_find(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain,
	struct organisation_domain *ret_domain) MUST_CHECK;
enum error organisation_domain_find_by_id(struct db *db, struct arena *arena, int64_t id,
	struct organisation_domain *ret_domain) MUST_CHECK;
/* ERROR_NOT_FOUND. */
enum error organisation_domain_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;
/* Notes that a check is awaited. ERROR_NOT_FOUND. */
enum error organisation_domain_ask(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

/* A check that went well. *ret_is_new: it was not verified before. ERROR_CONFLICT, perhaps by a transaction that is lost
 * then, when somebody else has it verified, or when it is gone. */
enum error organisation_domain_note_success(struct db *db, struct arena *arena, int64_t id, bool *ret_is_new) MUST_CHECK;
/* One that did not. ERROR_NOT_FOUND when it is gone. */
struct domain_failure {
	bool is_dropped;  /* verified until now, and no more */
	bool is_verified; /* still */
};
enum error organisation_domain_note_failure(struct db *db, struct arena *arena, int64_t id, struct str problem,
	struct domain_failure *ret_failure) MUST_CHECK;

/* Names of the verified domains of a brand account's organisation. */
enum error organisation_domain_list_of_actor(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_domains,
	size_t *ret_count) MUST_CHECK;
/* Whether the organisation has it verified, or a domain above it. */
enum error organisation_domain_holds(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain,
	bool *ret_holds) MUST_CHECK;

#endif
