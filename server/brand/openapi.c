/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The document is written once, when it is first asked for. */
#include "server/brand/openapi.h"

#include "server/brand/operation.h"
#include "server/login/scope.h"

#include "base/embedded.h"
#include "base/json_in.h"
#include "base/memory.h"

#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct buf document; /* written by once */

/* All parts' schemas in one object. The files are ours: a bad one, or a name that stands twice, ends the process. */
static json_t *read_schemas(void)
{
	json_t *all = json_object();
	for (size_t i = 0; i < brand_schema_file_count; i++) {
		const struct embedded_file *file = &brand_schema_files[i];
		json_t *part = json_loadb(file->begin, (size_t)(file->end - file->begin), JSON_REJECT_DUPLICATES, NULL);
		const char *name;
		json_t *schema;
		if (!json_is_object(part))
			memory_fatal("a file of schemas is no JSON object");
		json_object_foreach(part, name, schema)
			if (json_object_get(all, name) || json_object_set(all, name, schema))
				memory_fatal("two schemas have the same name");
		json_decref(part);
	}
	return all;
}

static int add_bytes(const char *bytes, size_t length, void *owner)
{
	buf_add_str(owner, (struct str){ bytes, length });
	return 0;
}

static void write_tree(struct json_out *json, const json_t *tree)
{
	AUTO(buf) struct buf text = { 0 };
	if (json_dump_callback(tree, add_bytes, &text, JSON_COMPACT | JSON_ENCODE_ANY))
		memory_fatal("a schema cannot be written");
	json_out_raw(json, buf_str(&text));
}

static void write_reference(struct json_out *json, const char *kind, const char *name)
{
	AUTO(buf) struct buf path = { 0 };
	buf_add_printf(&path, "#/components/%s/%s", kind, name);
	json_out_object_begin(json);
	json_out_key_str(json, "$ref", buf_str(&path));
	json_out_object_end(json);
}

/* ---- what operations share ---- */

struct shared_parameter {
	const char *key;
	const char *name;
	const char *in;
	const char *type;
	const char *description;
};

static const struct shared_parameter shared_parameters[] = {
	{ "ActAs", "X-Act-As", "header", "string",
		"The id of the brand account that is acted as. A token that is bound to another account is not widened by it." },
	{ "Org", "org", "query", "string",
		"The organisation by id or slug, where neither the path nor an account says which." },
	{ "IdempotencyKey", "Idempotency-Key", "header", "string",
		"At most 255 bytes. The same request under the same key is done once, and answered the same for 24 hours." },
	{ "IfMatch", "If-Match", "header", "string", "The ETag of what was read." },
	{ "MaxId", "max_id", "query", "string", "Only what is older than this id." },
	{ "SinceId", "since_id", "query", "string", "Only what is newer than this id, the newest first." },
	{ "MinId", "min_id", "query", "string", "Only what is newer than this id, next to it." },
	{ "Limit", "limit", "query", "integer", "How many at most." },
};

static void write_parameter(struct json_out *json, struct str name, const char *in, const char *description, bool is_required)
{
	json_out_key_str(json, "name", name);
	json_out_key_c_string(json, "in", in);
	if (is_required)
		json_out_key_bool(json, "required", true);
	json_out_key_c_string(json, "description", description);
}

static void write_shared_parameters(struct json_out *json)
{
	json_out_key_object_begin(json, "parameters");
	for (size_t i = 0; i < sizeof(shared_parameters) / sizeof(shared_parameters[0]); i++) {
		const struct shared_parameter *parameter = &shared_parameters[i];
		json_out_key_object_begin(json, parameter->key);
		write_parameter(json, str_from(parameter->name), parameter->in, parameter->description,
			strcmp(parameter->key, "IfMatch") == 0);
		json_out_key_object_begin(json, "schema");
		json_out_key_c_string(json, "type", parameter->type);
		json_out_object_end(json);
		json_out_object_end(json);
	}
	json_out_object_end(json);
}

static void write_security_schemes(struct json_out *json)
{
	json_out_key_object_begin(json, "securitySchemes");
	json_out_key_object_begin(json, "oauth");
	json_out_key_c_string(json, "type", "oauth2");
	json_out_key_object_begin(json, "flows");
	json_out_key_object_begin(json, "authorizationCode");
	json_out_key_c_string(json, "authorizationUrl", "/oauth/authorize");
	json_out_key_c_string(json, "tokenUrl", "/oauth/token");
	json_out_key_object_begin(json, "scopes");
	for (const char *const *name = scope_names(); *name; name++) {
		enum text meaning;
		if (strncmp(*name, "brand:", 6) == 0 && scope_meaning(str_from(*name), &meaning))
			json_out_key_str(json, *name, text_get(LANGUAGE_ENGLISH, meaning));
	}
	for (int depth = 0; depth < 5; depth++)
		json_out_object_end(json);
}

