/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * draft-cavage: what is read and what is refused before any key is known (CHECKLIST B1 to B4, B8, B9), and the verdict
 * on real signatures. */
#include "signature_support.h"

#include "federation/signature_parts.h"

#include "base/encoding.h"

#define DIGEST_LINE "Digest: SHA-256=" BODY_SHA256 "\r\n"
#define S(text) "Signature: " text "\r\n"
#define KEY "keyId=\"" KEY_ID "\","
#define ALL "headers=\"(request-target) host date digest\","
#define SIGNED "signature=\"c2ln\""

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

static void a_post_must_cover_target_host_date_and_digest(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ S(KEY ALL SIGNED), "claimed" },
		{ S(KEY "headers=\"digest date host (request-target)\"," SIGNED), "claimed" },
		{ S(KEY "headers=\"(request-target) host date digest content-length\"," SIGNED), "claimed" },
		{ S(KEY "headers=\"host date digest\"," SIGNED), "target_not_covered" },
		{ S(KEY "headers=\"(request-target) date digest\"," SIGNED), "host_not_covered" },
		{ S(KEY "headers=\"(request-target) host digest\"," SIGNED), "date_not_covered" },
		{ S(KEY "headers=\"(request-target) host date\"," SIGNED), "digest_not_covered" },
		{ S(KEY "headers=\"(request-target) host (expires) digest\",expires=1795359601," SIGNED), "date_not_covered" },
		{ S(KEY SIGNED), "malformed" }, /* the draft's default is date alone */
		{ "", "absent" },
		{ "Authorization: Signature " KEY ALL SIGNED "\r\n", "absent" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE, cases);
	CHECK_READS("PUT /inbox", BODY, DATE_LINE DIGEST_LINE, cases);
}

static void a_get_must_cover_target_host_and_date(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ S(KEY "headers=\"(request-target) host date\"," SIGNED), "claimed" },
		{ S(KEY "headers=\"(request-target) date host accept\"," SIGNED), "claimed" },
		{ S(KEY "headers=\"host date\"," SIGNED), "target_not_covered" },
		{ S(KEY "headers=\"(request-target) date\"," SIGNED), "host_not_covered" },
		{ S(KEY "headers=\"(request-target) host\"," SIGNED), "date_not_covered" },
		{ S(KEY ALL SIGNED) "Digest: SHA-256=" EMPTY_SHA256 "\r\n", "claimed" }, /* snac2 */
		{ S(KEY "headers=\"(request-target) host date\"," SIGNED) DIGEST_LINE, "digest_wrong" },
	};
	CHECK_READS("GET /users/a", NULL, DATE_LINE "Accept: */*\r\n", cases);
	static const struct read_case with_body[] = {
		{ S(KEY "headers=\"(request-target) host date\"," SIGNED), "digest_not_covered" },
		{ S(KEY ALL SIGNED) DIGEST_LINE, "claimed" },
	};
	CHECK_READS("GET /users/a", BODY, DATE_LINE, with_body);
}

static void the_digest_must_be_that_of_the_body(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ S(KEY ALL SIGNED) DIGEST_LINE, "claimed" },
		{ S(KEY ALL SIGNED) "Digest: SHA-256=" EMPTY_SHA256 "\r\n", "digest_wrong" },
		{ S(KEY ALL SIGNED) DIGEST_LINE "Digest: SHA-256=" EMPTY_SHA256 "\r\n", "digest_wrong" },
		{ S(KEY ALL SIGNED) DIGEST_LINE "Content-Digest: sha-256=:" EMPTY_SHA256 ":\r\n", "digest_wrong" },
		{ S(KEY ALL SIGNED) DIGEST_LINE "Content-Digest: sha-256=:" BODY_SHA256 ":\r\n", "claimed" },
		{ S(KEY ALL SIGNED) "Digest: SHA-512=" BODY_SHA512 "\r\n", "digest_unknown" },
		{ S(KEY ALL SIGNED) "Digest: nonsense\r\n", "digest_wrong" },
		{ S(KEY ALL SIGNED), "header_absent" },
		{ S(KEY "headers=\"(request-target) host date\"," SIGNED) DIGEST_LINE, "digest_not_covered" },
		{ S(KEY "headers=\"(request-target) host date content-digest\"," SIGNED) "Content-Digest: sha-256=:"
			BODY_SHA256 ":\r\n", "digest_not_covered" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE, cases);
}

