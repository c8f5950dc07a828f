/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which public keys are taken (CHECKLIST B7): keys are put together here, good ones and bad ones. */
#include "federation/public_key.h"

#include "federation/keys.h"
#include "federation/signing_key.h"

#include "base/buf.h"
#include "base/encoding.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES ((size_t)4 << 20)

static struct str pem_of(struct arena *arena, EVP_PKEY *key)
{
	char *data;
	BIO *bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
	long len = BIO_get_mem_data(bio, &data);
	struct str pem = arena_str(arena, (struct str){ data, (size_t)len });
	BIO_free(bio);
	return pem;
}

/* A public RSA key with a modulus of so many bits, which is 2^(bits-1) + 1 or, not odd, 2^(bits-1), and the exponent
 * 2^exponent_shift + exponent_add. */
static EVP_PKEY *make_rsa(int bits, bool is_odd, int exponent_shift, BN_ULONG exponent_add)
{
	BIGNUM *modulus = BN_new();
	BIGNUM *exponent = BN_new();
	EVP_PKEY *key = NULL;
	BN_set_bit(modulus, bits - 1);
	if (is_odd)
		BN_add_word(modulus, 1);
	if (exponent_shift)
		BN_set_bit(exponent, exponent_shift);
	BN_add_word(exponent, exponent_add);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters), 1);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

static bool is_taken(struct str pem)
{
	struct public_key *key = public_key_from_pem(pem);
	bool is_good = key != NULL;
	public_key_unref(&key);
	return is_good;
}

static void rsa_keys_are_judged_by_size_and_exponent(void **state)
{
	(void)state;
	static const struct {
		int bits;
		bool is_odd;
		int exponent_shift;
		BN_ULONG exponent_add;
		bool is_good;
	} cases[] = {
		{ 2048, true, 16, 1, true },
		{ 2048, true, 0, 3, true },
		{ 4096, true, 16, 1, true },
		{ 8192, true, 16, 1, true },
		{ 2048, true, 31, 1, true },
		{ 2047, true, 16, 1, false },
		{ 1024, true, 16, 1, false },
		{ 8193, true, 16, 1, false },
		{ 16384, true, 16, 1, false },
		{ 2048, false, 16, 1, false },
		{ 2048, true, 0, 1, false },
		{ 2048, true, 16, 0, false },
		{ 2048, true, 32, 1, false },
		{ 2048, true, 256, 1, false },
	};
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EVP_PKEY *key = make_rsa(cases[i].bits, cases[i].is_odd, cases[i].exponent_shift, cases[i].exponent_add);
		struct str pem = pem_of(arena, key);
		if (is_taken(pem) != cases[i].is_good)
			fail_msg("case %zu, RSA of %d bits", i, cases[i].bits);
		EVP_PKEY_free(key);
	}
}

static EVP_PKEY *make_pss_key(void)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
	EVP_PKEY *key = NULL;
	assert_int_equal(EVP_PKEY_keygen_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048), 1);
	assert_int_equal(EVP_PKEY_keygen(context, &key), 1);
	EVP_PKEY_CTX_free(context);
	return key;
}

static void other_kinds_of_keys_are_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	EVP_PKEY *keys[] = { EVP_EC_gen("P-256"), make_pss_key(), EVP_PKEY_Q_keygen(NULL, NULL, "X25519"),
		EVP_PKEY_Q_keygen(NULL, NULL, "ED448") };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (is_taken(pem_of(arena, keys[i])))
			fail_msg("key %zu is taken", i);
		EVP_PKEY_free(keys[i]);
	}
}

