/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scripted deliveries: at such a time the peer answers so; then this is expected. */
#include "tests/unit/delivery_world.h"

#define ASSERT_BETWEEN(value, least, most) assert_in_range((uint64_t)(value), (uint64_t)(least), (uint64_t)(most))

/* ---- one delivery ---- */

static void what_is_accepted_was_signed_with_this_moments_date(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	assert_int_equal(waiting(), 1);
	const struct fake_request *request = fake_http_client_next(client);
	assert_true(str_eq(request->hop.url.text, row->inbox_url) && request->method == HTTP_CLIENT_POST);
	assert_true(str_eq(header_of(request, "Date"), STR_LITERAL("Sun, 22 Nov 2026 15:00:00 GMT")));
	assert_true(str_eq(header_of(request, "Content-Type"), STR_LITERAL("application/activity+json")));
	assert_true(header_of(request, "Digest").len > 0 && header_of(request, "Signature").len > 0);
	assert_false(next_is_rfc9421());
	answer(202);
	assert_int_equal(row->state, DELIVERY_ACCEPTED);
	assert_int_equal(row->attempts, 1);
	assert_int_equal(row->status, 202);
	assert_int_equal(row->first_attempt_us, START_US);
}

static void a_peer_that_is_down_for_a_moment_gets_it_after_half_a_minute(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	answer(503);
	assert_int_equal(row->state, DELIVERY_PENDING);
	int64_t after_s = pass_until_request(60, 1);
	ASSERT_BETWEEN(after_s, 25, 35);
	struct str date = header_of(fake_http_client_next(client), "Date");
	assert_false(str_eq(date, STR_LITERAL("Sun, 22 Nov 2026 15:00:00 GMT")));
	answer(202);
	assert_int_equal(row->state, DELIVERY_ACCEPTED);
	assert_int_equal(row->attempts, 2);
	assert_int_equal(pass_until_request(3600, 10), -1);
}

static void an_unreachable_peer_is_tried_for_seven_days_and_then_no_more(void **state)
{
	(void)state;
	static const int64_t expected_s[] = { 0, 30, 120, 480, 1800, 7200, 21600 };
	const struct row *row = add_row("a.example");
	int attempts = 0;
	while (row->state == DELIVERY_PENDING && attempts < 60) {
		int64_t expected = expected_s[attempts < 6 ? attempts : 6];
		int64_t after_s = pass_until_request(30000, 1);
		ASSERT_BETWEEN(after_s, expected * 85 / 100, expected * 115 / 100 + 2);
		break_off(attempts % 2 ? HTTP_CLIENT_TIMEOUT : HTTP_CLIENT_CONNECT);
		attempts++;
	}
	assert_int_equal(row->state, DELIVERY_GIVEN_UP);
	ASSERT_BETWEEN(row->last_attempt_us - row->first_attempt_us, 7 * DAY - 7 * 3600 * SECOND, 7 * DAY);
	ASSERT_BETWEEN(attempts, 28, 36);
	assert_int_equal(row->attempts, attempts);
	assert_true(strncmp(row->error, "timeout", 7) == 0 || strncmp(row->error, "connect", 7) == 0);
}

