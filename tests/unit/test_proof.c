/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Integrity proofs: made, read back, and refused when anything in the document or in the proof changes. */
#include "federation/proof.h"

#include "federation/keys.h"

#include "base/encoding.h"
#include "base/json_canonical.h"
#include "base/json_in.h"

#include "signature_support.h"

#define METHOD "https://our.test/users/a#ed25519-key"
#define DOCUMENT \
	"{\"@context\":[\"https://www.w3.org/ns/activitystreams\",{\"a\":\"b\"}],\"id\":\"https://our.test/1\"," \
	"\"type\":\"Create\",\"object\":{\"content\":\"caf\u00e9\",\"n\":[1,2.5,null,true]}}"

static struct test_keys keys;

static int make_keys(void **state)
{
	(void)state;
	test_keys_make(&keys);
	return 0;
}

static int clear_keys(void **state)
{
	(void)state;
	test_keys_clear(&keys);
	return 0;
}

static json_t *parse(const char *text)
{
	json_t *value;
	assert_int_equal(json_in_parse(str_from(text), NULL, &value), ERROR_NONE);
	return value;
}

static json_t *signed_document(struct arena *arena, const char *text)
{
	json_t *document = parse(text);
	json_t *proof;
	assert_int_equal(proof_make(arena, document, keys.ed25519_private, STR_LITERAL(METHOD), NOW_US, &proof), ERROR_NONE);
	json_object_set_new(document, "proof", proof);
	return document;
}

static const char *verdict_of(struct arena *arena, const json_t *document)
{
	struct proof_claim claim;
	const char *reason = NULL;
	switch (proof_read(arena, document, NOW_US, &claim, &reason)) {
	case PROOF_ABSENT:
		return "absent";
	case PROOF_UNUSABLE:
		assert_non_null(reason);
		return reason;
	case PROOF_CLAIMED:
		break;
	}
	assert_true(str_starts_with(claim.verification_method, STR_LITERAL("https://")));
	assert_int_equal(proof_verify(&claim, keys.rsa_public), PROOF_REFUSED);
	return proof_verify(&claim, keys.ed25519_public) == PROOF_ACCEPTED ? "accepted" : "refused";
}

static void a_proof_that_we_make_is_accepted(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	static const char *const documents[] = { DOCUMENT, "{}", "{\"@context\":\"https://www.w3.org/ns/activitystreams\"}" };
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		json_t *document = signed_document(arena, documents[i]);
		const json_t *proof = json_object_get(document, "proof");
		assert_string_equal(json_string_value(json_object_get(proof, "created")), "2026-11-22T15:00:00Z");
		assert_string_equal(verdict_of(arena, document), "accepted");
		char *text = json_dumps(document, JSON_INDENT(2));
		json_t *again = parse(text);
		assert_string_equal(verdict_of(arena, again), "accepted");
		json_decref(again);
		json_decref(document);
		memory_free(text);
	}
}

