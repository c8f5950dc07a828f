/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of e-mail addresses that nobody may sign up with, nor change to: those of mailboxes to throw away. */
#ifndef COMPTOIR_STORAGE_MAIL_DOMAIN_H
#define COMPTOIR_STORAGE_MAIL_DOMAIN_H

#include "storage/db.h"

/* domain: canonical (base/url.h). Twice is once. */
enum error mail_domain_block(struct db *db, struct arena *arena, struct str domain) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not blocked. */
enum error mail_domain_unblock(struct db *db, struct arena *arena, struct str domain) MUST_CHECK;
/* By name. */
enum error mail_domain_list(struct db *db, struct arena *arena, struct str **ret_domains, size_t *ret_count) MUST_CHECK;
/* It, or a domain above it; in lower case. */
enum error mail_domain_is_blocked(struct db *db, struct arena *arena, struct str domain, bool *ret_is_blocked) MUST_CHECK;

#endif
