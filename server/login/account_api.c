/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Faults are told twice, as Mastodon does: one sentence, and words for each field. */
#include "server/login/account_api.h"

#include "server/action/email_address.h"
#include "server/action/sign_up.h"
#include "server/http/password_work.h"
#include "server/login/oauth_token.h"
#include "server/login/scope.h"
#include "server/login/sign_up_modes.h"
#include "server/login/visitor.h"
#include "server/mail/mail.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"
#include "storage/user.h"

#include "base/random.h"

static const struct {
	const char *name;
	const char *label;
} fields[] = {
	[SIGN_UP_USERNAME] = { "username", "Username" },
	[SIGN_UP_EMAIL] = { "email", "Email" },
	[SIGN_UP_PASSWORD] = { "password", "Password" },
	[SIGN_UP_AGREEMENT] = { "agreement", "Service agreement" },
	[SIGN_UP_REASON] = { "reason", "Reason" },
	[SIGN_UP_INVITATION] = { "invite_code", "Invitation" },
};

static const struct {
	const char *code;
	const char *description;
} kinds[] = {
	[FAULT_BLANK] = { "ERR_BLANK", "can't be blank" },
	[FAULT_INVALID] = { "ERR_INVALID", "is invalid" },
	[FAULT_TAKEN] = { "ERR_TAKEN", "has already been taken" },
	[FAULT_RESERVED] = { "ERR_RESERVED", "is reserved" },
	[FAULT_TOO_LONG] = { "ERR_TOO_LONG", "is too long" },
	[FAULT_TOO_SHORT] = { "ERR_TOO_SHORT", "is too short (minimum is 8 characters)" },
	[FAULT_BLOCKED] = { "ERR_BLOCKED", "contains a disallowed e-mail provider" },
	[FAULT_ACCEPTED] = { "ERR_ACCEPTED", "must be accepted" },
};

/* Each field has at most one fault. */
static void respond_faults(struct request *request, const struct sign_up_fault *faults, size_t count)
{
	struct str sentence = STR_LITERAL("Validation failed: ");
	for (size_t i = 0; i < count; i++)
		sentence = arena_printf(request->arena, "%.*s%s%s %s", STR_ARG(sentence), i ? ", " : "", fields[faults[i].field].label,
			kinds[faults[i].kind].description);
	struct json_out *json = respond_json(request, 422);
	json_out_object_begin(json);
	json_out_key_str(json, "error", sentence);
	json_out_key_object_begin(json, "details");
	for (size_t i = 0; i < count; i++) {
		json_out_key_array_begin(json, fields[faults[i].field].name);
		json_out_object_begin(json);
		json_out_key_c_string(json, "error", kinds[faults[i].kind].code);
		json_out_key_c_string(json, "description", kinds[faults[i].kind].description);
		json_out_object_end(json);
		json_out_array_end(json);
	}
	json_out_object_end(json);
	json_out_object_end(json);
}

static enum error respond_token(struct request *request, const struct account_created *created)
{
	struct str token = random_token(request->arena, LOGIN_TOKEN_BYTES);
	/* Nobody is staff yet, and who becomes it later has not let this app administer. */
	struct str scopes = scope_without_admin(request->arena, request->access.scopes);
	const struct oauth_token made = { .id = id_new(), .token_hash = login_hash(request->arena, token),
		.application_id = request->access.application_id, .user_id = created->user_id, .actor_id = created->actor_id,
		.scopes = scopes };
	enum error error = oauth_token_create(request->db, request->arena, &made);
	if (!error)
		oauth_token_respond(request, token, made.scopes, id_time_us(made.id));
	return error;
}

enum error handle_account_create(struct request *request)
{
	struct sign_up_fault faults[SIGN_UP_MAX_FAULTS];
	struct account_created created;
	size_t fault_count;
	const struct sign_up wish = {
		.username = parameter_text(request, "username"),
		.email = str_trim(parameter_text(request, "email")),
		.password = parameter_text(request, "password"),
		.locale = parameter_text(request, "locale"),
		.reason = parameter_text(request, "reason"),
		.invitation = str_trim(parameter_text(request, "invite_code")),
		.has_agreed = parameter_bool(request, "agreement", false),
	};
	enum error error = sign_up_check(request->db, request->arena, request->app, &wish, faults, &fault_count);
	if (error)
		return error;
	if (fault_count) {
		respond_faults(request, faults, fault_count);
		return ERROR_NONE;
	}
	if (!request->password_outcome) {
		request_await_password(request, &(struct password_question){ .wanted = wish.password });
		return ERROR_NONE;
	}
	if (request->password_outcome->error)
		return request->password_outcome->error;
	error = sign_up_do(request->db, request->arena, request->app, &wish, request->password_outcome->hash, &created);
	if (error == ERROR_CONFLICT || error == ERROR_GONE) {
		faults[0] = (struct sign_up_fault){ error == ERROR_GONE ? SIGN_UP_INVITATION : SIGN_UP_USERNAME,
			error == ERROR_GONE ? FAULT_INVALID : FAULT_TAKEN };
		respond_faults(request, faults, 1);
		return ERROR_NONE;
	}
	return error ? error : respond_token(request, &created);
}

enum error handle_email_confirmation(struct request *request)
{
	struct user user;
	struct str email = str_trim(parameter_text(request, "email"));
	enum error error = user_find_by_id(request->db, request->arena, request->access.user_id, &user);
	if (error)
		return error;
	if (user.is_confirmed) {
		request->error_message = STR_LITERAL("This method is only available while the e-mail is awaiting confirmation");
		return ERROR_FORBIDDEN;
	}
	if (email.len && !email_is_valid(request->arena, email))
		return refuse(request, "Validation failed: Email is invalid");
	if (email.len && !str_eq(email, user.email)) {
		bool is_welcome;
		error = email_is_welcome(request->db, request->arena, email, &is_welcome);
		if (error)
			return error;
		if (!is_welcome)
			return refuse(request, "Validation failed: Email contains a disallowed e-mail provider");
		error = user_change_unconfirmed_email(request->db, request->arena, user.id, email);
		if (error == ERROR_CONFLICT)
			return refuse(request, "Validation failed: Email has already been taken");
		user.email = email;
	}
	if (!error && mail_is_possible(request->app->config))
		error = mail_add_counted(request->db, request->arena, MAIL_CONFIRM, user.id, user.email);
	return error ? error : respond_empty_object(request);
}

enum error handle_email_check_confirmation(struct request *request)
{
	struct user user;
	enum error error = user_find_by_id(request->db, request->arena, request->access.user_id, &user);
	if (error)
		return error;
	json_out_bool(respond_json(request, 200), user.is_confirmed);
	return ERROR_NONE;
}
