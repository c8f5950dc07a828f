/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Both forms agree on a secret by ECDH, stretch it by HKDF and seal one record by AES-128-GCM; they differ in what goes
 * into the derivation and where salt and key are told. */
#include "server/push/web_push.h"

#include "server/push/p256.h"

#include "base/encoding.h"
#include "base/mutant.h"
#include "base/random.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <string.h>

#define SECRET_BYTES 32
#define KEY_BYTES 16
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define RECORD_BYTES 4096

struct keys {
	unsigned char key[KEY_BYTES];
	unsigned char nonce[NONCE_BYTES];
};

bool web_push_read_keys(struct arena *arena, struct str p256dh, struct str auth, struct web_push_recipient *ret_recipient)
{
	struct str public_key, auth_secret;
	if (p256dh.len > 200 || auth.len > 100 || !base64url_decode(arena, p256dh, &public_key) ||
	    !base64url_decode(arena, auth, &auth_secret) || auth_secret.len != WEB_PUSH_AUTH_BYTES)
		return false;
	AUTO(p256) EVP_PKEY *key = p256_read_public(public_key);
	if (!key)
		return false;
	ret_recipient->public_key = public_key;
	ret_recipient->auth_secret = auth_secret;
	return true;
}

static void derive(struct str salt, struct str secret, struct str info, unsigned char *ret_bytes, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)secret.data, secret.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.data, salt.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.data, info.len),
		OSSL_PARAM_construct_end(),
	};
	if (!context || EVP_KDF_derive(context, ret_bytes, len, parameters) <= 0)
		memory_fatal("OpenSSL derives no key");
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

static bool agree(EVP_PKEY *own, EVP_PKEY *other, unsigned char ret_secret[SECRET_BYTES])
{
	size_t len = SECRET_BYTES;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	bool is_done = context && EVP_PKEY_derive_init(context) > 0 && EVP_PKEY_derive_set_peer(context, other) > 0 &&
		EVP_PKEY_derive(context, ret_secret, &len) > 0 && len == SECRET_BYTES;
	EVP_PKEY_CTX_free(context);
	return is_done;
}

static struct str seal(struct arena *arena, const struct keys *keys, struct str plain)
{
	unsigned char *out = arena_alloc(arena, plain.len + TAG_BYTES);
	int len = 0, last = 0;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	if (!context || EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, keys->key, keys->nonce) != 1 ||
	    EVP_EncryptUpdate(context, out, &len, (const unsigned char *)plain.data, (int)plain.len) != 1 ||
	    EVP_EncryptFinal_ex(context, out + len, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + len + last) != 1)
		memory_fatal("OpenSSL does not encrypt");
	EVP_CIPHER_CTX_free(context);
	return (struct str){ (const char *)out, plain.len + TAG_BYTES };
}

static struct str bytes_of(const unsigned char *bytes, size_t len)
{
	return (struct str){ (const char *)bytes, len };
}

/* With the NUL at the end, which is part of it. */
#define INFO(text) ((struct str){ (text), sizeof(text) })

static struct str join(struct arena *arena, struct str a, struct str b, struct str c)
{
	struct str parts[] = { a, b, c };
	return arena_join(arena, parts, 3);
}

/* RFC 8291, 3.4 and RFC 8188, 2. */
static struct str write_standard(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct str secret, struct str sender, struct str salt)
{
	unsigned char input[SECRET_BYTES];
	static const char head_rest[] = { 0, 0, RECORD_BYTES >> 8, RECORD_BYTES & 0xff, WEB_PUSH_PUBLIC_KEY_BYTES };
	struct keys keys;
	derive(recipient->auth_secret, secret, join(arena, INFO("WebPush: info"), recipient->public_key, sender), input,
		sizeof(input));
	derive(salt, bytes_of(input, sizeof(input)), INFO("Content-Encoding: aes128gcm"), keys.key, sizeof(keys.key));
	derive(salt, bytes_of(input, sizeof(input)), INFO("Content-Encoding: nonce"), keys.nonce, sizeof(keys.nonce));
	struct str record = join(arena, plain, STR_LITERAL("\2"), (struct str){ 0 });
	struct str head = join(arena, salt, (struct str){ head_rest, sizeof(head_rest) }, sender);
	return join(arena, head, seal(arena, &keys, record), (struct str){ 0 });
}

