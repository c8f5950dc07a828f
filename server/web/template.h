/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTML from literals with holes: each {} takes the next value, and each value says what it is, so nothing
 * reaches a page unescaped by forgetting.
 *
 *   TEMPLATE(out, "<a href=\"{}\">{}</a>", template_url(actor->url), template_text(actor->display_name)); */
#ifndef COMPTOIR_SERVER_WEB_TEMPLATE_H
#define COMPTOIR_SERVER_WEB_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"

enum template_kind { TEMPLATE_END, TEMPLATE_TEXT, TEMPLATE_URL, TEMPLATE_HTML };

struct template_value {
	enum template_kind kind;
	struct str text;
};

/* Any text, for the body of an element or a quoted attribute. */
struct template_value template_text(struct str text);

/* For href and src: http, https, mailto or a path of this server; anything else becomes "#". */
struct template_value template_url(struct str url);

/* HTML that people wrote, stored clean: cleaned once more, since the rules may have changed. At most 256 KiB. */
struct template_value template_rich(struct arena *arena, struct str html);

/* values end with one of TEMPLATE_END; their number must be that of the holes (an assertion). */
void template_write(struct buf *out, const char *format, const struct template_value *values);

#define TEMPLATE(out, format, ...) \
	template_write((out), "" format, (const struct template_value[]){ __VA_ARGS__ __VA_OPT__(, ) { TEMPLATE_END } })

#endif
