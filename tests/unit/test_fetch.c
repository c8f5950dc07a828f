/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Fetches against a client that answers when the test says so, on a loop that turns when the test says so, with a
 * clock that stands still. */
#include "federation/fetch_internal.h"
#include "federation/fetch_judge.h"
#include "federation/keys.h"
#include "tests/support/fake_http_client.h"

#include "base/clock.h"

#include <event2/event.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ACTIVITY_JSON STR_LITERAL("application/activity+json")
#define BOB "https://good.example/users/bob"
#define MAX_ASKED 128

struct asked {
	struct fetch_waiter waiter; /* the first field */
	struct fetch_document *document;
};

static struct arena *arena;
static struct fetcher *fetcher;
static struct signing_key *key_of_all; /* making one costs too much to do it for each case */
static struct str key_der;
static struct asked asked[MAX_ASKED];
static size_t asked_count;
static int64_t now_us = 1800000000000000;
static const char *refused_host;

static int64_t fake_now(void)
{
	return now_us;
}

static bool is_refused(void *argument, struct str authority)
{
	(void)argument;
	return refused_host && str_eq(authority, str_from(refused_host));
}

static void done(struct fetch_waiter *waiter, struct fetch_document *document)
{
	struct asked *one = (struct asked *)waiter;
	assert_null(one->document);
	one->document = document;
}

static void turn(void)
{
	event_base_loop(loop_base(fetcher->parts.loop), EVLOOP_NONBLOCK);
}

static struct asked *ask_as(const char *url, enum fetch_form form)
{
	struct asked *one = &asked[asked_count++];
	assert_true(asked_count <= MAX_ASKED);
	*one = (struct asked){ .waiter.done = done };
	fetch_start(fetcher, str_from(url), form, &one->waiter);
	assert_null(one->document);
	turn();
	return one;
}

static struct asked *ask(const char *url)
{
	return ask_as(url, FETCH_ACTIVITY_JSON);
}

static size_t waiting(void)
{
	return fake_http_client_waiting(fetcher->parts.client);
}

static struct fake_request *next(void)
{
	struct fake_request *request = fake_http_client_next(fetcher->parts.client);
	assert_non_null(request);
	return request;
}

static void answer_from(const char *url, int status, const char *content_type, const char *body)
{
	const struct http_client_result result = { .status = status, .retry_after_s = -1,
		.content_type = str_from(content_type), .url = str_from(url) };
	fake_http_client_answer_with(next(), &result, str_from(body));
}

static void answer(int status, const char *body)
{
	answer_from(NULL, status, "application/activity+json", body);
}

static void fail_with(enum http_client_error error)
{
	fake_http_client_answer(next(), error, 0, (struct str){ 0 });
}

static void expect(const struct asked *one, enum fetch_verdict verdict, const char *reason)
{
	assert_non_null(one->document);
	assert_string_equal(one->document->reason, reason);
	assert_int_equal(one->document->verdict, verdict);
	assert_int_equal(one->document->json != NULL, verdict == FETCH_OK);
}

static int set_up(void **state)
{
	(void)state;
	static const struct clock_source clock = { fake_now, fake_now };
	clock_replace(&clock);
	arena = arena_new((size_t)16 << 20);
	key_of_all = signing_key_from_rsa_der(key_der);
	const struct fetch_parts parts = {
		.loop = loop_new("test", "fetch"),
		.client = fake_http_client_new(),
		.key = key_of_all,
		.key_id = STR_LITERAL("https://own.example/actor#main-key"),
		.is_refused = is_refused,
	};
	fetcher = fetcher_new_with(&parts);
	refused_host = NULL;
	asked_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fetcher_free(&fetcher);
	for (size_t i = 0; i < asked_count; i++)
		fetch_document_unref(&asked[i].document);
	arena_free(&arena);
	clock_replace(NULL);
	return 0;
}

static void equal_fetches_are_one_request(void **state)
{
	(void)state;
	struct asked *first = ask(BOB), *second = ask("HTTPS://GOOD.example:443/users/bob#main-key"), *other = ask(BOB "/x");
	assert_int_equal(waiting(), 2);
	answer(200, "{\"id\":\"" BOB "\",\"type\":\"Person\"}");
	expect(first, FETCH_OK, "ok");
	expect(second, FETCH_OK, "ok");
	assert_ptr_equal(first->document, second->document);
	assert_true(str_eq(first->document->id, STR_LITERAL(BOB)));
	assert_true(str_starts_with(first->document->body, STR_LITERAL("{\"id\"")));
	assert_null(other->document);
	answer(404, "");
	expect(other, FETCH_GONE, "status");
	assert_int_equal(other->document->status, 404);
}