static void permanent_answers_end_a_delivery_and_others_do_not(void **state)
{
	(void)state;
	static const struct {
		int status;
		enum delivery_state state;
	} cases[] = {
		{ 200, DELIVERY_ACCEPTED }, { 202, DELIVERY_ACCEPTED }, { 204, DELIVERY_ACCEPTED },
		{ 301, DELIVERY_REFUSED }, { 302, DELIVERY_REFUSED }, { 308, DELIVERY_REFUSED },
		{ 403, DELIVERY_REFUSED }, { 404, DELIVERY_REFUSED }, { 405, DELIVERY_REFUSED }, { 406, DELIVERY_REFUSED },
		{ 410, DELIVERY_REFUSED }, { 413, DELIVERY_REFUSED }, { 414, DELIVERY_REFUSED }, { 415, DELIVERY_REFUSED },
		{ 422, DELIVERY_REFUSED }, { 501, DELIVERY_REFUSED },
		{ 402, DELIVERY_PENDING }, { 408, DELIVERY_PENDING }, { 429, DELIVERY_PENDING }, { 500, DELIVERY_PENDING },
		{ 502, DELIVERY_PENDING }, { 503, DELIVERY_PENDING }, { 504, DELIVERY_PENDING }, { 520, DELIVERY_PENDING },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct row *row = add_row(arena_printf(world_arena, "h%zu.example", i).data);
		settle();
		answer(cases[i].status);
		assert_int_equal(row->state, cases[i].state);
		assert_int_equal(row->status, cases[i].status);
	}
	assert_int_equal(waiting(), 0);
}

static void a_full_body_behind_a_status_does_not_hide_it(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	answer_with(HTTP_CLIENT_TOO_LARGE, 202, -1, NULL);
	assert_int_equal(row->state, DELIVERY_ACCEPTED);
}

static void what_an_error_quotes_of_the_peer_is_plain_text(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	const struct http_client_result result = { .error = HTTP_CLIENT_TLS, .retry_after_s = -1,
		.detail = STR("bad\x1b[31m\xc3\xa9\n") };
	fake_http_client_answer_with(fake_http_client_next(client), &result, (struct str){ 0 });
	settle();
	assert_string_equal(row->error, "tls: bad?[31m???");
}

/* ---- Retry-After ---- */

static void retry_after_is_obeyed_and_holds_all_of_the_peer(void **state)
{
	(void)state;
	add_row("a.example");
	settle();
	answer_with(HTTP_CLIENT_OK, 429, 600, NULL);
	add_row("a.example");
	pass(1);
	assert_int_equal(waiting(), 0);
	int64_t after_s = pass_until_request(700, 1);
	ASSERT_BETWEEN(after_s, 598, 602);
	answer(202);
	if (!waiting())
		(void)pass_until_request(20, 1);
	answer(202);
	assert_int_equal(rows[0].state, DELIVERY_ACCEPTED);
	assert_int_equal(rows[1].state, DELIVERY_ACCEPTED);
	assert_int_equal(known(STR_LITERAL("a.example"))->record.failures, 0);
}

static void retry_after_of_more_than_a_day_is_a_day(void **state)
{
	(void)state;
	add_row("a.example");
	settle();
	answer_with(HTTP_CLIENT_OK, 503, 30 * 86400, NULL);
	int64_t after_s = pass_until_request(2 * 86400, 60);
	ASSERT_BETWEEN(after_s, 86400, 86400 + 60);
}

/* ---- signatures ---- */

static void a_second_signature_is_tried_once_per_attempt(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	assert_false(next_is_rfc9421());
	answer(401);
	assert_int_equal(waiting(), 1);
	assert_true(next_is_rfc9421());
	answer(401);
	assert_int_equal(waiting(), 0);
	assert_int_equal(row->state, DELIVERY_PENDING);
	assert_int_equal(row->attempts, 1);
	assert_true(pass_until_request(40, 1) > 0);
	assert_false(next_is_rfc9421());
	answer(400);
	assert_true(next_is_rfc9421());
	answer(400);
	assert_int_equal(row->state, DELIVERY_REFUSED);
}

static void a_peer_that_took_the_second_signature_gets_it_first_next_time(void **state)
{
	(void)state;
	add_row("a.example");
	settle();
	answer(401);
	answer(202);
	assert_int_equal(rows[0].state, DELIVERY_ACCEPTED);
	assert_true(known(STR_LITERAL("a.example"))->record.prefers_rfc9421);
	add_row("a.example");
	settle();
	assert_true(next_is_rfc9421());
	answer(400);
	assert_false(next_is_rfc9421());
	answer(202);
	assert_false(known(STR_LITERAL("a.example"))->record.prefers_rfc9421);
}

