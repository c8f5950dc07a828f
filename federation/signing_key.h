/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The private half of a local actor's key, parsed once by who sends much, since parsing costs more than an
 * Ed25519 signature. */
#ifndef COMPTOIR_FEDERATION_SIGNING_KEY_H
#define COMPTOIR_FEDERATION_SIGNING_KEY_H

#include "federation/public_key.h"

#include "base/arena.h"
#include "base/error.h"

struct signing_key;

/* PKCS#8, as keys_generate writes it. NULL when it is no RSA key. The caller frees. */
struct signing_key *signing_key_from_rsa_der(struct str der) MUST_CHECK;

/* 32 bytes. NULL when there are not as many. The caller frees. */
struct signing_key *signing_key_from_ed25519(struct str bytes) MUST_CHECK;

void signing_key_free(struct signing_key **key); /* accepts NULL and sets NULL */
void signing_key_auto(struct signing_key **key);

enum public_key_kind signing_key_kind(const struct signing_key *key);

/* The signature that public_key_verify accepts. ERROR_CRYPTO. Any thread, several at a time. An RSA signature of
 * 2,048 bits costs a quarter of a millisecond. */
enum error signing_key_sign(const struct signing_key *key, struct arena *arena, struct str message,
	struct str *ret_signature) MUST_CHECK;

#endif
