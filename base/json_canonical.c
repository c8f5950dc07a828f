/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes a jansson tree in canonical form. The shortest digits of a number are found by trying one digit
 * more until the text reads back the same, which needs no big arithmetic of our own; numbers are rare in
 * activities. */
#include "base/json_canonical.h"

#include "base/mutant.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17                              /* always enough for a double */
#define MAX_EXACT_INTEGER ((int64_t)1 << 53)

struct writer {
	struct buf *buf;
	unsigned reals;
};

struct member {
	const char *key;
	size_t key_len;
	const json_t *value;
};

/* Significant digits without leading zero, and the exponent of the first: 0.d1d2... times 10^exponent. */
struct digits {
	char text[MAX_DIGITS + 1];
	int count;
	int exponent;
};

static void scan_digits(double number, int count, struct digits *ret_digits)
{
	char text[JSON_CANONICAL_NUMBER_BYTES];
	int len = snprintf(text, sizeof(text), "%.*e", count - 1, number);
	assert(len > 0 && (size_t)len < sizeof(text));
	char *exponent = strchr(text, 'e');
	assert(exponent);
	ret_digits->count = 0;
	for (const char *c = text; c < exponent; c++) {
		if (*c >= '0' && *c <= '9')
			ret_digits->text[ret_digits->count++] = *c;
	}
	ret_digits->exponent = (int)strtol(exponent + 1, NULL, 10) + 1;
}

static bool reads_back(const struct digits *digits, double number)
{
	char text[JSON_CANONICAL_NUMBER_BYTES + MAX_DIGITS];
	int len = snprintf(text, sizeof(text), "0.%.*se%d", digits->count, digits->text, digits->exponent);
	assert(len > 0 && (size_t)len < sizeof(text));
	return strtod(text, NULL) == number;
}

/* One more in the last place; false when that carries through all digits. */
static bool increment(struct digits *digits)
{
	for (int i = digits->count - 1; i >= 0; i--) {
		if (digits->text[i] != '9') {
			digits->text[i]++;
			return true;
		}
		digits->text[i] = '0';
	}
	return false;
}

/* At a power of two the interval that rounds to the number is wider above than below, so that the nearest
 * short decimal may miss it while its upper neighbour reads back: 2^-44 is 5.684341886080802e-14. */
static void shortest_digits(double number, struct digits *ret_digits)
{
	/* A decimal of up to DBL_DIG digits comes back from a normal double as it was, zeros behind it. */
	for (int count = number < DBL_MIN ? 1 : DBL_DIG; count <= MAX_DIGITS; count++) {
		scan_digits(number, count, ret_digits);
		if (reads_back(ret_digits, number))
			break;
		struct digits above = *ret_digits;
		if (increment(&above) && reads_back(&above, number)) {
			*ret_digits = above;
			break;
		}
	}
	while (ret_digits->count > 1 && ret_digits->text[ret_digits->count - 1] == '0')
		ret_digits->count--;
}

static void put(char *text, size_t *len, const char *bytes, int count)
{
	assert(count >= 0 && *len + (size_t)count <= JSON_CANONICAL_NUMBER_BYTES);
	memcpy(text + *len, bytes, (size_t)count);
	*len += (size_t)count;
}

static void put_zeros(char *text, size_t *len, int count)
{
	for (int i = 0; i < count; i++)
		put(text, len, "0", 1);
}

/* The cases of ECMA-262 6.1.6.1.20, in its order; n is digits.exponent, k digits.count. */
size_t json_canonical_number(double number, char ret_text[JSON_CANONICAL_NUMBER_BYTES])
{
	size_t len = 0;
	assert(isfinite(number));
	if (number == 0) {
		put(ret_text, &len, "0", 1);
		return len;
	}
	if (number < 0)
		put(ret_text, &len, "-", 1);
	struct digits digits = { 0 };
	shortest_digits(fabs(number), &digits);
	int point = digits.exponent;
	if (point >= digits.count && point <= 21) {
		put(ret_text, &len, digits.text, digits.count);
		put_zeros(ret_text, &len, point - digits.count);
	} else if (point > 0 && point < digits.count) {
		put(ret_text, &len, digits.text, point);
		put(ret_text, &len, ".", 1);
		put(ret_text, &len, digits.text + point, digits.count - point);
	} else if (point > -6 && point <= 0) {
		put(ret_text, &len, "0.", 2);
		put_zeros(ret_text, &len, -point);
		put(ret_text, &len, digits.text, digits.count);
	} else {
		char exponent[JSON_CANONICAL_NUMBER_BYTES];
		put(ret_text, &len, digits.text, 1);
		if (digits.count > 1) {
			put(ret_text, &len, ".", 1);
			put(ret_text, &len, digits.text + 1, digits.count - 1);
		}
		int exponent_len = snprintf(exponent, sizeof(exponent), "e%+d", point - 1);
		put(ret_text, &len, exponent, exponent_len);
	}
	return len;
}