static void dates_have_a_window_of_an_hour(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ "Date: Sun, 22 Nov 2026 14:00:00 GMT\r\n", "claimed" },
		{ "Date: Sun, 22 Nov 2026 13:59:59 GMT\r\n", "too_old" },
		{ "Date: Sun, 22 Nov 2026 16:00:00 GMT\r\n", "claimed" },
		{ "Date: Sun, 22 Nov 2026 16:00:01 GMT\r\n", "created_in_future" },
		{ "Date: Sunday, 22-Nov-26 15:00:00 GMT\r\n", "date_malformed" },
		{ "Date: Sun Nov 22 15:00:00 2026\r\n", "date_malformed" },
		{ "Date: Sun, 22 Nov 99999 15:00:00 GMT\r\n", "date_malformed" },
		{ "Date: Fri, 22 Nov 9999 15:00:00 GMT\r\n", "date_malformed" }, /* was a Monday */
		{ "Date: Mon, 22 Nov 9999 15:00:00 GMT\r\n", "created_in_future" },
		{ "Date: now\r\n", "date_malformed" },
		{ "Date:\r\n", "date_malformed" },
		{ DATE_LINE DATE_LINE, "date_malformed" },
		{ "", "header_absent" },
	};
	CHECK_READS("POST /inbox", BODY, DIGEST_LINE S(KEY ALL SIGNED), cases);
}

#define CREATED(parameters) S(KEY "algorithm=\"hs2019\",headers=\"(request-target) host digest (created)\"," parameters SIGNED)
#define EXPIRES(parameters) \
	S(KEY "headers=\"(request-target) host digest (created) (expires)\",algorithm=\"hs2019\"," parameters SIGNED)

static void created_and_expires_have_their_windows(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ CREATED("created=1795359600,"), "claimed" },
		{ CREATED("created=\"1795359600\","), "claimed" },
		{ CREATED("created=1795356000,"), "claimed" },
		{ CREATED("created=1795355999,"), "too_old" },
		{ CREATED("created=1795363200,"), "claimed" },
		{ CREATED("created=1795363201,"), "created_in_future" },
		{ CREATED(""), "header_absent" },
		{ CREATED("created=,"), "created_malformed" },
		{ CREATED("created=-1,"), "created_malformed" },
		{ CREATED("created=1.5,"), "created_malformed" },
		{ CREATED("created=1e9,"), "created_malformed" },
		{ CREATED("created=9223372036854775807,"), "created_malformed" },
		{ CREATED("created=99999999999999999999,"), "created_malformed" },
		{ EXPIRES("created=1795359600,expires=1795359600,"), "claimed" },
		{ EXPIRES("created=1795359600,expires=1795359599,"), "expires_before_created" },
		{ EXPIRES("created=1795359500,expires=1795359599,"), "expired" },
		{ EXPIRES("created=1795350000,expires=1795359600,"), "claimed" }, /* signed, so it extends the hour */
		{ EXPIRES("created=1795316400,expires=1795999999,"), "claimed" }, /* by 12 hours at most */
		{ EXPIRES("created=1795316399,expires=1795999999,"), "too_old" },
		{ EXPIRES("created=1795359600,expires=x,"), "expires_malformed" },
		{ EXPIRES("created=1795359600,"), "header_absent" },
		{ CREATED("created=1795359600,expires=1795359599,"), "expired" },
		{ CREATED("created=1795350000,expires=1795999999,"), "too_old" }, /* not signed: extends nothing */
		{ S(KEY "headers=\"(request-target) host digest (created)\",created=1795359600," SIGNED), "claimed" },
		{ S(KEY "algorithm=\"rsa-sha256\",headers=\"(request-target) host digest (created)\",created=1795359600," SIGNED),
			"created_not_allowed" },
		{ S(KEY "algorithm=\"hs2019\",headers=\"(request-target) host digest date (created)\",created=1795359600," SIGNED)
			"Date: Sun, 22 Nov 2026 13:00:00 GMT\r\n", "too_old" },
		{ S(KEY "algorithm=\"hs2019\",headers=\"(request-target) host digest date (created)\",created=1795359600," SIGNED)
			"Date: Sun, 22 Nov 2026 17:00:00 GMT\r\n", "created_in_future" },
		{ CREATED("created=1795359600,") "Date: Sun, 22 Nov 2020 13:00:00 GMT\r\n", "claimed" }, /* not signed */
	};
	CHECK_READS("POST /inbox", BODY, DIGEST_LINE, cases);
}

