/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * In which round something was touched last stands in a table by two hashes, so that its size is fixed: what shares both
 * places with something else is made anew once too often, never too seldom. Pages are in chains by key and in a list by use. */
#include "server/entity/page_cache.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/list.h"
#include "base/metrics.h"
#include "base/mutant.h"

#include <pthread.h>
#include <string.h>

#define TOUCHED_COUNT (1u << 19)
#define FILLING_COUNT (1u << 14)
#define CHAIN_COUNT (1u << 12)
/* For what no change tells of: emojis, roles, pictures of links. */
#define LIFETIME_US 15000000
/* A single page gets no more of the cache than this part. */
#define PAGE_PART 8

static struct metric hits = METRIC("comptoir_timeline_cache_hits_total", "Pages answered from memory", METRIC_COUNTER);
static struct metric stale = METRIC("comptoir_timeline_cache_stale_total", "Pages in memory that were no longer true",
	METRIC_COUNTER);
static struct metric kept_bytes = METRIC("comptoir_timeline_cache_bytes", "Memory of pages kept", METRIC_GAUGE);

struct kept {
	struct list_link chain, use;
	struct page_key key;
	struct page_ids ids;
	uint64_t position;  /* nothing of it was touched up to that round */
	int64_t until_us;   /* wall */
	int64_t expires_us; /* monotonic */
	struct shared_bytes *bytes;
	size_t size;
	struct change *parts;
	size_t part_count;
	struct page_hole *holes;
	size_t hole_count;
};

struct filling {
	struct change of; /* id 0: none */
	size_t len;
	char members[PAGE_FILLING_BYTES];
};

struct page_cache {
	pthread_mutex_t lock; /* of all below */
	uint64_t round, floor; /* pages from before floor are gone */
	size_t size, max_size;
	struct list_link uses; /* the last one was asked for last */
	struct list_link chains[CHAIN_COUNT];
	uint64_t *touched;            /* TOUCHED_COUNT rounds */
	struct filling *fillings;     /* FILLING_COUNT, by hash */
};

/* ---- parts ---- */

