/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities about posts: what is believed, what is only read from its origin, and what changes nothing. Each activity is
 * handled as an inbox worker does. Run by tests/db/test_remote_post.py. */
#include "remote_world.h"

#include "federation/inbox_post.h"
#include "federation/keys.h"
#include "federation/proof.h"
#include "storage/block.h"
#include "storage/reaction.h"
#include "storage/relay.h"
#include "storage/tombstone.h"

#define ALICE ELSEWHERE "/u/alice"
#define VICTIM "https://victim.example/u/bob"
#define MAX_OUTCOME_BYTES 256

static struct activity_in row_template = { .verified_by = ACTIVITY_BY_SIGNATURE };
static bool is_wanted_nowhere;

/* "done", "drop:REASON" or "park:URI" in the arena. What is dropped is rolled back. */
static const char *handle(struct str text)
{
	json_t *document = parse(text);
	struct vocab_activity activity;
	struct vocab_rules rules = { .received_us = NOW_US };
	assert_int_equal(vocab_read_activity(arena, document, &rules, &activity), ERROR_NONE);
	struct activity_in row = row_template;
	row.uri = activity.id;
	row.type = activity.type_name;
	row.actor_uri = activity.actor_id;
	row.body = text;
	row.received_us = NOW_US;
	row.parked_uri = is_wanted_nowhere ? activity.objects[0].id : (struct str){ 0 };
	struct inbox_context context = { .federation = &federation, .db = db, .arena = arena, .row = &row, .activity = &activity,
		.document = document, .now_us = NOW_US, .is_wanted_nowhere = is_wanted_nowhere, .outcome = INBOX_DROPPED,
		.reason = "no_outcome" };
	assert_int_equal(actor_find_by_uri(db, arena, activity.actor_id, &context.actor), ERROR_NONE);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(inbox_handler_of(activity.type)(&context), ERROR_NONE);
	json_decref(document);
	switch (context.outcome) {
	case INBOX_DONE:
		assert_int_equal(db_commit(db), ERROR_NONE);
		return "done";
	case INBOX_PARKED:
		assert_int_equal(db_commit(db), ERROR_NONE);
		return arena_printf(arena, "park:%.*s", STR_ARG(context.wanted.uri)).data;
	case INBOX_DROPPED:
		db_rollback(db);
		break;
	}
	return arena_printf(arena, "drop:%s", context.reason).data;
}

/* An activity of actor about object, which is JSON, with more members. */
static struct str activity(const char *type, const char *actor, const char *object, const char *members)
{
	static unsigned number;
	return arena_printf(arena, "{\"type\":\"%s\",\"id\":\"%s#%u\",\"actor\":\"%s\",\"object\":%s%s%s}", type, actor, ++number, actor,
		object, *members ? "," : "", members);
}

/* A note as JSON, public and by author. */
static const char *note(const char *id, const char *author, const char *members)
{
	return arena_printf(arena, "{\"type\":\"Note\",\"id\":\"%s\",\"attributedTo\":\"%s\",\"content\":\"hi\",\"to\":\"" PUBLIC "\","
		"\"published\":\"2026-11-20T10:00:00Z\"%s%s}", id, author, *members ? "," : "", members).data;
}

static int64_t alice_id;
static int64_t carol_id;

/* alice is followed by carol, who is ours. */
static int set_up_people(void **state)
{
	if (set_up(state))
		return -1;
	alice_id = make_remote(ALICE);
	(void)make_remote(VICTIM);
	carol_id = make_local("carol");
	make_follow(carol_id, alice_id);
	return 0;
}

/* ---- Create ---- */

static void an_object_is_believed_from_its_only_author_on_his_origin(void **state)
{
	(void)state;
	static const char own[] = ELSEWHERE "/n/own";
	assert_string_equal(handle(activity("Create", ALICE, note(own, ALICE, ""), "")), "done");
	assert_true(is_here(own));
	assert_int_equal(count_wishes(str_from(own)), 0);
}

static void what_an_actor_may_not_say_is_not_stored(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		const char *attributed; /* JSON, "" for none */
		const char *outcome;
		int64_t wishes;
	} cases[] = {
		{ ELSEWHERE "/n/f1", "[\"" ALICE "\",\"" ELSEWHERE "/u/other\"]", "done", 1 },
		{ ELSEWHERE "/n/f2", "\"" VICTIM "\"", "done", 1 },
		{ ELSEWHERE "/n/f3", "1", "done", 1 },
		{ ELSEWHERE "/n/f4", "{\"id\":1}", "done", 1 },
		{ ELSEWHERE "/n/f5", "", "done", 1 },
		{ ELSEWHERE "/n/f6", "\"" BASE_URL "/users/carol\"", "done", 1 },
		{ ELSEWHERE "/n/f7", "\"" ELSEWHERE "/u/other\"", "done", 1 },
		{ "https://victim.example/n/1", "\"" VICTIM "\"", "done", 1 },
		{ "https://victim.example/n/2", "\"" ALICE "\"", "done", 1 },
		{ "https://peer.example:8443/n/1", "\"" ALICE "\"", "done", 1 },
		{ BASE_URL "/users/carol/statuses/7", "\"" ALICE "\"", "drop:ours", 0 },
		{ BASE_URL "/users/carol/statuses/8", "\"" BASE_URL "/users/carol\"", "drop:ours", 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str object = arena_printf(arena, "{\"type\":\"Note\",\"id\":\"%s\",\"content\":\"forged\",\"to\":\"" PUBLIC "\"%s%s}",
			cases[i].id, *cases[i].attributed ? ",\"attributedTo\":" : "", cases[i].attributed);
		assert_string_equal(handle(activity("Create", ALICE, object.data, "")), cases[i].outcome);
		assert_false(is_here(cases[i].id));
		assert_int_equal(count_wishes(str_from(cases[i].id)), cases[i].wishes);
	}
}

