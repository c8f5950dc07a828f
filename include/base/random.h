/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Randomness from OpenSSL; a generator that fails ends the process. */
#ifndef COMPTOIR_BASE_RANDOM_H
#define COMPTOIR_BASE_RANDOM_H

#include "base/arena.h"

void random_bytes(void *ret_bytes, size_t size_bytes);
uint64_t random_uint64(void);

/* Uniform in [0, bound); bound must not be 0. */
uint64_t random_below(uint64_t bound);

/* size_bytes random bytes as base64url without padding (RFC 4648, 5): tokens, codes, media names. */
struct str random_token(struct arena *arena, size_t size_bytes) MUST_CHECK;

/* A random UUID in lower case (RFC 9562, version 4), from libuuid. */
struct str random_uuid(struct arena *arena) MUST_CHECK;

#endif
