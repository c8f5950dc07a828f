/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * RFC 9421: what is read and what is refused before any key is known (CHECKLIST B3, B10), the verdict on real
 * signatures, and Accept-Signature. */
#include "signature_support.h"

#include "federation/signature_parts.h"

#define DIGEST_LINE "Content-Digest: sha-256=:" BODY_SHA256 ":\r\n"
#define I(text) "Signature-Input: " text "\r\n"
#define SIGNED "Signature: sig1=:c2ln:\r\n"
#define USUAL "(\"@method\" \"@target-uri\" \"content-digest\")"
#define PARAMETERS ";created=1795359600;keyid=\"" KEY_ID "\""

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

static void a_post_must_cover_method_target_and_digest(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ I("sig1=" USUAL PARAMETERS), "claimed" },
		{ I("sig1=(\"content-digest\" \"@target-uri\" \"@method\" \"date\" \"@authority\")" PARAMETERS), "claimed" },
		{ I("sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\")" PARAMETERS), "claimed" },
		{ I("sig1=(\"@target-uri\" \"content-digest\")" PARAMETERS), "method_not_covered" },
		{ I("sig1=(\"@method\" \"content-digest\")" PARAMETERS), "target_not_covered" },
		{ I("sig1=(\"@method\" \"@authority\" \"@path\" \"content-digest\")" PARAMETERS), "target_not_covered" },
		{ I("sig1=(\"@method\" \"@authority\" \"@query\" \"content-digest\")" PARAMETERS), "target_not_covered" },
		{ I("sig1=(\"@method\" \"@path\" \"@query\" \"host\" \"content-digest\")" PARAMETERS), "target_not_covered" },
		{ I("sig1=(\"@method\" \"@target-uri\")" PARAMETERS), "digest_not_covered" },
		{ I("sig1=()" PARAMETERS), "method_not_covered" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE SIGNED, cases);
	static const struct read_case get[] = {
		{ I("sig1=(\"@method\" \"@target-uri\")" PARAMETERS), "claimed" },
		{ I("sig1=(\"@method\")" PARAMETERS), "target_not_covered" },
	};
	CHECK_READS("GET /users/a?b", NULL, SIGNED, get);
}

static void the_digest_must_be_that_of_the_body(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ DIGEST_LINE, "claimed" },
		{ "Content-Digest: sha-256=:" EMPTY_SHA256 ":\r\n", "digest_wrong" },
		{ DIGEST_LINE "Content-Digest: sha-512=:" BODY_SHA256 ":\r\n", "digest_wrong" },
		{ DIGEST_LINE "Digest: SHA-256=" EMPTY_SHA256 "\r\n", "digest_wrong" },
		{ "Content-Digest: sha-512=:" BODY_SHA512 ":\r\n", "digest_unknown" },
		{ "Digest: SHA-256=" BODY_SHA256 "\r\n", "component_unsupported" },
	};
	CHECK_READS("POST /inbox", BODY, I("sig1=" USUAL PARAMETERS) SIGNED, cases);
}

static void created_and_expires_have_their_windows(void **state)
{
	(void)state;
#define TIMES(text) I("sig1=" USUAL text ";keyid=\"" KEY_ID "\"")
	static const struct read_case cases[] = {
		{ TIMES(";created=1795356000"), "claimed" },
		{ TIMES(";created=1795355999"), "too_old" },
		{ TIMES(";created=1795363200"), "claimed" },
		{ TIMES(";created=1795363201"), "created_in_future" },
		{ TIMES(""), "created_malformed" },
		{ TIMES(";created"), "created_malformed" },
		{ TIMES(";created=\"1795359600\""), "created_malformed" },
		{ TIMES(";created=1795359600.0"), "created_malformed" },
		{ TIMES(";created=-1"), "created_malformed" },
		{ TIMES(";created=999999999999999"), "created_malformed" },
		{ TIMES(";created=1795359600;expires=1795359600"), "claimed" },
		{ TIMES(";created=1795359500;expires=1795359599"), "expired" },
		{ TIMES(";created=1795359600;expires=1795359599"), "expires_before_created" },
		{ TIMES(";created=1795350000;expires=1795359600"), "claimed" },
		{ TIMES(";created=1795316400;expires=1795999999"), "claimed" },
		{ TIMES(";created=1795316399;expires=1795999999"), "too_old" },
		{ TIMES(";created=1795359600;expires=?1"), "expires_malformed" },
	};
	CHECK_READS("POST /inbox", BODY, DIGEST_LINE SIGNED, cases);
}

