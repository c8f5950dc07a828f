/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Signs with OpenSSL: RSASSA-PKCS1-v1_5 with SHA-256, or pure Ed25519. */
#include "federation/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>

struct signing_key {
	enum public_key_kind kind;
	EVP_PKEY *pkey; /* a secret; OpenSSL wipes it */
};

static void md_context_auto(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

static struct signing_key *key_new(EVP_PKEY *pkey, enum public_key_kind kind)
{
	struct signing_key *key = memory_new(sizeof(*key));
	key->kind = kind;
	key->pkey = pkey;
	return key;
}

struct signing_key *signing_key_from_rsa_der(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.data;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	ERR_clear_error();
	if (!pkey || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return key_new(pkey, PUBLIC_KEY_RSA);
}

struct signing_key *signing_key_from_ed25519(struct str bytes)
{
	if (bytes.len != ED25519_KEY_BYTES)
		return NULL;
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)bytes.data, bytes.len);
	return pkey ? key_new(pkey, PUBLIC_KEY_ED25519) : NULL;
}

void signing_key_free(struct signing_key **key)
{
	if (!*key)
		return;
	EVP_PKEY_free((*key)->pkey);
	memory_free(*key);
	*key = NULL;
}

void signing_key_auto(struct signing_key **key)
{
	signing_key_free(key);
}

enum public_key_kind signing_key_kind(const struct signing_key *key)
{
	return key->kind;
}

enum error signing_key_sign(const struct signing_key *key, struct arena *arena, struct str message,
	struct str *ret_signature)
{
	AUTO(md_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *digest = key->kind == PUBLIC_KEY_RSA ? EVP_sha256() : NULL;
	size_t len = (size_t)EVP_PKEY_get_size(key->pkey);
	unsigned char *signature = arena_alloc(arena, len);
	if (!context || EVP_DigestSignInit(context, NULL, digest, NULL, key->pkey) != 1 ||
		EVP_DigestSign(context, signature, &len, (const unsigned char *)message.data, message.len) != 1) {
		ERR_clear_error();
		return ERROR_CRYPTO;
	}
	*ret_signature = (struct str){ (const char *)signature, len };
	return ERROR_NONE;
}
