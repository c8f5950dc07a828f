/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ promises about boosts, favourites, reactions and polls, on a migrated database. */
#include "tests/db/post_world.h"

#include "base/clock.h"
#include "storage/id.h"
#include "storage/poll.h"
#include "storage/reaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- boosts, favourites, reactions ---- */

static void a_boost_counts_once_and_can_be_taken_back(void **state)
{
	(void)state;
	int64_t post = add_post(add_local("boosted"), POST_PUBLIC, 0);
	int64_t actor = add_remote("booster");
	struct boost boost = { .id = id_new(), .actor_id = actor, .post_id = post, .uri = STR(REMOTE "/b/1"),
		.visibility = POST_FOLLOWERS, .created_us = 1700000000000000 };
	assert_int_equal(db_begin(federation), ERROR_NONE);
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_NONE);
	boost.id = id_new();
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_CONFLICT);
	boost.uri = STR_LITERAL(REMOTE "/b/2");
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_CONFLICT);
	boost.post_id = 5;
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_NOT_FOUND);
	assert_int_equal(db_commit(federation), ERROR_NONE);
	assert_int_equal(read_post(post).boosts_count, 1);
	struct boost found;
	assert_int_equal(boost_find(web, arena, actor, post, &found), ERROR_NONE);
	assert_text(found.uri, REMOTE "/b/1");
	assert_int_equal(found.visibility, POST_FOLLOWERS);
	assert_int_equal(found.created_us, 1700000000000000);
	assert_int_equal(boost_find_by_uri(web, arena, STR_LITERAL(REMOTE "/b/1"), &found), ERROR_NONE);
	assert_int_equal(boost_find_by_uri(web, arena, STR_LITERAL(REMOTE "/b/2"), &found), ERROR_NOT_FOUND);
	struct str uri;
	assert_int_equal(boost_remove(web, arena, actor, post, &uri), ERROR_NONE);
	assert_text(uri, REMOTE "/b/1");
	assert_int_equal(boost_remove(web, arena, actor, post, &uri), ERROR_NOT_FOUND);
	assert_int_equal(read_post(post).boosts_count, 0);
}

static void a_favourite_counts_once_and_can_be_taken_back(void **state)
{
	(void)state;
	int64_t post = add_post(add_local("liked"), POST_PUBLIC, 0);
	int64_t actor = add_remote("fan");
	assert_int_equal(db_begin(federation), ERROR_NONE);
	assert_int_equal(favourite_create(federation, arena, id_new(), actor, post, STR_LITERAL(REMOTE "/l/1")), ERROR_NONE);
	assert_int_equal(favourite_create(federation, arena, id_new(), actor, post, STR_LITERAL(REMOTE "/l/2")), ERROR_CONFLICT);
	assert_int_equal(favourite_create(federation, arena, id_new(), actor, 5, STR_LITERAL(REMOTE "/l/3")), ERROR_NOT_FOUND);
	assert_int_equal(favourite_create(federation, arena, id_new(), 5, post, STR_LITERAL(REMOTE "/l/4")), ERROR_NOT_FOUND);
	assert_int_equal(db_commit(federation), ERROR_NONE);
	assert_int_equal(read_post(post).favourites_count, 1);
	struct str uri;
	assert_int_equal(favourite_remove(web, arena, actor, post, &uri), ERROR_NONE);
	assert_text(uri, REMOTE "/l/1");
	assert_int_equal(favourite_remove(web, arena, actor, post, &uri), ERROR_NOT_FOUND);
	assert_int_equal(read_post(post).favourites_count, 0);
}

