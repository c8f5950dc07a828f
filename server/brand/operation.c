/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a route to its operation: the body, the seat, the permission, the repetition, the handler. */
#include "server/brand/operation.h"

#include "server/brand/problem.h"
#include "server/brand/repeat.h"
#include "server/brand/seat_find.h"

#include "base/json_in.h"
#include "base/mutant.h"

#include <string.h>

#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	enum error handler(struct request *request, const struct seat *seat);
#include "server/brand/operations/all.inc"
#undef OPERATION

static const struct operation operations[] = {
#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	{ method, path, name, handler, who, permission, scope, flags, takes, gives },
#include "server/brand/operations/all.inc"
#undef OPERATION
};

const struct operation *operations_all(size_t *ret_count)
{
	*ret_count = sizeof(operations) / sizeof(operations[0]);
	return operations;
}

static const struct operation *find_operation(const struct route *route)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].method == route->method && strcmp(operations[i].path, route->path) == 0)
			return &operations[i];
	return NULL;
}

/* ---- bodies ---- */

static const struct json_limits body_limits = { FORM_BODY_BYTES, 16, 20000, 128 * 1024 };

/* The object, and its simple fields as a form. What no form can hold is only in the object. */
static enum error read_json(struct request *request)
{
	struct form form = { 0 };
	enum error error = json_in_parse(request->http->body, &body_limits, &request->json_body);
	if (!error && !json_is_object(request->json_body))
		error = ERROR_BAD_REQUEST;
	if (error)
		return error;
	if (form_parse_json(request->arena, request->http->body, &form) == ERROR_NONE)
		request->form = form;
	return ERROR_NONE;
}

static enum error read_body(struct request *request)
{
	struct str body = request->http->body;
	struct str content_type = http_request_header(request->http, "Content-Type");
	struct str type = http_media_type(request->arena, content_type);
	request->form = (struct form){ 0 };
	if (!body.len)
		return ERROR_NONE;
	if (str_eq(type, STR_LITERAL("application/json")) || str_eq(type, STR_LITERAL("application/merge-patch+json")))
		return read_json(request);
	if (str_eq(type, STR_LITERAL("application/x-www-form-urlencoded")))
		return form_parse_urlencoded(request->arena, body, &request->form);
	if (str_eq(type, STR_LITERAL("multipart/form-data")))
		return form_parse_multipart(request->arena, content_type, body, &request->form);
	return ERROR_UNSUPPORTED_MEDIA_TYPE;
}

enum error operation_body(struct request *request, const json_t **ret_body)
{
	if (!request->json_body)
		return problem(request, PROBLEM_BAD_REQUEST, (struct str){ 0 });
	*ret_body = request->json_body;
	return ERROR_NONE;
}

/* ---- versions ---- */

void operation_respond_version(struct request *request, int64_t version)
{
	respond_header(request, "ETag", arena_printf(request->arena, "\"%lld\"", (long long)version));
}

enum error operation_need_version(struct request *request, int64_t *ret_version)
{
	struct str tag = str_trim(http_request_header(request->http, "If-Match"));
	if (!tag.len)
		return problem(request, PROBLEM_VERSION_NEEDED, (struct str){ 0 });
	if (str_starts_with(tag, STR_LITERAL("W/")))
		tag = str_slice(tag, 2, tag.len);
	if (tag.len > 2 && tag.data[0] == '"' && tag.data[tag.len - 1] == '"')
		tag = str_slice(tag, 1, tag.len - 1);
	int64_t version;
	if (!str_to_int64(tag, &version))
		return problem(request, PROBLEM_STALE_VERSION, (struct str){ 0 });
	*ret_version = version;
	return ERROR_NONE;
}

/* ---- the call ---- */

static enum error find_seat(struct request *request, const struct operation *operation, struct seat *ret_seat)
{
	struct seat seat = { 0 };
	bool own_too = (operation->flags & OPERATION_OWN_TOO) != 0;
	enum error error = ERROR_NONE;
	switch (operation->who) {
	case FOR_ANYBODY:
		break;
	case FOR_USER:
		seat.user_id = request->access.user_id;
		seat.author = (struct audit_author){ .user_id = seat.user_id, .door = AUDIT_API };
		break;
	case FOR_MEMBER:
		error = seat_find(request, &seat);
		break;
	case FOR_HOLDER:
		error = seat_find(request, &seat);
		if (!error && !seat_holds_anywhere(&seat, operation->permission, own_too) && !MUTANT("operation_permission"))
			error = seat_refuse(request, operation->permission);
		break;
	}
	*ret_seat = seat;
	return error;
}

static enum error call(struct request *request, const struct operation *operation)
{
	struct seat seat;
	struct repeat repeat = { 0 };
	enum error error = read_body(request);
	if (!error)
		error = find_seat(request, operation, &seat);
	if (!error)
		error = repeat_begin(request, &repeat);
	if (error || repeat.is_answered)
		return error;
	request->seat = &seat;
	error = operation->handle(request, &seat);
	request->seat = NULL;
	repeat_end(request, &repeat, error);
	return error;
}

enum error handle_operation(struct request *request)
{
	const struct operation *operation = find_operation(request->route);
	if (!operation)
		return fail(request, ERROR_INTERNAL, "no operation for %s", request->route->path);
	request->problem = NULL;
	enum error error = call(request, operation);
	json_decref(request->json_body);
	request->json_body = NULL;
	return error;
}
