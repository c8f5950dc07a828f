/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who this is, how to follow them from anywhere, what they said lately. */
#include "server/web/actor_page.h"

#include "server/web/accept.h"
#include "server/web/actor_document.h"
#include "server/web/actor_lookup.h"
#include "server/web/page.h"
#include "server/web/post_list.h"
#include "storage/timeline.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/mutant.h"

#define SHOWN_FIELDS 12
#define AVATAR_COLOURS 6
#define DESCRIPTION_MAX_BYTES 200

struct str actor_shown_name(const struct actor *actor)
{
	return str_is_empty(actor->display_name) ? actor->username : actor->display_name;
}

enum text actor_kind_text(enum actor_kind kind)
{
	switch (kind) {
	case ACTOR_PERSON:
		break;
	case ACTOR_ORGANIZATION:
		return TEXT_KIND_ORGANIZATION;
	case ACTOR_GROUP:
		return TEXT_KIND_GROUP;
	case ACTOR_SERVICE:
		return TEXT_KIND_SERVICE;
	case ACTOR_APPLICATION:
		return TEXT_KIND_APPLICATION;
	}
	return TEXT_KIND_PERSON;
}

/* The first character of text, whole. */
static struct str first_character(struct str text)
{
	size_t len = text.len ? 1 : 0;

	while (len < text.len && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len++;
	return str_slice(text, 0, len);
}

void actor_write_avatar(struct buf *out, const struct actor *actor, const char *size_class)
{
	unsigned sum = 0;

	if (!str_is_empty(actor->avatar_url)) {
		TEMPLATE(out, "<img class=\"avatar {}\" src=\"{}\" alt=\"\" loading=\"lazy\">", template_text(str_from(size_class)),
			template_url(actor->avatar_url));
		return;
	}
	for (size_t i = 0; i < actor->username.len; i++)
		sum += (unsigned char)actor->username.data[i];
	const char colour[2] = { (char)('0' + sum % AVATAR_COLOURS), '\0' };
	TEMPLATE(out, "<span class=\"avatar {} colour-{}\" aria-hidden=\"true\">{}</span>", template_text(str_from(size_class)),
		template_text(str_from(colour)), template_text(first_character(actor_shown_name(actor))));
}

static struct str handle_of(struct arena *arena, const struct actor *actor)
{
	return arena_printf(arena, "@%.*s@%.*s", STR_ARG(actor->username), STR_ARG(actor->domain));
}

static void write_fields(struct request *request, struct buf *out, const struct actor *actor, enum language language)
{
	json_auto_t *fields = NULL;

	if (str_is_empty(actor->fields_json) ||
		json_in_parse(actor->fields_json, &json_limits_default, &fields) != ERROR_NONE || json_array_size(fields) == 0)
		return;
	TEMPLATE(out, "<dl class=\"fields\" aria-label=\"{}\">\n", template_text(text_get(language, TEXT_DETAILS)));
	for (size_t i = 0; i < json_array_size(fields) && i < SHOWN_FIELDS; i++) {
		const json_t *field = json_array_get(fields, i);
		TEMPLATE(out, "<div><dt>{}</dt><dd>{}</dd></div>\n", template_text(json_in_str(field, "name")),
			template_rich(request->arena, json_in_str(field, "value")));
	}
	TEMPLATE(out, "</dl>\n");
}

static void write_count(struct request *request, struct buf *out, enum language language, int64_t count, enum text one,
	enum text many)
{
	post_view_write_number(request, out, language, count, text_get(language, text_for_count(language, count, one, many)));
}

static void write_profile(struct request *request, struct buf *out, const struct actor *actor, enum language language)
{
	struct str handle = handle_of(request->arena, actor);

	TEMPLATE(out, "<section class=\"profile h-card\">\n");
	if (!str_is_empty(actor->header_url))
		TEMPLATE(out, "<img class=\"banner\" src=\"{}\" alt=\"\">\n", template_url(actor->header_url));
	else
		TEMPLATE(out, "<div class=\"banner\"></div>\n");
	actor_write_avatar(out, actor, "large");
	TEMPLATE(out, "\n<h1 class=\"p-name\">{}</h1>\n<p class=\"handle u-url\">{}</p>\n<p class=\"badges\"><span>{}</span>",
		template_text(actor_shown_name(actor)), template_text(handle),
		template_text(text_get(language, actor_kind_text(actor->kind))));
	if (actor->is_memorial)
		TEMPLATE(out, " <span>{}</span>", template_text(text_get(language, TEXT_MEMORIAL)));
	if (actor->is_locked)
		TEMPLATE(out, " <span>{}</span>", template_text(text_get(language, TEXT_APPROVES_FOLLOWERS)));
	TEMPLATE(out, "</p>\n");
	if (actor->moved_to_uri.data)
		TEMPLATE(out, "<p class=\"moved\">{} <a href=\"{}\" rel=\"me\">{}</a></p>\n",
			template_text(text_get(language, TEXT_MOVED_TO)), template_url(actor->moved_to_uri),
			template_text(actor->moved_to_uri));
	TEMPLATE(out, "<div class=\"bio p-note\">{}</div>\n", template_rich(request->arena, actor->summary_html));
	write_fields(request, out, actor, language);
	TEMPLATE(out, "<dl class=\"numbers\">");
	write_count(request, out, language, actor->posts_count, TEXT_POST, TEXT_POSTS);
	write_count(request, out, language, actor->followers_count, TEXT_FOLLOWER, TEXT_FOLLOWERS);
	post_view_write_number(request, out, language, actor->following_count, text_get(language, TEXT_FOLLOWING));
	TEMPLATE(out, "<div><dt>{}</dt><dd>{}</dd></div></dl>\n</section>\n", template_text(text_get(language, TEXT_SINCE)),
		template_text(text_date(request->arena, language, actor->created_us)));
	TEMPLATE(out, "<aside class=\"follow\"><h2>{}</h2><p>{}</p><p><code>{}</code></p></aside>\n",
		template_text(text_get(language, TEXT_HOW_TO_FOLLOW)), template_text(text_get(language, TEXT_FOLLOW_HELP)),
		template_text(handle));
}

struct said {
	struct post_list pinned, recent;
	int64_t before_id; /* 0: the newest page */
};

static enum error load_pinned(struct request *request, const struct actor *actor, struct post_list *ret_list)
{
	int64_t *ids;
	size_t count;
	enum error error = timeline_list_pinned(request->db, request->arena, 0, actor->id, &ids, &count);
	return error ? error : post_list_load_ids(request, ids, count, POST_VIEW_IN_LIST, ret_list);
}

static enum error load(struct request *request, const struct actor *actor, struct said *said)
{
	const struct post_page wanted = { .actor_id = actor->id, .before_id = said->before_id, .limit = POST_LIST_PAGE + 1 };
	struct post *posts;
	size_t count;
	enum error error = post_list_public(request->db, request->arena, &wanted, &posts, &count);
	if (!error)
		error = post_list_load(request, posts, count, POST_VIEW_IN_LIST, &said->recent);
	if (!error && !said->before_id)
		error = load_pinned(request, actor, &said->pinned);
	return error;
}

static void write_posts(struct request *request, struct buf *out, const struct actor *actor, const struct said *said,
	enum language language)
{
	if (said->pinned.count) {
		TEMPLATE(out, "<section class=\"posts pinned\"><h2>{}</h2>\n", template_text(text_get(language, TEXT_PINNED_POSTS)));
		post_list_write(request, out, &said->pinned, language);
		TEMPLATE(out, "</section>\n");
	}
	TEMPLATE(out, "<section class=\"posts\"><h2>{}</h2>\n",
		template_text(text_get(language, said->before_id ? TEXT_OLDER_POSTS : TEXT_RECENT_POSTS)));
	post_list_write(request, out, &said->recent, language);
	if (said->recent.count == 0)
		TEMPLATE(out, "<p class=\"empty\">{}</p>\n", template_text(text_get(language, TEXT_NO_POSTS_YET)));
	post_list_write_ways(request, out, &said->recent, actor->url, said->before_id == 0, language);
	TEMPLATE(out, "</section>\n");
}

static enum error respond_page(struct request *request, const struct actor *actor)
{
	enum language language = page_language(request);
	struct said said = { 0 };

