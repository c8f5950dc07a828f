/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Key pairs of local actors. */
#include "federation/keys.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static EVP_PKEY *read_public(struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return key;
}

static bool sign_and_verify(EVP_PKEY *private_key, EVP_PKEY *public_key, const EVP_MD *digest)
{
	static const unsigned char text[] = "(request-target): post /inbox";
	unsigned char signature[512];
	size_t len = sizeof(signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_good = EVP_DigestSignInit(context, NULL, digest, NULL, private_key) == 1 &&
		EVP_DigestSign(context, signature, &len, text, sizeof(text)) == 1;
	EVP_MD_CTX_free(context);
	context = EVP_MD_CTX_new();
	is_good = is_good && EVP_DigestVerifyInit(context, NULL, digest, NULL, public_key) == 1 &&
		EVP_DigestVerify(context, signature, len, text, sizeof(text)) == 1;
	EVP_MD_CTX_free(context);
	return is_good;
}

static void both_pairs_sign_what_their_public_half_verifies(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct key_pairs keys;
	assert_int_equal(keys_generate(arena, &keys), ERROR_NONE);

	const unsigned char *der = (const unsigned char *)keys.main_private_der.data;
	EVP_PKEY *rsa_private = d2i_AutoPrivateKey(NULL, &der, (long)keys.main_private_der.len);
	EVP_PKEY *rsa_public = read_public(keys.main_public_pem);
	assert_non_null(rsa_private);
	assert_non_null(rsa_public);
	assert_int_equal(EVP_PKEY_get_bits(rsa_public), 2048);
	assert_true(str_starts_with(keys.main_public_pem, STR_LITERAL("-----BEGIN PUBLIC KEY-----\n")));
	assert_true(sign_and_verify(rsa_private, rsa_public, EVP_sha256()));
	EVP_PKEY_free(rsa_private);
	EVP_PKEY_free(rsa_public);

	EVP_PKEY *ed_private = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
		(const unsigned char *)keys.ed25519_private_bytes.data, keys.ed25519_private_bytes.len);
	EVP_PKEY *ed_public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		(const unsigned char *)keys.ed25519_public_bytes.data, keys.ed25519_public_bytes.len);
	assert_true(sign_and_verify(ed_private, ed_public, NULL));
	EVP_PKEY_free(ed_private);
	EVP_PKEY_free(ed_public);
}

static void no_two_actors_get_the_same_keys(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct key_pairs a, b;
	assert_int_equal(keys_generate(arena, &a), ERROR_NONE);
	assert_int_equal(keys_generate(arena, &b), ERROR_NONE);
	assert_false(str_eq(a.main_public_pem, b.main_public_pem));
	assert_false(str_eq(a.ed25519_public_bytes, b.ed25519_public_bytes));
}

/* The key of FEP-8b32's feature file. */
static void a_multikey_is_spelled_as_in_the_specification(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	static const unsigned char bytes[32] = {
		0xb0, 0x0d, 0x8d, 0x93, 0x8e, 0x7f, 0x77, 0x3d, 0x51, 0x56, 0x5a, 0xad, 0x36, 0xa6, 0x23, 0xf5,
		0x34, 0x4f, 0x7f, 0x5d, 0x19, 0x60, 0xf9, 0xcf, 0x3e, 0x8e, 0x12, 0x62, 0x0e, 0xa2, 0x81, 0x0f,
	};
	struct str text = keys_ed25519_multibase(arena, (struct str){ (const char *)bytes, sizeof(bytes) });
	assert_string_equal(text.data, "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_pairs_sign_what_their_public_half_verifies),
		cmocka_unit_test(no_two_actors_get_the_same_keys),
		cmocka_unit_test(a_multikey_is_spelled_as_in_the_specification),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
