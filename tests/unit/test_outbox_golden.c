/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What we send, byte for byte but for the ids that are made on the way: golden/outgoing. The database is a handful of
 * posts in this file. COMPTOIR_WRITE_GOLDEN=1 writes the files anew. */
#include "federation/outbox.h"
#include "federation/vocab_out.h"

#include "base/json_in.h"
#include "storage/activity_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE "https://social.fleurs.example"
#define ME BASE "/users/fleurs"
#define BOB "https://other.example/users/bob"
#define NOON_US INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */
#define MINUTE_US INT64_C(60000000)

enum { NOTE = 101, FULL, FOR_FOLLOWERS, DIRECT, QUESTION, REMOTE, LONG, POST_END };

static struct arena *arena;
static struct str sent;

static struct actor florist(void)
{
	return (struct actor){
		.id = 7, .kind = ACTOR_ORGANIZATION, .is_local = true, .username = STR("fleurs"), .domain = STR("fleurs.example"),
		.base_url = STR(BASE), .uri = STR(ME), .url = STR(BASE "/@fleurs"), .followers_url = STR(ME "/followers"),
		.featured_url = STR(ME "/collections/featured"),
	};
}

static struct actor bob(void)
{
	return (struct actor){
		.id = 8, .kind = ACTOR_PERSON, .username = STR("bob"), .domain = STR("other.example"), .uri = STR(BOB),
		.followers_url = STR(BOB "/followers"),
	};
}

static struct post local_post(int64_t id, enum post_visibility visibility)
{
	return (struct post){
		.id = id, .actor_id = 7, .actor_username = STR("fleurs"), .actor_domain = STR("fleurs.example"),
		.uri = arena_printf(arena, ME "/statuses/%lld", (long long)id),
		.url = arena_printf(arena, BASE "/@fleurs/%lld", (long long)id),
		.visibility = visibility, .html = STR("<p>Bonjour</p>"), .text_source = STR("Bonjour"), .language = STR("fr"),
		.is_local = true, .conversation_id = id, .actor_uri = STR(ME), .actor_followers_url = STR(ME "/followers"),
		.created_us = NOON_US, .revision = 1,
	};
}

static struct post remote_post(void)
{
	return (struct post){
		.id = REMOTE, .actor_id = 8, .actor_username = STR("bob"), .actor_domain = STR("other.example"),
		.uri = STR(BOB "/statuses/5"), .url = STR("https://other.example/@bob/5?a=1&b=2"), .visibility = POST_PUBLIC,
		.html = STR("<p>Well said</p>"), .conversation_id = REMOTE, .actor_uri = STR(BOB),
		.actor_followers_url = STR(BOB "/followers"), .created_us = NOON_US - MINUTE_US,
		.conversation_uri = STR("tag:other.example,2026-11-22:objectId=5:objectType=Conversation"),
		.context_uri = STR("https://other.example/contexts/5"),
	};
}

static struct post full_post(void)
{
	struct post post = local_post(FULL, POST_PUBLIC);

	post.in_reply_to_id = post.conversation_id = REMOTE;
	post.in_reply_to_actor_id = 8;
	post.text_source = STR_LITERAL("Bonjour :rose: à 12:30:45 ::x :nulle_part:");
	post.spoiler_text = STR_LITERAL("Épines");
	post.is_sensitive = true;
	post.edited_us = NOON_US + MINUTE_US;
	post.quote_id = REMOTE;
	post.quote_uri = STR_LITERAL(BOB "/statuses/5");
	post.quote_state = QUOTE_ACCEPTED;
	post.quote_authorization_uri = STR_LITERAL(BOB "/quote_authorizations/3");
	post.quote_policy = QUOTE_BY_FOLLOWERS;
	post.replies_count = 3;
	post.boosts_count = 2;
	post.favourites_count = 4;
	return post;
}

/* ---- the database ---- */

