/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebFinger (RFC 7033), host-meta (RFC 6415) and NodeInfo, the discovery documents of local actors. */
#ifndef COMPTOIR_FEDERATION_WEBFINGER_H
#define COMPTOIR_FEDERATION_WEBFINGER_H

#include "base/buf.h"
#include "storage/actor.h"
#include "storage/instance.h"

/* Finds the local actor that a resource names: acct:user@domain (any of our domains), @user@domain, an actor
 * id, or a profile page. The base URL of a domain names the instance actor (FEP-d556). ERROR_BAD_REQUEST for
 * no resource we understand, ERROR_NOT_FOUND for none of ours. */
enum error webfinger_find(struct db *db, struct arena *arena, struct str resource, struct actor *ret_actor) MUST_CHECK;

/* The JRD: subject, aliases, links (profile-page, self twice, subscribe template, FEP-3b86). rels: only the
 * links with these relations (RFC 7033 4.3), all when rel_count is 0. */
void webfinger_write(struct buf *out, struct arena *arena, const struct actor *actor, const struct str *rels, size_t rel_count);

#endif