static void algorithms_are_rsa_sha256_and_hs2019(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ S(KEY ALL "algorithm=\"rsa-sha256\"," SIGNED), "claimed" },
		{ S(KEY ALL "algorithm=\"hs2019\"," SIGNED), "claimed" },
		{ S(KEY ALL SIGNED), "claimed" },
		{ S(KEY ALL "algorithm=\"none\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"hmac-sha256\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"rsa-sha1\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"rsa-sha512\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"RSA-SHA256\"," SIGNED), "algorithm_unknown" },
		{ S(KEY ALL "algorithm=\"ecdsa-sha256\"," SIGNED), "algorithm_unknown" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE, cases);
}

static void odd_signature_headers_get_the_right_verdict(void **state)
{
	(void)state;
	static const struct read_case cases[] = {
		{ S(ALL KEY SIGNED), "claimed" },
		{ S(" " KEY " " ALL "\t" SIGNED " "), "claimed" },
		{ S("KEYID=\"" KEY_ID "\"," ALL SIGNED), "claimed" },
		{ S("keyId = \"" KEY_ID "\"," ALL SIGNED), "malformed" },
		{ S("keyId=" KEY_ID "," ALL SIGNED), "malformed" },
		{ S(KEY "headers=host," SIGNED), "malformed" },
		{ S(KEY ALL "signature=c2ln"), "malformed" },
		{ S("keyId=\"https://peer.test/a\\\"b\"," ALL SIGNED), "malformed" },
		{ S("keyId=\"https://peer.test/a,b\"," ALL SIGNED), "claimed" },
		{ S("keyId=\"https://peer.test/\xc3\xa9\"," ALL SIGNED), "malformed" },
		{ S("keyId=\"https://peer.test/\t\"," ALL SIGNED), "malformed" },
		{ S("keyId=\"" KEY_ID "," ALL SIGNED), "malformed" },
		{ S("keyId=\"" KEY_ID "\" " ALL SIGNED), "malformed" },
		{ S("keyId=\"" KEY_ID "\"x," ALL SIGNED), "malformed" },
		{ S(KEY KEY ALL SIGNED), "malformed" },
		{ S(KEY "keyid=\"" KEY_ID "\"," ALL SIGNED), "malformed" },
		{ S(KEY ALL ALL SIGNED), "malformed" },
		{ S(KEY ALL SIGNED "," SIGNED), "malformed" },
		{ S(KEY ALL SIGNED) S(KEY ALL SIGNED), "header_repeated" },
		{ S(KEY ALL SIGNED) S(""), "header_repeated" },
		{ S(KEY ALL SIGNED ","), "malformed" },
		{ S("," KEY ALL SIGNED), "malformed" },
		{ S(KEY "," ALL SIGNED), "malformed" },
		{ S(""), "malformed" },
		{ S("x"), "malformed" },
		{ S("="), "malformed" },
		{ S("=\"\""), "malformed" },
		{ S(KEY ALL SIGNED ",extra=\"1\""), "claimed" },
		{ S(KEY ALL SIGNED ",opaque=1"), "claimed" },
		{ S(ALL SIGNED), "malformed" },
		{ S("keyId=\"\"," ALL SIGNED), "malformed" },
		{ S(KEY ALL), "malformed" },
		{ S(KEY ALL "signature=\"\""), "malformed" },
		{ S(KEY ALL "signature=\"=\""), "signature_malformed" },
		{ S(KEY ALL "signature=\"c2l n\""), "signature_malformed" },
		{ S(KEY ALL "signature=\"c2ln\xc3\xa9\""), "malformed" },
		{ S(KEY "headers=\"\"," SIGNED), "malformed" },
		{ S(KEY "headers=\" \"," SIGNED), "headers_malformed" },
		{ S(KEY "headers=\"(request-target)  host date digest\"," SIGNED), "headers_malformed" },
		{ S(KEY "headers=\"(request-target) host date digest \"," SIGNED), "headers_malformed" },
		{ S(KEY "headers=\"(request-target)\thost date digest\"," SIGNED), "malformed" },
		{ S(KEY "headers=\"(request-target)host date digest\"," SIGNED), "target_not_covered" },
		{ S(KEY "headers=\"(request-target) host date digest host\"," SIGNED), "headers_malformed" },
		{ S(KEY "headers=\"(Request-Target) Host DATE Digest\"," SIGNED), "claimed" },
		{ S(KEY "headers=\"(request-target) host date digest x-absent\"," SIGNED), "header_absent" },
		{ S(KEY "headers=\"(request-target) host date digest (key-id)\"," SIGNED), "header_absent" },
		{ S(KEY "headers=\"(request-target) host date digest @method\"," SIGNED), "header_absent" },
		{ S("sig1=:c2ln:"), "malformed" },
		{ "Signature-Input:\r\n" S(KEY ALL SIGNED), "malformed" }, /* RFC 9421 it is, and no second try */
		{ "Signature-Input: sig1=()\r\n" S(KEY ALL SIGNED), "malformed" },
	};
	CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE, cases);
}

