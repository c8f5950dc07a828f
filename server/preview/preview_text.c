/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Texts are cut before they are copied, so a megabyte of title costs no more than a line. */
#include "server/preview/preview_text.h"

#include "base/buf.h"
#include "base/html_entities.h"

#define MAX_RAW_BYTES ((size_t)16 * 1024)

static bool is_space(const char *character, size_t len)
{
	return (len == 1 && (*character == ' ' || *character == '\t' || *character == '\n' || *character == '\f' || *character == '\r')) ||
		(len == 2 && character[0] == '\xC2' && character[1] == '\xA0');
}

struct str preview_text(struct arena *arena, struct str raw, size_t max_characters, bool has_references)
{
	AUTO(buf) struct buf out = { 0 };
	size_t count = 0;
	bool wants_space = false;
	raw = str_slice(raw, 0, MAX_RAW_BYTES);
	while (raw.len && count < max_characters) {
		char character[UTF8_MAX_BYTES];
		size_t len;
		size_t taken;
		if (raw.data[0] == '&' && !has_references) {
			character[0] = '&';
			len = taken = 1;
		} else {
			taken = html_character_read(raw, false, character, &len);
		}
		raw = str_slice(raw, taken, raw.len);
		if (len == 0)
			continue;
		if (is_space(character, len)) {
			wants_space = out.len > 0;
			continue;
		}
		if (wants_space) {
			if (++count == max_characters)
				break;
			buf_add_char(&out, ' ');
		}
		wants_space = false;
		buf_add(&out, character, len);
		count++;
	}
	return arena_str(arena, str_trim(buf_str(&out)));
}

static bool has_scheme(struct str reference)
{
	size_t colon = str_index_of(reference, ':', 0);
	if (colon == reference.len || colon == 0)
		return false;
	for (size_t i = 0; i < colon; i++) {
		char c = reference.data[i];
		if (c == '/' || c == '?' || c == '#')
			return false;
	}
	return true;
}

/* Pages forget to encode spaces. */
static struct str encode_spaces(struct arena *arena, struct str reference)
{
	if (!str_contains_char(reference, ' '))
		return reference;
	AUTO(buf) struct buf out = { 0 };
	for (size_t i = 0; i < reference.len; i++) {
		if (reference.data[i] == ' ')
			buf_add_c_string(&out, "%20");
		else
			buf_add_char(&out, reference.data[i]);
	}
	return arena_str(arena, buf_str(&out));
}

bool preview_resolve(struct arena *arena, const struct url *base, struct str reference, struct url *ret_url)
{
	reference = str_trim(reference);
	if (reference.len == 0 || reference.len > URL_MAX_BYTES || reference.data[0] == '#')
		return false;
	reference = encode_spaces(arena, reference);
	if (has_scheme(reference))
		return url_parse(arena, reference, ret_url);
	if (str_starts_with(reference, STR_LITERAL("//")))
		return url_parse(arena, arena_printf(arena, "%.*s:%.*s", STR_ARG(base->scheme), STR_ARG(reference)), ret_url);
	struct str path = { "", 0 };
	if (reference.data[0] == '?') {
		path = base->path;
	} else if (reference.data[0] != '/') {
		path = base->path;
		while (path.len && path.data[path.len - 1] != '/')
			path.len--;
	}
	return url_parse(arena, arena_printf(arena, "%.*s://%.*s%.*s%.*s", STR_ARG(base->scheme), STR_ARG(base->authority),
		STR_ARG(path), STR_ARG(reference)), ret_url);
}

bool preview_is_same_site(struct str page_host, struct str other)
{
	static const struct str www = STR("www.");
	struct str site = str_starts_with(page_host, www) ? str_slice(page_host, www.len, page_host.len) : page_host;
	if (str_eq(site, other) || str_eq(page_host, other))
		return true;
	return other.len > site.len && str_ends_with(other, site) && other.data[other.len - site.len - 1] == '.' &&
		str_contains_char(site, '.');
}
