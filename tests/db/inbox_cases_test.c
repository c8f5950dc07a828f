/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What each kind of activity does, and what it does not do when it is not its sender's to say: CHECKLIST A14, G6; A5
 * and A15 are in inbox_owner_test.c. */
#include "inbox_world.h"

#include "federation/inbox_worker.h"
#include "federation/outbox.h"
#include "federation/policy.h"
#include "storage/domain_policy.h"
#include "storage/id.h"
#include "storage/pin.h"
#include "storage/reaction.h"
#include "storage/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define REMOTE "peer.example"

static const char *follow_body(const char *id, const struct actor *follower, const struct actor *followed)
{
	return activity(id, "Follow", follower->uri.data, followed->uri.data, "");
}

static const char *follow_state(const struct actor *follower, const struct actor *followed)
{
	return query("select coalesce((select state from follows where follower_id = %lld and followed_id = %lld), 'none')",
		(long long)follower->id, (long long)followed->id);
}

static const char *sent(const struct actor *actor, const char *type)
{
	return query("select count(*) from activities_out where actor_id = %lld and type = '%s'", (long long)actor->id, type);
}

static const char *told(const struct actor *actor, const char *kind)
{
	return query("select count(*) from notifications where actor_id = %lld and kind = '%s'", (long long)actor->id, kind);
}

static void wake(const char *uri, bool is_nowhere)
{
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(inbox_wake_parked(world_db, world_arena, str_from(uri), is_nowhere), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
}

/* ---- Follow ---- */

static void an_open_actor_accepts_at_once(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *id = id_of(&bob, "follows");
	assert_string_equal(result_of(follow_body(id, &bob, &alice)), "done");
	assert_string_equal(follow_state(&bob, &alice), "accepted");
	assert_string_equal(sent(&alice, "Accept"), "1");
	assert_string_equal(told(&alice, "follow"), "1");
	assert_int_equal(find_actor(alice.uri.data).followers_count, 1);
}

static void a_locked_actor_is_asked(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", true);
	struct actor bob = make_remote("bob", REMOTE);
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &alice)), "done");
	assert_string_equal(follow_state(&bob, &alice), "pending");
	assert_string_equal(sent(&alice, "Accept"), "0");
	assert_string_equal(told(&alice, "follow_request"), "1");
	assert_int_equal(find_actor(alice.uri.data).followers_count, 0);
}

static void the_silenced_must_ask(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	assert_int_equal(actor_set_silenced(world_db, world_arena, bob.id, true), ERROR_NONE);
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &alice)), "done");
	assert_string_equal(follow_state(&bob, &alice), "pending");
}

static void the_blocked_are_refused(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	make_block(&alice, &bob, id_of(&alice, "blocks"));
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &alice)), "done");
	assert_string_equal(follow_state(&bob, &alice), "none");
	assert_string_equal(sent(&alice, "Reject"), "1");
	assert_string_equal(sent(&alice, "Accept"), "0");
	assert_string_equal(told(&alice, "follow"), "0");
}

static void only_living_local_actors_are_followed(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor carol = make_remote("carol", REMOTE);
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &carol)), "dropped: not_ours");
	assert_string_equal(result_of(say(&bob, "Follow", OUR_BASE "/users/nobody")), "dropped: not_ours");
	assert_int_equal(actor_set_suspended(world_db, world_arena, alice.id, true), ERROR_NONE);
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &alice)), "dropped: not_ours");
}

static void a_follow_repeated_under_another_id_counts_once(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *first = id_of(&bob, "follows");
	const char *second = id_of(&bob, "follows");
	assert_string_equal(result_of(follow_body(first, &bob, &alice)), "done");
	assert_string_equal(result_of(follow_body(second, &bob, &alice)), "done");
	assert_int_equal(find_actor(alice.uri.data).followers_count, 1);
	assert_string_equal(sent(&alice, "Accept"), "2");
	assert_string_equal(told(&alice, "follow"), "1");
	assert_string_equal(query("select uri from follows where follower_id = %lld", (long long)bob.id), second);
}