static void components_that_we_cannot_rebuild_are_refused(void **state)
{
	(void)state;
#define MORE(text) I("sig1=(\"@method\" \"@target-uri\" \"content-digest\" " text ")" PARAMETERS)
	static const struct read_case cases[] = {
		{ MORE("\"date\""), "claimed" },
		{ MORE("\"date\";req"), "component_unsupported" },
		{ MORE("\"date\";bs"), "component_unsupported" },
		{ MORE("\"date\";sf"), "component_unsupported" },
		{ MORE("\"content-type\";key=\"a\""), "component_unsupported" },
		{ MORE("\"date\";tr"), "component_unsupported" },
		{ MORE("\"@query-param\";name=\"a\""), "component_unsupported" },
		{ MORE("\"@query-param\""), "component_unsupported" },
		{ MORE("\"@status\""), "component_unsupported" },
		{ MORE("\"@signature-params\""), "component_unsupported" },
		{ MORE("\"@request-target\""), "component_unsupported" },
		{ MORE("\"@\""), "component_unsupported" },
		{ MORE("\"\""), "component_unsupported" },
		{ MORE("\"Date\""), "component_unsupported" },
		{ MORE("\"x-absent\""), "component_unsupported" },
		{ MORE("\"date\" \"date\""), "component_unsupported" },
		{ MORE("\"@method\""), "component_unsupported" },
		{ MORE("date"), "component_unsupported" },
		{ MORE("1"), "component_unsupported" },
		{ MORE("\"date:\""), "component_unsupported" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE SIGNED, cases);
}

static void parameters_are_judged(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ I("sig1=" USUAL PARAMETERS ";nonce=\"n\";tag=\"t\";other"), "claimed" },
		{ I("sig1=" USUAL PARAMETERS ";alg=\"rsa-v1_5-sha256\""), "claimed" },
		{ I("sig1=" USUAL PARAMETERS ";alg=\"ed25519\""), "claimed" },
		{ I("sig1=" USUAL PARAMETERS ";alg=\"none\""), "algorithm_unknown" },
		{ I("sig1=" USUAL PARAMETERS ";alg=\"hmac-sha256\""), "algorithm_unknown" },
		{ I("sig1=" USUAL PARAMETERS ";alg=\"rsa-pss-sha512\""), "algorithm_unknown" },
		{ I("sig1=" USUAL PARAMETERS ";alg=ed25519"), "algorithm_malformed" },
		{ I("sig1=" USUAL PARAMETERS ";created=1795359600"), "malformed" },
		{ I("sig1=" USUAL ";created=1795359600"), "key_id_bad" },
		{ I("sig1=" USUAL ";created=1795359600;keyid=abc"), "key_id_bad" },
		{ I("sig1=" USUAL ";created=1795359600;keyid=\"\""), "key_id_bad" },
		{ I("sig1=" USUAL ";created=1795359600;keyid=\"https://user@peer.test/\""), "key_id_bad" },
		{ I("sig1=" USUAL ";created=1795359600;keyid=\"file:///a\""), "key_id_bad" },
	};
	CHECK_READS("POST /inbox", BODY, DIGEST_LINE SIGNED, cases);
}

#define GOOD "=" USUAL PARAMETERS
#define BAD "=(\"@method\")" PARAMETERS

