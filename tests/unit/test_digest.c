/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Digests of bodies (CHECKLIST B2): one wrong digest makes the body wrong, SHA-256 must be among them. */
#include "signature_support.h"

static void check(const char *lines, const char *body, enum digest_verdict digest, enum digest_verdict content_digest)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct http_request *request = make_request(arena, "POST /inbox", lines, body);
	enum digest_verdict first = digest_check(arena, request, request->body);
	enum digest_verdict second = content_digest_check(arena, request, request->body);
	if (first != digest || second != content_digest)
		fail_msg("%s: %u and %u", lines, first, second);
}

static void digest_headers_get_the_right_verdict(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *body;
		enum digest_verdict verdict;
	} cases[] = {
		{ "SHA-256=" BODY_SHA256, BODY, DIGEST_RIGHT },
		{ "sha-256=" BODY_SHA256, BODY, DIGEST_RIGHT },
		{ "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE", BODY, DIGEST_RIGHT },
		{ "SHA-256=" EMPTY_SHA256, "", DIGEST_RIGHT },
		{ "SHA-256=" EMPTY_SHA256, BODY, DIGEST_WRONG },
		{ "SHA-256=" BODY_SHA256, BODY " ", DIGEST_WRONG },
		{ "SHA-256=" BODY_SHA256 ",SHA-512=" BODY_SHA512, BODY, DIGEST_RIGHT },
		{ "SHA-512=" BODY_SHA512 " , SHA-256=" BODY_SHA256, BODY, DIGEST_RIGHT },
		{ "SHA-256=" BODY_SHA256 ",SHA-256=" BODY_SHA256, BODY, DIGEST_RIGHT },
		{ "SHA-256=" BODY_SHA256 ",SHA-256=" EMPTY_SHA256, BODY, DIGEST_WRONG },
		{ "SHA-256=" EMPTY_SHA256 ",SHA-256=" BODY_SHA256, BODY, DIGEST_WRONG },
		{ "SHA-256=" BODY_SHA256 ",SHA-512=" BODY_SHA256, BODY, DIGEST_WRONG },
		{ "SHA-512=" BODY_SHA512, BODY, DIGEST_UNKNOWN },
		{ "MD5=abc", BODY, DIGEST_UNKNOWN },
		{ "MD5=:,SHA-256=" BODY_SHA256, BODY, DIGEST_RIGHT },
		{ "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBA==", BODY, DIGEST_WRONG }, /* 31 bytes */
		{ "SHA-256=", BODY, DIGEST_WRONG },
		{ "SHA-256", BODY, DIGEST_WRONG },
		{ "=" BODY_SHA256, BODY, DIGEST_WRONG },
		{ "", BODY, DIGEST_WRONG },
		{ "SHA-256=" BODY_SHA256 ",", BODY, DIGEST_WRONG },
		{ "SHA-256=:" BODY_SHA256 ":", BODY, DIGEST_WRONG },
		{ "a=b,c=d,e=f,g=h,SHA-256=" BODY_SHA256, BODY, DIGEST_WRONG }, /* more than four */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char lines[400];
		snprintf(lines, sizeof(lines), "Digest: %s\r\n", cases[i].value);
		check(lines, cases[i].body, cases[i].verdict, DIGEST_ABSENT);
	}
}

static void content_digest_headers_get_the_right_verdict(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *body;
		enum digest_verdict verdict;
	} cases[] = {
		{ "sha-256=:" BODY_SHA256 ":", BODY, DIGEST_RIGHT },
		{ "sha-256=:" BODY_SHA256 ":;x=1", BODY, DIGEST_RIGHT },
		{ "sha-256=:" EMPTY_SHA256 ":", "", DIGEST_RIGHT },
		{ "sha-512=:" BODY_SHA512 ":, sha-256=:" BODY_SHA256 ":", BODY, DIGEST_RIGHT },
		{ "sha-512=:" BODY_SHA256 ":, sha-256=:" BODY_SHA256 ":", BODY, DIGEST_WRONG },
		{ "sha-256=:" EMPTY_SHA256 ":", BODY, DIGEST_WRONG },
		{ "sha-256=:" BODY_SHA256 ":, sha-256=:" EMPTY_SHA256 ":", BODY, DIGEST_WRONG },
		{ "sha-512=:" BODY_SHA512 ":", BODY, DIGEST_UNKNOWN },
		{ "unixsum=:AAA=:", BODY, DIGEST_UNKNOWN },
		{ "", BODY, DIGEST_UNKNOWN },
		{ "sha-256=" BODY_SHA256, BODY, DIGEST_WRONG },
		{ "SHA-256=:" BODY_SHA256 ":", BODY, DIGEST_WRONG },
		{ "sha-256=(:" BODY_SHA256 ":)", BODY, DIGEST_WRONG },
		{ "sha-256", BODY, DIGEST_WRONG },
		{ "sha-256=\"" BODY_SHA256 "\"", BODY, DIGEST_WRONG },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char lines[400];
		snprintf(lines, sizeof(lines), "Content-Digest: %s\r\n", cases[i].value);
		check(lines, cases[i].body, DIGEST_ABSENT, cases[i].verdict);
	}
}

static void lines_of_the_same_name_are_one_list(void **state)
{
	(void)state;
	check("Digest: SHA-256=" BODY_SHA256 "\r\ndigest: SHA-256=" EMPTY_SHA256 "\r\n", BODY, DIGEST_WRONG, DIGEST_ABSENT);
	check("Digest: MD5=x\r\ndigest: SHA-256=" BODY_SHA256 "\r\n", BODY, DIGEST_RIGHT, DIGEST_ABSENT);
	check("Content-Digest: sha-512=:" BODY_SHA512 ":\r\nContent-Digest: sha-256=:" BODY_SHA256 ":\r\n", BODY,
		DIGEST_ABSENT, DIGEST_RIGHT);
}

static void our_own_headers_are_right(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	unsigned char digest[DIGEST_BYTES];
	digest_compute(STR_LITERAL(BODY), digest);
	assert_true(str_eq(digest_header(arena, digest), STR_LITERAL("SHA-256=" BODY_SHA256)));
	assert_true(str_eq(content_digest_header(arena, digest), STR_LITERAL("sha-256=:" BODY_SHA256 ":")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_headers_get_the_right_verdict),
		cmocka_unit_test(content_digest_headers_get_the_right_verdict),
		cmocka_unit_test(lines_of_the_same_name_are_one_list),
		cmocka_unit_test(our_own_headers_are_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