static bool has_header(const struct fake_request *request, const char *name)
{
	for (size_t i = 0; i < request->hop.header_count; i++) {
		if (str_eq_nocase(request->hop.headers[i].name, str_from(name)))
			return true;
	}
	return false;
}

static void a_401_is_tried_once_more_in_the_other_scheme(void **state)
{
	(void)state;
	struct asked *one = ask(BOB);
	assert_true(has_header(next(), "Signature"));
	assert_true(has_header(next(), "Accept"));
	assert_false(has_header(next(), "Signature-Input"));
	answer(401, "");
	assert_null(one->document);
	assert_true(has_header(next(), "Signature-Input"));
	answer(401, "");
	expect(one, FETCH_REFUSED, "status");
	assert_int_equal(waiting(), 0);
}

static void content_types_are_those_of_activitypub(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		bool is_activity, is_jrd, is_any;
	} cases[] = {
		{ "application/activity+json", true, false, true },
		{ "Application/Activity+JSON; charset=utf-8", true, false, true },
		{ "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", true, false, true },
		{ "application/LD+json;charset=utf-8 ; Profile=\"https://example.org/x https://www.w3.org/ns/activitystreams\"", true,
			false, true },
		{ "application/ld+json; profile=https://www.w3.org/ns/activitystreams", true, false, true },
		{ "application/ld+json; x=\"a;profile=y\"; profile=\"https://www.w3.org/ns/activitystreams\"", true, false, true },
		{ "application/ld+json; x=\";profile=https://www.w3.org/ns/activitystreams\"", false, false, true },
		{ "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams2\"", false, false, true },
		{ "application/ld+json", false, false, true },
		{ "application/json", false, true, true },
		{ "application/json; profile=\"https://www.w3.org/ns/activitystreams\"", false, true, true },
		{ "application/jrd+json", false, true, true },
		{ "text/html", false, false, false },
		{ "image/png", false, false, false },
		{ "text/plain; x=application/activity+json", false, false, false },
		{ "", false, false, false },
		{ ";", false, false, false },
		{ "application/activity+jsonx", false, false, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].type);
		assert_int_equal(fetch_type_is_accepted(FETCH_ACTIVITY_JSON, str_from(cases[i].type)), cases[i].is_activity);
		assert_int_equal(fetch_type_is_accepted(FETCH_COLLECTION, str_from(cases[i].type)), cases[i].is_activity);
		assert_int_equal(fetch_type_is_accepted(FETCH_JRD, str_from(cases[i].type)), cases[i].is_jrd);
		assert_int_equal(fetch_type_is_accepted(FETCH_ANY_JSON, str_from(cases[i].type)), cases[i].is_any);
	}
}

static void a_document_of_another_type_is_refused(void **state)
{
	(void)state;
	struct asked *one = ask(BOB);
	answer_from(NULL, 200, "application/json", "{\"id\":\"" BOB "\"}");
	expect(one, FETCH_REFUSED, "content_type");
}

static void a_document_speaks_for_its_own_id_only(void **state)
{
	(void)state;
	static const struct {
		const char *final_url, *body, *reason;
	} cases[] = {
		{ NULL, "{\"type\":\"Person\"}", "anonymous" },
		{ NULL, "{\"id\":[\"" BOB "\"]}", "anonymous" },
		{ NULL, "{\"id\":7}", "anonymous" },
		{ NULL, "{\"id\":\"bob\"}", "id" },
		{ NULL, "{\"id\":\"https://u@good.example/users/bob\"}", "id" },
		{ NULL, "{\"id\":\"" BOB "#me\",\"type\":\"Person\"}", "id" },
		{ NULL, "{\"id\":\"https://evil.example/users/bob\"}", "id_origin" },
		{ NULL, "{\"id\":\"http://good.example/users/bob\"}", "id_origin" },
		{ NULL, "{\"id\":\"https://good.example:8443/users/bob\"}", "id_origin" },
		/* the first host sends us to another one that speaks in its name */
		{ "https://evil.example/x", "{\"id\":\"" BOB "\"}", "id_origin" },
		{ NULL, "[]", "no_object" },
		{ NULL, "{\"id\":", "no_json" },
		{ NULL, "{\"id\":\"" BOB "\",\"id\":\"" BOB "\"}", "no_json" },
		{ NULL, "<html>", "no_json" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].body);
		struct asked *one = ask(BOB);
		answer_from(cases[i].final_url, 200, "application/activity+json", cases[i].body);
		expect(one, FETCH_REFUSED, cases[i].reason);
		now_us += (int64_t)FETCH_REFUSED_S * 1000000;
	}
}

