/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Parameters from two forms, the body's and the query's; the body wins by name. */
#include "server/mastodon/parameters.h"

#include "server/app.h"

#include "base/buf.h"
#include "base/text_line.h"
#include "base/url.h"


static const struct form_field *find(const struct request *request, const char *name)
{
	const struct form_field *field = form_find(&request->form, name);
	return field ? field : form_find(&request->query, name);
}

struct str parameter_text(const struct request *request, const char *name)
{
	const struct form_field *field = find(request, name);
	if (!field)
		return (struct str){ 0 };
	return field->value.data ? field->value : STR_LITERAL("");
}

bool parameter_is_there(const struct request *request, const char *name)
{
	return find(request, name) != NULL;
}

static bool is_true(struct str value)
{
	static const struct str no[] = { STR(""), STR("0"), STR("f"), STR("F"), STR("false"), STR("FALSE"), STR("off"),
		STR("OFF") };
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (str_eq(value, no[i]))
			return false;
	return true;
}

bool parameter_bool(const struct request *request, const char *name, bool otherwise)
{
	struct str value = parameter_text(request, name);
	return value.data ? is_true(value) : otherwise;
}

const bool *parameter_bool_pointer(const struct request *request, const char *name)
{
	struct str value = parameter_text(request, name);
	if (!value.data)
		return NULL;
	bool *pointer = arena_alloc(request->arena, sizeof(*pointer));
	*pointer = is_true(value);
	return pointer;
}

const struct str *parameter_text_pointer(const struct request *request, const char *name)
{
	struct str value = parameter_text(request, name);
	if (!value.data)
		return NULL;
	struct str *pointer = arena_alloc(request->arena, sizeof(*pointer));
	*pointer = value;
	return pointer;
}

const struct str *parameter_description_pointer(const struct request *request, const char *name)
{
	struct str value = parameter_text(request, name);
	if (!value.data)
		return NULL;
	struct str *pointer = arena_alloc(request->arena, sizeof(*pointer));
	*pointer = text_lines(request->arena, value);
	return pointer;
}

int64_t parameter_int(const struct request *request, const char *name, int64_t otherwise, int64_t minimum, int64_t maximum)
{
	int64_t value;
	if (!str_to_int64(str_trim(parameter_text(request, name)), &value))
		return otherwise;
	if (value < minimum)
		return minimum;
	return value > maximum ? maximum : value;
}

static int64_t read_id(struct str text)
{
	int64_t id;
	return str_to_int64(text, &id) && id > 0 ? id : -1;
}

int64_t parameter_id(const struct request *request, const char *name)
{
	struct str value = parameter_text(request, name);
	return value.len ? read_id(value) : 0;
}

int64_t parameter_path_id(const struct request *request, unsigned index)
{
	return read_id(request_value(request, index));
}

