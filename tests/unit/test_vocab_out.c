/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors and tombstones as peers read them. */
#include "federation/vocab_out.h"

#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char ed25519_bytes[32] = { 1, 2, 3 };

static struct actor florist(void)
{
	return (struct actor){
		.id = 7, .kind = ACTOR_ORGANIZATION, .is_local = true, .is_discoverable = true,
		.username = STR("fleurs"), .domain = STR("fleurs.example"), .base_url = STR("https://social.fleurs.example"),
		.uri = STR("https://social.fleurs.example/users/fleurs"), .url = STR("https://social.fleurs.example/@fleurs"),
		.inbox_url = STR("https://social.fleurs.example/users/fleurs/inbox"),
		.outbox_url = STR("https://social.fleurs.example/users/fleurs/outbox"),
		.followers_url = STR("https://social.fleurs.example/users/fleurs/followers"),
		.following_url = STR("https://social.fleurs.example/users/fleurs/following"),
		.featured_url = STR("https://social.fleurs.example/users/fleurs/collections/featured"),
		.shared_inbox_url = STR("https://social.fleurs.example/inbox"),
		.display_name = STR("Fleurs \"d'en face\""), .summary_html = STR("<p>Un bouquet<script>alert(1)</script></p>"),
		.avatar_url = STR("https://social.fleurs.example/media/a.png"), .header_url = { NULL, 0 },
		.fields_json = STR("[{\"name\":\"Adresse\",\"value\":\"<b onclick=x>Lyon</b>\"},{\"value\":\"nameless\"}]"),
		.created_us = 1763827200000000, .updated_us = 1763827200000000,
		.main_public_pem = STR("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"),
		.ed25519_public_bytes = { ed25519_bytes, sizeof(ed25519_bytes) },
	};
}

static json_t *written(const struct actor *actor)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(buf) struct buf out = { 0 };
	json_t *document = NULL;
	vocab_write_actor(&out, arena, actor);
	assert_int_equal(json_in_parse(buf_str(&out), &json_limits_default, &document), ERROR_NONE);
	return document;
}

static void assert_member(const json_t *object, const char *key, const char *expected)
{
	const char *text = json_string_value(json_object_get(object, key));
	if (!text)
		fail_msg("%s is missing", key);
	assert_string_equal(text, expected);
}

static void an_actor_has_all_that_its_peers_need(void **state)
{
	(void)state;
	struct actor actor = florist();
	json_auto_t *document = written(&actor);
	static const char *const members[][2] = {
		{ "id", "https://social.fleurs.example/users/fleurs" }, { "type", "Organization" },
		{ "preferredUsername", "fleurs" }, { "name", "Fleurs \"d'en face\"" },
		{ "url", "https://social.fleurs.example/@fleurs" },
		{ "inbox", "https://social.fleurs.example/users/fleurs/inbox" },
		{ "outbox", "https://social.fleurs.example/users/fleurs/outbox" },
		{ "followers", "https://social.fleurs.example/users/fleurs/followers" },
		{ "following", "https://social.fleurs.example/users/fleurs/following" },
		{ "featured", "https://social.fleurs.example/users/fleurs/collections/featured" },
		{ "featuredTags", "https://social.fleurs.example/users/fleurs/collections/tags" },
		{ "webfinger", "fleurs@fleurs.example" }, { "published", "2025-11-22T16:00:00.000Z" },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		assert_member(document, members[i][0], members[i][1]);
	assert_member(json_object_get(document, "endpoints"), "sharedInbox", "https://social.fleurs.example/inbox");
	assert_true(json_is_false(json_object_get(document, "manuallyApprovesFollowers")));
	assert_true(json_is_true(json_object_get(document, "discoverable")));
	assert_true(json_is_false(json_object_get(document, "indexable")));
	assert_member(json_object_get(document, "icon"), "mediaType", "image/png");
	assert_null(json_object_get(document, "image"));
	assert_null(json_object_get(document, "updated"));
}

static void keys_name_their_owner(void **state)
{
	(void)state;
	struct actor actor = florist();
	json_auto_t *document = written(&actor);
	const json_t *key = json_object_get(document, "publicKey");
	assert_member(key, "id", "https://social.fleurs.example/users/fleurs#main-key");
	assert_member(key, "owner", "https://social.fleurs.example/users/fleurs");
	assert_member(key, "publicKeyPem", actor.main_public_pem.data);
	const json_t *multikey = json_array_get(json_object_get(document, "assertionMethod"), 0);
	assert_member(multikey, "id", "https://social.fleurs.example/users/fleurs#ed25519-key");
	assert_member(multikey, "type", "Multikey");
	assert_member(multikey, "controller", "https://social.fleurs.example/users/fleurs");
	assert_int_equal(json_string_value(json_object_get(multikey, "publicKeyMultibase"))[0], 'z');

	actor.ed25519_public_bytes = (struct str){ NULL, 0 };
	json_auto_t *without = written(&actor);
	assert_null(json_object_get(without, "assertionMethod"));
}

static void every_term_is_defined_by_a_context_that_needs_no_network_of_ours(void **state)
{
	(void)state;
	struct actor actor = florist();
	json_auto_t *document = written(&actor);
	const json_t *context = json_object_get(document, "@context");
	assert_int_equal(json_array_size(context), 4);
	assert_string_equal(json_string_value(json_array_get(context, 0)), "https://www.w3.org/ns/activitystreams");
	assert_string_equal(json_string_value(json_array_get(context, 1)), "https://w3id.org/security/v1");
	assert_string_equal(json_string_value(json_array_get(context, 2)), "https://w3id.org/security/data-integrity/v1");
	const json_t *terms = json_array_get(context, 3);
	static const char *const used[] = {
		"manuallyApprovesFollowers", "featured", "discoverable", "indexable", "memorial", "PropertyValue", "value",
		"Multikey", "assertionMethod", "controller", "publicKeyMultibase", "webfinger", "implements", "featuredTags",
		"alsoKnownAs", "movedTo", "suspended",
	};
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		if (!json_object_get(terms, used[i]))
			fail_msg("%s is not in the context", used[i]);
	}
}

