/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the two schemes of signatures share, and their signature bases, open to unit tests that hold them against
 * published vectors. */
#ifndef COMPTOIR_FEDERATION_SIGNATURE_PARTS_H
#define COMPTOIR_FEDERATION_SIGNATURE_PARTS_H

#include "federation/signature.h"
#include "federation/structured_fields.h"

#define SIGNATURE_MAX_FIELD_BYTES 8192 /* Signature and Signature-Input, all lines together */
#define SIGNATURE_MAX_COMPONENTS 64
#define SIGNATURE_MAX_BYTES 1024       /* RSA of 8,192 bits */

struct signature_input {
	struct arena *arena;
	const struct http_request *request;
	const struct signature_policy *policy;
	int64_t now_us;
};

/* NULL, or the static reason why the claim is unusable. */
const char *signature_read_cavage(const struct signature_input *input, struct signature_claim *ret_claim) MUST_CHECK;
const char *signature_read_rfc9421(const struct signature_input *input, struct signature_claim *ret_claim) MUST_CHECK;

/* The checks that both schemes make of a claim whose times, key id and covered components are known. */
const char *signature_judge_claim(const struct signature_input *input, const struct signature_claim *claim) MUST_CHECK;

/* Whether a request must come with a digest that is signed. */
bool signature_needs_digest(const struct http_request *request);

/* Seconds since 1970 to microseconds; false outside 1970-9999. */
bool signature_time_from_seconds(int64_t seconds, int64_t *ret_time_us) MUST_CHECK;

/* The signing string of draft-cavage-12 2.3. Names in lower case; target is what (request-target) names behind the
 * method; created and expires are as written. False when a listed header is absent. */
struct cavage_parameters {
	struct str key_id;
	struct str algorithm;
	struct str headers;
	struct str signature;
	struct str created;
	struct str expires;
};
bool signature_cavage_base(struct arena *arena, const struct http_request *request,
	const struct cavage_parameters *parameters, struct str target, struct str *ret_base) MUST_CHECK;

/* The signature base of RFC 9421 2.5, and the bits of what it covers. False for components that are absent, repeated,
 * unknown or carry parameters. */
bool signature_rfc9421_base(struct arena *arena, const struct http_request *request, struct str scheme,
	const struct structured_member *list, struct str *ret_base, unsigned *ret_covered) MUST_CHECK;

/* What is to be sent as a request, so that the same functions make its base; extra is one more header beside Host and
 * Date, or has no name. Lives as long as the arena. */
const struct http_request *signature_outbound_request(struct arena *arena, const struct signature_outbound *outbound,
	struct http_header extra) MUST_CHECK;

#endif
