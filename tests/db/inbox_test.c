/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What inbox workers do with the rows of the inbox: turns, order, waiting, failing, setting aside. */
#include "inbox_world.h"

#include "federation/inbox_worker.h"
#include "federation/policy.h"
#include "storage/activity_in.h"
#include "storage/activity_in_queue.h"
#include "storage/domain_policy.h"
#include "storage/id.h"
#include "storage/wake.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *like(const struct actor *actor, const char *id, const struct post *post)
{
	return activity(id, "Like", actor->uri.data, post->uri.data, "");
}

static const char *favourites(const struct post *post)
{
	return query("select count(*) from favourites where post_id = %lld", (long long)post->id);
}

static void an_activity_has_its_effect_once(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct post post = make_local_post(&alice, POST_PUBLIC);
	const char *id = id_of(&bob, "likes");
	assert_string_equal(result_of(like(&bob, id, &post)), "done");
	assert_string_equal(favourites(&post), "1");
	execute("update activities_in set state = 'waiting', ended_at = null, attempts = 0 where uri = '%s'", id);
	work();
	assert_string_equal(outcome(id), "done");
	assert_string_equal(favourites(&post), "1");
	assert_string_equal(query("select favourites from post_counts where post_id = %lld", (long long)post.id), "1");
}

static void what_comes_together_is_handled_together(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	for (int i = 0; i < 40; i++) {
		struct actor bob = make_remote("bob", "peer.example");
		deliver(like(&bob, id_of(&bob, "likes"), &post));
	}
	size_t claimed = 0;
	assert_int_equal(inbox_work_once(&world_step, &claimed), ERROR_NONE);
	assert_int_equal(claimed, 32);
	assert_string_equal(favourites(&post), "32");
	work();
	assert_string_equal(favourites(&post), "40");
}

static void workers_share_the_actors_among_them(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	for (int i = 0; i < 30; i++) {
		struct actor bob = make_remote("bob", "peer.example");
		deliver(like(&bob, id_of(&bob, "likes"), &post));
	}
	size_t claimed[3] = { 0 };
	struct inbox_step step = world_step;
	step.share_count = 3;
	for (step.share = 0; step.share < 3; step.share++)
		assert_int_equal(inbox_work_once(&step, &claimed[step.share]), ERROR_NONE);
	assert_true(claimed[0] > 0 && claimed[1] > 0 && claimed[2] > 0);
	assert_int_equal(claimed[0] + claimed[1] + claimed[2], 30);
	assert_string_equal(favourites(&post), "30");
}

/* ---- what is dropped before a handler is asked ---- */

static void deliver_raw(const char *id, const char *type, const struct actor *actor, const char *body)
{
	struct activity_in row = { .id = id_new(), .uri = str_from(id), .type = str_from(type), .actor_uri = actor->uri,
		.body = str_from(body), .received_us = clock_now_us() };
	assert_int_equal(activity_in_insert(world_db, world_arena, &row), ERROR_NONE);
	work();
}

