/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One-time codes. */
#include "base/totp.h"

#include "base/mutant.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define SHA1_BYTES 20
#define STEPS_AROUND 1

void totp_write_code(struct str secret, int64_t step, char ret_code[TOTP_DIGITS + 1])
{
	unsigned char message[8], digest[SHA1_BYTES];
	unsigned length = 0;
	for (int i = 0; i < 8; i++)
		message[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret.data, (int)secret.len, message, sizeof(message), digest, &length) || length != SHA1_BYTES)
		memory_fatal("HMAC failed");
	unsigned at = digest[SHA1_BYTES - 1] & 15;
	uint32_t number = ((uint32_t)(digest[at] & 0x7f) << 24 | (uint32_t)digest[at + 1] << 16 | (uint32_t)digest[at + 2] << 8 |
		digest[at + 3]) % 1000000;
	for (int i = TOTP_DIGITS - 1; i >= 0; i--) {
		ret_code[i] = (char)('0' + number % 10);
		number /= 10;
	}
	ret_code[TOTP_DIGITS] = '\0';
}

static bool read_digits(struct str text, char ret_digits[TOTP_DIGITS])
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == ' ')
			continue;
		if (c < '0' || c > '9' || count == TOTP_DIGITS)
			return false;
		ret_digits[count++] = c;
	}
	return count == TOTP_DIGITS;
}

bool totp_check(struct str secret, struct str code, int64_t now_us, int64_t *ret_step)
{
	char given[TOTP_DIGITS], right[TOTP_DIGITS + 1];
	int64_t now_step = now_us / (TOTP_STEP_S * 1000000LL);
	bool is_right = false;
	if (!read_digits(code, given))
		return false;
	for (int64_t step = now_step - STEPS_AROUND; step <= now_step + STEPS_AROUND; step++) {
		totp_write_code(secret, step, right);
		if (CRYPTO_memcmp(given, right, TOTP_DIGITS) == 0 || MUTANT("totp_code")) {
			*ret_step = step;
			is_right = true;
		}
	}
	return is_right;
}

struct str base32_encode(struct arena *arena, struct str bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *text = arena_alloc(arena, bytes.len * 8 / 5 + 2);
	size_t len = 0;
	uint32_t held = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		held = held << 8 | (unsigned char)bytes.data[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			text[len++] = alphabet[held >> bits & 31];
		}
		held &= (1U << bits) - 1;
	}
	if (bits)
		text[len++] = alphabet[held << (5 - bits) & 31];
	return (struct str){ text, len };
}