static void private_keys_and_certificates_are_refused(void **state)
{
	(void)state;
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *certificate = X509_new();
	X509_set_pubkey(certificate, key);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_sign(certificate, key, EVP_sha256());
	for (int i = 0; i < 3; i++) {
		char *data;
		BIO *bio = BIO_new(BIO_s_mem());
		if (i == 0)
			PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
		else if (i == 1)
			PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
		else
			PEM_write_bio_X509(bio, certificate);
		long len = BIO_get_mem_data(bio, &data);
		assert_true(len > 100);
		assert_false(is_taken((struct str){ data, (size_t)len }));
		BIO_free(bio);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static struct str joined(struct arena *arena, const char *before, struct str middle, const char *after)
{
	const struct str parts[] = { str_from(before), middle, str_from(after) };
	return arena_join(arena, parts, 3);
}

static void only_one_whole_block_is_read(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct key_pairs pairs;
	assert_int_equal(keys_generate(arena, &pairs), ERROR_NONE);
	struct str pem = pairs.main_public_pem;
	assert_true(is_taken(pem));
	assert_true(is_taken(joined(arena, " \r\n\t", pem, "\n\n ")));
	assert_false(is_taken(joined(arena, "x", pem, "")));
	assert_false(is_taken(joined(arena, "", pem, "x")));
	assert_false(is_taken(joined(arena, "", pem, pairs.main_public_pem.data)));
	struct str head = STR_LITERAL("-----BEGIN PUBLIC KEY-----");
	struct str tail = STR_LITERAL("-----END PUBLIC KEY-----\n");
	struct str digits = str_slice(pem, head.len, pem.len - tail.len);
	struct str der;
	char *flat = arena_alloc(arena, digits.len);
	size_t flat_len = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] != '\n')
			flat[flat_len++] = digits.data[i];
	}
	assert_true(base64_decode(arena, (struct str){ flat, flat_len }, &der));
	for (size_t cut = 1; cut < der.len; cut += 7) {
		struct str part = base64_encode(arena, str_slice(der, 0, der.len - cut));
		assert_false(is_taken(joined(arena, head.data, part, tail.data)));
	}
	struct str longer = base64_encode(arena, joined(arena, "", der, "x"));
	assert_false(is_taken(joined(arena, head.data, longer, tail.data)));
	assert_true(is_taken(joined(arena, head.data, base64_encode(arena, der), tail.data)));
	assert_false(is_taken(joined(arena, "-----BEGIN RSA PUBLIC KEY-----", base64_encode(arena, der),
		"-----END RSA PUBLIC KEY-----")));
	static const struct str garbage[] = { STR(""), STR("-----BEGIN PUBLIC KEY-----"), STR("-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----"),
		STR("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----"), STR("-----BEGIN PUBLIC KEY-----AA==-----END PUBLIC KEY-----"),
		STR("-----BEGIN PUBLIC KEY-----\0-----END PUBLIC KEY-----"), STR("-----BEGIN PUBLIC KEY-----!-----END PUBLIC KEY-----") };
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++)
		assert_false(is_taken(garbage[i]));
}

static struct str framed(struct arena *arena, const char *label, struct str der)
{
	const struct str parts[] = { STR("-----BEGIN "), str_from(label), STR("-----"), base64_encode(arena, der),
		STR("-----END "), str_from(label), STR("-----") };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}

static struct str value(struct arena *arena, int tag, struct str content, int len_bytes)
{
	char head[6] = { (char)tag };
	size_t head_len = 2;
	if (len_bytes == 0) {
		head[1] = (char)content.len;
	} else {
		head[1] = (char)(0x80 + len_bytes);
		for (int i = len_bytes - 1; i >= 0; i--)
			head[head_len++] = (char)(content.len >> (8 * i));
	}
	const struct str parts[] = { { head, head_len }, content };
	return arena_join(arena, parts, 2);
}

/* How a key is written: with what in place of NULL, behind what of it, with lengths of how many bytes. */
struct written {
	struct str parameters;
	struct str after_numbers;
	struct str after_sequence;
	struct str after_bits;
	struct str exponent;
	int len_bytes;
	bool is_taken;
};

static const struct str null_parameters = STR("\x05\x00");
static const struct str usual_exponent = STR("\x02\x03\x01\x00\x01");

