/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How posts become tickets, on a migrated database: COMPTOIR_DATABASE_URL names it. Posts are stored with the rights of an
 * inbox worker, which has none on tickets. Run by tests/db/test_storage.py. */
#include "tests/db/post_world.h"

#include "server/action/ticket_threading.h"
#include "storage/id.h"
#include "storage/organisation.h"
#include "storage/ticket_arrival.h"
#include "storage/ticket_story.h"
#include "base/config.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t organisation_id;
static int world_count;

/* A brand account of its own for each case. */
static int64_t add_brand(void)
{
	int64_t actor_id = add_local(arena_printf(arena, "brand%d", ++world_count).data);
	const struct brand_account account = { .actor_id = actor_id, .organisation_id = organisation_id, .purpose = STR_LITERAL("brand") };
	if (!organisation_id) {
		const struct organisation organisation = { .id = id_new(), .slug = STR_LITERAL("shop"), .name = STR_LITERAL("Shop"),
			.kind = STR_LITERAL("company"), .locale = STR_LITERAL("en"), .time_zone = STR_LITERAL("Europe/Paris") };
		assert_int_equal(organisation_create(web, arena, &organisation), ERROR_NONE);
		organisation_id = organisation.id;
	}
	struct brand_account stored = account;
	stored.organisation_id = organisation_id;
	assert_int_equal(brand_account_create(web, arena, &stored), ERROR_NONE);
	return actor_id;
}

static void thread_all(void)
{
	int64_t count = 1;
	while (count)
		assert_int_equal(ticket_threading_run(web, arena, 10, &count), ERROR_NONE);
}

/* Mentions the brand; parent NULL: answers nothing. */
static int64_t say(int64_t author_id, int64_t brand_id, const char *name, const char *parent, enum post_visibility visibility)
{
	struct post_remote post = remote_post(author_id, name);
	post.mentioned_actor_ids = &brand_id;
	post.mention_count = 1;
	post.visibility = visibility;
	if (parent)
		post.in_reply_to_uri = arena_printf(arena, REMOTE "/p/%s", parent);
	return store_new(post);
}

static int64_t count_tickets(int64_t brand_id)
{
	return sql_number("select count(*) from tickets where actor_id = %lld and merged_into_id is null", (long long)brand_id);
}

static int64_t ticket_of(int64_t brand_id, int64_t post_id)
{
	return sql_number("select ticket_id from ticket_posts where actor_id = %lld and post_id = %lld", (long long)brand_id,
		(long long)post_id);
}

#define THREAD_POSTS 6

/* 0 <- 1 <- 2 <- 5, 0 <- 3 <- 4, in an order of their own for each seed, threaded after some of them. */
static void store_in_some_order(unsigned seed, int64_t brand_id)
{
	static const int parents[THREAD_POSTS] = { -1, 0, 1, 0, 3, 2 };
	int order[THREAD_POSTS] = { 0, 1, 2, 3, 4, 5 };
	srandom(seed);
	for (int i = THREAD_POSTS - 1; i > 0; i--) {
		int k = (int)(random() % (i + 1)), kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
	for (int i = 0; i < THREAD_POSTS; i++) {
		int n = order[i];
		const char *name = arena_printf(arena, "s%u-%d", seed, n).data;
		const char *parent = parents[n] < 0 ? NULL : arena_printf(arena, "s%u-%d", seed, parents[n]).data;
		int64_t author_id = add_remote(arena_printf(arena, "a%u-%d", seed, n).data);
		say(author_id, brand_id, name, parent, POST_PUBLIC);
		if (random() % 3)
			thread_all();
	}
	thread_all();
}

static void a_thread_is_one_ticket_in_whatever_order_it_comes(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++) {
		int64_t brand_id = add_brand();
		store_in_some_order(seed, brand_id);
		if (count_tickets(brand_id) != 1)
			fail_msg("seed %u: %lld tickets", seed, (long long)count_tickets(brand_id));
		assert_int_equal(sql_number("select count(*) from ticket_posts as p join tickets as t on t.id = p.ticket_id"
			" where t.actor_id = %lld and t.merged_into_id is null", (long long)brand_id), THREAD_POSTS);
		/* The oldest number stays, and every other leads there. */
		assert_int_equal(sql_number("select count(*) from tickets as t where t.actor_id = %lld and t.merged_into_id is null"
			" and t.number = (select min(number) from tickets where actor_id = t.actor_id)", (long long)brand_id), 1);
		assert_int_equal(sql_number("select count(*) from tickets as t join tickets as k on k.id = t.merged_into_id"
			" where t.actor_id = %lld and k.merged_into_id is not null", (long long)brand_id), 0);
	}
}

