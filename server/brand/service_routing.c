/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rules that route, and what they would have done. */
#include "server/action/routing.h"
#include "server/action/service_steps.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/brand/service.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"

#include "base/mutant.h"

static void write_rule(struct json_out *json, const struct routing_rule *rule)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", rule->id);
	json_out_key_str(json, "name", rule->name);
	json_out_key_int(json, "position", rule->position);
	json_out_key_bool(json, "enabled", rule->is_enabled);
	json_out_key_bool(json, "goes_on", rule->goes_on);
	json_out_key(json, "condition");
	json_out_raw(json, rule->condition);
	json_out_key(json, "actions");
	json_out_raw(json, rule->actions);
	json_out_key_int(json, "version", rule->version);
	json_out_object_end(json);
}

static enum error respond_rule(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct routing_rule rule;
	enum error error = seat_need(request, seat, PERMISSION_INBOX_MACROS);
	if (!error)
		error = routing_rule_find(request->db, request->arena, seat->organisation.id, id, &rule);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	operation_respond_version(request, rule.version);
	write_rule(respond_json(request, status), &rule);
	return ERROR_NONE;
}

enum error handle_routing_rule_list(struct request *request, const struct seat *seat)
{
	struct routing_rule *rules;
	size_t count;
	enum error error = seat_need(request, seat, PERMISSION_INBOX_MACROS);
	if (!error)
		error = routing_rule_list(request->db, request->arena, seat->organisation.id, false, &rules, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "rules");
	for (size_t i = 0; i < count; i++)
		write_rule(json, &rules[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_routing_rule_show(struct request *request, const struct seat *seat)
{
	return respond_rule(request, seat, parameter_path_id(request, 0), 200);
}

/* ---- reading ---- */

static bool has_accounts(const struct seat *seat, const struct routing_condition *condition)
{
	for (size_t i = 0; i < condition->actor_count; i++) {
		size_t k = 0;
		while (k < seat->account_count && seat->accounts[k].actor_id != condition->actor_ids[i])
			k++;
		if (k == seat->account_count)
			return false;
	}
	return true;
}

static enum error read_parts(struct request *request, const struct seat *seat, const json_t *object, struct routing_rule *rule)
{
	AUTO(buf) struct buf out = { 0 };
	struct arena *arena = request->arena;
	struct routing_condition condition;
	struct service_steps *steps = arena_alloc(arena, sizeof(*steps));
	struct str message = { 0 };
	struct json_out json;
	enum error error = routing_condition_read(arena, json_object_get(object, "condition"), &condition, &message);
	if (!error && !has_accounts(seat, &condition)) {
		message = STR_LITERAL("condition: account_ids are those of the organisation");
		error = ERROR_UNPROCESSABLE;
	}
	if (!error)
		error = service_steps_read(arena, json_object_get(object, "actions"), STEPS_OF_RULE, steps, &message);
	if (!error)
		error = service_steps_check(request->db, arena, seat->organisation.id, steps, &message);
	if (error == ERROR_UNPROCESSABLE)
		return service_refuse(request, message);
	if (error)
		return error;
	json_out_init(&json, &out);
	routing_condition_write(&json, &condition);
	rule->condition = arena_str(arena, buf_str(&out));
	buf_clear(&out);
	json_out_init(&json, &out);
	service_steps_write(&json, steps);
	rule->actions = arena_str(arena, buf_str(&out));
	if (rule->condition.len + rule->actions.len > ROUTING_RULE_MAX_BYTES && !MUTANT("routing_rule_bytes"))
		return service_refuse(request, STR_LITERAL("condition and actions: 32 KiB at most"));
	return ERROR_NONE;
}

static enum error write_store(struct db *db, struct arena *arena, void *thing)
{
	return routing_rule_store(db, arena, thing);
}

static enum error set_rule(struct request *request, const struct seat *seat, int64_t id)
{
	struct routing_rule rule = { .id = id ? id : id_new(), .organisation_id = seat->organisation.id }, former;
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, id ? "routing_rule.change" : "routing_rule.create", "routing_rule",
		rule.id, write_store, &rule };
	const json_t *body;
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, id, &rule.version);
	if (!error && id)
		error = routing_rule_find(request->db, request->arena, seat->organisation.id, id, &former);
	if (!error)
		error = operation_body(request, &body);
	if (!error)
		error = service_read_name(request, &rule.name);
	if (!error)
		error = read_parts(request, seat, body, &rule);
	rule.position = (int)parameter_int(request, "position", 0, -1000000, 1000000);
	rule.is_enabled = parameter_bool(request, "enabled", true);
	rule.goes_on = parameter_bool(request, "goes_on", false);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	return error ? error : respond_rule(request, seat, rule.id, id ? 200 : 201);
}

enum error handle_routing_rule_create(struct request *request, const struct seat *seat)
{
	return set_rule(request, seat, 0);
}

enum error handle_routing_rule_change(struct request *request, const struct seat *seat)
{
	return set_rule(request, seat, parameter_path_id(request, 0));
}

static enum error write_removal(struct db *db, struct arena *arena, void *thing)
{
	const struct routing_rule *rule = thing;
	return routing_rule_remove(db, arena, rule->organisation_id, rule->id);
}

enum error handle_routing_rule_delete(struct request *request, const struct seat *seat)
{
	struct routing_rule rule = { .id = parameter_path_id(request, 0), .organisation_id = seat->organisation.id };
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, "routing_rule.delete", "routing_rule", rule.id, write_removal, &rule };
	int64_t version;
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, 0, &version);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- what they would have done ---- */

