/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ keeps about actors and between them, on a migrated database: remote actors, keys, follows, blocks,
 * pins, reports, notifications, tombstones, and the end of an actor. Run by tests/db/test_storage.py. What strangers
 * cause is done with the rights of an inbox worker. */
#include "storage/actor.h"
#include "storage/actor_key.h"
#include "storage/block.h"
#include "storage/domain.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/notification.h"
#include "storage/pin.h"
#include "storage/post.h"
#include "storage/report.h"
#include "storage/statement.h"
#include "storage/tombstone.h"
#include "base/clock.h"
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE_URL "https://social.company.example"
#define BYTES_A STR_LITERAL("0123456789abcdef0123456789abcdef")
#define BYTES_B STR_LITERAL("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP")

static struct config *config;
static struct db *db;         /* comptoir_web */
static struct db *inbox_db;   /* comptoir_federation */
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

/* The first column of the first row, as text. */
__attribute__((format(printf, 1, 2))) static const char *query(const char *format, ...)
{
	static int number;
	va_list arguments;
	va_start(arguments, format);
	struct str inner = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	*statement = (struct statement){ arena_printf(arena, "test_%d", number++).data, 0,
		arena_printf(arena, "select (%.*s)::text", STR_ARG(inner)).data };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(db, arena, statement, NULL, &rows), ERROR_NONE);
	struct str value = rows.count ? db_text(&rows, 0, 0) : STR_LITERAL("nothing");
	return value.data ? value.data : "null";
}

static int64_t make_actor(const char *name)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = str_from(name),
		.display_name = STR_LITERAL("Someone"),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = BYTES_A,
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

static struct actor_key_new *main_key(const char *name, const char *pem)
{
	struct actor_key_new *key = arena_alloc(arena, sizeof(*key));
	*key = (struct actor_key_new){ .uri = arena_printf(arena, "https://far.example/users/%s#main-key", name),
		.public_pem = str_from(pem) };
	return key;
}

static struct actor_remote remote_actor(const char *name)
{
	struct str uri = arena_printf(arena, "https://far.example/users/%s", name);
	return (struct actor_remote){
		.kind = ACTOR_PERSON,
		.username = str_from(name),
		.domain = STR_LITERAL("far.example"),
		.is_handle_confirmed = true,
		.uri = uri,
		.url = arena_printf(arena, "https://far.example/@%s", name),
		.inbox_url = arena_printf(arena, "%.*s/inbox", STR_ARG(uri)),
		.display_name = STR_LITERAL("From afar"),
		.fields_json = STR_LITERAL("[]"),
		.fetched_us = clock_now_us(),
		.keys = main_key(name, "pem 1"),
		.key_count = 1,
	};
}

static int64_t store(const struct actor_remote *actor)
{
	int64_t id = 0;
	bool is_new;
	assert_int_equal(actor_store_remote(inbox_db, arena, actor, &id, &is_new), ERROR_NONE);
	return id;
}

static int64_t make_remote(const char *name)
{
	struct actor_remote actor = remote_actor(name);
	return store(&actor);
}

static struct actor find_actor(int64_t id)
{
	struct actor actor = { 0 };
	assert_int_equal(actor_find_by_id(db, arena, id, &actor), ERROR_NONE);
	return actor;
}

static struct follow make_follow(int64_t follower_id, int64_t followed_id, enum follow_state state)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = state };
	follow.uri = arena_printf(arena, BASE_URL "/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(inbox_db, arena, &follow), ERROR_NONE);
	return follow;
}

static int64_t make_post(int64_t actor_id, int64_t in_reply_to_id)
{
	struct post_new post = { .id = id_new(), .actor_id = actor_id, .in_reply_to_id = in_reply_to_id,
		.visibility = POST_PUBLIC, .html = STR_LITERAL("<p>Bonjour</p>"), .text_source = STR_LITERAL("Bonjour") };
	assert_int_equal(post_create(db, arena, &post), ERROR_NONE);
	return post.id;
}

