/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Object integrity proofs (FEP-8b32, cryptosuite eddsa-jcs-2022): a signature inside the document, which stays when
 * others forward it. Pure functions. As with signatures of requests, proof_read needs no key; what it accepts names
 * the key to look for, and proof_verify gives the verdict. That the verification method belongs to the document's
 * actor is the caller's business. */
#ifndef COMPTOIR_FEDERATION_PROOF_H
#define COMPTOIR_FEDERATION_PROOF_H

#include "federation/public_key.h"
#include "federation/signing_key.h"

#include "base/arena.h"
#include "base/error.h"

#include <jansson.h>

#define PROOF_HASH_BYTES 64 /* SHA-256 of the proof's configuration, then of the document */

struct proof_claim {
	struct str verification_method; /* an http or https URL; lives as long as the document */
	int64_t created_us;             /* -1 when the proof does not say */
	unsigned char hash[PROOF_HASH_BYTES];
	unsigned char hash_inherited[PROOF_HASH_BYTES]; /* the configuration with the document's @context, which peers
	                                                 * (Fedify) sign without writing it into the proof */
	bool has_inherited;
	unsigned char signature[ED25519_SIGNATURE_BYTES];
};

enum proof_reading {
	PROOF_UNUSABLE,
	PROOF_ABSENT,
	PROOF_CLAIMED,
};

/* The first usable member of "proof" (an object, or an array of at most 8). A proof does not grow old, since what is
 * forwarded may be; one from more than an hour ahead of now_us or past its "expires" is unusable. *ret_reason (static)
 * says what was wrong with the last one looked at. Does not change the document. */
enum proof_reading proof_read(struct arena *arena, const json_t *document, int64_t now_us, struct proof_claim *ret_claim,
	const char **ret_reason) MUST_CHECK;

enum proof_verdict {
	PROOF_REFUSED,
	PROOF_ACCEPTED,
};

enum proof_verdict proof_verify(const struct proof_claim *claim, const struct public_key *key) MUST_CHECK;

/* Makes the proof of a document that has none, to be set as its "proof"; the document stays as it is. The caller owns
 * *ret_proof (json_decref). verification_method is the id of an Ed25519 key of ours. ERROR_CRYPTO; ERROR_INTERNAL for a
 * document without canonical form. */
enum error proof_make(struct arena *arena, const json_t *document, const struct signing_key *key,
	struct str verification_method, int64_t now_us, json_t **ret_proof) MUST_CHECK;

#endif
