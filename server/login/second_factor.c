/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whoever stands between the two steps has a half session, which is good for ten minutes and for this page alone. */
#include "server/login/second_factor.h"

#include "server/app.h"
#include "server/login/sign_in.h"
#include "storage/attempt.h"
#include "storage/second_factor.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/totp.h"

#define RECOVERY_CODE_BYTES 10 /* 16 letters */
#define CODE_MAX_BYTES 64

void recovery_codes_make(struct arena *arena, struct str ret_codes[RECOVERY_CODE_COUNT], struct str ret_hashes[RECOVERY_CODE_COUNT])
{
	for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++) {
		char bytes[RECOVERY_CODE_BYTES];
		random_bytes(bytes, sizeof(bytes));
		struct str code = arena_lower(arena, base32_encode(arena, (struct str){ bytes, sizeof(bytes) }));
		ret_hashes[i] = login_hash(arena, code);
		ret_codes[i] = arena_printf(arena, "%.4s-%.4s-%.4s-%.4s", code.data, code.data + 4, code.data + 8, code.data + 12);
	}
}

/* As it was hashed: without what people put between the letters. */
static struct str plain_code(struct arena *arena, struct str code)
{
	char *text = arena_alloc(arena, code.len + 1);
	size_t len = 0;
	struct str lower = arena_lower(arena, code);
	for (size_t i = 0; i < lower.len; i++)
		if (lower.data[i] != '-' && lower.data[i] != ' ')
			text[len++] = lower.data[i];
	return (struct str){ text, len };
}

static enum error use_code(struct request *request, const struct user *user, struct str code)
{
	struct str secret;
	int64_t step;
	struct str context = arena_printf(request->arena, "totp:%lld", (long long)user->id);
	enum error error = secret_box_unseal(request->app->secret_box, request->arena, context, user->totp_sealed, &secret);
	if (error)
		return error;
	if (totp_check(secret, code, clock_now_us(), &step))
		return second_factor_use_step(request->db, request->arena, user->id, step);
	return recovery_code_use(request->db, request->arena, user->id, login_hash(request->arena, plain_code(request->arena, code)));
}

enum error second_factor_verify(struct request *request, const struct user *user, struct str code,
	enum factor_verdict *ret_verdict)
{
	bool is_allowed;
	int64_t wait_s;
	struct str subject = arena_printf(request->arena, "user %lld", (long long)user->id);
	enum error error = attempt_take(request->db, request->arena, ATTEMPT_SECOND_FACTOR, subject, &is_allowed, &wait_s);
	if (error)
		return error;
	*ret_verdict = is_allowed ? FACTOR_WRONG : FACTOR_TOO_MANY;
	code = str_trim(code);
	if (!is_allowed || !code.len || code.len > CODE_MAX_BYTES)
		return ERROR_NONE;
	error = use_code(request, user, code);
	if (error == ERROR_CONFLICT || error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	if (error)
		return error;
	*ret_verdict = FACTOR_RIGHT;
	return attempt_forget(request->db, request->arena, ATTEMPT_SECOND_FACTOR, subject);
}

static void write_step(struct request *request, const struct visitor *visitor, int status, const enum text *fault)
{
	enum language language = visitor->language;
	const struct form *form = request->form.count ? &request->form : &request->query;
	struct page page = { .title = text_get(language, TEXT_SECOND_FACTOR) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p class=\"note\">{}</p>\n", template_text(page.title),
		template_text(text_get(language, TEXT_SECOND_FACTOR_HELP)));
	if (fault)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, *fault)));
	TEMPLATE(out, "<form method=\"post\" action=\"/auth/second_factor\" class=\"form\">");
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out,
		"<input type=\"hidden\" name=\"next\" value=\"{}\"><label>{}<input name=\"code\" autocomplete=\"one-time-code\""
		" autocapitalize=\"none\" spellcheck=\"false\" required maxlength=\"40\" autofocus></label>"
		"<p class=\"buttons\"><button class=\"primary\">{}</button></p></form></section>\n",
		template_text(login_next(form_value(form, "next"), STR_LITERAL("/settings"))),
		template_text(text_get(language, TEXT_CODE)), template_text(text_get(language, TEXT_CONTINUE)));
	page_end(request, out, &page);
}

enum error handle_second_factor_page(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (visitor.is_half)
		write_step(request, &visitor, 200, NULL);
	else
		visitor_send_to_sign_in(request, form_value(&request->query, "next"));
	return ERROR_NONE;
}

enum error handle_second_factor(struct request *request)
{
	static const enum text wrong = TEXT_WRONG_CODE, too_many = TEXT_TOO_MANY_TRIES;
	struct visitor visitor;
	enum factor_verdict verdict;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!visitor.is_half) {
		visitor_send_to_sign_in(request, form_value(&request->form, "next"));
		return ERROR_NONE;
	}
	if (!visitor_sent_form(request, &visitor)) {
		visitor_message(request, &visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return ERROR_NONE;
	}
	error = second_factor_verify(request, &visitor.user, form_value(&request->form, "code"), &verdict);
	if (error)
		return error;
	switch (verdict) {
	case FACTOR_RIGHT:
		return sign_in_complete(request, &visitor, visitor.user.id, form_value(&request->form, "next"));
	case FACTOR_WRONG:
		write_step(request, &visitor, 401, &wrong);
		break;
	case FACTOR_TOO_MANY:
		write_step(request, &visitor, 429, &too_many);
		break;
	}
	return ERROR_NONE;
}
