/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is set around the team inbox, on a migrated database: COMPTOIR_DATABASE_URL names it. Run by tests/db/test_storage.py. A
 * COMMIT can lose its answer, before or after it was done; two people can add the last of something at once. */
#include "tests/db/actor_world.h"

#include "server/action/deed.h"
#include "storage/macro.h"
#include "storage/organisation.h"
#include "storage/organisation_domain.h"
#include "storage/routing.h"
#include "storage/saved_reply.h"
#include "storage/sla.h"

#include <pthread.h>
#include <stdatomic.h>

enum commit_loss { LOSE_NOTHING, LOSE_ANSWER, LOSE_COMMIT, LOSSES };
static enum commit_loss loss;

enum error __real_db_commit(struct db *database);
enum error __wrap_db_commit(struct db *database);
enum error __wrap_db_commit(struct db *database)
{
	enum commit_loss now = loss;
	loss = LOSE_NOTHING;
	if (now == LOSE_NOTHING)
		return __real_db_commit(database);
	if (now == LOSE_ANSWER)
		assert_int_equal(__real_db_commit(database), ERROR_NONE);
	else
		db_rollback(database);
	return ERROR_COMMIT_UNKNOWN;
}

static int64_t make_organisation(const char *slug)
{
	const struct organisation organisation = { .id = id_new(), .slug = str_from(slug), .name = STR_LITERAL("Shop"),
		.kind = STR_LITERAL("company"), .locale = STR_LITERAL("en"), .time_zone = STR_LITERAL("UTC") };
	assert_int_equal(organisation_create(db, arena, &organisation), ERROR_NONE);
	return organisation.id;
}

/* ---- deeds ---- */

static enum error write_store(struct db *database, struct arena *memory, void *owner)
{
	return saved_reply_store(database, memory, owner);
}

static enum error write_removal(struct db *database, struct arena *memory, void *owner)
{
	const struct saved_reply *reply = owner;
	return saved_reply_remove(database, memory, reply->organisation_id, reply->id);
}

static enum error do_deed(int64_t organisation_id, const char *action,
	enum error (*write)(struct db *database, struct arena *memory, void *owner), void *owner)
{
	const struct deed_author author = { .organisation_id = organisation_id, .author = { .door = AUDIT_COMMAND },
		.action = str_from(action), .target = STR_LITERAL("saved_reply:1") };
	deed_begin(&author);
	enum error error = deed_write(db, arena, write, owner, ERROR_NONE);
	(void)deed_end();
	return error;
}

static void a_deed_knows_what_it_has_committed_itself(void **state)
{
	static const char *const slugs[LOSSES] = { "kept", "unanswered", "lost" };
	(void)state;
	for (int kind = 0; kind < LOSSES; kind++) {
		int64_t organisation_id = make_organisation(slugs[kind]);
		struct saved_reply reply = { .id = id_new(), .organisation_id = organisation_id, .code = STR_LITERAL("hello"),
			.language = STR_LITERAL("en"), .body = STR_LITERAL("Hello") };
		loss = (enum commit_loss)kind;
		assert_int_equal(do_deed(organisation_id, "saved_reply.create", write_store, &reply), ERROR_NONE);
		reply.version = 1;
		reply.body = STR_LITERAL("Hello again");
		loss = (enum commit_loss)kind;
		assert_int_equal(do_deed(organisation_id, "saved_reply.change", write_store, &reply), ERROR_NONE);
		assert_string_equal(query("select body || version from saved_replies where id = %lld", (long long)reply.id), "Hello again2");
		loss = (enum commit_loss)kind;
		assert_int_equal(do_deed(organisation_id, "saved_reply.delete", write_removal, &reply), ERROR_NONE);
		assert_int_equal(loss, LOSE_NOTHING);
		assert_string_equal(query("select string_agg(action, ' ' order by number) from audit_log where organisation_id = %lld",
			(long long)organisation_id), "saved_reply.create saved_reply.change saved_reply.delete");
	}
}

static void what_others_did_meanwhile_is_refused_all_the_same(void **state)
{
	(void)state;
	int64_t organisation_id = make_organisation("others");
	struct saved_reply first = { .id = id_new(), .organisation_id = organisation_id, .code = STR_LITERAL("hello"),
		.language = STR_LITERAL("en"), .body = STR_LITERAL("Hello") };
	struct saved_reply second = first;
	second.id = id_new();
	assert_int_equal(do_deed(organisation_id, "saved_reply.create", write_store, &first), ERROR_NONE);
	loss = LOSE_ANSWER;
	assert_int_equal(do_deed(organisation_id, "saved_reply.create", write_store, &second), ERROR_CONFLICT);
	loss = LOSE_NOTHING;
	first.version = 7;
	assert_int_equal(do_deed(organisation_id, "saved_reply.change", write_store, &first), ERROR_GONE);
}

struct unlucky {
	int deadlocks;
	int tries;
};

static enum error write_unlucky(struct db *database, struct arena *memory, void *owner)
{
	struct unlucky *unlucky = owner;
	(void)database;
	(void)memory;
	return unlucky->tries++ < unlucky->deadlocks ? ERROR_UNAVAILABLE : ERROR_NONE;
}

