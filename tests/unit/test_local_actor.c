/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names that may be given, and keys that open under their actor only. */
#include "server/action/local_actor.h"

#include "federation/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void usernames_are_those_of_mastodon(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_valid;
	} cases[] = {
		{ "a", true }, { "Marie_75", true }, { "fleurs.lyon", true }, { "a-b", true }, { "a.-_b", true },
		{ "123456789012345678901234567890", true }, { "1234567890123456789012345678901", false }, { "", false },
		{ ".a", false }, { "a.", false }, { "-a", false }, { "a-", false }, { "a b", false }, { "a@b", false },
		{ "d\xc3\xa9", false }, { "a/b", false }, { "a\nb", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(username_is_valid(str_from(cases[i].name)), cases[i].is_valid);
}

static void the_operators_names_are_reserved(void **state)
{
	(void)state;
	static const char *const reserved[] = { "admin", "ADMIN", "Support", "security", "webmaster", "actor" };
	static const char *const free_names[] = { "administer", "adm", "fleurs", "supporter" };
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		assert_true(username_is_reserved(str_from(reserved[i])));
	for (size_t i = 0; i < sizeof(free_names) / sizeof(free_names[0]); i++)
		assert_false(username_is_reserved(str_from(free_names[i])));
}

static void private_keys_are_sealed_for_their_actor(void **state)
{
	(void)state;
	char path[] = "/tmp/comptoir-actor-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	close(descriptor);
	unlink(path);
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct secret_box *box = NULL;
	struct str message, plain;
	assert_int_equal(secret_box_open(path, true, arena, &box, &message), ERROR_NONE);
	unlink(path);
	struct actor_new actor = { .id = 7 };
	assert_int_equal(local_actor_make_keys(arena, box, &actor), ERROR_NONE);
	struct str begin = STR("-----BEGIN PUBLIC KEY-----");
	assert_true(str_starts_with(actor.main_public_pem, begin));
	assert_int_equal(actor.ed25519_public_bytes.len, 32);
	struct str own = keys_seal_context(arena, 7, "rsa"), other = keys_seal_context(arena, 8, "rsa");
	assert_int_equal(secret_box_unseal(box, arena, own, actor.main_private_sealed, &plain), ERROR_NONE);
	assert_true(plain.len > 1000);
	assert_int_equal(secret_box_unseal(box, arena, other, actor.main_private_sealed, &plain), ERROR_CRYPTO);
	assert_int_equal(secret_box_unseal(box, arena, keys_seal_context(arena, 7, "ed25519"),
		actor.ed25519_private_sealed, &plain), ERROR_NONE);
	assert_int_equal(plain.len, 32);
	secret_box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usernames_are_those_of_mastodon),
		cmocka_unit_test(the_operators_names_are_reserved),
		cmocka_unit_test(private_keys_are_sealed_for_their_actor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
