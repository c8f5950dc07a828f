/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sending half of storage/ on a migrated database: the outbox and its deliveries, who takes them, and rings. Run by
 * tests/db/test_storage.py. Each case has an author and hosts of its own. */
#include "storage/activity_out.h"
#include "storage/actor.h"
#include "storage/db_notify.h"
#include "storage/delivery.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/peer.h"
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

/* ---- deliveries ---- */

#define NOW clock_now_us()

/* Only the case's own rows are due. */
static void empty_queue(void)
{
	execute("delete from deliveries; delete from fanouts; delete from peers; delete from delivery_workers");
}

/* count deliveries of one activity to that host, due since some seconds. */
static int64_t queue(const char *host, int count, int due_s_ago)
{
	struct str inboxes[1000];
	static int64_t author;
	assert_true(count <= 1000);
	if (!author)
		author = make_author("queuing");
	for (int i = 0; i < count; i++)
		inboxes[i] = arena_printf(arena, "https://%s/%d", host, i);
	int64_t id = insert(author, &(struct activity_audience){ .inbox_urls = inboxes, .inbox_count = (size_t)count });
	execute("update deliveries set due_at = now() - %d * interval '1 second' where activity_id = %lld", due_s_ago, (long long)id);
	return id;
}

static struct delivery_claim *claim(int64_t worker_id, int newest, int oldest, int per_peer, size_t *ret_count, size_t *ret_looked)
{
	struct delivery_claimed claimed;
	const struct delivery_claim_request request = { worker_id, NOW, newest, oldest, per_peer };
	assert_int_equal(delivery_claim(db, arena, &request, &claimed), ERROR_NONE);
	*ret_count = claimed.count;
	*ret_looked = claimed.looked;
	return claimed.claims;
}

static void finish_as(int64_t worker_id, const struct delivery_claim *taken, enum delivery_state state, int64_t due_us, int status)
{
	const struct delivery_receipt receipt = { taken->activity_id, taken->inbox_url, state, due_us, NOW, status,
		STR_LITERAL("why") };
	assert_int_equal(delivery_finish(db, arena, worker_id, NOW, &receipt, 1), ERROR_NONE);
}

static void what_is_taken_is_taken_by_nobody_else(void **state)
{
	(void)state;
	size_t count, looked;
	empty_queue();
	queue("t1.example", 3, 10);
	queue("t2.example", 2, 5);
	execute("update deliveries set due_at = now() + interval '1 hour' where inbox_url = 'https://t1.example/2'");
	const struct delivery_claim *claims = claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 4);
	assert_int_equal(looked, 4);
	for (size_t i = 1; i < count; i++)
		assert_true(claims[i - 1].activity_id <= claims[i].activity_id);
	(void)claim(2, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 0);
	assert_int_equal(looked, 0);
}

static void a_receipt_says_what_became_of_a_delivery(void **state)
{
	(void)state;
	size_t count, looked;
	empty_queue();
	long long id = queue("r.example", 4, 10);
	const struct delivery_claim *claims = claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 4);
	finish_as(1, &claims[0], DELIVERY_ACCEPTED, 0, 202);
	finish_as(1, &claims[1], DELIVERY_REFUSED, 0, 404);
	finish_as(1, &claims[2], DELIVERY_PENDING, NOW + 30000000, 503);
	/* What another holds stays as it is. */
	finish_as(2, &claims[3], DELIVERY_ACCEPTED, 0, 202);
	assert_string_equal(query("select string_agg(state || ' ' || attempts || ' ' || coalesce(last_status, 0) || ' ' ||"
				  " (ended_at is null) || ' ' || coalesce(leased_by, 0) || ' ' || (due_at > now()), ', ' order by inbox_url)"
				  " from deliveries where activity_id = %lld", id),
		"accepted 1 202 false 0 false, refused 1 404 false 0 false, pending 1 503 true 0 true, pending 0 0 true 1 false");
	assert_string_equal(query("select count(*) from deliveries where first_attempt_at = last_attempt_at"), "3");
}