static void key_ids_must_be_urls(void **state)
{
	(void)state;
	static const struct {
		const char *key_id;
		const char *reason;
	} cases[] = {
		{ KEY_ID, "claimed" },
		{ "https://peer.test/users/a/main-key", "claimed" },
		{ "https://peer.test/users/a?key=1", "claimed" },
		{ "http://peer.test:8080/a", "claimed" },
		{ "https://user@peer.test/a", "key_id_bad" },
		{ "file:///etc/passwd", "key_id_bad" },
		{ "acct:a@peer.test", "key_id_bad" },
		{ "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "key_id_bad" },
		{ "Test", "key_id_bad" },
		{ "https://", "key_id_bad" },
		{ "https://2130706433/", "key_id_bad" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char lines[400];
		snprintf(lines, sizeof(lines), S("keyId=\"%s\"," ALL SIGNED), cases[i].key_id);
		const struct read_case one[] = { { lines, cases[i].reason } };
		CHECK_READS("POST /inbox", BODY, DATE_LINE DIGEST_LINE, one);
	}
}

static const char *read_long(const char *before, const char *part, size_t count, const char *after)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	AUTO(buf) struct buf lines = { 0 };
	struct signature_claim claim;
	buf_add_c_string(&lines, DATE_LINE DIGEST_LINE "Signature: ");
	buf_add_c_string(&lines, before);
	for (size_t i = 0; i < count; i++)
		buf_add_c_string(&lines, part);
	buf_add_c_string(&lines, after);
	buf_add(&lines, "\r\n", 3);
	return read_reason(arena, make_request(arena, "POST /inbox", lines.data, BODY), NOW_US, &claim);
}

static void long_signature_headers_are_bounded(void **state)
{
	(void)state;
	assert_string_equal(read_long(KEY ALL SIGNED ",x=\"", "x", 7000, "\""), "claimed");
	assert_string_equal(read_long(KEY ALL SIGNED ",x=\"", "x", 9000, "\""), "header_too_long");
	assert_string_equal(read_long(KEY ALL SIGNED, ",x=\"\"", 13, ""), "claimed");
	assert_string_equal(read_long(KEY ALL SIGNED, ",x=\"\"", 14, ""), "malformed");
	assert_string_equal(read_long(KEY ALL "signature=\"", "AAAA", 341, "\""), "claimed");
	assert_string_equal(read_long(KEY ALL "signature=\"", "AAAA", 342, "\""), "signature_length");
	assert_string_equal(read_long(KEY "headers=\"(request-target) host date digest", " x", 61, "\"," SIGNED),
		"headers_malformed");
}

/* Signs what the given headers cover of the request, as a peer would. */
static void sign(struct arena *arena, const struct http_request *request, const char *headers, const char *created,
	struct str target, const struct signing_key *key, struct signature_claim *ret_claim)
{
	struct cavage_parameters parameters = { .headers = str_from(headers), .created = str_from(created) };
	struct str base, signature;
	assert_true(signature_cavage_base(arena, request, &parameters, target, &base));
	assert_int_equal(signing_key_sign(key, arena, base, &signature), ERROR_NONE);
	ret_claim->signature = signature;
}

/* Reads the request with a dummy signature, and puts a real one over the target in its place. */
static enum signature_verdict verdict_of(const char *method_and_target, const char *signed_target, const char *algorithm,
	const struct signing_key *key, const struct public_key *public_key, const struct signature_policy *policy)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	bool is_post = method_and_target[0] == 'P';
	const char *headers = is_post ? "(request-target) host date digest" : "date (request-target) host";
	struct signature_claim claim;
	const char *reason = NULL;
	char lines[600];
	snprintf(lines, sizeof(lines), DATE_LINE "%s" S(KEY "algorithm=\"%s\",headers=\"%s\"," SIGNED),
		is_post ? DIGEST_LINE : "", algorithm, headers);
	struct http_request *request = make_request(arena, method_and_target, lines, is_post ? BODY : NULL);
	if (signature_read(arena, request, policy, NOW_US, &claim, &reason) != SIGNATURE_CLAIMED)
		fail_msg("%s: %s", method_and_target, reason);
	sign(arena, request, headers, "", str_from(signed_target), key, &claim);
	return signature_verify(&claim, public_key);
}