static void write_components(struct json_out *json, const json_t *schemas)
{
	json_out_key_object_begin(json, "components");
	json_out_key(json, "schemas");
	write_tree(json, schemas);
	write_shared_parameters(json);
	json_out_key_object_begin(json, "responses");
	json_out_key_object_begin(json, "Problem");
	json_out_key_c_string(json, "description", "It was refused, and nothing was changed.");
	json_out_key_object_begin(json, "content");
	json_out_key_object_begin(json, "application/problem+json");
	json_out_key(json, "schema");
	write_reference(json, "schemas", "Problem");
	for (int depth = 0; depth < 4; depth++)
		json_out_object_end(json);
	write_security_schemes(json);
	json_out_object_end(json);
}

/* ---- one operation ---- */

static void write_path_parameters(struct json_out *json, const char *path)
{
	for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{')) {
		struct str name = { at + 1, strcspn(at + 1, "}*") };
		json_out_object_begin(json);
		write_parameter(json, name, "path", str_eq(name, STR_LITERAL("org")) ? "The organisation, by id or slug." : "Which one.", true);
		json_out_key_object_begin(json, "schema");
		json_out_key_c_string(json, "type", "string");
		json_out_object_end(json);
		json_out_object_end(json);
	}
}

static void write_query_parameters(struct json_out *json, const struct operation *operation, const json_t *schemas)
{
	AUTO(buf) struct buf name = { 0 };
	const char *property;
	json_t *schema;
	buf_add_printf(&name, "%s.query", operation->name);
	buf_add_char(&name, '\0');
	json_t *properties = json_object_get(json_object_get(schemas, name.data), "properties");
	json_object_foreach(properties, property, schema) {
		const char *description = json_string_value(json_object_get(schema, "description"));
		json_out_object_begin(json);
		write_parameter(json, str_from(property), "query", description ? description : property, false);
		json_out_key(json, "schema");
		write_tree(json, schema);
		json_out_object_end(json);
	}
}

static void write_parameters(struct json_out *json, const struct operation *operation, const json_t *schemas)
{
	json_out_key_array_begin(json, "parameters");
	write_path_parameters(json, operation->path);
	if (operation->who == FOR_MEMBER || operation->who == FOR_HOLDER) {
		write_reference(json, "parameters", "ActAs");
		if (!strstr(operation->path, "{org}"))
			write_reference(json, "parameters", "Org");
	}
	if (operation->method == HTTP_POST)
		write_reference(json, "parameters", "IdempotencyKey");
	if (operation->flags & OPERATION_VERSIONED)
		write_reference(json, "parameters", "IfMatch");
	if (operation->flags & OPERATION_MANY) {
		write_reference(json, "parameters", "MaxId");
		write_reference(json, "parameters", "SinceId");
		write_reference(json, "parameters", "MinId");
		write_reference(json, "parameters", "Limit");
	}
	write_query_parameters(json, operation, schemas);
	json_out_array_end(json);
}

static void write_body(struct json_out *json, const struct operation *operation)
{
	static const char *const types[] = { "application/json", "application/x-www-form-urlencoded" };
	if (!operation->takes)
		return;
	json_out_key_object_begin(json, "requestBody");
	json_out_key_object_begin(json, "content");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		json_out_key_object_begin(json, types[i]);
		json_out_key(json, "schema");
		write_reference(json, "schemas", operation->takes);
		json_out_object_end(json);
	}
	json_out_object_end(json);
	json_out_object_end(json);
}

static void write_answer_content(struct json_out *json, const struct operation *operation)
{
	if (!operation->gives && !(operation->flags & OPERATION_NOT_JSON))
		return;
	json_out_key_object_begin(json, "content");
	json_out_key_object_begin(json, operation->flags & OPERATION_NOT_JSON ? "*/*" : "application/json");
	if (operation->gives) {
		json_out_key(json, "schema");
		if (operation->flags & OPERATION_MANY) {
			json_out_object_begin(json);
			json_out_key_c_string(json, "type", "array");
			json_out_key(json, "items");
			write_reference(json, "schemas", operation->gives);
			json_out_object_end(json);
		} else {
			write_reference(json, "schemas", operation->gives);
		}
	}
	json_out_object_end(json);
	json_out_object_end(json);
}

