/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts as JSON, for the brand API and the command line. */
#include "server/brand/draft_json.h"

#include "storage/approval.h"

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_members(struct json_out *json, const struct draft *draft)
{
	json_out_key_id(json, "id", draft->id);
	json_out_key_int(json, "number", draft->number);
	json_out_key_id(json, "account_id", draft->actor_id);
	json_out_key_c_string(json, "kind", draft_kind_name(draft->kind));
	json_out_key_c_string(json, "state", draft_state_name(draft->state));
	json_out_key_int(json, "version", draft->version);
	json_out_key_int(json, "lock_version", draft->lock_version);
	write_id(json, "author_id", draft->author_id);
	write_id(json, "policy_id", draft->policy_id);
	write_id(json, "post_id", draft->post_id);
	write_id(json, "conversation_id", draft->ticket_id);
	write_id(json, "campaign_id", draft->campaign_id);
	write_time(json, "scheduled_at", draft->scheduled_us);
	write_id(json, "scheduled_by", draft->scheduled_by);
	write_time(json, "embargo_until", draft->embargo_us);
	write_time(json, "expires_at", draft->expires_us);
	if (draft->failure.data)
		json_out_key_str(json, "failure", draft->failure);
	else
		json_out_key_null(json, "failure");
	json_out_key_time_ms(json, "created_at", draft->created_us);
	json_out_key_time_ms(json, "changed_at", draft->changed_us);
}

static enum error write_steps(struct db *db, struct arena *arena, struct json_out *json, const struct draft *draft)
{
	struct approval_step *steps;
	size_t count;
	enum error error = approval_steps_of(db, arena, draft->id, draft->version, &steps, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "steps");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_int(json, "number", steps[i].number);
		json_out_key_str(json, "permission", steps[i].permission);
		json_out_key_int(json, "minimum", steps[i].minimum);
		json_out_key_int(json, "count", steps[i].count);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_approvals(struct db *db, struct arena *arena, struct json_out *json, const struct draft *draft)
{
	struct approval *approvals;
	size_t count;
	enum error error = approval_list(db, arena, draft->id, &approvals, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "approvals");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_int(json, "version", approvals[i].version);
		json_out_key_int(json, "step", approvals[i].step);
		json_out_key_id(json, "member_id", approvals[i].membership_id);
		json_out_key_c_string(json, "decision", approvals[i].is_rejection ? "reject" : "approve");
		json_out_key_str(json, "comment", approvals[i].comment);
		json_out_key_time_ms(json, "decided_at", approvals[i].decided_us);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error draft_json_write(struct db *db, struct arena *arena, struct json_out *json, const struct draft *draft, bool is_alone)
{
	struct draft_version version;
	enum error error = draft_version_find(db, arena, draft->id, draft->version, &version);
	if (error)
		return error;
	json_out_object_begin(json);
	write_members(json, draft);
	json_out_key(json, "content");
	json_out_raw(json, version.payload);
	if (is_alone)
		error = write_steps(db, arena, json, draft);
	if (!error && is_alone)
		error = write_approvals(db, arena, json, draft);
	json_out_object_end(json);
	return error;
}