static void a_context_joins_what_has_no_parent_here(void **state)
{
	(void)state;
	int64_t brand_id = add_brand(), one = add_remote("context1"), other = add_remote("context2");
	struct post_remote first = remote_post(one, "context-first"), second = remote_post(other, "context-second");
	first.context_uri = second.context_uri = STR_LITERAL(REMOTE "/contexts/1");
	first.mentioned_actor_ids = second.mentioned_actor_ids = &brand_id;
	first.mention_count = second.mention_count = 1;
	second.in_reply_to_uri = STR_LITERAL(REMOTE "/p/not-here");
	int64_t first_id = store_new(first);
	thread_all();
	int64_t second_id = store_new(second);
	thread_all();
	assert_int_equal(ticket_of(brand_id, first_id), ticket_of(brand_id, second_id));
	assert_int_equal(count_tickets(brand_id), 1);
}

static void nobody_enters_the_private_talk_of_another(void **state)
{
	(void)state;
	int64_t brand_id = add_brand(), customer = add_remote("shy"), thief = add_remote("thief");
	int64_t asked = say(customer, brand_id, "shy-asks", NULL, POST_DIRECT);
	int64_t more = say(customer, brand_id, "shy-adds", "shy-asks", POST_DIRECT);
	int64_t intrusion = say(thief, brand_id, "thief-asks", "shy-asks", POST_DIRECT);
	thread_all();
	assert_int_equal(ticket_of(brand_id, asked), ticket_of(brand_id, more));
	assert_int_not_equal(ticket_of(brand_id, asked), ticket_of(brand_id, intrusion));
	assert_int_equal(sql_number("select count(*) from tickets where actor_id = %lld and channel = 'private'", (long long)brand_id), 2);
}

static void what_is_private_never_joins_what_is_public(void **state)
{
	(void)state;
	int64_t brand_id = add_brand(), customer = add_remote("turner");
	int64_t asked = say(customer, brand_id, "turner-asks", NULL, POST_PUBLIC);
	int64_t whispered = say(customer, brand_id, "turner-whispers", "turner-asks", POST_FOLLOWERS);
	thread_all();
	int64_t public_id = ticket_of(brand_id, asked), private_id = ticket_of(brand_id, whispered);
	assert_int_not_equal(public_id, private_id);
	assert_int_equal(sql_number("select parent_id from tickets where id = %lld", (long long)private_id), public_id);
	assert_int_equal(sql_number("select count(*) from tickets where id = %lld and channel = 'private'", (long long)private_id), 1);
	struct ticket ticket;
	assert_int_equal(db_begin(web), ERROR_NONE);
	assert_int_equal(ticket_unite(web, arena, public_id, private_id, NULL, &ticket), ERROR_UNPROCESSABLE);
	db_rollback(web);
}

static void a_mention_of_years_ago_that_is_fetched_opens_nothing(void **state)
{
	(void)state;
	int64_t brand_id = add_brand(), customer = add_remote("ancient");
	struct post_remote post = remote_post(customer, "ancient-asks");
	post.mentioned_actor_ids = &brand_id;
	post.mention_count = 1;
	post.created_us = post.received_us - 400LL * 86400 * 1000000;
	post.id = id_at_time(post.created_us) + 7;
	store_new(post);
	thread_all();
	assert_int_equal(count_tickets(brand_id), 0);
}