	if (!post_list_read_bound(request, &said.before_id)) {
		page_respond_message(request, 404, TEXT_NOT_FOUND_TITLE, TEXT_NOT_FOUND_HELP);
		return ERROR_NONE;
	}
	enum error error = load(request, actor, &said);
	if (error)
		return error;
	const struct page page = {
		.language = language,
		.title = arena_printf(request->arena, "%.*s (%.*s)", STR_ARG(actor_shown_name(actor)),
			STR_ARG(handle_of(request->arena, actor))),
		.description = page_excerpt(request->arena, html_text(request->arena, actor->summary_html), DESCRIPTION_MAX_BYTES),
		.canonical = actor->url,
		.activity_url = actor->uri,
		.image_url = actor->avatar_url,
		.kind = "profile",
		/* What moves from page to page is not for an index. */
		.is_indexable = (actor->is_indexable && !said.before_id) || MUTANT("page_noindex"),
	};
	struct buf *out = page_respond(request, 200, &page);
	write_profile(request, out, actor, language);
	write_posts(request, out, actor, &said, language);
	page_end(request, out, &page);
	return ERROR_NONE;
}

enum error handle_actor_page(struct request *request)
{
	struct str handle = request_value(request, 0);
	struct actor actor;

	enum error error = actor_lookup_handle(request, handle, &actor);
	if (accept_prefers_activity(http_request_header(request->http, "Accept"), false)) {
		if (error)
			return error;
		actor_document_respond(request, &actor);
		return ERROR_NONE;
	}
	if (error == ERROR_NOT_FOUND) {
		page_respond_message(request, 404, TEXT_NOT_FOUND_TITLE, TEXT_NOT_FOUND_HELP);
		return ERROR_NONE;
	}
	if (error)
		return error;
	if (actor.is_suspended && !MUTANT("page_suspended")) {
		page_respond_message(request, 410, TEXT_GONE_TITLE, TEXT_GONE_HELP);
		return ERROR_NONE;
	}
	return respond_page(request, &actor);
}
