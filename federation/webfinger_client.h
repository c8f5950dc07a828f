/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebFinger asked of others (RFC 7033): whom a handle means, and whether an actor bears the handle that it seems to. The
 * account domain need not be the actor's host (split domains); then both must name one another (CHECKLIST A9). */
#ifndef COMPTOIR_FEDERATION_WEBFINGER_CLIENT_H
#define COMPTOIR_FEDERATION_WEBFINGER_CLIENT_H

#include "federation/fetch.h"
#include "federation/vocab_in.h"
#include "federation/webfinger.h"

struct db;
struct federation;

struct webfinger_answer {
	struct webfinger_resource subject; /* a handle; that which was asked when the answer names none */
	struct str actor_uri;              /* of the first ActivityPub link to itself */
};

#define WEBFINGER_LINKS_MAX 64 /* later ones are not looked at */

/* False when it names no actor that can be fetched, or its subject is no handle. */
bool webfinger_read_answer(struct arena *arena, const json_t *document, const struct webfinger_resource *asked,
	const struct vocab_rules *rules, struct webfinger_answer *ret_answer) MUST_CHECK;

/* Waits for the network. scheme: "https" or "http". FETCH_REFUSED for an answer without sense. */
enum fetch_verdict webfinger_ask(struct federation *federation, struct arena *arena, struct str scheme,
	const struct webfinger_resource *handle, struct webfinger_answer *ret_answer) MUST_CHECK;

enum webfinger_confirmation {
	WEBFINGER_CONFIRMED, /* *ret_domain is its account domain */
	WEBFINGER_DENIED,    /* its own host names it, nobody else */
	WEBFINGER_LATER,     /* could not be had just now */
};

/* Waits for the network, unless known (may be NULL) says all: the answer to asked. Begins at asked, else at the name
 * that the actor gives (FEP-2c59), else at its own host. */
enum webfinger_confirmation webfinger_confirm(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, const struct webfinger_resource *asked, const struct webfinger_answer *known,
	struct str *ret_domain) MUST_CHECK;

#endif
