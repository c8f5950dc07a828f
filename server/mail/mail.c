/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the mails say, and the job that sends them. */
#include "server/mail/mail.h"

#include "server/action/email_address.h"
#include "server/app.h"
#include "server/login/sign_up_modes.h"
#include "server/login/visitor.h"
#include "server/mail/smtp.h"
#include "server/web/text.h"
#include "storage/attempt.h"
#include "storage/user_link.h"

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/random.h"

static const struct {
	const char *name;
	enum text subject;
	enum text text;
	const char *path; /* of the page behind the link; NULL: there is no link */
	enum user_link_purpose purpose;
	enum text hint;
} kinds[] = {
	[MAIL_CONFIRM] = { "confirm", TEXT_MAIL_CONFIRM_SUBJECT, TEXT_MAIL_CONFIRM, "/auth/confirm", USER_LINK_CONFIRM,
		TEXT_MAIL_CONFIRM_HINT },
	[MAIL_RESET] = { "reset", TEXT_MAIL_RESET_SUBJECT, TEXT_MAIL_RESET, "/auth/password/reset", USER_LINK_RESET,
		TEXT_MAIL_RESET_HINT },
	[MAIL_EMAIL_CHANGED] = { "email_changed", TEXT_MAIL_EMAIL_CHANGED_SUBJECT, TEXT_MAIL_EMAIL_CHANGED, NULL, USER_LINK_CONFIRM,
		TEXT_MAIL_NOT_YOU },
	[MAIL_PASSWORD_CHANGED] = { "password_changed", TEXT_MAIL_PASSWORD_CHANGED_SUBJECT, TEXT_MAIL_PASSWORD_CHANGED, NULL,
		USER_LINK_CONFIRM, TEXT_MAIL_NOT_YOU },
	[MAIL_APPROVED] = { "approved", TEXT_MAIL_APPROVED_SUBJECT, TEXT_MAIL_APPROVED, NULL, USER_LINK_CONFIRM,
		TEXT_MAIL_APPROVED_HINT },
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static struct str job_key(struct arena *arena, enum mail_kind kind, int64_t user_id)
{
	return arena_printf(arena, "%s:%lld", kinds[kind].name, (long long)user_id);
}

enum error mail_add(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id, struct str email)
{
	AUTO(buf) struct buf payload = { 0 };
	struct json_out json;
	json_out_init(&json, &payload);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "mail", kinds[kind].name);
	json_out_key_int(&json, "user_id", user_id);
	json_out_key_str(&json, "email", email);
	json_out_object_end(&json);
	return job_add(db, arena, STR_LITERAL("mail"), job_key(arena, kind, user_id), buf_str(&payload), 0);
}

enum error mail_forget(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id)
{
	enum error error = job_remove(db, arena, STR_LITERAL("mail"), job_key(arena, kind, user_id));
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error mail_add_counted(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id, struct str email)
{
	bool is_allowed;
	int64_t wait_s;
	enum error error = attempt_take(db, arena, ATTEMPT_MAIL, email_mailbox(arena, email), &is_allowed, &wait_s);
	if (error || !is_allowed)
		return error;
	return mail_add(db, arena, kind, user_id, email);
}

enum error mail_make_link(struct db *db, struct arena *arena, struct str base_url, enum mail_kind kind, int64_t user_id,
	struct str email, struct str *ret_url)
{
	struct str token = random_token(arena, LOGIN_TOKEN_BYTES);
	const struct user_link link = { .token_hash = login_hash(arena, token), .user_id = user_id, .purpose = kinds[kind].purpose,
		.email = email };
	enum error error = user_link_create(db, arena, &link);
	if (error)
		return error;
	*ret_url = arena_printf(arena, "%.*s%s?token=%.*s", STR_ARG(base_url), kinds[kind].path, STR_ARG(token));
	return ERROR_NONE;
}

struct order {
	enum mail_kind kind;
	int64_t user_id;
	struct str email;
};

static bool read_order(struct arena *arena, struct str payload, struct order *ret_order)
{
	json_t *json = NULL;
	bool is_good = false;
	if (json_in_parse(payload, NULL, &json) != ERROR_NONE)
		return false;
	struct str name = json_in_str(json, "mail");
	for (size_t i = 0; i < KIND_COUNT && !is_good; i++) {
		ret_order->kind = (enum mail_kind)i;
		is_good = str_eq(name, str_from(kinds[i].name));
	}
	is_good &= json_in_int64(json, "user_id", &ret_order->user_id);
	ret_order->email = arena_str(arena, json_in_str(json, "email"));
	json_decref(json);
	return is_good && email_is_valid(arena, ret_order->email);
}

static struct str write_text(struct arena *arena, enum language language, enum mail_kind kind, struct str title,
	const struct actor *actor, struct str link)
{
	struct str hello = text_get(language, TEXT_MAIL_HELLO);
	struct str text = text_get(language, kinds[kind].text), hint = text_get(language, kinds[kind].hint);
	return arena_printf(arena, "%.*s @%.*s@%.*s,\n\n%.*s\n\n%.*s%s%.*s\n\n-- \n%.*s\n", STR_ARG(hello), STR_ARG(actor->username),
		STR_ARG(actor->domain), STR_ARG(text), STR_ARG(link), link.len ? "\n\n" : "", STR_ARG(hint), STR_ARG(title));
}

static bool is_wanted(const struct order *order, const struct user *user)
{
	if (user->is_disabled)
		return order->kind == MAIL_EMAIL_CHANGED || order->kind == MAIL_PASSWORD_CHANGED;
	return order->kind != MAIL_CONFIRM || !user->is_confirmed || !str_eq_nocase(user->email, order->email);
}

enum error job_mail_run(struct job_run *run)
{
	struct order order;
	struct user user;
	struct actor actor;
	struct str link = { 0 };
	enum language language = LANGUAGE_ENGLISH;
	const struct app *app = run->app;
	if (!mail_is_possible(app->config) || !read_order(run->arena, run->job->payload, &order))
		return ERROR_GONE;
	enum error error = user_find_by_id(run->db, run->arena, order.user_id, &user);
	if (!error)
		error = actor_find_by_id(run->db, run->arena, user.actor_id, &actor);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
	if (!is_wanted(&order, &user))
		return ERROR_GONE;
	if (kinds[order.kind].path)
		error = mail_make_link(run->db, run->arena, app->base_url, order.kind, user.id, order.email, &link);
	if (error)
		return error;
	if (!language_from_tag(user.locale, &language))
		language = LANGUAGE_ENGLISH;
	struct str title = str_from(config_text(app->config, "instance.title"));
	const struct smtp_mail mail = {
		.to = order.email,
		.subject = text_get(language, kinds[order.kind].subject),
		.text = write_text(run->arena, language, order.kind, title, &actor, link),
		.domain = str_slice(app->authority, 0, str_index_of(app->authority, ':', 0)),
		.sender_name = title,
	};
	return smtp_send(app->config, run->arena, &mail);
}