static void a_backlog_does_not_keep_the_newest_from_being_taken(void **state)
{
	(void)state;
	size_t count, looked;
	empty_queue();
	queue("backlog.example", 500, 1000);
	int64_t fresh = queue("fresh.example", 1, 1);
	const struct delivery_claim *claims = claim(1, 10, 10, 5, &count, &looked);
	bool has_fresh = false;
	for (size_t i = 0; i < count; i++)
		has_fresh = has_fresh || claims[i].activity_id == fresh;
	assert_true(has_fresh);
	assert_int_equal(count, 6); /* five of the backlog's host */
	assert_int_equal(looked, 20);
	/* The others of what was looked at wait for their peer. */
	assert_string_equal(query("select count(*) from deliveries where due_at = 'infinity'"), "14");
	assert_string_equal(query("select look_at > now() from peers where name = 'backlog.example'"), "true");
}

static void deliveries_to_a_peer_that_is_not_to_be_tried_are_parked(void **state)
{
	(void)state;
	size_t count, looked;
	empty_queue();
	queue("later.example", 3, 10);
	queue("paused.example", 3, 10);
	execute("insert into peers (name, due_at) values ('later.example', now() + interval '1 hour')");
	assert_int_equal(peer_pause(db, arena, STR_LITERAL("paused.example")), ERROR_NONE);
	(void)claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 0);
	assert_int_equal(looked, 6);
	(void)claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(looked, 0);
	assert_string_equal(query("select look_at = due_at from peers where name = 'later.example'"), "true");
	struct peer_record *records;
	assert_int_equal(peer_take_due(db, arena, NOW + 3700000000, NOW + 3800000000, 10, &records, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_true(str_eq(records[0].name, STR_LITERAL("later.example")));
	struct delivery_claim *claims;
	assert_int_equal(delivery_claim_peer(db, arena, 1, NOW, STR_LITERAL("later.example"), 2, false, &claims, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_string_equal(query("select look_at is not null from peers where name = 'later.example'"), "true");
	assert_int_equal(delivery_claim_peer(db, arena, 1, NOW, STR_LITERAL("later.example"), 2, false, &claims, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_string_equal(query("select look_at is null from peers where name = 'later.example'"), "true");
}

static void a_later_activity_about_an_object_knows_the_earlier_one(void **state)
{
	(void)state;
	size_t count, looked;
	empty_queue();
	int64_t author = make_author("orderly");
	const struct str inbox = STR_LITERAL("https://ordered.example/inbox");
	const struct activity_audience audience = { .inbox_urls = &inbox, .inbox_count = 1 };
	struct activity_out create = make_activity(author);
	assert_int_equal(activity_out_insert(db, arena, &create, &audience), ERROR_NONE);
	struct activity_out update = make_activity(author);
	update.object_uri = create.object_uri;
	assert_int_equal(activity_out_insert(db, arena, &update, &audience), ERROR_NONE);
	const struct delivery_claim *claims = claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 2);
	assert_int_equal(claims[0].waits_for, 0);
	assert_int_equal(claims[1].waits_for, create.id);
	finish_as(1, &claims[0], DELIVERY_ACCEPTED, 0, 202);
	finish_as(1, &claims[1], DELIVERY_PENDING, NOW - 1, 503);
	claims = claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 1);
	assert_int_equal(claims[0].waits_for, 0);
}

static void what_a_dead_worker_held_is_free_at_once_and_a_living_one_keeps_its_own(void **state)
{
	(void)state;
	size_t count, looked;
	bool is_new;
	int64_t freed, living = id_new(), dead = id_new(), cut_off = id_new();
	empty_queue();
	queue("w.example", 6, 10);
	assert_int_equal(delivery_worker_renew(other_db, arena, living, &is_new), ERROR_NONE);
	assert_true(is_new);
	assert_int_equal(delivery_worker_renew(other_db, arena, living, &is_new), ERROR_NONE);
	assert_false(is_new);
	struct db *killed = db_new(config, DB_OWNER);
	assert_int_equal(delivery_worker_renew(killed, arena, dead, &is_new), ERROR_NONE);
	assert_int_equal(delivery_worker_renew(other_db, arena, cut_off, &is_new), ERROR_NONE);
	execute("update delivery_workers set alive_until = now() - interval '1 second' where id = %lld", (long long)cut_off);
	(void)claim(living, 1, 0, 10, &count, &looked);
	(void)claim(dead, 2, 0, 10, &count, &looked);
	(void)claim(cut_off, 1, 0, 10, &count, &looked);
	(void)claim(12345, 1, 0, 10, &count, &looked); /* never began */
	db_free(&killed);
	int64_t until_us = clock_monotonic_us() + 20000000;
	int64_t all = 0;
	while (all < 4 && clock_monotonic_us() < until_us) {
		assert_int_equal(delivery_worker_reap(db, arena, id_new(), &freed), ERROR_NONE);
		all += freed;
	}
	assert_int_equal(all, 4);
	assert_string_equal(query("select count(*) from deliveries where leased_by = %lld", (long long)living), "1");
	assert_int_equal(delivery_worker_end(db, arena, living), ERROR_NONE);
	assert_string_equal(query("select count(*) from deliveries where leased_by is not null"), "0");
	assert_string_equal(query("select count(*) from delivery_workers"), "0");
}

static struct delivery_claimed claim_nothing(int64_t now_us)
{
	struct delivery_claimed claimed;
	const struct delivery_claim_request request = { 1, now_us, 10, 10, 10 };
	assert_int_equal(delivery_claim(db, arena, &request, &claimed), ERROR_NONE);
	assert_int_equal(claimed.count, 0);
	return claimed;
}

static void a_claim_tells_what_else_is_due(void **state)
{
	(void)state;
	execute("delete from deliveries; delete from fanouts; delete from peers");
	assert_false(claim_nothing(NOW).has_fanout);
	assert_false(claim_nothing(NOW).has_peers);
	execute("insert into peers (name, state, look_at, due_at) values ('paused.example', 'paused', now() - interval '1 hour', null),"
		" ('later.example', 'dead', now() - interval '1 hour', now() + interval '1 hour')");
	assert_false(claim_nothing(NOW).has_peers);
	execute("insert into peers (name, state, look_at) values ('due.example', 'dead', now() - interval '1 second')");
	assert_true(claim_nothing(NOW).has_peers);
	int64_t author = make_author("many");
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true });
	execute("insert into fanouts (activity_id, followed_id, due_at) values (%lld, %lld, now() + interval '1 hour')", (long long)id,
		(long long)author);
	assert_false(claim_nothing(NOW).has_fanout);
	execute("update fanouts set due_at = now() - interval '1 second'");
	assert_true(claim_nothing(NOW).has_fanout);
	execute("delete from fanouts; delete from peers");
}

static void a_fan_out_is_expanded_in_batches(void **state)
{
	(void)state;
	bool is_found = true;
	int64_t made, all = 0;
	int batches = 0;
	empty_queue();
	int64_t author = make_author("fanned");
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at, "
		"updated_at, fetched_at) select %lld + n, 'Person', 'q' || n, 'q' || n, 'q' || n %% 55 || '.example', "
		"'https://q.example/u/' || n, 'https://q.example/u/' || n, 'https://q' || n %% 55 || '.example/u/' || n, "
		"'https://q' || n %% 55 || '.example/inbox', now(), now(), now() from generate_series(1, 660) as n; "
		"insert into follows (id, follower_id, followed_id, state, uri) select %lld + n, %lld + n, %lld, 'accepted', "
		"'https://q.example/f/' || n from generate_series(1, 660) as n; "
		"insert into actor_counts (actor_id, followers) values (%lld, 660)",
		(long long)author, (long long)author, (long long)author, (long long)author, (long long)author);
	const struct str mentioned = STR_LITERAL("https://q7.example/inbox");
	int64_t id = insert(author, &(struct activity_audience){ .to_followers = true, .inbox_urls = &mentioned, .inbox_count = 1 });
	while (is_found && batches < 20) {
		assert_int_equal(delivery_expand_fanout(db, arena, NOW, 10, &is_found, &made), ERROR_NONE);
		all += made;
		batches += is_found;
	}
	assert_int_equal(all, 54);
	assert_int_equal(batches, 6);
	assert_string_equal(query("select count(*) || ' ' || min(recipients) || ' ' || max(recipients) from deliveries where activity_id = %lld",
				    (long long)id), "55 1 12");
	assert_string_equal(query("select count(*) from fanouts"), "0");
}