static void html_of_people_is_cleaned_before_it_leaves(void **state)
{
	(void)state;
	struct actor actor = florist();
	json_auto_t *document = written(&actor);
	const char *summary = json_string_value(json_object_get(document, "summary"));
	assert_non_null(strstr(summary, "Un bouquet"));
	assert_null(strstr(summary, "<script"));
	const json_t *fields = json_object_get(document, "attachment");
	assert_int_equal(json_array_size(fields), 1);
	const json_t *field = json_array_get(fields, 0);
	assert_member(field, "type", "PropertyValue");
	assert_member(field, "name", "Adresse");
	assert_null(strstr(json_string_value(json_object_get(field, "value")), "onclick"));
}

static void broken_fields_do_not_break_the_actor(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "[", "{}", "null", "[1,\"x\",null]", "[{\"name\":3}]" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct actor actor = florist();
		actor.fields_json = str_from(cases[i]);
		json_auto_t *document = written(&actor);
		assert_int_equal(json_array_size(json_object_get(document, "attachment")), 0);
		assert_member(document, "preferredUsername", "fleurs");
	}
}

static bool is_implemented(const json_t *implements, const char *href)
{
	for (size_t i = 0; i < json_array_size(implements); i++) {
		if (strcmp(json_string_value(json_object_get(json_array_get(implements, i), "href")), href) == 0)
			return true;
	}
	return false;
}

static void the_signature_schemes_that_we_verify_are_announced(void **state)
{
	(void)state;
	static const char *const schemes[] = {
		"https://datatracker.ietf.org/doc/html/rfc9421",
		"https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25", "https://w3id.org/fep/8b32",
	};
	struct actor actor = florist();
	json_auto_t *document = written(&actor);
	const json_t *generator = json_object_get(document, "generator");
	assert_member(generator, "type", "Application");
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		assert_true(is_implemented(json_object_get(generator, "implements"), schemes[i]));

	actor.kind = ACTOR_APPLICATION;
	json_auto_t *application = written(&actor);
	assert_null(json_object_get(application, "generator"));
	assert_true(is_implemented(json_object_get(application, "implements"), schemes[0]));
}

static void an_actor_tells_where_it_went_and_what_else_it_is_called(void **state)
{
	(void)state;
	struct actor actor = florist();
	actor.also_known_as_json = STR_LITERAL("[\"https://a.example/users/f\",3,\"https://b.example/users/f\"]");
	actor.moved_to_uri = STR_LITERAL("https://c.example/users/f");
	json_auto_t *document = written(&actor);
	assert_member(document, "movedTo", "https://c.example/users/f");
	assert_int_equal(json_array_size(json_object_get(document, "alsoKnownAs")), 2);
	assert_null(json_object_get(document, "suspended"));
	actor = florist();
	actor.is_suspended = true;
	json_auto_t *suspended = written(&actor);
	assert_true(json_is_true(json_object_get(suspended, "suspended")));
	assert_null(json_object_get(suspended, "alsoKnownAs"));
	assert_null(json_object_get(suspended, "movedTo"));
}

static void a_tombstone_tells_nothing_but_the_id(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	json_auto_t *document = NULL;
	vocab_write_tombstone(&out, STR_LITERAL("https://a.example/users/b"));
	assert_int_equal(json_in_parse(buf_str(&out), &json_limits_default, &document), ERROR_NONE);
	assert_int_equal(json_object_size(document), 3);
	assert_member(document, "type", "Tombstone");
	assert_member(document, "id", "https://a.example/users/b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_actor_has_all_that_its_peers_need),
		cmocka_unit_test(keys_name_their_owner),
		cmocka_unit_test(every_term_is_defined_by_a_context_that_needs_no_network_of_ours),
		cmocka_unit_test(html_of_people_is_cleaned_before_it_leaves),
		cmocka_unit_test(broken_fields_do_not_break_the_actor),
		cmocka_unit_test(the_signature_schemes_that_we_verify_are_announced),
		cmocka_unit_test(an_actor_tells_where_it_went_and_what_else_it_is_called),
		cmocka_unit_test(a_tombstone_tells_nothing_but_the_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