static void accept_signature_is_evidence_and_a_plain_401_is_none(void **state)
{
	(void)state;
	add_row("plain.example");
	settle();
	answer(401);
	answer(401);
	assert_false(known(STR_LITERAL("plain.example"))->record.prefers_rfc9421);
	add_row("asks.example");
	settle();
	answer_with(HTTP_CLIENT_OK, 401, -1, "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid");
	assert_true(next_is_rfc9421());
	answer(401);
	assert_true(known(STR_LITERAL("asks.example"))->record.prefers_rfc9421);
}

/* ---- peers ---- */

static void a_new_peer_gets_two_at_a_time_and_a_good_one_four(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		add_row("a.example");
	settle();
	assert_int_equal(waiting(), 2);
	size_t most = 0;
	for (int i = 0; i < 40; i++) {
		most = waiting() > most ? waiting() : most;
		answer(202);
	}
	assert_int_equal(most, 4);
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(rows[i].state, DELIVERY_ACCEPTED);
}

static void a_peer_in_trouble_gets_one_at_a_time_until_it_is_well(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++)
		add_row("a.example");
	settle();
	assert_int_equal(waiting(), 2);
	break_off(HTTP_CLIENT_TIMEOUT);
	break_off(HTTP_CLIENT_TIMEOUT);
	assert_int_equal(waiting(), 0);
	assert_int_equal(known(STR_LITERAL("a.example"))->record.failures, 1);
	assert_true(pass_until_request(200, 1) > 0);
	assert_int_equal(waiting(), 1);
	answer(202);
	assert_int_equal(waiting(), 2);
	for (int i = 0; i < 29; i++)
		answer(202);
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(rows[i].state, DELIVERY_ACCEPTED);
	assert_int_equal(rows[29].attempts, 1);
}

static void what_breaks_together_counts_once(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++)
		add_row("a.example");
	settle();
	for (int i = 0; i < 20; i++)
		answer(202);
	assert_int_equal(waiting(), 4);
	while (waiting())
		break_off(HTTP_CLIENT_CONNECT);
	assert_int_equal(known(STR_LITERAL("a.example"))->record.failures, 1);
	ASSERT_BETWEEN(pass_until_request(200, 1), 20, 40);
	break_off(HTTP_CLIENT_CONNECT);
	assert_int_equal(known(STR_LITERAL("a.example"))->record.failures, 2);
}

static void one_bad_delivery_does_not_stop_the_others(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		add_row("a.example");
	settle();
	answer(500);
	for (int i = 0; i < 19; i++)
		answer(202);
	assert_int_equal(rows[0].state, DELIVERY_PENDING);
	for (size_t i = 1; i < row_count; i++)
		assert_int_equal(rows[i].state, DELIVERY_ACCEPTED);
}

static void a_peer_that_answers_500_to_all_is_left_alone(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		add_row("a.example");
	settle();
	int answered = 0;
	for (; waiting() && answered < 50; answered++)
		answer(500);
	ASSERT_BETWEEN(answered, 3, 4);
	assert_int_equal(known(STR_LITERAL("a.example"))->record.failures, answered);
}

static void dead_after_seven_days_then_probed_once_a_day_and_revived(void **state)
{
	(void)state;
	const struct known_peer *peer = known(STR_LITERAL("a.example"));
	int64_t began_us = now_us;
	while (peer->record.state != PEER_DEAD) {
		add_row("a.example");
		assert_true(pass_until_request(30000, 5) >= 0);
		assert_int_equal(waiting(), 1);
		break_off(HTTP_CLIENT_CONNECT);
		assert_true(now_us - began_us < 9 * DAY);
	}
	ASSERT_BETWEEN(now_us - began_us, 7 * DAY, 7 * DAY + 8 * 3600 * SECOND);
	for (int day = 0; day < 3; day++) {
		add_row("a.example");
		int64_t after_s = pass_until_request(2 * 86400, 60);
		ASSERT_BETWEEN(after_s, 86400 * 85 / 100, 86400 * 115 / 100 + 60);
		assert_int_equal(waiting(), 1);
		break_off(HTTP_CLIENT_CONNECT);
	}
	assert_int_equal(expired, 3);
	add_row("a.example");
	assert_true(pass_until_request(2 * 86400, 60) > 0);
	answer(202);
	assert_int_equal(peer->record.state, PEER_ALIVE);
	while (waiting())
		answer(202);
	assert_int_equal(rows[row_count - 1].state, DELIVERY_ACCEPTED);
}

