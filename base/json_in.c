/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The scan knows only strings, brackets and runs of other characters: enough to bound what jansson will
 * build, which then checks the grammar. It allocates nothing and looks at each byte once. */
#include "base/json_in.h"

#include "base/mutant.h"

/* Longer ones are written to be slow to read, not to be precise. */
#define MAX_NUMBER_BYTES 512

const struct json_limits json_limits_default = {
	.max_bytes = 1024 * 1024,
	.max_depth = 32,
	.max_values = 50000,
	.max_string_bytes = 512 * 1024,
};

struct scan {
	struct str text;
	size_t at;
	unsigned depth;
	size_t values; /* keys are counted as they begin and taken off at their colon */
};

/* at is behind the opening quote; moves behind the closing one. */
static bool skip_string(struct scan *scan, const struct json_limits *limits)
{
	size_t start = scan->at;
	while (scan->at < scan->text.len && scan->text.data[scan->at] != '"')
		scan->at += scan->text.data[scan->at] == '\\' ? 2 : 1;
	if (scan->at >= scan->text.len)
		return false;
	size_t len = scan->at - start;
	scan->at++;
	return len <= limits->max_string_bytes || MUTANT("json_string");
}

static bool is_part_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
		c == '.';
}

/* A number or a literal. */
static bool skip_word(struct scan *scan)
{
	size_t start = scan->at;
	while (scan->at < scan->text.len && is_part_of_word(scan->text.data[scan->at]))
		scan->at++;
	if (scan->at == start)
		return false;
	return scan->at - start <= MAX_NUMBER_BYTES || MUTANT("json_number");
}

static bool count_value(struct scan *scan, const struct json_limits *limits)
{
	scan->values++;
	return scan->values <= limits->max_values || MUTANT("json_values");
}

static bool enter(struct scan *scan, const struct json_limits *limits)
{
	scan->at++;
	scan->depth++;
	return (scan->depth <= limits->max_depth || MUTANT("json_depth")) && count_value(scan, limits);
}

static bool leave(struct scan *scan)
{
	scan->at++;
	return scan->depth-- > 0;
}

/* A colon without a key is left to jansson, which stops at the first. */
static bool end_key(struct scan *scan)
{
	scan->at++;
	return scan->values-- > 0;
}

static bool scan_token(struct scan *scan, const struct json_limits *limits)
{
	switch (scan->text.data[scan->at]) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
		scan->at++;
		return true;
	case ':':
		return end_key(scan);
	case '[':
	case '{':
		return enter(scan, limits);
	case ']':
	case '}':
		return leave(scan);
	case '"':
		scan->at++;
		return skip_string(scan, limits) && count_value(scan, limits);
	default:
		return skip_word(scan) && count_value(scan, limits);
	}
}

static bool is_within_limits(struct str text, const struct json_limits *limits)
{
	struct scan scan = { .text = text };
	while (scan.at < text.len) {
		if (!scan_token(&scan, limits))
			return false;
	}
	return scan.depth == 0;
}

enum error json_in_parse(struct str text, const struct json_limits *limits, json_t **ret_value)
{
	if (!limits)
		limits = &json_limits_default;
	if (text.len > limits->max_bytes && !MUTANT("json_bytes"))
		return ERROR_CONTENT_TOO_LARGE;
	if (!is_within_limits(text, limits))
		return ERROR_BAD_REQUEST;
	size_t flags = JSON_DECODE_ANY;
	if (!MUTANT("json_duplicates"))
		flags |= JSON_REJECT_DUPLICATES;
	json_t *value = json_loadb(text.len ? text.data : "", text.len, flags, NULL);
	if (!value)
		return ERROR_BAD_REQUEST;
	*ret_value = value;
	return ERROR_NONE;
}

struct str json_in_str(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_string(value))
		return (struct str){ 0 };
	return (struct str){ json_string_value(value), json_string_length(value) };
}

bool json_in_int64(const json_t *object, const char *key, int64_t *ret_value)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_integer(value))
		return false;
	*ret_value = json_integer_value(value);
	return true;
}
