/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * OpenSSL takes a private key only together with its public one, which is computed here. */
#include "server/push/p256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

static const char curve[] = "prime256v1";

static EVP_PKEY *from_parameters(OSSL_PARAM_BLD *build, int selection)
{
	EVP_PKEY *key = NULL;
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (!parameters || !context || EVP_PKEY_fromdata_init(context) <= 0 ||
	    EVP_PKEY_fromdata(context, &key, selection, parameters) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	return key;
}

static bool is_valid(EVP_PKEY *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool valid = context && EVP_PKEY_public_check(context) == 1;
	EVP_PKEY_CTX_free(context);
	return valid;
}

EVP_PKEY *p256_read_public(struct str bytes)
{
	if (bytes.len != P256_PUBLIC_BYTES || bytes.data[0] != 4)
		return NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	if (!build)
		memory_fatal("OpenSSL has no memory");
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, bytes.data, bytes.len);
	EVP_PKEY *key = from_parameters(build, EVP_PKEY_PUBLIC_KEY);
	OSSL_PARAM_BLD_free(build);
	if (key && !is_valid(key)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static bool compute_public(const BIGNUM *number, unsigned char ret_bytes[P256_PUBLIC_BYTES])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(NULL, NULL, NID_X9_62_prime256v1);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	bool is_done = point && BN_cmp(number, EC_GROUP_get0_order(group)) < 0 && !BN_is_zero(number) &&
		EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1 &&
		EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret_bytes, P256_PUBLIC_BYTES, NULL) ==
			P256_PUBLIC_BYTES;
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return is_done;
}

EVP_PKEY *p256_read_private(struct str bytes)
{
	unsigned char public_bytes[P256_PUBLIC_BYTES];
	EVP_PKEY *key = NULL;
	if (bytes.len != P256_PRIVATE_BYTES)
		return NULL;
	BIGNUM *number = BN_secure_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	if (!number || !build || !BN_bin2bn((const unsigned char *)bytes.data, P256_PRIVATE_BYTES, number))
		memory_fatal("OpenSSL has no memory");
	if (compute_public(number, public_bytes)) {
		OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
		OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public_bytes, sizeof(public_bytes));
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
		key = from_parameters(build, EVP_PKEY_KEYPAIR);
	}
	OSSL_PARAM_BLD_free(build);
	BN_clear_free(number);
	return key;
}

EVP_PKEY *p256_generate(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
	if (!key)
		memory_fatal("OpenSSL makes no key");
	return key;
}

struct str p256_public(struct arena *arena, EVP_PKEY *key)
{
	unsigned char *bytes = arena_alloc(arena, P256_PUBLIC_BYTES);
	size_t len = 0;
	if (!EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, bytes, P256_PUBLIC_BYTES, &len) ||
	    len != P256_PUBLIC_BYTES)
		memory_fatal("a key is not of P-256");
	return (struct str){ (const char *)bytes, len };
}

struct str p256_private(struct arena *arena, EVP_PKEY *key)
{
	unsigned char *bytes = arena_alloc(arena, P256_PRIVATE_BYTES);
	BIGNUM *number = NULL;
	if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) ||
	    BN_bn2binpad(number, bytes, P256_PRIVATE_BYTES) != P256_PRIVATE_BYTES)
		memory_fatal("a key has no private part");
	BN_clear_free(number);
	return (struct str){ (const char *)bytes, P256_PRIVATE_BYTES };
}

void p256_auto(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
	*key = NULL;
}
