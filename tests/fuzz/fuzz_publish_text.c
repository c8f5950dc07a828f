/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any text renders, or is refused; what renders holds no markup but ours. */
#include "server/action/publish_text.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool find_mention(void *owner, struct str username, struct str domain, struct text_mention *ret_mention)
{
	(void)owner;
	*ret_mention = (struct text_mention){ (int64_t)username.len, STR("https://a.example/@b") };
	return domain.len % 2 == 0;
}

static bool is_ours(struct str html, size_t at)
{
	static const struct str tags[] = { STR("<p>"), STR("</p>"), STR("<br>"), STR("<a href=\"http"), STR("</a>"), STR("<span>"),
		STR("</span>"), STR("<span class=\"invisible\">"), STR("<span class=\"ellipsis\">"), STR("<span class=\"h-card\">") };
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (str_starts_with(str_slice(html, at, html.len), tags[i]))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(32 * 1024 * 1024);
	const struct publish_text_options options = { STR("https://a.example"), find_mention, NULL };
	struct rendered_text rendered;
	if (publish_text_render(arena, (struct str){ (const char *)data, size }, &options, &rendered))
		return 0;
	for (size_t at = 0; at < rendered.html.len; at++)
		assert(rendered.html.data[at] != '<' || is_ours(rendered.html, at));
	assert(str_is_utf8(rendered.html) && rendered.characters <= size * 12);
	return 0;
}
