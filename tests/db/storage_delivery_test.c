/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sending half of storage/ on a migrated database: the outbox and its deliveries, who takes them, and rings. Run by
 * tests/db/test_storage.py. Each case has an author and hosts of its own. */
#include "storage/activity_out.h"
#include "storage/actor.h"
#include "storage/db_notify.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/statement.h"
#include "storage/wake.h"
#include "base/clock.h"
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct config *config;
static struct db *db;
static struct db *other_db;
static struct arena *arena;
static struct domain domain;

/* ---- what the cases are written with ---- */

__attribute__((format(printf, 1, 2))) static void execute(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_run_script(db, "test", sql.data), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

static struct str text_of(struct str sql)
{
	static int number;
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	*statement = (struct statement){ arena_printf(arena, "test_%d", number++).data, 0, sql.data };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(db, arena, statement, NULL, &rows), ERROR_NONE);
	return rows.count ? db_text(&rows, 0, 0) : STR_LITERAL("nothing");
}

/* The first column of the first row, as text. */
__attribute__((format(printf, 1, 2))) static const char *query(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str inner = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	struct str value = text_of(arena_printf(arena, "select (%.*s)::text", STR_ARG(inner)));
	return value.data ? value.data : "null";
}

static int64_t make_author(const char *name)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = str_from(name),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

/* Remote actors name1@host, name2@host ... with a shared inbox. */
static int64_t make_remote(const char *host, const char *name)
{
	int64_t id = id_new();
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at, "
		"updated_at, fetched_at) values (%lld, 'Person', '%s', '%s', '%s', 'https://%s/%s', 'https://%s/%s', "
		"'https://%s/%s/inbox', 'https://%s/inbox', now(), now(), now())",
		(long long)id, name, name, host, host, name, host, name, host, name, host);
	return id;
}

static void make_follow(int64_t follower_id, int64_t followed_id, const char *state)
{
	long long id = (long long)id_new();
	execute("insert into follows (id, follower_id, followed_id, state, uri) values (%lld, %lld, %lld, '%s', "
		"'https://follow.example/%lld'); insert into actor_counts as c (actor_id, followers) values (%lld, 1) "
		"on conflict (actor_id) do update set followers = c.followers + 1",
		id, (long long)follower_id, (long long)followed_id, state, id, (long long)followed_id);
}

static struct activity_out make_activity(int64_t actor_id)
{
	struct activity_out activity = { .id = id_new(), .type = STR_LITERAL("Create"), .actor_id = actor_id,
		.body = STR_LITERAL("{\"type\":\"Create\"}"), .is_public = true };
	activity.uri = arena_printf(arena, "https://social.company.example/activities/%lld", (long long)activity.id);
	activity.object_uri = arena_printf(arena, "https://social.company.example/objects/%lld", (long long)activity.id);
	return activity;
}

static int64_t insert(int64_t actor_id, const struct activity_audience *audience)
{
	struct activity_out activity = make_activity(actor_id);
	assert_int_equal(activity_out_insert(db, arena, &activity, audience), ERROR_NONE);
	return activity.id;
}

/* "host inbox recipients, ..." of an activity. */
static const char *deliveries_of(int64_t activity_id)
{
	return query("select coalesce(string_agg(peer || ' ' || inbox_url || ' ' || recipients, ', ' order by inbox_url), '')"
		     " from deliveries where activity_id = %lld", (long long)activity_id);
}

/* ---- the outbox ---- */

static void followers_behind_a_shared_inbox_are_one_delivery(void **state)
{
	(void)state;
	int64_t author = make_author("folded");
	make_follow(make_remote("a.example", "a1"), author, "accepted");
	make_follow(make_remote("a.example", "a2"), author, "accepted");
	make_follow(make_remote("b.example:8443", "b1"), author, "accepted");
	make_follow(make_remote("c.example", "c1"), author, "pending");
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true });
	assert_string_equal(deliveries_of(id),
		"a.example https://a.example/inbox 2, b.example:8443 https://b.example:8443/inbox 1");
	assert_string_equal(query("select count(*) from fanouts where activity_id = %lld", (long long)id), "0");
}

static void a_follower_who_is_addressed_too_counts_once(void **state)
{
	(void)state;
	int64_t author = make_author("twice");
	int64_t both = make_remote("d.example", "d1");
	make_follow(both, author, "accepted");
	int64_t addressed[] = { both, make_remote("d.example", "d2"), make_author("localfriend") };
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true, .actor_ids = addressed, .actor_count = 3 });
	assert_string_equal(deliveries_of(id), "d.example https://d.example/inbox 2");
}

