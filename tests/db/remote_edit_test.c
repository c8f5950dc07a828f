/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What comes after a remote post or before it: other versions, numbers of its poll, its thread, its quotes and their
 * authorizations. Run by tests/db/test_remote_post.py. */
#include "remote_world.h"

#include "federation/remote_quote.h"

/* ---- edits ---- */

static void versions_go_by_their_date(void **state)
{
	(void)state;
	const struct remote_post_origin update = { .received_us = NOW_US, .is_update = true };
	static const struct {
		const char *updated; /* 2026-11-... */
		const char *content;
		const char *expected;
		int32_t revision;
	} steps[] = {
		{ NULL, "undated", "<p>hi</p>", 1 },
		{ "20T12:00:00", "second", "second", 2 },
		{ "20T11:00:00", "older", "second", 2 },
		{ "20T12:00:00", "as old", "second", 2 },
		{ NULL, "undated", "second", 2 },
		{ "20T13:00:00", "third", "third", 3 },
		{ "20T14:00:00", "third", "third", 3 },
	};
	(void)make_remote(ELSEWHERE "/u/editor");
	struct vocab_object object = make_note(ELSEWHERE "/u/editor", "edited", "\"to\":\"" ELSEWHERE "/u/editor/followers\"");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct post post;
		/* An edit does not show it to more people. */
		struct str members = arena_printf(arena, "\"to\":\"" PUBLIC "\"%s%s%s", steps[i].updated ? ",\"updated\":\"2026-11-" : "",
			steps[i].updated ? steps[i].updated : "", steps[i].updated ? "Z\"" : "");
		object = make_note(ELSEWHERE "/u/editor", "edited", members.data);
		object.content = str_from(steps[i].content);
		assert_int_not_equal(store(&object, &update).outcome, REMOTE_POST_REFUSED);
		assert_true(find_post(object.id, &post));
		assert_string_equal(post.html.data, steps[i].expected);
		assert_int_equal(post.revision, steps[i].revision);
		assert_int_equal(post.visibility, POST_FOLLOWERS);
	}
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_KNOWN);
}

static void numbers_of_a_poll_change_without_an_edit(void **state)
{
	(void)state;
	const struct remote_post_origin update = { .received_us = NOW_US, .is_update = true };
	static const char poll_text[] = "{\"type\":\"Question\",\"id\":\"" ELSEWHERE "/n/poll\",\"attributedTo\":\"" ELSEWHERE
		"/u/pollster\",\"content\":\"?\",\"published\":\"2026-11-20T10:00:00Z\",\"votersCount\":%s,\"oneOf\":[{\"name\":\"%s\","
		"\"replies\":{\"totalItems\":%s}},{\"name\":\"no\",\"replies\":{\"totalItems\":0}}]}";
	static const struct {
		const char *voters, *option, *votes;
		int64_t expected_voters, expected_votes;
	} steps[] = {
		{ "1", "yes", "1", 1, 1 },
		{ "7", "yes", "7", 7, 7 },
		{ "-3", "yes", "-3", 0, 0 },
		{ "9223372036854775807", "yes", "9223372036854775807", VOCAB_COUNT_MAX, VOCAB_COUNT_MAX },
		{ "5", "other", "5", VOCAB_COUNT_MAX, VOCAB_COUNT_MAX },
	};
	(void)make_remote(ELSEWHERE "/u/pollster");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		AUTO(buf) struct buf text = { 0 };
		struct vocab_object object;
		struct post post;
		struct poll poll;
		struct str rest = str_from(poll_text);
		const char *values[] = { steps[i].voters, steps[i].option, steps[i].votes };
		for (size_t j = 0; j < 3; j++) {
			size_t at = str_index_of_str(rest, STR_LITERAL("%s"));
			buf_add_str(&text, str_slice(rest, 0, at));
			buf_add_c_string(&text, values[j]);
			rest = str_slice(rest, at + 2, rest.len);
		}
		buf_add_str(&text, rest);
		read_object(buf_str(&text), &object);
		(void)store(&object, &update);
		assert_true(find_post(object.id, &post));
		assert_int_equal(poll_find(owner_db, arena, post.id, &poll), ERROR_NONE);
		assert_in_range(poll.voters, 0, VOCAB_COUNT_MAX);
		assert_int_equal(poll.options[0].votes, steps[i].expected_votes);
		assert_string_equal(poll.options[0].title.data, "yes");
		assert_int_equal(post.edited_us, 0);
	}
}

