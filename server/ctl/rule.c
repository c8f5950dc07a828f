/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir rule: what the instance asks of its people. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "storage/id.h"
#include "storage/rule.h"

#define TEXT_MAX_BYTES 1000
#define HINT_MAX_BYTES 2000

static enum error open_all(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static enum error say_id(int64_t id, const char *what)
{
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%s %lld\n", what, (long long)id);
	return ctl_print(&out);
}

static enum error run_add(struct invocation *invocation)
{
	const char *hint = option_value(invocation, "--hint");
	struct rule rule = { id_new(), str_from(invocation->arguments[0]), str_from(hint) };
	if (!rule.text.len || rule.text.len > TEXT_MAX_BYTES || rule.hint.len > HINT_MAX_BYTES || !str_is_utf8(rule.text) ||
	    !str_is_utf8(rule.hint))
		return ctl_fail(ERROR_BAD_REQUEST, "a rule has 1 to %d bytes of text, its hint at most %d", TEXT_MAX_BYTES,
			HINT_MAX_BYTES);
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = rule_add(ctl_db(invocation), invocation->arena, &rule);
	return error ? ctl_fail(error, "%s", error_text(error)) : say_id(rule.id, "added rule");
}

static enum error run_remove(struct invocation *invocation)
{
	int64_t id;
	if (!str_to_int64(str_from(invocation->arguments[0]), &id))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id; `comptoir rule list` shows them", invocation->arguments[0]);
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = rule_remove(ctl_db(invocation), invocation->arena, id);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no rule %lld", (long long)id);
	return error ? ctl_fail(error, "%s", error_text(error)) : say_id(id, "removed rule");
}

static void write_json(struct buf *out, const struct rule *rules, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", rules[i].id);
		json_out_key_str(&json, "text", rules[i].text);
		json_out_key_str(&json, "hint", rules[i].hint);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_list(struct invocation *invocation)
{
	struct rule *rules;
	size_t count;
	struct ctl_table table;
	AUTO(buf) struct buf out = { 0 };
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = rule_list(ctl_db(invocation), invocation->arena, &rules, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		write_json(&out, rules, count);
		return ctl_print(&out);
	}
	ctl_table_init(&table, invocation->arena, 2);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)rules[i].id));
		ctl_table_add(&table, rules[i].text);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static const struct command_option add_options[] = {
	{ "--hint", "TEXT", "What is meant by it, in more words.", false }, { NULL, NULL, NULL, false },
};

const struct command command_rule_add = { "rule", "add", "TEXT", 1, 1, 0, "Add a rule of the instance",
	"Rules are shown to those who sign up and who report.\n\n  comptoir rule add \"Be kind.\" --hint \"Also when you disagree.\"",
	add_options, run_add };
const struct command command_rule_remove = { "rule", "remove", "ID", 1, 1, 0, "Remove a rule", NULL, NULL, run_remove };
const struct command command_rule_list = { "rule", "list", NULL, 0, 0, COMMAND_HAS_JSON, "List the rules", NULL, NULL, run_list };
