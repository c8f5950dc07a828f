/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forms from query strings, urlencoded bodies and JSON; multipart.c reads the third kind of body. */
#include "base/form_fields.h"

#include "base/buf.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/mutant.h"
#include "base/url.h"

#include <string.h>

#define FIRST_CAPACITY 16
#define MAX_JSON_NESTING 8
#define MAX_JSON_NAME_BYTES 1024

/* The capacity follows from the count: it doubles each time the count reaches it. */
static bool is_at_capacity(size_t count)
{
	return count == 0 || (count >= FIRST_CAPACITY && (count & (count - 1)) == 0);
}

bool form_add(struct arena *arena, struct form *form, const struct form_field *field)
{
	if (form->count >= FORM_MAX_FIELDS && !MUTANT("form_fields"))
		return false;
	if (is_at_capacity(form->count)) {
		size_t capacity = form->count ? form->count * 2 : FIRST_CAPACITY;
		struct form_field *fields = arena_alloc_array(arena, capacity, sizeof(*fields));
		if (form->count)
			memcpy(fields, form->fields, form->count * sizeof(*fields));
		form->fields = fields;
	}
	form->fields[form->count++] = *field;
	return true;
}

enum error form_parse_urlencoded(struct arena *arena, struct str text, struct form *form)
{
	struct str pair;
	while (str_split_next(&text, '&', &pair)) {
		if (pair.len == 0)
			continue;
		size_t equals = str_index_of(pair, '=', 0);
		struct form_field field = { 0 };
		if (!url_decode(arena, str_slice(pair, 0, equals), true, &field.name) ||
			!url_decode(arena, str_slice(pair, equals + 1, pair.len), true, &field.value))
			return ERROR_BAD_REQUEST;
		if (!form_add(arena, form, &field))
			return ERROR_BAD_REQUEST;
	}
	return ERROR_NONE;
}

static struct str double_text(struct arena *arena, double value)
{
	AUTO(buf) struct buf buf = { 0 };
	struct json_out out;
	json_out_init(&out, &buf);
	json_out_double(&out, value);
	return arena_str(arena, buf_str(&buf));
}

static enum error add_json_value(struct arena *arena, struct str name, const json_t *value, unsigned nesting,
	struct form *form);

/* A name is bounded before it is copied: a long key over many members would cost their product. */
static enum error add_json_member(struct arena *arena, struct str name, struct str key, const json_t *value,
	unsigned nesting, struct form *form)
{
	if (name.len + key.len > MAX_JSON_NAME_BYTES && !MUTANT("form_json_name"))
		return ERROR_BAD_REQUEST;
	const struct str parts[] = { name, STR("["), key, STR("]") };
	struct str member_name = nesting == 0 ? arena_str(arena, key) : arena_join(arena, parts, 4);
	return add_json_value(arena, member_name, value, nesting + 1, form);
}

static enum error add_json_object(struct arena *arena, struct str name, const json_t *object, unsigned nesting,
	struct form *form)
{
	/* jansson's iterators ask for a pointer to a mutable object and leave it as it is. */
	json_t *members = (json_t *)(uintptr_t)object;
	for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at)) {
		struct str key = str_from(json_object_iter_key(at));
		enum error error = add_json_member(arena, name, key, json_object_iter_value(at), nesting, form);
		if (error)
			return error;
	}
	return ERROR_NONE;
}

/* Objects are numbered: two in a row without a key in common would be read as one. */
static enum error add_json_array(struct arena *arena, struct str name, const json_t *array, unsigned nesting,
	struct form *form)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		struct str key = json_is_object(value) ? arena_printf(arena, "%zu", i) : (struct str){ 0 };
		enum error error = add_json_member(arena, name, key, value, nesting, form);
		if (error)
			return error;
	}
	return ERROR_NONE;
}

static enum error add_json_value(struct arena *arena, struct str name, const json_t *value, unsigned nesting,
	struct form *form)
{
	if (nesting > MAX_JSON_NESTING && !MUTANT("form_json_nesting"))
		return ERROR_BAD_REQUEST;
	struct form_field field = { .name = name };
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return add_json_object(arena, name, value, nesting, form);
	case JSON_ARRAY:
		return add_json_array(arena, name, value, nesting, form);
	case JSON_STRING:
		field.value = arena_str(arena, (struct str){ json_string_value(value), json_string_length(value) });
		break;
	case JSON_INTEGER:
		field.value = arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		field.value = double_text(arena, json_real_value(value));
		break;
	case JSON_TRUE:
		field.value = STR_LITERAL("true");
		break;
	case JSON_FALSE:
		field.value = STR_LITERAL("false");
		break;
	case JSON_NULL:
		return ERROR_NONE;
	}
	return form_add(arena, form, &field) ? ERROR_NONE : ERROR_BAD_REQUEST;
}

enum error form_parse_json(struct arena *arena, struct str body, struct form *form)
{
	json_t *value = NULL;
	enum error error = json_in_parse(body, NULL, &value);
	if (error)
		return error;
	error = ERROR_BAD_REQUEST;
	if (json_is_object(value))
		error = add_json_object(arena, (struct str){ 0 }, value, 0, form);
	json_decref(value);
	return error;
}

const struct form_field *form_find(const struct form *form, const char *name)
{
	struct str wanted = str_from(name);
	for (size_t i = 0; i < form->count; i++) {
		if (str_eq(form->fields[i].name, wanted))
			return &form->fields[i];
	}
	return NULL;
}

struct str form_value(const struct form *form, const char *name)
{
	const struct form_field *field = form_find(form, name);
	return field ? field->value : (struct str){ 0 };
}

static bool has_list_name(struct str name, struct str wanted)
{
	if (str_ends_with(name, STR_LITERAL("[]")))
		name.len -= 2;
	return str_eq(name, wanted);
}

size_t form_values(struct arena *arena, const struct form *form, const char *name, struct str **ret_values)
{
	struct str wanted = str_from(name);
	struct str *values = arena_alloc_array(arena, form->count, sizeof(*values));
	size_t count = 0;
	for (size_t i = 0; i < form->count; i++) {
		if (has_list_name(form->fields[i].name, wanted))
			values[count++] = form->fields[i].value;
	}
	*ret_values = values;
	return count;
}