static void write_answers(struct json_out *json, const struct operation *operation)
{
	json_out_key_object_begin(json, "responses");
	json_out_key_object_begin(json, "2XX");
	json_out_key_c_string(json, "description", operation->flags & OPERATION_MANY ?
		"A page of them; the header Link leads to the next one and to the one before." : "It was done.");
	write_answer_content(json, operation);
	json_out_object_end(json);
	json_out_key(json, "default");
	write_reference(json, "responses", "Problem");
	json_out_object_end(json);
}

static void write_who(struct json_out *json, const struct operation *operation)
{
	static const char *const names[] = { [FOR_ANYBODY] = "anybody", [FOR_USER] = "user", [FOR_MEMBER] = "member",
		[FOR_HOLDER] = "holder" };
	json_out_key_c_string(json, "x-who", names[operation->who]);
	if (operation->who == FOR_HOLDER) {
		json_out_key_c_string(json, "x-permission", permission_name(operation->permission));
		json_out_key_bool(json, "x-own", (operation->flags & OPERATION_OWN_TOO) != 0);
	}
	json_out_key_array_begin(json, "security");
	if (operation->scope) {
		json_out_object_begin(json);
		json_out_key_array_begin(json, "oauth");
		json_out_c_string(json, operation->scope);
		json_out_array_end(json);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static const char *method_key(enum http_method method)
{
	static const char *const keys[HTTP_METHOD_COUNT] = { [HTTP_GET] = "get", [HTTP_POST] = "post", [HTTP_PUT] = "put",
		[HTTP_PATCH] = "patch", [HTTP_DELETE] = "delete" };
	return keys[method];
}

static void write_operation(struct json_out *json, const struct operation *operation, const json_t *schemas)
{
	const char *dot = strchr(operation->name, '.');
	json_out_key_object_begin(json, method_key(operation->method));
	json_out_key_c_string(json, "operationId", operation->name);
	json_out_key_array_begin(json, "tags");
	json_out_str(json, (struct str){ operation->name, dot ? (size_t)(dot - operation->name) : strlen(operation->name) });
	json_out_array_end(json);
	write_who(json, operation);
	write_parameters(json, operation, schemas);
	write_body(json, operation);
	write_answers(json, operation);
	json_out_object_end(json);
}

static void write_paths(struct json_out *json, const json_t *schemas)
{
	size_t count;
	const struct operation *all = operations_all(&count);
	json_out_key_object_begin(json, "paths");
	for (size_t i = 0; i < count; i++) {
		bool is_first = true;
		for (size_t j = 0; j < i && is_first; j++)
			is_first = strcmp(all[j].path, all[i].path) != 0;
		if (!is_first)
			continue;
		json_out_key_object_begin(json, all[i].path);
		for (size_t j = i; j < count; j++)
			if (strcmp(all[j].path, all[i].path) == 0)
				write_operation(json, &all[j], schemas);
		json_out_object_end(json);
	}
	json_out_object_end(json);
}

static void write_document(void)
{
	json_t *schemas = read_schemas();
	struct json_out json;
	json_out_init(&json, &document);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "openapi", "3.1.0");
	json_out_key_object_begin(&json, "info");
	json_out_key_c_string(&json, "title", "Comptoir: organisations");
	json_out_key_c_string(&json, "version", "1");
	json_out_key_c_string(&json, "description", "What organisations do with this server: people and their rights, drafts and "
		"their approval, conversations with customers, the log of it all. Every operation names the permission that it "
		"asks for (x-permission).");
	json_out_object_end(&json);
	json_out_key_array_begin(&json, "servers");
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "url", "/");
	json_out_object_end(&json);
	json_out_array_end(&json);
	write_paths(&json, schemas);
	write_components(&json, schemas);
	json_out_object_end(&json);
	json_decref(schemas);
}

struct str openapi_document(void)
{
	pthread_once(&once, write_document);
	return buf_str(&document);
}

enum error handle_openapi(struct request *request, const struct seat *seat)
{
	(void)seat;
	respond_static(request, 200, JSON_CONTENT_TYPE, openapi_document());
	respond_header(request, "Cache-Control", STR_LITERAL("max-age=300, public"));
	return ERROR_NONE;
}
