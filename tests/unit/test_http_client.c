/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The seam of the outbound client: the fake one behind the function table, headers, and the real one without any
 * network. */
#include "tests/support/fake_http_client.h"

#include "base/config.h"
#include "base/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct outcome {
	unsigned count;
	enum http_client_error error;
	int status;
	char body[64];
	char url[128];
	struct loop *loop;    /* stopped by the last of expected */
	unsigned expected;
	bool is_refusing;     /* to sign */
};

static void take(void *argument, struct http_client_result *result)
{
	struct outcome *outcome = argument;
	outcome->count++;
	outcome->error = result->error;
	outcome->status = result->status;
	snprintf(outcome->body, sizeof(outcome->body), "%.*s", STR_ARG(buf_str(&result->body)));
	snprintf(outcome->url, sizeof(outcome->url), "%.*s", STR_ARG(result->url));
	if (outcome->loop && outcome->count == outcome->expected)
		loop_stop(outcome->loop);
}

static bool sign(void *argument, struct http_client_hop *hop)
{
	const struct outcome *outcome = argument;
	http_client_add_header(hop, STR_LITERAL("Signature"), STR_LITERAL("sig"));
	return !outcome->is_refusing;
}

static struct http_client_request request_of(const char *url, struct outcome *outcome)
{
	return (struct http_client_request){
		.url = str_from(url), .sign = sign, .done = take, .argument = outcome,
	};
}

static void a_fake_client_holds_requests_until_they_are_answered(void **state)
{
	(void)state;
	struct outcome outcome = { 0 };
	struct http_client *client = fake_http_client_new();
	struct http_client_request request = request_of("https://A.test/inbox", &outcome);
	request.method = HTTP_CLIENT_POST;
	request.body = STR_LITERAL("{}");
	(void)http_client_send(client, &request);
	assert_int_equal(outcome.count, 0);
	assert_int_equal(fake_http_client_waiting(client), 1);
	struct fake_request *waiting = fake_http_client_next(client);
	assert_true(waiting->is_signed);
	assert_string_equal(waiting->hop.method, "POST");
	assert_true(str_eq(waiting->hop.url.text, STR_LITERAL("https://a.test/inbox")));
	assert_int_equal(waiting->hop.header_count, 1);
	fake_http_client_answer(waiting, HTTP_CLIENT_OK, 202, STR_LITERAL("taken"));
	assert_int_equal(outcome.count, 1);
	assert_int_equal(outcome.status, 202);
	assert_string_equal(outcome.body, "taken");
	assert_string_equal(outcome.url, "https://a.test/inbox");
	assert_null(fake_http_client_next(client));

	struct http_client_call *call = http_client_send(client, &request);
	http_client_cancel(client, call);
	assert_int_equal(fake_http_client_waiting(client), 0);
	assert_int_equal(outcome.count, 1);

	(void)http_client_send(client, &request);
	http_client_free(&client);
	assert_null(client);
	assert_int_equal(outcome.count, 2);
	assert_int_equal(outcome.error, HTTP_CLIENT_CANCELLED);
}