enum error post_find_any(struct db *db, struct arena *unused, int64_t id, struct post *ret_post)
{
	(void)db;
	(void)unused;
	switch (id) {
	case NOTE:
		*ret_post = local_post(NOTE, POST_UNLISTED);
		return ERROR_NONE;
	case FULL:
		*ret_post = full_post();
		return ERROR_NONE;
	case FOR_FOLLOWERS:
		*ret_post = local_post(FOR_FOLLOWERS, POST_FOLLOWERS);
		ret_post->in_reply_to_id = ret_post->conversation_id = NOTE;
		return ERROR_NONE;
	case DIRECT:
		*ret_post = local_post(DIRECT, POST_DIRECT);
		return ERROR_NONE;
	case QUESTION:
		*ret_post = local_post(QUESTION, POST_PUBLIC);
		ret_post->kind = POST_QUESTION;
		return ERROR_NONE;
	case REMOTE:
		*ret_post = remote_post();
		return ERROR_NONE;
	case LONG:
		*ret_post = local_post(LONG, POST_PUBLIC);
		char *text = arena_alloc(arena, 30000);
		memset(text, 'x', 30000);
		ret_post->html = ret_post->text_source = (struct str){ text, 30000 };
		return ERROR_NONE;
	default:
		return ERROR_NOT_FOUND;
	}
}

enum error post_load_details(struct db *db, struct arena *unused, int64_t post_id, struct post_details *ret_details)
{
	static struct post_mention mentions[] = {
		{ 8, STR("bob"), STR("other.example"), STR(BOB), STR("https://other.example/@bob"), false },
		{ 9, STR("eve"), STR("fleurs.example"), STR(BASE "/users/eve"), STR(BASE "/@eve"), true },
	};
	static struct str tags[] = { STR("fleurs"), STR("été") };
	static struct post_medium media[] = {
		{ STR("image/png"), STR(BASE "/media/a.png"), STR("Une rose"), STR("UBL_:rOpGG-;~qRjWBay"), 800, 600, -0.5, 0.25 },
		{ STR("audio/ogg"), STR(BASE "/media/b.ogg"), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0 },
	};
	(void)db;
	(void)unused;
	*ret_details = (struct post_details){ 0 };
	if (post_id == FULL)
		*ret_details = (struct post_details){ mentions, 2, tags, 2, media, 2 };
	if (post_id == DIRECT || post_id == FOR_FOLLOWERS)
		*ret_details = (struct post_details){ .mentions = mentions, .mention_count = 1 };
	return ERROR_NONE;
}

enum error poll_find(struct db *db, struct arena *unused, int64_t post_id, struct poll *ret_poll)
{
	static struct poll_option options[] = { { STR("Roses"), 2 }, { STR("Tulipes"), 1 } };
	(void)db;
	(void)unused;
	(void)post_id;
	*ret_poll = (struct poll){
		.is_multiple = true, .ends_us = NOON_US + MINUTE_US, .closed_us = NOON_US + MINUTE_US, .voters = 2,
		.options = options, .option_count = 2,
	};
	return ERROR_NONE;
}

enum error post_list_replies(struct db *db, struct arena *unused, int64_t post_id, bool only_own, int64_t after_id,
	int limit, struct post_uri_item **ret_items, size_t *ret_count)
{
	static struct post_uri_item items[] = { { 201, STR(ME "/statuses/201") }, { 202, STR(ME "/statuses/202") } };
	(void)db;
	(void)unused;
	assert_true(post_id == FULL && only_own && after_id == 0 && limit == 5);
	*ret_items = items;
	*ret_count = 2;
	return ERROR_NONE;
}

enum error post_list_interested(struct db *db, struct arena *unused, int64_t post_id, int64_t **ret_actor_ids, size_t *ret_count)
{
	(void)db;
	(void)unused;
	(void)post_id;
	*ret_actor_ids = NULL;
	*ret_count = 0;
	return ERROR_NONE;
}

enum error poll_list_voters(struct db *db, struct arena *unused, int64_t post_id, int64_t **ret_actor_ids, size_t *ret_count)
{
	return post_list_interested(db, unused, post_id, ret_actor_ids, ret_count);
}

