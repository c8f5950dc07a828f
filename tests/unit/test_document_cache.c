/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The cache of rendered documents: who renews, how long the old is served, how much is kept, many threads. */
#include "base/clock.h"
#include "server/document_cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

static atomic_int_fast64_t fake_now_us;
static int64_t fake_clock(void)
{
	return fake_now_us;
}

static void put(struct document_cache *cache, const char *key, const char *text, int64_t lifetime_ms)
{
	AUTO(buf) struct buf buf = { 0 };
	buf_add_c_string(&buf, text);
	struct shared_bytes *bytes = shared_bytes_new(&buf);
	document_cache_put(cache, str_from(key), bytes, lifetime_ms);
	shared_bytes_unref(&bytes);
}

/* expected NULL: not there. */
static void assert_cached(struct document_cache *cache, const char *key, const char *expected)
{
	struct shared_bytes *bytes = document_cache_get(cache, str_from(key));
	if (!expected)
		assert_null(bytes);
	else
		assert_true(bytes && str_eq(shared_bytes_str(bytes), str_from(expected)));
	shared_bytes_unref(&bytes);
}

static void a_document_is_served_until_its_time(void **state)
{
	(void)state;
	struct document_cache *cache = document_cache_new(100000);
	assert_cached(cache, "a", NULL);
	put(cache, "a", "one", 1000);
	put(cache, "b", "other", 1000);
	fake_now_us += 999999;
	assert_cached(cache, "a", "one");
	put(cache, "a", "two", 1000);
	assert_cached(cache, "a", "two");
	document_cache_forget(cache, STR_LITERAL("a"));
	document_cache_forget(cache, STR_LITERAL("a"));
	assert_cached(cache, "a", NULL);
	assert_cached(cache, "b", "other");
	document_cache_free(&cache);
	document_cache_free(&cache);
}

static void one_caller_renews_while_the_others_get_the_old(void **state)
{
	(void)state;
	struct document_cache *cache = document_cache_new(100000);
	put(cache, "a", "old", 1000);
	fake_now_us += 1000000;
	assert_cached(cache, "a", NULL);
	assert_cached(cache, "a", "old");
	fake_now_us += 9999999;
	assert_cached(cache, "a", "old");
	fake_now_us += 1;
	assert_cached(cache, "a", NULL);
	assert_cached(cache, "a", NULL);
	put(cache, "a", "new", 1000);
	assert_cached(cache, "a", "new");
	document_cache_free(&cache);
}

static void the_least_recently_stored_go_first(void **state)
{
	(void)state;
	char text[1001];
	memset(text, 'x', 1000);
	text[1000] = '\0';
	struct document_cache *cache = document_cache_new(3500);
	put(cache, "a", text, 1000);
	put(cache, "b", text, 1000);
	put(cache, "c", text, 1000);
	put(cache, "a", text, 1000);
	put(cache, "d", text, 1000);
	assert_cached(cache, "b", NULL);
	assert_cached(cache, "a", text);
	assert_cached(cache, "c", text);
	assert_cached(cache, "d", text);
	char large[4001];
	memset(large, 'y', 4000);
	large[4000] = '\0';
	put(cache, "e", large, 1000);
	assert_cached(cache, "e", NULL);
	assert_cached(cache, "c", text);
	document_cache_free(&cache);
	cache = document_cache_new(0);
	put(cache, "a", "", 1000);
	assert_cached(cache, "a", NULL);
	document_cache_free(&cache);
}

static void bytes_live_as_long_as_somebody_holds_them(void **state)
{
	(void)state;
	struct document_cache *cache = document_cache_new(100000);
	put(cache, "a", "held", 1000);
	struct shared_bytes *held = document_cache_get(cache, STR_LITERAL("a"));
	document_cache_free(&cache);
	assert_true(str_eq(shared_bytes_str(held), STR_LITERAL("held")));
	struct shared_bytes *second = shared_bytes_ref(held);
	shared_bytes_unref(&held);
	assert_null(held);
	assert_true(str_eq(shared_bytes_str(second), STR_LITERAL("held")));
	shared_bytes_unref(&second);
	shared_bytes_unref(&second);
}

static void *hammer(void *argument)
{
	static const char *const keys[] = { "a", "b", "c", "d" };
	struct document_cache *cache = argument;
	for (unsigned i = 0; i < 20000; i++) {
		const char *key = keys[i % 4];
		struct shared_bytes *bytes = document_cache_get(cache, str_from(key));
		if (bytes)
			assert_true(shared_bytes_str(bytes).data[0] == key[0]);
		else
			put(cache, key, key, 2);
		shared_bytes_unref(&bytes);
		if (i % 97 == 0)
			document_cache_forget(cache, str_from(key));
		fake_now_us += 10;
	}
	return NULL;
}

static void many_threads_share_one_cache(void **state)
{
	(void)state;
	/* Room for two of the four, so that entries go while others read them. */
	struct document_cache *cache = document_cache_new(250);
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, cache), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	document_cache_free(&cache);
}

int main(void)
{
	static const struct clock_source source = { fake_clock, fake_clock };
	clock_replace(&source);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_served_until_its_time),
		cmocka_unit_test(one_caller_renews_while_the_others_get_the_old),
		cmocka_unit_test(the_least_recently_stored_go_first),
		cmocka_unit_test(bytes_live_as_long_as_somebody_holds_them),
		cmocka_unit_test(many_threads_share_one_cache),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
