/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The public timeline of a hashtag as a page. Search engines are asked to leave it: it shows people who do not want to be
 * found there. */
#include "server/web/tag_page.h"

#include "server/app.h"
#include "server/mastodon/tags.h"
#include "server/web/page.h"
#include "server/web/post_list.h"
#include "storage/timeline.h"

#include "base/mutant.h"
#include "base/url.h"

static enum error load(struct request *request, struct str name, int64_t before_id, struct post_list *ret_list)
{
	const struct timeline_tags tags = { .any = &name, .any_count = 1 };
	const struct timeline_options options = { 0 };
	const struct id_page page = { .max_id = before_id, .limit = POST_LIST_PAGE + 1 };
	int64_t *ids;
	size_t count;
	enum error error = timeline_list_tagged(request->db, request->arena, 0, &tags, &options, &page, &ids, &count);
	return error ? error : post_list_load_ids(request, ids, count, POST_VIEW_IN_TIMELINE, ret_list);
}

static enum error respond_page(struct request *request, struct str name, int64_t before_id)
{
	enum language language = page_language(request);
	bool is_open = config_boolean(request->app->config, "instance.public_timelines") || MUTANT("tag_page_open");
	struct str path = arena_printf(request->arena, "/tags/%.*s", STR_ARG(url_encode(request->arena, name)));
	struct post_list list = { 0 };
	enum error error = is_open ? load(request, name, before_id, &list) : ERROR_NONE;
	if (error)
		return error;
	const struct page page = {
		.language = language,
		.title = arena_printf(request->arena, "#%.*s", STR_ARG(name)),
		.description = text_get(language, TEXT_TAG_HELP),
		.canonical = arena_printf(request->arena, "%.*s%.*s", STR_ARG(request->app->base_url), STR_ARG(path)),
		.kind = "website",
	};
	struct buf *out = page_respond(request, 200, &page);
	TEMPLATE(out, "<section class=\"posts\"><h1>#{}</h1>\n<p class=\"lead\">{}</p>\n", template_text(name),
		template_text(text_get(language, is_open ? TEXT_TAG_HELP : TEXT_TIMELINES_CLOSED)));
	post_list_write(request, out, &list, language);
	if (is_open && list.count == 0)
		TEMPLATE(out, "<p class=\"empty\">{}</p>\n", template_text(text_get(language, TEXT_NO_POSTS_YET)));
	post_list_write_ways(request, out, &list, path, before_id == 0, language);
	TEMPLATE(out, "</section>\n");
	page_end(request, out, &page);
	return ERROR_NONE;
}

enum error handle_tag_page(struct request *request)
{
	struct str name = tag_name_of(request->arena, request_value(request, 0));
	int64_t before_id;
	if (name.len && post_list_read_bound(request, &before_id))
		return respond_page(request, name, before_id);
	page_respond_message(request, 404, TEXT_NOT_FOUND_TITLE, TEXT_NOT_FOUND_HELP);
	return ERROR_NONE;
}