static struct str write_rsa(struct arena *arena, struct str modulus, const struct written *how, bool is_spki)
{
	const struct str with_sign[] = { STR("\0"), modulus };
	const struct str numbers[] = { value(arena, 2, arena_join(arena, with_sign, 2), 2), how->exponent, how->after_numbers };
	const struct str inner[] = { value(arena, 0x30, arena_join(arena, numbers, 3), how->len_bytes), how->after_sequence };
	struct str rsa = arena_join(arena, inner, 2);
	if (!is_spki)
		return framed(arena, "RSA PUBLIC KEY", rsa);
	const struct str algorithm[] = { STR("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), how->parameters };
	const struct str bits[] = { STR("\0"), rsa };
	const struct str parts[] = { value(arena, 0x30, arena_join(arena, algorithm, 2), 0),
		value(arena, 3, arena_join(arena, bits, 2), how->len_bytes), how->after_bits };
	return framed(arena, "PUBLIC KEY", value(arena, 0x30, arena_join(arena, parts, 3), how->len_bytes));
}

static void rsa_keys_are_read_to_their_last_byte(void **state)
{
	(void)state;
	const struct written cases[] = {
		{ null_parameters, STR(""), STR(""), STR(""), usual_exponent, 2, true },
		{ null_parameters, STR("\x02\x01\x03"), STR(""), STR(""), usual_exponent, 2, false },
		{ null_parameters, STR("x"), STR(""), STR(""), usual_exponent, 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02\x00"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02\x01\x00"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02\x7f\x01\x00\x01"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02\x84\x7f\xff\xff\xff"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02\x82\x01"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR("\x02"), 2, false },
		{ null_parameters, STR(""), STR(""), STR(""), STR(""), 2, false },
	};
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	EVP_PKEY *key = make_rsa(2048, true, 16, 1);
	BIGNUM *number = NULL;
	char bytes[256];
	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number), 1);
	BN_bn2bin(number, (unsigned char *)bytes);
	const struct str modulus = { bytes, sizeof(bytes) };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int is_spki = 0; is_spki < 2; is_spki++) {
			if (is_taken(write_rsa(arena, modulus, &cases[i], is_spki)) != cases[i].is_taken)
				fail_msg("case %zu, SPKI %d", i, is_spki);
		}
	}
	struct written how = cases[0];
	how.after_bits = STR_LITERAL("\x05\x00");
	assert_false(is_taken(write_rsa(arena, modulus, &how, true)));
	how = cases[0];
	how.after_sequence = STR_LITERAL("x");
	assert_false(is_taken(write_rsa(arena, modulus, &how, false)));
	/* Looser than DER, but what OpenSSL reads for every other server too. */
	how = cases[0];
	how.len_bytes = 4;
	assert_true(is_taken(write_rsa(arena, modulus, &how, true)));
	assert_true(is_taken(write_rsa(arena, modulus, &how, false)));
	how = cases[0];
	how.exponent = STR_LITERAL("\x02\x04\x00\x01\x00\x01");
	assert_true(is_taken(write_rsa(arena, modulus, &how, true)));
	how = cases[0];
	how.parameters = STR_LITERAL("");
	assert_true(is_taken(write_rsa(arena, modulus, &how, true)));
	BN_free(number);
	EVP_PKEY_free(key);
}

static void both_forms_of_an_rsa_key_verify(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct key_pairs pairs;
	char bytes[256];
	assert_int_equal(keys_generate(arena, &pairs), ERROR_NONE);
	BIO *bio = BIO_new_mem_buf(pairs.main_public_pem.data, (int)pairs.main_public_pem.len);
	EVP_PKEY *known = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIGNUM *number = NULL;
	assert_int_equal(EVP_PKEY_get_bn_param(known, OSSL_PKEY_PARAM_RSA_N, &number), 1);
	assert_int_equal(BN_bn2bin(number, (unsigned char *)bytes), sizeof(bytes));
	const struct written usual = { null_parameters, STR(""), STR(""), STR(""), usual_exponent, 2, true };
	AUTO(signing_key) struct signing_key *signing = signing_key_from_rsa_der(pairs.main_private_der);
	struct str message = STR_LITERAL("message"), signature;
	assert_int_equal(signing_key_sign(signing, arena, message, &signature), ERROR_NONE);
	for (int is_spki = 0; is_spki < 2; is_spki++) {
		AUTO(public_key) struct public_key *key = public_key_from_pem(
			write_rsa(arena, (struct str){ bytes, sizeof(bytes) }, &usual, is_spki));
		assert_non_null(key);
		assert_true(public_key_verify(key, message, signature));
		assert_false(public_key_verify(key, STR_LITERAL("another"), signature));
	}
	BN_free(number);
	EVP_PKEY_free(known);
	BIO_free(bio);
}

