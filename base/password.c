/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * libargon2 behind one lock. What people type is brought to one form first (RFC 8265, OpaqueString: NFC),
 * since the same letter with an accent comes in two forms from different keyboards. */
#include "base/password.h"

#include "base/mutant.h"
#include "base/random.h"

#include <argon2.h>
#include <uninorm.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PASSES 2
#define MEMORY_KIB 19456
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32
#define PARAMETERS "$argon2id$v=19$m=19456,t=2,p=1$"
#define HASH_TEXT_MAX 256
#define GENERATED_CHARACTERS 20

/* Of 32 random bytes that nobody kept. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$Y29tcHRvaXItbm9ib2R5AA$JMU+mnMYd02TlxSBombGTgruZmMKoNjjz6xh4MFPcR0";

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static size_t count_characters(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

/* password in NFC on libunistring's heap, or NULL when there is no such form. */
static uint8_t *normalise(struct str password, size_t *ret_len)
{
	static const uint8_t nothing[1];
	const uint8_t *data = password.len ? (const uint8_t *)password.data : nothing;
	return u8_normalize(UNINORM_NFC, data, password.len, NULL, ret_len);
}

static void release(uint8_t *normal, size_t len)
{
	if (!normal)
		return;
	memory_wipe(normal, len);
	memory_free(normal);
}

enum error password_hash(struct arena *arena, struct str password, struct str *ret_hash)
{
	bool is_short = count_characters(password) < PASSWORD_MIN_CHARACTERS && !MUTANT("password_length");
	if (is_short || password.len > PASSWORD_MAX_BYTES || !str_is_utf8(password))
		return ERROR_UNPROCESSABLE;

	size_t normal_len = 0;
	uint8_t *normal = normalise(password, &normal_len);
	if (!normal)
		return ERROR_UNPROCESSABLE;
	uint8_t salt[SALT_BYTES];
	char text[HASH_TEXT_MAX];
	random_bytes(salt, sizeof(salt));
	pthread_mutex_lock(&one_at_a_time);
	int result = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, normal, normal_len, salt, sizeof(salt), HASH_BYTES,
		text, sizeof(text));
	pthread_mutex_unlock(&one_at_a_time);
	release(normal, normal_len);
	if (result != ARGON2_OK)
		return ERROR_CRYPTO;
	*ret_hash = arena_str(arena, str_from(text));
	return ERROR_NONE;
}

bool password_verify(struct str password, struct str hash, bool *ret_wants_rehash)
{
	bool is_known = !str_is_empty(hash) && hash.len < HASH_TEXT_MAX;
	char text[HASH_TEXT_MAX];
	if (is_known)
		memcpy(text, hash.data, hash.len);
	else
		memcpy(text, nobody, sizeof(nobody));
	text[is_known ? hash.len : sizeof(nobody) - 1] = '\0';
	if (password.len > PASSWORD_MAX_BYTES || !str_is_utf8(password))
		return false;

	size_t normal_len = 0;
	uint8_t *normal = normalise(password, &normal_len);
	if (!normal)
		return false;
	pthread_mutex_lock(&one_at_a_time);
	int result = argon2id_verify(text, normal, normal_len);
	pthread_mutex_unlock(&one_at_a_time);
	release(normal, normal_len);
	if (!is_known || result != ARGON2_OK)
		return false;
	*ret_wants_rehash = !str_starts_with(hash, str_from(PARAMETERS));
	return true;
}

struct str password_generate(struct arena *arena)
{
	/* No 0 O, 1 I l: 57 characters, 20 of them hold 116 bits. */
	static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
	char *text = arena_alloc(arena, GENERATED_CHARACTERS + 1);
	for (size_t i = 0; i < GENERATED_CHARACTERS; i++)
		text[i] = alphabet[random_below(sizeof(alphabet) - 1)];
	return (struct str){ text, GENERATED_CHARACTERS };
}
