/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cards of customers on a migrated database: COMPTOIR_DATABASE_URL names it. Run by tests/db/test_storage.py. */
#include "tests/db/post_world.h"

#include "storage/consent.h"
#include "storage/contact.h"
#include "storage/id.h"
#include "storage/organisation.h"
#include "base/config.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAKERS 4

static const struct audit_author nobody = { .door = AUDIT_COMMAND };

static int64_t add_organisation(const char *slug)
{
	const struct organisation organisation = { .id = id_new(), .slug = str_from(slug), .name = STR_LITERAL("Shop"),
		.kind = STR_LITERAL("company"), .locale = STR_LITERAL("en"), .time_zone = STR_LITERAL("Europe/Paris") };
	assert_int_equal(organisation_create(web, arena, &organisation), ERROR_NONE);
	return organisation.id;
}

static int64_t shop(void)
{
	static int64_t id;
	id = id ? id : add_organisation("shop");
	return id;
}

static int64_t add_contact(const char *name)
{
	int64_t id;
	assert_int_equal(contact_of_actor(web, arena, shop(), add_remote(name), &id), ERROR_NONE);
	return id;
}

static bool has(int64_t contact_id, const char *tag)
{
	bool has_tag;
	assert_int_equal(contact_has_tag(web, arena, contact_id, str_from(tag), &has_tag), ERROR_NONE);
	return has_tag;
}

static void tag(int64_t card_id, const char *one, const char *other)
{
	const struct str tags[] = { str_from(one), str_from(other) };
	assert_int_equal(contact_tag_replace(web, arena, card_id, tags, other ? 2 : one ? 1 : 0), ERROR_NONE);
}

static int64_t card_of(int64_t id)
{
	struct contact contact;
	assert_int_equal(contact_find(web, arena, shop(), id, &contact), ERROR_NONE);
	return contact.id;
}

static void merge(int64_t gone_id, int64_t kept_id)
{
	assert_int_equal(contact_merge(web, arena, gone_id, kept_id, &nobody), ERROR_NONE);
}

static void an_actor_is_one_contact_of_an_organisation(void **state)
{
	(void)state;
	int64_t actor_id = add_remote("one"), other = add_organisation("other"), first, second, theirs;
	struct contact contact;
	assert_int_equal(contact_of_actor(web, arena, shop(), actor_id, &first), ERROR_NONE);
	assert_int_equal(contact_of_actor(web, arena, shop(), actor_id, &second), ERROR_NONE);
	assert_int_equal(contact_of_actor(web, arena, other, actor_id, &theirs), ERROR_NONE);
	assert_int_equal(first, second);
	assert_int_not_equal(first, theirs);
	assert_int_equal(contact_find(web, arena, shop(), theirs, &contact), ERROR_NOT_FOUND);
	assert_int_equal(contact_lock(web, arena, shop(), theirs, &contact), ERROR_NOT_FOUND);
}

struct maker {
	pthread_t thread;
	pthread_barrier_t *barrier;
	const struct config *config;
	int64_t organisation_id, actor_id, contact_id;
	enum error error;
};

static void *make(void *data)
{
	struct maker *maker = data;
	struct db *db = db_new(maker->config, DB_WEB);
	struct arena *own = arena_new(1 << 20);
	maker->error = db_ping(db);
	pthread_barrier_wait(maker->barrier);
	if (!maker->error)
		maker->error = contact_of_actor(db, own, maker->organisation_id, maker->actor_id, &maker->contact_id);
	arena_free(&own);
	db_free(&db);
	return NULL;
}

static void several_at_once_make_one(void **state)
{
	(void)state;
	struct maker makers[MAKERS];
	pthread_barrier_t barrier;
	int64_t actor_id = add_remote("wanted");
	struct config *config = NULL;
	char *message = NULL;
	const char *setting = arena_printf(arena, "database.url=%s", getenv("COMPTOIR_DATABASE_URL")).data;
	assert_int_equal(config_load(NULL, &setting, 1, &config, &message), 0);
	pthread_barrier_init(&barrier, NULL, MAKERS);
	for (int i = 0; i < MAKERS; i++) {
		makers[i] = (struct maker){ .barrier = &barrier, .config = config, .organisation_id = shop(), .actor_id = actor_id };
		assert_int_equal(pthread_create(&makers[i].thread, NULL, make, &makers[i]), 0);
	}
	for (int i = 0; i < MAKERS; i++)
		assert_int_equal(pthread_join(makers[i].thread, NULL), 0);
	pthread_barrier_destroy(&barrier);
	config_free(&config);
	for (int i = 0; i < MAKERS; i++) {
		assert_int_equal(makers[i].error, ERROR_NONE);
		assert_int_equal(makers[i].contact_id, makers[0].contact_id);
	}
	assert_int_equal(sql_number("select count(*) from contacts as c where not exists"
		" (select from contact_identities as i where i.contact_id = c.id)"), 0);
}

