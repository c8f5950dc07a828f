/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the operator decided about other servers' domains. The federation layer judges by policy.h, which keeps all of
 * this in memory. */
#ifndef COMPTOIR_STORAGE_DOMAIN_POLICY_H
#define COMPTOIR_STORAGE_DOMAIN_POLICY_H

#include "storage/db.h"

enum domain_severity {
	DOMAIN_NOOP,    /* only what the two switches say */
	DOMAIN_SILENCE, /* its people are shown to those who follow them */
	DOMAIN_SUSPEND, /* nothing in, nothing out */
};

struct domain_block {
	struct str domain; /* canonical host; its subdomains are meant too */
	enum domain_severity severity;
	bool rejects_media;
	bool rejects_reports;
	struct str public_comment;
	struct str private_comment;
	int64_t created_us;
};

/* "noop", "silence", "suspend". */
const char *domain_severity_name(enum domain_severity severity);
bool domain_severity_from_name(struct str name, enum domain_severity *ret_severity) MUST_CHECK;

/* In the caller's transaction: adds or changes; rings WAKE_POLICY. What waits to be delivered there is withheld when its
 * turn comes. Follows stay: domain_block_apply ends them. */
enum error domain_block_set(struct db *db, struct arena *arena, const struct domain_block *block) MUST_CHECK;
/* The remote actors of a domain and of its subdomains who follow somebody here or are followed, in no order (arena). */
enum error domain_list_tied(struct db *db, struct arena *arena, struct str domain, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;
enum error domain_block_remove(struct db *db, struct arena *arena, struct str domain) MUST_CHECK; /* ERROR_NOT_FOUND */
enum error domain_block_list(struct db *db, struct arena *arena, struct domain_block **ret_blocks, size_t *ret_count) MUST_CHECK;

enum error domain_allow_add(struct db *db, struct arena *arena, struct str domain) MUST_CHECK; /* twice is fine */
enum error domain_allow_remove(struct db *db, struct arena *arena, struct str domain) MUST_CHECK; /* ERROR_NOT_FOUND */
enum error domain_allow_list(struct db *db, struct arena *arena, struct str **ret_domains, size_t *ret_count) MUST_CHECK;

#endif