static void whatever_an_id_stands_for_is_undone_by_its_actor_only(void **state)
{
	(void)state;
	int64_t post = add_post(add_local("undone"), POST_PUBLIC, 0);
	int64_t actor = add_remote("undoer");
	int64_t other = add_remote("undoer_other");
	struct boost boost = { .id = id_new(), .actor_id = actor, .post_id = post, .uri = STR(REMOTE "/u/0") };
	assert_int_equal(boost_create(federation, arena, &boost), ERROR_NONE);
	assert_int_equal(favourite_create(federation, arena, id_new(), actor, post, STR_LITERAL(REMOTE "/u/1")), ERROR_NONE);
	assert_int_equal(reaction_create(federation, arena, id_new(), actor, post, STR_LITERAL(":rose:"),
		STR_LITERAL(REMOTE "/rose.png"), STR_LITERAL(REMOTE "/u/2")), ERROR_NONE);
	assert_int_equal(reaction_create(federation, arena, id_new(), actor, post, STR_LITERAL(":rose:"), (struct str){ 0 },
		STR_LITERAL(REMOTE "/u/3")), ERROR_CONFLICT);
	static const enum reaction_kind kinds[] = { REACTION_BOOST, REACTION_FAVOURITE, REACTION_EMOJI };
	for (int i = 0; i < 3; i++) {
		struct str uri = arena_printf(arena, REMOTE "/u/%d", i);
		enum reaction_kind kind;
		int64_t post_id;
		assert_int_equal(reaction_remove_by_uri(federation, arena, other, uri, &kind, &post_id), ERROR_NOT_FOUND);
		assert_int_equal(reaction_remove_by_uri(federation, arena, actor, uri, &kind, &post_id), ERROR_NONE);
		assert_int_equal(kind, kinds[i]);
		assert_int_equal(post_id, post);
		assert_int_equal(reaction_remove_by_uri(federation, arena, actor, uri, &kind, &post_id), ERROR_NOT_FOUND);
	}
	struct post found = read_post(post);
	assert_int_equal(found.boosts_count, 0);
	assert_int_equal(found.favourites_count, 0);
	struct str uri;
	assert_int_equal(reaction_create(federation, arena, id_new(), actor, post, STR_LITERAL("x"), (struct str){ 0 },
		STR_LITERAL(REMOTE "/u/4")), ERROR_NONE);
	assert_int_equal(reaction_remove(web, arena, actor, post, STR_LITERAL("x"), &uri), ERROR_NONE);
	assert_text(uri, REMOTE "/u/4");
	assert_int_equal(reaction_remove(web, arena, actor, post, STR_LITERAL("x"), &uri), ERROR_NOT_FOUND);
}

/* ---- polls ---- */

static struct poll_option options[] = { { .title = STR("yes"), .votes = 7 }, { .title = STR("no"), .votes = -3 } };

