/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What becomes of the document of a remote actor, without a database. */
#include "federation/keys.h"
#include "federation/remote_actor.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "https://good.example:8443/users/bob"

static struct arena *arena;
static struct key_pairs keys;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)128 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static json_t *document_with(const char *key, json_t *value)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", ID, "type", "Person", "preferredUsername", "bob", "inbox",
		ID "/inbox", "name", "Bob");
	assert_non_null(json);
	if (key)
		assert_int_equal(json_object_set_new(json, key, value), 0);
	return json;
}

/* Takes over json. */
static enum error read_json(json_t *json, bool has_images, struct remote_actor_view *ret_view)
{
	const struct vocab_rules rules = { .received_us = clock_now_us() };
	struct vocab_actor actor;
	enum error error = vocab_read_actor(arena, json, &rules, &actor);
	json_decref(json);
	return error ? error : remote_actor_read(arena, &actor, has_images, ret_view);
}

static struct remote_actor_view read_with(const char *key, json_t *value)
{
	struct remote_actor_view view;
	assert_int_equal(read_json(document_with(key, value), true, &view), ERROR_NONE);
	return view;
}

static void the_least_document_is_an_actor(void **state)
{
	(void)state;
	struct remote_actor_view view = read_with(NULL, NULL);
	assert_true(str_eq(view.authority, STR_LITERAL("good.example:8443")));
	assert_true(str_eq(view.row.uri, STR_LITERAL(ID)));
	assert_true(str_eq(view.row.url, STR_LITERAL(ID)));
	assert_true(str_eq(view.row.inbox_url, STR_LITERAL(ID "/inbox")));
	assert_true(str_eq(view.row.fields_json, STR_LITERAL("[]")));
	assert_null(view.row.shared_inbox_url.data);
	assert_null(view.row.avatar_url.data);
	assert_int_equal(view.row.key_count, 0);
}

static void an_actor_without_an_inbox_of_its_own_is_none(void **state)
{
	(void)state;
	struct remote_actor_view view;
	assert_int_equal(read_json(document_with("inbox", json_string("https://evil.example/inbox")), true, &view), ERROR_FORBIDDEN);
	assert_int_equal(read_json(document_with("inbox", json_null()), true, &view), ERROR_FORBIDDEN);
}

static void a_name_that_breaks_a_handle_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_good;
	} cases[] = {
		{ "bob", true }, { "Bob.b-b_1", true }, { "bób", true }, { "company.example", true },
		{ "bob@evil.example", false }, { "bob/x", false }, { "bo b", false }, { "b?b", false }, { "b#b", false },
		{ "<b>", false }, { "b\nb", false }, { "a:b", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct remote_actor_view view;
		print_message("%s\n", cases[i].name);
		enum error error = read_json(document_with("preferredUsername", json_string(cases[i].name)), true, &view);
		assert_int_equal(error == ERROR_NONE, cases[i].is_good);
	}
}

static void texts_are_cleaned(void **state)
{
	(void)state;
	struct remote_actor_view view = read_with("summary", json_string("<p onclick='x'>Hi<script>alert(1)</script></p>"));
	assert_true(str_eq(view.row.summary_html, STR_LITERAL("<p>Hi</p>")));
	view = read_with("name", json_string("B\xe2\x80\xaeob\nX"));
	assert_true(str_eq(view.row.display_name, STR_LITERAL("Bob X")));
	view = read_with("attachment", json_pack("[{s:s, s:s, s:s}]", "type", "PropertyValue", "name", "We\nb", "value",
		"<a href='javascript:x'>me</a><img src=x>"));
	assert_true(str_eq(view.row.fields_json, STR_LITERAL("[{\"name\":\"We b\",\"value\":\"me\"}]")));
}

static void many_long_fields_stay_within_the_table(void **state)
{
	(void)state;
	json_t *fields = json_array();
	AUTO(buf) struct buf value = { 0 };
	for (int i = 0; i < 100; i++)
		buf_add_c_string(&value, "<a href=\"https://x.example/\">\xe2\x82\xac</a> ");
	for (int i = 0; i < 1000; i++)
		json_array_append_new(fields, json_pack("{s:s, s:s, s:s%}", "type", "PropertyValue", "name", "n", "value", value.data, value.len));
	struct remote_actor_view view = read_with("attachment", fields);
	assert_true(view.row.fields_json.len > 1000 && view.row.fields_json.len <= 64000);
	json_t *json;
	assert_int_equal(json_in_parse(view.row.fields_json, NULL, &json), ERROR_NONE);
	json_decref(json);
}

