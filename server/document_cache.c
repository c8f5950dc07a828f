/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One table and one list in the order of storing, under one lock that is held for a look-up, never for work. */
#include "server/document_cache.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mutant.h"

#include <pthread.h>

#define STALE_US 10000000LL

struct entry {
	struct list_link link; /* in document_cache.stored, oldest first */
	struct shared_bytes *bytes;
	struct str key; /* owned */
	size_t size_bytes;
	int64_t expires_us;
	bool is_being_renewed; /* somebody got NULL and renders it */
};

struct document_cache {
	pthread_mutex_t lock;
	struct map *entries;
	struct list_link stored;
	size_t max_bytes;
	size_t used_bytes;
};

struct document_cache *document_cache_new(size_t max_bytes)
{
	struct document_cache *cache = memory_new(sizeof(*cache));
	pthread_mutex_init(&cache->lock, NULL);
	cache->entries = map_new();
	list_init(&cache->stored);
	cache->max_bytes = max_bytes;
	return cache;
}

static void entry_drop(struct document_cache *cache, struct entry *entry)
{
	(void)map_remove(cache->entries, entry->key);
	list_remove(&entry->link);
	cache->used_bytes -= entry->size_bytes;
	shared_bytes_unref(&entry->bytes);
	memory_free((char *)entry->key.data);
	memory_free(entry);
}

void document_cache_free(struct document_cache **cache)
{
	if (!*cache)
		return;
	LIST_EACH_SAFE(&(*cache)->stored, link)
		entry_drop(*cache, LIST_OBJECT(link, struct entry, link));
	map_free(&(*cache)->entries);
	pthread_mutex_destroy(&(*cache)->lock);
	memory_free(*cache);
	*cache = NULL;
}

struct shared_bytes *document_cache_get(struct document_cache *cache, struct str key)
{
	struct shared_bytes *bytes = NULL;
	int64_t now_us = clock_monotonic_us();
	pthread_mutex_lock(&cache->lock);
	struct entry *entry = map_get(cache->entries, key);
	if (entry && now_us >= entry->expires_us + STALE_US && !MUTANT("document_cache_stale")) {
		entry_drop(cache, entry);
	} else if (entry && now_us >= entry->expires_us && !entry->is_being_renewed) {
		entry->is_being_renewed = true;
	} else if (entry) {
		bytes = shared_bytes_ref(entry->bytes);
	}
	pthread_mutex_unlock(&cache->lock);
	return bytes;
}

static struct entry *entry_new(struct str key, struct shared_bytes *bytes, int64_t lifetime_ms)
{
	struct entry *entry = memory_new(sizeof(*entry));
	AUTO(buf) struct buf key_copy = { 0 };
	buf_add_str(&key_copy, key);
	entry->key.data = buf_take(&key_copy, &entry->key.len);
	entry->bytes = shared_bytes_ref(bytes);
	/* The key and the entry count, or a flood of small documents would cost more than was promised. */
	entry->size_bytes = shared_bytes_str(bytes).len + key.len + sizeof(*entry);
	entry->expires_us = clock_monotonic_us() + lifetime_ms * 1000;
	list_init(&entry->link);
	return entry;
}

void document_cache_put(struct document_cache *cache, struct str key, struct shared_bytes *bytes, int64_t lifetime_ms)
{
	struct entry *entry = entry_new(key, bytes, lifetime_ms);
	pthread_mutex_lock(&cache->lock);
	struct entry *old = map_get(cache->entries, key);
	if (old)
		entry_drop(cache, old);
	(void)map_set(cache->entries, entry->key, entry);
	cache->used_bytes += entry->size_bytes;
	/* One that alone is too large pushes nobody out. */
	if (entry->size_bytes > cache->max_bytes)
		list_add_first(&cache->stored, &entry->link);
	else
		list_add_last(&cache->stored, &entry->link);
	while (cache->used_bytes > cache->max_bytes && !MUTANT("document_cache_bytes"))
		entry_drop(cache, LIST_OBJECT(cache->stored.next, struct entry, link));
	pthread_mutex_unlock(&cache->lock);
}

void document_cache_forget(struct document_cache *cache, struct str key)
{
	pthread_mutex_lock(&cache->lock);
	struct entry *entry = map_get(cache->entries, key);
	if (entry)
		entry_drop(cache, entry);
	pthread_mutex_unlock(&cache->lock);
}
