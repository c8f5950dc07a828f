/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Problems: what a handler notes is written when its error comes out at the server's end. */
#include "server/brand/problem.h"

#include "server/app.h"
#include "server/brand/problem_page.h"
#include "server/http/auth.h"
#include "server/web/page.h"
#include "storage/user.h"

#define API_PATH "/api/brand/v1"

struct problem_note {
	enum problem type;
	struct str detail;
	struct str members;
};

struct problem_kind {
	const char *word;
	int status;
	enum error error;
};

static const struct problem_kind kinds[PROBLEM_COUNT] = {
#define PROBLEM(name, word, status, error) [PROBLEM_##name] = { word, status, error },
#include "server/brand/problems.inc"
#undef PROBLEM
};

struct problem_texts {
	enum text title;
	enum text help;
};

static const struct problem_texts texts[PROBLEM_COUNT] = {
#define PROBLEM(name, word, status, error) [PROBLEM_##name] = { TEXT_PROBLEM_##name, TEXT_PROBLEM_##name##_HELP },
#include "server/brand/problems.inc"
#undef PROBLEM
};

enum error problem(struct request *request, enum problem type, struct str detail)
{
	return problem_with(request, type, detail, (struct str){ 0 });
}

/* ---- details ---- */

static const struct {
	struct str english, french;
} details[] = {
#define DETAIL(english, french) { STR(english), STR(french) },
#include "server/brand/problem_details.inc"
#undef DETAIL
};

/* What stands in detail where english has its star; data NULL when they differ otherwise. Without star, all of it is the same. */
static struct str find_difference(struct str english, struct str detail)
{
	size_t star = str_index_of(english, '*', 0);
	if (star == english.len)
		return str_eq(english, detail) ? STR_LITERAL("") : (struct str){ 0 };
	struct str before = str_slice(english, 0, star), after = str_slice(english, star + 1, english.len);
	if (detail.len < before.len + after.len || !str_starts_with(detail, before) || !str_ends_with(detail, after))
		return (struct str){ 0 };
	return str_slice(detail, before.len, detail.len - after.len);
}

/* Those who say what is wrong with a deed do not know who reads it. */
static struct str translate(struct request *request, struct str detail)
{
	if (!detail.len || problem_language(request) != LANGUAGE_FRENCH)
		return detail;
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		struct str difference = find_difference(details[i].english, detail), french = details[i].french;
		size_t star = str_index_of(french, '*', 0);
		if (difference.data)
			return arena_printf(request->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(french, 0, star)), STR_ARG(difference),
				STR_ARG(star < french.len ? str_slice(french, star + 1, french.len) : STR_LITERAL("")));
	}
	return detail;
}

static bool is_field_name(struct str detail)
{
	for (size_t i = 0; i < detail.len; i++)
		if (detail.data[i] != '_' && (detail.data[i] < 'a' || detail.data[i] > 'z'))
			return false;
	return detail.len > 0;
}

enum error problem_with(struct request *request, enum problem type, struct str detail, struct str members)
{
	struct problem_note *note = arena_alloc(request->arena, sizeof(*note));
	if (type == PROBLEM_BAD_VALUE && is_field_name(detail))
		detail = arena_printf(request->arena, "%.*s: missing, or none of the values that are allowed", STR_ARG(detail));
	detail = translate(request, detail);
	*note = (struct problem_note){ type, detail, members };
	request->problem = note;
	request->error_detail = str_from(kinds[type].word);
	return kinds[type].error;
}

enum language problem_language(struct request *request)
{
	struct user user;
	enum language language;
	if (request->access.user_id && request->db && !db_is_in_transaction(request->db) &&
	    user_find_by_id(request->db, request->arena, request->access.user_id, &user) == ERROR_NONE &&
	    language_from_tag(user.locale, &language))
		return language;
	return page_language(request);
}

bool problem_is_expected(const struct request *request)
{
	static const struct str path = STR(API_PATH);
	if (!request->http || !str_starts_with(request->http->path, path))
		return false;
	return request->http->path.len == path.len || request->http->path.data[path.len] == '/';
}

