/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The URLs of the proxy: /media/proxy/small/SIGNATURE/URL, both in base64url. The signature binds URL and size to our key
 * file. */
#include "server/media/proxy_url.h"

#include "server/app.h"

#include "base/encoding.h"
#include "base/mutant.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <string.h>

#define SIGNATURE_BYTES 16
#define URL_MAX_BYTES 2048

static const struct str size_names[] = { [MEDIA_ORIGINAL] = STR("original"), [MEDIA_SMALL] = STR("small") };

struct str media_base64url(struct arena *arena, struct str bytes)
{
	struct str encoded = base64_encode(arena, bytes);
	char *text = arena_c_string(arena, encoded);
	size_t len = encoded.len;
	while (len > 0 && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	return (struct str){ text, len };
}

static bool from_base64url(struct arena *arena, struct str text, struct str *ret_bytes)
{
	char *copy = arena_alloc(arena, text.len + 4);
	size_t len = text.len;
	for (size_t i = 0; i < len; i++) {
		if (text.data[i] == '+' || text.data[i] == '/' || text.data[i] == '=')
			return false;
		copy[i] = text.data[i] == '-' ? '+' : text.data[i] == '_' ? '/' : text.data[i];
	}
	while (len % 4)
		copy[len++] = '=';
	return base64_decode(arena, (struct str){ copy, len }, ret_bytes);
}

static void sign(const struct app *app, struct arena *arena, struct str url, enum media_size size,
	unsigned char ret_signature[SIGNATURE_BYTES])
{
	unsigned char key[SECRET_BOX_DERIVED_BYTES], digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	secret_box_derive(app->secret_box, STR_LITERAL("media_proxy"), key);
	struct str signed_text = arena_printf(arena, "%.*s %.*s", STR_ARG(size_names[size]), STR_ARG(url));
	if (!HMAC(EVP_sha256(), key, sizeof(key), (const unsigned char *)signed_text.data, signed_text.len, digest, &len))
		memory_fatal("no HMAC-SHA-256");
	memcpy(ret_signature, digest, SIGNATURE_BYTES);
	OPENSSL_cleanse(key, sizeof(key));
}

static bool is_ours(const struct app *app, struct str url)
{
	return str_starts_with(url, app->base_url) && url.len > app->base_url.len && url.data[app->base_url.len] == '/';
}

struct str media_proxy_url(const struct app *app, struct arena *arena, struct str url, enum media_size size)
{
	unsigned char signature[SIGNATURE_BYTES];
	if (str_is_empty(url) || url.len > URL_MAX_BYTES)
		return (struct str){ 0 };
	if (url.data[0] == '/')
		return arena_printf(arena, "%.*s%.*s", STR_ARG(app->base_url), STR_ARG(url));
	if (is_ours(app, url))
		return url;
	if (!str_starts_with(url, STR_LITERAL("https://")) && !str_starts_with(url, STR_LITERAL("http://")))
		return (struct str){ 0 };
	sign(app, arena, url, size, signature);
	struct str signed_by = media_base64url(arena, (struct str){ (const char *)signature, sizeof(signature) });
	return arena_printf(arena, "%.*s/media/proxy/%.*s/%.*s/%.*s", STR_ARG(app->base_url), STR_ARG(size_names[size]),
		STR_ARG(signed_by), STR_ARG(media_base64url(arena, url)));
}

bool media_proxy_read(const struct app *app, struct arena *arena, const struct str parts[3], struct str *ret_url,
	enum media_size *ret_size)
{
	unsigned char wanted[SIGNATURE_BYTES];
	struct str signature, url;
	enum media_size size = str_eq(parts[0], size_names[MEDIA_SMALL]) ? MEDIA_SMALL : MEDIA_ORIGINAL;
	if (!str_eq(parts[0], size_names[size]) || !from_base64url(arena, parts[1], &signature) ||
		!from_base64url(arena, parts[2], &url) || signature.len != SIGNATURE_BYTES || url.len > URL_MAX_BYTES)
		return false;
	sign(app, arena, url, size, wanted);
	if (CRYPTO_memcmp(wanted, signature.data, SIGNATURE_BYTES) != 0 && !MUTANT("media_proxy_signature"))
		return false;
	*ret_url = url;
	*ret_size = size;
	return true;
}

struct str media_proxy_name(struct arena *arena, struct str url)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)url.data, url.len, digest);
	return media_base64url(arena, (struct str){ (const char *)digest, 16 });
}
