/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ promises about posts, on a migrated database. What inbox workers do runs as their role. Each case makes
 * actors of its own. */
#include "tests/db/post_world.h"

#include "storage/id.h"
#include "storage/media.h"
#include "storage/reaction.h"
#include "storage/uri_lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- posts of other servers ---- */

static void a_remote_post_has_what_was_given(void **state)
{
	(void)state;
	int64_t author = add_remote("given");
	int64_t reader = add_local("given_reader");
	const struct str tags[] = { STR("fleurs"), STR("été"), STR("fleurs") };
	const struct post_medium media[] = {
		{ .media_type = STR("image/png"), .url = STR(REMOTE "/m/1.png"), .alt = STR("a rose"), .width = 640, .height = 480,
			.blurhash = STR("LEHV6nWB2yk8"), .focus_x = -0.5, .focus_y = 0.25 },
		{ .media_type = STR(""), .url = STR(REMOTE "/m/2"), .alt = { 0 }, .blurhash = STR("x"), .focus_x = 7 },
		{ .media_type = STR("image/png"), .url = STR("short") },
	};
	struct post_remote new_post = remote_post(author, "given");
	new_post.kind = POST_ARTICLE;
	new_post.title = STR_LITERAL("On roses");
	new_post.spoiler_text = STR_LITERAL("thorns");
	new_post.language = STR_LITERAL("en");
	new_post.conversation_uri = STR_LITERAL("tag:there.example,2026:c");
	new_post.context_uri = STR_LITERAL(REMOTE "/contexts/1");
	new_post.replies_url = STR_LITERAL(REMOTE "/p/given/replies");
	new_post.visibility = POST_UNLISTED;
	new_post.is_sensitive = true;
	new_post.edited_us = 1700000000500000;
	new_post.mentioned_actor_ids = &reader;
	new_post.mention_count = 1;
	new_post.tags = tags;
	new_post.tag_count = 3;
	new_post.media = media;
	new_post.medium_count = 3;
	new_post.quote_uri = STR_LITERAL(REMOTE "/p/not_here");
	new_post.quote_policy = QUOTE_BY_FOLLOWERS;
	assert_int_equal(store(&new_post), ERROR_NONE);
	struct post post;
	assert_int_equal(post_find_by_uri(web, arena, 0, new_post.uri, &post), ERROR_NONE);
	assert_int_equal(post.id, new_post.id);
	assert_int_equal(post.kind, POST_ARTICLE);
	assert_false(post.is_local);
	assert_text(post.title, "On roses");
	assert_text(post.spoiler_text, "thorns");
	assert_text(post.language, "en");
	assert_text(post.conversation_uri, "tag:there.example,2026:c");
	assert_text(post.context_uri, REMOTE "/contexts/1");
	assert_text(post.quote_uri, REMOTE "/p/not_here");
	assert_text(post.actor_uri, REMOTE "/users/given");
	assert_int_equal(post.quote_id, 0);
	assert_int_equal(post.quote_state, QUOTE_PENDING);
	assert_int_equal(post.quote_policy, QUOTE_BY_FOLLOWERS);
	assert_int_equal(post.visibility, POST_UNLISTED);
	assert_true(post.is_sensitive);
	assert_int_equal(post.created_us, 1700000000000000);
	assert_int_equal(post.edited_us, 1700000000500000);
	assert_int_equal(post.conversation_id, post.id);
	struct post_details details;
	assert_int_equal(post_load_details(web, arena, post.id, &details), ERROR_NONE);
	assert_int_equal(details.mention_count, 1);
	assert_int_equal(details.mentions[0].actor_id, reader);
	assert_true(details.mentions[0].is_local);
	assert_int_equal(details.tag_count, 2);
	assert_int_equal(details.medium_count, 2);
	assert_text(details.media[0].url, REMOTE "/m/1.png");
	assert_text(details.media[0].alt, "a rose");
	assert_text(details.media[0].blurhash, "LEHV6nWB2yk8");
	assert_int_equal(details.media[0].width, 640);
	assert_true(details.media[0].focus_x == -0.5 && details.media[0].focus_y == 0.25);
	assert_text(details.media[1].media_type, "application/octet-stream");
	assert_null(details.media[1].blurhash.data);
	assert_true(details.media[1].focus_x == 0);
	assert_int_equal(sql_number("select count(*) from media where actor_id = %lld and state = 'pending' and length(name) = 22",
		(long long)author), 2);
}