static void a_create_that_concerns_nobody_leads_to_no_fetch(void **state)
{
	(void)state;
	static const char foreign[] = "https://victim.example/n/target";
	(void)make_remote(ELSEWHERE "/u/nobody");
	assert_string_equal(handle(activity("Create", ELSEWHERE "/u/nobody", "\"https://victim.example/n/target\"", "")), "drop:irrelevant");
	assert_int_equal(count_wishes(str_from(foreign)), 0);
	assert_string_equal(handle(activity("Create", ELSEWHERE "/u/nobody", note(ELSEWHERE "/n/nobody", ELSEWHERE "/u/nobody", ""), "")),
		"drop:irrelevant");
	assert_false(is_here(ELSEWHERE "/n/nobody"));
	assert_string_equal(handle(activity("Create", ALICE, "\"" ELSEWHERE "/n/by-id\"", "")), "done");
	assert_int_equal(count_wishes(STR_LITERAL(ELSEWHERE "/n/by-id")), 1);
}

static void the_first_version_of_an_id_wins(void **state)
{
	(void)state;
	struct post post;
	struct str id = STR_LITERAL(ELSEWHERE "/n/twice");
	assert_string_equal(handle(activity("Create", ALICE, note(id.data, ALICE, ""), "")), "done");
	int64_t before = count_posts();
	assert_string_equal(handle(activity("Create", ALICE, note(id.data, ALICE, "\"summary\":\"other\""), "")), "done");
	assert_int_equal(count_posts(), before);
	assert_true(find_post(id, &post));
	assert_string_equal(post.spoiler_text.data, "");
}

static void several_posts_in_one_create_are_one(void **state)
{
	(void)state;
	struct str objects = arena_printf(arena, "[%s,%s]", note(ELSEWHERE "/n/several1", ALICE, ""),
		note(ELSEWHERE "/n/several2", ALICE, ""));
	assert_string_equal(handle(activity("Create", ALICE, objects.data, "")), "done");
	assert_true(is_here(ELSEWHERE "/n/several1"));
	assert_false(is_here(ELSEWHERE "/n/several2"));
}

/* ---- votes ---- */

static struct post make_poll(int64_t actor_id, bool is_multiple, enum post_visibility visibility, int64_t ends_us)
{
	struct post_new new = {
		.id = id_new(),
		.actor_id = actor_id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Where?</p>"),
		.text_source = STR_LITERAL("Where?"),
		.is_question = true,
	};
	struct poll_option options[] = { { .title = STR("Inside") }, { .title = STR("Outside") } };
	struct poll poll = { .is_multiple = is_multiple, .options = options, .option_count = 2, .ends_us = ends_us };
	struct post post = { 0 };
	assert_int_equal(db_begin(owner_db), ERROR_NONE);
	assert_int_equal(post_create(owner_db, arena, &new), ERROR_NONE);
	assert_int_equal(poll_store(owner_db, arena, new.id, &poll), ERROR_NONE);
	assert_int_equal(db_commit(owner_db), ERROR_NONE);
	assert_int_equal(post_find_any(owner_db, arena, new.id, &post), ERROR_NONE);
	return post;
}

static const char *vote(const char *actor, const char *id, const char *name, struct str poll_uri)
{
	return arena_printf(arena, "{\"type\":\"Note\",\"id\":\"%s#votes/%s\",\"attributedTo\":\"%s\",\"name\":\"%s\",\"inReplyTo\":\"%.*s\","
		"\"to\":\"" BASE_URL "/users/carol\"}", actor, id, actor, name, STR_ARG(poll_uri)).data;
}

static void assert_votes(const struct post *post, int64_t inside, int64_t outside)
{
	struct poll poll;
	assert_int_equal(poll_find(owner_db, arena, post->id, &poll), ERROR_NONE);
	assert_int_equal(poll.options[0].votes, inside);
	assert_int_equal(poll.options[1].votes, outside);
}

static void a_vote_counts_once_and_is_no_post(void **state)
{
	(void)state;
	struct post poll = make_poll(carol_id, false, POST_PUBLIC, 0);
	int64_t before = count_posts();
	assert_string_equal(handle(activity("Create", ALICE, vote(ALICE, "1", "Inside", poll.uri), "")), "done");
	assert_string_equal(handle(activity("Create", ALICE, vote(ALICE, "1", "Inside", poll.uri), "")), "done");
	assert_string_equal(handle(activity("Create", ALICE, vote(ALICE, "2", "Outside", poll.uri), "")), "done");
	assert_votes(&poll, 1, 0);
	assert_int_equal(count_posts(), before);
}

static void several_votes_come_in_one_activity(void **state)
{
	(void)state;
	struct post poll = make_poll(carol_id, true, POST_PUBLIC, 0);
	struct str votes = arena_printf(arena, "[%s,%s]", vote(ALICE, "3", "Inside", poll.uri), vote(ALICE, "4", "Outside", poll.uri));
	assert_string_equal(handle(activity("Create", ALICE, votes.data, "")), "done");
	assert_votes(&poll, 1, 1);
}

