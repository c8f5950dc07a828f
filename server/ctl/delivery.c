/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir delivery: receipts, and trying again. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"
#include "server/ctl/peer.h"

#include "base/clock.h"
#include "base/time_format.h"
#include "storage/delivery.h"
#include "storage/delivery_report.h"
#include "storage/post.h"
#include "storage/wake.h"

#define PAGE 1000

static enum error open_database(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us && time_us != DELIVERY_PARKED)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_view(struct json_out *json, const struct delivery_view *view)
{
	json_out_object_begin(json);
	json_out_key_str(json, "activity", view->activity_uri);
	json_out_key_str(json, "type", view->type);
	json_out_key_str(json, "inbox", view->inbox_url);
	json_out_key_str(json, "peer", view->peer);
	json_out_key_c_string(json, "state", delivery_state_name(view->state));
	json_out_key_int(json, "recipients", view->recipients);
	json_out_key_int(json, "attempts", view->attempts);
	write_time(json, "first_attempt_at", view->first_attempt_us);
	write_time(json, "last_attempt_at", view->last_attempt_us);
	json_out_key(json, "status");
	if (view->last_status)
		json_out_int(json, view->last_status);
	else
		json_out_null(json);
	json_out_key_str(json, "error", view->last_error);
	json_out_key_bool(json, "is_being_sent", view->is_taken);
	json_out_key_bool(json, "waits_for_peer", view->due_us == DELIVERY_PARKED);
	write_time(json, "due_at", view->due_us);
	json_out_object_end(json);
}

/* What happens next, or what happened. */
static struct str remark(struct arena *arena, const struct delivery_view *view)
{
	if (view->last_error.len)
		return view->last_error;
	if (view->last_status)
		return arena_printf(arena, "answered %d", view->last_status);
	if (view->is_taken)
		return STR_LITERAL("being sent");
	return view->due_us == DELIVERY_PARKED ? STR_LITERAL("waits for its peer") : STR_LITERAL("-");
}

static void add_row(struct ctl_table *table, const struct delivery_view *view)
{
	int64_t time_us = view->last_attempt_us;
	ctl_table_add(table, view->type);
	ctl_table_add(table, view->inbox_url);
	ctl_table_add(table, str_from(delivery_state_name(view->state)));
	ctl_table_add(table, arena_printf(table->arena, "%d", view->attempts));
	ctl_table_add(table, time_us ? time_iso8601_ms(table->arena, time_us) : STR_LITERAL("-"));
	ctl_table_add(table, remark(table->arena, view));
}

static enum error run_show(struct invocation *invocation)
{
	struct str uri = str_from(invocation->arguments[0]);
	struct delivery_view *views;
	struct ctl_table table;
	struct json_out json;
	AUTO(buf) struct buf out = { 0 };
	size_t count = 0;
	enum error error = open_database(invocation);
	if (error)
		return error;
	ctl_table_init(&table, invocation->arena, 6);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (int offset = 0; !offset || count == PAGE; offset += PAGE) {
		error = delivery_list(ctl_db(invocation), invocation->arena, uri, PAGE, offset, &views, &count);
		if (error == ERROR_NOT_FOUND)
			return ctl_fail(error, "no activity and no post of ours is called %.*s", STR_ARG(uri));
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		for (size_t i = 0; i < count; i++) {
			if (invocation->is_json)
				write_view(&json, &views[i]);
			else
				add_row(&table, &views[i]);
		}
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static void write_receipts(struct json_out *json, const char *key, const struct delivery_report_line *line)
{
	json_out_key_object_begin(json, key);
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		json_out_key_int(json, delivery_state_name((enum delivery_state)state),
			key[0] == 'r' ? line->recipients[state] : line->deliveries[state]);
	json_out_object_end(json);
}

static void write_report_line(struct json_out *json, const struct delivery_report_line *line)
{
	json_out_object_begin(json);
	if (line->peer.data)
		json_out_key_str(json, "server", line->peer);
	write_receipts(json, "deliveries", line);
	write_receipts(json, "recipients", line);
	write_time(json, "first_attempt_at", line->first_attempt_us);
	write_time(json, "last_ended_at", line->last_ended_us);
	json_out_key_int(json, "p50_ms", line->p50_ms);
	json_out_key_int(json, "p95_ms", line->p95_ms);
	json_out_object_end(json);
}

static void write_report(struct json_out *json, const struct delivery_report *report)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "quality", "measured");
	json_out_key_bool(json, "pending_is_lower_bound", report->is_expanding);
	json_out_key(json, "total");
	write_report_line(json, &report->total);
	json_out_key_array_begin(json, "servers");
	for (size_t i = 0; i < report->line_count; i++)
		write_report_line(json, &report->lines[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

static void add_report_line(struct ctl_table *table, const struct delivery_report_line *line)
{
	struct arena *arena = table->arena;
	ctl_table_add(table, line->peer.data ? line->peer : STR_LITERAL("(all)"));
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		ctl_table_add(table, arena_printf(arena, "%lld", (long long)line->deliveries[state]));
	ctl_table_add(table, arena_printf(arena, "%lld", (long long)line->recipients[DELIVERY_ACCEPTED]));
	ctl_table_add(table, line->p50_ms < 0 ? STR_LITERAL("-") : arena_printf(arena, "%lld", (long long)line->p50_ms));
	ctl_table_add(table, line->p95_ms < 0 ? STR_LITERAL("-") : arena_printf(arena, "%lld", (long long)line->p95_ms));
}

static enum error run_receipts(struct invocation *invocation)
{
	struct str uri = str_from(invocation->arguments[0]);
	struct delivery_report report;
	struct ctl_table table;
	struct json_out json;
	struct post post;
	AUTO(buf) struct buf out = { 0 };
	enum error error = open_database(invocation);
	if (error)
		return error;
	error = post_find_any_by_uri(ctl_db(invocation), invocation->arena, uri, &post);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "no post is called %.*s", STR_ARG(uri));
	if (!error)
		error = delivery_report_find(ctl_db(invocation), invocation->arena, post.id, &report);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_init(&json, &out);
		write_report(&json, &report);
		buf_add_char(&out, '\n');
		return ctl_print(&out);
	}
	ctl_table_init(&table, invocation->arena, 9);
	add_report_line(&table, &report.total);
	for (size_t i = 0; i < report.line_count; i++)
		add_report_line(&table, &report.lines[i]);
	ctl_table_write(&table, &out);
	if (report.is_expanding)
		buf_add_printf(&out, "more is pending: some followers' servers have no deliveries yet\n");
	return ctl_print(&out);
}

static enum error retry_activity(struct invocation *invocation, struct str uri, struct buf *out)
{
	int64_t count = 0;
	enum error error = delivery_retry_activity(ctl_db(invocation), invocation->arena, uri, clock_now_us(), &count);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "no activity of ours is called %.*s", STR_ARG(uri));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	buf_add_printf(out, "%.*s: %lld deliveries are tried again\n", STR_ARG(uri), (long long)count);
	return ERROR_NONE;
}

