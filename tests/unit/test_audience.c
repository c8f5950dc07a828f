/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * To whom a post, its edits, its end and its boosts go: every visibility with every kind of person concerned. The
 * database is this file: followers are nobody's business here, they are one flag. */
#include "federation/audience.h"
#include "federation/post_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ME "https://a.example/users/me"
#define FOLLOWERS ME "/followers"
#define BOB "https://b.example/users/bob"
#define PARENT "https://p.example/users/parent"
#define QUOTED "https://q.example/users/quoted"

enum { ME_ID = 1, BOB_ID, LOCAL_ID, PARENT_ID, QUOTED_ID, FAN_ID, VOTER_ID };
enum { POST = 100, PARENT_POST, QUOTED_POST };

static struct post others[] = {
	{ .id = PARENT_POST, .actor_id = PARENT_ID, .uri = STR(PARENT "/1"), .actor_uri = STR(PARENT) },
	{ .id = QUOTED_POST, .actor_id = QUOTED_ID, .uri = STR(QUOTED "/1"), .actor_uri = STR(QUOTED) },
};

enum error post_find_any(struct db *db, struct arena *arena, int64_t id, struct post *ret_post)
{
	(void)db;
	(void)arena;
	*ret_post = others[id - PARENT_POST];
	return ERROR_NONE;
}

enum error post_load_details(struct db *db, struct arena *arena, int64_t post_id, struct post_details *ret_details)
{
	static struct post_mention mentions[] = {
		{ .actor_id = BOB_ID, .uri = STR(BOB) },
		{ .actor_id = LOCAL_ID, .uri = STR("https://a.example/users/eve"), .is_local = true },
	};
	(void)db;
	(void)arena;
	(void)post_id;
	*ret_details = (struct post_details){ .mentions = mentions, .mention_count = 2 };
	return ERROR_NONE;
}

enum error post_list_replies(struct db *db, struct arena *arena, int64_t post_id, bool only_own, int64_t after_id,
	int limit, struct post_uri_item **ret_items, size_t *ret_count)
{
	(void)db, (void)arena, (void)post_id, (void)only_own, (void)after_id, (void)limit;
	*ret_items = NULL;
	*ret_count = 0;
	return ERROR_NONE;
}

enum error poll_find(struct db *db, struct arena *arena, int64_t post_id, struct poll *ret_poll)
{
	(void)db, (void)arena, (void)post_id;
	*ret_poll = (struct poll){ 0 };
	return ERROR_NONE;
}

static enum error give_one(int64_t *id, int64_t **ret_ids, size_t *ret_count)
{
	*ret_ids = id;
	*ret_count = 1;
	return ERROR_NONE;
}

enum error post_list_interested(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_ids, size_t *ret_count)
{
	static int64_t fan = FAN_ID;
	(void)db, (void)arena, (void)post_id;
	return give_one(&fan, ret_ids, ret_count);
}

enum error poll_list_voters(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_ids, size_t *ret_count)
{
	static int64_t voter = VOTER_ID;
	(void)db, (void)arena, (void)post_id;
	return give_one(&voter, ret_ids, ret_count);
}

static struct str join(struct arena *arena, const struct str *items, size_t count)
{
	struct str text = STR_LITERAL("");
	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(items[i]));
	return text;
}

static struct str join_ids(struct arena *arena, const struct activity_audience *reach)
{
	struct str text = STR_LITERAL("");
	for (size_t i = 0; i < reach->actor_count; i++)
		text = arena_printf(arena, "%.*s%s%lld", STR_ARG(text), i ? " " : "", (long long)reach->actor_ids[i]);
	return text;
}

static void assert_text(size_t row, struct str is, const char *expected)
{
	if (!str_eq(is, str_from(expected)))
		fail_msg("row %zu: \"%.*s\" instead of \"%s\"", row, STR_ARG(is), expected);
}

#define EVE "https://a.example/users/eve"
#define OPEN_CC FOLLOWERS " " BOB " " EVE
#define UNLISTED_CC VOCAB_PUBLIC " " BOB " " EVE

