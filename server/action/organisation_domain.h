/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations: naming one, looking whether it shows the token, and what follows. It is shown in one of three
 * ways, tried in this order:
 *   dns_txt     a TXT record "comptoir-verification=TOKEN" of _comptoir.DOMAIN
 *   well_known  a line "comptoir-verification=TOKEN" in https://DOMAIN/.well-known/comptoir-verification
 *   rel_me      a link with rel="me" from https://DOMAIN/ to a brand account of the organisation
 * Links in the profiles of its accounts that lead to a verified domain are verified. */
#ifndef COMPTOIR_SERVER_ACTION_ORGANISATION_DOMAIN_H
#define COMPTOIR_SERVER_ACTION_ORGANISATION_DOMAIN_H

#include "storage/audit.h"
#include "storage/organisation_domain.h"

#define ORGANISATION_DOMAIN_PROOF "comptoir-verification="

/* The author holds org.domains. The first check follows at once, in the background. ERROR_UNPROCESSABLE and ERROR_CONFLICT with a
 * sentence (static). */
enum error organisation_domain_name(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain,
	const struct audit_author *author, int64_t *ret_id, struct str *ret_message) MUST_CHECK;
enum error organisation_domain_drop(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author) MUST_CHECK;
/* A check is made now, in the background. */
enum error organisation_domain_ask(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author) MUST_CHECK;

/* What a check found: method data NULL for nothing, and why. Writes it down with what follows, and an entry of the log when
 * something changed. *ret_next_us: when to look again; 0: never. ERROR_NOT_FOUND when it is gone. */
enum error organisation_domain_note(struct db *db, struct arena *arena, int64_t id, struct str method, struct str why,
	int64_t *ret_next_us) MUST_CHECK;

/* Whether a link leads to one of the domains, or below it. */
bool organisation_domain_covers(struct arena *arena, const struct str *domains, size_t count, struct str url);

#endif
