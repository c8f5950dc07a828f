/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The HTML of a post. Notes and questions are their content. Of an article, page, event, video and the like the content
 * is kept too (its abstract or short form when there is none), then come when and where an event is, what it links to,
 * and the page where it is shown as its author meant it. */
#include "federation/remote_post_fields.h"

#include "federation/remote_text.h"

#include "base/html.h"
#include "base/mutant.h"
#include "base/time_format.h"

#define LINKS_BYTES 16384 /* kept free behind the content, so that long content does not push the links out */

static bool is_plain(struct str content_type)
{
	return str_eq(content_type, STR_LITERAL("text/plain")) || str_eq(content_type, STR_LITERAL("text/markdown")) ||
		str_eq(content_type, STR_LITERAL("text/x.misskeymarkdown"));
}

static bool is_short_form(enum vocab_object_type type)
{
	return type == VOCAB_NOTE || type == VOCAB_QUESTION;
}

/* Not yet cleaned. */
static struct str raw_content(struct arena *arena, const struct vocab_object *object)
{
	if (object->content.len > 0)
		return is_plain(object->content_type) ? remote_text_paragraphs(arena, object->content) : object->content;
	if (object->source.len > 0 && is_plain(object->source_type))
		return remote_text_paragraphs(arena, object->source);
	if (is_short_form(object->type))
		return (struct str){ 0 };
	return object->summary.len > 0 ? object->summary : object->preview;
}

static void add_link(struct buf *out, struct str url)
{
	if (url.len == 0)
		return;
	buf_add_c_string(out, "<p><a href=\"");
	html_escape(out, url);
	buf_add_c_string(out, "\">");
	html_escape(out, url);
	buf_add_c_string(out, "</a></p>");
}

static void add_moment(struct buf *out, struct arena *arena, int64_t time_us)
{
	struct str text = time_iso8601_ms(arena, time_us);
	buf_add_str(out, str_slice(text, 0, 10));
	buf_add_char(out, ' ');
	buf_add_str(out, str_slice(text, 11, 16));
	buf_add_c_string(out, " UTC");
}

/* Without words, which would need a language. */
static void add_event(struct buf *out, struct arena *arena, const struct vocab_object *object)
{
	if (object->start_us == 0 && object->location.len == 0)
		return;
	buf_add_c_string(out, "<p>");
	if (object->start_us != 0)
		add_moment(out, arena, object->start_us);
	if (object->start_us != 0 && object->end_us > object->start_us) {
		buf_add_c_string(out, " \xe2\x80\x93 ");
		add_moment(out, arena, object->end_us);
	}
	if (object->start_us != 0 && object->location.len > 0)
		buf_add_c_string(out, "<br>");
	html_escape(out, object->location);
	buf_add_c_string(out, "</p>");
}

/* What a forum's post is about (Lemmy), and links beside a note, unless the text has them already. */
static void add_linked(struct buf *out, struct str content, const struct vocab_object *object)
{
	for (size_t i = 0; i < object->attachment_count; i++) {
		const struct vocab_attachment *attachment = &object->attachments[i];
		bool is_there = attachment->url.len > 0 && str_index_of_str(content, attachment->url) < content.len;
		if (attachment->kind == VOCAB_MEDIA_LINK && !is_there && !str_eq(attachment->url, object->url))
			add_link(out, attachment->url);
	}
}

struct str remote_post_body(struct arena *arena, const struct vocab_object *object)
{
	struct str raw = raw_content(arena, object);
	if (MUTANT("remote_post_clean"))
		return arena_str(arena, raw);
	struct str content = html_clean(arena, raw, REMOTE_POST_HTML_MAX_BYTES - LINKS_BYTES);
	AUTO(buf) struct buf out = { 0 };
	buf_add_str(&out, content);
	if (object->type == VOCAB_EVENT)
		add_event(&out, arena, object);
	add_linked(&out, content, object);
	if (!is_short_form(object->type))
		add_link(&out, object->url);
	return out.len == content.len ? arena_str(arena, content) : html_clean(arena, buf_str(&out), REMOTE_POST_HTML_MAX_BYTES);
}
