/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who signed a request, or a document: the part of acceptance that POST and GET share. */
#ifndef COMPTOIR_FEDERATION_INBOX_SIGNER_H
#define COMPTOIR_FEDERATION_INBOX_SIGNER_H

#include "federation/inbox.h"
#include "federation/key_ring.h"
#include "federation/proof.h"

struct inbox_attempt {
	struct federation *federation;
	struct db *db;
	struct arena *arena;
	const struct inbox_request *request;
	bool has_learned;           /* request->awaited told a key */
	bool is_verified;           /* the request has a signer */
	struct inbox_answer answer; /* why there is no signer */
};

struct inbox_signer {
	struct str actor_uri;
	int64_t actor_id; /* 0 while it is not stored */
	bool speaks_rfc9421;
};

/* False with attempt->answer: the verdict, static reason. */
bool inbox_refuse(struct inbox_attempt *attempt, enum inbox_verdict verdict, const char *reason);

/* Whoever signed the request. False with attempt->answer. */
bool inbox_find_signer(struct inbox_attempt *attempt, struct inbox_signer *ret_signer) MUST_CHECK;

/* Whether actor_uri has made a proof in document. False with attempt->answer: INBOX_AWAIT, or any other verdict when it
 * cannot be believed. */
bool inbox_find_proof(struct inbox_attempt *attempt, const json_t *document, struct str actor_uri,
	struct inbox_signer *ret_signer) MUST_CHECK;

#endif
