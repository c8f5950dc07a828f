/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Home timelines in the database: whose are written, by the rights of an inbox worker too, and that pages and streams agree
 * on what is in them. Run by tests/db/test_storage.py. */
#include "post_world.h"

#include "storage/block.h"
#include "storage/home.h"
#include "storage/id.h"
#include "storage/post_glance.h"
#include "storage/reaction.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t *list(int64_t owner_id, const struct id_page *page, size_t *ret_count)
{
	int64_t *ids;
	assert_int_equal(home_list(web, arena, owner_id, page, &ids, ret_count), ERROR_NONE);
	struct post_glance *glances;
	size_t glance_count;
	int64_t until_us;
	assert_int_equal(post_glance_list_home(web, arena, owner_id, page, &glances, &glance_count, &until_us), ERROR_NONE);
	assert_int_equal(glance_count, *ret_count);
	for (size_t i = 0; i < glance_count; i++)
		assert_int_equal(glances[i].id, ids[i]);
	return ids;
}

static size_t count_of(int64_t owner_id)
{
	const struct id_page page = { .limit = 40 };
	size_t count;
	list(owner_id, &page, &count);
	return count;
}

static int64_t stored(int64_t owner_id)
{
	return sql_number("select count(*) from home_items where owner_id = %lld", (long long)owner_id);
}

static void what_arrives_is_written_by_the_inbox_for_those_who_read(void **state)
{
	(void)state;
	int64_t reader = add_local("home1"), idle = add_local("home2"), author = add_remote("home3");
	add_follow(reader, author, FOLLOW_ACCEPTED);
	add_follow(idle, author, FOLLOW_ACCEPTED);
	assert_int_equal(count_of(reader), 0);
	struct post_remote post = remote_post(author, "home-a");
	post.created_us = post.received_us = clock_now_us();
	int64_t id = store_new(post);
	assert_int_equal(stored(reader), 1);
	assert_int_equal(stored(idle), 0);
	assert_int_equal(count_of(reader), 1);
	assert_int_equal(count_of(idle), 1);
	const int64_t owners[] = { reader, idle, author };
	int64_t *found;
	size_t count;
	assert_int_equal(home_list_owners(web, arena, id, owners, 3, &found, &count), ERROR_NONE);
	assert_int_equal(count, 2);
}

static void a_pending_follow_brings_nothing_and_an_ended_one_takes_its_posts_along(void **state)
{
	(void)state;
	int64_t reader = add_local("home4"), author = add_local("home5");
	assert_int_equal(count_of(reader), 0);
	add_follow(reader, author, FOLLOW_PENDING);
	add_post(author, POST_PUBLIC, 0);
	assert_int_equal(stored(reader), 0);
	assert_int_equal(follow_accept(web, arena, reader, author), ERROR_NONE);
	assert_int_equal(stored(reader), 1);
	assert_int_equal(follow_remove(web, arena, reader, author), ERROR_NONE);
	assert_int_equal(stored(reader), 0);
}

static void a_block_empties_both_sides_for_good(void **state)
{
	(void)state;
	int64_t reader = add_local("home6"), author = add_local("home7");
	assert_int_equal(count_of(reader), 0);
	add_follow(reader, author, FOLLOW_ACCEPTED);
	add_post(author, POST_PUBLIC, 0);
	assert_int_equal(stored(reader), 1);
	struct str uri = STR(REMOTE "/blocks/home");
	assert_int_equal(block_create(web, arena, id_new(), author, reader, uri), ERROR_NONE);
	assert_int_equal(stored(reader), 0);
	assert_int_equal(block_remove(web, arena, author, reader, &uri), ERROR_NONE);
	assert_int_equal(count_of(reader), 0);
}

static void pages_are_full_however_many_items_are_unwanted(void **state)
{
	(void)state;
	int64_t reader = add_local("home8"), author = add_local("home9"), muted = add_local("home10");
	assert_int_equal(count_of(reader), 0);
	add_follow(reader, author, FOLLOW_ACCEPTED);
	add_follow(reader, muted, FOLLOW_ACCEPTED);
	for (int i = 0; i < 4; i++)
		add_post(author, POST_PUBLIC, 0);
	for (int i = 0; i < 60; i++)
		add_post(muted, POST_PUBLIC, 0);
	run_sql("insert into mutes (id, muter_id, muted_id) values (%lld, %lld, %lld)", (long long)reader, (long long)reader,
		(long long)muted);
	const struct id_page page = { .limit = 3 };
	size_t count;
	int64_t *ids = list(reader, &page, &count);
	assert_int_equal(count, 3);
	assert_true(ids[0] > ids[1] && ids[1] > ids[2]);
	const struct id_page above = { .limit = 2, .min_id = ids[2] - 1 };
	int64_t *next = list(reader, &above, &count);
	assert_int_equal(count, 2);
	assert_int_equal(next[0], ids[1]);
	assert_int_equal(next[1], ids[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_arrives_is_written_by_the_inbox_for_those_who_read),
		cmocka_unit_test(a_pending_follow_brings_nothing_and_an_ended_one_takes_its_posts_along),
		cmocka_unit_test(a_block_empties_both_sides_for_good),
		cmocka_unit_test(pages_are_full_however_many_items_are_unwanted),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