/* As it comes from another server; its counters by hand. */
static int64_t make_remote_post(int64_t actor_id, int64_t in_reply_to_id)
{
	int64_t id = id_new();
	execute("insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, conversation_id, visibility,"
		" html, created_at) select %lld, %lld, 'https://far.example/p/%lld', 'https://far.example/p/%lld', nullif(%lld, 0),"
		" (select actor_id from posts where id = %lld), %lld, 'public', '<p>Salut</p>', now()",
		(long long)id, (long long)actor_id, (long long)id, (long long)id, (long long)in_reply_to_id,
		(long long)in_reply_to_id, (long long)id);
	execute("insert into actor_counts (actor_id, posts) values (%lld, 1)"
		" on conflict (actor_id) do update set posts = actor_counts.posts + 1", (long long)actor_id);
	if (in_reply_to_id)
		execute("insert into post_counts (post_id, replies) values (%lld, 1)"
			" on conflict (post_id) do update set replies = post_counts.replies + 1", (long long)in_reply_to_id);
	return id;
}

static void assert_counts(int64_t actor_id, int64_t followers, int64_t following)
{
	struct actor actor = find_actor(actor_id);
	assert_int_equal(actor.followers_count, followers);
	assert_int_equal(actor.following_count, following);
}

/* ---- remote actors ---- */

static void a_remote_actor_is_stored_as_its_server_tells_it(void **state)
{
	(void)state;
	struct str names[ACTOR_ALSO_KNOWN_AS_MAX + 8];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		names[i] = arena_printf(arena, "https://old.example/%zu", i);
	struct actor_remote remote = remote_actor("Anna");
	remote.summary_html = STR_LITERAL("<p>moi</p>");
	remote.shared_inbox_url = STR_LITERAL("https://far.example/inbox");
	remote.featured_tags_url = STR_LITERAL("https://far.example/users/Anna/tags");
	remote.fields_json = STR_LITERAL("[{\"name\":\"n\",\"value\":\"v\"}]");
	remote.also_known_as = names;
	remote.also_known_as_count = sizeof(names) / sizeof(names[0]);
	remote.is_locked = true;
	remote.created_us = 1500000000000000;
	int64_t id;
	bool is_new = false;
	assert_int_equal(actor_store_remote(inbox_db, arena, &remote, &id, &is_new), ERROR_NONE);
	assert_true(is_new);
	struct actor found;
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("ANNA"), STR_LITERAL("Far.Example"), &found), ERROR_NONE);
	assert_int_equal(found.id, id);
	assert_false(found.is_local);
	assert_true(found.is_locked && found.is_handle_confirmed);
	assert_string_equal(found.username.data, "Anna");
	assert_string_equal(found.summary_html.data, "<p>moi</p>");
	assert_string_equal(found.shared_inbox_url.data, "https://far.example/inbox");
	assert_string_equal(found.featured_tags_url.data, "https://far.example/users/Anna/tags");
	assert_null(found.outbox_url.data);
	assert_non_null(strstr(found.fields_json.data, "\"value\": \"v\""));
	assert_string_equal(query("select cardinality(also_known_as) from actors where id = %lld", (long long)id), "32");
	assert_non_null(strstr(found.also_known_as_json.data, "[\"https://old.example/0\",\"https://old.example/1\","));
	assert_int_equal(found.created_us, 1500000000000000);
	assert_int_equal(found.fetched_us, remote.fetched_us);
	assert_int_equal(actor_find_local(db, arena, STR_LITERAL("anna"), STR_LITERAL("far.example"), &found), ERROR_NOT_FOUND);
}