static void any_change_is_noticed(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	static const struct {
		bool in_proof;
		const char *key;
		const char *value; /* JSON, or NULL to remove it */
		const char *verdict;
	} cases[] = {
		{ false, "id", "\"https://our.test/1\"", "accepted" },
		{ false, "id", "\"https://our.test/2\"", "refused" },
		{ false, "object", NULL, "refused" },
		{ false, "object", "{\"content\":\"caf\u00e9\",\"n\":[1,2.5,null,1]}", "refused" },
		{ false, "extra", "1", "refused" },
		{ false, "@context", "[\"https://www.w3.org/ns/activitystreams\"]", "context_differs" },
		{ false, "@context", "[{\"a\":\"b\"},\"https://www.w3.org/ns/activitystreams\"]", "context_differs" },
		{ false, "@context", "[\"https://www.w3.org/ns/activitystreams\",{\"a\":\"b\"},\"https://more.test\"]", "accepted" },
		{ false, "@context", NULL, "context_differs" },
		{ true, "@context", NULL, "accepted" }, /* inherited from the document */
		{ true, "@context", "\"https://www.w3.org/ns/activitystreams\"", "refused" },
		{ true, "@context", "[]", "refused" },
		{ true, "type", "\"Ed25519Signature2020\"", "type_unknown" },
		{ true, "cryptosuite", "\"eddsa-rdfc-2022\"", "suite_unknown" },
		{ true, "cryptosuite", NULL, "suite_unknown" },
		{ true, "proofPurpose", "\"authentication\"", "purpose_unknown" },
		{ true, "verificationMethod", "\"https://our.test/users/b#ed25519-key\"", "refused" },
		{ true, "verificationMethod", "\"did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\"", "method_bad" },
		{ true, "verificationMethod", "\"file:///a\"", "method_bad" },
		{ true, "verificationMethod", "{\"id\":\"https://our.test/\"}", "method_bad" },
		{ true, "verificationMethod", NULL, "method_bad" },
		{ true, "created", "\"2026-11-22T15:00:01Z\"", "refused" },
		{ true, "created", NULL, "refused" },
		{ true, "created", "\"2026-11-22T16:00:01Z\"", "created_in_future" },
		{ true, "created", "\"yesterday\"", "time_malformed" },
		{ true, "created", "1", "time_malformed" },
		{ true, "expires", "\"2026-11-22T14:59:59Z\"", "expired" },
		{ true, "expires", "\"2026-11-22T15:00:01Z\"", "refused" },
		{ true, "expires", "null", "time_malformed" },
		{ true, "domain", "\"x\"", "refused" },
		{ true, "proofValue", NULL, "value_malformed" },
		{ true, "proofValue", "\"\"", "value_malformed" },
		{ true, "proofValue", "\"z\"", "value_malformed" },
		{ true, "proofValue", "\"z2nn0\"", "value_malformed" },
		{ true, "proofValue", "\"m2nn\"", "value_malformed" },
		{ true, "proofValue", "\"z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL\"",
			"refused" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *document = signed_document(arena, DOCUMENT);
		json_t *target = cases[i].in_proof ? json_object_get(document, "proof") : document;
		if (cases[i].value)
			json_object_set_new(target, cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		else
			json_object_del(target, cases[i].key);
		const char *verdict = verdict_of(arena, document);
		if (strcmp(verdict, cases[i].verdict) != 0)
			fail_msg("case %zu, %s: %s, not %s", i, cases[i].key, verdict, cases[i].verdict);
		json_decref(document);
	}
}

static void the_first_usable_of_several_proofs_counts(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	json_t *document = signed_document(arena, DOCUMENT);
	json_t *proof = json_incref(json_object_get(document, "proof"));
	json_t *proofs = json_array();
	json_object_set_new(document, "proof", proofs);
	assert_string_equal(verdict_of(arena, document), "empty");
	json_array_append_new(proofs, json_string("x"));
	assert_string_equal(verdict_of(arena, document), "type_unknown");
	json_array_append(proofs, proof);
	assert_string_equal(verdict_of(arena, document), "accepted");
	for (unsigned i = 0; i < 8; i++)
		json_array_insert_new(proofs, 0, json_null());
	assert_string_equal(verdict_of(arena, document), "type_unknown");
	json_object_del(document, "proof");
	assert_string_equal(verdict_of(arena, document), "absent");
	json_decref(proof);
	json_decref(document);
}

static void a_document_without_canonical_form_has_no_proof(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	json_t *document = json_object();
	json_t *inner = document;
	json_t *proof = NULL;
	for (unsigned i = 0; i < JSON_CANONICAL_MAX_DEPTH; i++) {
		json_object_set_new(inner, "a", json_object());
		inner = json_object_get(inner, "a");
	}
	assert_int_equal(proof_make(arena, document, keys.ed25519_private, STR_LITERAL(METHOD), NOW_US, &proof), ERROR_INTERNAL);
	json_decref(document);
	document = signed_document(arena, "{}");
	inner = document;
	for (unsigned i = 0; i < JSON_CANONICAL_MAX_DEPTH; i++) {
		json_object_set_new(inner, "a", json_object());
		inner = json_object_get(inner, "a");
	}
	assert_string_equal(verdict_of(arena, document), "not_canonical");
	json_decref(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_that_we_make_is_accepted),
		cmocka_unit_test(any_change_is_noticed),
		cmocka_unit_test(the_first_usable_of_several_proofs_counts),
		cmocka_unit_test(a_document_without_canonical_form_has_no_proof),
	};
	return cmocka_run_group_tests(tests, make_keys, clear_keys);
}
