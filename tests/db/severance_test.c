/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/ promises about lost follows and about forgetting what was told, on a migrated database. */
#include "tests/db/actor_world.h"

#include "storage/event.h"
#include "storage/export.h"
#include "storage/notification_list.h"
#include "storage/retention.h"
#include "storage/severance.h"

#define HOUR_US (3600LL * 1000000)

static struct severance make_severance(void)
{
	return (struct severance){ .id = id_new(), .kind = SEVERANCE_DOMAIN_BLOCK, .target = STR_LITERAL("far.example") };
}

static struct severance_loss find_loss(int64_t actor_id, int64_t event_id)
{
	struct severance_loss *losses;
	size_t count;
	assert_int_equal(severance_list_some(db, arena, actor_id, &event_id, 1, &losses, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	return losses[0];
}

static struct event heard[64];
static size_t heard_count;

static void hear(struct event_listener *listener, const struct event *event)
{
	(void)listener;
	if (heard_count < 64)
		heard[heard_count++] = *event;
}

static void follows_end_in_batches_with_their_counters_and_are_told_of_once(void **state)
{
	(void)state;
	struct event_listener listener = { .heard = hear, .kinds = 1U << EVENT_NOTIFICATION };
	int64_t anna = make_actor("sev_anna"), bert = make_actor("sev_bert"), far[5], count = 1, total = 0;
	struct severance severance = make_severance();
	for (int i = 0; i < 5; i++) {
		far[i] = make_remote(arena_printf(arena, "sev_far%d", i).data);
		make_follow(far[i], anna, i == 4 ? FOLLOW_PENDING : FOLLOW_ACCEPTED);
	}
	make_follow(anna, far[0], FOLLOW_ACCEPTED);
	make_follow(bert, far[4], FOLLOW_PENDING);
	int64_t other = make_remote("sev_other");
	make_follow(other, anna, FOLLOW_ACCEPTED);
	event_listen(&listener);
	heard_count = 0;
	for (int batches = 0; count; batches++) {
		assert_int_equal(severance_end_follows(db, arena, &severance, far, 5, 1, &count), ERROR_NONE);
		assert_true(count <= 2 && batches < 20);
		if (!count)
			assert_string_equal(query("select count(*) from follows where follower_id = any ('{%lld,%lld,%lld,%lld,%lld}')",
				(long long)far[0], (long long)far[1], (long long)far[2], (long long)far[3], (long long)far[4]), "0");
		total += count;
	}
	assert_int_equal(total, 7);
	assert_string_equal(query("select followers || ' ' || following from actor_counts where actor_id = %lld", (long long)anna), "1 0");
	assert_int_equal(heard_count, 0);
	struct severance_loss loss = find_loss(anna, severance.id);
	assert_int_equal(loss.followers, 4);
	assert_int_equal(loss.following, 1);
	assert_false(loss.is_purged);
	/* Whoever only asked has lost nothing. */
	assert_string_equal(query("select count(*) from severed_actors where actor_id = %lld", (long long)bert), "0");
	for (int i = 0; i < 2; i++)
		assert_int_equal(severance_tell(db, arena, severance.id), ERROR_NONE);
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard[0].actor_id, anna);
	struct notification found;
	assert_int_equal(notification_find(db, arena, anna, heard[0].id, &found), ERROR_NONE);
	assert_int_equal(found.kind, NOTIFICATION_SEVERED);
	assert_int_equal(found.from_actor_id, anna);
	assert_int_equal(found.severance_event_id, severance.id);
	event_unlisten(&listener);
}

static void one_follow_is_noted_once_and_one_that_waits_is_not(void **state)
{
	(void)state;
	int64_t clea = make_actor("sev_clea"), far = make_remote("sev_clea"), shy = make_remote("sev_clea_shy");
	struct severance severance = make_severance();
	make_follow(clea, shy, FOLLOW_PENDING);
	assert_int_equal(severance_note(db, arena, &severance, clea, clea, shy), ERROR_NONE);
	assert_int_equal(severance_note(db, arena, &severance, clea, clea, far), ERROR_NONE);
	assert_string_equal(query("select count(*) from severance_events where id = %lld", (long long)severance.id), "0");
	make_follow(clea, far, FOLLOW_ACCEPTED);
	make_follow(far, clea, FOLLOW_ACCEPTED);
	execute("update follows set notifies = true, shows_boosts = false, languages = '{fr,en}' where follower_id = %lld"
		" and followed_id = %lld", (long long)clea, (long long)far);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(severance_note(db, arena, &severance, clea, clea, far), ERROR_NONE);
		assert_int_equal(severance_note(db, arena, &severance, clea, far, clea), ERROR_NONE);
	}
	struct severance_loss loss = find_loss(clea, severance.id);
	assert_int_equal(loss.followers, 1);
	assert_int_equal(loss.following, 1);
	struct export_query wanted = { .kind = EXPORT_SEVERED_FOLLOWING, .actor_id = clea, .event_id = severance.id, .limit = 10 };
	struct export_row *rows;
	size_t count;
	assert_int_equal(export_list(db, arena, &wanted, &rows, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].cells[1].data, "false");
	assert_string_equal(rows[0].cells[2].data, "true");
	assert_string_equal(rows[0].cells[3].data, "fr, en");
	wanted.actor_id = far;
	assert_int_equal(export_list(db, arena, &wanted, &rows, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	execute("update actors set deleted_at = now() where id = %lld", (long long)far);
	assert_true(find_loss(clea, severance.id).is_purged);
}

static void the_losses_of_a_deleted_actor_are_forgotten(void **state)
{
	(void)state;
	int64_t emil = make_actor("sev_emil"), far = make_remote("sev_emil"), count;
	struct severance severance = make_severance();
	make_follow(far, emil, FOLLOW_ACCEPTED);
	assert_int_equal(severance_end_follows(db, arena, &severance, &far, 1, 10, &count), ERROR_NONE);
	/* More than a batch. */
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
		" select 2000 + n, 'Person', 'lost' || n, 'lost' || n, 'far.example', u, u, u, now(), now(), now() from generate_series(1, 1500) as n"
		" cross join lateral (select 'https://far.example/lost/' || n as u) as u");
	execute("insert into severed_follows (event_id, actor_id, is_follower, other_id, shows_boosts, notifies)"
		" select %lld, %lld, true, 2000 + n, true, false from generate_series(1, 1500) as n", (long long)severance.id, (long long)emil);
	assert_int_equal(severance_forget(db, arena, emil), ERROR_NONE);
	assert_string_equal(query("select count(*) from severed_follows where actor_id = %lld", (long long)emil), "0");
	assert_string_equal(query("select count(*) from severed_actors where actor_id = %lld", (long long)emil), "0");
}

static int64_t forget_notifications(int64_t before_us)
{
	int64_t cursor = 0, count = RETENTION_BATCH, total = 0;
	for (int batches = 0; cursor || count >= RETENTION_BATCH; batches++) {
		assert_true(batches < 50);
		assert_int_equal(retention_notifications(db, arena, before_us, &cursor, &count), ERROR_NONE);
		total += count;
	}
	return total;
}

static void read_up_to(int64_t actor_id, int64_t id)
{
	execute("insert into users (id, actor_id, email, password_hash, locale, created_at) values (%lld, %lld, 'u%lld@mail.example', '$argon2id$x', 'en', now())"
		" on conflict do nothing", (long long)actor_id, (long long)actor_id, (long long)actor_id);
	execute("insert into markers (user_id, actor_id, timeline, last_read_id) values (%lld, %lld, 'notifications', %lld)",
		(long long)actor_id, (long long)actor_id, (long long)id);
}

static void notifications_are_forgotten_once_they_are_read_and_old(void **state)
{
	(void)state;
	int64_t readers[2] = { make_actor("sev_finn"), make_actor("sev_gina") }, other = make_actor("sev_hans");
	int64_t now_us = clock_now_us(), old_us = now_us - 200 * 24 * HOUR_US;
	/* More than a batch of one account, and some of the next: the walk goes on where it was. */
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
		" select n, 'Person', 'many' || n, 'many' || n, 'far.example', u, u, u, now(), now(), now() from generate_series(1, 1200) as n"
		" cross join lateral (select 'https://far.example/many/' || n as u) as u");
	execute("insert into notifications (id, actor_id, kind, from_actor_id, is_filtered)"
		" select %lld + n, %lld, 'follow', n, n = 3 from generate_series(1, 1200) as n", (long long)old_us, (long long)readers[0]);
	execute("insert into notifications (id, actor_id, kind, from_actor_id)"
		" select %lld + n, %lld, 'follow', n from generate_series(1, 10) as n", (long long)(old_us + 10000), (long long)readers[1]);
	execute("insert into notifications (id, actor_id, kind, from_actor_id) values (%lld, %lld, 'follow', 1), (%lld, %lld, 'update', 1)",
		(long long)(old_us + 30000), (long long)other, (long long)(now_us - HOUR_US), (long long)readers[0]);
	read_up_to(readers[0], now_us);
	read_up_to(readers[1], old_us + 10005);
	assert_int_equal(forget_notifications(now_us - 180 * 24 * HOUR_US), 1199 + 5);
	/* What is held back, what is young, what is not read, and what nobody said to have read. */
	assert_string_equal(query("select string_agg((case when is_filtered then 'held' else kind end), ' ' order by id) from notifications"
		" where actor_id = %lld", (long long)readers[0]), "held update");
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld", (long long)readers[1]), "5");
	assert_string_equal(query("select count(*) from notifications where actor_id = %lld", (long long)other), "1");
	execute("delete from notifications where actor_id in (%lld, %lld)", (long long)readers[0], (long long)readers[1]);
}