static void a_remote_actor_is_refreshed_under_its_id(void **state)
{
	(void)state;
	struct actor_remote remote = remote_actor("boris");
	int64_t id = store(&remote);
	int64_t created_us = find_actor(id).created_us;
	remote.display_name = STR_LITERAL("Boris II");
	remote.username = STR_LITERAL("Boris2");
	remote.kind = ACTOR_SERVICE;
	remote.is_handle_confirmed = false;
	int64_t same = 0;
	bool is_new = true;
	assert_int_equal(db_begin(inbox_db), ERROR_NONE);
	assert_int_equal(actor_store_remote(inbox_db, arena, &remote, &same, &is_new), ERROR_NONE);
	assert_true(db_is_in_transaction(inbox_db));
	assert_int_equal(db_commit(inbox_db), ERROR_NONE);
	assert_false(is_new);
	assert_int_equal(same, id);
	struct actor found = find_actor(id);
	assert_string_equal(found.display_name.data, "Boris II");
	assert_int_equal(found.kind, ACTOR_SERVICE);
	assert_int_equal(found.created_us, created_us);
	assert_false(found.is_handle_confirmed);
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("boris"), STR_LITERAL("far.example"), &found), ERROR_NOT_FOUND);
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("boris2"), STR_LITERAL("far.example"), &found), ERROR_NONE);
}

static void a_handle_goes_to_whom_its_server_gave_it(void **state)
{
	(void)state;
	int64_t old = make_remote("clara");
	struct actor_remote newer = remote_actor("clara");
	newer.uri = STR_LITERAL("https://far.example/ap/clara");
	newer.key_count = 0;
	newer.is_handle_confirmed = false;
	int64_t id = store(&newer);
	struct actor found;
	/* Unconfirmed, it does not take the name from one that is. */
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("clara"), STR_LITERAL("far.example"), &found), ERROR_NONE);
	assert_int_equal(found.id, old);
	newer.is_handle_confirmed = true;
	assert_int_equal(store(&newer), id);
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("clara"), STR_LITERAL("far.example"), &found), ERROR_NONE);
	assert_int_equal(found.id, id);
	assert_false(find_actor(old).is_handle_confirmed);
	assert_int_equal(actor_find_by_uri(db, arena, STR_LITERAL("https://far.example/users/clara"), &found), ERROR_NONE);
	assert_int_equal(found.id, old);
	/* And back again. */
	assert_int_equal(make_remote("clara"), old);
	assert_int_equal(actor_find_by_handle(db, arena, STR_LITERAL("clara"), STR_LITERAL("far.example"), &found), ERROR_NONE);
	assert_int_equal(found.id, old);
}

static void nobody_outside_writes_over_a_local_actor(void **state)
{
	(void)state;
	int64_t id = make_actor("mine");
	struct actor_remote by_uri = remote_actor("mine");
	by_uri.uri = STR_LITERAL(BASE_URL "/users/mine");
	struct actor_remote by_handle = remote_actor("Mine");
	by_handle.domain = STR_LITERAL("company.example");
	int64_t stored = 0;
	bool is_new;
	assert_int_equal(actor_store_remote(inbox_db, arena, &by_uri, &stored, &is_new), ERROR_FORBIDDEN);
	assert_int_equal(actor_store_remote(inbox_db, arena, &by_handle, &stored, &is_new), ERROR_FORBIDDEN);
	assert_int_equal(stored, 0);
	assert_false(db_is_in_transaction(inbox_db));
	assert_string_equal(find_actor(id).display_name.data, "Someone");
	assert_string_equal(query("select count(*) from actors where handle = 'mine'"), "1");
}

static void a_tombstoned_actor_does_not_come_back(void **state)
{
	(void)state;
	struct actor_remote remote = remote_actor("dora");
	struct tombstone tombstone = { .uri = remote.uri, .was_known = false };
	assert_int_equal(tombstone_add(inbox_db, arena, &tombstone), ERROR_NONE);
	int64_t id = 0;
	bool is_new;
	assert_int_equal(actor_store_remote(inbox_db, arena, &remote, &id, &is_new), ERROR_GONE);
	assert_int_equal(id, 0);
}