static void votes_that_do_not_count_change_nothing(void **state)
{
	(void)state;
	struct post poll = make_poll(carol_id, false, POST_PUBLIC, 0);
	struct post hidden = make_poll(carol_id, false, POST_DIRECT, 0);
	struct post ended = make_poll(carol_id, false, POST_PUBLIC, NOW_US - 3650 * DAY_US);
	int64_t blocked_id = make_remote(ELSEWHERE "/u/blocked");
	assert_int_equal(block_create(owner_db, arena, id_new(), carol_id, blocked_id, STR_LITERAL(BASE_URL "/blocks/vote")), ERROR_NONE);
	static const char question[] = "{\"type\":\"Question\",\"id\":\"" ELSEWHERE "/n/question\",\"attributedTo\":\"" ALICE "\",\"to\":\""
		PUBLIC "\",\"content\":\"?\",\"oneOf\":[{\"name\":\"Inside\",\"replies\":{\"totalItems\":2}},{\"name\":\"Outside\"}]}";
	assert_string_equal(handle(activity("Create", ALICE, question, "")), "done");
	const struct {
		const char *actor, *name;
		struct str poll_uri;
		const char *outcome;
	} cases[] = {
		{ ALICE, "Elsewhere", poll.uri, "drop:no_option" },
		{ ALICE, "Inside", hidden.uri, "drop:no_poll" },
		{ ALICE, "Inside", ended.uri, "drop:poll_ended" },
		{ ALICE, "Inside", STR(ELSEWHERE "/n/unknown"), "drop:no_poll" },
		{ ALICE, "Inside", STR(ELSEWHERE "/n/question"), "drop:foreign_poll" },
		{ ELSEWHERE "/u/blocked", "Inside", poll.uri, "drop:no_poll" },
	};
	int64_t before = count_posts();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str id = arena_printf(arena, "no%zu", i);
		const char *outcome = handle(activity("Create", cases[i].actor,
			vote(cases[i].actor, id.data, cases[i].name, cases[i].poll_uri), ""));
		assert_string_equal(outcome, cases[i].outcome);
	}
	struct post foreign;
	assert_true(find_post(STR_LITERAL(ELSEWHERE "/n/question"), &foreign));
	assert_votes(&poll, 0, 0);
	assert_votes(&hidden, 0, 0);
	assert_votes(&ended, 0, 0);
	assert_votes(&foreign, 2, 0);
	assert_int_equal(count_posts(), before);
}

/* ---- Update ---- */

