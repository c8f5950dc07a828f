/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forms of both kinds hold UTF-8 without NUL only, and no more fields than allowed. */
#include "base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct form *form)
{
	if (form->count > FORM_MAX_FIELDS)
		memory_fatal("too many fields");
	for (size_t i = 0; i < form->count; i++) {
		const struct form_field *field = &form->fields[i];
		if (!str_is_utf8(field->name) || !str_is_utf8(field->value) || str_contains_char(field->name, '\0') ||
			str_contains_char(field->value, '\0'))
			memory_fatal("a field holds bytes that are no text");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str body = { (const char *)data, size };
	struct form form = { 0 };
	if (form_parse_urlencoded(arena, body, &form) == ERROR_NONE)
		check(&form);
	struct form json = { 0 };
	if (form_parse_json(arena, body, &json) == ERROR_NONE)
		check(&json);
	struct str *values;
	if (json.count && form_values(arena, &json, "a", &values) > json.count)
		memory_fatal("more values than fields");
	return 0;
}
