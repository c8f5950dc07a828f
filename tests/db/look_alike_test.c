/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is found to look like a brand, on a migrated database: COMPTOIR_DATABASE_URL names it. Run by
 * tests/db/test_storage.py. */
#include "tests/db/actor_world.h"

#include "server/jobs/job_worker.h"
#include "storage/look_alike.h"
#include "storage/organisation.h"
#include "storage/organisation_domain.h"

struct shop {
	int64_t organisation_id, brand_id;
};

static struct shop make_shop(const char *username, const char *display_name)
{
	struct shop shop = { .organisation_id = id_new(), .brand_id = make_actor(username) };
	const struct organisation organisation = { .id = shop.organisation_id,
		.slug = arena_printf(arena, "shop-%lld", (long long)shop.organisation_id % 1000000007), .name = str_from(display_name),
		.kind = STR_LITERAL("company"), .locale = STR_LITERAL("fr"), .time_zone = STR_LITERAL("Europe/Paris") };
	const struct brand_account account = { .actor_id = shop.brand_id, .organisation_id = shop.organisation_id,
		.purpose = STR_LITERAL("brand") };
	assert_int_equal(organisation_create(db, arena, &organisation), ERROR_NONE);
	assert_int_equal(brand_account_create(db, arena, &account), ERROR_NONE);
	execute("update actors set display_name = '%s' where id = %lld", display_name, (long long)shop.brand_id);
	return shop;
}

static int64_t make_far(const char *username, const char *display_name, const char *host)
{
	struct actor_remote actor = remote_actor(username);
	actor.uri = arena_printf(arena, "https://%s/users/%s", host, username);
	actor.url = actor.uri;
	actor.inbox_url = arena_printf(arena, "https://%s/users/%s/inbox", host, username);
	actor.domain = str_from(host);
	actor.display_name = str_from(display_name);
	actor.key_count = 0;
	return store(&actor);
}

static void compare_all(void)
{
	struct job_run run = { .db = db, .arena = arena };
	assert_int_equal(job_look_alikes_run(&run), ERROR_NONE);
	assert_string_equal(query("select count(*) from look_alike_waiting"), "0");
}

/* "username 1 open", or "nothing". */
static const char *finding(const struct shop *shop, int64_t actor_id)
{
	return query("select coalesce((select matched || ' ' || distance || ' ' || state from look_alikes"
		" where organisation_id = %lld and actor_id = %lld), 'nothing')", (long long)shop->organisation_id, (long long)actor_id);
}

static void names_that_pass_for_a_brand_are_found(void **state)
{
	(void)state;
	struct shop shop = make_shop("boulangerie", "La Boulange de Paul");
	int64_t same = make_far("boulangerie", "x", "one.example"), cyrillic = make_far("somebody", "L\xD0\xB0 b\xD0\xBEul\xD0\xB0nge de Paul",
		"one.example");
	int64_t near = make_far("boulangeriee", "x", "one.example"), far = make_far("boucherie", "Paul", "one.example");
	int64_t local = make_actor("bou1angerie");
	compare_all();
	assert_string_equal(finding(&shop, same), "username 0 open");
	assert_string_equal(finding(&shop, cyrillic), "display_name 0 open");
	assert_string_equal(finding(&shop, near), "username 1 open");
	assert_string_equal(finding(&shop, far), "nothing");
	assert_string_equal(finding(&shop, local), "username 0 open");
}

static void a_brand_does_not_look_like_its_own(void **state)
{
	(void)state;
	struct shop shop = make_shop("quincaillerie", "Quincaillerie Dupont");
	const struct brand_account second = { .actor_id = make_actor("quincaillerie1"), .organisation_id = shop.organisation_id,
		.purpose = STR_LITERAL("support") };
	assert_int_equal(brand_account_create(db, arena, &second), ERROR_NONE);
	compare_all();
	assert_string_equal(finding(&shop, shop.brand_id), "nothing");
	assert_string_equal(finding(&shop, second.actor_id), "nothing");
}

