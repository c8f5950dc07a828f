/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every published vector of tests/golden/signature_vectors.json: the base that we rebuild is theirs byte by byte, the
 * signature on it is good, and what our policy does not accept is refused all the same. */
#include "signature_support.h"

#include "federation/proof.h"
#include "federation/signature_parts.h"

#include "base/encoding.h"
#include "base/json_canonical.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

static json_t *vectors;

static int load_vectors(void **state)
{
	(void)state;
	vectors = read_vectors();
	return 0;
}

static int drop_vectors(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

static struct str text_of(const json_t *object, const char *key)
{
	struct str text = json_in_str(object, key);
	if (text.len == 0)
		fail_msg("no %s", key);
	return text;
}

static const json_t *at(const json_t *value, const char *key)
{
	const json_t *found = json_object_get(value, key);
	if (!found)
		fail_msg("no %s", key);
	return found;
}

/* By OpenSSL alone, for algorithms that we have no use for. PKCS#1 and SPKI in PEM are both read. */
static bool openssl_verifies(struct str pem, const char *algorithm, struct str base, struct str signature)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = str_starts_with(pem, STR_LITERAL("-----BEGIN PUBLIC")) ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_context;
	const EVP_MD *digest = strcmp(algorithm, "rsa-pss-sha512") == 0 ? EVP_sha512() : EVP_sha256();
	unsigned char der[80];
	size_t der_len = 0;
	if (strcmp(algorithm, "ecdsa-p256-sha256") == 0) {
		ECDSA_SIG *pair = ECDSA_SIG_new();
		unsigned char *end = der;
		assert_int_equal(signature.len, 64);
		ECDSA_SIG_set0(pair, BN_bin2bn((const unsigned char *)signature.data, 32, NULL),
			BN_bin2bn((const unsigned char *)signature.data + 32, 32, NULL));
		der_len = (size_t)i2d_ECDSA_SIG(pair, &end);
		ECDSA_SIG_free(pair);
		signature = (struct str){ (const char *)der, der_len };
	}
	assert_non_null(key);
	assert_int_equal(EVP_DigestVerifyInit(context, &key_context, digest, NULL, key), 1);
	if (strcmp(algorithm, "rsa-pss-sha512") == 0) {
		EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, 64);
	}
	bool is_good = EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.len,
			(const unsigned char *)base.data, base.len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return is_good;
}

static bool hmac_verifies(struct arena *arena, struct str secret_text, struct str base, struct str signature)
{
	struct str secret;
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len;
	assert_true(base64_decode(arena, secret_text, &secret));
	HMAC(EVP_sha256(), secret.data, (int)secret.len, (const unsigned char *)base.data, base.len, sum, &len);
	return signature.len == len && memcmp(signature.data, sum, len) == 0;
}

/* The one member of a Signature or Signature-Input. */
static const struct structured_member *only_member(struct arena *arena, struct str text)
{
	static struct structured_dictionary dictionary;
	assert_true(structured_parse_dictionary(arena, text, &dictionary));
	assert_int_equal(dictionary.count, 1);
	return &dictionary.members[0];
}

static bool key_verifies(struct arena *arena, const char *key_name, const char *algorithm, struct str base, struct str signature)
{
	const json_t *key = at(at(at(vectors, "rfc9421"), "keys"), key_name);
	if (strcmp(algorithm, "hmac-sha256") == 0)
		return hmac_verifies(arena, text_of(key, "value"), base, signature);
	AUTO(public_key) struct public_key *parsed = public_key_from_pem(text_of(key, "public_pem"));
	bool is_ours = strcmp(algorithm, "ed25519") == 0;
	if (is_ours)
		return parsed && public_key_verify(parsed, base, signature);
	return openssl_verifies(text_of(key, "public_pem"), algorithm, base, signature);
}

static void bases_of_rfc_9421_are_rebuilt_and_their_signatures_are_good(void **state)
{
	(void)state;
	/* B.2.2 covers a parameter of the query, B.2.4 a response: neither can be rebuilt. */
	static const struct {
		const char *label;
		bool is_rebuilt;
	} cases[] = { { "sig-b21", true }, { "sig-b22", false }, { "sig-b23", true }, { "sig-b24", false }, { "sig-b25", true },
		{ "sig-b26", true } };
	const json_t *rfc = at(vectors, "rfc9421");
	const json_t *tests = at(rfc, "tests");
	assert_int_equal(json_array_size(tests), sizeof(cases) / sizeof(cases[0]));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		const json_t *test = json_array_get(tests, i);
		struct http_request *request = read_request(arena, text_of(at(rfc, "messages"), "test-request"));
		struct structured_member list = *only_member(arena, text_of(test, "signature_input"));
		struct str signature = only_member(arena, text_of(test, "signature"))->items[0].value.text;
		struct str base;
		unsigned covered;
		assert_true(str_eq(list.name, str_from(cases[i].label)));
		bool is_rebuilt = signature_rfc9421_base(arena, request, STR_LITERAL("https"), &list, &base, &covered);
		if (is_rebuilt != cases[i].is_rebuilt)
			fail_msg("%s is %srebuilt", cases[i].label, is_rebuilt ? "" : "not ");
		if (is_rebuilt)
			assert_string_equal(arena_c_string(arena, base), json_string_value(at(test, "signature_base")));
		base = text_of(test, "signature_base");
		if (!key_verifies(arena, json_string_value(at(test, "keyid")), json_string_value(at(test, "alg")), base, signature))
			fail_msg("%s is not good", cases[i].label);
	}
}