static void what_makes_no_sense_is_dropped(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor carol = make_remote("carol", "peer.example");
	struct post post = make_local_post(&alice, POST_PUBLIC);
	const char *id = id_of(&bob, "likes");
	struct {
		const char *body;
		const char *outcome;
	} cases[] = {
		{ "not json at all", "dropped: json" },
		{ "[1, 2]", "dropped: vocabulary" },
		{ like(&carol, id, &post), "dropped: another_activity" },
		{ like(&bob, text("%s/other", id), &post), "dropped: another_activity" },
		{ activity(id, "Listen", bob.uri.data, post.uri.data, ""), "dropped: type" },
		{ activity(id, "Dislike", bob.uri.data, post.uri.data, ""), "dropped: type" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		execute("delete from activities_in where uri = '%s'", id);
		deliver_raw(id, "Like", &bob, cases[i].body);
		assert_string_equal(outcome(id), cases[i].outcome);
	}
	assert_string_equal(favourites(&post), "0");
}

static void the_suspended_and_our_own_have_no_say(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct post post = make_local_post(&alice, POST_PUBLIC);
	assert_int_equal(actor_set_suspended(world_db, world_arena, bob.id, true), ERROR_NONE);
	assert_string_equal(result_of(like(&bob, id_of(&bob, "likes"), &post)), "dropped: suspended_actor");
	assert_string_equal(result_of(like(&alice, id_of(&alice, "likes"), &post)), "dropped: local_actor");
	assert_string_equal(favourites(&post), "0");
}

static void wait_for_policy(const char *host, enum policy_verdict verdict)
{
	for (int i = 0; i < 1000 && policy_judge(world_federation.policy, str_from(host)).verdict != verdict; i++)
		usleep(10000);
	assert_int_equal(policy_judge(world_federation.policy, str_from(host)).verdict, verdict);
}

static void a_domain_blocked_meanwhile_has_no_say(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "blocked.example");
	struct post post = make_local_post(&alice, POST_PUBLIC);
	const char *id = id_of(&bob, "likes");
	deliver(like(&bob, id, &post));
	struct domain_block block = { .domain = STR_LITERAL("blocked.example"), .severity = DOMAIN_SUSPEND };
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(domain_block_set(world_db, world_arena, &block), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
	wait_for_policy("blocked.example", POLICY_REFUSED);
	work();
	assert_string_equal(outcome(id), "dropped: policy");
	assert_string_equal(favourites(&post), "0");
	assert_int_equal(domain_block_remove(world_db, world_arena, block.domain), ERROR_NONE);
	wait_for_policy("blocked.example", POLICY_OPEN);
}

/* ---- waiting ---- */

static void wake(const char *uri, bool is_nowhere)
{
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(inbox_wake_parked(world_db, world_arena, str_from(uri), is_nowhere), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
}

static void an_unknown_actor_is_waited_for(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	const char *uri = "https://new.example/users/zoe";
	const char *id = "https://new.example/follows/1";
	assert_string_equal(result_of(activity(id, "Follow", uri, alice.uri.data, "")), text("parked: %s", uri));
	assert_string_equal(query("select kind from fetches where uri = '%s'", uri), "actor");
	work();
	assert_string_equal(outcome(id), text("parked: %s", uri));
	store_remote(uri, "new.example", NULL);
	wake(uri, false);
	work();
	assert_string_equal(outcome(id), "done");
	assert_string_equal(query("select state from follows where uri = '%s'", id), "accepted");
}

static void what_cannot_be_had_ends_the_wait(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	const char *uri = "https://gone.example/users/zoe";
	const char *id = "https://gone.example/follows/1";
	assert_string_equal(result_of(activity(id, "Follow", uri, alice.uri.data, "")), text("parked: %s", uri));
	wake(uri, true);
	work();
	assert_string_equal(outcome(id), "dropped: nowhere");
}

static void nobody_waits_for_a_document_of_our_own(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	const char *id = OUR_BASE "/follows/1";
	assert_string_equal(result_of(activity(id, "Follow", OUR_BASE "/users/nobody", alice.uri.data, "")), "dropped: nowhere");
}

static void one_actor_about_one_thing_is_heard_in_order(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor eve = make_remote("eve", "new.example");
	const char *uri = "https://new.example/users/zoe2";
	const char *follow = "https://new.example/follows/2";
	deliver(activity(follow, "Follow", uri, alice.uri.data, ""));
	deliver(activity("https://new.example/undo/2", "Undo", uri, follow, ""));
	deliver(activity("https://new.example/undo/3", "Undo", eve.uri.data, follow, ""));
	work();
	assert_string_equal(outcome(follow), text("parked: %s", uri));
	assert_string_equal(outcome("https://new.example/undo/2"), text("parked: %s", uri));
	/* Whoever names a thing first does not hold it up for others. */
	assert_string_equal(outcome("https://new.example/undo/3"), "done");
	execute("delete from tombstones");
	store_remote(uri, "new.example", NULL);
	wake(uri, false);
	work();
	assert_string_equal(outcome("https://new.example/undo/2"), "done");
	assert_string_equal(query("select count(*) from follows where followed_id = %lld", (long long)alice.id), "0");
	assert_string_equal(query("select count(*) from activities_out where type = 'Accept' and actor_id = %lld", (long long)alice.id), "1");
}

static void a_later_one_waits_while_the_earlier_one_is_put_off(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	const char *follow = id_of(&bob, "follows");
	const char *undo = id_of(&bob, "undos");
	deliver(activity(follow, "Follow", bob.uri.data, alice.uri.data, ""));
	execute("update activities_in set due_at = now() + interval '1 hour' where uri = '%s'", follow);
	deliver(activity(undo, "Undo", bob.uri.data, follow, ""));
	work();
	assert_string_equal(outcome(undo), "waiting");
	assert_string_equal(query("select u.due_at >= f.due_at and u.attempts = 0 from activities_in u, activities_in f"
		" where u.uri = '%s' and f.uri = '%s'", undo, follow), "true");
	execute("update activities_in set due_at = now() where uri in ('%s', '%s')", undo, follow);
	work();
	assert_string_equal(outcome(undo), "done");
	assert_string_equal(query("select count(*) from tombstones where uri = '%s'", follow), "0");
}

static void waiting_has_an_end(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	const char *uri = "https://slow.example/users/zoe";
	const char *ids[] = { "https://slow.example/follows/1", "https://slow.example/follows/2", "https://slow.example/follows/3" };
	for (int i = 0; i < 3; i++)
		assert_string_equal(result_of(activity(ids[i], "Follow", uri, alice.uri.data, "")), text("parked: %s", uri));
	execute("update activities_in set received_at = now() - interval '73 hours' where uri = '%s'", ids[0]);
	assert_int_equal(inbox_tidy(&world_step), ERROR_NONE);
	assert_string_equal(outcome(ids[0]), "set_aside: parked for too long");
	execute("update activities_in set received_at = now() - interval '73 hours' where uri = '%s'", ids[1]);
	execute("update activities_in set parks = 16 where uri = '%s'", ids[2]);
	wake(uri, false);
	work();
	assert_string_equal(outcome(ids[1]), "set_aside: waited for a document for too long");
	assert_string_equal(outcome(ids[2]), "set_aside: waited for too many documents");
}

static void nobody_waits_for_what_nobody_fetches(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	const char *uri = "https://lost.example/users/zoe";
	const char *id = "https://lost.example/follows/1";
	assert_string_equal(result_of(activity(id, "Follow", uri, alice.uri.data, "")), text("parked: %s", uri));
	assert_int_equal(inbox_tidy(&world_step), ERROR_NONE);
	assert_string_equal(outcome(id), text("parked: %s", uri));
	execute("delete from fetches where uri = '%s'", uri);
	store_remote(uri, "lost.example", NULL);
	assert_int_equal(inbox_tidy(&world_step), ERROR_NONE);
	work();
	assert_string_equal(outcome(id), "done");
}

/* ---- failing ---- */

static void a_poison_activity_stops_nobody_and_is_set_aside(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct actor bob = make_remote("bob", "peer.example");
	const char *poison = id_of(&bob, "flags");
	const char *likes[4];
	for (int i = 0; i < 4; i++) {
		struct actor other = make_remote("other", "peer.example");
		likes[i] = id_of(&other, "likes");
		if (i == 2)
			deliver(activity(poison, "Flag", bob.uri.data, alice.uri.data, ",\"content\":\"spam\""));
		deliver(like(&other, likes[i], &post));
	}
	execute("alter table reports add constraint poison check (comment <> 'spam')");
	work();
	for (int i = 0; i < 4; i++)
		assert_string_equal(outcome(likes[i]), "done");
	assert_string_equal(outcome(poison), "waiting");
	for (int attempt = 2; attempt <= 5; attempt++) {
		assert_string_equal(query("select due_at - now() > interval '25 s' and attempts = %d from activities_in where uri = '%s'",
			attempt - 1, poison), "true");
		execute("update activities_in set due_at = now() where uri = '%s'", poison);
		work();
		assert_string_equal(outcome(poison), "waiting"); /* no fresh row any more */
		work_on_suspect();
	}
	assert_string_equal(outcome(poison), "set_aside: database");
	execute("alter table reports drop constraint poison");
	int64_t id = atoll(query("select id from activities_in where uri = '%s'", poison));
	assert_int_equal(activity_in_retry(world_db, world_arena, id), ERROR_NONE);
	work();
	assert_string_equal(outcome(poison), "done");
	assert_int_equal(activity_in_retry(world_db, world_arena, id), ERROR_CONFLICT);
}

static void what_ended_the_process_five_times_is_not_tried_again(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct actor bob = make_remote("bob", "peer.example");
	const char *ids[] = { id_of(&bob, "likes"), id_of(&bob, "likes") };
	deliver(like(&bob, ids[0], &post));
	execute("update activities_in set attempts = 5, leased_until = now() - interval '1 s', leased_by = 1 where uri = '%s'", ids[0]);
	work_on_suspect();
	assert_string_equal(outcome(ids[0]), "set_aside: its handling ended with the process");
	assert_string_equal(favourites(&post), "0");
	deliver(like(&bob, ids[1], &post));
	execute("update activities_in set attempts = 4, leased_until = now() - interval '1 s', leased_by = 1 where uri = '%s'", ids[1]);
	work_on_suspect();
	assert_string_equal(outcome(ids[1]), "done");
}

static void the_rows_of_a_dead_process_are_taken_over(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor carol = make_remote("carol", "peer.example");
	const char *dead = id_of(&bob, "likes");
	const char *living = id_of(&carol, "likes");
	deliver(like(&bob, dead, &post));
	deliver(like(&carol, living, &post));
	execute("update activities_in set attempts = 1, leased_until = now() + interval '1 hour', leased_by = 1 where uri = '%s'", dead);
	execute("update activities_in set attempts = 1, leased_until = now() + interval '1 hour', leased_by = pg_backend_pid()"
		" where uri = '%s'", living);
	work();
	work_on_suspect();
	assert_string_equal(outcome(dead), "waiting");
	assert_int_equal(inbox_take_over(&world_step), ERROR_NONE);
	work_on_suspect();
	work_on_suspect();
	assert_string_equal(outcome(dead), "done");
	assert_string_equal(outcome(living), "waiting");
	execute("delete from activities_in where uri = '%s'", living);
}

/* A dropped one that had begun to write costs the others of its group nothing. */
static void what_is_dropped_leaves_nothing_behind(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor eve = make_remote("eve", "peer.example");
	const char *follow = id_of(&bob, "follows");
	make_follow(&bob, &alice, follow, true);
	const char *taken = text("%s", follow);
	const char *before = id_of(&bob, "likes");
	const char *after = id_of(&eve, "likes");
	deliver(like(&bob, before, &post));
	deliver(activity(taken, "Follow", eve.uri.data, alice.uri.data, ""));
	deliver(like(&eve, after, &post));
	work();
	assert_string_equal(outcome(before), "done");
	assert_string_equal(outcome(taken), "dropped: id_of_another");
	assert_string_equal(outcome(after), "done");
	assert_string_equal(query("select count(*) from follows where followed_id = %lld", (long long)alice.id), "1");
}

/* ---- operators ---- */

static void operators_see_and_steer(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct actor bob = make_remote("bob", "peer.example");
	const char *uri = id_of(&bob, "likes");
	deliver(like(&bob, uri, &post));
	execute("update activities_in set state = 'set_aside', last_error = 'tired' where uri = '%s'", uri);
	struct activity_in_view *views;
	size_t count;
	assert_int_equal(activity_in_list(world_db, world_arena, ACTIVITY_IN_SET_ASIDE, 0, 100, &views, &count), ERROR_NONE);
	assert_true(count >= 1);
	struct activity_in_view last = views[count - 1];
	assert_string_equal(last.activity.uri.data, uri);
	assert_string_equal(last.last_error.data, "tired");
	struct activity_in_view view;
	assert_int_equal(activity_in_find(world_db, world_arena, last.activity.id, &view), ERROR_NONE);
	assert_true(str_eq(view.activity.body, str_from(like(&bob, uri, &post))));
	assert_int_equal(activity_in_discard(world_db, world_arena, last.activity.id), ERROR_NONE);
	assert_string_equal(outcome(uri), "dropped: dropped by an operator");
	assert_int_equal(activity_in_discard(world_db, world_arena, last.activity.id), ERROR_CONFLICT);
	assert_int_equal(activity_in_discard(world_db, world_arena, 1), ERROR_NOT_FOUND);
	assert_int_equal(activity_in_find(world_db, world_arena, 1, &view), ERROR_NOT_FOUND);
}

/* ---- posts that came together ---- */

static const char *note_id(const struct actor *author)
{
	static int number;
	return text("%s/notes/%d", author->uri.data, ++number);
}

static const char *note_by(const struct actor *author, const char *uri, const char *more)
{
	return text("{\"id\":\"%s\",\"type\":\"Note\",\"attributedTo\":\"%s\",\"content\":\"<p>Hi #Together</p>\","
		"\"cc\":[\"https://www.w3.org/ns/activitystreams#Public\"]%s}", uri, author->uri.data, more);
}

static void create_of(const struct actor *author, const char *note)
{
	deliver(say(author, "Create", note));
}

static const char *posts_of(const struct actor *author)
{
	return query("select coalesce((select posts from actor_counts where actor_id = %lld), 0)", (long long)author->id);
}

static void posts_that_come_together_are_as_those_that_come_alone(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", "peer.example");
	struct actor carol = make_remote("carol", "peer.example");
	struct actor dora = make_remote("dora", "peer.example");
	make_follow(&alice, &bob, id_of(&alice, "follows"), true);
	make_follow(&alice, &carol, id_of(&alice, "follows"), true);
	const char *first = note_id(&bob), *answer = note_id(&carol), *gone = note_id(&carol);
	const char *mention = note_id(&dora), *foreign = note_id(&dora), *second = note_id(&bob);
	execute("insert into tombstones (uri, is_local, was_known) values ('%s', false, true)", gone);
	create_of(&carol, note_by(&carol, answer, text(",\"inReplyTo\":\"%s\"", first)));
	create_of(&bob, note_by(&bob, first, ",\"tag\":[{\"type\":\"Hashtag\",\"name\":\"#Together\"}]"));
	create_of(&bob, note_by(&bob, first, ""));
	create_of(&carol, note_by(&carol, gone, ""));
	create_of(&dora, note_to(mention, &dora, &alice));
	create_of(&dora, note_by(&dora, foreign, ""));
	create_of(&bob, note_by(&bob, second, ",\"published\":\"2026-01-01T00:00:00Z\""));
	size_t claimed;
	assert_int_equal(inbox_work_once(&world_step, &claimed), ERROR_NONE);
	assert_int_equal(claimed, 7);
	work();
	assert_string_equal(query("select string_agg(coalesce(last_error, state), ',' order by id) from activities_in"
		" where actor_uri in ('%s', '%s', '%s')", bob.uri.data, carol.uri.data, dora.uri.data),
		"done,done,done,tombstone,done,irrelevant,done");
	assert_string_equal(posts_of(&bob), "2");
	assert_string_equal(posts_of(&carol), "1");
	assert_string_equal(posts_of(&dora), "1");
	assert_string_equal(query("select count(*) from posts where uri in ('%s', '%s')", gone, foreign), "0");
	assert_string_equal(query("select p.uri from posts as r join posts as p on p.id = r.in_reply_to_id where r.uri = '%s'", answer),
		first);
	assert_string_equal(query("select c.replies from post_counts as c join posts as p on p.id = c.post_id where p.uri = '%s'", first),
		"1");
	assert_string_equal(query("select t.name from post_tags as t join posts as p on p.id = t.post_id where p.uri = '%s'", first),
		"together");
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld and kind = 'mention'", (long long)alice.id),
		"1");
	assert_string_equal(query("select count(*) from post_mentions as m join posts as p on p.id = m.post_id"
		" where p.uri = '%s' and m.actor_id = %lld", mention, (long long)alice.id), "1");
	assert_string_equal(query("select count(*) from activities_in where state <> 'done' and actor_uri in ('%s', '%s', '%s')",
		bob.uri.data, carol.uri.data, dora.uri.data), "0");
}

/* ---- threads ---- */

static void the_threads_work_when_somebody_rings_and_stop(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct post post = make_local_post(&alice, POST_PUBLIC);
	struct inbox_workers *workers = inbox_workers_start(&world_federation, 2);
	for (int i = 0; i < 50; i++) {
		struct actor bob = make_remote("bob", "peer.example");
		deliver(like(&bob, id_of(&bob, "likes"), &post));
	}
	for (int i = 0; i < 1000 && strcmp(favourites(&post), "50") != 0; i++)
		usleep(10000);
	assert_string_equal(favourites(&post), "50");
	inbox_workers_stop(&workers);
	assert_null(workers);
	inbox_workers_stop(&workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_activity_has_its_effect_once),
		cmocka_unit_test(what_comes_together_is_handled_together),
		cmocka_unit_test(workers_share_the_actors_among_them),
		cmocka_unit_test(what_makes_no_sense_is_dropped),
		cmocka_unit_test(the_suspended_and_our_own_have_no_say),
		cmocka_unit_test(a_domain_blocked_meanwhile_has_no_say),
		cmocka_unit_test(an_unknown_actor_is_waited_for),
		cmocka_unit_test(what_cannot_be_had_ends_the_wait),
		cmocka_unit_test(nobody_waits_for_a_document_of_our_own),
		cmocka_unit_test(one_actor_about_one_thing_is_heard_in_order),
		cmocka_unit_test(a_later_one_waits_while_the_earlier_one_is_put_off),
		cmocka_unit_test(waiting_has_an_end),
		cmocka_unit_test(nobody_waits_for_what_nobody_fetches),
		cmocka_unit_test(a_poison_activity_stops_nobody_and_is_set_aside),
		cmocka_unit_test(what_ended_the_process_five_times_is_not_tried_again),
		cmocka_unit_test(the_rows_of_a_dead_process_are_taken_over),
		cmocka_unit_test(what_is_dropped_leaves_nothing_behind),
		cmocka_unit_test(operators_see_and_steer),
		cmocka_unit_test(posts_that_come_together_are_as_those_that_come_alone),
		cmocka_unit_test(the_threads_work_when_somebody_rings_and_stop),
	};
	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