static void a_remote_post_is_stored_once_and_never_after_its_end(void **state)
{
	(void)state;
	int64_t author = add_remote("once");
	struct post_remote post = remote_post(author, "once");
	int64_t first = store_new(post);
	post.id = id_new();
	assert_int_equal(store(&post), ERROR_CONFLICT);
	assert_int_equal(read_post(first).revision, 1);
	assert_int_equal(sql_number("select posts from actor_counts where actor_id = %lld", (long long)author), 1);
	delete_post_of(first);
	assert_int_equal(store(&post), ERROR_GONE);
	assert_int_equal(sql_number("select posts from actor_counts where actor_id = %lld", (long long)author), 0);
	struct post_remote of_nobody = remote_post(5, "of_nobody");
	assert_int_equal(store(&of_nobody), ERROR_NOT_FOUND);
	struct post_remote of_ours = remote_post(add_local("once_ours"), "of_ours");
	assert_int_equal(store(&of_ours), ERROR_NOT_FOUND);
}

static void what_waited_for_a_post_is_joined_to_it(void **state)
{
	(void)state;
	int64_t author = add_remote("late");
	int64_t asker = add_local("late_asker");
	int64_t answer = store_answer(author, "late_answer", "late_middle");
	int64_t below = store_answer(author, "late_below", "late_answer");
	struct post_remote hidden = remote_post(author, "late_hidden");
	hidden.in_reply_to_uri = STR_LITERAL(REMOTE "/p/late_middle");
	hidden.visibility = POST_DIRECT;
	store_new(hidden);
	struct post_remote quoting = remote_post(author, "late_quote");
	quoting.quote_uri = STR_LITERAL(REMOTE "/p/late_middle");
	quoting.quote_state = QUOTE_ACCEPTED;
	store_new(quoting);
	assert_text(read_post(answer).in_reply_to_uri, REMOTE "/p/late_middle");
	assert_int_equal(read_post(answer).in_reply_to_id, 0);
	assert_int_equal(read_post(below).conversation_id, answer);

	int64_t middle = store_answer(author, "late_middle", "late_top");
	struct post joined = read_post(answer);
	assert_int_equal(joined.in_reply_to_id, middle);
	assert_int_equal(joined.in_reply_to_actor_id, author);
	assert_null(joined.in_reply_to_uri.data);
	assert_int_equal(read_post(middle).replies_count, 1);
	assert_int_equal(read_post(quoting.id).quote_id, middle);
	assert_int_equal(read_post(quoting.id).revision, 2);

	/* And the whole thread to one that answers ours. */
	int64_t question = add_post(asker, POST_PUBLIC, 0);
	struct post_remote top = remote_post(author, "late_top");
	top.in_reply_to_uri = read_post(question).uri;
	store_new(top);
	const int64_t thread[] = { question, top.id, middle, answer, below, hidden.id };
	for (size_t i = 0; i < COUNT_OF(thread); i++)
		assert_int_equal(read_post(thread[i]).conversation_id, question);
	struct post_uri_item *items;
	size_t count;
	assert_int_equal(post_list_context(web, arena, question, 0, 10, &items, &count), ERROR_NONE);
	assert_int_equal(count, 5);
	assert_int_equal(post_list_context(web, arena, question, items[1].id, 2, &items, &count), ERROR_NONE);
	assert_int_equal(count, 2);
}

static void posts_do_not_answer_one_another_in_a_ring(void **state)
{
	(void)state;
	int64_t author = add_remote("ring");
	int64_t a = store_answer(author, "ring_a", "ring_c");
	int64_t b = store_answer(author, "ring_b", "ring_a");
	int64_t c = store_answer(author, "ring_c", "ring_b");
	assert_int_equal(read_post(b).in_reply_to_id, a);
	assert_int_equal(read_post(c).in_reply_to_id, b);
	assert_int_equal(read_post(a).in_reply_to_id, 0);
	int64_t itself = store_answer(author, "ring_self", "ring_self");
	assert_int_equal(read_post(itself).in_reply_to_id, 0);
	assert_null(read_post(itself).in_reply_to_uri.data);
}

