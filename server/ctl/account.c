/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir account: who speaks here, and who logs in. */
#include "server/action/account_create.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"

#include "base/log.h"
#include "base/password.h"
#include "storage/wake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LIST_PAGE 200
#define PAGE_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

/* One line of standard input without its end. */
static enum error read_password(struct arena *arena, struct str *ret_password)
{
	char *line = arena_alloc(arena, PASSWORD_MAX_BYTES + 3);
	if (!fgets(line, PASSWORD_MAX_BYTES + 3, stdin))
		return ctl_fail(ERROR_BAD_REQUEST, "there is no password on standard input");
	size_t len = strcspn(line, "\r\n");
	if (len > PASSWORD_MAX_BYTES)
		return ctl_fail(ERROR_BAD_REQUEST, "the password is longer than %d bytes", PASSWORD_MAX_BYTES);
	if (len == 0)
		return ctl_fail(ERROR_BAD_REQUEST, "the password on standard input is empty");
	*ret_password = (struct str){ line, len };
	return ERROR_NONE;
}

static struct str option_str(const struct invocation *invocation, const char *name)
{
	return str_from(option_value(invocation, name));
}

bool account_kind_from_option(const char *text, enum actor_kind *ret_kind)
{
	static const struct {
		const char *name;
		enum actor_kind kind;
	} kinds[] = { { "person", ACTOR_PERSON }, { "organization", ACTOR_ORGANIZATION }, { "group", ACTOR_GROUP },
		{ "service", ACTOR_SERVICE } };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(text, kinds[i].name) == 0) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static enum error read_account(struct invocation *invocation, struct account_new *ret_account)
{
	struct account_new *account = ret_account;
	*account = (struct account_new){
		.kind = ACTOR_PERSON,
		.username = str_from(invocation->arguments[0]),
		.domain = option_str(invocation, "--domain"),
		.display_name = option_str(invocation, "--display-name"),
		.email = option_str(invocation, "--email"),
		.role = USER_MEMBER,
		.locale = option_str(invocation, "--locale"),
		.is_confirmed = true,
	};
	const char *kind = option_value(invocation, "--kind");
	const char *role = option_value(invocation, "--role");
	if (kind && !account_kind_from_option(kind, &account->kind))
		return ctl_fail(ERROR_BAD_REQUEST, "--kind is person, organization, group or service, not '%s'", kind);
	if (role && !user_role_from_name(str_from(role), &account->role))
		return ctl_fail(ERROR_BAD_REQUEST, "--role is member, moderator or administrator, not '%s'", role);
	if (account->locale.len && !str_eq(account->locale, str_from("en")) && !str_eq(account->locale, str_from("fr")))
		return ctl_fail(ERROR_BAD_REQUEST, "--locale is en or fr, not '%.*s'", STR_ARG(account->locale));
	if (account->kind == ACTOR_PERSON && !option_is_given(invocation, "--email"))
		return ctl_fail(ERROR_BAD_REQUEST, "a person needs --email ADDRESS");
	if (option_is_given(invocation, "--password-stdin"))
		return read_password(invocation->arena, &account->password);
	return ERROR_NONE;
}

static void write_created(const struct invocation *invocation, struct buf *out, const struct account_created *created)
{
	struct json_out json;
	if (!invocation->is_json) {
		buf_add_printf(out, "made @%.*s@%.*s  %.*s\n", STR_ARG(created->username), STR_ARG(created->domain),
			STR_ARG(created->uri));
		if (created->generated_password.data)
			buf_add_printf(out, "password: %.*s\n", STR_ARG(created->generated_password));
		return;
	}
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "id", created->actor_id);
	json_out_key_str(&json, "username", created->username);
	json_out_key_str(&json, "domain", created->domain);
	json_out_key_str(&json, "uri", created->uri);
	if (created->generated_password.data)
		json_out_key_str(&json, "password", created->generated_password);
	else
		json_out_key_null(&json, "password");
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_create(struct invocation *invocation)
{
	struct account_new account;
	struct account_created created;
	struct str message = { 0 };
	enum error error = read_account(invocation, &account);
	if (!error)
		error = account_open(invocation);
	if (error)
		return error;
	error = account_create(ctl_db(invocation), invocation->arena, ctl_secret_box(invocation), &account, &created, &message);
	if (error)
		return ctl_fail_with(error, message);
	AUTO(buf) struct buf out = { 0 };
	write_created(invocation, &out, &created);
	return ctl_print(&out);
}