static void only_urls_of_the_own_origin_count(void **state)
{
	(void)state;
	static const char *const properties[] = { "outbox", "followers", "following", "featured", "featuredTags", "url" };
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		struct remote_actor_view view = read_with(properties[i], json_string("https://evil.example/x"));
		const struct str stored[] = { view.row.outbox_url, view.row.followers_url, view.row.following_url, view.row.featured_url,
			view.row.featured_tags_url };
		assert_true(i == 5 ? str_eq(view.row.url, STR_LITERAL(ID)) : stored[i].data == NULL);
	}
	struct remote_actor_view view = read_with("endpoints", json_pack("{s:s}", "sharedInbox", "https://evil.example/inbox"));
	assert_null(view.row.shared_inbox_url.data);
	view = read_with("endpoints", json_pack("{s:s}", "sharedInbox", "https://good.example:8443/inbox"));
	assert_true(str_eq(view.row.shared_inbox_url, STR_LITERAL("https://good.example:8443/inbox")));
}

static void pictures_are_left_out_when_its_media_is_rejected(void **state)
{
	(void)state;
	struct remote_actor_view view = read_with("icon", json_pack("{s:s, s:s, s:s}", "type", "Image", "url", "https://cdn.example/a.png", "name", "me"));
	assert_true(str_eq(view.row.avatar_url, STR_LITERAL("https://cdn.example/a.png")));
	assert_true(str_eq(view.row.avatar_alt, STR_LITERAL("me")));
	json_t *icon = json_pack("{s:s, s:s}", "type", "Image", "url", "https://cdn.example/a.png");
	assert_int_equal(read_json(document_with("icon", icon), false, &view), ERROR_NONE);
	assert_null(view.row.avatar_url.data);
}

static json_t *pem_key(const char *pem)
{
	return json_pack("{s:s, s:s, s:s}", "id", ID "#main-key", "owner", ID, "publicKeyPem", pem);
}

static void keys_are_those_that_can_verify(void **state)
{
	(void)state;
	struct remote_actor_view view = read_with("publicKey", pem_key(keys.main_public_pem.data));
	assert_int_equal(view.row.key_count, 1);
	assert_true(str_eq(view.row.keys[0].uri, STR_LITERAL(ID "#main-key")));
	assert_true(str_eq(view.row.keys[0].public_pem, keys.main_public_pem));
	view = read_with("publicKey", pem_key("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
	assert_int_equal(view.row.key_count, 0);

	struct str multibase = keys_ed25519_multibase(arena, keys.ed25519_public_bytes);
	json_t *method = json_pack("{s:s, s:s, s:s, s:s}", "id", ID "#ed25519-key", "type", "Multikey", "controller", ID,
		"publicKeyMultibase", multibase.data);
	json_t *document = document_with("assertionMethod", json_pack("[O, O]", method, method));
	json_decref(method);
	json_object_set_new(document, "publicKey", pem_key(keys.main_public_pem.data));
	assert_int_equal(read_json(document, true, &view), ERROR_NONE);
	assert_int_equal(view.row.key_count, 2);
	bool has_bytes = false;
	for (size_t i = 0; i < 2; i++)
		has_bytes |= str_eq(view.row.keys[i].public_bytes, keys.ed25519_public_bytes);
	assert_true(has_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_least_document_is_an_actor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_actor_without_an_inbox_of_its_own_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_that_breaks_a_handle_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(texts_are_cleaned, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_long_fields_stay_within_the_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_urls_of_the_own_origin_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pictures_are_left_out_when_its_media_is_rejected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_are_those_that_can_verify, set_up, tear_down),
	};
	struct arena *keys_arena = arena_new((size_t)1 << 20);
	if (keys_generate(keys_arena, &keys) != ERROR_NONE)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&keys_arena);
	return failed;
}
