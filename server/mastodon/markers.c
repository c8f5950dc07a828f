/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Markers, all that are set at once in one transaction: another app that sets the same meanwhile gives 409. */
#include "server/mastodon/markers.h"

#include "server/mastodon/parameters.h"

#include "storage/marker.h"

static void write_markers(struct request *request, const struct marker markers[MARKER_TIMELINE_COUNT], const bool *is_wanted)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	for (int i = 0; i < MARKER_TIMELINE_COUNT; i++) {
		if (!is_wanted[i] || !markers[i].version)
			continue;
		json_out_key_object_begin(json, marker_timeline_name((enum marker_timeline)i));
		json_out_key_id(json, "last_read_id", markers[i].last_read_id);
		json_out_key_int(json, "version", markers[i].version);
		json_out_key_time_ms(json, "updated_at", markers[i].updated_us);
		json_out_object_end(json);
	}
	json_out_object_end(json);
}

enum error handle_markers(struct request *request)
{
	struct marker markers[MARKER_TIMELINE_COUNT];
	bool is_wanted[MARKER_TIMELINE_COUNT] = { false };
	struct str *names;
	size_t count = parameter_list(request, "timeline", &names);
	for (size_t i = 0; i < count; i++) {
		enum marker_timeline timeline;
		if (marker_timeline_from_name(names[i], &timeline))
			is_wanted[timeline] = true;
	}
	enum error error = marker_find(request->db, request->arena, request->access.user_id, request->access.actor_id, markers);
	if (!error)
		write_markers(request, markers, is_wanted);
	return error;
}

static enum error set_all(struct request *request, struct marker markers[MARKER_TIMELINE_COUNT], const int64_t *ids)
{
	const struct access *access = &request->access;
	enum error error = db_begin(request->db);
	if (!error)
		error = marker_find(request->db, request->arena, access->user_id, access->actor_id, markers);
	for (int i = 0; i < MARKER_TIMELINE_COUNT && !error; i++)
		if (ids[i] > 0)
			error = marker_set(request->db, request->arena, access->user_id, access->actor_id, (enum marker_timeline)i, ids[i],
				markers[i].version, &markers[i]);
	if (!error)
		return db_commit(request->db);
	db_rollback(request->db);
	return error;
}

enum error handle_markers_change(struct request *request)
{
	struct marker markers[MARKER_TIMELINE_COUNT];
	bool is_set[MARKER_TIMELINE_COUNT];
	int64_t ids[MARKER_TIMELINE_COUNT];
	for (int i = 0; i < MARKER_TIMELINE_COUNT; i++) {
		struct str name = arena_printf(request->arena, "%s[last_read_id]", marker_timeline_name((enum marker_timeline)i));
		ids[i] = parameter_id(request, name.data);
		is_set[i] = ids[i] > 0;
		if (ids[i] < 0)
			return refuse(request, "Validation failed: Last read is not a number");
	}
	enum error error = set_all(request, markers, ids);
	if (error == ERROR_CONFLICT)
		request->error_message = STR_LITERAL("Conflict during update, please try again");
	if (!error)
		write_markers(request, markers, is_set);
	return error;
}