static int64_t make_poll(int64_t actor_id, bool is_multiple, int64_t ends_us)
{
	struct post_new post = { .id = id_new(), .actor_id = actor_id, .html = STR("<p>?</p>"), .is_question = true };
	struct poll poll = { .is_multiple = is_multiple, .ends_us = ends_us, .voters = 9, .options = options, .option_count = 2 };
	assert_int_equal(post_create(web, arena, &post), ERROR_NONE);
	assert_int_equal(poll_store(web, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(read_post(post.id).kind, POST_QUESTION);
	return post.id;
}

static enum error cast(int64_t post_id, int64_t actor_id, int position)
{
	static int made;
	struct poll_vote vote = { .post_id = post_id, .actor_id = actor_id, .position = position,
		.uri = arena_printf(arena, REMOTE "/v/%d", made++) };
	assert_int_equal(db_begin(federation), ERROR_NONE);
	enum error error = poll_vote_add(federation, arena, &vote);
	assert_int_equal(db_commit(federation), ERROR_NONE);
	return error;
}

static struct poll read_poll(int64_t post_id)
{
	struct poll poll = { 0 };
	assert_int_equal(poll_find(web, arena, post_id, &poll), ERROR_NONE);
	return poll;
}

static void a_local_poll_counts_its_votes(void **state)
{
	(void)state;
	int64_t author = add_local("pollster");
	int64_t one = add_remote("voter_one");
	int64_t other = add_local("voter_other");
	static const struct {
		bool is_multiple;
		int position;
		bool is_other; /* votes */
		enum error error;
		int yes, no, voters; /* afterwards */
	} cases[] = {
		{ false, 0, false, ERROR_NONE, 1, 0, 1 }, { false, 0, false, ERROR_CONFLICT, 1, 0, 1 },
		{ false, 1, false, ERROR_CONFLICT, 1, 0, 1 }, { false, 1, true, ERROR_NONE, 1, 1, 2 },
		{ false, 2, true, ERROR_NOT_FOUND, 1, 1, 2 }, { false, -1, true, ERROR_NOT_FOUND, 1, 1, 2 },
		{ true, 0, false, ERROR_NONE, 1, 0, 1 }, { true, 1, false, ERROR_NONE, 1, 1, 1 },
		{ true, 1, false, ERROR_CONFLICT, 1, 1, 1 }, { true, 1, true, ERROR_NONE, 1, 2, 2 },
	};
	int64_t ends_us = clock_now_us() + 3600LL * 1000000;
	int64_t posts[] = { make_poll(author, false, ends_us), make_poll(author, true, 0) };
	assert_int_equal(read_poll(posts[0]).voters, 0);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t post = posts[cases[i].is_multiple];
		assert_int_equal(cast(post, cases[i].is_other ? other : one, cases[i].position), cases[i].error);
		struct poll poll = read_poll(post);
		assert_int_equal(poll.option_count, 2);
		assert_int_equal(poll.options[0].votes, cases[i].yes);
		assert_int_equal(poll.options[1].votes, cases[i].no);
		assert_int_equal(poll.voters, cases[i].voters);
	}
	int *positions;
	int64_t *voters;
	size_t count;
	assert_int_equal(poll_list_own(web, arena, posts[1], one, &positions, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(positions[1], 1);
	assert_int_equal(poll_list_voters(web, arena, posts[1], &voters, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(voters[0], one);
	assert_int_equal(poll_list_local_voters(web, arena, posts[1], &voters, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(voters[0], other);
	assert_int_equal(cast(5, one, 0), ERROR_NOT_FOUND);
}

static void a_poll_that_is_over_takes_no_votes_and_is_closed_once(void **state)
{
	(void)state;
	int64_t author = add_local("late_pollster");
	int64_t over = make_poll(author, false, clock_now_us() - 1000000);
	int64_t running = make_poll(author, false, clock_now_us() + 3600LL * 1000000);
	assert_int_equal(cast(over, author, 0), ERROR_GONE);
	int64_t *ids;
	size_t count;
	assert_int_equal(poll_close_due(federation, arena, 100, &ids, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], over);
	assert_true(read_poll(over).closed_us > 0);
	assert_int_equal(read_poll(running).closed_us, 0);
	assert_int_equal(poll_close_due(federation, arena, 100, &ids, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

static void a_remote_poll_shows_the_numbers_it_is_given(void **state)
{
	(void)state;
	int64_t author = add_remote("far_pollster");
	int64_t voter = add_local("far_voter");
	struct post_remote post = remote_post(author, "far_poll");
	post.kind = POST_QUESTION;
	store_new(post);
	struct poll poll = { .ends_us = clock_now_us() + 3600LL * 1000000, .voters = 7, .options = options, .option_count = 2 };
	assert_int_equal(poll_store(federation, arena, 5, &poll), ERROR_NOT_FOUND);
	assert_int_equal(poll_store(federation, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(cast(post.id, voter, 1), ERROR_NONE);
	struct poll found = read_poll(post.id);
	assert_int_equal(found.voters, 7);
	assert_int_equal(found.options[0].votes, 7);
	assert_int_equal(found.options[1].votes, 0);
	/* New numbers keep the votes, other options lose them. */
	struct poll_option more[] = { { .title = STR("yes"), .votes = 8 }, { .title = STR("no"), .votes = 1 } };
	struct poll_option others[] = { { .title = STR("yes"), .votes = 1 }, { .title = STR("never"), .votes = 0 } };
	poll.options = more;
	poll.voters = 9;
	poll.closed_us = 1700000000000000;
	assert_int_equal(poll_store(federation, arena, post.id, &poll), ERROR_NONE);
	found = read_poll(post.id);
	assert_int_equal(found.voters, 9);
	assert_int_equal(found.options[0].votes, 8);
	assert_int_equal(found.options[1].votes, 1);
	assert_int_equal(found.closed_us, 1700000000000000);
	poll.closed_us = 0;
	assert_int_equal(poll_store(federation, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(read_poll(post.id).closed_us, 1700000000000000);
	int *positions;
	size_t count;
	assert_int_equal(poll_list_own(web, arena, post.id, voter, &positions, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	poll.options = others;
	assert_int_equal(poll_store(federation, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(poll_list_own(web, arena, post.id, voter, &positions, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_text(read_poll(post.id).options[1].title, "never");
	assert_int_equal(poll_find(web, arena, 5, &found), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boost_counts_once_and_can_be_taken_back),
		cmocka_unit_test(a_favourite_counts_once_and_can_be_taken_back),
		cmocka_unit_test(whatever_an_id_stands_for_is_undone_by_its_actor_only),
		cmocka_unit_test(a_local_poll_counts_its_votes),
		cmocka_unit_test(a_poll_that_is_over_takes_no_votes_and_is_closed_once),
		cmocka_unit_test(a_remote_poll_shows_the_numbers_it_is_given),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
