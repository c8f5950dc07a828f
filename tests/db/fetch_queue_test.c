/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The queue of fetches on a migrated database: budgets, who is taken next, what comes again. Run by
 * tests/db/test_storage.py. Each case clears the queue. */
#include "storage/domain.h"
#include "storage/fetch_queue.h"
#include "storage/pull.h"
#include "storage/statement.h"
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ROOT STR_LITERAL("https://root.example/1")
#define LEASE_MS 60000

static struct config *config;
static struct db *db, *other_db;
static struct arena *arena;

static void execute(const char *sql)
{
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_run_script(db, "test", sql), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

static int64_t count_fetches(void)
{
	static const struct statement count = STATEMENT("test_count", 0, "select count(*) from fetches");
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(db, arena, &count, NULL, &rows), ERROR_NONE);
	return db_int64(&rows, 0, 0);
}

static struct fetch_wish wish_for(int number, struct str root_uri, bool is_item)
{
	return (struct fetch_wish){ .uri = arena_printf(arena, "https://a%d.example/%d", number, number), .kind = FETCH_OBJECT,
		.root_uri = root_uri, .is_item = is_item };
}

static void make(const struct fetch_wish *wish)
{
	assert_int_equal(fetch_wish(db, arena, wish), ERROR_NONE);
}

static void make_uri(const char *uri)
{
	const struct fetch_wish wish = { .uri = str_from(uri), .kind = FETCH_OBJECT };
	make(&wish);
}

static void a_wish_is_kept_once_and_rooted_in_itself(void **state)
{
	(void)state;
	struct fetch_job job;
	make_uri("https://a.example/1");
	make_uri("https://a.example/1");
	assert_int_equal(count_fetches(), 1);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_true(str_eq(job.uri, STR_LITERAL("https://a.example/1")) && str_eq(job.root_uri, job.uri));
	assert_true(str_eq(job.peer, STR_LITERAL("a.example")));
	assert_int_equal(job.kind, FETCH_OBJECT);
	assert_int_equal(job.attempts, 1);
}

static void what_is_ours_or_no_url_is_not_wished_for(void **state)
{
	(void)state;
	make_uri("https://social.company.example/users/alice");
	make_uri("no url at all");
	assert_int_equal(count_fetches(), 0);
}

static void what_lies_too_deep_is_not_wished_for(void **state)
{
	(void)state;
	struct fetch_wish wish = wish_for(1, ROOT, false);
	wish.depth = FETCH_MAX_DEPTH + 1;
	make(&wish);
	assert_int_equal(count_fetches(), 0);
	wish.depth = FETCH_MAX_DEPTH;
	make(&wish);
	assert_int_equal(count_fetches(), 1);
}

static void a_root_has_one_budget_for_documents_and_one_for_items(void **state)
{
	(void)state;
	for (int i = 0; i < FETCH_ROOT_DOCUMENTS + 5; i++) {
		const struct fetch_wish wish = wish_for(i, ROOT, false);
		make(&wish);
		make(&wish); /* costs nothing */
	}
	assert_int_equal(count_fetches(), FETCH_ROOT_DOCUMENTS);
	for (int i = 1000; i < 1000 + FETCH_ROOT_ITEMS + 5; i++) {
		const struct fetch_wish wish = wish_for(i, ROOT, true);
		make(&wish);
	}
	assert_int_equal(count_fetches(), FETCH_ROOT_DOCUMENTS + FETCH_ROOT_ITEMS);
	const struct fetch_wish elsewhere = wish_for(5000, STR_LITERAL("https://root.example/2"), false);
	make(&elsewhere);
	assert_int_equal(count_fetches(), FETCH_ROOT_DOCUMENTS + FETCH_ROOT_ITEMS + 1);
	execute("update fetch_roots set begun_at = now() - interval '16 minutes'");
	const struct fetch_wish later = wish_for(6000, ROOT, false);
	make(&later);
	assert_int_equal(count_fetches(), FETCH_ROOT_DOCUMENTS + FETCH_ROOT_ITEMS + 2);
}