/* ERROR_NOT_FOUND for accounts that nobody logs in to. */
static enum error find_user(struct invocation *invocation, const struct actor *actor, struct user *ret_user)
{
	return user_find_by_actor(ctl_db(invocation), invocation->arena, actor->id, ret_user);
}

static void write_account_json(struct json_out *json, const struct actor *actor)
{
	json_out_key_id(json, "id", actor->id);
	json_out_key_str(json, "username", actor->username);
	json_out_key_str(json, "domain", actor->domain);
	json_out_key_c_string(json, "kind", actor_kind_name(actor->kind));
	json_out_key_str(json, "display_name", actor->display_name);
	json_out_key_str(json, "uri", actor->uri);
	json_out_key_bool(json, "is_disabled", actor->is_disabled);
	json_out_key_bool(json, "is_suspended", actor->is_suspended);
	json_out_key_bool(json, "is_silenced", actor->is_silenced);
	json_out_key_bool(json, "is_deleted", actor->is_deleted);
	json_out_key_int(json, "followers", actor->followers_count);
	json_out_key_int(json, "following", actor->following_count);
	json_out_key_int(json, "posts", actor->posts_count);
	json_out_key_time_ms(json, "created_at", actor->created_us);
}

static const char *state_name(const struct actor *actor)
{
	return actor->is_deleted ? "deleted" : actor->is_suspended ? "suspended" : actor->is_disabled ? "disabled" : "active";
}

/* Appends a page to whichever form is written. */
static void add_page(struct invocation *invocation, struct ctl_table *table, struct json_out *json, const struct actor *actors,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct actor *actor = &actors[i];
		if (actor->kind == ACTOR_APPLICATION) /* the instance itself is nobody's account */
			continue;
		if (invocation->is_json) {
			json_out_object_begin(json);
			write_account_json(json, actor);
			json_out_object_end(json);
			continue;
		}
		ctl_table_add(table, account_handle(invocation->arena, actor));
		ctl_table_add(table, str_from(actor_kind_name(actor->kind)));
		ctl_table_add(table, str_from(state_name(actor)));
		ctl_table_add(table, actor->display_name);
	}
}

static enum error run_list(struct invocation *invocation)
{
	enum error error = account_open(invocation);
	if (error)
		return error;
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	ctl_table_init(&table, invocation->arena, 4);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	struct actor_page page = { .limit = LIST_PAGE };
	size_t count = LIST_PAGE;
	while (count == LIST_PAGE) {
		struct actor *actors = NULL;
		error = actor_list(ctl_db(invocation), invocation->arena, &page, &actors, &count);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		add_page(invocation, &table, &json, actors, count);
		if (count > 0)
			page.after_id = actors[count - 1].id;
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static void write_show_json(struct buf *out, const struct actor *actor, const struct user *user)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_object_begin(&json);
	write_account_json(&json, actor);
	if (user) {
		json_out_key_object_begin(&json, "user");
		json_out_key_str(&json, "email", user->email);
		json_out_key_c_string(&json, "role", user_role_name(user->role));
		json_out_key_str(&json, "locale", user->locale);
		json_out_key_bool(&json, "is_confirmed", user->is_confirmed);
		json_out_key_bool(&json, "is_disabled", user->is_disabled);
		json_out_object_end(&json);
	} else {
		json_out_key_null(&json, "user");
	}
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static void write_show(struct invocation *invocation, struct buf *out, const struct actor *actor, const struct user *user)
{
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 2);
	const struct {
		const char *label;
		struct str value;
	} lines[] = {
		{ "account", account_handle(invocation->arena, actor) },
		{ "kind", str_from(actor_kind_name(actor->kind)) },
		{ "state", str_from(state_name(actor)) },
		{ "name", actor->display_name },
		{ "id", actor->uri },
		{ "page", actor->url },
		{ "posts", arena_printf(invocation->arena, "%lld", (long long)actor->posts_count) },
		{ "followers", arena_printf(invocation->arena, "%lld", (long long)actor->followers_count) },
		{ "e-mail", user ? user->email : str_from(NULL) },
		{ "role", str_from(user ? user_role_name(user->role) : NULL) },
		{ "login", str_from(!user ? NULL : user->is_disabled ? "disabled" : user->is_confirmed ? "possible" : "unconfirmed") },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!lines[i].value.data)
			continue;
		ctl_table_add(&table, str_from(lines[i].label));
		ctl_table_add(&table, lines[i].value);
	}
	ctl_table_write(&table, out);
}