static void a_refusal_proves_that_the_host_lives(void **state)
{
	(void)state;
	const struct known_peer *peer = known(STR_LITERAL("a.example"));
	add_row("a.example");
	settle();
	break_off(HTTP_CLIENT_DNS);
	assert_int_equal(peer->record.failures, 1);
	assert_true(peer->record.failing_since_us != 0);
	assert_true(pass_until_request(60, 1) > 0);
	answer(404);
	assert_int_equal(rows[0].state, DELIVERY_REFUSED);
	assert_int_equal(peer->record.failures, 0);
	assert_int_equal(peer->record.failing_since_us, 0);
}

static void what_waits_is_due_when_the_peer_is_heard_from(void **state)
{
	(void)state;
	struct known_peer *peer = known(STR_LITERAL("a.example"));
	add_row("a.example");
	settle();
	for (int i = 0; i < 5; i++) {
		break_off(HTTP_CLIENT_CONNECT);
		assert_true(pass_until_request(20000, 1) > 0);
	}
	break_off(HTTP_CLIENT_CONNECT);
	add_row("a.example");
	pass(10);
	assert_int_equal(waiting(), 0);
	/* As peer_note_heard writes it. */
	peer->record.failures = 0;
	peer->record.failing_since_us = 0;
	peer->record.due_us = 0;
	peer->record.last_heard_us = now_us;
	peer->look_us = now_us;
	rows[0].due_us = now_us;
	settle();
	assert_int_equal(waiting(), 1);
	answer(202);
	answer(202);
	assert_int_equal(rows[0].state, DELIVERY_ACCEPTED);
	assert_int_equal(rows[1].state, DELIVERY_ACCEPTED);
}

static void a_paused_peer_gets_nothing_and_a_resumed_one_everything(void **state)
{
	(void)state;
	struct known_peer *peer = known(STR_LITERAL("a.example"));
	for (int i = 0; i < 10; i++)
		add_row("a.example");
	settle();
	peer->record.state = PEER_PAUSED;
	const struct str names[] = { STR("other.example"), STR("a.example") };
	scheduler_set_paused(scheduler, names, 2);
	answer(202);
	answer(202);
	pass(60);
	add_row("a.example");
	pass(3600);
	assert_int_equal(waiting(), 0);
	assert_int_equal(rows[10].state, DELIVERY_PENDING);
	peer->record.state = PEER_ALIVE;
	peer->look_us = now_us;
	scheduler_set_paused(scheduler, names, 1);
	settle();
	while (waiting())
		answer(202);
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(rows[i].state, DELIVERY_ACCEPTED);
}

/* ---- order ---- */

static void activities_about_one_object_go_in_their_order(void **state)
{
	(void)state;
	const struct row *create = add_row_about("a.example", 7);
	const struct row *update = add_row_about("a.example", 7);
	const struct row *other = add_row_about("a.example", 8);
	settle();
	assert_int_equal(waiting(), 2);
	assert_int_equal(other->state, DELIVERY_PENDING);
	answer(202);
	assert_int_equal(create->state, DELIVERY_ACCEPTED);
	assert_int_equal(waiting(), 2);
	answer(202);
	assert_int_equal(other->state, DELIVERY_ACCEPTED);
	assert_int_equal(update->state, DELIVERY_PENDING);
	answer(202);
	assert_int_equal(update->state, DELIVERY_ACCEPTED);
}

