/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies and requests. What is accepted is shown in the same transaction, so requests are always merged. */
#include "server/mastodon/notification_policy.h"

#include "server/entity/account.h"
#include "server/entity/status.h"
#include "server/mastodon/parameters.h"

#include "storage/notification_policy.h"

#define DEFAULT_LIMIT 40
#define MAX_LIMIT 80
#define MANY_MAX 200

static const char *const rule_names[NOTIFICATION_RULE_COUNT] = {
	[NOTIFICATION_FOR_NOT_FOLLOWING] = "for_not_following",
	[NOTIFICATION_FOR_NOT_FOLLOWERS] = "for_not_followers",
	[NOTIFICATION_FOR_NEW_ACCOUNTS] = "for_new_accounts",
	[NOTIFICATION_FOR_PRIVATE_MENTIONS] = "for_private_mentions",
	[NOTIFICATION_FOR_LIMITED_ACCOUNTS] = "for_limited_accounts",
};

/* NULL: it did not exist in the first form. */
static const char *const first_rule_names[NOTIFICATION_RULE_COUNT] = {
	[NOTIFICATION_FOR_NOT_FOLLOWING] = "filter_not_following",
	[NOTIFICATION_FOR_NOT_FOLLOWERS] = "filter_not_followers",
	[NOTIFICATION_FOR_NEW_ACCOUNTS] = "filter_new_accounts",
	[NOTIFICATION_FOR_PRIVATE_MENTIONS] = "filter_private_mentions",
};

static void write_summary(struct json_out *json, const struct notification_policy *policy)
{
	json_out_key_object_begin(json, "summary");
	json_out_key_int(json, "pending_requests_count", policy->pending_requests);
	json_out_key_int(json, "pending_notifications_count", policy->pending_notifications);
	json_out_object_end(json);
}

static enum error respond_policy(struct request *request, bool is_first_form)
{
	struct notification_policy policy;
	enum error error = notification_policy_find(request->db, request->arena, request->access.actor_id, &policy);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	for (int rule = 0; rule < NOTIFICATION_RULE_COUNT; rule++) {
		if (!is_first_form)
			json_out_key_str(json, rule_names[rule], policy.rules[rule]);
		else if (first_rule_names[rule])
			json_out_key_bool(json, first_rule_names[rule], !str_eq(policy.rules[rule], STR_LITERAL("accept")));
	}
	write_summary(json, &policy);
	json_out_object_end(json);
	return ERROR_NONE;
}

static bool is_rule(struct str word)
{
	return str_eq(word, STR_LITERAL("accept")) || str_eq(word, STR_LITERAL("filter")) || str_eq(word, STR_LITERAL("drop"));
}

enum error handle_notification_policy(struct request *request)
{
	return respond_policy(request, false);
}

enum error handle_notification_policy_change(struct request *request)
{
	struct str rules[NOTIFICATION_RULE_COUNT];
	for (int rule = 0; rule < NOTIFICATION_RULE_COUNT; rule++) {
		rules[rule] = parameter_text(request, rule_names[rule]);
		if (rules[rule].data && !is_rule(rules[rule]))
			return refuse(request, "Validation failed: a policy is one of accept, filter and drop");
	}
	enum error error = notification_policy_set(request->db, request->arena, request->access.actor_id, rules);
	return error ? error : respond_policy(request, false);
}

enum error handle_notification_policy_v1(struct request *request)
{
	return respond_policy(request, true);
}

enum error handle_notification_policy_change_v1(struct request *request)
{
	struct str rules[NOTIFICATION_RULE_COUNT] = { 0 };
	for (int rule = 0; rule < NOTIFICATION_RULE_COUNT; rule++) {
		const bool *filters = first_rule_names[rule] ? parameter_bool_pointer(request, first_rule_names[rule]) : NULL;
		if (filters)
			rules[rule] = *filters ? STR_LITERAL("filter") : STR_LITERAL("accept");
	}
	enum error error = notification_policy_set(request->db, request->arena, request->access.actor_id, rules);
	return error ? error : respond_policy(request, true);
}