enum { PLAIN = 0, ANSWER = 1, QUOTE = 2, POLL = 4 };

static const struct {
	enum post_visibility visibility;
	enum audience_purpose purpose;
	int what;
	const char *to, *cc;
	bool to_followers, is_personal;
	const char *ids; /* 2 Bob, who is mentioned; 4 the answered, 5 the quoted; 6 who liked it; 7 who voted */
} cases[] = {
	{ POST_PUBLIC, AUDIENCE_CREATE, PLAIN, VOCAB_PUBLIC, OPEN_CC, true, false, "2" },
	{ POST_PUBLIC, AUDIENCE_CREATE, ANSWER, VOCAB_PUBLIC, OPEN_CC " " PARENT, true, false, "2 4" },
	{ POST_PUBLIC, AUDIENCE_CREATE, QUOTE, VOCAB_PUBLIC, OPEN_CC " " QUOTED, true, false, "2 5" },
	{ POST_PUBLIC, AUDIENCE_CREATE, ANSWER | QUOTE, VOCAB_PUBLIC, OPEN_CC " " PARENT " " QUOTED, true, false, "2 4 5" },
	{ POST_PUBLIC, AUDIENCE_CREATE, POLL, VOCAB_PUBLIC, OPEN_CC, true, false, "2" },
	{ POST_PUBLIC, AUDIENCE_UPDATE, PLAIN, VOCAB_PUBLIC, OPEN_CC, true, false, "2 6" },
	{ POST_PUBLIC, AUDIENCE_UPDATE, ANSWER, VOCAB_PUBLIC, OPEN_CC " " PARENT, true, false, "2 4 6" },
	{ POST_PUBLIC, AUDIENCE_UPDATE, POLL, VOCAB_PUBLIC, OPEN_CC, true, false, "2 6 7" },
	{ POST_PUBLIC, AUDIENCE_DELETE, ANSWER | QUOTE, VOCAB_PUBLIC, OPEN_CC " " PARENT " " QUOTED, true, false, "2 4 5 6" },
	{ POST_PUBLIC, AUDIENCE_DELETE, POLL, VOCAB_PUBLIC, OPEN_CC, true, false, "2 6 7" },
	{ POST_UNLISTED, AUDIENCE_CREATE, PLAIN, FOLLOWERS, UNLISTED_CC, true, false, "2" },
	{ POST_UNLISTED, AUDIENCE_CREATE, ANSWER, FOLLOWERS, UNLISTED_CC " " PARENT, true, false, "2 4" },
	{ POST_UNLISTED, AUDIENCE_CREATE, QUOTE, FOLLOWERS, UNLISTED_CC " " QUOTED, true, false, "2 5" },
	{ POST_UNLISTED, AUDIENCE_UPDATE, PLAIN, FOLLOWERS, UNLISTED_CC, true, false, "2 6" },
	{ POST_UNLISTED, AUDIENCE_UPDATE, POLL, FOLLOWERS, UNLISTED_CC, true, false, "2 6 7" },
	{ POST_UNLISTED, AUDIENCE_DELETE, PLAIN, FOLLOWERS, UNLISTED_CC, true, false, "2 6" },
	{ POST_FOLLOWERS, AUDIENCE_CREATE, PLAIN, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_CREATE, ANSWER, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_CREATE, QUOTE, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_CREATE, POLL, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_UPDATE, PLAIN, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_UPDATE, ANSWER | POLL, FOLLOWERS, BOB " " EVE, true, false, "2" },
	{ POST_FOLLOWERS, AUDIENCE_DELETE, PLAIN, FOLLOWERS, BOB " " EVE, true, false, "2 6" },
	{ POST_FOLLOWERS, AUDIENCE_DELETE, POLL, FOLLOWERS, BOB " " EVE, true, false, "2 6 7" },
	{ POST_DIRECT, AUDIENCE_CREATE, PLAIN, BOB " " EVE, "", false, true, "2" },
	{ POST_DIRECT, AUDIENCE_CREATE, ANSWER, BOB " " EVE, "", false, true, "2" },
	{ POST_DIRECT, AUDIENCE_CREATE, QUOTE, BOB " " EVE, "", false, true, "2" },
	{ POST_DIRECT, AUDIENCE_UPDATE, PLAIN, BOB " " EVE, "", false, true, "2" },
	{ POST_DIRECT, AUDIENCE_UPDATE, POLL, BOB " " EVE, "", false, true, "2" },
	{ POST_DIRECT, AUDIENCE_DELETE, PLAIN, BOB " " EVE, "", false, true, "2 6" },
};

