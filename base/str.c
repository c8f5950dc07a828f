/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Strings that carry their length. */
#include "base/str.h"

#include "base/random.h"

#include <pthread.h>
#include <string.h>

struct str str_from(const char *c_string)
{
	return (struct str){ c_string, c_string ? strlen(c_string) : 0 };
}

bool str_is_empty(struct str value)
{
	return value.len == 0;
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	}
	return true;
}

bool str_starts_with(struct str value, struct str prefix)
{
	return value.len >= prefix.len && str_eq(str_slice(value, 0, prefix.len), prefix);
}

bool str_ends_with(struct str value, struct str suffix)
{
	return value.len >= suffix.len && str_eq(str_slice(value, value.len - suffix.len, value.len), suffix);
}

bool str_contains_char(struct str value, char wanted)
{
	return str_index_of(value, wanted, 0) < value.len;
}

int str_compare(struct str a, struct str b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.data, b.data, shared) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

size_t str_index_of(struct str value, char wanted, size_t from)
{
	if (from >= value.len)
		return value.len;
	const char *found = memchr(value.data + from, wanted, value.len - from);
	return found ? (size_t)(found - value.data) : value.len;
}

size_t str_index_of_str(struct str value, struct str wanted)
{
	if (wanted.len == 0)
		return 0;
	if (value.len < wanted.len)
		return value.len;
	const char *found = memmem(value.data, value.len, wanted.data, wanted.len);
	return found ? (size_t)(found - value.data) : value.len;
}

struct str str_slice(struct str value, size_t from, size_t to)
{
	if (to > value.len)
		to = value.len;
	if (from > to)
		from = to;
	return (struct str){ value.data ? value.data + from : NULL, to - from };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str str_trim(struct str value)
{
	size_t from = 0;
	size_t to = value.len;
	while (from < to && is_blank(value.data[from]))
		from++;
	while (to > from && is_blank(value.data[to - 1]))
		to--;
	return str_slice(value, from, to);
}

bool str_split_next(struct str *rest, char separator, struct str *ret_part)
{
	if (!rest->data)
		return false;
	size_t at = str_index_of(*rest, separator, 0);
	*ret_part = str_slice(*rest, 0, at);
	*rest = at < rest->len ? str_slice(*rest, at + 1, rest->len) : (struct str){ NULL, 0 };
	return true;
}

bool str_to_uint64(struct str value, uint64_t *ret_value)
{
	uint64_t number = 0;
	if (value.len == 0)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.data[i];
		if (c < '0' || c > '9')
			return false;
		if (__builtin_mul_overflow(number, 10u, &number) ||
			__builtin_add_overflow(number, (uint64_t)(c - '0'), &number))
			return false;
	}
	*ret_value = number;
	return true;
}

bool str_to_int64(struct str value, int64_t *ret_value)
{
	bool is_negative = value.len > 0 && value.data[0] == '-';
	uint64_t magnitude;
	if (!str_to_uint64(is_negative ? str_slice(value, 1, value.len) : value, &magnitude))
		return false;
	if (magnitude > (uint64_t)INT64_MAX + (is_negative ? 1 : 0))
		return false;
	*ret_value = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

/* Length of the well-formed sequence that begins at text, or 0. */
static size_t utf8_sequence_len(const unsigned char *text, size_t available)
{
	unsigned char first = text[0];
	size_t len = first < 0x80 ? 1 : first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) == 0xe0 ? 3 : 4;
	if (len == 1)
		return 1;
	if ((len == 4 && (first < 0xf0 || first > 0xf4)) || available < len)
		return 0;
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

size_t str_count_characters(struct str value)
{
	size_t count = 0;
	for (size_t i = 0; i < value.len; i++)
		count += ((unsigned char)value.data[i] & 0xc0) != 0x80;
	return count;
}

bool str_is_utf8(struct str value)
{
	const unsigned char *text = (const unsigned char *)value.data;
	size_t at = 0;
	while (at < value.len) {
		uint64_t word;
		if (value.len - at >= sizeof(word)) {
			memcpy(&word, text + at, sizeof(word));
			if ((word & 0x8080808080808080u) == 0) {
				at += sizeof(word);
				continue;
			}
		}
		size_t len = utf8_sequence_len(text + at, value.len - at);
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

static uint64_t hash_key[2];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void hash_key_make(void)
{
	random_bytes(hash_key, sizeof(hash_key));
}

#define ROTATE(x, bits) (((x) << (bits)) | ((x) >> (64 - (bits))))

struct sip_state {
	uint64_t a, b, c, d;
};

static void sip_round(struct sip_state *state)
{
	state->a += state->b;
	state->b = ROTATE(state->b, 13) ^ state->a;
	state->a = ROTATE(state->a, 32);
	state->c += state->d;
	state->d = ROTATE(state->d, 16) ^ state->c;
	state->a += state->d;
	state->d = ROTATE(state->d, 21) ^ state->a;
	state->c += state->b;
	state->b = ROTATE(state->b, 17) ^ state->c;
	state->c = ROTATE(state->c, 32);
}

/* SipHash-1-3: short, keyed, and what hash tables of other languages settled on. */
uint64_t str_hash(struct str value)
{
	pthread_once(&hash_key_once, hash_key_make);
	struct sip_state state = { hash_key[0] ^ 0x736f6d6570736575u, hash_key[1] ^ 0x646f72616e646f6du,
		hash_key[0] ^ 0x6c7967656e657261u, hash_key[1] ^ 0x7465646279746573u };
	size_t at = 0;
	for (; value.len - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, value.data + at, sizeof(word));
		state.d ^= word;
		sip_round(&state);
		state.a ^= word;
	}
	uint64_t last = (uint64_t)value.len << 56;
	for (size_t i = 0; at + i < value.len; i++)
		last |= (uint64_t)(unsigned char)value.data[at + i] << (8 * i);
	state.d ^= last;
	sip_round(&state);
	state.a ^= last;
	state.c ^= 0xff;
	sip_round(&state);
	sip_round(&state);
	sip_round(&state);
	return state.a ^ state.b ^ state.c ^ state.d;
}
