/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities that are handled as they come in: what is done at once, what takes the queue, and that it is all or nothing. */
#include "inbox_world.h"

#include "storage/activity_in.h"
#include "storage/uri_lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MANY 6

static const char *note_id(const struct actor *author)
{
	static int number;
	return text("%s/direct/%d", author->uri.data, ++number);
}

static const char *create(const struct actor *author, const char *uri)
{
	return say(author, "Create", text("{\"id\":\"%s\",\"type\":\"Note\",\"attributedTo\":\"%s\",\"content\":\"<p>Hi</p>\","
		"\"cc\":[\"https://www.w3.org/ns/activitystreams#Public\"]}", uri, author->uri.data));
}

static enum error take(const char *const *bodies, size_t count, bool *ret_is_stored, struct inbox_answer **ret_answers)
{
	const struct inbox_direct direct = world_direct();
	for (size_t i = 0; i < count; i++) {
		ret_answers[i] = verified(bodies[i]);
		assert_non_null(ret_answers[i]);
	}
	enum error error = inbox_direct_take(&direct, ret_answers, count, ret_is_stored);
	assert_false(db_is_in_transaction(world_step.db));
	return error;
}

static const char *posts(const char *uri)
{
	return query("select count(*) from posts where uri = '%s'", uri);
}

static void what_is_quickly_done_is_done_at_once(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor dora = make_remote("dora", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	const char *first = note_id(&bob), *second = note_id(&bob), *foreign = note_id(&dora), *gone = note_id(&bob);
	const char *bodies[MANY] = { create(&bob, first), create(&bob, second), say(&dora, "Follow", alice.uri.data),
		create(&dora, foreign), say(&bob, "Delete", gone), create(&bob, first) };
	struct inbox_answer *answers[MANY];
	bool is_stored[MANY];
	assert_int_equal(take(bodies, MANY, is_stored, answers), ERROR_NONE);
	const char *expected[MANY] = { "done", "done", "done", "dropped: irrelevant", "waiting", "done" };
	for (size_t i = 0; i < MANY; i++) {
		assert_true(is_stored[i]);
		assert_string_equal(outcome(answers[i]->row.uri.data), expected[i]);
	}
	assert_string_equal(posts(first), "1");
	assert_string_equal(posts(second), "1");
	assert_string_equal(posts(foreign), "0");
	assert_string_equal(query("select count(*) from follows where follower_id = %lld", (long long)dora.id), "1");
	assert_int_equal(take(bodies, 1, is_stored, answers), ERROR_NONE);
	assert_false(is_stored[0]);
	work();
	assert_string_equal(outcome(answers[0]->row.uri.data), "done");
}

static void what_has_to_wait_takes_the_queue(void **state)
{
	(void)state;
	struct actor bob = make_remote("bob", "peer.example");
	const char *uri = "https://new.example/users/stranger";
	const char *bodies[] = { activity("https://new.example/a/1", "Follow", uri, bob.uri.data, "") };
	struct inbox_answer *answers[1];
	bool is_stored[1];
	assert_int_equal(take(bodies, 1, is_stored, answers), ERROR_NONE);
	assert_true(is_stored[0]);
	assert_string_equal(outcome("https://new.example/a/1"), "waiting");
	work();
	assert_string_equal(outcome("https://new.example/a/1"), text("parked: %s", uri));
}

static void nothing_overtakes_what_waits(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	const char *note = note_id(&bob);
	const char *bodies[] = { say(&bob, "Delete", note), create(&bob, note) };
	struct inbox_answer *answers[1];
	bool is_stored[1];
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(take(&bodies[i], 1, is_stored, answers), ERROR_NONE);
		assert_string_equal(outcome(answers[0]->row.uri.data), "waiting");
	}
	work();
	assert_string_equal(outcome(answers[0]->row.uri.data), "dropped: tombstone");
	assert_string_equal(posts(note), "0");
}

static void who_holds_an_id_is_not_waited_for(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor carol = make_remote("carol", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	make_follow(&alice, &carol, id_of(&alice, "follows"), true);
	const char *bodies[] = { create(&bob, note_id(&bob)), create(&carol, note_id(&carol)) };
	struct inbox_answer *answers[2];
	bool is_stored[2];
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(uri_lock(world_db, world_arena, &bob.uri, 1), ERROR_NONE);
	assert_int_equal(take(bodies, 2, is_stored, answers), ERROR_NONE);
	db_rollback(world_db);
	assert_string_equal(outcome(answers[0]->row.uri.data), "waiting");
	assert_string_equal(outcome(answers[1]->row.uri.data), "done");
	work();
	assert_string_equal(outcome(answers[0]->row.uri.data), "done");
}

static void what_fails_leaves_nothing_behind(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	const char *first = note_id(&bob), *second = note_id(&bob);
	const char *bodies[] = { create(&bob, first), create(&bob, second) };
	struct inbox_answer *answers[2];
	bool is_stored[2];
	execute("alter table posts add constraint refuses check (uri <> '%s')", second);
	assert_int_not_equal(take(bodies, 2, is_stored, answers), ERROR_NONE);
	execute("alter table posts drop constraint refuses");
	assert_string_equal(posts(first), "0");
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(query("select count(*) from activities_in where uri = '%s'", answers[i]->row.uri.data), "0");
	assert_int_equal(take(bodies, 2, is_stored, answers), ERROR_NONE);
	assert_string_equal(posts(first), "1");
	assert_string_equal(posts(second), "1");
}

/* Only the document of an actor says to a sender that it is refused or gone; that of a post goes by the queue. */
static void a_refusal_within_is_none_of_the_actor(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	const char *note = note_id(&bob), *bodies[] = { create(&bob, note) };
	struct inbox_answer *answers[1];
	bool is_stored[1];
	execute("create function refuse() returns trigger language plpgsql as"
		" $$ begin raise exception 'refused' using errcode = 'CP403'; end $$;"
		" create trigger refuse before insert on posts for each row when (new.uri = '%s') execute function refuse()", note);
	assert_int_equal(take(bodies, 1, is_stored, answers), ERROR_UNPROCESSABLE);
	execute("drop trigger refuse on posts; drop function refuse()");
	assert_string_equal(posts(note), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_quickly_done_is_done_at_once),
		cmocka_unit_test(what_has_to_wait_takes_the_queue),
		cmocka_unit_test(nothing_overtakes_what_waits),
		cmocka_unit_test(who_holds_an_id_is_not_waited_for),
		cmocka_unit_test(what_fails_leaves_nothing_behind),
		cmocka_unit_test(a_refusal_within_is_none_of_the_actor),
	};
	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