static void headers_that_would_break_the_head_are_refused(void **state)
{
	static const struct {
		struct str name, value;
		bool is_good;
	} cases[] = {
		{ STR("Accept"), STR("application/activity+json"), true },
		{ STR("X-Empty"), STR(""), true },
		{ STR("Date"), STR("a\r\nX-Evil: 1"), false },
		{ STR("Date"), STR("a\nb"), false },
		{ STR("Date"), STR("a\0b"), false },
		{ STR("Da\nte"), STR("a"), false },
		{ STR("A:"), STR("a"), false },
		{ STR(""), STR("a"), false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(65536);
		struct http_client_hop hop = { .arena = arena };
		http_client_add_header(&hop, cases[i].name, cases[i].value);
		assert_int_equal(hop.is_broken, !cases[i].is_good);
		assert_int_equal(hop.header_count, cases[i].is_good ? 1 : 0);
	}
}

static void every_error_has_a_word(void **state)
{
	(void)state;
	for (enum http_client_error error = HTTP_CLIENT_OK; error < HTTP_CLIENT_ERROR_COUNT; error++)
		assert_true(strlen(http_client_error_name(error)) > 1);
	assert_string_equal(http_client_error_name(HTTP_CLIENT_TOO_LARGE), "too_large");
}

static struct config *defaults(void)
{
	struct config *config;
	char *message;
	assert_int_equal(config_load_defaults(&config, &message), ERROR_NONE);
	return config;
}

static void what_is_refused_before_it_is_sent_is_told_by_the_loop(void **state)
{
	static const struct {
		const char *url;
		enum http_client_error error;
		bool is_refusing;
	} cases[] = {
		{ "http://127.0.0.1/", HTTP_CLIENT_REFUSED, false },
		{ "https://127.0.0.1:25/", HTTP_CLIENT_REFUSED, false },
		{ "https://127.0.0.1/", HTTP_CLIENT_REFUSED, false },
		{ "https://[::1]/", HTTP_CLIENT_REFUSED, false },
		{ "https://x.onion/", HTTP_CLIENT_REFUSED, false },
		{ "file:///etc/passwd", HTTP_CLIENT_BAD_URL, false },
		{ "https://127.1/", HTTP_CLIENT_BAD_URL, false },
		{ "", HTTP_CLIENT_BAD_URL, false },
		{ "https://127.0.0.1/", HTTP_CLIENT_NOT_SIGNED, true },
	};
	(void)state;
	struct config *config = defaults();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_client *client;
		char *message;
		struct loop *loop = loop_new("test", "client");
		struct outcome outcome = { .loop = loop, .expected = 1, .is_refusing = cases[i].is_refusing };
		struct http_client_request request = request_of(cases[i].url, &outcome);
		assert_int_equal(http_client_new(loop, config, &client, &message), ERROR_NONE);
		(void)http_client_send(client, &request);
		assert_int_equal(outcome.count, 0);
		loop_run(loop);
		assert_int_equal(outcome.count, 1);
		if (outcome.error != cases[i].error)
			fail_msg("%s: %s", cases[i].url, http_client_error_name(outcome.error));
		http_client_free(&client);
		loop_free(&loop);
	}
	config_free(&config);
}

static void a_client_that_is_freed_ends_what_is_under_way(void **state)
{
	(void)state;
	struct config *config = defaults();
	struct http_client *client;
	char *message;
	struct loop *loop = loop_new("test", "client");
	struct outcome kept = { 0 }, cancelled = { 0 };
	assert_int_equal(http_client_new(loop, config, &client, &message), ERROR_NONE);
	for (unsigned i = 0; i < 10; i++) {
		struct http_client_request request = request_of("https://127.0.0.1/", i == 5 ? &cancelled : &kept);
		struct http_client_call *call = http_client_send(client, &request);
		if (i == 5)
			http_client_cancel(client, call);
	}
	http_client_free(&client);
	assert_int_equal(kept.count, 9);
	assert_int_equal(kept.error, HTTP_CLIENT_CANCELLED);
	assert_int_equal(cancelled.count, 0);
	loop_free(&loop);
	config_free(&config);
}

static void an_authority_that_cannot_be_read_is_said_at_the_start(void **state)
{
	const char *const settings[] = { "federation.ca_file=/nonexistent/ca.pem" };
	(void)state;
	struct config *config;
	struct http_client *client = NULL;
	char *message = NULL;
	struct loop *loop = loop_new("test", "client");
	assert_int_equal(config_load(NULL, settings, 1, &config, &message), ERROR_NONE);
	assert_int_equal(http_client_new(loop, config, &client, &message), ERROR_CONFIGURATION);
	assert_non_null(strstr(message, "/nonexistent/ca.pem"));
	assert_null(client);
	memory_free(message);
	config_free(&config);
	loop_free(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fake_client_holds_requests_until_they_are_answered),
		cmocka_unit_test(headers_that_would_break_the_head_are_refused),
		cmocka_unit_test(every_error_has_a_word),
		cmocka_unit_test(what_is_refused_before_it_is_sent_is_told_by_the_loop),
		cmocka_unit_test(a_client_that_is_freed_ends_what_is_under_way),
		cmocka_unit_test(an_authority_that_cannot_be_read_is_said_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
