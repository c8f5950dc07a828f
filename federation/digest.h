/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Digests of a body in headers: Digest (RFC 3230, what draft-cavage signs) and Content-Digest (RFC 9530, what RFC
 * 9421 signs). SHA-256 is the one that everyone sends, and must be there; a SHA-512 beside it is checked too;
 * others are ignored. One wrong digest makes the body wrong. */
#ifndef COMPTOIR_FEDERATION_DIGEST_H
#define COMPTOIR_FEDERATION_DIGEST_H

#include "base/http_message.h"

#define DIGEST_BYTES 32

enum digest_verdict {
	DIGEST_WRONG, /* malformed, or not the digest of this body */
	DIGEST_ABSENT,
	DIGEST_UNKNOWN, /* present, but no SHA-256 among them */
	DIGEST_RIGHT,
};

/* Lines of the same name count as one list. Names of algorithms in any case ("sha-256=" as well as "SHA-256="),
 * padding optional. */
enum digest_verdict digest_check(struct arena *arena, const struct http_request *request, struct str body) MUST_CHECK;
enum digest_verdict content_digest_check(struct arena *arena, const struct http_request *request, struct str body)
	MUST_CHECK;

/* SHA-256 of body: what the two functions below take, computed once per activity. */
void digest_compute(struct str body, unsigned char ret_digest[DIGEST_BYTES]);

/* "SHA-256=...", for Digest. */
struct str digest_header(struct arena *arena, const unsigned char digest[DIGEST_BYTES]) MUST_CHECK;

/* "sha-256=:...:", for Content-Digest. */
struct str content_digest_header(struct arena *arena, const unsigned char digest[DIGEST_BYTES]) MUST_CHECK;

#endif
