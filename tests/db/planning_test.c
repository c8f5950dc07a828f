/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Slots over the days when the clocks change, what may be published when, and counts of links, on a migrated database:
 * COMPTOIR_DATABASE_URL names it. Run by tests/db/test_storage.py. */
#include "tests/db/actor_world.h"

#include "storage/asset.h"
#include "storage/organisation.h"
#include "storage/queue_slot.h"
#include "storage/tagged_link.h"
#include "base/time_format.h"

static int count_of_accounts;

static int64_t moment(const char *text)
{
	int64_t time_us;
	assert_true(time_parse_rfc3339(str_from(text), &time_us));
	return time_us;
}

static struct brand_account make_account(void)
{
	int n = ++count_of_accounts;
	const struct organisation organisation = { .id = id_new(), .slug = arena_printf(arena, "plan-%d", n), .name = STR_LITERAL("Plan"),
		.kind = STR_LITERAL("company"), .locale = STR_LITERAL("fr"), .time_zone = STR_LITERAL("Europe/Paris") };
	assert_int_equal(organisation_create(db, arena, &organisation), ERROR_NONE);
	const struct brand_account account = { .actor_id = make_actor(arena_printf(arena, "plan%d", n).data),
		.organisation_id = organisation.id, .purpose = STR_LITERAL("brand") };
	assert_int_equal(brand_account_create(db, arena, &account), ERROR_NONE);
	return account;
}

