/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Three tables of the same make: a map for finding, a list in the order of last use for forgetting. */
#include "federation/fetch_pace.h"

#include "base/map.h"
#include "base/mutant.h"

#include <string.h>

#define US_PER_S 1000000

struct table {
	struct map *map;
	struct list_link oldest_first;
};

struct budget {
	struct list_link link;
	struct str name;
	int64_t left;
	int64_t counted_us; /* until then additions are counted in */
};

struct memory {
	struct list_link link;
	struct str name;
	struct fetch_memory what;
	int64_t until_us;
};

struct fetch_pace {
	struct table hosts, budgets, memories;
};

/* Entries begin with their link and their name, whose bytes follow the struct. */
struct entry {
	struct list_link link;
	struct str name;
};

static void table_init(struct table *table)
{
	table->map = map_new();
	list_init(&table->oldest_first);
}

static void forget(struct table *table, struct entry *entry)
{
	(void)map_remove(table->map, entry->name);
	list_remove(&entry->link);
	memory_free(entry);
}

static void table_clear(struct table *table)
{
	LIST_EACH_SAFE(&table->oldest_first, link)
		forget(table, (struct entry *)(void *)link);
	map_free(&table->map);
}

/* Moves it to the end of the list. NULL when absent. */
static void *find(struct table *table, struct str name)
{
	struct entry *entry = map_get(table->map, name);
	if (!entry)
		return NULL;
	list_remove(&entry->link);
	list_add_last(&table->oldest_first, &entry->link);
	return entry;
}

static void *add(struct table *table, struct str name, size_t size_bytes)
{
	struct entry *entry = memory_new(size_bytes + name.len);
	char *bytes = (char *)entry + size_bytes;
	memcpy(bytes, name.data, name.len);
	entry->name = (struct str){ bytes, name.len };
	list_add_last(&table->oldest_first, &entry->link);
	(void)map_set(table->map, entry->name, entry);
	return entry;
}

static bool is_full(const struct table *table)
{
	return map_count(table->map) >= FETCH_MAX_REMEMBERED && !MUTANT("fetch_remembered");
}

static void make_room(struct table *table)
{
	if (is_full(table))
		forget(table, (struct entry *)(void *)table->oldest_first.next);
}

struct fetch_pace *fetch_pace_new(void)
{
	struct fetch_pace *pace = memory_new(sizeof(*pace));
	table_init(&pace->hosts);
	table_init(&pace->budgets);
	table_init(&pace->memories);
	return pace;
}

void fetch_pace_free(struct fetch_pace **pace_pointer)
{
	struct fetch_pace *pace = *pace_pointer;
	if (!pace)
		return;
	table_clear(&pace->hosts);
	table_clear(&pace->budgets);
	table_clear(&pace->memories);
	memory_free(pace);
	*pace_pointer = NULL;
}

/* Hosts in use are as few as the requests that threads wait for. */
static void forget_an_idle_host(struct table *hosts)
{
	LIST_EACH(&hosts->oldest_first, link) {
		struct fetch_host *host = LIST_OBJECT(link, struct fetch_host, link);
		if (host->used > 0 || host->waiting_count > 0)
			continue;
		forget(hosts, (struct entry *)(void *)link);
		return;
	}
}

struct fetch_host *fetch_pace_host(struct fetch_pace *pace, struct str origin)
{
	struct fetch_host *host = find(&pace->hosts, origin);
	if (host)
		return host;
	if (is_full(&pace->hosts))
		forget_an_idle_host(&pace->hosts);
	host = add(&pace->hosts, origin, sizeof(*host));
	list_init(&host->waiting);
	return host;
}

int64_t fetch_host_pause_s(const struct fetch_host *host, int64_t now_us)
{
	if (host->paused_until_us <= now_us || MUTANT("fetch_host_pause"))
		return 0;
	return (host->paused_until_us - now_us + US_PER_S - 1) / US_PER_S;
}