static void personal_messages_go_to_personal_inboxes(void **state)
{
	(void)state;
	int64_t addressed[] = { make_remote("e.example", "e1"), make_remote("e.example", "e2") };
	int64_t id = insert(make_author("personal"),
		&(struct activity_audience){ .actor_ids = addressed, .actor_count = 2, .is_personal = true });
	assert_string_equal(deliveries_of(id),
		"e.example https://e.example/e1/inbox 1, e.example https://e.example/e2/inbox 1");
}

static void further_inboxes_get_a_delivery_unless_they_are_ours(void **state)
{
	(void)state;
	const struct str inboxes[] = { STR("https://relay.example/inbox"), STR("https://social.company.example/inbox"),
		STR("https://relay.example/inbox"), STR("no url") };
	int64_t id = insert(make_author("relayed"), &(struct activity_audience){ .inbox_urls = inboxes, .inbox_count = 4 });
	assert_string_equal(deliveries_of(id), "relay.example https://relay.example/inbox 1");
}

static void who_is_gone_or_refused_gets_nothing(void **state)
{
	(void)state;
	int64_t author = make_author("careful");
	int64_t suspended = make_remote("f.example", "f1");
	int64_t deleted = make_remote("f.example", "f2");
	int64_t moved = make_remote("f.example", "f3");
	int64_t blocked = make_remote("sub.g.example", "g1");
	int64_t alike = make_remote("notg.example", "g2");
	int64_t silenced = make_remote("h.example", "h1");
	const int64_t all[] = { suspended, deleted, moved, blocked, alike, silenced };
	for (size_t i = 0; i < 6; i++)
		make_follow(all[i], author, "accepted");
	execute("update actors set suspended_at = now() where id = %lld; update actors set deleted_at = now() where id = %lld; "
		"update actors set moved_to_id = %lld where id = %lld; "
		"insert into domain_blocks (domain, severity) values ('g.example', 'suspend'), ('h.example', 'silence')",
		(long long)suspended, (long long)deleted, (long long)alike, (long long)moved);
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true });
	assert_string_equal(deliveries_of(id),
		"h.example https://h.example/inbox 1, notg.example https://notg.example/inbox 1");
	/* Who moved away is still told what concerns him alone. */
	id = insert(author, &(struct activity_audience){ .actor_ids = &moved, .actor_count = 1 });
	assert_string_equal(deliveries_of(id), "f.example https://f.example/inbox 1");
}

static void a_large_audience_becomes_a_fan_out(void **state)
{
	(void)state;
	int64_t author = make_author("large");
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at, "
		"updated_at, fetched_at) select %lld + n, 'Person', 'l' || n, 'l' || n, 'l' || n %% 50 || '.example', "
		"'https://l.example/u/' || n, 'https://l.example/u/' || n, 'https://l' || n %% 50 || '.example/u/' || n, "
		"'https://l' || n %% 50 || '.example/inbox', now(), now(), now() from generate_series(1, 501) as n; "
		"insert into follows (id, follower_id, followed_id, state, uri) select %lld + n, %lld + n, %lld, 'accepted', "
		"'https://l.example/f/' || n from generate_series(1, 501) as n; "
		"insert into actor_counts (actor_id, followers) values (%lld, 501)",
		(long long)author, (long long)author, (long long)author, (long long)author, (long long)author);
	int64_t mentioned = make_remote("mentioned.example", "m1");
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true, .actor_ids = &mentioned, .actor_count = 1 });
	assert_string_equal(deliveries_of(id), "mentioned.example https://mentioned.example/inbox 1");
	assert_string_equal(query("select followed_id = %lld and after_inbox = '' from fanouts where activity_id = %lld",
		(long long)author, (long long)id), "true");
}

static void an_activity_is_stored_once_and_found_by_its_uri(void **state)
{
	(void)state;
	struct activity_out activity = make_activity(make_author("once"));
	activity.is_for_followers = true;
	const struct activity_audience nobody = { 0 };
	assert_int_equal(activity_out_insert(db, arena, &activity, &nobody), ERROR_NONE);
	activity.id = id_new();
	assert_int_equal(activity_out_insert(db, arena, &activity, &nobody), ERROR_CONFLICT);
	struct activity_out found;
	assert_int_equal(activity_out_find(db, arena, activity.uri, &found), ERROR_NONE);
	assert_true(str_eq(found.body, activity.body) && str_eq(found.type, activity.type));
	assert_true(str_eq(found.object_uri, activity.object_uri));
	assert_true(found.is_public && found.is_for_followers && !found.post_id);
	assert_int_equal(activity_out_find(db, arena, STR_LITERAL("https://nowhere.example/"), &found), ERROR_NOT_FOUND);
}

/* ---- rings ---- */

struct ear {
	struct wake_listener listener;
	atomic_uint heard[WAKE_KIND_COUNT];
};

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	struct ear *ear = (struct ear *)(void *)listener;
	atomic_fetch_add(&ear->heard[kind], 1);
}