static void set_slot(int64_t actor_id, int weekday, int minute)
{
	const struct queue_slot slot = { weekday, minute };
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(queue_slot_replace(db, arena, actor_id, 0, &slot, 1), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

static int64_t next_after(int64_t actor_id, const char *after)
{
	int64_t time_us = 0;
	assert_int_equal(slot_next_free(db, arena, actor_id, moment(after), &time_us), ERROR_NONE);
	return time_us;
}

static void a_slot_that_spring_leaves_out_runs_an_hour_later(void **state)
{
	(void)state;
	int64_t actor_id = make_account().actor_id;
	set_slot(actor_id, 7, 150);
	assert_int_equal(next_after(actor_id, "2027-03-27T00:00:00Z"), moment("2027-03-28T03:30:00+02:00"));
	assert_int_equal(next_after(actor_id, "2027-03-28T01:30:00Z"), moment("2027-04-04T02:30:00+02:00"));
}

static void a_slot_that_comes_twice_in_autumn_runs_once(void **state)
{
	(void)state;
	int64_t actor_id = make_account().actor_id;
	set_slot(actor_id, 7, 150);
	assert_int_equal(next_after(actor_id, "2027-10-30T00:00:00Z"), moment("2027-10-31T02:30:00+01:00"));
	assert_int_equal(next_after(actor_id, "2027-10-31T01:30:00Z"), moment("2027-11-07T02:30:00+01:00"));
}

static void a_slot_that_is_taken_is_not_the_next_free_one(void **state)
{
	(void)state;
	struct brand_account account = make_account();
	int64_t time_us;
	assert_int_equal(slot_next_free(db, arena, account.actor_id, moment("2027-01-01T00:00:00Z"), &time_us), ERROR_NOT_FOUND);
	set_slot(account.actor_id, 1, 540);
	execute("insert into drafts (id, organisation_id, number, actor_id, kind, state, author_id, author_user_id, post_id, scheduled_at,"
		" scheduled_by, scheduled_user_id) values (%lld, %lld, 1, %lld, 'post', 'scheduled', 1, 1, %lld, '2027-01-04 08:00Z', 1, 1)",
		(long long)id_new(), (long long)account.organisation_id, (long long)account.actor_id, (long long)id_new());
	assert_int_equal(next_after(account.actor_id, "2027-01-01T00:00:00Z"), moment("2027-01-11T08:00:00Z"));
}

static void slots_are_replaced_by_who_saw_them_last(void **state)
{
	(void)state;
	int64_t actor_id = make_account().actor_id, version;
	struct queue_slot *slots;
	size_t count;
	set_slot(actor_id, 1, 540);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(queue_slot_replace(db, arena, actor_id, 0, NULL, 0), ERROR_CONFLICT);
	db_rollback(db);
	assert_int_equal(queue_slot_list(db, arena, actor_id, &slots, &count, &version), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(version, 1);
}

static void files_are_held_back_by_embargo_and_end(void **state)
{
	(void)state;
	struct brand_account account = make_account();
	int64_t medium = id_new(), which, unknown = id_new();
	enum asset_verdict verdict;
	execute("insert into media (id, name, actor_id, kind, mime_type, size_bytes) values (%lld, '%022lld', %lld, 'image', 'image/png', 1)",
		(long long)medium, (long long)medium, (long long)account.actor_id);
	const struct asset asset = { .id = id_new(), .organisation_id = account.organisation_id, .actor_id = account.actor_id,
		.media_id = medium, .name = STR_LITERAL("Tulip"), .licence = STR_LITERAL(""), .credit = STR_LITERAL(""),
		.alt_texts = STR_LITERAL("{}"), .embargo_us = moment("2027-03-01T00:00:00Z"), .usable_us = moment("2027-06-01T00:00:00Z"),
		.created_by = 1 };
	assert_int_equal(asset_insert(db, arena, &asset), ERROR_NONE);
	static const struct { const char *at; enum asset_verdict verdict; } wanted[] = {
		{ "2027-02-28T23:59:59Z", ASSET_EMBARGO }, { "2027-03-01T00:00:00Z", ASSET_FINE }, { "2027-05-31T23:59:59Z", ASSET_FINE },
		{ "2027-06-01T00:00:00Z", ASSET_EXPIRED },
	};
	const int64_t media[] = { unknown, medium };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(asset_check(db, arena, account.organisation_id, media, 2, moment(wanted[i].at), &verdict, &which), ERROR_NONE);
		assert_int_equal(verdict, wanted[i].verdict);
		assert_int_equal(which, verdict == ASSET_FINE ? 0 : medium);
	}
}

static void counts_of_links_add_up_and_referrers_are_bounded(void **state)
{
	(void)state;
	struct brand_account account = make_account();
	const struct tagged_link link = { .id = id_new(), .organisation_id = account.organisation_id, .actor_id = account.actor_id,
		.code = STR_LITERAL("abcdefgh01"), .target = STR_LITERAL("https://a.example/"), .location = STR_LITERAL("https://a.example/"),
		.created_by = 1 };
	assert_int_equal(tagged_link_insert(db, arena, &link), ERROR_NONE);
	struct link_hit hits[151];
	for (int i = 0; i < 150; i++)
		hits[i] = (struct link_hit){ link.id, moment("2027-01-01T10:00:00Z"), false, arena_printf(arena, "r%d.example", i), 2 };
	hits[150] = (struct link_hit){ link.id + 1, moment("2027-01-01T10:00:00Z"), false, STR_LITERAL(""), 1 };
	assert_int_equal(link_hit_add(db, arena, hits, 151), ERROR_NONE);
	assert_int_equal(link_hit_add(db, arena, hits, 151), ERROR_NONE);
	assert_string_equal(query("select sum(hits) from link_hits where link_id = %lld", (long long)link.id), "600");
	assert_string_equal(query("select count(*) from link_hits where link_id = %lld", (long long)link.id), "101");
	struct tagged_link found;
	assert_int_equal(tagged_link_find(db, arena, account.organisation_id, link.id, &found), ERROR_NONE);
	assert_int_equal(found.people, 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_that_spring_leaves_out_runs_an_hour_later),
		cmocka_unit_test(a_slot_that_comes_twice_in_autumn_runs_once),
		cmocka_unit_test(a_slot_that_is_taken_is_not_the_next_free_one),
		cmocka_unit_test(slots_are_replaced_by_who_saw_them_last),
		cmocka_unit_test(files_are_held_back_by_embargo_and_end),
		cmocka_unit_test(counts_of_links_add_up_and_referrers_are_bounded),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
