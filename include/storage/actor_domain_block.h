/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The servers that a local actor wants nothing to do with, each by its very name: subdomains are other servers. */
#ifndef COMPTOIR_STORAGE_ACTOR_DOMAIN_BLOCK_H
#define COMPTOIR_STORAGE_ACTOR_DOMAIN_BLOCK_H

#include "storage/db.h"
#include "storage/id_page.h"

/* domain: canonical host. Alone or in the caller's transaction; twice is fine, and so is removing what is not there. */
enum error actor_domain_block_add(struct db *db, struct arena *arena, int64_t actor_id, struct str domain) MUST_CHECK;
enum error actor_domain_block_remove(struct db *db, struct arena *arena, int64_t actor_id, struct str domain) MUST_CHECK;

/* Whether actor_id blocks the domain of the remote actor other_id. */
enum error actor_domain_block_exists(struct db *db, struct arena *arena, int64_t actor_id, int64_t other_id,
	bool *ret_exists) MUST_CHECK;

struct actor_domain_block {
	int64_t id; /* pages go by it */
	struct str domain;
};
/* Newest first. */
enum error actor_domain_block_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct actor_domain_block **ret_blocks, size_t *ret_count) MUST_CHECK;

/* What a block would end, or is still to end: how many follows go each way, pending ones included. */
struct domain_ties {
	int64_t following_count;
	int64_t followers_count;
};
enum error domain_ties_count(struct db *db, struct arena *arena, int64_t actor_id, struct str domain,
	struct domain_ties *ret_ties) MUST_CHECK;

/* Up to limit of the actors of that domain whom actor_id follows, or (is_follower) who follow it, in any state. */
struct domain_tie {
	int64_t other_id;
	bool is_follower;
	bool is_pending;
};
enum error domain_ties_list(struct db *db, struct arena *arena, int64_t actor_id, struct str domain, int limit,
	struct domain_tie **ret_ties, size_t *ret_count) MUST_CHECK;

#endif
