/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies of approval over the brand API. */
#include "server/action/approval_policy.h"
#include "server/action/draft_payload.h"
#include "server/brand/drafts.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

#include "base/json_in.h"

static void write_either(struct json_out *json, const char *key, int wanted)
{
	if (wanted < 0)
		json_out_key_null(json, key);
	else
		json_out_key_bool(json, key, wanted > 0);
}

static void write_words(struct json_out *json, const char *key, const struct str *words, size_t count)
{
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		json_out_str(json, words[i]);
	json_out_array_end(json);
}

static void write_policy(struct json_out *json, const struct approval_policy *policy)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", policy->id);
	json_out_key_str(json, "name", policy->name);
	json_out_key_int(json, "position", policy->position);
	json_out_key_array_begin(json, "account_ids");
	for (size_t i = 0; i < policy->actor_count; i++)
		json_out_id(json, policy->actor_ids[i]);
	json_out_array_end(json);
	write_words(json, "kinds", policy->kinds, policy->kind_count);
	write_words(json, "tags", policy->tags, policy->tag_count);
	write_words(json, "languages", policy->languages, policy->language_count);
	write_either(json, "has_media", policy->has_media);
	write_either(json, "has_link", policy->has_link);
	json_out_key_bool(json, "binds_speakers", policy->binds_speakers);
	json_out_key_bool(json, "covers_replies", policy->covers_replies);
	json_out_key_bool(json, "demands_alt_text", policy->demands_alt_text);
	json_out_key_array_begin(json, "steps");
	for (size_t i = 0; i < policy->step_count; i++) {
		json_out_object_begin(json);
		json_out_key_int(json, "number", policy->steps[i].number);
		json_out_key_str(json, "permission", policy->steps[i].permission);
		json_out_key_int(json, "minimum", policy->steps[i].minimum);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
}

/* ---- reading ---- */

#define WORDS_MAX 100

/* False when it is there and is no list of short words without spaces. */
static bool read_words(struct arena *arena, const json_t *body, const char *key, const struct str **ret_words, size_t *ret_count)
{
	const json_t *list = json_object_get(body, key);
	size_t count = json_array_size(list);
	struct str *words = arena_alloc_array(arena, count, sizeof(*words));
	if (list && (!json_is_array(list) || count > WORDS_MAX))
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *word = json_array_get(list, i);
		words[i] = (struct str){ json_string_value(word), json_string_length(word) };
		if (!words[i].len || words[i].len > 255 || str_contains_char(words[i], ' '))
			return false;
	}
	*ret_words = words;
	*ret_count = count;
	return true;
}

static bool read_accounts(struct arena *arena, const json_t *body, struct approval_policy *policy)
{
	const struct str *words;
	if (!read_words(arena, body, "account_ids", &words, &policy->actor_count))
		return false;
	int64_t *ids = arena_alloc_array(arena, policy->actor_count, sizeof(*ids));
	for (size_t i = 0; i < policy->actor_count; i++)
		if (!str_to_int64(words[i], &ids[i]))
			return false;
	policy->actor_ids = ids;
	return true;
}

static bool read_steps(const json_t *body, struct approval_policy *policy)
{
	const json_t *list = json_object_get(body, "steps");
	size_t count = json_array_size(list);
	if (count > APPROVAL_MAX_STEPS)
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *step = json_array_get(list, i);
		const json_t *minimum = json_object_get(step, "minimum");
		if (minimum && !json_is_integer(minimum))
			return false;
		policy->steps[i] = (struct approval_step){ .number = (int64_t)i + 1, .permission = json_in_str(step, "permission"),
			.minimum = minimum ? json_integer_value(minimum) : 1 };
	}
	policy->step_count = count;
	return true;
}

static int read_either(const json_t *body, const char *key)
{
	const json_t *value = json_object_get(body, key);
	return json_is_boolean(value) ? json_is_true(value) : -1;
}