/* Both keys, each with its length. */
static struct str draft_context(struct arena *arena, struct str recipient, struct str sender)
{
	static const char length[] = { 0, WEB_PUSH_PUBLIC_KEY_BYTES };
	struct str length_text = { length, sizeof(length) };
	struct str parts[] = { INFO("P-256"), length_text, recipient, length_text, sender };
	return arena_join(arena, parts, 5);
}

static struct str write_draft(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct str secret, struct str sender, struct str salt)
{
	unsigned char input[SECRET_BYTES];
	struct keys keys;
	struct str context = draft_context(arena, recipient->public_key, sender);
	derive(recipient->auth_secret, secret, INFO("Content-Encoding: auth"), input, sizeof(input));
	derive(salt, bytes_of(input, sizeof(input)), join(arena, INFO("Content-Encoding: aesgcm"), context, (struct str){ 0 }),
		keys.key, sizeof(keys.key));
	derive(salt, bytes_of(input, sizeof(input)), join(arena, INFO("Content-Encoding: nonce"), context, (struct str){ 0 }),
		keys.nonce, sizeof(keys.nonce));
	return seal(arena, &keys, join(arena, (struct str){ "\0", 2 }, plain, (struct str){ 0 })); /* no padding */
}

static enum error encrypt(struct arena *arena, const struct web_push_recipient *recipient, struct str plain, EVP_PKEY *own,
	struct str salt, struct web_push_message *ret_message)
{
	unsigned char secret[SECRET_BYTES];
	AUTO(p256) EVP_PKEY *other = p256_read_public(recipient->public_key);
	bool is_too_long = plain.len > WEB_PUSH_PLAIN_MAX_BYTES && !MUTANT("web_push_length");
	if (!other || !own || is_too_long || recipient->auth_secret.len != WEB_PUSH_AUTH_BYTES || !agree(own, other, secret))
		return ERROR_UNPROCESSABLE;
	struct str shared = bytes_of(secret, sizeof(secret)), sender = p256_public(arena, own);
	if (recipient->is_standard) {
		*ret_message = (struct web_push_message){
			.body = write_standard(arena, recipient, plain, shared, sender, salt),
			.content_encoding = STR_LITERAL("aes128gcm"),
		};
	} else {
		struct str sender_text = base64url_encode(arena, sender), salt_text = base64url_encode(arena, salt);
		*ret_message = (struct web_push_message){
			.body = write_draft(arena, recipient, plain, shared, sender, salt),
			.content_encoding = STR_LITERAL("aesgcm"),
			.encryption = arena_printf(arena, "salt=%.*s", STR_ARG(salt_text)),
			.crypto_key = arena_printf(arena, "dh=%.*s", STR_ARG(sender_text)),
		};
	}
	return ERROR_NONE;
}

enum error web_push_encrypt(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct web_push_message *ret_message)
{
	unsigned char *salt = arena_alloc(arena, WEB_PUSH_SALT_BYTES);
	AUTO(p256) EVP_PKEY *own = p256_generate();
	random_bytes(salt, WEB_PUSH_SALT_BYTES);
	return encrypt(arena, recipient, plain, own, bytes_of(salt, WEB_PUSH_SALT_BYTES), ret_message);
}

enum error web_push_encrypt_with(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct str private_key, struct str salt, struct web_push_message *ret_message)
{
	AUTO(p256) EVP_PKEY *own = p256_read_private(private_key);
	return encrypt(arena, recipient, plain, own, salt, ret_message);
}
