/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From remote objects to rows: what remote_post_store keeps of what each implementation sends, and what it refuses. Run
 * by tests/db/test_remote_post.py from tests/unit. */
#include "remote_world.h"

#include "federation/remote_post_fields.h"
#include "federation/remote_quote.h"
#include "storage/emoji.h"
#include "storage/tombstone.h"
#include "base/html.h"

#define FILE_MAX_BYTES 65536

static struct str read_golden(const char *name)
{
	char *text = arena_alloc(arena, FILE_MAX_BYTES);
	struct str path = arena_printf(arena, "../golden/incoming/%s.json", name);
	FILE *file = fopen(path.data, "r");
	assert_non_null(file);
	size_t len = fread(text, 1, FILE_MAX_BYTES, file);
	assert_int_equal(fclose(file), 0);
	return (struct str){ text, len };
}

/* The object of a document: itself, or what its activity (in an activity) carries. */
static void read_object(struct str text, struct vocab_object *ret_object)
{
	json_t *document = parse(text);
	json_t *inner = document;
	while (json_is_object(json_object_get(inner, "object")))
		inner = json_object_get(inner, "object");
	struct vocab_rules rules = { .received_us = NOW_US };
	assert_int_equal(vocab_read_object(arena, inner, &rules, ret_object), ERROR_NONE);
	json_decref(document);
}

static struct remote_post store(const struct vocab_object *object, const struct remote_post_origin *origin)
{
	struct remote_post post = { 0 };
	struct remote_post_origin fetched = { .received_us = NOW_US };
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(remote_post_store(&federation, db, arena, object, origin ? origin : &fetched, &post), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	return post;
}

/* A note of ELSEWHERE/u/NAME with more members. */
static struct vocab_object note(const char *author, const char *id, const char *members)
{
	struct vocab_object object;
	read_object(arena_printf(arena, "{\"type\":\"Note\",\"id\":\"" ELSEWHERE "/n/%s\",\"attributedTo\":\"%s\",\"content\":\"<p>hi</p>\","
		"\"published\":\"2026-11-20T10:00:00Z\"%s%s}", id, author, *members ? "," : "", members), &object);
	return object;
}

static void add_line(struct buf *out, const char *name, struct str value)
{
	if (value.len > 0)
		buf_add_printf(out, "%s=%.*s\n", name, STR_ARG(value));
}

static struct str dump(int64_t id)
{
	static const char *const kinds[] = { "note", "question", "article", "page", "event", "video", "audio", "image", "document" };
	static const char *const states[] = { "none", "pending", "accepted", "rejected", "revoked" };
	AUTO(buf) struct buf out = { 0 };
	struct post post;
	struct post_details details;
	struct poll poll;
	assert_int_equal(post_find_any(owner_db, arena, id, &post), ERROR_NONE);
	assert_int_equal(post_load_details(owner_db, arena, id, &details), ERROR_NONE);
	buf_add_printf(&out, "kind=%s\nvisibility=%s\nquote_state=%s\nsensitive=%d\n", kinds[post.kind],
		post_visibility_name(post.visibility), states[post.quote_state], post.is_sensitive);
	add_line(&out, "title", post.title);
	add_line(&out, "html", post.html);
	add_line(&out, "spoiler", post.spoiler_text);
	add_line(&out, "language", post.language);
	add_line(&out, "url", post.url);
	add_line(&out, "parent", post.in_reply_to_uri);
	add_line(&out, "quote", post.quote_uri);
	for (size_t i = 0; i < details.tag_count; i++)
		add_line(&out, "tag", details.tags[i]);
	for (size_t i = 0; i < details.mention_count; i++)
		add_line(&out, "mention", details.mentions[i].uri);
	for (size_t i = 0; i < details.medium_count; i++)
		buf_add_printf(&out, "medium=%s %s\n", details.media[i].media_type.data, details.media[i].url.data);
	if (poll_find(owner_db, arena, id, &poll) == ERROR_NONE) {
		buf_add_printf(&out, "poll=%s %lld\n", poll.is_multiple ? "many" : "one", (long long)poll.voters);
		for (size_t i = 0; i < poll.option_count; i++)
			buf_add_printf(&out, "option=%s %lld\n", poll.options[i].title.data, (long long)poll.options[i].votes);
	}
	return arena_str(arena, buf_str(&out));
}

static void assert_lines(const char *what, struct str text, const char *lines)
{
	struct str rest = str_from(lines);
	struct str line;
	struct str whole = arena_printf(arena, "\n%.*s", STR_ARG(text));
	while (str_split_next(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		struct str wanted = arena_printf(arena, "\n%.*s\n", STR_ARG(line));
		if (str_index_of_str(whole, wanted) == whole.len)
			fail_msg("%s: no line \"%.*s\" in:%s", what, STR_ARG(line), whole.data);
	}
}

/* ---- what each implementation sends ---- */

static const struct {
	const char *file;
	const char *lines;
} golden[] = {
	{ "mastodon_create_note", "X=1" },
	{ "mastodon_update_question", "X=1" },
	{ "gotosocial_create_note", "X=1" },
	{ "misskey_create_quote", "X=1" },
	{ "misskey_question", "X=1" },
	{ "pleroma_create_note", "X=1" },
	{ "pleroma_direct_note", "X=1" },
	{ "lemmy_announce_create_page", "X=1" },
	{ "lemmy_page", "X=1" },
	{ "lemmy_comment", "X=1" },
	{ "peertube_video", "X=1" },
	{ "pixelfed_create_note", "X=1" },
	{ "wordpress_article", "X=1" },
	{ "ghost_create_article", "X=1" },
	{ "mobilizon_create_event", "X=1" },
	{ "bookwyrm_create_review", "X=1" },
	{ "bookwyrm_quotation", "X=1" },
	{ "fedify_prefixed_note", "X=1" },
};

static void what_each_implementation_sends_becomes_a_post(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		struct vocab_object object;
		read_object(read_golden(golden[i].file), &object);
		(void)make_remote_of_kind(object.author_id, ACTOR_PERSON);
		struct remote_post post = store(&object, NULL);
		if (post.outcome != REMOTE_POST_STORED)
			fail_msg("%s: %d %s", golden[i].file, post.outcome, post.reason);
		if (getenv("SHOW")) { printf("== %s\n%s", golden[i].file, dump(post.post_id).data); continue; }
		assert_lines(golden[i].file, dump(post.post_id), golden[i].lines);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_implementation_sends_becomes_a_post),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