static void who_loses_a_deadlock_tries_again_but_not_for_ever(void **state)
{
	(void)state;
	struct unlucky twice = { .deadlocks = 2 }, always = { .deadlocks = 1000 };
	assert_int_equal(deed_write(db, arena, write_unlucky, &twice, ERROR_NONE), ERROR_NONE);
	assert_int_equal(twice.tries, 3);
	assert_int_equal(deed_write(db, arena, write_unlucky, &always, ERROR_NONE), ERROR_UNAVAILABLE);
	assert_int_equal(always.tries, 4);
}

/* ---- limits ---- */

static enum error add_reply(struct db *database, struct arena *memory, int64_t organisation_id, const char *name)
{
	const struct saved_reply reply = { .id = id_new(), .organisation_id = organisation_id, .code = str_from(name),
		.language = STR_LITERAL("en"), .body = STR_LITERAL("Hello") };
	return saved_reply_store(database, memory, &reply);
}

static enum error add_macro(struct db *database, struct arena *memory, int64_t organisation_id, const char *name)
{
	const struct macro macro = { .id = id_new(), .organisation_id = organisation_id, .name = str_from(name),
		.actions = STR_LITERAL("[]") };
	return macro_store(database, memory, &macro);
}

static enum error add_rule(struct db *database, struct arena *memory, int64_t organisation_id, const char *name)
{
	const struct routing_rule rule = { .id = id_new(), .organisation_id = organisation_id, .name = str_from(name),
		.condition = STR_LITERAL("{}"), .actions = STR_LITERAL("[]") };
	return routing_rule_store(database, memory, &rule);
}

static enum error add_policy(struct db *database, struct arena *memory, int64_t organisation_id, const char *name)
{
	const struct sla_policy policy = { .id = id_new(), .organisation_id = organisation_id, .name = str_from(name),
		.first_reply_s = 3600 };
	return sla_policy_store(database, memory, &policy);
}

static enum error add_domain(struct db *database, struct arena *memory, int64_t organisation_id, const char *name)
{
	const struct organisation_domain named = { .id = id_new(), .organisation_id = organisation_id,
		.domain = arena_printf(memory, "%s.example", name), .token = STR_LITERAL("0123456789abcdef0123456789abcdef") };
	return organisation_domain_add(database, memory, &named);
}

struct limit {
	const char *slug;
	enum error (*add)(struct db *database, struct arena *memory, int64_t organisation_id, const char *name);
	const char *fill; /* all but one; %lld: the organisation */
};

static const struct limit limits[] = {
	{ "replies", add_reply, "insert into saved_replies (id, organisation_id, code, language, body)"
		" select n, %lld, 'r' || n, 'en', 'Hi' from generate_series(2, 2000) as n" },
	{ "macros", add_macro, "insert into macros (id, organisation_id, name, actions)"
		" select n, %lld, 'm' || n, '[]' from generate_series(2, 500) as n" },
	{ "rules", add_rule, "insert into routing_rules (id, organisation_id, name, condition, actions)"
		" select n, %lld, 'r' || n, '{}', '[]' from generate_series(2, 200) as n" },
	{ "policies", add_policy, "insert into sla_policies (id, organisation_id, name, first_reply_s)"
		" select n, %lld, 'p' || n, 60 from generate_series(2, 100) as n" },
	{ "domains", add_domain, "insert into organisation_domains (id, organisation_id, domain, token)"
		" select n, %lld, 'd' || n || '.example', repeat('a', 32) from generate_series(2, 50) as n" },
};

struct second {
	const struct limit *limit;
	int64_t organisation_id;
	atomic_bool has_ended;
	enum error error;
};

static void *add_second(void *argument)
{
	struct second *second = argument;
	AUTO(arena) struct arena *memory = arena_new((size_t)1024 * 1024);
	struct db *database = db_new(config, DB_WEB);
	second->error = db_begin(database);
	if (!second->error)
		second->error = second->limit->add(database, memory, second->organisation_id, "second");
	if (!second->error)
		second->error = __real_db_commit(database);
	if (db_is_in_transaction(database))
		db_rollback(database);
	db_free(&database);
	atomic_store(&second->has_ended, true);
	return NULL;
}

static bool somebody_waits(void)
{
	static const struct statement waiting = { "test_waiting", 0, "select exists (select from pg_locks where not granted)" };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(db, arena, &waiting, NULL, &rows), ERROR_NONE);
	return db_bool(&rows, 0, 0);
}

static void two_at_once_are_not_more_than_there_may_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct second second = { .limit = &limits[i], .organisation_id = make_organisation(limits[i].slug) };
		pthread_t thread;
		bool is_held_up = false;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		execute(limits[i].fill, (long long)second.organisation_id);
#pragma GCC diagnostic pop
		assert_int_equal(db_begin(db), ERROR_NONE);
		assert_int_equal(limits[i].add(db, arena, second.organisation_id, "first"), ERROR_NONE);
		assert_int_equal(pthread_create(&thread, NULL, add_second, &second), 0);
		while (!atomic_load(&second.has_ended) && !is_held_up)
			is_held_up = somebody_waits();
		assert_int_equal(__real_db_commit(db), ERROR_NONE);
		pthread_join(thread, NULL);
		assert_int_equal(second.error, ERROR_CONTENT_TOO_LARGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deed_knows_what_it_has_committed_itself),
		cmocka_unit_test(what_others_did_meanwhile_is_refused_all_the_same),
		cmocka_unit_test(who_loses_a_deadlock_tries_again_but_not_for_ever),
		cmocka_unit_test(two_at_once_are_not_more_than_there_may_be),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
