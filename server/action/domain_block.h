/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocking a whole server for oneself. */
#ifndef COMPTOIR_SERVER_ACTION_DOMAIN_BLOCK_H
#define COMPTOIR_SERVER_ACTION_DOMAIN_BLOCK_H

#include "storage/actor_domain_block.h"

/* What people type or paste to its canonical form: "Far.Example" or with a port. False when it is no host. */
bool domain_block_parse(struct arena *arena, struct str text, struct str *ret_domain) MUST_CHECK;

/* In a transaction of its own: db must not be in one. The follows of both directions end by a job (leave_domain), since
 * there may be many and each is told to the other server. Twice is fine. */
enum error domain_block_start(struct db *db, struct arena *arena, int64_t actor_id, struct str domain) MUST_CHECK;

#endif
