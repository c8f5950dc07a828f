/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever a page or an oEmbed endpoint sends, what is kept of it is text and addresses within the limits of the table. The
 * first line is the Content-Type of the page; behind the first NUL stands the answer of its endpoint. */
#include "server/preview/charset.h"
#include "server/preview/oembed.h"
#include "server/preview/preview_page.h"

#include "base/html_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text, size_t max)
{
	if (!str_is_utf8(text) || str_count_characters(text) > max)
		memory_fatal("a text is no text, or too long");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
			memory_fatal("a text has control characters");
}

static void check_url(struct arena *arena, struct str text)
{
	struct url url;
	if (text.len && (!url_parse(arena, text, &url) || !str_eq(url.text, text)))
		memory_fatal("an address is none");
}

static void check(struct arena *arena, const struct url *page, const struct preview *preview)
{
	struct url embed;
	check_text(preview->title, PREVIEW_TEXT_MAX);
	check_text(preview->description, PREVIEW_DESCRIPTION_MAX);
	check_text(preview->author_name, PREVIEW_TEXT_MAX);
	check_text(preview->provider_name, PREVIEW_TEXT_MAX);
	check_text(preview->image_description, PREVIEW_ALT_MAX);
	check_text(preview->language, PREVIEW_LANGUAGE_MAX);
	check_url(arena, preview->shown_url);
	check_url(arena, preview->author_url);
	check_url(arena, preview->provider_url);
	check_url(arena, preview->image_url);
	check_url(arena, preview->embed_url);
	if (preview->width < 0 || preview->width > PREVIEW_MAX_PIXELS || preview->height < 0 || preview->height > PREVIEW_MAX_PIXELS)
		memory_fatal("a size is none");
	if (preview->kind == PREVIEW_LINK && preview->embed_url.len)
		memory_fatal("a link has a frame");
	if (preview->kind == PREVIEW_VIDEO && (!url_parse(arena, preview->embed_url, &embed) ||
		!str_eq(embed.scheme, STR_LITERAL("https")) || !str_ends_with(embed.host, str_slice(page->host, 4, page->host.len))))
		memory_fatal("a frame of another site");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str input = { (const char *)data, size }, text, urls[4];
	struct url url;
	struct preview_page page;
	if (!url_parse(arena, STR_LITERAL("https://www.video.example/watch/1"), &url))
		return 0;
	size_t line = str_index_of(input, '\n', 0);
	size_t nul = str_index_of(input, '\0', line);
	struct str html = str_slice(input, line, nul);
	size_t count = html_link_list(arena, html, urls, 4);
	for (size_t i = 0; i < count; i++)
		check_url(arena, urls[i]);
	if (!charset_to_utf8(arena, html, str_slice(input, 0, line), &text) || !preview_page_read(arena, &url, text, &page))
		return 0;
	check(arena, &url, &page.preview);
	check_url(arena, page.oembed_url);
	check_text(page.creator, PREVIEW_HANDLE_MAX);
	if (oembed_read(arena, &url, str_slice(input, nul + 1, input.len), &page.preview))
		check(arena, &url, &page.preview);
	return 0;
}
