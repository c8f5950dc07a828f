/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports of people here, with Mastodon's limits. */
#include "server/mastodon/reports.h"

#include "server/action/report.h"
#include "server/entity/account.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"

#define COMMENT_MAX_CHARACTERS 1000

static void write_ids(struct json_out *json, const char *key, const int64_t *ids, size_t count)
{
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		json_out_id(json, ids[i]);
	json_out_array_end(json);
}

static void write_report(struct json_out *json, const struct account_set *accounts, const struct report *report)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", report->id);
	json_out_key_bool(json, "action_taken", report->is_resolved);
	if (report->is_resolved)
		json_out_key_time_ms(json, "action_taken_at", report->resolved_us);
	else
		json_out_key_null(json, "action_taken_at");
	json_out_key_c_string(json, "category", report_category_name(report->category));
	json_out_key_str(json, "comment", report->comment);
	json_out_key_bool(json, "forwarded", report->is_forwarded);
	json_out_key_time_ms(json, "created_at", report->created_us);
	write_ids(json, "status_ids", report->post_ids, report->post_count);
	write_ids(json, "collection_ids", NULL, 0);
	write_ids(json, "rule_ids", report->rule_ids, report->rule_count);
	json_out_key(json, "target_account");
	account_set_write(accounts, json, report->target_id);
	json_out_object_end(json);
}

static enum error read_report(struct request *request, struct report_request *ret_report)
{
	struct str category = parameter_text(request, "category");
	int64_t *post_ids;
	int64_t *rule_ids;
	struct report_request report = {
		.reporter_id = request->access.actor_id,
		.target_id = parameter_id(request, "account_id"),
		.comment = parameter_text(request, "comment"),
		.is_forwarded = parameter_bool(request, "forward", false),
	};
	report.post_count = parameter_ids(request, "status_ids", REPORT_MAX_POSTS, &post_ids);
	report.rule_count = parameter_ids(request, "rule_ids", REPORT_MAX_RULES, &rule_ids);
	report.post_ids = post_ids;
	report.rule_ids = rule_ids;
	report.category = report.rule_count ? REPORT_VIOLATION : REPORT_OTHER;
	if (category.len && !report_category_from_name(category, &report.category))
		return refuse(request, "Validation failed: Category is not included in the list");
	if (str_count_characters(report.comment) > COMMENT_MAX_CHARACTERS && !MUTANT("report_comment_length"))
		return refuse(request, "Validation failed: Comment is too long (maximum is 1000 characters)");
	*ret_report = report;
	return ERROR_NONE;
}

enum error handle_report(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	struct report_request wanted;
	struct report report;
	struct account_set *accounts;
	int64_t id;
	enum error error = read_report(request, &wanted);
	if (!error)
		error = report_send(request->db, request->arena, &wanted, &id);
	if (!error)
		error = report_find(request->db, request->arena, id, &report);
	if (!error)
		error = account_set_load(&reader, &wanted.target_id, 1, &accounts);
	if (error)
		return error;
	if (!account_set_has(accounts, wanted.target_id))
		return ERROR_NOT_FOUND;
	write_report(respond_json(request, 200), accounts, &report);
	return ERROR_NONE;
}
