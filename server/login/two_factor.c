/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Until its first code has come back, the new secret waits in the form itself, sealed for this user. */
#include "server/login/two_factor.h"

#include "server/action/deed.h"
#include "server/app.h"
#include "server/login/second_factor.h"
#include "server/login/settings.h"
#include "storage/second_factor.h"

#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/random.h"
#include "base/totp.h"
#include "base/url.h"

#include <qrencode.h>

#define SEALED_MAX_BYTES 256
#define QUIET_MODULES 4

static void free_code(QRcode **code)
{
	if (*code)
		QRcode_free(*code);
}

/* One path of squares; numbers only, so nothing in it needs escaping. */
static bool write_picture(struct buf *out, struct arena *arena, struct str uri, enum language language)
{
	__attribute__((cleanup(free_code))) QRcode *code = QRcode_encodeString8bit(arena_c_string(arena, uri), 0, QR_ECLEVEL_M);
	if (!code)
		return false;
	struct str size = arena_printf(arena, "%d", code->width + 2 * QUIET_MODULES);
	TEMPLATE(out, "<p><svg class=\"qr\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><path d=\"", template_text(size),
		template_text(size), template_text(text_get(language, TEXT_TWO_FACTOR_PICTURE)));
	for (int y = 0; y < code->width; y++) {
		for (int x = 0; x < code->width; x++)
			if (code->data[y * code->width + x] & 1)
				buf_add_printf(out, "M%d %dh1v1h-1z", x + QUIET_MODULES, y + QUIET_MODULES);
	}
	TEMPLATE(out, "\"/></svg></p>\n");
	return true;
}

static struct str provisioning_uri(struct request *request, const struct visitor *visitor, struct str secret)
{
	struct arena *arena = request->arena;
	struct str issuer = url_encode(arena, str_from(config_text(request->app->config, "instance.title")));
	struct str account = url_encode(arena, arena_printf(arena, "%.*s@%.*s", STR_ARG(visitor->actor.username),
		STR_ARG(visitor->actor.domain)));
	return arena_printf(arena, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s", STR_ARG(issuer), STR_ARG(account),
		STR_ARG(base32_encode(arena, secret)), STR_ARG(issuer));
}

static struct str context_of(struct request *request, const char *what, const struct visitor *visitor)
{
	return arena_printf(request->arena, "%s:%lld", what, (long long)visitor->user.id);
}

static enum error write_set_up(struct request *request, const struct visitor *visitor, int status, struct str secret,
	const enum text *fault)
{
	enum language language = visitor->language;
	struct str sealed = base64_encode(request->arena, secret_box_seal(request->app->secret_box, request->arena,
		context_of(request, "totp_new", visitor), secret));
	struct page page = { .title = text_get(language, TEXT_TWO_FACTOR) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p>{}</p>\n", template_text(page.title),
		template_text(text_get(language, TEXT_TWO_FACTOR_SCAN)));
	if (fault)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, *fault)));
	if (!write_picture(out, request->arena, provisioning_uri(request, visitor, secret), language))
		return fail(request, ERROR_INTERNAL, "no QR code");
	TEMPLATE(out, "<p class=\"note\">{}: <code class=\"secret\">{}</code></p>\n",
		template_text(text_get(language, TEXT_TWO_FACTOR_SECRET)), template_text(base32_encode(request->arena, secret)));
	TEMPLATE(out, "<form method=\"post\" action=\"/settings/two_factor\" class=\"form\">");
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out,
		"<input type=\"hidden\" name=\"sealed\" value=\"{}\"><label>{}<input name=\"code\" inputmode=\"numeric\""
		" autocomplete=\"one-time-code\" required maxlength=\"10\"></label>"
		"<label>{}<input name=\"current_password\" type=\"password\" autocomplete=\"current-password\" required"
		" maxlength=\"1024\"></label><p class=\"buttons\"><button class=\"primary\">{}</button></p></form></section>\n",
		template_text(sealed), template_text(text_get(language, TEXT_CODE)),
		template_text(text_get(language, TEXT_CURRENT_PASSWORD)), template_text(text_get(language, TEXT_TWO_FACTOR_SET_UP)));
	page_end(request, out, &page);
	return ERROR_NONE;
}

static void write_codes(struct request *request, const struct visitor *visitor, struct str cookie,
	const struct str codes[RECOVERY_CODE_COUNT])
{
	struct page page = { .title = text_get(visitor->language, TEXT_RECOVERY_CODES) };
	struct buf *out = visitor_page(request, visitor, 200, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p>{}</p>\n<ul class=\"codes\">", template_text(page.title),
		template_text(text_get(visitor->language, TEXT_RECOVERY_CODES_HELP)));
	for (size_t i = 0; i < RECOVERY_CODE_COUNT; i++)
		TEMPLATE(out, "<li><code>{}</code></li>", template_text(codes[i]));
	TEMPLATE(out, "</ul><p class=\"buttons\"><a class=\"button\" href=\"/settings\">{}</a></p></section>\n",
		template_text(text_get(visitor->language, TEXT_CONTINUE)));
	page_end(request, out, &page);
	if (cookie.data)
		visitor_set_cookie(request, cookie);
}

