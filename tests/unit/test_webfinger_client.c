/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is read of an answer to WebFinger. */
#include "federation/webfinger_client.h"

#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SELF(type, href) "{\"rel\":\"self\",\"type\":\"" type "\",\"href\":\"" href "\"}"
#define BOB "https://social.example/users/bob"
#define GOOD SELF("application/activity+json", BOB)

static const struct webfinger_resource asked = { .kind = WEBFINGER_HANDLE, .username = STR("bob"), .domain = STR("social.example") };

static bool read_answer(struct arena *arena, const char *text, struct webfinger_answer *ret_answer)
{
	const struct vocab_rules rules = { .received_us = 1800000000000000 };
	json_t *json;
	assert_int_equal(json_in_parse(str_from(text), NULL, &json), ERROR_NONE);
	bool is_good = webfinger_read_answer(arena, json, &asked, &rules, ret_answer);
	json_decref(json);
	return is_good;
}

static void the_first_actor_link_and_the_subject_count(void **state)
{
	(void)state;
	static const struct {
		const char *text, *uri, *domain;
	} cases[] = {
		{ "{\"subject\":\"acct:bob@social.example\",\"links\":[" GOOD "]}", BOB, "social.example" },
		{ "{\"subject\":\"acct:Bob@Example\",\"links\":[" GOOD "]}", BOB, "example" },
		{ "{\"subject\":\"@bob@example\",\"links\":[" GOOD "]}", BOB, "example" },
		{ "{\"links\":[" GOOD "]}", BOB, "social.example" },
		{ "{\"subject\":7,\"links\":[" GOOD "]}", BOB, "social.example" },
		{ "{\"links\":[7,{},[]," SELF("text/html", "https://a.example/") "," GOOD "," SELF("application/activity+json", "https://b.example/") "]}",
			BOB, "social.example" },
		{ "{\"links\":[" SELF("application/ld+json; profile=\\\"https://www.w3.org/ns/activitystreams\\\"", BOB) "]}", BOB,
			"social.example" },
		{ "{\"subject\":\"acct:bob@example/x?y#\",\"links\":[" GOOD "]}", NULL, NULL },
		{ "{\"subject\":\"" BOB "\",\"links\":[" GOOD "]}", NULL, NULL },
		{ "{\"subject\":\"bob\",\"links\":[" GOOD "]}", NULL, NULL },
		{ "{\"links\":[]}", NULL, NULL },
		{ "{\"links\":" GOOD "}", NULL, NULL },
		{ "{}", NULL, NULL },
		{ "[]", NULL, NULL },
		{ "{\"links\":[" SELF("application/activity+json", "http://social.example/users/bob") "]}", NULL, NULL },
		{ "{\"links\":[" SELF("application/activity+json", "file:///etc/passwd") "]}", NULL, NULL },
		{ "{\"links\":[" SELF("application/activity+json", "https://u@social.example/x") "]}", NULL, NULL },
		{ "{\"links\":[" SELF("application/activity+json", BOB "#me") "]}", NULL, NULL },
		{ "{\"links\":[{\"rel\":[\"self\"],\"type\":\"application/activity+json\",\"href\":\"" BOB "\"}]}", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 20);
		struct webfinger_answer answer;
		print_message("%s\n", cases[i].text);
		assert_int_equal(read_answer(arena, cases[i].text, &answer), cases[i].uri != NULL);
		if (!cases[i].uri)
			continue;
		assert_true(str_eq(answer.actor_uri, str_from(cases[i].uri)));
		assert_true(str_eq(answer.subject.domain, str_from(cases[i].domain)));
		assert_true(str_eq(answer.subject.username, STR_LITERAL("bob")));
	}
}

static void links_beyond_the_limit_are_not_looked_at(void **state)
{
	(void)state;
	for (int before = WEBFINGER_LINKS_MAX - 1; before <= WEBFINGER_LINKS_MAX; before++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 20);
		AUTO(buf) struct buf text = { 0 };
		struct webfinger_answer answer;
		buf_add_c_string(&text, "{\"links\":[");
		for (int i = 0; i < before; i++)
			buf_add_c_string(&text, "{},");
		buf_add_printf(&text, "%s]}%c", GOOD, '\0');
		assert_int_equal(read_answer(arena, text.data, &answer), before < WEBFINGER_LINKS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_actor_link_and_the_subject_count),
		cmocka_unit_test(links_beyond_the_limit_are_not_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
