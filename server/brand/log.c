/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The audit log over the brand API. */
#include "server/brand/log.h"

#include "server/app.h"
#include "server/audit/heads_file.h"
#include "server/audit/verify.h"
#include "server/mastodon/parameters.h"

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_record(struct json_out *json, const struct audit_record *record)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", record->number);
	json_out_key_time_ms(json, "at", record->at_us);
	json_out_key_str(json, "door", record->door);
	write_id(json, "user_id", record->user_id);
	write_id(json, "member_id", record->membership_id);
	json_out_key_str(json, "action", record->action);
	json_out_key_str(json, "target", record->target);
	json_out_key(json, "data");
	json_out_raw(json, record->data);
	json_out_object_end(json);
}

static struct str filter_of(const struct request *request, const char *name)
{
	struct str value = parameter_text(request, name);
	return value.len ? value : (struct str){ 0 };
}

enum error handle_audit_list(struct request *request, const struct seat *seat)
{
	struct id_page page;
	struct audit_record *all;
	size_t count;
	int64_t before, after;
	bool is_ascending;
	parameter_page(request, 40, 200, &page);
	id_page_bounds(&page, &before, &after, &is_ascending);
	enum error error = seat_need(request, seat, PERMISSION_ORG_AUDIT);
	if (error)
		return error;
	/* Numbers have no gaps: the page just above a number ends a page further up. */
	if (is_ascending && !filter_of(request, "action").data && !filter_of(request, "target").data)
		before = after + page.limit + 1 < before ? after + page.limit + 1 : before;
	error = audit_search(request->db, request->arena, seat->organisation.id, after, before, filter_of(request, "action"),
		filter_of(request, "target"), page.limit, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_record(json, &all[i]);
	json_out_array_end(json);
	if (count)
		respond_link(request, count, all[0].number, all[count - 1].number, count >= (size_t)page.limit);
	return ERROR_NONE;
}

static void tell(void *owner, int64_t organisation_id, int64_t number, enum audit_fault fault)
{
	struct json_out *json = owner;
	(void)organisation_id;
	json_out_object_begin(json);
	json_out_key_id(json, "id", number);
	json_out_key_c_string(json, "fault", audit_fault_text(fault));
	json_out_object_end(json);
}

/* A long log takes its time: a slow worker reads it. */
enum error handle_audit_verify(struct request *request, const struct seat *seat)
{
	struct audit_head *heads = NULL;
	struct audit_verdict verdict = { 0 };
	struct audit_verification verification = { .organisation_id = seat->organisation.id, .tell = tell };
	size_t line = 0;
	enum error error = seat_need(request, seat, PERMISSION_ORG_AUDIT);
	if (error)
		return error;
	if (!request->is_slow) {
		request_go_slow(request);
		return ERROR_NONE;
	}
	verification.file = heads_file_path(request->arena, request->app->config).data;
	error = heads_file_read(request->arena, verification.file, &heads, &verification.head_count, &line);
	if (error && error != ERROR_NOT_FOUND && error != ERROR_BAD_REQUEST)
		return error;
	verification.heads = heads;
	bool is_file_changed = error == ERROR_BAD_REQUEST;
	struct json_out *json = respond_json(request, 200);
	verification.owner = json;
	json_out_object_begin(json);
	json_out_key_bool(json, "heads_file_is_whole", !is_file_changed);
	json_out_key_array_begin(json, "faults");
	error = audit_verify(request->db, &verification, &verdict);
	if (error)
		return error;
	json_out_array_end(json);
	json_out_key_int(json, "entries", verdict.entries);
	json_out_object_end(json);
	return ERROR_NONE;
}