enum error handle_two_factor_page(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	if (visitor.user.totp_sealed.data) {
		visitor_redirect(request, STR_LITERAL("/settings"));
		return ERROR_NONE;
	}
	char secret[TOTP_SECRET_BYTES];
	random_bytes(secret, sizeof(secret));
	return write_set_up(request, &visitor, 200, (struct str){ secret, sizeof(secret) }, NULL);
}

struct factor_change {
	int64_t user_id;
	struct str sealed; /* data NULL: the codes alone */
	int64_t step;
	struct str codes[RECOVERY_CODE_COUNT];
	struct str hashes[RECOVERY_CODE_COUNT];
};

static enum error write_factor(struct db *db, struct arena *arena, void *owner)
{
	const struct factor_change *change = owner;
	enum error error = ERROR_NONE;
	if (change->sealed.data)
		error = second_factor_set(db, arena, change->user_id, change->sealed, change->step);
	return error ? error : recovery_code_replace(db, arena, change->user_id, change->hashes, RECOVERY_CODE_COUNT);
}

static enum error read_secret(struct request *request, const struct visitor *visitor, struct str *ret_secret)
{
	struct str sealed, text = form_value(&request->form, "sealed");
	if (!text.len || text.len > SEALED_MAX_BYTES || !base64_decode(request->arena, text, &sealed) ||
	    secret_box_unseal(request->app->secret_box, request->arena, context_of(request, "totp_new", visitor), sealed, ret_secret))
		return ERROR_BAD_REQUEST;
	return ret_secret->len == TOTP_SECRET_BYTES ? ERROR_NONE : ERROR_BAD_REQUEST;
}

static enum error set_up(struct request *request, const struct visitor *visitor, struct str secret, int64_t step)
{
	struct factor_change change = { .user_id = visitor->user.id, .step = step,
		.sealed = secret_box_seal(request->app->secret_box, request->arena, context_of(request, "totp", visitor), secret) };
	struct str cookie;
	recovery_codes_make(request->arena, change.codes, change.hashes);
	enum error error = deed_write(request->db, request->arena, write_factor, &change, ERROR_NONE);
	/* Whoever was in before has not shown the second factor. */
	if (!error)
		error = session_delete_others(request->db, request->arena, visitor->user.id, visitor->session.id);
	if (!error)
		error = visitor_log_in(request, visitor, visitor->user.id, false, &cookie);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "second_factor_set", LOG_INT("user_id", visitor->user.id));
	write_codes(request, visitor, cookie, change.codes);
	return ERROR_NONE;
}

enum error handle_two_factor(struct request *request)
{
	static const enum text wrong_code = TEXT_WRONG_CODE, wrong_password = TEXT_SETTINGS_WRONG_PASSWORD,
			       too_many = TEXT_TOO_MANY_TRIES;
	struct visitor visitor;
	struct str secret;
	int64_t step;
	enum settings_proof proof;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	if (visitor.user.totp_sealed.data) {
		visitor_redirect(request, STR_LITERAL("/settings"));
		return ERROR_NONE;
	}
	error = read_secret(request, &visitor, &secret);
	if (!error)
		error = settings_prove(request, &visitor, (struct str){ 0 }, &proof);
	if (error || proof == PROOF_AWAITED)
		return error;
	if (proof != PROOF_RIGHT)
		return write_set_up(request, &visitor, proof == PROOF_WRONG ? 403 : 429, secret,
			proof == PROOF_WRONG ? &wrong_password : &too_many);
	if (!totp_check(secret, form_value(&request->form, "code"), clock_now_us(), &step))
		return write_set_up(request, &visitor, 422, secret, &wrong_code);
	return set_up(request, &visitor, secret, step);
}

enum error handle_two_factor_codes(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error) ||
	    !settings_is_proven(request, &visitor, (struct str){ 0 }, &error))
		return error;
	if (!visitor.user.totp_sealed.data)
		return ERROR_NOT_FOUND;
	struct factor_change change = { .user_id = visitor.user.id };
	recovery_codes_make(request->arena, change.codes, change.hashes);
	error = deed_write(request->db, request->arena, write_factor, &change, ERROR_NONE);
	if (!error)
		write_codes(request, &visitor, (struct str){ 0 }, change.codes);
	return error;
}

static enum error write_end(struct db *db, struct arena *arena, void *owner)
{
	return second_factor_clear(db, arena, *(const int64_t *)owner);
}

enum error handle_two_factor_end(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error) ||
	    !settings_is_proven(request, &visitor, (struct str){ 0 }, &error))
		return error;
	error = deed_write(request->db, request->arena, write_end, &visitor.user.id, ERROR_NONE);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "second_factor_ended", LOG_INT("user_id", visitor.user.id));
	return settings_renew(request, &visitor);
}