static void the_lock_of_an_id_is_waited_for(void **state)
{
	(void)state;
	const struct str uris[] = { STR(REMOTE "/p/locked"), { 0 }, STR(REMOTE "/p/locked_too") };
	struct post_remote post = remote_post(add_remote("locked"), "locked");
	assert_int_equal(db_begin(web), ERROR_NONE);
	assert_int_equal(uri_lock(web, arena, uris, COUNT_OF(uris)), ERROR_NONE);
	db_set_statement_timeout(federation, 200);
	assert_int_equal(db_begin(federation), ERROR_NONE);
	assert_int_equal(post_create_remote(federation, arena, &post), ERROR_TIMEOUT);
	db_rollback(federation);
	db_set_statement_timeout(federation, 10000);
	assert_int_equal(db_commit(web), ERROR_NONE);
	assert_int_equal(store(&post), ERROR_NONE);
}

/* ---- who sees what ---- */

static void only_its_audience_sees_a_remote_post(void **state)
{
	(void)state;
	enum { ANYONE, STRANGER, FOLLOWER, WAITING, MENTIONED, BLOCKED, BLOCKED_FOLLOWER, BLOCKED_MENTIONED, VIEWERS };
	static const bool sees[4][VIEWERS] = {
		[POST_PUBLIC] = { true, true, true, true, true, false, false, false },
		[POST_UNLISTED] = { true, true, true, true, true, false, false, false },
		[POST_FOLLOWERS] = { false, false, true, false, true, false, false, false },
		[POST_DIRECT] = { false, false, false, false, true, false, false, false },
	};
	int64_t author = add_remote("seen");
	int64_t viewers[VIEWERS] = { 0 };
	for (int i = STRANGER; i < VIEWERS; i++)
		viewers[i] = add_local(arena_printf(arena, "seer%d", i).data);
	add_follow(viewers[FOLLOWER], author, FOLLOW_ACCEPTED);
	add_follow(viewers[WAITING], author, FOLLOW_PENDING);
	add_follow(viewers[BLOCKED_FOLLOWER], author, FOLLOW_ACCEPTED);
	for (int i = BLOCKED; i <= BLOCKED_MENTIONED; i++)
		add_block(author, viewers[i]);
	add_block(viewers[STRANGER], author); /* whom one blocks oneself is not hidden here */
	const int64_t mentioned[] = { viewers[MENTIONED], viewers[BLOCKED_MENTIONED] };
	for (int visibility = 0; visibility < 4; visibility++) {
		struct post_remote post = remote_post(author, arena_printf(arena, "seen%d", visibility).data);
		post.visibility = (enum post_visibility)visibility;
		post.mentioned_actor_ids = mentioned;
		post.mention_count = 2;
		store_new(post);
		for (int viewer = 0; viewer < VIEWERS; viewer++) {
			struct post found;
			enum error expected = sees[visibility][viewer] ? ERROR_NONE : ERROR_NOT_FOUND;
			assert_int_equal(post_find(web, arena, viewers[viewer], post.id, &found), expected);
			assert_int_equal(post_find_by_uri(federation, arena, viewers[viewer], post.uri, &found), expected);
			if (viewer == ANYONE)
				continue;
			struct post_new reply = { .id = id_new(), .actor_id = viewers[viewer], .in_reply_to_id = post.id,
				.visibility = POST_DIRECT, .html = STR_LITERAL("<p>y</p>") };
			assert_int_equal(post_create(web, arena, &reply), expected);
		}
	}
}

static void answers_that_are_hidden_are_not_counted(void **state)
{
	(void)state;
	int64_t author = add_local("counted");
	int64_t answerer = add_remote("counting");
	int64_t post = add_post(author, POST_PUBLIC, 0);
	int64_t answers[4];
	for (int visibility = 0; visibility < 4; visibility++) {
		struct post_remote answer = remote_post(answerer, arena_printf(arena, "counted%d", visibility).data);
		answer.in_reply_to_uri = read_post(post).uri;
		answer.visibility = (enum post_visibility)visibility;
		answers[visibility] = store_new(answer);
		add_post(author, (enum post_visibility)visibility, post);
	}
	assert_int_equal(read_post(post).replies_count, 4);
	for (int visibility = 0; visibility < 4; visibility++)
		delete_post_of(answers[visibility]);
	assert_int_equal(read_post(post).replies_count, 2);
}

