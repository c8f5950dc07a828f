/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir audit: what was done for an organisation, and whether the log of it is as it was written. */
#include "server/audit/heads_file.h"
#include "server/audit/verify.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"
#include "base/time_format.h"

#define DEFAULT_COUNT 50
#define MAX_COUNT 1000

static void write_record(struct invocation *invocation, struct ctl_table *table, struct json_out *json,
	const struct audit_record *record)
{
	struct arena *arena = invocation->arena;
	struct str at = time_iso8601_ms(arena, record->at_us);
	if (!invocation->is_json) {
		ctl_table_add(table, arena_printf(arena, "%lld", (long long)record->number));
		ctl_table_add(table, at);
		ctl_table_add(table, record->door);
		ctl_table_add(table, record->membership_id ? arena_printf(arena, "membership:%lld", (long long)record->membership_id) :
			STR_LITERAL("operator"));
		ctl_table_add(table, record->action);
		ctl_table_add(table, record->target);
		ctl_table_add(table, record->data);
		return;
	}
	json_out_object_begin(json);
	json_out_key_int(json, "number", record->number);
	json_out_key_str(json, "at", at);
	json_out_key_str(json, "door", record->door);
	if (record->user_id)
		json_out_key_id(json, "user_id", record->user_id);
	if (record->membership_id)
		json_out_key_id(json, "membership_id", record->membership_id);
	json_out_key_str(json, "action", record->action);
	json_out_key_str(json, "target", record->target);
	json_out_key(json, "data");
	json_out_raw(json, record->data);
	json_out_object_end(json);
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct organisation organisation;
	struct audit_record *records;
	size_t count;
	int64_t limit = DEFAULT_COUNT, before = 0;
	const char *wanted = option_value(invocation, "--count"), *from = option_value(invocation, "--before");
	if (wanted && (!str_to_int64(str_from(wanted), &limit) || limit < 1 || limit > MAX_COUNT))
		return ctl_fail(ERROR_BAD_REQUEST, "--count is a number from 1 to %d, not '%s'", MAX_COUNT, wanted);
	if (from && (!str_to_int64(str_from(from), &before) || before < 1))
		return ctl_fail(ERROR_BAD_REQUEST, "--before is the number of an entry, not '%s'", from);
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = audit_read_back(ctl_db(invocation), invocation->arena, organisation.id, before, (int)limit, &records, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 7);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		write_record(invocation, &table, &json, &records[i]);
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

struct report {
	struct invocation *invocation;
	struct buf out;
	struct json_out json;
};

static void tell(void *owner, int64_t organisation_id, int64_t number, enum audit_fault fault)
{
	struct report *report = owner;
	if (!report->invocation->is_json) {
		buf_add_printf(&report->out, "organisation %lld: entry %lld %s\n", (long long)organisation_id, (long long)number,
			audit_fault_text(fault));
		return;
	}
	json_out_object_begin(&report->json);
	json_out_key_id(&report->json, "organisation_id", organisation_id);
	json_out_key_int(&report->json, "number", number);
	json_out_key_c_string(&report->json, "fault", audit_fault_text(fault));
	json_out_object_end(&report->json);
}

static enum error read_heads(struct invocation *invocation, struct audit_verification *verification)
{
	const char *named = option_value(invocation, "--heads");
	struct str path = named ? str_from(named) : heads_file_path(invocation->arena, ctl_config(invocation));
	struct audit_head *heads = NULL;
	size_t line = 0;
	enum error error = heads_file_read(invocation->arena, path.data, &heads, &verification->head_count, &line);
	verification->heads = heads;
	verification->file = named ? NULL : path.data;
	if (error == ERROR_NOT_FOUND && !named)
		return ERROR_NONE; /* no hour has passed yet, or the database knows of one */
	if (error == ERROR_BAD_REQUEST)
		return ctl_fail(error, "line %zu of %s was changed: it is no head", line, path.data);
	return error ? ctl_fail(error, "cannot read %s: %s", path.data, error_text(error)) : ERROR_NONE;
}

static enum error run_verify(struct invocation *invocation)
{
	struct report report = { .invocation = invocation };
	struct audit_verification verification = { .tell = tell, .owner = &report };
	struct audit_verdict verdict;
	struct organisation organisation = { 0 };
	enum error error = invocation->argument_count ? org_open(invocation, &organisation) : account_open(invocation);
	if (!error)
		error = read_heads(invocation, &verification);
	if (error)
		return error;
	verification.organisation_id = organisation.id;
	json_out_init(&report.json, &report.out);
	if (invocation->is_json) {
		json_out_object_begin(&report.json);
		json_out_key(&report.json, "faults");
		json_out_array_begin(&report.json);
	}
	error = audit_verify(ctl_db(invocation), &verification, &verdict);
	if (error) {
		buf_clear(&report.out);
		return ctl_fail(error, "%s", error_text(error));
	}
	if (invocation->is_json) {
		json_out_array_end(&report.json);
		json_out_key_int(&report.json, "organisations", verdict.organisations);
		json_out_key_int(&report.json, "entries", verdict.entries);
		json_out_object_end(&report.json);
		buf_add_char(&report.out, '\n');
	} else if (!verdict.faults) {
		buf_add_printf(&report.out, "%lld entries of %lld organisations are as they were written\n", (long long)verdict.entries,
			(long long)verdict.organisations);
	}
	error = ctl_print(&report.out);
	buf_clear(&report.out);
	if (!error && verdict.faults)
		return ctl_fail(ERROR_DATABASE, "the audit log was tampered with: %lld faults", (long long)verdict.faults);
	return error;
}

static const struct command_option list_options[] = {
	{ "--count", "NUMBER", "How many, the newest first; default: 50.", false },
	{ "--before", "NUMBER", "Only entries before this one.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_audit_list = {
	.noun = "audit",
	.verb = "list",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows what was done for an organisation, by whom and by which door",
	.details = "Example:\n  comptoir audit list fleurs --count 20\n",
	.options = list_options,
	.run = run_list,
};

static const struct command_option verify_options[] = {
	{ "--heads", "FILE", "A copy of the file of heads; default: the one beside the database.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_audit_verify = {
	.noun = "audit",
	.verb = "verify",
	.arguments = "[SLUG]",
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Finds every entry of the logs that was changed or removed",
	.details = "Without SLUG all of them. Keep copies of the file of heads elsewhere: whoever can change the database and that\n"
		"file can write history anew. It goes where the database goes: one that lacks what was written to it is a fault.\n"
		"\nExample:\n  comptoir audit verify --heads /mnt/backup/audit-heads\n",
	.options = verify_options,
	.run = run_verify,
};
