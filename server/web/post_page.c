/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A post as people read it: above it what it answers, below it the answers. Pages show what everyone may see. */
#include "server/web/post_page.h"

#include "server/app.h"
#include "server/federation/answer.h"
#include "server/federation/post_routes.h"
#include "server/web/accept.h"
#include "server/web/page.h"
#include "server/web/post_view.h"
#include "storage/post_thread.h"

#include "base/html.h"
#include "base/mutant.h"

#define SHOWN_ABOVE 10
#define SHOWN_BELOW 40
#define TITLE_MAX_BYTES 70
#define DESCRIPTION_MAX_BYTES 200

struct thread {
	struct post *above, *below;
	size_t above_count, below_count;
	struct post_details details;
	struct poll poll;
};

static enum error load(struct request *request, const struct post *post, struct thread *ret_thread)
{
	enum error error = post_load_details(request->db, request->arena, post->id, &ret_thread->details);
	if (!error && post->kind == POST_QUESTION)
		error = poll_find(request->db, request->arena, post->id, &ret_thread->poll);
	if (!error)
		error = post_thread_ancestors(request->db, request->arena, 0, post->id, SHOWN_ABOVE, &ret_thread->above,
			&ret_thread->above_count);
	if (!error)
		error = post_thread_descendants(request->db, request->arena, 0, post->id, SHOWN_BELOW, &ret_thread->below,
			&ret_thread->below_count);
	return error;
}

/* What stands under a warning is not told to those who only see the preview. */
static struct str summary_of(struct request *request, const struct post *post)
{
	if (post->spoiler_text.len > 0)
		return post->spoiler_text;
	return html_text(request->arena, post->html);
}

static struct str picture_of(const struct request *request, const struct post *post, const struct post_details *details)
{
	for (size_t i = 0; i < details->medium_count && !post->is_sensitive; i++) {
		if (str_starts_with(details->media[i].media_type, STR_LITERAL("image/")) &&
			str_starts_with(details->media[i].url, request->app->base_url))
			return details->media[i].url;
	}
	return post->actor_avatar_url;
}

static void write_others(struct request *request, struct buf *out, const struct post *posts, size_t count,
	enum language language)
{
	for (size_t i = 0; i < count; i++)
		post_view_write(request, out, &(struct post_view){ .post = &posts[i], .place = POST_VIEW_IN_THREAD }, language);
}

static void write_thread(struct request *request, struct buf *out, const struct actor *actor, const struct post *post,
	const struct thread *thread, enum language language)
{
	const struct post_view view = {
		.post = post, .place = POST_VIEW_MAIN, .details = &thread->details,
		.poll = post->kind == POST_QUESTION ? &thread->poll : NULL,
	};

	TEMPLATE(out, "<section class=\"thread\">\n<h1 class=\"quiet\">{} <a href=\"{}\">{}</a></h1>\n",
		template_text(text_get(language, TEXT_POST_BY)), template_url(actor->url), template_text(post_view_author(post)));
	write_others(request, out, thread->above, thread->above_count, language);
	post_view_write(request, out, &view, language);
	TEMPLATE(out, "</section>\n");
	if (thread->below_count > 0) {
		TEMPLATE(out, "<section class=\"answers\"><h2>{}</h2>\n", template_text(text_get(language, TEXT_REPLIES)));
		write_others(request, out, thread->below, thread->below_count, language);
		TEMPLATE(out, "</section>\n");
	}
	TEMPLATE(out, "<aside class=\"follow\"><h2>{}</h2><p>{}</p><p><code>{}</code></p></aside>\n",
		template_text(text_get(language, TEXT_INTERACT_TITLE)), template_text(text_get(language, TEXT_INTERACT_HELP)),
		template_text(post->url));
}

static enum error respond_page(struct request *request, const struct actor *actor, const struct post *post)
{
	enum language language = page_language(request);
	struct thread thread = { 0 };

	enum error error = load(request, post, &thread);
	if (error)
		return error;
	struct str summary = summary_of(request, post);
	const struct page page = {
		.language = language,
		.title = arena_printf(request->arena, "%.*s: %.*s", STR_ARG(post_view_author(post)),
			STR_ARG(page_excerpt(request->arena, summary, TITLE_MAX_BYTES))),
		.description = page_excerpt(request->arena, summary, DESCRIPTION_MAX_BYTES),
		.canonical = post->url,
		.activity_url = post->uri,
		.image_url = picture_of(request, post, &thread.details),
		.kind = "article",
		.is_indexable = actor->is_indexable && (post->visibility == POST_PUBLIC || MUTANT("post_page_noindex")),
	};
	struct buf *out = page_respond(request, 200, &page);
	write_thread(request, out, actor, post, &thread, language);
	page_end(request, out, &page);
	return ERROR_NONE;
}

enum error handle_post_page(struct request *request)
{
	struct ask ask = { 0 };

	if (accept_prefers_activity(http_request_header(request->http, "Accept"), false))
		return handle_post_document(request);
	enum error error = ask_open_post(request, &ask);
	if (error == ERROR_NOT_FOUND) {
		page_respond_message(request, 404, TEXT_NOT_FOUND_TITLE, TEXT_NOT_FOUND_HELP);
		return ERROR_NONE;
	}
	if (error)
		return error;
	if (ask.gone_uri.data) {
		page_respond_message(request, 410, TEXT_POST_GONE_TITLE, TEXT_POST_GONE_HELP);
		return ERROR_NONE;
	}
	return respond_page(request, &ask.actor, &ask.post);
}