static void a_later_activity_waits_for_the_retry_of_the_earlier_one(void **state)
{
	(void)state;
	const struct row *create = add_row_about("a.example", 7);
	settle();
	answer(500);
	const struct row *update = add_row_about("a.example", 7);
	const struct row *update_again = add_row_about("a.example", 7);
	settle();
	assert_int_equal(waiting(), 0);
	int64_t after_s = pass_until_request(60, 1);
	ASSERT_BETWEEN(after_s, 25, 36);
	assert_int_equal(waiting(), 1);
	answer(202);
	assert_int_equal(create->state, DELIVERY_ACCEPTED);
	for (int i = 0; i < 2; i++) {
		assert_true(pass_until_request(120, 1) >= 0);
		assert_int_equal(waiting(), 1);
		assert_int_equal(update_again->state, DELIVERY_PENDING);
		answer(202);
	}
	assert_int_equal(update->state, DELIVERY_ACCEPTED);
	assert_int_equal(update_again->state, DELIVERY_ACCEPTED);
	assert_int_equal(update->attempts + update_again->attempts, 2);
}

/* ---- withheld ---- */

static void policy_is_asked_at_each_attempt(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	answer(500);
	snprintf(refused_host, sizeof(refused_host), "a.example");
	assert_int_equal(pass_until_request(60, 1), -1);
	assert_int_equal(row->state, DELIVERY_WITHHELD);
	assert_string_equal(row->error, "no federation with that host");
	assert_int_equal(row->attempts, 1);
}

static void what_its_author_may_not_say_any_more_is_withheld(void **state)
{
	(void)state;
	withheld = "the author is suspended";
	const struct row *row = add_row("a.example");
	settle();
	assert_int_equal(waiting(), 0);
	assert_int_equal(row->state, DELIVERY_WITHHELD);
	assert_string_equal(row->error, "the author is suspended");
}

static void an_activity_without_key_is_given_up(void **state)
{
	(void)state;
	shared_key_unref(&activity->key);
	const struct row *row = add_row("a.example");
	settle();
	assert_int_equal(row->state, DELIVERY_GIVEN_UP);
	assert_int_equal(scheduler_in_flight(scheduler), 0);
}

/* ---- many ---- */

static void hanging_peers_leave_places_to_the_others(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		const char *host = arena_printf(world_arena, "hanging%d.example", i).data;
		add_row(host);
		known(str_from(host));
	}
	settle();
	size_t hanging = waiting();
	ASSERT_BETWEEN(hanging, 180, 200);
	struct known_peer *peer = known(STR_LITERAL("well.example"));
	peer->record.last_success_us = now_us - DAY;
	struct row *row = add_row("well.example");
	settle();
	assert_int_equal(waiting(), hanging + 1);
	while (row->state == DELIVERY_PENDING) {
		struct fake_request *request = fake_http_client_next(client);
		if (str_eq(request->hop.url.host, STR_LITERAL("well.example")))
			answer(202);
		else
			break_off(HTTP_CLIENT_TIMEOUT);
	}
	/* Those that failed are suspect now and get fewer. */
	while (waiting())
		break_off(HTTP_CLIENT_TIMEOUT);
	pass(36);
	pass(1);
	ASSERT_BETWEEN(waiting(), 1, 256 / 4 + 1);
}

static void the_proven_do_not_queue_behind_the_doubtful_at_the_signers(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++)
		add_row(arena_printf(world_arena, "unknown%d.example", i).data);
	(void)look();
	(void)answer_claims();
	(void)discover();
	(void)scheduler_advance(scheduler);
	assert_int_equal(scheduler_in_flight(scheduler), DOUBTFUL_SIGNING);
	struct known_peer *peer = known(STR_LITERAL("well.example"));
	peer->record.last_success_us = now_us - DAY;
	add_row("well.example");
	(void)discover();
	(void)scheduler_advance(scheduler);
	assert_int_equal(scheduler_in_flight(scheduler), DOUBTFUL_SIGNING + 1);
	/* The others follow as those are signed. */
	settle();
	ASSERT_BETWEEN(waiting(), 180, 201);
}