/* ---- edits ---- */

static void an_edit_keeps_the_former_version(void **state)
{
	(void)state;
	int64_t author = add_remote("edited");
	int64_t first = add_local("edited_first");
	int64_t second = add_local("edited_second");
	const struct str tags[] = { STR("before"), STR("both") };
	const struct str new_tags[] = { STR("both"), STR("after") };
	const struct post_medium media[] = { { .media_type = STR("image/png"), .url = STR(REMOTE "/m/3") } };
	const struct post_medium new_media[] = { { .media_type = STR("image/png"), .url = STR(REMOTE "/m/4"), .alt = STR("b") } };
	struct post_remote post = remote_post(author, "edited");
	post.visibility = POST_DIRECT;
	post.tags = tags;
	post.tag_count = 2;
	post.media = media;
	post.medium_count = 1;
	post.mentioned_actor_ids = &first;
	post.mention_count = 1;
	store_new(post);
	const struct str html = STR("<p>Hello again</p>");
	const struct str empty = { 0 };
	const struct str options[] = { STR("yes"), STR("no") };
	struct post_edit edit = { .post_id = post.id, .html = &html, .spoiler_text = &empty, .tags = new_tags, .tag_count = 2,
		.replaces_tags = true, .media = new_media, .medium_count = 1, .replaces_media = true, .mentioned_actor_ids = &second,
		.mention_count = 1, .replaces_mentions = true, .edited_us = 1700000002000000, .poll_options = options,
		.poll_option_count = 2 };
	assert_int_equal(db_begin(federation), ERROR_NONE);
	assert_int_equal(post_edit(federation, arena, &edit), ERROR_NONE);
	assert_int_equal(db_commit(federation), ERROR_NONE);
	struct post found;
	assert_int_equal(post_find(web, arena, first, post.id, &found), ERROR_NONE);
	assert_int_equal(post_find(web, arena, second, post.id, &found), ERROR_NONE);
	assert_text(found.html, "<p>Hello again</p>");
	assert_int_equal(found.edited_us, 1700000002000000);
	assert_int_equal(found.revision, 2);
	assert_int_equal(sql_number("select count(*) from post_revisions where post_id = %lld and revision = 1 and html = '<p>Hello</p>'"
		" and options = array['yes', 'no'] and written_at = '2023-11-14 22:13:20+00'", (long long)post.id), 1);
	struct post_details details;
	assert_int_equal(post_load_details(web, arena, post.id, &details), ERROR_NONE);
	assert_int_equal(details.tag_count, 2);
	assert_text(details.tags[0], "after");
	assert_text(details.tags[1], "both");
	assert_int_equal(details.medium_count, 1);
	assert_text(details.media[0].url, REMOTE "/m/4");
	assert_int_equal(sql_number("select count(*) from media where actor_id = %lld", (long long)author), 1);

	const bool is_sensitive = true;
	struct post_edit silent = { .post_id = post.id, .is_sensitive = &is_sensitive, .is_silent = true };
	assert_int_equal(post_edit(federation, arena, &silent), ERROR_NONE);
	found = read_post(post.id);
	assert_int_equal(found.revision, 3);
	assert_true(found.is_sensitive);
	assert_text(found.html, "<p>Hello again</p>");
	assert_int_equal(found.edited_us, 1700000002000000);
	assert_int_equal(sql_number("select count(*) from post_revisions where post_id = %lld", (long long)post.id), 1);
	silent.post_id = 5;
	assert_int_equal(post_edit(federation, arena, &silent), ERROR_NOT_FOUND);
}

