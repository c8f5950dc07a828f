/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Key pairs of local actors: RSA-2048 as #main-key for HTTP signatures and Ed25519 as #ed25519-key
 * (FEP-521a). */
#ifndef COMPTOIR_FEDERATION_KEYS_H
#define COMPTOIR_FEDERATION_KEYS_H

#include "base/arena.h"
#include "base/error.h"

struct key_pairs {
	struct str main_public_pem;       /* SPKI */
	struct str main_private_der;      /* PKCS#8; a secret */
	struct str ed25519_public_bytes;  /* 32 */
	struct str ed25519_private_bytes; /* 32; a secret */
};

/* Costs tens of milliseconds (RSA). */
enum error keys_generate(struct arena *arena, struct key_pairs *ret_keys) MUST_CHECK;

/* The context under which a private key of an actor is sealed; kind is "rsa" or "ed25519". */
struct str keys_seal_context(struct arena *arena, int64_t actor_id, const char *kind) MUST_CHECK;

/* publicKeyMultibase of an Ed25519 key: 'z', base58btc of 0xed 0x01 and the 32 bytes. */
struct str keys_ed25519_multibase(struct arena *arena, struct str public_bytes) MUST_CHECK;

#endif
