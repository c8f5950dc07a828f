/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites, 3.3): Ed25519 over SHA-256 of the canonical proof without its
 * value, followed by SHA-256 of the canonical document without its proof. */
#include "federation/proof.h"

#include "base/encoding.h"
#include "base/json_canonical.h"
#include "base/json_in.h"
#include "base/mutant.h"
#include "base/time_format.h"
#include "base/url.h"

#include <openssl/sha.h>

#include <assert.h>
#include <string.h>

#define MAX_PROOFS 8
#define MAX_AHEAD_US ((int64_t)3600 * 1000000)
#define ISO8601_SECONDS_LEN 19 /* 2026-11-22T15:04:05 */

static void json_auto(json_t **value)
{
	json_decref(*value);
}

static bool hash_value(const json_t *value, unsigned char ret_hash[SHA256_DIGEST_LENGTH])
{
	AUTO(buf) struct buf buf = { 0 };
	if (!json_canonical_write(value, &buf))
		return false;
	SHA256((const unsigned char *)buf.data, buf.len, ret_hash);
	return true;
}

/* A copy of the first level: the members are shared with the original, which stays as it is. */
static json_t *copy_object(const json_t *object)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)object);
	if (!copy)
		memory_fatal("json_copy");
	return copy;
}

static void set_member(json_t *object, const char *key, const json_t *value)
{
	if (json_object_set(object, key, (json_t *)(uintptr_t)value) != 0)
		memory_fatal("json_object_set");
}

/* A scalar counts as an array of one. */
static const json_t *element(const json_t *value, size_t index)
{
	if (json_is_array(value))
		return json_array_get(value, index);
	return index == 0 ? value : NULL;
}

/* Whether the document's @context begins with all of the proof's, in order (3.3.2 of the suite): the proof's own
 * is then what was signed. */
static bool begins_with_context(const json_t *document_context, const json_t *proof_context)
{
	size_t count = json_is_array(proof_context) ? json_array_size(proof_context) : 1;
	for (size_t i = 0; i < count; i++) {
		const json_t *own = element(document_context, i);
		if (!own || !json_equal(own, element(proof_context, i)))
			return false;
	}
	return true;
}

static bool hash_both(const json_t *config, const json_t *document, unsigned char ret_hash[PROOF_HASH_BYTES])
{
	return hash_value(config, ret_hash) && hash_value(document, ret_hash + SHA256_DIGEST_LENGTH);
}

static const char *compute_hashes(const json_t *document, const json_t *proof, struct proof_claim *claim)
{
	AUTO(json) json_t *config = copy_object(proof);
	AUTO(json) json_t *unsecured = copy_object(document);
	const json_t *proof_context = json_object_get(proof, "@context");
	const json_t *document_context = json_object_get(document, "@context");
	json_object_del(config, "proofValue");
	json_object_del(unsecured, "proof");
	if (proof_context) {
		if (!begins_with_context(document_context, proof_context) && !MUTANT("proof_context"))
			return "context_differs";
		set_member(unsecured, "@context", proof_context);
	}
	if (!hash_both(config, unsecured, claim->hash))
		return "not_canonical";
	claim->has_inherited = !proof_context && document_context;
	if (claim->has_inherited) {
		set_member(config, "@context", document_context);
		if (!hash_both(config, unsecured, claim->hash_inherited))
			return "not_canonical";
	}
	return NULL;
}

static bool has_text(const json_t *proof, const char *key, struct str wanted)
{
	return str_eq(json_in_str(proof, key), wanted);
}

/* An absent time is -1; false for one that is there and no time. */
static bool read_time(const json_t *proof, const char *key, int64_t *ret_time_us)
{
	*ret_time_us = -1;
	return !json_object_get(proof, key) || time_parse_rfc3339(json_in_str(proof, key), ret_time_us);
}

static const char *judge_times(const json_t *proof, int64_t now_us, struct proof_claim *claim)
{
	int64_t expires_us;
	if (!read_time(proof, "created", &claim->created_us) || !read_time(proof, "expires", &expires_us))
		return "time_malformed";
	if (claim->created_us > now_us + MAX_AHEAD_US && !MUTANT("proof_future"))
		return "created_in_future";
	bool has_expired = json_object_get(proof, "expires") && expires_us < now_us;
	return has_expired && !MUTANT("proof_expires") ? "expired" : NULL;
}

static bool read_signature(const json_t *proof, struct proof_claim *claim)
{
	struct str text = json_in_str(proof, "proofValue");
	return text.len > 1 && text.data[0] == 'z' &&
		base58btc_decode(str_slice(text, 1, text.len), sizeof(claim->signature), claim->signature);
}