static void an_undo_that_came_first_wins(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct {
		const char *type;
		const char *object;
	} cases[] = { { "Follow", alice.uri.data }, { "Like", post.uri.data }, { "Block", alice.uri.data } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *id = id_of(&bob, cases[i].type);
		const char *undone = activity(id, cases[i].type, bob.uri.data, cases[i].object, "");
		assert_string_equal(result_of(say(&bob, "Undo", i % 2 ? id : undone)), "done");
		assert_string_equal(result_of(undone), "dropped: undone");
	}
	assert_string_equal(follow_state(&bob, &alice), "none");
	assert_string_equal(query("select count(*) from favourites where post_id = %lld", (long long)post.id), "0");
	assert_string_equal(query("select count(*) from blocks where blocker_id = %lld", (long long)bob.id), "0");
}

static void an_unfollowed_actor_can_be_followed_again_under_the_same_id(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *id = text("https://" REMOTE "/follows/%lld/alice", (long long)bob.id);
	const char *body = follow_body(id, &bob, &alice);
	assert_string_equal(result_of(body), "done");
	assert_string_equal(result_of(say(&bob, "Undo", body)), "done");
	assert_string_equal(follow_state(&bob, &alice), "none");
	assert_int_equal(find_actor(alice.uri.data).followers_count, 0);
	assert_string_equal(told(&alice, "follow"), "0");
	assert_string_equal(result_of(body), "done");
	assert_string_equal(follow_state(&bob, &alice), "accepted");
}

/* ---- Accept and Reject ---- */

static void a_follow_is_pending_until_the_followed_one_accepts(void **state)
{
	(void)state;
	for (int form = 0; form < 3; form++) {
		struct actor alice = make_local("alice", false);
		struct actor bob = make_remote("bob", REMOTE);
		const char *id = id_of(&alice, "follows");
		make_follow(&alice, &bob, id, false);
		const char *forms[] = { id, asked(id, &alice, &bob), asked("https://" REMOTE "/made/up", &alice, &bob) };
		assert_string_equal(result_of(say(&bob, "Accept", forms[form])), "done");
		assert_string_equal(follow_state(&alice, &bob), "accepted");
		assert_int_equal(find_actor(alice.uri.data).following_count, 1);
		assert_string_equal(result_of(say(&bob, "Accept", forms[form])), "done");
		assert_int_equal(find_actor(alice.uri.data).following_count, 1);
		assert_string_equal(result_of(say(&bob, "Reject", forms[form])), "done");
		assert_string_equal(follow_state(&alice, &bob), "none");
		assert_int_equal(find_actor(alice.uri.data).following_count, 0);
	}
}

static void nobody_accepts_what_was_never_asked(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *made_up = text("%s#follows/12345", alice.uri.data);
	assert_string_equal(result_of(say(&bob, "Accept", made_up)), "dropped: unknown_follow");
	assert_string_equal(result_of(say(&bob, "Accept", asked(made_up, &alice, &bob))), "dropped: unknown_follow");
	assert_string_equal(result_of(say(&bob, "Reject", made_up)), "dropped: unknown_follow");
	assert_string_equal(result_of(say(&bob, "Accept", "{\"type\":\"Note\",\"id\":\"https://" REMOTE "/n/1\"}")),
		"dropped: unknown_follow");
	assert_string_equal(follow_state(&alice, &bob), "none");
}

