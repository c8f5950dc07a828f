/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scopes, who may call a route, and the memory of tokens. */
#include "server/http/auth.h"

#include "storage/event.h"
#include "storage/event_wire.h"
#include "storage/user.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t now_us = 1000000;

static int64_t fake_now(void)
{
	return now_us;
}

static void a_scope_holds_its_parts_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *scopes, *wanted;
		bool is_allowed;
	} cases[] = {
		{ "read", "read", true }, { "read", "read:accounts", true }, { "read:accounts", "read:accounts", true },
		{ "read:accounts", "read", false }, { "read:accounts", "read:statuses", false }, { "", "read", false },
		{ "rea", "read", false }, { "read", "readmore", false }, { "write", "read", false },
		{ "write read", "read:lists", true }, { " read ", "read", true }, { "READ", "read", false },
		{ "admin:read", "admin:read:accounts", true }, { "admin:read", "admin:write:accounts", false },
		{ "follow", "write:follows", true }, { "follow", "read:blocks", true }, { "follow", "read:statuses", false },
		{ "follow", "follow", true }, { "read", "admin:read", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (auth_scope_allows(str_from(cases[i].scopes), str_from(cases[i].wanted)) != cases[i].is_allowed)
			fail_msg("'%s' for '%s'", cases[i].scopes, cases[i].wanted);
}

static void routes_refuse_whom_they_do_not_name(void **state)
{
	(void)state;
	struct access application = { .token_id = 1, .scopes = STR("read") };
	struct access member = { .token_id = 2, .user_id = 1, .scopes = STR("read"), .user_role = USER_MEMBER };
	struct access moderator = { .token_id = 3, .user_id = 2, .scopes = STR("read"), .user_role = USER_MODERATOR };
	const struct {
		enum route_access access;
		const char *scope;
		const struct access *caller;
		enum error error;
	} cases[] = {
		{ ACCESS_PUBLIC, NULL, NULL, ERROR_NONE }, { ACCESS_APP, NULL, NULL, ERROR_UNAUTHORIZED },
		{ ACCESS_APP, NULL, &application, ERROR_NONE }, { ACCESS_APP, "write", &application, ERROR_FORBIDDEN },
		{ ACCESS_USER, NULL, NULL, ERROR_UNAUTHORIZED }, { ACCESS_USER, NULL, &application, ERROR_UNPROCESSABLE },
		{ ACCESS_USER, "read:lists", &member, ERROR_NONE }, { ACCESS_USER, "write:lists", &member, ERROR_FORBIDDEN },
		{ ACCESS_USER, "write", &application, ERROR_FORBIDDEN }, { ACCESS_PUBLIC, "read", NULL, ERROR_NONE },
		{ ACCESS_PUBLIC, "read:lists", &application, ERROR_NONE }, { ACCESS_PUBLIC, "write", &member, ERROR_FORBIDDEN },
		{ ACCESS_USER, "profile read:accounts", &member, ERROR_NONE },
		{ ACCESS_USER, "profile write:accounts", &member, ERROR_FORBIDDEN },
		{ ACCESS_ADMIN, "read", &member, ERROR_FORBIDDEN }, { ACCESS_ADMIN, "read", &moderator, ERROR_NONE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route route = { .access = cases[i].access, .scope = cases[i].scope };
		const char *sentence = NULL;
		assert_int_equal(auth_check(&route, cases[i].caller, &sentence), cases[i].error);
	}
}

static void a_token_is_remembered_for_five_seconds(void **state)
{
	(void)state;
	static const struct clock_source source = { fake_now, fake_now };
	struct arena *arena = arena_new(65536);
	struct auth_cache *cache = auth_cache_new();
	struct access found, access = { .token_id = 7, .user_id = 8, .scopes = STR("read write") };
	char hash_bytes[AUTH_HASH_BYTES], other_bytes[AUTH_HASH_BYTES];
	clock_replace(&source);
	auth_hash_token(STR_LITERAL("a"), hash_bytes);
	auth_hash_token(STR_LITERAL("b"), other_bytes);
	struct str hash = { hash_bytes, AUTH_HASH_BYTES }, other = { other_bytes, AUTH_HASH_BYTES };
	assert_false(auth_cache_get(cache, arena, hash, &found));
	auth_cache_put(cache, hash, &access, auth_cache_generation(cache));
	assert_true(auth_cache_get(cache, arena, hash, &found));
	assert_int_equal(found.token_id, 7);
	assert_true(str_eq(found.scopes, STR_LITERAL("read write")));
	assert_false(auth_cache_get(cache, arena, other, &found));
	now_us += 4999999;
	assert_true(auth_cache_get(cache, arena, hash, &found));
	now_us += 2;
	assert_false(auth_cache_get(cache, arena, hash, &found));
	clock_replace(NULL);
	auth_cache_free(&cache);
	arena_free(&arena);
}

static void users_who_wait_reach_only_what_ends_the_waiting(void **state)
{
	(void)state;
	static const struct route route = { .access = ACCESS_USER };
	static const struct route waiting_route = { .access = ACCESS_USER, .flags = ROUTE_UNCONFIRMED };
	struct access access = { .token_id = 1, .user_id = 1, .scopes = STR("read"), .state = ACCESS_UNCONFIRMED };
	const char *message = NULL;
	assert_int_equal(auth_check(&route, &access, &message), ERROR_FORBIDDEN);
	assert_string_equal(message, "Your login is missing a confirmed e-mail address");
	access.state = ACCESS_UNAPPROVED;
	assert_int_equal(auth_check(&route, &access, &message), ERROR_FORBIDDEN);
	assert_string_equal(message, "Your login is currently pending approval");
	assert_int_equal(auth_check(&waiting_route, &access, &message), ERROR_NONE);
}

static void what_ends_is_forgotten_at_once(void **state)
{
	(void)state;
	static const struct event ends[] = { { EVENT_TOKEN_ENDED, 7, 0 }, { EVENT_APPLICATION_ENDED, 8, 0 },
		{ EVENT_USER_ENDED, 9, 0 }, { EVENT_ACTOR_ENDED, 0, 10 }, { EVENT_GAP, 0, 0 } };
	static const struct event others[] = { { EVENT_TOKEN_ENDED, 8, 0 }, { EVENT_APPLICATION_ENDED, 7, 0 },
		{ EVENT_USER_ENDED, 10, 0 }, { EVENT_ACTOR_ENDED, 7, 11 } };
	struct arena *arena = arena_new(65536);
	struct auth_cache *cache = auth_cache_new();
	struct access found, access = { .token_id = 7, .application_id = 8, .user_id = 9, .actor_id = 10, .scopes = STR("read") };
	char hash_bytes[AUTH_HASH_BYTES];
	auth_hash_token(STR_LITERAL("a"), hash_bytes);
	struct str hash = { hash_bytes, AUTH_HASH_BYTES };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		auth_cache_put(cache, hash, &access, auth_cache_generation(cache));
		event_emit(others, sizeof(others) / sizeof(others[0]));
		assert_true(auth_cache_get(cache, arena, hash, &found));
		uint64_t before = auth_cache_generation(cache);
		event_emit(&ends[i], 1);
		assert_false(auth_cache_get(cache, arena, hash, &found));
		auth_cache_put(cache, hash, &access, before); /* what was read before it ended */
		assert_false(auth_cache_get(cache, arena, hash, &found));
	}
	auth_cache_free(&cache);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scope_holds_its_parts_and_nothing_else),
		cmocka_unit_test(routes_refuse_whom_they_do_not_name),
		cmocka_unit_test(a_token_is_remembered_for_five_seconds),
		cmocka_unit_test(users_who_wait_reach_only_what_ends_the_waiting),
		cmocka_unit_test(what_ends_is_forgotten_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
