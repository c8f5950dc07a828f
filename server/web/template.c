/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Fills the holes of a literal; the only place that puts outside text into our HTML. */
#include "server/web/template.h"

#include "base/html.h"
#include "base/mutant.h"

#include <assert.h>
#include <string.h>

#define RICH_MAX_BYTES ((size_t)256 * 1024)

struct template_value template_text(struct str text)
{
	return (struct template_value){ TEMPLATE_TEXT, text };
}

struct template_value template_url(struct str url)
{
	return (struct template_value){ TEMPLATE_URL, url };
}

struct template_value template_rich(struct arena *arena, struct str html)
{
	return (struct template_value){ TEMPLATE_HTML, html_clean(arena, html, RICH_MAX_BYTES) };
}

static bool is_harmless_url(struct str url)
{
	static const struct str schemes[] = { STR("https://"), STR("http://"), STR("mailto:") };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (url.len > schemes[i].len && str_eq_nocase(str_slice(url, 0, schemes[i].len), schemes[i]))
			return true;
	}
	/* "//host" and "/\host" would leave this server. */
	return url.len > 0 && url.data[0] == '/' && (url.len == 1 || (url.data[1] != '/' && url.data[1] != '\\'));
}

static void write_value(struct buf *out, const struct template_value *value)
{
	switch (value->kind) {
	case TEMPLATE_TEXT:
		if (MUTANT("html_page_escape"))
			buf_add_str(out, value->text);
		else
			html_escape(out, value->text);
		break;
	case TEMPLATE_URL:
		if (is_harmless_url(value->text) || MUTANT("html_page_url"))
			html_escape(out, value->text);
		else
			buf_add_char(out, '#');
		break;
	case TEMPLATE_HTML:
		buf_add_str(out, value->text);
		break;
	case TEMPLATE_END:
		memory_fatal("a template has more holes than values");
		break;
	}
}

void template_write(struct buf *out, const char *format, const struct template_value *values)
{
	const char *hole;

	while ((hole = strstr(format, "{}"))) {
		buf_add(out, format, (size_t)(hole - format));
		write_value(out, values++);
		format = hole + 2;
	}
	buf_add_c_string(out, format);
	assert(values->kind == TEMPLATE_END);
}
