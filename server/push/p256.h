/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys of the curve P-256, as bytes. */
#ifndef COMPTOIR_SERVER_PUSH_P256_H
#define COMPTOIR_SERVER_PUSH_P256_H

#include "base/arena.h"

#include <openssl/evp.h>

#define P256_PUBLIC_BYTES 65 /* uncompressed */
#define P256_PRIVATE_BYTES 32

/* NULL when the bytes are none. Free with EVP_PKEY_free. */
EVP_PKEY *p256_read_public(struct str bytes) MUST_CHECK;
EVP_PKEY *p256_read_private(struct str bytes) MUST_CHECK;
EVP_PKEY *p256_generate(void) MUST_CHECK;

/* P256_PUBLIC_BYTES and P256_PRIVATE_BYTES. */
struct str p256_public(struct arena *arena, EVP_PKEY *key) MUST_CHECK;
struct str p256_private(struct arena *arena, EVP_PKEY *key) MUST_CHECK;

void p256_auto(EVP_PKEY **key); /* AUTO(p256) EVP_PKEY *key = ...; */

#endif
