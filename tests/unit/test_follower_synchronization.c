/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The Collection-Synchronization header and its digest (FEP-8fcf). */
#include "federation/follower_synchronization.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DIGEST "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
#define ID "collectionId=\"https://a.example/followers\""
#define URL "url=\"https://a.example/part\""

static void a_header_is_read_in_any_order(void **state)
{
	(void)state;
	struct follower_synchronization claim;
	assert_true(follower_synchronization_read(STR_LITERAL(ID ", " URL ", digest=\"" DIGEST "\""), &claim));
	assert_true(str_eq(claim.collection_id, STR_LITERAL("https://a.example/followers")));
	assert_true(str_eq(claim.url, STR_LITERAL("https://a.example/part")));
	assert_int_equal(claim.digest[0], 0xc3);
	assert_int_equal(claim.digest[31], 0x1f);
	assert_true(follower_synchronization_read(STR_LITERAL("digest=\"" DIGEST "\"," URL ",later=\"x\"," ID), &claim));
}

static void headers_without_sense_are_refused(void **state)
{
	static const char *const cases[] = {
		"", ID, ID ", " URL, ID ", " URL ", digest=\"\"", ID ", " URL ", digest=\"c33f\"",
		ID ", " URL ", digest=\"" DIGEST "00\"", ID ", " URL ", digest=" DIGEST, ID ", " ID ", " URL ", digest=\"" DIGEST "\"",
		ID ", " URL ", digest=\"zz3f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f\"",
		ID " " URL " digest=\"" DIGEST "\"", ID ", " URL ", digest=\"" DIGEST, "collectionId=\"\", " URL ", digest=\"" DIGEST "\"",
		"a=\"1\",b=\"1\",c=\"1\",d=\"1\",e=\"1\",f=\"1\",g=\"1\",h=\"1\"," ID "," URL ",digest=\"" DIGEST "\"",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct follower_synchronization claim;
		if (follower_synchronization_read(str_from(cases[i]), &claim))
			fail_msg("accepted: %s", cases[i]);
	}
}

/* The example of the proposal. */
static void the_digest_is_the_one_of_the_proposal(void **state)
{
	unsigned char digest[DIGEST_BYTES] = { 0 };
	struct follower_synchronization claim;
	(void)state;
	follower_digest_add(digest, STR_LITERAL("https://testing.example.org/users/1"));
	follower_digest_add(digest, STR_LITERAL("https://testing.example.org/users/2"));
	assert_true(follower_synchronization_read(STR_LITERAL(ID ", " URL ", digest=\"" DIGEST "\""), &claim));
	assert_memory_equal(digest, claim.digest, sizeof(digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_read_in_any_order),
		cmocka_unit_test(headers_without_sense_are_refused),
		cmocka_unit_test(the_digest_is_the_one_of_the_proposal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