static void a_quote_changes_its_state(void **state)
{
	(void)state;
	int64_t author = add_local("quoter");
	struct post_new quote = { .id = id_new(), .actor_id = author, .html = STR("<p>q</p>"), .quote_uri = STR(REMOTE "/p/q"),
		.quote_state = QUOTE_PENDING, .quote_policy = QUOTE_BY_NOBODY };
	assert_int_equal(post_create(web, arena, &quote), ERROR_NONE);
	assert_int_equal(post_set_quote_state(federation, arena, quote.id, QUOTE_ACCEPTED, STR_LITERAL(REMOTE "/auth/1")), ERROR_NONE);
	struct post post = read_post(quote.id);
	assert_int_equal(post.quote_state, QUOTE_ACCEPTED);
	assert_int_equal(post.quote_policy, QUOTE_BY_NOBODY);
	assert_text(post.quote_authorization_uri, REMOTE "/auth/1");
	assert_int_equal(post_set_quote_state(federation, arena, quote.id, QUOTE_REVOKED, (struct str){ 0 }), ERROR_NONE);
	assert_null(read_post(quote.id).quote_authorization_uri.data);
	int64_t plain = add_post(author, POST_PUBLIC, 0);
	assert_int_equal(post_set_quote_state(federation, arena, plain, QUOTE_ACCEPTED, (struct str){ 0 }), ERROR_NOT_FOUND);
}

/* ---- deletions ---- */

static void a_deleted_post_leaves_its_answers_and_no_count(void **state)
{
	(void)state;
	int64_t author = add_local("deleter");
	int64_t answerer = add_remote("deleter_answerer");
	int64_t top = add_post(author, POST_PUBLIC, 0);
	int64_t post = add_post(author, POST_PUBLIC, top);
	struct post_remote answer = remote_post(answerer, "deleted_answer");
	struct str uri = read_post(post).uri;
	answer.in_reply_to_uri = uri;
	store_new(answer);
	struct post_remote quote = remote_post(answerer, "deleted_quote");
	quote.quote_uri = uri;
	store_new(quote);
	assert_int_equal(read_post(quote.id).quote_id, post);
	assert_int_equal(read_post(top).replies_count, 1);
	int64_t comments = sql_number("select sum(value)::bigint from instance_counters where name = 'local_comments'");
	delete_post_of(post);
	struct post found;
	assert_int_equal(post_find_any(web, arena, post, &found), ERROR_NOT_FOUND);
	assert_int_equal(read_post(top).replies_count, 0);
	assert_int_equal(sql_number("select posts from actor_counts where actor_id = %lld", (long long)author), 1);
	assert_int_equal(sql_number("select sum(value)::bigint from instance_counters where name = 'local_comments'"), comments - 1);
	found = read_post(answer.id);
	assert_int_equal(found.in_reply_to_id, 0);
	assert_int_equal(found.in_reply_to_actor_id, author);
	assert_text(found.in_reply_to_uri, uri.data);
	assert_int_equal(read_post(quote.id).quote_id, 0);
	assert_int_equal(sql_number("select count(*) from tombstones where uri = '%s' and is_local and was_known", uri.data), 1);
	assert_int_equal(post_delete(web, arena, post), ERROR_NOT_FOUND);

	/* An answer whose parent went before it still is one of the answers. */
	int64_t gone = add_post(author, POST_PUBLIC, 0);
	int64_t orphan = add_post(author, POST_PUBLIC, gone);
	delete_post_of(gone);
	delete_post_of(orphan);
	assert_int_equal(sql_number("select sum(value)::bigint from instance_counters where name = 'local_comments'"), comments - 1);
	assert_int_equal(sql_number("select posts from actor_counts where actor_id = %lld", (long long)author), 1);
}

static int64_t add_upload(int64_t actor_id, const char *state)
{
	int64_t id = id_new();
	run_sql("insert into media (id, name, actor_id, kind, state, mime_type, size_bytes) values (%lld,"
		" right('xxxxxxxxxxxxxxxxxxxxxx' || '%lld', 22), %lld, 'image', '%s', 'image/png', 1)",
		(long long)id, (long long)id, (long long)actor_id, state);
	return id;
}