static enum error retry_peer(struct invocation *invocation, struct str name, struct buf *out)
{
	struct peer_record record;
	enum error error = ctl_find_peer(invocation, name, &record);
	if (error)
		return error;
	if (record.state == PEER_PAUSED)
		return ctl_fail(ERROR_CONFLICT, "%.*s is paused; `comptoir peer resume %.*s` sends again", STR_ARG(name), STR_ARG(name));
	error = peer_resume(ctl_db(invocation), invocation->arena, name, clock_now_us());
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	buf_add_printf(out, "%.*s: what waits is tried again\n", STR_ARG(name));
	return ERROR_NONE;
}

static enum error run_retry(struct invocation *invocation)
{
	struct str name = { 0 }, text = str_from(invocation->arguments[0]);
	bool is_activity = str_index_of_str(text, STR_LITERAL("://")) < text.len;
	AUTO(buf) struct buf out = { 0 };
	enum error error = is_activity ? ERROR_NONE : ctl_read_peer_name(invocation, invocation->arguments[0], &name);
	if (!error)
		error = open_database(invocation);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = is_activity ? retry_activity(invocation, text, &out) : retry_peer(invocation, name, &out);
	wake_stop();
	return error ? error : ctl_print(&out);
}

const struct command command_delivery_show = {
	.noun = "delivery",
	.verb = "show",
	.arguments = "URI",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows where an activity, or all about a post, has arrived",
	.details = "Columns: type, inbox, state (pending, accepted, refused, given_up, withheld), attempts, last attempt, remark.\n"
		"\nExamples:\n"
		"  comptoir delivery show https://social.example/users/anna/statuses/115\n"
		"  comptoir delivery show https://social.example/users/anna/statuses/115/activity --json\n",
	.run = run_show,
};

const struct command command_delivery_receipts = {
	.noun = "delivery",
	.verb = "receipts",
	.arguments = "POST-URI",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Sums up, server by server, where a post has arrived",
	.details = "Columns: server, pending, accepted, refused, given_up, withheld, recipients behind what was accepted, and\n"
		"within how many milliseconds 50 % and 95 % of those accepted were so. JSON has -1 where none was.\n"
		"\nExamples:\n"
		"  comptoir delivery receipts https://social.example/users/anna/statuses/115\n"
		"  comptoir delivery receipts https://social.example/users/anna/statuses/115 --json\n",
	.run = run_receipts,
};

const struct command command_delivery_retry = {
	.noun = "delivery",
	.verb = "retry",
	.arguments = "ACTIVITY|HOST",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Tries again at once: an activity, or all that waits for a server",
	.details = "Of an activity, what was refused, given up or withheld is tried again too. Of a server, what waits.\n"
		"\nExamples:\n"
		"  comptoir delivery retry https://social.example/users/anna/statuses/115/activity\n"
		"  comptoir delivery retry other.example\n",
	.run = run_retry,
};
