/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an organisation promises, what is due, and how it kept its word. */
#include "storage/sla.h"

#include "server/brand/operation.h"
#include "server/brand/planning_deed.h"
#include "server/brand/problem.h"
#include "server/brand/service.h"
#include "server/brand/ticket_entity.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"
#include "storage/ticket_tag.h"

#include "base/clock.h"

#define DAY_US (INT64_C(24) * 3600 * 1000 * 1000)
#define REPORT_DAYS_MAX 400
#define DUE_MAX 200

static void write_target(struct json_out *json, const char *key, int64_t seconds)
{
	if (seconds)
		json_out_key_int(json, key, seconds);
	else
		json_out_key_null(json, key);
}

static void write_policy(struct json_out *json, const struct sla_policy *policy)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", policy->id);
	json_out_key_str(json, "name", policy->name);
	json_out_key_int(json, "position", policy->position);
	planning_write_id(json, "account_id", policy->actor_id);
	planning_write_text(json, "channel", policy->channel);
	planning_write_text(json, "language", policy->language);
	json_out_key_int(json, "minimum_priority", policy->minimum_priority);
	planning_write_id(json, "team_id", policy->team_id);
	planning_write_text(json, "tag", policy->tag);
	write_target(json, "first_reply", policy->first_reply_s);
	write_target(json, "next_reply", policy->next_reply_s);
	write_target(json, "resolution", policy->resolution_s);
	json_out_key_bool(json, "in_hours", policy->in_hours);
	json_out_key_int(json, "version", policy->version);
	json_out_object_end(json);
}

static enum error respond_policy(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct sla_policy policy;
	enum error error = sla_policy_find(request->db, request->arena, seat->organisation.id, id, &policy);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	operation_respond_version(request, policy.version);
	write_policy(respond_json(request, status), &policy);
	return ERROR_NONE;
}

