/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One post on a page. Pictures of other servers are not loaded: the reader's address is nobody's business, and the
 * page's own policy forbids it. */
#include "server/web/post_view.h"

#include "server/app.h"
#include "server/web/actor_page.h"
#include "server/web/template.h"

#include "base/time_format.h"

struct str post_view_author(const struct post *post)
{
	return str_is_empty(post->actor_display_name) ? post->actor_username : post->actor_display_name;
}

void post_view_write_number(struct request *request, struct buf *out, enum language language, int64_t number, struct str label)
{
	TEMPLATE(out, "<div><dt>{}</dt><dd>{}</dd></div>", template_text(label),
		template_text(text_number(request->arena, language, number)));
}

static void write_count(struct request *request, struct buf *out, enum language language, int64_t count, enum text one,
	enum text many)
{
	post_view_write_number(request, out, language, count, text_get(language, text_for_count(language, count, one, many)));
}

static bool is_ours(const struct request *request, struct str url)
{
	struct str base_url = request->app->base_url;
	bool is_below = str_starts_with(url, base_url) && str_starts_with(str_slice(url, base_url.len, url.len), STR_LITERAL("/"));
	return is_below || str_starts_with(url, STR_LITERAL("/"));
}

static void write_author(struct request *request, struct buf *out, const struct post_view *view)
{
	const struct post *post = view->post;
	const struct actor author = {
		.username = post->actor_username, .display_name = post->actor_display_name,
		.avatar_url = is_ours(request, post->actor_avatar_url) ? post->actor_avatar_url : (struct str){ NULL, 0 },
	};

	actor_write_avatar(out, &author, "small");
	TEMPLATE(out, "<span class=\"who\">");
	if (view->place == POST_VIEW_IN_LIST) {
		TEMPLATE(out, "<strong class=\"p-author\">{}</strong> ", template_text(post_view_author(post)));
		return;
	}
	TEMPLATE(out, "<strong class=\"p-author\">{}</strong> <span class=\"address\">@{}@{}</span> ",
		template_text(post_view_author(post)), template_text(post->actor_username), template_text(post->actor_domain));
}

static void write_time(struct request *request, struct buf *out, const struct post *post, enum language language)
{
	TEMPLATE(out, "<a class=\"u-url\" href=\"{}\"><time class=\"dt-published\" datetime=\"{}\">{}</time></a>",
		template_url(post->url), template_text(time_iso8601_ms(request->arena, post->created_us)),
		template_text(text_date(request->arena, language, post->created_us)));
	if (post->edited_us)
		TEMPLATE(out, " <span class=\"edited\">{}</span>", template_text(text_get(language, TEXT_EDITED)));
}

static void write_medium(struct request *request, struct buf *out, const struct post_medium *medium, enum language language)
{
	struct str label = medium->alt.len > 0 ? medium->alt : text_get(language, TEXT_ATTACHMENT);

	if (str_starts_with(medium->media_type, STR_LITERAL("image/")) && is_ours(request, medium->url))
		TEMPLATE(out, "<li><img src=\"{}\" alt=\"{}\" loading=\"lazy\"></li>\n", template_url(medium->url),
			template_text(medium->alt));
	else
		TEMPLATE(out, "<li><a href=\"{}\" rel=\"nofollow noopener noreferrer\">{}</a></li>\n", template_url(medium->url),
			template_text(label));
}

static void write_media(struct request *request, struct buf *out, const struct post_details *details, enum language language)
{
	if (!details || details->medium_count == 0)
		return;
	TEMPLATE(out, "<ul class=\"media\">\n");
	for (size_t i = 0; i < details->medium_count; i++)
		write_medium(request, out, &details->media[i], language);
	TEMPLATE(out, "</ul>\n");
}

static void write_poll(struct request *request, struct buf *out, const struct poll *poll, struct str post_language,
	enum language language)
{
	if (!poll)
		return;
	TEMPLATE(out, "<dl class=\"poll\" aria-label=\"{}\">\n", template_text(text_get(language, TEXT_POLL)));
	bool are_hidden = poll->hides_totals && !poll->closed_us;
	for (size_t i = 0; i < poll->option_count; i++)
		TEMPLATE(out, "<div><dt lang=\"{}\">{}</dt><dd>{}</dd></div>\n", template_text(post_language),
			template_text(poll->options[i].title), template_text(are_hidden ? STR_LITERAL("–") :
			text_number(request->arena, language, poll->options[i].votes)));
	TEMPLATE(out, "</dl>\n<p class=\"poll-state\">{}</p>\n",
		template_text(text_get(language, poll->closed_us ? TEXT_POLL_CLOSED : TEXT_POLL_OPEN)));
}

static void write_quote(struct buf *out, const struct post *post, enum language language)
{
	if (post->quote_state != QUOTE_ACCEPTED || !post->quote_uri.data)
		return;
	TEMPLATE(out, "<p class=\"quote\">{} <a href=\"{}\" rel=\"nofollow noopener noreferrer\">{}</a></p>\n",
		template_text(text_get(language, TEXT_QUOTES)), template_url(post->quote_uri), template_text(post->quote_uri));
}

static void write_body(struct request *request, struct buf *out, const struct post_view *view, enum language language)
{
	const struct post *post = view->post;
	struct str post_language = str_is_empty(post->language) ? language_tag(language) : post->language;

	if (!str_is_empty(post->spoiler_text))
		TEMPLATE(out, "<details><summary class=\"p-summary\">{} · <span lang=\"{}\">{}</span></summary>\n",
			template_text(text_get(language, TEXT_CONTENT_WARNING)), template_text(post_language),
			template_text(post->spoiler_text));
	if (!str_is_empty(post->title))
		TEMPLATE(out, "<h2 class=\"p-name\" lang=\"{}\">{}</h2>\n", template_text(post_language), template_text(post->title));
	TEMPLATE(out, "<div class=\"content e-content\" lang=\"{}\">{}</div>\n", template_text(post_language),
		template_rich(request->arena, post->html));
	write_quote(out, post, language);
	write_poll(request, out, view->poll, post_language, language);
	write_media(request, out, view->details, language);
	if (!str_is_empty(post->spoiler_text))
		TEMPLATE(out, "</details>\n");
}

void post_view_write(struct request *request, struct buf *out, const struct post_view *view, enum language language)
{
	static const char *const classes[] = {
		[POST_VIEW_IN_LIST] = "post", [POST_VIEW_IN_TIMELINE] = "post", [POST_VIEW_IN_THREAD] = "post other", [POST_VIEW_MAIN] = "post main",
	};
	const struct post *post = view->post;

	TEMPLATE(out, "<article class=\"{} h-entry\">\n<header>", template_text(str_from(classes[view->place])));
	write_author(request, out, view);
	write_time(request, out, post, language);
	TEMPLATE(out, "</span></header>\n");
	write_body(request, out, view, language);
	TEMPLATE(out, "<dl class=\"counts\">");
	write_count(request, out, language, post->replies_count, TEXT_REPLY, TEXT_REPLIES);
	write_count(request, out, language, post->boosts_count, TEXT_BOOST, TEXT_BOOSTS);
	write_count(request, out, language, post->favourites_count, TEXT_FAVOURITE, TEXT_FAVOURITES);
	TEMPLATE(out, "</dl>\n</article>\n");
}