struct request_set {
	struct account_set *accounts;
	struct status_set *statuses;
};

static enum error load(struct request *request, const struct notification_request *requests, size_t count,
	struct request_set *ret_set)
{
	struct reader reader = reader_of(request, FILTER_NOTIFICATIONS);
	int64_t *actor_ids = arena_alloc_array(request->arena, count, sizeof(*actor_ids));
	int64_t *post_ids = arena_alloc_array(request->arena, count, sizeof(*post_ids));
	size_t post_count = 0;
	for (size_t i = 0; i < count; i++) {
		actor_ids[i] = requests[i].from_actor_id;
		if (requests[i].last_post_id)
			post_ids[post_count++] = requests[i].last_post_id;
	}
	enum error error = account_set_load(&reader, actor_ids, count, &ret_set->accounts);
	return error ? error : status_set_load(&reader, post_ids, post_count, &ret_set->statuses);
}

static void write_request(struct request *request, struct json_out *json, const struct request_set *set,
	const struct notification_request *one)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", one->id);
	json_out_key_time_ms(json, "created_at", one->created_us);
	json_out_key_time_ms(json, "updated_at", one->updated_us);
	json_out_key_str(json, "notifications_count", arena_printf(request->arena, "%lld", (long long)one->count));
	json_out_key(json, "account");
	account_set_write(set->accounts, json, one->from_actor_id);
	if (one->last_post_id && status_set_has(set->statuses, one->last_post_id)) {
		json_out_key(json, "last_status");
		status_set_write(set->statuses, json, one->last_post_id);
	}
	json_out_object_end(json);
}

enum error handle_notification_requests(struct request *request)
{
	struct id_page page;
	struct notification_request *requests;
	struct request_set set;
	size_t count;
	parameter_page(request, DEFAULT_LIMIT, MAX_LIMIT, &page);
	enum error error =
		notification_request_list(request->db, request->arena, request->access.actor_id, &page, &requests, &count);
	if (!error)
		error = load(request, requests, count, &set);
	if (error)
		return error;
	if (count)
		respond_link(request, count, requests[0].id, requests[count - 1].id, count == (size_t)page.limit);
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (account_set_has(set.accounts, requests[i].from_actor_id))
			write_request(request, json, &set, &requests[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_notification_request(struct request *request)
{
	struct notification_request one;
	struct request_set set;
	enum error error = notification_request_find(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), &one);
	if (!error)
		error = load(request, &one, 1, &set);
	if (error)
		return error;
	if (!account_set_has(set.accounts, one.from_actor_id))
		return ERROR_NOT_FOUND;
	write_request(request, respond_json(request, 200), &set, &one);
	return ERROR_NONE;
}

typedef enum error (*end_requests)(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	int64_t *ret_changed);

static enum error end_one(struct request *request, end_requests end)
{
	int64_t id = parameter_path_id(request, 0), changed = 0;
	enum error error = end(request->db, request->arena, request->access.actor_id, &id, 1, &changed);
	if (!error && !changed)
		return ERROR_NOT_FOUND;
	return error ? error : respond_empty_object(request);
}

static enum error end_many(struct request *request, end_requests end)
{
	int64_t *ids, changed = 0;
	size_t count = parameter_ids(request, "id", MANY_MAX, &ids);
	enum error error = end(request->db, request->arena, request->access.actor_id, ids, count, &changed);
	return error ? error : respond_empty_object(request);
}

enum error handle_notification_request_accept(struct request *request)
{
	return end_one(request, notification_request_accept);
}

enum error handle_notification_request_dismiss(struct request *request)
{
	return end_one(request, notification_request_dismiss);
}

enum error handle_notification_requests_accept(struct request *request)
{
	return end_many(request, notification_request_accept);
}

enum error handle_notification_requests_dismiss(struct request *request)
{
	return end_many(request, notification_request_dismiss);
}

enum error handle_notification_requests_merged(struct request *request)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_bool(json, "merged", true);
	json_out_object_end(json);
	return ERROR_NONE;
}
