/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities that are handled as they come in: what is done at once, what takes the queue, and that it is all or nothing. */
#include "inbox_world.h"

#include "federation/federation.h"
#include "federation/inbox_intake.h"
#include "federation/key_ring.h"
#include "storage/activity_in.h"
#include "storage/uri_lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- who is new here ---- */

static const char *const names[] = { "ida", "jon", "kim", "lea", "max" };

/* What the server of that name tells of one of its people. */
static const struct vocab_actor *document_of(const char *host, const char *name)
{
	struct vocab_actor *actor = arena_alloc(world_arena, sizeof(*actor));
	struct vocab_key *keys = arena_alloc_array(world_arena, 1, sizeof(*keys));
	static const char multibase[] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
	const char *uri = text("https://%s/users/%s", host, name);
	keys[0] = (struct vocab_key){ .kind = VOCAB_KEY_MULTIBASE, .id = str_from(text("%s#ed25519-key", uri)),
		.owner = str_from(uri), .text = str_from(multibase) };
	static const struct str aliases[] = { STR("https://old.example/users/\"a\\b"), STR("https://old.example/{c,d}") };
	*actor = (struct vocab_actor){ .type = ACTOR_PERSON, .id = str_from(uri), .url = str_from(uri),
		.username = str_from(name), .name = STR_LITERAL("Ida \"{,}\\"), .inbox = str_from(text("%s/inbox", uri)),
		.shared_inbox = str_from(text("https://%s/inbox", host)), .keys = keys, .key_count = 1 };
	actor->also_known_as.ids = (struct str *)aliases;
	actor->also_known_as.count = 2;
	return actor;
}

static struct inbox_answer *follow_by(const struct vocab_actor *actor, const char *id, const struct actor *target)
{
	struct inbox_answer *answer = verified(activity(id, "Follow", actor->id.data, target->uri.data, ""));
	assert_non_null(answer);
	answer->actor = actor;
	return answer;
}

static const char *state_of_follow(const char *follower, const struct actor *followed)
{
	return query("select coalesce((select f.state from follows as f join actors as a on a.id = f.follower_id"
		" where a.uri = '%s' and f.followed_id = %lld), 'none')", follower, (long long)followed->id);
}

static const char *answers_to(const char *follower)
{
	return query("select coalesce(string_agg(o.type || ' to ' || d.inbox_url, ', ' order by o.id), 'none')"
		" from activities_out as o join deliveries as d on d.activity_id = o.id where o.object_uri = '%s'", follower);
}

static void follows_of_strangers_are_taken_in_together(void **state)
{
	(void)state;
	struct actor open = make_local("open", false), asking = make_local("asking", true);
	struct actor blocked = make_remote("blocked", "strangers.example"), known = make_remote("known", "strangers.example");
	struct actor late = make_remote("late", "strangers.example");
	make_block(&open, &blocked, id_of(&open, "blocks"));
	make_follow(&known, &open, id_of(&known, "follows"), true);
	execute("insert into tombstones (uri, is_local, was_known) values ('https://strangers.example/f/late', false, false)");
	const struct vocab_actor *ida = document_of("strangers.example", names[0]);
	const struct vocab_actor *jon = document_of("strangers.example", names[1]);
	struct inbox_answer *answers[] = {
		follow_by(ida, "https://strangers.example/f/1", &open), follow_by(jon, "https://strangers.example/f/2", &open),
		follow_by(ida, "https://strangers.example/f/3", &asking), verified(say(&blocked, "Follow", open.uri.data)),
		verified(say(&known, "Follow", open.uri.data)),
		verified(activity("https://strangers.example/f/late", "Follow", late.uri.data, open.uri.data, "")),
		verified(say(&known, "Follow", "https://company.example/users/nobody")), verified(say(&known, "Follow", late.uri.data)),
	};
	enum { COUNT = sizeof(answers) / sizeof(answers[0]) };
	bool is_stored[COUNT];
	const struct inbox_direct direct = world_direct();
	assert_int_equal(inbox_direct_take(&direct, answers, COUNT, is_stored), ERROR_NONE);
	const char *expected[COUNT] = { "done", "done", "done", "done", "done", "dropped: undone", "dropped: not_ours",
		"dropped: not_ours" };
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(is_stored[i]);
		assert_string_equal(outcome(answers[i]->row.uri.data), expected[i]);
	}
	assert_string_equal(state_of_follow(ida->id.data, &open), "accepted");
	assert_string_equal(state_of_follow(jon->id.data, &open), "accepted");
	assert_string_equal(state_of_follow(ida->id.data, &asking), "pending");
	assert_string_equal(state_of_follow(blocked.uri.data, &open), "none");
	assert_string_equal(state_of_follow(late.uri.data, &open), "none");
	assert_string_equal(query("select uri from follows where follower_id = %lld", (long long)known.id), answers[4]->row.uri.data);
	assert_string_equal(query("select followers || ' ' || following from actor_counts where actor_id = %lld",
		(long long)open.id), "3 0");
	assert_string_equal(query("select c.following from actor_counts as c join actors as a on a.id = c.actor_id where a.uri = '%s'",
		ida->id.data), "1");
	assert_string_equal(answers_to(ida->id.data), "Accept to https://strangers.example/inbox");
	assert_string_equal(answers_to(jon->id.data), "Accept to https://strangers.example/inbox");
	assert_true(strncmp(answers_to(blocked.uri.data), "Reject to ", 10) == 0);
	assert_true(strncmp(answers_to(known.uri.data), "Accept to ", 10) == 0);
	assert_string_equal(answers_to(late.uri.data), "none");
	assert_string_equal(query("select string_agg(rtrim(a.handle, '0123456789'), ' ' order by a.handle) from notifications as n join actors as a"
		" on a.id = n.from_actor_id where n.actor_id = %lld and n.kind = 'follow'", (long long)open.id), "ida jon known");
	assert_string_equal(query("select string_agg(kind, ' ') from notifications where actor_id = %lld", (long long)asking.id),
		"follow_request");
}

