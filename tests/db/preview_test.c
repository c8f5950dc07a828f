/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ promises about previews, on a migrated database. */
#include "tests/db/post_world.h"

#include "storage/preview.h"

#include "storage/actor.h"
#include "storage/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static enum preview_claim claim(const char *url, int64_t *ret_id)
{
	enum preview_claim claim;
	assert_int_equal(preview_claim(web, arena, str_from(url), &claim, ret_id), ERROR_NONE);
	return claim;
}

static enum error attach(int64_t post_id, int32_t revision, int64_t preview_id)
{
	assert_int_equal(db_begin(web), ERROR_NONE);
	enum error error = preview_attach(web, arena, post_id, revision, preview_id);
	if (error)
		db_rollback(web);
	else
		assert_int_equal(db_commit(web), ERROR_NONE);
	return error;
}

static void a_page_is_read_by_one_at_a_time(void **state)
{
	(void)state;
	int64_t id, other;
	assert_int_equal(claim("https://a.example/one", &id), PREVIEW_CLAIMED);
	assert_int_equal(claim("https://a.example/one", &other), PREVIEW_BUSY);
	assert_int_equal(preview_release(web, arena, id), ERROR_NONE);
	assert_int_equal(claim("https://a.example/one", &other), PREVIEW_CLAIMED);
	assert_int_equal(other, id);
	assert_int_equal(preview_store(web, arena, id, NULL), ERROR_NONE);
	assert_int_equal(claim("https://a.example/one", &other), PREVIEW_NONE);
	assert_int_equal(claim("https://a.example/two", &other), PREVIEW_CLAIMED);
	assert_true(other != id);
}

static void what_was_found_is_kept_and_outlives_the_page(void **state)
{
	(void)state;
	int64_t id, found_id, author = add_remote("columnist"), post = add_post(add_local("linker"), POST_PUBLIC, 0);
	const struct preview preview = { .kind = PREVIEW_VIDEO, .shown_url = STR("https://b.example/own"), .title = STR("Title"),
		.description = STR("Text"), .language = STR("fr"), .author_name = STR("Anna"), .author_url = STR("https://b.example/anna"),
		.creator_id = author, .provider_name = STR("B"), .provider_url = STR("https://b.example/"),
		.embed_url = STR("https://b.example/embed"), .width = 640, .height = 360, .image_url = STR("https://b.example/1.jpg"),
		.image_description = STR("A hall"), .blurhash = STR("LEHV6nWB2yk8"), .published_us = 1700000000000000 };
	struct preview found;
	assert_int_equal(claim("https://b.example/page", &id), PREVIEW_CLAIMED);
	assert_int_equal(preview_find_by_url(web, arena, STR_LITERAL("https://b.example/page"), &found_id), ERROR_NOT_FOUND);
	assert_int_equal(preview_store(web, arena, id, &preview), ERROR_NONE);
	assert_int_equal(claim("https://b.example/page", &found_id), PREVIEW_READY);
	assert_int_equal(preview_find_of_post(web, arena, post, &found), ERROR_NOT_FOUND);
	assert_int_equal(attach(post, read_post(post).revision, id), ERROR_NONE);
	assert_int_equal(preview_store(web, arena, id, NULL), ERROR_NONE);
	assert_int_equal(preview_find_by_url(web, arena, STR_LITERAL("https://b.example/page"), &found_id), ERROR_NONE);
	assert_int_equal(found_id, id);
	assert_int_equal(preview_find_of_post(web, arena, post, &found), ERROR_NONE);
	assert_int_equal(found.id, id);
	assert_int_equal(found.kind, PREVIEW_VIDEO);
	assert_text(found.url, "https://b.example/page");
	assert_text(found.shown_url, "https://b.example/own");
	assert_text(found.title, "Title");
	assert_text(found.description, "Text");
	assert_text(found.language, "fr");
	assert_text(found.author_name, "Anna");
	assert_text(found.author_url, "https://b.example/anna");
	assert_int_equal(found.creator_id, author);
	assert_text(found.provider_name, "B");
	assert_text(found.provider_url, "https://b.example/");
	assert_text(found.embed_url, "https://b.example/embed");
	assert_int_equal(found.width, 640);
	assert_int_equal(found.height, 360);
	assert_text(found.image_url, "https://b.example/1.jpg");
	assert_text(found.image_description, "A hall");
	assert_text(found.blurhash, "LEHV6nWB2yk8");
	assert_int_equal(found.published_us, 1700000000000000);
}

