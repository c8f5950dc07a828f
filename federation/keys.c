/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Makes the two key pairs of a local actor with OpenSSL and spells the Ed25519 one as a Multikey. */
#include "federation/keys.h"

#include "base/encoding.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <assert.h>
#include <string.h>

#define RSA_BITS 2048 /* what every peer verifies; Mastodon's own size */
#define ED25519_BYTES 32
#define MULTICODEC_BYTES 2

static void key_auto(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bio_auto(BIO **bio)
{
	BIO_free(*bio);
}

static enum error write_public_pem(struct arena *arena, EVP_PKEY *key, struct str *ret_pem)
{
	AUTO(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;

	if (!bio || PEM_write_bio_PUBKEY(bio, key) != 1)
		return ERROR_CRYPTO;
	long len = BIO_get_mem_data(bio, &data);
	if (len <= 0)
		return ERROR_CRYPTO;
	*ret_pem = arena_str(arena, (struct str){ data, (size_t)len });
	return ERROR_NONE;
}

static enum error write_private_der(struct arena *arena, EVP_PKEY *key, struct str *ret_der)
{
	unsigned char *der = NULL;
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);

	if (!info)
		return ERROR_CRYPTO;
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (len <= 0)
		return ERROR_CRYPTO;
	*ret_der = arena_str(arena, (struct str){ (const char *)der, (size_t)len });
	OPENSSL_clear_free(der, (size_t)len);
	return ERROR_NONE;
}

static enum error generate_rsa(struct arena *arena, struct key_pairs *keys)
{
	AUTO(key) EVP_PKEY *key = EVP_RSA_gen(RSA_BITS);

	if (!key)
		return ERROR_CRYPTO;
	enum error error = write_public_pem(arena, key, &keys->main_public_pem);
	if (error)
		return error;
	return write_private_der(arena, key, &keys->main_private_der);
}

static enum error generate_ed25519(struct arena *arena, struct key_pairs *keys)
{
	AUTO(key) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	unsigned char *public_bytes = arena_alloc(arena, ED25519_BYTES);
	unsigned char *private_bytes = arena_alloc(arena, ED25519_BYTES);
	size_t public_len = ED25519_BYTES;
	size_t private_len = ED25519_BYTES;

	if (!key || EVP_PKEY_get_raw_public_key(key, public_bytes, &public_len) != 1 ||
		EVP_PKEY_get_raw_private_key(key, private_bytes, &private_len) != 1)
		return ERROR_CRYPTO;
	if (public_len != ED25519_BYTES || private_len != ED25519_BYTES)
		return ERROR_CRYPTO;
	keys->ed25519_public_bytes = (struct str){ (const char *)public_bytes, public_len };
	keys->ed25519_private_bytes = (struct str){ (const char *)private_bytes, private_len };
	return ERROR_NONE;
}

enum error keys_generate(struct arena *arena, struct key_pairs *ret_keys)
{
	struct key_pairs keys = { 0 };

	enum error error = generate_rsa(arena, &keys);
	if (!error)
		error = generate_ed25519(arena, &keys);
	if (error)
		return error;
	*ret_keys = keys;
	return ERROR_NONE;
}

struct str keys_seal_context(struct arena *arena, int64_t actor_id, const char *kind)
{
	return arena_printf(arena, "actor_key:%lld:%s", (long long)actor_id, kind);
}

struct str keys_ed25519_multibase(struct arena *arena, struct str public_bytes)
{
	unsigned char prefixed[MULTICODEC_BYTES + ED25519_BYTES] = { 0xed, 0x01 };

	assert(public_bytes.len == ED25519_BYTES);
	memcpy(prefixed + MULTICODEC_BYTES, public_bytes.data, ED25519_BYTES);
	struct str digits = base58btc_encode(arena, (struct str){ (const char *)prefixed, sizeof(prefixed) });
	const struct str parts[] = { STR("z"), digits };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}
