/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Repeated requests: the key is claimed before anything is done, in a statement that commits by itself, and the answer is
 * kept when it is there. */
#include "server/brand/repeat.h"

#include "server/brand/problem.h"

#include "base/log.h"
#include "base/mutant.h"

#include <openssl/evp.h>

#define KEY_MAX_BYTES 255

static struct str sha256_of(struct arena *arena, struct str first, struct str second)
{
	unsigned length = 0;
	char *hash = arena_alloc(arena, 32);
	struct str parts[] = { first, STR("\n"), second };
	struct str bytes = arena_join(arena, parts, 3);
	if (EVP_Digest(bytes.data, bytes.len, (unsigned char *)hash, &length, EVP_sha256(), NULL) != 1)
		memory_fatal("SHA-256 failed");
	return (struct str){ hash, 32 };
}

/* "Name: value" lines; nothing in them has a line break. */
static struct str write_headers(struct request *request)
{
	AUTO(buf) struct buf lines = { 0 };
	const struct response *response = &request->response;
	for (size_t i = 0; i < response->header_count; i++)
		buf_add_printf(&lines, "%.*s: %.*s\n", STR_ARG(response->headers[i].name), STR_ARG(response->headers[i].value));
	return arena_str(request->arena, buf_str(&lines));
}

static void read_headers(struct request *request, struct str lines)
{
	struct str line;
	while (str_split_next(&lines, '\n', &line)) {
		size_t colon = str_index_of(line, ':', 0);
		if (colon < line.len)
			respond_header(request, arena_c_string(request->arena, str_slice(line, 0, colon)),
				str_trim(str_slice(line, colon + 1, line.len)));
	}
}

static enum error answer_again(struct request *request, const struct repeated_answer *first)
{
	if (first->content_type.data)
		buf_add_str(respond(request, first->status, arena_c_string(request->arena, first->content_type)), first->body);
	else
		respond_empty(request, first->status);
	read_headers(request, first->headers);
	return ERROR_NONE;
}

enum error repeat_begin(struct request *request, struct repeat *ret_repeat)
{
	struct str key = http_request_header(request->http, "Idempotency-Key");
	struct repeat repeat = { 0 };
	struct repeated_answer first = { 0 };
	*ret_repeat = repeat;
	if (!key.data || request->http->method != HTTP_POST || !request->access.token_id)
		return ERROR_NONE;
	if (!key.len || key.len > KEY_MAX_BYTES)
		return problem(request, PROBLEM_BAD_VALUE, text_get(problem_language(request), TEXT_PROBLEM_KEY_TOO_LONG));
	repeat.answer = (struct repeated_answer){
		.token_id = request->access.token_id,
		.key_sha256 = sha256_of(request->arena, request->http->path, key),
		.request_sha256 = sha256_of(request->arena, request->http->query, request->http->body),
		.claim = request->id,
	};
	enum error error = repeated_answer_claim(request->db, request->arena, &repeat.answer, &first);
	if (error == ERROR_NONE) {
		*ret_repeat = repeat;
		return ERROR_NONE;
	}
	if (error != ERROR_CONFLICT)
		return error;
	if (!str_eq(first.request_sha256, repeat.answer.request_sha256) && !MUTANT("repeat_body"))
		return problem(request, PROBLEM_KEY_REUSED, (struct str){ 0 });
	if (!first.status)
		return problem(request, PROBLEM_CONFLICT, text_get(problem_language(request), TEXT_PROBLEM_UNDER_WAY));
	ret_repeat->is_answered = true;
	return answer_again(request, &first);
}

static void note_failure(enum error error)
{
	if (error)
		log_event(LOG_LEVEL_WARNING, "repeated_answer_lost", LOG_TEXT("error", error_name(error)));
}

void repeat_end(struct request *request, struct repeat *repeat, enum error outcome)
{
	struct response *response = &request->response;
	if (!repeat->answer.claim.data || MUTANT("repeat_store"))
		return;
	if (db_is_in_transaction(request->db))
		db_rollback(request->db);
	if (outcome) {
		note_failure(repeated_answer_drop(request->db, request->arena, &repeat->answer));
		return;
	}
	/* It comes again, or another thread writes the answer. */
	if (!response->status || response->stream)
		return;
	repeat->answer.status = response->status;
	repeat->answer.headers = write_headers(request);
	repeat->answer.content_type = response->content_type ? str_from(response->content_type) : (struct str){ 0 };
	repeat->answer.body = buf_str(&response->body);
	if (response->status / 100 != 2 || repeat->answer.body.len > REPEATED_ANSWER_BODY_MAX_BYTES ||
		repeat->answer.headers.len > REPEATED_ANSWER_HEADERS_MAX_BYTES)
		note_failure(repeated_answer_drop(request->db, request->arena, &repeat->answer));
	else
		note_failure(repeated_answer_store(request->db, request->arena, &repeat->answer));
}