enum error emoji_find_many(struct db *db, struct arena *unused, struct str domain, const struct str *shortcodes, size_t count,
	struct emoji **ret_emojis, size_t *ret_count)
{
	static struct emoji rose = {
		STR("rose"), STR(BASE "/emojis/rose"), STR(BASE "/media/rose.png"), NOON_US,
	};
	(void)db;
	(void)unused;
	assert_true(str_eq(domain, STR_LITERAL("social.fleurs.example")));
	assert_int_equal(count, 3);
	assert_true(str_eq(shortcodes[0], STR_LITERAL("rose")) && str_eq(shortcodes[2], STR_LITERAL("nulle_part")));
	*ret_emojis = &rose;
	*ret_count = 1;
	return ERROR_NONE;
}

enum error activity_out_post_is_wanted(struct db *db, struct arena *unused, int64_t post_id, bool *ret_is_wanted)
{
	(void)db;
	(void)unused;
	(void)post_id;
	*ret_is_wanted = true;
	return ERROR_NONE;
}

enum error activity_out_insert(struct db *db, struct arena *unused, const struct activity_out *activity,
	const struct activity_audience *audience)
{
	(void)db;
	(void)unused;
	(void)audience;
	assert_null(sent.data);
	sent = arena_str(arena, activity->body);
	return ERROR_NONE;
}

enum error activity_out_insert_for_each(struct db *db, struct arena *unused, const struct activity_out *activities,
	const int64_t *recipient_ids, size_t count)
{
	(void)db;
	(void)unused;
	assert_int_equal(count, 1);
	assert_true(recipient_ids[0] > 0);
	assert_false(activities[0].is_public);
	assert_null(sent.data);
	sent = arena_str(arena, activities[0].body);
	return ERROR_NONE;
}

/* ---- golden files ---- */

/* Ids made by id_new have more digits than those of this file. */
static void normalise(char *text)
{
	char *to = text;
	for (const char *from = text; *from;) {
		size_t digits = strspn(from, "0123456789");
		if (digits >= 12) {
			memcpy(to, "NEW", 3);
			to += 3;
			from += digits;
		} else {
			memmove(to, from, digits + 1);
			to += digits + 1;
			from += digits + (from[digits] != '\0');
		}
	}
	*to = '\0';
}

static char *pretty(struct str body)
{
	json_auto_t *document = NULL;
	assert_int_equal(json_in_parse(body, &json_limits_default, &document), ERROR_NONE);
	char *text = json_dumps(document, JSON_INDENT(2));
	assert_non_null(text);
	normalise(text);
	return text;
}

static void compare(const char *name)
{
	char path[200];
	char expected[32768] = { 0 };
	assert_non_null(sent.data);
	char *text = pretty(sent);
	snprintf(path, sizeof(path), "../golden/outgoing/%s.json", name);
	if (getenv("COMPTOIR_WRITE_GOLDEN")) {
		FILE *out = fopen(path, "w");
		assert_non_null(out);
		fprintf(out, "%s\n", text);
		fclose(out);
	}
	FILE *file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing", path);
	size_t len = fread(expected, 1, sizeof(expected) - 1, file);
	fclose(file);
	assert_true(len > 0 && expected[len - 1] == '\n');
	expected[len - 1] = '\0';
	if (strcmp(text, expected) != 0)
		fail_msg("%s is now\n%s", path, text);
	free(text);
	sent = (struct str){ NULL, 0 };
}

#define SENDS(name, call)                            \
	do {                                         \
		assert_int_equal(call, ERROR_NONE);  \
		compare(name);                       \
	} while (0)

static void posts_are_sent_as_written_here(void **state)
{
	(void)state;
	SENDS("create_note_unlisted", outbox_create_post(NULL, arena, NOTE));
	SENDS("create_note_full", outbox_create_post(NULL, arena, FULL));
	SENDS("create_note_followers", outbox_create_post(NULL, arena, FOR_FOLLOWERS));
	SENDS("create_note_direct", outbox_create_post(NULL, arena, DIRECT));
	SENDS("update_note", outbox_update_post(NULL, arena, FULL));
	SENDS("update_question", outbox_update_post(NULL, arena, QUESTION));
	SENDS("delete_note", outbox_delete_post(NULL, arena, FULL));
}

