/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Delivery receipts of a post, from our own queue: nothing is said beyond what a server has accepted. */
#include "server/brand/proofs.h"

#include "server/mastodon/parameters.h"
#include "storage/delivery_report.h"
#include "storage/post.h"

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_duration(struct json_out *json, const char *key, int64_t milliseconds)
{
	if (milliseconds >= 0)
		json_out_key_int(json, key, milliseconds);
	else
		json_out_key_null(json, key);
}

static void write_line(struct json_out *json, const struct delivery_report_line *line)
{
	json_out_object_begin(json);
	if (line->peer.data)
		json_out_key_str(json, "server", line->peer);
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		json_out_key_int(json, delivery_state_name((enum delivery_state)state), line->deliveries[state]);
	json_out_key_object_begin(json, "recipients");
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		json_out_key_int(json, delivery_state_name((enum delivery_state)state), line->recipients[state]);
	json_out_object_end(json);
	write_time(json, "first_attempt_at", line->first_attempt_us);
	write_time(json, "last_ended_at", line->last_ended_us);
	write_duration(json, "p50_ms", line->p50_ms);
	write_duration(json, "p95_ms", line->p95_ms);
	json_out_object_end(json);
}

enum error handle_deliveries_show(struct request *request, const struct seat *seat)
{
	struct post post;
	struct delivery_report report;
	enum error error = post_find_any(request->db, request->arena, parameter_path_id(request, 0), &post);
	if (!error)
		error = seat_need_for(request, seat, PERMISSION_ANALYTICS_READ, post.actor_id, false);
	if (!error)
		error = delivery_report_find(request->db, request->arena, post.id, &report);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_id(json, "post_id", post.id);
	json_out_key_c_string(json, "quality", "measured");
	json_out_key_bool(json, "pending_is_lower_bound", report.is_expanding);
	json_out_key_int(json, "summed", report.summed);
	json_out_key(json, "total");
	write_line(json, &report.total);
	json_out_key_array_begin(json, "servers");
	for (size_t i = 0; i < report.line_count; i++)
		write_line(json, &report.lines[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}