/* None covers what an inbox must have covered; their key ids are no URLs. */
static void requests_of_rfc_9421_are_refused_by_policy(void **state)
{
	(void)state;
	static const char *const reasons[] = { "method_not_covered", "component_unsupported", "key_id_bad", "component_unsupported",
		"method_not_covered", "target_not_covered" };
	const json_t *rfc = at(vectors, "rfc9421");
	const json_t *tests = at(rfc, "tests");
	for (size_t i = 0; i < json_array_size(tests); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		const json_t *test = json_array_get(tests, i);
		struct http_request *request = read_request(arena, text_of(at(rfc, "messages"), "test-request"));
		struct http_header *headers = arena_alloc_array(arena, request->header_count + 2, sizeof(*headers));
		struct signature_claim claim;
		memcpy(headers, request->headers, request->header_count * sizeof(*headers));
		headers[request->header_count++] = (struct http_header){ STR("Signature-Input"), text_of(test, "signature_input") };
		headers[request->header_count++] = (struct http_header){ STR("Signature"), text_of(test, "signature") };
		request->headers = headers;
		assert_string_equal(read_reason(arena, request, (int64_t)1618884473 * 1000000, &claim), reasons[i]);
	}
}

/* Section B.4: three changes on the road leave the signature good, two do not. */
static void transformed_messages_keep_or_lose_their_signature(void **state)
{
	(void)state;
	static const bool is_good[] = { true, false /* the base itself */, true, true, true, false, false };
	const json_t *rfc = at(vectors, "rfc9421");
	const json_t *blocks = at(rfc, "transform_blocks");
	AUTO(public_key) struct public_key *key = public_key_from_pem(text_of(at(at(rfc, "keys"), "test-key-ed25519"), "public_pem"));
	assert_int_equal(json_array_size(blocks), sizeof(is_good) / sizeof(is_good[0]));
	for (size_t i = 0; i < sizeof(is_good) / sizeof(is_good[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct str text = str_from(json_string_value(json_array_get(blocks, i)));
		struct str base;
		unsigned covered;
		if (i == 1)
			continue;
		/* The RFC prints only the head. */
		struct http_request *request = read_request(arena, arena_printf(arena, "%.*s\n\n", STR_ARG(text)));
		struct structured_member list = *only_member(arena, http_request_header(request, "Signature-Input"));
		struct str signature = only_member(arena, http_request_header(request, "Signature"))->items[0].value.text;
		assert_true(signature_rfc9421_base(arena, request, STR_LITERAL("https"), &list, &base, &covered));
		if (i == 0)
			assert_string_equal(arena_c_string(arena, base), json_string_value(json_array_get(blocks, 1)));
		if (public_key_verify(key, base, signature) != is_good[i])
			fail_msg("block %zu", i);
	}
}

/* Section B.3: what a proxy signs anew. */
static void the_base_of_a_signing_proxy_is_rebuilt(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	const json_t *blocks = at(at(vectors, "rfc9421"), "tls_proxy_blocks");
	assert_int_equal(json_array_size(blocks), 5);
	struct str wanted = str_from(json_string_value(json_array_get(blocks, 2)));
	struct str bytes;
	struct str base;
	unsigned covered;
	struct http_request *request = read_request(arena, str_from(json_string_value(json_array_get(blocks, 4))));
	struct structured_member list = *only_member(arena, http_request_header(request, "Signature-Input"));
	struct str signature = only_member(arena, http_request_header(request, "Signature"))->items[0].value.text;
	assert_true(signature_rfc9421_base(arena, request, STR_LITERAL("https"), &list, &base, &covered));
	assert_string_equal(arena_c_string(arena, base), arena_c_string(arena, wanted));
	assert_true(base64_decode(arena, str_from(json_string_value(json_array_get(blocks, 3))), &bytes));
	assert_true(str_eq(bytes, signature));
	assert_true(key_verifies(arena, "test-key-ecc-p256", "ecdsa-p256-sha256", base, signature));
	assert_int_equal(covered, SIGNATURE_COVERS_PATH | SIGNATURE_COVERS_QUERY | SIGNATURE_COVERS_METHOD | SIGNATURE_COVERS_AUTHORITY);
	for (size_t i = 0; i < 2; i++)
		read_request(arena, str_from(json_string_value(json_array_get(blocks, i))));
}

static void only_keys_that_we_verify_with_are_taken(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_taken;
	} cases[] = { { "test-key-rsa", true }, { "test-key-ed25519", true }, { "test-key-rsa-pss", true }, { "test-key-ecc-p256", false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const json_t *key = at(at(at(vectors, "rfc9421"), "keys"), cases[i].name);
		AUTO(public_key) struct public_key *from_public = public_key_from_pem(text_of(key, "public_pem"));
		AUTO(public_key) struct public_key *from_private = public_key_from_pem(text_of(key, "private_pem"));
		assert_null(from_private);
		if ((from_public != NULL) != cases[i].is_taken)
			fail_msg("%s", cases[i].name);
	}
}

static void bases_of_draft_cavage_are_rebuilt_and_their_signatures_are_good(void **state)
{
	(void)state;
	const json_t *cavage = at(vectors, "cavage12");
	const json_t *tests = at(cavage, "tests");
	struct str pem = text_of(at(cavage, "key"), "public_pem");
	assert_int_equal(json_array_size(tests), 3);
	for (size_t i = 0; i < json_array_size(tests); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		const json_t *test = json_array_get(tests, i);
		struct http_request *request = read_request(arena, text_of(cavage, "request"));
		struct cavage_parameters parameters = { .headers = text_of(test, "headers") };
		struct str base, signature;
		assert_true(signature_cavage_base(arena, request, &parameters, request->target, &base));
		assert_string_equal(arena_c_string(arena, base), json_string_value(at(test, "signature_base")));
		assert_true(base64_decode(arena, text_of(test, "signature"), &signature));
		assert_true(openssl_verifies(pem, "rsa-sha256", base, signature));
		assert_int_equal(digest_check(arena, request, request->body), DIGEST_RIGHT);
	}
	assert_null(public_key_from_pem(pem)); /* 1,024 bits */
}

static void requests_of_draft_cavage_are_judged_by_policy(void **state)
{
	(void)state;
	static const char *const reasons[] = { "target_not_covered", "digest_not_covered", "claimed" };
	const json_t *cavage = at(vectors, "cavage12");
	for (size_t i = 0; i < 3; i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		const json_t *test = json_array_get(at(cavage, "tests"), i);
		struct http_request *request = read_request(arena, text_of(cavage, "request"));
		struct http_header *headers = arena_alloc_array(arena, request->header_count + 1, sizeof(*headers));
		struct signature_claim claim;
		memcpy(headers, request->headers, request->header_count * sizeof(*headers));
		struct str value = arena_printf(arena, "keyId=\"https://example.com/Test\",algorithm=\"rsa-sha256\",headers=\"%s\","
			"signature=\"%s\"", json_string_value(at(test, "headers")), json_string_value(at(test, "signature")));
		headers[request->header_count++] = (struct http_header){ STR("Signature"), value };
		request->headers = headers;
		assert_string_equal(read_reason(arena, request, (int64_t)1388957500 * 1000000, &claim), reasons[i]);
		if (i == 2)
			assert_true(openssl_verifies(text_of(at(cavage, "key"), "public_pem"), "rsa-sha256", claim.base, claim.signature));
	}
}

static const char *hex_of(struct arena *arena, const unsigned char *bytes, size_t len)
{
	AUTO(buf) struct buf buf = { 0 };
	for (size_t i = 0; i < len; i++)
		buf_add_printf(&buf, "%02x", bytes[i]);
	return arena_c_string(arena, buf_str(&buf));
}

static void check_canonical(struct arena *arena, const json_t *object, const char *without, const char *wanted, unsigned char *ret_hash)
{
	AUTO(buf) struct buf buf = { 0 };
	json_t *copy = json_copy((json_t *)(uintptr_t)object);
	json_object_del(copy, without);
	assert_true(json_canonical_write(copy, &buf));
	assert_string_equal(arena_c_string(arena, buf_str(&buf)), wanted);
	SHA256((const unsigned char *)buf.data, buf.len, ret_hash);
	json_decref(copy);
}

static struct public_key *proof_key(void)
{
	struct public_key *key = public_key_from_multibase(text_of(at(at(vectors, "fep8b32"), "key"), "publicKeyMultibase"));
	assert_non_null(key);
	return key;
}

static void canonical_forms_and_hashes_of_proofs_are_the_published_ones(void **state)
{
	(void)state;
	const json_t *tests = at(at(vectors, "fep8b32"), "tests");
	AUTO(public_key) struct public_key *key = proof_key();
	assert_int_equal(json_array_size(tests), 2);
	for (size_t i = 0; i < json_array_size(tests); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		const json_t *test = json_array_get(tests, i);
		const json_t *document = at(test, "document");
		const json_t *proof = at(document, "proof");
		unsigned char hash[PROOF_HASH_BYTES];
		unsigned char signature[ED25519_SIGNATURE_BYTES];
		check_canonical(arena, proof, "proofValue", json_string_value(at(test, "jcs_proof_config")), hash);
		check_canonical(arena, document, "proof", json_string_value(at(test, "jcs_document")), hash + 32);
		assert_string_equal(hex_of(arena, hash, sizeof(hash)), json_string_value(at(test, "hash_data_hex")));
		struct str value = text_of(proof, "proofValue");
		assert_true(base58btc_decode(str_slice(value, 1, value.len), sizeof(signature), signature));
		assert_true(public_key_verify(key, (struct str){ (const char *)hash, sizeof(hash) },
			(struct str){ (const char *)signature, sizeof(signature) }));
	}
}

static void the_proof_of_the_fep_is_accepted_and_that_of_a_did_is_not_looked_up(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	const json_t *tests = at(at(vectors, "fep8b32"), "tests");
	AUTO(public_key) struct public_key *key = proof_key();
	struct proof_claim claim;
	const char *reason = NULL;
	const json_t *document = at(json_array_get(tests, 0), "document");
	assert_int_equal(proof_read(arena, document, NOW_US, &claim, &reason), PROOF_CLAIMED);
	assert_true(str_eq(claim.verification_method, STR_LITERAL("https://server.example/users/alice#ed25519-key")));
	assert_string_equal(hex_of(arena, claim.hash, PROOF_HASH_BYTES),
		json_string_value(at(json_array_get(tests, 0), "hash_data_hex")));
	assert_int_equal(proof_verify(&claim, key), PROOF_ACCEPTED);
	document = at(json_array_get(tests, 1), "document");
	assert_int_equal(proof_read(arena, document, NOW_US, &claim, &reason), PROOF_UNUSABLE);
	assert_string_equal(reason, "method_bad");
}

/* Ed25519 has one signature per key and message: ours must be theirs. */
static void we_make_the_proof_of_the_fep(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	const json_t *fep = at(vectors, "fep8b32");
	struct str secret = text_of(at(fep, "key"), "secretKeyMultibase");
	unsigned char bytes[2 + ED25519_KEY_BYTES];
	assert_true(base58btc_decode(str_slice(secret, 1, secret.len), sizeof(bytes), bytes));
	assert_string_equal(hex_of(arena, bytes + 2, ED25519_KEY_BYTES), json_string_value(at(at(fep, "key"), "secret_hex")));
	AUTO(signing_key) struct signing_key *key = signing_key_from_ed25519((struct str){ (const char *)bytes + 2, ED25519_KEY_BYTES });
	json_t *document = json_deep_copy(at(json_array_get(at(fep, "tests"), 0), "document"));
	json_t *wanted = json_incref(json_object_get(document, "proof"));
	json_t *proof;
	json_object_del(document, "proof");
	assert_int_equal(proof_make(arena, document, key, text_of(wanted, "verificationMethod"), (int64_t)1677281798 * 1000000,
		&proof), ERROR_NONE);
	assert_true(json_equal(proof, wanted));
	json_decref(proof);
	json_decref(wanted);
	json_decref(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bases_of_rfc_9421_are_rebuilt_and_their_signatures_are_good),
		cmocka_unit_test(requests_of_rfc_9421_are_refused_by_policy),
		cmocka_unit_test(transformed_messages_keep_or_lose_their_signature),
		cmocka_unit_test(the_base_of_a_signing_proxy_is_rebuilt),
		cmocka_unit_test(only_keys_that_we_verify_with_are_taken),
		cmocka_unit_test(bases_of_draft_cavage_are_rebuilt_and_their_signatures_are_good),
		cmocka_unit_test(requests_of_draft_cavage_are_judged_by_policy),
		cmocka_unit_test(canonical_forms_and_hashes_of_proofs_are_the_published_ones),
		cmocka_unit_test(the_proof_of_the_fep_is_accepted_and_that_of_a_did_is_not_looked_up),
		cmocka_unit_test(we_make_the_proof_of_the_fep),
	};
	return cmocka_run_group_tests(tests, load_vectors, drop_vectors);
}
