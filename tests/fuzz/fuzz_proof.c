/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Proofs in outside documents; no key accepts what it did not sign. */
#include "federation/proof.h"

#include "federation/keys.h"

#include "base/json_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct public_key *key;
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct proof_claim claim;
	const char *reason;
	json_t *document = NULL;
	if (!key) {
		struct key_pairs pairs;
		if (keys_generate(arena, &pairs) != ERROR_NONE)
			memory_fatal("keys");
		key = public_key_from_ed25519(pairs.ed25519_public_bytes);
	}
	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &document) != ERROR_NONE)
		return 0;
	if (proof_read(arena, document, (int64_t)1795359600 * 1000000, &claim, &reason) == PROOF_CLAIMED &&
		proof_verify(&claim, key) == PROOF_ACCEPTED)
		memory_fatal("a key accepts what it did not sign");
	json_decref(document);
	return 0;
}
