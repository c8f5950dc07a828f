/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The cache of whole pages: what makes one untrue, how numbers are put into it anew, how much is kept and for how long. */
#include "server/entity/page_cache.h"

#include "base/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

#define LIFETIME_US 15000000
#define FAR_US INT64_C(1000000000000)

static atomic_int_fast64_t fake_now_us = 1000000;
static int64_t fake_clock(void)
{
	return fake_now_us;
}

static struct arena *arena;

static struct page_key key_of(int64_t actor_id)
{
	return (struct page_key){ .actor_id = actor_id, .bounds = { .limit = 20 } };
}

static struct page_parts no_parts(void)
{
	return (struct page_parts){ .arena = arena, .until_us = FAR_US };
}

static void put_bytes(struct page_cache *cache, const struct page_key *key, const struct page_parts *parts, struct str text)
{
	AUTO(buf) struct buf buf = { 0 };
	static const struct page_ids ids = { 9, 3, 2 };
	buf_add_str(&buf, text);
	struct shared_bytes *bytes = shared_bytes_new(&buf);
	page_cache_put(cache, key, page_cache_position(cache), parts, &ids, bytes);
	shared_bytes_unref(&bytes);
}

static void put(struct page_cache *cache, int64_t actor_id, const struct page_parts *parts, const char *text)
{
	struct page_key key = key_of(actor_id);
	put_bytes(cache, &key, parts, str_from(text));
}

/* expected NULL: not there, or no longer true. */
static void assert_page(struct page_cache *cache, const struct page_key *key, const char *expected)
{
	struct page_ids ids = { 0 };
	struct shared_bytes *bytes = page_cache_get(cache, key, &ids);
	if (!expected)
		assert_null(bytes);
	else
		assert_true(bytes && str_eq(shared_bytes_str(bytes), str_from(expected)) && ids.first == 9 && ids.last == 3 &&
			ids.count == 2);
	shared_bytes_unref(&bytes);
	assert_int_equal(page_cache_may_have(cache, key), expected != NULL);
}

static void assert_kept(struct page_cache *cache, int64_t actor_id, const char *expected)
{
	struct page_key key = key_of(actor_id);
	assert_page(cache, &key, expected);
}

static void tell(struct page_cache *cache, enum change_kind kind, int64_t id)
{
	const struct change change = { kind, id };
	page_cache_tell(cache, &change, 1, NULL, 0);
}

static void a_page_is_given_for_its_own_key_only(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts = no_parts();
	struct page_key other = key_of(1);
	assert_kept(cache, 1, NULL);
	put(cache, 1, &parts, "one");
	put(cache, 2, &parts, "two");
	assert_kept(cache, 1, "one");
	assert_kept(cache, 2, "two");
	other.bounds.limit = 19;
	assert_page(cache, &other, NULL);
	other.bounds = (struct id_page){ .max_id = 5, .limit = 20 };
	assert_page(cache, &other, NULL);
	other.bounds = (struct id_page){ .min_id = 5, .limit = 20 };
	put_bytes(cache, &other, &parts, STR_LITERAL("above"));
	other.bounds = (struct id_page){ .since_id = 5, .limit = 20 }; /* in the same chain */
	assert_page(cache, &other, NULL);
	other = key_of(1);
	other.kind = PAGE_LOCAL;
	assert_page(cache, &other, NULL);
	other = key_of(1);
	other.variant = 1;
	assert_page(cache, &other, NULL);
	put(cache, 1, &parts, "one again");
	assert_kept(cache, 1, "one again");
	page_cache_free(&cache);
	page_cache_free(&cache);
}

