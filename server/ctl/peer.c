/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir peer: other servers as those who take our deliveries, and an operator's word about them. */
#include "server/ctl/peer.h"
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "base/clock.h"
#include "base/time_format.h"
#include "base/url.h"
#include "storage/wake.h"

#define PAGE 1000
#define COUNT_LIMIT 1000000

static enum error open_database(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

enum error ctl_read_peer_name(struct invocation *invocation, const char *text, struct str *ret_name)
{
	struct url url;
	if (!url_parse(invocation->arena, arena_printf(invocation->arena, "https://%s/", text), &url)
		|| url.path.len != 1 || url.query.data || url.fragment.data)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no host such as social.example or social.example:8443", text);
	*ret_name = url.authority;
	return ERROR_NONE;
}

enum error ctl_find_peer(struct invocation *invocation, struct str name, struct peer_record *ret_record)
{
	struct peer_record *records;
	size_t count;
	enum error error = peer_find_many(ctl_db(invocation), invocation->arena, &name, 1, &records, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (!count)
		return ctl_fail(ERROR_NOT_FOUND, "nothing is known of %.*s", STR_ARG(name));
	*ret_record = records[0];
	return ERROR_NONE;
}

/* "failing" is no state of the table, but what an operator looks for. */
static const char *state_word(const struct peer_record *record)
{
	return record->state == PEER_ALIVE && record->failures ? "failing" : peer_state_name(record->state);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_members(struct json_out *json, const struct peer_record *record)
{
	json_out_key_str(json, "name", record->name);
	json_out_key_c_string(json, "state", peer_state_name(record->state));
	json_out_key_int(json, "failures", record->failures);
	write_time(json, "failing_since", record->failing_since_us);
	write_time(json, "due_at", record->due_us);
	write_time(json, "last_success_at", record->last_success_us);
	write_time(json, "last_failure_at", record->last_failure_us);
	write_time(json, "last_heard_at", record->last_heard_us);
	json_out_key_str(json, "last_error", record->last_error);
	json_out_key_int(json, "window", record->window);
	json_out_key_bool(json, "prefers_rfc9421", record->prefers_rfc9421);
}

/* ---- list ---- */

static void add_row(struct ctl_table *table, const struct peer_record *record)
{
	ctl_table_add(table, record->name);
	ctl_table_add(table, str_from(state_word(record)));
	ctl_table_add(table, record->failing_since_us ? time_iso8601_ms(table->arena, record->failing_since_us) : STR_LITERAL("-"));
	ctl_table_add(table, record->due_us ? time_iso8601_ms(table->arena, record->due_us) : STR_LITERAL("-"));
	ctl_table_add(table, record->last_error);
}

static enum error run_list(struct invocation *invocation)
{
	struct peer_page page = { .limit = PAGE, .only_troubled = option_is_given(invocation, "--troubled") };
	struct peer_record *records;
	struct ctl_table table;
	struct json_out json;
	AUTO(buf) struct buf out = { 0 };
	size_t count;
	enum error error = open_database(invocation);
	if (error)
		return error;
	ctl_table_init(&table, invocation->arena, 5);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	do {
		error = peer_list(ctl_db(invocation), invocation->arena, &page, &records, &count);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		for (size_t i = 0; i < count; i++) {
			if (!invocation->is_json) {
				add_row(&table, &records[i]);
				continue;
			}
			json_out_object_begin(&json);
			write_members(&json, &records[i]);
			json_out_object_end(&json);
		}
		if (count)
			page.after_name = records[count - 1].name;
	} while (count == PAGE);
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

/* ---- show ---- */

static void add_line(struct ctl_table *table, const char *name, struct str value)
{
	ctl_table_add(table, str_from(name));
	ctl_table_add(table, value.len ? value : STR_LITERAL("-"));
}

static void add_moment(struct ctl_table *table, const char *name, int64_t time_us)
{
	add_line(table, name, time_us ? time_iso8601_ms(table->arena, time_us) : (struct str){ 0 });
}

static void write_text(struct invocation *invocation, const struct peer_record *record, int64_t waiting, struct buf *out)
{
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 2);
	add_line(&table, "name", record->name);
	add_line(&table, "state", str_from(state_word(record)));
	add_line(&table, "waiting deliveries", arena_printf(invocation->arena, "%lld%s", (long long)waiting,
		waiting == COUNT_LIMIT ? " or more" : ""));
	add_line(&table, "failures in a row", arena_printf(invocation->arena, "%d", record->failures));
	add_moment(&table, "failing since", record->failing_since_us);
	add_moment(&table, "nothing before", record->due_us);
	add_moment(&table, "last success", record->last_success_us);
	add_moment(&table, "last failure", record->last_failure_us);
	add_moment(&table, "last heard from", record->last_heard_us);
	add_line(&table, "last error", record->last_error);
	add_line(&table, "at a time", arena_printf(invocation->arena, "%d", record->window));
	add_line(&table, "signatures", str_from(record->prefers_rfc9421 ? "RFC 9421" : "draft-cavage"));
	ctl_table_write(&table, out);
}

static enum error run_show(struct invocation *invocation)
{
	struct str name;
	struct peer_record record;
	int64_t waiting = 0;
	enum error error = ctl_read_peer_name(invocation, invocation->arguments[0], &name);
	if (!error)
		error = open_database(invocation);
	if (!error)
		error = ctl_find_peer(invocation, name, &record);
	if (error)
		return error;
	error = peer_count_waiting(ctl_db(invocation), invocation->arena, name, COUNT_LIMIT, &waiting);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	if (!invocation->is_json) {
		write_text(invocation, &record, waiting, &out);
		return ctl_print(&out);
	}
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	write_members(&json, &record);
	json_out_key_int(&json, "waiting", waiting);
	json_out_object_end(&json);
	buf_add_char(&out, '\n');
	return ctl_print(&out);
}

/* ---- pause, resume, forget ---- */

enum deed { DEED_PAUSE, DEED_RESUME, DEED_FORGET };

static enum error change(struct invocation *invocation, enum deed deed, struct str name)
{
	struct db *db = ctl_db(invocation);
	switch (deed) {
	case DEED_PAUSE:
		return peer_pause(db, invocation->arena, name);
	case DEED_RESUME:
		return peer_resume(db, invocation->arena, name, clock_now_us());
	case DEED_FORGET:
		return peer_forget(db, invocation->arena, name, clock_now_us());
	}
	return ERROR_INTERNAL;
}

/* A typing error in a host's name would otherwise look like a pause of the one that was meant. */
static enum error find_whether_known(struct invocation *invocation, struct str name, bool *ret_is_known)
{
	struct peer_record *records;
	size_t count;
	enum error error = peer_find_many(ctl_db(invocation), invocation->arena, &name, 1, &records, &count);
	if (!error)
		*ret_is_known = count > 0;
	return error;
}

static enum error steer(struct invocation *invocation, enum deed deed, const char *what)
{
	struct str name;
	bool is_known = false;
	enum error error = ctl_read_peer_name(invocation, invocation->arguments[0], &name);
	if (!error)
		error = open_database(invocation);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = find_whether_known(invocation, name, &is_known);
	if (!error)
		error = change(invocation, deed, name);
	wake_stop();
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "nothing is known of %.*s", STR_ARG(name));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s: %s%s\n", STR_ARG(name), is_known ? "" : "nothing was known of it; ", what);
	return ctl_print(&out);
}

static enum error run_pause(struct invocation *invocation)
{
	return steer(invocation, DEED_PAUSE, "nothing is sent to it until it is resumed");
}

static enum error run_resume(struct invocation *invocation)
{
	return steer(invocation, DEED_RESUME, "what waits is sent now");
}

static enum error run_forget(struct invocation *invocation)
{
	return steer(invocation, DEED_FORGET, "forgotten; what waits is sent as to a new server");
}

static const struct command_option list_options[] = {
	{ "--troubled", NULL, "Only those that are failing, dead or paused.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_peer_list = {
	.noun = "peer",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the servers that take our deliveries, and how they do",
	.details = "Columns: host, state (alive, failing, dead, paused), failing since, nothing is sent before, last error.\n"
		"\nExamples:\n"
		"  comptoir peer list --troubled\n"
		"  comptoir peer list --json\n",
	.options = list_options,
	.run = run_list,
};

const struct command command_peer_show = {
	.noun = "peer",
	.verb = "show",
	.arguments = "HOST",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows what is known of a server, and how much waits for it",
	.details = "Example:\n  comptoir peer show social.example\n",
	.run = run_show,
};

const struct command command_peer_pause = {
	.noun = "peer",
	.verb = "pause",
	.arguments = "HOST",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Sends nothing to a server; what is for it waits",
	.details = "A host of which nothing is known is paused too, and the answer says that nothing was known.\n"
		"\nExample:\n  comptoir peer pause social.example\n",
	.run = run_pause,
};

const struct command command_peer_resume = {
	.noun = "peer",
	.verb = "resume",
	.arguments = "HOST",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Sends to a server again, paused or failing, and at once",
	.details = "Example:\n  comptoir peer resume social.example\n",
	.run = run_resume,
};

const struct command command_peer_forget = {
	.noun = "peer",
	.verb = "forget",
	.arguments = "HOST",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Forgets what is known of a server",
	.details = "Deliveries stay; the next one meets a server of which nothing is known.\n"
		"\nExample:\n  comptoir peer forget social.example\n",
	.run = run_forget,
};