static const char *read_proof(struct arena *arena, const json_t *document, const json_t *proof, int64_t now_us,
	struct proof_claim *ret_claim)
{
	struct proof_claim claim = { 0 };
	struct url url;
	if (!json_is_object(proof) || !has_text(proof, "type", STR_LITERAL("DataIntegrityProof")))
		return "type_unknown";
	if (!has_text(proof, "cryptosuite", STR_LITERAL("eddsa-jcs-2022")) && !MUTANT("proof_suite"))
		return "suite_unknown";
	if (!has_text(proof, "proofPurpose", STR_LITERAL("assertionMethod")) && !MUTANT("proof_purpose"))
		return "purpose_unknown";
	claim.verification_method = json_in_str(proof, "verificationMethod");
	if (!url_parse(arena, claim.verification_method, &url) && !MUTANT("proof_method"))
		return "method_bad";
	if (!read_signature(proof, &claim))
		return "value_malformed";
	const char *reason = judge_times(proof, now_us, &claim);
	if (!reason)
		reason = compute_hashes(document, proof, &claim);
	if (!reason)
		*ret_claim = claim;
	return reason;
}

enum proof_reading proof_read(struct arena *arena, const json_t *document, int64_t now_us, struct proof_claim *ret_claim,
	const char **ret_reason)
{
	const json_t *proofs = json_object_get(document, "proof");
	size_t count = json_is_array(proofs) ? json_array_size(proofs) : 1;
	const char *reason = "empty";
	if (!proofs)
		return PROOF_ABSENT;
	for (size_t i = 0; i < count && i < MAX_PROOFS; i++) {
		reason = read_proof(arena, document, element(proofs, i), now_us, ret_claim);
		if (!reason)
			return PROOF_CLAIMED;
	}
	*ret_reason = reason;
	return PROOF_UNUSABLE;
}

enum proof_verdict proof_verify(const struct proof_claim *claim, const struct public_key *key)
{
	struct str signature = { (const char *)claim->signature, sizeof(claim->signature) };
	if (public_key_kind(key) != PUBLIC_KEY_ED25519)
		return PROOF_REFUSED;
	if (public_key_verify(key, (struct str){ (const char *)claim->hash, PROOF_HASH_BYTES }, signature))
		return PROOF_ACCEPTED;
	if (claim->has_inherited &&
		public_key_verify(key, (struct str){ (const char *)claim->hash_inherited, PROOF_HASH_BYTES }, signature))
		return PROOF_ACCEPTED;
	return PROOF_REFUSED;
}

static void set_text(json_t *object, const char *key, struct str text)
{
	if (json_object_set_new(object, key, json_stringn(text.data, text.len)) != 0)
		memory_fatal("json_object_set_new");
}

/* Whole seconds and Z: peers that write the time anew before they hash it (Fedify) then write the same. */
static struct str created_text(struct arena *arena, int64_t now_us)
{
	struct str text = time_iso8601_ms(arena, now_us);
	const struct str parts[] = { str_slice(text, 0, ISO8601_SECONDS_LEN), STR("Z") };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}

enum error proof_make(struct arena *arena, const json_t *document, const struct signing_key *key,
	struct str verification_method, int64_t now_us, json_t **ret_proof)
{
	AUTO(json) json_t *proof = json_object();
	const json_t *context = json_object_get(document, "@context");
	unsigned char hash[PROOF_HASH_BYTES];
	struct str signature;
	assert(signing_key_kind(key) == PUBLIC_KEY_ED25519 && !json_object_get(document, "proof"));
	if (context)
		set_member(proof, "@context", context);
	set_text(proof, "type", STR_LITERAL("DataIntegrityProof"));
	set_text(proof, "cryptosuite", STR_LITERAL("eddsa-jcs-2022"));
	set_text(proof, "verificationMethod", verification_method);
	set_text(proof, "proofPurpose", STR_LITERAL("assertionMethod"));
	set_text(proof, "created", created_text(arena, now_us));
	if (!hash_both(proof, document, hash))
		return ERROR_INTERNAL;
	enum error error = signing_key_sign(key, arena, (struct str){ (const char *)hash, sizeof(hash) }, &signature);
	if (error)
		return error;
	const struct str value[] = { STR("z"), base58btc_encode(arena, signature) };
	set_text(proof, "proofValue", arena_join(arena, value, sizeof(value) / sizeof(value[0])));
	*ret_proof = json_incref(proof);
	return ERROR_NONE;
}
