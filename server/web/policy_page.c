/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies as people read them in a browser. */
#include "server/web/policy_page.h"

#include "server/action/policy_text.h"
#include "server/app.h"
#include "server/web/page.h"

static enum error respond_policy(struct request *request, enum policy_kind kind, enum text title, const char *path)
{
	struct policy_text policy;
	enum language language = page_language(request);
	enum error error = policy_text_read(request->arena, request->app->config, kind, language == LANGUAGE_FRENCH, &policy);
	if (error)
		return error;
	const struct page page = {
		.language = language, .title = text_get(language, title), .kind = "website", .is_indexable = true,
		.canonical = arena_printf(request->arena, "%.*s%s", STR_ARG(request->app->base_url), path),
	};
	struct buf *out = page_respond(request, 200, &page);
	TEMPLATE(out, "<section class=\"hero\"><h1>{}</h1></section>\n<section class=\"policy\">{}</section>\n",
		template_text(page.title), template_rich(request->arena, policy.html));
	page_end(request, out, &page);
	return ERROR_NONE;
}

enum error handle_privacy_page(struct request *request)
{
	return respond_policy(request, POLICY_PRIVACY, TEXT_PRIVACY_POLICY, "/privacy-policy");
}

enum error handle_terms_page(struct request *request)
{
	return respond_policy(request, POLICY_TERMS, TEXT_TERMS_OF_SERVICE, "/terms-of-service");
}
