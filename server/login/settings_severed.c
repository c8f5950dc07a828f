/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lost follows in the settings. */
#include "server/login/settings_severed.h"

#include "server/login/settings.h"
#include "server/mastodon/exports.h"
#include "server/mastodon/parameters.h"

#include "storage/severance.h"

#define MAX_SHOWN 40

static const enum text reasons[SEVERANCE_KIND_COUNT] = {
	[SEVERANCE_DOMAIN_BLOCK] = TEXT_SEVERED_DOMAIN_BLOCK,
	[SEVERANCE_USER_DOMAIN_BLOCK] = TEXT_SEVERED_USER_DOMAIN_BLOCK,
	[SEVERANCE_ACCOUNT_SUSPENSION] = TEXT_SEVERED_ACCOUNT_SUSPENSION,
};

static void write_list(struct request *request, struct buf *out, enum language language, const struct severance_loss *loss,
	int64_t count, enum text name, const char *file)
{
	struct str words = arena_printf(request->arena, "%.*s (%.*s)", STR_ARG(text_get(language, name)),
		STR_ARG(text_number(request->arena, language, count)));
	if (!count || loss->is_purged)
		TEMPLATE(out, "{}", template_text(words));
	else
		TEMPLATE(out, "<a href=\"{}\">{}, CSV</a>", template_url(arena_printf(request->arena,
			"/severed_relationships/%lld/%s.csv", (long long)loss->event_id, file)), template_text(words));
}

enum error settings_write_severed(struct request *request, struct buf *out, const struct visitor *visitor)
{
	struct severance_loss *all;
	size_t count;
	enum language language = visitor->language;
	enum error error = severance_list(request->db, request->arena, visitor->actor.id, MAX_SHOWN, &all, &count);
	if (error || !count)
		return error;
	TEMPLATE(out, "<section class=\"panel\" id=\"severed_relationships\"><h2>{}</h2>\n<p class=\"note\">{}</p><ul class=\"rows\">",
		template_text(text_get(language, TEXT_SEVERED)), template_text(text_get(language, TEXT_SEVERED_HELP)));
	for (size_t i = 0; i < count; i++) {
		TEMPLATE(out, "<li><span><strong>{}</strong><small>{} · {}</small><br><small>", template_text(all[i].target),
			template_text(text_get(language, reasons[all[i].kind])),
			template_text(text_date(request->arena, language, all[i].created_us)));
		write_list(request, out, language, &all[i], all[i].followers, TEXT_FOLLOWERS, "followers");
		TEMPLATE(out, " · ");
		write_list(request, out, language, &all[i], all[i].following, TEXT_FOLLOWING, "following");
		TEMPLATE(out, "</small></span></li>\n");
	}
	TEMPLATE(out, "</ul></section>\n");
	return ERROR_NONE;
}

enum error handle_severed_page(struct request *request)
{
	respond_redirect(request, STR_LITERAL("/settings#severed_relationships"));
	return ERROR_NONE;
}

static enum error respond_list(struct request *request, bool of_followers)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	return respond_severed_export(request, visitor.actor.id, parameter_path_id(request, 0), of_followers);
}

enum error handle_severed_following(struct request *request)
{
	return respond_list(request, false);
}

enum error handle_severed_followers(struct request *request)
{
	return respond_list(request, true);
}