void fetch_host_failed(struct fetch_host *host, int64_t retry_after_s, int64_t now_us)
{
	/* Requests that were under way together fail together: that is one failure. */
	if (host->paused_until_us > now_us)
		return;
	int64_t pause_s = FETCH_FIRST_PAUSE_S;
	for (unsigned i = 0; i < host->failures && pause_s < FETCH_MAX_PAUSE_S; i++)
		pause_s *= 2;
	if (pause_s > FETCH_MAX_PAUSE_S)
		pause_s = FETCH_MAX_PAUSE_S;
	if (retry_after_s >= 0)
		pause_s = retry_after_s < FETCH_MAX_RETRY_AFTER_S ? retry_after_s : FETCH_MAX_RETRY_AFTER_S;
	host->failures++;
	host->paused_until_us = now_us + pause_s * US_PER_S;
}

void fetch_host_answered(struct fetch_host *host)
{
	host->failures = 0;
}

static size_t last_dot(struct str text)
{
	for (size_t i = text.len; i > 0; i--) {
		if (text.data[i - 1] == '.')
			return i - 1;
	}
	return text.len;
}

struct str fetch_registered_domain(struct str host)
{
	size_t dot = last_dot(host);
	bool is_address = host.len > 0 && (host.data[0] == '[' || (host.data[host.len - 1] >= '0' && host.data[host.len - 1] <= '9'));
	if (is_address || dot == host.len)
		return host;
	bool is_country = host.len - dot - 1 == 2;
	size_t second = last_dot(str_slice(host, 0, dot));
	if (second == dot)
		return host;
	if (is_country && dot - second - 1 <= 3) {
		size_t third = last_dot(str_slice(host, 0, second));
		return third == second ? host : str_slice(host, third + 1, host.len);
	}
	return str_slice(host, second + 1, host.len);
}

bool fetch_pace_spend(struct fetch_pace *pace, struct str host, int64_t now_us)
{
	struct str domain = fetch_registered_domain(host);
	struct budget *budget = find(&pace->budgets, domain);
	if (!budget) {
		make_room(&pace->budgets);
		budget = add(&pace->budgets, domain, sizeof(*budget));
		budget->left = FETCH_BUDGET_BURST;
		budget->counted_us = now_us;
	}
	const int64_t us_each = US_PER_S / FETCH_BUDGET_PER_SECOND;
	int64_t more = (now_us - budget->counted_us) / us_each;
	budget->counted_us += more * us_each;
	budget->left = budget->left + more < FETCH_BUDGET_BURST ? budget->left + more : FETCH_BUDGET_BURST;
	if (budget->left <= 0 && !MUTANT("fetch_domain_budget"))
		return false;
	budget->left--;
	return true;
}

static int64_t memory_s(enum fetch_verdict verdict)
{
	switch (verdict) {
	case FETCH_OK: return 0;
	case FETCH_GONE: return FETCH_GONE_S;
	case FETCH_REFUSED: return FETCH_REFUSED_S;
	case FETCH_FAILED: return FETCH_FAILED_S;
	}
	return 0;
}

void fetch_pace_remember(struct fetch_pace *pace, struct str key, const struct fetch_memory *what, int64_t now_us)
{
	struct memory *memory = find(&pace->memories, key);
	if (!memory) {
		make_room(&pace->memories);
		memory = add(&pace->memories, key, sizeof(*memory));
	}
	memory->what = *what;
	memory->until_us = now_us + memory_s(what->verdict) * US_PER_S;
}

bool fetch_pace_recall(struct fetch_pace *pace, struct str key, int64_t now_us, struct fetch_memory *ret_memory)
{
	struct memory *memory = map_get(pace->memories.map, key);
	if (!memory || MUTANT("fetch_negative_memory"))
		return false;
	if (memory->until_us <= now_us) {
		forget(&pace->memories, (struct entry *)memory);
		return false;
	}
	*ret_memory = memory->what;
	return true;
}