static void a_document_is_asked_for_at_its_own_id_once(void **state)
{
	(void)state;
	struct asked *one = ask("https://good.example/@bob");
	answer(200, "{\"id\":\"" BOB "\",\"by\":\"page\"}");
	assert_null(one->document);
	assert_true(str_eq(next()->hop.url.text, STR_LITERAL(BOB)));
	answer(200, "{\"id\":\"" BOB "\",\"by\":\"id\"}");
	expect(one, FETCH_OK, "ok");
	assert_string_equal(json_string_value(json_object_get(one->document->json, "by")), "id");
	assert_true(str_eq(one->document->id, STR_LITERAL(BOB)));

	struct asked *other = ask("https://good.example/@eve");
	answer(200, "{\"id\":\"https://good.example/users/eve\"}");
	answer(200, "{\"id\":\"https://good.example/users/eve2\"}");
	expect(other, FETCH_REFUSED, "id_mismatch");
}

static void a_redirect_leads_to_the_document_there(void **state)
{
	(void)state;
	struct asked *one = ask("https://good.example/old");
	answer_from("https://new.example/users/bob", 200, "application/activity+json", "{\"id\":\"https://new.example/users/bob\"}");
	expect(one, FETCH_OK, "ok");
	assert_true(str_eq(one->document->id, STR_LITERAL("https://new.example/users/bob")));
	assert_true(str_eq(one->document->url, STR_LITERAL("https://new.example/users/bob")));
}

static void a_key_document_may_be_named_by_a_fragment(void **state)
{
	(void)state;
	struct asked *one = ask(BOB "/keys");
	answer(200, "{\"id\":\"" BOB "/keys#main\",\"type\":\"Key\",\"owner\":\"" BOB "\",\"publicKeyPem\":\"x\"}");
	expect(one, FETCH_OK, "ok");
}

static void a_page_of_a_collection_comes_from_where_it_was_asked(void **state)
{
	(void)state;
	static const struct {
		const char *final_url, *body;
		bool is_good;
	} cases[] = {
		{ NULL, "{\"type\":\"CollectionPage\"}", true },
		{ NULL, "{\"id\":\"" BOB "/outbox?page=0\"}", true },
		{ "https://good.example/o", "{}", true },
		{ NULL, "{\"id\":\"https://evil.example/outbox\"}", false },
		{ "https://evil.example/outbox", "{\"id\":\"https://evil.example/outbox\"}", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].body);
		struct asked *one = ask_as(BOB "/outbox?page=1", FETCH_COLLECTION);
		answer_from(cases[i].final_url, 200, "application/activity+json", cases[i].body);
		expect(one, cases[i].is_good ? FETCH_OK : FETCH_REFUSED, cases[i].is_good ? "ok" : "collection_origin");
		now_us += (int64_t)FETCH_REFUSED_S * 1000000;
	}
}

static void a_refused_host_is_never_asked(void **state)
{
	(void)state;
	refused_host = "good.example";
	struct asked *one = ask(BOB);
	expect(one, FETCH_REFUSED, "policy");
	assert_int_equal(waiting(), 0);
}

static void a_redirect_to_a_refused_host_is_not_followed(void **state)
{
	(void)state;
	struct asked *one = ask(BOB);
	struct fake_request *request = next();
	struct http_client_hop hop = { .method = "GET", .number = 1, .arena = arena };
	assert_true(url_parse(arena, STR_LITERAL("https://evil.example/"), &hop.url));
	refused_host = "evil.example";
	/* The first hop was signed, and the client asks again for the second. */
	http_client_sign sign = request->sign;
	assert_true(request->is_signed);
	assert_false(sign(request->call.argument, &hop));
	fail_with(HTTP_CLIENT_NOT_SIGNED);
	expect(one, FETCH_REFUSED, "policy");
}

