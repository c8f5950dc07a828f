/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rate limits: the figures, the windows, whom they count, and memory under a flood of addresses. */
#include "server/http/limits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US 1000000LL
#define NOW_US (1795000000LL * SECOND_US) /* 200 s into a window of 5 min */

static struct net_address address_of(const char *text)
{
	struct net_address address;
	assert_true(net_address_parse(str_from(text), &address));
	return address;
}

static void each_class_refuses_the_request_after_its_count(void **state)
{
	(void)state;
	static const struct {
		enum limit_class class;
		bool with_user;
		unsigned count, window_s;
	} cases[] = {
		{ LIMIT_API, false, 300, 300 },
		{ LIMIT_API, true, 1500, 300 },
		{ LIMIT_PAGE, false, 600, 300 },
		{ LIMIT_PAGE, true, 600, 300 },
		{ LIMIT_MEDIA, true, 30, 1800 },
		{ LIMIT_MEDIA, false, 30, 1800 },
		{ LIMIT_SIGN_IN, false, 25, 300 },
		{ LIMIT_SIGN_UP, false, 5, 1800 },
		{ LIMIT_APP, false, 5, 600 },
		{ LIMIT_MAIL, false, 10, 1800 },
		{ LIMIT_INBOX, false, 6000, 300 },
	};
	struct net_address address = address_of("192.0.2.1");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limits *limits = limits_new_with(NULL, LIMITS_MAX_WINDOWS);
		for (unsigned taken = 1; taken <= cases[i].count + 2; taken++) {
			struct limit_verdict verdict = cases[i].with_user
				? limits_take_user(limits, cases[i].class, 7, &address, NOW_US)
				: limits_take_address(limits, cases[i].class, &address, NOW_US);
			assert_true(verdict.is_counted);
			assert_int_equal(verdict.is_allowed, taken <= cases[i].count);
			assert_int_equal(verdict.limit, cases[i].count);
			assert_int_equal(verdict.remaining, taken < cases[i].count ? cases[i].count - taken : 0);
			int64_t window_us = cases[i].window_s * SECOND_US;
			assert_int_equal(verdict.reset_us % window_us, 0);
			assert_true(verdict.reset_us > NOW_US && verdict.reset_us <= NOW_US + window_us);
			assert_int_equal(verdict.retry_after_s, (verdict.reset_us - NOW_US) / SECOND_US);
		}
		limits_free(&limits);
		limits_free(&limits);
	}
}

static void a_new_window_counts_from_zero(void **state)
{
	(void)state;
	struct limits *limits = limits_new_with(NULL, LIMITS_MAX_WINDOWS);
	struct net_address address = address_of("192.0.2.1");
	struct limit_verdict verdict;
	for (int i = 0; i < 6; i++)
		verdict = limits_take_address(limits, LIMIT_SIGN_UP, &address, NOW_US);
	assert_false(verdict.is_allowed);
	assert_false(limits_take_address(limits, LIMIT_SIGN_UP, &address, verdict.reset_us - 1).is_allowed);
	assert_int_equal(limits_take_address(limits, LIMIT_SIGN_UP, &address, verdict.reset_us - 1).retry_after_s, 1);
	struct limit_verdict next = limits_take_address(limits, LIMIT_SIGN_UP, &address, verdict.reset_us);
	assert_true(next.is_allowed);
	assert_int_equal(next.remaining, 4);
	assert_int_equal(limits_window_count(limits), 1);
	limits_free(&limits);
}

static void clients_classes_and_users_are_counted_apart(void **state)
{
	(void)state;
	struct limits *limits = limits_new_with(NULL, LIMITS_MAX_WINDOWS);
	struct net_address first = address_of("2001:db8:1:1::1");
	struct net_address same = address_of("2001:db8:1:1:ffff::2");
	struct net_address second = address_of("2001:db8:1:2::1");
	assert_int_equal(limits_take_address(limits, LIMIT_APP, &first, NOW_US).remaining, 4);
	assert_int_equal(limits_take_address(limits, LIMIT_APP, &same, NOW_US).remaining, 3);
	assert_int_equal(limits_take_address(limits, LIMIT_APP, &second, NOW_US).remaining, 4);
	assert_int_equal(limits_take_address(limits, LIMIT_SIGN_UP, &first, NOW_US).remaining, 4);
	assert_int_equal(limits_take_user(limits, LIMIT_API, 1, &first, NOW_US).remaining, 1499);
	assert_int_equal(limits_take_user(limits, LIMIT_API, 1, &second, NOW_US).remaining, 1498);
	assert_int_equal(limits_take_user(limits, LIMIT_API, 2, &second, NOW_US).remaining, 1499);
	assert_int_equal(limits_take_address(limits, LIMIT_API, &first, NOW_US).remaining, 299);
	/* A user does not help against a limit per address. */
	assert_int_equal(limits_take_user(limits, LIMIT_APP, 1, &first, NOW_US).remaining, 2);
	limits_free(&limits);
}