static void labels_are_matched_and_the_first_good_one_counts(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ I("sig1" GOOD) "Signature: sig1=:c2ln:\r\n", "claimed" },
		{ I("a" BAD ", b" GOOD) "Signature: a=:c2ln:, b=:c2ln:\r\n", "claimed" },
		{ I("a" BAD) I("b" GOOD) "Signature: a=:c2ln:\r\nSignature: b=:c2ln:\r\n", "claimed" },
		{ I("a" BAD ", b" GOOD) "Signature: b=:c2ln:, c=:c2ln:\r\n", "claimed" },
		{ I("a" BAD ", b" BAD) "Signature: a=:c2ln:, b=:c2ln:\r\n", "target_not_covered" },
		{ I("a" BAD ", b" BAD ", c" BAD ", d" BAD ", e" GOOD) "Signature: e=:c2ln:\r\n", "label_malformed" },
		{ I("sig1" GOOD) "Signature: sig2=:c2ln:\r\n", "label_malformed" },
		{ I("sig1" GOOD) "Signature: sig1=\"c2ln\"\r\n", "label_malformed" },
		{ I("sig1" GOOD) "Signature: sig1=(:c2ln:)\r\n", "label_malformed" },
		{ I("sig1" GOOD) "Signature: sig1=::\r\n", "signature_length" },
		{ I("sig1=\"x\"") "Signature: sig1=:c2ln:\r\n", "label_malformed" },
		{ I("sig1" GOOD ", sig1" GOOD) "Signature: sig1=:c2ln:\r\n", "malformed" },
		{ I("sig1" GOOD) "Signature: sig1=:c2ln:, sig1=:c2ln:\r\n", "malformed" },
		{ I("sig1" GOOD) I("sig1" GOOD) "Signature: sig1=:c2ln:\r\n", "malformed" },
		{ I("sig1" GOOD), "label_malformed" },
		{ I(""), "label_absent" },
		{ I("sig1=(\"@method\"") "Signature: sig1=:c2ln:\r\n", "malformed" },
		{ I("Sig1" GOOD) "Signature: sig1=:c2ln:\r\n", "malformed" },
	};
	CHECK_READS("POST /inbox", BODY, DIGEST_LINE, cases);
}

static void a_draft_signature_beside_it_does_not_count(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ I("sig1" BAD) "Signature: keyId=\"" KEY_ID "\",headers=\"(request-target) host date digest\",signature=\"c2ln\"\r\n",
			"malformed" },
		{ "Signature: keyId=\"" KEY_ID "\",headers=\"(request-target) host date digest\",signature=\"c2ln\"\r\n", "claimed" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE "Digest: SHA-256=" BODY_SHA256 "\r\n", cases);
}

static void long_fields_are_bounded(void **state)
{
	(void)state;
	static const size_t sizes[] = { 7000, 9000 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		AUTO(buf) struct buf lines = { 0 };
		struct signature_claim claim;
		buf_add_c_string(&lines, DIGEST_LINE SIGNED "Signature-Input: sig1" GOOD ";nonce=\"");
		for (size_t j = 0; j < sizes[i]; j++)
			buf_add_char(&lines, 'x');
		buf_add(&lines, "\"\r\n", 4);
		const char *reason = read_reason(arena, make_request(arena, "POST /inbox", lines.data, BODY), NOW_US, &claim);
		assert_string_equal(reason, sizes[i] < 8192 ? "claimed" : "header_too_long");
	}
}

