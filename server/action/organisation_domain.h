/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations: claimed by a member who holds PERMISSION_ORG_DOMAINS, or by the operator; proven by what stands
 * in the DNS or on pages there, which the job verify_domain looks for. Every deed is an entry of the audit log. */
#ifndef COMPTOIR_SERVER_ACTION_ORGANISATION_DOMAIN_H
#define COMPTOIR_SERVER_ACTION_ORGANISATION_DOMAIN_H

#include "storage/audit.h"
#include "storage/organisation_domain.h"

struct config;

struct domain_claim {
	struct str domain; /* in any spelling */
	struct str method; /* empty: dns_txt */
	struct str page;   /* with rel_me; empty: the first page of the domain */
};

/* ERROR_UNPROCESSABLE, ERROR_CONFLICT and ERROR_UNAVAILABLE (too many) come with a sentence (arena). */
enum error organisation_domain_claim(struct db *db, struct arena *arena, const struct config *config, int64_t organisation_id,
	const struct domain_claim *claim, const struct audit_author *author, struct organisation_domain *ret_domain,
	struct str *ret_message) MUST_CHECK;

/* By name in any spelling. ERROR_NOT_FOUND. */
enum error organisation_domain_find_named(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	struct organisation_domain *ret_domain) MUST_CHECK;

/* A check as soon as may be. ERROR_NOT_FOUND. */
enum error organisation_domain_request_check(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	const struct audit_author *author) MUST_CHECK;
/* No claim any more; what it verified is verified no more. ERROR_NOT_FOUND. */
enum error organisation_domain_release(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	const struct audit_author *author) MUST_CHECK;

/* How a check went. */
enum domain_verdict { DOMAIN_PROVEN, DOMAIN_MISSING, DOMAIN_UNAVAILABLE, DOMAIN_REFUSED };
/* The worker's deed. *ret_is_verified: from now on, or still. ERROR_NOT_FOUND when it is gone meanwhile. */
enum error organisation_domain_judge(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	enum domain_verdict verdict, bool *ret_is_verified) MUST_CHECK;

/* ---- what is looked for, and where ---- */

#define DOMAIN_PROOF_PREFIX "comptoir-verification="

/* Whether it may be claimed here: a domain of two labels at least. Where federation.allow_addresses names addresses (in
 * development) it may have a port, and is asked over plain http then. */
bool organisation_domain_canonical(struct arena *arena, const struct config *config, struct str text, struct str *ret_domain) MUST_CHECK;
/* The name of the TXT record, or the URL of the page. */
struct str organisation_domain_place(struct arena *arena, const struct organisation_domain *domain) MUST_CHECK;
/* The TXT record, or what the page contains; profile_url: of the account it leads to, for rel_me. */
struct str organisation_domain_proof(struct arena *arena, const struct organisation_domain *domain, struct str profile_url) MUST_CHECK;
/* Addresses of the brand accounts' profiles: two for each, the page and the id. */
enum error organisation_domain_list_profiles(struct db *db, struct arena *arena, int64_t organisation_id, struct str **ret_urls,
	size_t *ret_count) MUST_CHECK;
/* Whether the host of a URL is the domain, or www. below it. */
bool organisation_domain_is_of(struct arena *arena, struct str domain, struct str url) MUST_CHECK;

#endif
