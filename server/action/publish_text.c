/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One pass over the text, character by character. Only at the start of a word may a link, a mention or a
 * hashtag begin; what none of them takes is escaped as it stands. */
#include "server/action/publish_text.h"

#include "base/hashtag.h"
#include "base/html.h"
#include "base/mutant.h"
#include "base/url.h"
#include "storage/post.h"

#include <cmark.h>
#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>

#define MAX_HASHTAG_BYTES 300
#define MARKDOWN_MAX_HTML_BYTES ((size_t)200 * 1024)
#define MAX_USERNAME_BYTES 64
#define MAX_DOMAIN_BYTES 260
#define SHOWN_LINK_CHARACTERS 30
#define MAX_LINKS_TRIED 300 /* what begins like a link, is one or not: bounds lookups and memory; then all is text */

struct renderer {
	struct arena *arena;
	const struct publish_text_options *options;
	struct buf html;
	struct buf counted; /* the text as its characters are counted */
	int64_t *mentioned_actor_ids;
	size_t mention_count;
	struct str *tags;
	size_t tag_count;
	unsigned links_tried;
};

/* The character at pos; *ret_len gets its bytes. The text is known to be UTF-8. */
static ucs4_t character_at(struct str text, size_t pos, size_t *ret_len)
{
	ucs4_t character = 0;
	*ret_len = (size_t)u8_mbtouc(&character, (const uint8_t *)text.data + pos, text.len - pos);
	return character;
}

static bool is_ascii_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_word(ucs4_t character)
{
	return character == '_' || uc_is_property_alphabetic(character) ||
		uc_is_general_category_withtable(character, UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M);
}

/* After these no link begins: the rest of a word, of an address or of a path. */
static bool ends_word(ucs4_t previous)
{
	return !is_word(previous) && previous != '/' && previous != '@' && previous != '#' && previous != '&' &&
		previous != '.' && previous != '-';
}

static void add_escaped(struct buf *out, struct str text)
{
	if (MUTANT("publish_escape"))
		buf_add_str(out, text);
	else
		html_escape(out, text);
}

static bool is_control(ucs4_t character)
{
	return (character < 0x20 && character != '\n' && character != '\t') || (character >= 0x7f && character < 0xa0);
}

static enum error normalise(struct arena *arena, struct str text, struct str *ret_text)
{
	if (text.len > PUBLISH_TEXT_MAX_BYTES)
		return ERROR_CONTENT_TOO_LARGE;
	if (!str_is_utf8(text) || str_contains_char(text, '\0'))
		return ERROR_BAD_REQUEST;
	AUTO(buf) struct buf out = { 0 };
	size_t len = 0;
	for (size_t pos = 0; pos < text.len; pos += len) {
		ucs4_t character = character_at(text, pos, &len);
		if (character == '\r') {
			bool is_pair = pos + 1 < text.len && text.data[pos + 1] == '\n';
			if (!is_pair)
				buf_add_char(&out, '\n');
		} else if (!is_control(character)) {
			buf_add(&out, text.data + pos, len);
		}
	}
	*ret_text = arena_str(arena, buf_str(&out));
	return ERROR_NONE;
}

/* u8_grapheme_breaks and not u8_grapheme_next: the latter sees two characters at a time and takes a family
 * of emoji for several. */
static size_t characters_in(struct arena *arena, struct str text)
{
	size_t count = 0;
	char *is_start = arena_alloc(arena, text.len + 1);
	if (text.len > 0)
		u8_grapheme_breaks((const uint8_t *)text.data, text.len, is_start);
	for (size_t i = 0; i < text.len; i++)
		count += is_start[i] != 0;
	return count;
}

/* How far a URL goes: to a space, a quote or an angle bracket, without the punctuation that ends a sentence
 * and without a closing bracket that it did not open. */
static size_t url_extent(struct str text)
{
	size_t end = 0;
	size_t opened = 0;
	size_t closed = 0;
	size_t len = 0;
	for (; end < text.len && end <= URL_MAX_BYTES; end += len) {
		ucs4_t character = character_at(text, end, &len);
		if (character <= ' ' || character == '<' || character == '>' || character == '"' || character == '`' ||
			uc_is_property_white_space(character))
			break;
		opened += character == '(';
		closed += character == ')';
	}
	for (; end > 0; end--) {
		char last = text.data[end - 1];
		if (last == ')' && closed > opened)
			closed--;
		else if (!last || !strchr(".,;:!?'*_~", last))
			break;
	}
	return end;
}

/* The whole address stays in the text for copying and for screen readers; the page hides what is too long.
 * What is shown is the canonical address, so that it never says another host than the link goes to. */