static void pages_are_counted(void **state)
{
	(void)state;
	bool is_granted;
	for (int i = 0; i <= FETCH_ROOT_PAGES; i++) {
		assert_int_equal(fetch_root_spend(db, arena, ROOT, FETCH_SPENDS_PAGE, &is_granted), ERROR_NONE);
		assert_int_equal(is_granted, i < FETCH_ROOT_PAGES);
	}
}

static void a_collection_is_walked_once_in_a_while(void **state)
{
	(void)state;
	const struct fetch_wish wish = { .uri = STR_LITERAL("https://a.example/replies"), .kind = FETCH_REPLIES, .root_uri = ROOT };
	make(&wish);
	assert_int_equal(count_fetches(), 1);
	execute("delete from fetches");
	make(&wish);
	assert_int_equal(count_fetches(), 0);
	execute("update fetch_roots set begun_at = now() - interval '16 minutes'");
	make(&wish);
	assert_int_equal(count_fetches(), 1);
}

static void one_row_of_a_host_is_taken_at_a_time(void **state)
{
	(void)state;
	struct fetch_job first, second, third;
	make_uri("https://a.example/1");
	make_uri("https://a.example/2");
	make_uri("https://b.example/1");
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &first), ERROR_NONE);
	assert_int_equal(fetch_claim(other_db, arena, LEASE_MS, &second), ERROR_NONE);
	assert_true(str_eq(first.uri, STR_LITERAL("https://a.example/1")));
	assert_true(str_eq(second.uri, STR_LITERAL("https://b.example/1")));
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &third), ERROR_NOT_FOUND);
	assert_int_equal(fetch_finish(db, arena, &first), ERROR_NONE);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &third), ERROR_NONE);
	assert_true(str_eq(third.uri, STR_LITERAL("https://a.example/2")));
	assert_int_equal(count_fetches(), 2);
}

static void who_lost_the_lease_changes_nothing(void **state)
{
	(void)state;
	struct fetch_job job;
	make_uri("https://a.example/1");
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	struct fetch_job stale = job;
	stale.leased_by++;
	assert_int_equal(fetch_finish(db, arena, &stale), ERROR_NONE);
	assert_int_equal(fetch_postpone(db, arena, &stale, 0, true, "late"), ERROR_NONE);
	assert_int_equal(count_fetches(), 1);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &stale), ERROR_NOT_FOUND);
}

static void what_is_postponed_comes_again(void **state)
{
	(void)state;
	struct fetch_job job;
	int64_t delay_us;
	make_uri("https://a.example/1");
	make_uri("https://a.example/2");
	make_uri("https://b.example/1");
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_int_equal(fetch_postpone(db, arena, &job, 60000000, false, "host_failed"), ERROR_NONE);
	assert_int_equal(fetch_postpone_peer(db, arena, job.peer, 60000000), ERROR_NONE);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_true(str_eq(job.peer, STR_LITERAL("b.example")));
	assert_int_equal(fetch_finish(db, arena, &job), ERROR_NONE);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NOT_FOUND);
	assert_int_equal(fetch_next_due(db, arena, 5000000, &delay_us), ERROR_NONE);
	assert_int_equal(delay_us, 5000000);
	assert_int_equal(fetch_next_due(db, arena, 600000000, &delay_us), ERROR_NONE);
	assert_true(delay_us > 30000000 && delay_us <= 60000000);
	execute("update fetches set due_at = now()");
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_int_equal(job.attempts, 1);
}