static void a_host_has_two_requests_at_a_time(void **state)
{
	(void)state;
	struct asked *all[5];
	for (size_t i = 0; i < 5; i++)
		all[i] = ask(arena_printf(arena, "https://good.example/%zu", i).data);
	struct asked *elsewhere = ask("https://other.example/1");
	assert_int_equal(waiting(), 3);
	answer(404, "");
	assert_int_equal(waiting(), 3);
	assert_non_null(all[0]->document);
	while (waiting() > 0)
		answer(404, "");
	for (size_t i = 0; i < 5; i++)
		expect(all[i], FETCH_GONE, "status");
	expect(elsewhere, FETCH_GONE, "status");
}

static void a_line_at_a_host_has_an_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < FETCH_MAX_PER_HOST + FETCH_MAX_WAITING; i++)
		(void)ask(arena_printf(arena, "https://good.example/%zu", i).data);
	expect(ask(BOB), FETCH_FAILED, "host_busy");
}

static void a_host_that_failed_is_left_alone_for_a_while(void **state)
{
	(void)state;
	struct asked *all[4];
	for (size_t i = 0; i < 4; i++)
		all[i] = ask(arena_printf(arena, "https://good.example/%zu", i).data);
	fail_with(HTTP_CLIENT_TIMEOUT);
	expect(all[0], FETCH_FAILED, "timeout");
	expect(all[2], FETCH_FAILED, "host_failed");
	expect(all[3], FETCH_FAILED, "host_failed");
	assert_null(all[1]->document);
	fail_with(HTTP_CLIENT_TIMEOUT);
	struct asked *later = ask(BOB);
	expect(later, FETCH_FAILED, "host_failed");
	assert_true(later->document->retry_after_s == FETCH_FIRST_PAUSE_S);
	now_us += (int64_t)FETCH_FIRST_PAUSE_S * 1000000;
	struct asked *again = ask(BOB);
	fail_with(HTTP_CLIENT_CONNECT);
	expect(again, FETCH_FAILED, "connect");
	assert_true(ask(BOB)->document->retry_after_s == 2 * FETCH_FIRST_PAUSE_S);
	now_us += (int64_t)2 * FETCH_FIRST_PAUSE_S * 1000000;
	struct asked *at_last = ask(BOB);
	answer(200, "{\"id\":\"" BOB "\"}");
	expect(at_last, FETCH_OK, "ok");
}

static void retry_after_is_obeyed_within_an_hour(void **state)
{
	(void)state;
	(void)ask(BOB);
	const struct http_client_result result = { .status = 429, .retry_after_s = 120 };
	fake_http_client_answer_with(next(), &result, (struct str){ 0 });
	assert_true(ask(BOB)->document->retry_after_s == 120);
	(void)ask("https://slow.example/1");
	const struct http_client_result long_result = { .status = 429, .retry_after_s = 1000000 };
	fake_http_client_answer_with(next(), &long_result, (struct str){ 0 });
	assert_true(ask("https://slow.example/1")->document->retry_after_s == FETCH_MAX_RETRY_AFTER_S);
}

static void what_is_gone_is_not_asked_again_for_five_minutes(void **state)
{
	(void)state;
	(void)ask(BOB);
	answer(410, "");
	struct asked *again = ask(BOB);
	expect(again, FETCH_GONE, "status");
	assert_int_equal(again->document->status, 410);
	assert_int_equal(waiting(), 0);
	now_us += (int64_t)FETCH_GONE_S * 1000000;
	(void)ask(BOB);
	assert_int_equal(waiting(), 1);
}

static void names_below_one_domain_share_its_budget(void **state)
{
	(void)state;
	struct fetch_pace *pace = fetch_pace_new();
	for (size_t i = 0; i < FETCH_BUDGET_BURST; i++)
		assert_true(fetch_pace_spend(pace, arena_printf(arena, "u%zu.evil.example", i), now_us));
	assert_false(fetch_pace_spend(pace, STR_LITERAL("another.evil.example"), now_us));
	assert_true(fetch_pace_spend(pace, STR_LITERAL("good.example"), now_us));
	assert_true(fetch_pace_spend(pace, STR_LITERAL("evil.example"), now_us + 1000000));
	fetch_pace_free(&pace);
}