enum error handle_sla_policy_list(struct request *request, const struct seat *seat)
{
	struct sla_policy *policies;
	size_t count;
	enum error error = sla_policy_list(request->db, request->arena, seat->organisation.id, &policies, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "policies");
	for (size_t i = 0; i < count; i++)
		write_policy(json, &policies[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_sla_policy_show(struct request *request, const struct seat *seat)
{
	return respond_policy(request, seat, parameter_path_id(request, 0), 200);
}

/* ---- reading ---- */

/* Seconds; absent and empty: not promised. */
static bool read_target(struct request *request, const char *name, int64_t *ret_seconds)
{
	struct str text = parameter_text(request, name);
	*ret_seconds = 0;
	return !text.len ||
		(str_to_int64(text, ret_seconds) && *ret_seconds >= SLA_TARGET_MIN_S && *ret_seconds <= SLA_TARGET_MAX_S);
}

static struct str read_word(struct request *request, const char *name)
{
	struct str text = str_trim(parameter_text(request, name));
	return text.len ? text : (struct str){ 0 };
}

static bool is_account_of(const struct seat *seat, int64_t actor_id)
{
	for (size_t i = 0; i < seat->account_count; i++)
		if (seat->accounts[i].actor_id == actor_id)
			return true;
	return false;
}

/* What is wrong with it, or NULL. */
static const char *check_policy(const struct seat *seat, const struct sla_policy *policy)
{
	if (policy->actor_id && !is_account_of(seat, policy->actor_id))
		return "account_id: no account of the organisation";
	if (policy->channel.data && !str_eq(policy->channel, STR_LITERAL("public")) && !str_eq(policy->channel, STR_LITERAL("private")))
		return "channel: public or private";
	if (policy->language.data && (policy->language.len < 2 || policy->language.len > 35 || !str_is_utf8(policy->language)))
		return "language: as BCP 47 has it";
	if (policy->tag.data && !ticket_tag_is_valid(policy->tag))
		return "tag: 1 to 60 characters without spaces and commas";
	if (!policy->first_reply_s && !policy->next_reply_s && !policy->resolution_s)
		return "first_reply, next_reply or resolution: something is to be promised, in seconds";
	return NULL;
}

static enum error read_policy(struct request *request, const struct seat *seat, struct sla_policy *policy)
{
	bool has_targets = read_target(request, "first_reply", &policy->first_reply_s) &&
		read_target(request, "next_reply", &policy->next_reply_s) && read_target(request, "resolution", &policy->resolution_s);
	bool is_there = true;
	policy->position = (int)parameter_int(request, "position", 0, -1000000, 1000000);
	policy->actor_id = parameter_id(request, "account_id");
	policy->channel = read_word(request, "channel");
	policy->language = read_word(request, "language");
	policy->minimum_priority = (int)parameter_int(request, "minimum_priority", TICKET_PRIORITY_MIN, TICKET_PRIORITY_MIN,
		TICKET_PRIORITY_MAX);
	policy->team_id = parameter_id(request, "team_id");
	policy->tag = read_word(request, "tag");
	policy->in_hours = parameter_bool(request, "in_hours", true);
	enum error error = service_read_name(request, &policy->name);
	if (!error && policy->team_id)
		error = ticket_team_is_there(request->db, request->arena, seat->organisation.id, policy->team_id, &is_there);
	if (error)
		return error;
	if (!has_targets)
		return service_refuse(request, STR_LITERAL("first_reply, next_reply, resolution: 60 to 31536000 seconds"));
	const char *wrong = is_there ? check_policy(seat, policy) : "team_id: no team of the organisation";
	return wrong ? service_refuse(request, str_from(wrong)) : ERROR_NONE;
}

static enum error write_store(struct db *db, struct arena *arena, void *thing)
{
	return sla_policy_store(db, arena, thing);
}

static enum error set_policy(struct request *request, const struct seat *seat, int64_t id)
{
	struct sla_policy policy = { .id = id ? id : id_new(), .organisation_id = seat->organisation.id }, former;
	const struct service_deed deed = { PERMISSION_ORG_ADMIN, id ? "sla_policy.change" : "sla_policy.create", "sla_policy", policy.id,
		write_store, &policy };
	enum error error = service_begin(request, seat, PERMISSION_ORG_ADMIN, id, &policy.version);
	if (!error && id)
		error = sla_policy_find(request->db, request->arena, seat->organisation.id, id, &former);
	if (!error)
		error = read_policy(request, seat, &policy);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	return error ? error : respond_policy(request, seat, policy.id, id ? 200 : 201);
}

enum error handle_sla_policy_create(struct request *request, const struct seat *seat)
{
	return set_policy(request, seat, 0);
}

enum error handle_sla_policy_change(struct request *request, const struct seat *seat)
{
	return set_policy(request, seat, parameter_path_id(request, 0));
}

static enum error write_removal(struct db *db, struct arena *arena, void *thing)
{
	const struct sla_policy *policy = thing;
	return sla_policy_remove(db, arena, policy->organisation_id, policy->id);
}

enum error handle_sla_policy_delete(struct request *request, const struct seat *seat)
{
	struct sla_policy policy = { .id = parameter_path_id(request, 0), .organisation_id = seat->organisation.id };
	const struct service_deed deed = { PERMISSION_ORG_ADMIN, "sla_policy.delete", "sla_policy", policy.id, write_removal, &policy };
	int64_t version;
	enum error error = service_begin(request, seat, PERMISSION_ORG_ADMIN, 0, &version);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- what is due ---- */

enum error handle_sla_due(struct request *request, const struct seat *seat)
{
	struct sla_clock *clocks;
	int64_t *actor_ids;
	size_t count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_INBOX_READ, false, &actor_ids);
	enum error error = sla_clock_list_due(request->db, request->arena, seat->organisation.id, actor_ids, actor_count,
		(int)parameter_int(request, "limit", 50, 1, DUE_MAX), &clocks, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "clocks");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "conversation_id", clocks[i].ticket_id);
		ticket_entity_write_clock_members(json, &clocks[i]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- how it went ---- */

static void write_seconds(struct json_out *json, const char *key, bool has_times, double seconds)
{
	json_out_key(json, key);
	if (has_times)
		json_out_double(json, seconds);
	else
		json_out_null(json);
}

enum error handle_sla_report(struct request *request, const struct seat *seat)
{
	int64_t until_us = clock_now_us(), from_us = until_us - 30 * DAY_US, *actor_ids;
	struct sla_figures *figures;
	size_t count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_ANALYTICS_READ, false, &actor_ids);
	enum error error = planning_read_time(request, "from", &from_us);
	if (!error)
		error = planning_read_time(request, "to", &until_us);
	if (!error && (until_us <= from_us || until_us - from_us > REPORT_DAYS_MAX * DAY_US))
		error = planning_refuse(request, "A report is about 1 to 400 days.", "Un rapport porte sur 1 à 400 jours.");
	if (!error)
		error = sla_report(request->db, request->arena, seat->organisation.id, actor_ids, actor_count, from_us, until_us, &figures,
			&count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_time_ms(json, "from", from_us);
	json_out_key_time_ms(json, "to", until_us);
	json_out_key_array_begin(json, "metrics");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_str(json, "metric", figures[i].metric);
		json_out_key_int(json, "started", figures[i].started);
		json_out_key_int(json, "ended", figures[i].ended);
		json_out_key_int(json, "in_time", figures[i].in_time);
		json_out_key_int(json, "breached", figures[i].breached);
		write_seconds(json, "median_seconds", figures[i].has_times, figures[i].median_s);
		write_seconds(json, "p90_seconds", figures[i].has_times, figures[i].p90_s);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}
