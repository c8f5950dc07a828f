/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir inbox: accepted activities that wait, and those that were set aside. Workers look every quarter of a second,
 * so what is to be retried needs nobody to ring. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "storage/activity_in_queue.h"
#include "base/json_in.h"
#include "base/time_format.h"

#define LIST_LIMIT 1000

static enum error open_database(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static enum error read_id(struct invocation *invocation, int64_t *ret_id)
{
	int64_t id;
	if (!str_to_int64(str_from(invocation->arguments[0]), &id) || id <= 0)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id; `comptoir inbox list` shows them", invocation->arguments[0]);
	*ret_id = id;
	return ERROR_NONE;
}

static void write_view_json(struct json_out *json, const struct activity_in_view *view)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", view->activity.id);
	json_out_key_str(json, "uri", view->activity.uri);
	json_out_key_str(json, "type", view->activity.type);
	json_out_key_str(json, "actor", view->activity.actor_uri);
	json_out_key_str(json, "object", view->activity.object_uri);
	json_out_key_c_string(json, "state", activity_in_state_name(view->state));
	json_out_key_int(json, "attempts", view->activity.attempts);
	json_out_key_int(json, "parks", view->parks);
	json_out_key_str(json, "parked_for", view->activity.parked_uri);
	json_out_key_str(json, "last_error", view->last_error);
	json_out_key_time_ms(json, "received_at", view->activity.received_us);
	json_out_key_time_ms(json, "due_at", view->due_us);
	if (view->ended_us)
		json_out_key_time_ms(json, "ended_at", view->ended_us);
	else
		json_out_key_null(json, "ended_at");
	json_out_object_end(json);
}

/* ---- list ---- */

struct views {
	struct activity_in_view *views;
	size_t count;
};

static enum error list_states(struct invocation *invocation, bool only_set_aside, struct views *lists, size_t *ret_count)
{
	static const enum activity_in_state states[] = { ACTIVITY_IN_SET_ASIDE, ACTIVITY_IN_WAITING, ACTIVITY_IN_PARKED };
	size_t count = only_set_aside ? 1 : sizeof(states) / sizeof(states[0]);
	for (size_t i = 0; i < count; i++) {
		enum error error = activity_in_list(ctl_db(invocation), invocation->arena, states[i], 0, LIST_LIMIT, &lists[i].views,
			&lists[i].count);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
	}
	*ret_count = count;
	return ERROR_NONE;
}

static void write_list_json(const struct views *lists, size_t list_count, struct buf *out)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < list_count; i++) {
		for (size_t k = 0; k < lists[i].count; k++)
			write_view_json(&json, &lists[i].views[k]);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static void add_row(struct ctl_table *table, const struct activity_in_view *view)
{
	bool is_parked = view->state == ACTIVITY_IN_PARKED;
	ctl_table_add(table, arena_printf(table->arena, "%lld", (long long)view->activity.id));
	ctl_table_add(table, str_from(activity_in_state_name(view->state)));
	ctl_table_add(table, view->activity.type);
	ctl_table_add(table, time_iso8601_ms(table->arena, view->activity.received_us));
	ctl_table_add(table, view->activity.actor_uri);
	ctl_table_add(table, is_parked ? view->activity.parked_uri : view->last_error);
}

static enum error run_list(struct invocation *invocation)
{
	struct views lists[3];
	size_t list_count = 0;
	enum error error = open_database(invocation);
	if (!error)
		error = list_states(invocation, option_is_given(invocation, "--set-aside"), lists, &list_count);
	if (error)
		return error;
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json) {
		write_list_json(lists, list_count, &out);
		return ctl_print(&out);
	}
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 6);
	for (size_t i = 0; i < list_count; i++) {
		for (size_t k = 0; k < lists[i].count; k++)
			add_row(&table, &lists[i].views[k]);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

/* ---- show ---- */

static enum error fail_one(enum error error, const char *id)
{
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no activity %s", id);
	if (error == ERROR_CONFLICT)
		return ctl_fail(error, "activity %s is done, or being handled just now", id);
	return ctl_fail(error, "%s", error_text(error));
}

static int add_to_buf(const char *data, size_t len, void *argument)
{
	buf_add(argument, data, len);
	return 0;
}

/* Written anew, so that nothing in it speaks to the terminal. */
static void write_body(const struct activity_in_view *view, struct buf *out)
{
	json_auto_t *document = NULL;
	bool is_json = !json_in_parse(view->activity.body, NULL, &document) &&
		!json_dump_callback(document, add_to_buf, out, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	buf_add_c_string(out, is_json ? "\n" : "no JSON\n");
}

static enum error run_show(struct invocation *invocation)
{
	struct activity_in_view view;
	int64_t id;
	enum error error = read_id(invocation, &id);
	if (!error)
		error = open_database(invocation);
	if (error)
		return error;
	error = activity_in_find(ctl_db(invocation), invocation->arena, id, &view);
	if (error)
		return fail_one(error, invocation->arguments[0]);
	AUTO(buf) struct buf out = { 0 };
	if (option_is_given(invocation, "--body")) {
		write_body(&view, &out);
		return ctl_print(&out);
	}
	struct json_out json;
	json_out_init(&json, &out);
	write_view_json(&json, &view);
	buf_add_char(&out, '\n');
	return ctl_print(&out);
}

/* ---- retry and drop ---- */

static enum error change(struct invocation *invocation, enum error (*change_one)(struct db *, struct arena *, int64_t),
	const char *what)
{
	int64_t id;
	enum error error = read_id(invocation, &id);
	if (!error)
		error = open_database(invocation);
	if (error)
		return error;
	error = change_one(ctl_db(invocation), invocation->arena, id);
	if (error)
		return fail_one(error, invocation->arguments[0]);
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "activity %lld %s\n", (long long)id, what);
	return ctl_print(&out);
}

static enum error run_retry(struct invocation *invocation)
{
	return change(invocation, activity_in_retry, "is due now");
}

static enum error run_drop(struct invocation *invocation)
{
	return change(invocation, activity_in_discard, "is dropped");
}

static const struct command_option list_options[] = {
	{ "--set-aside", NULL, "Only those that failed five times or waited for three days.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option show_options[] = {
	{ "--body", NULL, "The activity itself, which may be private.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_inbox_list = {
	.noun = "inbox",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists accepted activities that are not done yet",
	.details = "The oldest 1000 of each state: set aside, waiting, parked until a document is here.\n"
		"\nExample:\n  comptoir inbox list --set-aside\n",
	.options = list_options,
	.run = run_list,
};

const struct command command_inbox_show = {
	.noun = "inbox",
	.verb = "show",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Shows what is known about an accepted activity, as JSON",
	.details = "Example:\n  comptoir inbox show 117661675847550403 --body\n",
	.options = show_options,
	.run = run_show,
};

const struct command command_inbox_retry = {
	.noun = "inbox",
	.verb = "retry",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Lets an activity be handled again, as if it had just come",
	.details = "Example:\n  comptoir inbox retry 117661675847550403\n",
	.run = run_retry,
};

const struct command command_inbox_drop = {
	.noun = "inbox",
	.verb = "drop",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Ends an activity without effect",
	.details = "Example:\n  comptoir inbox drop 117661675847550403\n",
	.run = run_drop,
};
