/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a WebFinger resource names, and the document about an actor. */
#include "federation/webfinger.h"

#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_resource_is_read_in_every_spelling(void **state)
{
	(void)state;
	static const struct {
		const char *resource;
		enum error error;
		const char *username; /* "" for the instance */
		const char *domain;
		const char *origin; /* NULL for a handle */
	} cases[] = {
		{ "acct:fleurs@fleurs.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "ACCT:Fleurs@FLEURS.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "acct:@fleurs@fleurs.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "@fleurs@fleurs.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "fleurs@fleurs.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "acct:fl%65urs@fleurs.example", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "acct:fleurs@fleurs.example:8443", ERROR_NONE, "fleurs", "fleurs.example:8443", NULL },
		{ "acct:fleurs@fleurs.example:443", ERROR_NONE, "fleurs", "fleurs.example", NULL },
		{ "acct:a@127.0.0.1:8080", ERROR_NONE, "a", "127.0.0.1:8080", NULL },
		{ "acct:fleurs@b\xc3\xbc" "cher.example", ERROR_NONE, "fleurs", "xn--bcher-kva.example", NULL },
		{ "acct:social.fleurs.example@fleurs.example", ERROR_NONE, "social.fleurs.example", "fleurs.example", NULL },
		{ "https://fleurs.example/users/Fleurs", ERROR_NONE, "fleurs", "fleurs.example", "https://fleurs.example" },
		{ "https://fleurs.example/@fleurs", ERROR_NONE, "fleurs", "fleurs.example", "https://fleurs.example" },
		{ "HTTPS://Fleurs.Example:443/@fleurs", ERROR_NONE, "fleurs", "fleurs.example", "https://fleurs.example" },
		{ "http://127.0.0.1:8080/@a", ERROR_NONE, "a", "127.0.0.1:8080", "http://127.0.0.1:8080" },
		{ "https://fleurs.example", ERROR_NONE, "", "fleurs.example", "https://fleurs.example" },
		{ "https://fleurs.example/", ERROR_NONE, "", "fleurs.example", "https://fleurs.example" },
		{ "https://fleurs.example/actor", ERROR_NONE, "", "fleurs.example", "https://fleurs.example" },
		{ "https://fleurs.example/users/fleurs/inbox", ERROR_NOT_FOUND, NULL, NULL, NULL },
		{ "https://fleurs.example/users/", ERROR_NOT_FOUND, NULL, NULL, NULL },
		{ "https://fleurs.example/@fleurs?x=1", ERROR_NOT_FOUND, NULL, NULL, NULL },
		{ "https://fleurs.example/about", ERROR_NOT_FOUND, NULL, NULL, NULL },
		{ "", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:fleurs", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:fleurs@", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:@fleurs.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a@127.0.0.1/path?x#", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a@b@c.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a b@c.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a'or'1@c.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a@c.example%00", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "acct:a%zz@c.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "https://user@fleurs.example/@a", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "https://", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "javascript:alert(1)", ERROR_BAD_REQUEST, NULL, NULL, NULL },
		{ "mailto:fleurs@fleurs.example", ERROR_BAD_REQUEST, NULL, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 16);
		struct webfinger_resource resource = { 0 };
		enum error error = webfinger_parse(arena, str_from(cases[i].resource), &resource);
		if (error != cases[i].error)
			fail_msg("%s: error %d", cases[i].resource, (int)error);
		if (error)
			continue;
		assert_int_equal(resource.kind, *cases[i].username ? WEBFINGER_HANDLE : WEBFINGER_INSTANCE);
		assert_true(str_eq(resource.username, str_from(cases[i].username)));
		if (!str_eq(resource.domain, str_from(cases[i].domain)))
			fail_msg("%s: domain %.*s", cases[i].resource, STR_ARG(resource.domain));
		assert_true(str_eq(resource.origin, str_from(cases[i].origin)));
	}
}

static void a_long_resource_is_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	struct webfinger_resource resource;
	char text[4096];
	memset(text, 'a', sizeof(text));
	assert_int_equal(webfinger_parse(arena, (struct str){ text, sizeof(text) }, &resource), ERROR_BAD_REQUEST);
}

static json_t *written(const struct str *rels, size_t rel_count)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	AUTO(buf) struct buf out = { 0 };
	json_t *document = NULL;
	const struct actor actor = {
		.username = STR("Fleurs"), .domain = STR("fleurs.example"), .base_url = STR("https://social.fleurs.example"),
		.uri = STR("https://social.fleurs.example/users/Fleurs"), .url = STR("https://social.fleurs.example/@Fleurs"),
	};
	webfinger_write(&out, arena, &actor, rels, rel_count);
	assert_int_equal(json_in_parse(buf_str(&out), &json_limits_default, &document), ERROR_NONE);
	return document;
}

static void the_subject_is_the_account_domain_and_the_links_are_on_the_base_url(void **state)
{
	(void)state;
	json_auto_t *document = written(NULL, 0);
	assert_string_equal(json_string_value(json_object_get(document, "subject")), "acct:Fleurs@fleurs.example");
	assert_int_equal(json_array_size(json_object_get(document, "aliases")), 2);
	const json_t *links = json_object_get(document, "links");
	unsigned self_count = 0;
	for (size_t i = 0; i < json_array_size(links); i++) {
		const json_t *link = json_array_get(links, i);
		const char *rel = json_string_value(json_object_get(link, "rel"));
		const char *target = json_string_value(json_object_get(link, "href"));
		if (!target)
			target = json_string_value(json_object_get(link, "template"));
		assert_int_equal(strncmp(target, "https://social.fleurs.example/", 30), 0);
		if (strcmp(rel, "self") == 0) {
			assert_string_equal(target, "https://social.fleurs.example/users/Fleurs");
			self_count++;
		}
		if (strcmp(rel, "http://ostatus.org/schema/1.0/subscribe") == 0)
			assert_string_equal(target, "https://social.fleurs.example/authorize_interaction?uri={uri}");
	}
	assert_int_equal(self_count, 2);
}

static void rel_chooses_links_and_keeps_the_rest(void **state)
{
	(void)state;
	const struct str rels[] = { STR("self"), STR("nothing") };
	json_auto_t *document = written(rels, 2);
	assert_int_equal(json_array_size(json_object_get(document, "links")), 2);
	assert_non_null(json_object_get(document, "subject"));
	assert_int_equal(json_array_size(json_object_get(document, "aliases")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_resource_is_read_in_every_spelling),
		cmocka_unit_test(a_long_resource_is_refused),
		cmocka_unit_test(the_subject_is_the_account_domain_and_the_links_are_on_the_base_url),
		cmocka_unit_test(rel_chooses_links_and_keeps_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