static void a_touched_part_makes_it_untrue(void **state)
{
	(void)state;
	static const struct change parts_of[] = { { CHANGE_VIEWER, 1 }, { CHANGE_POST, 7 }, { CHANGE_ACTOR, 8 },
		{ CHANGE_ACTOR, CHANGE_ANY_ACTOR } };
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts = no_parts();
	for (size_t i = 0; i < sizeof(parts_of) / sizeof(parts_of[0]); i++)
		page_parts_add(&parts, parts_of[i].kind, parts_of[i].id);
	put(cache, 1, &parts, "page");
	tell(cache, CHANGE_POST, 8);
	tell(cache, CHANGE_POST_NUMBERS, 7);
	tell(cache, CHANGE_VIEWER, 2);
	assert_kept(cache, 1, "page");
	for (size_t i = 0; i < sizeof(parts_of) / sizeof(parts_of[0]); i++) {
		put(cache, 1, &parts, "page");
		tell(cache, parts_of[i].kind, parts_of[i].id);
		assert_kept(cache, 1, NULL);
	}
	put(cache, 1, &parts, "page");
	tell(cache, CHANGE_FILTERS, 1);
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void a_change_while_a_page_was_made_is_not_missed(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts = no_parts();
	struct page_key key = key_of(1);
	struct page_ids ids = { 9, 3, 2 };
	AUTO(buf) struct buf buf = { 0 };
	page_parts_add(&parts, CHANGE_POST, 7);
	uint64_t position = page_cache_position(cache);
	buf_add_c_string(&buf, "as it was before");
	struct shared_bytes *bytes = shared_bytes_new(&buf);
	tell(cache, CHANGE_POST, 7);
	page_cache_put(cache, &key, position, &parts, &ids, bytes);
	assert_kept(cache, 1, NULL);
	position = page_cache_position(cache);
	page_cache_forget(cache);
	page_cache_put(cache, &key, position, &parts, &ids, bytes);
	shared_bytes_unref(&bytes);
	assert_kept(cache, 1, NULL);
	put(cache, 1, &parts, "as it is");
	assert_kept(cache, 1, "as it is");
	page_cache_forget(cache);
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void a_page_ends_at_its_time(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts = no_parts();
	put(cache, 1, &parts, "page");
	fake_now_us += LIFETIME_US - 1;
	assert_kept(cache, 1, "page");
	fake_now_us += 1;
	assert_kept(cache, 1, NULL);
	parts.until_us = fake_now_us + 1000;
	put(cache, 1, &parts, "page");
	fake_now_us += 999;
	assert_kept(cache, 1, "page");
	fake_now_us += 1;
	assert_kept(cache, 1, NULL);
	put(cache, 1, &parts, "already over");
	assert_kept(cache, 1, NULL);
	parts.until_us = 0;
	put(cache, 1, &parts, "never to be kept");
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

/* "(1)" with a hole for each of two things. */
static void put_numbers(struct page_cache *cache, struct page_parts *parts)
{
	AUTO(buf) struct buf text = { 0 };
	*parts = no_parts();
	buf_add_c_string(&text, "{1");
	page_parts_add_hole(parts, &text, 1, CHANGE_POST_NUMBERS, 7);
	buf_add_c_string(&text, ",22");
	page_parts_add_hole(parts, &text, 2, CHANGE_ACTOR_NUMBERS, 7);
	buf_add_c_string(&text, "}");
	put(cache, 1, parts, arena_str(arena, buf_str(&text)).data);
}

static void fill_in(struct page_cache *cache, enum change_kind kind, struct str members)
{
	const struct change change = { kind, 7 };
	const struct page_filling filling = { change, members };
	page_cache_tell(cache, &change, 1, &filling, 1);
}

static void numbers_are_put_into_it_anew(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts;
	put_numbers(cache, &parts);
	assert_kept(cache, 1, "{1,22}");
	fill_in(cache, CHANGE_POST_NUMBERS, STR_LITERAL("1000"));
	assert_kept(cache, 1, "{1000,22}");
	fill_in(cache, CHANGE_ACTOR_NUMBERS, STR_LITERAL("3"));
	fill_in(cache, CHANGE_POST_NUMBERS, STR_LITERAL("5"));
	assert_kept(cache, 1, "{5,3}");
	assert_kept(cache, 1, "{5,3}");
	tell(cache, CHANGE_POST_NUMBERS, 7); /* and nobody knows how many */
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void a_filling_has_a_bound(void **state)
{
	(void)state;
	char text[PAGE_FILLING_BYTES + 2], expected[PAGE_FILLING_BYTES + 10] = "{";
	memset(text, '8', sizeof(text));
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts;
	put_numbers(cache, &parts);
	fill_in(cache, CHANGE_POST_NUMBERS, (struct str){ text, PAGE_FILLING_BYTES });
	memset(expected + 1, '8', PAGE_FILLING_BYTES);
	memcpy(expected + 1 + PAGE_FILLING_BYTES, ",22}", 5);
	assert_kept(cache, 1, expected);
	fill_in(cache, CHANGE_POST_NUMBERS, (struct str){ text, PAGE_FILLING_BYTES + 1 });
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void what_was_not_asked_for_longest_goes_first(void **state)
{
	(void)state;
	enum { EACH = 1000, MOST = 10 * (EACH + 400) };
	static char text[EACH + 1], large[MOST / 8 + 1];
	memset(text, 'x', EACH);
	memset(large, 'y', sizeof(large) - 1);
	struct page_cache *cache = page_cache_new(MOST);
	struct page_parts parts = no_parts();
	put(cache, 1, &parts, text);
	for (int64_t id = 2; id <= 20; id++) {
		put(cache, id, &parts, text);
		assert_kept(cache, 1, text);
	}
	assert_kept(cache, 2, NULL);
	assert_kept(cache, 20, text);
	size_t kept = 0;
	for (int64_t id = 1; id <= 20; id++) {
		struct page_key key = key_of(id);
		kept += page_cache_may_have(cache, &key);
	}
	assert_in_range(kept, 10, MOST / EACH);
	put(cache, 21, &parts, large); /* no page has more than an eighth */
	assert_kept(cache, 21, NULL);
	assert_kept(cache, 20, text);
	page_cache_free(&cache);
	cache = page_cache_new(0);
	put(cache, 1, &parts, "");
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void many_parts_and_holes_are_noted(void **state)
{
	(void)state;
	AUTO(buf) struct buf text = { 0 };
	struct page_cache *cache = page_cache_new(1 << 20);
	struct page_parts parts = no_parts();
	for (int64_t id = 1; id <= 300; id++) {
		page_parts_add(&parts, CHANGE_POST, id);
		buf_add_c_string(&text, "0 ");
		page_parts_add_hole(&parts, &text, 2, CHANGE_POST_NUMBERS, id);
	}
	assert_int_equal(parts.part_count, 300);
	assert_int_equal(parts.hole_count, 300);
	assert_true(parts.parts[299].id == 300 && parts.holes[299].at == 598 && parts.holes[0].of.id == 1);
	struct page_key key = key_of(1);
	put_bytes(cache, &key, &parts, buf_str(&text));
	tell(cache, CHANGE_POST, 300);
	assert_kept(cache, 1, NULL);
	page_cache_free(&cache);
}

static void numbers_are_written_as_members(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	const struct post_numbers numbers = { .replies = INT64_MAX, .boosts = INT64_MAX, .favourites = INT64_MAX, .quotes = INT64_MAX };
	page_numbers_write(&out, &numbers);
	assert_true(out.len <= PAGE_FILLING_BYTES);
	buf_clear(&out);
	page_numbers_write(&out, &(struct post_numbers){ .replies = 1, .boosts = 2, .favourites = 3, .quotes = 4 });
	assert_true(str_eq(buf_str(&out),
		STR_LITERAL("\"replies_count\":1,\"reblogs_count\":2,\"favourites_count\":3,\"quotes_count\":4")));
}

static void *hammer(void *argument)
{
	struct page_cache *cache = argument;
	AUTO(arena) struct arena *own = arena_new(1 << 20);
	struct page_parts parts = { .arena = own, .until_us = FAR_US };
	page_parts_add(&parts, CHANGE_POST, 1);
	for (int64_t i = 0; i < 20000; i++) {
		static const char *const texts[] = { "0", "1", "2", "3" };
		struct page_key key = key_of(i % 4);
		struct page_ids ids;
		struct shared_bytes *bytes = page_cache_get(cache, &key, &ids);
		if (bytes)
			assert_true(str_eq(shared_bytes_str(bytes), str_from(texts[i % 4])));
		else
			put_bytes(cache, &key, &parts, str_from(texts[i % 4]));
		shared_bytes_unref(&bytes);
		if (i % 89 == 0)
			page_cache_forget(cache);
	}
	return NULL;
}

static void many_threads_share_one_cache(void **state)
{
	(void)state;
	struct page_cache *cache = page_cache_new(1 << 14);
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, cache), 0);
	for (int64_t i = 0; i < 5000; i++)
		tell(cache, CHANGE_POST, i % 3);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	page_cache_free(&cache);
}

int main(void)
{
	static const struct clock_source source = { fake_clock, fake_clock };
	clock_replace(&source);
	arena = arena_new(1 << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_given_for_its_own_key_only),
		cmocka_unit_test(a_touched_part_makes_it_untrue),
		cmocka_unit_test(a_change_while_a_page_was_made_is_not_missed),
		cmocka_unit_test(a_page_ends_at_its_time),
		cmocka_unit_test(numbers_are_put_into_it_anew),
		cmocka_unit_test(a_filling_has_a_bound),
		cmocka_unit_test(what_was_not_asked_for_longest_goes_first),
		cmocka_unit_test(many_parts_and_holes_are_noted),
		cmocka_unit_test(numbers_are_written_as_members),
		cmocka_unit_test(many_threads_share_one_cache),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