static void a_backlog_is_kept_in_the_table(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++)
		add_row("a.example");
	settle();
	size_t taken = 0;
	for (size_t i = 0; i < row_count; i++)
		taken += rows[i].is_taken;
	ASSERT_BETWEEN(taken, 2, SCHEDULER_PEER_ITEMS);
	for (int i = 0; i < 2000; i++) {
		if (!waiting())
			assert_true(pass_until_request(30, 1) >= 0);
		answer(202);
	}
	assert_int_equal(rows[1999].state, DELIVERY_ACCEPTED);
}

/* ---- the breaker ---- */

static void prove(int count)
{
	for (int i = 0; i < count; i++)
		add_row(arena_printf(world_arena, "h%d.example", i).data);
	settle();
	while (waiting())
		answer(202);
	pass(120);
}

static void when_most_hosts_fail_at_once_nothing_is_counted(void **state)
{
	(void)state;
	prove(20);
	for (int i = 0; i < 20; i++)
		add_row(arena_printf(world_arena, "h%d.example", i).data);
	settle();
	assert_int_equal(waiting(), 20);
	for (int i = 0; i < 20; i++)
		break_off(HTTP_CLIENT_DNS);
	assert_true(scheduler_is_open(scheduler));
	for (size_t i = 0; i < peer_count; i++) {
		assert_int_equal(peers[i].record.failures, 0);
		assert_int_equal(peers[i].record.failing_since_us, 0);
	}
	/* Two hours without network: one probe every few seconds. */
	int probes = 0;
	for (int s = 0; s < 7200; s++) {
		pass(1);
		assert_true(waiting() <= 1);
		if (waiting()) {
			break_off(HTTP_CLIENT_DNS);
			probes++;
		}
	}
	ASSERT_BETWEEN(probes, 1000, 1500);
	assert_true(pass_until_request(10, 1) >= 0);
	answer(202);
	assert_false(scheduler_is_open(scheduler));
	for (int i = 0; i < 60; i++) {
		pass(1);
		while (waiting())
			answer(202);
	}
	for (size_t i = 0; i < row_count; i++)
		assert_int_equal(rows[i].state, DELIVERY_ACCEPTED);
	for (size_t i = 0; i < peer_count; i++)
		assert_int_equal(peers[i].record.state, PEER_ALIVE);
}

static void with_nothing_to_probe_with_deliveries_go_on(void **state)
{
	struct str names[20];
	(void)state;
	prove(20);
	for (int i = 0; i < 20; i++) {
		names[i] = arena_printf(world_arena, "h%d.example", i);
		add_row(names[i].data);
	}
	settle();
	for (int i = 0; i < 20; i++)
		break_off(HTTP_CLIENT_DNS);
	assert_true(scheduler_is_open(scheduler));
	scheduler_set_paused(scheduler, names, 20);
	pass(30);
	assert_false(scheduler_is_open(scheduler));
}

static void a_few_failing_hosts_are_their_own_fault(void **state)
{
	(void)state;
	prove(20);
	for (int i = 0; i < 20; i++)
		add_row(arena_printf(world_arena, "h%d.example", i).data);
	settle();
	for (int i = 0; i < 20; i++) {
		if (i < 10)
			break_off(HTTP_CLIENT_CONNECT);
		else
			answer(202);
	}
	assert_false(scheduler_is_open(scheduler));
	assert_int_equal(known(STR_LITERAL("h3.example"))->record.failures, 1);
}

