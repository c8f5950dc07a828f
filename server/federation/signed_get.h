/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who signed a GET of an ActivityPub document. With federation.authorized_fetch nobody reads one unsigned, but for the
 * instance actor, keys, WebFinger and NodeInfo, which a peer has to read before it can sign or be verified. A refused
 * domain that signs is sent away in any case. */
#ifndef COMPTOIR_SERVER_FEDERATION_SIGNED_GET_H
#define COMPTOIR_SERVER_FEDERATION_SIGNED_GET_H

#include "server/http/request.h"

#include "federation/inbox.h"

enum signed_get_need {
	SIGNED_GET_PUBLIC, /* for everyone: a signature is not verified, unless everyone has to sign */
	SIGNED_GET_WANTED, /* more for some than for others: a signature that is there is verified */
	SIGNED_GET_NEEDED, /* for nobody who does not sign */
};

/* True: go on; ret_signer->actor_uri.data is NULL when nobody is known to have signed. False: 401, 403 or 503 is
 * answered, or a key is awaited: return ERROR_NONE at once. Workers only. */
bool signed_get_check(struct request *request, enum signed_get_need need, struct signer *ret_signer) MUST_CHECK;

/* Whether this reader gets what everyone gets: not signed, and nobody has to. Any thread, never blocks. */
bool signed_get_is_open(const struct request *request);

/* Whether everyone has to sign. */
bool signed_get_is_needed(const struct request *request);

#endif