static enum error run_show(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (error)
		return error;
	error = find_user(invocation, &actor, &user);
	if (error && error != ERROR_NOT_FOUND)
		return ctl_fail(error, "%s", error_text(error));
	const struct user *shown = error ? NULL : &user;
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json)
		write_show_json(&out, &actor, shown);
	else
		write_show(invocation, &out, &actor, shown);
	return ctl_print(&out);
}

static void write_state(const struct invocation *invocation, struct buf *out, const struct actor *actor, bool is_disabled)
{
	struct json_out json;
	if (!invocation->is_json) {
		buf_add_printf(out, "@%.*s@%.*s is %s\n", STR_ARG(actor->username), STR_ARG(actor->domain),
			is_disabled ? "disabled" : "enabled");
		return;
	}
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_str(&json, "account", account_handle(invocation->arena, actor));
	json_out_key_bool(&json, "is_disabled", is_disabled);
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

/* Whether one of these logs in as an administrator and may. */
static enum error page_has_administrator(struct invocation *invocation, struct arena *arena, const struct actor *actors,
	size_t count, bool *ret_has)
{
	struct user user;
	for (size_t i = 0; i < count && !*ret_has; i++) {
		if (actors[i].kind != ACTOR_PERSON || actors[i].is_disabled || actors[i].is_suspended)
			continue;
		enum error error = user_find_by_actor(ctl_db(invocation), arena, actors[i].id, &user);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		*ret_has = !error && user.role == USER_ADMINISTRATOR && !user.is_disabled;
	}
	return ERROR_NONE;
}

/* Reads the accounts one by one: there is no index for something that is asked this rarely. */
static enum error warn_without_administrator(struct invocation *invocation)
{
	struct actor_page page = { .limit = LIST_PAGE };
	size_t count = LIST_PAGE;
	bool has_one = false;
	while (count == LIST_PAGE && !has_one) {
		AUTO(arena) struct arena *arena = arena_new(PAGE_LIMIT_BYTES);
		struct actor *actors = NULL;
		enum error error = actor_list(ctl_db(invocation), arena, &page, &actors, &count);
		if (!error)
			error = page_has_administrator(invocation, arena, actors, count, &has_one);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		if (count > 0)
			page.after_id = actors[count - 1].id;
	}
	if (!has_one)
		fputs("comptoir: warning: no enabled administrator is left; `comptoir account enable` brings one back\n", stderr);
	return ERROR_NONE;
}

/* Actor and user together: nobody logs in as it, and nobody speaks for it. */
static enum error set_disabled(struct invocation *invocation, bool is_disabled)
{
	struct actor actor;
	struct user user;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (error)
		return error;
	if (actor.kind == ACTOR_APPLICATION)
		return ctl_fail(ERROR_CONFLICT, "the actor of the instance itself stays enabled");
	struct db *db = ctl_db(invocation);
	bool was_administrator = false;
	error = wake_start(ctl_config(invocation)); /* running servers hear of it at once */
	if (error)
		return error;
	error = db_begin(db);
	if (!error)
		error = actor_set_disabled(db, invocation->arena, actor.id, is_disabled);
	if (!error) {
		error = find_user(invocation, &actor, &user);
		was_administrator = !error && user.role == USER_ADMINISTRATOR && !user.is_disabled;
		if (!error)
			error = user_set_disabled(db, invocation->arena, user.id, is_disabled);
		else if (error == ERROR_NOT_FOUND)
			error = ERROR_NONE;
	}
	if (!error)
		error = db_commit(db);
	if (error)
		db_rollback(db);
	wake_stop();
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	log_event(LOG_LEVEL_INFO, is_disabled ? "account_disabled" : "account_enabled", LOG_INT("actor_id", actor.id));
	AUTO(buf) struct buf out = { 0 };
	write_state(invocation, &out, &actor, is_disabled);
	error = ctl_print(&out);
	if (!error && is_disabled && was_administrator)
		error = warn_without_administrator(invocation);
	return error;
}

static enum error run_disable(struct invocation *invocation)
{
	return set_disabled(invocation, true);
}

static enum error run_enable(struct invocation *invocation)
{
	return set_disabled(invocation, false);
}

static enum error store_password(struct invocation *invocation, const struct user *user, struct str password)
{
	struct str hash;
	struct db *db = ctl_db(invocation);
	enum error error = password_hash(invocation->arena, password, &hash);
	if (error == ERROR_UNPROCESSABLE)
		return ctl_fail(error, "a password has %d characters or more, and at most %d bytes", PASSWORD_MIN_CHARACTERS,
			PASSWORD_MAX_BYTES);
	if (!error)
		error = db_begin(db);
	if (!error)
		error = user_set_password(db, invocation->arena, user->id, hash);
	if (!error)
		error = db_commit(db);
	if (!error)
		return ERROR_NONE;
	db_rollback(db);
	return ctl_fail(error, "%s", error_text(error));
}

/* Without data the password was given, and is not repeated. */
static void write_reset(const struct invocation *invocation, struct buf *out, const struct actor *actor, struct str password)
{
	struct json_out json;
	if (!invocation->is_json) {
		if (password.data)
			buf_add_printf(out, "password: %.*s\n", STR_ARG(password));
		buf_add_c_string(out, "all sessions and applications of the account have to log in again\n");
		return;
	}
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_str(&json, "account", account_handle(invocation->arena, actor));
	if (password.data)
		json_out_key_str(&json, "password", password);
	else
		json_out_key_null(&json, "password");
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_reset_password(struct invocation *invocation)
{
	struct actor actor;
	struct user user;
	struct str password = { 0 };
	enum error error = ERROR_NONE;
	bool is_given = option_is_given(invocation, "--password-stdin");
	if (option_is_given(invocation, "--link"))
		return account_print_reset_link(invocation);
	if (is_given)
		error = read_password(invocation->arena, &password);
	if (!error)
		error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (error)
		return error;
	error = find_user(invocation, &actor, &user);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(ERROR_CONFLICT, "nobody logs in as %s: it has no password", invocation->arguments[0]);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (!is_given)
		password = password_generate(invocation->arena);
	error = wake_start(ctl_config(invocation)); /* running servers hear of it at once */
	if (error)
		return error;
	error = store_password(invocation, &user, password);
	wake_stop();
	if (error)
		return error;
	AUTO(buf) struct buf out = { 0 };
	write_reset(invocation, &out, &actor, is_given ? str_from(NULL) : password);
	return ctl_print(&out);
}

static const struct command_option create_options[] = {
	{ "--email", "ADDRESS", "E-mail address to log in with; persons only, who need one.", false },
	{ "--kind", "KIND", "person (default), organization, group or service.", false },
	{ "--display-name", "TEXT", "Name to be shown; default: NAME.", false },
	{ "--role", "ROLE", "member (default), moderator or administrator.", false },
	{ "--locale", "LANGUAGE", "en (default) or fr.", false },
	{ "--password-stdin", NULL, "Takes the password from the first line of standard input.", false },
	{ "--domain", "DOMAIN", "Account domain; default: the primary one.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option password_options[] = {
	{ "--link", NULL, "Prints a link, good once and for an hour, by which its owner chooses a password.", false },
	{ "--password-stdin", NULL, "Takes the password from the first line of standard input.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_account_create = {
	.noun = "account",
	.verb = "create",
	.arguments = "NAME",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Makes a local account",
	.details = "A person logs in with e-mail address and password; without --password-stdin a password is made and written\n"
		"once. Organizations, groups and services have no password: people speak for them.\n"
		"\nExamples:\n"
		"  comptoir account create admin --email admin@fleurs.example --role administrator\n"
		"  comptoir account create fleurs --kind organization --display-name 'Fleurs de Lyon'\n"
		"  pass show marie | comptoir account create marie --email marie@fleurs.example --password-stdin\n",
	.options = create_options,
	.run = run_create,
};

const struct command command_account_list = {
	.noun = "account",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the local accounts",
	.details = "Example:\n  comptoir account list --json\n",
	.run = run_list,
};

const struct command command_account_show = {
	.noun = "account",
	.verb = "show",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows a local account and who logs in as it",
	.details = "Example:\n  comptoir account show marie@fleurs.example\n",
	.run = run_show,
};

const struct command command_account_disable = {
	.noun = "account",
	.verb = "disable",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Ends all use of an account; its posts stay",
	.details = "Example:\n  comptoir account disable marie\n",
	.run = run_disable,
};

const struct command command_account_enable = {
	.noun = "account",
	.verb = "enable",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Allows the use of a disabled account again",
	.details = "Example:\n  comptoir account enable marie\n",
	.run = run_enable,
};

const struct command command_account_reset_password = {
	.noun = "account",
	.verb = "reset-password",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Gives an account a new password and ends its sessions",
	.details = "Without --password-stdin a password is made and written once.\n"
		"\nExample:\n"
		"  comptoir account reset-password marie\n"
		"  comptoir account reset-password marie --link\n",
	.options = password_options,
	.run = run_reset_password,
};