/* The largest request that the reader lets through, with four labels that each cover nearly all of it. */
static void reading_takes_no_more_memory_than_promised(void **state)
{
	(void)state;
	AUTO(arena) struct arena *requests = arena_new(ARENA_BYTES);
	AUTO(arena) struct arena *arena = arena_new((size_t)512 * 1024);
	AUTO(buf) struct buf lines = { 0 };
	struct signature_claim claim;
	for (unsigned i = 0; i < 80; i++)
		buf_add_printf(&lines, "h%u: %0*d\r\n", i % 40, 280, 1);
	buf_add_c_string(&lines, "Signature: a=:c2ln:, b=:c2ln:, c=:c2ln:, d=:c2ln:\r\nSignature-Input: ");
	for (unsigned label = 0; label < 4; label++) {
		buf_add_printf(&lines, "%s%c=(", label ? ", " : "", 'a' + (int)label);
		for (unsigned i = 0; i < 40; i++)
			buf_add_printf(&lines, "\"h%u\" ", i);
		buf_add_c_string(&lines, "\"@method\" \"@target-uri\")" PARAMETERS);
	}
	buf_add(&lines, "\r\n", 3);
	struct http_request *request = make_request(requests, "POST /inbox", lines.data, BODY);
	assert_string_equal(read_reason(arena, request, NOW_US, &claim), "digest_not_covered");
}