static void accounts_of_its_verified_domains_are_its_own(void **state)
{
	(void)state;
	struct shop shop = make_shop("papeterie", "Papeterie");
	struct organisation_domain own = { .id = id_new(), .organisation_id = shop.organisation_id,
		.domain = STR_LITERAL("papeterie.example"), .token = STR_LITERAL("tttttttttttttttttttttttt") };
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(organisation_domain_add(db, arena, &own), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	int64_t before = make_far("papeterie", "x", "papeterie.example");
	compare_all();
	assert_string_equal(finding(&shop, before), "username 0 open");
	own.method = STR_LITERAL("dns_txt");
	own.verified_us = own.checked_us = clock_now_us();
	assert_int_equal(organisation_domain_store(db, arena, &own), ERROR_NONE);
	int64_t below = make_far("papeterie", "x", "social.papeterie.example");
	int64_t other = make_far("papeterie", "x", "notpapeterie.example");
	compare_all();
	assert_string_equal(finding(&shop, below), "nothing");
	assert_string_equal(finding(&shop, other), "username 0 open");
}

static void short_names_are_found_when_they_are_equal(void **state)
{
	(void)state;
	struct shop shop = make_shop("zyx", "ZYX");
	int64_t same = make_far("z-y-x", "x", "two.example"), near = make_far("zyw", "x", "two.example");
	compare_all();
	assert_string_equal(finding(&shop, same), "username 0 open");
	assert_string_equal(finding(&shop, near), "nothing");
}

static void who_changes_name_is_compared_anew(void **state)
{
	(void)state;
	struct shop shop = make_shop("librairie", "Librairie du Port");
	int64_t actor_id = make_far("harmless", "Harmless", "three.example"), dismissed = make_far("librairies", "x", "three.example");
	compare_all();
	assert_string_equal(finding(&shop, actor_id), "nothing");
	execute("update actors set display_name = 'Librairie du P0rt' where id = %lld", (long long)actor_id);
	execute("update look_alikes set state = 'dismissed', decided_at = now() where actor_id = %lld", (long long)dismissed);
	execute("update actors set summary_html = 'other' where id = %lld", (long long)dismissed);
	assert_string_equal(query("select count(*) from look_alike_waiting"), "1");
	compare_all();
	assert_string_equal(finding(&shop, actor_id), "display_name 0 open");
	execute("update actors set display_name = 'Librairie du Port' where id = %lld", (long long)dismissed);
	compare_all();
	assert_string_equal(finding(&shop, dismissed), "display_name 0 open");
	execute("update look_alikes set state = 'dismissed', decided_at = now() where actor_id = %lld", (long long)dismissed);
	execute("update actors set display_name = 'Somebody' where id in (%lld, %lld)", (long long)actor_id, (long long)dismissed);
	compare_all();
	assert_string_equal(finding(&shop, actor_id), "nothing");
	assert_string_equal(finding(&shop, dismissed), "display_name 0 dismissed");
}

static void a_new_or_renamed_brand_is_held_against_everybody_known(void **state)
{
	(void)state;
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
		" select 10000 + n, 'Person', 'crowd' || n, 'crowd' || n, 'c.example',"
		"   'https://c.example/' || n, 'https://c.example/' || n, 'https://c.example/' || n, now(), now(), now()"
		" from generate_series(1, 4500) as n");
	int64_t early = make_far("fromagerie", "x", "early.example"), crowd = 10000 + 4400;
	execute("update actors set display_name = 'Chez Lucette' where id = %lld", (long long)crowd);
	compare_all();
	struct shop shop = make_shop("fromagerie", "Fromages Aubrac");
	compare_all();
	assert_string_equal(finding(&shop, early), "username 0 open");
	assert_string_equal(finding(&shop, crowd), "nothing");
	execute("update actors set display_name = 'Chez Lucette', username = 'fr0mages' where id = %lld", (long long)shop.brand_id);
	compare_all();
	assert_string_equal(finding(&shop, early), "nothing");
	assert_string_equal(finding(&shop, crowd), "display_name 0 open");
	execute("update actors set display_name = 'Nobody else' where id = %lld", (long long)shop.brand_id);
	compare_all();
	assert_string_equal(finding(&shop, crowd), "nothing");
	assert_string_equal(query("select count(*) from look_alike_brands_waiting"), "0");
}

static void a_brand_that_is_suspended_waits_for_nobody(void **state)
{
	(void)state;
	int64_t early = make_far("cordonnerie", "x", "early.example");
	struct shop shop = make_shop("cordonnerie", "Cordonnerie");
	execute("update actors set suspended_at = now() where id = %lld", (long long)shop.brand_id);
	compare_all();
	assert_string_equal(finding(&shop, early), "nothing");
	assert_string_equal(query("select count(*) from look_alike_brands_waiting"), "0");
}

static void a_batch_of_many_is_compared_with_many(void **state)
{
	(void)state;
	struct shop shop = make_shop("charcuterie", "Charcuterie");
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
		" select 5000 + n, 'Organization', 'many' || n || repeat('y', n %% 7), 'many' || n || repeat('y', n %% 7), 'm.example',"
		"   'https://m.example/' || n, 'https://m.example/' || n, 'https://m.example/' || n, now(), now(), now()"
		" from generate_series(1, 1200) as n");
	execute("insert into brand_accounts (actor_id, organisation_id) select 5000 + n, %lld from generate_series(1, 1200) as n",
		(long long)shop.organisation_id);
	execute("insert into look_alike_waiting (actor_id) select a.id from actors as a, generate_series(1, 2)");
	int64_t actor_id = make_far("charcuteriee", "x", "many.example");
	compare_all();
	assert_string_equal(finding(&shop, actor_id), "username 1 open");
	assert_string_equal(query("select count(*) from look_alikes where actor_id between 5001 and 6200"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_pass_for_a_brand_are_found),
		cmocka_unit_test(a_brand_does_not_look_like_its_own),
		cmocka_unit_test(accounts_of_its_verified_domains_are_its_own),
		cmocka_unit_test(short_names_are_found_when_they_are_equal),
		cmocka_unit_test(who_changes_name_is_compared_anew),
		cmocka_unit_test(a_new_or_renamed_brand_is_held_against_everybody_known),
		cmocka_unit_test(a_brand_that_is_suspended_waits_for_nobody),
		cmocka_unit_test(a_batch_of_many_is_compared_with_many),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
