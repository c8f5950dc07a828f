/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Head, header and footer. The style sheet carries the version in its address, so that a new release is seen at
 * once while it is kept for long. */
#include "server/web/page.h"

#include "server/app.h"
#include "server/entity/instance.h"
#include "server/web/accept.h"

static struct str instance_title(const struct request *request)
{
	return str_from(config_text(request->app->config, "instance.title"));
}

enum language page_language(const struct request *request)
{
	const struct str *items;
	enum language main_language = LANGUAGE_ENGLISH;

	/* The first language of the instance that we have texts in. */
	size_t count = config_list(request->app->config, "instance.languages", &items);
	for (size_t i = 0; i < count; i++) {
		if (language_from_tag(items[i], &main_language))
			break;
	}
	return accept_choose_language(http_request_header(request->http, "Accept-Language"), main_language);
}

static void write_metadata(struct request *request, struct buf *out, const struct page *page)
{
	struct str image = page->image_url;

	if (str_is_empty(image))
		image = arena_printf(request->arena, "%.*s/assets/thumbnail.png", STR_ARG(request->app->base_url));
	if (!page->is_indexable)
		TEMPLATE(out, "<meta name=\"robots\" content=\"noindex, noarchive\">\n");
	if (!str_is_empty(page->description))
		TEMPLATE(out, "<meta name=\"description\" content=\"{}\">\n<meta property=\"og:description\" content=\"{}\">\n",
			template_text(page->description), template_text(page->description));
	if (!str_is_empty(page->canonical))
		TEMPLATE(out, "<link rel=\"canonical\" href=\"{}\">\n<meta property=\"og:url\" content=\"{}\">\n",
			template_url(page->canonical), template_url(page->canonical));
	if (!str_is_empty(page->activity_url))
		TEMPLATE(out, "<link rel=\"alternate\" type=\"application/activity+json\" href=\"{}\">\n",
			template_url(page->activity_url));
	TEMPLATE(out,
		"<meta property=\"og:site_name\" content=\"{}\">\n"
		"<meta property=\"og:type\" content=\"{}\">\n"
		"<meta property=\"og:title\" content=\"{}\">\n"
		"<meta property=\"og:image\" content=\"{}\">\n"
		"<meta name=\"twitter:card\" content=\"summary\">\n",
		template_text(instance_title(request)), template_text(str_from(page->kind)), template_text(page->title),
		template_url(image));
}

/* The same for everybody, since public pages are kept: whoever is signed in is led on to their settings. */
static void write_ways_in(struct request *request, struct buf *out, enum language language)
{
	TEMPLATE(out, "<nav><a href=\"/auth/sign_in\">{}</a>", template_text(text_get(language, TEXT_SIGN_IN)));
	if (instance_is_open(request->app->config))
		TEMPLATE(out, " <a href=\"/auth/sign_up\">{}</a>", template_text(text_get(language, TEXT_SIGN_UP)));
	TEMPLATE(out, "</nav>");
}

void page_begin(struct request *request, struct buf *out, const struct page *page)
{
	struct str instance = instance_title(request);
	bool is_home = str_eq(page->title, instance);

	TEMPLATE(out,
		"<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}{}{}</title>\n",
		template_text(language_tag(page->language)), template_text(page->title),
		template_text(str_from(is_home ? "" : " · ")), template_text(is_home ? str_from("") : instance));
	write_metadata(request, out, page);
	TEMPLATE(out,
		"<link rel=\"stylesheet\" href=\"/assets/site.css?v=" COMPTOIR_VERSION "\">\n"
		"<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n"
		"<link rel=\"apple-touch-icon\" href=\"/assets/icon-192.png\">\n"
		"</head>\n<body>\n<a class=\"skip\" href=\"#content\">{}</a>\n"
		"<header class=\"top\"><a class=\"brand\" href=\"/\">"
		"<img src=\"/assets/icon.svg\" alt=\"\" width=\"28\" height=\"28\"><span>{}</span></a>",
		template_text(text_get(page->language, TEXT_SKIP_TO_CONTENT)), template_text(instance));
	if (!str_is_empty(page->canonical))
		write_ways_in(request, out, page->language);
	TEMPLATE(out, "</header>\n<main id=\"content\">\n");
}

void page_end(struct request *request, struct buf *out, const struct page *page)
{
	TEMPLATE(out,
		"</main>\n<footer class=\"bottom\"><nav><a href=\"/\">{}</a> <a href=\"/about\">{}</a></nav>"
		"<p>{} " COMPTOIR_VERSION " · {}</p></footer>\n</body>\n</html>\n",
		template_text(text_get(page->language, TEXT_HOME)), template_text(text_get(page->language, TEXT_ABOUT)),
		template_text(text_get(page->language, TEXT_POWERED_BY)), template_text(request->app->authority));
}

/* Nothing but our own styles and pictures; a page that is opened by another name than base_url still shows
 * those of base_url. */
static void add_headers(struct request *request, const char *form_action)
{
	respond_header(request, "Content-Security-Policy",
		arena_printf(request->arena,
			"default-src 'none'; style-src 'self'; img-src 'self' %.*s; %sbase-uri 'none'; "
			"frame-ancestors 'none'",
			STR_ARG(request->app->base_url), form_action));
	respond_header(request, "Vary", STR_LITERAL("Accept, Accept-Language"));
}

void page_headers(struct request *request)
{
	add_headers(request, "form-action 'self'; ");
}

struct buf *page_respond(struct request *request, int status, const struct page *page)
{
	struct buf *out = respond(request, status, PAGE_CONTENT_TYPE);

	/* Chromium applies form-action to where the answer to a form redirects, which for OAuth is an app. */
	add_headers(request, page->leads_elsewhere ? "" : "form-action 'self'; ");
	page_begin(request, out, page);
	return out;
}

void page_respond_message(struct request *request, int status, enum text title, enum text help)
{
	enum language language = page_language(request);
	const struct page page = { .language = language, .title = text_get(language, title), .kind = "website" };
	struct buf *out = page_respond(request, status, &page);

	TEMPLATE(out, "<section class=\"message\"><h1>{}</h1><p>{}</p><p><a href=\"/\">{}</a></p></section>\n",
		template_text(page.title), template_text(text_get(language, help)),
		template_text(text_get(language, TEXT_BACK_HOME)));
	page_end(request, out, &page);
}

struct str page_excerpt(struct arena *arena, struct str text, size_t max_bytes)
{
	bool is_cut = text.len > max_bytes;
	size_t len = is_cut ? max_bytes : text.len;
	char *copy = arena_alloc(arena, len + 1);

	/* Never in the middle of a character. */
	while (is_cut && len > 0 && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++)
		copy[i] = text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\t' ? ' ' : text.data[i];
	struct str excerpt = str_trim((struct str){ copy, len });
	return is_cut ? arena_printf(arena, "%.*s…", STR_ARG(excerpt)) : excerpt;
}
