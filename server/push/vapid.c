/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sealed key is stored once; whoever loses the race for it reads the other's. */
#include "server/push/vapid.h"

#include "server/push/p256.h"

#include "base/clock.h"
#include "base/encoding.h"
#include "base/json_out.h"
#include "base/secret_box.h"
#include "base/url.h"
#include "storage/setting.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <string.h>

#define SETTING STR_LITERAL("push.vapid_key")
#define LIFETIME_S (12LL * 3600)
#define NUMBER_BYTES 32 /* each half of a signature */
#define PUBLIC_TEXT_BYTES 87

struct vapid {
	EVP_PKEY *key;
	char public_key[PUBLIC_TEXT_BYTES + 1];
};

static enum error make(struct db *db, struct arena *arena, const struct secret_box *box)
{
	AUTO(p256) EVP_PKEY *key = p256_generate();
	struct str sealed = secret_box_seal(box, arena, SETTING, p256_private(arena, key));
	return setting_add_text(db, arena, SETTING, base64_encode(arena, sealed));
}

static enum error unseal(struct arena *arena, const struct secret_box *box, struct str text, EVP_PKEY **ret_key)
{
	struct str sealed, bytes;
	if (!base64_decode(arena, text, &sealed))
		return ERROR_CONFIGURATION;
	enum error error = secret_box_unseal(box, arena, SETTING, sealed, &bytes);
	if (error)
		return error;
	*ret_key = p256_read_private(bytes);
	return *ret_key ? ERROR_NONE : ERROR_CONFIGURATION;
}

enum error vapid_open(struct db *db, struct arena *arena, const struct secret_box *box, struct vapid **ret_vapid)
{
	struct str text;
	EVP_PKEY *key = NULL;
	enum error error = setting_find_text(db, arena, SETTING, &text);
	if (error == ERROR_NOT_FOUND) {
		error = make(db, arena, box);
		if (!error)
			error = setting_find_text(db, arena, SETTING, &text);
	}
	if (!error)
		error = unseal(arena, box, text, &key);
	if (error)
		return error;
	struct vapid *vapid = memory_new(sizeof(*vapid));
	struct str public_key = base64url_encode(arena, p256_public(arena, key));
	vapid->key = key;
	memcpy(vapid->public_key, public_key.data, PUBLIC_TEXT_BYTES);
	*ret_vapid = vapid;
	return ERROR_NONE;
}

void vapid_close(struct vapid **vapid)
{
	if (!*vapid)
		return;
	EVP_PKEY_free((*vapid)->key);
	memory_free(*vapid);
	*vapid = NULL;
}

struct str vapid_public_key(const struct vapid *vapid)
{
	return (struct str){ vapid->public_key, PUBLIC_TEXT_BYTES };
}

bool vapid_audience(struct arena *arena, struct str endpoint, struct str *ret_audience)
{
	struct url url;
	if (!url_parse(arena, endpoint, &url))
		return false;
	*ret_audience = arena_printf(arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(url.authority));
	return true;
}

/* RFC 7518, 3.4: both numbers at full length, where OpenSSL gives DER. */
static struct str sign(const struct vapid *vapid, struct arena *arena, struct str text)
{
	unsigned char der[128], *raw = arena_alloc(arena, 2 * (size_t)NUMBER_BYTES);
	const unsigned char *at = der;
	size_t len = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, vapid->key) != 1 ||
	    EVP_DigestSign(context, der, &len, (const unsigned char *)text.data, text.len) != 1)
		memory_fatal("OpenSSL does not sign");
	EVP_MD_CTX_free(context);
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)len);
	if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, NUMBER_BYTES) != NUMBER_BYTES ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + NUMBER_BYTES, NUMBER_BYTES) != NUMBER_BYTES)
		memory_fatal("OpenSSL signs strangely");
	ECDSA_SIG_free(signature);
	return (struct str){ (const char *)raw, 2 * (size_t)NUMBER_BYTES };
}

struct str vapid_sign(const struct vapid *vapid, struct arena *arena, struct str audience, struct str subject)
{
	AUTO(buf) struct buf claims = { 0 };
	struct json_out json;
	json_out_init(&json, &claims);
	json_out_object_begin(&json);
	json_out_key_str(&json, "aud", audience);
	json_out_key_int(&json, "exp", clock_now_us() / 1000000 + LIFETIME_S);
	json_out_key_str(&json, "sub", subject);
	json_out_object_end(&json);
	struct str head = base64url_encode(arena, STR_LITERAL("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"));
	struct str body = base64url_encode(arena, buf_str(&claims));
	struct str text = arena_printf(arena, "%.*s.%.*s", STR_ARG(head), STR_ARG(body));
	struct str signature = base64url_encode(arena, sign(vapid, arena, text));
	return arena_printf(arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(signature));
}
