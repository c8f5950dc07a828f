/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may publish, and what. Storage is replaced at link time by one actor table and one slot. */
#include "server/action/publish.h"
#include "storage/actor.h"
#include "storage/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { FLORA = 1, KARIM, SUSPENDED, DISABLED, REMOTE, ABSENT };

static struct post_new written;
static enum error commit_error;
static bool commit_is_lost; /* nothing was written although COMMIT was sent */

enum error actor_find_by_id(struct db *db, struct arena *arena, int64_t id, struct actor *ret_actor)
{
	(void)db;
	(void)arena;
	if (id >= ABSENT)
		return ERROR_NOT_FOUND;
	*ret_actor = (struct actor){ .id = id, .is_local = id != REMOTE, .is_suspended = id == SUSPENDED,
		.is_disabled = id == DISABLED, .domain = STR("fleurs.example"),
		.base_url = STR("https://fleurs.example"), .uri = STR("https://fleurs.example/users/flora"),
		.url = STR("https://fleurs.example/@flora") };
	return ERROR_NONE;
}

enum error actor_find_local(struct db *db, struct arena *arena, struct str username, struct str domain,
	struct actor *ret_actor)
{
	int64_t id = str_eq(username, STR_LITERAL("karim")) ? KARIM : str_eq(username, STR_LITERAL("hidden")) ? SUSPENDED : ABSENT;
	assert_true(str_eq(domain, STR_LITERAL("fleurs.example")));
	return actor_find_by_id(db, arena, id, ret_actor);
}

enum error db_begin(struct db *db)
{
	(void)db;
	return ERROR_NONE;
}

enum error db_commit(struct db *db)
{
	(void)db;
	if (commit_is_lost)
		written.id = 0;
	return commit_error;
}

void db_rollback(struct db *db)
{
	(void)db;
}

enum error post_create(struct db *db, struct arena *arena, const struct post_new *post)
{
	(void)db;
	(void)arena;
	written = *post;
	return ERROR_NONE;
}

enum error post_find(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t id, struct post *ret_post)
{
	(void)db;
	(void)arena;
	if (written.id != id)
		return ERROR_NOT_FOUND;
	*ret_post = (struct post){ .id = id, .actor_id = viewer_actor_id };
	return ERROR_NONE;
}

static int set_up(void **state)
{
	(void)state;
	written = (struct post_new){ 0 };
	commit_error = ERROR_NONE;
	commit_is_lost = false;
	return 0;
}

static enum error publish(const struct publish_request *request)
{
	AUTO(arena) struct arena *arena = arena_new(8 * 1024 * 1024);
	struct post post;
	struct str message = { 0 };
	enum error error = publish_post(NULL, arena, request, &post, &message);
	assert_int_equal(error == ERROR_UNPROCESSABLE, message.len > 0);
	if (!error)
		assert_int_equal(post.id, written.id);
	return error;
}

static void only_a_local_actor_in_good_standing_publishes(void **state)
{
	(void)state;
	static const struct {
		int64_t actor_id;
		enum error error;
	} cases[] = { { FLORA, ERROR_NONE }, { SUSPENDED, ERROR_FORBIDDEN }, { DISABLED, ERROR_FORBIDDEN },
		{ REMOTE, ERROR_FORBIDDEN }, { ABSENT, ERROR_FORBIDDEN } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct publish_request request = { .actor_id = cases[i].actor_id, .text = STR("Bonjour") };
		assert_int_equal(publish(&request), cases[i].error);
	}
}

static void empty_and_overlong_texts_are_refused(void **state)
{
	(void)state;
	static char text[PUBLISH_MAX_CHARACTERS + 1];
	memset(text, 'a', sizeof(text));
	const struct publish_request empty = { .actor_id = FLORA, .text = STR(" \n ") };
	const struct publish_request too_long = { .actor_id = FLORA, .text = { text, sizeof(text) } };
	const struct publish_request with_warning = { .actor_id = FLORA, .text = { text, sizeof(text) - 1 }, .spoiler_text = STR("b") };
	const struct publish_request just_right = { .actor_id = FLORA, .text = { text, sizeof(text) - 1 } };
	assert_int_equal(publish(&empty), ERROR_UNPROCESSABLE);
	assert_int_equal(publish(&too_long), ERROR_UNPROCESSABLE);
	assert_int_equal(publish(&with_warning), ERROR_UNPROCESSABLE);
	assert_int_equal(publish(&just_right), ERROR_NONE);
}

static void a_language_is_a_language_code(void **state)
{
	(void)state;
	const struct publish_request good = { .actor_id = FLORA, .text = STR("a"), .language = STR("pt-BR") };
	const struct publish_request bad = { .actor_id = FLORA, .text = STR("a"), .language = STR("fr\"><b>") };
	assert_int_equal(publish(&good), ERROR_NONE);
	assert_int_equal(publish(&bad), ERROR_UNPROCESSABLE);
}

static void a_post_is_rendered_and_warned_of(void **state)
{
	(void)state;
	const struct publish_request request = { .actor_id = FLORA, .text = STR("Bonjour @karim et @hidden"),
		.spoiler_text = STR("Pollen"), .visibility = POST_UNLISTED };
	assert_int_equal(publish(&request), ERROR_NONE);
	assert_true(written.is_sensitive);
	assert_int_equal(written.visibility, POST_UNLISTED);
	assert_int_equal(written.mention_count, 1);
	assert_int_equal(written.created_us, 0);
	assert_null(written.language.data);
}

static void an_importer_names_the_id_and_with_it_the_time(void **state)
{
	(void)state;
	const struct publish_request request = { .actor_id = FLORA, .text = STR("a"), .id = id_at_time(1700000000000000) + 5 };
	assert_int_equal(publish(&request), ERROR_NONE);
	assert_int_equal(written.id, request.id);
	assert_int_equal(written.created_us, 1700000000000000);
}

static void a_commit_without_answer_is_looked_up(void **state)
{
	(void)state;
	const struct publish_request request = { .actor_id = FLORA, .text = STR("a") };
	commit_error = ERROR_COMMIT_UNKNOWN;
	assert_int_equal(publish(&request), ERROR_NONE);
	commit_is_lost = true;
	assert_int_equal(publish(&request), ERROR_DATABASE_UNREACHABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_a_local_actor_in_good_standing_publishes, set_up),
		cmocka_unit_test_setup(empty_and_overlong_texts_are_refused, set_up),
		cmocka_unit_test_setup(a_language_is_a_language_code, set_up),
		cmocka_unit_test_setup(a_post_is_rendered_and_warned_of, set_up),
		cmocka_unit_test_setup(an_importer_names_the_id_and_with_it_the_time, set_up),
		cmocka_unit_test_setup(a_commit_without_answer_is_looked_up, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