static void only_the_relay_that_was_asked_accepts(void **state)
{
	(void)state;
	struct actor relay_actor = make_remote("relay", "relay.example");
	struct actor eve = make_remote("eve", "evil.example");
	struct relay relay = { .id = id_new(), .kind = RELAY_MASTODON, .inbox_url = STR_LITERAL("https://relay.example/inbox"),
		.follow_uri = STR_LITERAL(OUR_BASE "/actor#relays/1") };
	assert_int_equal(relay_create(world_db, world_arena, &relay), ERROR_NONE);
	assert_string_equal(result_of(say(&eve, "Accept", relay.follow_uri.data)), "dropped: not_asked");
	assert_int_equal(relay_find_by_follow(world_db, world_arena, relay.follow_uri, &relay), ERROR_NONE);
	assert_int_equal(relay.state, RELAY_PENDING);
	assert_string_equal(result_of(say(&relay_actor, "Accept", relay.follow_uri.data)), "done");
	assert_int_equal(relay_find_by_follow(world_db, world_arena, relay.follow_uri, &relay), ERROR_NONE);
	assert_int_equal(relay.state, RELAY_ACCEPTED);
	assert_true(str_eq(relay.actor_uri, relay_actor.uri));
	assert_string_equal(result_of(say(&relay_actor, "Reject", relay.follow_uri.data)), "done");
	assert_int_equal(relay_find_by_follow(world_db, world_arena, relay.follow_uri, &relay), ERROR_NONE);
	assert_int_equal(relay.state, RELAY_REJECTED);
}

/* ---- quotes ---- */

