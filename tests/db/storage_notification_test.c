/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ promises about notifications, conversations and push subscriptions, on a migrated database. */
#include "tests/db/actor_world.h"

#include "base/clock.h"
#include "storage/conversation.h"
#include "storage/event.h"
#include "storage/notification_list.h"
#include "storage/notification_policy.h"
#include "storage/push_subscription.h"

static struct event heard[16];
static size_t heard_count;

static void hear(struct event_listener *listener, const struct event *event)
{
	(void)listener;
	if (heard_count < 16)
		heard[heard_count++] = *event;
}

static void ids_are_short_and_the_next_free_one_is_taken(void **state)
{
	(void)state;
	int64_t told = make_actor("ida"), far = make_remote("ida"), other = make_remote("ida_other");
	int64_t first = id_new_short();
	assert_true(first < 1LL << 53 && id_new_short() > first);
	/* As if another process had taken the ids of the next moments. */
	execute("insert into notifications (id, actor_id, kind, from_actor_id) select n, %lld, 'move', %lld"
		" from (values (%lld), (%lld), (%lld)) as one (n) on conflict do nothing", (long long)told, (long long)other,
		(long long)first + 1, (long long)first + 2, (long long)first + 3);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld and kind = 'follow' and id < 9007199254740992",
		(long long)told), "1");
}

static void a_sender_of_a_silenced_server_is_limited(void **state)
{
	(void)state;
	int64_t told = make_actor("una"), far = make_remote("una");
	const struct str accept[NOTIFICATION_RULE_COUNT] = { [NOTIFICATION_FOR_LIMITED_ACCOUNTS] = STR("filter") };
	assert_int_equal(notification_policy_set(db, arena, told, accept), ERROR_NONE);
	/* By the domain above the one that it comes from. */
	execute("insert into domain_blocks (domain, severity) select regexp_replace(split_part(uri, '/', 3), '^[^.]*\\.', ''), 'silence'"
		" from actors where id = %lld", (long long)far);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_string_equal(query("select is_filtered from notifications where actor_id = %lld", (long long)told), "true");
	execute("update domain_blocks set severity = 'noop'");
	execute("delete from notifications where actor_id = %lld", (long long)told);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_string_equal(query("select is_filtered from notifications where actor_id = %lld", (long long)told), "false");
	execute("delete from domain_blocks");
}

