/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From remote objects to rows: what remote_post_store keeps of what each implementation sends, and what it refuses. Run
 * by tests/db/test_remote_post.py from tests/unit. */
#include "remote_world.h"

#include "federation/remote_post_fields.h"
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

#define LINK(url) "<a href=\"" url "\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">" url "</a>"

static const struct {
	const char *file;
	const char *lines; /* each has to be there */
} golden[] = {
	{ "mastodon_create_note",
		"kind=note\n"
		"visibility=public\n"
		"language=en\n"
		"sensitive=0\n"
		"url=https://mastodon.example/@ada/115000000000000001\n"
		"tag=coffee\n"
		"medium=image/jpeg https://mastodon.example/system/media/1.jpg\n" },
	{ "mastodon_update_question",
		"kind=question\n"
		"html=<p>Where?</p>\n"
		"spoiler=Lunch\n"
		"sensitive=1\n"
		"poll=one 5\n"
		"option=Inside 2\n"
		"option=Outside 3\n" },
	{ "gotosocial_create_note",
		"html=<p>the sea</p>\n"
		"mention=https://mastodon.example/users/ada\n"
		"medium=image/webp https://gts.example/fileserver/1.webp\n" },
	{ "misskey_create_quote",
		"visibility=unlisted\n"
		"quote_state=pending\n"
		"spoiler=cw\n"
		"sensitive=1\n"
		"quote=https://mastodon.example/users/ada/statuses/115000000000000001\n"
		"medium=image/png https://misskey.example/files/1\n" },
	{ "misskey_question",
		"kind=question\n"
		"poll=many 0\n"
		"option=a 3\n"
		"option=b 1\n" },
	{ "pleroma_create_note",
		"visibility=unlisted\n"
		"mention=https://mastodon.example/users/ada\n"
		"medium=image/png https://akkoma.example/media/chart.png\n" },
	{ "pleroma_direct_note",
		"visibility=direct\n"
		"html=psst\n"
		"mention=https://mastodon.example/users/ada\n" },
	{ "lemmy_announce_create_page",
		"kind=page\n"
		"title=Which shears?\n"
		"html=<p>Which <strong>shears</strong> last?</p>\n"
		"language=fr\n"
		"medium=image/jpeg https://lemmy.example/pictrs/image/shears.webp\n"
		"<p>" LINK("http://shop.example/shears") "</p><p>" LINK("https://lemmy.example/post/55") "</p>\n" },
	{ "lemmy_page",
		"kind=page\n"
		"title=Which shears?\n" },
	{ "lemmy_comment",
		"kind=note\n"
		"html=<p>The green ones.</p>\n"
		"visibility=public\n" },
	{ "peertube_video",
		"kind=video\n"
		"title=Narrow gauge in winter\n"
		"tag=trains\n"
		"html=<p>Snow, **steam** and patience</p><p>" LINK("https://peertube.example/videos/watch/0f0e0d0c") "</p>\n"
		"medium=video/mp4 https://peertube.example/static/1-1080-fragmented.mp4\n" },
	{ "pixelfed_create_note",
		"tag=fog\n"
		"medium=image/jpeg https://pixelfed.example/storage/m/1.jpg\n"
		"medium=image/jpeg https://pixelfed.example/storage/m/2.jpg\n" },
	{ "wordpress_article",
		"kind=article\n"
		"title=News from the office\n"
		"html=<p>We moved.</p><p>" LINK("https://blog.example/2026/10/moved/") "</p>\n"
		"medium=image/jpeg https://blog.example/wp-content/uploads/desk.jpg\n" },
	{ "ghost_create_article",
		"kind=article\n"
		"title=Autumn letter\n"
		"html=<p><strong>Autumn</strong></p><p>Long text.</p><p>" LINK("https://ghost.example/autumn-letter/") "</p>\n"
		"medium=image/jpeg https://ghost.example/content/images/autumn.jpg\n" },
	{ "mobilizon_create_event",
		"kind=event\n"
		"title=Ceilidh\n"
		"tag=dance\n"
		"html=<p>Six euros.</p><p>2026-12-11 19:00 UTC – 2026-12-11 21:00 UTC<br>The old mill</p><p>" LINK("https://mobilizon.example/events/b81c") "</p>\n" },
	{ "bookwyrm_create_review",
		"kind=article\n"
		"title=Review of \"The Mill\" (4 stars): Kind\n"
		"visibility=public\n" },
	{ "bookwyrm_quotation",
		"kind=note\n"
		"visibility=private\n"
		"html=<p>so true</p>\n" },
	{ "fedify_prefixed_note",
		"html=<p>spelled out</p>\n"
		"quote_state=pending\n"
		"quote=https://mastodon.example/users/ada/statuses/115000000000000001\n"
		"mention=https://mastodon.example/users/ada\n" },
};

