/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir account waiting, confirm, approve, reject: who wants to join, and what an operator does in place of a mail. */
#include "server/action/account_end.h"
#include "server/action/sign_up.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/mail/mail.h"

#include "base/log.h"
#include "storage/wake.h"

static enum error find_person(struct invocation *invocation, struct actor *ret_actor, struct user *ret_user)
{
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, ret_actor);
	if (error)
		return error;
	error = user_find_by_actor(ctl_db(invocation), invocation->arena, ret_actor->id, ret_user);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(ERROR_CONFLICT, "nobody logs in as %s", invocation->arguments[0]);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error print_done(struct invocation *invocation, const struct actor *actor, const char *what)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_str(&json, "account", account_handle(invocation->arena, actor));
		json_out_key_c_string(&json, "done", what);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "%.*s: %s\n", STR_ARG(account_handle(invocation->arena, actor)), what);
	}
	return ctl_print(&out);
}

static enum error add_waiting(struct invocation *invocation, struct ctl_table *table, struct json_out *json, const struct user *user)
{
	struct actor actor;
	enum error error = actor_find_by_id(ctl_db(invocation), invocation->arena, user->actor_id, &actor);
	if (error)
		return error;
	if (!invocation->is_json) {
		ctl_table_add(table, account_handle(invocation->arena, &actor));
		ctl_table_add(table, user->email);
		ctl_table_add(table, user->sign_up_reason);
		return ERROR_NONE;
	}
	json_out_object_begin(json);
	json_out_key_str(json, "account", account_handle(invocation->arena, &actor));
	json_out_key_str(json, "email", user->email);
	json_out_key_str(json, "reason", user->sign_up_reason);
	json_out_key_time_ms(json, "created_at", user->created_us);
	json_out_object_end(json);
	return ERROR_NONE;
}

static enum error run_waiting(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct user *users;
	size_t count;
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = user_list_waiting(ctl_db(invocation), invocation->arena, &users, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 3);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count && !error; i++)
		error = add_waiting(invocation, &table, &json, &users[i]);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error print_link(struct invocation *invocation, const struct user *user, enum mail_kind kind)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct str base_url, authority, domain, url;
	app_instance_names(ctl_config(invocation), invocation->arena, &base_url, &authority, &domain);
	enum error error = mail_make_link(ctl_db(invocation), invocation->arena, base_url, kind, user->id, user->email, &url);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_str(&json, "link", url);
		json_out_object_end(&json);
	} else {
		buf_add_str(&out, url);
	}
	buf_add_char(&out, '\n');
	return ctl_print(&out);
}

enum error account_print_reset_link(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	enum error error = find_person(invocation, &actor, &user);
	return error ? error : print_link(invocation, &user, MAIL_RESET);
}

static enum error run_confirm(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	enum error error = find_person(invocation, &actor, &user);
	if (error)
		return error;
	if (user.is_confirmed)
		return ctl_fail(ERROR_CONFLICT, "the address of %s is confirmed", invocation->arguments[0]);
	if (option_is_given(invocation, "--link"))
		return print_link(invocation, &user, MAIL_CONFIRM);
	error = user_confirm(ctl_db(invocation), invocation->arena, user.id, user.email);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	log_event(LOG_LEVEL_INFO, "address_confirmed", LOG_INT("user_id", user.id));
	return print_done(invocation, &actor, "confirmed");
}

static enum error run_approve(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	enum error error = find_person(invocation, &actor, &user);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = sign_up_approve(ctl_db(invocation), invocation->arena, user.id);
	wake_stop();
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(ERROR_CONFLICT, "%s does not wait for approval", invocation->arguments[0]);
	return error ? ctl_fail(error, "%s", error_text(error)) : print_done(invocation, &actor, "approved");
}

static enum error run_reject(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	enum error error = find_person(invocation, &actor, &user);
	if (error)
		return error;
	if (!user.is_pending)
		return ctl_fail(ERROR_CONFLICT, "%s does not wait for approval; `comptoir account delete` ends an account",
			invocation->arguments[0]);
	error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = account_delete(ctl_db(invocation), invocation->arena, actor.id);
	wake_stop();
	return error ? ctl_fail(error, "%s", error_text(error)) : print_done(invocation, &actor, "rejected");
}

static const struct command_option confirm_options[] = {
	{ "--link", NULL, "Prints the link that a mail would hold, instead of confirming.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_account_waiting = {
	.noun = "account",
	.verb = "waiting",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists those who wait for approval, with their reasons",
	.details = "Example:\n  comptoir account waiting\n",
	.run = run_waiting,
};

const struct command command_account_confirm = {
	.noun = "account",
	.verb = "confirm",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Takes the e-mail address of an account for confirmed",
	.details = "Examples:\n  comptoir account confirm marie\n  comptoir account confirm marie --link\n",
	.options = confirm_options,
	.run = run_confirm,
};

const struct command command_account_approve = {
	.noun = "account",
	.verb = "approve",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lets somebody in who waits for approval",
	.details = "Example:\n  comptoir account approve marie\n",
	.run = run_approve,
};

const struct command command_account_reject = {
	.noun = "account",
	.verb = "reject",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Turns somebody away who waits for approval; the account is deleted",
	.details = "Example:\n  comptoir account reject spammer\n",
	.run = run_reject,
};