static void keys_are_replaced_and_nobody_takes_another_ones_key(void **state)
{
	(void)state;
	struct actor_remote remote = remote_actor("emil");
	struct actor_key_new keys[] = { *main_key("emil", "pem 1"),
		{ .uri = STR_LITERAL("https://far.example/users/emil#ed"), .public_bytes = BYTES_A } };
	remote.keys = keys;
	remote.key_count = 2;
	int64_t id = store(&remote);
	struct actor_key key;
	assert_int_equal(actor_key_find(inbox_db, arena, keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.kind, ACTOR_KEY_RSA);
	assert_int_equal(key.actor_id, id);
	assert_true(str_eq(key.actor_uri, remote.uri));
	assert_false(key.is_local || key.is_actor_suspended);
	assert_string_equal(key.public_pem.data, "pem 1");
	assert_int_equal(key.actor_fetched_us, remote.fetched_us);
	int64_t created_us = key.created_us;
	store(&remote);
	assert_int_equal(actor_key_find(inbox_db, arena, keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.created_us, created_us); /* the same key is as old as it was */
	keys[0].public_pem = STR_LITERAL("pem 2");
	remote.key_count = 1;
	store(&remote);
	assert_int_equal(actor_key_find(inbox_db, arena, keys[0].uri, &key), ERROR_NONE);
	assert_string_equal(key.public_pem.data, "pem 2");
	assert_true(key.created_us > created_us);
	assert_int_equal(actor_key_find(inbox_db, arena, keys[1].uri, &key), ERROR_NOT_FOUND);

	struct actor_remote thief = remote_actor("thief");
	struct actor_key_new stolen[] = { { .uri = keys[0].uri, .public_pem = STR_LITERAL("thief's") },
		{ .uri = STR_LITERAL(BASE_URL "/users/mine#main-key"), .public_pem = STR_LITERAL("thief's") } };
	thief.keys = stolen;
	thief.key_count = 2;
	store(&thief);
	assert_int_equal(actor_key_find(inbox_db, arena, keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.actor_id, id);
	assert_string_equal(key.public_pem.data, "pem 2");
	assert_int_equal(actor_key_find(inbox_db, arena, stolen[1].uri, &key), ERROR_NONE);
	assert_true(key.is_local);
}

static void actors_are_found_in_numbers(void **state)
{
	(void)state;
	int64_t ids[] = { make_remote("frida"), make_actor("franz"), 7 };
	struct actor *actors;
	size_t count;
	assert_int_equal(actor_find_many(inbox_db, arena, ids, 3, &actors, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	struct str uris[] = { STR("https://far.example/users/frida"), STR(BASE_URL "/users/franz"), STR("https://far.example/no") };
	assert_int_equal(actor_find_many_by_uri(inbox_db, arena, uris, 3, &actors, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(actors[0].id + actors[1].id, ids[0] + ids[1]);
	assert_int_equal(actor_find_many_by_uri(inbox_db, arena, uris, 0, &actors, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

/* ---- local actors ---- */

static void a_profile_changes_what_was_given_only(void **state)
{
	(void)state;
	int64_t id = make_actor("greta");
	struct actor before = find_actor(id);
	struct str name = STR("Greta G.");
	struct str nothing = { 0 };
	struct str aliases = STR("[\"https://far.example/users/b\", \"https://far.example/users/a\"]");
	bool is_locked = true;
	enum actor_kind kind = ACTOR_SERVICE;
	struct actor_profile profile = { .display_name = &name, .is_locked = &is_locked, .also_known_as_json = &aliases, .kind = &kind };
	assert_int_equal(actor_update_profile(db, arena, id, &profile), ERROR_NONE);
	struct actor after = find_actor(id);
	assert_string_equal(after.display_name.data, "Greta G.");
	assert_true(after.is_locked && !after.is_discoverable && !after.hides_collections);
	assert_string_equal(after.also_known_as_json.data, "[\"https://far.example/users/b\",\"https://far.example/users/a\"]");
	assert_int_equal(after.kind, ACTOR_SERVICE);
	assert_true(after.updated_us > before.updated_us);
	profile = (struct actor_profile){ .display_name = &nothing };
	assert_int_equal(actor_update_profile(db, arena, id, &profile), ERROR_NONE);
	after = find_actor(id);
	assert_string_equal(after.display_name.data, "");
	assert_true(after.is_locked);
	assert_int_equal(actor_update_profile(db, arena, make_remote("greta"), &profile), ERROR_NOT_FOUND);
}

static void keys_of_a_local_actor_are_replaced_together(void **state)
{
	(void)state;
	int64_t id = make_actor("hanna");
	struct actor_key before;
	assert_int_equal(actor_key_find_private(inbox_db, arena, id, ACTOR_KEY_RSA, &before), ERROR_NONE);
	assert_string_equal(before.private_sealed.data, "sealed");
	assert_true(before.is_local);
	struct actor_keys_sealed keys = { STR("new pem"), STR("new sealed"), BYTES_B, STR("new sealed too") };
	assert_int_equal(actor_replace_keys(db, arena, id, &keys), ERROR_NONE);
	struct actor_key rsa;
	struct actor_key ed25519;
	assert_int_equal(actor_key_find_private(inbox_db, arena, id, ACTOR_KEY_RSA, &rsa), ERROR_NONE);
	assert_int_equal(actor_key_find_private(inbox_db, arena, id, ACTOR_KEY_ED25519, &ed25519), ERROR_NONE);
	assert_string_equal(rsa.public_pem.data, "new pem");
	assert_string_equal(rsa.private_sealed.data, "new sealed");
	assert_string_equal(ed25519.private_sealed.data, "new sealed too");
	assert_true(str_eq(ed25519.public_bytes, BYTES_B));
	assert_true(str_eq(rsa.uri, before.uri) && rsa.created_us > before.created_us);
	struct actor_key public_half;
	assert_int_equal(actor_key_find(inbox_db, arena, rsa.uri, &public_half), ERROR_NONE);
	assert_null(public_half.private_sealed.data);
	int64_t remote_id = make_remote("hanna");
	assert_int_equal(actor_replace_keys(db, arena, remote_id, &keys), ERROR_NOT_FOUND);
	assert_int_equal(actor_key_find_private(inbox_db, arena, remote_id, ACTOR_KEY_RSA, &rsa), ERROR_NOT_FOUND);
}

static void states_of_an_actor_are_set_and_taken_back(void **state)
{
	(void)state;
	int64_t id = make_remote("ida");
	int64_t target_id = make_remote("ida2");
	assert_int_equal(actor_set_suspended(db, arena, id, true), ERROR_NONE);
	assert_int_equal(actor_set_silenced(db, arena, id, true), ERROR_NONE);
	assert_int_equal(actor_set_moved(inbox_db, arena, id, target_id), ERROR_NONE);
	struct actor actor = find_actor(id);
	assert_true(actor.is_suspended && actor.is_silenced && !actor.is_deleted);
	assert_int_equal(actor.moved_to_id, target_id);
	assert_string_equal(actor.moved_to_uri.data, "https://far.example/users/ida2");
	assert_true(actor.moved_us > 0);
	assert_int_equal(actor_set_suspended(db, arena, id, false), ERROR_NONE);
	assert_int_equal(actor_set_silenced(db, arena, id, false), ERROR_NONE);
	assert_int_equal(actor_set_moved(inbox_db, arena, id, 0), ERROR_NONE);
	actor = find_actor(id);
	assert_false(actor.is_suspended || actor.is_silenced);
	assert_int_equal(actor.moved_to_id, 0);
	assert_null(actor.moved_to_uri.data);
	assert_true(actor.moved_us > 0); /* one knows when, for the time between two moves */
	assert_int_equal(actor_set_moved(inbox_db, arena, id, id), ERROR_NOT_FOUND);
	assert_int_equal(actor_set_suspended(db, arena, 7, true), ERROR_NOT_FOUND);
}

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

/* ---- the end of an actor ---- */

static const char *post_counts(int64_t id)
{
	return query("select replies || ' ' || boosts || ' ' || favourites from post_counts where post_id = %lld", (long long)id);
}

static void a_remote_actor_goes_with_all_that_it_moved(void **state)
{
	(void)state;
	int64_t local = make_actor("tom");
	int64_t gone = make_remote("tom");
	int64_t post = make_post(local, 0);
	int64_t own = make_remote_post(gone, 0);
	make_remote_post(gone, own);
	int64_t answer = make_remote_post(gone, post);
	int64_t below = make_post(local, answer);
	make_follow(local, gone, FOLLOW_ACCEPTED);
	make_follow(gone, local, FOLLOW_ACCEPTED);
	make_follow(make_remote("tom2"), gone, FOLLOW_PENDING);
	execute("insert into boosts (id, actor_id, post_id, uri) values (%lld, %lld, %lld, 'https://far.example/b/tom')",
		(long long)id_new(), (long long)gone, (long long)post);
	execute("insert into favourites (id, actor_id, post_id, uri) values (%lld, %lld, %lld, 'https://far.example/l/tom')",
		(long long)id_new(), (long long)gone, (long long)post);
	execute("insert into reactions (id, actor_id, post_id, emoji, uri) values (%lld, %lld, %lld, 'x', 'https://far.example/r/tom')",
		(long long)id_new(), (long long)gone, (long long)post);
	execute("insert into boosts (id, actor_id, post_id, uri) values (%lld, %lld, %lld, '" BASE_URL "/b/tom')",
		(long long)id_new(), (long long)local, (long long)own);
	execute("update post_counts set boosts = 1, favourites = 1 where post_id = %lld", (long long)post);
	execute("insert into polls (post_id, is_multiple, voters) values (%lld, true, 3)", (long long)post);
	execute("insert into poll_options (post_id, position, title, votes) values (%lld, 0, 'a', 2), (%lld, 1, 'b', 3)",
		(long long)post, (long long)post);
	execute("insert into poll_votes (post_id, position, actor_id, uri) values"
		" (%lld, 0, %lld, 'https://far.example/v/tom0'), (%lld, 1, %lld, 'https://far.example/v/tom1')",
		(long long)post, (long long)gone, (long long)post, (long long)gone);
	assert_int_equal(notification_add(inbox_db, arena, local, NOTIFICATION_FOLLOW, gone, 0), ERROR_NONE);
	assert_int_equal(featured_tag_add(inbox_db, arena, gone, STR_LITERAL("tag")), ERROR_NONE);
	assert_string_equal(post_counts(post), "1 1 1");
	assert_counts(local, 1, 1);

	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_begin(inbox_db), ERROR_NONE);
		assert_int_equal(actor_delete(inbox_db, arena, gone), ERROR_NONE);
		assert_int_equal(db_commit(inbox_db), ERROR_NONE);
	}
	assert_string_equal(post_counts(post), "0 0 0");
	assert_counts(local, 0, 0);
	assert_string_equal(query("select voters from polls where post_id = %lld", (long long)post), "2");
	assert_string_equal(query("select string_agg(votes::text, ' ' order by position) from poll_options where post_id = %lld",
		(long long)post), "1 2");
	assert_string_equal(query("select count(*) from posts where actor_id = %lld", (long long)gone), "0");
	assert_string_equal(query("select in_reply_to_id from posts where id = %lld", (long long)below), "null");
	assert_string_equal(query("select (select count(*) from follows where %lld in (follower_id, followed_id))"
		" + (select count(*) from actor_keys where actor_id = %lld) + (select count(*) from poll_votes where actor_id = %lld)"
		" + (select count(*) from reactions where actor_id = %lld) + (select count(*) from notifications where from_actor_id = %lld)"
		" + (select count(*) from featured_tags where actor_id = %lld) + (select count(*) from boosts where post_id = %lld)",
		(long long)gone, (long long)gone, (long long)gone, (long long)gone, (long long)gone, (long long)gone, (long long)own), "0");
	struct actor actor = find_actor(gone);
	assert_true(actor.is_deleted && actor.is_suspended);
	assert_string_equal(actor.display_name.data, "");
	struct actor_remote again = remote_actor("tom");
	int64_t id;
	bool is_new;
	assert_int_equal(actor_store_remote(inbox_db, arena, &again, &id, &is_new), ERROR_GONE);
	assert_int_equal(actor_set_suspended(db, arena, gone, false), ERROR_NOT_FOUND);
	assert_int_equal(actor_delete(inbox_db, arena, 7), ERROR_NOT_FOUND);
}

static const char *instance_counts(void)
{
	return query("select string_agg(name || ' ' || value, ', ' order by name) from"
		" (select name, sum(value) as value from instance_counters where name <> 'users' group by 1) as s");
}

static void a_local_actor_goes_but_can_still_sign_its_end(void **state)
{
	(void)state;
	const char *before = instance_counts();
	int64_t gone = make_actor("ulla");
	int64_t other = make_actor("ulla2");
	int64_t post = make_post(gone, 0);
	int64_t middle = make_post(other, post);
	make_post(gone, middle);
	make_post(gone, post);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(actor_delete(db, arena, gone), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_string_equal(post_counts(middle), "0 0 0");
	bool exists;
	assert_int_equal(tombstone_exists(db, arena, arena_printf(arena, BASE_URL "/users/ulla/statuses/%lld", (long long)post), &exists),
		ERROR_NONE);
	assert_true(exists);
	assert_int_equal(tombstone_exists(db, arena, STR_LITERAL(BASE_URL "/users/ulla"), &exists), ERROR_NONE);
	assert_true(exists);
	struct actor_key key;
	assert_int_equal(actor_key_find_private(inbox_db, arena, gone, ACTOR_KEY_RSA, &key), ERROR_NONE);
	assert_true(key.is_actor_suspended);
	struct actor found;
	assert_int_equal(actor_find_local(db, arena, STR_LITERAL("ulla"), STR_LITERAL("company.example"), &found), ERROR_NONE);
	assert_true(found.is_deleted);
	/* All that is left of what was counted is the other one's answer. */
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(actor_delete(db, arena, other), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_string_equal(instance_counts(), before);
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
	db = db_new(config, DB_WEB);
	inbox_db = db_new(config, DB_FEDERATION);
	return domain_create(db, arena, STR_LITERAL("company.example"), STR_LITERAL(BASE_URL), &domain) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(&db);
	db_free(&inbox_db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remote_actor_is_stored_as_its_server_tells_it),
		cmocka_unit_test(a_remote_actor_is_refreshed_under_its_id),
		cmocka_unit_test(a_handle_goes_to_whom_its_server_gave_it),
		cmocka_unit_test(nobody_outside_writes_over_a_local_actor),
		cmocka_unit_test(a_tombstoned_actor_does_not_come_back),
		cmocka_unit_test(keys_are_replaced_and_nobody_takes_another_ones_key),
		cmocka_unit_test(actors_are_found_in_numbers),
		cmocka_unit_test(a_profile_changes_what_was_given_only),
		cmocka_unit_test(keys_of_a_local_actor_are_replaced_together),
		cmocka_unit_test(states_of_an_actor_are_set_and_taken_back),
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
		cmocka_unit_test(a_remote_actor_goes_with_all_that_it_moved),
		cmocka_unit_test(a_local_actor_goes_but_can_still_sign_its_end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
