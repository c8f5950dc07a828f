/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ keeps between actors and for them: follows, blocks, notifications, reports, tombstones, pins. Run by
 * tests/db/test_storage.py. */
#include "actor_world.h"

#include "storage/block.h"
#include "storage/notification.h"
#include "storage/pin.h"
#include "storage/report.h"
#include "storage/tombstone.h"

/* ---- follows ---- */

static void a_follow_counts_from_its_acceptance_to_its_end(void **state)
{
	(void)state;
	int64_t a = make_actor("jan");
	int64_t b = make_remote("jan");
	assert_int_equal(follow_accept(inbox_db, arena, a, b), ERROR_NOT_FOUND);
	struct follow follow = make_follow(a, b, FOLLOW_PENDING);
	assert_counts(b, 0, 0);
	assert_int_equal(follow_accept(inbox_db, arena, a, b), ERROR_NONE);
	assert_int_equal(follow_accept(inbox_db, arena, a, b), ERROR_NONE);
	assert_counts(a, 0, 1);
	assert_counts(b, 1, 0);
	struct follow found;
	assert_int_equal(follow_find_by_uri(inbox_db, arena, follow.uri, &found), ERROR_NONE);
	assert_int_equal(found.id, follow.id);
	assert_int_equal(found.follower_id, a);
	assert_int_equal(found.state, FOLLOW_ACCEPTED);
	assert_int_equal(follow_remove(inbox_db, arena, a, b), ERROR_NONE);
	assert_int_equal(follow_remove(inbox_db, arena, a, b), ERROR_NOT_FOUND);
	assert_counts(a, 0, 0);
	assert_counts(b, 0, 0);
	make_follow(b, a, FOLLOW_PENDING);
	assert_int_equal(follow_remove(inbox_db, arena, b, a), ERROR_NONE);
	assert_counts(a, 0, 0);
}

static void a_follow_takes_a_new_uri_that_is_free(void **state)
{
	(void)state;
	int64_t a = make_remote("karl");
	struct follow follow = make_follow(a, make_actor("karl1"), FOLLOW_ACCEPTED);
	struct follow other = make_follow(a, make_actor("karl2"), FOLLOW_ACCEPTED);
	assert_int_equal(follow_set_uri(inbox_db, arena, follow.id, STR_LITERAL("https://far.example/f/new")), ERROR_NONE);
	assert_int_equal(follow_set_uri(inbox_db, arena, follow.id, other.uri), ERROR_NOT_FOUND);
	struct follow found;
	assert_int_equal(follow_find_by_uri(db, arena, STR_LITERAL("https://far.example/f/new"), &found), ERROR_NONE);
	assert_int_equal(found.id, follow.id);
	assert_int_equal(follow_find_by_uri(db, arena, follow.uri, &found), ERROR_NOT_FOUND);
}

