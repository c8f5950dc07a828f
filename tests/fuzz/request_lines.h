/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A request from fuzzed header lines, and keys that no input was signed with. */
#ifndef COMPTOIR_TESTS_FUZZ_REQUEST_LINES_H
#define COMPTOIR_TESTS_FUZZ_REQUEST_LINES_H

#include "federation/keys.h"
#include "federation/signature.h"

#define FUZZ_MAX_LINES 100
#define FUZZ_NOW_US ((int64_t)1795359600 * 1000000) /* Sun, 22 Nov 2026 15:00:00 GMT */

/* Lines "name: value"; a first line "GET" makes it a GET without body. Refers to data. */
static inline void request_from_lines(struct arena *arena, struct str data, struct http_request *ret_request)
{
	struct http_request request = { .method = HTTP_POST, .method_text = STR("POST"), .target = STR("/inbox?a=b"),
		.host = STR("our.test"), .body = STR("{\"hello\": \"world\"}"), .has_body = true };
	struct str line;
	request.headers = arena_alloc_array(arena, FUZZ_MAX_LINES + 1, sizeof(*request.headers));
	request.headers[request.header_count++] = (struct http_header){ STR("Host"), STR("our.test") };
	while (request.header_count < FUZZ_MAX_LINES && str_split_next(&data, '\n', &line)) {
		size_t colon = str_index_of(line, ':', 0);
		if (str_eq(line, STR_LITERAL("GET"))) {
			request.method = HTTP_GET;
			request.method_text = STR_LITERAL("GET");
			request.body = (struct str){ 0 };
		}
		request.headers[request.header_count++] = (struct http_header){ str_slice(line, 0, colon),
			str_trim(str_slice(line, colon + 1, line.len)) };
	}
	*ret_request = request;
}

/* Reads the request; what is claimed must be whole, and no key of ours made it. */
static inline void check_signature(struct arena *arena, const struct http_request *request, enum signature_scheme scheme,
	unsigned wanted, unsigned wanted_on_post)
{
	static struct public_key *keys[2];
	struct signature_claim claim;
	const char *reason = NULL;
	struct url url;
	if (!keys[0]) {
		struct key_pairs pairs;
		if (keys_generate(arena, &pairs) != ERROR_NONE)
			memory_fatal("keys");
		keys[0] = public_key_from_pem(pairs.main_public_pem);
		keys[1] = public_key_from_ed25519(pairs.ed25519_public_bytes);
	}
	enum signature_reading reading = signature_read(arena, request, &signature_policy_default, FUZZ_NOW_US, &claim, &reason);
	if (reading == SIGNATURE_UNUSABLE && !reason)
		memory_fatal("no reason");
	if (reading != SIGNATURE_CLAIMED)
		return;
	unsigned needed = wanted | (request->method == HTTP_POST ? wanted_on_post : 0);
	if (claim.scheme == scheme && (claim.covered & needed) != needed)
		memory_fatal("covers too little");
	if (!url_parse(arena, claim.key_id, &url) || claim.signature.len == 0 || claim.base.len == 0)
		memory_fatal("the claim is not whole");
	for (unsigned i = 0; i < 2; i++) {
		if (signature_verify(&claim, keys[i]) == SIGNATURE_ACCEPTED)
			memory_fatal("a key accepts what it did not sign");
	}
}

#endif
