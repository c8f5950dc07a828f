/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A remote actor's public key, parsed and judged once, to be kept in caches and shared between threads: RSA of
 * 2,048 to 8,192 bits with an odd exponent from 3 to 32 bits, or Ed25519. Everything else is refused: other
 * kinds (EC, DSA, RSA restricted to PSS), private keys, certificates, text around the block. */
#ifndef COMPTOIR_FEDERATION_PUBLIC_KEY_H
#define COMPTOIR_FEDERATION_PUBLIC_KEY_H

#include "base/str.h"

enum public_key_kind {
	PUBLIC_KEY_RSA,
	PUBLIC_KEY_ED25519,
};

#define PUBLIC_KEY_MAX_PEM_BYTES 4096 /* RSA of 8,192 bits has about 1,500 */
#define ED25519_KEY_BYTES 32
#define ED25519_SIGNATURE_BYTES 64
#define ED25519_MULTIBASE_BYTES 64 /* 48 in truth: what a reader looks at before it decodes */

struct public_key;

/* publicKeyPem: one "PUBLIC KEY" (SPKI) or "RSA PUBLIC KEY" (PKCS#1) block, white space around it allowed. NULL
 * when refused. The caller unrefs. */
struct public_key *public_key_from_pem(struct str pem) MUST_CHECK;

/* publicKeyMultibase of a Multikey (FEP-521a): 'z', base58btc, 0xed 0x01, 32 bytes. NULL when refused. */
struct public_key *public_key_from_multibase(struct str text) MUST_CHECK;

/* 32 bytes. NULL when refused. */
struct public_key *public_key_from_ed25519(struct str bytes) MUST_CHECK;

/* References may be taken and dropped from any thread. unref accepts NULL and sets *key to NULL. */
struct public_key *public_key_ref(struct public_key *key);
void public_key_unref(struct public_key **key);
void public_key_auto(struct public_key **key);

enum public_key_kind public_key_kind(const struct public_key *key);

/* Whether signature is one of message: RSASSA-PKCS1-v1_5 with SHA-256, or pure Ed25519. Any thread. */
bool public_key_verify(const struct public_key *key, struct str message, struct str signature) MUST_CHECK;

#endif