static void follows_are_listed_by_side_state_and_page(void **state)
{
	(void)state;
	int64_t star = make_actor("lena");
	int64_t near = make_actor("lena1");
	int64_t far = make_remote("lena2");
	int64_t suspended = make_remote("lena3");
	make_follow(near, star, FOLLOW_ACCEPTED);
	struct follow last = make_follow(far, star, FOLLOW_ACCEPTED);
	make_follow(suspended, star, FOLLOW_ACCEPTED);
	make_follow(make_remote("lena4"), star, FOLLOW_PENDING);
	make_follow(star, far, FOLLOW_ACCEPTED);
	assert_int_equal(actor_set_suspended(db, arena, suspended, true), ERROR_NONE);
	struct follow_page page = { .actor_id = star, .side = FOLLOW_FOLLOWERS, .state = FOLLOW_ACCEPTED, .limit = 10 };
	struct follow_item *items;
	size_t count;
	assert_int_equal(follow_list(db, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(items[0].actor_id, far);
	assert_true(str_eq(items[0].follow_uri, last.uri));
	assert_false(items[0].is_local);
	assert_int_equal(items[1].actor_id, near);
	assert_true(items[1].is_local);
	page.before_follow_id = last.id;
	assert_int_equal(follow_list(db, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	page = (struct follow_page){ .actor_id = star, .side = FOLLOW_FOLLOWERS, .state = FOLLOW_PENDING, .limit = 10 };
	assert_int_equal(follow_list(db, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	page = (struct follow_page){ .actor_id = star, .side = FOLLOW_FOLLOWING, .state = FOLLOW_ACCEPTED, .limit = 10 };
	assert_int_equal(follow_list(db, arena, &page, &items, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_string_equal(items[0].actor_uri.data, "https://far.example/users/lena2");
	int64_t *ids;
	assert_int_equal(follow_list_local_followers(inbox_db, arena, star, &ids, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], near);
}

static void followers_of_a_host_are_those_of_its_origin(void **state)
{
	(void)state;
	int64_t star = make_actor("mona");
	make_follow(make_remote("mona1"), star, FOLLOW_ACCEPTED);
	make_follow(make_remote("mona2"), star, FOLLOW_PENDING);
	struct actor_remote longer = remote_actor("mona3");
	longer.uri = STR_LITERAL("https://far.example.evil.example/users/mona3");
	longer.key_count = 0;
	make_follow(store(&longer), star, FOLLOW_ACCEPTED);
	struct str *uris;
	size_t count;
	assert_int_equal(follow_list_followers_at(inbox_db, arena, star, STR_LITERAL("https://far.example"), &uris, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_string_equal(uris[0].data, "https://far.example/users/mona1");
	assert_int_equal(follow_list_followers_at(inbox_db, arena, star, STR_LITERAL("http://far.example"), &uris, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

/* ---- blocks ---- */

static void a_block_ends_the_follows_of_both(void **state)
{
	(void)state;
	int64_t a = make_actor("nora");
	int64_t b = make_remote("nora");
	make_follow(a, b, FOLLOW_ACCEPTED);
	make_follow(b, a, FOLLOW_ACCEPTED);
	struct str uri = STR("https://far.example/blocks/1");
	assert_int_equal(db_begin(inbox_db), ERROR_NONE);
	assert_int_equal(block_create(inbox_db, arena, id_new(), b, a, uri), ERROR_NONE);
	assert_int_equal(block_create(inbox_db, arena, id_new(), b, a, STR_LITERAL("https://far.example/blocks/2")), ERROR_NONE);
	assert_int_equal(block_create(inbox_db, arena, id_new(), a, b, uri), ERROR_CONFLICT);
	assert_int_equal(block_create(inbox_db, arena, id_new(), a, a, uri), ERROR_UNPROCESSABLE);
	assert_int_equal(block_create(inbox_db, arena, id_new(), a, 7, uri), ERROR_NOT_FOUND);
	assert_int_equal(db_commit(inbox_db), ERROR_NONE);
	assert_counts(a, 0, 0);
	assert_counts(b, 0, 0);
	bool is;
	assert_int_equal(block_exists(inbox_db, arena, b, a, &is), ERROR_NONE);
	assert_true(is);
	assert_int_equal(block_exists(inbox_db, arena, a, b, &is), ERROR_NONE);
	assert_false(is);
	assert_int_equal(block_is_between(inbox_db, arena, a, b, &is), ERROR_NONE);
	assert_true(is);
	struct block found;
	assert_int_equal(block_find_by_uri(inbox_db, arena, uri, &found), ERROR_NONE);
	assert_int_equal(found.blocker_id, b);
	struct str removed;
	assert_int_equal(block_remove(inbox_db, arena, b, a, &removed), ERROR_NONE);
	assert_true(str_eq(removed, uri));
	assert_int_equal(block_remove(inbox_db, arena, b, a, &removed), ERROR_NOT_FOUND);
	assert_int_equal(block_is_between(inbox_db, arena, b, a, &is), ERROR_NONE);
	assert_false(is);
}

/* ---- notifications, reports, tombstones ---- */

static void the_same_thing_is_told_once_and_never_to_strangers(void **state)
{
	(void)state;
	int64_t told = make_actor("olga");
	int64_t far = make_remote("olga");
	int64_t post = make_post(told, 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
		assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FAVOURITE, far, post), ERROR_NONE);
	}
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld", (long long)told), "2");
	/* Oneself, somebody of another server, a post that is not there, whom one blocks. */
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_MENTION, told, 0), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, far, NOTIFICATION_MENTION, told, 0), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_MENTION, far, 7), ERROR_NONE);
	assert_int_equal(block_create(db, arena, id_new(), told, far, STR_LITERAL(BASE_URL "/blocks/olga")), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_MENTION, far, 0), ERROR_NONE);
	assert_string_equal(query("select count(*) from notifications where actor_id in (%lld, %lld)", (long long)told,
		(long long)far), "2");
	assert_int_equal(notification_remove(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(notification_remove(inbox_db, arena, told, NOTIFICATION_FAVOURITE, far, 0), ERROR_NONE);
	assert_string_equal(query("select kind from notifications where actor_id = %lld", (long long)told), "favourite");
	assert_int_equal(notification_remove(inbox_db, arena, told, NOTIFICATION_FAVOURITE, far, post), ERROR_NONE);
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld", (long long)told), "0");
}

static void a_report_keeps_the_posts_of_its_target(void **state)
{
	(void)state;
	int64_t target = make_actor("paul");
	int64_t other = make_actor("paula");
	int64_t posts[] = { make_post(target, 0), make_post(other, 0), 7 };
	struct report report = { .id = id_new(), .reporter_id = make_remote("paul"), .target_id = target, .post_ids = posts,
		.post_count = 3, .comment = STR("spam"), .uri = STR("https://far.example/flags/1") };
	assert_int_equal(report_create(inbox_db, arena, &report), ERROR_NONE);
	report.id = id_new();
	assert_int_equal(report_create(inbox_db, arena, &report), ERROR_CONFLICT);
	assert_string_equal(query("select array_to_string(post_ids, ',') from reports where uri = 'https://far.example/flags/1'"),
		arena_printf(arena, "%lld", (long long)posts[0]).data);
	report.target_id = 7;
	assert_int_equal(report_create(inbox_db, arena, &report), ERROR_NOT_FOUND);
}

static void a_tombstone_only_ever_learns_that_something_was_there(void **state)
{
	(void)state;
	struct str uri = STR("https://far.example/p/gone");
	bool exists;
	assert_int_equal(tombstone_exists(inbox_db, arena, uri, &exists), ERROR_NONE);
	assert_false(exists);
	static const bool known[] = { false, true, false };
	for (size_t i = 0; i < 3; i++) {
		struct tombstone tombstone = { .uri = uri, .was_known = known[i] };
		assert_int_equal(tombstone_add(inbox_db, arena, &tombstone), ERROR_NONE);
		assert_string_equal(query("select was_known from tombstones where uri = 'https://far.example/p/gone'"), i ? "true" : "false");
	}
	assert_int_equal(tombstone_exists(inbox_db, arena, uri, &exists), ERROR_NONE);
	assert_true(exists);
}

/* ---- pins ---- */

static void ones_own_posts_are_pinned_and_no_more_than_so_many(void **state)
{
	(void)state;
	int64_t id = make_actor("quinn");
	int64_t post = make_post(id, 0);
	assert_int_equal(pin_add(db, arena, id, make_post(make_actor("quinn2"), 0)), ERROR_NOT_FOUND);
	assert_int_equal(pin_remove(db, arena, id, post), ERROR_NOT_FOUND);
	int64_t last = 0;
	for (int i = 0; i < PIN_MAX - 1; i++) {
		last = make_post(id, 0);
		assert_int_equal(pin_add(db, arena, id, last), ERROR_NONE);
	}
	assert_int_equal(pin_add(db, arena, id, post), ERROR_NONE);
	assert_int_equal(pin_add(db, arena, id, post), ERROR_NONE);
	assert_int_equal(pin_add(db, arena, id, make_post(id, 0)), ERROR_UNPROCESSABLE);
	struct pin *pins;
	size_t count;
	assert_int_equal(pin_list(inbox_db, arena, id, &pins, &count), ERROR_NONE);
	assert_int_equal(count, PIN_MAX);
	assert_int_equal(pins[0].post_id, post);
	assert_int_equal(pins[1].post_id, last);
	assert_int_equal(pin_remove(db, arena, id, post), ERROR_NONE);
	execute("update posts set visibility = 'followers' where id = %lld", (long long)last);
	assert_int_equal(pin_list(inbox_db, arena, id, &pins, &count), ERROR_NONE);
	assert_int_equal(count, PIN_MAX - 2);
	assert_int_not_equal(pins[0].post_id, last);
}

static void remote_pins_become_what_the_collection_says(void **state)
{
	(void)state;
	int64_t id = make_remote("rosa");
	int64_t a = make_remote_post(id, 0);
	int64_t b = make_remote_post(id, 0);
	int64_t foreign = make_remote_post(make_remote("rosa2"), 0);
	int64_t first[] = { b, foreign, a, b };
	int64_t second[] = { a, b };
	struct pin *pins;
	size_t count;
	assert_int_equal(pin_replace(inbox_db, arena, id, first, 4), ERROR_NONE);
	assert_int_equal(pin_list(inbox_db, arena, id, &pins, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(pins[0].post_id, b);
	assert_int_equal(pin_replace(inbox_db, arena, id, second, 2), ERROR_NONE);
	assert_int_equal(pin_list(inbox_db, arena, id, &pins, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(pins[0].post_id, a);
	assert_int_equal(pin_replace(inbox_db, arena, id, second, 0), ERROR_NONE);
	assert_int_equal(pin_list(inbox_db, arena, id, &pins, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

static void featured_tags_are_a_short_list(void **state)
{
	(void)state;
	int64_t id = make_remote("sven");
	for (int i = 0; i < FEATURED_TAG_MAX; i++)
		assert_int_equal(featured_tag_add(inbox_db, arena, id, arena_printf(arena, "tag%d", i)), ERROR_NONE);
	assert_int_equal(featured_tag_add(inbox_db, arena, id, STR_LITERAL("tag3")), ERROR_NONE);
	assert_int_equal(featured_tag_add(inbox_db, arena, id, STR_LITERAL("more")), ERROR_UNPROCESSABLE);
	assert_int_equal(featured_tag_remove(inbox_db, arena, id, STR_LITERAL("tag3")), ERROR_NONE);
	assert_int_equal(featured_tag_remove(inbox_db, arena, id, STR_LITERAL("tag3")), ERROR_NONE);
	struct str *names;
	size_t count;
	assert_int_equal(featured_tag_list(inbox_db, arena, id, &names, &count), ERROR_NONE);
	assert_int_equal(count, FEATURED_TAG_MAX - 1);
	assert_string_equal(names[0].data, "tag0");
	assert_int_equal(featured_tag_add(inbox_db, arena, 7, STR_LITERAL("tag")), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_follow_counts_from_its_acceptance_to_its_end),
		cmocka_unit_test(a_follow_takes_a_new_uri_that_is_free),
		cmocka_unit_test(follows_are_listed_by_side_state_and_page),
		cmocka_unit_test(followers_of_a_host_are_those_of_its_origin),
		cmocka_unit_test(a_block_ends_the_follows_of_both),
		cmocka_unit_test(the_same_thing_is_told_once_and_never_to_strangers),
		cmocka_unit_test(a_report_keeps_the_posts_of_its_target),
		cmocka_unit_test(a_tombstone_only_ever_learns_that_something_was_there),
		cmocka_unit_test(ones_own_posts_are_pinned_and_no_more_than_so_many),
		cmocka_unit_test(remote_pins_become_what_the_collection_says),
		cmocka_unit_test(featured_tags_are_a_short_list),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