static void registered_domains(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "example.com", "example.com" },
		{ "a.b.c.example.com", "example.com" },
		{ "a.example.co.uk", "example.co.uk" },
		{ "example.co.uk", "example.co.uk" },
		{ "co.uk", "co.uk" },
		{ "social.company.de", "company.de" },
		{ "a.xyz.de", "a.xyz.de" },
		{ "localhost", "localhost" },
		{ "127.0.0.1", "127.0.0.1" },
		{ "[2001:db8::1]", "[2001:db8::1]" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str domain = fetch_registered_domain(str_from(cases[i][0]));
		assert_true(str_eq(domain, str_from(cases[i][1])));
	}
}

static void memory_is_bounded(void **state)
{
	(void)state;
	struct fetch_pace *pace = fetch_pace_new();
	const struct fetch_memory memory = { FETCH_GONE, "status", 404 };
	struct fetch_memory found;
	for (size_t i = 0; i < FETCH_MAX_REMEMBERED + 1; i++) {
		char name[32];
		snprintf(name, sizeof(name), "a%zu.example", i);
		fetch_pace_remember(pace, str_from(name), &memory, now_us);
		fetch_host_failed(fetch_pace_host(pace, str_from(name)), -1, now_us);
	}
	assert_false(fetch_pace_recall(pace, STR_LITERAL("a0.example"), now_us, &found));
	assert_true(fetch_pace_recall(pace, STR_LITERAL("a1.example"), now_us, &found));
	assert_int_equal(fetch_host_pause_s(fetch_pace_host(pace, STR_LITERAL("a0.example")), now_us), 0);
	assert_int_not_equal(fetch_host_pause_s(fetch_pace_host(pace, STR_LITERAL("a2.example")), now_us), 0);
	fetch_pace_free(&pace);
}

static void what_is_no_url_is_refused(void **state)
{
	(void)state;
	expect(ask(""), FETCH_REFUSED, "url");
	expect(ask("ftp://good.example/"), FETCH_REFUSED, "url");
	expect(ask("https://u:p@good.example/"), FETCH_REFUSED, "url");
	assert_int_equal(waiting(), 0);
}

static void who_waits_at_the_end_is_told(void **state)
{
	(void)state;
	struct asked *all[4];
	for (size_t i = 0; i < 3; i++)
		all[i] = ask(arena_printf(arena, "https://good.example/%zu", i).data);
	all[3] = &asked[asked_count++];
	*all[3] = (struct asked){ .waiter.done = done };
	fetch_start(fetcher, STR_LITERAL("https://good.example/late"), FETCH_ACTIVITY_JSON, &all[3]->waiter);
	fetcher_free(&fetcher);
	for (size_t i = 0; i < 4; i++) {
		assert_non_null(all[i]->document);
		assert_int_equal(all[i]->document->verdict, FETCH_FAILED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_fetches_are_one_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_401_is_tried_once_more_in_the_other_scheme, set_up, tear_down),
		cmocka_unit_test(content_types_are_those_of_activitypub),
		cmocka_unit_test_setup_teardown(a_document_of_another_type_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_document_speaks_for_its_own_id_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_document_is_asked_for_at_its_own_id_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_redirect_leads_to_the_document_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_key_document_may_be_named_by_a_fragment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_page_of_a_collection_comes_from_where_it_was_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_refused_host_is_never_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_redirect_to_a_refused_host_is_not_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_host_has_two_requests_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_line_at_a_host_has_an_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_host_that_failed_is_left_alone_for_a_while, set_up, tear_down),
		cmocka_unit_test_setup_teardown(retry_after_is_obeyed_within_an_hour, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_gone_is_not_asked_again_for_five_minutes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_below_one_domain_share_its_budget, set_up, tear_down),
		cmocka_unit_test_setup_teardown(registered_domains, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_url_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_waits_at_the_end_is_told, set_up, tear_down),
	};
	struct arena *keys_arena = arena_new((size_t)1 << 20);
	struct key_pairs keys;
	if (keys_generate(keys_arena, &keys) != ERROR_NONE)
		return 1;
	key_der = keys.main_private_der;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&keys_arena);
	return failed;
}