static void a_preview_belongs_to_the_version_that_was_read(void **state)
{
	(void)state;
	int64_t id, post = add_post(add_local("editor"), POST_PUBLIC, 0);
	int32_t revision = read_post(post).revision;
	struct preview found;
	assert_int_equal(claim("https://c.example/", &id), PREVIEW_CLAIMED);
	assert_int_equal(preview_store(web, arena, id, &(struct preview){ .title = STR("T") }), ERROR_NONE);
	assert_int_equal(attach(post, revision - 1, id), ERROR_CONFLICT);
	assert_int_equal(preview_find_of_post(web, arena, post, &found), ERROR_NOT_FOUND);
	assert_int_equal(attach(post, revision, id), ERROR_NONE);
	assert_int_equal(read_post(post).revision, revision + 1);
	/* Nothing changes: nobody has to hear of it. */
	assert_int_equal(attach(post, revision + 1, id), ERROR_NONE);
	assert_int_equal(read_post(post).revision, revision + 1);
	assert_int_equal(attach(post, revision + 1, 0), ERROR_NONE);
	assert_int_equal(preview_find_of_post(web, arena, post, &found), ERROR_NOT_FOUND);
	assert_int_equal(attach(5, 0, id), ERROR_NOT_FOUND);
}

static void an_author_is_who_names_the_site_in_return(void **state)
{
	(void)state;
	static const struct str sites[] = { STR("press.example") };
	int64_t id, found;
	bool is_new;
	struct actor_remote actor = { .kind = ACTOR_PERSON, .username = STR("Reporter"), .domain = STR("soc.example"),
		.is_handle_confirmed = true, .uri = STR("https://soc.example/u/reporter"), .url = STR("https://soc.example/@reporter"),
		.inbox_url = STR("https://soc.example/u/reporter/inbox"), .attribution_domains = sites, .attribution_domain_count = 1,
		.fetched_us = 1700000000000000 };
	assert_int_equal(actor_store_remote(web, arena, &actor, &id, &is_new), ERROR_NONE);
	const struct {
		const char *username, *domain, *host;
		bool is_author;
	} cases[] = {
		{ "reporter", "soc.example", "press.example", true }, { "REPORTER", "soc.example", "www.press.example", true },
		{ "reporter", "soc.example", "express.example", false }, { "reporter", "soc.example", "example", false },
		{ "reporter", "soc.example", "press.example.evil.example", false }, { "other", "soc.example", "press.example", false },
		{ "reporter", "soc2.example", "press.example", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(preview_find_creator(web, arena, str_from(cases[i].username), str_from(cases[i].domain),
			str_from(cases[i].host), &found), cases[i].is_author ? ERROR_NONE : ERROR_NOT_FOUND);
	assert_int_equal(found, id);
	actor.attribution_domain_count = 0;
	assert_int_equal(actor_store_remote(web, arena, &actor, &id, &is_new), ERROR_NONE);
	assert_int_equal(preview_find_creator(web, arena, STR_LITERAL("reporter"), STR_LITERAL("soc.example"),
		STR_LITERAL("press.example"), &found), ERROR_NOT_FOUND);
}

static void both_roles_ask_for_previews_of_links_alone(void **state)
{
	(void)state;
	static const struct str link = STR("<p><a href=\"https://d.example/\">d</a></p>");
	static const struct str mention = STR("<p><a href=\"https://d.example/@d\" class=\"u-url mention\">@d</a></p>");
	const struct str kind = STR_LITERAL("preview");
	int64_t lease_s = 60;
	struct job *jobs;
	size_t count;
	assert_int_equal(preview_want(web, arena, 71, mention, true), ERROR_NONE);
	assert_int_equal(preview_want(web, arena, 72, (struct str){ 0 }, true), ERROR_NONE);
	assert_int_equal(preview_want(web, arena, 73, link, true), ERROR_NONE);
	assert_int_equal(preview_want(federation, arena, 74, link, false), ERROR_NONE);
	assert_int_equal(preview_want(federation, arena, 74, link, false), ERROR_NONE);
	assert_int_equal(job_claim(web, arena, &kind, &lease_s, 1, 10, &jobs, &count), ERROR_NONE);
	/* That of another server is due some time within a minute. */
	assert_true(count == 1 || count == 2);
	assert_text(jobs[0].key, "73");
	for (int64_t key = 71; key <= 74; key++)
		assert_int_equal(job_remove(web, arena, kind, arena_printf(arena, "%d", (int)key)), key >= 73 ? ERROR_NONE : ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_read_by_one_at_a_time),
		cmocka_unit_test(what_was_found_is_kept_and_outlives_the_page),
		cmocka_unit_test(a_preview_belongs_to_the_version_that_was_read),
		cmocka_unit_test(an_author_is_who_names_the_site_in_return),
		cmocka_unit_test(both_roles_ask_for_previews_of_links_alone),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
