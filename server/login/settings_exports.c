/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The files that apps get with a token, for people who are signed in. */
#include "server/login/settings_exports.h"

#include "server/login/settings.h"
#include "server/mastodon/exports.h"

#define EXTENSION STR_LITERAL(".csv")

static const struct {
	const char *name;
	enum text text;
} files[] = {
	{ "following", TEXT_FOLLOWING }, { "followers", TEXT_FOLLOWERS }, { "lists", TEXT_EXPORT_LISTS },
	{ "bookmarks", TEXT_EXPORT_BOOKMARKS }, { "blocks", TEXT_EXPORT_BLOCKS }, { "mutes", TEXT_EXPORT_MUTES },
	{ "domain_blocks", TEXT_EXPORT_DOMAIN_BLOCKS },
};

void settings_write_exports(struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	TEMPLATE(out, "<section class=\"panel\" id=\"exports\"><h2>{}</h2>\n<p class=\"note\">{}</p><p>",
		template_text(text_get(language, TEXT_EXPORTS)), template_text(text_get(language, TEXT_EXPORTS_HELP)));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		TEMPLATE(out, "<a class=\"button\" href=\"/settings/exports/{}.csv\">{} · CSV</a> ", template_text(str_from(files[i].name)),
			template_text(text_get(language, files[i].text)));
	TEMPLATE(out, "</p></section>\n");
}

enum error handle_settings_export(struct request *request)
{
	struct visitor visitor;
	enum error error;
	struct str name = request_value(request, 0);
	if (!settings_begin(request, &visitor, &error))
		return error;
	if (!str_ends_with(name, EXTENSION))
		return ERROR_NOT_FOUND;
	return respond_export(request, visitor.actor.id, str_slice(name, 0, name.len - EXTENSION.len));
}
