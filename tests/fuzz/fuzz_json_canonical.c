/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The canonical text reads back, and is its own canonical text. */
#include "base/json_canonical.h"

#include "base/json_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Integers as reals, since a double above 2^63 is written without an exponent up to 10^21. */
static void check_again(struct str text)
{
	AUTO(buf) struct buf again = { 0 };
	json_t *value = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES, NULL);
	if (!value)
		memory_fatal("the canonical text is refused");
	if (json_canonical_write(value, &again) && !str_eq(buf_str(&again), text))
		memory_fatal("the canonical text has another canonical text");
	json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf text = { 0 };
	json_t *value = NULL;
	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &value) != ERROR_NONE)
		return 0;
	if (json_canonical_write(value, &text))
		check_again(buf_str(&text));
	json_decref(value);
	return 0;
}
