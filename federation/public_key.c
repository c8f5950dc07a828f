/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The PEM frame is read here, not by OpenSSL, whose reader skips what stands around a block and takes private
 * keys and certificates. So is the DER that nearly all RSA keys come in: OpenSSL 3 looks for a decoder anew for each
 * key, which takes 250 us where making it of its two numbers takes 4. What is of another form goes to OpenSSL, as exactly
 * one structure of DER that it has to use up. */
#include "federation/public_key.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/mutant.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <stdatomic.h>

#define RSA_MIN_BITS 2048
#define RSA_MAX_BITS 8192        /* a check of 16,384 bits costs milliseconds of our time per request */
#define RSA_MAX_EXPONENT_BITS 32 /* the cost of a check grows with it; everyone uses 65537 */

struct public_key {
	atomic_uint references;
	enum public_key_kind kind;
	EVP_PKEY *pkey;
};

static void pkey_auto(EVP_PKEY **pkey)
{
	EVP_PKEY_free(*pkey);
}

static void bignum_auto(BIGNUM **number)
{
	BN_free(*number);
}

static void md_context_auto(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

static bool is_rsa_exponent_good(const EVP_PKEY *pkey)
{
	AUTO(bignum) BIGNUM *exponent = NULL;
	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
		return false;
	return BN_is_odd(exponent) && !BN_is_one(exponent) && BN_num_bits(exponent) <= RSA_MAX_EXPONENT_BITS;
}

static bool is_rsa_modulus_odd(const EVP_PKEY *pkey)
{
	AUTO(bignum) BIGNUM *modulus = NULL;
	return EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 && BN_is_odd(modulus);
}

static bool is_rsa_good(const EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);
	if ((bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) && !MUTANT("public_key_strength"))
		return false;
	if (!is_rsa_exponent_good(pkey) && !MUTANT("public_key_exponent"))
		return false;
	return is_rsa_modulus_odd(pkey) || MUTANT("public_key_modulus");
}

