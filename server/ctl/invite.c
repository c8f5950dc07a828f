/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir invite: links by which people may sign up. A code is shown once, when it is made. */
#include "server/app.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/login/visitor.h"
#include "storage/id.h"
#include "storage/invitation.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/time_format.h"

#define CODE_BYTES 16
#define DEFAULT_DAYS 30
#define MAX_DAYS 3650
#define MAX_USES 100000
#define NOTE_MAX_BYTES 200
#define DAY_US 86400000000LL

static enum error read_number(struct invocation *invocation, const char *name, int64_t otherwise, int64_t minimum,
	int64_t maximum, int64_t *ret_number)
{
	const char *text = option_value(invocation, name);
	*ret_number = otherwise;
	if (!text)
		return ERROR_NONE;
	if (!str_to_int64(str_from(text), ret_number) || *ret_number < minimum || *ret_number > maximum)
		return ctl_fail(ERROR_BAD_REQUEST, "%s is a number from %lld to %lld, not '%s'", name, (long long)minimum,
			(long long)maximum, text);
	return ERROR_NONE;
}

static enum error print_created(struct invocation *invocation, const struct invitation *invitation, struct str code)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct str base_url, authority, domain;
	app_instance_names(ctl_config(invocation), invocation->arena, &base_url, &authority, &domain);
	struct str link = arena_printf(invocation->arena, "%.*s/auth/sign_up?invite=%.*s", STR_ARG(base_url), STR_ARG(code));
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", invitation->id);
		json_out_key_str(&json, "code", code);
		json_out_key_str(&json, "link", link);
		json_out_object_end(&json);
	} else {
		buf_add_str(&out, link);
	}
	buf_add_char(&out, '\n');
	return ctl_print(&out);
}

static enum error run_create(struct invocation *invocation)
{
	int64_t uses, days;
	struct str note = str_from(option_value(invocation, "--note"));
	enum error error = read_number(invocation, "--uses", 1, 1, MAX_USES, &uses);
	if (!error)
		error = read_number(invocation, "--days", DEFAULT_DAYS, 0, MAX_DAYS, &days);
	if (!error && (note.len > NOTE_MAX_BYTES || !str_is_utf8(note)))
		error = ctl_fail(ERROR_BAD_REQUEST, "--note is plain text of at most %d bytes", NOTE_MAX_BYTES);
	if (!error)
		error = account_open(invocation);
	if (error)
		return error;
	struct str code = random_token(invocation->arena, CODE_BYTES);
	const struct invitation invitation = {
		.id = id_new(),
		.code_hash = login_hash(invocation->arena, code),
		.note = note,
		.max_uses = (int)uses,
		.expires_us = days ? clock_now_us() + days * DAY_US : 0,
	};
	error = invitation_create(ctl_db(invocation), invocation->arena, &invitation);
	return error ? ctl_fail(error, "%s", error_text(error)) : print_created(invocation, &invitation, code);
}

static const char *state_of(const struct invitation *invitation)
{
	if (invitation->is_revoked)
		return "revoked";
	if (invitation->expires_us && invitation->expires_us <= clock_now_us())
		return "expired";
	return invitation->uses < invitation->max_uses ? "open" : "used";
}

static void add_invitation(struct invocation *invocation, struct ctl_table *table, struct json_out *json,
	const struct invitation *invitation)
{
	struct arena *arena = invocation->arena;
	if (!invocation->is_json) {
		ctl_table_add(table, arena_printf(arena, "%lld", (long long)invitation->id));
		ctl_table_add(table, str_from(state_of(invitation)));
		ctl_table_add(table, arena_printf(arena, "%d/%d", invitation->uses, invitation->max_uses));
		ctl_table_add(table, invitation->expires_us ? time_iso8601_ms(arena, invitation->expires_us) : STR_LITERAL("-"));
		ctl_table_add(table, invitation->note);
		return;
	}
	json_out_object_begin(json);
	json_out_key_id(json, "id", invitation->id);
	json_out_key_c_string(json, "state", state_of(invitation));
	json_out_key_int(json, "uses", invitation->uses);
	json_out_key_int(json, "max_uses", invitation->max_uses);
	if (invitation->expires_us)
		json_out_key_time_ms(json, "expires_at", invitation->expires_us);
	else
		json_out_key_null(json, "expires_at");
	json_out_key_str(json, "note", invitation->note);
	json_out_object_end(json);
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct invitation *all;
	size_t count;
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = invitation_list(ctl_db(invocation), invocation->arena, &all, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 5);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		add_invitation(invocation, &table, &json, &all[i]);
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error run_revoke(struct invocation *invocation)
{
	int64_t id;
	if (!str_to_int64(str_from(invocation->arguments[0]), &id))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id of an invitation; `comptoir invite list` shows them",
			invocation->arguments[0]);
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = invitation_revoke(ctl_db(invocation), invocation->arena, id);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no invitation %lld; `comptoir invite list` shows them", (long long)id);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static const struct command_option create_options[] = {
	{ "--uses", "NUMBER", "How many may sign up with it; default: 1.", false },
	{ "--days", "NUMBER", "How long it is good; 0: for ever; default: 30.", false },
	{ "--note", "TEXT", "For whom it is, for the list.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_invite_create = {
	.noun = "invite",
	.verb = "create",
	.flags = COMMAND_HAS_JSON,
	.summary = "Makes a link by which people may sign up",
	.details = "The link is shown once. It works while instance.registrations is not closed; with approval, who has it\n"
		"needs none.\n"
		"\nExamples:\n"
		"  comptoir invite create --note 'for Marie'\n"
		"  comptoir invite create --uses 20 --days 7\n",
	.options = create_options,
	.run = run_create,
};

const struct command command_invite_list = {
	.noun = "invite",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the invitations and how often they were used",
	.details = "Example:\n  comptoir invite list\n",
	.run = run_list,
};

const struct command command_invite_revoke = {
	.noun = "invite",
	.verb = "revoke",
	.arguments = "ID",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Ends an invitation; accounts made with it stay",
	.details = "Example:\n  comptoir invite revoke 115900000000000000\n",
	.run = run_revoke,
};
