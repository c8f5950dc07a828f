/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Three tables of the same kind, and the accounts of fetches. A fetch is charged to its host when it begins and paid
 * back when a signature has verified by what it brought: so a host that sends us what it signed is never short of
 * fetches, and one that others only name gets two. */
#include "federation/key_memory.h"

#include "base/map.h"
#include "base/mutant.h"

#include <string.h>

struct memory_table {
	struct map *entries;
	struct list_link by_use;
	size_t max_count;
	void (*release)(struct key_memory *memory, struct memory_entry *entry);
};

struct key_host {
	struct memory_entry entry; /* by authority */
	int64_t proven_us;         /* when a signature last verified; 0 for never */
	int64_t window_us;         /* when counting began */
	unsigned charged;
	unsigned forwarded;
};

struct key_memory {
	struct memory_table keys;
	struct memory_table actors; /* as many as have a key */
	struct memory_table fetches;
	struct memory_table hosts;
	int64_t unproven_window_us;
	unsigned unproven_charged;
};

static struct str copy_text(struct str text)
{
	char *copy = memory_new(text.len + 1);
	if (text.len)
		memcpy(copy, text.data, text.len);
	return (struct str){ copy, text.len };
}

static void free_text(struct str text)
{
	memory_free((char *)(uintptr_t)text.data);
}

static void table_init(struct memory_table *table, size_t max_count,
	void (*release)(struct key_memory *memory, struct memory_entry *entry))
{
	table->entries = map_new();
	table->max_count = max_count;
	table->release = release;
	list_init(&table->by_use);
}

static struct memory_entry *table_get(struct memory_table *table, struct str name)
{
	struct memory_entry *entry = map_get(table->entries, name);
	if (!entry)
		return NULL;
	list_remove(&entry->by_use);
	list_add_last(&table->by_use, &entry->by_use);
	return entry;
}

static void table_remove(struct key_memory *memory, struct memory_table *table, struct memory_entry *entry)
{
	(void)map_remove(table->entries, entry->name);
	list_remove(&entry->by_use);
	struct str name = entry->name;
	table->release(memory, entry);
	free_text(name);
}

static void table_add(struct key_memory *memory, struct memory_table *table, struct memory_entry *entry, struct str name)
{
	while (map_count(table->entries) >= table->max_count)
		table_remove(memory, table, LIST_OBJECT(table->by_use.next, struct memory_entry, by_use));
	entry->name = copy_text(name);
	list_add_last(&table->by_use, &entry->by_use);
	(void)map_set(table->entries, entry->name, entry);
}

static void table_clear(struct key_memory *memory, struct memory_table *table)
{
	while (!list_is_empty(&table->by_use))
		table_remove(memory, table, LIST_OBJECT(table->by_use.next, struct memory_entry, by_use));
	map_free(&table->entries);
}

static void release_plain(struct key_memory *memory, struct memory_entry *entry)
{
	(void)memory;
	memory_free(entry);
}

static void release_fetch(struct key_memory *memory, struct memory_entry *entry)
{
	struct key_fetch *fetch = LIST_OBJECT(entry, struct key_fetch, entry);
	(void)memory;
	free_text(fetch->wanted_url);
	memory_free(fetch);
}

static void release_key(struct key_memory *memory, struct memory_entry *entry)
{
	struct kept_key *kept = LIST_OBJECT(entry, struct kept_key, entry);
	list_remove(&kept->by_actor);
	if (list_is_empty(&kept->actor->keys))
		table_remove(memory, &memory->actors, &kept->actor->entry);
	public_key_unref(&kept->key);
	memory_free(kept);
}

struct key_memory *key_memory_new(void)
{
	struct key_memory *memory = memory_new(sizeof(*memory));
	table_init(&memory->keys, KEY_MEMORY_KEYS_MAX, release_key);
	table_init(&memory->actors, SIZE_MAX, release_plain);
	table_init(&memory->fetches, KEY_MEMORY_FETCHES_MAX, release_fetch);
	table_init(&memory->hosts, KEY_MEMORY_HOSTS_MAX, release_plain);
	return memory;
}

void key_memory_free(struct key_memory **memory)
{
	if (!*memory)
		return;
	table_clear(*memory, &(*memory)->keys);
	table_clear(*memory, &(*memory)->actors);
	table_clear(*memory, &(*memory)->fetches);
	table_clear(*memory, &(*memory)->hosts);
	memory_free(*memory);
	*memory = NULL;
}

struct kept_key *key_memory_get(struct key_memory *memory, struct str key_id, int64_t now_us)
{
	struct memory_entry *entry = table_get(&memory->keys, key_id);
	if (!entry)
		return NULL;
	struct kept_key *kept = LIST_OBJECT(entry, struct kept_key, entry);
	if (now_us - kept->kept_us < KEY_MEMORY_LIFETIME_US)
		return kept;
	table_remove(memory, &memory->keys, entry);
	return NULL;
}

static struct kept_actor *keep_actor(struct key_memory *memory, struct str uri)
{
	struct memory_entry *entry = table_get(&memory->actors, uri);
	if (entry)
		return LIST_OBJECT(entry, struct kept_actor, entry);
	struct kept_actor *actor = memory_new(sizeof(*actor));
	list_init(&actor->keys);
	table_add(memory, &memory->actors, &actor->entry, uri);
	return actor;
}