static void older_numbers_of_a_poll_are_dropped(void **state)
{
	(void)state;
	const struct remote_post_origin update = { .received_us = NOW_US, .is_update = true };
	static const struct {
		const char *updated;
		int votes;
		int64_t expected;
	} steps[] = { { "12", 1, 1 }, { "14", 5, 5 }, { "13", 3, 5 }, { "14", 6, 6 } };
	(void)make_remote(ELSEWHERE "/u/pollster2");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct vocab_object object;
		struct poll poll;
		read_object(arena_printf(arena, "{\"type\":\"Question\",\"id\":\"" ELSEWHERE "/n/poll2\",\"attributedTo\":\"" ELSEWHERE
			"/u/pollster2\",\"content\":\"asked at %s\",\"published\":\"2026-11-20T10:00:00Z\",\"updated\":\"2026-11-20T%s:00:00Z\","
			"\"oneOf\":[{\"name\":\"yes\",\"replies\":{\"totalItems\":%d}}]}", steps[i].updated, steps[i].updated, steps[i].votes),
			&object);
		struct remote_post post = store(&object, &update);
		assert_int_equal(poll_find(owner_db, arena, post.post_id, &poll), ERROR_NONE);
		assert_int_equal(poll.options[0].votes, steps[i].expected);
	}
}

/* ---- threads and quotes ---- */

static void answers_and_quotes_find_one_another_in_any_order(void **state)
{
	(void)state;
	(void)make_remote(ELSEWHERE "/u/order");
	struct post parent;
	struct post answer;
	struct vocab_object object = make_note(ELSEWHERE "/u/order", "answer", "\"inReplyTo\":\"" ELSEWHERE "/n/parent\","
		"\"quote\":\"" ELSEWHERE "/n/parent\"");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	assert_int_equal(count_wishes(STR_LITERAL(ELSEWHERE "/n/parent")), 1);
	assert_true(find_post(object.id, &answer));
	assert_int_equal(answer.quote_state, QUOTE_PENDING);
	struct vocab_object late = make_note(ELSEWHERE "/u/order", "parent", "\"to\":\"" PUBLIC "\"");
	assert_int_equal(store(&late, NULL).outcome, REMOTE_POST_STORED);
	assert_true(find_post(late.id, &parent) && find_post(object.id, &answer));
	assert_int_equal(answer.in_reply_to_id, parent.id);
	assert_int_equal(answer.conversation_id, parent.conversation_id);
	assert_int_equal(answer.quote_id, parent.id);
	assert_int_equal(answer.quote_state, QUOTE_ACCEPTED);
}

static void rings_of_answers_and_quotes_end(void **state)
{
	(void)state;
	struct post post;
	(void)make_remote(ELSEWHERE "/u/ring");
	static const char *const next[] = { "ring1", "ring2", "ring0", "ring3" };
	for (size_t i = 0; i < 4; i++) {
		struct vocab_object object = make_note(ELSEWHERE "/u/ring", arena_printf(arena, "ring%zu", i).data,
			arena_printf(arena, "\"inReplyTo\":\"" ELSEWHERE "/n/%s\",\"quote\":\"" ELSEWHERE "/n/%s\"", next[i], next[i]).data);
		assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
		assert_true(find_post(object.id, &post));
	}
	/* The last one names itself. */
	assert_int_equal(post.in_reply_to_id, 0);
	assert_null(post.in_reply_to_uri.data);
	assert_int_equal(post.quote_state, QUOTE_NONE);
	assert_int_equal(count_wishes(post.uri), 0);
}