static void follows_and_blocks_are_sent_as_written_here(void **state)
{
	(void)state;
	const struct actor me = florist(), other = bob();
	struct str follow = outbox_follow_uri(arena, &me, 11);
	SENDS("follow", outbox_follow(NULL, arena, &me, &other, follow));
	SENDS("undo_follow", outbox_undo_follow(NULL, arena, &me, &other, follow));
	SENDS("accept_follow", outbox_accept_follow(NULL, arena, &me, &other, STR_LITERAL(BOB "#follows/1")));
	const struct outbox_accept several = { me.id, other.id, me.uri, other.uri, STR(BOB "#follows/1") };
	SENDS("accept_follow", outbox_accept_follows(NULL, arena, &several, 1));
	SENDS("reject_follow", outbox_reject_follow(NULL, arena, &me, &other, STR_LITERAL(BOB "#follows/1")));
	SENDS("block", outbox_block(NULL, arena, &me, &other, outbox_block_uri(arena, &me, 12)));
	SENDS("undo_block", outbox_undo_block(NULL, arena, &me, &other, outbox_block_uri(arena, &me, 12)));
	SENDS("move", outbox_move(NULL, arena, &me, &other));
}

static void reactions_are_sent_as_written_here(void **state)
{
	(void)state;
	const struct actor me = florist();
	const struct post post = remote_post();
	struct str like = outbox_favourite_uri(arena, &me, 13);
	struct str reaction = outbox_reaction_uri(arena, &me, 14);
	struct boost boost = { 15, 7, REMOTE, outbox_boost_uri(arena, &me, 15), POST_PUBLIC, NOON_US };
	SENDS("announce", outbox_boost(NULL, arena, &me, &boost));
	SENDS("undo_announce", outbox_undo_boost(NULL, arena, &me, &boost));
	SENDS("like", outbox_favourite(NULL, arena, &me, &post, like));
	SENDS("undo_like", outbox_undo_favourite(NULL, arena, &me, &post, like));
	SENDS("emoji_react", outbox_reaction(NULL, arena, &me, &post, STR_LITERAL("🌷"), reaction));
	SENDS("undo_emoji_react", outbox_undo_reaction(NULL, arena, &me, &post, STR_LITERAL("🌷"), reaction));
	struct str title = STR_LITERAL("Roses"), vote = outbox_vote_uri(arena, &me, 16);
	SENDS("create_vote", outbox_vote(NULL, arena, &me, &post, &title, &vote, 1));
}

static void reports_and_features_are_sent_as_written_here(void **state)
{
	(void)state;
	const struct actor me = florist(), other = bob();
	struct actor instance = { .id = 1, .kind = ACTOR_APPLICATION, .is_local = true, .uri = STR(BASE "/actor") };
	struct str post = STR_LITERAL(BOB "/statuses/5");
	struct str report = outbox_report_uri(arena, &instance, 17);
	SENDS("flag", outbox_flag(NULL, arena, &instance, &other, &post, 1, STR_LITERAL("Vend de fausses roses"), report));
	SENDS("add_featured", outbox_pin(NULL, arena, &me, STR_LITERAL(ME "/statuses/101"), true));
	SENDS("remove_featured", outbox_pin(NULL, arena, &me, STR_LITERAL(ME "/statuses/101"), false));
	SENDS("add_featured_tag", outbox_featured_tag(NULL, arena, &me, STR_LITERAL("fleurs"), true));
	SENDS("follow_relay", outbox_relay_follow(NULL, arena, &instance, STR_LITERAL("https://relay.example/inbox"),
		STR_LITERAL(VOCAB_PUBLIC), STR_LITERAL(BASE "/actor#follows/18"), false));
	SENDS("undo_follow_relay", outbox_relay_follow(NULL, arena, &instance, STR_LITERAL("https://relay.example/inbox"),
		STR_LITERAL(VOCAB_PUBLIC), STR_LITERAL(BASE "/actor#follows/18"), true));
}