static void only_files_of_ones_own_that_are_ready_are_attached(void **state)
{
	(void)state;
	int64_t author = add_local("uploader"), other = add_local("uploader_too");
	int64_t post_id = add_post(author, POST_PUBLIC, 0), second_id = add_post(author, POST_PUBLIC, 0);
	int64_t ready = add_upload(author, "ready"), pending = add_upload(author, "pending"), failed = add_upload(author, "failed");
	int64_t foreign = add_upload(other, "ready");
	assert_int_equal(media_attach(web, arena, author, post_id, (int64_t[]){ ready, pending }, 2), ERROR_UNPROCESSABLE);
	assert_int_equal(media_attach(web, arena, author, post_id, (int64_t[]){ failed }, 1), ERROR_UNPROCESSABLE);
	assert_int_equal(media_attach(web, arena, author, post_id, (int64_t[]){ foreign }, 1), ERROR_NOT_FOUND);
	assert_int_equal(media_attach(web, arena, author, post_id, (int64_t[]){ ready }, 1), ERROR_NONE);
	assert_int_equal(media_attach(web, arena, author, second_id, (int64_t[]){ ready }, 1), ERROR_UNPROCESSABLE);
	assert_int_equal(sql_number("select count(*) from post_media where post_id in (%lld, %lld)", (long long)post_id,
		(long long)second_id), 1);
}

static void a_deleted_post_takes_its_attachments_along(void **state)
{
	(void)state;
	int64_t author = add_remote("media_owner");
	const struct post_medium media[] = { { .media_type = STR("video/mp4"), .url = STR(REMOTE "/m/5") } };
	struct post_remote post = remote_post(author, "with_media");
	post.media = media;
	post.medium_count = 1;
	store_new(post);
	assert_int_equal(sql_number("select count(*) from media where actor_id = %lld and kind = 'video'", (long long)author), 1);
	delete_post_of(post.id);
	assert_int_equal(sql_number("select count(*) from media where actor_id = %lld", (long long)author), 0);
}

/* ---- lists ---- */

