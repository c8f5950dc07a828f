/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The first line is the content type, the rest the body. */
#include "base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct form_field *field, struct str body)
{
	if (!field->name.data || !str_is_utf8(field->name) || str_contains_char(field->name, '\0') ||
		!str_is_utf8(field->file_name) || str_contains_char(field->file_name, '/') ||
		str_contains_char(field->file_name, '\0'))
		memory_fatal("a name holds bytes that are no text");
	if (!field->file_name.data && (!str_is_utf8(field->value) || str_contains_char(field->value, '\0')))
		memory_fatal("a value holds bytes that are no text");
	if (field->value.data < body.data || field->value.data + field->value.len > body.data + body.len)
		memory_fatal("a value is outside the body");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str body = { (const char *)data, size };
	struct str type;
	struct form form = { 0 };
	if (!str_split_next(&body, '\n', &type) || !body.data)
		return 0;
	if (form_parse_multipart(arena, type, body, &form) != ERROR_NONE)
		return 0;
	if (form.count > 100)
		memory_fatal("too many parts");
	for (size_t i = 0; i < form.count; i++)
		check(&form.fields[i], body);
	return 0;
}
