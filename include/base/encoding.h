/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bytes as text: base64 (RFC 4648, 4) for digests, signatures and PEM, base58btc for Multikeys and proofs.
 * Decoders are bounded by what the caller has room for and accept no foreign characters. */
#ifndef COMPTOIR_BASE_ENCODING_H
#define COMPTOIR_BASE_ENCODING_H

#include "base/arena.h"

/* With padding. */
struct str base64_encode(struct arena *arena, struct str bytes) MUST_CHECK;

/* Padding may be left out whole but not in part, as RFC 8941 4.2.7 asks of byte sequences; bits behind the last
 * byte are ignored. False for white space, other characters and impossible lengths. */
bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes) MUST_CHECK;

/* RFC 4648, 5: '-' and '_', without padding; the decoder takes the padding too, and the plain alphabet as well, since
 * clients mix them up. */
struct str base64url_encode(struct arena *arena, struct str bytes) MUST_CHECK;
bool base64url_decode(struct arena *arena, struct str text, struct str *ret_bytes) MUST_CHECK;

/* By long division, so quadratic: for short values only. */
struct str base58btc_encode(struct arena *arena, struct str bytes) MUST_CHECK;

/* Exactly wanted_len bytes (at most BASE58BTC_MAX_BYTES) into ret_bytes; false for any other length and for
 * characters outside the alphabet, with ret_bytes undefined. */
#define BASE58BTC_MAX_BYTES 128
bool base58btc_decode(struct str text, size_t wanted_len, unsigned char *ret_bytes) MUST_CHECK;

#endif