/* Actors, follows and the event. */
static const char *what_is_left(int64_t event_id)
{
	return query("select count(*) || ' ' || (select count(*) from severed_follows where event_id = %1$lld) || ' ' ||"
		" (select count(*) from severance_events where id = %1$lld) from severed_actors where event_id = %1$lld",
		(long long)event_id);
}

static void losses_are_forgotten_when_they_are_old_and_nothing_tells_of_them(void **state)
{
	(void)state;
	int64_t ida = make_actor("sev_ida"), jan = make_actor("sev_jan"), far = make_remote("sev_ida"), count;
	struct severance severance = make_severance();
	make_follow(far, ida, FOLLOW_ACCEPTED);
	make_follow(far, jan, FOLLOW_ACCEPTED);
	int64_t before_us = clock_now_us() + HOUR_US;
	assert_int_equal(severance_end_follows(db, arena, &severance, &far, 1, 10, &count), ERROR_NONE);
	assert_int_equal(retention_severances(db, arena, before_us, &count), ERROR_NONE);
	assert_string_equal(what_is_left(severance.id), "2 2 1");
	assert_int_equal(severance_tell(db, arena, severance.id), ERROR_NONE);
	assert_int_equal(retention_severances(db, arena, before_us, &count), ERROR_NONE);
	assert_string_equal(what_is_left(severance.id), "2 2 1");
	assert_int_equal(notification_clear(db, arena, ida), ERROR_NONE);
	assert_int_equal(retention_severances(db, arena, before_us - 2 * HOUR_US, &count), ERROR_NONE);
	assert_string_equal(what_is_left(severance.id), "2 2 1");
	assert_int_equal(retention_severances(db, arena, before_us, &count), ERROR_NONE);
	assert_string_equal(what_is_left(severance.id), "1 1 1");
	assert_int_equal(notification_clear(db, arena, jan), ERROR_NONE);
	assert_int_equal(retention_severances(db, arena, before_us, &count), ERROR_NONE);
	assert_string_equal(what_is_left(severance.id), "0 0 0");
}

static void the_inbox_role_knows_nothing_of_losses(void **state)
{
	(void)state;
	int64_t kim = make_actor("sev_kim"), far = make_remote("sev_kim"), count;
	struct severance severance = make_severance();
	struct severance_loss *losses;
	size_t loss_count;
	assert_int_equal(severance_end_follows(inbox_db, arena, &severance, &far, 1, 10, &count), ERROR_DATABASE);
	assert_int_equal(severance_list(inbox_db, arena, kim, 10, &losses, &loss_count), ERROR_DATABASE);
	assert_int_equal(severance_tell(inbox_db, arena, severance.id), ERROR_DATABASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_end_in_batches_with_their_counters_and_are_told_of_once),
		cmocka_unit_test(one_follow_is_noted_once_and_one_that_waits_is_not),
		cmocka_unit_test(the_losses_of_a_deleted_actor_are_forgotten),
		cmocka_unit_test(notifications_are_forgotten_once_they_are_read_and_old),
		cmocka_unit_test(losses_are_forgotten_when_they_are_old_and_nothing_tells_of_them),
		cmocka_unit_test(the_inbox_role_knows_nothing_of_losses),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
