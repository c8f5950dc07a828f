/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir account suspend, silence, delete, rotate-keys and their likes: what an operator does to accounts, told to
 * other servers. A running server hears of it at once. */
#include "server/action/account_end.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"

#include "base/log.h"
#include "storage/wake.h"

static enum error print_done(struct invocation *invocation, const struct actor *actor, const char *what)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct str handle = account_handle(invocation->arena, actor);
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_str(&json, "account", handle);
		json_out_key_c_string(&json, "done", what);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "%.*s: %s\n", STR_ARG(handle), what);
	}
	return ctl_print(&out);
}

static enum error fail_deed(const struct actor *actor, enum error error)
{
	if (error == ERROR_FORBIDDEN && actor->kind == ACTOR_APPLICATION)
		return ctl_fail(ERROR_CONFLICT, "the actor of the instance itself stays as it is");
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "the account is deleted");
	return ctl_fail(error, "%s", error_text(error));
}

/* Local or remote, by the first argument. */
static enum error moderate(struct invocation *invocation,
	enum error (*deed)(struct db *db, struct arena *arena, int64_t actor_id), const char *done)
{
	struct actor actor;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_any(invocation, invocation->arguments[0], &actor);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = deed(ctl_db(invocation), invocation->arena, actor.id);
	wake_stop();
	return error ? fail_deed(&actor, error) : print_done(invocation, &actor, done);
}

static enum error run_suspend(struct invocation *invocation)
{
	return moderate(invocation, account_suspend, "suspended");
}

static enum error run_unsuspend(struct invocation *invocation)
{
	return moderate(invocation, account_unsuspend, "no longer suspended");
}

static enum error set_silenced(struct db *db, struct arena *arena, int64_t actor_id, bool is_silenced)
{
	enum error error = actor_set_silenced(db, arena, actor_id, is_silenced);
	if (!error)
		log_event(LOG_LEVEL_INFO, is_silenced ? "account_silenced" : "account_unsilenced", LOG_INT("actor_id", actor_id));
	return error;
}

static enum error silence(struct db *db, struct arena *arena, int64_t actor_id)
{
	return set_silenced(db, arena, actor_id, true);
}

static enum error unsilence(struct db *db, struct arena *arena, int64_t actor_id)
{
	return set_silenced(db, arena, actor_id, false);
}

static enum error run_silence(struct invocation *invocation)
{
	return moderate(invocation, silence, "silenced");
}

static enum error run_unsilence(struct invocation *invocation)
{
	return moderate(invocation, unsilence, "no longer silenced");
}

static enum error run_delete(struct invocation *invocation)
{
	struct actor actor;
	if (!option_is_given(invocation, "--yes"))
		return ctl_fail(ERROR_BAD_REQUEST, "this cannot be undone: add --yes to delete %s with all that it wrote",
			invocation->arguments[0]);
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = account_delete(ctl_db(invocation), invocation->arena, actor.id);
	wake_stop();
	return error ? fail_deed(&actor, error) : print_done(invocation, &actor, "deleted");
}

static enum error run_rotate_keys(struct invocation *invocation)
{
	struct actor actor;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = account_rotate_keys(ctl_db(invocation), invocation->arena, ctl_secret_box(invocation), actor.id);
	wake_stop();
	return error ? fail_deed(&actor, error) : print_done(invocation, &actor, "has new keys");
}

static const struct command_option delete_options[] = {
	{ "--yes", NULL, "Says that you mean it.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_account_suspend = {
	.noun = "account",
	.verb = "suspend",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows an account nowhere any more, here or of another server",
	.details = "A suspended account of this server can neither log in nor speak. One of another server loses those it\n"
		"follows here, and nothing more is taken from it. Its id (https://...) may stand for the name.\n"
		"\nExample:\n"
		"  comptoir account suspend spammer@far.example\n",
	.run = run_suspend,
};

const struct command command_account_unsuspend = {
	.noun = "account",
	.verb = "unsuspend",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Takes a suspension back",
	.details = "Follows that the suspension ended do not come back.\n"
		"\nExample:\n"
		"  comptoir account unsuspend marie\n",
	.run = run_unsuspend,
};

const struct command command_account_silence = {
	.noun = "account",
	.verb = "silence",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows an account to its followers only",
	.details = "Example:\n  comptoir account silence loud@far.example\n",
	.run = run_silence,
};

const struct command command_account_unsilence = {
	.noun = "account",
	.verb = "unsilence",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows a silenced account to everyone again",
	.details = "Example:\n  comptoir account unsilence loud@far.example\n",
	.run = run_unsilence,
};

const struct command command_account_limit = {
	.noun = "account",
	.verb = "limit",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "The same as silence: shows an account to its followers only",
	.details = "Example:\n  comptoir account limit loud@far.example\n",
	.run = run_silence,
};

const struct command command_account_unlimit = {
	.noun = "account",
	.verb = "unlimit",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "The same as unsilence: shows an account to everyone again",
	.details = "Example:\n  comptoir account unlimit loud@far.example\n",
	.run = run_unsilence,
};

const struct command command_account_delete = {
	.noun = "account",
	.verb = "delete",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Deletes a local account for good, here and on other servers",
	.details = "Its posts, follows and login go, and every server that may know it is told. The name stays taken: other\n"
		"servers would not believe in a second account of that name.\n"
		"\nExample:\n"
		"  comptoir account delete marie --yes\n",
	.options = delete_options,
	.run = run_delete,
};

const struct command command_account_rotate_keys = {
	.noun = "account",
	.verb = "rotate-keys",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Gives an account new keys to sign with",
	.details = "When the old ones may be known to others. Its followers' servers are sent the new ones; others read them\n"
		"when a signature does not fit.\n"
		"\nExample:\n"
		"  comptoir account rotate-keys marie\n",
	.run = run_rotate_keys,
};
