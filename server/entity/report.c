/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports, for those who send them and for moderators. */
#include "server/entity/report.h"

static void write_ids(struct json_out *json, const char *key, const int64_t *ids, size_t count)
{
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		json_out_id(json, ids[i]);
	json_out_array_end(json);
}

void report_write(struct json_out *json, const struct account_set *accounts, const struct report *report)
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
