/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Base64 by table, base58 by long division in base 256. */
#include "base/encoding.h"

#include <assert.h>
#include <string.h>

#define BASE58_ALPHABET "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

struct str base64_encode(struct arena *arena, struct str bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = arena_alloc(arena, (bytes.len / 3 + 1) * 4 + 1);
	size_t len = 0;
	for (size_t at = 0; at < bytes.len; at += 3) {
		size_t left = bytes.len - at;
		uint32_t group = (uint32_t)(unsigned char)bytes.data[at] << 16;
		if (left > 1)
			group |= (uint32_t)(unsigned char)bytes.data[at + 1] << 8;
		if (left > 2)
			group |= (unsigned char)bytes.data[at + 2];
		text[len++] = alphabet[group >> 18];
		text[len++] = alphabet[group >> 12 & 63];
		text[len++] = left > 1 ? alphabet[group >> 6 & 63] : '=';
		text[len++] = left > 2 ? alphabet[group & 63] : '=';
	}
	return (struct str){ text, len };
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes)
{
	size_t digits = text.len;
	while (digits > 0 && text.len - digits < 2 && text.data[digits - 1] == '=')
		digits--;
	if (digits % 4 == 1 || (digits != text.len && text.len % 4 != 0))
		return false;
	unsigned char *bytes = arena_alloc(arena, digits / 4 * 3 + 3);
	size_t len = 0;
	uint32_t group = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < digits; i++) {
		int value = base64_value(text.data[i]);
		if (value < 0)
			return false;
		group = (group << 6 | (uint32_t)value) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[len++] = (unsigned char)(group >> bits);
		}
	}
	*ret_bytes = (struct str){ (const char *)bytes, len };
	return true;
}

struct str base64url_encode(struct arena *arena, struct str bytes)
{
	struct str text = base64_encode(arena, bytes);
	char *digits = arena_c_string(arena, text);
	size_t len = text.len;
	while (len > 0 && digits[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++)
		digits[i] = (char)(digits[i] == '+' ? '-' : digits[i] == '/' ? '_' : digits[i]);
	return (struct str){ digits, len };
}

bool base64url_decode(struct arena *arena, struct str text, struct str *ret_bytes)
{
	char *digits = arena_c_string(arena, text);
	for (size_t i = 0; i < text.len; i++)
		digits[i] = (char)(digits[i] == '-' ? '+' : digits[i] == '_' ? '/' : digits[i]);
	return base64_decode(arena, (struct str){ digits, text.len }, ret_bytes);
}

struct str base58btc_encode(struct arena *arena, struct str bytes)
{
	static const char alphabet[] = BASE58_ALPHABET;
	size_t capacity = bytes.len * 138 / 100 + 2; /* log(256) / log(58), rounded up */
	unsigned char *digits = arena_alloc(arena, capacity);
	size_t used = 0;
	size_t zeros = 0;

	while (zeros < bytes.len && bytes.data[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < bytes.len; i++) {
		unsigned carry = (unsigned char)bytes.data[i];
		for (size_t j = 0; j < used; j++) {
			carry += (unsigned)digits[j] << 8;
			digits[j] = (unsigned char)(carry % 58);
			carry /= 58;
		}
		for (; carry; carry /= 58) {
			assert(used < capacity);
			digits[used++] = (unsigned char)(carry % 58);
		}
	}

	char *text = arena_alloc(arena, zeros + used + 1);
	memset(text, alphabet[0], zeros);
	for (size_t i = 0; i < used; i++)
		text[zeros + i] = alphabet[digits[used - 1 - i]];
	return (struct str){ text, zeros + used };
}

static int base58_value(char c)
{
	static const char alphabet[] = BASE58_ALPHABET;
	const char *found = c == '\0' ? NULL : strchr(alphabet, c);
	return found ? (int)(found - alphabet) : -1;
}

/* The number grows in place from the end of ret_bytes; its leading zero bytes must then be as many as the text
 * has leading '1', or the text is a shorter or longer value. */
bool base58btc_decode(struct str text, size_t wanted_len, unsigned char *ret_bytes)
{
	assert(wanted_len <= BASE58BTC_MAX_BYTES);
	if (text.len > BASE58BTC_MAX_BYTES * 138 / 100 + 2)
		return false;
	memset(ret_bytes, 0, wanted_len);
	for (size_t i = 0; i < text.len; i++) {
		int value = base58_value(text.data[i]);
		if (value < 0)
			return false;
		unsigned carry = (unsigned)value;
		for (size_t j = wanted_len; j-- > 0;) {
			carry += ret_bytes[j] * 58U;
			ret_bytes[j] = (unsigned char)carry;
			carry >>= 8;
		}
		if (carry)
			return false;
	}
	size_t ones = 0;
	size_t zeros = 0;
	while (ones < text.len && text.data[ones] == '1')
		ones++;
	while (zeros < wanted_len && ret_bytes[zeros] == 0)
		zeros++;
	return ones == zeros;
}