static void hosts_that_never_worked_say_nothing_about_our_network(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		add_row(arena_printf(world_arena, "dead%d.example", i).data);
	settle();
	while (waiting())
		break_off(HTTP_CLIENT_DNS);
	assert_false(scheduler_is_open(scheduler));
}

/* ---- ends ---- */

static void what_is_cut_off_by_a_stop_stays_pending(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	scheduler_stop(scheduler);
	break_off(HTTP_CLIENT_CANCELLED);
	assert_int_equal(row->state, DELIVERY_PENDING);
	assert_int_equal(row->attempts, 0);
	assert_int_equal(scheduler_in_flight(scheduler), 0);
}

static void waiting_for_a_connection_says_nothing_about_the_peer(void **state)
{
	(void)state;
	const struct row *row = add_row("a.example");
	settle();
	break_off(HTTP_CLIENT_BUSY);
	assert_int_equal(waiting(), 1);
	assert_int_equal(row->attempts, 0);
	answer(202);
	assert_int_equal(row->state, DELIVERY_ACCEPTED);
}

#define SCRIPT(name) cmocka_unit_test_setup_teardown(name, set_up_world, tear_down_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRIPT(what_is_accepted_was_signed_with_this_moments_date),
		SCRIPT(a_peer_that_is_down_for_a_moment_gets_it_after_half_a_minute),
		SCRIPT(an_unreachable_peer_is_tried_for_seven_days_and_then_no_more),
		SCRIPT(permanent_answers_end_a_delivery_and_others_do_not),
		SCRIPT(a_full_body_behind_a_status_does_not_hide_it),
		SCRIPT(what_an_error_quotes_of_the_peer_is_plain_text),
		SCRIPT(retry_after_is_obeyed_and_holds_all_of_the_peer),
		SCRIPT(retry_after_of_more_than_a_day_is_a_day),
		SCRIPT(a_second_signature_is_tried_once_per_attempt),
		SCRIPT(a_peer_that_took_the_second_signature_gets_it_first_next_time),
		SCRIPT(accept_signature_is_evidence_and_a_plain_401_is_none),
		SCRIPT(a_new_peer_gets_two_at_a_time_and_a_good_one_four),
		SCRIPT(a_peer_in_trouble_gets_one_at_a_time_until_it_is_well),
		SCRIPT(what_breaks_together_counts_once),
		SCRIPT(one_bad_delivery_does_not_stop_the_others),
		SCRIPT(a_peer_that_answers_500_to_all_is_left_alone),
		SCRIPT(dead_after_seven_days_then_probed_once_a_day_and_revived),
		SCRIPT(a_refusal_proves_that_the_host_lives),
		SCRIPT(what_waits_is_due_when_the_peer_is_heard_from),
		SCRIPT(a_paused_peer_gets_nothing_and_a_resumed_one_everything),
		SCRIPT(activities_about_one_object_go_in_their_order),
		SCRIPT(a_later_activity_waits_for_the_retry_of_the_earlier_one),
		SCRIPT(policy_is_asked_at_each_attempt),
		SCRIPT(what_its_author_may_not_say_any_more_is_withheld),
		SCRIPT(an_activity_without_key_is_given_up),
		SCRIPT(hanging_peers_leave_places_to_the_others),
		SCRIPT(the_proven_do_not_queue_behind_the_doubtful_at_the_signers),
		SCRIPT(a_backlog_is_kept_in_the_table),
		SCRIPT(when_most_hosts_fail_at_once_nothing_is_counted),
		SCRIPT(with_nothing_to_probe_with_deliveries_go_on),
		SCRIPT(a_few_failing_hosts_are_their_own_fault),
		SCRIPT(hosts_that_never_worked_say_nothing_about_our_network),
		SCRIPT(what_is_cut_off_by_a_stop_stays_pending),
		SCRIPT(waiting_for_a_connection_says_nothing_about_the_peer),
	};
	return cmocka_run_group_tests_name("scheduler", tests, NULL, NULL);
}