static void tags_are_those_of_the_card(void **state)
{
	(void)state;
	int64_t one = add_contact("tag-one"), two = add_contact("tag-two");
	tag(one, "vip", NULL);
	tag(two, "angry", "late");
	assert_true(has(one, "vip"));
	assert_false(has(one, "angry"));
	merge(two, one);
	assert_true(has(two, "vip") && has(one, "angry") && has(two, "late"));
	/* What does not hold here any more holds on the other again, once it stands alone. */
	tag(one, "vip", "late");
	assert_false(has(one, "angry") || has(two, "angry"));
	assert_int_equal(contact_unmerge(web, arena, one, two, &nobody), ERROR_NONE);
	assert_true(has(two, "angry") && has(two, "late") && has(one, "vip"));
	assert_false(has(one, "angry") || has(one, "late") || has(two, "vip"));
}

static void a_card_is_taken_apart_with_what_was_merged_into_it(void **state)
{
	(void)state;
	int64_t a = add_contact("chain-a"), b = add_contact("chain-b"), c = add_contact("chain-c");
	merge(a, b);
	merge(b, c);
	assert_true(card_of(a) == c && card_of(b) == c);
	assert_int_equal(contact_unmerge(web, arena, c, b, &nobody), ERROR_NONE);
	assert_true(card_of(a) == b && card_of(b) == b && card_of(c) == c);
	assert_int_equal(contact_unmerge(web, arena, c, a, &nobody), ERROR_NOT_FOUND);
	merge(b, c);
	assert_int_equal(contact_unmerge(web, arena, c, a, &nobody), ERROR_NONE);
	assert_true(card_of(a) == a && card_of(b) == c);
	assert_int_equal(contact_unmerge(web, arena, c, c, &nobody), ERROR_NOT_FOUND);
	assert_int_equal(sql_number("select count(*) from contact_merges where is_undone and into_id = %lld", (long long)c), 2);
}

static void a_card_is_made_of_so_many_only(void **state)
{
	(void)state;
	int64_t kept = add_contact("many");
	for (int i = 0; i <= CONTACT_MERGED_MAX; i++) {
		int64_t gone = add_contact(arena_printf(arena, "many%d", i).data);
		assert_int_equal(db_begin(web), ERROR_NONE);
		enum error error = contact_merge(web, arena, gone, kept, &nobody);
		assert_int_equal(error, i < CONTACT_MERGED_MAX - 1 ? ERROR_NONE : ERROR_UNPROCESSABLE);
		if (error)
			db_rollback(web);
		else
			assert_int_equal(db_commit(web), ERROR_NONE);
	}
}

static enum error try_merge(int64_t gone, int64_t kept)
{
	assert_int_equal(db_begin(web), ERROR_NONE);
	enum error error = contact_merge(web, arena, gone, kept, &nobody);
	db_rollback(web);
	return error;
}

static void a_card_shows_all_that_its_parts_have(void **state)
{
	(void)state;
	int64_t kept = add_contact("shown"), gone = add_contact("shown2");
	for (int half = 0; half < 2; half++) {
		sql_number("with added as (insert into consents (id, contact_id, purpose, basis, evidence, given_at)"
			" select %lld + n, %lld, 'service', 'consent', 'said so', now() from generate_series(1, 250) as n returning 1)"
			" select count(*) from added", (long long)id_new(), (long long)(half ? kept : gone));
		assert_int_equal(try_merge(gone, kept), ERROR_NONE);
	}
	sql_number("with added as (insert into consents (id, contact_id, purpose, basis, evidence, given_at)"
		" values (%lld, %lld, 'service', 'consent', 'said so', now()) returning 1) select count(*) from added",
		(long long)id_new(), (long long)kept);
	assert_int_equal(try_merge(gone, kept), ERROR_UNPROCESSABLE);
}

static bool holds(int64_t contact_id)
{
	bool it_holds;
	assert_int_equal(consent_holds(web, arena, contact_id, STR_LITERAL("segment"), &it_holds), ERROR_NONE);
	return it_holds;
}

static void a_consent_is_of_the_card_and_goes_with_its_contact(void **state)
{
	(void)state;
	int64_t one = add_contact("consent-one"), two = add_contact("consent-two");
	const struct consent consent = { .id = id_new(), .contact_id = two, .purpose = STR_LITERAL("segment"),
		.basis = STR_LITERAL("consent"), .evidence = STR_LITERAL("said so"), .given_us = 1000000 };
	assert_int_equal(consent_add(web, arena, &consent), ERROR_NONE);
	assert_true(holds(two) && !holds(one));
	merge(two, one);
	assert_true(holds(two) && holds(one));
	assert_int_equal(consent_withdraw(web, arena, two, consent.id, &nobody), ERROR_NOT_FOUND);
	assert_int_equal(consent_withdraw(web, arena, one, consent.id, &nobody), ERROR_NONE);
	assert_false(holds(two) || holds(one));
	assert_int_equal(contact_unmerge(web, arena, one, two, &nobody), ERROR_NONE);
	assert_false(holds(two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_actor_is_one_contact_of_an_organisation),
		cmocka_unit_test(several_at_once_make_one),
		cmocka_unit_test(tags_are_those_of_the_card),
		cmocka_unit_test(a_card_is_taken_apart_with_what_was_merged_into_it),
		cmocka_unit_test(a_card_is_made_of_so_many_only),
		cmocka_unit_test(a_card_shows_all_that_its_parts_have),
		cmocka_unit_test(a_consent_is_of_the_card_and_goes_with_its_contact),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
