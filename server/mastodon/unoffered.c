/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Empty answers. */
#include "server/mastodon/unoffered.h"

#include "server/mastodon/parameters.h"

#include "storage/actor.h"

enum error handle_identity_proofs(struct request *request)
{
	struct actor actor;
	enum error error = actor_find_by_id(request->db, request->arena, parameter_path_id(request, 0), &actor);
	if (!error && actor.is_deleted)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_donation_campaigns(struct request *request)
{
	respond_empty(request, 204);
	return ERROR_NONE;
}

enum error handle_annual_reports(struct request *request)
{
	static const char *const lists[] = { "annual_reports", "accounts", "statuses" };
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		json_out_key(json, lists[i]);
		json_out_array_begin(json);
		json_out_array_end(json);
	}
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_annual_report_state(struct request *request)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_c_string(json, "state", "ineligible");
	json_out_object_end(json);
	return ERROR_NONE;
}
