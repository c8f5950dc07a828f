/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Values are decoded, judged as a browser would see them, and written anew. The first of two attributes of
 * the same name counts, as in browsers. */
#include "base/html_attributes.h"

#include "base/html.h"
#include "base/html_entities.h"
#include "base/html_tokenizer.h"
#include "base/mutant.h"

#include <string.h>

#define MAX_LINK_BYTES 2048
#define MAX_CLASS_BYTES 64

/* Those of Mastodon: none runs a script or reads a file. */
static const struct str link_schemes[] = { STR("https"), STR("http"), STR("dat"), STR("dweb"), STR("ipfs"),
	STR("ipns"), STR("ssb"), STR("gopher"), STR("xmpp"), STR("magnet"), STR("gemini") };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static struct str trim(struct str value)
{
	while (value.len > 0 && is_space(value.data[0]))
		value = str_slice(value, 1, value.len);
	while (value.len > 0 && is_space(value.data[value.len - 1]))
		value.len--;
	return value;
}

/* The decoded value of the first attribute of that name, in *value. */
static bool read_attribute(struct str attributes, const char *name, struct buf *value)
{
	struct html_attribute attribute;
	while (html_attribute_next(&attributes, &attribute)) {
		if (str_eq_nocase(attribute.name, str_from(name))) {
			html_decode_attribute(value, attribute.value);
			return true;
		}
	}
	return false;
}

static void write_attribute(struct buf *out, const char *name, struct str value)
{
	buf_add_char(out, ' ');
	buf_add_c_string(out, name);
	buf_add_c_string(out, "=\"");
	html_escape(out, value);
	buf_add_char(out, '"');
}

/* "//host..." with a host that nothing before it disguises. */
static bool names_host(struct str after_colon)
{
	if (!str_starts_with(after_colon, STR_LITERAL("//")))
		return false;
	size_t end = 2;
	while (end < after_colon.len && !strchr("/?#", after_colon.data[end]))
		end++;
	struct str authority = str_slice(after_colon, 2, end);
	return authority.len > 0 && (!str_contains_char(authority, '@') || MUTANT("html_link_userinfo"));
}

/* Absolute, of a known scheme, and free of the bytes that browsers read in their own way. */
static bool may_be_followed(struct str link, size_t scheme_count)
{
	if (link.len > MAX_LINK_BYTES)
		return false;
	for (size_t i = 0; i < link.len; i++) {
		if ((unsigned char)link.data[i] < ' ' || link.data[i] == '\\')
			return false;
	}
	struct str scheme = str_slice(link, 0, str_index_of(link, ':', 0));
	struct str after_colon = str_slice(link, scheme.len + 1, link.len);
	for (size_t i = 0; i < scheme_count; i++) {
		if (str_eq_nocase(scheme, link_schemes[i]))
			return i < 2 ? names_host(after_colon) : after_colon.len > 0;
	}
	return MUTANT("html_link_scheme");
}

static bool write_link(struct buf *out, const char *name, struct str attributes, size_t scheme_count)
{
	AUTO(buf) struct buf value = { 0 };
	if (!read_attribute(attributes, name, &value))
		return false;
	struct str link = trim(buf_str(&value));
	if (!may_be_followed(link, scheme_count))
		return false;
	write_attribute(out, name, link);
	return true;
}

/* Mastodon's: mentions, hashtags, shortened links and microformats. */
static bool is_known_class(struct str name)
{
	static const struct str names[] = { STR("mention"), STR("hashtag"), STR("ellipsis"), STR("invisible") };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq(name, names[i]))
			return true;
	}
	static const struct str prefixes[] = { STR("h-"), STR("p-"), STR("u-"), STR("dt-"), STR("e-") };
	bool is_microformat = false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		is_microformat = is_microformat || str_starts_with(name, prefixes[i]);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		bool is_allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			c == '_';
		is_microformat = is_microformat && is_allowed;
	}
	return is_microformat && name.len <= MAX_CLASS_BYTES;
}

static void write_classes(struct buf *out, struct str attributes)
{
	AUTO(buf) struct buf value = { 0 };
	AUTO(buf) struct buf kept = { 0 };
	if (!read_attribute(attributes, "class", &value))
		return;
	struct str classes = buf_str(&value);
	for (size_t start = 0; start < classes.len;) {
		size_t end = start;
		while (end < classes.len && !is_space(classes.data[end]))
			end++;
		struct str name = str_slice(classes, start, end);
		if (name.len > 0 && (is_known_class(name) || MUTANT("html_class"))) {
			if (kept.len > 0)
				buf_add_char(&kept, ' ');
			buf_add_str(&kept, name);
		}
		start = end + 1;
	}
	if (kept.len > 0)
		write_attribute(out, "class", buf_str(&kept));
}

/* Only "no": it keeps names from being translated. */
static void write_translate(struct buf *out, struct str attributes)
{
	AUTO(buf) struct buf value = { 0 };
	if (read_attribute(attributes, "translate", &value) && str_eq_nocase(buf_str(&value), STR_LITERAL("no")))
		write_attribute(out, "translate", STR_LITERAL("no"));
}

static void write_number(struct buf *out, const char *name, struct str attributes)
{
	AUTO(buf) struct buf value = { 0 };
	int64_t number;
	if (!read_attribute(attributes, name, &value) || !str_to_int64(trim(buf_str(&value)), &number) ||
		number < INT32_MIN || number > INT32_MAX)
		return;
	AUTO(buf) struct buf digits = { 0 };
	buf_add_int64(&digits, number);
	write_attribute(out, name, buf_str(&digits));
}

bool html_attributes_write(struct buf *out, const struct html_element *element, struct str attributes)
{
	if (element->treatment == HTML_KEEP_LINK) {
		if (!write_link(out, "href", attributes, sizeof(link_schemes) / sizeof(link_schemes[0])))
			return false;
		write_classes(out, attributes);
		write_translate(out, attributes);
		write_attribute(out, "rel", STR_LITERAL("nofollow noopener noreferrer"));
		write_attribute(out, "target", STR_LITERAL("_blank"));
	} else if (html_element_is(element, "span")) {
		write_classes(out, attributes);
		write_translate(out, attributes);
	} else if (html_element_is(element, "ol")) {
		AUTO(buf) struct buf ignored = { 0 };
		write_number(out, "start", attributes);
		if (read_attribute(attributes, "reversed", &ignored))
			write_attribute(out, "reversed", (struct str){ 0 });
	} else if (html_element_is(element, "li")) {
		write_number(out, "value", attributes);
	} else if (html_element_is(element, "blockquote")) {
		bool ignored = write_link(out, "cite", attributes, 2);
		(void)ignored;
	}
	return true;
}
