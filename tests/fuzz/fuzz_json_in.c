/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is accepted holds the limits, and its strings are written so that they read back the same. */
#include "base/json_in.h"

#include "base/json_out.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct json_out *out, const json_t *value)
{
	json_out_array_begin(out);
	json_out_str(out, (struct str){ json_string_value(value), json_string_length(value) });
	json_out_double(out, json_number_value(value));
	json_out_array_end(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_limits limits = { .max_bytes = 4096, .max_depth = 8, .max_values = 64, .max_string_bytes = 256 };
	json_t *value = NULL;
	if (json_in_parse((struct str){ (const char *)data, size }, &limits, &value) == ERROR_NONE) {
		AUTO(buf) struct buf buf = { 0 };
		struct json_out out;
		json_t *again = NULL;
		json_out_init(&out, &buf);
		write_value(&out, value);
		if (json_in_parse(buf_str(&buf), NULL, &again) != ERROR_NONE)
			memory_fatal("our own JSON is refused");
		if (json_is_string(value) && !json_equal(value, json_array_get(again, 0)))
			memory_fatal("a string does not read back");
		if (json_is_real(value) && !json_equal(value, json_array_get(again, 1)) &&
			json_number_value(value) != json_number_value(json_array_get(again, 1)))
			memory_fatal("a number does not read back");
		json_decref(again);
		json_decref(value);
	}
	AUTO(buf) struct buf text = { 0 };
	struct json_out out;
	json_t *read = NULL;
	json_out_init(&out, &text);
	json_out_str(&out, (struct str){ (const char *)data, size });
	bool has_nul = str_contains_char((struct str){ (const char *)data, size }, '\0');
	enum error error = json_in_parse(buf_str(&text), NULL, &read);
	if (error != ERROR_NONE && !has_nul && size < 64 * 1024)
		memory_fatal("a string that we wrote is refused");
	json_decref(read);
	return 0;
}