static void write_number(double number, struct buf *buf)
{
	char text[JSON_CANONICAL_NUMBER_BYTES];
	buf_add(buf, text, json_canonical_number(number, text));
}

static void write_integer(json_int_t number, struct buf *buf)
{
	if (number > MAX_EXACT_INTEGER || number < -MAX_EXACT_INTEGER)
		write_number((double)number, buf);
	else
		buf_add_int64(buf, number);
}

static void write_string(const char *text, size_t len, struct buf *buf)
{
	static const char short_escapes[32] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
	buf_add_char(buf, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\') {
			buf_add_char(buf, '\\');
			buf_add_char(buf, (char)c);
		} else if (c >= 0x20) {
			buf_add_char(buf, (char)c);
		} else if (short_escapes[c]) {
			buf_add_char(buf, '\\');
			buf_add_char(buf, short_escapes[c]);
		} else {
			buf_add_printf(buf, "\\u%04x", c);
		}
	}
	buf_add_char(buf, '"');
}

/* Bytes of UTF-8 order like code points, and UTF-16 puts those above U+FFFF (first byte F0 to F4), spelt with
 * surrogates, before U+E000 to U+FFFF (first byte EE or EF). Where two keys first differ, both bytes are first
 * bytes or both are not. */
static int compare_members(const void *left, const void *right)
{
	const struct member *a = left;
	const struct member *b = right;
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	for (size_t i = 0; i < len; i++) {
		unsigned char x = (unsigned char)a->key[i];
		unsigned char y = (unsigned char)b->key[i];
		if (x == y)
			continue;
		if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
			return x >= 0xf0 ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return a->key_len < b->key_len ? -1 : a->key_len > b->key_len;
}

static bool write_value(const json_t *value, struct writer *writer, unsigned depth);

static bool write_object(const json_t *object, struct writer *writer, unsigned depth)
{
	size_t count = json_object_size(object);
	struct member *members = memory_new_array(count ? count : 1, sizeof(*members));
	size_t used = 0;
	for (void *iter = json_object_iter((json_t *)(uintptr_t)object); iter;
		iter = json_object_iter_next((json_t *)(uintptr_t)object, iter)) {
		assert(used < count);
		members[used++] = (struct member){ json_object_iter_key(iter), json_object_iter_key_len(iter),
			json_object_iter_value(iter) };
	}
	qsort(members, used, sizeof(*members), compare_members);
	bool is_good = true;
	buf_add_char(writer->buf, '{');
	for (size_t i = 0; i < used && is_good; i++) {
		if (i > 0)
			buf_add_char(writer->buf, ',');
		write_string(members[i].key, members[i].key_len, writer->buf);
		buf_add_char(writer->buf, ':');
		is_good = write_value(members[i].value, writer, depth);
	}
	buf_add_char(writer->buf, '}');
	memory_free(members);
	return is_good;
}

static bool write_array(const json_t *array, struct writer *writer, unsigned depth)
{
	buf_add_char(writer->buf, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_add_char(writer->buf, ',');
		if (!write_value(json_array_get(array, i), writer, depth))
			return false;
	}
	buf_add_char(writer->buf, ']');
	return true;
}

static bool write_value(const json_t *value, struct writer *writer, unsigned depth)
{
	if (depth >= JSON_CANONICAL_MAX_DEPTH && !MUTANT("json_canonical_depth"))
		return false;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return write_object(value, writer, depth + 1);
	case JSON_ARRAY:
		return write_array(value, writer, depth + 1);
	case JSON_STRING:
		write_string(json_string_value(value), json_string_length(value), writer->buf);
		break;
	case JSON_INTEGER:
		write_integer(json_integer_value(value), writer->buf);
		break;
	case JSON_REAL:
		if (++writer->reals > JSON_CANONICAL_MAX_REALS && !MUTANT("json_canonical_reals"))
			return false;
		write_number(json_real_value(value), writer->buf);
		break;
	case JSON_TRUE:
		buf_add_c_string(writer->buf, "true");
		break;
	case JSON_FALSE:
		buf_add_c_string(writer->buf, "false");
		break;
	case JSON_NULL:
		buf_add_c_string(writer->buf, "null");
		break;
	}
	return true;
}

bool json_canonical_write(const json_t *value, struct buf *buf)
{
	struct writer writer = { .buf = buf };
	return write_value(value, &writer, 0);
}
