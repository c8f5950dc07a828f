/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir report: what people said about others, for whoever moderates. */
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"

#include "base/log.h"
#include "storage/post.h"
#include "storage/report.h"

#define LIST_DEFAULT 50
#define LIST_MAX 200

struct parties {
	struct actor reporter;
	struct actor target;
};

static enum error load_parties(struct invocation *invocation, const struct report *report, struct parties *ret_parties)
{
	enum error error = actor_find_by_id(ctl_db(invocation), invocation->arena, report->reporter_id, &ret_parties->reporter);
	if (!error)
		error = actor_find_by_id(ctl_db(invocation), invocation->arena, report->target_id, &ret_parties->target);
	return error;
}

static void write_json(struct invocation *invocation, struct json_out *json, const struct report *report,
	const struct parties *parties)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", report->id);
	json_out_key_str(json, "target", account_handle(invocation->arena, &parties->target));
	json_out_key_str(json, "reporter", account_handle(invocation->arena, &parties->reporter));
	json_out_key_c_string(json, "category", report_category_name(report->category));
	json_out_key_str(json, "comment", report->comment);
	json_out_key_bool(json, "is_forwarded", report->is_forwarded);
	json_out_key_bool(json, "is_resolved", report->is_resolved);
	json_out_key_time_ms(json, "created_at", report->created_us);
	json_out_key_array_begin(json, "post_ids");
	for (size_t i = 0; i < report->post_count; i++)
		json_out_id(json, report->post_ids[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

static enum error read_limit(const struct invocation *invocation, int *ret_limit)
{
	int64_t limit = LIST_DEFAULT;
	const char *text = option_value(invocation, "--limit");
	if (text && (!str_to_int64(str_from(text), &limit) || limit < 1 || limit > LIST_MAX))
		return ctl_fail(ERROR_BAD_REQUEST, "--limit is a number from 1 to %d", LIST_MAX);
	*ret_limit = (int)limit;
	return ERROR_NONE;
}

static enum error print_list(struct invocation *invocation, const struct report *reports, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	ctl_table_init(&table, invocation->arena, 5);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		struct parties parties;
		enum error error = load_parties(invocation, &reports[i], &parties);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		if (invocation->is_json) {
			write_json(invocation, &json, &reports[i], &parties);
			continue;
		}
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)reports[i].id));
		ctl_table_add(&table, account_handle(invocation->arena, &parties.target));
		ctl_table_add(&table, str_from(report_category_name(reports[i].category)));
		ctl_table_add(&table, arena_printf(invocation->arena, "%zu posts", reports[i].post_count));
		ctl_table_add(&table, account_handle(invocation->arena, &parties.reporter));
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error run_list(struct invocation *invocation)
{
	struct report_page page = { .is_resolved = option_is_given(invocation, "--resolved") };
	struct report *reports = NULL;
	size_t count = 0;
	enum error error = read_limit(invocation, &page.limit);
	if (!error)
		error = account_open(invocation);
	if (error)
		return error;
	error = report_list(ctl_db(invocation), invocation->arena, &page, &reports, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	return print_list(invocation, reports, count);
}

static enum error find_report(struct invocation *invocation, struct report *ret_report)
{
	int64_t id = 0;
	const char *text = invocation->arguments[0];
	if (!str_to_int64(str_from(text), &id) || id < 1)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id of a report; comptoir report list shows them", text);
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = report_find(ctl_db(invocation), invocation->arena, id, ret_report);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no report %s", text);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error add_posts(struct invocation *invocation, struct buf *out, const struct report *report)
{
	for (size_t i = 0; i < report->post_count; i++) {
		struct post post;
		enum error error = post_find_any(ctl_db(invocation), invocation->arena, report->post_ids[i], &post);
		if (error && error != ERROR_NOT_FOUND)
			return ctl_fail(error, "%s", error_text(error));
		if (error)
			buf_add_printf(out, "post %lld is gone\n", (long long)report->post_ids[i]);
		else
			buf_add_printf(out, "post %.*s\n", STR_ARG(post.url));
	}
	return ERROR_NONE;
}

/* What people wrote may hold escape sequences of terminals. */
static struct str printable(struct arena *arena, struct str text)
{
	char *copy = arena_c_string(arena, text);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = ' ';
	return (struct str){ copy, text.len };
}

static enum error run_show(struct invocation *invocation)
{
	struct report report;
	struct parties parties;
	AUTO(buf) struct buf out = { 0 };
	enum error error = find_report(invocation, &report);
	if (error)
		return error;
	error = load_parties(invocation, &report, &parties);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		struct json_out json;
		json_out_init(&json, &out);
		write_json(invocation, &json, &report, &parties);
		buf_add_char(&out, '\n');
		return ctl_print(&out);
	}
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 2);
	const struct {
		const char *label;
		struct str value;
	} lines[] = {
		{ "target", account_handle(invocation->arena, &parties.target) },
		{ "reporter", account_handle(invocation->arena, &parties.reporter) },
		{ "category", str_from(report_category_name(report.category)) },
		{ "state", str_from(report.is_resolved ? "resolved" : "open") },
		{ "forwarded", str_from(report.is_forwarded ? "yes" : "no") },
		{ "comment", printable(invocation->arena, report.comment) },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ctl_table_add(&table, str_from(lines[i].label));
		ctl_table_add(&table, lines[i].value);
	}
	ctl_table_write(&table, &out);
	error = add_posts(invocation, &out, &report);
	return error ? error : ctl_print(&out);
}

static enum error run_resolve(struct invocation *invocation)
{
	struct report report;
	bool is_resolved = !option_is_given(invocation, "--reopen");
	enum error error = find_report(invocation, &report);
	if (error)
		return error;
	error = report_set_resolved(ctl_db(invocation), invocation->arena, report.id, is_resolved);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	log_event(LOG_LEVEL_INFO, is_resolved ? "report_resolved" : "report_reopened", LOG_INT("report_id", report.id));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "report %lld is %s\n", (long long)report.id, is_resolved ? "resolved" : "open");
	return ctl_print(&out);
}

static const struct command_option list_options[] = {
	{ "--resolved", NULL, "Those that are resolved instead of the open ones.", false },
	{ "--limit", "NUMBER", "At most so many; default: 50.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option resolve_options[] = {
	{ "--reopen", NULL, "Opens it again instead.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_report_list = {
	.noun = "report",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists open reports, newest first",
	.details = "Example:\n  comptoir report list --json\n",
	.options = list_options,
	.run = run_list,
};

const struct command command_report_show = {
	.noun = "report",
	.verb = "show",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows a report with its posts",
	.details = "Example:\n  comptoir report show 115000000000000000\n",
	.run = run_show,
};

const struct command command_report_resolve = {
	.noun = "report",
	.verb = "resolve",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Marks a report as resolved",
	.details = "What is done about the account is another command: comptoir account suspend, limit or delete.\n"
		"\nExample:\n  comptoir report resolve 115000000000000000\n",
	.options = resolve_options,
	.run = run_resolve,
};