static void what_is_taken_and_not_committed_is_there_again(void **state)
{
	(void)state;
	int64_t brand_id = add_brand(), customer = add_remote("crasher");
	struct ticket_arrival *arrivals;
	size_t count;
	say(customer, brand_id, "crash", NULL, POST_PUBLIC);
	assert_int_equal(db_begin(web), ERROR_NONE);
	assert_int_equal(ticket_arrival_take(web, arena, 10, &arrivals, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	db_rollback(web);
	thread_all();
	thread_all();
	assert_int_equal(count_tickets(brand_id), 1);
}

static void what_fails_is_put_off_and_then_set_aside(void **state)
{
	(void)state;
	struct ticket_arrivals_state waiting;
	int64_t retried;
	run_sql("insert into ticket_arrivals (actor_id, post_id, what) values (1, 1, 'post')");
	for (int i = 0; i < TICKET_ARRIVAL_MAX_ATTEMPTS; i++) {
		assert_int_equal(ticket_arrival_put_off(web, arena, STR_LITERAL("database")), ERROR_NONE);
		run_sql("update ticket_arrivals set due_at = now() where due_at < 'infinity'");
	}
	assert_int_equal(ticket_arrival_read_state(web, arena, &waiting), ERROR_NONE);
	assert_int_equal(waiting.set_aside, 1);
	assert_int_equal(waiting.waiting, 0);
	assert_int_equal(ticket_arrival_retry(web, arena, &retried), ERROR_NONE);
	assert_int_equal(retried, 1);
	thread_all();
	assert_int_equal(sql_number("select count(*) from ticket_arrivals"), 0);
}

/* ---- several workers ---- */

static void *work(void *argument)
{
	const struct config *config = argument;
	struct db *own = db_new(config, DB_WEB);
	struct arena *own_arena = arena_new(32 << 20);
	int64_t left = 1;
	for (int i = 0; i < 200 && left; i++) {
		int64_t count = 0;
		struct ticket_arrivals_state waiting = { .waiting = 1 };
		(void)!ticket_threading_run(own, own_arena, 3, &count);
		if (!ticket_arrival_read_state(own, own_arena, &waiting))
			left = waiting.waiting;
		arena_reset(own_arena);
	}
	arena_free(&own_arena);
	db_free(&own);
	return NULL;
}

static void two_workers_make_no_second_ticket_of_a_thread(void **state)
{
	(void)state;
	int64_t brand_id = add_brand();
	pthread_t threads[2];
	char *message = NULL;
	struct config *config;
	const char *setting = arena_printf(arena, "database.url=%s", getenv("COMPTOIR_DATABASE_URL")).data;
	assert_int_equal(config_load(NULL, &setting, 1, &config, &message), 0);
	for (int i = 0; i < 30; i++) {
		int64_t customer = add_remote(arena_printf(arena, "busy%d", i).data);
		const char *first = arena_printf(arena, "busy-%d", i).data;
		say(customer, brand_id, first, NULL, POST_PUBLIC);
		say(customer, brand_id, arena_printf(arena, "busier-%d", i).data, first, POST_PUBLIC);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, config), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	config_free(&config);
	thread_all();
	assert_int_equal(count_tickets(brand_id), 30);
	assert_int_equal(sql_number("select count(*) from tickets where actor_id = %lld", (long long)brand_id), 30);
	assert_int_equal(sql_number("select count(*) from ticket_posts where actor_id = %lld", (long long)brand_id), 60);
}

/* ---- lists ---- */

static void pages_go_by_the_latest_change(void **state)
{
	(void)state;
	int64_t brand_id = add_brand();
	struct ticket *tickets;
	size_t count;
	for (int i = 0; i < 5; i++)
		say(add_remote(arena_printf(arena, "pager%d", i).data), brand_id, arena_printf(arena, "page-%d", i).data, NULL, POST_PUBLIC);
	thread_all();
	struct ticket_query query = { .actor_ids = &brand_id, .actor_count = 1, .limit = 2 };
	assert_int_equal(ticket_list(web, arena, &query, &tickets, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	int64_t newest = tickets[0].id, second_position = tickets[1].position, first_position = tickets[0].position;
	assert_true(first_position > second_position);
	query.before_position = second_position;
	assert_int_equal(ticket_list(web, arena, &query, &tickets, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_true(tickets[0].position < second_position);
	query.before_position = 0;
	query.after_position = second_position;
	assert_int_equal(ticket_list(web, arena, &query, &tickets, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(tickets[0].id, newest);
	query = (struct ticket_query){ .own_actor_ids = &brand_id, .own_actor_count = 1, .own_assignee_id = 5, .limit = 10 };
	assert_int_equal(ticket_list(web, arena, &query, &tickets, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	query = (struct ticket_query){ .actor_ids = &brand_id, .actor_count = 1, .statuses = 1U << TICKET_CLOSED, .limit = 10 };
	assert_int_equal(ticket_list(web, arena, &query, &tickets, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

static void a_ticket_that_changed_meanwhile_is_not_stored(void **state)
{
	(void)state;
	int64_t brand_id = add_brand();
	struct ticket one, other;
	int64_t post_id = say(add_remote("racer"), brand_id, "race", NULL, POST_PUBLIC);
	thread_all();
	assert_int_equal(ticket_find_by_post(web, arena, brand_id, post_id, &one), ERROR_NONE);
	other = one;
	assert_int_equal(ticket_store(web, arena, &one), ERROR_NONE);
	assert_int_equal(one.version, other.version + 1);
	assert_int_equal(ticket_store(web, arena, &other), ERROR_CONFLICT);
	assert_int_equal(ticket_find(web, arena, organisation_id + 1, one.id, &other), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_one_ticket_in_whatever_order_it_comes),
		cmocka_unit_test(a_context_joins_what_has_no_parent_here),
		cmocka_unit_test(nobody_enters_the_private_talk_of_another),
		cmocka_unit_test(what_is_private_never_joins_what_is_public),
		cmocka_unit_test(a_mention_of_years_ago_that_is_fetched_opens_nothing),
		cmocka_unit_test(what_is_taken_and_not_committed_is_there_again),
		cmocka_unit_test(what_fails_is_put_off_and_then_set_aside),
		cmocka_unit_test(two_workers_make_no_second_ticket_of_a_thread),
		cmocka_unit_test(pages_go_by_the_latest_change),
		cmocka_unit_test(a_ticket_that_changed_meanwhile_is_not_stored),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