void key_memory_put(struct key_memory *memory, const struct key_to_keep *key, int64_t now_us)
{
	struct memory_entry *old = table_get(&memory->keys, key->id);
	if (old)
		table_remove(memory, &memory->keys, old);
	struct kept_key *kept = memory_new(sizeof(*kept));
	kept->key = public_key_ref(key->key);
	kept->kept_us = now_us;
	/* First the room: an actor without keys would go with the one that makes room. */
	table_add(memory, &memory->keys, &kept->entry, key->id);
	kept->actor = keep_actor(memory, key->actor_uri);
	if (key->actor_id)
		kept->actor->id = key->actor_id;
	list_add_last(&kept->actor->keys, &kept->by_actor);
}

void key_memory_forget_actor(struct key_memory *memory, struct str actor_uri)
{
	struct memory_entry *entry;
	while ((entry = table_get(&memory->actors, actor_uri)) != NULL) {
		struct kept_actor *actor = LIST_OBJECT(entry, struct kept_actor, entry);
		struct kept_key *kept = LIST_OBJECT(actor->keys.next, struct kept_key, by_actor);
		table_remove(memory, &memory->keys, &kept->entry);
	}
}

struct key_fetch *key_memory_find_fetch(struct key_memory *memory, struct str url, int64_t now_us)
{
	struct memory_entry *entry = table_get(&memory->fetches, url);
	if (!entry)
		return NULL;
	struct key_fetch *fetch = LIST_OBJECT(entry, struct key_fetch, entry);
	return now_us - fetch->begun_us < KEY_MEMORY_LIFETIME_US ? fetch : NULL;
}

static struct key_host *host_of(struct key_memory *memory, struct str name, int64_t now_us)
{
	struct memory_entry *entry = table_get(&memory->hosts, name);
	struct key_host *host;
	if (entry) {
		host = LIST_OBJECT(entry, struct key_host, entry);
	} else {
		host = memory_new(sizeof(*host));
		host->window_us = now_us;
		table_add(memory, &memory->hosts, &host->entry, name);
	}
	if (now_us - host->window_us >= KEY_MEMORY_LIFETIME_US) {
		host->window_us = now_us;
		host->charged = 0;
		host->forwarded = 0;
	}
	return host;
}

static bool is_proven(const struct key_host *host, int64_t now_us)
{
	return host->proven_us && now_us - host->proven_us < KEY_MEMORY_PROVEN_US;
}

static bool charge(struct key_memory *memory, struct str name, int64_t now_us)
{
	struct key_host *host = host_of(memory, name, now_us);
	if (now_us - memory->unproven_window_us >= KEY_MEMORY_LIFETIME_US) {
		memory->unproven_window_us = now_us;
		memory->unproven_charged = 0;
	}
	bool is_known = is_proven(host, now_us);
	unsigned max_charged = is_known ? KEY_FETCHES_OF_PROVEN_HOST : KEY_FETCHES_OF_UNPROVEN_HOST;
	if (host->charged >= max_charged && !MUTANT("key_host_budget"))
		return false;
	if (!is_known && memory->unproven_charged >= KEY_FETCHES_OF_ALL_UNPROVEN && !MUTANT("key_unproven_budget"))
		return false;
	if (!is_known)
		memory->unproven_charged++;
	host->charged++;
	return true;
}

void key_fetch_want(struct key_fetch *fetch, struct str url)
{
	free_text(fetch->wanted_url);
	fetch->wanted_url = copy_text(url);
}

struct key_fetch *key_memory_begin_fetch(struct key_memory *memory, struct str url, struct str host, int64_t now_us)
{
	if (!charge(memory, host, now_us))
		return NULL;
	struct memory_entry *old = table_get(&memory->fetches, url);
	if (old)
		table_remove(memory, &memory->fetches, old);
	struct key_fetch *fetch = memory_new(sizeof(*fetch));
	fetch->begun_us = now_us;
	fetch->is_charged = true;
	key_fetch_want(fetch, url);
	table_add(memory, &memory->fetches, &fetch->entry, url);
	return fetch;
}

void key_memory_prove(struct key_memory *memory, struct str key_id, struct str url, struct str host_name, int64_t now_us)
{
	struct kept_key *kept = key_memory_get(memory, key_id, now_us);
	struct key_fetch *fetch = key_memory_find_fetch(memory, url, now_us);
	struct key_host *host = host_of(memory, host_name, now_us);
	if (kept)
		kept->is_proven = true;
	bool was_proven = is_proven(host, now_us);
	host->proven_us = now_us;
	if (!fetch || !fetch->is_charged)
		return;
	fetch->is_charged = false;
	if (host->charged)
		host->charged--;
	if (!was_proven && memory->unproven_charged)
		memory->unproven_charged--;
}

bool key_memory_may_forward(struct key_memory *memory, struct str host_name, int64_t now_us)
{
	struct key_host *host = host_of(memory, host_name, now_us);
	if (host->forwarded >= FORWARDS_OF_HOST && !MUTANT("inbox_forward_budget"))
		return false;
	host->forwarded++;
	return true;
}