/* "name", "name[]" or "name[3]". */
static bool is_item_of(struct str field, struct str name)
{
	if (!str_starts_with(field, name))
		return false;
	struct str rest = str_slice(field, name.len, field.len);
	if (!rest.len)
		return true;
	if (rest.len < 2 || rest.data[0] != '[' || rest.data[rest.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < rest.len; i++)
		if (rest.data[i] < '0' || rest.data[i] > '9')
			return false;
	return true;
}

static size_t list_of(struct arena *arena, const struct form *form, struct str name, struct str **ret_values)
{
	struct str *values = arena_alloc_array(arena, form->count, sizeof(*values));
	size_t count = 0;
	for (size_t i = 0; i < form->count; i++)
		if (is_item_of(form->fields[i].name, name))
			values[count++] = form->fields[i].value;
	*ret_values = values;
	return count;
}

size_t parameter_list(const struct request *request, const char *name, struct str **ret_values)
{
	size_t count = list_of(request->arena, &request->form, str_from(name), ret_values);
	return count ? count : list_of(request->arena, &request->query, str_from(name), ret_values);
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

size_t parameter_ids(const struct request *request, const char *name, size_t maximum, int64_t **ret_ids)
{
	struct str *values;
	size_t value_count = parameter_list(request, name, &values);
	int64_t *ids = arena_alloc_array(request->arena, maximum, sizeof(*ids));
	size_t count = 0;
	for (size_t i = 0; i < value_count && count < maximum; i++) {
		int64_t id = read_id(values[i]);
		if (id > 0 && !is_among(ids, count, id))
			ids[count++] = id;
	}
	*ret_ids = ids;
	return count;
}

/* ---- lists of objects ---- */

/* Takes "[...]" off the front of rest. */
static bool take_brackets(struct str *rest, struct str *ret_inside)
{
	if (!rest->len || rest->data[0] != '[')
		return false;
	size_t end = str_index_of(*rest, ']', 1);
	if (end == rest->len)
		return false;
	*ret_inside = str_slice(*rest, 1, end);
	*rest = str_slice(*rest, end + 1, rest->len);
	return true;
}

struct members {
	struct parameter_member *items;
	struct str *indexes;
	struct form_field *fields; /* room for all of one item: the form's count each */
	size_t count, maximum, field_maximum;
};

static bool has_key(const struct parameter_member *member, struct str key)
{
	for (size_t i = 0; i < member->count; i++)
		if (str_eq(member->fields[i].name, key))
			return true;
	return false;
}

static struct parameter_member *member_for(struct arena *arena, struct members *members, struct str index, struct str key)
{
	if (index.len) {
		for (size_t i = 0; i < members->count; i++)
			if (str_eq(members->indexes[i], index))
				return &members->items[i];
	} else if (members->count && !has_key(&members->items[members->count - 1], key)) {
		return &members->items[members->count - 1];
	}
	if (members->count == members->maximum)
		return NULL;
	members->indexes[members->count] = index;
	struct parameter_member *member = &members->items[members->count++];
	member->fields = arena_alloc_array(arena, members->field_maximum, sizeof(*member->fields));
	member->count = 0;
	return member;
}

#define MEMBER_MAX_FIELDS 16

static void read_members(struct arena *arena, const struct form *form, struct str name, struct members *members)
{
	for (size_t i = 0; i < form->count; i++) {
		struct str rest = form->fields[i].name, index, key;
		if (!str_starts_with(rest, name))
			continue;
		rest = str_slice(rest, name.len, rest.len);
		if (!take_brackets(&rest, &index) || !take_brackets(&rest, &key) || rest.len)
			continue;
		struct parameter_member *member = member_for(arena, members, index, key);
		if (!member || member->count == members->field_maximum)
			continue;
		struct form_field *fields = (struct form_field *)(uintptr_t)member->fields;
		fields[member->count] = form->fields[i];
		fields[member->count++].name = key;
	}
}

size_t parameter_members(const struct request *request, const char *name, size_t maximum,
	struct parameter_member **ret_members)
{
	struct members members = { .maximum = maximum, .field_maximum = MEMBER_MAX_FIELDS };
	members.items = arena_alloc_array(request->arena, maximum, sizeof(*members.items));
	members.indexes = arena_alloc_array(request->arena, maximum, sizeof(*members.indexes));
	read_members(request->arena, &request->form, str_from(name), &members);
	if (!members.count)
		read_members(request->arena, &request->query, str_from(name), &members);
	*ret_members = members.items;
	return members.count;
}

struct str parameter_member_value(const struct parameter_member *member, const char *key)
{
	struct str wanted = str_from(key);
	for (size_t i = 0; i < member->count; i++)
		if (str_eq(member->fields[i].name, wanted))
			return member->fields[i].value.data ? member->fields[i].value : STR_LITERAL("");
	return (struct str){ 0 };
}

const struct form_field *parameter_file(const struct request *request, const char *name)
{
	const struct form_field *field = form_find(&request->form, name);
	return field && field->file_name.data ? field : NULL;
}

/* ---- pages ---- */

static int64_t read_bound(const struct request *request, const char *name)
{
	int64_t id = parameter_id(request, name);
	return id > 0 ? id : 0;
}

void parameter_page(const struct request *request, int otherwise_limit, int maximum, struct id_page *ret_page)
{
	*ret_page = (struct id_page){
		.max_id = read_bound(request, "max_id"),
		.since_id = read_bound(request, "since_id"),
		.min_id = read_bound(request, "min_id"),
		.limit = (int)parameter_int(request, "limit", otherwise_limit, 1, maximum),
	};
}

void parameter_offset(const struct request *request, int otherwise_limit, int maximum, int *ret_offset, int *ret_limit)
{
	*ret_offset = (int)parameter_int(request, "offset", 0, 0, 10000);
	*ret_limit = (int)parameter_int(request, "limit", otherwise_limit, 1, maximum);
}

static bool is_page_bound(struct str name)
{
	static const struct str bounds[] = { STR("max_id"), STR("since_id"), STR("min_id"), STR("offset"), STR("access_token") };
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (str_eq(name, bounds[i]))
			return true;
	return false;
}

static void add_path(const struct request *request, struct buf *out)
{
	struct str rest = str_slice(request->http->path, 1, request->http->path.len), segment;
	while (str_split_next(&rest, '/', &segment)) {
		buf_add_char(out, '/');
		buf_add_str(out, url_encode(request->arena, segment));
	}
}

static void add_link(const struct request *request, struct buf *out, const char *bound, int64_t value, const char *rel)
{
	if (out->len)
		buf_add_c_string(out, ", ");
	buf_add_char(out, '<');
	buf_add_str(out, request->app->base_url);
	add_path(request, out);
	char separator = '?';
	for (size_t i = 0; i < request->query.count; i++) {
		const struct form_field *field = &request->query.fields[i];
		if (is_page_bound(field->name))
			continue;
		buf_add_char(out, separator);
		buf_add_str(out, url_encode(request->arena, field->name));
		buf_add_char(out, '=');
		buf_add_str(out, url_encode(request->arena, field->value));
		separator = '&';
	}
	buf_add_printf(out, "%c%s=%lld>; rel=\"%s\"", separator, bound, (long long)value, rel);
}

static void send_link(struct request *request, struct buf *out)
{
	if (out->len)
		respond_header(request, "Link", arena_str(request->arena, buf_str(out)));
}

void respond_link(struct request *request, size_t count, int64_t first_id, int64_t last_id, bool has_more)
{
	AUTO(buf) struct buf out = { 0 };
	if (!count)
		return;
	if (has_more)
		add_link(request, &out, "max_id", last_id, "next");
	add_link(request, &out, "min_id", first_id, "prev");
	send_link(request, &out);
}

void respond_offset_link(struct request *request, size_t count, int offset, int limit)
{
	AUTO(buf) struct buf out = { 0 };
	if (!count)
		return;
	if (count >= (size_t)limit)
		add_link(request, &out, "offset", offset + limit, "next");
	if (offset > 0)
		add_link(request, &out, "offset", offset > limit ? offset - limit : 0, "prev");
	send_link(request, &out);
}

enum error respond_empty_object(struct request *request)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error refuse(struct request *request, const char *sentence)
{
	request->error_message = str_from(sentence);
	return ERROR_UNPROCESSABLE;
}