static void what_each_implementation_sends_becomes_a_post(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		struct vocab_object object;
		read_object(read_golden(golden[i].file), &object);
		(void)make_remote_of_kind(object.author_id, ACTOR_PERSON);
		struct remote_post post = store(&object, NULL);
		if (post.outcome != REMOTE_POST_STORED && post.outcome != REMOTE_POST_KNOWN)
			fail_msg("%s: %d %s", golden[i].file, post.outcome, post.reason);
		struct post row;
		assert_int_equal(post_find_any(owner_db, arena, post.post_id, &row), ERROR_NONE);
		assert_true(str_eq(row.html, html_clean(arena, row.html, REMOTE_POST_HTML_MAX_BYTES)));
		assert_lines(golden[i].file, dump(post.post_id), golden[i].lines);
	}
}

/* ---- texts ---- */

static void what_is_stored_is_clean(void **state)
{
	(void)state;
	static const char *const contents[] = {
		"<script>alert(1)</script><p onclick='x()'>a</p>",
		"<a href='javascript:alert(1)'>b</a><img src=x onerror=alert(1)>",
		"<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
		"<p><b><i>never closed", "<svg><p>c</p>", "plain & simple < text", "",
	};
	(void)make_remote(ELSEWHERE "/u/clean");
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct vocab_object object = make_note(ELSEWHERE "/u/clean", arena_printf(arena, "clean%zu", i).data, "");
		struct post post;
		object.content = str_from(contents[i]);
		assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
		assert_true(find_post(object.id, &post));
		assert_true(str_eq(post.html, html_clean(arena, object.content, REMOTE_POST_HTML_MAX_BYTES)));
		assert_true(str_eq(post.html, html_clean(arena, post.html, REMOTE_POST_HTML_MAX_BYTES)));
		assert_null(strstr(post.html.data, "script"));
		assert_null(strstr(post.html.data, "onerror"));
	}
}

static void warnings_and_titles_are_single_plain_lines(void **state)
{
	(void)state;
	(void)make_remote(ELSEWHERE "/u/lines");
	struct vocab_object object = make_note(ELSEWHERE "/u/lines", "lines",
		"\"summary\":\"<b>a</b>\\n b\\u202ec\\u200bd\",\"name\":\"x\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301y \\u2066 <z>\"");
	struct remote_post post = store(&object, NULL);
	assert_lines("lines", dump(post.post_id), "spoiler=a bcd\ntitle=x\u0301\u0301\u0301\u0301y <z>\n");
}

static void plain_text_becomes_paragraphs_with_links(void **state)
{
	(void)state;
	(void)make_remote(ELSEWHERE "/u/plain");
	struct vocab_object object = make_note(ELSEWHERE "/u/plain", "plain", "");
	object.content = STR_LITERAL("a <b>\nsee https://x.example/?a=1&b=2.\n\n\nc");
	object.content_type = STR_LITERAL("text/markdown");
	struct remote_post post = store(&object, NULL);
	assert_lines("plain", dump(post.post_id),
		"html=<p>a &lt;b&gt;<br>see <a href=\"https://x.example/?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\""
		" target=\"_blank\">https://x.example/?a=1&amp;b=2</a>.</p><p>c</p>\n");
}

static void all_spellings_of_a_hashtag_are_one(void **state)
{
	(void)state;
	(void)make_remote(ELSEWHERE "/u/tags");
	struct vocab_object object = make_note(ELSEWHERE "/u/tags", "tags",
		"\"tag\":[{\"type\":\"Hashtag\",\"name\":\"#Caf\\u00c9\"},{\"type\":\"Hashtag\",\"name\":\"cafe\\u0301\"},"
		"{\"type\":\"Hashtag\",\"name\":\"#\\u13a3\"},{\"type\":\"Hashtag\",\"name\":\"#two words!\"},{\"type\":\"Hashtag\",\"name\":\"#\"}]");
	struct remote_post post = store(&object, NULL);
	struct post_details details;
	assert_int_equal(post_load_details(owner_db, arena, post.post_id, &details), ERROR_NONE);
	assert_int_equal(details.tag_count, 3);
	assert_lines("tags", dump(post.post_id), "tag=caf\u00e9\ntag=twowords\n");
}