static enum error read_policy(struct request *request, const struct seat *seat, int64_t id, struct approval_policy *ret_policy)
{
	const json_t *body;
	enum error error = operation_body(request, &body);
	if (error)
		return error;
	struct approval_policy policy = {
		.id = id, .organisation_id = seat->organisation.id, .name = str_trim(json_in_str(body, "name")),
		.position = parameter_int(request, "position", 0, -1000000, 1000000),
		.has_media = read_either(body, "has_media"), .has_link = read_either(body, "has_link"),
		.binds_speakers = json_is_true(json_object_get(body, "binds_speakers")),
		.covers_replies = json_is_true(json_object_get(body, "covers_replies")),
		.demands_alt_text = json_is_true(json_object_get(body, "demands_alt_text")),
	};
	if (!read_accounts(request->arena, body, &policy))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("account_ids"));
	if (!read_words(request->arena, body, "kinds", &policy.kinds, &policy.kind_count))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("kinds"));
	if (!read_words(request->arena, body, "tags", &policy.tags, &policy.tag_count))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("tags"));
	if (!read_words(request->arena, body, "languages", &policy.languages, &policy.language_count))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("languages"));
	if (!read_steps(body, &policy))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("steps"));
	*ret_policy = policy;
	return ERROR_NONE;
}

static enum error refuse_policy(struct request *request, enum error error, struct str message)
{
	switch ((int)error) {
	case ERROR_UNPROCESSABLE:
		return problem(request, PROBLEM_BAD_VALUE, message);
	case ERROR_CONFLICT:
		return problem(request, PROBLEM_CONFLICT, message);
	case ERROR_FORBIDDEN:
		return problem(request, PROBLEM_PERMISSION_MISSING, message);
	case ERROR_NOT_FOUND:
		return problem(request, PROBLEM_NOT_FOUND, message);
	default:
		return error;
	}
}

/* ---- handlers ---- */

enum error handle_policies_list(struct request *request, const struct seat *seat)
{
	struct approval_policy *policies;
	size_t count;
	enum error error = approval_policy_list(request->db, request->arena, seat->organisation.id, &policies, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_policy(json, &policies[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error set_policy(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct approval_policy policy;
	struct str message = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (!error)
		error = read_policy(request, seat, id, &policy);
	if (error)
		return error;
	error = approval_policy_set(request->db, request->arena, &policy, &seat->author, &message);
	if (error)
		return refuse_policy(request, error, message);
	write_policy(respond_json(request, status), &policy);
	return ERROR_NONE;
}

enum error handle_policies_create(struct request *request, const struct seat *seat)
{
	return set_policy(request, seat, 0, 201);
}

enum error handle_policies_change(struct request *request, const struct seat *seat)
{
	return set_policy(request, seat, parameter_path_id(request, 0), 200);
}

enum error handle_policies_delete(struct request *request, const struct seat *seat)
{
	enum error error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (error)
		return error;
	error = approval_policy_end(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), &seat->author);
	if (error)
		return refuse_policy(request, error, (struct str){ 0 });
	respond_empty(request, 204);
	return ERROR_NONE;
}

enum error handle_policies_dry_run(struct request *request, const struct seat *seat)
{
	struct draft_wish wish;
	struct draft_content content;
	struct approval_policy *policies;
	size_t count;
	int64_t actor_id;
	struct draft_answer answer = { 0 };
	enum error error = seat_choose_account(request, seat, PERMISSION_DRAFT_WRITE, &actor_id);
	if (!error)
		error = drafts_read_wish(request, seat, actor_id, NULL, &wish);
	if (error)
		return error;
	error = draft_payload_make(request->db, request->arena, &wish, &content, &answer.message);
	if (error)
		return drafts_refuse(request, error, &answer);
	error = approval_policy_list(request->db, request->arena, seat->organisation.id, &policies, &count);
	if (error)
		return error;
	const struct approval_policy *policy = approval_policy_choose(policies, count, &content.subject);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key(json, "policy");
	if (policy)
		write_policy(json, policy);
	else
		json_out_null(json);
	json_out_key_bool(json, "lacks_alt_text", content.lacks_alt_text);
	json_out_object_end(json);
	return ERROR_NONE;
}
