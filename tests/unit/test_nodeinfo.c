/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * NodeInfo by its schemas, and host-meta. */
#include "federation/host_meta.h"
#include "federation/nodeinfo.h"

#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static json_t *parsed(const struct buf *out)
{
	json_t *document = NULL;
	assert_int_equal(json_in_parse(buf_str(out), &json_limits_default, &document), ERROR_NONE);
	return document;
}

static void both_versions_have_every_required_member_and_no_other(void **state)
{
	(void)state;
	const struct nodeinfo info = {
		.name = STR("Comptoir"), .description = STR("\"quoted\""), .is_open = true,
		.counts = { .users = 4, .active_month = 3, .active_half_year = 4, .local_posts = 12, .local_comments = 5 },
	};
	static const char *const required[] = {
		"version", "software", "protocols", "services", "openRegistrations", "usage", "metadata",
	};
	for (enum nodeinfo_version version = NODEINFO_2_0; version <= NODEINFO_2_1; version++) {
		AUTO(buf) struct buf out = { 0 };
		nodeinfo_write(&out, version, &info);
		json_auto_t *document = parsed(&out);
		assert_int_equal(json_object_size(document), sizeof(required) / sizeof(required[0]));
		for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
			assert_non_null(json_object_get(document, required[i]));
		assert_string_equal(json_string_value(json_object_get(document, "version")), version == NODEINFO_2_1 ? "2.1" : "2.0");
		const json_t *software = json_object_get(document, "software");
		assert_string_equal(json_string_value(json_object_get(software, "name")), "comptoir");
		assert_int_equal(json_object_size(software), 2);
		const json_t *usage = json_object_get(document, "usage");
		const json_t *users = json_object_get(usage, "users");
		assert_int_equal(json_integer_value(json_object_get(users, "total")), 4);
		assert_int_equal(json_integer_value(json_object_get(users, "activeMonth")), 3);
		assert_int_equal(json_integer_value(json_object_get(users, "activeHalfyear")), 4);
		assert_int_equal(json_integer_value(json_object_get(usage, "localPosts")), 12);
		assert_int_equal(json_integer_value(json_object_get(usage, "localComments")), 5);
		assert_true(json_is_true(json_object_get(document, "openRegistrations")));
		assert_true(json_is_object(json_object_get(document, "metadata")));
		assert_string_equal(json_string_value(json_array_get(json_object_get(document, "protocols"), 0)), "activitypub");
	}
}

static void the_links_name_both_versions_and_the_application_actor(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	AUTO(buf) struct buf out = { 0 };
	nodeinfo_write_links(&out, arena, STR_LITERAL("https://a.example"));
	json_auto_t *document = parsed(&out);
	static const char *const expected[][2] = {
		{ "http://nodeinfo.diaspora.software/ns/schema/2.0", "https://a.example/nodeinfo/2.0" },
		{ "http://nodeinfo.diaspora.software/ns/schema/2.1", "https://a.example/nodeinfo/2.1" },
		{ "https://www.w3.org/ns/activitystreams#Application", "https://a.example/actor" },
	};
	const json_t *links = json_object_get(document, "links");
	assert_int_equal(json_array_size(links), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *link = json_array_get(links, i);
		assert_string_equal(json_string_value(json_object_get(link, "rel")), expected[i][0]);
		assert_string_equal(json_string_value(json_object_get(link, "href")), expected[i][1]);
	}
}

static void host_meta_points_at_webfinger(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	host_meta_write(&out, STR_LITERAL("https://a.example"));
	buf_add_char(&out, '\0');
	assert_non_null(strstr(out.data, "template=\"https://a.example/.well-known/webfinger?resource={uri}\""));
	assert_non_null(strstr(out.data, "rel=\"lrdd\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_versions_have_every_required_member_and_no_other),
		cmocka_unit_test(the_links_name_both_versions_and_the_application_actor),
		cmocka_unit_test(host_meta_points_at_webfinger),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