/* ---- times ---- */

static void ids_and_dates_are_never_of_the_future(void **state)
{
	(void)state;
	static const struct {
		int64_t published_us, updated_us, created_us, edited_us;
	} cases[] = {
		{ NOW_US - DAY_US, 0, NOW_US - DAY_US, 0 },
		{ NOW_US + 3650 * DAY_US, 0, NOW_US, 0 },
		{ INT64_MAX, INT64_MAX, NOW_US, 0 },
		{ -1, 0, NOW_US, 0 },
		{ 0, 0, NOW_US, 0 },
		{ 1000000, 0, 1000000, 0 },
		{ NOW_US - DAY_US, NOW_US + DAY_US, NOW_US - DAY_US, NOW_US },
		{ NOW_US - DAY_US, NOW_US - 2 * DAY_US, NOW_US - DAY_US, 0 },
	};
	(void)make_remote(ELSEWHERE "/u/times");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vocab_object object = make_note(ELSEWHERE "/u/times", arena_printf(arena, "times%zu", i).data, "");
		struct post post;
		object.published_us = cases[i].published_us;
		object.updated_us = cases[i].updated_us;
		(void)store(&object, NULL);
		assert_true(find_post(object.id, &post));
		assert_int_equal(post.created_us, cases[i].created_us);
		assert_int_equal(post.edited_us, cases[i].edited_us);
		assert_true(id_time_us(post.id) <= NOW_US);
		assert_int_equal(id_time_us(post.id), cases[i].created_us);
	}
	for (int i = 0; i < 1000; i++) {
		assert_true(remote_post_id(NOW_US + i * DAY_US, NOW_US) < id_at_time(NOW_US + 1000));
		assert_true(remote_post_id(0, 0) > 0);
	}
}

/* ---- limits ---- */

static void too_much_is_cut_and_ours_are_mentioned_first(void **state)
{
	(void)state;
	AUTO(buf) struct buf members = { 0 };
	int64_t local_id = make_local("Lastmentioned");
	(void)make_remote(ELSEWHERE "/u/many");
	for (int i = 0; i < 150; i++)
		(void)make_remote(arena_printf(arena, ELSEWHERE "/u/many%d", i).data);
	buf_add_c_string(&members, "\"tag\":[");
	for (int i = 0; i < 110; i++)
		buf_add_printf(&members, "{\"type\":\"Mention\",\"href\":\"" ELSEWHERE "/u/many%d\"},", i);
	buf_add_c_string(&members, "{\"type\":\"Mention\",\"href\":\"" BASE_URL "/users/Lastmentioned\"},");
	for (int i = 0; i < 120; i++)
		buf_add_printf(&members, "{\"type\":\"Hashtag\",\"name\":\"#tag%d\"},", i);
	for (int i = 0; i < 10000; i++)
		buf_add_printf(&members, "{\"type\":\"Mention\",\"href\":\"" ELSEWHERE "/u/none%d\"},", i);
	buf_add_c_string(&members, "{}],\"attachment\":[");
	for (int i = 0; i < 100; i++)
		buf_add_printf(&members, "%s{\"type\":\"Image\",\"url\":\"" ELSEWHERE "/i/%d.png\"}", i ? "," : "", i);
	buf_add_c_string(&members, "]");
	buf_add_char(&members, '\0');
	struct vocab_object object = make_note(ELSEWHERE "/u/many", "many", members.data);
	struct remote_post post = store(&object, NULL);
	struct post_details details;
	assert_int_equal(post.outcome, REMOTE_POST_STORED);
	assert_int_equal(post_load_details(owner_db, arena, post.post_id, &details), ERROR_NONE);
	assert_int_equal(details.mention_count, POST_MAX_MENTIONS);
	assert_int_equal(details.tag_count, POST_MAX_TAGS);
	assert_int_equal(details.medium_count, POST_MAX_MEDIA);
	bool is_there = false;
	for (size_t i = 0; i < details.mention_count; i++)
		is_there = is_there || details.mentions[i].actor_id == local_id;
	assert_true(is_there);
	assert_int_equal(count_notifications("Lastmentioned", "mention"), 1);
}