static void *grow(struct arena *arena, const void *items, size_t count, size_t *capacity, size_t size)
{
	*capacity = *capacity ? *capacity * 2 : 64;
	char *grown = arena_alloc(arena, *capacity * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

void page_parts_add(struct page_parts *parts, enum change_kind kind, int64_t id)
{
	if (parts->part_count == parts->part_capacity)
		parts->parts = grow(parts->arena, parts->parts, parts->part_count, &parts->part_capacity, sizeof(*parts->parts));
	parts->parts[parts->part_count++] = (struct change){ .kind = kind, .id = id };
}

void page_parts_add_hole(struct page_parts *parts, const struct buf *out, size_t len, enum change_kind kind, int64_t id)
{
	if (parts->hole_count == parts->hole_capacity)
		parts->holes = grow(parts->arena, parts->holes, parts->hole_count, &parts->hole_capacity, sizeof(*parts->holes));
	parts->holes[parts->hole_count++] = (struct page_hole){ .at = out->len - len, .len = len, .of = { kind, id } };
}

void page_numbers_write(struct buf *out, const struct post_numbers *numbers)
{
	buf_add_c_string(out, "\"replies_count\":");
	buf_add_int64(out, numbers->replies);
	buf_add_c_string(out, ",\"reblogs_count\":");
	buf_add_int64(out, numbers->boosts);
	buf_add_c_string(out, ",\"favourites_count\":");
	buf_add_int64(out, numbers->favourites);
	buf_add_c_string(out, ",\"quotes_count\":");
	buf_add_int64(out, numbers->quotes);
}

/* ---- the table of what was touched ---- */

static uint64_t hash_of(enum change_kind kind, int64_t id)
{
	uint64_t hash = ((uint64_t)id + (uint64_t)kind * 0xD6E8FEB86659FD93u) * 0x9E3779B97F4A7C15u;
	return (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
}

static void touch(struct page_cache *cache, enum change_kind kind, int64_t id)
{
	uint64_t hash = hash_of(kind, id);
	cache->touched[hash >> 45] = cache->round;
	cache->touched[(hash >> 8) & (TOUCHED_COUNT - 1)] = cache->round;
}
_Static_assert(TOUCHED_COUNT == 1u << (64 - 45), "the hash gives nineteen bits twice");

static bool was_touched(const struct page_cache *cache, const struct change *what, uint64_t since)
{
	uint64_t hash = hash_of(what->kind, what->id);
	return cache->touched[hash >> 45] > since && cache->touched[(hash >> 8) & (TOUCHED_COUNT - 1)] > since;
}

static struct filling *filling_place(const struct page_cache *cache, const struct change *of)
{
	return &cache->fillings[hash_of(of->kind, of->id) & (FILLING_COUNT - 1)];
}

static bool is_same_thing(const struct change *one, const struct change *other)
{
	return one->id == other->id && one->kind == other->kind;
}

/* ---- pages ---- */

struct page_cache *page_cache_new(size_t max_bytes)
{
	struct page_cache *cache = memory_new(sizeof(*cache));
	pthread_mutex_init(&cache->lock, NULL);
	cache->max_size = max_bytes;
	cache->touched = memory_new_array(TOUCHED_COUNT, sizeof(*cache->touched));
	cache->fillings = memory_new_array(FILLING_COUNT, sizeof(*cache->fillings));
	list_init(&cache->uses);
	for (size_t i = 0; i < CHAIN_COUNT; i++)
		list_init(&cache->chains[i]);
	return cache;
}

static void drop(struct page_cache *cache, struct kept *kept)
{
	list_remove(&kept->chain);
	list_remove(&kept->use);
	cache->size -= kept->size;
	metric_add(&kept_bytes, -(int64_t)kept->size);
	shared_bytes_unref(&kept->bytes);
	memory_free(kept->parts);
	memory_free(kept->holes);
	memory_free(kept);
}

static void drop_all(struct page_cache *cache)
{
	LIST_EACH_SAFE(&cache->uses, link)
		drop(cache, LIST_OBJECT(link, struct kept, use));
}

void page_cache_free(struct page_cache **cache)
{
	if (!*cache)
		return;
	drop_all(*cache);
	pthread_mutex_destroy(&(*cache)->lock);
	memory_free((*cache)->touched);
	memory_free((*cache)->fillings);
	memory_free(*cache);
	*cache = NULL;
}

static struct list_link *chain_of(struct page_cache *cache, const struct page_key *key)
{
	uint64_t hash = (uint64_t)key->actor_id * 0x9E3779B97F4A7C15u;
	hash ^= ((uint64_t)key->bounds.max_id + (uint64_t)key->kind + key->variant * 8) * 0xD6E8FEB86659FD93u;
	hash ^= (uint64_t)(key->bounds.since_id ^ key->bounds.min_id) * 0xA0761D6478BD642Fu;
	return &cache->chains[(hash ^ hash >> 32) & (CHAIN_COUNT - 1)];
}

static bool is_same(const struct page_key *one, const struct page_key *other)
{
	return one->kind == other->kind && one->variant == other->variant && one->actor_id == other->actor_id &&
		one->bounds.max_id == other->bounds.max_id &&
		one->bounds.since_id == other->bounds.since_id && one->bounds.min_id == other->bounds.min_id &&
		one->bounds.limit == other->bounds.limit;
}

static struct kept *find(struct page_cache *cache, const struct page_key *key)
{
	LIST_EACH(chain_of(cache, key), link) {
		struct kept *kept = LIST_OBJECT(link, struct kept, chain);
		if (is_same(&kept->key, key))
			return kept;
	}
	return NULL;
}

uint64_t page_cache_position(struct page_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	uint64_t round = cache->round;
	pthread_mutex_unlock(&cache->lock);
	return round;
}

static struct kept *kept_new(const struct page_key *key, const struct page_parts *parts, struct shared_bytes *bytes)
{
	struct kept *kept = memory_new(sizeof(*kept));
	kept->key = *key;
	kept->until_us = parts->until_us;
	kept->expires_us = clock_monotonic_us() + LIFETIME_US;
	kept->part_count = parts->part_count;
	kept->hole_count = parts->hole_count;
	kept->parts = memory_new_array(parts->part_count + 1, sizeof(*kept->parts));
	kept->holes = memory_new_array(parts->hole_count + 1, sizeof(*kept->holes));
	if (parts->part_count)
		memcpy(kept->parts, parts->parts, parts->part_count * sizeof(*kept->parts));
	if (parts->hole_count)
		memcpy(kept->holes, parts->holes, parts->hole_count * sizeof(*kept->holes));
	kept->bytes = shared_bytes_ref(bytes);
	kept->size = sizeof(*kept) + kept->part_count * sizeof(*kept->parts) + kept->hole_count * sizeof(*kept->holes) +
		shared_bytes_str(bytes).len;
	return kept;
}

void page_cache_put(struct page_cache *cache, const struct page_key *key, uint64_t position, const struct page_parts *parts,
	const struct page_ids *ids, struct shared_bytes *bytes)
{
	if (parts->until_us <= clock_now_us())
		return;
	struct kept *kept = kept_new(key, parts, bytes);
	kept->position = position;
	kept->ids = *ids;
	pthread_mutex_lock(&cache->lock);
	struct kept *old = find(cache, key);
	if (old)
		drop(cache, old);
	list_add_last(chain_of(cache, key), &kept->chain);
	list_add_last(&cache->uses, &kept->use);
	cache->size += kept->size;
	metric_add(&kept_bytes, (int64_t)kept->size);
	if (kept->size > cache->max_size / PAGE_PART)
		drop(cache, kept);
	while (cache->size > cache->max_size)
		drop(cache, LIST_OBJECT(cache->uses.next, struct kept, use));
	pthread_mutex_unlock(&cache->lock);
}

bool page_cache_may_have(struct page_cache *cache, const struct page_key *key)
{
	pthread_mutex_lock(&cache->lock);
	bool is_there = find(cache, key) != NULL;
	pthread_mutex_unlock(&cache->lock);
	return is_there;
}

static bool is_true(const struct page_cache *cache, const struct kept *kept)
{
	if (kept->position < cache->floor || kept->expires_us <= clock_monotonic_us())
		return false;
	if (kept->until_us <= clock_now_us() && !MUTANT("page_until"))
		return false;
	if (kept->position == cache->round || MUTANT("page_parts"))
		return true;
	for (size_t i = 0; i < kept->part_count; i++)
		if (was_touched(cache, &kept->parts[i], kept->position))
			return false;
	return true;
}

static bool has_touched_holes(const struct page_cache *cache, const struct kept *kept)
{
	if (kept->position == cache->round)
		return false;
	for (size_t i = 0; i < kept->hole_count; i++)
		if (was_touched(cache, &kept->holes[i].of, kept->position))
			return true;
	return false;
}

/* The numbers of what was touched are those of its last touch, or they are not there. */
static bool fill_holes(const struct page_cache *cache, struct kept *kept)
{
	struct str old = shared_bytes_str(kept->bytes);
	struct buf out = { 0 };
	size_t taken = 0;
	(void)buf_reserve(&out, old.len + 32 * kept->hole_count);
	for (size_t i = 0; i < kept->hole_count; i++) {
		struct page_hole *hole = &kept->holes[i];
		buf_add_str(&out, str_slice(old, taken, hole->at));
		taken = hole->at + hole->len;
		size_t at = out.len;
		if (was_touched(cache, &hole->of, kept->position)) {
			const struct filling *filling = filling_place(cache, &hole->of);
			if (!is_same_thing(&filling->of, &hole->of)) {
				buf_clear(&out);
				return false;
			}
			buf_add(&out, filling->members, filling->len);
		} else {
			buf_add_str(&out, str_slice(old, hole->at, taken));
		}
		hole->at = at;
		hole->len = out.len - at;
	}
	buf_add_str(&out, str_slice(old, taken, old.len));
	shared_bytes_unref(&kept->bytes);
	kept->bytes = shared_bytes_new(&out);
	return true;
}

struct shared_bytes *page_cache_get(struct page_cache *cache, const struct page_key *key, struct page_ids *ret_ids)
{
	struct shared_bytes *bytes = NULL;
	pthread_mutex_lock(&cache->lock);
	struct kept *kept = find(cache, key);
	if (kept && is_true(cache, kept) && (!has_touched_holes(cache, kept) || fill_holes(cache, kept))) {
		kept->position = cache->round;
		list_remove(&kept->use);
		list_add_last(&cache->uses, &kept->use);
		*ret_ids = kept->ids;
		bytes = shared_bytes_ref(kept->bytes);
	} else if (kept) {
		drop(cache, kept);
	}
	pthread_mutex_unlock(&cache->lock);
	metric_add(bytes ? &hits : &stale, 1);
	return bytes;
}

static void fill(struct page_cache *cache, const struct page_filling *given)
{
	struct filling *filling = filling_place(cache, &given->of);
	filling->of.id = 0;
	if (given->members.len > sizeof(filling->members))
		return;
	filling->of = given->of;
	filling->len = given->members.len;
	memcpy(filling->members, given->members.data, given->members.len);
}

void page_cache_tell(struct page_cache *cache, const struct change *changes, size_t count, const struct page_filling *fillings,
	size_t filling_count)
{
	pthread_mutex_lock(&cache->lock);
	if (count)
		cache->round++;
	for (size_t i = 0; i < count; i++) {
		touch(cache, changes[i].kind == CHANGE_FILTERS ? CHANGE_VIEWER : changes[i].kind, changes[i].id);
		if (changes[i].kind == CHANGE_POST_NUMBERS || changes[i].kind == CHANGE_ACTOR_NUMBERS)
			filling_place(cache, &changes[i])->of.id = 0;
	}
	for (size_t i = 0; i < filling_count; i++)
		fill(cache, &fillings[i]);
	pthread_mutex_unlock(&cache->lock);
}

void page_cache_forget(struct page_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	cache->floor = ++cache->round;
	drop_all(cache);
	pthread_mutex_unlock(&cache->lock);
}