static struct post make_quote(const struct actor *author, const struct post *quoted)
{
	struct post_new post = {
		.id = id_new(),
		.actor_id = author->id,
		.html = STR_LITERAL("<p>Look</p>"),
		.text_source = STR_LITERAL("Look"),
		.quote_uri = quoted->uri,
		.quote_id = quoted->id,
		.quote_state = QUOTE_PENDING,
	};
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(post_create(world_db, world_arena, &post), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
	struct post found = { 0 };
	assert_int_equal(post_find_any(world_db, world_arena, post.id, &found), ERROR_NONE);
	return found;
}

static const char *quote_state(const struct post *quote)
{
	return query("select quote_state from posts where id = %lld", (long long)quote->id);
}

static const char *answer(const struct actor *actor, const char *type, const struct post *quote, const char *quoted_uri,
	const char *authorization)
{
	const char *request = text("{\"id\":\"%s#quote_requests/%lld\",\"type\":\"QuoteRequest\",\"actor\":\"%s\",\"object\":\"%s\","
		"\"instrument\":\"%s\"}", quote->actor_uri.data, (long long)quote->id, quote->actor_uri.data, quoted_uri,
		quote->uri.data);
	return activity(id_of(actor, type), type, actor->uri.data, request,
		authorization ? text(",\"result\":\"%s\"", authorization) : "");
}

static void a_quote_needs_the_consent_of_the_quoted(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor eve = make_remote("eve", "evil.example");
	struct actor joe = make_remote("joe", REMOTE);
	struct post quoted = make_remote_post(&bob);
	struct post other = make_remote_post(&bob);
	struct post quote = make_quote(&alice, &quoted);
	const char *stamp = text("%s/quote_authorizations/%lld", bob.uri.data, (long long)quote.id);
	const char *foreign = "https://evil.example/stamp/1";
	struct {
		const char *body;
		const char *outcome;
	} cases[] = {
		{ answer(&eve, "Accept", &quote, quoted.uri.data, foreign), "dropped: not_asked" },
		{ answer(&joe, "Accept", &quote, quoted.uri.data, stamp), "dropped: not_asked" },
		{ answer(&bob, "Accept", &quote, other.uri.data, stamp), "dropped: not_asked" },
		{ answer(&bob, "Accept", &quote, quoted.uri.data, foreign), "dropped: authorization" },
		{ answer(&bob, "Accept", &quote, quoted.uri.data, NULL), "dropped: authorization" },
		{ answer(&eve, "Reject", &quote, quoted.uri.data, NULL), "dropped: not_asked" },
		{ answer(&bob, "Accept", &quoted, quoted.uri.data, stamp), "dropped: unknown_quote" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(result_of(cases[i].body), cases[i].outcome);
		assert_string_equal(quote_state(&quote), "pending");
	}
	assert_string_equal(result_of(answer(&bob, "Accept", &quote, quoted.uri.data, stamp)), "done");
	assert_string_equal(quote_state(&quote), "accepted");
	assert_string_equal(query("select quote_authorization_uri from posts where id = %lld", (long long)quote.id), stamp);
	assert_string_equal(result_of(say(&eve, "Delete", stamp)), "dropped: foreign");
	assert_string_equal(result_of(say(&bob, "Delete", stamp)), "done");
	assert_string_equal(quote_state(&quote), "revoked");
	assert_string_equal(result_of(answer(&bob, "Accept", &quote, quoted.uri.data, stamp)), "dropped: revoked");
}

static void an_answer_may_name_only_the_request(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct post quoted = make_remote_post(&bob);
	struct post quote = make_quote(&alice, &quoted);
	const char *request = text("%s#quote_requests/%lld", alice.uri.data, (long long)quote.id);
	const char *forged = text("%s#quote_requests/%lld", bob.uri.data, (long long)quote.id);
	assert_string_equal(result_of(say(&bob, "Reject", forged)), "dropped: unknown_quote");
	assert_string_equal(quote_state(&quote), "pending");
	assert_string_equal(result_of(say(&bob, "Reject", request)), "done");
	assert_string_equal(quote_state(&quote), "rejected");
}

/* ---- Undo ---- */

static const char *count_reactions(const struct post *post)
{
	return query("select (select count(*) from favourites where post_id = %lld) + (select count(*) from boosts where"
		" post_id = %lld) + (select count(*) from reactions where post_id = %lld)", (long long)post->id, (long long)post->id,
		(long long)post->id);
}

static void what_was_done_is_undone_by_id_or_by_content(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	static const char *const types[] = { "Like", "Announce", "EmojiReact" };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (int form = 0; form < 3; form++) {
			if (i == 2 && form == 2)
				continue; /* emoji reactions are found by their id only */
			const char *more = ",\"content\":\"\xf0\x9f\xa7\xa1\",\"to\":\"https://www.w3.org/ns/activitystreams#Public\"";
			const char *id = id_of(&bob, types[i]);
			const char *body = activity(id, types[i], bob.uri.data, post.uri.data, i == 0 ? "" : more);
			const char *copy = activity(id_of(&bob, "made-anew"), types[i], bob.uri.data, post.uri.data, "");
			const char *forms[] = { id, body, copy };
			assert_string_equal(result_of(body), "done");
			assert_string_equal(count_reactions(&post), "1");
			assert_string_equal(result_of(say(&bob, "Undo", forms[form])), "done");
			assert_string_equal(count_reactions(&post), "0");
			assert_string_equal(query("select count(*) from notifications where actor_id = %lld", (long long)alice.id), "0");
			assert_string_equal(query("select favourites + boosts from post_counts where post_id = %lld", (long long)post.id), "0");
		}
	}
}

static void a_block_is_made_and_undone(void **state)
{
	(void)state;
	for (int form = 0; form < 2; form++) {
		struct actor alice = make_local("alice", false);
		struct actor bob = make_remote("bob", REMOTE);
		make_follow(&alice, &bob, id_of(&alice, "follows"), true);
		make_follow(&bob, &alice, id_of(&bob, "follows"), true);
		const char *id = id_of(&bob, "blocks");
		const char *body = activity(id, "Block", bob.uri.data, alice.uri.data, "");
		assert_string_equal(result_of(body), "done");
		assert_string_equal(follow_state(&alice, &bob), "none");
		assert_string_equal(follow_state(&bob, &alice), "none");
		assert_int_equal(find_actor(alice.uri.data).followers_count, 0);
		assert_string_equal(query("select count(*) from blocks where blocker_id = %lld", (long long)bob.id), "1");
		assert_string_equal(result_of(say(&bob, "Undo", form ? body : id)), "done");
		assert_string_equal(query("select count(*) from blocks where blocker_id = %lld", (long long)bob.id), "0");
	}
	struct actor bob = make_remote("bob", REMOTE);
	struct actor alice = make_local("alice", false);
	assert_string_equal(result_of(activity(id_of(&bob, "ban"), "Block", bob.uri.data, alice.uri.data,
		",\"target\":\"https://" REMOTE "/c/gardens\"")), "dropped: ban");
}

/* ---- Delete ---- */

static const char *count_posts(const char *uri)
{
	return query("select count(*) from posts where uri = '%s'", uri);
}

static void a_deleted_post_does_not_come_back(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *uri = text("%s/posts/a", bob.uri.data);
	assert_string_equal(result_of(say(&bob, "Create", note_to(uri, &bob, &alice))), "done");
	assert_string_equal(count_posts(uri), "1");
	assert_string_equal(result_of(say(&bob, "Delete", text("{\"id\":\"%s\",\"type\":\"Tombstone\"}", uri))), "done");
	assert_string_equal(count_posts(uri), "0");
	result_of(say(&bob, "Create", note_to(uri, &bob, &alice)));
	result_of(say(&bob, "Update", note_to(uri, &bob, &alice)));
	assert_string_equal(count_posts(uri), "0");
	assert_string_equal(query("select was_known from tombstones where uri = '%s'", uri), "true");
}

static void a_delete_that_came_first_wins(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *uri = text("%s/posts/a", bob.uri.data);
	assert_string_equal(result_of(say(&bob, "Delete", uri)), "done");
	assert_string_equal(query("select was_known from tombstones where uri = '%s'", uri), "false");
	result_of(say(&bob, "Create", note_to(uri, &bob, &alice)));
	assert_string_equal(count_posts(uri), "0");
}

static void nobody_deletes_in_advance_what_is_elsewhere(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor eve = make_remote("eve", "evil.example");
	const char *uri = text("%s/posts/a", bob.uri.data);
	const char *like = id_of(&bob, "likes");
	struct post post = make_local_post(&alice, POST_PUBLIC);
	assert_string_equal(result_of(say(&eve, "Delete", uri)), "dropped: foreign");
	assert_string_equal(result_of(say(&eve, "Undo", like)), "dropped: foreign");
	assert_string_equal(result_of(say(&bob, "Create", note_to(uri, &bob, &alice))), "done");
	assert_string_equal(count_posts(uri), "1");
	assert_string_equal(result_of(activity(like, "Like", bob.uri.data, post.uri.data, "")), "done");
	assert_string_equal(count_reactions(&post), "1");
}

static void an_actor_deletes_itself_with_all_that_is_its(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct post post = make_remote_post(&bob);
	make_follow(&bob, &alice, id_of(&bob, "follows"), true);
	assert_string_equal(result_of(say(&bob, "Delete", bob.uri.data)), "done");
	assert_true(find_actor(bob.uri.data).is_deleted);
	assert_string_equal(count_posts(post.uri.data), "0");
	assert_int_equal(find_actor(alice.uri.data).followers_count, 0);
	assert_string_equal(result_of(follow_body(id_of(&bob, "follows"), &bob, &alice)), "dropped: suspended_actor");
}

static void a_stranger_is_not_fetched_for_what_he_deletes(void **state)
{
	(void)state;
	const char *zoe = "https://strange.example/users/zoe";
	const char *post = "https://strange.example/posts/1";
	assert_string_equal(result_of(activity("https://strange.example/d/1", "Delete", zoe, zoe, "")), "dropped: stranger");
	assert_string_equal(result_of(activity("https://strange.example/d/2", "Delete", zoe, post, "")), "done");
	assert_string_equal(query("select count(*) from tombstones where uri = '%s'", post), "1");
	assert_string_equal(result_of(activity("https://strange.example/d/3", "Delete", zoe, "https://" REMOTE "/p/1", "")),
		"dropped: foreign");
	assert_string_equal(query("select count(*) from fetches where uri like 'https://strange.example/%%'"), "0");
}

/* ---- Like and EmojiReact ---- */

static void likes_with_content_are_reactions(void **state)
{
	(void)state;
	static const struct {
		const char *type, *more, *table, *value, *outcome;
	} cases[] = {
		{ "Like", "", "favourites", "", "done" },
		{ "Like", ",\"content\":\"\xe2\x9d\xa4\",\"_misskey_reaction\":\"\xe2\x9d\xa4\"", "favourites", "", "done" },
		{ "Like", ",\"content\":\"hello\"", "favourites", "", "done" },
		{ "Like", ",\"content\":\"\xf0\x9f\x91\x8d\"", "reactions", "\xf0\x9f\x91\x8d", "done" },
		{ "Like", ",\"content\":\":blob:\",\"tag\":[{\"type\":\"Emoji\",\"id\":\"https://" REMOTE "/e/1\",\"name\":\":blob:\","
			"\"icon\":{\"type\":\"Image\",\"url\":\"https://" REMOTE "/e/1.png\"}}]", "reactions", ":blob:", "done" },
		{ "Like", ",\"content\":\":unknown:\"", "favourites", "", "done" },
		{ "EmojiReact", ",\"content\":\"\xf0\x9f\xa7\xa1\"", "reactions", "\xf0\x9f\xa7\xa1", "done" },
		{ "EmojiReact", ",\"content\":\"1\xef\xb8\x8f\xe2\x83\xa3\"", "reactions", "1\xef\xb8\x8f\xe2\x83\xa3", "done" },
		{ "EmojiReact", ",\"content\":\"hello\"", NULL, NULL, "dropped: emoji" },
		{ "EmojiReact", ",\"content\":\"12\"", NULL, NULL, "dropped: emoji" },
		{ "EmojiReact", ",\"content\":\"\xc3\xa9t\xc3\xa9\"", NULL, NULL, "dropped: emoji" },
		{ "EmojiReact", "", NULL, NULL, "dropped: emoji" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct actor alice = make_local("alice", false);
		struct actor bob = make_remote("bob", REMOTE);
		struct post post = make_local_post(&alice, POST_PUBLIC);
		const char *body = activity(id_of(&bob, "likes"), cases[i].type, bob.uri.data, post.uri.data, cases[i].more);
		assert_string_equal(result_of(body), cases[i].outcome);
		assert_string_equal(count_reactions(&post), cases[i].table ? "1" : "0");
		if (!cases[i].table)
			continue;
		bool is_reaction = strcmp(cases[i].table, "reactions") == 0;
		assert_string_equal(query("select %s from %s where post_id = %lld", is_reaction ? "emoji" : "''", cases[i].table,
			(long long)post.id), cases[i].value);
		assert_string_equal(told(&alice, is_reaction ? "reaction" : "favourite"), "1");
	}
}

static void only_who_may_see_a_post_reacts_to_it(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor carol = make_remote("carol", REMOTE);
	struct post post = make_local_post(&alice, POST_FOLLOWERS);
	make_follow(&carol, &alice, id_of(&carol, "follows"), true);
	assert_string_equal(result_of(say(&bob, "Like", post.uri.data)), "dropped: unknown_post");
	assert_string_equal(result_of(say(&carol, "Like", post.uri.data)), "done");
	struct post open = make_local_post(&alice, POST_PUBLIC);
	make_block(&alice, &bob, id_of(&alice, "blocks"));
	assert_string_equal(result_of(say(&bob, "Like", open.uri.data)), "dropped: unknown_post");
	assert_string_equal(count_reactions(&open), "0");
	assert_string_equal(result_of(say(&bob, "Like", "https://" REMOTE "/p/unknown")), "dropped: unknown_post");
}

/* ---- Add and Remove ---- */

static const char *count_pins(const struct actor *actor)
{
	return query("select count(*) from pins where actor_id = %lld", (long long)actor->id);
}

static void actors_feature_their_own_posts_and_tags(void **state)
{
	(void)state;
	struct actor bob = make_remote("bob", REMOTE);
	struct post post = make_remote_post(&bob);
	static const char hashtag[] = "{\"type\":\"Hashtag\",\"name\":\"#Jardin\",\"href\":\"https://" REMOTE "/tags/jardin\"}";
	assert_string_equal(result_of(activity(id_of(&bob, "add"), "Add", bob.uri.data, post.uri.data, with_target(bob.featured_url))), "done");
	assert_string_equal(result_of(activity(id_of(&bob, "add"), "Add", bob.uri.data, post.uri.data, with_target(bob.featured_url))), "done");
	assert_string_equal(count_pins(&bob), "1");
	assert_string_equal(result_of(activity(id_of(&bob, "add"), "Add", bob.uri.data, hashtag, with_target(bob.featured_url))), "done");
	assert_string_equal(query("select name from featured_tags where actor_id = %lld", (long long)bob.id), "jardin");
	assert_string_equal(result_of(activity(id_of(&bob, "rm"), "Remove", bob.uri.data, hashtag, with_target(bob.featured_tags_url))), "done");
	assert_string_equal(query("select count(*) from featured_tags where actor_id = %lld", (long long)bob.id), "0");
	assert_string_equal(result_of(activity(id_of(&bob, "rm"), "Remove", bob.uri.data, post.uri.data, with_target(bob.featured_url))), "done");
	assert_string_equal(count_pins(&bob), "0");
}

static void a_featured_post_that_is_not_here_is_fetched(void **state)
{
	(void)state;
	struct actor bob = make_remote("bob", REMOTE);
	const char *uri = text("%s/posts/later", bob.uri.data);
	const char *id = id_of(&bob, "add");
	assert_string_equal(result_of(activity(id, "Add", bob.uri.data, uri, with_target(bob.featured_url))), text("parked: %s", uri));
	assert_string_equal(query("select kind from fetches where uri = '%s'", uri), "object");
	wake(uri, true);
	work();
	assert_string_equal(outcome(id), "dropped: nowhere");
}

/* ---- Flag ---- */

static void reports_are_about_local_actors_and_their_posts(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor other = make_local("other", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct post others = make_local_post(&other, POST_PUBLIC);
	const char *objects = text("[\"%s\",\"%s\",\"%s\"]", alice.uri.data, post.uri.data, others.uri.data);
	const char *id = id_of(&bob, "flag");
	assert_string_equal(result_of(activity(id, "Flag", bob.uri.data, objects, ",\"content\":\"Spam\"")), "done");
	assert_string_equal(query("select comment || ' ' || target_id || ' ' || post_ids::text from reports where uri = '%s'", id),
		text("Spam %lld {%lld}", (long long)alice.id, (long long)post.id));
	assert_string_equal(result_of(say(&bob, "Flag", others.uri.data)), "done");
	assert_string_equal(query("select count(*) from reports where target_id = %lld", (long long)other.id), "1");
	assert_string_equal(result_of(say(&bob, "Flag", bob.uri.data)), "dropped: not_ours");
}

static void reports_of_some_domains_are_not_read(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "noisy.example");
	struct domain_block rule = { .domain = STR_LITERAL("noisy.example"), .severity = DOMAIN_NOOP, .rejects_reports = true };
	assert_int_equal(domain_block_set(world_db, world_arena, &rule), ERROR_NONE);
	for (int i = 0; i < 1000 && !policy_judge(world_federation.policy, rule.domain).rejects_reports; i++)
		usleep(10000);
	assert_string_equal(result_of(say(&bob, "Flag", alice.uri.data)), "dropped: rejects_reports");
	assert_string_equal(query("select count(*) from reports where target_id = %lld", (long long)alice.id), "0");
}

/* ---- Move and Update ---- */

static void followers_move_with_an_actor_that_its_new_one_names(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *new_uri = text("https://new.example/users/bob%lld", (long long)bob.id);
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	store_remote(new_uri, "new.example", bob.uri.data);
	struct actor new_bob = find_actor(new_uri);
	assert_string_equal(result_of(move_body(&bob, bob.uri.data, new_uri)), "done");
	assert_string_equal(follow_state(&alice, &bob), "none");
	assert_string_equal(follow_state(&alice, &new_bob), "pending");
	assert_string_equal(sent(&alice, "Follow"), "1");
	assert_string_equal(sent(&alice, "Undo"), "1");
	assert_string_equal(told(&alice, "move"), "1");
	assert_int_equal(find_actor(bob.uri.data).moved_to_id, new_bob.id);
	assert_string_equal(result_of(move_body(&bob, bob.uri.data, new_uri)), "dropped: moved_lately");
	execute("update actors set moved_at = now() - interval '8 days' where id = %lld", (long long)bob.id);
	assert_string_equal(result_of(move_body(&bob, bob.uri.data, new_uri)), "done");
}

static void a_move_waits_for_the_new_actor_as_it_is_now(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor eve = make_remote("eve", "evil.example");
	const char *new_uri = text("https://new.example/users/bob%lld", (long long)bob.id);
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	store_remote(new_uri, "new.example", NULL);
	const char *id = id_of(&bob, "moves");
	assert_string_equal(result_of(activity(id, "Move", bob.uri.data, bob.uri.data, text(",\"target\":\"%s\"", new_uri))),
		text("parked: %s", new_uri));
	store_remote(new_uri, "new.example", eve.uri.data);
	wake(new_uri, false);
	work();
	assert_string_equal(outcome(id), "dropped: no_back_link");
	assert_string_equal(follow_state(&alice, &bob), "accepted");
	assert_int_equal(find_actor(bob.uri.data).moved_to_id, 0);
}

static void an_actor_that_changed_is_read_from_its_origin(void **state)
{
	(void)state;
	struct actor bob = make_remote("bob", REMOTE);
	const char *pushed = text("{\"id\":\"%s\",\"type\":\"Person\",\"preferredUsername\":\"bob\",\"name\":\"Mallory\",\"inbox\":"
		"\"%s/other\",\"publicKey\":{\"id\":\"%s#main-key\",\"owner\":\"%s\",\"publicKeyPem\":\"pushed\"}}", bob.uri.data,
		bob.uri.data, bob.uri.data, bob.uri.data);
	const char *before = query("select a::text from actors a where id = %lld", (long long)bob.id);
	assert_string_equal(result_of(say(&bob, "Update", pushed)), "done");
	assert_string_equal(query("select a::text from actors a where id = %lld", (long long)bob.id), before);
	assert_string_equal(query("select count(*) from actor_keys where actor_id = %lld", (long long)bob.id), "0");
	assert_string_equal(query("select kind from fetches where uri = '%s'", bob.uri.data), "actor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_actor_accepts_at_once),
		cmocka_unit_test(a_locked_actor_is_asked),
		cmocka_unit_test(the_silenced_must_ask),
		cmocka_unit_test(the_blocked_are_refused),
		cmocka_unit_test(only_living_local_actors_are_followed),
		cmocka_unit_test(a_follow_repeated_under_another_id_counts_once),
		cmocka_unit_test(an_undo_that_came_first_wins),
		cmocka_unit_test(an_unfollowed_actor_can_be_followed_again_under_the_same_id),
		cmocka_unit_test(a_follow_is_pending_until_the_followed_one_accepts),
		cmocka_unit_test(nobody_accepts_what_was_never_asked),
		cmocka_unit_test(only_the_relay_that_was_asked_accepts),
		cmocka_unit_test(a_quote_needs_the_consent_of_the_quoted),
		cmocka_unit_test(an_answer_may_name_only_the_request),
		cmocka_unit_test(what_was_done_is_undone_by_id_or_by_content),
		cmocka_unit_test(a_block_is_made_and_undone),
		cmocka_unit_test(a_deleted_post_does_not_come_back),
		cmocka_unit_test(a_delete_that_came_first_wins),
		cmocka_unit_test(nobody_deletes_in_advance_what_is_elsewhere),
		cmocka_unit_test(an_actor_deletes_itself_with_all_that_is_its),
		cmocka_unit_test(a_stranger_is_not_fetched_for_what_he_deletes),
		cmocka_unit_test(likes_with_content_are_reactions),
		cmocka_unit_test(only_who_may_see_a_post_reacts_to_it),
		cmocka_unit_test(actors_feature_their_own_posts_and_tags),
		cmocka_unit_test(a_featured_post_that_is_not_here_is_fetched),
		cmocka_unit_test(reports_are_about_local_actors_and_their_posts),
		cmocka_unit_test(reports_of_some_domains_are_not_read),
		cmocka_unit_test(followers_move_with_an_actor_that_its_new_one_names),
		cmocka_unit_test(a_move_waits_for_the_new_actor_as_it_is_now),
		cmocka_unit_test(an_actor_that_changed_is_read_from_its_origin),
	};
	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