/* ---- what is refused ---- */

static void assert_refused(const struct vocab_object *object, const struct remote_post_origin *origin, const char *reason)
{
	int64_t before = count_posts();
	struct remote_post post = store(object, origin);
	if (post.outcome != REMOTE_POST_REFUSED || strcmp(post.reason, reason) != 0)
		fail_msg("%s: outcome %d, %s instead of %s", object->id.data, post.outcome, post.reason, reason);
	assert_int_equal(before, count_posts());
}

static void what_must_not_be_here_is_refused(void **state)
{
	(void)state;
	const struct remote_post_origin update = { .received_us = NOW_US, .is_update = true };
	struct post post;
	(void)make_remote(ELSEWHERE "/u/owner");
	(void)make_remote(ELSEWHERE "/u/thief");
	int64_t suspended_id = make_remote(ELSEWHERE "/u/suspended");
	(void)make_local("Impersonated");
	assert_int_equal(actor_set_suspended(owner_db, arena, suspended_id, true), ERROR_NONE);
	struct vocab_object object = make_note(ELSEWHERE "/u/owner", "owned", "");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	/* Read anew, it names somebody else. */
	struct vocab_object stolen = make_note(ELSEWHERE "/u/thief", "owned", "\"updated\":\"2026-11-21T10:00:00Z\"");
	stolen.content = STR_LITERAL("stolen");
	assert_refused(&stolen, &update, "not_author");
	assert_refused(&stolen, NULL, "not_author");
	assert_true(find_post(object.id, &post));
	assert_string_equal(post.html.data, "<p>hi</p>");

	struct vocab_object local = object;
	local.id = STR_LITERAL(BASE_URL "/users/Impersonated/statuses/1");
	local.author_id = STR_LITERAL(BASE_URL "/users/Impersonated");
	assert_refused(&local, NULL, "ours");
	local.id = STR_LITERAL(ELSEWHERE "/n/as-local");
	assert_refused(&local, NULL, "ours");

	struct vocab_object anonymous = make_note(ELSEWHERE "/u/owner", "anonymous", "");
	anonymous.author_id = (struct str){ 0 };
	assert_refused(&anonymous, NULL, "no_author");
	struct vocab_object dead = make_note(ELSEWHERE "/u/owner", "dead", "");
	struct tombstone tombstone = { .uri = dead.id };
	assert_int_equal(tombstone_add(owner_db, arena, &tombstone), ERROR_NONE);
	assert_refused(&dead, NULL, "tombstone");
	assert_refused(&dead, &update, "tombstone");
	object = make_note(ELSEWHERE "/u/suspended", "suspended", "");
	assert_refused(&object, NULL, "suspended");
	object = make_note(ELSEWHERE "/u/owner", "tombstone", "");
	object.type = VOCAB_TOMBSTONE;
	assert_refused(&object, NULL, "type");
	object = make_note(ELSEWHERE "/u/stranger", "waits", "");
	struct remote_post waiting = store(&object, NULL);
	assert_int_equal(waiting.outcome, REMOTE_POST_WAITS);
	assert_string_equal(waiting.wanted_uri.data, ELSEWHERE "/u/stranger");
}

static void operators_decide_about_domains(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		const char *severity;
		const char *rejects_media;
		enum remote_post_outcome outcome;
		size_t media;
	} cases[] = {
		{ "https://refused.example", "suspend", "f", REMOTE_POST_REFUSED, 0 },
		{ "https://sub.refused.example", NULL, NULL, REMOTE_POST_REFUSED, 0 },
		{ "https://silent.example", "silence", "f", REMOTE_POST_STORED, 1 },
		{ "https://textonly.example", "noop", "t", REMOTE_POST_STORED, 0 },
	};
	static const struct statement block = STATEMENT("test_block", 1,
		"insert into domain_blocks (domain, severity, rejects_media)"
		" values (split_part($1, ' ', 1), split_part($1, ' ', 2), split_part($1, ' ', 3)::boolean)"
		" returning 1::bigint");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str value = arena_printf(arena, "%s %s %s", cases[i].host + strlen("https://"), cases[i].severity,
			cases[i].rejects_media);
		if (cases[i].severity)
			(void)ask_number(&block, value);
	}
	policy_free(&federation.policy);
	assert_int_equal(policy_new(config, &federation.policy), ERROR_NONE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vocab_object object;
		struct post_details details;
		const char *host = cases[i].host;
		(void)make_remote(arena_printf(arena, "%s/u/a", host).data);
		read_object(arena_printf(arena, "{\"type\":\"Note\",\"id\":\"%s/n/1\",\"attributedTo\":\"%s/u/a\",\"content\":\"x\","
			"\"attachment\":{\"type\":\"Image\",\"url\":\"%s/i.png\"}}", host, host, host), &object);
		struct remote_post post = store(&object, NULL);
		assert_int_equal(post.outcome, cases[i].outcome);
		if (post.outcome != REMOTE_POST_STORED)
			continue;
		assert_int_equal(post_load_details(owner_db, arena, post.post_id, &details), ERROR_NONE);
		assert_int_equal(details.medium_count, cases[i].media);
	}
}