static bool hears_soon(struct ear *ear, enum wake_kind kind)
{
	int64_t until_us = clock_monotonic_us() + 20000000;
	while (!atomic_load(&ear->heard[kind]) && clock_monotonic_us() < until_us)
		usleep(2000);
	return atomic_load(&ear->heard[kind]);
}

static void a_ring_comes_with_the_commit_and_never_after_a_rollback(void **state)
{
	(void)state;
	struct ear ear = { .listener = { .heard = hear, .kinds = 1U << WAKE_DELIVERIES | 1U << WAKE_JOBS } };
	wake_listen(&ear.listener);
	wake_ring_on_commit(db, WAKE_DELIVERIES);
	wake_ring_on_commit(db, WAKE_POLICY);
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 1);
	assert_int_equal(ear.heard[WAKE_POLICY], 0);
	assert_int_equal(db_begin(db), ERROR_NONE);
	wake_ring_on_commit(db, WAKE_DELIVERIES);
	wake_ring_on_commit(db, WAKE_DELIVERIES);
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 1);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 2);
	assert_int_equal(db_begin(db), ERROR_NONE);
	wake_ring_on_commit(db, WAKE_JOBS);
	db_rollback(db);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_int_equal(ear.heard[WAKE_JOBS], 0);
	wake_unlisten(&ear.listener);
	wake_ring(WAKE_DELIVERIES);
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 2);
}

static void an_activity_for_somebody_rings(void **state)
{
	(void)state;
	struct ear ear = { .listener = { .heard = hear, .kinds = 1U << WAKE_DELIVERIES } };
	wake_listen(&ear.listener);
	int64_t author = make_author("ringing");
	insert(author, &(struct activity_audience){ 0 });
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 0);
	const struct str inbox = STR_LITERAL("https://ringing.example/inbox");
	insert(author, &(struct activity_audience){ .inbox_urls = &inbox, .inbox_count = 1 });
	assert_int_equal(ear.heard[WAKE_DELIVERIES], 1);
	wake_unlisten(&ear.listener);
}

static void other_processes_are_rung_and_heard_across_a_lost_connection(void **state)
{
	(void)state;
	assert_int_equal(wake_start(config), ERROR_NONE);
	struct ear ear = { .listener = { .heard = hear, .kinds = ~0U } };
	wake_listen(&ear.listener);
	/* A fresh connection rings for everything. */
	assert_true(hears_soon(&ear, WAKE_FETCHES));
	atomic_store(&ear.heard[WAKE_FETCHES], 0);
	query("select pg_notify('comptoir_wake', '%u')", 1U << WAKE_FETCHES);
	assert_true(hears_soon(&ear, WAKE_FETCHES));
	atomic_store(&ear.heard[WAKE_JOBS], 0);
	query("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> "
	      "pg_backend_pid()");
	assert_true(hears_soon(&ear, WAKE_JOBS));
	atomic_store(&ear.heard[WAKE_POLICY], 0);
	query("select pg_notify('comptoir_wake', '%u')", 1U << WAKE_POLICY);
	assert_true(hears_soon(&ear, WAKE_POLICY));
	assert_int_equal(db_begin(other_db), ERROR_NONE);
	assert_int_equal(db_run_script(other_db, "listen", "listen comptoir_wake"), ERROR_NONE);
	assert_int_equal(db_commit(other_db), ERROR_NONE);
	wake_ring(WAKE_JOBS);
	wake_stop();
	assert_int_equal(db_ping(other_db), ERROR_NONE);
	uint64_t kinds = 0;
	assert_true(db_take_notification(other_db, &kinds));
	assert_int_equal(kinds, 1U << WAKE_JOBS);
	wake_unlisten(&ear.listener);
	wake_stop();
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
	if (config_load(NULL, &setting, 1, &config, &message))
		return -1;
	db = db_new(config, DB_OWNER);
	other_db = db_new(config, DB_OWNER);
	return domain_create(db, arena, STR_LITERAL("company.example"), STR_LITERAL("https://social.company.example"), &domain) ?
		       -1 : 0;
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
		cmocka_unit_test(followers_behind_a_shared_inbox_are_one_delivery),
		cmocka_unit_test(a_follower_who_is_addressed_too_counts_once),
		cmocka_unit_test(personal_messages_go_to_personal_inboxes),
		cmocka_unit_test(further_inboxes_get_a_delivery_unless_they_are_ours),
		cmocka_unit_test(who_is_gone_or_refused_gets_nothing),
		cmocka_unit_test(a_large_audience_becomes_a_fan_out),
		cmocka_unit_test(an_activity_is_stored_once_and_found_by_its_uri),
		cmocka_unit_test(a_ring_comes_with_the_commit_and_never_after_a_rollback),
		cmocka_unit_test(an_activity_for_somebody_rings),
		cmocka_unit_test(other_processes_are_rung_and_heard_across_a_lost_connection),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
