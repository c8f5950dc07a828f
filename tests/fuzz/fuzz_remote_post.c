/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Objects of other servers, as they would stand in our tables. */
#include "federation/remote_post_fields.h"
#include "federation/remote_text.h"

#include "base/hashtag.h"
#include "base/html.h"
#include "base/json_in.h"
#include "base/text_line.h"

#include <assert.h>

#define RECEIVED_US INT64_C(1795348800000000)

static void check_line(struct str line)
{
	assert(line.data && str_is_utf8(line));
	for (size_t i = 0; i < line.len; i++)
		assert((unsigned char)line.data[i] >= 0x20);
}

static void check_fields(struct arena *arena, const struct remote_post_fields *fields)
{
	struct str again = html_clean(arena, fields->html, REMOTE_POST_HTML_MAX_BYTES);
	assert(str_eq(fields->html, again) && fields->html.len <= REMOTE_POST_HTML_MAX_BYTES);
	check_line(fields->title);
	check_line(fields->spoiler_text);
	assert(str_eq(fields->title, text_line(arena, fields->title, VOCAB_TITLE_MAX_BYTES)));
	assert(fields->created_us > 0 && fields->created_us <= RECEIVED_US && fields->edited_us <= RECEIVED_US);
	assert(fields->medium_count <= POST_MAX_MEDIA && fields->tag_count <= POST_MAX_TAGS);
	assert(fields->emoji_count <= REMOTE_POST_MAX_EMOJIS);
	for (size_t i = 0; i < fields->tag_count; i++) {
		assert(fields->tags[i].len > 0 && str_is_utf8(fields->tags[i]));
		assert(str_eq(fields->tags[i], hashtag_key(arena, fields->tags[i])) || fields->tags[i].len > 100);
	}
	for (size_t i = 0; i < fields->poll.option_count; i++)
		check_line(fields->poll.options[i].title);
	assert(fields->poll.voters >= 0 && fields->poll.voters <= VOCAB_COUNT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)2 * VOCAB_ARENA_BYTES);
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	struct remote_post_reading reading = { .received_us = RECEIVED_US, .author_followers_url = STR("https://peer.example/f") };
	struct remote_post_fields fields;
	struct vocab_object object;
	json_t *document;

	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &document) != ERROR_NONE)
		return 0;
	json_t *inner = json_object_get(document, "object");
	if (vocab_read_object(arena, inner ? inner : document, &rules, &object) == ERROR_NONE &&
		remote_post_read_fields(arena, &object, &reading, &fields))
		check_fields(arena, &fields);
	json_decref(document);
	return 0;
}