static void peers_are_saved_as_they_are_and_keep_an_operators_word(void **state)
{
	(void)state;
	empty_queue();
	struct peer_record records[] = {
		{ .name = STR("p1.example"), .state = PEER_DEAD, .window = 1, .failures = 9, .failing_since_us = 1000000, .due_us = 2000000,
			.last_success_us = 3000000, .last_failure_us = 4000000, .last_error = STR("dns"), .prefers_rfc9421 = true },
		{ .name = STR("p2.example"), .state = PEER_ALIVE, .window = 3 },
	};
	assert_int_equal(peer_pause(db, arena, records[1].name), ERROR_NONE);
	assert_int_equal(peer_save_many(db, arena, records, 2), ERROR_NONE);
	struct peer_record *found;
	size_t count;
	const struct peer_page page = { .limit = 10 };
	assert_int_equal(peer_list(db, arena, &page, &found, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(found[0].state, PEER_DEAD);
	assert_int_equal(found[0].failures, 9);
	assert_int_equal(found[0].failing_since_us, 1000000);
	assert_int_equal(found[0].due_us, 2000000);
	assert_int_equal(found[0].last_success_us, 3000000);
	assert_true(found[0].prefers_rfc9421 && str_eq(found[0].last_error, STR_LITERAL("dns")));
	assert_int_equal(found[1].state, PEER_PAUSED);
	assert_int_equal(found[1].window, 3);
	struct str *names;
	assert_int_equal(peer_list_paused(db, arena, &names, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(peer_resume(db, arena, records[1].name, NOW), ERROR_NONE);
	int64_t counts[PEER_STATE_COUNT];
	assert_int_equal(peer_count_states(db, arena, counts), ERROR_NONE);
	assert_true(counts[PEER_ALIVE] == 1 && counts[PEER_DEAD] == 1 && counts[PEER_PAUSED] == 0);
	assert_int_equal(peer_forget(db, arena, records[1].name, NOW), ERROR_NONE);
	assert_int_equal(peer_forget(db, arena, records[1].name, NOW), ERROR_NOT_FOUND);
	assert_int_equal(peer_resume(db, arena, records[1].name, NOW), ERROR_NOT_FOUND);
}

static void hearing_a_dead_peer_revives_it_and_hurries_what_waits(void **state)
{
	(void)state;
	empty_queue();
	int64_t id = queue("heard.example", 3, 10);
	const struct str name = STR_LITERAL("heard.example");
	execute("insert into peers (name, state, failures, failing_since, due_at) values ('heard.example', 'dead', 20, now(), now() + interval '1 day'); "
		"update deliveries set due_at = now() + interval '6 hours' where activity_id = %lld and inbox_url like '%%/0'", (long long)id);
	size_t count, looked;
	(void)claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 0);
	assert_int_equal(peer_note_heard(db, arena, name, NOW, true), ERROR_NONE);
	assert_string_equal(query("select state || ' ' || failures || ' ' || (due_at is null) || ' ' || (look_at <= now()) || ' ' ||"
				  " prefers_rfc9421 from peers where name = 'heard.example'"), "alive 0 true true true");
	struct delivery_claim *claims;
	assert_int_equal(delivery_claim_peer(db, arena, 1, NOW, name, 10, false, &claims, &count), ERROR_NONE);
	assert_int_equal(count, 3);
	/* A pause that a well peer asked for goes on. */
	execute("update peers set due_at = now() + interval '1 hour' where name = 'heard.example'");
	assert_int_equal(peer_note_heard(db, arena, name, NOW, false), ERROR_NONE);
	assert_string_equal(query("select (due_at > now()) || ' ' || prefers_rfc9421 from peers where name = 'heard.example'"), "true true");
}

static void what_waits_too_long_for_a_dead_peer_is_given_up(void **state)
{
	(void)state;
	int64_t count = 0;
	empty_queue();
	queue("gone.example", 5, 10);
	int64_t before_us = NOW + 1000000;
	assert_int_equal(delivery_expire(db, arena, STR_LITERAL("gone.example"), NOW - 3600000000, NOW, 3, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(delivery_expire(db, arena, STR_LITERAL("gone.example"), before_us, NOW, 3, &count), ERROR_NONE);
	assert_int_equal(count, 3);
	assert_string_equal(query("select count(*) from deliveries where state = 'given_up' and ended_at is not null and last_error = 'the peer is dead'"),
		"3");
}

static void parked_deliveries_that_nobody_looks_at_are_found(void **state)
{
	(void)state;
	int64_t count = 0, age_us = 0;
	empty_queue();
	queue("lost.example", 2, 10);
	assert_int_equal(delivery_queue_age(db, arena, NOW, &age_us), ERROR_NONE);
	assert_in_range(age_us, 9000000, 3600000000);
	execute("update deliveries set due_at = 'infinity' where peer = 'lost.example';"
		" insert into peers (name) values ('lost.example') on conflict do nothing");
	assert_int_equal(delivery_queue_age(db, arena, NOW, &age_us), ERROR_NONE);
	assert_int_equal(age_us, 0);
	execute("update peers set look_at = null");
	assert_int_equal(peer_mend(db, arena, NOW, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(peer_mend(db, arena, NOW, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

static void an_operator_sees_receipts_and_has_them_tried_again(void **state)
{
	(void)state;
	size_t count, looked;
	int64_t again = 0;
	struct delivery_view *views;
	empty_queue();
	int64_t id = queue("seen.example", 2, 10);
	struct str uri = arena_printf(arena, "https://social.company.example/activities/%lld", (long long)id);
	const struct delivery_claim *claims = claim(1, 10, 10, 10, &count, &looked);
	finish_as(1, &claims[0], DELIVERY_ACCEPTED, 0, 202);
	finish_as(1, &claims[1], DELIVERY_REFUSED, 0, 404);
	assert_int_equal(delivery_list(db, arena, uri, 10, 0, &views, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(views[1].state, DELIVERY_REFUSED);
	assert_int_equal(views[1].last_status, 404);
	assert_int_equal(views[1].attempts, 1);
	assert_int_equal(delivery_list(db, arena, uri, 10, 2, &views, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(delivery_list(db, arena, STR_LITERAL("https://nowhere.example/"), 10, 0, &views, &count), ERROR_NOT_FOUND);
	assert_int_equal(delivery_retry_activity(db, arena, uri, NOW, &again), ERROR_NONE);
	assert_int_equal(again, 1);
	claims = claim(1, 10, 10, 10, &count, &looked);
	assert_int_equal(count, 1);
	finish_as(1, &claims[0], DELIVERY_REFUSED, 0, 404);
	execute("update activities_out set body = '{}' where id = %lld", (long long)id);
	assert_int_equal(delivery_retry_activity(db, arena, uri, NOW, &again), ERROR_NONE);
	assert_int_equal(again, 0); /* its body is gone */
	assert_int_equal(delivery_retry_activity(db, arena, STR_LITERAL("https://nowhere.example/"), NOW, &again), ERROR_NOT_FOUND);
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
	/* As another process does: its share of the lock, its ear, its greeting. */
	assert_int_equal(db_begin(other_db), ERROR_NONE);
	assert_int_equal(db_run_script(other_db, "join", "select pg_advisory_lock_shared(2002873189)"), ERROR_NONE);
	assert_int_equal(db_run_script(other_db, "listen", "listen comptoir_wake"), ERROR_NONE);
	assert_int_equal(db_commit(other_db), ERROR_NONE);
	query("select pg_notify('comptoir_wake', '0')");
	wake_ring(WAKE_JOBS);
	wake_stop();
	assert_int_equal(db_ping(other_db), ERROR_NONE);
	uint64_t kinds = 0, all = 0;
	struct str payload;
	while (db_take_notification(other_db, arena, &payload))
		if (str_to_uint64(payload, &kinds))
			all |= kinds;
	assert_true(all & 1U << WAKE_JOBS);
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
		cmocka_unit_test(what_is_taken_is_taken_by_nobody_else),
		cmocka_unit_test(a_receipt_says_what_became_of_a_delivery),
		cmocka_unit_test(a_backlog_does_not_keep_the_newest_from_being_taken),
		cmocka_unit_test(deliveries_to_a_peer_that_is_not_to_be_tried_are_parked),
		cmocka_unit_test(a_later_activity_about_an_object_knows_the_earlier_one),
		cmocka_unit_test(what_a_dead_worker_held_is_free_at_once_and_a_living_one_keeps_its_own),
		cmocka_unit_test(a_claim_tells_what_else_is_due),
		cmocka_unit_test(a_fan_out_is_expanded_in_batches),
		cmocka_unit_test(peers_are_saved_as_they_are_and_keep_an_operators_word),
		cmocka_unit_test(hearing_a_dead_peer_revives_it_and_hurries_what_waits),
		cmocka_unit_test(what_waits_too_long_for_a_dead_peer_is_given_up),
		cmocka_unit_test(parked_deliveries_that_nobody_looks_at_are_found),
		cmocka_unit_test(an_operator_sees_receipts_and_has_them_tried_again),
		cmocka_unit_test(a_ring_comes_with_the_commit_and_never_after_a_rollback),
		cmocka_unit_test(an_activity_for_somebody_rings),
		cmocka_unit_test(other_processes_are_rung_and_heard_across_a_lost_connection),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