static void an_event_is_told_once_it_is_committed_and_only_for_what_is_shown(void **state)
{
	(void)state;
	struct event_listener listener = { .heard = hear, .kinds = 1U << EVENT_NOTIFICATION | 1U << EVENT_NOTIFICATIONS_MERGED };
	int64_t told = make_actor("eva"), far = make_remote("eva"), stranger = make_remote("eva_stranger");
	const struct str rules[NOTIFICATION_RULE_COUNT] = { [NOTIFICATION_FOR_NOT_FOLLOWING] = STR("filter") };
	event_listen(&listener);
	heard_count = 0;
	assert_int_equal(db_begin(inbox_db), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(heard_count, 0);
	db_rollback(inbox_db);
	assert_int_equal(heard_count, 0);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard[0].actor_id, told);
	struct notification found;
	assert_int_equal(notification_find(db, arena, told, heard[0].id, &found), ERROR_NONE);
	assert_int_equal(notification_find(db, arena, far, heard[0].id, &found), ERROR_NOT_FOUND);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(heard_count, 1);
	assert_int_equal(notification_policy_set(db, arena, told, rules), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, stranger, 0), ERROR_NONE);
	assert_int_equal(heard_count, 1);
	struct notification_request *requests;
	size_t count;
	int64_t changed;
	struct id_page page = { .limit = 10 };
	assert_int_equal(notification_request_list(db, arena, told, &page, &requests, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(requests[0].from_actor_id, stranger);
	assert_int_equal(notification_request_accept(db, arena, told, &requests[0].id, 1, &changed), ERROR_NONE);
	assert_int_equal(changed, 1);
	assert_int_equal(heard_count, 2);
	assert_int_equal(heard[1].kind, EVENT_NOTIFICATIONS_MERGED);
	event_unlisten(&listener);
}

static int64_t direct_post(int64_t actor_id, int64_t mentioned_id)
{
	struct post_new post = { .id = id_new(), .actor_id = actor_id, .visibility = POST_DIRECT,
		.html = STR_LITERAL("<p>Entre nous</p>"), .mentioned_actor_ids = &mentioned_id, .mention_count = 1 };
	assert_int_equal(post_create(db, arena, &post), ERROR_NONE);
	return post.id;
}

static void a_conversation_is_kept_by_the_inbox_role_and_ends_with_its_last_post(void **state)
{
	(void)state;
	int64_t one = make_actor("lea"), other = make_actor("luc");
	int64_t post = direct_post(one, other);
	struct conversation *kept;
	size_t count;
	struct id_page page = { .limit = 10 };
	for (int i = 0; i < 2; i++)
		assert_int_equal(conversation_add_post(inbox_db, arena, post), ERROR_NONE);
	assert_int_equal(conversation_list(db, arena, other, &page, &kept, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_true(kept[0].is_unread && kept[0].participant_count == 1 && kept[0].participant_ids[0] == one);
	assert_int_equal(conversation_set_unread(db, arena, one, kept[0].id, false), ERROR_NOT_FOUND);
	assert_int_equal(conversation_add_post(inbox_db, arena, make_post(one, 0)), ERROR_NONE);
	assert_string_equal(query("select count(*) from conversations where actor_id in (%lld, %lld)", (long long)one,
		(long long)other), "2");
	execute("delete from posts where id = %lld", (long long)post);
	assert_string_equal(query("select count(*) from conversations where actor_id in (%lld, %lld)", (long long)one,
		(long long)other), "0");
}

static void what_is_told_and_kept_goes_with_the_actor(void **state)
{
	(void)state;
	int64_t told = make_actor("max"), far = make_remote("max");
	const struct str rules[NOTIFICATION_RULE_COUNT] = { [NOTIFICATION_FOR_NOT_FOLLOWING] = STR("filter") };
	assert_int_equal(notification_policy_set(db, arena, told, rules), ERROR_NONE);
	assert_int_equal(notification_add(inbox_db, arena, told, NOTIFICATION_FOLLOW, far, 0), ERROR_NONE);
	assert_int_equal(actor_delete(inbox_db, arena, far), ERROR_NONE);
	assert_string_equal(query("select count(*) from notification_requests where actor_id = %lld", (long long)told), "0");
	assert_int_equal(actor_delete(db, arena, told), ERROR_NONE);
	assert_string_equal(query("select count(*) from notification_policies where actor_id = %lld", (long long)told), "0");
}

static void a_failing_service_is_left_alone_longer_and_longer_and_then_forgotten(void **state)
{
	(void)state;
	int64_t actor = make_actor("pia"), until, id;
	execute("insert into oauth_applications (id, client_id, name, redirect_uris, scopes) values (1, 'client-of-the-tests', 'a', 'urn', 'push')");
	execute("insert into oauth_tokens (id, token_hash, application_id, scopes) values (1, sha256('x'), 1, 'push')");
	struct push_subscription subscription = { .token_id = 1, .actor_id = actor, .endpoint = STR("https://push.example/1"),
		.public_key = { arena_alloc(arena, 65), 65 }, .auth_secret = { arena_alloc(arena, 16), 16 },
		.token_sealed = STR("sealed"), .alerts = STR(""), .policy = STR("all") };
	assert_int_equal(push_subscription_set(db, arena, &subscription), ERROR_NONE);
	id = subscription.id;
	int64_t now = clock_now_us();
	assert_int_equal(push_subscription_pause(db, arena, id, 0, &until), ERROR_NONE);
	assert_true(until > now + 5000000 && until < now + 60000000);
	assert_int_equal(push_subscription_pause(db, arena, id, 100000, &until), ERROR_NONE);
	assert_true(until < now + 3700LL * 1000000);
	execute("update push_subscriptions set failing_since = now() - interval '30 minutes'");
	assert_int_equal(push_subscription_pause(db, arena, id, 0, &until), ERROR_NONE);
	assert_true(until > now + 1700LL * 1000000);
	assert_int_equal(push_subscription_resume(db, arena, id), ERROR_NONE);
	assert_string_equal(query("select paused_until is null from push_subscriptions"), "true");
	execute("update push_subscriptions set failing_since = now() - interval '4 days'");
	assert_int_equal(push_subscription_pause(db, arena, id, 0, &until), ERROR_GONE);
	assert_int_equal(push_subscription_find(db, arena, 1, &subscription), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_short_and_the_next_free_one_is_taken),
		cmocka_unit_test(a_sender_of_a_silenced_server_is_limited),
		cmocka_unit_test(an_event_is_told_once_it_is_committed_and_only_for_what_is_shown),
		cmocka_unit_test(a_conversation_is_kept_by_the_inbox_role_and_ends_with_its_last_post),
		cmocka_unit_test(what_is_told_and_kept_goes_with_the_actor),
		cmocka_unit_test(a_failing_service_is_left_alone_longer_and_longer_and_then_forgotten),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