static void leases_of_the_dead_are_taken_over(void **state)
{
	(void)state;
	struct fetch_job job;
	int64_t count;
	make_uri("https://a.example/1");
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_int_equal(fetch_take_over(db, arena, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	execute("update fetches set leased_by = 0");
	assert_int_equal(fetch_take_over(db, arena, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(fetch_claim(db, arena, LEASE_MS, &job), ERROR_NONE);
	assert_int_equal(job.attempts, 2);
}

static void a_walk_finds_followed_actors_who_were_silent(void **state)
{
	(void)state;
	struct pull_actor *actors;
	size_t count;
	int64_t cursor;
	execute("insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, created_at, updated_at)"
		" select 100, 'Person', d.id, 'l', 'l', d.name, 'https://l.example/l', 'https://l.example/l', 'https://l.example/i', now(), now()"
		" from domains as d;"
		"insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, outbox_url, created_at, updated_at, fetched_at)"
		" select 200 + n, 'Person', 'r' || n, 'r' || n, 'r.example', 'https://r.example/' || n, 'https://r.example/' || n,"
		"  'https://r.example/i', 'https://r.example/o' || n, now(), now(), now() from generate_series(1, 4) as n;"
		"insert into actor_counts (actor_id, last_post_at) values (203, now());"
		"insert into follows (id, follower_id, followed_id, state, uri) values"
		" (1, 100, 201, 'accepted', 'https://l.example/f1'), (2, 100, 203, 'accepted', 'https://l.example/f3'),"
		" (3, 100, 204, 'pending', 'https://l.example/f4')");
	int64_t now_us = 1000000 * (int64_t)time(NULL), day_us = (int64_t)86400 * 1000000;
	assert_int_equal(pull_step(db, arena, 0, now_us, now_us - day_us, &actors, &count, &cursor), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_true(str_eq(actors[0].outbox_url, STR_LITERAL("https://r.example/o1")));
	assert_int_equal(cursor, 204);
	struct pull_actor none;
	struct pull_actor *rest = &none;
	assert_int_equal(pull_step(db, arena, cursor, now_us, now_us - day_us, &rest, &count, &cursor), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(cursor, 0);
	assert_int_equal(pull_note(db, arena, actors, 1), ERROR_NONE);
	assert_int_equal(pull_step(db, arena, 0, now_us - day_us, now_us + day_us, &actors, &count, &cursor), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_true(str_eq(actors[0].outbox_url, STR_LITERAL("https://r.example/o3")));
}

static int clear(void **state)
{
	(void)state;
	execute("delete from fetches; delete from fetch_roots");
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	const char *url = getenv("COMPTOIR_DATABASE_URL");
	if (!url)
		return -1;
	arena = arena_new(64 << 20);
	const char *setting = arena_printf(arena, "database.url=%s", url).data;
	char *message = NULL;
	struct domain domain;
	if (config_load(NULL, &setting, 1, &config, &message))
		return -1;
	db = db_new(config, DB_FEDERATION);
	other_db = db_new(config, DB_FEDERATION);
	struct db *owner = db_new(config, DB_OWNER);
	enum error error = domain_create(owner, arena, STR_LITERAL("company.example"), STR_LITERAL("https://social.company.example"), &domain);
	db_free(&owner);
	return error ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(&db);
	db_free(&other_db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_wish_is_kept_once_and_rooted_in_itself, clear),
		cmocka_unit_test_setup(what_is_ours_or_no_url_is_not_wished_for, clear),
		cmocka_unit_test_setup(what_lies_too_deep_is_not_wished_for, clear),
		cmocka_unit_test_setup(a_root_has_one_budget_for_documents_and_one_for_items, clear),
		cmocka_unit_test_setup(pages_are_counted, clear),
		cmocka_unit_test_setup(a_collection_is_walked_once_in_a_while, clear),
		cmocka_unit_test_setup(one_row_of_a_host_is_taken_at_a_time, clear),
		cmocka_unit_test_setup(who_lost_the_lease_changes_nothing, clear),
		cmocka_unit_test_setup(what_is_postponed_comes_again, clear),
		cmocka_unit_test_setup(leases_of_the_dead_are_taken_over, clear),
		cmocka_unit_test_setup(a_walk_finds_followed_actors_who_were_silent, clear),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