static void the_key_must_have_made_the_signature_over_this_target(void **state)
{
	(void)state;
	static const struct signature_policy strict = { .scheme = STR("https"), .window_us = 1000000, .max_life_us = 1000000 };
	const struct signature_policy *usual = &signature_policy_default;
	struct test_keys other;
	test_keys_make(&other);
	const struct {
		const char *request;
		const char *signed_target;
		const char *algorithm;
		const struct signing_key *key;
		const struct public_key *public_key;
		const struct signature_policy *policy;
		enum signature_verdict verdict;
	} cases[] = {
		{ "POST /inbox", "/inbox", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_ACCEPTED },
		{ "POST /inbox", "/inbox", "hs2019", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_ACCEPTED },
		{ "POST /inbox", "/inbox", "hs2019", keys.ed25519_private, keys.ed25519_public, usual, SIGNATURE_ACCEPTED },
		{ "POST /inbox", "/inbox", "rsa-sha256", keys.ed25519_private, keys.ed25519_public, usual, SIGNATURE_REFUSED },
		{ "POST /inbox", "/inbox", "rsa-sha256", keys.rsa_private, other.rsa_public, usual, SIGNATURE_WRONG_KEY },
		{ "POST /inbox", "/inbox", "hs2019", keys.rsa_private, keys.ed25519_public, usual, SIGNATURE_WRONG_KEY },
		{ "POST /users/b/inbox", "/inbox", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_WRONG_KEY },
		{ "POST /inbox?a=1", "/inbox?a=1", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_ACCEPTED },
		{ "POST /inbox?a=1", "/inbox", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_WRONG_KEY },
		{ "GET /outbox?page=1", "/outbox?page=1", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual,
			SIGNATURE_ACCEPTED },
		{ "GET /outbox?page=1", "/outbox", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_ACCEPTED },
		{ "GET /outbox?page=1", "/outbox?page=2", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual,
			SIGNATURE_WRONG_KEY },
		{ "GET /outbox", "/outbox?page=1", "rsa-sha256", keys.rsa_private, keys.rsa_public, usual, SIGNATURE_WRONG_KEY },
		{ "GET /outbox?page=1", "/outbox", "rsa-sha256", keys.rsa_private, keys.rsa_public, &strict,
			SIGNATURE_WRONG_KEY },
		{ "GET /outbox?page=1", "/outbox?page=1", "rsa-sha256", keys.rsa_private, keys.rsa_public, &strict,
			SIGNATURE_ACCEPTED },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum signature_verdict verdict = verdict_of(cases[i].request, cases[i].signed_target, cases[i].algorithm,
			cases[i].key, cases[i].public_key, cases[i].policy);
		if (verdict != cases[i].verdict)
			fail_msg("case %zu, %s signed for %s: %u", i, cases[i].request, cases[i].signed_target, verdict);
	}
	test_keys_clear(&other);
}