static void quotes_are_asked_for_and_answered_as_written_here(void **state)
{
	(void)state;
	const struct actor me = florist(), other = bob();
	const struct post mine = local_post(NOTE, POST_PUBLIC);
	struct post theirs = remote_post(), quote = local_post(NOTE, POST_PUBLIC);
	quote.quote_uri = theirs.uri;
	quote.quote_id = REMOTE;
	quote.quote_state = QUOTE_PENDING;
	SENDS("quote_request", outbox_quote_request(NULL, arena, &me, &quote, &theirs));
	struct str request = STR_LITERAL(BOB "/quote_requests/2");
	SENDS("accept_quote_request", outbox_accept_quote(NULL, arena, &me, &other, request, theirs.uri, mine.uri,
		outbox_quote_authorization_uri(arena, &me, REMOTE)));
	SENDS("reject_quote_request", outbox_reject_quote(NULL, arena, &me, &other, request, theirs.uri, mine.uri));
	theirs.quote_uri = mine.uri;
	SENDS("delete_quote_authorization", outbox_revoke_quote(NULL, arena, &me, &theirs));
}

static void a_quote_that_was_refused_is_no_longer_shown(void **state)
{
	(void)state;
	static const enum post_quote_state states[] = { QUOTE_REJECTED, QUOTE_REVOKED };
	for (size_t i = 0; i < 2; i++) {
		AUTO(buf) struct buf out = { 0 };
		struct post post = full_post();
		post.quote_state = states[i];
		vocab_write_post(&out, arena, &(struct vocab_post){ .post = &post, .base_url = STR(BASE) });
		buf_add_char(&out, '\0');
		assert_null(strstr(out.data, BOB));
		assert_null(strstr(out.data, "RE: "));
	}
}

static void nothing_is_sent_about_local_things_to_local_actors(void **state)
{
	(void)state;
	const struct actor me = florist();
	struct actor eve = florist();
	const struct post post = local_post(NOTE, POST_PUBLIC);
	struct str uri = STR_LITERAL(ME "#x/1");
	eve.id = 9;
	assert_int_equal(outbox_follow(NULL, arena, &me, &eve, uri), ERROR_NONE);
	assert_int_equal(outbox_accept_follow(NULL, arena, &me, &eve, uri), ERROR_NONE);
	assert_int_equal(outbox_favourite(NULL, arena, &me, &post, uri), ERROR_NONE);
	assert_int_equal(outbox_reaction(NULL, arena, &me, &post, STR_LITERAL("🌷"), uri), ERROR_NONE);
	assert_int_equal(outbox_vote(NULL, arena, &me, &post, &uri, &uri, 1), ERROR_NONE);
	assert_int_equal(outbox_block(NULL, arena, &me, &eve, uri), ERROR_NONE);
	assert_int_equal(outbox_quote_request(NULL, arena, &me, &post, &post), ERROR_NONE);
	assert_null(sent.data);
}

static void a_long_post_leaves_out_what_repeats_its_text(void **state)
{
	(void)state;
	assert_int_equal(outbox_create_post(NULL, arena, LONG), ERROR_NONE);
	assert_in_range(sent.len, 30000, VOCAB_BODY_WISHED_BYTES);
	assert_int_equal(str_index_of_str(sent, STR_LITERAL("contentMap")), sent.len);
	assert_int_equal(str_index_of_str(sent, STR_LITERAL("\"source\"")), sent.len);
	sent = (struct str){ NULL, 0 };
}

static void the_same_post_gives_the_same_bytes(void **state)
{
	(void)state;
	assert_int_equal(outbox_create_post(NULL, arena, FULL), ERROR_NONE);
	struct str first = sent;
	sent = (struct str){ NULL, 0 };
	assert_int_equal(outbox_create_post(NULL, arena, FULL), ERROR_NONE);
	assert_true(str_eq(first, sent));
	sent = (struct str){ NULL, 0 };
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_are_sent_as_written_here),
		cmocka_unit_test(follows_and_blocks_are_sent_as_written_here),
		cmocka_unit_test(reactions_are_sent_as_written_here),
		cmocka_unit_test(reports_and_features_are_sent_as_written_here),
		cmocka_unit_test(quotes_are_asked_for_and_answered_as_written_here),
		cmocka_unit_test(a_quote_that_was_refused_is_no_longer_shown),
		cmocka_unit_test(nothing_is_sent_about_local_things_to_local_actors),
		cmocka_unit_test(a_long_post_leaves_out_what_repeats_its_text),
		cmocka_unit_test(the_same_post_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