/* Takes over pkey's reference when it is good. */
static struct public_key *key_new(EVP_PKEY **pkey)
{
	enum public_key_kind kind;
	if (!*pkey)
		return NULL;
	switch (EVP_PKEY_get_base_id(*pkey)) {
	case EVP_PKEY_RSA:
		if (!is_rsa_good(*pkey))
			return NULL;
		kind = PUBLIC_KEY_RSA;
		break;
	case EVP_PKEY_ED25519:
		kind = PUBLIC_KEY_ED25519;
		break;
	default:
		return NULL;
	}
	struct public_key *key = memory_new(sizeof(*key));
	atomic_init(&key->references, 1);
	key->kind = kind;
	key->pkey = *pkey;
	*pkey = NULL;
	return key;
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str trim_white(struct str text)
{
	while (text.len > 0 && is_white(text.data[0]))
		text = str_slice(text, 1, text.len);
	while (text.len > 0 && is_white(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* The DER between the two marks; false for any other character than base64 and white space. */
static bool read_pem(struct arena *arena, struct str pem, struct str begin, struct str end, struct str *ret_der)
{
	if (!str_starts_with(pem, begin) || !str_ends_with(pem, end) || pem.len < begin.len + end.len)
		return false;
	struct str inner = str_slice(pem, begin.len, pem.len - end.len);
	char *digits = arena_alloc(arena, inner.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < inner.len; i++) {
		if (!is_white(inner.data[i]))
			digits[len++] = inner.data[i];
	}
	return len > 0 && base64_decode(arena, (struct str){ digits, len }, ret_der);
}

/* Takes the value with that tag off the front. Lengths are those of X.690, 10.1 (as short as can be) up to 65,535. */
static bool take_value(struct str *rest, unsigned char tag, struct str *ret_content)
{
	const unsigned char *at = (const unsigned char *)rest->data;
	if (rest->len < 2 || at[0] != tag)
		return false;
	size_t len = at[1], head = 2;
	if (len >= 0x80) {
		head += len - 0x80;
		if (head < 3 || head > 4 || rest->len < head)
			return false;
		len = head == 3 ? at[2] : (size_t)at[2] << 8 | at[3];
		if (len < (head == 3 ? 0x80 : 0x100))
			return false;
	}
	if (len > rest->len - head)
		return false;
	*ret_content = str_slice(*rest, head, head + len);
	*rest = str_slice(*rest, head + len, rest->len);
	return true;
}

/* An INTEGER above zero, big end first, as X.690, 8.3.2 wants it: no more zeros in front than the sign needs. */
static bool take_number(struct str *rest, struct str *ret_number)
{
	struct str number;
	if (!take_value(rest, V_ASN1_INTEGER, &number) || number.len == 0 || number.data[0] & 0x80)
		return false;
	if (number.data[0] == 0) {
		if (number.len < 2 || !(number.data[1] & 0x80))
			return false;
		number = str_slice(number, 1, number.len);
	}
	*ret_number = number;
	return true;
}

/* *ret_native: as OSSL_PARAM wants numbers, in the order of this machine. */
static bool to_native(struct arena *arena, struct str number, struct str *ret_native)
{
	AUTO(bignum) BIGNUM *value = BN_bin2bn((const unsigned char *)number.data, (int)number.len, NULL);
	unsigned char *native = arena_alloc(arena, number.len);
	if (!value || BN_bn2nativepad(value, native, (int)number.len) < 0)
		return false;
	*ret_native = (struct str){ (const char *)native, number.len };
	return true;
}

static EVP_PKEY *make_rsa(struct arena *arena, struct str modulus, struct str exponent)
{
	struct str n, e;
	EVP_PKEY *pkey = NULL;
	if (!to_native(arena, modulus, &n) || !to_native(arena, exponent, &e))
		return NULL;
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, (unsigned char *)n.data, n.len),
		OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, (unsigned char *)e.data, e.len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (context && EVP_PKEY_fromdata_init(context) == 1 &&
		EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	return pkey;
}

/* RSAPublicKey (RFC 8017, A.1.1) and nothing else. NULL for any other form. */
static EVP_PKEY *read_rsa_numbers(struct arena *arena, struct str der)
{
	struct str numbers, modulus, exponent;
	if (!take_value(&der, V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, &numbers) || !take_number(&numbers, &modulus) ||
		!take_number(&numbers, &exponent))
		return NULL;
	if ((der.len > 0 || numbers.len > 0) && !MUTANT("public_key_der_end"))
		return NULL;
	return make_rsa(arena, modulus, exponent);
}

/* SubjectPublicKeyInfo (RFC 5280, 4.1) of rsaEncryption (RFC 3279, 2.3.1) and nothing else. NULL for any other form. */
static EVP_PKEY *read_rsa_spki(struct arena *arena, struct str der)
{
	static const struct str rsa_encryption = STR("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
	struct str parts, bits;
	if (!take_value(&der, V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, &parts) || !str_starts_with(parts, rsa_encryption))
		return NULL;
	parts = str_slice(parts, rsa_encryption.len, parts.len);
	if (!take_value(&parts, V_ASN1_BIT_STRING, &bits) || bits.len == 0 || bits.data[0] != 0)
		return NULL;
	if ((der.len > 0 || parts.len > 0) && !MUTANT("public_key_spki_end"))
		return NULL;
	return read_rsa_numbers(arena, str_slice(bits, 1, bits.len));
}

static EVP_PKEY *read_spki(struct arena *arena, struct str der)
{
	EVP_PKEY *pkey = read_rsa_spki(arena, der);
	if (pkey)
		return pkey;
	const unsigned char *at = (const unsigned char *)der.data;
	pkey = d2i_PUBKEY(NULL, &at, (long)der.len);
	if (pkey && at != (const unsigned char *)der.data + der.len) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

static EVP_PKEY *read_pkcs1(struct arena *arena, struct str der)
{
	EVP_PKEY *pkey = read_rsa_numbers(arena, der);
	if (pkey)
		return pkey;
	const unsigned char *at = (const unsigned char *)der.data;
	pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
	if (pkey && at != (const unsigned char *)der.data + der.len) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

struct public_key *public_key_from_pem(struct str pem)
{
	if (pem.len > PUBLIC_KEY_MAX_PEM_BYTES && !MUTANT("public_key_pem_bytes"))
		return NULL;
	AUTO(arena) struct arena *arena = arena_new(pem.len * 2 + 4096);
	AUTO(pkey) EVP_PKEY *pkey = NULL;
	struct str der;
	struct str text = trim_white(pem);
	if (read_pem(arena, text, STR_LITERAL("-----BEGIN PUBLIC KEY-----"), STR_LITERAL("-----END PUBLIC KEY-----"), &der))
		pkey = read_spki(arena, der);
	else if (read_pem(arena, text, STR_LITERAL("-----BEGIN RSA PUBLIC KEY-----"),
			STR_LITERAL("-----END RSA PUBLIC KEY-----"), &der))
		pkey = read_pkcs1(arena, der);
	struct public_key *key = key_new(&pkey);
	ERR_clear_error();
	return key;
}

struct public_key *public_key_from_ed25519(struct str bytes)
{
	if (bytes.len != ED25519_KEY_BYTES)
		return NULL;
	AUTO(pkey) EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)bytes.data,
		bytes.len);
	return key_new(&pkey);
}

struct public_key *public_key_from_multibase(struct str text)
{
	unsigned char bytes[2 + ED25519_KEY_BYTES];
	if (text.len > ED25519_MULTIBASE_BYTES || text.len < 1 || text.data[0] != 'z')
		return NULL;
	if (!base58btc_decode(str_slice(text, 1, text.len), sizeof(bytes), bytes))
		return NULL;
	if ((bytes[0] != 0xed || bytes[1] != 0x01) && !MUTANT("public_key_multicodec"))
		return NULL;
	return public_key_from_ed25519((struct str){ (const char *)bytes + 2, ED25519_KEY_BYTES });
}

struct public_key *public_key_ref(struct public_key *key)
{
	atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
	return key;
}

void public_key_unref(struct public_key **key)
{
	if (!*key)
		return;
	if (atomic_fetch_sub_explicit(&(*key)->references, 1, memory_order_acq_rel) == 1) {
		EVP_PKEY_free((*key)->pkey);
		memory_free(*key);
	}
	*key = NULL;
}

void public_key_auto(struct public_key **key)
{
	public_key_unref(key);
}

enum public_key_kind public_key_kind(const struct public_key *key)
{
	return key->kind;
}

bool public_key_verify(const struct public_key *key, struct str message, struct str signature)
{
	AUTO(md_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *digest = key->kind == PUBLIC_KEY_RSA ? EVP_sha256() : NULL;
	bool is_good = context && EVP_DigestVerifyInit(context, NULL, digest, NULL, key->pkey) == 1 &&
		EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.len,
			(const unsigned char *)message.data, message.len) == 1;
	ERR_clear_error();
	return is_good;
}