static void write_link(struct renderer *renderer, const struct url *url)
{
	struct buf *html = &renderer->html;
	size_t scheme = url->scheme.len + 3;
	size_t shown = scheme;
	size_t len = 0;
	for (size_t count = 0; shown < url->text.len && count < SHOWN_LINK_CHARACTERS; count++, shown += len)
		(void)character_at(url->text, shown, &len);
	bool is_cut = shown < url->text.len;
	buf_add_c_string(html, "<a href=\"");
	html_escape(html, url->text);
	buf_add_c_string(html, "\" rel=\"nofollow noopener noreferrer\" target=\"_blank\"><span class=\"invisible\">");
	html_escape(html, str_slice(url->text, 0, scheme));
	buf_add_c_string(html, is_cut ? "</span><span class=\"ellipsis\">" : "</span><span>");
	html_escape(html, str_slice(url->text, scheme, shown));
	buf_add_c_string(html, "</span>");
	if (is_cut) {
		buf_add_c_string(html, "<span class=\"invisible\">");
		html_escape(html, str_slice(url->text, shown, url->text.len));
		buf_add_c_string(html, "</span>");
	}
	buf_add_c_string(html, "</a>");
}

/* Each of these takes what begins at the start of text and returns its bytes, or 0 when it is none. */
static size_t take_url(struct renderer *renderer, struct str text)
{
	if (!str_eq_nocase(str_slice(text, 0, 7), STR_LITERAL("http://")) &&
		!str_eq_nocase(str_slice(text, 0, 8), STR_LITERAL("https://")))
		return 0;
	renderer->links_tried++;
	size_t extent = url_extent(text);
	struct url url;
	if (!url_parse(renderer->arena, str_slice(text, 0, extent), &url))
		return 0;
	write_link(renderer, &url);
	for (int i = 0; i < PUBLISH_TEXT_URL_CHARACTERS; i++)
		buf_add_char(&renderer->counted, 'x');
	return extent;
}

static size_t domain_extent(struct str text)
{
	size_t end = 0;
	while (end < text.len && end <= MAX_DOMAIN_BYTES &&
		(is_ascii_word(text.data[end]) || text.data[end] == '.' || text.data[end] == '-' || (text.data[end] & 0x80)))
		end++;
	while (end > 0 && (text.data[end - 1] == '.' || text.data[end - 1] == '-'))
		end--;
	/* A port is part of an account's domain in development only, where it is digits after a colon. */
	size_t port = end;
	if (end > 0 && port + 1 < text.len && text.data[port] == ':')
		for (port++; port < text.len && port - end <= 5 && text.data[port] >= '0' && text.data[port] <= '9';)
			port++;
	return port > end + 1 ? port : end;
}

static void note_mention(struct renderer *renderer, int64_t actor_id)
{
	for (size_t i = 0; i < renderer->mention_count; i++)
		if (renderer->mentioned_actor_ids[i] == actor_id)
			return;
	renderer->mentioned_actor_ids[renderer->mention_count++] = actor_id;
}

static size_t username_extent(struct str text)
{
	size_t end = 0;
	while (end < text.len && end < MAX_USERNAME_BYTES &&
		(is_ascii_word(text.data[end]) || text.data[end] == '.' || text.data[end] == '-'))
		end++;
	while (end > 0 && !is_ascii_word(text.data[end - 1]))
		end--;
	return end > 0 && is_ascii_word(text.data[0]) ? end : 0;
}

static size_t take_mention(struct renderer *renderer, struct str text)
{
	size_t end = 1 + username_extent(str_slice(text, 1, text.len));
	struct str username = str_slice(text, 1, end);
	struct str domain = { "", 0 };
	if (end < text.len && text.data[end] == '@') {
		domain = str_slice(text, end + 1, end + 1 + domain_extent(str_slice(text, end + 1, text.len)));
		end = domain.len ? end + 1 + domain.len : end;
	}
	struct text_mention mention;
	renderer->links_tried++;
	if (str_is_empty(username) || !renderer->options->find_mention || renderer->mention_count >= POST_MAX_MENTIONS ||
		!renderer->options->find_mention(renderer->options->owner, username, domain, &mention))
		return 0;
	note_mention(renderer, mention.actor_id);
	buf_add_c_string(&renderer->html, "<span class=\"h-card\"><a href=\"");
	html_escape(&renderer->html, mention.url);
	buf_add_c_string(&renderer->html, "\" class=\"u-url mention\">@<span>");
	html_escape(&renderer->html, username);
	buf_add_c_string(&renderer->html, "</span></a></span>");
	buf_add_char(&renderer->counted, '@');
	buf_add_str(&renderer->counted, username);
	return end;
}