static void who_is_new_is_kept_as_told(void **state)
{
	(void)state;
	struct actor open = make_local("open2", false);
	const struct vocab_actor *kim = document_of("Kept.example", names[2]);
	struct inbox_answer *answers[] = { follow_by(kim, "https://kept.example/f/1", &open) };
	const struct inbox_direct direct = world_direct();
	bool is_stored[1];
	assert_int_equal(inbox_direct_take(&direct, answers, 1, is_stored), ERROR_NONE);
	struct actor kept = find_actor(kim->id.data);
	assert_true(str_eq(kept.username, STR_LITERAL("kim")));
	assert_true(str_eq(kept.domain, STR_LITERAL("kept.example")));
	assert_false(kept.is_handle_confirmed);
	assert_true(str_eq(kept.display_name, kim->name));
	assert_true(str_eq(kept.also_known_as_json,
		STR_LITERAL("[\"https://old.example/users/\\\"a\\\\b\",\"https://old.example/{c,d}\"]")) ||
		str_eq(kept.also_known_as_json,
			STR_LITERAL("[\"https://old.example/users/\\\"a\\\\b\", \"https://old.example/{c,d}\"]")));
	assert_string_equal(query("select kind || ' ' || octet_length(public_bytes) from actor_keys where actor_id = %lld",
		(long long)kept.id), "ed25519 32");
}

/* One of them is not to be stored: nothing of the group is, so that each may be tried by itself. */
static void who_must_not_be_stored_stops_the_group(void **state)
{
	(void)state;
	struct actor open = make_local("open3", false);
	const struct inbox_direct direct = world_direct();
	const struct vocab_actor *lea = document_of("good.example", names[3]);
	const struct vocab_actor *max = document_of("gone.example", names[4]);
	const struct vocab_actor *ours = document_of("company.example", "someone");
	bool is_stored[2];
	execute("insert into tombstones (uri, is_local, was_known) values ('%s', false, false)", max->id.data);
	const struct { const struct vocab_actor *actor; enum error expected; } cases[] = { { max, ERROR_GONE }, { ours, ERROR_FORBIDDEN } };
	for (size_t i = 0; i < 2; i++) {
		struct inbox_answer *answers[] = { follow_by(lea, "https://good.example/f/1", &open),
			follow_by(cases[i].actor, text("https://other.example/f/%zu", i), &open) };
		assert_int_equal(inbox_direct_take(&direct, answers, 2, is_stored), cases[i].expected);
		assert_string_equal(query("select count(*) from actors where uri in ('%s', '%s')", lea->id.data,
			cases[i].actor->id.data), "0");
		assert_string_equal(query("select count(*) from activities_in where uri = 'https://good.example/f/1'"), "0");
	}
}

/* ---- the intake ---- */

#define GROUP 4
#define CROWD 40

struct awaited {
	struct inbox_entry entry;
	enum inbox_verdict verdict;
	const char *reason;
};