static void a_post_reaches_those_it_is_for_and_nobody_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 20);
		struct post_document document;
		struct audience audience;
		const struct post post = {
			.id = POST, .actor_id = ME_ID, .actor_username = STR("me"), .visibility = cases[i].visibility, .is_local = true,
			.kind = cases[i].what & POLL ? POST_QUESTION : POST_NOTE, .uri = STR(ME "/statuses/100"), .actor_uri = STR(ME),
			.actor_followers_url = STR(FOLLOWERS), .conversation_id = POST,
			.in_reply_to_id = cases[i].what & ANSWER ? PARENT_POST : 0, .quote_id = cases[i].what & QUOTE ? QUOTED_POST : 0,
		};
		assert_int_equal(post_document_load(NULL, arena, &post, &document), ERROR_NONE);
		assert_int_equal(audience_of_post(NULL, arena, &document, cases[i].purpose, &audience), ERROR_NONE);
		assert_text(i, join(arena, audience.addresses.to, audience.addresses.to_count), cases[i].to);
		assert_text(i, join(arena, audience.addresses.cc, audience.addresses.cc_count), cases[i].cc);
		assert_text(i, join_ids(arena, &audience.reach), cases[i].ids);
		assert_int_equal(audience.reach.to_followers, cases[i].to_followers);
		assert_int_equal(audience.reach.is_personal, cases[i].is_personal);
		assert_int_equal(audience.is_public, cases[i].visibility <= POST_UNLISTED);
		assert_int_equal(audience.is_for_followers, cases[i].visibility == POST_FOLLOWERS);
		assert_int_equal(audience.reach.inbox_count, 0);
	}
}

static void a_boost_goes_to_followers_and_to_the_author(void **state)
{
	(void)state;
	static const struct {
		enum post_visibility visibility;
		const char *to, *cc;
		bool is_public;
	} boosts[] = {
		{ POST_PUBLIC, VOCAB_PUBLIC, FOLLOWERS " " QUOTED, true },
		{ POST_UNLISTED, FOLLOWERS, VOCAB_PUBLIC " " QUOTED, true },
		{ POST_FOLLOWERS, FOLLOWERS, QUOTED, false },
	};
	const struct actor me = { .id = ME_ID, .uri = STR(ME), .followers_url = STR(FOLLOWERS) };
	for (size_t i = 0; i < sizeof(boosts) / sizeof(boosts[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 20);
		struct audience audience;
		audience_of_boost(arena, &me, boosts[i].visibility, &others[1], &audience);
		assert_text(i, join(arena, audience.addresses.to, audience.addresses.to_count), boosts[i].to);
		assert_text(i, join(arena, audience.addresses.cc, audience.addresses.cc_count), boosts[i].cc);
		assert_text(i, join_ids(arena, &audience.reach), "5");
		assert_true(audience.reach.to_followers);
		assert_int_equal(audience.is_public, boosts[i].is_public);
		assert_int_equal(audience.is_for_followers, !boosts[i].is_public);
	}
}

static void nobody_is_named_twice(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	static const struct str named[] = { STR(BOB), STR(""), STR(BOB), STR(FOLLOWERS) };
	struct vocab_addresses addresses = audience_address(arena, POST_PUBLIC, STR_LITERAL(FOLLOWERS), named, 4);
	assert_text(0, join(arena, addresses.cc, addresses.cc_count), FOLLOWERS " " BOB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_reaches_those_it_is_for_and_nobody_else),
		cmocka_unit_test(a_boost_goes_to_followers_and_to_the_author),
		cmocka_unit_test(nobody_is_named_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