static void an_outbox_lists_open_posts_and_boosts_in_order(void **state)
{
	(void)state;
	int64_t author = add_local("boxer");
	int64_t other = add_remote("boxer_other");
	int64_t theirs = store_new(remote_post(other, "boxed"));
	struct post_remote hidden_post = remote_post(other, "boxed_hidden");
	hidden_post.visibility = POST_FOLLOWERS;
	int64_t hidden = store_new(hidden_post);
	int64_t first = add_post(author, POST_PUBLIC, 0);
	add_post(author, POST_FOLLOWERS, 0);
	struct boost boost = { .id = id_new(), .actor_id = author, .post_id = theirs, .uri = STR(REMOTE "/boosts/box"),
		.visibility = POST_UNLISTED };
	assert_int_equal(boost_create(web, arena, &boost), ERROR_NONE);
	struct boost private = { .id = id_new(), .actor_id = author, .post_id = first, .uri = STR(REMOTE "/boosts/private"),
		.visibility = POST_FOLLOWERS };
	assert_int_equal(boost_create(web, arena, &private), ERROR_NONE);
	struct boost of_hidden = { .id = id_new(), .actor_id = author, .post_id = hidden, .uri = STR(REMOTE "/boosts/hidden") };
	assert_int_equal(boost_create(web, arena, &of_hidden), ERROR_NONE);
	int64_t last = add_post(author, POST_UNLISTED, first);
	struct outbox_page page = { .actor_id = author, .limit = 10 };
	struct outbox_item *items;
	size_t count;
	assert_int_equal(post_list_outbox(web, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 3);
	assert_int_equal(items[0].id, last);
	assert_false(items[0].is_boost);
	assert_int_equal(items[0].post.id, last);
	assert_int_equal(items[1].id, boost.id);
	assert_true(items[1].is_boost);
	assert_int_equal(items[1].boost_visibility, POST_UNLISTED);
	assert_text(items[1].boost_uri, REMOTE "/boosts/box");
	assert_text(items[1].boosted_post_uri, REMOTE "/p/boxed");
	assert_int_equal(items[2].id, first);
	page = (struct outbox_page){ .actor_id = author, .before_id = last, .limit = 1 };
	assert_int_equal(post_list_outbox(web, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(items[0].id, boost.id);
	page = (struct outbox_page){ .actor_id = author, .after_id = first, .limit = 1 };
	assert_int_equal(post_list_outbox(web, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(items[0].id, boost.id);
	run_sql("update actors set suspended_at = now() where id = %lld", (long long)author);
	page = (struct outbox_page){ .actor_id = author, .limit = 10 };
	assert_int_equal(post_list_outbox(web, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

static void open_answers_are_listed_oldest_first(void **state)
{
	(void)state;
	int64_t author = add_local("thread");
	int64_t other = add_local("thread_other");
	int64_t top = add_post(author, POST_PUBLIC, 0);
	int64_t own = add_post(author, POST_PUBLIC, top);
	int64_t theirs = add_post(other, POST_UNLISTED, top);
	add_post(author, POST_DIRECT, top);
	add_post(other, POST_PUBLIC, own);
	struct post_uri_item *items;
	size_t count;
	assert_int_equal(post_list_replies(web, arena, top, false, 0, 10, &items, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(items[0].id, own);
	assert_int_equal(items[1].id, theirs);
	assert_int_equal(post_list_replies(web, arena, top, false, own, 10, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(post_list_replies(web, arena, top, true, 0, 10, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(items[0].id, own);
}

static void all_who_have_it_are_told_once_a_server(void **state)
{
	(void)state;
	static const char shared[] = REMOTE "/inbox/told";
	int64_t author = add_local("telling");
	int64_t mentioned = add_remote("told_mentioned");
	int64_t fan = add_remote("told_fan");
	int64_t booster = add_remote_behind("told_booster", shared);
	int64_t answerer = add_remote_behind("told_answerer", shared);
	int64_t quoter = add_remote("told_quoter");
	int64_t reactor = add_remote("told_reactor");
	int64_t local = add_local("told_local");
	add_remote("told_nothing");
	const int64_t mentions[] = { mentioned, local };
	struct post_new new_post = { .id = id_new(), .actor_id = author, .html = STR("<p>t</p>"), .mentioned_actor_ids = mentions,
		.mention_count = 2 };
	assert_int_equal(post_create(web, arena, &new_post), ERROR_NONE);
	assert_int_equal(favourite_create(federation, arena, id_new(), fan, new_post.id, STR_LITERAL(REMOTE "/l/told")), ERROR_NONE);
	assert_int_equal(reaction_create(federation, arena, id_new(), reactor, new_post.id, STR_LITERAL("x"), (struct str){ 0 },
		STR_LITERAL(REMOTE "/r/told")), ERROR_NONE);
	struct boost boost = { .id = id_new(), .actor_id = booster, .post_id = new_post.id, .uri = STR(REMOTE "/b/told") };
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_NONE);
	struct post_remote answer = remote_post(answerer, "told_answer");
	answer.in_reply_to_uri = read_post(new_post.id).uri;
	store_new(answer);
	struct post_remote quote = remote_post(quoter, "told_quote");
	quote.quote_uri = answer.in_reply_to_uri;
	store_new(quote);
	int64_t *ids;
	size_t count;
	assert_int_equal(post_list_interested(web, arena, new_post.id, &ids, &count), ERROR_NONE);
	const int64_t expected[] = { mentioned, fan, booster, quoter, reactor };
	assert_int_equal(count, COUNT_OF(expected));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ids[i], expected[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remote_post_has_what_was_given),
		cmocka_unit_test(a_remote_post_is_stored_once_and_never_after_its_end),
		cmocka_unit_test(what_waited_for_a_post_is_joined_to_it),
		cmocka_unit_test(posts_do_not_answer_one_another_in_a_ring),
		cmocka_unit_test(the_lock_of_an_id_is_waited_for),
		cmocka_unit_test(only_its_audience_sees_a_remote_post),
		cmocka_unit_test(answers_that_are_hidden_are_not_counted),
		cmocka_unit_test(an_edit_keeps_the_former_version),
		cmocka_unit_test(a_quote_changes_its_state),
		cmocka_unit_test(a_deleted_post_leaves_its_answers_and_no_count),
		cmocka_unit_test(only_files_of_ones_own_that_are_ready_are_attached),
		cmocka_unit_test(a_deleted_post_takes_its_attachments_along),
		cmocka_unit_test(an_outbox_lists_open_posts_and_boosts_in_order),
		cmocka_unit_test(open_answers_are_listed_oldest_first),
		cmocka_unit_test(all_who_have_it_are_told_once_a_server),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