static void only_its_author_changes_a_post(void **state)
{
	(void)state;
	static const char id[] = "https://victim.example/n/mine";
	static const char neighbour[] = "https://victim.example/u/neighbour";
	(void)make_remote(neighbour);
	make_follow(carol_id, make_remote(VICTIM));
	assert_string_equal(handle(activity("Create", VICTIM, note(id, VICTIM, ""), "")), "done");
	static const struct {
		const char *actor, *id, *author, *outcome;
	} cases[] = {
		{ ALICE, id, VICTIM, "drop:not_owner" },
		{ ALICE, id, ALICE, "drop:not_owner" },
		{ ALICE, id, ELSEWHERE "/u/x", "drop:not_owner" },
		{ ALICE, id, BASE_URL "/users/carol", "drop:not_owner" },
		{ ALICE, "https://VICTIM.example/n/mine", ALICE, "drop:not_owner" },
		{ ALICE, "https://victim.example:443/n/mine", ALICE, "drop:not_owner" },
		{ ALICE, BASE_URL "/users/carol/statuses/1", ALICE, "drop:not_owner" },
		{ neighbour, id, neighbour, "drop:not_author" },
		{ neighbour, id, VICTIM, "done" }, /* read anew from its origin */
		{ VICTIM, id, neighbour, "done" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct post post;
		const char *object = note(cases[i].id, cases[i].author, "\"summary\":\"forged\",\"updated\":\"2026-11-21T10:00:00Z\"");
		assert_string_equal(handle(activity("Update", cases[i].actor, object, "")), cases[i].outcome);
		assert_true(find_post(str_from(id), &post));
		assert_string_equal(post.spoiler_text.data, "");
		assert_int_equal(post.revision, 1);
	}
	struct post post;
	assert_string_equal(handle(activity("Update", ALICE, "\"https://victim.example/n/mine\"", "")), "drop:not_owner");
	assert_string_equal(handle(activity("Update", ALICE, "{\"type\":\"Tombstone\",\"id\":\"https://victim.example/n/mine\"}", "")),
		"drop:not_owner");
	assert_string_equal(handle(activity("Update", ALICE, "[]", "")), "drop:no_object");
	assert_string_equal(handle(activity("Update", VICTIM,
		note(id, VICTIM, "\"summary\":\"mine\",\"updated\":\"2026-11-21T10:00:00Z\""), "")), "done");
	assert_true(find_post(str_from(id), &post));
	assert_string_equal(post.spoiler_text.data, "mine");
	assert_int_equal(post.revision, 2);
}

static void what_is_not_believed_of_an_edit_is_read_anew(void **state)
{
	(void)state;
	static const struct statement statement = STATEMENT("test_update_wishes", 1,
		"select count(*) from fetches where uri = $1 and kind = 'update'");
	static const char two_authors[] = "{\"type\":\"Video\",\"id\":\"" ELSEWHERE "/n/anew\",\"name\":\"forged\",\"to\":\"" PUBLIC "\","
		"\"attributedTo\":[\"" ALICE "\",\"" ELSEWHERE "/u/channel\"],\"updated\":\"2026-11-21T10:00:00Z\"}";
	struct str id = STR_LITERAL(ELSEWHERE "/n/anew");
	struct post post;
	assert_string_equal(handle(activity("Create", ALICE, note(id.data, ALICE, ""), "")), "done");
	assert_int_equal(ask_number(&statement, id), 0);
	assert_string_equal(handle(activity("Update", ALICE, two_authors, "")), "done");
	assert_int_equal(ask_number(&statement, id), 1);
	assert_true(find_post(id, &post));
	assert_string_equal(post.title.data, "");
}

static void an_update_that_comes_first_is_the_post(void **state)
{
	(void)state;
	struct post post;
	struct str id = STR_LITERAL(ELSEWHERE "/n/update-first");
	assert_string_equal(handle(activity("Update", ALICE, note(id.data, ALICE, "\"updated\":\"2026-11-21T10:00:00Z\",\"summary\":\"new\""), "")),
		"done");
	assert_string_equal(handle(activity("Create", ALICE, note(id.data, ALICE, "\"summary\":\"old\""), "")), "done");
	assert_true(find_post(id, &post));
	assert_string_equal(post.spoiler_text.data, "new");
}

static void an_edit_is_told_to_those_who_boosted_it(void **state)
{
	(void)state;
	struct post post;
	struct str id = STR_LITERAL(ELSEWHERE "/n/boosted");
	int64_t booster_id = make_local("booster");
	assert_string_equal(handle(activity("Create", ALICE, note(id.data, ALICE, ""), "")), "done");
	assert_true(find_post(id, &post));
	struct boost boost = { .id = id_new(), .actor_id = booster_id, .post_id = post.id, .uri = STR(BASE_URL "/boosts/1"),
		.visibility = POST_PUBLIC };
	assert_int_equal(boost_create(owner_db, arena, &boost), ERROR_NONE);
	assert_string_equal(handle(activity("Update", ALICE, note(id.data, ALICE, "\"updated\":\"2026-11-21T10:00:00Z\",\"summary\":\"x\""), "")),
		"done");
	assert_int_equal(count_notifications("booster", "update"), 1);
}

static void a_tombstone_keeps_a_post_away(void **state)
{
	(void)state;
	static const char id[] = ELSEWHERE "/n/deleted";
	struct tombstone tombstone = { .uri = STR(ELSEWHERE "/n/deleted"), .was_known = true };
	assert_int_equal(tombstone_add(owner_db, arena, &tombstone), ERROR_NONE);
	assert_string_equal(handle(activity("Create", ALICE, note(id, ALICE, ""), "")), "drop:tombstone");
	assert_string_equal(handle(activity("Update", ALICE, note(id, ALICE, ""), "")), "drop:tombstone");
	assert_string_equal(handle(activity("Create", ALICE, "\"" ELSEWHERE "/n/deleted\"", "")), "drop:tombstone");
	assert_string_equal(handle(activity("Announce", ALICE, "\"" ELSEWHERE "/n/deleted\"", "\"to\":\"" PUBLIC "\"")), "drop:nowhere");
	assert_false(is_here(id));
}

/* ---- ids ---- */

static int64_t count_boosts(struct str uri)
{
	static const struct statement statement = STATEMENT("test_boosts", 1,
		"select count(*) from boosts as b join posts as p on p.id = b.post_id where p.uri = $1");
	return ask_number(&statement, uri);
}

static int same_numbers; /* so many that are drawn from now on are one */

uint64_t __real_random_below(uint64_t bound);
uint64_t __wrap_random_below(uint64_t bound);
uint64_t __wrap_random_below(uint64_t bound)
{
	if (same_numbers == 0)
		return __real_random_below(bound);
	same_numbers--;
	return 7;
}

/* Peers give times to the second only, and many have the same one. */
static void two_of_one_moment_are_both_kept(void **state)
{
	(void)state;
	static const char *const published = "\"published\":\"2026-11-20T10:00:00Z\"";
	static const struct str one = STR(ELSEWHERE "/n/moment1"), other = STR(ELSEWHERE "/n/moment2");
	struct post first, second;
	same_numbers = 2;
	assert_string_equal(handle(activity("Create", ALICE, note(one.data, ALICE, ""), "")), "done");
	assert_string_equal(handle(activity("Create", ALICE, note(other.data, ALICE, ""), "")), "done");
	assert_int_equal(same_numbers, 0);
	assert_true(find_post(one, &first) && find_post(other, &second));
	assert_int_equal(id_time_us(first.id), id_time_us(second.id));
	same_numbers = 2;
	for (int i = 0; i < 2; i++) {
		const char *members = arena_printf(arena, "%s,\"to\":\"" PUBLIC "\"", published).data;
		const char *object = arena_printf(arena, "\"%s\"", i ? other.data : one.data).data;
		assert_string_equal(handle(activity("Announce", ALICE, object, members)), "done");
	}
	assert_int_equal(same_numbers, 0);
	assert_int_equal(count_boosts(one), 1);
	assert_int_equal(count_boosts(other), 1);
}

/* ---- Announce ---- */

static void a_boost_of_ours_is_counted_and_told(void **state)
{
	(void)state;
	struct post post = make_post(make_local("boosted"), POST_PUBLIC);
	struct str object = arena_printf(arena, "\"%.*s\"", STR_ARG(post.uri));
	(void)make_remote(ELSEWHERE "/u/stranger");
	assert_string_equal(handle(activity("Announce", ELSEWHERE "/u/stranger", object.data, "\"to\":\"" PUBLIC "\"")), "done");
	assert_string_equal(handle(activity("Announce", ELSEWHERE "/u/stranger", object.data, "\"to\":\"" PUBLIC "\"")), "done");
	assert_int_equal(count_boosts(post.uri), 1);
	assert_int_equal(count_notifications("boosted", "boost"), 1);
}

static void the_embedded_copy_of_a_boost_is_not_believed(void **state)
{
	(void)state;
	static const char id[] = "https://victim.example/n/announced";
	const char *object = note(id, VICTIM, "\"summary\":\"forged\"");
	assert_string_equal(handle(activity("Announce", ALICE, object, "\"to\":\"" PUBLIC "\"")), "park:https://victim.example/n/announced");
	assert_false(is_here(id));
	is_wanted_nowhere = true;
	assert_string_equal(handle(activity("Announce", ALICE, object, "\"to\":\"" PUBLIC "\"")), "drop:nowhere");
	is_wanted_nowhere = false;
	(void)make_remote(ELSEWHERE "/u/unheard");
	assert_string_equal(handle(activity("Announce", ELSEWHERE "/u/unheard", object, "\"to\":\"" PUBLIC "\"")), "drop:irrelevant");
}

static void boosts_that_may_not_be_change_nothing(void **state)
{
	(void)state;
	int64_t owner_id = make_local("private");
	struct post open = make_post(owner_id, POST_PUBLIC);
	struct post closed = make_post(owner_id, POST_FOLLOWERS);
	struct post direct = make_post(owner_id, POST_DIRECT);
	int64_t blocked_id = make_remote(ELSEWHERE "/u/noboost");
	assert_int_equal(block_create(owner_db, arena, id_new(), owner_id, blocked_id, STR_LITERAL(BASE_URL "/blocks/boost")), ERROR_NONE);
	const struct {
		const char *actor;
		struct str uri;
		const char *members, *outcome;
	} cases[] = {
		{ ALICE, closed.uri, "\"to\":\"" PUBLIC "\"", "drop:not_open" },
		{ ALICE, direct.uri, "\"to\":\"" PUBLIC "\"", "drop:not_open" },
		{ ALICE, open.uri, "", "drop:direct" },
		{ ELSEWHERE "/u/noboost", open.uri, "\"to\":\"" PUBLIC "\"", "drop:blocked" },
		{ ALICE, STR(BASE_URL "/users/private/statuses/1"), "\"to\":\"" PUBLIC "\"", "drop:nowhere" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str object = arena_printf(arena, "\"%.*s\"", STR_ARG(cases[i].uri));
		assert_string_equal(handle(activity("Announce", cases[i].actor, object.data, cases[i].members)), cases[i].outcome);
		assert_int_equal(count_boosts(cases[i].uri), 0);
	}
}

static void one_may_boost_ones_own_private_post_for_the_same_people(void **state)
{
	(void)state;
	struct post post;
	struct boost boost;
	struct str id = STR_LITERAL(ELSEWHERE "/n/private");
	struct str object = arena_printf(arena, "{\"type\":\"Note\",\"id\":\"%s\",\"attributedTo\":\"" ALICE "\",\"to\":\"" ALICE "/followers\"}",
		id.data);
	assert_string_equal(handle(activity("Create", ALICE, object.data, "")), "done");
	assert_string_equal(handle(activity("Announce", ALICE, "\"" ELSEWHERE "/n/private\"", "\"to\":\"" PUBLIC "\"")), "done");
	assert_true(find_post(id, &post));
	assert_int_equal(boost_find(owner_db, arena, alice_id, post.id, &boost), ERROR_NONE);
	assert_int_equal(boost.visibility, POST_FOLLOWERS);
}

static void a_boost_undone_before_it_came_is_not_made(void **state)
{
	(void)state;
	struct post post = make_post(carol_id, POST_PUBLIC);
	struct str object = arena_printf(arena, "\"%.*s\"", STR_ARG(post.uri));
	struct tombstone tombstone = { .uri = STR(ELSEWHERE "/announces/undone") };
	assert_int_equal(tombstone_add(owner_db, arena, &tombstone), ERROR_NONE);
	struct str text = arena_printf(arena, "{\"type\":\"Announce\",\"id\":\"" ELSEWHERE "/announces/undone\",\"actor\":\"" ALICE "\","
		"\"to\":\"" PUBLIC "\",\"object\":%s}", object.data);
	assert_string_equal(handle(text), "drop:undone");
	assert_int_equal(count_boosts(post.uri), 0);
}

static void a_relay_tells_of_posts_and_boosts_nothing(void **state)
{
	(void)state;
	static const char relay_uri[] = "https://relay.example/actor";
	struct relay relay = { .id = id_new(), .kind = RELAY_LITEPUB, .inbox_url = STR("https://relay.example/inbox"),
		.actor_uri = STR("https://relay.example/actor"), .follow_uri = STR(BASE_URL "/actor#follows/1"), .state = RELAY_ACCEPTED };
	struct post post;
	(void)make_remote(relay_uri);
	assert_string_equal(handle(activity("Announce", relay_uri, "\"" ELSEWHERE "/n/relayed\"", "\"to\":\"" PUBLIC "\"")), "drop:irrelevant");
	assert_int_equal(relay_create(owner_db, arena, &relay), ERROR_NONE);
	assert_int_equal(relay_set_state(owner_db, arena, relay.id, RELAY_ACCEPTED, relay.actor_uri), ERROR_NONE);
	assert_string_equal(handle(activity("Announce", relay_uri, "\"" ELSEWHERE "/n/relayed\"", "\"to\":\"" PUBLIC "\"")), "done");
	assert_int_equal(count_wishes(STR_LITERAL(ELSEWHERE "/n/relayed")), 1);
	assert_string_equal(handle(activity("Create", ALICE, note(ELSEWHERE "/n/relayed", ALICE, ""), "")), "done");
	assert_string_equal(handle(activity("Announce", relay_uri, "\"" ELSEWHERE "/n/relayed\"", "\"to\":\"" PUBLIC "\"")), "done");
	assert_true(find_post(STR_LITERAL(ELSEWHERE "/n/relayed"), &post));
	assert_int_equal(count_boosts(post.uri), 0);
}

/* ---- groups ---- */

static void a_group_vouches_for_its_own_people_only(void **state)
{
	(void)state;
	static const char group[] = "https://lemmy.example/c/gardens";
	static const char member[] = "https://lemmy.example/u/lea";
	(void)make_remote(member);
	int64_t group_id = make_remote_of_kind(str_from(group), ACTOR_GROUP);
	const char *page = note("https://lemmy.example/post/1", member, "\"inReplyTo\":\"https://lemmy.example/post/0\"");
	const char *create = activity("Create", member, page, "").data;
	assert_string_equal(handle(activity("Announce", group, create, "")), "drop:irrelevant");
	assert_false(is_here("https://lemmy.example/post/1"));
	make_follow(carol_id, group_id);
	assert_string_equal(handle(activity("Announce", group, create, "")), "done");
	assert_true(is_here("https://lemmy.example/post/1"));
	/* Of others it tells where to look. */
	const char *foreign = activity("Create", VICTIM, note("https://victim.example/n/in-group", VICTIM, ""), "").data;
	assert_string_equal(handle(activity("Announce", group, foreign, "")), "done");
	assert_false(is_here("https://victim.example/n/in-group"));
	assert_int_equal(count_wishes(STR_LITERAL("https://victim.example/n/in-group")), 1);
	/* An object of another origin in the mouth of one of its own. */
	const char *forged = activity("Create", member, note("https://victim.example/n/in-group2", member, ""), "").data;
	assert_string_equal(handle(activity("Announce", group, forged, "")), "done");
	assert_false(is_here("https://victim.example/n/in-group2"));
}

static void a_group_passes_on_what_is_said_to_all_of_it(void **state)
{
	(void)state;
	static const char group[] = "https://lemmy.example/c/gardens";
	static const char member[] = "https://lemmy.example/u/lea";
	struct post post = make_post(carol_id, POST_PUBLIC);
	struct str object = arena_printf(arena, "\"%.*s\"", STR_ARG(post.uri));
	make_follow(make_local("gardener"), make_remote_of_kind(str_from(group), ACTOR_GROUP));
	(void)make_remote(member);
	assert_string_equal(handle(activity("Announce", group, activity("Follow", member, "\"" BASE_URL "/users/carol\"", "").data, "")),
		"drop:type");
	assert_string_equal(handle(activity("Announce", ALICE, activity("Like", member, object.data, "").data, "")), "drop:type");
	assert_string_equal(handle(activity("Announce", group, activity("Dislike", member, object.data, "").data, "")), "drop:type");
	struct str like = STR_LITERAL("{\"type\":\"Like\",\"id\":\"https://victim.example/likes/1\",\"actor\":\"" VICTIM "\",\"object\":");
	like = arena_printf(arena, "%.*s%s}", STR_ARG(like), object.data);
	assert_string_equal(handle(activity("Announce", group, like.data, "")), "done");
	assert_int_equal(count_wishes(STR_LITERAL("https://victim.example/likes/1")), 1);
	assert_int_equal(count_notifications("carol", "favourite"), 0);
}

/* ---- quotes ---- */

static struct post make_quotable(int64_t actor_id, enum post_visibility visibility, enum post_quote_policy policy)
{
	struct post post = { 0 };
	struct post_new new = {
		.id = id_new(),
		.actor_id = actor_id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Quotable</p>"),
		.text_source = STR_LITERAL("Quotable"),
		.quote_policy = policy,
	};
	assert_int_equal(post_create(owner_db, arena, &new), ERROR_NONE);
	assert_int_equal(post_find_any(owner_db, arena, new.id, &post), ERROR_NONE);
	return post;
}

static const char *quote(const char *id, const char *author, struct str quoted)
{
	return note(id, author, arena_printf(arena, "\"quote\":\"%.*s\"", STR_ARG(quoted)).data);
}

static const char *request_quote(const char *actor, struct str quoted, const char *instrument)
{
	struct str object = arena_printf(arena, "\"%.*s\"", STR_ARG(quoted));
	return handle(activity("QuoteRequest", actor, object.data, arena_printf(arena, "\"instrument\":%s", instrument).data));
}

static int64_t count_answers(const char *type, struct str quote_uri)
{
	static const struct statement statement = STATEMENT("test_answers", 1,
		"select count(*) from activities_out where type || ' ' || 'x' = split_part($1, ' ', 1) || ' x'"
		" and position(split_part($1, ' ', 2) in convert_from(body, 'UTF8')) > 0");
	return ask_number(&statement, arena_printf(arena, "%s %.*s", type, STR_ARG(quote_uri)));
}

static void a_quote_is_answered_by_the_policy_of_the_quoted_post(void **state)
{
	(void)state;
	int64_t author_id = make_local("quoted");
	int64_t fan_id = make_remote(ELSEWHERE "/u/fan");
	int64_t foe_id = make_remote(ELSEWHERE "/u/foe");
	make_follow(fan_id, author_id);
	assert_int_equal(block_create(owner_db, arena, id_new(), author_id, foe_id, STR_LITERAL(BASE_URL "/blocks/quote")), ERROR_NONE);
	struct post anyone = make_quotable(author_id, POST_PUBLIC, QUOTE_BY_ANYONE);
	struct post followers = make_quotable(author_id, POST_UNLISTED, QUOTE_BY_FOLLOWERS);
	struct post nobody = make_quotable(author_id, POST_PUBLIC, QUOTE_BY_NOBODY);
	struct post closed = make_quotable(author_id, POST_FOLLOWERS, QUOTE_BY_ANYONE);
	const struct {
		const char *actor;
		const struct post *quoted;
		bool is_accepted;
	} cases[] = {
		{ ALICE, &anyone, true },
		{ ALICE, &followers, false }, { ELSEWHERE "/u/fan", &followers, true },
		{ ELSEWHERE "/u/fan", &nobody, false }, { ELSEWHERE "/u/fan", &closed, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct post post;
		struct str id = arena_printf(arena, ELSEWHERE "/n/quote%zu", i);
		assert_string_equal(request_quote(cases[i].actor, cases[i].quoted->uri, quote(id.data, cases[i].actor, cases[i].quoted->uri)), "done");
		assert_true(find_post(id, &post));
		assert_int_equal(post.quote_state, cases[i].is_accepted ? QUOTE_ACCEPTED : QUOTE_REJECTED);
		assert_int_equal(post.quote_authorization_uri.len > 0, cases[i].is_accepted);
		assert_int_equal(count_answers("Accept", id), cases[i].is_accepted);
		assert_int_equal(count_answers("Reject", id), !cases[i].is_accepted);
	}
	assert_int_equal(count_notifications("quoted", "quote"), 5);
	/* Whom the author blocks learns nothing. */
	assert_string_equal(request_quote(ELSEWHERE "/u/foe", anyone.uri, quote(ELSEWHERE "/n/foe", ELSEWHERE "/u/foe", anyone.uri)),
		"drop:nowhere");
	assert_int_equal(count_answers("Reject", STR_LITERAL(ELSEWHERE "/n/foe")), 0);
}

static void requests_for_other_quotes_change_nothing(void **state)
{
	(void)state;
	struct post first = make_quotable(carol_id, POST_PUBLIC, QUOTE_BY_ANYONE);
	struct post second = make_quotable(carol_id, POST_PUBLIC, QUOTE_BY_ANYONE);
	struct post hidden = make_quotable(carol_id, POST_DIRECT, QUOTE_BY_ANYONE);
	struct post post;
	(void)make_remote(ELSEWHERE "/u/colleague");
	static const char id[] = ELSEWHERE "/n/quote-first";
	assert_string_equal(handle(activity("Create", ALICE, quote(id, ALICE, first.uri), "")), "done");
	assert_string_equal(request_quote(ALICE, second.uri, "\"" ELSEWHERE "/n/quote-first\""), "drop:no_quote");
	assert_string_equal(request_quote(ELSEWHERE "/u/colleague", first.uri, "\"" ELSEWHERE "/n/quote-first\""), "drop:not_owner");
	assert_string_equal(request_quote(VICTIM, first.uri, "\"" ELSEWHERE "/n/quote-first\""), "drop:no_quote");
	assert_string_equal(request_quote(ALICE, hidden.uri, "\"" ELSEWHERE "/n/quote-first\""), "drop:nowhere");
	assert_string_equal(request_quote(ALICE, STR_LITERAL(ELSEWHERE "/n/quote-first"), "\"" ELSEWHERE "/n/quote-first\""), "drop:not_ours");
	assert_string_equal(request_quote(ALICE, first.uri, "\"" ELSEWHERE "/n/quote-later\""), "park:" ELSEWHERE "/n/quote-later");
	assert_true(find_post(str_from(id), &post));
	assert_int_equal(post.quote_state, QUOTE_PENDING);
	assert_string_equal(request_quote(ALICE, first.uri, "\"" ELSEWHERE "/n/quote-first\""), "done");
	assert_true(find_post(str_from(id), &post));
	assert_int_equal(post.quote_state, QUOTE_ACCEPTED);
	/* What was taken back stays so. */
	assert_int_equal(post_set_quote_state(owner_db, arena, post.id, QUOTE_REVOKED, (struct str){ 0 }), ERROR_NONE);
	assert_string_equal(request_quote(ALICE, first.uri, "\"" ELSEWHERE "/n/quote-first\""), "done");
	assert_true(find_post(str_from(id), &post));
	assert_int_equal(post.quote_state, QUOTE_REVOKED);
}

/* ---- forwarding ---- */

static int64_t count_forwarded(struct str uri)
{
	static const struct statement statement = STATEMENT("test_forwarded", 1, "select count(*) from activities_out where uri = $1");
	return ask_number(&statement, uri);
}

static void proven_answers_in_our_threads_go_on_once(void **state)
{
	(void)state;
	int64_t author_id = make_local("threaded");
	make_follow(make_remote("https://third.example/u/reader"), author_id);
	struct post open = make_post(author_id, POST_PUBLIC);
	const struct {
		const char *to;
		struct str parent;
		enum activity_in_proof verified_by;
		bool is_forwarded;
	} cases[] = {
		{ PUBLIC, open.uri, ACTIVITY_BY_PROOF, true },
		{ PUBLIC, open.uri, ACTIVITY_BY_SIGNATURE, false },
		{ PUBLIC, open.uri, ACTIVITY_BY_FETCH, false },
		{ ALICE "/followers", open.uri, ACTIVITY_BY_PROOF, false },
		{ PUBLIC, STR(ELSEWHERE "/n/forward0"), ACTIVITY_BY_PROOF, true }, /* an answer to an answer */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str object = arena_printf(arena, "{\"type\":\"Note\",\"id\":\"" ELSEWHERE "/n/forward%zu\",\"attributedTo\":\"" ALICE "\","
			"\"content\":\"yes\",\"to\":\"%s\",\"inReplyTo\":\"%.*s\"}", i, cases[i].to, STR_ARG(cases[i].parent));
		struct str uri = arena_printf(arena, ELSEWHERE "/creates/%zu", i);
		struct str text = arena_printf(arena, "{\"type\":\"Create\",\"id\":\"%s\",\"actor\":\"" ALICE "\",\"object\":%s}", uri.data,
			object.data);
		row_template.verified_by = cases[i].verified_by;
		assert_string_equal(handle(text), "done");
		assert_string_equal(handle(text), "done");
		row_template.verified_by = ACTIVITY_BY_SIGNATURE;
		assert_int_equal(count_forwarded(uri), cases[i].is_forwarded);
	}
}

/* An actor elsewhere whose Ed25519 key is known. */
static struct signing_key *make_prover(const char *uri)
{
	struct key_pairs pairs;
	bool is_new;
	int64_t id;
	assert_int_equal(keys_generate(arena, &pairs), ERROR_NONE);
	struct actor_key_new key = { .uri = arena_printf(arena, "%s#ed25519-key", uri), .public_bytes = pairs.ed25519_public_bytes };
	struct actor_remote actor = { .username = STR("prover"), .domain = STR("peer.example"), .uri = str_from(uri),
		.url = str_from(uri), .inbox_url = arena_printf(arena, "%s/inbox", uri), .display_name = STR(""), .summary_html = STR(""),
		.fields_json = STR("[]"), .fetched_us = NOW_US, .keys = &key, .key_count = 1 };
	assert_int_equal(actor_store_remote(owner_db, arena, &actor, &id, &is_new), ERROR_NONE);
	return signing_key_from_ed25519(pairs.ed25519_private_bytes);
}

static void the_proof_of_a_signed_activity_is_checked_before_it_goes_on(void **state)
{
	(void)state;
	static const char prover[] = ELSEWHERE "/u/prover";
	static const struct {
		const char *content; /* after the proof was made */
		bool is_forwarded;
	} cases[] = { { "said", true }, { "changed", false } };
	AUTO(signing_key) struct signing_key *key = make_prover(prover);
	int64_t author_id = make_local("proven");
	make_follow(make_remote("https://third.example/u/reader2"), author_id);
	struct post post = make_post(author_id, POST_PUBLIC);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str uri = arena_printf(arena, ELSEWHERE "/proven/%zu", i);
		json_t *document = json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "type", "Create", "id", uri.data,
			"actor", prover, "object", "type", "Note", "id", arena_printf(arena, ELSEWHERE "/n/proven%zu", i).data,
			"attributedTo", prover, "content", "said", "to", PUBLIC, "inReplyTo", post.uri.data);
		json_t *proof = NULL;
		assert_int_equal(proof_make(arena, document, key, STR_LITERAL(ELSEWHERE "/u/prover#ed25519-key"), NOW_US, &proof), ERROR_NONE);
		assert_int_equal(json_object_set_new(document, "proof", proof), 0);
		assert_int_equal(json_object_set_new(json_object_get(document, "object"), "content", json_string(cases[i].content)), 0);
		char *text = json_dumps(document, JSON_COMPACT);
		assert_string_equal(handle(str_from(text)), "done");
		assert_int_equal(count_forwarded(uri), cases[i].is_forwarded);
		json_decref(document);
		free(text);
	}
	/* So is that of its end. */
	struct str uri = STR(ELSEWHERE "/proven/delete");
	assert_string_equal(handle(arena_printf(arena, "{\"type\":\"Delete\",\"id\":\"%s\",\"actor\":\"%s\",\"object\":\"" ELSEWHERE
		"/n/proven0\",\"proof\":{\"type\":\"DataIntegrityProof\"}}", uri.data, prover)), "done");
	assert_int_equal(count_forwarded(uri), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_believed_from_its_only_author_on_his_origin),
		cmocka_unit_test(what_an_actor_may_not_say_is_not_stored),
		cmocka_unit_test(a_create_that_concerns_nobody_leads_to_no_fetch),
		cmocka_unit_test(the_first_version_of_an_id_wins),
		cmocka_unit_test(several_posts_in_one_create_are_one),
		cmocka_unit_test(a_vote_counts_once_and_is_no_post),
		cmocka_unit_test(several_votes_come_in_one_activity),
		cmocka_unit_test(votes_that_do_not_count_change_nothing),
		cmocka_unit_test(only_its_author_changes_a_post),
		cmocka_unit_test(what_is_not_believed_of_an_edit_is_read_anew),
		cmocka_unit_test(an_update_that_comes_first_is_the_post),
		cmocka_unit_test(an_edit_is_told_to_those_who_boosted_it),
		cmocka_unit_test(a_tombstone_keeps_a_post_away),
		cmocka_unit_test(two_of_one_moment_are_both_kept),
		cmocka_unit_test(a_boost_of_ours_is_counted_and_told),
		cmocka_unit_test(the_embedded_copy_of_a_boost_is_not_believed),
		cmocka_unit_test(boosts_that_may_not_be_change_nothing),
		cmocka_unit_test(one_may_boost_ones_own_private_post_for_the_same_people),
		cmocka_unit_test(a_boost_undone_before_it_came_is_not_made),
		cmocka_unit_test(a_relay_tells_of_posts_and_boosts_nothing),
		cmocka_unit_test(a_group_vouches_for_its_own_people_only),
		cmocka_unit_test(a_group_passes_on_what_is_said_to_all_of_it),
		cmocka_unit_test(a_quote_is_answered_by_the_policy_of_the_quoted_post),
		cmocka_unit_test(requests_for_other_quotes_change_nothing),
		cmocka_unit_test(proven_answers_in_our_threads_go_on_once),
		cmocka_unit_test(the_proof_of_a_signed_activity_is_checked_before_it_goes_on),
	};
	return cmocka_run_group_tests(tests, set_up_people, tear_down);
}