static void note_tag(struct renderer *renderer, struct str key)
{
	for (size_t i = 0; i < renderer->tag_count; i++)
		if (str_eq(renderer->tags[i], key))
			return;
	if (renderer->tag_count < POST_MAX_TAGS)
		renderer->tags[renderer->tag_count++] = key;
}

static size_t take_hashtag(struct renderer *renderer, struct str text)
{
	size_t end = 1;
	size_t len = 0;
	renderer->links_tried++;
	bool has_letter = false;
	for (; end < text.len && end <= MAX_HASHTAG_BYTES / 4; end += len) {
		ucs4_t character = character_at(text, end, &len);
		if (!is_word(character) && !(end > 1 && (character == 0xb7 || character == 0x200c)))
			break;
		has_letter = has_letter || (character != '_' && uc_is_property_alphabetic(character));
	}
	struct str name = str_slice(text, 1, end);
	struct str key = has_letter ? hashtag_key(renderer->arena, name) : (struct str){ 0 };
	if (str_is_empty(key))
		return 0;
	note_tag(renderer, key);
	buf_add_c_string(&renderer->html, "<a href=\"");
	html_escape(&renderer->html, renderer->options->base_url);
	buf_add_c_string(&renderer->html, "/tags/");
	html_escape(&renderer->html, url_encode(renderer->arena, key));
	buf_add_c_string(&renderer->html, "\" class=\"mention hashtag\" rel=\"tag\">#<span>");
	html_escape(&renderer->html, name);
	buf_add_c_string(&renderer->html, "</span></a>");
	buf_add_str(&renderer->counted, str_slice(text, 0, end));
	return end;
}

static size_t take_link(struct renderer *renderer, struct str text, ucs4_t previous)
{
	if (!strchr("hH@#", text.data[0]) || !ends_word(previous))
		return 0;
	if (renderer->links_tried >= MAX_LINKS_TRIED && !MUTANT("publish_links"))
		return 0;
	switch (text.data[0]) {
	case 'h':
	case 'H':
		return take_url(renderer, text);
	case '@':
		return take_mention(renderer, text);
	case '#':
		return take_hashtag(renderer, text);
	default:
		return 0;
	}
}