static void exempt_addresses_and_the_class_none_are_not_counted(void **state)
{
	(void)state;
	static const struct str items[] = { STR("127.0.0.0/8") };
	struct str bad_item;
	struct limits *limits = limits_new_with(net_list_new(items, 1, false, &bad_item), LIMITS_MAX_WINDOWS);
	struct net_address exempt = address_of("127.0.0.9");
	struct net_address other = address_of("192.0.2.1");
	for (int i = 0; i < 10; i++) {
		struct limit_verdict verdict = limits_take_address(limits, LIMIT_SIGN_UP, &exempt, NOW_US);
		assert_true(verdict.is_allowed && !verdict.is_counted);
		verdict = limits_take_user(limits, LIMIT_API, 1, &exempt, NOW_US);
		assert_true(verdict.is_allowed && !verdict.is_counted);
		verdict = limits_take_address(limits, LIMIT_NONE, &other, NOW_US);
		assert_true(verdict.is_allowed && !verdict.is_counted);
	}
	assert_int_equal(limits_window_count(limits), 0);
	assert_true(limits_take_address(limits, LIMIT_SIGN_UP, &other, NOW_US).is_counted);
	limits_free(&limits);
}

static struct net_address numbered(uint32_t number)
{
	struct net_address address = { .family = NET_IPV4 };
	memcpy(address.bytes, &number, sizeof(number));
	return address;
}

static void a_flood_of_addresses_is_bounded_and_spares_other_rules(void **state)
{
	(void)state;
	struct limits *limits = limits_new_with(NULL, 1024);
	struct net_address thief = address_of("192.0.2.1");
	for (int i = 0; i < 26; i++)
		(void)!limits_take_address(limits, LIMIT_SIGN_IN, &thief, NOW_US).is_allowed;
	for (uint32_t i = 0; i < 20000; i++) {
		struct net_address address = numbered(i);
		assert_true(limits_take_address(limits, LIMIT_PAGE, &address, NOW_US).is_allowed);
	}
	assert_true(limits_window_count(limits) <= 1024);
	assert_false(limits_take_address(limits, LIMIT_SIGN_IN, &thief, NOW_US).is_allowed);

	/* Windows that have ended go before any that counts. */
	int64_t later_us = NOW_US + 3600 * SECOND_US;
	for (int i = 0; i < 26; i++)
		(void)!limits_take_address(limits, LIMIT_SIGN_IN, &thief, later_us).is_allowed;
	for (uint32_t i = 0; i < 500; i++) {
		struct net_address address = numbered(i + 1000000);
		assert_true(limits_take_address(limits, LIMIT_PAGE, &address, later_us).is_allowed);
	}
	assert_false(limits_take_address(limits, LIMIT_SIGN_IN, &thief, later_us).is_allowed);
	limits_free(&limits);
}

static struct limits *shared_limits;
static atomic_uint allowed_count;

static void *take_many(void *argument)
{
	struct net_address address = address_of("192.0.2.1");
	(void)argument;
	for (uint32_t i = 0; i < 5000; i++) {
		struct net_address other = numbered(i);
		allowed_count += limits_take_address(shared_limits, LIMIT_API, &address, NOW_US).is_allowed;
		(void)!limits_take_address(shared_limits, LIMIT_PAGE, &other, NOW_US).is_allowed;
	}
	return NULL;
}

static void threads_together_get_exactly_the_count(void **state)
{
	(void)state;
	pthread_t threads[4];
	shared_limits = limits_new_with(NULL, LIMITS_MAX_WINDOWS);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_many, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(allowed_count, 300);
	limits_free(&shared_limits);
}

static void what_is_given_back_was_never_counted(void **state)
{
	(void)state;
	struct limits *limits = limits_new_with(NULL, LIMITS_MAX_WINDOWS);
	struct net_address address = address_of("2001:db8::1"), neighbour = address_of("2001:db8::2");
	limits_give_back_address(limits, LIMIT_SIGN_UP, &address); /* of whom nothing is known */
	for (int i = 0; i < 100; i++) {
		assert_true(limits_take_address(limits, LIMIT_SIGN_UP, &address, NOW_US).is_allowed);
		limits_give_back_address(limits, LIMIT_SIGN_UP, &neighbour);
	}
	limits_give_back_address(limits, LIMIT_SIGN_UP, &address);
	assert_int_equal(limits_take_address(limits, LIMIT_SIGN_UP, &address, NOW_US).remaining, 4);
	limits_free(&limits);
}

static void the_table_lists_every_rule(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	limits_write_table(&out);
	static const char *const names[] = { "api", "page", "media", "sign_in", "sign_up", "app", "mail", "inbox" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(str_index_of_str(buf_str(&out), str_from(names[i])) < out.len);
	for (enum limit_class class = LIMIT_API; class < LIMIT_CLASS_COUNT; class++)
		assert_non_null(limits_rule(class, LIMIT_PER_ADDRESS));
	assert_null(limits_rule(LIMIT_NONE, LIMIT_PER_ADDRESS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_refuses_the_request_after_its_count),
		cmocka_unit_test(a_new_window_counts_from_zero),
		cmocka_unit_test(clients_classes_and_users_are_counted_apart),
		cmocka_unit_test(exempt_addresses_and_the_class_none_are_not_counted),
		cmocka_unit_test(a_flood_of_addresses_is_bounded_and_spares_other_rules),
		cmocka_unit_test(threads_together_get_exactly_the_count),
		cmocka_unit_test(what_is_given_back_was_never_counted),
		cmocka_unit_test(the_table_lists_every_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