/* The rule of the body, else all that are enabled. */
static enum error read_rules(struct request *request, const struct seat *seat, struct routing_rule **ret_rules, size_t *ret_count)
{
	const json_t *body = NULL;
	const json_t *tried;
	struct routing_rule *rule = arena_alloc(request->arena, sizeof(*rule));
	enum error error = operation_body(request, &body);
	if (error)
		return error;
	tried = json_object_get(body, "rule");
	if (!json_is_object(tried))
		return routing_rule_list(request->db, request->arena, seat->organisation.id, true, ret_rules, ret_count);
	*rule = (struct routing_rule){ .organisation_id = seat->organisation.id, .name = STR_LITERAL("") };
	error = read_parts(request, seat, tried, rule);
	*ret_rules = rule;
	*ret_count = 1;
	return error;
}

static size_t count_hits(const struct routing_hit *hits, size_t post_count, size_t rule)
{
	size_t count = 0;
	for (size_t p = 0; p < post_count; p++)
		for (size_t i = 0; i < hits[p].count; i++)
			count += hits[p].rules[i] == rule;
	return count;
}

static void write_rule_id(struct json_out *json, const char *key, const struct routing_rule *rule)
{
	if (rule->id)
		json_out_key_id(json, key, rule->id);
	else
		json_out_key_null(json, key);
}

static void write_tried(struct json_out *json, const struct routing_rule *rules, size_t rule_count, const struct routed_post *posts,
	const struct routing_hit *hits, size_t post_count)
{
	size_t matched = 0;
	json_out_object_begin(json);
	json_out_key_array_begin(json, "rules");
	for (size_t i = 0; i < rule_count; i++) {
		json_out_object_begin(json);
		write_rule_id(json, "rule_id", &rules[i]);
		json_out_key_str(json, "name", rules[i].name);
		json_out_key_int(json, "matches", (int64_t)count_hits(hits, post_count, i));
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_key_array_begin(json, "posts");
	for (size_t p = 0; p < post_count; p++) {
		matched += hits[p].count > 0;
		for (size_t i = 0; i < hits[p].count; i++) {
			json_out_object_begin(json);
			json_out_key_id(json, "post_id", posts[p].post_id);
			json_out_key_id(json, "conversation_id", posts[p].ticket_id);
			json_out_key_int(json, "number", posts[p].number);
			write_rule_id(json, "rule_id", &rules[hits[p].rules[i]]);
			json_out_object_end(json);
		}
	}
	json_out_array_end(json);
	json_out_key_int(json, "looked_at", (int64_t)post_count);
	json_out_key_int(json, "unmatched", (int64_t)(post_count - matched));
	json_out_object_end(json);
}

enum error handle_routing_dry_run(struct request *request, const struct seat *seat)
{
	struct routing_rule *rules;
	struct routed_post *posts;
	struct routing_hit *hits;
	int64_t *actor_ids;
	size_t rule_count, post_count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_INBOX_READ, false, &actor_ids);
	enum error error = seat_need(request, seat, PERMISSION_INBOX_MACROS);
	if (!error)
		error = read_rules(request, seat, &rules, &rule_count);
	if (!error)
		error = routing_post_list(request->db, request->arena, actor_ids, actor_count, ROUTING_POSTS_MAX, &posts, &post_count);
	if (!error)
		error = routing_try(request->arena, rules, rule_count, posts, post_count, &hits);
	if (!error)
		write_tried(respond_json(request, 200), rules, rule_count, posts, hits, post_count);
	return error;
}