static void write_problem(struct request *request, struct str type, struct str title, int status, struct str detail,
	struct str members)
{
	struct json_out json;
	request->response.header_count = 0;
	json_out_init(&json, respond(request, status, "application/problem+json"));
	json_out_object_begin(&json);
	json_out_key_str(&json, "type", type);
	json_out_key_str(&json, "title", title);
	json_out_key_int(&json, "status", status);
	if (detail.len)
		json_out_key_str(&json, "detail", detail);
	if (status >= 500)
		json_out_key_str(&json, "request_id", request->id);
	json_out_raw_members(&json, members);
	json_out_object_end(&json);
}

static void write_note(struct request *request, const struct problem_note *note)
{
	const struct problem_kind *kind = &kinds[note->type];
	enum language language = problem_language(request);
	struct str detail = note->detail.len ? note->detail : text_get(language, texts[note->type].help);
	struct str type = arena_printf(request->arena, "%.*s" API_PATH "/problems/%s", STR_ARG(request->app->base_url), kind->word);
	write_problem(request, type, text_get(language, texts[note->type].title), kind->status, detail, note->members);
}

static enum problem type_of_forbidden(const struct request *request)
{
	const struct route *route = request->route;
	bool lacks_scope = route && route->scope && request->access.token_id &&
		!auth_scope_allows(request->access.scopes, str_from(route->scope));
	return lacks_scope ? PROBLEM_SCOPE_MISSING : PROBLEM_PERMISSION_MISSING;
}

/* What came up without a problem. False for what only a broken client gets to see: it has no page. */
static bool type_of_status(const struct request *request, int status, enum problem *ret_type)
{
	static const enum problem ordinary[] = { PROBLEM_BAD_REQUEST, PROBLEM_UNAUTHORISED, PROBLEM_NOT_FOUND,
		PROBLEM_METHOD_NOT_ALLOWED, PROBLEM_CONFLICT, PROBLEM_CONTENT_TOO_LARGE, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
		PROBLEM_BAD_VALUE, PROBLEM_TOO_MANY_REQUESTS, PROBLEM_INTERNAL, PROBLEM_UNAVAILABLE };
	if (status == 403) {
		*ret_type = type_of_forbidden(request);
		return true;
	}
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		if (kinds[ordinary[i]].status == status) {
			*ret_type = ordinary[i];
			return true;
		}
	}
	return false;
}

void problem_respond_status(struct request *request, int status, struct str message)
{
	struct problem_note note = { .detail = translate(request, message) };
	if (type_of_status(request, status, &note.type))
		write_note(request, &note);
	else
		write_problem(request, STR_LITERAL("about:blank"), str_from(http_status_text(status)), status, message,
			(struct str){ 0 });
}

void problem_respond(struct request *request, enum error error)
{
	int status = error_http_status(error);
	if (request->problem && kinds[request->problem->type].error == error)
		write_note(request, request->problem);
	else
		problem_respond_status(request, status, status < 500 ? request->error_message : (struct str){ 0 });
	if (request->response.status == 503)
		respond_header(request, "Retry-After", STR_LITERAL("1"));
}

enum error handle_problem_page(struct request *request, const struct seat *seat)
{
	struct str name = request_value(request, 0);
	enum language language = page_language(request);
	(void)seat;
	for (int i = 0; i < PROBLEM_COUNT; i++) {
		if (!str_eq(name, str_from(kinds[i].word)))
			continue;
		const struct page page = { .language = language, .title = text_get(language, texts[i].title), .kind = "website" };
		struct buf *out = page_respond(request, 200, &page);
		TEMPLATE(out, "<section class=\"hero\"><h1>{}</h1><p>{}</p><p>{} {}, <code>{}</code></p></section>\n",
			template_text(page.title), template_text(text_get(language, texts[i].help)),
			template_text(text_get(language, TEXT_PROBLEM_STATUS)),
			template_text(arena_printf(request->arena, "%d", kinds[i].status)), template_text(name));
		page_end(request, out, &page);
		return ERROR_NONE;
	}
	return ERROR_NOT_FOUND;
}