static void an_authorization_is_for_exactly_one_pair(void **state)
{
	(void)state;
	static const char quoted_uri[] = ELSEWHERE "/n/quoted";
	static const char stamp[] = ELSEWHERE "/stamps/1";
	const struct {
		const char *id, *author, *interacting, *target;
		bool is_accepted;
	} cases[] = {
		{ "https://other.example/stamps/1", ELSEWHERE "/u/quoted", "", quoted_uri, false },
		{ stamp, ELSEWHERE "/u/quoter", "", quoted_uri, false },
		{ stamp, "https://other.example/u/x", "", quoted_uri, false },
		{ stamp, ELSEWHERE "/u/quoted", ELSEWHERE "/n/elsewhere", quoted_uri, false },
		{ stamp, ELSEWHERE "/u/quoted", "", ELSEWHERE "/n/elsewhere", false },
		{ ELSEWHERE "/stamps/2", ELSEWHERE "/u/quoted", "", quoted_uri, false },
		{ stamp, ELSEWHERE "/u/quoted", "", quoted_uri, true },
	};
	(void)make_remote(ELSEWHERE "/u/quoted");
	(void)make_remote(ELSEWHERE "/u/quoter");
	struct vocab_object object = make_note(ELSEWHERE "/u/quoter", "elsewhere", "");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	object = make_note(ELSEWHERE "/u/quoter", "quote", "\"quote\":\"" ELSEWHERE "/n/quoted\",\"quoteAuthorization\":\"" ELSEWHERE "/stamps/1\"");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	/* Nothing to compare it with yet; asked for once the quoted post is here. */
	assert_int_equal(count_wishes(str_from(stamp)), 0);
	struct vocab_object quoted = make_note(ELSEWHERE "/u/quoted", "quoted", "\"to\":\"" PUBLIC "\"");
	assert_int_equal(store(&quoted, NULL).outcome, REMOTE_POST_STORED);
	assert_int_equal(count_wishes(str_from(stamp)), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct post post;
		bool is_accepted = !cases[i].is_accepted;
		struct vocab_object authorization = {
			.type = VOCAB_QUOTE_AUTHORIZATION,
			.id = str_from(cases[i].id),
			.author_id = str_from(cases[i].author),
			.interacting_object = *cases[i].interacting ? str_from(cases[i].interacting) : object.id,
			.interaction_target = str_from(cases[i].target),
		};
		assert_int_equal(remote_quote_verify(db, arena, &authorization, &is_accepted), ERROR_NONE);
		assert_int_equal(is_accepted, cases[i].is_accepted);
		assert_true(find_post(object.id, &post));
		assert_int_equal(post.quote_state, cases[i].is_accepted ? QUOTE_ACCEPTED : QUOTE_PENDING);
	}
}

static void an_authorization_on_another_host_is_not_even_read(void **state)
{
	(void)state;
	struct post post;
	(void)make_remote(ELSEWHERE "/u/forger");
	struct vocab_object object = make_note(ELSEWHERE "/u/forger", "forged",
		"\"quote\":\"https://victim.example/n/1\",\"quoteAuthorization\":\"" ELSEWHERE "/stamps/forged\"");
	assert_int_equal(store(&object, NULL).outcome, REMOTE_POST_STORED);
	assert_true(find_post(object.id, &post));
	assert_int_equal(post.quote_state, QUOTE_PENDING);
	assert_null(post.quote_authorization_uri.data);
	assert_int_equal(count_wishes(STR_LITERAL(ELSEWHERE "/stamps/forged")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_go_by_their_date),
		cmocka_unit_test(numbers_of_a_poll_change_without_an_edit),
		cmocka_unit_test(older_numbers_of_a_poll_are_dropped),
		cmocka_unit_test(answers_and_quotes_find_one_another_in_any_order),
		cmocka_unit_test(rings_of_answers_and_quotes_end),
		cmocka_unit_test(an_authorization_is_for_exactly_one_pair),
		cmocka_unit_test(an_authorization_on_another_host_is_not_even_read),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
