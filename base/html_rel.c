/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links of a page by their relation. What stands in scripts, templates and drawings does not count. */
#include "base/html_rel.h"

#include "base/html_entities.h"
#include "base/html_reader.h"
#include "base/url.h"

#include <string.h>

struct link {
	struct str rel;
	struct str href;
};

static struct str decode(struct arena *arena, struct str value)
{
	AUTO(buf) struct buf out = { 0 };
	html_decode_attribute(&out, str_slice(value, 0, URL_MAX_BYTES));
	return str_trim(arena_str(arena, buf_str(&out)));
}

static struct link read_link(struct arena *arena, struct str attributes)
{
	struct link link = { 0 };
	struct html_attribute attribute;
	while (html_attribute_next(&attributes, &attribute)) {
		if (!link.rel.data && str_eq_nocase(attribute.name, STR_LITERAL("rel")))
			link.rel = decode(arena, attribute.value);
		else if (!link.href.data && str_eq_nocase(attribute.name, STR_LITERAL("href")))
			link.href = decode(arena, attribute.value);
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

static bool is_among(struct arena *arena, struct str href, const struct str *urls, size_t count)
{
	struct url one;
	struct url other;
	if (!url_parse(arena, href, &one))
		return false;
	for (size_t i = 0; i < count; i++)
		if (url_parse(arena, urls[i], &other) && str_eq(one.text, other.text))
			return true;
	return false;
}

bool html_rel_leads_to(struct arena *arena, struct str html, const char *rel, const struct str *urls, size_t count)
{
	struct html_reader reader = { .tokenizer = { .input = html } };
	struct html_token token;
	const struct html_element *element;
	size_t seen = 0;
	while (seen < HTML_REL_MAX_LINKS && html_reader_next(&reader, &token, &element)) {
		bool is_link = token.kind == HTML_START_TAG &&
			(str_eq_nocase(token.name, STR_LITERAL("a")) || str_eq_nocase(token.name, STR_LITERAL("link")));
		if (!is_link)
			continue;
		struct link link = read_link(arena, token.attributes);
		if (!has_word(link.rel, str_from(rel)))
			continue;
		seen++;
		if (is_among(arena, link.href, urls, count))
			return true;
	}
	return false;
}