static void components_are_written_as_the_rfc_says(void **state)
{
	(void)state;
	static const struct {
		const char *request;
		const char *host;
		const char *scheme;
		const char *component;
		const char *value;
	} cases[] = {
		{ "POST /path?param=value", "www.Example.com", "https", "@method", "POST" },
		{ "POST /path?param=value", "www.Example.com", "https", "@target-uri", "https://www.example.com/path?param=value" },
		{ "GET /path?param=value", "www.example.com:443", "https", "@target-uri", "https://www.example.com/path?param=value" },
		{ "GET /", "www.example.com:80", "http", "@target-uri", "http://www.example.com/" },
		{ "GET /", "www.example.com:80", "https", "@target-uri", "https://www.example.com:80/" },
		{ "GET /", "www.example.com:8443", "https", "@authority", "www.example.com:8443" },
		{ "GET /", "www.example.com:443", "https", "@authority", "www.example.com" },
		{ "GET /path?param=value", "a.test", "https", "@path", "/path" },
		{ "GET /a%2Db", "a.test", "https", "@path", "/a%2Db" },
		{ "GET /path?param=value&foo=bar&baz=bat%2Dman", "a.test", "https", "@query", "?param=value&foo=bar&baz=bat%2Dman" },
		{ "GET /path?queryString", "a.test", "https", "@query", "?queryString" },
		{ "GET /path?", "a.test", "https", "@query", "?" },
		{ "GET /path", "a.test", "https", "@query", "?" },
		{ "GET http://a.test/path", "a.test", "https", "@target-uri", "https://a.test/path" },
		{ "GET /", "a.test", "https", "x-lines", "a, b" },
		{ "GET /", "a.test", "https", "x-empty", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		struct structured_item item = { .value = { .kind = STRUCTURED_STRING, .text = str_from(cases[i].component) } };
		struct structured_member list = { .is_list = true, .items = &item, .item_count = 1 };
		struct str text = arena_printf(arena, "%s HTTP/1.1\r\nHost: %s\r\nX-Lines:  a \r\nX-Empty: \r\nX-LINES: b\r\n\r\n",
			cases[i].request, cases[i].host);
		struct str wanted = arena_printf(arena, "\"%s\": %s\n\"@signature-params\": (\"%s\")", cases[i].component,
			cases[i].value, cases[i].component);
		struct str base;
		unsigned covered;
		assert_true(signature_rfc9421_base(arena, read_request(arena, text), str_from(cases[i].scheme), &list, &base,
			&covered));
		assert_string_equal(arena_c_string(arena, base), arena_c_string(arena, wanted));
	}
}

static void what_we_sign_is_accepted_by_the_same_kind_of_key(void **state)
{
	(void)state;
	const struct {
		const struct signing_key *key;
		const struct public_key *good;
		const struct public_key *other;
	} cases[] = {
		{ keys.rsa_private, keys.rsa_public, keys.ed25519_public },
		{ keys.ed25519_private, keys.ed25519_public, keys.rsa_public },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		unsigned char digest[DIGEST_BYTES];
		struct signature_headers headers;
		struct signature_claim claim;
		struct url url;
		digest_compute(STR_LITERAL(BODY), digest);
		assert_true(url_parse(arena, STR_LITERAL("https://our.test/inbox?a=b"), &url));
		struct signature_outbound outbound = { HTTP_POST, &url, digest, STR(KEY_ID), NOW_US };
		assert_int_equal(signature_sign_rfc9421(arena, &outbound, cases[i].key, &headers), ERROR_NONE);
		assert_int_equal(headers.count, 4);
		struct http_request *request = deliver(arena, "POST /inbox?a=b", &headers, BODY);
		assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
		assert_int_equal(claim.scheme, SIGNATURE_RFC9421);
		assert_true(str_eq(claim.label, STR_LITERAL("sig1")) && str_eq(claim.key_id, STR_LITERAL(KEY_ID)));
		assert_int_equal(signature_verify(&claim, cases[i].good), SIGNATURE_ACCEPTED);
		assert_int_equal(signature_verify(&claim, cases[i].other), SIGNATURE_REFUSED);
		request = deliver(arena, "POST /inbox", &headers, BODY);
		assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
		assert_int_equal(signature_verify(&claim, cases[i].good), SIGNATURE_WRONG_KEY);

		outbound.method = HTTP_GET;
		outbound.body_digest = NULL;
		assert_int_equal(signature_sign_rfc9421(arena, &outbound, cases[i].key, &headers), ERROR_NONE);
		request = deliver(arena, "GET /inbox?a=b", &headers, NULL);
		assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
		assert_null(claim.base_without_query.data);
		assert_int_equal(signature_verify(&claim, cases[i].good), SIGNATURE_ACCEPTED);
	}
}

static void accept_signature_is_answered_where_we_can(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	static const struct {
		const char *value;
		bool with_body;
		bool without_body;
	} cases[] = {
		{ "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid", true, false },
		{ "sig1=(\"@method\" \"@target-uri\");created;keyid", true, true },
		{ "a=(\"x-other\"), b=(\"@method\");alg=\"rsa-v1_5-sha256\"", true, true },
		{ "sig1=(\"@method\";req)", false, false },
		{ "sig1=(\"@method\" \"@authority\")", false, false },
		{ "sig1=(\"@method\");nonce=\"n\"", false, false },
		{ "sig1=(\"@method\");expires", false, false },
		{ "sig1=(\"@method\");tag=\"t\"", false, false },
		{ "sig1=(1)", false, false },
		{ "sig1", false, false },
		{ "", false, false },
		{ "sig1=(", false, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str value = str_from(cases[i].value);
		if (signature_is_acceptable(arena, value, true) != cases[i].with_body ||
			signature_is_acceptable(arena, value, false) != cases[i].without_body)
			fail_msg("%s", cases[i].value);
	}
	assert_true(signature_is_acceptable(arena, signature_accept_header(HTTP_POST), true));
	assert_false(signature_is_acceptable(arena, signature_accept_header(HTTP_POST), false));
	assert_true(signature_is_acceptable(arena, signature_accept_header(HTTP_GET), false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_must_cover_method_target_and_digest),
		cmocka_unit_test(the_digest_must_be_that_of_the_body),
		cmocka_unit_test(created_and_expires_have_their_windows),
		cmocka_unit_test(components_that_we_cannot_rebuild_are_refused),
		cmocka_unit_test(parameters_are_judged),
		cmocka_unit_test(labels_are_matched_and_the_first_good_one_counts),
		cmocka_unit_test(a_draft_signature_beside_it_does_not_count),
		cmocka_unit_test(long_fields_are_bounded),
		cmocka_unit_test(reading_takes_no_more_memory_than_promised),
		cmocka_unit_test(components_are_written_as_the_rfc_says),
		cmocka_unit_test(what_we_sign_is_accepted_by_the_same_kind_of_key),
		cmocka_unit_test(accept_signature_is_answered_where_we_can),
	};
	return cmocka_run_group_tests(tests, make_keys, clear_keys);
}