static void a_pem_that_is_too_long_is_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct key_pairs pairs;
	assert_int_equal(keys_generate(arena, &pairs), ERROR_NONE);
	static const size_t sizes[] = { PUBLIC_KEY_MAX_PEM_BYTES, PUBLIC_KEY_MAX_PEM_BYTES + 1, 1 << 20 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *text = arena_alloc(arena, sizes[i]);
		memset(text, ' ', sizes[i]);
		memcpy(text, pairs.main_public_pem.data, pairs.main_public_pem.len);
		assert_int_equal(is_taken((struct str){ text, sizes[i] }), sizes[i] <= PUBLIC_KEY_MAX_PEM_BYTES);
	}
}

static void multikeys_are_ed25519_only(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct public_key *key = public_key_from_multibase(STR_LITERAL("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"));
	assert_non_null(key);
	assert_int_equal(public_key_kind(key), PUBLIC_KEY_ED25519);
	struct public_key *other = public_key_ref(key);
	public_key_unref(&key);
	assert_null(key);
	assert_int_equal(public_key_kind(other), PUBLIC_KEY_ED25519);
	public_key_unref(&other);
	public_key_unref(&other);
	unsigned char bytes[34] = { 0x80, 0x26, 1 }; /* the code of a private key */
	const struct str parts[] = { STR("z"), base58btc_encode(arena, (struct str){ (const char *)bytes, sizeof(bytes) }) };
	static const struct str cases[] = { STR(""), STR("z"), STR("6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"),
		STR("u6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"), STR("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ"),
		STR("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ22"), STR("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ0"),
		STR("z11111111111111111111111111111111111111111111111111111111111111111111111111111111111111") };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_null(public_key_from_multibase(cases[i]));
	assert_null(public_key_from_multibase(arena_join(arena, parts, 2)));
	assert_null(public_key_from_ed25519(STR_LITERAL("short")));
	assert_null(signing_key_from_ed25519(STR_LITERAL("short")));
	assert_null(signing_key_from_rsa_der(STR_LITERAL("short")));
}

static void each_kind_verifies_what_its_other_half_signs(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct key_pairs pairs;
	assert_int_equal(keys_generate(arena, &pairs), ERROR_NONE);
	AUTO(signing_key) struct signing_key *rsa = signing_key_from_rsa_der(pairs.main_private_der);
	AUTO(signing_key) struct signing_key *ed25519 = signing_key_from_ed25519(pairs.ed25519_private_bytes);
	AUTO(public_key) struct public_key *rsa_public = public_key_from_pem(pairs.main_public_pem);
	AUTO(public_key) struct public_key *ed25519_public = public_key_from_multibase(
		keys_ed25519_multibase(arena, pairs.ed25519_public_bytes));
	struct str message = STR_LITERAL("message");
	struct str by_rsa, by_ed25519;
	assert_int_equal(signing_key_sign(rsa, arena, message, &by_rsa), ERROR_NONE);
	assert_int_equal(signing_key_sign(ed25519, arena, message, &by_ed25519), ERROR_NONE);
	assert_int_equal(by_rsa.len, 256);
	assert_int_equal(by_ed25519.len, ED25519_SIGNATURE_BYTES);
	assert_true(public_key_verify(rsa_public, message, by_rsa));
	assert_true(public_key_verify(ed25519_public, message, by_ed25519));
	assert_false(public_key_verify(rsa_public, message, by_ed25519));
	assert_false(public_key_verify(ed25519_public, message, by_rsa));
	assert_false(public_key_verify(rsa_public, STR_LITERAL("Message"), by_rsa));
	assert_false(public_key_verify(ed25519_public, STR_LITERAL("Message"), by_ed25519));
	assert_false(public_key_verify(rsa_public, message, str_slice(by_rsa, 0, 255)));
	assert_false(public_key_verify(ed25519_public, message, STR_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rsa_keys_are_judged_by_size_and_exponent),
		cmocka_unit_test(other_kinds_of_keys_are_refused),
		cmocka_unit_test(private_keys_and_certificates_are_refused),
		cmocka_unit_test(only_one_whole_block_is_read),
		cmocka_unit_test(rsa_keys_are_read_to_their_last_byte),
		cmocka_unit_test(both_forms_of_an_rsa_key_verify),
		cmocka_unit_test(a_pem_that_is_too_long_is_refused),
		cmocka_unit_test(multikeys_are_ed25519_only),
		cmocka_unit_test(each_kind_verifies_what_its_other_half_signs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