static struct inbox_intake *intake;
static struct awaited awaited[CROWD];
static size_t expected_count, answered;

static void note(struct inbox_entry *entry)
{
	struct awaited *one = (struct awaited *)entry;
	one->verdict = entry->answer.verdict;
	one->reason = entry->answer.reason;
	answered++;
	/* Whoever is told stands in the middle of the intake: what is brought now comes together. */
	for (size_t i = 1; entry == &awaited[0].entry && i < expected_count; i++)
		inbox_intake_add(intake, &awaited[i].entry);
}

static void bring(size_t index, struct inbox_answer *answer)
{
	json_incref(answer->document);
	awaited[index] = (struct awaited){ .entry = { .answer = *answer, .done = note } };
}

static void one_bad_actor_of_a_group_is_refused_by_itself(void **state)
{
	(void)state;
	struct actor open = make_local("open4", false);
	struct inbox_direct direct = world_direct();
	for (size_t is_direct = 0; is_direct < 2; is_direct++) {
		const char *host = is_direct ? "direct.example" : "queued.example";
		answered = 0;
		expected_count = GROUP;
		bring(0, follow_by(document_of(host, names[0]), text("https://%s/f/0", host), &open));
		bring(1, follow_by(document_of(host, names[1]), text("https://%s/f/1", host), &open));
		bring(2, follow_by(document_of("company.example", "someone"), text("https://%s/f/2", host), &open));
		bring(3, follow_by(document_of(host, names[1]), text("https://%s/f/3", host), &open));
		direct.federation->keys = key_ring_new();
		intake = inbox_intake_new(direct.federation, is_direct);
		inbox_intake_add(intake, &awaited[0].entry);
		assert_int_equal(answered, GROUP);
		inbox_intake_free(&intake);
		key_ring_free(&direct.federation->keys);
		for (size_t i = 0; i < GROUP; i++) {
			assert_int_equal(awaited[i].verdict, i == 2 ? INBOX_FORBIDDEN : INBOX_ACCEPTED);
			assert_string_equal(awaited[i].reason, i == 2 ? "actor_refused" : "stored");
		}
		assert_string_equal(query("select count(*) from actors where domain = '%s'", host), "2");
		assert_string_equal(query("select string_agg(state, ' ' order by uri) from activities_in where uri like 'https://%s/%%'", host),
			is_direct ? "done done done" : "waiting waiting waiting");
	}
}

/* Together they would be more than the memory of a group. */
static void a_crowd_with_much_to_tell_is_taken_in(void **state)
{
	(void)state;
	enum { EMOJIS = 1000, LONG = 1900 };
	struct actor open = make_local("open5", false);
	struct inbox_direct direct = world_direct();
	char path[LONG + 1] = { 0 };
	memset(path, 'x', LONG);
	struct vocab_tag *emojis = arena_alloc_array(world_arena, EMOJIS, sizeof(*emojis));
	for (size_t i = 0; i < EMOJIS; i++) {
		struct str url = str_from(text("https://crowd.example/e/%zu/%s", i, path));
		emojis[i] = (struct vocab_tag){ .kind = VOCAB_TAG_EMOJI, .name = str_from(text(":e%zu:", i)), .id = url, .icon_url = url };
	}
	answered = 0;
	expected_count = CROWD;
	for (size_t i = 0; i < CROWD; i++) {
		struct vocab_actor *actor = (struct vocab_actor *)document_of("crowd.example", text("c%zu", i));
		actor->tags = emojis;
		actor->tag_count = EMOJIS;
		bring(i, follow_by(actor, text("https://crowd.example/f/%zu", i), &open));
	}
	direct.federation->keys = key_ring_new();
	intake = inbox_intake_new(direct.federation, true);
	inbox_intake_add(intake, &awaited[0].entry);
	inbox_intake_free(&intake);
	key_ring_free(&direct.federation->keys);
	assert_int_equal(answered, CROWD);
	assert_string_equal(query("select count(*) from actors where domain = 'crowd.example'"), "40");
	assert_string_equal(query("select count(*) from follows where followed_id = %lld", (long long)open.id), "40");
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
		cmocka_unit_test(follows_of_strangers_are_taken_in_together),
		cmocka_unit_test(who_is_new_is_kept_as_told),
		cmocka_unit_test(who_must_not_be_stored_stops_the_group),
		cmocka_unit_test(one_bad_actor_of_a_group_is_refused_by_itself),
		cmocka_unit_test(a_crowd_with_much_to_tell_is_taken_in),
	};
	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
