/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ keeps about actors: remote ones, keys, profiles, states, and the end of an actor with all that it has
 * moved. Run by tests/db/test_storage.py. */
#include "actor_world.h"

#include "storage/actor_key.h"
#include "storage/actor_sender.h"
#include "storage/notification.h"
#include "storage/pin.h"
#include "storage/tombstone.h"

/* ---- remote actors ---- */

static enum error find_key(struct str uri, struct actor_key *ret_key)
{
	bool is_own_host = true;
	enum error error = actor_key_find(inbox_db, arena, uri, STR_LITERAL("remote.example"), ret_key, &is_own_host);
	assert_false(is_own_host);
	return error;
}

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
	assert_int_equal(find_key(keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.kind, ACTOR_KEY_RSA);
	assert_int_equal(key.actor_id, id);
	assert_true(str_eq(key.actor_uri, remote.uri));
	assert_false(key.is_local || key.is_actor_suspended);
	assert_string_equal(key.public_pem.data, "pem 1");
	assert_int_equal(key.actor_fetched_us, remote.fetched_us);
	int64_t created_us = key.created_us;
	store(&remote);
	assert_int_equal(find_key(keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.created_us, created_us); /* the same key is as old as it was */
	keys[0].public_pem = STR_LITERAL("pem 2");
	remote.key_count = 1;
	store(&remote);
	assert_int_equal(find_key(keys[0].uri, &key), ERROR_NONE);
	assert_string_equal(key.public_pem.data, "pem 2");
	assert_true(key.created_us > created_us);
	assert_int_equal(find_key(keys[1].uri, &key), ERROR_NOT_FOUND);

	struct actor_remote thief = remote_actor("thief");
	struct actor_key_new stolen[] = { { .uri = keys[0].uri, .public_pem = STR_LITERAL("thief's") },
		{ .uri = STR_LITERAL(BASE_URL "/users/mine#main-key"), .public_pem = STR_LITERAL("thief's") } };
	thief.keys = stolen;
	thief.key_count = 2;
	store(&thief);
	assert_int_equal(find_key(keys[0].uri, &key), ERROR_NONE);
	assert_int_equal(key.actor_id, id);
	assert_string_equal(key.public_pem.data, "pem 2");
	assert_int_equal(find_key(stolen[1].uri, &key), ERROR_NONE);
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
	assert_int_equal(find_key(rsa.uri, &public_half), ERROR_NONE);
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
	/* Answers that are not open are not counted. */
	int64_t quiet = make_remote_post(gone, post);
	execute("update posts set visibility = 'followers' where id = %lld", (long long)quiet);
	execute("update post_counts set replies = replies - 1 where post_id = %lld", (long long)post);
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

/* Who writes rows for each of them waits for others who do, and nobody for each other. */
static void senders_are_told_in_the_order_of_their_ids(void **state)
{
	static const char *const names[] = { "sender_z", "sender_m", "sender_a" };
	(void)state;
	int64_t ids[3];
	struct str uris[3];
	struct actor_sender *senders;
	size_t count;
	for (size_t i = 0; i < 3; i++) {
		ids[i] = make_remote(names[i]);
		uris[2 - i] = find_actor(ids[i]).uri;
	}
	/* A row that was changed lies behind the others. */
	execute("update actors set fetched_at = now() where id = %lld", (long long)ids[0]);
	assert_int_equal(actor_sender_find_many(inbox_db, arena, uris, 3, &senders, &count), ERROR_NONE);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(senders[i].id, ids[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(senders_are_told_in_the_order_of_their_ids),
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
		cmocka_unit_test(a_remote_actor_goes_with_all_that_it_moved),
		cmocka_unit_test(a_local_actor_goes_but_can_still_sign_its_end),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