static void what_is_pushed_must_concern_somebody_here(void **state)
{
	(void)state;
	const struct remote_post_origin pushed = { .received_us = NOW_US, .is_pushed = true };
	int64_t local_id = make_local("Concerned");
	struct post ours = make_post(local_id, POST_PUBLIC);
	(void)make_remote(ELSEWHERE "/u/pusher");
	int64_t followed_id = make_remote(ELSEWHERE "/u/followed");
	make_follow(local_id, followed_id);
	struct vocab_object known = make_note(ELSEWHERE "/u/pusher", "known", "");
	assert_int_equal(store(&known, NULL).outcome, REMOTE_POST_STORED);
	const struct {
		const char *author, *members;
		bool is_stored;
	} cases[] = {
		{ "/u/pusher", "\"to\":\"" PUBLIC "\"", false },
		{ "/u/pusher", "\"to\":\"" ELSEWHERE "/u/followed\"", false },
		{ "/u/pusher", "\"inReplyTo\":\"" ELSEWHERE "/n/unknown\"", false },
		{ "/u/followed", "\"to\":\"" PUBLIC "\"", true },
		{ "/u/pusher", "\"cc\":\"" BASE_URL "/users/Concerned\"", true },
		{ "/u/pusher", "\"tag\":{\"type\":\"Mention\",\"href\":\"" BASE_URL "/users/Concerned\"}", true },
		{ "/u/pusher", arena_printf(arena, "\"inReplyTo\":\"%s\"", ours.uri.data).data, true },
		{ "/u/pusher", arena_printf(arena, "\"quoteUri\":\"%s\"", ours.uri.data).data, true },
		{ "/u/pusher", "\"inReplyTo\":\"" ELSEWHERE "/n/known\"", true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vocab_object object = make_note(arena_printf(arena, ELSEWHERE "%s", cases[i].author).data,
			arena_printf(arena, "pushed%zu", i).data, cases[i].members);
		if (!cases[i].is_stored)
			assert_refused(&object, &pushed, "irrelevant");
		else
			assert_int_equal(store(&object, &pushed).outcome, REMOTE_POST_STORED);
	}
	struct remote_post_origin to_inbox = pushed;
	to_inbox.inbox_actor_id = local_id;
	struct vocab_object blind = make_note(ELSEWHERE "/u/pusher", "blind", "");
	struct post seen;
	assert_int_equal(store(&blind, &to_inbox).outcome, REMOTE_POST_STORED);
	assert_int_equal(post_find_by_uri(owner_db, arena, local_id, blind.id, &seen), ERROR_NONE);
	assert_int_equal(post_find_by_uri(owner_db, arena, 0, blind.id, &seen), ERROR_NOT_FOUND);
}

/* ---- notifications ---- */

static void those_mentioned_are_told_once(void **state)
{
	(void)state;
	(void)make_local("Tagged");
	(void)make_local("Addressed");
	(void)make_local("Whispered");
	(void)make_remote(ELSEWHERE "/u/speaker");
	struct vocab_object object = make_note(ELSEWHERE "/u/speaker", "open", "\"to\":[\"" PUBLIC "\",\"" BASE_URL "/users/Addressed\"],"
		"\"tag\":{\"type\":\"Mention\",\"href\":\"" BASE_URL "/users/Tagged\"}");
	(void)store(&object, NULL);
	(void)store(&object, NULL);
	object = make_note(ELSEWHERE "/u/speaker", "closed", "\"to\":[\"" BASE_URL "/users/Whispered\"]");
	(void)store(&object, NULL);
	assert_int_equal(count_notifications("Tagged", "mention"), 1);
	assert_int_equal(count_notifications("Addressed", "mention"), 0);
	assert_int_equal(count_notifications("Whispered", "mention"), 1);
	/* Fetched long afterwards, it is no news. */
	object = make_note(ELSEWHERE "/u/speaker", "old", "\"tag\":{\"type\":\"Mention\",\"href\":\"" BASE_URL "/users/Tagged\"}");
	object.published_us = NOW_US - 30 * DAY_US;
	(void)store(&object, NULL);
	assert_int_equal(count_notifications("Tagged", "mention"), 1);
}

/* ---- emojis ---- */

static void a_server_speaks_for_its_own_emojis_only(void **state)
{
	(void)state;
	static const struct str shortcodes[] = { STR("blob"), STR("bad code"), STR("other") };
	struct emoji *emojis;
	size_t count;
	(void)make_remote(ELSEWHERE "/u/emojis");
	struct vocab_object object = make_note(ELSEWHERE "/u/emojis", "emojis", "\"tag\":["
		"{\"type\":\"Emoji\",\"name\":\":blob:\",\"id\":\"https://victim.example/emojis/1\",\"icon\":{\"url\":\"" ELSEWHERE "/1.png\"}},"
		"{\"type\":\"Emoji\",\"name\":\":blob:\",\"icon\":{\"url\":\"" ELSEWHERE "/2.png\"}},"
		"{\"type\":\"Emoji\",\"name\":\":bad code:\",\"icon\":{\"url\":\"" ELSEWHERE "/3.png\"}},"
		"{\"type\":\"Emoji\",\"name\":\"other\",\"id\":\"" ELSEWHERE "/emojis/2\",\"icon\":{\"url\":\"" ELSEWHERE "/4.png\"}}]");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	assert_int_equal(emoji_find_many(owner_db, arena, STR_LITERAL("victim.example"), shortcodes, 3, &emojis, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(emoji_find_many(owner_db, arena, STR_LITERAL("peer.example"), shortcodes, 3, &emojis, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_string_equal(emojis[0].shortcode.data, "blob");
	assert_null(emojis[0].uri.data);
	assert_string_equal(emojis[1].uri.data, ELSEWHERE "/emojis/2");
}

static void an_emoji_changes_to_newer_images_only(void **state)
{
	(void)state;
	static const struct {
		const char *image;
		int64_t updated_us;
		const char *expected;
	} steps[] = {
		{ ELSEWHERE "/a.png", NOW_US, ELSEWHERE "/a.png" },
		{ ELSEWHERE "/b.png", NOW_US - DAY_US, ELSEWHERE "/a.png" },
		{ ELSEWHERE "/c.png", NOW_US + DAY_US, ELSEWHERE "/c.png" },
	};
	struct str shortcode = STR_LITERAL("steps");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct emoji emoji = { .shortcode = shortcode, .image_url = str_from(steps[i].image), .updated_us = steps[i].updated_us };
		struct emoji *found;
		size_t count;
		assert_int_equal(emoji_store(db, arena, STR_LITERAL("steps.example"), &emoji, 1), ERROR_NONE);
		assert_int_equal(emoji_find_many(db, arena, STR_LITERAL("steps.example"), &shortcode, 1, &found, &count), ERROR_NONE);
		assert_int_equal(count, 1);
		assert_string_equal(found[0].image_url.data, steps[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_implementation_sends_becomes_a_post),
		cmocka_unit_test(what_is_stored_is_clean),
		cmocka_unit_test(warnings_and_titles_are_single_plain_lines),
		cmocka_unit_test(plain_text_becomes_paragraphs_with_links),
		cmocka_unit_test(all_spellings_of_a_hashtag_are_one),
		cmocka_unit_test(ids_and_dates_are_never_of_the_future),
		cmocka_unit_test(too_much_is_cut_and_ours_are_mentioned_first),
		cmocka_unit_test(what_must_not_be_here_is_refused),
		cmocka_unit_test(operators_decide_about_domains),
		cmocka_unit_test(what_is_pushed_must_concern_somebody_here),
		cmocka_unit_test(those_mentioned_are_told_once),
		cmocka_unit_test(a_server_speaks_for_its_own_emojis_only),
		cmocka_unit_test(an_emoji_changes_to_newer_images_only),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