static void the_zero_verdict_is_a_refusal(void **state)
{
	(void)state;
	assert_int_equal(SIGNATURE_REFUSED, 0);
	assert_int_equal(SIGNATURE_UNUSABLE, 0);
}

static void lines_of_a_covered_header_are_joined(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct cavage_parameters parameters = { .headers = STR("accept (request-target) x-empty") };
	struct http_request *request = make_request(arena, "GET /a?b", "Accept:  a/b \r\nX-Empty:\r\nACCEPT: c/d\r\n", NULL);
	struct str base;
	assert_true(signature_cavage_base(arena, request, &parameters, request->target, &base));
	assert_string_equal(arena_c_string(arena, base), "accept: a/b, c/d\n(request-target): get /a?b\nx-empty: ");
}

static void what_we_sign_is_accepted(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	unsigned char digest[DIGEST_BYTES];
	struct signature_headers headers;
	struct signature_claim claim;
	struct url url;
	digest_compute(STR_LITERAL(BODY), digest);
	assert_true(url_parse(arena, STR_LITERAL("https://our.test/inbox?a=b"), &url));
	struct signature_outbound outbound = { HTTP_POST, &url, digest, STR(KEY_ID), NOW_US };
	assert_int_equal(signature_sign_cavage(arena, &outbound, keys.rsa_private, &headers), ERROR_NONE);
	assert_int_equal(headers.count, 3);
	assert_true(str_starts_with(headers.entries[2].value, STR_LITERAL("keyId=\"" KEY_ID "\",algorithm=\"rsa-sha256\","
		"headers=\"(request-target) host date digest\",signature=\"")));
	struct http_request *request = deliver(arena, "POST /inbox?a=b", &headers, BODY);
	assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
	assert_int_equal(claim.scheme, SIGNATURE_CAVAGE);
	assert_true(str_eq(claim.key_id, STR_LITERAL(KEY_ID)));
	assert_int_equal(signature_verify(&claim, keys.rsa_public), SIGNATURE_ACCEPTED);
	request = deliver(arena, "POST /inbox?a=c", &headers, BODY);
	assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
	assert_int_equal(signature_verify(&claim, keys.rsa_public), SIGNATURE_WRONG_KEY);
	request = deliver(arena, "POST /inbox?a=b", &headers, BODY "x");
	assert_string_equal(read_reason(arena, request, NOW_US, &claim), "digest_wrong");

	outbound.method = HTTP_GET;
	outbound.body_digest = NULL;
	assert_int_equal(signature_sign_cavage(arena, &outbound, keys.rsa_private, &headers), ERROR_NONE);
	assert_int_equal(headers.count, 2);
	request = deliver(arena, "GET /inbox?a=b", &headers, NULL);
	assert_string_equal(read_reason(arena, request, NOW_US, &claim), "claimed");
	assert_int_equal(signature_verify(&claim, keys.rsa_public), SIGNATURE_ACCEPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_must_cover_target_host_date_and_digest),
		cmocka_unit_test(a_get_must_cover_target_host_and_date),
		cmocka_unit_test(the_digest_must_be_that_of_the_body),
		cmocka_unit_test(dates_have_a_window_of_an_hour),
		cmocka_unit_test(created_and_expires_have_their_windows),
		cmocka_unit_test(algorithms_are_rsa_sha256_and_hs2019),
		cmocka_unit_test(odd_signature_headers_get_the_right_verdict),
		cmocka_unit_test(key_ids_must_be_urls),
		cmocka_unit_test(long_signature_headers_are_bounded),
		cmocka_unit_test(the_key_must_have_made_the_signature_over_this_target),
		cmocka_unit_test(the_zero_verdict_is_a_refusal),
		cmocka_unit_test(lines_of_a_covered_header_are_joined),
		cmocka_unit_test(what_we_sign_is_accepted),
	};
	return cmocka_run_group_tests(tests, make_keys, clear_keys);
}
