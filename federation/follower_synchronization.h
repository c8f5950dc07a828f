/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follower synchronisation (FEP-8fcf): what a delivery's Collection-Synchronization header says of the followers whom
 * the sender counts at the receiving host. fetch_followers.c settles what differs. */
#ifndef COMPTOIR_FEDERATION_FOLLOWER_SYNCHRONIZATION_H
#define COMPTOIR_FEDERATION_FOLLOWER_SYNCHRONIZATION_H

#include "federation/digest.h"

#include "storage/db.h"

struct federation;

struct follower_synchronization {
	struct str collection_id; /* the followers collection; parts of the header's bytes */
	struct str url;           /* the part of it at the receiving host */
	unsigned char digest[DIGEST_BYTES];
};

/* The exclusive or of the SHA-256 of each follower's id. Begins with zeros. */
void follower_digest_add(unsigned char digest[DIGEST_BYTES], struct str follower_uri);

/* The header's value. Needs all three parts, each once, in quotes; unknown ones are passed over. */
bool follower_synchronization_read(struct str header, struct follower_synchronization *ret_claim) MUST_CHECK;

/* After an activity of actor_uri, signed by it, was accepted at origin ("https://host"): when the header is about this
 * actor's own followers and differs from what is here, wishes for the list. A header without sense is passed over. */
enum error follower_synchronization_check(struct db *db, struct arena *arena, struct str header, struct str actor_uri,
	struct str origin) MUST_CHECK;

#endif
