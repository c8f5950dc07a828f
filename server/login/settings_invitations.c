/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations in the settings. */
#include "server/login/settings_invitations.h"

#include "server/action/membership.h"
#include "server/login/settings.h"
#include "server/mastodon/parameters.h"
#include "storage/membership_invitation.h"

static void write_button(struct request *request, struct buf *out, const struct visitor *visitor, int64_t id, const char *verb,
	enum text text, const char *class)
{
	struct str action = arena_printf(request->arena, "/settings/invitations/%lld/%s", (long long)id, verb);
	TEMPLATE(out, "<form method=\"post\" action=\"{}\" class=\"inline\">", template_url(action));
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out, "<button class=\"{}\">{}</button></form>", template_text(str_from(class)),
		template_text(text_get(visitor->language, text)));
}

enum error settings_write_invitations(struct request *request, struct buf *out, const struct visitor *visitor)
{
	struct membership_invitation *all;
	size_t count;
	enum language language = visitor->language;
	enum error error = membership_invitation_list(request->db, request->arena, visitor->user.id, &all, &count);
	if (error || !count)
		return error;
	TEMPLATE(out, "<section class=\"panel\" id=\"organisations\"><h2>{}</h2>\n<p>{}</p><ul class=\"rows\">",
		template_text(text_get(language, TEXT_SETTINGS_ORGANISATIONS)), template_text(text_get(language, TEXT_SETTINGS_INVITED)));
	for (size_t i = 0; i < count; i++) {
		TEMPLATE(out, "<li><span><strong>{}</strong><small>{} · {} {}</small></span>", template_text(all[i].organisation.name),
			template_text(all[i].organisation.slug), template_text(text_get(language, TEXT_SETTINGS_SINCE)),
			template_text(text_date(request->arena, language, all[i].invited_us)));
		write_button(request, out, visitor, all[i].membership_id, "accept", TEXT_SETTINGS_ACCEPT, "primary");
		write_button(request, out, visitor, all[i].membership_id, "decline", TEXT_SETTINGS_DECLINE, "");
		TEMPLATE(out, "</li>\n");
	}
	TEMPLATE(out, "</ul></section>\n");
	return ERROR_NONE;
}

static enum error answer(struct request *request, bool accepts)
{
	struct visitor visitor;
	struct str message;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	error = membership_answer_invitation(request->db, request->arena, visitor.user.id, parameter_path_id(request, 0), accepts,
		AUDIT_WEB, &message);
	if (!error)
		visitor_redirect(request, STR_LITERAL("/settings?done=1"));
	return error;
}

enum error handle_settings_invitation_accept(struct request *request)
{
	return answer(request, true);
}

enum error handle_settings_invitation_decline(struct request *request)
{
	return answer(request, false);
}