static void render_paragraph(struct renderer *renderer, struct str text)
{
	ucs4_t previous = ' ';
	size_t step = 0;
	buf_add_c_string(&renderer->html, "<p>");
	for (size_t pos = 0; pos < text.len; pos += step) {
		step = take_link(renderer, str_slice(text, pos, text.len), previous);
		if (step > 0) {
			previous = 'x';
			continue;
		}
		previous = character_at(text, pos, &step);
		if (previous == '\n')
			buf_add_c_string(&renderer->html, "<br>");
		else
			add_escaped(&renderer->html, str_slice(text, pos, pos + step));
		buf_add_str(&renderer->counted, str_slice(text, pos, pos + step));
	}
	buf_add_c_string(&renderer->html, "</p>");
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Paragraphs are parted by lines with nothing but blanks on them. */
static void render_all(struct renderer *renderer, struct str text)
{
	size_t begin = 0;
	while (begin < text.len) {
		size_t end = begin;
		size_t next = begin;
		while (end < text.len) {
			end = str_index_of(text, '\n', end);
			next = end;
			size_t line_ends = 0;
			while (next < text.len && is_blank(text.data[next]))
				line_ends += text.data[next++] == '\n';
			if (line_ends != 1)
				break;
			end = next;
		}
		struct str paragraph = str_slice(text, begin, end);
		if (!str_is_empty(str_trim(paragraph)))
			render_paragraph(renderer, paragraph);
		if (next < text.len)
			buf_add_c_string(&renderer->counted, "\n\n");
		begin = next > begin ? next : text.len;
	}
}

static struct str trim_blank_lines(struct str text)
{
	while (text.len > 0 && is_blank(text.data[text.len - 1]))
		text.len--;
	size_t begin = 0;
	while (begin < text.len && is_blank(text.data[begin]))
		begin++;
	return str_slice(text, begin, text.len);
}

/* ---- Markdown ---- */

static cmark_node *new_literal(cmark_node_type type, struct arena *arena, struct str literal)
{
	cmark_node *node = cmark_node_new(type);
	if (!node || !cmark_node_set_literal(node, arena_c_string(arena, literal)))
		memory_fatal("no memory for a text");
	return node;
}

static void replace_node(cmark_node *node, cmark_node *other)
{
	cmark_node_replace(node, other);
	cmark_node_free(node);
}

static bool is_in_link(cmark_node *node)
{
	for (; node; node = cmark_node_parent(node))
		if (cmark_node_get_type(node) == CMARK_NODE_LINK || cmark_node_get_type(node) == CMARK_NODE_IMAGE)
			return true;
	return false;
}

/* Links, mentions and hashtags are found in texts only, never in code. */
static void link_text(struct renderer *renderer, cmark_node *node)
{
	struct str text = str_from(cmark_node_get_literal(node));
	ucs4_t previous = ' ';
	size_t step = 0;
	if (is_in_link(node))
		return;
	buf_clear(&renderer->html);
	for (size_t pos = 0; pos < text.len; pos += step) {
		step = take_link(renderer, str_slice(text, pos, text.len), previous);
		if (step > 0) {
			previous = 'x';
			continue;
		}
		previous = character_at(text, pos, &step);
		html_escape(&renderer->html, str_slice(text, pos, pos + step));
	}
	replace_node(node, new_literal(CMARK_NODE_HTML_INLINE, renderer->arena, buf_str(&renderer->html)));
}

static void escape_block(struct renderer *renderer, cmark_node *node)
{
	cmark_node *paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
	if (!paragraph || !cmark_node_append_child(paragraph,
		new_literal(CMARK_NODE_TEXT, renderer->arena, str_from(cmark_node_get_literal(node)))))
		memory_fatal("no memory for a text");
	replace_node(node, paragraph);
}

/* Leaves may be changed when they are entered (cmark_iter_next). */
static void link_all(struct renderer *renderer, cmark_node *root)
{
	cmark_iter *iterator = cmark_iter_new(root);
	cmark_event_type event;
	while ((event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iterator);
		cmark_node_type type = cmark_node_get_type(node);
		if (event != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_TEXT)
			link_text(renderer, node);
		else if (type == CMARK_NODE_HTML_INLINE)
			replace_node(node, new_literal(CMARK_NODE_TEXT, renderer->arena, str_from(cmark_node_get_literal(node))));
		else if (type == CMARK_NODE_HTML_BLOCK)
			escape_block(renderer, node);
	}
	cmark_iter_free(iterator);
}

/* Counted as plain text is, so that the same text is as long in both. */
static void count_plainly(struct renderer *renderer, struct str text)
{
	const struct publish_text_options plain = { .base_url = renderer->options->base_url };
	struct renderer counter = { .arena = renderer->arena, .options = &plain, .tags = renderer->tags };
	render_all(&counter, text);
	buf_clear(&renderer->counted);
	buf_add_str(&renderer->counted, buf_str(&counter.counted));
	buf_clear(&counter.html);
	buf_clear(&counter.counted);
}

static void render_markdown(struct renderer *renderer, struct str text)
{
	cmark_node *root = cmark_parse_document(text.data, text.len, CMARK_OPT_DEFAULT);
	cmark_consolidate_text_nodes(root);
	count_plainly(renderer, text);
	struct buf counted = renderer->counted;
	renderer->counted = (struct buf){ 0 };
	renderer->tag_count = 0;
	link_all(renderer, root);
	buf_clear(&renderer->counted);
	renderer->counted = counted;
	char *html = cmark_render_html(root, CMARK_OPT_UNSAFE | CMARK_OPT_HARDBREAKS);
	cmark_node_free(root);
	buf_clear(&renderer->html);
	buf_add_str(&renderer->html, html_clean(renderer->arena, str_from(html), MARKDOWN_MAX_HTML_BYTES));
	cmark_get_default_mem_allocator()->free(html);
}

enum error publish_text_render(struct arena *arena, struct str text, const struct publish_text_options *options,
	struct rendered_text *ret_rendered)
{
	struct str normal;
	enum error error = normalise(arena, text, &normal);
	if (error)
		return error;
	normal = trim_blank_lines(normal);
	struct renderer renderer = { .arena = arena, .options = options };
	renderer.mentioned_actor_ids = arena_alloc_array(arena, POST_MAX_MENTIONS, sizeof(int64_t));
	renderer.tags = arena_alloc_array(arena, POST_MAX_TAGS, sizeof(*renderer.tags));
	if (options->is_markdown)
		render_markdown(&renderer, normal);
	else
		render_all(&renderer, normal);
	*ret_rendered = (struct rendered_text){
		.html = arena_str(arena, buf_str(&renderer.html)),
		.text = normal,
		.characters = characters_in(arena, buf_str(&renderer.counted)),
		.mentioned_actor_ids = renderer.mentioned_actor_ids,
		.mention_count = renderer.mention_count,
		.tags = renderer.tags,
		.tag_count = renderer.tag_count,
	};
	buf_clear(&renderer.html);
	buf_clear(&renderer.counted);
	return ERROR_NONE;
}

enum error publish_text_plain(struct arena *arena, struct str text, struct str *ret_text)
{
	struct str normal;
	enum error error = normalise(arena, text, &normal);
	if (error)
		return error;
	char *line = arena_c_string(arena, trim_blank_lines(normal));
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	*ret_text = str_from(line);
	return ERROR_NONE;
}
