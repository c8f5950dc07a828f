/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links of posts, without those that servers make themselves: of mentions, hashtags and quotes. */
#include "base/html_link.h"

#include "base/html_entities.h"
#include "base/html_reader.h"
#include "base/url.h"

struct link {
	struct str href, rel, classes; /* references not decoded */
};

static struct link read_link(struct str attributes)
{
	struct link link = { 0 };
	struct html_attribute attribute;
	while (html_attribute_next(&attributes, &attribute)) {
		if (!link.href.data && str_eq_nocase(attribute.name, STR_LITERAL("href")))
			link.href = attribute.value;
		else if (!link.rel.data && str_eq_nocase(attribute.name, STR_LITERAL("rel")))
			link.rel = attribute.value;
		else if (!link.classes.data && str_eq_nocase(attribute.name, STR_LITERAL("class")))
			link.classes = attribute.value;
	}
	return link;
}

static bool has_word(struct str text, struct str wanted)
{
	struct str word;
	while (str_split_next(&text, ' ', &word))
		if (str_eq_nocase(word, wanted))
			return true;
	return false;
}

/* rel="tag" is what Pleroma and GNU social write. */
static bool is_reference(const struct link *link)
{
	return has_word(link->classes, STR_LITERAL("mention")) || has_word(link->classes, STR_LITERAL("hashtag")) ||
		has_word(link->rel, STR_LITERAL("tag"));
}

static bool decode(struct arena *arena, struct str href, struct str *ret_url)
{
	AUTO(buf) struct buf out = { 0 };
	struct url url;
	if (href.len > URL_MAX_BYTES)
		return false;
	html_decode_attribute(&out, href);
	if (!url_parse(arena, str_trim(buf_str(&out)), &url))
		return false;
	/* Two places on a page are one page. */
	size_t len = url.fragment.data ? (size_t)(url.fragment.data - url.text.data) - 1 : url.text.len;
	*ret_url = arena_str(arena, str_slice(url.text, 0, len));
	return true;
}

/* Mastodon puts the link of a quote, for servers that know no quotes, into an element of this class. */
static bool opens_quote(const struct html_token *token)
{
	struct link attributes = read_link(token->attributes);
	return has_word(attributes.classes, STR_LITERAL("quote-inline"));
}

size_t html_link_list(struct arena *arena, struct str html, struct str *urls, size_t max)
{
	struct html_reader reader = { .tokenizer = { .input = html } };
	struct html_token token;
	const struct html_element *element;
	const struct html_element *quote = NULL;
	size_t count = 0;
	while (count < max && html_reader_next(&reader, &token, &element)) {
		if (token.kind == HTML_END_TAG && element == quote)
			quote = NULL;
		if (token.kind != HTML_START_TAG || quote)
			continue;
		if (opens_quote(&token)) {
			quote = element;
			continue;
		}
		if (!html_element_is(element, "a"))
			continue;
		struct link link = read_link(token.attributes);
		if (!is_reference(&link) && decode(arena, link.href, &urls[count]))
			count++;
	}
	return count;
}
